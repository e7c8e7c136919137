"""A target: how probable it is as things stand, and the cheapest of a scenario's investments that make it so.

The search runs an excerpt of the horizon (`throughput.excerpt`) with few replications. What it finds is confirmed over
the whole horizon, with replications that had no part in the search: the scenario as it is, the plan that carries most,
then plans of the frontier from the cheapest on that may reach the target. The probability is the share of replications
that reach it, with its exact interval; beside it stands what Student's t predicts of one replication more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.chances import assured_value, chance_of_target, pooled_chances, reached_value
from sim.measure.statistics import interval
from sim.runs.answer import answering, basis
from sim.runs.replicate import Perform, performer
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.target.answer import Confirmed, Target, plan_table
from sim.study.target.plans import Menu, Plan, menu, with_plan
from sim.study.target.search import Search, search_plans
from sim.study.throughput import Question, QuestionError, excerpt, question
from sim.study.variants import FIRST_REPLICATION, Runs

PROBABILITY, DISCOUNT_SHARE = 0.8, 0.05
MOST_PLANS, SCREENING, REPLICATIONS, MOST_CONFIRMED = 48, 2, 8, 5
TOLERANCE_SHARE = 0.005
"""Gains below this share of the target are none to the search."""

NEAR = 0.25
"""A plan is confirmed if its predicted probability is less than this below the one asked for."""

Variant = tuple[Plan, bool]
"""A plan, and whether the excerpt is run."""


SCREENED = ("plan", "cost_musd", "present_musd", "mt", "on_frontier", "predicted")


def expected(screened_mt: Sequence[float], confirmed: Sequence[Confirmed], target_mt: float) -> list[float]:
    """Probability of a target that the search lets expect of its plans.

    Their means are shifted as those of the confirmed plans are between search and whole, and the next replication
    scatters as theirs do, together.
    """
    shift = np.nanmean([each.mean.mean - each.screened_mt for each in confirmed])
    return pooled_chances(np.asarray(screened_mt) + shift, [each.values_mt for each in confirmed], target_mt)


def aim(scenario: Scenario, corridor: str | None, year: int | None, target_mt: float | None) -> tuple[Question, float]:
    """The question, and the target: by default the scenario's own, in the last year that has one.

    Raises
    ------
    QuestionError
        If there is no target, or no such corridor or year.
    """
    about = question(scenario, corridor, year)
    aims = scenario.corridors[about.corridor].target_mt if about.corridor in scenario.corridors else {}
    if year is None and aims:
        covered = [each for each in aims if scenario.horizon.start.year <= each < scenario.horizon.end.year]
        about = question(scenario, corridor, max(covered, default=max(aims)))
    if about.year == ALL:
        raise QuestionError("year: the horizon covers no calendar year whole, and a target is for a year")
    wanted = aims.get(int(about.year)) if target_mt is None else target_mt
    if wanted is None:
        raise QuestionError(f"target: the scenario has none for '{about.corridor}' in {about.year}; state one")
    return about, wanted


def target(
    reading: Reading,
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
    seed: int | None = None,
    workers: int = 1,
    perform: Perform | None = None,
    on_search: Callable[[Search], None] | None = None,
) -> Target:
    """Find how probable a target is, and the cheapest investments with which it is as probable as asked for.

    Parameters
    ----------
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
    perform
        Does the runs instead of `workers` processes.
    on_search
        Called after each batch of the search.

    Raises
    ------
    QuestionError
        If the scenario cannot answer.
    """
    study, answered = reading.scenario.study, answering(reading)
    about, wanted = aim(reading.scenario, corridor, year, target_mt)
    if unknown := [name for name in given if name not in reading.scenario.investments]:
        raise QuestionError(f"given: '{unknown[0]}' is no investment of the scenario")
    choices = menu(reading, int(about.year), discount_share, given)

    def scenario_of(variant: Variant) -> Scenario:
        planned = with_plan(reading, choices, variant[0])
        return excerpt(planned, about.year) if variant[1] else planned

    def words_of(variant: Variant) -> str:
        return f"{reading.words} (investments: {choices.words(variant[0])})"

    with performer(workers) as own:
        runs = Runs(perform or own, study.seed if seed is None else seed, scenario_of, about, words_of)
        inquiry = Inquiry(choices, runs, wanted, probability, study.level, screening, replications)
        found = inquiry.searched(plans, on_search or (lambda search: None))
        confirmed = inquiry.confirmed(found)
    return inquiry.answered(answered, found, confirmed)


@dataclass(frozen=True)
class Inquiry:
    """What is asked, and what runs it."""

    menu: Menu
    runs: Runs[Variant]
    target_mt: float
    probability: float
    level: float
    screening: int
    replications: int

    def searched(self, most: int, on_search: Callable[[Search], None]) -> Search:
        """The search over the excerpt."""
        indices = range(FIRST_REPLICATION, FIRST_REPLICATION + self.screening)

        def evaluate(plans: Sequence[Plan]) -> list[float]:
            self.runs.make([(plan, True) for plan in plans], indices)
            return [float(self.runs.values((plan, True), indices).mean()) for plan in plans]

        return search_plans(self.menu, evaluate, most, TOLERANCE_SHARE * self.target_mt, on_search)

    def confirmed(self, found: Search) -> list[Confirmed]:
        """Plans over the whole horizon: as stated, the most, and from the cheapest on what may reach the target."""
        frontier = found.frontier()
        first = list(dict.fromkeys([self.menu.stated_plan, frontier[-1]]))
        self.run_whole(first)
        done = [self.confirm(plan, found) for plan in first]
        waiting = [plan for plan in frontier if plan not in first and self.is_near(plan, found, done)]
        for plan in waiting:
            if len(done) >= MOST_CONFIRMED:
                break
            self.run_whole([plan])
            done.append(self.confirm(plan, found))
            if done[-1].chance.share >= self.probability:
                break
        rest = [plan for plan in reversed(frontier) if plan not in [each.plan for each in done]]
        if not any(each.chance.share >= self.probability for each in done):
            rest = rest[: max(0, MOST_CONFIRMED - len(done))]
            self.run_whole(rest)
            done += [self.confirm(plan, found) for plan in rest]
        return done

    @property
    def fresh(self) -> range:
        """Replications of the confirmation, none of which the search has seen."""
        first = FIRST_REPLICATION + self.screening
        return range(first, first + self.replications)

    def run_whole(self, plans: Sequence[Plan]) -> None:
        """Run plans over the whole horizon."""
        self.runs.make([(plan, False) for plan in plans], self.fresh)

    def confirm(self, plan: Plan, found: Search) -> Confirmed:
        """What a plan that was run came to."""
        values = self.runs.values((plan, False), self.fresh)
        return Confirmed(
            plan,
            values,
            interval(values, self.level),
            chance_of_target(values, self.target_mt, self.level),
            found.mt_by_plan.get(plan, float("nan")),
            assured_value(values, self.probability),
            reached_value(values, self.probability),
        )

    def is_near(self, plan: Plan, found: Search, done: Sequence[Confirmed]) -> bool:
        """Whether a plan may reach the target, as its excerpt and the plans confirmed so far let expect."""
        [likely] = expected([found.mt_by_plan[plan]], done, self.target_mt)
        return likely > self.probability - NEAR

    def answered(self, about: dict[str, Any], found: Search, confirmed: Sequence[Confirmed]) -> Target:
        """The answer; `about` is of `answering`."""
        menu, short = self.menu, [key for key in self.runs.kpis if key[0][1]]
        whole: Scenario = about["scenario"]
        reaching = [trial for trial in confirmed if trial.chance.share >= self.probability]
        cheapest = min(reaching, key=lambda trial: menu.present_musd(trial.plan), default=None)
        best = max(confirmed, key=lambda trial: trial.assured_mt)
        off = [trial.screened_mt - trial.mean.mean for trial in confirmed if np.isfinite(trial.screened_mt)]
        manifest = basis(
            "target",
            about,
            seed=self.runs.seed,
            replications=self.replications,
            level=self.level,
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
            method=found.method,
            screening=self.screening,
            open_plans=len(found.open_plans()),
            runs_screened=len(short),
            runs_whole=len(self.runs.kpis) - len(short),
            is_excerpt=excerpt(whole, self.runs.about.year) is not whole,
            deviations_mt=[float(deviation) for deviation in off],
        )
        frames = {
            "plans": plan_table(menu, confirmed, self.probability),
            "screened": self.screened_table(found, confirmed),
        }
        return Target(**about, manifest=manifest, frames=frames)

    def screened_table(self, found: Search, confirmed: Sequence[Confirmed]) -> pd.DataFrame:
        """Every plan of the search, see `Target`."""
        menu, frontier = self.menu, found.frontier()
        likely = expected(list(found.mt_by_plan.values()), confirmed, self.target_mt)
        rows = [
            (menu.words(plan), menu.cost_musd(plan), menu.present_musd(plan), mt, plan in frontier, chance)
            for (plan, mt), chance in zip(found.mt_by_plan.items(), likely, strict=True)
        ]
        return pd.DataFrame(rows, columns=SCREENED)
