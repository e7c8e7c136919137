"""Names that must lead somewhere: what one table of a scenario asks of another.

These checks read the merged tables before the schema has accepted them, so that their complaints come together with
those of the schema. What does not have the form it should is passed over here: the schema complains of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.scenario.keys import Data, leaves, tables
from sim.scenario.problems import Complaint, did_you_mean, dotted, shown

ALL = "all"
SUMS = {"all": "the sum of all", "westbound": "the sum of that direction", "eastbound": "the sum of that direction"}
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def reference_complaints(data: Data) -> list[Complaint]:
    """Everything in the merged tables that leads nowhere, or to something that does not fit."""
    checks = (names, trains, wagon_pools, flows, routes, published, dates, source_lines)
    return [complaint for check in checks for complaint in check(data)]


def entries(data: Data, key: str) -> dict[str, dict[str, Any]]:
    """The tables in a table of tables, by name."""
    found = data.get(key)
    return {name: each for name, each in found.items() if isinstance(each, dict)} if isinstance(found, dict) else {}


def defined(data: Data, key: str) -> Iterable[str]:
    """The names that a table of tables defines, whatever stands behind them."""
    found = data.get(key)
    return found.keys() if isinstance(found, dict) else ()


def stray(what: str, name: object, choices: Iterable[str]) -> Iterator[str]:
    """The complaint that a name is not among those defined, if it is a name and is not."""
    if isinstance(name, str) and name not in choices:
        yield f"{shown(name)} is not {what} of the scenario{did_you_mean(name, choices)}"


def names(data: Data) -> Iterator[Complaint]:
    """Names that would say two things in a table of results."""
    for key in ("places", "flows", "corridors"):
        for name in defined(data, key):
            if name in SUMS:
                yield (key, name), f"must have another name: '{name}' stands for {SUMS[name]}"
    for name in defined(data, "wagon_pools"):
        if name in defined(data, "places"):
            yield ("wagon_pools", name), "must have another name: a place is called so"
    for name in defined(data, "flows"):
        if name in defined(data, "corridors"):
            yield ("flows", name), "must have another name: a corridor is called so"


def trains(data: Data) -> Iterator[Complaint]:
    """The wagon pool of each train type."""
    for name, train in entries(data, "trains").items():
        for message in stray("a wagon pool", train.get("wagon_pool"), defined(data, "wagon_pools")):
            yield ("trains", name, "wagon_pool"), message


def wagon_pools(data: Data) -> Iterator[Complaint]:
    """The home of each wagon pool, and the places it serves."""
    ports = [port for place in entries(data, "places").values() for port in defined(place, "ports")]
    stations = [*defined(data, "places"), *ports]
    for name, pool in entries(data, "wagon_pools").items():
        for message in stray("a place or port", pool.get("home"), stations):
            yield ("wagon_pools", name, "home"), message
        for place in defined(pool, "empty_run_h"):
            for message in stray("a place or port", place, stations):
                yield ("wagon_pools", name, "empty_run_h", place), message


def flows(data: Data) -> Iterator[Complaint]:
    """Train type, corridor and clearance regimes of each flow."""
    for name, flow in entries(data, "flows").items():
        for key, what, table in (("train", "a train type", "trains"), ("corridor", "a corridor", "corridors")):
            for message in stray(what, flow.get(key), defined(data, table)):
                yield ("flows", name, key), message
        regime = flow.get("regime")
        for date, each in regime.items() if isinstance(regime, dict) else [(None, regime)]:
            for message in stray("a clearance regime", each, defined(data, "regimes")):
                yield ("flows", name, "regime", *([date] if date else [])), message
        train = train_of(flow, data)
        if "teu_per_year" in flow and train is not None and not train.get("teu"):
            yield ("flows", name, "teu_per_year"), f"needs a train type with teu, and {shown(flow['train'])} has none"


def train_of(flow: Data, data: Data) -> dict[str, Any] | None:
    """The train type of a flow, if it is defined."""
    train = flow.get("train")
    return entries(data, "trains").get(train) if isinstance(train, str) else None


def routes(data: Data) -> Iterator[Complaint]:
    """The places on the route of each flow, and whether they can work its trains."""
    places = entries(data, "places")
    for name, flow in entries(data, "flows").items():
        route: Any = flow.get("route")
        route = route if isinstance(route, list) else []
        train = train_of(flow, data)
        for stage, place in enumerate(route):
            path = ("flows", name, "route", stage)
            for message in stray("a place", place, defined(data, "places")):
                yield path, message
            if not isinstance(place, str) or place not in places:
                continue
            kind = places[place].get("kind")
            if kind == "terminal" and 0 < stage < len(route) - 1:
                yield path, f"terminal {shown(place)} must stand first or last on a route"
            if train is not None:
                for message in unfit(place, places[place], str(flow["train"]), train):
                    yield path, message


def unfit(name: str, place: Data, train_name: str, train: Data) -> Iterator[str]:
    """Why a place cannot work a type of train."""
    handling = train.get("handling")
    if place.get("kind") == "terminal" and isinstance(handling, str):
        facilities = defined(place, "unloading")
        if handling not in facilities:
            hint = did_you_mean(handling, facilities)
            facility = dotted(("unloading", handling))
            yield f"terminal {shown(name)} has no {facility}, which trains of {shown(train_name)} need{hint}"
    carries = place.get("carries")
    if place.get("kind") == "sea" and carries in ("teu", "wagons") and not train.get(carries):
        yield f"sea crossing {shown(name)} carries {carries}, and trains of {shown(train_name)} have none"


def published(data: Data) -> Iterator[Complaint]:
    """Place and flow of each published figure."""
    places = [*defined(data, "places"), ALL]
    sums = [*defined(data, "flows"), *defined(data, "corridors"), *SUMS]
    for name, figure in entries(data, "published").items():
        for message in stray("a place", figure.get("place"), places):
            yield ("published", name, "place"), message
        for message in stray("a flow or corridor", figure.get("flow"), sums):
            yield ("published", name, "flow"), message


def dates(data: Data) -> Iterator[Complaint]:
    """Values by date of which none is in force when the horizon starts."""
    horizon = data.get("horizon")
    start = horizon.get("start") if isinstance(horizon, dict) else None
    if not isinstance(start, dt.date):
        return
    for path, value in leaves(data):
        if isinstance(value, dict) and value and all(map(DATE.fullmatch, value)) and min(value) > start.isoformat():
            yield path, f"has no value before {min(value)}, and the horizon starts on {start.isoformat()}"


def source_lines(data: Data) -> Iterator[Complaint]:
    """Lines of `sources` that speak for a key which is not there."""
    for path, table, _ in tables(data):
        lines = table.get("sources")
        for key in lines if isinstance(lines, Mapping) else ():
            if key != ALL and (key not in table or key == "sources"):
                hint = did_you_mean(key, table.keys() - {"sources"})
                yield (*path, "sources", key), f"speaks for {shown(key)}, which its table does not have{hint}"
