"""Worlds of a scenario held against its published figures: what is left of all that nobody knows, and the best one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.statistics import FloatArray
from sim.runs.answer import Answer, answering, basis
from sim.runs.replicate import Job, Perform, Purpose, Replication, performer
from sim.scenario.arguments import checked
from sim.scenario.problems import ArgumentError, Problem, ScenarioError, Spot, check_at_least
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.ranges import check_ends
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Published, Scenario
from sim.study.calibrate.parameters import calibration_of, passed_over_words, targets
from sim.study.calibrate.record import LaterInput, cut_at
from sim.study.forecast.draws import BATCH, values_in
from sim.study.forecast.worlds import Universe
from sim.study.match.implausibility import Record, effective_number, record_of
from sim.study.match.survivors import match_tables, prior_germs
from sim.study.match.waves import Match, match

WORLDS, WAVES, REPLICATIONS = 200, 2, 2
"""Worlds run in each wave, waves, and replications of a world, if nothing else is asked for."""
DRAWS = 4000
"""Draws of which worlds are taken: so many that what is left of them says what is left of the prior."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class MatchAnswer(Answer):
    """What is left of all that nobody knows once worlds are held against the published figures.

    Attributes
    ----------
    scenario, resolved
        The scenario as stated.
    frames
        `waves`, `targets`, `pairs`, `unknowns`, `worlds` and `ensemble`, see `match_tables`; `later`, the inputs that
        cite facts later than the day at which the record is cut.
    manifest
        As every answer's; worlds (run), draws, left (worlds that are not ruled out), worth (of how many worlds alike
        these are worth), share_left, share_low, share_high (of the prior), point (number of the least implausible
        world), implausibility (its own), left_out too.
    """

    kind = "match"

    @property
    def unknowns(self) -> pd.DataFrame:
        """A row an unknown."""
        return self.frames["unknowns"]

    @property
    def targets(self) -> pd.DataFrame:
        """A row a target."""
        return self.frames["targets"]


@dataclass(frozen=True, eq=False)
class MatchPlan:
    """A match that has been checked and not yet run.

    Attributes
    ----------
    universe
        The draws, numbered.
    aims, record
        The targets, and their figures with errors.
    worlds, waves, replications
        Run in each wave; of each world.
    later
        Inputs that rest on facts later than the cut.
    """

    universe: Universe
    aims: dict[str, Published]
    record: Record
    worlds: int
    waves: int
    replications: int
    later: tuple[LaterInput, ...]

    @property
    def runs(self) -> int:
        """Replications to run at most."""
        return self.worlds * self.waves * self.replications

    @property
    def reading(self) -> Reading:
        """The scenario."""
        return self.universe.readings[0]

    @cached_property
    def germs(self) -> Any:
        """What is drawn, with its value in every draw."""
        return prior_germs(self.universe)

    def scenario(self, number: int) -> Scenario:
        """The scenario in a draw, with no published figures but the targets.

        Raises
        ------
        ScenarioError
            If it does not stand there.
        """
        own, common = (
            {name: float(shares[number]) for name, shares in table.items()}
            for table in (self.universe.draws.own, self.universe.draws.common)
        )
        universe = self.universe
        values = values_in(universe.table(0, number), universe.unknowns_in[0], own, common)
        scenario = universe.scenario_in(0, number, values)
        return scenario.model_copy(update={"published": self.aims})


def plan_match(
    scenario: Reading | str | Path,
    *,
    worlds: int | None = None,
    waves: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
) -> MatchPlan:
    """A match that is to be run; see `run_match`.

    Raises
    ------
    ScenarioError
        If nothing is unknown, there is no target, or one has no errors, or it does not stand at an end of an unknown.
    ArgumentError
        If a number makes no sense.
    """
    reading = reading_of(scenario)
    check_at_least(1, waves=waves)
    check_at_least(2, replications=replications)
    if worlds is not None and not BATCH <= worlds <= DRAWS:
        raise ArgumentError(f"a wave has {BATCH} to {DRAWS} worlds (got {worlds})")
    aims = targets(reading)
    record = record_of(reading, aims)
    cut = cut_at(reading, calibration_of(reading).until)
    reading = cut.reading
    seed = reading.scenario.study.seed if seed is None else seed
    if not reading.scenario.unknown:
        message = "says of nothing that it is unknown: without an [unknown.NAME] there is nothing to rule out"
        raise ScenarioError([Problem(Spot(reading.file), (), message)])
    check_ends(reading)
    universe = Universe((reading,), seed, DRAWS, None, None, movable=(cut.movable,))
    return MatchPlan(universe, aims, record, worlds or WORLDS, waves or WAVES, replications or REPLICATIONS, cut.later)


@checked
def match_worlds(
    scenario: Reading | str | Path,
    *,
    worlds: int | None = None,
    waves: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    on_done: Callable[[Replication], None] | None = None,
    perform: Perform | None = None,
) -> MatchAnswer:
    """Hold worlds of a scenario against the targets of its [calibration], in waves.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    worlds, waves, replications
        Worlds of each wave, waves, and replications of each world: two at least, which tell luck.
    seed, workers, on_done, perform
        As of `forecast`.

    Raises
    ------
    ScenarioError
        If the scenario has nothing unknown, no target, or a target without errors, or does not stand in a world.
    ArgumentError
        If a number makes no sense.
    """
    plan = plan_match(scenario, worlds=worlds, waves=waves, replications=replications, seed=seed)
    with nullcontext(perform) if perform else performer(min(workers, plan.runs), on_done) as own:
        return run_match(plan, own)


def run_match(plan: MatchPlan, perform: Perform) -> MatchAnswer:
    """Run a match that has been planned."""
    from threadpoolctl import threadpool_limits

    study, basics = plan.reading.scenario.study, answering(plan.reading)

    def ask(numbers: Sequence[int]) -> FloatArray:
        parts = [asked_of(plan, numbers[start : start + BATCH], perform) for start in range(0, len(numbers), BATCH)]
        return np.concatenate(parts)

    with threadpool_limits(1):  # sums over threads differ in their last digit from machine to machine
        outcome = match(plan.germs, plan.record, ask, plan.worlds, plan.waves, study.level, plan.universe.seed)
        frames = match_tables(plan.universe, plan.aims, outcome, plan.later)
    return MatchAnswer(**basics, manifest=manifest_of_match(plan, outcome, basics), frames=frames)


def asked_of(plan: MatchPlan, numbers: Sequence[int], perform: Perform) -> FloatArray:
    """What some worlds say to the targets: worlds × targets × replications; NaN where traffic stops for good."""
    jobs = [
        Job(scenario, plan.universe.seed, number * plan.replications + place, about, Purpose.MATCH)
        for number in numbers
        for scenario, about in [(plan.scenario(number), f"{plan.reading.words}, world {number}")]
        for place in range(plan.replications)
    ]
    answers = np.array([target_answers(replication, plan.aims) for replication in perform(jobs)])
    return answers.reshape(len(numbers), plan.replications, len(plan.aims)).swapaxes(1, 2)


def target_answers(replication: Replication, aims: dict[str, Published]) -> FloatArray:
    """What a replication says to each target; NaN where it says nothing, or its traffic stopped."""
    if replication.deadlock:
        return np.full(len(aims), np.nan)
    return replication.published.set_index("name")["value"].reindex(list(aims)).to_numpy(float)


def manifest_of_match(plan: MatchPlan, outcome: Match, basics: dict[str, Any]) -> dict[str, Any]:
    """What the answer rests on, and what it comes to in a few numbers."""
    share, low, high = outcome.share_left
    worst = float(np.abs(outcome.scores[outcome.best]).max())
    return basis(
        MatchAnswer.kind,
        basics,
        seed=plan.universe.seed,
        replications=plan.replications,
        level=outcome.level,
        worlds=len(outcome.numbers),
        draws=plan.universe.worlds,
        left=int(outcome.is_left.sum()),
        worth=effective_number(outcome.weights),
        share_left=share,
        share_low=low,
        share_high=high,
        point=int(outcome.numbers[outcome.best]),
        implausibility=worst if np.isfinite(worst) else None,
        left_out=passed_over_words(plan.reading),
    )
