"""Several files into one: a file, what it extends, and the changes of a command line, one over the other.

Tables are merged key by key; anything else is replaced whole: lists, values by date or by year, spreads, and a place
whose kind is changed. A file's `sources` speak for the numbers of that file and for those they name, and for no other:
a number changed without a new source line stands as `changed in <file>`, neither fact nor assumption. A key that says
`"none"` takes back what earlier files say. Between a file and those it is laid over come the fitted numbers that it
leaves open; see `fits`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sim.scenario.keys import (
    Data,
    annotation_at,
    inside,
    is_count,
    is_one_value,
    is_table,
    leaves,
    may_be_left_out,
    value_at,
    with_value,
)
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, Spot
from sim.scenario.schema import Scenario
from sim.scenario.sources import has_number, is_figure, line_path
from sim.scenario.traffic import VOLUMES, VOLUMES_BY_MONTH, VOLUMES_BY_YEAR
from sim.scenario.values import is_number

NO_VALUE = "none"
"""The word that takes a key back: TOML has no value for none, and the reference says `none: no limit`."""


SET = "set"
"""Where a change says something: the option of commands and the method of readings have one word."""


@dataclass(frozen=True)
class Layer:
    """What one file, or `set`, says: its data, and where each key of it stands."""

    name: str
    data: Data
    spots: Mapping[KeyPath, Spot]


@dataclass(frozen=True)
class Claim:
    """The source that the layer which said a number gave for it; empty if it gave none."""

    source: str
    layer: str


def merge_layers(layers: Sequence[Layer]) -> tuple[dict[str, Any], dict[KeyPath, Spot], list[Problem]]:
    """All layers, the outermost parent first, as one table, where each of its keys was said last, and what is wrong.

    Wrong is what takes nothing back.
    """
    data: dict[str, Any] = {}
    spots: dict[KeyPath, Spot] = {}
    claims: dict[KeyPath, Claim] = {}
    withdrawn: set[KeyPath] = set()
    problems: list[Problem] = []
    for file_layer in layers:
        layer, overlaid = with_fitted(file_layer, data, withdrawn)
        claims |= claims_of(layer, claims)
        for path in taken_back(layer.data, data, Scenario):
            withdrawn.add(path)
            claims = {key: claim for key, claim in claims.items() if key[: len(path)] != path}
            if value_at(data, path) is None:
                message = f'says "{NO_VALUE}", but nothing is there to take back'
                # Of a table on the command line only the whole has a place.
                spot = next(
                    layer.spots[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in layer.spots
                )
                problems.append(Problem(spot, path, message))
        data = overlaid
        spots = without_replaced(spots, layer) | dict(layer.spots)
    return with_claims(data, claims), {path: spot for path, spot in spots.items() if is_there(data, path)}, problems


def taken_back(over: Data, under: Data, annotation: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The key paths at which a table laid over another says that there is to be nothing."""
    siblings = {**under, **over}
    for key, value in over.items():
        if value == NO_VALUE and may_be_left_out(annotation, siblings, key):
            yield (*path, key)
        elif isinstance(value, dict) and not is_one_value(kind := inside(annotation, siblings, key)):
            below = under.get(key)
            yield from taken_back(value, below if isinstance(below, dict) else {}, kind, (*path, key))


def without_replaced(spots: Mapping[KeyPath, Spot], layer: Layer) -> dict[KeyPath, Spot]:
    """The spots of earlier layers but those inside a value that a layer replaces whole, as the mean of a spread."""
    replaced: set[KeyPath] = {path for path, _ in leaves(layer.data)}
    tables = {path[:1] for path in replaced}  # a layer speaks of few of them
    return {
        path: spot
        for path, spot in spots.items()
        if path[:1] not in tables or not any(path[:depth] in replaced for depth in range(1, len(path)))
    }


def with_fitted(layer: Layer, under: Data, withdrawn: Collection[KeyPath]) -> tuple[Layer, dict[str, Any]]:
    """A layer with the fitted numbers that it leaves open, each said where the value of its parameter is.

    A key that was taken back is not open. With what the layer comes to over what lies under it.
    """
    data, spots = layer.data, dict(layer.spots)
    result = overlay(under, data, Scenario)
    # All fits first: each is judged by what the file itself says, not by what an earlier fit has put into it.
    for fit in list(fits(data, under, result)):
        path, _, name, was_open = fit
        if was_open and path in withdrawn:
            continue
        data, line = with_fit(data, result, fit)
        result = overlay(under, data, Scenario)
        spot = spots.get((*PARAMETERS, name, "value"))
        if spot is not None:
            spots = {path: spot, line: spot} | spots
    return Layer(layer.name, data, spots), result


def is_there(data: Any, path: KeyPath) -> bool:
    """Whether a key path of tables and lists leads to a value."""
    for part in path:
        parts = range(len(data)) if isinstance(data, list) else data if isinstance(data, dict) else ()
        if part not in parts:
            return False
        data = data[part]
    return True


def overlay(under: Data, over: Data, annotation: Any) -> dict[str, Any]:
    """One table over another."""
    # The kind of a place may stand in either file, and says which keys the others are.
    siblings = {**under, **over}
    left_out = {key for key, value in over.items() if value == NO_VALUE and may_be_left_out(annotation, siblings, key)}
    result = without_keys(under, other_volumes(over) | left_out)
    for key, value in over.items():
        if key in left_out:
            continue
        # only tables are looked up in the schema: most values are none
        if isinstance(value, dict) and not is_one_value(kind := inside(annotation, siblings, key)):
            below = result.get(key)
            under_it = below if isinstance(below, dict) and not is_replaced(below, value) else {}
            result[key] = overlay(under_it, value, kind)
        else:
            result[key] = value
    return result


def other_volumes(over: Data) -> Set[str]:
    """The keys of a flow that say its volume in another way than a later file does, and what goes with these."""
    ways = over.keys() & VOLUMES
    strays = {*VOLUMES_BY_MONTH} if over.keys() & {*VOLUMES_BY_MONTH} else set()
    if ways:
        belongs = dict.fromkeys(("index", *VOLUMES_BY_MONTH), VOLUMES_BY_YEAR) | {"turn_h": ("empties_of",)}
        strays |= {*VOLUMES, *(key for key, allowed_ways in belongs.items() if not ways & {*allowed_ways})}
    return strays - over.keys()


def without_keys(table: Data, keys: Set[str]) -> dict[str, Any]:
    """A table without some of its keys and their sources."""
    lines = table.get("sources")
    result = {key: value for key, value in table.items() if key not in keys}
    if keys and isinstance(lines, dict):
        result["sources"] = {key: line for key, line in lines.items() if key not in keys}
    return result


def is_replaced(under: Data, over: Data) -> bool:
    """Whether a table gives way as a whole to another, of another kind."""
    return bool(over.get("kind", under.get("kind")) != under.get("kind"))


def claims_of(layer: Layer, before: Mapping[KeyPath, Claim]) -> dict[KeyPath, Claim]:
    """The sources a layer gives: for the values it says, and for earlier ones that it names."""
    sources = {path: source_of(layer.data, path, value) for path, value in leaves(layer.data)}
    claims = {
        path: Claim(source or stand_in_source(layer, before.get(path)), layer.name) for path, source in sources.items()
    }
    for path in before.keys() - claims.keys():
        if path[0] not in layer.data:
            continue
        line = value_at(layer.data, (*path[:-1], "sources", path[-1]))
        if isinstance(line, str):
            claims[path] = Claim(line, layer.name)
    return claims


def stand_in_source(layer: Layer, before: Claim | None) -> str:
    """What stands in for the source of a value that a later layer changed without giving one."""
    if before is None:
        return ""
    return f"changed by {layer.name}" if layer.name == SET else f"changed in {layer.name}"


def source_of(data: Data, path: KeyPath, value: Any) -> str:
    """The source line for a value, within one table; empty if there is none."""
    where = line_path(data, path, value)
    return str(value_at(data, where)) if where else ""


def with_claims(data: dict[str, Any], claims: Mapping[KeyPath, Claim]) -> dict[str, Any]:
    """The merged table with a line of `sources` wherever the lines merged into it would say something else."""
    for path, value in list(leaves(data)):
        if path not in claims:
            continue
        claim = claims[path]
        line = source_of(data, path, value)
        line_due = claim.source or (line and f"no source in {claim.layer}")
        is_concerned = line or (has_number(value) and is_figure(path))
        lines = (*path[:-1], "sources")
        if line_due != line and is_concerned and isinstance(value_at(data, lines), dict | None):
            data = with_value(data, (*lines, path[-1]), line_due)
    return data


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
