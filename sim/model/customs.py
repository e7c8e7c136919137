"""Clearance of transit declarations: on paper or by Tez, and the inspection that follows.

Paper begins when the train stands. Declarants key every declaration, officers check them, and the wrong ones go round
again. Tez is lodged while the train still rolls and registers by itself; the release comes a fixed while after arrival,
or after the lodging when that was late. Paper keeps people busy and can queue; Tez does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sim.model.ledger import Activity, Cause, Channel
from sim.model.randomness import column, quantile
from sim.model.world import serve
from sim.scenario.schema import Paper, Tez
from sim.scenario.values import Spread

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.randomness import Floats, Luck
    from sim.model.resources import Desk
    from sim.model.world import Train, World
    from sim.scenario.calendar import Steps
    from sim.scenario.schema import Inspection


@dataclass(frozen=True)
class PaperLuck:
    """Paper clearance of a flow's trains: work a round, and the declarations handled in each round."""

    code: int
    beside_gauge_change: bool
    keying_h: array[float]
    checking_h: array[float]
    rounds: list[tuple[int, ...]]


@dataclass(frozen=True)
class TezLuck:
    """Tez clearance of a flow's trains: lodging after arrival (before it: negative), release, correction."""

    code: int
    beside_gauge_change: bool
    lodged_after_h: array[float]
    release_h: array[float]
    correction_h: array[float]


Clearance: TypeAlias = PaperLuck | TezLuck


@dataclass(frozen=True)
class CustomsOffice:
    """The people of customs at a border."""

    place: int
    declarants: Desk
    officers: Desk
    inspectors: Desk


@dataclass(frozen=True)
class CustomsLuck:
    """What customs wants of a flow's trains at a border: the regime by date, the risk channel, the inspection."""

    declarations: int
    clearance: Steps[Clearance] | None
    channel: array[int]
    inspection_h: array[float]

    def clearance_at(self, hour: float) -> Clearance | None:
        """The clearance in force at an hour; None when no declarations are needed."""
        return None if self.clearance is None else self.clearance.at(hour)


def paper_luck(paper: Paper, code: int, declarations: int, size: int, luck: Luck, *names: str) -> PaperLuck:
    """Draw the paper clearance of `size` trains; each wrong declaration is wrong again with the same chance."""
    effort = quantile(Spread(mean=1.0, cv=paper.effort_cv), luck.stream(*names, "effort").random(size))
    handled = [np.full(size, declarations)]
    while handled[-1].any():
        wrong = luck.stream(*names, f"wrong in round {len(handled)}")
        handled.append(wrong.binomial(handled[-1], paper.wrong_share))
    rounds = [tuple(count for count in train if count) for train in np.column_stack(handled).tolist()]
    return PaperLuck(
        code,
        paper.beside_gauge_change,
        column(paper.keying_h * effort),
        column(paper.checking_h * effort),
        rounds,
    )


def tez_luck(tez: Tez, code: int, size: int, luck: Luck, *names: str) -> TezLuck:
    """Draw the Tez clearance of `size` trains."""
    late = luck.stream(*names, "late").random(size) < tez.late_share
    wrong = luck.stream(*names, "wrong").random(size) < tez.wrong_share
    lead_h = np.asarray(luck.draw(tez.lead_h, size, *names, "lead"))
    late_h = np.asarray(luck.draw(tez.late_h, size, *names, "lateness"))
    correction_h = np.asarray(luck.draw(tez.correction_h, size, *names, "correction"))
    return TezLuck(
        code,
        tez.beside_gauge_change,
        column(np.where(late, late_h, -lead_h)),
        luck.draw(tez.release_h, size, *names, "release"),
        column(np.where(wrong, correction_h, 0.0)),
    )


def channels(inspection: Inspection, size: int, luck: Luck, *names: str) -> tuple[array[int], array[float]]:
    """Draw the risk channel of `size` trains, and the hours of inspection it brings."""
    share = luck.stream(*names, "channel").random(size)
    red = share < inspection.red_share
    yellow = ~red & (share < inspection.red_share + inspection.yellow_share)
    red_h: Floats = np.asarray(luck.draw(inspection.red_h, size, *names, "red inspection"))
    yellow_h: Floats = np.asarray(luck.draw(inspection.yellow_h, size, *names, "yellow inspection"))
    channel = np.select([red, yellow], [int(Channel.RED), int(Channel.YELLOW)], int(Channel.GREEN))
    return channel.tolist(), column(np.select([red, yellow], [red_h, yellow_h], 0.0))


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
    """Key and check all declarations, then those found wrong, until none is."""
    arrived_h = world.clock.now
    keying_h, checking_h = paper.keying_h[train.index], paper.checking_h[train.index]
    rounds = paper.rounds[train.index]
    for declarations in rounds:
        work_h = declarations * keying_h
        yield from serve(
            world, train, office.declarants, work_h, office.place, Activity.KEYING, Cause.DECLARANTS, beside
        )
        work_h = declarations * checking_h
        yield from serve(world, train, office.officers, work_h, office.place, Activity.CHECKING, Cause.OFFICERS, beside)
    record(world, train, office, papers, paper, arrived_h, arrived_h, world.clock.now, len(rounds))


def clear_by_tez(
    world: World, train: Train, office: CustomsOffice, papers: CustomsLuck, tez: TezLuck, beside: bool
) -> Generator[simpy.Event, None, None]:
    """Wait for a late lodging, if it is late, then for the release."""
    arrived_h = world.clock.now
    lodged_h = arrived_h + tez.lodged_after_h[train.index]
    correction_h = tez.correction_h[train.index]
    begun_h = max(arrived_h, lodged_h)
    released_h = begun_h + tez.release_h[train.index] + correction_h
    row = (train.number, office.place, Activity.RELEASE, Cause.PAPERS, arrived_h, begun_h, released_h, beside)
    world.ledger.stages.append(row)
    record(world, train, office, papers, tez, lodged_h, arrived_h, released_h, 2 if correction_h else 1)
    yield world.clock.at(released_h)


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
