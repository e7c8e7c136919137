"""Units more or fewer than stated, in every year: which can be counted, what that comes to, what wagon sets carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.scenario.keys import Data, annotation_at, is_by_date, is_count, leaves, value_at
from sim.scenario.meaning import last_full_year
from sim.scenario.positions import KeyPath
from sim.scenario.reading.overrides import plain_numbers
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.arithmetic.loads import loads
from sim.views import words
from sim.views.language import message, spoken_title

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


def carried_by_pools(scenario: Scenario) -> dict[str, str]:
    """What the wagon sets of each pool carry, in words, and their load by arithmetic; the heaviest load first."""
    last_year = last_full_year(scenario)
    year = [*scenario.calendar.years()][-1] if last_year == ALL else last_year
    table = loads(scenario, year)
    rows = table[table["place"].isin(scenario.wagon_pools)]
    return {
        pool: message(
            "Carries: {cargo}. Load in {year} by means alone: {load}; at 1 or more a queue grows all year.",
            cargo=words.listed_apart(carried_titles(scenario, flows.split(", "))),
            year=year,
            load=words.figure(load),
        )
        for pool, flows, load in zip(rows["place"], rows["flows"], rows["load"], strict=True)
    }


def carried_titles(scenario: Scenario, flows: Iterable[str]) -> list[str]:
    """The corridors of some flows, in the order of the scenario, then the flows that are of none."""
    of_pool = [scenario.flows[name] for name in flows]
    corridors = [about.title for name, about in scenario.corridors.items() if any(f.corridor == name for f in of_pool)]
    return [*map(spoken_title, [*corridors, *(flow.title for flow in of_pool if flow.corridor is None)])]
