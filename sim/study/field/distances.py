"""Km along a route: where each of its places begins and ends, and where its stations lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray
from sim.scenario.places import Border, Sea, Section, Terminal
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
    lengths = []
    for name in flow.route:
        match scenario.places[name]:
            case Section(length_km=length):
                lengths.append(length)
            case Sea(distance_km=length):
                lengths.append(length)
            case _:
                lengths.append(0.0)
    exit_km = np.cumsum(lengths)
    return Route(flow.route, exit_km - np.array(lengths), exit_km)


def stations_of(scenario: Scenario, flow: Flow, route: Route) -> list[tuple[float, str]]:
    """Borders, ports and terminals of a route with their km; names at the same km are joined."""
    found: dict[float, list[str]] = {}
    for name, entry_km, exit_km in zip(route.places, route.entry_km, route.exit_km, strict=True):
        match scenario.places[name]:
            case Border(title=title) | Terminal(title=title):
                found.setdefault(float(entry_km), []).append(title)
            case Sea() as sea:
                ports = (
                    (sea.east_port, sea.west_port) if flow.direction == "westbound" else (sea.west_port, sea.east_port)
                )
                found.setdefault(float(entry_km), []).append(sea.ports[ports[0]].title)
                found.setdefault(float(exit_km), []).append(sea.ports[ports[1]].title)
            case Section():
                pass
    return [(km, ", ".join(dict.fromkeys(names))) for km, names in found.items()]
