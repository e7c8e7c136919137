"""One measure over replications: its mean with its interval, and what it is less another, paired by replication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import floor, isfinite, log10
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from sim.measure.catalogue import least_of, most_of
from sim.measure.statistics import FEWEST, first_interval, interval, measure_intervals
from sim.scenario.addresses import Address
from sim.scenario.arguments import quoted
from sim.scenario.meaning import PeriodDays, shared_periods
from sim.scenario.problems import ArgumentError, shown

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
    address, scenario
        What it measures (kpi, place, flow and period) in which scenario; of a difference, those of the first.
    periods
        The days of each period of the scenario.
    base
        Of a difference, what the measure is less.
    digest
        Of the scenario: two of one name are told apart by it.
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
    address: Address
    scenario: str
    periods: PeriodDays = field(repr=False, compare=False)
    base: Estimate | None = None
    digest: str = field(default="", repr=False, compare=False)

    def __repr__(self) -> str:
        return f"{self.title}: {self.figures}"

    @property
    def title(self) -> str:
        """What it measures, and in which scenario."""
        own = f"{self.address} of {self.scenario}"
        return own if self.base is None else f"{own} less {self.base.title}"

    @property
    def kpi(self) -> str:
        """The name of the measure."""
        return self.address.kpi

    @property
    def place(self) -> str:
        """Where it was measured."""
        return self.address.place

    @property
    def flow(self) -> str:
        """Of which flow, corridor or direction."""
        return self.address.flow

    @property
    def period(self) -> str:
        """In which year, or `all` of the horizon."""
        return self.address.period

    @property
    def figures(self) -> str:
        """The mean with its unit, and the interval."""
        decimals = self.decimals
        mean = f"{self.mean:.{decimals}f} {self.unit}".rstrip()
        if self.n < FEWEST:
            return f"{mean} (n {self.n}: no interval from fewer than {FEWEST} replications)"
        return f"{mean} [{self.low:.{decimals}f}, {self.high:.{decimals}f}] (n {self.n}, {100 * self.level:g} %)"

    def __format__(self, spec: str) -> str:
        """The mean as a number is formatted; without a specification the whole line."""
        return format(self.mean, spec) if spec else str(self)

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
            If the two do not pair: other units, seeds, numbers of replications or, of runs of other horizons, days; or
            if they are of two scenarios of one name.
        """
        if not isinstance(base, Estimate):
            raise ArgumentError(f"a measure is less another measure, not {quoted(base)}: take its mean")
        for word, own, of_base in (
            ("units", self.unit, base.unit),
            ("seeds", self.seed, base.seed),
            ("numbers of replications", self.runs, base.runs),
        ):
            if own != of_base:
                raise ArgumentError(f"measures of different {word} ({own} and {of_base}) have no difference")
        if self.scenario == base.scenario and self.digest != base.digest:
            raise ArgumentError(f"two scenarios are called {shown(self.scenario)}: .set(..., name=) gives them names")
        self.check_days(base)
        changes = {index: self.values[index] - base.values[index] for index in self.values if index in base.values}
        if not changes:
            raise ArgumentError("no replication observed both measures: they have no difference")
        change = interval(list(changes.values()), self.level)
        return replace(self, mean=change.mean, low=change.low, high=change.high, n=change.n, values=changes, base=base)

    def beyond_difference(self, _: object) -> NoReturn:
        """Refuse what has no interval of its own: `float(measure)` is the mean, `.values` are those by replication."""
        raise ArgumentError(
            f"{self.address}: measures are subtracted, and no more; for a share or a bound take float(measure), its "
            "mean, or .values, by replication"
        )

    __lt__ = __gt__ = __le__ = __ge__ = __add__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = beyond_difference

    def check_days(self, base: Estimate) -> None:
        """Make sure that two measures are of runs of the same days, or of days that mean the same in both.

        Within one horizon a year may be held against another.

        Raises
        ------
        ArgumentError
            If they are not.
        """
        scenarios = f"{self.scenario} and {base.scenario}"
        if not shared_periods(self.periods, base.periods):
            raise ArgumentError(
                f"{scenarios} have no period of the same days in common: their measures have no difference"
            )
        if self.periods != base.periods and self.periods[self.period] != base.periods[base.period]:
            raise ArgumentError(
                f"{scenarios} have other horizons, in which {self.period} and {base.period} are other days: "
                "their measures have no difference"
            )


def estimate_of(
    rows: pd.DataFrame, address: Address, scenario: str, periods: PeriodDays, manifest: Mapping[str, Any]
) -> Estimate:
    """A measure from its rows, a row a replication with columns replication, unit and value."""
    values = dict(zip(rows["replication"].tolist(), rows["value"].tolist(), strict=True))
    level = manifest["level"]
    bounds = (most_of(address.kpi), least_of(address.kpi))
    means = first_interval(measure_intervals(rows["value"].to_numpy(float)[np.newaxis], level, *bounds))
    about = (str(rows["unit"].iloc[0]), level, values, manifest["replications"], manifest["seed"])
    origin = (address, scenario, periods, None, manifest["scenario_sha256"])
    return Estimate(means.mean, means.low, means.high, means.n, *about, *origin)
