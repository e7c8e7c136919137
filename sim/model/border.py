"""Border crossing points: receiving track, formalities, wagon set, gauge change, forming, locomotive, handover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import simpy

from sim.model.coupling import couple, uncouple
from sim.model.customs import CustomsOffice, formalities
from sim.model.departure import depart, wait_before
from sim.model.ledger import Activity, Cause
from sim.model.resources import Desk, Paths, Room
from sim.model.standing import settle, vacate
from sim.model.world import serve, serve_in_turn, wait
from sim.scenario.formalities import Work, WorksBeforeRelease

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    from sim.model.coupling import Leaving, Taking
    from sim.model.departure import Traction
    from sim.model.papers import Clearance, CustomsLuck
    from sim.model.world import Train, World
    from sim.scenario.calendar import Calendar, OpenSpells
    from sim.scenario.places import Border
    from sim.scenario.values import Direction


WORKS = ("nothing", *get_args(Work))


@dataclass(frozen=True)
class BorderStation:
    """The capacities of a border crossing point."""

    place: int
    name: str
    border: Border
    tracks: dict[Direction, Room]
    customs: CustomsOffice
    engines: Room | None
    cranes: dict[str, Desk]
    crews: Desk
    locomotives: Room | None
    handover: dict[Direction, Paths]


@dataclass(frozen=True)
class BorderLeg:
    """A border on a flow's route: who clears its trains, and the luck of each."""

    place: int
    station: BorderStation
    inbound: bool
    tracks: Room
    papers: CustomsLuck
    shunting_h: array[float] | None
    cranes: Desk | None
    gauge_change_h: array[float] | None
    forming_h: array[float]
    taking: Taking | None
    leaving: Leaving | None
    traction: Traction


@dataclass(frozen=True)
class Release:
    """A release still to come: the last work that may begin before it, and the formalities that end in it."""

    works_before_release: WorksBeforeRelease
    papers: simpy.Process

    def may_precede(self, work: Work) -> bool:
        """Whether a work may begin before the release."""
        return WORKS.index(work) <= WORKS.index(self.works_before_release)


def open_station(world: World, code: int, name: str, border: Border, calendar: Calendar) -> BorderStation:
    """Set up a border crossing point."""
    rates = {
        "westbound": border.westbound_handover_trains_per_day,
        "eastbound": border.eastbound_handover_trains_per_day,
    }
    hours = office_spells(border, calendar)
    finish = border.office_hours is not None and border.office_hours.at_closing == "finish"
    shunting, departure = border.shunting, border.departure
    return BorderStation(
        code,
        name,
        border,
        receiving_rooms(world, border, calendar),
        CustomsOffice(
            code,
            Desk(calendar.steps(border.declarant_teams), hours, finish),
            Desk(calendar.steps(border.officer_teams), hours, finish),
            Desk(calendar.steps(border.inspection.teams)),
        ),
        None if shunting is None else Room(world.clock, calendar.steps(shunting.engines)),
        {kind: Desk(calendar.steps(change.cranes)) for kind, change in border.gauge_change.items()},
        Desk(calendar.steps(border.forming.crews)),
        None if departure is None else Room(world.clock, calendar.steps(departure.locomotives)),
        {direction: Paths(calendar.steps(rate)) for direction, rate in rates.items() if rate is not None},  # type: ignore[misc]
    )


def receiving_rooms(world: World, border: Border, calendar: Calendar) -> dict[Direction, Room]:
    """The receiving tracks by direction: the same for both, unless trains towards China have their own."""
    tracks = own = Room(world.clock, calendar.steps(border.receiving_tracks))
    if border.eastbound_receiving_tracks is not None:
        own = Room(world.clock, calendar.steps(border.eastbound_receiving_tracks))
    return {"westbound": tracks, "eastbound": own}


def office_spells(border: Border, calendar: Calendar) -> OpenSpells | None:
    """When declarants and officers work; None: round the clock."""
    office = border.office_hours
    if office is None or border.time_zone is None:
        return None
    return calendar.open_spells(border.time_zone, office.opens, office.closes, office.weekdays)


def cross_border(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, None]:
    """From arrival to departure: taken over, received, cleared, placed, transshipped, formed, handed over, taken away.

    The receiving track is held until the next place takes the train in.
    """
    station = leg.station
    if leg.inbound:
        yield from hand_over(world, train, leg)
    track = leg.tracks.request(train.consist.priority, train.turn)
    before = (leg.place, Activity.RECEIVING, Cause.RECEIVING_TRACK)
    yield from wait_before(world, train, track, *before, leg.traction, leg.tracks)
    # Only now is the place before left: a border without a free track holds up the line, and that the yard.
    vacate(world, train, world.clock.now)
    settle(train, leg.tracks, leg.place, Activity.RECEIVING, world.clock.now)

    release = yield from begin_clearance(world, train, leg)
    yield from wait_for_release(world, train, leg, release, before="placing")
    yield from couple(world, train, leg.place, leg.taking)
    yield from shunt(world, train, leg)
    yield from wait_for_release(world, train, leg, release, before="gauge_change")
    yield from change_gauge(world, train, leg)
    yield from wait_for_release(world, train, leg, release, before="forming")
    forming_h = leg.forming_h[train.index]
    yield from serve(world, train, station.crews, forming_h, leg.place, Activity.FORMING, Cause.CREWS)
    yield from wait_for_release(world, train, leg, release, before="departure")
    if not leg.inbound:
        yield from hand_over(world, train, leg)
        # Where the gauge was changed on this side, the set was left at the cranes.
        uncouple(train, None if leg.cranes is not None else leg.leaving)
    yield from depart(world, train, leg.place, leg.traction)


def clearance_of(world: World, train: Train, leg: BorderLeg) -> Clearance | None:
    """The regime the papers were handed in under, if that was early, or else the one in force."""
    if train.early is not None and train.early.place == leg.place:
        return train.early.paper
    return leg.papers.clearance_at(world.clock.now, train.index)


def begin_clearance(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, Release | None]:
    """Begin what customs wants of the train; where no work may begin before the release, see it through."""
    clearance = clearance_of(world, train, leg)
    beside = clearance is not None and clearance.works_before_release != "nothing"
    papers = formalities(world, train, leg.station.customs, leg.papers, clearance, beside=beside)
    if clearance is not None and beside:
        return Release(clearance.works_before_release, world.clock.process(papers))
    yield from papers
    return None


def wait_for_release(
    world: World, train: Train, leg: BorderLeg, release: Release | None, before: Work
) -> Generator[simpy.Event, None, None]:
    """Wait for a release still to come, if the work at hand may not begin before it."""
    if release is not None and not release.may_precede(before) and release.papers.is_alive:
        yield from wait(world, train, release.papers, leg.place, Activity.RELEASE, Cause.PAPERS)


def shunt(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, None]:
    """Have the train and its wagon set placed at the cranes, block trains before ordinary ones."""
    engines, shunting_h = leg.station.engines, leg.shunting_h
    if engines is not None and shunting_h is not None:
        work_h = shunting_h[train.index]
        yield from serve_in_turn(world, train, engines, work_h, leg.place, Activity.SHUNTING, Cause.ENGINES)


def change_gauge(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, None]:
    """Transship if that is done on this side, and leave the set the train came on."""
    if leg.cranes is not None and leg.gauge_change_h is not None:
        work_h = leg.gauge_change_h[train.index]
        yield from serve(world, train, leg.cranes, work_h, leg.place, Activity.GAUGE_CHANGE, Cause.CRANES)
    if leg.inbound or leg.cranes is not None:
        uncouple(train, leg.leaving)


def hand_over(world: World, train: Train, leg: BorderLeg) -> Generator[simpy.Event, None, None]:
    """Wait for a place in the number of trains the railways pass to each other in a day."""
    paths = leg.station.handover.get("westbound" if leg.inbound else "eastbound")
    if paths is None:
        return
    queued_h = world.clock.now
    passed_h = paths.book(queued_h)
    # Passing takes no time, so there is nothing to write of who did not wait.
    if leg.inbound and passed_h - queued_h > leg.traction.abandoned_after_h:
        passing = simpy.Event(world.clock)
        world.clock.at(passed_h).callbacks.append(passing.trigger)
        yield from wait_before(world, train, passing, leg.place, Activity.HANDOVER, Cause.HANDOVER, leg.traction)
    elif passed_h > queued_h:
        row = (train.number, leg.place, Activity.HANDOVER, Cause.HANDOVER, queued_h, passed_h, passed_h, False)
        world.ledger.stages.append(row)
        yield world.clock.at(passed_h, train.rank)
