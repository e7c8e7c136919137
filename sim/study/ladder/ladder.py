"""The ladder of bottlenecks: relieve the capacity that binds, run again, name the next.

A capacity *binds* if a step more of it makes the corridor carry more in the year; where none does, if it makes its
trains travel shorter. How busy it is says little: behind a short resource others are held, and look busy, too. So the
capacities on which most train-hours are laid (`candidates.attributed`) are each given one step more, all under the
same random numbers. The one that gains most is chosen by some replications, and its gain is measured by others, which
had no part in the choice: their interval holds for the best of many. Where no one alone gains, a step more of
everything is tried, for two equal stations hide each other; the fewest of them that gain together are one rung. What
binds is relieved, by one step, two, four and so on, until a step of the last of them gains less than a tenth of the
first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.statistics import paired_interval
from sim.runs.answer import answering, basis
from sim.runs.replicate import Perform, performer
from sim.scenario.errors import check_at_least
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.study.ladder.candidates import (
    Candidate,
    amount,
    candidates,
    hours_for,
    laid_hours,
    step_of,
    train_hours,
    with_more,
)
from sim.study.ladder.rungs import Gain, Ladder, Rung, rung_table, tried_table, triple
from sim.study.throughput import THROUGHPUT, TRANSIT, excerpt, question, years_covered
from sim.study.variants import FIRST_REPLICATION, Runs

SHORTLIST, RUNGS, MOST_DOUBLINGS = 12, 4, 6
SPENT_SHARE = 0.1
"""A relief ends when a step of it gains less than this share of the first."""

LEAST_SHARE = 0.001
"""Where no tonne is gained, less than this share of the transit time is nothing."""

KT = 1000.0
"""Kilotonnes a million tonnes."""

Added = frozenset[tuple[str, float]]
"""Amounts added to the scenario, by key: a state of the ladder."""


def ladder(
    reading: Reading,
    *,
    corridor: str | None = None,
    year: int | None = None,
    rungs: int = RUNGS,
    shortlist: int = SHORTLIST,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    whole: bool = False,
    perform: Perform | None = None,
    on_rung: Callable[[Rung], None] | None = None,
) -> Ladder:
    """Find what binds, relieve it, and go on.

    Parameters
    ----------
    corridor, year
        What is asked: by default the corridor with a target, in the last full year of the horizon.
    rungs
        Most rungs.
    shortlist
        Capacities tried at each rung, those with the most train-hours laid to them; equal ones are tried together.
    replications
        Replications of each choice, and as many again of each measurement; by default as the scenario says.
    whole
        Run the whole horizon, not only the year and the one before.
    perform
        Does the runs instead of `workers` processes.
    on_rung
        Called with each rung as it is found.

    Raises
    ------
    QuestionError
        If the scenario has no such corridor, or does not cover the year whole.
    ArgumentError
        If there are to be no rungs, capacities or replications.
    """
    check_at_least(1, rungs=rungs, shortlist=shortlist, replications=replications)
    study, answered = reading.scenario.study, answering(reading)
    about = question(reading.scenario, corridor, year)
    scenario = reading.scenario if whole else excerpt(reading.scenario, about.year)
    with performer(workers) as own:
        climb = Climb(
            scenario,
            Runs(
                perform or own,
                study.seed if seed is None else seed,
                lambda added: with_more(scenario, dict(added)),
                about,
                partial(words_of, reading.words),
            ),
            candidates(scenario, about.corridor),
            shortlist,
            replications or study.replications,
            study.level,
        )
        found: list[Rung] = []
        while len(found) < rungs and (rung := climb.rung(len(found) + 1)) is not None:
            found.append(rung)
            (on_rung or (lambda rung: None))(rung)
    short = scenario is not reading.scenario
    return climb.ladder(answered, tuple(found), len(found) < rungs, short)


@dataclass
class Climb:
    """A ladder on its way up: the runs made, and what has been relieved."""

    scenario: Scenario
    runs: Runs[Added]
    candidates: Sequence[Candidate]
    shortlist: int
    replications: int
    level: float
    added: dict[str, float] = field(default_factory=dict)
    tried: list[pd.DataFrame] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    most_hours: dict[str, float] = field(default_factory=dict)

    @property
    def choosing(self) -> range:
        """Replications by which capacities are chosen."""
        return range(FIRST_REPLICATION, FIRST_REPLICATION + self.replications)

    @property
    def measuring(self) -> range:
        """Replications by which the chosen one is measured."""
        return range(self.choosing.stop, self.choosing.stop + self.replications)

    @property
    def years(self) -> float:
        """Years that the measures are of."""
        return years_covered(self.scenario, self.runs.about)

    def step(self, key: str) -> float:
        """One step of a capacity, of what it was at the beginning."""
        return step_of(self.scenario, key, self.scenario.horizon.end)

    def state(self, keys: Sequence[str] = (), steps: int = 1) -> Added:
        """What is relieved so far, with some steps more of some capacities."""
        more = {key: self.added.get(key, 0) + steps * self.step(key) for key in keys}
        return frozenset((self.added | more).items())

    def gain(self, state: Added, indices: range, before: Added | None = None) -> Gain:
        """What a state gains over another, by default over what is relieved so far."""
        before = self.state() if before is None else before
        self.runs.make([before, state], indices)
        changes = [
            (self.runs.values(before, indices, kpi), self.runs.values(state, indices, kpi))
            for kpi in (THROUGHPUT, TRANSIT)
        ]
        (mt_before, mt), (days_before, days) = changes
        a_year = KT / self.years
        return Gain(
            paired_interval(a_year * mt_before, a_year * mt, self.level), paired_interval(days, days_before, self.level)
        )

    def rung(self, number: int) -> Rung | None:
        """The next rung, relieved; None if nothing binds."""
        self.runs.make([self.state()], self.choosing)
        short = self.shortlisted()
        self.runs.make([self.state([each.key]) for each, _ in short], self.choosing)
        gains = {each.key: self.gain(self.state([each.key]), self.choosing) for each, _ in short}
        members, by, gain = self.binding([each for each, _ in short], gains)
        chosen = {member.key for member in members}
        self.tried.append(tried_table(number, short, gains, self.step, chosen))
        return self.relieved(members, by, gain) if gain is not None else None

    def shortlisted(self) -> list[tuple[Candidate, float]]:
        """The capacities with the most train-hours laid to them, and equal ones, with the hours."""
        measures = self.runs.mean(self.state(), self.choosing)
        laid = laid_hours(self.scenario, self.candidates, train_hours(self.scenario, measures, self.years))
        waits = sorted(((each, laid[each.key]) for each in self.candidates if laid[each.key] > 0), key=by_hours)
        least = waits[min(self.shortlist, len(waits)) - 1][1] if waits else 0.0
        short = [each for each in waits if each[1] >= least]
        self.seen |= {each.key for each, _ in short}
        self.most_hours |= {each.key: max(hours, self.most_hours.get(each.key, 0.0)) for each, hours in waits}
        return short

    def binding(
        self, short: Sequence[Candidate], gains: Mapping[str, Gain]
    ) -> tuple[tuple[Candidate, ...], str, Gain | None]:
        """What binds, by what, and what a step gains in fresh replications; None if nothing does."""
        if not short:
            return (), "", None
        most = max(short, key=lambda each: gains[each.key].kt.mean)
        gain = self.gain(self.state([most.key]), self.measuring)
        if gain.carries_more:
            return (most,), "throughput", gain
        if self.gain(self.state([each.key for each in self.candidates]), self.measuring).carries_more:
            together = self.together(short)
            gain = self.gain(self.state([each.key for each in together]), self.measuring)
            if gain.carries_more:
                return together, "throughput", gain
        quickest = max(short, key=lambda each: gains[each.key].days.mean)
        gain = self.gain(self.state([quickest.key]), self.measuring)
        least_days = LEAST_SHARE * float(np.nanmean(self.runs.values(self.state(), self.measuring, TRANSIT)))
        return ((quickest,), "transit", gain) if gain.is_quicker and gain.days.mean > least_days else ((), "", None)

    def together(self, short: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The fewest capacities of which a step each gains, those with the most hours first (Junker 2004, QuickXplain).

        The last one needed is that with which the first so many of all begin to gain; then the last needed beside it.
        """
        ordered = [*short, *(each for each in self.candidates if each not in short)]
        needed: list[Candidate] = []
        while ordered and not self.carries_more(needed):
            number = bisect_left(
                range(len(ordered)), True, key=lambda last: self.carries_more(ordered[: last + 1] + needed)
            )
            if number == len(ordered):
                break
            needed, ordered = [ordered[number], *needed], ordered[:number]
        return tuple(needed)

    def carries_more(self, some: Sequence[Candidate]) -> bool:
        """Whether a step each of some capacities gains throughput, in the replications of the choice."""
        return bool(some) and self.gain(self.state([each.key for each in some]), self.choosing).carries_more

    def relieved(self, members: tuple[Candidate, ...], by: str, gain: Gain) -> Rung:
        """The rung of what binds; what it was relieved by is added for good."""
        keys = [each.key for each in members]
        before, steps = self.state(), 1
        first = gain.kt.mean if by == "throughput" else gain.days.mean
        for _ in range(MOST_DOUBLINGS):
            more = self.gain(self.state(keys, 2 * steps), self.choosing, self.state(keys, steps))
            a_step = (more.kt if by == "throughput" else more.days).mean / steps
            steps *= 2
            if a_step < SPENT_SHARE * first:
                break
        state = self.state(keys, steps)
        relief = self.gain(state, self.choosing, before)
        use, hours = zip(*(self.before_and_after(each, before, state) for each in members), strict=True)
        now, later = (with_more(self.scenario, dict(added)) for added in (before, state))
        end = self.scenario.horizon.end
        amounts = tuple((float(amount(now, key, end)), float(amount(later, key, end))) for key in keys)
        rung_steps = tuple(float(self.step(key)) for key in keys)
        self.added = dict(state)
        return Rung(members, rung_steps, by, gain, amounts, relief.kt, tuple(use), tuple(hours))

    def before_and_after(
        self, member: Candidate, before: Added, state: Added
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Share in use, and train-hours a year waited for it, before and after a relief."""
        means = [self.runs.mean(each, self.choosing) for each in (before, state)]
        used = [each.get((*member.busy, "all"), np.nan) for each in means]
        hours = [hours_for(member, train_hours(self.scenario, each, self.years)) for each in means]
        return (used[0], used[1]), (hours[0], hours[1])

    def ladder(self, about: dict[str, Any], found: tuple[Rung, ...], ended: bool, short: bool) -> Ladder:
        """The ladder as far as it was climbed; `about` is of `answering`."""
        left_out = [hours for key, hours in self.most_hours.items() if key not in self.seen]
        mt = self.runs.values(frozenset(), self.choosing)
        manifest = basis(
            "ladder",
            about,
            seed=self.runs.seed,
            replications=self.replications,
            level=self.level,
            **vars(self.runs.about),
            runs=len(self.runs.kpis),
            is_excerpt=short,
            base_mt=list(triple(paired_interval(np.zeros(len(mt)), mt, self.level))),
            ended=ended,
            left_out=len(left_out),
            left_out_hours=max(left_out, default=0.0),
        )
        frames = {"ladder": rung_table(found), "tried": pd.concat(self.tried, ignore_index=True)}
        return Ladder(**about, manifest=manifest, frames=frames)


def words_of(about: str, added: Added) -> str:
    """A scenario with what is added to its capacities, in words."""
    more = ", ".join(f"{key} + {amount:g}" for key, amount in sorted(added))
    return f"{about} ({more})" if more else about


def by_hours(waits: tuple[Candidate, float]) -> float:
    """A key that puts the most hours first."""
    return -waits[1]
