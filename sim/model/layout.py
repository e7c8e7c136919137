"""The capacities of a scenario, set up for one run: stations, lines, crossings, terminals, pools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.bans import ConventionBan
from sim.model.border import BorderStation, open_station
from sim.model.capacities import Hold, capacities
from sim.model.disruption import Closures, tez_outages, wind_closures
from sim.model.empties import Depot
from sim.model.ledger import Activity, Ledger, Names
from sim.model.railway import Line, open_line
from sim.model.randomness import column, mean
from sim.model.resources import NEVER, Clock, Desk, Room
from sim.model.sea import Crossing, PortSide, Vessel
from sim.model.shipping import shuttle
from sim.model.wagons import WagonSets
from sim.model.world import World
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.formalities import Tez
from sim.scenario.meaning import has_trains
from sim.scenario.places import Border, Located, Port, Sea, Section, ports_along

if TYPE_CHECKING:
    from array import array

    from sim.model.randomness import Luck
    from sim.scenario.calendar import Calendar, Steps
    from sim.scenario.places import VesselClass
    from sim.scenario.schema import Scenario
    from sim.scenario.traffic import Ban


@dataclass(frozen=True)
class Layout:
    """Everything trains meet on their way, by name."""

    world: World
    stations: dict[str, BorderStation]
    lines: dict[str, Line]
    crossings: dict[str, Crossing]
    desks: dict[str, dict[str, Desk]]
    pools: dict[str, WagonSets]
    bans: dict[str, ConventionBan]
    outages: dict[str, Closures]
    depots: dict[str, Depot]


def lay_out(scenario: Scenario, luck: Luck) -> Layout:
    """Set up the world of a run: a clock at its opening, an empty ledger, capacities, vessels at their home ports."""
    calendar = scenario.calendar
    ledger = Ledger(code_words(scenario))
    world = World(Clock(calendar.opening_h), ledger, luck, calendar.closing_h)
    layout = Layout(world, {}, {}, {}, {}, {}, {}, {}, {})
    codes = {name: code for code, name in enumerate(ledger.names.places)}
    # By name: where two things happen at one hour, the order of the file must not say which comes first.
    for name, place in sorted(scenario.places.items()):
        match place:
            case Border():
                layout.stations[name] = open_station(world, codes[name], name, place, calendar)
            case Section():
                layout.lines[name] = open_line(world.clock, codes[name], place, calendar)
            case Sea():
                layout.crossings[name] = open_crossing(scenario, world, codes[name], name, place)
            case Located():
                # What is neither a border, nor a line, nor a crossing has desks, and nothing that is held for a stay.
                layout.desks[name] = {
                    desk.entry: Desk(calendar.steps(desk.amount)) for desk in capacities(place.kind, place)
                }
    for code, (name, pool) in enumerate(scenario.wagon_pools.items()):
        rows = ledger.wagon_sets
        layout.pools[name] = WagonSets(world.clock, rows, code, pool, calendar.steps(pool.sets))
    for name, regime in scenario.regimes.items():
        layout.outages[name] = tez_outages(regime.outages if isinstance(regime, Tez) else None, calendar, luck, name)
    for name, ban in scenario.bans.items():
        rooms = rooms_watched(scenario, layout, ban)
        shares = (ban.begins_at_share, ban.lifts_at_share)
        gaps_h = gap_h(ban.quota_trains_per_day, NEVER), gap_h(ban.catch_up_trains_per_day, 0.0)
        layout.bans[name] = ConventionBan(world.clock, rooms, *shares, ban.lead_h, *gaps_h)
    for name, flow in sorted(scenario.flows.items()):
        if flow.empties_of is not None:
            layout.depots[name] = Depot(world.clock, scenario.trains[flow.train].teu)
    write_capacity(scenario, ledger)
    for crossing in layout.crossings.values():
        write_weather(crossing, ledger, calendar)
    return layout


def gap_h(trains_per_day: float | None, default: float) -> float:
    """Hours from train to train at a rate."""
    return default if trains_per_day is None else HOURS_PER_DAY / trains_per_day


def rooms_watched(scenario: Scenario, layout: Layout, ban: Ban) -> list[Room]:
    """The rooms that a ban watches: of a border or a section in the direction of its flows, or of a port's yard."""
    if ban.place in layout.stations or ban.place in layout.lines:
        station = layout.stations.get(ban.place)
        rooms = layout.lines[ban.place].rooms if station is None else station.tracks
        flows = [scenario.flows[name] for name in ban.flows if has_trains(scenario, name) or station is not None]
        by_direction = [rooms[direction] for direction in sorted({flow.direction for flow in flows})]
        return list({id(room): room for room in by_direction}.values())
    sides = [crossing.sides.get(ban.place) for crossing in layout.crossings.values()]
    return [side.yard for side in sides if side is not None and side.yard is not None]


def code_words(scenario: Scenario) -> Names:
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
        ways=list(scenario.ways),
    )


def seas(scenario: Scenario) -> list[tuple[str, Sea]]:
    """The sea crossings of a scenario."""
    return [(name, place) for name, place in scenario.places.items() if isinstance(place, Sea)]


def open_crossing(scenario: Scenario, world: World, code: int, name: str, sea: Sea) -> Crossing:
    """Set up a sea crossing and start its vessels, those of a class in turn from either port."""
    calendar, luck = scenario.calendar, world.luck
    flows = [flow for key, flow in scenario.flows.items() if name in flow.route and has_trains(scenario, key)]
    cargo = {(flow.direction, scenario.trains[flow.train].handling) for flow in flows}
    sides = {
        port: PortSide(
            port,
            direction=0 if port == sea.east_port else 1,
            ships=frozenset(handling for direction, handling in cargo if port == ports_along(sea, direction)[0]),
            berths=Room(world.clock, calendar.steps(side.berths)),
            cranes=Desk(calendar.steps(side.cranes)),
            tracks=Desk(calendar.steps(side.tracks)),
            yard=yard_room(world, side, calendar),
            ashore=yard_room(world, side, calendar),
        )
        for port, side in sea.ports.items()
    }
    weather = wind_closures(sea.wind, calendar, luck, name)
    crossing = Crossing(code, sides, weather, [])
    ports = (sides[sea.east_port], sides[sea.west_port])
    for service in services(sea, calendar):
        vessel = fit_out(scenario, world, sea, name, service, *(ports if service.rank % 2 == 0 else ports[::-1]))
        crossing.vessels.append(vessel)
        world.clock.begin(vessel, shuttle(world, crossing, vessel))
    return crossing


def yard_of(port: Port) -> dict[dt.date, float] | None:
    """The yard of a port in the unit its crossing carries; None: no limit."""
    return next((yard for yard in (port.yard_teu, port.yard_wagons, port.yard_t) if yard is not None), None)


def yard_room(world: World, port: Port, calendar: Calendar) -> Room | None:
    """Room in the yard of a port."""
    yard = yard_of(port)
    return None if yard is None else Room(world.clock, calendar.steps(yard))


@dataclass(frozen=True)
class Service:
    """A spell of service of a vessel: which of its class it is, and from when until when."""

    rank: int
    name: str
    vessel_class: VesselClass
    enters_h: float
    retires_h: float


def services(sea: Sea, calendar: Calendar) -> Iterator[Service]:
    """Every spell of service of every vessel."""
    for class_name, vessel_class in sorted(sea.vessels.items()):
        number: Steps[int] = calendar.steps(vessel_class.number)
        for rank in range(max(number.values)):
            in_service = [value > rank for value in number.values]
            edges = [*number.from_h, float("inf")]
            start: float | None = None
            for serves, from_h, until_h in zip(in_service, edges, edges[1:], strict=False):
                if serves and start is None:
                    start = from_h
                if start is not None and (not serves or until_h == float("inf")):
                    end = float("inf") if serves else from_h
                    yield Service(rank, f"{class_name}_{rank + 1}", vessel_class, start, end)
                    start = None


def fit_out(
    scenario: Scenario, world: World, sea: Sea, place: str, service: Service, home: PortSide, away: PortSide
) -> Vessel:
    """A vessel with the luck of all its voyages."""
    calendar = scenario.calendar
    hours = max(0.0, min(service.retires_h, calendar.closing_h) - max(service.enters_h, calendar.opening_h))
    # More than it can come to: a vessel sails, and then it lies in port. After the last number comes the first again.
    size = 64 + int(1.25 * hours / max(mean(sea.sailing_h), 1.0))
    luck, name, vessel_class = world.luck, service.name, service.vessel_class
    capacity = vessel_class.capacity_teu or vessel_class.capacity_wagons or vessel_class.capacity_t or 0.0
    return Vessel(
        code=world.ledger.names.vessels.index(name),
        home=home,
        away=away,
        enters_h=service.enters_h,
        retires_h=service.retires_h,
        capacity=capacity,
        takes=None if vessel_class.takes is None else frozenset(vessel_class.takes),
        patience_h=vessel_class.patience_h,
        least_load_share=vessel_class.least_load_share,
        departs_every_h=vessel_class.departs_every_h,
        load_factor=scenario.calendar.steps(vessel_class.load_factor),
        sailing_h=luck.draw(sea.sailing_h, size, place, name, "sailing"),
        unloading_h={port: crane_h(sea, port, size, luck, place, name, port, "unloading") for port in sea.ports},
        loading_h={port: crane_h(sea, port, size, luck, place, name, port, "loading") for port in sea.ports},
    )


def crane_h(sea: Sea, port: str, size: int, luck: Luck, *names: str) -> array[float]:
    """Crane hours for one unit of cargo at a port, a number a voyage."""
    return column(np.asarray(luck.draw(sea.ports[port].crane_h_per_100, size, *names)) / 100)


def write_capacity(scenario: Scenario, ledger: Ledger) -> None:
    """One row for each stretch of constant capacity that trains share and whose use is counted."""
    calendar = scenario.calendar
    places = [(place.kind, place) for place in scenario.places.values()]
    pools = [("wagon_pool", pool) for pool in scenario.wagon_pools.values()]
    for code, (kind, source) in enumerate([*places, *pools]):
        for capacity in capacities(kind, source):
            spells = calendar.steps(capacity.amount).spells(calendar.opening_h, calendar.closing_h)
            for activity in capacity.stage.activities if capacity.stage.hold is not Hold.NO_COUNT else ():
                for from_h, until_h, value in spells:
                    ledger.capacity.append((code, activity, from_h, until_h, value))


def write_weather(crossing: Crossing, ledger: Ledger, calendar: Calendar) -> None:
    """One row for each open and each closed spell of a crossing, 1 and 0: whether vessels may sail."""
    open_h = calendar.opening_h
    for closed_h, opened_h in zip(crossing.weather.closed_h, crossing.weather.opened_h, strict=True):
        ledger.capacity.append((crossing.place, Activity.SAILING, open_h, closed_h, 1.0))
        open_h = min(opened_h, calendar.closing_h)
        ledger.capacity.append((crossing.place, Activity.SAILING, closed_h, open_h, 0.0))
    if open_h < calendar.closing_h:
        ledger.capacity.append((crossing.place, Activity.SAILING, open_h, calendar.closing_h, 1.0))
