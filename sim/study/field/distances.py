"""Km along a route: where each of its places begins and ends, and where its stations lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray
from sim.scenario.places import Located, Sea, Section, length_km, ports_along
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow


@dataclass(frozen=True)
class Route:
    """A flow's places with the km at which a train enters and leaves each."""

    places: tuple[str, ...]
    entry_km: FloatArray
    exit_km: FloatArray


def route_of(scenario: Scenario, flow: Flow) -> Route:
    """The places of a flow along its way from km 0; only sections and sea crossings have a length."""
    lengths = [length_km(scenario.places[name]) for name in flow.route]
    exit_km = np.cumsum(lengths)
    return Route(flow.route, exit_km - np.array(lengths), exit_km)


def route_stations(scenario: Scenario, flow: Flow, route: Route) -> list[tuple[float, str]]:
    """Borders, ports and terminals of a route with their km; names at the same km are joined."""
    names_by_km: dict[float, list[str]] = {}
    for name, entry_km, exit_km in zip(route.places, route.entry_km, route.exit_km, strict=True):
        place = scenario.places[name]
        match place:
            case Located():
                names_by_km.setdefault(float(entry_km), []).append(place.title)
            case Sea():
                near, far = ports_along(place, flow.direction)
                names_by_km.setdefault(float(entry_km), []).append(place.ports[near].title)
                names_by_km.setdefault(float(exit_km), []).append(place.ports[far].title)
            case Section():
                pass
    return [(km, ", ".join(dict.fromkeys(names))) for km, names in names_by_km.items()]
