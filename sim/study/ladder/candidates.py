"""Capacities that may bind: where each is written, what trains wait for where it is short, and one step more of it.

A train waits for many things at once: where a port is full, trains stand on the line, and a ban holds others at their
origin. Such hours are waited *behind* a place, and are laid to the capacities of that place in proportion to the hours
waited for each of them there; the room that was full has them whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.measure.catalogue import ACTIVITIES, CAUSES
from sim.measure.kpis import HOURS_PER_YEAR
from sim.model.capacities import Hold, Stage, capacities, flows_served
from sim.model.ledger import Cause
from sim.scenario.places import Sea, Section
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow
from sim.scenario.values import ALL

STEP_SHARE = 0.1
"""A step is this share of the amount; of a count, whole units and at least one."""

WAITS = {f"queue_trains_{cause}": cause for cause in CAUSES}
"""Measures that tell for what trains wait, each with the cause."""

Measures = Mapping[tuple[str, str, str], float]
"""Measures of a year by kpi, place and flow."""

Hours = Mapping[tuple[str, str, str], float]
"""Train-hours waited in a year by place, cause and flow."""


@dataclass(frozen=True)
class Candidate:
    """A capacity that may bind.

    Attributes
    ----------
    key
        Key path of its value by date.
    title
        What it is, for a reader.
    at
        The place it serves; for wagon sets their home.
    flows
        Flows that use it.
    waits
        Place and cause of the waits for it.
    room
        Whether it is what a train stands in while it waits for something else: a track, a line, a yard.
    busy
        Measure of its use, and the place of that measure; empty if none is kept.
    """

    key: str
    title: str
    at: str
    flows: tuple[str, ...]
    waits: tuple[tuple[str, Cause], ...]
    room: bool = False
    busy: tuple[str, str] = ("", "")


def candidates(scenario: Scenario, corridor: str = ALL) -> list[Candidate]:
    """Every capacity that trains of a corridor (or a flow, or `all`) use."""
    flows = {name: flow for name, flow in scenario.flows.items() if corridor in (ALL, flow.corridor, name)}
    on_route = dict.fromkeys(place for flow in flows.values() for place in flow.route)
    in_use: list[Candidate] = []
    for name in on_route:
        passing = {key: flow for key, flow in flows.items() if name in flow.route}
        in_use += of_place(scenario, name, passing)
    in_use += [*of_pools(scenario, flows), *of_limits(flows)]
    return [candidate for candidate in in_use if amount(scenario, candidate.key, scenario.horizon.end) > 0]


def of_place(scenario: Scenario, name: str, flows: Mapping[str, Flow]) -> Iterator[Candidate]:
    """The capacities of a place that some flows past it use."""
    place = scenario.places[name]
    for capacity in capacities(place.kind, place):
        stage, users = capacity.stage, tuple(flows_served(scenario, capacity, flows))
        if users:
            waits = [wait for cause in stage.causes for wait in waits_for(stage, flows, name, cause)]
            yield Candidate(
                f"places.{name}.{capacity.key}",
                capacity.title,
                name,
                users,
                tuple(waits),
                stage.hold is Hold.STAY,
                busy_measure(stage, name),
            )


def waits_for(stage: Stage, flows: Mapping[str, Flow], name: str, cause: Cause) -> Iterator[tuple[str, Cause]]:
    """The places at which trains wait for a cause that a capacity of a place is short."""
    if stage.waits_before:
        yield from waits_before(flows, name, cause)
    if stage.waits_here:
        yield name, cause


def busy_measure(stage: Stage, at: str) -> tuple[str, str]:
    """The measure of the use of a capacity, and its place; empty if none is kept."""
    return ("", "") if stage.hold is Hold.NO_COUNT else (f"utilisation_{ACTIVITIES[stage.activities[0]]}", at)


def of_pools(scenario: Scenario, flows: Mapping[str, Flow]) -> Iterator[Candidate]:
    """The wagon sets that the trains of some flows run on."""
    for name, pool in scenario.wagon_pools.items():
        users = {key: flow for key, flow in flows.items() if name in scenario.trains[flow.train].wagon_pools}
        stations = {pool.home, *pool.empty_run_h}
        places_served = {
            place for flow in users.values() for place in flow.route if stations & ports_and_place(scenario, place)
        }
        for capacity in capacities("wagon_pool", pool) if users else ():
            key, stage = f"wagon_pools.{name}.{capacity.key}", capacity.stage
            waits = tuple((place, cause) for cause in stage.causes for place in sorted(places_served))
            busy = busy_measure(stage, name)
            yield Candidate(key, capacity.title, pool.home, tuple(users), waits, busy=busy)


def of_limits(flows: Mapping[str, Flow]) -> Iterator[Candidate]:
    """The agreed limits of flows."""
    for name, flow in flows.items():
        for capacity in capacities("flow", flow):
            waits = tuple(("", cause) for cause in capacity.stage.causes)
            yield Candidate(f"flows.{name}.{capacity.key}", capacity.title, "", (name,), waits)


def ports_and_place(scenario: Scenario, name: str) -> set[str]:
    """A place, and the ports of a crossing."""
    place = scenario.places[name]
    return {name, *(place.ports if isinstance(place, Sea) else ())}


def waits_before(flows: Mapping[str, Flow], place: str, cause: Cause) -> tuple[tuple[str, Cause], ...]:
    """The places from which trains go on to a place, where they wait to be taken in."""
    ahead = {flow.route[flow.route.index(place) - 1] for flow in flows.values() if flow.route.index(place) > 0}
    return tuple((name, cause) for name in sorted(ahead))


def train_hours(scenario: Scenario, measures: Measures) -> dict[tuple[str, str, str], float]:
    """Train-hours a year by place, cause and flow; held by a ban, at no place.

    They are those of the queues, not of the trains that came through: where a queue grows, few do.
    """
    hours: dict[tuple[str, str, str], float] = {}
    for (kpi, place, flow), value in measures.items():
        if kpi in WAITS and flow in scenario.flows and np.isfinite(value):
            cause = WAITS[kpi]
            hours["" if cause == CAUSES[Cause.BAN] else place, cause, flow] = value * HOURS_PER_YEAR
    return hours


def laid_hours(scenario: Scenario, rivals: Sequence[Candidate], hours: Hours) -> dict[str, float]:
    """Train-hours a year laid to each candidate: those waited for it, and its part of those behind its place."""
    own = {candidate.key: hours_for(candidate, hours) for candidate in rivals}
    by_bans = {candidate.key: hours_held(scenario, candidate, hours) for candidate in rivals if candidate.room}
    behind: dict[str, float] = {}
    for candidate in rivals:
        if candidate.room:
            # a full line holds trains that wait for the place beyond it, a full track or yard those for its own
            is_line = isinstance(scenario.places[candidate.at], Section)
            place = next_place(scenario, candidate) if is_line else candidate.at
            behind[place] = behind.get(place, 0.0) + own[candidate.key] + by_bans[candidate.key]
    laid_by_key = {}
    for candidate in rivals:
        beside = sum(own[rival.key] for rival in rivals if rival.at == candidate.at and not rival.room)
        part = own[candidate.key] / beside if beside > 0 and not candidate.room else 0.0
        by_ban = by_bans.get(candidate.key, 0.0)
        laid_by_key[candidate.key] = own[candidate.key] + by_ban + part * behind.get(candidate.at, 0.0)
    return laid_by_key


def hours_for(candidate: Candidate, hours: Hours) -> float:
    """Train-hours waited for a candidate itself."""
    return sum(
        hours.get((place, CAUSES[cause], flow), 0.0) for place, cause in candidate.waits for flow in candidate.flows
    )


def hours_held(scenario: Scenario, room: Candidate, hours: Hours) -> float:
    """Train-hours held before their route by a ban that watches a room."""
    places = {room.at, room.key.split(".")[3] if ".ports." in room.key else room.at}
    flows_held = {flow for ban in scenario.bans.values() if ban.place in places for flow in ban.flows}
    return sum(hours.get(("", CAUSES[Cause.BAN], flow), 0.0) for flow in room.flows if flow in flows_held)


def next_place(scenario: Scenario, room: Candidate) -> str:
    """The place that most of the flows on a line go on to; the line itself where they end."""
    nexts = [route[route.index(room.at) + 1 :] for name in room.flows for route in [scenario.flows[name].route]]
    names = [onward[0] for onward in nexts if onward] or [room.at]
    return max(dict.fromkeys(names), key=names.count)


def value_of(scenario: Scenario, key: str) -> Mapping[dt.date, float]:
    """The value by date at a key path."""
    node: Any = scenario
    for part in key.split("."):
        node = node[part] if isinstance(node, dict) else getattr(node, part)
    return dict(node)


def amount(scenario: Scenario, key: str, day: dt.date) -> float:
    """The value in force before a day; the earliest holds before its date, too."""
    steps = value_of(scenario, key)
    return steps[max((date for date in steps if date < day), default=min(steps))]


def step_of(scenario: Scenario, key: str, day: dt.date) -> float:
    """One step more: a tenth of the value in force before a day, of a count whole units and at least one."""
    in_force = amount(scenario, key, day)
    return max(1, round(STEP_SHARE * in_force)) if isinstance(in_force, int) else STEP_SHARE * in_force


def with_more(scenario: Scenario, additions: Mapping[str, float]) -> Scenario:
    """The scenario with so much more of some capacities, by key, on every date on which there is any."""
    for key, addition in additions.items():
        scenario = node_with_more(scenario, key.split("."), addition)
    return scenario


def node_with_more(node: Any, path: Sequence[str], addition: float) -> Any:
    """A table with more of the value by date at a key path below it."""
    if not path:
        return {day: value + addition if value > 0 else value for day, value in node.items()}
    key, *below = path
    if isinstance(node, dict):
        return {**node, key: node_with_more(node[key], below, addition)}
    return node.model_copy(update={key: node_with_more(getattr(node, key), below, addition)})
