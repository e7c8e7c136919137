"""The tables of observations beside what replications answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from sim.measure.catalogue import QUANTILES, most_of, unit_of
from sim.measure.chances import range_of_next, range_of_some
from sim.measure.statistics import FEWEST, FloatArray, interval, measure_intervals, quantile_interval
from sim.scenario.addresses import Address
from sim.study.observe.steps import Step

MOST_SHARES = 200
"""Points of a distribution that are kept."""

VERDICTS = ("within", "above", "below", "not told")
"""How an observed step stands to the range of one more replication."""

Samples = Mapping[str, Sequence[FloatArray]]
"""What the replications answer, by step: each an array of all single times in it, or of one amount."""

Statistic = Callable[[FloatArray], FloatArray]
"""A number of many, along their last axis."""

FACT_COLUMNS = (
    *("name", "title", "fact", "used_for", "kpi", "place", "flow", "start", "end", "value", "low", "high", "basis"),
    "sampled",
)


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

    @property
    def statistics(self) -> dict[str, Statistic]:
        """What is told of all steps: the total of amounts; mean and quantiles of times."""
        if self.adds_up:
            return {"total": partial(np.sum, axis=-1)}
        quantiles = {name: partial(np.quantile, q=share, axis=-1) for name, share in QUANTILES.items()}
        return {"mean": lambda values: np.asarray(values.mean(axis=-1)), **quantiles}

    @property
    def pooled_answers(self) -> list[FloatArray]:
        """What each replication answers in all steps together: what lies between them was not observed."""
        samples = [self.samples[f"step_{number}"] for number in range(len(self.steps))]
        return [np.concatenate(parts) for parts in zip(*samples, strict=True)]

    def simulated(self, replications: Sequence[FloatArray], statistic: Statistic, number: int) -> dict[str, float]:
        """What the replications that say anything answer: mean, interval, range of `number` of one more."""
        with_any = [values for values in replications if len(values) and np.isfinite(values).all()]
        answers = np.array([float(statistic(values)) for values in with_any])
        means = measure_intervals(answers[np.newaxis], self.level, most_of(self.address.kpi))
        if self.adds_up or not with_any:
            low, high = range_of_next(answers, self.level)
        else:
            low, high = range_of_some(with_any, number, statistic, self.level)
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
        first_statistic = next(iter(self.statistics.values()))
        for number, (step, observed) in enumerate(zip(self.steps, self.observed.tolist(), strict=True)):
            simulated = self.simulated(self.samples[f"step_{number}"], first_statistic, len(step.values))
            start, end = str(step.start), str(step.end)
            step_row = {"from": start, "until": end, "n": len(step.values), "observed": observed}
            rows.append(
                {**step_row, **simulated, "verdict": step_verdict(observed, simulated["low"], simulated["high"])}
            )
        return pd.DataFrame(rows)

    def span_table(self) -> pd.DataFrame:
        """A row a statistic over all steps: their total, or mean and quantiles of the times."""
        values, pooled_answers = self.values, self.pooled_answers
        rows = [
            {
                "statistic": name,
                "observed": float(statistic(values)),
                "n": len(values),
                **self.simulated(pooled_answers, statistic, len(values)),
            }
            for name, statistic in self.statistics.items()
        ]
        return pd.DataFrame(rows)

    def distribution_table(self) -> pd.DataFrame:
        """Of times, those within which a share of the trains are done: observed, and in replication 0.

        The shares go from that of the least to that of the greatest time observed.
        """
        if self.adds_up:
            return pd.DataFrame({name: np.zeros(0) for name in ("share", "observed", "simulated")})
        observed, simulated = self.values, self.pooled_answers[0]
        end = 0.5 / len(observed)
        shares = np.linspace(end, 1 - end, min(MOST_SHARES, len(observed)))
        # the value of each rank lies at the middle of its share
        columns = [
            np.quantile(values, shares, method="hazen") if len(values) else np.full(len(shares), np.nan)
            for values in (observed, simulated)
        ]
        return pd.DataFrame({"share": shares, "observed": columns[0], "simulated": columns[1]})

    def facts_table(self, fact: str, sampled: str) -> pd.DataFrame:
        """The observations as published figures, each with a band that says what luck may have made of it."""
        figures: list[tuple[str, Sequence[Step], tuple[float, float, float]]] = []
        # what lies between steps was not observed: each stretch of them is a figure of its own
        for stretch in unbroken_runs(self.steps):
            part = SideBySide(stretch, self.address, self.adds_up, {}, self.level)
            if self.adds_up:
                figures.append((self.address.kpi, stretch, part.total_band()))
            elif len(part.values) >= FEWEST:  # of fewer nothing says what luck may have made of them
                figures.append((self.address.kpi, stretch, part.mean_band()))
                figures += [
                    (f"{self.address.kpi}_{name}", stretch, quantile_band(part.values, share, self.level))
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
        numbers = dict.fromkeys(("value", "low", "high"), float)
        return pd.DataFrame(rows, columns=list(FACT_COLUMNS)).astype(numbers)

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
