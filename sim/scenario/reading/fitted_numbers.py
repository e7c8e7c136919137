"""Fitted numbers put in their places: what a calibration says of the keys that the files leave open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.keys import Data, annotation_at, is_count, is_one_value, is_table, value_at, with_value
from sim.scenario.positions import KeyPath

FITTED_SOURCE = "assumed: fitted to published figures (calibration.parameters.{})"
PARAMETERS = ("calibration", "parameters")
OTHER_SHAPES = ("uniform", "triangular")
"""Shapes of a spread that has no mean to be fitted."""

Fit = tuple[tuple[str, ...], Any, str, bool]
"""A key path, its value, the parameter, and whether the key stood open before (else it follows the parameter)."""


def fits(file_data: Data, under: Data, overlaid: Data) -> Iterator[Fit]:
    """The numbers that parameters give where one file, laid over others, does not state them itself.

    A key may lie inside a spread, as `wagon_pools.x.placing_h.mean`. What does not have the form it should is left for
    the schema to complain of.

    Parameters
    ----------
    file_data, under, overlaid
        What the file says, what it is laid over, and the one over the other.
    """
    parameters = value_at(overlaid, PARAMETERS)
    for name, parameter in parameters.items() if isinstance(parameters, dict) else ():
        value = value_at(parameter, ("value",))
        keys = value_at(parameter, ("keys",))
        if not is_number(value) or not isinstance(keys, list):
            continue
        before = value_at(under, (*PARAMETERS, name, "value"))
        is_moved = is_number(before) and value_at(file_data, (*PARAMETERS, name, "value")) is not None
        for path in (tuple(key.split(".")) for key in keys if isinstance(key, str)):
            if is_stated(file_data, path) or not takes_number(overlaid, path):
                continue
            value_now = value_at(overlaid, path)
            if value_now is None or (is_moved and value_now == as_count(overlaid, path, before)):
                yield path, as_count(overlaid, path, value), name, value_now is None


def with_fit(file_data: Data, overlaid: Data, fit: Fit) -> tuple[Data, KeyPath]:
    """What a file says, with a fitted number, and a source line if the key stood open; the key path of that line."""
    path, value, name, was_open = fit
    table = value_at(overlaid, path[:-1])
    if is_one_value(annotation_at(overlaid, path[:-1])):
        file_data = with_value(file_data, path[:-1], {**table, path[-1]: value})
    else:
        file_data = with_value(file_data, path, value)
    *around, leaf = leaf_of(overlaid, path)
    lines = value_at(file_data, (*around, "sources"))
    if was_open and (lines is None or (isinstance(lines, dict) and leaf not in lines)):
        file_data = with_value(file_data, (*around, "sources", leaf), FITTED_SOURCE.format(name))
    return file_data, (*around, "sources", leaf)


def is_number(value: Any) -> bool:
    """Whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_stated(file_data: Data, path: tuple[str, ...]) -> bool:
    """Whether a file has a value at a key path, or one in place of a table around it."""
    value: Any = file_data
    for key in path:
        if not isinstance(value, dict):
            break
        value = value.get(key)
    return value is not None


def takes_number(overlaid: Data, path: tuple[str, ...]) -> bool:
    """Whether there is a table that may have a number at a key path."""
    table = value_at(overlaid, path[:-1])
    other_shape = path[-1] == "mean" and isinstance(table, dict) and table.get("shape") in OTHER_SHAPES
    if len(path) < 2 or not isinstance(table, dict) or other_shape:
        return False
    annotation = annotation_at(overlaid, path)
    return annotation is not None and not is_table(annotation)


def leaf_of(overlaid: Data, path: tuple[str, ...]) -> tuple[str, ...]:
    """The key path of the whole value of which a key path may be a part: a spread, or values by date."""
    around = (path[:depth] for depth in range(1, len(path) + 1))
    return next(outer for outer in around if not is_table(annotation_at(overlaid, outer)))


def as_count(overlaid: Data, path: tuple[str, ...], value: float) -> Any:
    """The value, as a whole number where the schema counts."""
    return round(value) if is_count(overlaid, path) else value
