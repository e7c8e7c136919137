"""The tables of observations beside what replications answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.catalogue import QUANTILES, most_of, unit_of
from sim.measure.chances import range_of_next
from sim.measure.single_times import single_times
from sim.measure.statistics import FEWEST, FloatArray, interval, measure_intervals, quantile_interval
from sim.model.ledger import Tables
from sim.scenario.addresses import Address
from sim.scenario.schema import Scenario
from sim.study.observe.steps import Step

MOST_SHARES = 200
"""Points of a distribution that are kept."""

VERDICTS = ("within", "above", "below", "not told")
"""How an observed step stands to the range of one more replication."""

Samples = Mapping[str, FloatArray]
"""What each replication answers, by what was asked."""


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Observed steps, and what the replications answer to each of them and over all their days."""

    steps: Sequence[Step]
    address: Address
    adds_up: bool
    samples: Samples
    level: float

    @property
    def unit(self) -> str:
        """The unit of the measure."""
        return unit_of(self.address.kpi)

    @property
    def values(self) -> FloatArray:
        """All that was observed in the steps."""
        return np.concatenate([step.values for step in self.steps])

    @property
    def observed(self) -> FloatArray:
        """What each step was observed to be."""
        return np.array([step.observed(self.adds_up) for step in self.steps])

    def simulated(self, name: str) -> dict[str, float]:
        """What the replications that say anything answer: mean, its interval, and the range of one more."""
        sample = self.samples[name]
        means = measure_intervals(sample[np.newaxis], self.level, most_of(self.address.kpi))
        low, high = range_of_next(sample[np.isfinite(sample)], self.level)
        ends = (means.mean, means.low, means.high)
        mean, ci_low, ci_high = (float(end[0]) for end in ends)
        return {
            "replications": int(means.n[0]),
            "mean": mean,
            "ci_low": ci_low,
            "ci_high": ci_high,
            "low": low,
            "high": high,
        }

    def series_table(self) -> pd.DataFrame:
        """A row a step."""
        rows = []
        for number, (step, observed) in enumerate(zip(self.steps, self.observed.tolist(), strict=True)):
            simulated = self.simulated(f"step_{number}")
            start, end = str(step.start), str(step.end)
            step_row = {"from": start, "until": end, "n": len(step.values), "observed": observed}
            rows.append(
                {**step_row, **simulated, "verdict": step_verdict(observed, simulated["low"], simulated["high"])}
            )
        return pd.DataFrame(rows)

    def span_table(self) -> pd.DataFrame:
        """A row a statistic over all steps: their total, or mean and quantiles of the times."""
        if self.adds_up:
            total = sum(self.samples[f"step_{number}"] for number in range(len(self.steps)))
            summed = SideBySide(self.steps, self.address, True, {"total": np.asarray(total)}, self.level)
            observed = {"total": float(self.observed.sum())}
        else:
            summed = self
            observed = {"mean": float(self.values.mean())}
            observed |= {name: float(np.quantile(self.values, share)) for name, share in QUANTILES.items()}
        rows = [
            {"statistic": name, "observed": value, "n": len(self.values), **summed.simulated(name)}
            for name, value in observed.items()
        ]
        return pd.DataFrame(rows)

    def distribution_table(self, scenario: Scenario, tables: Tables | None) -> pd.DataFrame:
        """Of times, those within which a share of the trains are done: observed, and in one replication."""
        columns = ["share", "observed", "simulated"]
        if tables is None:
            return pd.DataFrame({name: np.zeros(0) for name in columns})
        hours = [scenario.calendar.hours(day) for day in (self.steps[0].start, self.steps[-1].end)]
        times = single_times(scenario, tables, self.address, *hours)
        number = min(MOST_SHARES, len(self.values))
        shares = (np.arange(number) + 0.5) / number
        simulated = np.quantile(times, shares) if len(times) else np.full(number, np.nan)
        return pd.DataFrame(dict(zip(columns, (shares, np.quantile(self.values, shares), simulated), strict=True)))

    def facts_table(self, fact: str, sampled: str) -> pd.DataFrame:
        """The observations as published figures, each with a band that says what luck may have made of it."""
        if self.adds_up:
            # what lies between steps was not observed: each stretch of them is a figure of its own
            figures: list[tuple[str, Sequence[Step], tuple[float, float, float]]] = [
                (self.address.kpi, stretch, SideBySide(stretch, self.address, True, {}, self.level).total_band())
                for stretch in unbroken_runs(self.steps)
            ]
        else:
            figures = [(self.address.kpi, self.steps, self.mean_band())]
            figures += [
                (f"{self.address.kpi}_{name}", self.steps, quantile_band(self.values, share, self.level))
                for name, share in QUANTILES.items()
            ]
        rows = [
            {
                "name": f"{kpi}_{steps[0].start:%Y%m%d}",
                "title": f"{kpi} observed, {steps[0].start} to {steps[-1].end - dt.timedelta(days=1)}",
                "fact": fact,
                "used_for": "validation",
                "kpi": kpi,
                "place": self.address.place,
                "flow": self.address.flow,
                "start": str(steps[0].start),
                "end": str(steps[-1].end),
                "value": value,
                "low": low,
                "high": high,
                "basis": "count",
                "sampled": sampled,
            }
            for kpi, steps, (value, low, high) in figures
        ]
        return pd.DataFrame(rows)

    def mean_band(self) -> tuple[float, float, float]:
        """The mean of all times, and the interval of it by its steps: trains of one week wait for the same things."""
        mean = float(self.values.mean())
        by_step = interval(self.observed if len(self.steps) >= FEWEST else self.values, self.level)
        reach = float(np.nan_to_num((by_step.high - by_step.low) / 2))
        return mean, max(mean - reach, 0.0), mean + reach

    def total_band(self) -> tuple[float, float, float]:
        """The sum of all steps, and what it may be by how they differ; without a band of fewer than three."""
        total, by_step = float(self.observed.sum()), interval(self.observed, self.level)
        reach = float(np.nan_to_num((by_step.high - by_step.low) / 2)) * len(self.steps)
        return total, max(total - reach, 0.0), total + reach


def step_verdict(observed: float, low: float, high: float) -> str:
    """How an observed step stands to the range of one more replication."""
    if not np.isfinite([low, high]).all():
        return "not told"
    return "within" if low <= observed <= high else "above" if observed > high else "below"


def quantile_band(values: FloatArray, share: float, level: float) -> tuple[float, float, float]:
    """A quantile of times, and its interval; where they are too few for an end, the least or the greatest of them."""
    interval_found = quantile_interval(values, share, level)
    low, high = (
        np.nan_to_num(interval_found.low, nan=values.min()),
        np.nan_to_num(interval_found.high, nan=values.max()),
    )
    return interval_found.value, float(low), float(high)


def unbroken_runs(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps in unbroken_runs without a gap."""
    interval_found: list[list[Step]] = []
    for step in steps:
        if interval_found and interval_found[-1][-1].end == step.start:
            interval_found[-1].append(step)
        else:
            interval_found.append([step])
    return interval_found
