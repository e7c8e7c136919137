"""Intervals over replications, and the end of a warm-up: numbers in, numbers out.

An interval is over replications, never over the trains of one run: those are correlated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

BATCH = 5
"""Observations a batch in MSER-5."""


@dataclass(frozen=True)
class Interval:
    """A mean with its two-sided confidence interval; the bounds are NaN for fewer than two values."""

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
class Truncation:
    """The observations to leave out at the start of a series, and the mean of the batches kept."""

    cut: int
    mean: float


def interval(values: npt.ArrayLike, level: float) -> Interval:
    """Student-t interval of the mean of independent `values`, one a replication.

    Raises
    ------
    ValueError
        If `level` does not lie between 0 and 1.
    """
    row = intervals(np.asarray(values, float).reshape(1, -1), level)
    return Interval(float(row.mean[0]), float(row.low[0]), float(row.high[0]), int(row.n[0]))


def paired(a: npt.ArrayLike, b: npt.ArrayLike, level: float) -> Interval:
    """Student-t interval of the mean of `b` - `a`, replication by replication.

    Raises
    ------
    ValueError
        If the two differ in length, or `level` does not lie between 0 and 1.
    """
    return interval(np.subtract(np.asarray(b, float), np.asarray(a, float)), level)


def intervals(values: FloatArray, level: float) -> Intervals:
    """Student-t intervals of the rows of `values` (kpis × replications); a NaN is a replication without the kpi.

    Raises
    ------
    ValueError
        If `level` does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    observed = np.isfinite(values)
    n = observed.sum(axis=1)
    mean = divide(np.where(observed, values, 0.0).sum(axis=1), n)
    deviations = np.where(observed, values - mean[:, np.newaxis], 0.0)
    variance = divide((deviations**2).sum(axis=1), n - 1)
    half_width = t_quantile((1 + level) / 2, n - 1) * np.sqrt(divide(variance, n))
    return Intervals(mean, mean - half_width, mean + half_width, n)


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
    ValueError
        If the series has fewer than ten observations.
    """
    observations = np.asarray(series, float)
    number = len(observations) // BATCH
    if number < 2:
        raise ValueError(f"MSER-5 needs at least {2 * BATCH} observations, not {len(observations)}")
    batches = observations[: number * BATCH].reshape(number, BATCH).mean(axis=1)
    errors = [batches[cut:].var() / (number - cut) for cut in range(number // 2 + 1)]
    cut = int(np.argmin(errors))
    return Truncation(cut * BATCH, float(batches[cut:].mean()))
