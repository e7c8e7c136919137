"""A sensitivity: which of the assumed ranges turns a stated conclusion, and how much each of them moves its measure.

Two questions, two sets of points, all under the same random numbers. *Alone*: each factor goes through its range while
the others stay as stated; the conclusion is turned at a value if the interval of its measure lies beyond the threshold.
*Together*: all factors move over a design of Morris or Saltelli, which gives indices of influence and interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.addresses import values_at
from sim.measure.catalogue import unit_of
from sim.measure.statistics import FloatArray, divide
from sim.runs.answer import Answer, answering, basis
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Perform, Replication, performer
from sim.runs.shapes import Damaged
from sim.scenario.addresses import Conclusion
from sim.scenario.arguments import checked
from sim.scenario.meaning import conclusion as conclusion_of
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.study.compare.arms import CompareError
from sim.study.sensitivity.indices import design_steps, indices
from sim.study.sensitivity.plan import SensitivityPlan, alone_points, plan_sensitivity
from sim.study.sensitivity.turns import flips, judgements
from sim.study.sweep.factors import Factor, Point, check_points, factors, named_points, point_words, points_at
from sim.study.variants import in_batches, point_table


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SensitivityResults(Answer):
    """What a sensitivity came to.

    Attributes
    ----------
    scenario, resolved
        What was asked about, with its [sensitivity] as asked.
    frames
        `effects`, a row a factor, the most influential first: factor, scale, low, high (empty where values are listed),
        stated, source; the indices of
        `sensitivity.indices`; `flips` (`yes`: a value tried alone turns the conclusion, `perhaps`: as far as the
        intervals tell, `no`), `flips_at` and `keeps_at` (the nearest value that does, and the last before it that does
        not); `turned_share`, the share of the steps of the design in this factor that turn it.
        `alone`, each factor tried alone: factor, value, replications, mean, ci_low, ci_high, verdict (`holds`, `fails`,
        or `open`: the interval holds the threshold).
        `points`, every point, the first the scenario as stated: point, a column a factor (empty: as stated), role,
        replications, mean, ci_low, ci_high, verdict.
    manifest
        As every answer's; against, conclusion, method, points, period and unit of the measure, design_holds_share (the
        share of the points of the design at which the mean bears the conclusion out), left_out (key paths of assumed
        figures that could not be moved) too.
    """

    kind = "sensitivity"

    @property
    def conclusion(self) -> Conclusion:
        """What was asked."""
        assert self.scenario.sensitivity is not None
        return conclusion_of(self.scenario.sensitivity.conclusion, self.scenario)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What was moved."""
        assert self.scenario.sensitivity is not None
        return factors(self.reading, self.scenario.sensitivity.factors)

    def check(self) -> None:
        """See `Answer.check`: all tables speak of the factors of the scenario, and of its conclusion."""
        check_points(self.points, self.factors, self.manifest["points"])
        keys = {factor.key for factor in self.factors}
        for title, table in (("effects.csv", self.effects), ("alone.csv", self.alone)):
            if set(table["factor"]) != keys:
                raise Damaged(f"{title} has other factors than the scenario")
        if self.manifest["conclusion"] != str(self.conclusion) or self.points["role"].tolist()[0] != "stated":
            raise Damaged("its manifest has another conclusion than the scenario, or no point is as stated")

    @property
    def effects(self) -> pd.DataFrame:
        """The factors, the most influential first."""
        return self.frames["effects"]

    @property
    def alone(self) -> pd.DataFrame:
        """Each factor tried alone."""
        return self.frames["alone"]

    @property
    def points(self) -> pd.DataFrame:
        """Every point, the scenario as stated first."""
        return self.frames["points"]

    @property
    def unit(self) -> str:
        """Unit of the measure."""
        return str(self.manifest["unit"])


@checked
def sensitivity(
    scenario: Reading | str | Path,
    conclusion: str | None = None,
    *,
    against: Reading | str | Path | None = None,
    factors: Mapping[str, Any] | None = None,
    assumed_share: float | None = None,
    within: Sequence[str] = (),
    method: str | None = None,
    trajectories: int | None = None,
    samples: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: bool = True,
    on_done: Callable[[Replication], None] | None = None,
    perform: Perform | None = None,
) -> SensitivityResults:
    """Ask which uncertain inputs turn a conclusion, as a scenario's [sensitivity] says, or as the arguments say.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    conclusion
        Such as `throughput_mt:all:titr:2030 >= 10`; with `against`, `transit_days difference < -1`.
    against
        The scenario that the difference is taken from, as `scenario` may be; a factor moves in both as far as both
        have it.
    factors
        By key path: (low, high), a list of words or switches, or a table as in a file; instead of those of the file.
    assumed_share
        Take all that the scenario assumes instead: every number, this share below and above what is stated, and every
        switch and word, at all that it may be.
    within
        With `assumed_share`: key paths of the tables to look in.
    method, trajectories, samples
        As in a file's [sensitivity].
    replications, seed, workers, progress, on_done, perform
        As of `sweep`.

    Raises
    ------
    ScenarioError
        If the scenario, a factor, the conclusion or any point cannot be read, or the model has no such measure.
    CompareError
        If the two scenarios do not pair, or the measure is not observed at a point.
    ConservationError
        If an account of a run does not close.
    """
    reading = reading_of(scenario)
    other = against if isinstance(against, Reading) else None
    changes = {
        "conclusion": conclusion,
        "against": other.name if other else None if against is None else str(against),
        "factors": factors,
        "method": method,
        "trajectories": trajectories,
        "samples": samples,
    }
    plan = plan_sensitivity(
        reading, changes, assumed_share, within, against=other, replications=replications, seed=seed
    )
    on_done = with_line(on_done, plan.runs, progress)
    with nullcontext(perform) if perform else performer(min(workers, plan.runs), on_done) as own:
        return run_sensitivity(plan, own)


def run_sensitivity(plan: SensitivityPlan, perform: Perform) -> SensitivityResults:
    """Run a sensitivity that has been planned."""
    about = answering(plan.reading)
    values = conclusion_values(plan, perform)
    level = plan.reading.scenario.study.level
    judged_points = judgements(values, plan.conclusion, level)
    where = {point: number for number, point in enumerate(plan.points)}
    design = [where[point] for point in points_at(plan.factors, plan.design)]
    means = judged_points["mean"].to_numpy(float)[design]
    alone = alone_table(plan.factors, alone_points(plan.factors), where, judged_points)
    holds = np.array([plan.conclusion.holds(mean) for mean in means])
    effects = pd.DataFrame(
        [[factor.key, factor.scale, *range_ends(factor), factor.stated, factor.source] for factor in plan.factors],
        columns=["factor", "scale", "low", "high", "stated", "source"],
    )
    numbers = [len(factor.values) for factor in plan.factors]
    for name, column in indices(plan.table, plan.design, means, level, plan.seed, numbers).items():
        effects[name] = column
    verdicts = [flips(factor, alone, judged_points.iloc[0], plan.conclusion) for factor in plan.factors]
    effects = pd.concat([effects, pd.DataFrame(verdicts)], axis=1)
    effects["turned_share"] = turned_share(design_steps(plan.table, plan.design), holds)
    first = "mu_star" if plan.table.method == "morris" else "st"
    frames = {
        "effects": effects.sort_values(first, ascending=False, kind="stable", ignore_index=True),
        "alone": alone,
        "points": judged_table(plan, judged_points, set(design)),
    }
    manifest = basis(
        "sensitivity",
        about,
        seed=plan.seed,
        replications=plan.replications,
        level=level,
        against=plan.against.name if plan.against else None,
        conclusion=str(plan.conclusion),
        method=plan.table.method,
        points=len(plan.points),
        period=plan.period,
        unit=unit_of(plan.conclusion.address.kpi),
        design_holds_share=float(holds.mean()),
        left_out=list(plan.left_out),
    )
    return SensitivityResults(**about, manifest=manifest, frames=frames)


def conclusion_values(plan: SensitivityPlan, perform: Perform) -> FloatArray:
    """The measure of the conclusion at each point, points × replications; less that of the other scenario there.

    Raises
    ------
    ScenarioError
        If the model has no such measure.
    CompareError
        If the measure is observed in no replication at a point.
    """
    values = np.full((len(plan.scenarios) + len(plan.against_scenarios), plan.replications), np.nan)
    kpis = frozenset([plan.conclusion.address.kpi])
    for place, batch in enumerate(in_batches(perform, scenarios_in_turn(plan), plan.seed, plan.replications, kpis)):
        values[place] = values_at([plan.conclusion.address], [replication.kpis for replication in batch])[0]
    if plan.against_scenarios:
        values = values[0::2] - values[1::2]
    for point, row in zip(plan.points, values, strict=True):
        if not np.isfinite(row).any():
            where = point_words(plan.factors, point)
            raise CompareError(f"{plan.conclusion.address} is observed in no replication at a point: {where}")
    return values


def scenarios_in_turn(plan: SensitivityPlan) -> list[tuple[str, Scenario]]:
    """The scenario at each point, with its name; each followed by the other one there, if there is one."""
    scenarios = named_points(plan.reading.words, plan.factors, plan.points, plan.scenarios)
    if plan.against is None:
        return scenarios
    against = named_points(plan.against.words, plan.factors, plan.points, plan.against_scenarios)
    return [entry for pair in zip(scenarios, against, strict=True) for entry in pair]


def judged_table(plan: SensitivityPlan, judged_points: pd.DataFrame, design: set[int]) -> pd.DataFrame:
    """Every point with what the conclusion comes to there."""
    table = point_table([factor.label for factor in plan.factors], plan.points)
    alone = len(set(alone_points(plan.factors)))
    roles = ["stated", *["alone"] * alone]
    roles += ["design"] * (len(plan.points) - len(roles))
    table["role"] = ["alone, design" if role == "alone" and n in design else role for n, role in enumerate(roles)]
    return pd.concat([table, judged_points], axis=1)


def alone_table(
    factors: Sequence[Factor], points: Sequence[Point], where: Mapping[Point, int], table: pd.DataFrame
) -> pd.DataFrame:
    """Each factor tried alone, a row a value, with the columns of `judgements`."""
    rows = []
    for point in points:
        [place] = [place for place, value in enumerate(point) if value is not None]
        rows.append([factors[place].key, point[place], *table.iloc[where[point]]])
    return pd.DataFrame(rows, columns=["factor", "value", *table.columns])


def range_ends(factor: Factor) -> tuple[float | None, float | None]:
    """The ends of a range; none of listed values."""
    return (None, None) if factor.values else (factor.low, factor.high)


def turned_share(steps: Sequence[Sequence[tuple[int, int]]], holds: npt.NDArray[np.bool_]) -> FloatArray:
    """For each factor the share of its steps in a design between whose ends the conclusion turns."""
    counts = [sum(bool(holds[start] != holds[end]) for start, end in pairs) for pairs in steps]
    return divide(np.array(counts), np.array([len(pairs) for pairs in steps]))
