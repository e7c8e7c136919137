"""Units more or fewer than stated, in every year: which can be counted, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.keys import Data, annotation_at, is_by_date, is_count, leaves, names_in, value_at
from sim.scenario.positions import KeyPath
from sim.scenario.values import is_number
from sim.scenario.worlds import has_mean

GROUPS = {"border": "at borders", "section": "on lines", "terminal": "at terminals"}
"""What the counts of a place stand under, by its kind; a sea crossing has vessels and ports."""


def counted_paths(data: Data) -> Iterator[KeyPath]:
    """The key paths of counts that may step on dates: wagon sets, vessels, tracks, cranes, crews."""
    for path, value in leaves(data):
        is_capacity = path[0] in ("wagon_pools", "places") and is_by_date(annotation_at(data, path))
        if is_capacity and is_count(data, path) and plain_numbers(value):
            yield path


def group_of_units(data: Data, path: KeyPath) -> str:
    """What a counted capacity stands under."""
    if path[0] == "wagon_pools":
        return "wagon sets"
    if path[2] == "vessels":
        return "vessels"
    return GROUPS.get(str(value_at(data, (*path[:2], "kind"))), "at ports")


def plain_numbers(value: Any) -> list[Any]:
    """The numbers of a value, one or by date; none of what has others, too."""
    numbers = [*value.values()] if isinstance(value, dict) else [value]
    return numbers if all(map(is_number, numbers)) else []


def more_of(data: Data, path: KeyPath, amount: float) -> dict[KeyPath, Any]:
    """What so many more come to, by key path: in each year or on each day, and where an investment states a number.

    Of a spread it is the mean that moves; a count ends at none. Nothing where no number stands.
    """
    path = (*path, "mean") if has_mean(value_at(data, path)) else path
    key = ".".join(map(str, path))
    bundles = (("investments", name, "changes", key) for name in names_in(data, "investments"))
    values: dict[KeyPath, Any] = {}
    for place in (path, *bundles):
        value = value_at(data, place)
        if value is not None and plain_numbers(value):
            least = 0 if is_count(data, path) else float("-inf")
            by_date = value if isinstance(value, dict) else {"": value}
            sums = {day: max(number + amount, least) for day, number in by_date.items()}
            values[place] = sums if isinstance(value, dict) else sums[""]
    return values if path in values else {}
