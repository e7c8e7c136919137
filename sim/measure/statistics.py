"""Intervals over replications, and the end of a warm-up: numbers in, numbers out.

An interval is over replications, never over the trains of one run: those are correlated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.scenario.problems import ArgumentError

FloatArray = npt.NDArray[np.float64]

FEWEST = 3
"""Replications from which an interval is given. Of two values Student's interval is 13 times as wide as they lie apart,
at 95 %: it says nothing of a measure, and reads as if it did."""

BATCH = 5
"""Observations a batch in MSER-5."""


@dataclass(frozen=True)
class Interval:
    """A mean with its two-sided confidence interval; the bounds are NaN for fewer than `FEWEST` values."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Intervals:
    """Many intervals as columns, one entry a row of the values they were made from."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    n: npt.NDArray[np.int64]


@dataclass(frozen=True)
class QuantileInterval:
    """A quantile with its distribution-free interval.

    Attributes
    ----------
    value
        The quantile of the sample, linear between order statistics.
    low, high
        Bounds, each an order statistic; NaN where too few values were seen for that bound.
    n
        Values seen.
    level
        Probability that the bounds hold the quantile, at least the one asked for; NaN where a bound is missing.
    """

    value: float
    low: float
    high: float
    n: int
    level: float


@dataclass(frozen=True)
class Truncation:
    """The observations to leave out at the start of a series, and the mean of the batches kept."""

    cut: int
    mean: float


def interval(values: npt.ArrayLike, level: float) -> Interval:
    """Student-t interval of the mean of independent `values`, one a replication.

    Raises
    ------
    ArgumentError
        If `level` does not lie between 0 and 1.
    """
    return first_interval(intervals(np.asarray(values, float).reshape(1, -1), level))


def first_interval(row: Intervals) -> Interval:
    """The first of some intervals by itself."""
    return Interval(float(row.mean[0]), float(row.low[0]), float(row.high[0]), int(row.n[0]))


def paired_interval(a: npt.ArrayLike, b: npt.ArrayLike, level: float) -> Interval:
    """Student-t interval of the mean of `b` - `a`, replication by replication.

    Raises
    ------
    ArgumentError
        If the two differ in length, or `level` does not lie between 0 and 1.
    """
    return interval(np.subtract(np.asarray(b, float), np.asarray(a, float)), level)


def intervals(values: FloatArray, level: float) -> Intervals:
    """Student-t intervals of the rows of `values` (kpis × replications); a NaN is a replication without the kpi.

    The bounds are NaN for fewer than `FEWEST` values.

    Raises
    ------
    ArgumentError
        If `level` does not lie between 0 and 1.
    """
    mean, half_width, n = half_widths(values, level)
    half_width[n < FEWEST] = np.nan
    return Intervals(mean, mean - half_width, mean + half_width, n)


def half_widths(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]:
    """Mean, half-width of Student's interval (NaN below two values) and number of values of the rows of `values`.

    Raises
    ------
    ArgumentError
        If `level` does not lie between 0 and 1.
    """
    check_level(level)
    is_seen = np.isfinite(values)
    n = is_seen.sum(axis=1)
    mean = divide(np.where(is_seen, values, 0.0).sum(axis=1), n)
    deviations = np.where(is_seen, values - mean[:, np.newaxis], 0.0)
    variance = divide((deviations**2).sum(axis=1), n - 1)
    return mean, t_quantile((1 + level) / 2, n - 1) * np.sqrt(divide(variance, n)), n


def measure_intervals(
    values: FloatArray, level: float, most: npt.ArrayLike = np.inf, least: npt.ArrayLike = 0.0
) -> Intervals:
    """The intervals of measures (kpis × replications), cut at what no mean of a measure can be.

    Hours, counts, tonnes and charges are never below zero, and a share is at most 1: what a symmetrical interval says
    beyond is known to be wrong, and the interval without it holds the mean as often. Differences have no such bounds.

    Parameters
    ----------
    most, least
        The most and the least that a measure can be, one or one a row: 1 of a share, and 0 but of one's own measures.
    """
    symmetrical = intervals(values, level)
    low, high = cut_bounds(symmetrical.mean, symmetrical.low, symmetrical.high, most, least)
    return Intervals(symmetrical.mean, low, high, symmetrical.n)


def cut_bounds(
    middle: FloatArray,
    low: FloatArray,
    high: FloatArray,
    most: npt.ArrayLike = np.inf,
    least: npt.ArrayLike = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Bounds cut at `least` and at `most`; what is estimated beyond, by rounding, stays within its own interval."""
    return np.minimum(np.maximum(low, least), middle), np.maximum(np.minimum(high, most), middle)


def measure_interval(values: npt.ArrayLike, level: float) -> Interval:
    """The interval of one measure, see `measure_intervals`."""
    return first_interval(measure_intervals(np.asarray(values, float).reshape(1, -1), level))


def row_quantiles(values: FloatArray, shares: Sequence[float]) -> list[FloatArray]:
    """Quantiles of the rows of `values`, linear between order statistics, one array a share; a NaN is left out."""
    in_order = np.sort(values, axis=1)
    n = np.isfinite(in_order).sum(axis=1)
    quantiles = []
    for share in shares:
        position = share * np.maximum(n - 1, 0)
        below = position.astype(np.int64)
        above = np.minimum(below + 1, np.maximum(n - 1, 0))
        low, high = (np.take_along_axis(in_order, rank[:, np.newaxis], axis=1)[:, 0] for rank in (below, above))
        quantiles.append(np.asarray(low + (position - below) * (high - low)))
    return quantiles


def quantile_interval(values: npt.ArrayLike, share: float, level: float) -> QuantileInterval:
    """Interval of the quantile at `share` of the distribution that independent `values` come from.

    The number of values below the quantile is binomial, whatever the distribution; the bounds are the innermost order
    statistics that leave at most (1 - level) / 2 on either side (David and Nagaraja, Order Statistics, 2003, section
    7.1). At 95 % the median needs six values, the 90th percentile 36. Non-finite values are left out.

    Raises
    ------
    ArgumentError
        If `share` or `level` does not lie between 0 and 1.
    """
    check_level(level)
    if not 0 < share < 1:
        raise ArgumentError(f"the share of a quantile lies between 0 and 1, not at {share}")
    sample = np.asarray(values, float).ravel()
    sample = np.sort(sample[np.isfinite(sample)])
    n = len(sample)
    if not n:
        return QuantileInterval(np.nan, np.nan, np.nan, 0, np.nan)
    below = binomial_distribution(n, share)
    tail = (1 - level) / 2 + 1e-12
    lower = int(np.searchsorted(below, tail, side="right"))
    upper = int(np.searchsorted(below, 1 - tail, side="left")) + 1
    low = float(sample[lower - 1]) if lower else np.nan
    high = float(sample[upper - 1]) if upper <= n else np.nan
    level_reached = float(below[upper - 1] - below[lower - 1]) if lower and upper <= n else np.nan
    return QuantileInterval(float(np.quantile(sample, share)), low, high, n, level_reached)


def binomial_distribution(n: int, share: float) -> FloatArray:
    """Probability of at most 0, 1, …, n successes in n trials."""
    from scipy.special import bdtr

    return np.asarray(bdtr(np.arange(n + 1), n, share), float)


def check_level(level: float) -> None:
    """Make sure that a confidence level is one.

    Raises
    ------
    ArgumentError
        If `level` does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        raise ArgumentError(f"a confidence level lies between 0 and 1, not at {level}")


def t_quantile(probability: float, degrees: npt.NDArray[np.int64]) -> FloatArray:
    """Quantile of Student's t; NaN where there are no degrees of freedom."""
    from scipy.special import stdtrit  # a third of the import time of scipy.stats, the same digits

    return np.where(degrees > 0, stdtrit(np.maximum(degrees, 1), probability), np.nan)


def divide(sums: npt.NDArray[Any], counts: npt.NDArray[Any]) -> FloatArray:
    """Sums over counts; NaN where nothing was counted."""
    sums, counts = np.broadcast_arrays(sums, counts)
    quotients: FloatArray = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return quotients


def mser5(series: npt.ArrayLike) -> Truncation:
    """Where the warm-up of a series ends, by MSER-5 (White 1997).

    The cut, a multiple of five, is the one in the first half that makes the squared standard error of the
    remaining batch means least. A rest of fewer than five observations at the end stays out.

    Raises
    ------
    ArgumentError
        If the series has fewer than ten observations.
    """
    observations = np.asarray(series, float)
    number = len(observations) // BATCH
    if number < 2:
        raise ArgumentError(f"MSER-5 needs at least {2 * BATCH} observations, not {len(observations)}")
    batches = batch_means(observations)
    errors = [batches[cut:].var() / (number - cut) for cut in range(number // 2 + 1)]
    cut = int(np.argmin(errors))
    return Truncation(cut * BATCH, float(batches[cut:].mean()))


def batch_means(observations: FloatArray) -> FloatArray:
    """Means of batches as MSER-5 takes them; the observations after the last whole batch are in none."""
    number = len(observations) // BATCH
    return np.asarray(observations[: number * BATCH].reshape(number, BATCH).mean(axis=1))
