"""Intervals and warm-up against textbook numbers and against their definitions, written out here again."""

from __future__ import annotations

import math
import statistics as definitions

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.measure.statistics import interval, intervals, measure_intervals, mser5, paired_interval

LAW_1 = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
LAW_2 = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60]
T_975 = {1: 12.7062047, 2: 4.3026527, 4: 2.7764451, 9: 2.2621572, 29: 2.0452296}
"""Quantiles of Student's t at 0.975 by degrees of freedom, from printed tables."""

moderate = st.floats(-1e3, 1e3, allow_nan=False)


@pytest.mark.parametrize(
    ("values", "level", "mean", "half_width"),
    [(LAW_1, 0.90, 1.343, 0.237253), (LAW_2, 0.90, 2.031, 0.322283), ([10, 20, 30], 0.95, 20, 24.841377)],
)
def test_the_interval_is_that_of_the_textbook(values, level, mean, half_width):
    found = interval(values, level)
    assert found.mean == pytest.approx(mean)
    assert found.high - found.mean == pytest.approx(half_width, abs=1e-6)
    assert found.mean - found.low == pytest.approx(half_width, abs=1e-6)
    assert found.n == len(values)


@pytest.mark.parametrize("degrees", [degrees for degrees in T_975 if degrees > 1])
def test_the_interval_is_mean_and_t_times_standard_error(degrees):
    values = np.random.default_rng(degrees).normal(size=degrees + 1).tolist()
    half_width = T_975[degrees] * definitions.stdev(values) / math.sqrt(len(values))
    found = interval(values, 0.95)
    assert found.low == pytest.approx(definitions.mean(values) - half_width)
    assert found.high == pytest.approx(definitions.mean(values) + half_width)


@pytest.mark.parametrize("values", [[3.0], [2.0, 4.0], [2.0, 4.0, math.nan]])
def test_one_value_or_two_have_a_mean_and_no_bounds(values):
    found = interval(values, 0.95)
    assert (found.mean, found.n) == (3.0, sum(map(math.isfinite, values)))
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize(
    ("values", "most", "ends"),
    [
        ([0.0, 0.0, 3.0], math.inf, (0.0, 1 + 4.302653)),  # hours: none below zero
        ([1.0, 1.0, 0.7], 1.0, (0.9 - 0.1 * 4.302653, 1.0)),  # a share: none above one
        ([0.1, 0.9, 0.5], 1.0, (0.0, 1.0)),
        ([10.0, 20.0, 30.0], 1.0, (0.0, 20.0)),  # what a mean is estimated at stays within its interval
        ([2.0, 4.0], math.inf, (math.nan, math.nan)),
    ],
)
def test_the_interval_of_a_measure_is_cut_at_what_it_can_be(values, most, ends):
    found = measure_intervals(np.array([values]), 0.95, [most])
    assert (found.low[0], found.high[0]) == pytest.approx(ends, abs=1e-6, nan_ok=True)


def test_a_difference_may_lie_below_zero():
    assert interval([0.0, 0.0, -3.0], 0.95).low < -1


def test_no_value_has_no_mean():
    found = interval([], 0.95)
    assert found.n == 0
    assert math.isnan(found.mean)


def test_a_nan_is_a_replication_that_observed_nothing():
    rows = np.array([[1.0, np.nan, 4.0, 6.0], [np.nan, np.nan, np.nan, 2.0], [np.nan] * 4])
    found = intervals(rows, 0.95)
    alone = interval([1.0, 4.0, 6.0], 0.95)
    assert found.n.tolist() == [3, 1, 0]
    assert (found.mean[0], found.low[0], found.high[0]) == (alone.mean, alone.low, alone.high)
    assert found.mean[1] == 2.0
    assert math.isnan(found.low[1])
    assert math.isnan(found.mean[2])


def test_nine_in_ten_intervals_at_ninety_percent_hold_the_mean():
    samples = np.random.default_rng(1).normal(7.0, 3.0, (20_000, 5))
    found = intervals(samples, 0.90)
    share = np.mean((found.low <= 7.0) & (found.high >= 7.0))
    assert share == pytest.approx(0.90, abs=0.0085)  # four standard errors


def test_paired_is_the_interval_of_second_minus_first():
    assert paired_interval(LAW_1, LAW_2, 0.90) == interval(np.subtract(LAW_2, LAW_1), 0.90)
    assert paired_interval(LAW_1, LAW_2, 0.90).mean == pytest.approx(2.031 - 1.343)


def test_what_does_not_pair_is_refused():
    with pytest.raises(ValueError, match="shape"):
        paired_interval([1.0, 2.0], [1.0, 2.0, 3.0], 0.95)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, math.nan])
def test_a_level_lies_between_0_and_1(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        interval([1.0, 2.0], level)


@given(arrays(float, 6, elements=moderate), st.floats(0.5, 4.0), moderate)
def test_an_interval_moves_with_its_values(values, scale, shift):
    before, after = interval(values, 0.95), interval(scale * values + shift, 0.95)
    assert after.low == pytest.approx(scale * before.low + shift, rel=1e-6, abs=1e-6)
    assert after.high == pytest.approx(scale * before.high + shift, rel=1e-6, abs=1e-6)


def test_mser_5_cuts_a_step():
    found = mser5([0.0] * 10 + [5.0] * 90)
    assert (found.cut, found.mean) == (10, 5.0)


def test_mser_5_cuts_a_decaying_start():
    found = mser5([10 * math.exp(-t / 10) + 5 + (-1) ** (t + 1) for t in range(200)])
    assert found.cut == 40
    assert found.mean == pytest.approx(5.012029, abs=1e-6)


def test_mser_5_leaves_a_rest_out():
    assert mser5([0.0] * 10 + [5.0] * 90 + [1e6] * 4) == mser5([0.0] * 10 + [5.0] * 90)


@given(arrays(float, st.integers(10, 60), elements=st.integers(-50, 50).map(float)))
def test_mser_5_is_its_definition(series):
    means = [sum(series[5 * i : 5 * i + 5]) / 5 for i in range(len(series) // 5)]

    def squared_error(cut: int) -> float:
        kept = means[cut:]
        mean = sum(kept) / len(kept)
        return sum((one - mean) ** 2 for one in kept) / len(kept) ** 2

    least = min(squared_error(cut) for cut in range(len(means) // 2 + 1))
    found = mser5(series)
    assert found.cut % 5 == 0
    assert found.cut // 5 <= len(means) // 2
    assert squared_error(found.cut // 5) == pytest.approx(least, abs=1e-9)
    assert found.mean == pytest.approx(sum(means[found.cut // 5 :]) / (len(means) - found.cut // 5))


def test_mser_5_needs_two_batches():
    with pytest.raises(ValueError, match="at least 10"):
        mser5([1.0] * 9)
