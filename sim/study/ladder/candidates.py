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
    found: list[Candidate] = []
    for name in on_route:
        here = {key: flow for key, flow in flows.items() if name in flow.route}
        found += of_place(scenario, name, here)
    found += [*of_pools(scenario, flows), *of_limits(flows)]
    return [each for each in found if amount(scenario, each.key, scenario.horizon.end) > 0]


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
        yield from before(flows, name, cause)
    if stage.waits_here:
        yield name, cause


def busy_measure(stage: Stage, at: str) -> tuple[str, str]:
    """The measure of the use of a capacity, and its place; empty if none is kept."""
    return ("", "") if stage.hold is Hold.UNCOUNTED else (f"utilisation_{ACTIVITIES[stage.activities[0]]}", at)


def of_pools(scenario: Scenario, flows: Mapping[str, Flow]) -> Iterator[Candidate]:
    """The wagon sets that the trains of some flows run on."""
    for name, pool in scenario.wagon_pools.items():
        users = {key: flow for key, flow in flows.items() if name in scenario.trains[flow.train].wagon_pools}
        stations = {pool.home, *pool.empty_run_h}
        served = {place for flow in users.values() for place in flow.route if stations & stations_of(scenario, place)}
        for capacity in capacities("wagon_pool", pool) if users else ():
            key, stage = f"wagon_pools.{name}.{capacity.key}", capacity.stage
            waits = tuple((place, cause) for cause in stage.causes for place in sorted(served))
            busy = busy_measure(stage, name)
            yield Candidate(key, capacity.title, pool.home, tuple(users), waits, busy=busy)


def of_limits(flows: Mapping[str, Flow]) -> Iterator[Candidate]:
    """The agreed limits of flows."""
    for name, flow in flows.items():
        for capacity in capacities("flow", flow):
            waits = tuple(("", cause) for cause in capacity.stage.causes)
            yield Candidate(f"flows.{name}.{capacity.key}", capacity.title, "", (name,), waits)


def stations_of(scenario: Scenario, name: str) -> set[str]:
    """A place, and the ports of a crossing."""
    place = scenario.places[name]
    return {name, *(place.ports if isinstance(place, Sea) else ())}


def before(flows: Mapping[str, Flow], place: str, cause: Cause) -> tuple[tuple[str, Cause], ...]:
    """The places from which trains go on to a place, where they wait to be taken in."""
    ahead = {flow.route[flow.route.index(place) - 1] for flow in flows.values() if flow.route.index(place) > 0}
    return tuple((name, cause) for name in sorted(ahead))


def waited(scenario: Scenario, measures: Measures, years: float) -> dict[tuple[str, str, str], float]:
    """Train-hours a year by place, cause and flow: hours a train times trains delivered; held by a ban, at no place.

    `years` is how many the measures are of.
    """
    hours: dict[tuple[str, str, str], float] = {}
    for (kpi, place, flow), value in measures.items():
        if not np.isfinite(value) or flow not in scenario.flows:
            continue
        cause = kpi.removeprefix("wait_h_")
        if kpi == "queue_trains_ban":
            hours["", CAUSES[Cause.BAN], flow] = value * HOURS_PER_YEAR
        elif kpi != cause and cause in CAUSES and cause != CAUSES[Cause.BAN]:
            hours[place, cause, flow] = value * measures.get(("trains_delivered", ALL, flow), 0.0) / years
    return hours


def attributed(scenario: Scenario, found: Sequence[Candidate], hours: Hours) -> dict[str, float]:
    """Train-hours a year laid to each candidate: those waited for it, and its part of those behind its place."""
    own = {each.key: hours_for(each, hours) for each in found}
    held = {each.key: hours_held(scenario, each, hours) for each in found if each.room}
    behind: dict[str, float] = {}
    for each in found:
        if each.room:
            place = after(scenario, each) if isinstance(scenario.places[each.at], Section) else each.at
            behind[place] = behind.get(place, 0.0) + own[each.key] + held[each.key]
    laid = {}
    for each in found:
        beside = sum(own[other.key] for other in found if other.at == each.at and not other.room)
        part = own[each.key] / beside if beside > 0 and not each.room else 0.0
        laid[each.key] = own[each.key] + held.get(each.key, 0.0) + part * behind.get(each.at, 0.0)
    return laid


def hours_for(candidate: Candidate, hours: Hours) -> float:
    """Train-hours waited for a candidate itself."""
    return sum(
        hours.get((place, CAUSES[cause], flow), 0.0) for place, cause in candidate.waits for flow in candidate.flows
    )


def hours_held(scenario: Scenario, room: Candidate, hours: Hours) -> float:
    """Train-hours held before their route by a ban that watches a room."""
    watched = {room.at, room.key.split(".")[3] if ".ports." in room.key else room.at}
    held = {flow for ban in scenario.bans.values() if ban.place in watched for flow in ban.flows}
    return sum(hours.get(("", CAUSES[Cause.BAN], flow), 0.0) for flow in room.flows if flow in held)


def after(scenario: Scenario, room: Candidate) -> str:
    """The place that most of the flows on a line go on to; the line itself where they end."""
    nexts = [route[route.index(room.at) + 1 :] for name in room.flows for route in [scenario.flows[name].route]]
    names = [rest[0] for rest in nexts if rest] or [room.at]
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
    now = amount(scenario, key, day)
    return max(1, round(STEP_SHARE * now)) if isinstance(now, int) else STEP_SHARE * now


def with_more(scenario: Scenario, added: Mapping[str, float]) -> Scenario:
    """The scenario with so much more of some capacities, by key, on every date on which there is any."""
    for key, more in added.items():
        scenario = changed(scenario, key.split("."), more)
    return scenario


def changed(node: Any, path: Sequence[str], more: float) -> Any:
    """A table with more of the value by date at a key path below it."""
    if not path:
        return {day: value + more if value > 0 else value for day, value in node.items()}
    key, *rest = path
    if isinstance(node, dict):
        return {**node, key: changed(node[key], rest, more)}
    return node.model_copy(update={key: changed(getattr(node, key), rest, more)})
