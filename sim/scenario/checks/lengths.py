"""Routes against the map: no way shorter than the great circle between its ends, nor many times as long; no leaps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sim.scenario.places import Located, Place, Sea, Section, ports_along
from sim.scenario.problems import Complaint, shown
from sim.scenario.schema import Scenario
from sim.scenario.values import Direction

EARTH_RADIUS_KM = 6371.0
SLACK = 0.95
"""Points on a map are those of towns rather than of stations and quays, and seldom have more than two decimals."""

DETOUR, SHORT_KM = 5.0, 200.0
"""How many times the way by air a line may be; over mountains it is twice. Between near points any number may be so."""

Point = tuple[float, float]
"""Longitude and latitude, degrees."""


def strange_ways(scenario: Scenario) -> Iterator[Complaint]:
    """The sections and sea crossings shorter than the way by air between the points stated, or five times as long.

    Between two stated points several may lie; then none of them need be at fault alone, and each is named. Where none
    lies, the trains of a route would jump: the place they jump to is named.
    """
    for flow_name, flow in scenario.flows.items():
        last_point: Point | None = None
        last_stop, ways = -1, dict[str, float]()
        for stop, name in enumerate(flow.route):
            for step in steps(scenario.places[name], flow.direction):
                if isinstance(step, float):
                    ways[name] = step
                    continue
                air_km = 0.0 if last_point is None else great_circle_km(last_point, step)
                total_km = sum(ways.values())
                if ways and (total_km < SLACK * air_km or (last_point and total_km > DETOUR * air_km + SHORT_KM)):
                    yield from ((way_path(scenario, way), length_words(way, ways, air_km)) for way in ways)
                if not ways and air_km > SHORT_KM and not may_end_early(scenario, flow.route[last_stop], name):
                    yield ("flows", flow_name, "route", stop), gap_words(flow.route, last_stop, stop, air_km)
                last_point, last_stop, ways = step, stop, {}


def may_end_early(scenario: Scenario, *neighbours: str) -> bool:
    """Whether a section and a terminal may lie apart: one terminal often stands for the stations of a whole region."""
    return sorted(str(scenario.places[name].kind) for name in neighbours) == ["section", "terminal"]


def gap_words(route: Sequence[str], start: int, stop: int, air_km: float) -> str:
    """What to say of a place to which a train would jump."""
    between = f"{shown(route[start])} and {shown(route[stop])}"
    return f"leaves a gap: {air_km:,.0f} km by air between {between}, and no section; the route is {', '.join(route)}"


def strange_directions(scenario: Scenario) -> Iterator[Complaint]:
    """The flows whose trains pass two places in the order in which those of the other direction do, each flow once."""
    first_flows: dict[tuple[str, str], str] = {}
    for name, flow in scenario.flows.items():
        for near, far in pairwise(flow.route):
            other = first_flows.setdefault((near, far), name)
            if scenario.flows[other].direction != flow.direction:
                way = f"{shown(near)} before {shown(far)} as {shown(other)} does"
                message = f"is {flow.direction}, and its trains pass {way}, which is {scenario.flows[other].direction}"
                yield ("flows", name, "direction"), message
                break


def steps(place: Place, direction: Direction) -> list[Point | float]:
    """What a train passes at a place, in order: points that are stated, and km."""
    match place:
        case Section():
            line = place.line_deg or ()
            ends = line[:1] + line[-1:] if direction == "westbound" else line[-1:] + line[:1]
            return [*ends[:1], place.length_km, *ends[1:]]
        case Sea():
            near, far = (place.ports[port] for port in ports_along(place, direction))
            return [*stated_point(near), place.distance_km, *stated_point(far)]
        case Located():
            return [*stated_point(place)]


def stated_point(place: Located) -> tuple[Point, ...]:
    """The point that a place states, if it states one."""
    if place.longitude_deg is None or place.latitude_deg is None:
        return ()
    return ((place.longitude_deg, place.latitude_deg),)


def great_circle_km(start: Point, end: Point) -> float:
    """The shortest way between two points over the globe, km, by the haversine formula (R. W. Sinnott, 1984)."""
    east, north, west, south = (math.radians(angle) for angle in (*start, *end))
    across = math.cos(north) * math.cos(south) * math.sin((east - west) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(math.sin((north - south) / 2) ** 2 + across)))


def way_path(scenario: Scenario, name: str) -> tuple[str, str, str]:
    """The key path of the length of a way."""
    return "places", name, "distance_km" if isinstance(scenario.places[name], Sea) else "length_km"


def length_words(name: str, ways: dict[str, float], air_km: float) -> str:
    """What to say of a way that is too short or too long, by itself or with others."""
    others = [shown(way) for way in ways if way != name]
    beside = f" with {' and '.join(others)}" if others else ""
    usual = "; a line is seldom twice as long" if sum(ways.values()) > air_km else ""
    return f"is {sum(ways.values()):,.0f} km{beside}, but the map has {air_km:,.0f} km by air between the ends{usual}"
