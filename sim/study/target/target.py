"""A target: how probable it is as things stand, and the cheapest of a scenario's investments that make it so.

The search runs an excerpt of the horizon (`throughput.excerpt`) with few replications. What it finds is confirmed over
the whole horizon, with replications that had no part in the search: the scenario as it is, the plan that carries most,
then plans of the frontier from the cheapest on that may reach the target. The probability is the share of replications
that reach it, with its exact interval; beside it stands what Student's t predicts of one replication more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.chances import assured_value, chance_of_target, pooled_chances, reached_value
from sim.measure.statistics import measure_interval
from sim.runs.answer import answering, basis
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Perform, engine_note, performer
from sim.scenario.arguments import checked
from sim.scenario.problems import ArgumentError, check_at_least
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.ranges import check_ends
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.study.forecast.plans import WORLDS, WorldPlan, over_worlds, without_investments
from sim.study.question import THROUGHPUT, QuestionError, aim, excerpt
from sim.study.target.answer import Confirmation, Target, plan_table
from sim.study.target.plans import Menu, Plan, menu, with_plan
from sim.study.target.search import Search, search_plans
from sim.study.variants import FIRST_REPLICATION, Runs

PROBABILITY, DISCOUNT_SHARE = 0.8, 0.05
MOST_PLANS, SCREENING, REPLICATIONS, MOST_CONFIRMED = 48, 2, 8, 5
TOLERANCE_SHARE = 0.005
"""Gains below this share of the target are none to the search."""

WORLDS_OF_RIVALS = 100
"""Worlds from which rivals of the confirmed plans are run, too: of fewer no choice between plans much alike is told."""

NEAR = 0.25
"""A plan is confirmed if its predicted probability is less than this below the one asked for."""

Variant = tuple[Plan, bool]
"""A plan, and whether the excerpt is run."""


SCREENED_COLUMNS = ("plan", "cost_musd", "present_musd", "mt", "on_frontier", "predicted")


def expected_chances(
    screened_mt: Sequence[float], confirmations: Sequence[Confirmation], target_mt: float
) -> list[float]:
    """Probability of a target that the search lets expect of its plans.

    Their means are shifted as those of the confirmed plans are between search and whole, and the next replication
    scatters as theirs do, together.
    """
    shift = np.nanmean([trial.mean.mean - trial.screened_mt for trial in confirmations])
    return pooled_chances(np.asarray(screened_mt) + shift, [trial.values_mt for trial in confirmations], target_mt)


@checked
def target(
    scenario: Reading | str | Path,
    *,
    target_mt: float | None = None,
    corridor: str | None = None,
    year: int | None = None,
    probability: float = PROBABILITY,
    discount_share: float = DISCOUNT_SHARE,
    given: Sequence[str] = (),
    plans: int = MOST_PLANS,
    screening: int = SCREENING,
    replications: int = REPLICATIONS,
    worlds: int = WORLDS,
    seed: int | None = None,
    workers: int = 1,
    progress: bool = True,
    perform: Perform | None = None,
    on_search: Callable[[Search], None] | None = None,
) -> Target:
    """Find how probable a target is, and the cheapest investments with which it is as probable as asked for.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    target_mt, corridor, year
        What is asked; by default what the scenario states.
    probability
        Asked for.
    discount_share
        Rate of discount a year: an investment put off costs less.
    given
        Investments that stay as the file has them.
    plans, screening
        Most plans run in the search, and replications of each.
    replications
        Replications of a confirmation.
    worlds
        Draws of all that is not known in which each confirmed plan is run, the same for all; where nothing is stated
        as unknown, none.
    progress
        Whether a notebook shows how many replications are done.
    perform
        Does the runs instead of `workers` processes.
    on_search
        Called after each batch of the search.

    Raises
    ------
    QuestionError
        If the scenario cannot answer.
    ScenarioError
        If it does not stand at an end of an unknown, and worlds are to be drawn.
    ArgumentError
        If there are to be no plans, or fewer than two replications of a confirmation, or a number is out of its range.
    """
    reading = reading_of(scenario)
    check_at_least(0, target_mt=target_mt, discount_share=discount_share)
    check_at_least(1, plans=plans, screening=screening)
    check_at_least(2, replications=replications)
    check_at_least(0, worlds=worlds)
    if not 0 < probability < 1:
        raise ArgumentError(f"probability must lie between 0 and 1 (got {probability:g})")
    if worlds:
        check_ends(reading)
    study, subject = reading.scenario.study, answering(reading)
    about, aim_mt = aim(reading.scenario, corridor, year, target_mt)
    if unknown := [name for name in given if name not in reading.scenario.investments]:
        raise QuestionError(f"given: '{unknown[0]}' is no investment of the scenario")
    choices = menu(reading, int(about.year), discount_share, given)

    def scenario_of(variant: Variant) -> Scenario:
        plan, is_short = variant
        world = with_plan(reading, choices, plan).scenario
        return excerpt(world, about.year) if is_short else world

    def words_of(variant: Variant) -> str:
        return f"{reading.words} (investments: {choices.words(variant[0])})"

    with performer(workers, with_line(None, None, progress)) as own:
        runs = Runs(perform or own, study.seed if seed is None else seed, scenario_of, about, words_of, [THROUGHPUT])
        inquiry = Inquiry(reading, choices, runs, aim_mt, probability, study.level, screening, replications)
        search = inquiry.search(plans, on_search or (lambda search: None))
        confirmations = inquiry.confirm_frontier(search)
        return inquiry.answer(subject, search, confirmations, worlds if reading.scenario.unknown else 0)


@dataclass(frozen=True)
class Inquiry:
    """What is asked, and what runs it."""

    reading: Reading
    menu: Menu
    runs: Runs[Variant]
    target_mt: float
    probability: float
    level: float
    screening: int
    replications: int

    def search(self, limit: int, on_search: Callable[[Search], None]) -> Search:
        """The search over the excerpt."""
        indices = range(FIRST_REPLICATION, FIRST_REPLICATION + self.screening)

        def evaluate(plans: Sequence[Plan]) -> list[float]:
            self.runs.make([(plan, True) for plan in plans], indices)
            return [float(self.runs.values((plan, True), indices).mean()) for plan in plans]

        return search_plans(self.menu, evaluate, limit, TOLERANCE_SHARE * self.target_mt, on_search)

    def confirm_frontier(self, search: Search) -> list[Confirmation]:
        """Plans over the whole horizon: as stated, the most, and from the cheapest on what may reach the target."""
        frontier = search.frontier()
        ends = list(dict.fromkeys([self.menu.stated_plan, frontier[-1]]))
        confirmations = self.confirm(ends, search)
        # the cheapest that reaches it is the answer: they are run one by one, so that none dearer is run in vain
        waiting = [plan for plan in frontier if plan not in ends and self.is_near(plan, search, confirmations)]
        for plan in waiting[: MOST_CONFIRMED - len(ends)]:
            confirmations += self.confirm([plan], search)
            if confirmations[-1].reaches(self.probability):
                break
        if not any(trial.reaches(self.probability) for trial in confirmations):
            # the excerpt may have misled: what carries most is worth the runs that are left
            run = {trial.plan for trial in confirmations}
            dearest = [plan for plan in reversed(frontier) if plan not in run]
            confirmations += self.confirm(dearest[: max(0, MOST_CONFIRMED - len(confirmations))], search)
        return confirmations

    @property
    def fresh(self) -> range:
        """Replications of the confirmation, none of which the search has seen."""
        first = FIRST_REPLICATION + self.screening
        return range(first, first + self.replications)

    def confirm(self, plans: Sequence[Plan], search: Search) -> list[Confirmation]:
        """What plans come to over the whole horizon, run in one batch."""
        self.runs.make([(plan, False) for plan in plans], self.fresh)
        values = {plan: self.runs.values((plan, False), self.fresh) for plan in plans}
        return [
            Confirmation(
                plan,
                values_mt,
                measure_interval(values_mt, self.level),
                chance_of_target(values_mt, self.target_mt, self.level),
                search.mt_by_plan.get(plan, float("nan")),
                assured_value(values_mt, self.probability),
                reached_value(values_mt, self.probability),
            )
            for plan, values_mt in values.items()
        ]

    def is_near(self, plan: Plan, search: Search, confirmations: Sequence[Confirmation]) -> bool:
        """Whether a plan may reach the target, as its excerpt and the plans confirmed so far let expect."""
        [likely] = expected_chances([search.mt_by_plan[plan]], confirmations, self.target_mt)
        return likely > self.probability - NEAR

    def in_worlds(
        self, confirmations: Sequence[Confirmation], search: Search, worlds: int
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What plans come to over all that is not known, and what finding out is worth to a choice, see `over_worlds`.

        They are those confirmed, and of many worlds their rivals, too: the cheapest first.
        """
        chosen_plans = [trial.plan for trial in confirmations]
        chosen_plans += search.rivals(chosen_plans) if worlds >= WORLDS_OF_RIVALS else []
        plans = []
        for plan in sorted(chosen_plans, key=self.menu.present_musd):
            choices = zip(self.menu.choices, plan, strict=True)
            left_out = [choice.name for choice, day in choices if day is None]
            world_reading = without_investments(with_plan(self.reading, self.menu, plan), left_out)
            cost_musd = self.menu.present_musd(plan)
            plans.append(WorldPlan(self.menu.words(plan), world_reading, present_musd=cost_musd))
        runs = self.runs
        return over_worlds(plans, runs.about, self.target_mt, worlds, runs.seed, self.level, runs.perform)

    def answer(
        self, subject: dict[str, Any], search: Search, confirmations: Sequence[Confirmation], worlds: int
    ) -> Target:
        """The answer; `subject` is of `answering`."""
        menu, short = self.menu, [key for key in self.runs.kpis if key[0][1]]
        scenario: Scenario = subject["scenario"]
        reaching = [trial for trial in confirmations if trial.reaches(self.probability)]
        cheapest = min(reaching, key=lambda trial: menu.present_musd(trial.plan), default=None)
        best = max(confirmations, key=lambda trial: trial.assured_mt)
        off = [trial.screened_mt - trial.mean.mean for trial in confirmations if np.isfinite(trial.screened_mt)]
        manifest = basis(
            "target",
            subject,
            seed=self.runs.seed,
            replications=self.replications,
            level=self.level,
            engine=engine_note(self.runs.engines),
            **vars(self.runs.about),
            target_mt=self.target_mt,
            probability=self.probability,
            discount_share=menu.discount_share,
            day=str(menu.day),
            choices=len(menu.choices),
            fixed=list(menu.fixed_names),
            stated=menu.words(menu.stated_plan),
            best=menu.words(best.plan),
            best_reached_mt=best.reached_mt,
            cheapest=menu.words(cheapest.plan) if cheapest else None,
            method=search.method,
            screening=self.screening,
            open_plans=len(search.open_plans()),
            runs_screened=len(short),
            runs_whole=len(self.runs.kpis) - len(short),
            is_excerpt=excerpt(scenario, self.runs.about.year) is not scenario,
            deviations_mt=[float(deviation) for deviation in off],
        )
        table, choice = self.in_worlds(confirmations, search, worlds)
        frames = {
            "plans": plan_table(menu, confirmations, self.probability),
            "screened": self.screened_table(search, confirmations),
            "worlds": table,
            "choice": choice,
        }
        return Target(**subject, manifest=manifest, frames=frames)

    def screened_table(self, search: Search, confirmations: Sequence[Confirmation]) -> pd.DataFrame:
        """Every plan of the search, see `Target`."""
        menu, frontier = self.menu, search.frontier()
        likely = expected_chances(list(search.mt_by_plan.values()), confirmations, self.target_mt)
        rows = [
            (menu.words(plan), menu.cost_musd(plan), menu.present_musd(plan), mt, plan in frontier, chance)
            for (plan, mt), chance in zip(search.mt_by_plan.items(), likely, strict=True)
        ]
        return pd.DataFrame(rows, columns=SCREENED_COLUMNS)
