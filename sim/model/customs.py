"""Clearance of transit declarations: on paper or by Tez, and the inspection that follows.

Paper begins when the train stands. Declarants key every declaration, officers check them, and the wrong ones go round
again; handed in early, their work runs while the train rolls. Tez is lodged while the train still rolls and registers
by itself; the release comes a while after arrival, or after the lodging when that was late; while it is down, trains
fall back to paper. Paper keeps people busy and can queue; Tez needs them only where a declaration is wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.ledger import Activity, Cause, Channel
from sim.model.papers import EarlyPapers, PaperLuck, TezLuck
from sim.model.world import serve, wait

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    import simpy

    from sim.model.papers import Clearance, CustomsLuck
    from sim.model.resources import Desk
    from sim.model.world import Train, World


@dataclass(frozen=True)
class CustomsOffice:
    """The people of customs at a border."""

    place: int
    declarants: Desk
    officers: Desk
    inspectors: Desk


@dataclass(frozen=True)
class HandIn:
    """A train whose papers are handed in early: when, to whom, under which regime."""

    hour: float
    train: Train
    office: CustomsOffice
    paper: PaperLuck


def formalities(
    world: World, train: Train, office: CustomsOffice, papers: CustomsLuck, clearance: Clearance | None, beside: bool
) -> Generator[simpy.Event, None, None]:
    """All that customs wants of a train: the declarations released, and the inspection of its risk channel."""
    match clearance:
        case PaperLuck():
            yield from clear_on_paper(world, train, office, papers, clearance, beside)
        case TezLuck():
            yield from clear_by_tez(world, train, office, papers, clearance, beside)
        case None:
            pass
    if papers.channel[train.index] != Channel.GREEN:
        hours, inspectors = papers.inspection_h[train.index], office.inspectors
        yield from serve(world, train, inspectors, hours, office.place, Activity.INSPECTION, Cause.INSPECTORS, beside)


def clear_on_paper(
    world: World, train: Train, office: CustomsOffice, papers: CustomsLuck, paper: PaperLuck, beside: bool
) -> Generator[simpy.Event, None, None]:
    """Have the papers worked through, or wait for the end of the work if they were handed in early."""
    arrived_h = lodged_h = world.clock.now
    early, late_h = train.early, paper.late_h[train.index]
    if early is not None and early.place == office.place:
        train.early = None
        lodged_h = early.handed_in_h
        # Beside other work the train itself does not wait: its wait is written when that work is done.
        if early.work.is_alive and beside:
            yield early.work
        elif early.work.is_alive:
            yield from wait(world, train, early.work, office.place, Activity.RELEASE, Cause.PAPERS)
    else:
        if late_h > 0:
            lodged_h += late_h
            yield from wait_for(world, train, office, late_h, 0.0, beside)
        yield from key_and_check(world, train, office, paper, beside)
    yield from wait_for(world, train, office, 0.0, paper.release_h[train.index], beside)
    record(world, train, office, papers, paper, lodged_h, arrived_h, world.clock.now, len(paper.rounds[train.index]))


def wait_for(
    world: World, train: Train, office: CustomsOffice, lodging_h: float, release_h: float, beside: bool
) -> Generator[simpy.Event, None, None]:
    """Wait for a lodging still to come, then for the release that it brings."""
    queued_h = world.clock.now
    begun_h, released_h = queued_h + lodging_h, queued_h + lodging_h + release_h
    if released_h > queued_h:
        row = (train.number, office.place, Activity.RELEASE, Cause.PAPERS, queued_h, begun_h, released_h, beside)
        world.ledger.stages.append(row)
        yield world.clock.at(released_h, train.rank)


def key_and_check(
    world: World, train: Train, office: CustomsOffice, paper: PaperLuck, beside: bool
) -> Generator[simpy.Event, None, None]:
    """Key and check all declarations, then those found wrong, until none is."""
    keying_h, checking_h = paper.keying_h[train.index], paper.checking_h[train.index]
    place = office.place
    for declarations in paper.rounds[train.index]:
        work_h = declarations * keying_h
        yield from serve(world, train, office.declarants, work_h, place, Activity.KEYING, Cause.DECLARANTS, beside)
        work_h = declarations * checking_h
        yield from serve(world, train, office.officers, work_h, place, Activity.CHECKING, Cause.OFFICERS, beside)


def clear_by_tez(
    world: World, train: Train, office: CustomsOffice, papers: CustomsLuck, tez: TezLuck, beside: bool
) -> Generator[simpy.Event, None, None]:
    """Wait for a late lodging, if it is late, have what is wrong corrected, then wait for the release."""
    arrived_h = world.clock.now
    lodged_after_h, release_h = tez.lodged_after_h[train.index], tez.release_h[train.index]
    lodging_h = max(lodged_after_h, 0.0)
    _, *wrong_by_round = tez.rounds[train.index] or (0,)
    if wrong_by_round:
        yield from wait_for(world, train, office, lodging_h, 0.0, beside)
        lodging_h = 0.0
        for wrong in wrong_by_round:
            work_h, place = wrong * tez.correction_h[train.index], office.place
            yield from serve(world, train, office.declarants, work_h, place, Activity.KEYING, Cause.DECLARANTS, beside)
    yield from wait_for(world, train, office, lodging_h, release_h, beside)
    lodged_h, rounds = arrived_h + lodged_after_h, 1 + len(wrong_by_round)
    record(world, train, office, papers, tez, lodged_h, arrived_h, world.clock.now, rounds)


def record(
    world: World,
    train: Train,
    office: CustomsOffice,
    papers: CustomsLuck,
    clearance: Clearance,
    lodged_h: float,
    arrived_h: float,
    released_h: float,
    rounds: int,
) -> None:
    """Write down a clearance."""
    world.ledger.declarations.append(
        (
            train.number,
            office.place,
            clearance.code,
            papers.channel[train.index],
            papers.declarations,
            lodged_h,
            arrived_h,
            released_h,
            rounds,
        )
    )


def early_paper(papers: CustomsLuck, index: int, offered_h: float) -> PaperLuck | None:
    """The regime in force at the offer of a train, if it has the papers before the journey and they are not late."""
    clearance = papers.clearance_at(offered_h, index)
    if isinstance(clearance, PaperLuck) and clearance.lead_h > 0 and math.isnan(clearance.late_h[index]):
        return clearance
    return None


def hand_in(world: World, ahead: Iterable[HandIn]) -> Generator[simpy.Event, None, None]:
    """Hand in the papers of trains still to come, in the order of the hours."""
    for entry in ahead:
        hour = max(entry.hour, world.clock.now)
        yield world.clock.at(hour)
        if world.bookings is not None and not world.bookings.sends(entry.train.number):
            continue
        work = world.clock.process(key_and_check(world, entry.train, entry.office, entry.paper, beside=True))
        entry.train.early = EarlyPapers(entry.office.place, entry.paper, hour, work)
