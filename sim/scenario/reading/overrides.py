"""Changes to a scenario, written as on a command line or stated as values, and values as the text of a file."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tomli_w

from sim.scenario.keys import (
    Data,
    annotation_at,
    is_named,
    is_never_negative,
    is_table,
    models,
    names_in,
    value_at,
    with_value,
)
from sim.scenario.positions import KeyPath
from sim.scenario.problems import ArgumentError, Problem, Spot, did_you_mean, dotted, shown
from sim.scenario.reading.merge import NO_VALUE, SET, Layer
from sim.scenario.reading.volumes import NAMES_OF_FILES
from sim.scenario.values import Spread, as_spread, is_number
from sim.scenario.worlds import target_of

Overrides = str | Iterable[str] | Mapping[str, object]
"""Changes to a scenario: one text such as `study.seed=3`, several, or values by key path."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_OR_HOUR = re.compile(rf"{DAY.pattern}|\d{{2}}:\d{{2}}:\d{{2}}")
SIGNED_NUMBER = re.compile(r"\s*[+-](?:0|[1-9][0-9]*)(?:\.[0-9]+)?\s*")
"""A number that is added to what is stated, or taken from it."""
SUM_DIGITS = 12
"""Digits after the point beyond which a sum of decimal numbers has what binary ones add."""
ADDS_TO_NOTHING = "a number with + adds to a number that is stated, and none is here: state it without +"
TABLE_OR_LIST = re.compile(r"\s*[\[{].*[\]}]\s*", re.DOTALL)
"""A value that is meant for a table or a list: no title has such brackets around it."""


def assignments(overrides: Overrides) -> tuple[str, ...]:
    """Changes as a command line has them.

    Raises
    ------
    ArgumentError
        If a value is none that TOML has, or they are neither texts nor values.
    """
    if isinstance(overrides, Mapping):
        return tuple(f"{key}={toml_value(key, value)}" for key, value in overrides.items())
    texts = [overrides] if isinstance(overrides, str) else plain_value(overrides)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ArgumentError("changes are texts such as study.seed=3, or a table of values by key path")
    return tuple(texts)


def assignment(text: str) -> tuple[KeyPath, Any]:
    """Key path and value of `key.path=value`; ValueError if it is none."""
    key, equals, value = text.partition("=")
    try:
        table: Any = tomllib.loads(f"{key.strip()} = 0") if equals and "\n" not in key else {}
    except (ValueError, RecursionError):
        table = {}
    path: KeyPath = ()
    while isinstance(table, dict) and len(table) == 1:
        [(part, table)] = table.items()
        path = (*path, part)
    if table != 0:
        raise ValueError(f"must be written key.path=value (got {shown(text)})")
    try:
        table_of_value = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError) as error:
        if isinstance(error, tomllib.TOMLDecodeError) and TABLE_OR_LIST.fullmatch(value):
            reason = str(error).partition(" (at ")[0]
            raise ValueError(f"{key.strip()}: has no value of TOML: {reason[:1].lower()}{reason[1:]}") from None
        table_of_value = {}
    return path, table_of_value["value"] if table_of_value.keys() == {"value"} else value.strip()


def with_sums(overrides: Overrides, under: Data) -> tuple[str, ...]:
    """Changes as texts, of which `+20` was 20 more than stated, see `more_of`: that may be more than one change.

    And `-5` was 5 less, where no number may be below 0: else it is a value, as it is where it stands by its key path.
    What adds to nothing stated stays as it is, and is refused, see `command_line`; the schema refuses what takes more
    than there is.
    """
    texts = assignments(overrides)
    if isinstance(overrides, Mapping):
        return texts
    return tuple(change for text in texts for change in sum_changes(text, under) or [text])


def sum_changes(text: str, under: Data) -> tuple[str, ...]:
    """The changes that one by so much more or less comes to; none of another, and where no number stands."""
    if not SIGNED_NUMBER.fullmatch(text.partition("=")[2]):
        return ()
    try:
        path, amount = assignment(text)
    except ValueError:
        return ()
    if not is_addition(text) and not ends_at_none(under, path):
        return ()
    return assignments({dotted(place): value for place, value in more_of(under, path, amount).items()})


def more_of(data: Data, path: KeyPath, amount: float, least: float = -math.inf) -> dict[KeyPath, Any]:
    """What so many more come to, by key path: in each year or on each day, and where an investment states a number.

    Of a spread it is the mean that moves. Nothing where no number stands; none is less than the least.
    """
    present = value_at(data, path)
    path = (*path, "mean") if isinstance(present, dict) and "mean" in present else path
    key = ".".join(map(str, path))
    bundles = (("investments", name, "changes", key) for name in names_in(data, "investments"))
    values: dict[KeyPath, Any] = {}
    for place in (path, *bundles):
        value = value_at(data, place)
        if value is not None and plain_numbers(value):
            by_date = value if isinstance(value, dict) else {"": value}
            sums = {day: max(round(number + amount, SUM_DIGITS), least) for day, number in by_date.items()}
            values[place] = sums if isinstance(value, dict) else sums[""]
    return values if path in values else {}


def ends_at_none(data: Data, path: KeyPath) -> bool:
    """Whether what a key path changes, its own key or that which an investment states, cannot be below 0."""
    return is_never_negative(data, target_of(tuple(map(str, path))))


def plain_numbers(value: Any) -> list[Any]:
    """The numbers of a value, one or by date; none of what has others, too."""
    numbers = [*value.values()] if isinstance(value, dict) else [value]
    return numbers if all(map(is_number, numbers)) else []


def is_addition(text: str) -> bool:
    """Whether a change says by how much more."""
    change = text.partition("=")[2]
    return "+" in change and SIGNED_NUMBER.fullmatch(change) is not None


def plain_value(value: object) -> Any:
    """A value as a file would have it: arrays, series, ranges and the like as lists, numbers of numpy as Python's.

    A day may be the midnight at which it begins; a key, as a year is one, is its text. What is none of these, a set
    too, as it has no order, stays as it is.
    """
    if isinstance(value, Mapping):
        return {str(plain_value(key)): plain_value(entry) for key, entry in value.items()}
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        return value.date()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | set | frozenset):
        return [plain_value(item) for item in value]
    return value


def toml_value(key: str, value: object) -> str:
    """A value as TOML writes it in one line."""
    value = plain_value(value)
    if isinstance(value, dict):
        pairs = (
            f"{json.dumps(str(inner), ensure_ascii=False)} = {toml_value(key, below)}" for inner, below in value.items()
        )
        return f"{{ {', '.join(pairs)} }}"
    if value is None:
        return f'"{NO_VALUE}"'
    if isinstance(value, str) and DAY_OR_HOUR.fullmatch(value):
        return value  # without quotes, as on a command line
    if isinstance(value, list):
        return f"[{', '.join(toml_value(key, item) for item in value)}]"
    try:
        return to_toml({"value": value}).removeprefix("value = ").rstrip("\n")
    except TypeError:
        raise ArgumentError(f"{key}: a {type(value).__name__} is no value of a scenario file") from None


def with_days(value: Any) -> Any:
    """A plain value in which a text that is a day, or an hour of one, is that, as a change has it."""
    if isinstance(value, dict):
        return {key: with_days(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [with_days(item) for item in value]
    if isinstance(value, str) and DAY_OR_HOUR.fullmatch(value):
        try:
            return tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            return value  # as 2024-02-30: refused where a day is wanted
    return value


def command_line(overrides: Sequence[str], under: Data) -> tuple[Layer, list[Problem]]:
    """The layer that the changes of a command line make over the files, and what is wrong with their keys."""
    data: dict[str, Any] = {}
    spots: dict[KeyPath, Spot] = {}
    problems = []
    for text in overrides:
        try:
            path, value = assignment(text)
        except ValueError as error:
            problems.append(Problem(Spot(SET), (), str(error)))
            continue
        is_sum = is_addition(text) and annotation_at(under, path) is not None  # or the key is none, and told as such
        message = out_of_place(path, under) or (ADDS_TO_NOTHING if is_sum else "")
        if message:
            problems.append(Problem(Spot(SET), path, message))
            continue
        data = with_value(with_spread(data, path, under), path, value)
        for depth in range(1, len(path) + 1):
            if depth == len(path) or not is_kept(path[:depth], under):
                spots[path[:depth]] = Spot(SET)
    return Layer(SET, data, spots), problems


def spreads_lost(under: Data, texts: Sequence[str]) -> list[KeyPath]:
    """The key paths at which changes put one number in place of a spread, which takes the variation away."""
    numbers = [path for path, value in map(assignment, texts) if as_spread(value) != value]
    spreads = (path for path in numbers if isinstance(value_at(under, path), dict))
    return [path for path in spreads if Spread in models(annotation_at(under, path))]


def with_spread(data: Data, path: KeyPath, under: Data) -> Data:
    """The changes so far with the spread of the files of which one number is to be changed, so that the others stay."""
    *table, key = path
    spread = as_spread(value_at(under, tuple(table)))
    is_spread = Spread in models(annotation_at(under, tuple(table))) and isinstance(spread, dict)
    stays = is_spread and key != "shape" and (key in spread or key == "cv") and value_at(data, tuple(table)) is None
    return with_value(data, tuple(table), spread) if stays else data


def is_kept(path: KeyPath, under: Data) -> bool:
    """Whether a table of the files stays theirs when one of its keys is changed."""
    return value_at(under, path) is not None and is_table(annotation_at(under, path))


def out_of_place(path: KeyPath, under: Data) -> str:
    """Why a change cannot be made over the files, as inside a place that they do not have; empty if it can."""
    if path[0] in NAMES_OF_FILES:
        return "can only stand in a file"
    for depth in range(1, len(path) - 1):
        names = value_at(under, path[:depth])
        if isinstance(names, dict) and path[depth] not in names and is_named(annotation_at(under, path[:depth])):
            return f"there is no [{dotted(path[: depth + 1])}] to change{did_you_mean(path[depth], names)}"
    return ""


def to_toml(data: Data) -> str:
    """A resolved scenario as the text of a file that reads to the same scenario."""
    return tomli_w.dumps(data)
