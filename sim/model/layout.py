"""The capacities of a scenario, set up for one run: stations, lines, crossings, terminals, pools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.border import BorderStation, open_station
from sim.model.disruption import closures
from sim.model.ledger import Activity, Ledger, Names
from sim.model.railway import Line, open_line
from sim.model.randomness import mean
from sim.model.resources import Clock, Desk, Track
from sim.model.sea import Crossing, PortSide, Vessel, shuttle
from sim.model.wagons import WagonSets
from sim.model.world import World
from sim.scenario.schema import Border, Sea, Section, Terminal

if TYPE_CHECKING:
    from sim.model.randomness import Luck
    from sim.scenario.calendar import Calendar, Steps
    from sim.scenario.schema import Scenario, VesselClass


@dataclass(frozen=True)
class Layout:
    """Everything trains meet on their way, by name."""

    world: World
    stations: dict[str, BorderStation]
    lines: dict[str, Line]
    crossings: dict[str, Crossing]
    terminals: dict[str, dict[str, Desk]]
    pools: dict[str, WagonSets]


def lay_out(scenario: Scenario, luck: Luck) -> Layout:
    """Set up the world of a run: a clock at its opening, an empty ledger, capacities, vessels at their home ports."""
    calendar = scenario.calendar
    ledger = Ledger(names(scenario))
    world = World(Clock(calendar.opening_h), ledger, luck, calendar.closing_h)
    layout = Layout(world, {}, {}, {}, {}, {})
    codes = {name: code for code, name in enumerate(ledger.names.places)}
    for name, place in scenario.places.items():
        match place:
            case Border():
                layout.stations[name] = open_station(world, codes[name], name, place, calendar)
            case Section():
                layout.lines[name] = open_line(codes[name], place, calendar)
            case Sea():
                layout.crossings[name] = open_crossing(scenario, world, codes[name], name, place)
            case Terminal():
                desks = {kind: Desk(calendar.steps(work.tracks)) for kind, work in place.unloading.items()}
                layout.terminals[name] = desks
    for code, (name, pool) in enumerate(scenario.wagon_pools.items()):
        rows = ledger.wagon_sets
        layout.pools[name] = WagonSets(world.clock, rows, code, pool, calendar.steps(pool.sets))
    write_capacity(scenario, ledger)
    return layout


def names(scenario: Scenario) -> Names:
    """The words behind the codes; pools follow the places, for the table of capacities.

    Vessels of one class on two crossings share their names: a voyage is told by its place and its vessel.
    """
    vessels = (
        f"{vessel_class}_{number + 1}"
        for _, sea in seas(scenario)
        for vessel_class, vessel in sea.vessels.items()
        for number in range(max(vessel.number.values()))
    )
    return Names(
        places=[*scenario.places, *scenario.wagon_pools],
        flows=list(scenario.flows),
        regimes=list(scenario.regimes),
        vessels=list(dict.fromkeys(vessels)),
        pools=list(scenario.wagon_pools),
    )


def seas(scenario: Scenario) -> list[tuple[str, Sea]]:
    """The sea crossings of a scenario."""
    return [(name, place) for name, place in scenario.places.items() if isinstance(place, Sea)]


def open_crossing(scenario: Scenario, world: World, code: int, name: str, sea: Sea) -> Crossing:
    """Set up a sea crossing and start its vessels, in turn from either port."""
    calendar, luck = scenario.calendar, world.luck
    used = {flow.direction for flow in scenario.flows.values() if name in flow.route}
    sides = {
        port: PortSide(
            port,
            direction=0 if port == sea.east_port else 1,
            ships_cargo=("westbound" if port == sea.east_port else "eastbound") in used,
            berths=Track(world.clock, calendar.steps(side.berths)),
            tracks=Desk(calendar.steps(side.tracks)),
        )
        for port, side in sea.ports.items()
    }
    weather = closures(sea.wind, calendar, luck, name)
    crossing = Crossing(code, sides, weather, [])
    ports = (sides[sea.east_port], sides[sea.west_port])
    for vessel_name, vessel_class, enters_h, retires_h in services(sea, calendar):
        vessel = fit_out(scenario, world, sea, name, vessel_name, vessel_class, retires_h)
        home, away = ports if len(crossing.vessels) % 2 == 0 else ports[::-1]
        crossing.vessels.append(vessel)
        world.clock.process(shuttle(world, crossing, vessel, home, away, enters_h))
    return crossing


def services(sea: Sea, calendar: Calendar) -> Iterator[tuple[str, VesselClass, float, float]]:
    """Every spell of service of every vessel: name, class, hour of entry, hour of retirement."""
    for class_name, vessel_class in sea.vessels.items():
        number: Steps[int] = calendar.steps(vessel_class.number)
        for rank in range(max(number.values)):
            in_service = [value > rank for value in number.values]
            edges = [*number.from_h, float("inf")]
            start: float | None = None
            for serves, from_h, until_h in zip(in_service, edges, edges[1:], strict=False):
                if serves and start is None:
                    start = from_h
                if start is not None and (not serves or until_h == float("inf")):
                    yield f"{class_name}_{rank + 1}", vessel_class, start, float("inf") if serves else from_h
                    start = None


def fit_out(
    scenario: Scenario, world: World, sea: Sea, place: str, name: str, vessel_class: VesselClass, retires_h: float
) -> Vessel:
    """A vessel with the luck of all its voyages."""
    hours = scenario.calendar.closing_h - scenario.calendar.opening_h
    size = 64 + int(2 * hours / max(mean(sea.sailing_h), 1.0))
    luck = world.luck
    capacity = vessel_class.capacity_teu or vessel_class.capacity_wagons or vessel_class.capacity_t or 0.0
    return Vessel(
        code=world.ledger.names.vessels.index(name),
        capacity=capacity,
        patience_h=vessel_class.patience_h,
        retires_h=retires_h,
        load_factor=scenario.calendar.steps(vessel_class.load_factor),
        sailing_h=luck.draw(sea.sailing_h, size, place, name, "sailing"),
        unloading_h={
            port: luck.draw(side.vessel_work_h, size, place, name, port, "unloading")
            for port, side in sea.ports.items()
        },
        loading_h={
            port: luck.draw(side.vessel_work_h, size, place, name, port, "loading") for port, side in sea.ports.items()
        },
    )


def write_capacity(scenario: Scenario, ledger: Ledger) -> None:
    """One row for each stretch of constant capacity that trains share."""
    calendar = scenario.calendar
    for code, place_name in enumerate(ledger.names.places):
        for activity, capacity in shared(scenario, place_name):
            for from_h, until_h, value in calendar.steps(capacity).spells(calendar.opening_h, calendar.closing_h):
                ledger.capacity.append((code, activity, from_h, until_h, value))


def shared(scenario: Scenario, name: str) -> list[tuple[Activity, dict[dt.date, int]]]:
    """The capacities at a place (or of a pool) that can be used up, by the activity that uses them."""
    place = scenario.places.get(name, scenario.wagon_pools.get(name))
    match place:
        case Border():
            return [
                (Activity.RECEIVING, place.receiving_tracks),
                (Activity.KEYING, place.declarant_teams),
                (Activity.CHECKING, place.officer_teams),
                (Activity.INSPECTION, place.inspection.teams),
                *((Activity.GAUGE_CHANGE, change.cranes) for change in place.gauge_change.values()),
                (Activity.FORMING, place.forming.crews),
            ]
        case Terminal():
            return [(Activity.TERMINAL, work.tracks) for work in place.unloading.values()]
        case Sea():
            return [(Activity.PORT_TRACK, port.tracks) for port in place.ports.values()]
        case Section() | None:
            return []
        case _:
            return [(Activity.PLACING, place.sets)]
