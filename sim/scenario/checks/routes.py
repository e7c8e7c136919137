"""Routes that must lead through: places that can work the trains, bans that watch their route, sets that come back.

As in `sim.scenario.checks.references`, what does not have the form it should is left for the schema to complain of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.checks.references import defined, entries, is_opposite, listed, stray, train_of
from sim.scenario.exchanges import gives, wagon_exchanges
from sim.scenario.keys import Data
from sim.scenario.places import Border, Sea, ports_along
from sim.scenario.problems import Complaint, did_you_mean, dotted, shown
from sim.scenario.schema import Scenario

WATCHED = "a port with a yard, a border, or a section with most_trains"


def route_complaints(data: Data) -> list[Complaint]:
    """Every place on a route that cannot work its trains, and every ban that cannot watch its flows."""
    return [complaint for check in (routes, bans) for complaint in check(data)]


def routes(data: Data) -> Iterator[Complaint]:
    """The places on the route of each flow, and whether they can work its trains."""
    places = entries(data, "places")
    for name, flow in entries(data, "flows").items():
        route = listed(flow, "route")
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


def bans(data: Data) -> Iterator[Complaint]:
    """The place that each convention ban watches, and the flows it holds."""
    known = entries(data, "flows")
    for name, ban in entries(data, "bans").items():
        held = listed(ban, "flows")
        for at, flow in enumerate(held):
            for message in stray("a flow", flow, defined(data, "flows")):
                yield ("bans", name, "flows", at), message
        place = ban.get("place")
        if not isinstance(place, str):
            continue
        unfit_place = unwatchable(data, place)
        if unfit_place:
            yield ("bans", name, "place"), unfit_place
            continue
        first = None
        for at, flow in enumerate(held):
            if not isinstance(flow, str) or flow not in known:
                continue
            first = first or flow
            for message in astray(data, place, known[flow], known[first]):
                yield ("bans", name, "flows", at), f"{shown(flow)} {message}"


def crossings(data: Data, port: str) -> dict[str, dict[str, Any]]:
    """The sea crossings that have a port of this name."""
    return {name: place for name, place in entries(data, "places").items() if port in defined(place, "ports")}


def unwatchable(data: Data, place: str) -> str | None:
    """Why no ban can watch a place; None if one can."""
    places, ashore = entries(data, "places"), crossings(data, place)
    ports = [port for each in places.values() for port in defined(each, "ports")]
    choices = [*defined(data, "places"), *ports]
    if place not in choices:
        return f"{shown(place)} is not a place or port of the scenario{did_you_mean(place, choices)}"
    if len(ashore) + (place in defined(data, "places")) > 1:
        owners = [*ashore, *([place] if place in places else [])]
        return f"names more than one place: {', '.join(map(shown, owners))} {'have' if len(ashore) > 1 else 'has'} it"
    described = places.get(place, {})
    if ashore:
        [crossing] = ashore.values()
        yard = f"yard_{crossing.get('carries')}"
        if yard not in entries(crossing, "ports").get(place, {yard: None}):
            return f"must be {WATCHED}, and port {shown(place)} has no {yard}"
    elif described.get("kind") in ("sea", "terminal"):
        hint = f"; its ports are {', '.join(map(shown, defined(described, 'ports')))}" if "ports" in described else ""
        return f"must be {WATCHED} (got {described['kind']} {shown(place)}){hint}"
    elif described.get("kind") == "section" and "most_trains" not in described:
        return f"must be {WATCHED}, and section {shown(place)} has no most_trains"
    return None


def astray(data: Data, place: str, flow: Data, first: Data) -> Iterator[str]:
    """Why a flow cannot be held by a ban that watches a place; `first` is the first flow that the ban holds."""
    passed = next(iter(crossings(data, place)), place)
    direction = str(flow.get("direction"))
    if passed not in listed(flow, "route"):
        yield f"does not pass {shown(place)}"
        return
    described = entries(data, "places").get(passed, {})
    sails_from = {"westbound": described.get("east_port"), "eastbound": described.get("west_port")}
    if described.get("kind") == "sea" and sails_from.get(direction, place) != place:
        yield f"lands at {shown(place)}, and a ban watches the cargo that waits there for vessels"
    elif described.get("kind") == "section" and is_opposite(flow, first):
        yield f"is {direction}, and the flows before it are not: a ban watches a section in one direction"


def set_complaints(scenario: Scenario) -> list[Complaint]:
    """Every flow whose trains take a wagon set and never leave it, or could take one of two pools.

    The names in the scenario must lead somewhere.
    """
    return [complaint for name in scenario.flows for complaint in unsettled(scenario, name)]


def unsettled(scenario: Scenario, name: str) -> Iterator[Complaint]:
    """What is wrong with the wagon sets on the route of one flow."""
    flow = scenario.flows[name]
    path = ("flows", name, "route")
    held: tuple[str, str] | None = None
    for stage, (takes, leaves) in enumerate(wagon_exchanges(scenario, name)):
        place = flow.route[stage]
        described = scenario.places[place]
        if leaves is not None:
            held = None
        if takes is None:
            continue
        if isinstance(described, Sea):
            _, place = ports_along(described, flow.direction)
        left = leaves if isinstance(described, Border) else None
        pools = dict.fromkeys(scenario.trains[flow.train].wagon_pools)
        rivals = [pool for pool in pools if pool != left and gives(scenario, pool, place)]
        if len(rivals) > 1:
            either = " and ".join(map(shown, rivals))
            yield (*path, stage), f"trains of {shown(flow.train)} could take wagon sets of {either} at {shown(place)}"
        held = takes, place
    if held is not None:
        pool, place = held
        returns = dotted(("wagon_pools", pool, "empty_run_h"))
        message = f"a wagon set of {shown(pool)} taken at {shown(place)} is never given back: "
        yield path, f"{message}{returns} has none of the places after it where these trains leave their set"
