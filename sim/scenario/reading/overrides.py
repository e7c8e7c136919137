"""Changes to a scenario, written as on a command line or stated as values, and values as the text of a file."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import tomli_w

from sim.scenario.keys import Data
from sim.scenario.positions import KeyPath
from sim.scenario.problems import ArgumentError, shown
from sim.scenario.reading.merge import NO_VALUE

Overrides = str | Iterable[str] | Mapping[str, object]
"""Changes to a scenario: one text such as `study.seed=3`, several, or values by key path."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
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


def plain_value(value: object) -> Any:
    """A value as a file would have it: arrays, series, ranges and the like as lists, numbers of numpy as Python's.

    A day may be the midnight at which it begins. What is none of these, a set too, as it has no order, stays as it is.
    """
    if isinstance(value, Mapping):
        return {plain_value(key): plain_value(entry) for key, entry in value.items()}
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
    if isinstance(value, str) and DAY.fullmatch(value):
        return value  # a day without quotes, as on a command line
    if isinstance(value, list):
        return f"[{', '.join(toml_value(key, item) for item in value)}]"
    try:
        return to_toml({"value": value}).removeprefix("value = ").rstrip("\n")
    except TypeError:
        raise ArgumentError(f"{key}: a {type(value).__name__} is no value of a scenario file") from None


def to_toml(data: Data) -> str:
    """A resolved scenario as the text of a file that reads to the same scenario."""
    return tomli_w.dumps(data)
