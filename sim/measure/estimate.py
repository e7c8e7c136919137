"""One measure over replications: its mean with its interval, and what it is less another, paired by replication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor, isfinite, log10

from sim.measure.statistics import FEWEST, interval
from sim.scenario.problems import ArgumentError

MOST_DECIMALS = 6


@dataclass(frozen=True)
class Estimate:
    """A measure of a run, or the difference of two: `tez.kpi("transit_days") - paper.kpi("transit_days")` is paired.

    Attributes
    ----------
    mean, low, high
        Mean over replications, and the interval of that mean; NaN for fewer than three.
    n
        Replications in which it was observed.
    unit
        Of all three.
    level
        Probability with which such intervals hold the true mean.
    values
        The measure by replication.
    runs, seed
        Replications that were run, and their seed: only runs that share both are paired.
    """

    mean: float
    low: float
    high: float
    n: int
    unit: str
    level: float
    values: Mapping[int, float] = field(repr=False, compare=False)
    runs: int = field(repr=False)
    seed: int = field(repr=False)

    def __repr__(self) -> str:
        figures = self.decimals
        mean = f"{self.mean:.{figures}f} {self.unit}".rstrip()
        if self.n < FEWEST:
            return f"{mean} (n {self.n}: no interval from fewer than {FEWEST} replications)"
        return f"{mean} [{self.low:.{figures}f}, {self.high:.{figures}f}] (n {self.n}, {100 * self.level:g} %)"

    def __float__(self) -> float:
        return self.mean

    @property
    def decimals(self) -> int:
        """Decimals that the interval bears out: two figures of half its width; without one four figures of the mean."""
        half = (self.high - self.low) / 2
        size, figures = (half, 2) if isfinite(half) and half > 0 else (abs(self.mean), 4)
        if not isfinite(size) or size == 0:
            return 1
        return min(max(figures - 1 - floor(log10(size)), 0), MOST_DECIMALS)

    def __sub__(self, base: Estimate) -> Estimate:
        """What the measure is less another one, or itself in another year or scenario, paired by replication.

        Raises
        ------
        ArgumentError
            If the two do not pair: other units, seeds or numbers of replications.
        """
        if not isinstance(base, Estimate):
            raise ArgumentError(f"a measure is less another measure, not less a {type(base).__name__}: take its mean")
        for word, own, other in (
            ("units", self.unit, base.unit),
            ("seeds", self.seed, base.seed),
            ("numbers of replications", self.runs, base.runs),
        ):
            if own != other:
                raise ArgumentError(f"measures of different {word} ({own} and {other}) have no difference")
        changes = {index: self.values[index] - base.values[index] for index in self.values if index in base.values}
        if not changes:
            raise ArgumentError("no replication observed both measures: they have no difference")
        change = interval(list(changes.values()), self.level)
        return Estimate(
            change.mean, change.low, change.high, change.n, self.unit, self.level, changes, self.runs, self.seed
        )
