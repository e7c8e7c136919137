"""What is asked of every capacity of a scenario, in hours of it for a train of each flow.

Where a capacity is held until something else is free (a track, a place on a line, a berth, room in a yard), its hours
are the least that a train needs it for: the true load is greater, and what is reckoned to be carried an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sim.model.capacities import Capacity, capacities, flows_served
from sim.model.ledger import Activity
from sim.model.randomness import mean
from sim.scenario.calendar import time_average
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.formalities import Inspection, Paper
from sim.scenario.places import Border, Located, Port, Sea, Section, VesselClass, closed_share_by_month, ports_along
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow
from sim.scenario.values import DIRECTIONS
from sim.study.arithmetic.least_hours import (
    HOURS_PER_DAY,
    border_h,
    place_h,
    placing_h,
    regimes_of,
    shunting_h,
    units_of,
)

Window = tuple[float, float]


@dataclass(frozen=True)
class Demand:
    """What is asked of one capacity: hours of it for a train of each flow, and the places there are, on average."""

    place: str
    activity: str
    part: str
    hours: dict[str, float]
    places: float


def demands(scenario: Scenario, window: Window) -> Iterator[Demand]:
    """What is asked of every capacity between two hours."""
    for name, place in scenario.places.items():
        flows = {flow_name: flow for flow_name, flow in scenario.flows.items() if name in flow.route}
        match place:
            case Border():
                yield from at_border(scenario, name, place, flows, window)
            case Section():
                yield from on_section(scenario, name, place, flows, window)
            case Sea():
                yield from at_sea(scenario, name, place, flows, window)
            case Located():
                # Any other place has desks, of which one serves a train for all its time there.
                for desk in capacities(place.kind, place):
                    users = flows_served(scenario, desk, flows)
                    hours = {flow_name: place_h(scenario, flow, name, window) for flow_name, flow in users.items()}
                    yield demand_on(scenario, name, desk, hours, window)
    for name, pool in scenario.wagon_pools.items():
        for sets in capacities("wagon_pool", pool):
            cycles_h = {flow_name: cycle_h(scenario, flow_name, name, window) for flow_name in users_of(scenario, name)}
            demand = demand_on(scenario, name, sets, cycles_h, window)
            yield replace(demand, places=max(0.0, demand.places - sets_gathering(scenario, name)))


def demand_on(
    scenario: Scenario, place: str, capacity: Capacity, hours: dict[str, float], window: Window, open_share: float = 1.0
) -> Demand:
    """What is asked of a capacity that a scenario states, open for a share of the time."""
    serves = capacity.stage.serves
    part = serves if serves in DIRECTIONS else capacity.entry
    amount = time_average(scenario.calendar.steps(capacity.amount), *window)
    return Demand(place, capacity.stage.activities[0].name.lower(), part, hours, amount * open_share)


def at_border(
    scenario: Scenario, name: str, border: Border, flows: dict[str, Flow], window: Window
) -> Iterator[Demand]:
    """Receiving tracks, desks, inspectors, cranes, crews and handover of a border."""
    for capacity in capacities("border", border):
        users = flows_served(scenario, capacity, flows)
        open_share = 1.0
        match capacity.stage.activities[0]:
            case Activity.RECEIVING:
                hours = {
                    flow_name: border_h(scenario, flow, border, window, placing_h(scenario, flow_name, name))
                    for flow_name, flow in users.items()
                }
            case Activity.KEYING | Activity.CHECKING as desk:
                open_share = share_of_week(border)
                hours = {flow_name: desk_h(scenario, flow, border, desk, window) for flow_name, flow in users.items()}
            case Activity.INSPECTION:
                hours = dict.fromkeys(users, inspection_h(border.inspection))
            case Activity.GAUGE_CHANGE:
                change = border.gauge_change[capacity.entry]
                worked_here = [flow_name for flow_name, flow in users.items() if flow.direction in change.directions]
                hours = dict.fromkeys(worked_here, mean(change.train_h))
            case Activity.SHUNTING:
                hours = {flow_name: engine_h(scenario, flow_name, name, border) for flow_name in users}
            case Activity.FORMING:
                hours = dict.fromkeys(users, mean(border.forming.train_h))
            case Activity.DEPARTURE:
                assert border.departure is not None
                served = [
                    flow_name for flow_name, flow in users.items() if flow.direction in border.departure.directions
                ]
                hours = dict.fromkeys(served, mean(border.departure.turn_h))
            case Activity.HANDOVER:
                hours = dict.fromkeys(users, HOURS_PER_DAY)
            case _:
                raise NotImplementedError(f"no hours are reckoned for {capacity.key} of a border")
        yield demand_on(scenario, name, capacity, hours, window, open_share)


def engine_h(scenario: Scenario, name: str, place: str, border: Border) -> float:
    """Hours of a shunting engine for a train of a flow at a border."""
    takes = dict(zip(scenario.flows[name].route, wagon_exchanges(scenario, name), strict=True))[place][0]
    return shunting_h(scenario, name, border, takes)


def share_of_week(border: Border) -> float:
    """Share of a week in which the paper desks work."""
    office = border.office_hours
    if office is None:
        return 1.0
    hours = (office.closes.hour - office.opens.hour) + (office.closes.minute - office.opens.minute) / 60
    return (hours if hours > 0 else hours + HOURS_PER_DAY) * len(office.weekdays) / (7 * HOURS_PER_DAY)


def inspection_h(inspection: Inspection) -> float:
    """Mean hours of an inspection team for a train, those not inspected included."""
    return inspection.yellow_share * mean(inspection.yellow_h) + inspection.red_share * mean(inspection.red_h)


def desk_h(scenario: Scenario, flow: Flow, border: Border, desk: Activity, window: Window) -> float:
    """Hours of a desk that a train of a flow asks for on average, every round of wrong declarations included.

    Of paper all are keyed and checked, and those wrong again; of Tez declarants correct those wrong.
    """
    hours = 0.0
    for share, regime in regimes_of(scenario, flow, border, window):
        rounds = flow.declarations_per_train / (1 - regime.wrong_share)
        if isinstance(regime, Paper):
            hours += share * rounds * (regime.keying_h if desk is Activity.KEYING else regime.checking_h)
        elif desk is Activity.KEYING:
            hours += share * rounds * regime.wrong_share * mean(regime.correction_h)
    return hours


def on_section(
    scenario: Scenario, name: str, section: Section, flows: dict[str, Flow], window: Window
) -> Iterator[Demand]:
    """Paths of a section by direction (a single track has twice those of one for both), and places on the line."""
    steps = scenario.calendar.steps
    rate = time_average(steps(section.paths_per_day), *window)
    if section.single_track:
        yield Demand(name, "running", "both directions", dict.fromkeys(flows, HOURS_PER_DAY), 2 * rate)
    for direction in DIRECTIONS:
        along = {flow_name: flow for flow_name, flow in flows.items() if flow.direction == direction}
        if not section.single_track:
            yield Demand(name, "running", direction, dict.fromkeys(along, HOURS_PER_DAY), rate)
        if section.most_trains is not None:
            hours = {flow_name: place_h(scenario, flow, name, window) for flow_name, flow in along.items()}
            yield Demand(
                name, "running", f"places {direction}", hours, time_average(steps(section.most_trains), *window)
            )


def at_sea(scenario: Scenario, name: str, sea: Sea, flows: dict[str, Flow], window: Window) -> Iterator[Demand]:
    """Both ports, and vessels by direction, whose voyages are full and wait for nothing but wind."""
    units = {flow_name: units_of(sea, scenario.trains[flow.train]) for flow_name, flow in flows.items()}
    for port, side in sea.ports.items():
        outward = "westbound" if port == sea.east_port else "eastbound"
        leaving = {flow_name: flow.direction == outward for flow_name, flow in flows.items()}
        yield from in_port(scenario, name, port, side, units, leaving, window)
    fair = 1.0 if sea.wind is None else 1 - time_average(closed_share_by_month(sea.wind, scenario.calendar), *window)
    handlings = {flow_name: scenario.trains[flow.train].handling for flow_name, flow in flows.items()}
    for direction in DIRECTIONS:
        along = {flow_name: units[flow_name] for flow_name, flow in flows.items() if flow.direction == direction}
        yield Demand(name, "vessels", direction, along, units_an_hour(scenario, sea, window) * fair)
        # Who is not taken by all has fewer vessels, and shares them; of more than one such kind each is told alone.
        for handling in dict.fromkeys(handlings[flow_name] for flow_name in along):
            if any(vessel.takes is not None and handling not in vessel.takes for vessel in sea.vessels.values()):
                users = {flow_name: hours for flow_name, hours in along.items() if handlings[flow_name] == handling}
                places = units_an_hour(scenario, sea, window, handling) * fair
                yield Demand(name, "vessels", f"{direction} {handling}", users, places)


def in_port(
    scenario: Scenario,
    name: str,
    port: str,
    side: Port,
    units: dict[str, float],
    leaving: dict[str, bool],
    window: Window,
) -> Iterator[Demand]:
    """Tracks, cranes, berths and both halves of the yard of a port.

    A vessel lies at its berth while a crane works it. Room in the yard is held, in hours of a unit of cargo, while the
    train is unloaded into it and its cargo cleared; ashore, while the vessel is unloaded, and likewise.
    """
    steps = scenario.calendar.steps
    track_h = mean(side.train_h)
    stay_h = track_h + mean(side.clearance_h)
    crane_h = {flow_name: crane_work_h(side, number) for flow_name, number in units.items()}
    yield Demand(name, "port_track", port, dict.fromkeys(units, track_h), time_average(steps(side.tracks), *window))
    yield Demand(name, "crane", port, crane_h, time_average(steps(side.cranes), *window))
    yield Demand(name, "berthing", port, crane_h, time_average(steps(side.berths), *window))
    yard = next((amount for amount in (side.yard_teu, side.yard_wagons, side.yard_t) if amount is not None), None)
    if yard is None:
        return
    room = time_average(steps(yard), *window)
    # What is larger than the yard is let in when the yard is empty, and then it has all of it.
    held_units = {flow_name: min(number, room) for flow_name, number in units.items()}
    before = {flow_name: held_units[flow_name] * stay_h for flow_name in units if leaving[flow_name]}
    ashore = {
        flow_name: held_units[flow_name] * (crane_h[flow_name] + stay_h)
        for flow_name in units
        if not leaving[flow_name]
    }
    yield Demand(name, "loading", port, before, room)
    yield Demand(name, "landing", port, ashore, room)


def crane_work_h(side: Port, units: float) -> float:
    """Mean hours of a crane for so many units."""
    return units * mean(side.crane_h_per_100) / 100


def units_an_hour(scenario: Scenario, sea: Sea, window: Window, handling: str | None = None) -> float:
    """Units an hour one way of all vessels of a crossing in fair weather, or of those that take what is handled so."""
    steps = scenario.calendar.steps
    return sum(
        time_average(steps(vessel.number), *window)
        * hourly(sea, vessel, time_average(steps(vessel.load_factor), *window))
        for vessel in sea.vessels.values()
        if handling is None or vessel.takes is None or handling in vessel.takes
    )


def hourly(sea: Sea, vessel: VesselClass, factor: float) -> float:
    """Units an hour one way of a vessel that sails there full and back empty, worked by one crane."""
    capacity = factor * max(getattr(vessel, f"capacity_{sea.carries}") or 0.0, 0.0)
    worked_h = capacity * sum(mean(port.crane_h_per_100) for port in sea.ports.values()) / 100
    return capacity / (2 * mean(sea.sailing_h) + worked_h) if capacity else 0.0


def users_of(scenario: Scenario, pool: str) -> list[str]:
    """The flows whose trains take sets of a pool."""
    return [name for name in scenario.flows if any(takes == pool for takes, _ in wagon_exchanges(scenario, name))]


def sets_gathering(scenario: Scenario, pool: str) -> float:
    """Sets of a pool that stand, on average, until their group runs home: half of a group but one at every place."""
    places = {
        place
        for name, flow in scenario.flows.items()
        for place, (_, leaves) in zip(flow.route, wagon_exchanges(scenario, name), strict=True)
        if leaves == pool
    }
    return len(places) * (scenario.wagon_pools[pool].group_sets - 1) / 2


def cycle_h(scenario: Scenario, name: str, pool: str, window: Window) -> float:
    """Hours for which a train of a flow binds a set of a pool at least: placing, loaded run, empty run, repair."""
    fleet, flow = scenario.wagon_pools[pool], scenario.flows[name]
    hours, has_set = 0.0, False
    for place, (takes, leaves) in zip(flow.route, wagon_exchanges(scenario, name), strict=True):
        if has_set or leaves == pool or takes == pool:
            hours += hours_with_set(scenario, flow, place, window)
        if leaves == pool:
            stage = scenario.places[place]
            stop = ports_along(stage, flow.direction)[0] if isinstance(stage, Sea) else place
            hours += mean(fleet.empty_run_h[stop])
        if takes == pool:
            hours += placing_h(scenario, name, place) + fleet.repair_share * mean(fleet.repair_h)
        has_set = (has_set and leaves != pool) or takes == pool
    return hours


def hours_with_set(scenario: Scenario, flow: Flow, name: str, window: Window) -> float:
    """Hours that a train spends at a place with its set at least.

    At a border or in a port, where sets are taken and left, that may be no time at all.
    """
    match scenario.places[name]:
        case Border() | Sea():
            return 0.0
        case Section() | Located():
            return place_h(scenario, flow, name, window)
