"""The answer about a target: the plans confirmed over the whole horizon, and all plans of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.measure.chances import Chance
from sim.measure.statistics import FloatArray, Interval
from sim.runs.answer import Answer
from sim.runs.shapes import Damaged
from sim.study.question import Question
from sim.study.target.plans import Menu, Plan

COLUMNS = (
    *("plan", "cost_musd", "present_musd", "mean_mt", "ci_low", "ci_high", "reached", "replications", "share"),
    *("share_low", "share_high", "predicted", "assured_mt", "reaches"),
)


@dataclass(frozen=True, eq=False)
class Confirmation:
    """A plan run over the whole horizon.

    Attributes
    ----------
    values_mt
        Throughput in each replication.
    screened_mt
        Mean of the excerpt in the search; NaN if it was not run.
    """

    plan: Plan
    values_mt: FloatArray
    mean: Interval
    chance: Chance
    screened_mt: float
    assured_mt: float
    reached_mt: float

    def reaches(self, probability: float) -> bool:
        """Whether a share of the replications of at least a probability reaches the target."""
        return self.chance.share >= probability


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Target(Answer):
    """The answer about a target.

    Attributes
    ----------
    frames
        `plans`, see `plan_table`. `screened`, every plan of the search, over the excerpt: plan, cost_musd,
        present_musd, mt, on_frontier, predicted: the probability of the target that it lets expect, shifted and
        scattered as the confirmed plans are. `worlds`: the confirmed plans over all that is not known, see
        `sim.study.forecast.plans.over_worlds`; no row where nothing is. `choice`: what finding out is worth to
        who chooses the plan that carries most for a budget, see `sim.study.forecast.plans.choice_table`.
    manifest
        As every answer's, its replications being those of a confirmation; and

        - corridor, year, title, target_mt, probability: what was asked; discount_share, day: of the present value;
        - choices, fixed: how many investments could be chosen, and those that could not;
        - stated, best, cheapest: the plan as the scenario has it, the confirmed one that carries most with the
          probability asked for, and the cheapest whose share of replications is at least that (none: null);
        - best_reached_mt: the greatest target that the best plan reaches in such a share of replications;
        - method, screening, open_plans: how plans were found, by how many replications, and how many plans it left
          undecided: they may better the frontier;
        - runs_screened, runs_whole, is_excerpt: runs of the search, and of the whole horizon; whether the search ran
          less than that;
        - deviations_mt: mean of the search less mean of the whole, for each plan that was run in both.
    """

    kind = "target"

    @property
    def about(self) -> Question:
        """What was asked."""
        return Question(*(self.manifest[key] for key in ("corridor", "year", "title")))

    @property
    def table(self) -> pd.DataFrame:
        """One row a confirmed plan, the cheapest first."""
        return self.frames["plans"]

    @property
    def screened(self) -> pd.DataFrame:
        """One row a plan of the search."""
        return self.frames["screened"]

    def check(self) -> None:
        """See `Answer.check`: the plans that its manifest names stand in the table of plans."""
        for role in ("stated", "best", "cheapest"):
            if self.manifest[role] is not None and self.plan(role) is None:
                raise Damaged(f"plans.csv does not have the {role} plan")

    def plan(self, role: str) -> pd.Series[Any] | None:
        """The row of the plan that is `stated`, the `best` or the `cheapest`; None if there is none."""
        rows = self.table[self.table["plan"] == self.manifest[role]]
        return rows.iloc[0] if len(rows) else None


def plan_table(menu: Menu, confirmations: Sequence[Confirmation], probability: float) -> pd.DataFrame:
    """One row a confirmed plan, the cheapest first.

    plan, cost_musd, present_musd, mean_mt, ci_low, ci_high, reached, replications, share, share_low, share_high,
    predicted, assured_mt (what one replication more reaches with the probability asked for), reaches.
    """
    rows = []
    for trial in sorted(confirmations, key=lambda trial: menu.present_musd(trial.plan)):
        mean, chance = trial.mean, trial.chance
        cost = (menu.cost_musd(trial.plan), menu.present_musd(trial.plan))
        share = (chance.successes, chance.n, chance.share, chance.low, chance.high, chance.predicted)
        mt = (mean.mean, mean.low, mean.high)
        rows.append((menu.words(trial.plan), *cost, *mt, *share, trial.assured_mt, trial.reaches(probability)))
    return pd.DataFrame(rows, columns=COLUMNS)
