"""The luck of a flow's trains with customs: their papers, their channel, drawn before the clock starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sim.model.ledger import Channel
from sim.model.randomness import column, integers
from sim.scenario.values import Spread

if TYPE_CHECKING:
    from array import array

    import simpy

    from sim.model.disruption import Closures
    from sim.model.randomness import Floats, Luck
    from sim.scenario.calendar import Steps
    from sim.scenario.formalities import Inspection, Paper, Tez, WorksBeforeRelease


@dataclass(frozen=True)
class Rounds:
    """The declarations handled in each round, of one train after the other; `first` is where those of each begin."""

    first: array[int]
    handled: array[int]

    def __len__(self) -> int:
        """How many trains there are."""
        return len(self.first) - 1

    def __getitem__(self, index: int) -> array[int]:
        """The rounds of a train: all declarations, then those found wrong, until none is."""
        return self.handled[self.first[index] : self.first[index + 1]]


@dataclass(frozen=True)
class PaperLuck:
    """Paper clearance of a flow's trains: work a round, and the declarations handled in each round.

    `late_h` is NaN for trains whose papers are not late; `release_h` follows the work.
    """

    code: int
    works_before_release: WorksBeforeRelease
    lead_h: float
    late_h: array[float]
    release_h: array[float]
    keying_h: array[float]
    checking_h: array[float]
    rounds: Rounds


@dataclass(frozen=True)
class TezLuck:
    """Tez clearance of a flow's trains: lodging after arrival (before it: negative), release, corrections by round.

    Round 0 is the lodging of all declarations; those of the rounds after it are corrected.
    """

    code: int
    works_before_release: WorksBeforeRelease
    lodged_after_h: array[float]
    release_h: array[float]
    correction_h: array[float]
    rounds: Rounds
    outages: Closures
    fallback: PaperLuck | None


Clearance: TypeAlias = PaperLuck | TezLuck


@dataclass(frozen=True)
class CustomsLuck:
    """What customs wants of a flow's trains at a border: the regime by date, the risk channel, the inspection.

    A train whose luck `adopts` (a share in [0, 1)) lies below the adoption share of the hour uses the regime of the
    date, the others use `otherwise`.
    """

    declarations: int
    clearance: Steps[Clearance] | None
    otherwise: Clearance | None
    adoption: Steps[float]
    adopts: array[float]
    channel: array[int]
    inspection_h: array[float]

    def clearance_at(self, hour: float, index: int) -> Clearance | None:
        """The clearance of a train at an hour; None when no declarations are needed."""
        if self.clearance is None:
            return None
        clearance = self.clearance.at(hour)
        if self.otherwise is not None and self.adopts[index] >= self.adoption.at(hour):
            clearance = self.otherwise
        if (
            isinstance(clearance, TezLuck)
            and clearance.fallback is not None
            and clearance.outages.open_from(hour) > hour
        ):
            return clearance.fallback
        return clearance


@dataclass(frozen=True)
class EarlyPapers:
    """Papers under way at a border ahead: where, under which regime and since when, and the work on them."""

    place: int
    paper: PaperLuck
    handed_in_h: float
    work: simpy.Process


def paper_luck(paper: Paper, code: int, declarations: int, size: int, luck: Luck, *names: str) -> PaperLuck:
    """Draw the paper clearance of `size` trains; each wrong declaration is wrong again with the same chance."""
    effort = np.asarray(luck.draw(Spread(mean=1.0, cv=paper.effort_cv), size, *names, "effort"))
    return PaperLuck(
        code,
        paper.works_before_release,
        paper.lead_h,
        column(lodged_after_h(paper, np.full(size, np.nan), luck, *names)),
        luck.draw(paper.release_h, size, *names, "release"),
        column(paper.keying_h * effort),
        column(paper.checking_h * effort),
        rounds_of(declarations, paper.wrong_share, size, luck, *names),
    )


def lodged_after_h(regime: Paper | Tez, in_time_h: Floats, luck: Luck, *names: str) -> Floats:
    """Hours from arrival to the lodging of the declarations of some trains: of those who are late, else as stated."""
    late = luck.stream(*names, "late").random(len(in_time_h)) < regime.late_share
    return luck.draw_where(late, regime.late_h, in_time_h, *names, "lateness")


def rounds_of(declarations: int, wrong_share: float, size: int, luck: Luck, *names: str) -> Rounds:
    """The declarations handled in each round, for each of some trains: all, then those found wrong, until none is."""
    remaining = np.arange(size if declarations else 0)
    handled = np.full_like(remaining, declarations)
    rounds = [(remaining, handled)]
    # Each round has its own stream, so that a smaller share of wrong ones leaves the luck of the rounds before alone.
    while len(remaining):
        handled = luck.stream(*names, f"wrong in round {len(rounds)}").binomial(handled, wrong_share)
        # Of no declarations none is wrong, which takes no luck: most trains are through after a round or two.
        remaining, handled = remaining[handled > 0], handled[handled > 0]
        rounds.append((remaining, handled))
    number = np.bincount(np.concatenate([remaining for remaining, _ in rounds]), minlength=size)
    first = np.append(0, number.cumsum())
    by_train = np.empty(first[-1], np.int64)
    for place, (remaining, handled) in enumerate(rounds):
        by_train[first[remaining] + place] = handled
    return Rounds(integers(first), integers(by_train))


def tez_luck(
    tez: Tez,
    code: int,
    declarations: int,
    outages: Closures,
    fallback: PaperLuck | None,
    size: int,
    luck: Luck,
    *names: str,
) -> TezLuck:
    """Draw the Tez clearance of `size` trains."""
    lead_h = np.asarray(luck.draw(tez.lead_h, size, *names, "lead"))
    rounds = rounds_of(declarations, tez.wrong_share, size, luck, *names)
    is_corrected = np.diff(rounds.first) > 1
    return TezLuck(
        code,
        tez.works_before_release,
        column(lodged_after_h(tez, -lead_h, luck, *names)),
        luck.draw(tez.release_h, size, *names, "release"),
        column(luck.draw_where(is_corrected, tez.correction_h, np.zeros(size), *names, "correction")),
        rounds,
        outages,
        fallback,
    )


def channels(inspection: Inspection, size: int, luck: Luck, *names: str) -> tuple[array[int], array[float]]:
    """Draw the risk channel of `size` trains, and the hours of inspection it brings."""
    share = luck.stream(*names, "channel").random(size)
    red = share < inspection.red_share
    yellow = ~red & (share < inspection.red_share + inspection.yellow_share)
    red_h = luck.draw_where(red, inspection.red_h, np.zeros(size), *names, "red inspection")
    inspection_h = luck.draw_where(yellow, inspection.yellow_h, red_h, *names, "yellow inspection")
    channel = np.where(red, int(Channel.RED), np.where(yellow, int(Channel.YELLOW), int(Channel.GREEN)))
    return integers(channel), column(inspection_h)
