"""Border crossing points: receiving track, formalities, gauge change, forming, handover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.coupling import couple, uncouple
from sim.model.customs import CustomsOffice, formalities
from sim.model.ledger import Activity, Cause
from sim.model.resources import Desk, Paths, Room
from sim.model.standing import settle, vacate
from sim.model.world import serve, wait

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.coupling import Leaving, Taking
    from sim.model.papers import Clearance, CustomsLuck
    from sim.model.world import Train, World
    from sim.scenario.calendar import Calendar, OpenSpells
    from sim.scenario.places import Border
    from sim.scenario.values import Direction


@dataclass(frozen=True)
class BorderStation:
    """The capacities of a border crossing point."""

    place: int
    name: str
    border: Border
    tracks: Room
    customs: CustomsOffice
    cranes: dict[str, Desk]
    crews: Desk
    handover: dict[Direction, Paths]


@dataclass(frozen=True)
class BorderLeg:
    """A border on a flow's route: who clears its trains, and the luck of each."""

    place: int
    station: BorderStation
    inbound: bool
    papers: CustomsLuck
    cranes: Desk | None
    gauge_change_h: array[float] | None
    forming_h: array[float]
    taking: Taking | None
    leaving: Leaving | None


def open_station(world: World, code: int, name: str, border: Border, calendar: Calendar) -> BorderStation:
    """Set up a border crossing point."""
    rates = {
        "westbound": border.westbound_handover_trains_per_day,
        "eastbound": border.eastbound_handover_trains_per_day,
    }
    hours = office_spells(border, calendar)
    finish = border.office_hours is not None and border.office_hours.at_closing == "finish"
    return BorderStation(
        code,
        name,
        border,
        Room(world.clock, calendar.steps(border.receiving_tracks)),
        CustomsOffice(
            code,
            Desk(calendar.steps(border.declarant_teams), hours, finish),
            Desk(calendar.steps(border.officer_teams), hours, finish),
            Desk(calendar.steps(border.inspection.teams)),
        ),
        {kind: Desk(calendar.steps(change.cranes)) for kind, change in border.gauge_change.items()},
        Desk(calendar.steps(border.forming.crews)),
        {direction: Paths(calendar.steps(rate)) for direction, rate in rates.items() if rate is not None},  # type: ignore[misc]
    )


def office_spells(border: Border, calendar: Calendar) -> OpenSpells | None:
    """When declarants and officers work; None: round the clock."""
    office = border.office_hours
    if office is None or border.time_zone is None:
        return None
    return calendar.open_spells(border.time_zone, office.opens, office.closes, office.weekdays)


def cross_border(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, None]:
    """From arrival to readiness: taken over, received, cleared, transshipped, formed, handed over.

    The receiving track is held until the next place takes the train in.
    """
    station = leg.station
    if leg.inbound:
        yield from hand_over(world, train, leg)
    track = station.tracks.request(train.consist.priority, train.number)
    yield from wait(world, train, track, leg.place, Activity.RECEIVING, Cause.RECEIVING_TRACK, station.tracks)
    # Only now is the place before left: a border without a free track holds up the line, and that the yard.
    vacate(world, train, world.clock.now)
    settle(train, station.tracks, leg.place, Activity.RECEIVING, world.clock.now)

    clearance = clearance_of(world, train, leg)
    if clearance is not None and clearance.beside_gauge_change:
        beside = formalities(world, train, station.customs, leg.papers, clearance, beside=True)
        papers_done = world.clock.process(beside)
        yield from change_gauge(world, train, leg)
        yield from wait_for_papers(world, train, leg, papers_done)
    else:
        yield from formalities(world, train, station.customs, leg.papers, clearance, beside=False)
        yield from change_gauge(world, train, leg)

    forming_h = leg.forming_h[train.index]
    yield from serve(world, train, station.crews, forming_h, leg.place, Activity.FORMING, Cause.CREWS)
    if not leg.inbound:
        yield from hand_over(world, train, leg)
        # Where the gauge was changed on this side, the set was left at the cranes.
        uncouple(train, None if leg.cranes is not None else leg.leaving)


def clearance_of(world: World, train: Train, leg: BorderLeg) -> Clearance | None:
    """The regime the papers were handed in under, if that was early, or else the one in force."""
    if train.early is not None and train.early.place == leg.place:
        return train.early.paper
    return leg.papers.clearance_at(world.clock.now, train.index)


def change_gauge(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, None]:
    """Take the wagon set to run on, transship if that is done on this side, and leave the set the train came on."""
    yield from couple(world, train, leg.place, leg.taking)
    if leg.cranes is not None and leg.gauge_change_h is not None:
        work_h = leg.gauge_change_h[train.index]
        yield from serve(world, train, leg.cranes, work_h, leg.place, Activity.GAUGE_CHANGE, Cause.CRANES)
    if leg.inbound or leg.cranes is not None:
        uncouple(train, leg.leaving)


def wait_for_papers(
    world: World, train: Train, leg: BorderLeg, papers_done: simpy.Process
) -> Generator[simpy.Event, None, None]:
    """Wait until formalities that ran beside the gauge change are done too."""
    if papers_done.is_alive:
        yield from wait(world, train, papers_done, leg.place, Activity.RELEASE, Cause.PAPERS)


def hand_over(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, None]:
    """Wait for a place in the number of trains the railways pass to each other in a day."""
    paths = leg.station.handover.get("westbound" if leg.inbound else "eastbound")
    if paths is None:
        return
    queued_h = world.clock.now
    passed_h = paths.book(queued_h)
    # Passing takes no time, so there is nothing to write of who did not wait.
    if passed_h > queued_h:
        row = (train.number, leg.place, Activity.HANDOVER, Cause.HANDOVER, queued_h, passed_h, passed_h, False)
        world.ledger.stages.append(row)
        yield world.clock.at(passed_h, train.rank)
