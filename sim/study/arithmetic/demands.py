"""What is asked of every capacity of a scenario, in hours of it for a train of each flow.

Where a capacity is held until something else is free (a track, a place on a line, a berth, room in a yard), its hours
are the least that a train needs it for: the true load is greater, and what is reckoned to be carried an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.model.randomness import mean
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.formalities import Paper
from sim.scenario.places import Border, Port, Sea, Section, Terminal
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow
from sim.study.arithmetic.least_hours import HOURS_PER_DAY, average, border_h, place_h, placing_h, regimes_of, units_of

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
        passing = {each: flow for each, flow in scenario.flows.items() if name in flow.route}
        match place:
            case Border():
                yield from at_border(scenario, name, place, passing, window)
            case Section():
                yield from on_section(scenario, name, place, passing, window)
            case Sea():
                yield from at_sea(scenario, name, place, passing, window)
            case Terminal():
                for kind, work in place.unloading.items():
                    hours = dict.fromkeys(handled(scenario, passing, kind), mean(work.train_h))
                    tracks = average(scenario.calendar.steps(work.tracks), *window)
                    yield Demand(name, "terminal", kind, hours, tracks)
    for name, pool in scenario.wagon_pools.items():
        hours = {flow: cycle_h(scenario, flow, name, window) for flow in users(scenario, name)}
        yield Demand(name, "placing", "", hours, average(scenario.calendar.steps(pool.sets), *window))


def handled(scenario: Scenario, flows: dict[str, Flow], kind: str) -> list[str]:
    """The flows whose trains are of a kind."""
    return [name for name, flow in flows.items() if scenario.trains[flow.train].handling == kind]


def at_border(
    scenario: Scenario, name: str, border: Border, passing: dict[str, Flow], window: Window
) -> Iterator[Demand]:
    """Receiving tracks, desks, inspectors, cranes, crews and handover of a border."""
    steps = scenario.calendar.steps
    stays = {
        each: border_h(scenario, flow, border, window, placing_h(scenario, each, name))
        for each, flow in passing.items()
    }
    yield Demand(name, "receiving", "", stays, average(steps(border.receiving_tracks), *window))
    desks = {"keying": border.declarant_teams, "checking": border.officer_teams}
    for activity, teams in desks.items():
        hours = {each: paper_h(scenario, flow, border, activity, window) for each, flow in passing.items()}
        yield Demand(name, activity, "", hours, average(steps(teams), *window) * open_share(border))
    inspection = border.inspection
    inspected_h = inspection.yellow_share * mean(inspection.yellow_h) + inspection.red_share * mean(inspection.red_h)
    yield Demand(name, "inspection", "", dict.fromkeys(passing, inspected_h), average(steps(inspection.teams), *window))
    for kind, change in border.gauge_change.items():
        worked = {each: flow for each, flow in passing.items() if flow.direction in change.directions}
        hours = dict.fromkeys(handled(scenario, worked, kind), mean(change.train_h))
        yield Demand(name, "gauge_change", kind, hours, average(steps(change.cranes), *window))
    crews = average(steps(border.forming.crews), *window)
    yield Demand(name, "forming", "", dict.fromkeys(passing, mean(border.forming.train_h)), crews)
    rates = {
        "westbound": border.westbound_handover_trains_per_day,
        "eastbound": border.eastbound_handover_trains_per_day,
    }
    for direction, rate in rates.items():
        if rate is not None:
            along = {each: HOURS_PER_DAY for each, flow in passing.items() if flow.direction == direction}
            yield Demand(name, "handover", direction, along, average(steps(rate), *window))


def open_share(border: Border) -> float:
    """Share of a week in which the paper desks work."""
    office = border.office_hours
    if office is None:
        return 1.0
    hours = (office.closes.hour - office.opens.hour) + (office.closes.minute - office.opens.minute) / 60
    return (hours if hours > 0 else hours + HOURS_PER_DAY) * len(office.weekdays) / (7 * HOURS_PER_DAY)


def paper_h(scenario: Scenario, flow: Flow, border: Border, activity: str, window: Window) -> float:
    """Hours of a desk that a train of a flow asks for on average, the rounds of wrong declarations included."""
    return sum(
        share
        * (regime.keying_h if activity == "keying" else regime.checking_h)
        * flow.declarations_per_train
        / (1 - regime.wrong_share)
        for share, regime in regimes_of(scenario, flow, border, window)
        if isinstance(regime, Paper)
    )


def on_section(
    scenario: Scenario, name: str, section: Section, passing: dict[str, Flow], window: Window
) -> Iterator[Demand]:
    """Paths of a section by direction (a single track has twice those of one for both), and places on the line."""
    steps = scenario.calendar.steps
    rate = average(steps(section.paths_per_day), *window)
    if section.single_track:
        yield Demand(name, "running", "both directions", dict.fromkeys(passing, HOURS_PER_DAY), 2 * rate)
    for direction in ("westbound", "eastbound"):
        along = {each: flow for each, flow in passing.items() if flow.direction == direction}
        if not section.single_track:
            yield Demand(name, "running", direction, dict.fromkeys(along, HOURS_PER_DAY), rate)
        if section.most_trains is not None:
            hours = {each: place_h(scenario, flow, name, window) for each, flow in along.items()}
            yield Demand(name, "running", f"places {direction}", hours, average(steps(section.most_trains), *window))


def at_sea(scenario: Scenario, name: str, sea: Sea, passing: dict[str, Flow], window: Window) -> Iterator[Demand]:
    """Both ports, and vessels by direction, whose voyages are full and wait for nothing but wind."""
    steps = scenario.calendar.steps
    units = {each: units_of(sea, scenario.trains[flow.train]) for each, flow in passing.items()}
    for port, side in sea.ports.items():
        outward = "westbound" if port == sea.east_port else "eastbound"
        leaving = {each: flow.direction == outward for each, flow in passing.items()}
        yield from in_port(scenario, name, port, side, units, leaving, window)
    fair = 1.0 if sea.wind is None else 1 - average(steps(sea.wind.closed_share), *window)
    carried = sum(
        average(steps(vessel.number), *window) * hourly(sea, vessel, average(steps(vessel.load_factor), *window))
        for vessel in sea.vessels.values()
    )
    for direction in ("westbound", "eastbound"):
        along = {each: units[each] for each, flow in passing.items() if flow.direction == direction}
        yield Demand(name, "vessels", direction, along, carried * fair)


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
    train is unloaded into it; ashore, while the vessel is unloaded and the train loaded.
    """
    steps = scenario.calendar.steps
    track_h, crane_h = mean(side.train_h), {each: each_h(side, number) for each, number in units.items()}
    yield Demand(name, "port_track", port, dict.fromkeys(units, track_h), average(steps(side.tracks), *window))
    yield Demand(name, "crane", port, crane_h, average(steps(side.cranes), *window))
    yield Demand(name, "berthing", port, crane_h, average(steps(side.berths), *window))
    yard = next((each for each in (side.yard_teu, side.yard_wagons, side.yard_t) if each is not None), None)
    if yard is None:
        return
    room = average(steps(yard), *window)
    held = {each: min(number, room) for each, number in units.items()}
    before = {each: held[each] * track_h for each in units if leaving[each]}
    ashore = {each: held[each] * (crane_h[each] + track_h) for each in units if not leaving[each]}
    yield Demand(name, "loading", port, before, room)
    yield Demand(name, "landing", port, ashore, room)


def each_h(side: Port, units: float) -> float:
    """Mean hours of a crane for so many units."""
    return units * mean(side.crane_h_per_100) / 100


def hourly(sea: Sea, vessel: object, factor: float) -> float:
    """Units an hour one way of a vessel that sails there full and back empty, worked by one crane."""
    capacity = factor * max(getattr(vessel, f"capacity_{sea.carries}") or 0.0, 0.0)
    worked_h = capacity * sum(mean(port.crane_h_per_100) for port in sea.ports.values()) / 100
    return capacity / (2 * mean(sea.sailing_h) + worked_h) if capacity else 0.0


def users(scenario: Scenario, pool: str) -> list[str]:
    """The flows whose trains take sets of a pool."""
    return [name for name in scenario.flows if any(takes == pool for takes, _ in wagon_exchanges(scenario, name))]


def cycle_h(scenario: Scenario, name: str, pool: str, window: Window) -> float:
    """Hours for which a train of a flow binds a set of a pool at least: placing, loaded run, empty run, repair."""
    described, flow = scenario.wagon_pools[pool], scenario.flows[name]
    hours, held = 0.0, False
    for place, (takes, leaves) in zip(flow.route, wagon_exchanges(scenario, name), strict=True):
        if held or leaves == pool or takes == pool:
            hours += 0.0 if isinstance(scenario.places[place], Border | Sea) else place_h(scenario, flow, place, window)
        if leaves == pool and place in described.empty_run_h:
            hours += mean(described.empty_run_h[place])
        if takes == pool:
            hours += mean(described.placing_h) + described.repair_share * mean(described.repair_h)
        held = (held and leaves != pool) or takes == pool
    return hours
