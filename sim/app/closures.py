"""Closures of one's own: what of a scenario can be closed, and the disruption that a closure comes to."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.keys import Data, names_in
from sim.scenario.places import Border, Port, Sea, Section
from sim.scenario.schema import Scenario
from sim.views.language import ENGLISH, message, speaking, spoken_title

NEAR_DEG = 0.1
"""Ports that lie no farther apart, by longitude and by latitude, are berths of one town."""
HANDOVERS = ("westbound_handover_trains_per_day", "eastbound_handover_trains_per_day")


@dataclass(frozen=True)
class Closable:
    """What can be closed: a place, or a town with berths of several crossings; what holds meanwhile, by key path.

    `crossings` is how many have berths in a town; none of a place.
    """

    name: str
    place: str
    meaning: str
    changes: Mapping[str, int]
    crossings: int = 0

    @property
    def title(self) -> str:
        """What it is called, in the language."""
        place = spoken_title(self.place)
        return message("{town}, all {number} crossings", town=place, number=self.crossings) if self.crossings else place

    def disruption(self, start: str, end: str) -> dict[str, Any]:
        """The closure from one day to another, as a scenario file states it."""
        first, until = map(dt.date.fromisoformat, (start, end))
        with speaking(ENGLISH):
            title = f"{self.title} closed"
        about = {"title": title, "sources": {"all": "assumed: the question of this file"}}
        return {**about, "start": first, "end": until, "changes": dict(self.changes)}


def closables(scenario: Scenario) -> Iterator[Closable]:
    """What of a scenario can be closed: towns with berths of several crossings, borders, crossings and lines."""
    yield from towns(scenario)
    lines = []
    for name, place in scenario.places.items():
        if isinstance(place, Border):
            keys = [key for key in HANDOVERS if getattr(place, key) is not None]
            if keys:
                changes = {f"places.{name}.{key}": 0 for key in keys}
                yield Closable(name, place.title, message("no train is handed over"), changes)
        elif isinstance(place, Sea) and place.wind is not None:
            yield Closable(name, place.title, no_vessel(), vessels_stopped([name]))
        elif isinstance(place, Section):
            changes = {f"places.{name}.paths_per_day": 0}
            lines.append(Closable(name, place.title, message("no train sets out on it"), changes))
    yield from lines


def no_vessel() -> str:
    """What holds where all vessels are stopped."""
    return message("no vessel sails or comes into port; trains are unloaded as long as the yard has room")


def vessels_stopped(seas: Sequence[str]) -> dict[str, int]:
    """What stops all vessels of some crossings."""
    return {f"places.{name}.wind.closed_share": 1 for name in seas}


def towns(scenario: Scenario) -> Iterator[Closable]:
    """The towns that have berths of several crossings, each to be closed to all vessels of these."""
    groups: list[list[tuple[str, str, Port]]] = []
    for sea, place in scenario.places.items():
        for name, port in place.ports.items() if isinstance(place, Sea) and place.wind is not None else ():
            near = next((group for group in groups if are_near(group[0][2], port)), None)
            if near is None:
                groups.append([(sea, name, port)])
            else:
                near.append((sea, name, port))
    for group in groups:
        seas = list(dict.fromkeys(sea for sea, _, _ in group))
        if len(seas) > 1:
            titles = [port.title for _, _, port in group]
            town = common_words(titles) or titles[0]
            yield Closable(group[0][1], town, no_vessel(), vessels_stopped(seas), len(seas))


def are_near(first: Port, second: Port) -> bool:
    """Whether two ports are berths of one town; of those without a point nobody knows."""
    points = [(port.longitude_deg, port.latitude_deg) for port in (first, second)]
    return all(a is not None and b is not None and abs(a - b) <= NEAR_DEG for a, b in zip(*points, strict=True))


def common_words(titles: Sequence[str]) -> str:
    """The words with which all of some titles begin."""
    ranks = zip(*(re.findall(r"\w+", title) for title in titles), strict=False)
    return " ".join(words[0] for words in itertools.takewhile(lambda words: len({*words}) == 1, ranks))


def free_name(data: Data, name: str) -> str:
    """A name for the closure of a place that no disruption of a scenario has."""
    present_names = {*names_in(data, "disruptions")}
    names = (f"closed_{name}", *(f"closed_{name}_{count}" for count in range(2, len(present_names) + 3)))
    return next(free for free in names if free not in present_names)
