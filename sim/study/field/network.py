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
    joint_of = joints(scenario)
    points = {joint_of[end]: point for end, point in stated_points(scenario) if end in joint_of}
    on_routes = {place for flow in scenario.flows.values() for place in flow.route}
    if all(joint_of[name, side] in points for name in on_routes for side in sides_of(scenario.places[name])):
        return Network({name: course(scenario.places[name], name, joint_of, points) for name in on_routes}, True)
    points = scheme(scenario, joint_of)
    return Network({name: end_points(scenario.places[name], name, joint_of, points) for name in on_routes}, False)


def sides_of(place: Place) -> tuple[int, ...]:
    """The ends of a place: two of a line, else one."""
    match place:
        case Section() | Sea():
            return (0, 1)
        case Located():
            return (0,)


def entry_and_exit(place: Place, flow: Flow) -> tuple[int, int]:
    """The ends at which trains of a flow enter and leave a place."""
    return {1: (0, 0)}.get(len(sides_of(place)), (0, 1) if flow.direction == "westbound" else (1, 0))


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
            for side in sides_of(scenario.places[name]):
                lead((name, side))
        for name, following in pairwise(flow.route):
            exit_end = lead((name, entry_and_exit(scenario.places[name], flow)[1]))
            entry_end = lead((following, entry_and_exit(scenario.places[following], flow)[0]))
            leader[max(exit_end, entry_end)] = min(exit_end, entry_end)
    return {end: lead(end) for end in leader}


def stated_points(scenario: Scenario) -> Iterator[tuple[End, Point]]:
    """The ends of places whose points a scenario states."""
    for name, place in scenario.places.items():
        match place:
            case Section(line_deg=None):
                continue
            case Section(line_deg=line):
                assert line is not None
                points = [(0, line[0]), (1, line[-1])]
            case Sea():
                points = [(side, point) for side, port in enumerate(ports(place)) if (point := point_on_map(port))]
            case Located():
                points = [(0, point)] if (point := point_on_map(place)) else []
        yield from (((name, side), point) for side, point in points)


def ports(sea: Sea) -> tuple[Port, Port]:
    """The east port and the west port of a crossing."""
    return sea.ports[sea.east_port], sea.ports[sea.west_port]


def point_on_map(place: Located) -> Point | None:
    """The point that a place or a port states."""
    longitude, latitude = place.longitude_deg, place.latitude_deg
    return None if longitude is None or latitude is None else (longitude, latitude)


def course(place: Place, name: str, joint_of: dict[End, End], points: dict[End, Point]) -> tuple[Point, ...]:
    """What a place states, or else a straight line between the ends it shares with its neighbours."""
    match place:
        case Section(line_deg=line) if line is not None:
            return line
        case Sea():
            ends = [point_on_map(port) or points[joint_of[name, side]] for side, port in enumerate(ports(place))]
            return tuple(ends)
        case Located():
            return (point_on_map(place) or points[joint_of[name, 0]],)
        case Section():
            return end_points(place, name, joint_of, points)


def end_points(place: Place, name: str, joint_of: dict[End, End], points: dict[End, Point]) -> tuple[Point, ...]:
    """The points of the ends of a place."""
    return tuple(points[joint_of[name, side]] for side in sides_of(place))


def scheme(scenario: Scenario, joint_of: dict[End, End]) -> dict[End, Point]:
    """Points by km from the east (to the left of the drawing is the west), and by the flows that pass them."""
    km = km_from_east(scenario, joint_of)
    longest = max(km.values()) or 1.0
    rows: dict[End, list[int]] = {}
    for row, flow in enumerate(scenario.flows.values()):
        for name in flow.route:
            for side in sides_of(scenario.places[name]):
                rows.setdefault(joint_of[name, side], []).append(row)
    spread = max(len(scenario.flows) - 1, 1)
    return {
        node: (
            SCHEME_WIDTH * (1 - km[node] / longest),
            SCHEME_HEIGHT * (0.5 - sum(rows[node]) / len(rows[node]) / spread),
        )
        for node in rows
    }


def km_from_east(scenario: Scenario, joint_of: dict[End, End]) -> dict[End, float]:
    """Least km of each joint from one that nothing lies east of (Dijkstra, 1959)."""
    ahead: dict[End, list[tuple[float, End]]] = {node: [] for node in joint_of.values()}
    has_east = set()
    for name, place in scenario.places.items():
        if len(sides_of(place)) == 2 and (name, 0) in joint_of:
            east, west = joint_of[name, 0], joint_of[name, 1]
            ahead[east].append((length_km(place), west))
            has_east.add(west)
    waiting = [(0.0, node) for node in sorted(set(ahead) - has_east or set(ahead))]
    km: dict[End, float] = {}
    while waiting:
        so_far, node = heapq.heappop(waiting)
        if node not in km:
            km[node] = so_far
            for km_ahead, west in ahead[node]:
                heapq.heappush(waiting, (so_far + km_ahead, west))
    return {node: km.get(node, 0.0) for node in ahead}
