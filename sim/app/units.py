"""Units more or fewer than stated, in every year: which can be counted, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.keys import Data, annotation_at, is_by_date, is_count, leaves, value_at
from sim.scenario.positions import KeyPath
from sim.scenario.reading.overrides import plain_numbers

WAGON_SETS, VESSELS, PORTS = "wagon sets", "vessels", "at ports"
GROUPS = {"border": "at borders", "section": "on lines", "terminal": "at terminals", "sea": PORTS}
"""What the counts of a place stand under, by its kind, but the vessels of a sea crossing."""


def counted_paths(data: Data) -> Iterator[KeyPath]:
    """The key paths of counts that may step on dates: wagon sets, vessels, tracks, cranes, crews."""
    for path, value in leaves(data):
        is_capacity = path[0] in ("wagon_pools", "places") and is_by_date(annotation_at(data, path))
        if is_capacity and is_count(data, path) and plain_numbers(value):
            yield path


def group_of_units(data: Data, path: KeyPath) -> str:
    """What a counted capacity stands under."""
    if path[0] == "wagon_pools":
        return WAGON_SETS
    if path[2] == "vessels":
        return VESSELS
    return GROUPS.get(str(value_at(data, (*path[:2], "kind"))), PORTS)
