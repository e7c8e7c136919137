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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.statistics import FEWEST, measure_interval, paired_interval
from sim.runs.answer import answering, basis
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Perform, engine_note, performer
from sim.scenario.arguments import checked
from sim.scenario.problems import check_at_least
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.ranges import check_ends
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.forecast.plan import target_question
from sim.study.forecast.plans import WORLDS, WorldPlan, over_worlds
from sim.study.ladder.candidates import (
    WAITS,
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
from sim.study.question import THROUGHPUT, TRANSIT, excerpt, question, years_covered
from sim.study.variants import FIRST_REPLICATION, Runs

SHORTLIST, RUNGS, MOST_DOUBLINGS = 12, 4, 6
SPENT_SHARE = 0.1
"""A relief ends when a step of it gains less than this share of the first."""

LEAST_SHARE = 0.001
"""Where no tonne is gained, less than this share of the transit time is nothing."""

KT = 1000.0
"""Kilotonnes a million tonnes."""

State = frozenset[tuple[str, float]]
"""Amounts added to the scenario, by key: a state of the ladder."""


@checked
def ladder(
    scenario: Reading | str | Path,
    *,
    corridor: str | None = None,
    year: int | None = None,
    rungs: int = RUNGS,
    shortlist: int = SHORTLIST,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: bool = True,
    whole: bool = False,
    worlds: int = WORLDS,
    perform: Perform | None = None,
    on_rung: Callable[[Rung], None] | None = None,
) -> Ladder:
    """Find what binds, relieve it, and go on.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    corridor, year
        What is asked: by default the corridor with a target, in the last full year of the horizon.
    rungs
        Most rungs.
    shortlist
        Capacities tried at each rung, those with the most train-hours laid to them; equal ones are tried together.
    replications
        Replications of each choice, and as many again of each measurement; by default as the scenario says.
    progress
        Whether a notebook shows how many replications are done.
    whole
        Run the whole horizon, not only the year and the one before.
    worlds
        Draws of all that is not known in which the scenario is run as it is and with each rung relieved, the same for
        all, over the whole horizon; where nothing is stated as unknown, none.
    perform
        Does the runs instead of `workers` processes.
    on_rung
        Called with each rung as it is found.

    Raises
    ------
    QuestionError
        If the scenario has no such corridor, or does not cover whole the year that is asked for. Without one, a horizon
        of a part of a year is taken as it is.
    ScenarioError
        If it does not stand at an end of an unknown, and worlds are to be drawn.
    ArgumentError
        If there are to be no rungs, capacities or replications.
    """
    reading = reading_of(scenario)
    study, subject = reading.scenario.study, answering(reading)
    check_at_least(1, rungs=rungs, shortlist=shortlist)
    check_at_least(0, worlds=worlds)
    # whether a capacity binds is told by the interval of a gain
    check_at_least(FEWEST, replications=study.replications if replications is None else replications)
    if worlds:
        check_ends(reading)
    about = question(reading.scenario, corridor, year)
    world = reading.scenario if whole else excerpt(reading.scenario, about.year)
    rivals = candidates(world, about.corridor)
    with performer(workers, with_line(None, None, progress)) as own:
        climb = Climb(
            world,
            Runs(
                perform or own,
                study.seed if seed is None else seed,
                lambda state: with_more(world, dict(state)),
                about,
                partial(state_words, reading.words),
                {THROUGHPUT, TRANSIT, *WAITS, *(candidate.busy[0] for candidate in rivals)},
            ),
            rivals,
            shortlist,
            replications or study.replications,
            study.level,
        )
        climb_rungs: list[Rung] = []
        world_plans = [WorldPlan("as it is", reading)]
        while len(climb_rungs) < rungs and (rung := climb.rung(len(climb_rungs) + 1)) is not None:
            climb_rungs.append(rung)
            (on_rung or (lambda rung: None))(rung)
            relief = partial(with_more, additions=dict(climb.additions))
            world_plans.append(WorldPlan(f"rung {len(climb_rungs)} relieved", reading, relief))
        own_about, target_mt = target_question(reading)
        frame, _ = over_worlds(
            world_plans,
            about,
            target_mt if own_about == about else None,
            worlds if reading.scenario.unknown else 0,
            climb.runs.seed,
            study.level,
            climb.runs.perform,
        )
    is_short = world is not reading.scenario
    return climb.ladder(subject, climb_rungs, len(climb_rungs) < rungs, is_short, frame)


@dataclass
class Climb:
    """A ladder on its way up: the runs made, and what has been relieved."""

    scenario: Scenario
    runs: Runs[State]
    candidates: Sequence[Candidate]
    shortlist: int
    replications: int
    level: float
    additions: dict[str, float] = field(default_factory=dict)
    trials: list[pd.DataFrame] = field(default_factory=list)
    keys_tried: set[str] = field(default_factory=set)
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

    def state(self, keys: Sequence[str] = (), steps: int = 1) -> State:
        """What is relieved so far, with some steps more of some capacities."""
        amounts = {key: self.additions.get(key, 0) + steps * self.step(key) for key in keys}
        return frozenset((self.additions | amounts).items())

    def gain_of_step(self, members: Iterable[Candidate], indices: range) -> Gain:
        """What one step each of some capacities gains over what is relieved so far."""
        return self.gain(self.state([member.key for member in members]), indices, self.state())

    def gain(self, state: State, indices: range, before: State) -> Gain:
        """What a state gains over another."""
        self.runs.make([before, state], indices)  # in one batch, for all workers
        mt_before, mt = (self.runs.values(variant, indices, THROUGHPUT) for variant in (before, state))
        days_before, days = (self.runs.values(variant, indices, TRANSIT) for variant in (before, state))
        a_year = KT / self.years
        kt = paired_interval(a_year * mt_before, a_year * mt, self.level)
        return Gain(kt, paired_interval(days, days_before, self.level))

    def rung(self, number: int) -> Rung | None:
        """The next rung, relieved; None if nothing binds."""
        self.runs.make([self.state()], self.choosing)
        shortlist = self.longest_waits()
        self.runs.make([self.state([candidate.key]) for candidate, _ in shortlist], self.choosing)
        gains = {candidate.key: self.gain_of_step([candidate], self.choosing) for candidate, _ in shortlist}
        members, by, gain = self.binding([candidate for candidate, _ in shortlist], gains)
        binding_keys = {member.key for member in members}
        self.trials.append(tried_table(number, shortlist, gains, self.step, binding_keys))
        return self.relieve(members, by, gain) if gain is not None else None

    def longest_waits(self) -> list[tuple[Candidate, float]]:
        """The capacities with the most train-hours laid to them, and equal ones, with the hours."""
        measures = self.runs.mean(self.state(), self.choosing)
        by_key = laid_hours(self.scenario, self.candidates, train_hours(self.scenario, measures))
        waits = [(candidate, by_key[candidate.key]) for candidate in self.candidates if by_key[candidate.key] > 0]
        waits.sort(key=lambda wait: -wait[1])
        least = waits[min(self.shortlist, len(waits)) - 1][1] if waits else 0.0
        shortlist = [(candidate, hours) for candidate, hours in waits if hours >= least]
        self.keys_tried |= {candidate.key for candidate, _ in shortlist}
        for candidate, hours in waits:
            self.most_hours[candidate.key] = max(hours, self.most_hours.get(candidate.key, 0.0))
        return shortlist

    def binding(
        self, shortlist: Sequence[Candidate], gains: Mapping[str, Gain]
    ) -> tuple[tuple[Candidate, ...], str, Gain | None]:
        """What binds, by what, and what a step gains in fresh replications; None if nothing does."""
        if not shortlist:
            return (), "", None
        strongest = max(shortlist, key=lambda candidate: gains[candidate.key].kt.mean)
        gain = self.gain_of_step([strongest], self.measuring)
        if gain.carries_more:
            return (strongest,), "throughput", gain
        # two equal stations hide each other: where no one gains alone, several may together
        if self.gain_of_step(self.candidates, self.measuring).carries_more:
            together = self.together(shortlist)
            gain = self.gain_of_step(together, self.measuring)
            if gain.carries_more:
                return together, "throughput", gain
        quickest = max(shortlist, key=lambda candidate: gains[candidate.key].days.mean)
        gain = self.gain_of_step([quickest], self.measuring)
        least_days = LEAST_SHARE * float(np.nanmean(self.runs.values(self.state(), self.measuring, TRANSIT)))
        return ((quickest,), "transit", gain) if gain.is_quicker and gain.days.mean > least_days else ((), "", None)

    def together(self, shortlist: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The fewest capacities of which a step each gains, those with the most hours first (Junker 2004, QuickXplain).

        The last one needed is that with which the first so many of all begin to gain; then the last needed beside it.
        """
        queue = [*shortlist, *(candidate for candidate in self.candidates if candidate not in shortlist)]
        fewest: list[Candidate] = []
        while queue and not self.carries_more(fewest):
            last = bisect_left(range(len(queue)), True, key=lambda at: self.carries_more(queue[: at + 1] + fewest))
            if last == len(queue):
                break
            fewest, queue = [queue[last], *fewest], queue[:last]
        return tuple(fewest)

    def carries_more(self, members: Sequence[Candidate]) -> bool:
        """Whether a step each of some capacities gains throughput, in the replications of the choice."""
        return bool(members) and self.gain_of_step(members, self.choosing).carries_more

    def relieve(self, members: tuple[Candidate, ...], by: str, gain: Gain) -> Rung:
        """The rung of what binds; what it was relieved by is added for good."""
        keys = [member.key for member in members]
        before, steps = self.state(), 1
        for _ in range(MOST_DOUBLINGS):
            further = self.gain(self.state(keys, 2 * steps), self.choosing, self.state(keys, steps))
            a_step = further.of(by).mean / steps
            steps *= 2
            if a_step < SPENT_SHARE * gain.of(by).mean:
                break
        state = self.state(keys, steps)
        relief = self.gain(state, self.choosing, before)
        use, hours = zip(*(self.before_and_after(member, before, state) for member in members), strict=True)
        lower, higher = (with_more(self.scenario, dict(variant)) for variant in (before, state))
        end = self.scenario.horizon.end
        amounts = tuple((float(amount(lower, key, end)), float(amount(higher, key, end))) for key in keys)
        rung_steps = tuple(float(self.step(key)) for key in keys)
        self.additions = dict(state)
        return Rung(members, rung_steps, by, gain, amounts, relief.kt, tuple(use), tuple(hours))

    def before_and_after(
        self, member: Candidate, before: State, state: State
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Share in use, and train-hours a year waited for it, before and after a relief."""
        means = [self.runs.mean(variant, self.choosing) for variant in (before, state)]
        shares = [measures.get((*member.busy, ALL), np.nan) for measures in means]
        hours = [hours_for(member, train_hours(self.scenario, measures)) for measures in means]
        return (shares[0], shares[1]), (hours[0], hours[1])

    def ladder(
        self, subject: dict[str, Any], rungs: Sequence[Rung], is_complete: bool, is_short: bool, in_worlds: pd.DataFrame
    ) -> Ladder:
        """The ladder as far as it was climbed; `subject` is of `answering`, `in_worlds` of `over_worlds`."""
        left_out = [hours for key, hours in self.most_hours.items() if key not in self.keys_tried]
        mt = self.runs.values(frozenset(), self.choosing)
        manifest = basis(
            "ladder",
            subject,
            seed=self.runs.seed,
            replications=self.replications,
            level=self.level,
            engine=engine_note(self.runs.engines),
            **vars(self.runs.about),
            runs=len(self.runs.kpis),
            is_excerpt=is_short,
            base_mt=list(triple(measure_interval(mt, self.level))),
            ended=is_complete,
            left_out=len(left_out),
            left_out_hours=max(left_out, default=0.0),
        )
        # an empty table has columns of no kind, and would take the kinds of the others with it
        trials = [table for table in self.trials if len(table)] or self.trials[:1]
        frames = {"ladder": rung_table(rungs), "tried": pd.concat(trials, ignore_index=True), "worlds": in_worlds}
        return Ladder(**subject, manifest=manifest, frames=frames)


def state_words(scenario_words: str, state: State) -> str:
    """A scenario with what is added to its capacities, in words."""
    additions = ", ".join(f"{key} + {amount:g}" for key, amount in sorted(state))
    return f"{scenario_words} ({additions})" if additions else scenario_words
