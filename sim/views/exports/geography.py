"""GeoJSON (RFC 7946): the network on a map, borders, ports and terminals as points, lines and seas as lines.

Each feature carries the measures of its place over all flows in the last full year, mean and interval. A section
without a course of its own is drawn straight between its neighbours on a route.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from sim.measure.addresses import rows_at
from sim.runs.folders import DISTRIBUTION, ResultsError
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.scenario.places import Located, Sea, Section, ports_along
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, Direction

Point = list[float]
Feature = dict[str, Any]


def write_geojson(results: Results, file: TextIO) -> int:
    """Write the network as GeoJSON; the number of places that have no point and are left out.

    Raises
    ------
    ResultsError
        If no place of the scenario has a point.
    """
    scenario, period = results.scenario, last_full_year(results.scenario)
    places = list(features(results, period))
    if not places:
        raise ResultsError(
            f"{results.name}: has no place on a map: state longitude_deg and latitude_deg of its borders, terminals "
            "and ports, and run it again"
        )
    places_drawn = {feature["properties"]["place"] for feature in places}
    missing = [name for name in scenario.places if name not in places_drawn]
    head = {
        "type": "FeatureCollection",
        "made_by": DISTRIBUTION,
        "scenario": results.name,
        "title": scenario.title,
        "period": period,
        "replications": results.manifest["replications"],
        "level": results.manifest["level"],
        "without_a_point": missing,
    }
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in places)
    file.write(json.dumps(head, ensure_ascii=False)[:-1] + f', "features": [\n{lines}\n]}}\n')
    return len(missing)


def features(results: Results, period: str) -> Iterator[Feature]:
    """The places that have a point or a course, with their measures."""
    measures_by_place = measures(results, period)
    for name, place in results.scenario.places.items():
        about = {"place": name, "kind": place.kind, "title": place.title}
        properties = about | measures_by_place.get(name, {})
        match place:
            case Located():
                point = point_of(place)
                if point:
                    yield feature("Point", point, properties)
            case Section():
                course = (
                    [[lon, lat] for lon, lat in place.line_deg] if place.line_deg else between(results.scenario, name)
                )
                if course:
                    yield feature("LineString", course, properties | {"length_km": place.length_km})
            case Sea():
                ports = [point_of(place.ports[port]) for port in (place.east_port, place.west_port)]
                if all(ports):
                    yield feature("LineString", ports, properties | {"distance_km": place.distance_km})
                for port, point in zip((place.east_port, place.west_port), ports, strict=True):
                    if point:
                        yield feature(
                            "Point", point, about | {"kind": "port", "port": port, "title": place.ports[port].title}
                        )


def feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> Feature:
    """One feature."""
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def point_of(place: Located) -> Point | None:
    """Longitude and latitude of a place, as far as stated."""
    if place.longitude_deg is None or place.latitude_deg is None:
        return None
    return [place.longitude_deg, place.latitude_deg]


def between(scenario: Scenario, name: str) -> list[Point] | None:
    """The straight line of a section between the places next to it on the first route where both have a point."""
    for flow in scenario.flows.values():
        if name in flow.route:
            at = flow.route.index(name)
            before, after = flow.route[:at], flow.route[at + 1 :]
            ends = [end_of(scenario, before[-1:], flow.direction, 1), end_of(scenario, after[:1], flow.direction, 0)]
            points = [point for point in ends if point]
            if len(points) == 2:
                return points if flow.direction == "westbound" else points[::-1]
    return None


def end_of(scenario: Scenario, neighbour: tuple[str, ...], direction: Direction, end: int) -> Point | None:
    """The point at which a route leaves (`end` 1) or enters (0) a neighbour of a section."""
    if not neighbour:
        return None
    match scenario.places[neighbour[0]]:
        case Located() as place:
            return point_of(place)
        case Sea() as sea:
            return point_of(sea.ports[ports_along(sea, direction)[end]])
        case Section(line_deg=line):
            if not line:
                return None
            lon, lat = line[-end if direction == "westbound" else end - 1]
            return [lon, lat]


def measures(results: Results, period: str) -> dict[str, dict[str, float | None]]:
    """The measures of each place over all flows: mean and interval, None where there is none."""
    rows = rows_at(results.kpis, flow=ALL, period=period)
    rows = rows[rows["place"] != ALL]
    by_place: dict[str, dict[str, float | None]] = {}
    for place, kpi, *numbers in rows[["place", "kpi", "mean", "ci_low", "ci_high"]].itertuples(index=False, name=None):
        of_place = by_place.setdefault(place, {})
        for suffix, number in zip(("", "_ci_low", "_ci_high"), numbers, strict=True):
            of_place[f"{kpi}{suffix}"] = float(f"{number:.6g}") if number == number else None
    return by_place
