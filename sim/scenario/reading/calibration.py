"""Fitted numbers put in their places: what a calibration says of the keys that the files leave open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from sim.scenario.keys import Data, alternatives, annotation_at, is_one_value, is_table, value_at, with_value
from sim.scenario.positions import KeyPath

FITTED = "assumed: fitted to published figures (calibration.parameters.{})"
PARAMETERS = ("calibration", "parameters")
OTHER_SHAPES = ("uniform", "triangular")
"""Shapes of a spread that has no mean to be fitted."""

Fit = tuple[tuple[str, ...], Any, str, bool]
"""A key path, its value, the parameter, and whether the key stood open before (else it follows the parameter)."""


def fits(said: Data, under: Data, both: Data) -> Iterator[Fit]:
    """The numbers that parameters give where one file, laid over others, does not state them itself.

    A key may lie inside a spread, as `wagon_pools.x.placing_h.mean`. What does not have the form it should is left for
    the schema to complain of.

    Parameters
    ----------
    said, under, both
        What the file says, what it is laid over, and the one over the other.
    """
    parameters = value_at(both, PARAMETERS)
    for name, parameter in parameters.items() if isinstance(parameters, dict) else ():
        value = value_at(parameter, ("value",))
        keys = value_at(parameter, ("keys",))
        if not is_number(value) or not isinstance(keys, list):
            continue
        before = value_at(under, (*PARAMETERS, name, "value"))
        is_moved = is_number(before) and value_at(said, (*PARAMETERS, name, "value")) is not None
        for path in (tuple(key.split(".")) for key in keys if isinstance(key, str)):
            if is_stated(said, path) or not has_room(both, path):
                continue
            now = value_at(both, path)
            if now is None or (is_moved and now == counted(both, path, before)):
                yield path, counted(both, path, value), name, now is None


def with_fit(said: Data, both: Data, fit: Fit) -> tuple[Data, KeyPath]:
    """What a file says, with a fitted number, and a source line if the key stood open; the key path of that line."""
    path, value, name, was_open = fit
    table = value_at(both, path[:-1])
    if is_one_value(annotation_at(both, path[:-1])):
        said = with_value(said, path[:-1], {**table, path[-1]: value})
    else:
        said = with_value(said, path, value)
    *around, leaf = leaf_of(both, path)
    lines = value_at(said, (*around, "sources"))
    if was_open and (lines is None or (isinstance(lines, dict) and leaf not in lines)):
        said = with_value(said, (*around, "sources", leaf), FITTED.format(name))
    return said, (*around, "sources", leaf)


def is_number(value: Any) -> bool:
    """Whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_stated(said: Data, path: tuple[str, ...]) -> bool:
    """Whether a file has a value at a key path, or one in place of a table around it."""
    around = (value_at(said, path[:depth]) for depth in range(1, len(path)))
    return value_at(said, path) is not None or any(not isinstance(each, dict | None) for each in around)


def has_room(both: Data, path: tuple[str, ...]) -> bool:
    """Whether there is a table that may have a number at a key path."""
    table = value_at(both, path[:-1])
    other_shape = path[-1] == "mean" and isinstance(table, dict) and table.get("shape") in OTHER_SHAPES
    known = annotation_at(both, path)
    return len(path) > 1 and isinstance(table, dict) and not other_shape and known is not None and not is_table(known)


def leaf_of(both: Data, path: tuple[str, ...]) -> tuple[str, ...]:
    """The key path of the whole value of which a key path may be a part: a spread, or values by date."""
    return next(path[:depth] for depth in range(1, len(path) + 1) if not is_table(annotation_at(both, path[:depth])))


def counted(both: Data, path: tuple[str, ...], value: float) -> Any:
    """The value, as a whole number where the schema counts."""
    kinds = alternatives(annotation_at(both, path))
    dated = [kind for each in kinds if get_origin(each) is dict for kind in alternatives(get_args(each)[1])]
    return round(value) if int in (*kinds, *dated) and float not in (*kinds, *dated) else value
