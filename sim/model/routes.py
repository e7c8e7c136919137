"""Flows made ready: departures, and for every place of a route the luck of each train there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

from sim.model.border import BorderLeg
from sim.model.customs import Clearance, CustomsLuck, channels, paper_luck, tez_luck
from sim.model.railway import SectionLeg, section_leg
from sim.model.resources import Track
from sim.model.sea import SeaLeg
from sim.model.terminal import TerminalLeg
from sim.model.traffic import departures_h
from sim.model.world import Consist
from sim.scenario.calendar import Steps
from sim.scenario.schema import Border, Paper, Sea, Section, Terminal, Tez

if TYPE_CHECKING:
    from array import array

    from sim.model.layout import Layout
    from sim.model.randomness import Floats, Luck
    from sim.scenario.schema import Flow, Scenario, TrainType

Leg: TypeAlias = SectionLeg | BorderLeg | SeaLeg | TerminalLeg


@dataclass(frozen=True)
class Plan:
    """A flow made ready: its trains, when they are offered (hours, in order), the legs they travel, the ban if any."""

    consist: Consist
    offered_h: Floats
    legs: list[Leg]
    ban: Track | None


@dataclass(frozen=True)
class Travellers:
    """The trains of one flow, for drawing their luck at a place."""

    scenario: Scenario
    layout: Layout
    name: str
    flow: Flow
    train: TrainType
    size: int

    @property
    def luck(self) -> Luck:
        """The random numbers of the run."""
        return self.layout.world.luck

    def placing_h(self, place: str) -> array[float] | None:
        """Hours until a set stands ready at a place, or None where the trains' pool gives none."""
        pool = self.scenario.wagon_pools.get(self.train.wagon_pool or "")
        if pool is None or not self.layout.pools[self.train.wagon_pool or ""].serves(place):
            return None
        return self.luck.draw(pool.placing_h, self.size, self.name, place, "placing")

    def empty_run_h(self, place: str) -> array[float] | None:
        """Hours home from a place, or None where the trains' pool takes no sets back."""
        pool = self.scenario.wagon_pools.get(self.train.wagon_pool or "")
        if pool is None or place not in pool.empty_run_h:
            return None
        return self.luck.draw(pool.empty_run_h[place], self.size, self.name, place, "empty run")


def plan_flows(scenario: Scenario, layout: Layout) -> list[Plan]:
    """Draw the departures of every flow and all luck of its trains, before the clock starts."""
    plans = []
    for code, (name, flow) in enumerate(scenario.flows.items()):
        train = scenario.trains[flow.train]
        offered_h = departures_h(flow, train, scenario.calendar, layout.world.luck, name)
        sets = layout.pools.get(train.wagon_pool or "")
        consist = Consist(code, train.priority, train.net_t, train.teu, train.wagons, sets)
        travellers = Travellers(scenario, layout, name, flow, train, len(offered_h))
        legs = [leg(travellers, place, position) for position, place in enumerate(flow.route)]
        limit = flow.most_trains_under_way
        ban = None if limit is None else Track(layout.world.clock, scenario.calendar.steps(limit))
        plans.append(Plan(consist, offered_h, legs, ban))
    return plans


def leg(travellers: Travellers, place: str, position: int) -> Leg:
    """One place of the route; `position` counts from 0."""
    description = travellers.scenario.places[place]
    match description:
        case Border():
            return border_leg(travellers, place, description)
        case Section():
            line = travellers.layout.lines[place]
            names = (travellers.name, place)
            return section_leg(line, travellers.flow.direction, travellers.size, travellers.luck, *names)
        case Sea():
            return sea_leg(travellers, place, description)
        case Terminal():
            return terminal_leg(travellers, place, description, loads=position == 0)
        case _:
            assert_never(description)


def border_leg(travellers: Travellers, place: str, border: Border) -> BorderLeg:
    """The luck of a flow's trains at a border."""
    luck, size, names = travellers.luck, travellers.size, (travellers.name, place)
    flow, station = travellers.flow, travellers.layout.stations[place]
    handling = travellers.train.handling
    change = border.gauge_change.get(handling)
    here = change is not None and flow.direction in change.directions
    channel, inspection_h = channels(border.inspection, size, luck, *names)
    return BorderLeg(
        place=station.place,
        station=station,
        inbound=flow.direction == "westbound",
        papers=CustomsLuck(flow.declarations_per_train, clearance(travellers, place), channel, inspection_h),
        cranes=station.cranes[handling] if here else None,
        gauge_change_h=luck.draw(change.train_h, size, *names, "gauge change") if change is not None and here else None,
        forming_h=luck.draw(border.forming.train_h, size, *names, "forming"),
        placing_h=travellers.placing_h(place),
        empty_run_h=travellers.empty_run_h(place),
    )


def clearance(travellers: Travellers, place: str) -> Steps[Clearance] | None:
    """The clearance of a flow's trains at a border by date, or None when no declarations are needed."""
    flow, scenario = travellers.flow, travellers.scenario
    if flow.regime is None:
        return None
    drawn: dict[str, Clearance] = {}
    for name in flow.regime.values():
        regime = scenario.regimes[name]
        code, names = list(scenario.regimes).index(name), (travellers.name, place)
        match regime:
            case Paper():
                declarations, size = flow.declarations_per_train, travellers.size
                drawn[name] = paper_luck(regime, code, declarations, size, travellers.luck, *names)
            case Tez():
                drawn[name] = tez_luck(regime, code, travellers.size, travellers.luck, *names)
            case _:
                assert_never(regime)
    by_date = scenario.calendar.steps(flow.regime)
    return Steps(by_date.from_h, tuple(drawn[name] for name in by_date.values))


def sea_leg(travellers: Travellers, place: str, sea: Sea) -> SeaLeg:
    """The luck of a flow's trains at a sea crossing, from the port they leave to the port they reach."""
    crossing = travellers.layout.crossings[place]
    ports = [sea.east_port, sea.west_port]
    near, far = ports if travellers.flow.direction == "westbound" else ports[::-1]
    train = travellers.train
    units = {"teu": float(train.teu), "wagons": float(train.wagons), "t": train.net_t}[sea.carries]
    names = (travellers.name, place)
    return SeaLeg(
        place=crossing.place,
        near=crossing.sides[near],
        far=crossing.sides[far],
        units=units,
        near_track_h=travellers.luck.draw(sea.ports[near].train_h, travellers.size, *names, near, "port track"),
        far_track_h=travellers.luck.draw(sea.ports[far].train_h, travellers.size, *names, far, "port track"),
        empty_run_h=travellers.empty_run_h(near),
        placing_h=travellers.placing_h(far),
    )


def terminal_leg(travellers: Travellers, place: str, terminal: Terminal, loads: bool) -> TerminalLeg:
    """The luck of a flow's trains at a terminal."""
    handling = travellers.train.handling
    code = travellers.layout.world.ledger.names.places.index(place)
    hours = terminal.unloading[handling].train_h
    return TerminalLeg(
        place=code,
        name=place,
        loads=loads,
        tracks=travellers.layout.terminals[place][handling],
        work_h=travellers.luck.draw(hours, travellers.size, travellers.name, place, "terminal work"),
        placing_h=travellers.placing_h(place),
        empty_run_h=travellers.empty_run_h(place),
    )
