"""Where the replay is drawn: points of places and courses of lines, on a map or, without coordinates, as a scheme."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sim.scenario.places import Located, Place, Port, Sea, Section, length_km
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow

Point = tuple[float, float]
End = tuple[str, int]
"""A place and one of its ends: 0 towards China, 1 away from it."""

SCHEME_WIDTH, SCHEME_HEIGHT = 40.0, 14.0


@dataclass(frozen=True)
class Network:
    """Where each place lies: one point, or the course of a line in the order of westbound travel.

    `on_map` says whether points are longitude and latitude in degrees; else they are those of a scheme, in its units.
    """

    lines: dict[str, tuple[Point, ...]]
    on_map: bool


def network(scenario: Scenario) -> Network:
    """The network on a map if every place that a flow uses can be located, else as a scheme."""
    joined = joints(scenario)
    known = {joined[end]: point for end, point in located(scenario) if end in joined}
    used = {place for flow in scenario.flows.values() for place in flow.route}
    if all(joined[name, side] in known for name in used for side in ends(scenario.places[name])):
        return Network({name: course(scenario.places[name], name, joined, known) for name in used}, True)
    points = scheme(scenario, joined)
    return Network({name: between(scenario.places[name], name, joined, points) for name in used}, False)


def ends(place: Place) -> tuple[int, ...]:
    """The ends of a place: two of a line, else one."""
    match place:
        case Section() | Sea():
            return (0, 1)
        case Located():
            return (0,)


def entry_and_exit(place: Place, flow: Flow) -> tuple[int, int]:
    """The ends at which trains of a flow enter and leave a place."""
    return {1: (0, 0)}.get(len(ends(place)), (0, 1) if flow.direction == "westbound" else (1, 0))


def joints(scenario: Scenario) -> dict[End, End]:
    """For each end of a place on some route the one end that stands for all that trains step over between."""
    leader: dict[End, End] = {}

    def lead(end: End) -> End:
        leader.setdefault(end, end)
        while leader[end] != end:
            end = leader[end]
        return end

    for flow in scenario.flows.values():
        for name in flow.route:
            for side in ends(scenario.places[name]):
                lead((name, side))
        for one, other in pairwise(flow.route):
            left = lead((one, entry_and_exit(scenario.places[one], flow)[1]))
            entered = lead((other, entry_and_exit(scenario.places[other], flow)[0]))
            leader[max(left, entered)] = min(left, entered)
    return {end: lead(end) for end in leader}


def located(scenario: Scenario) -> Iterator[tuple[End, Point]]:
    """The ends of places whose points a scenario states."""
    for name, place in scenario.places.items():
        match place:
            case Section(line_deg=None):
                continue
            case Section(line_deg=line):
                assert line is not None
                found = [(0, line[0]), (1, line[-1])]
            case Sea():
                found = [(side, point) for side, port in enumerate(ports(place)) if (point := point_of(port))]
            case Located():
                found = [(0, point)] if (point := point_of(place)) else []
        yield from (((name, side), point) for side, point in found)


def ports(sea: Sea) -> tuple[Port, Port]:
    """The east port and the west port of a crossing."""
    return sea.ports[sea.east_port], sea.ports[sea.west_port]


def point_of(place: Located) -> Point | None:
    """The point that a place or a port states."""
    longitude, latitude = place.longitude_deg, place.latitude_deg
    return None if longitude is None or latitude is None else (longitude, latitude)


def course(place: Place, name: str, joined: dict[End, End], known: dict[End, Point]) -> tuple[Point, ...]:
    """What a place states, or else a straight line between the ends it shares with its neighbours."""
    match place:
        case Section(line_deg=line) if line is not None:
            return line
        case Sea():
            points = [point_of(port) or known[joined[name, side]] for side, port in enumerate(ports(place))]
            return tuple(points)
        case Located():
            return (point_of(place) or known[joined[name, 0]],)
        case Section():
            return between(place, name, joined, known)


def between(place: Place, name: str, joined: dict[End, End], points: dict[End, Point]) -> tuple[Point, ...]:
    """The points of the ends of a place."""
    return tuple(points[joined[name, side]] for side in ends(place))


def scheme(scenario: Scenario, joined: dict[End, End]) -> dict[End, Point]:
    """Points by km from the east (to the left of the drawing is the west), and by the flows that pass them."""
    km = distances(scenario, joined)
    longest = max(km.values()) or 1.0
    rows: dict[End, list[int]] = {}
    for row, flow in enumerate(scenario.flows.values()):
        for name in flow.route:
            for side in ends(scenario.places[name]):
                rows.setdefault(joined[name, side], []).append(row)
    spread = max(len(scenario.flows) - 1, 1)
    return {
        node: (
            SCHEME_WIDTH * (1 - km[node] / longest),
            SCHEME_HEIGHT * (0.5 - sum(rows[node]) / len(rows[node]) / spread),
        )
        for node in rows
    }


def distances(scenario: Scenario, joined: dict[End, End]) -> dict[End, float]:
    """Least km of each joint from one that nothing lies east of (Dijkstra, 1959)."""
    ahead: dict[End, list[tuple[float, End]]] = {node: [] for node in joined.values()}
    entered = set()
    for name, place in scenario.places.items():
        if len(ends(place)) == 2 and (name, 0) in joined:
            east, west = joined[name, 0], joined[name, 1]
            ahead[east].append((length_km(place), west))
            entered.add(west)
    waiting = [(0.0, node) for node in sorted(set(ahead) - entered or set(ahead))]
    km: dict[End, float] = {}
    while waiting:
        so_far, node = heapq.heappop(waiting)
        if node not in km:
            km[node] = so_far
            for km_ahead, west in ahead[node]:
                heapq.heappush(waiting, (so_far + km_ahead, west))
    return {node: km.get(node, 0.0) for node in ahead}
