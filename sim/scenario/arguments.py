"""Arguments of the functions that notebooks call: of the kinds that they name, or refused before any work is done."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from sim.scenario.problems import ArgumentError, did_you_mean, shown

P = ParamSpec("P")
T = TypeVar("T")
Kind = tuple[str, Callable[[Any], object]]
"""What a parameter takes, in words, and what makes it of what is given, or raises TypeError."""


def checked(function: Callable[P, T], kinds: Mapping[str, Kind] | None = None) -> Callable[P, T]:
    """A function that refuses what is not of the kind of its parameter, and parameters that it does not have.

    The kinds are read off the annotations, as far as `kinds`, or else `KINDS`, has them. Python itself would go on with
    a text for a number, and end much later, deep inside, in words that name neither.

    Raises
    ------
    ArgumentError
        From the function, naming it and the first argument that is wrong.
    """
    form = inspect.signature(function)
    kind_of_parameter = {name: annotated_kind(str(parameter.annotation)) for name, parameter in form.parameters.items()}

    @wraps(function)
    def checked_call(*args: P.args, **options: P.kwargs) -> T:
        name = function.__name__
        try:
            call = form.bind(*args, **options)
        except TypeError as error:
            unknown = next((option for option in options if option not in form.parameters), None)
            names = [parameter for parameter in form.parameters if parameter != "self"]
            near = did_you_mean(unknown, names) or f"; it has {', '.join(names)}"
            hint = f"has no argument {shown(unknown)}{near}"
            raise ArgumentError(f"{name}: {hint if unknown else error}") from None
        for argument, value in call.arguments.items():
            words, convert = (kinds or KINDS).get(kind_of_parameter[argument], ANY)
            may_be_none = form.parameters[argument].default is None
            try:
                call.arguments[argument] = value if value is None and may_be_none else convert(value)
            except TypeError:
                raise ArgumentError(f"{name}: {argument} must be {words} (got {quoted(value)})") from None
        return function(*call.args, **call.kwargs)

    return checked_call


def annotated_kind(annotation: str) -> str:
    """The key of `KINDS` that an annotation has: all mappings are one, and all functions."""
    kind = annotation.removesuffix(" | None")
    if kind in KINDS:
        return kind
    return kind.partition("[")[0] if kind.startswith(("Mapping[", "Callable[")) else kind


def quoted(value: object) -> str:
    """A value in a message, or its kind where it would be long."""
    return shown(value) if isinstance(value, str | bool | int | float) else f"a {type(value).__name__}"


def as_it_is(value: object) -> object:
    """Any value: the function itself says what it takes."""
    return value


def is_scheduler(address: str) -> bool:
    """Whether a text is the address of a Dask scheduler: tcp://host:8786."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("tcp", "tls", "ws", "wss") and bool(parts.hostname and parts.port and not parts.path)
    except ValueError:  # a port beyond 65,535, brackets that are not closed
        return False


def whole_number(value: Any) -> int:
    """A whole number, of numpy too; TypeError if it is none."""
    if isinstance(value, bool):
        raise TypeError
    return operator.index(value)


def year(value: Any) -> int | str:
    """A year, as a number or as text, or a word that stands for several; TypeError if it is neither."""
    return value if isinstance(value, str) else whole_number(value)


def number(value: Any) -> float:
    """A number; TypeError if it is none, as a text of one."""
    if isinstance(value, bool | str | bytes):
        raise TypeError
    return float(value)


def truth(value: Any) -> bool:
    """Yes or no; TypeError if it is neither."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise TypeError
    return bool(value)


def text(value: object) -> str:
    """A text; TypeError if it is none."""
    if not isinstance(value, str):
        raise TypeError
    return value


def several_texts(value: Any) -> tuple[str, ...]:
    """Texts, of which one may stand by itself; TypeError if they are none."""
    return (value,) if isinstance(value, str) else tuple(text(item) for item in value)


def texts_or_table(value: Any) -> object:
    """Texts, or a table of values by key; TypeError if it is neither."""
    return value if isinstance(value, Mapping) else several_texts(value)


def path(value: object) -> str | Path:
    """A path; TypeError if it is none."""
    if not isinstance(value, str | Path):
        raise TypeError
    return value


def folder(value: object) -> Path:
    """A path as such; TypeError if it is none."""
    return Path(path(value))


def table(value: object) -> object:
    """A table of values by key; TypeError if it is none."""
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def having(*methods: str) -> Callable[[object], object]:
    """What tells things that have some methods; they raise TypeError for others."""

    def with_methods(value: object) -> object:
        if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
            raise TypeError
        return value

    return with_methods


ANY: Kind = ("", as_it_is)
"""Of a parameter whose function says itself what it takes."""

KINDS: dict[str, Kind] = {
    "int": ("a whole number", whole_number),
    "int | str": ("a year, or 'all'", year),
    "float": ("a number", number),
    "bool": ("True or False", truth),
    "str": ("a text", text),
    "Sequence[str]": ("texts", several_texts),
    "Sequence[str] | Mapping[str, Measure]": ("texts, or functions by name", texts_or_table),
    "str | Path": ("a name or a path", path),
    "Path": ("a path", folder),
    "Mapping[str, Measure]": ("functions by name, a dict; a run counts every KPI without being asked", table),
    "Mapping": ("a dict of values by key", table),
    "Callable": ("a function", having("__call__")),
    "Perform": ("a function", having("__call__")),
    "Executor": ("an executor of concurrent.futures", having("submit")),
    "Store": ("a store of replications, such as sim.runs.durable.open_study gives", having("read", "write")),
}
"""What a parameter takes, in words and as it is made, by its annotation."""
