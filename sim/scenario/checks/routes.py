"""Routes that must lead through: places that can work the trains, bans that watch their route, sets that come back.

As in `sim.scenario.checks.references`, what does not have the form it should is left for the schema to complain of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.checks.references import is_opposite, stray, train_of
from sim.scenario.exchanges import gives, wagon_exchanges
from sim.scenario.keys import Data, items_in, kinds, models, names_in, tables_in
from sim.scenario.places import Border, Place, Sea, Section, ports_along
from sim.scenario.problems import Complaint, did_you_mean, dotted, shown
from sim.scenario.schema import Scenario

WATCHABLE = "a port with a yard, a border, or a section with most_trains"
UNWATCHABLE = [kind for model in models(Place) if model not in (Border, Section) for kind in kinds(model)]


def route_complaints(data: Data) -> list[Complaint]:
    """Every place on a route that cannot work its trains, and every ban that cannot watch its flows."""
    return [complaint for check in (routes, bans) for complaint in check(data)]


def routes(data: Data) -> Iterator[Complaint]:
    """The places on the route of each flow, and whether they can work its trains."""
    places = tables_in(data, "places")
    for name, flow in tables_in(data, "flows").items():
        route = items_in(flow, "route")
        train = train_of(flow, data)
        for stage, place in enumerate(route):
            path = ("flows", name, "route", stage)
            for message in stray("a place", place, names_in(data, "places")):
                yield path, message
            if not isinstance(place, str) or place not in places:
                continue
            if place in route[:stage]:
                yield path, f"passes {shown(place)} twice; a train comes to a place once: describe it as two places"
            kind = places[place].get("kind")
            if kind == "terminal" and 0 < stage < len(route) - 1:
                yield path, f"terminal {shown(place)} must stand first or last on a route"
            if train is not None:
                for message in why_not_worked(place, places[place], str(flow["train"]), train):
                    yield path, message


def why_not_worked(name: str, place: Data, train_name: str, train: Data) -> Iterator[str]:
    """Why a place cannot work a type of train."""
    handling = train.get("handling")
    if place.get("kind") == "terminal" and isinstance(handling, str):
        facilities = names_in(place, "unloading")
        if handling not in facilities:
            hint = did_you_mean(handling, facilities)
            facility = dotted(("unloading", handling))
            yield f"terminal {shown(name)} has no {facility}, which trains of {shown(train_name)} need{hint}"
    vessels = tables_in(place, "vessels")
    if place.get("kind") == "sea" and vessels and not any(takes(vessel, handling) for vessel in vessels.values()):
        yield f"no vessel of sea crossing {shown(name)} takes {shown(handling)}, of trains of {shown(train_name)}"
    carries = place.get("carries")
    if place.get("kind") == "sea" and carries in ("teu", "wagons") and not train.get(carries):
        yield f"sea crossing {shown(name)} carries {carries}, and trains of {shown(train_name)} have none"


def takes(vessel: Data, handling: object) -> bool:
    """Whether a class of vessels takes what is handled so."""
    return "takes" not in vessel or handling in items_in(vessel, "takes")


def bans(data: Data) -> Iterator[Complaint]:
    """The place that each convention ban watches, and the flows it holds."""
    flows = tables_in(data, "flows")
    for name, ban in tables_in(data, "bans").items():
        flow_names = items_in(ban, "flows")
        for at, flow in enumerate(flow_names):
            for message in stray("a flow", flow, names_in(data, "flows")):
                yield ("bans", name, "flows", at), message
        place = ban.get("place")
        if not isinstance(place, str):
            continue
        unfit_place = unwatchable(data, place)
        if unfit_place:
            yield ("bans", name, "place"), unfit_place
            continue
        first, stage = None, next(iter(crossings(data, place)), place)
        for at, flow in enumerate(flow_names):
            if not isinstance(flow, str) or flow not in flows:
                continue
            first = first or flow
            for message in astray(data, place, stage, flows[flow], flows[first]):
                yield ("bans", name, "flows", at), f"{shown(flow)} {message}"


def crossings(data: Data, port: str) -> dict[str, dict[str, Any]]:
    """The sea crossings that have a port of this name."""
    return {name: place for name, place in tables_in(data, "places").items() if port in names_in(place, "ports")}


def unwatchable(data: Data, place: str) -> str | None:
    """Why no ban can watch a place; None if one can."""
    places, ashore = tables_in(data, "places"), crossings(data, place)
    ports = [port for table in places.values() for port in names_in(table, "ports")]
    choices = [*names_in(data, "places"), *ports]
    if place not in choices:
        return f"{shown(place)} is not a place or port of the scenario{did_you_mean(place, choices)}"
    if len(ashore) + (place in names_in(data, "places")) > 1:
        owners = [*ashore, *([place] if place in places else [])]
        return f"names more than one place: {', '.join(map(shown, owners))} {'have' if len(ashore) > 1 else 'has'} it"
    table = places.get(place, {})
    if ashore:
        [crossing] = ashore.values()
        yard = f"yard_{crossing.get('carries')}"
        if yard not in tables_in(crossing, "ports").get(place, {yard: None}):
            return f"must be {WATCHABLE}, and port {shown(place)} has no {yard}"
    elif table.get("kind") in UNWATCHABLE:
        hint = f"; its ports are {', '.join(map(shown, names_in(table, 'ports')))}" if "ports" in table else ""
        return f"must be {WATCHABLE} (got {table['kind']} {shown(place)}){hint}"
    elif table.get("kind") == "section" and "most_trains" not in table:
        return f"must be {WATCHABLE}, and section {shown(place)} has no most_trains"
    return None


def astray(data: Data, place: str, stage: str, flow: Data, first: Data) -> Iterator[str]:
    """Why a flow cannot be held by a ban that watches a place of a stage; `first` is the first flow that it holds."""
    direction = str(flow.get("direction"))
    if stage not in items_in(flow, "route"):
        yield f"does not pass {shown(place)}"
        return
    table = tables_in(data, "places").get(stage, {})
    sails_from = {"westbound": table.get("east_port"), "eastbound": table.get("west_port")}
    if table.get("kind") == "sea" and sails_from.get(direction, place) != place:
        yield f"lands at {shown(place)}, and a ban watches the cargo that waits there for vessels"
    elif table.get("kind") == "section" and is_opposite(flow, first):
        yield f"is {direction}, and the flows before it are not: a ban watches a section in one direction"


def set_complaints(scenario: Scenario) -> list[Complaint]:
    """Every flow whose trains take a wagon set and never leave it, or could take one of two pools; fleets too small.

    The names in the scenario must lead somewhere.
    """
    complaints = [complaint for name in scenario.flows for complaint in set_faults(scenario, name)]
    return [*complaints, *groups_never_whole(scenario)]


def groups_never_whole(scenario: Scenario) -> Iterator[Complaint]:
    """Fleets so small that all their sets may stand at the places where they were emptied, and no group is whole."""
    for name, pool in scenario.wagon_pools.items():
        flows = [flow for flow in scenario.flows if name in scenario.trains[scenario.flows[flow].train].wagon_pools]
        places_left = {
            place
            for flow in flows
            for place, (_, leaves) in zip(scenario.flows[flow].route, wagon_exchanges(scenario, flow), strict=True)
            if leaves == name
        }
        standing = len(places_left) * (pool.group_sets - 1)
        fewest = min((sets for sets in pool.sets.values() if sets > 0), default=0)
        if 0 < fewest <= standing:
            yield (
                ("wagon_pools", name, "group_sets"),
                f"all {fewest} sets may stand in groups that are not whole: {len(places_left)} places with up to "
                f"{pool.group_sets - 1} sets each; more than {standing} sets are needed",
            )


def set_faults(scenario: Scenario, name: str) -> Iterator[Complaint]:
    """What is wrong with the wagon sets on the route of one flow."""
    flow = scenario.flows[name]
    path = ("flows", name, "route")
    wagon_set: tuple[str, str] | None = None
    for stage, (takes, leaves) in enumerate(wagon_exchanges(scenario, name)):
        place = flow.route[stage]
        stage_place = scenario.places[place]
        if leaves is not None:
            wagon_set = None
        if takes is None:
            continue
        if isinstance(stage_place, Sea):
            _, place = ports_along(stage_place, flow.direction)
        pool_left = leaves if isinstance(stage_place, Border) else None
        pools = dict.fromkeys(scenario.trains[flow.train].wagon_pools)
        rivals = [pool for pool in pools if pool != pool_left and gives(scenario, pool, place)]
        if len(rivals) > 1:
            pool_names = " and ".join(map(shown, rivals))
            yield (
                (*path, stage),
                f"trains of {shown(flow.train)} could take wagon sets of {pool_names} at {shown(place)}",
            )
        wagon_set = takes, place
    if wagon_set is not None:
        pool, place = wagon_set
        returns = dotted(("wagon_pools", pool, "empty_run_h"))
        message = f"a wagon set of {shown(pool)} taken at {shown(place)} is never given back: "
        yield path, f"{message}{returns} has none of the places after it where these trains leave their set"
