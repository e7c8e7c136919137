"""Quantiles and shares of replications: intervals that hold for any distribution, against their definitions."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.chances import share_interval
from sim.measure.statistics import quantile_interval


def at_most(k, n, share):
    """Probability of at most k successes in n trials, from the definition."""
    return math.fsum(math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1))


@pytest.mark.parametrize(
    ("n", "share", "lower", "upper", "reached"),
    [
        (6, 0.5, 1, 6, 0.96875),  # 1 - 2 / 2**6
        (10, 0.5, 2, 9, 0.978516),  # the table of every textbook: second and second to last of ten
        (20, 0.5, 6, 15, 0.958611),
        (30, 0.5, 10, 21, 0.957226),
    ],
)
def test_the_ranks_are_those_of_the_textbook(n, share, lower, upper, reached):
    found = quantile_interval(np.arange(1, n + 1), share, 0.95)
    assert (found.low, found.high, found.n) == (lower, upper, n)
    assert found.level == pytest.approx(reached, abs=1e-6)


@pytest.mark.parametrize(("share", "needed"), [(0.5, 6), (0.9, 36), (0.1, 36)])
def test_too_few_values_have_no_bound_on_the_side_they_miss(share, needed):
    enough = quantile_interval(np.arange(needed), share, 0.95)
    assert enough.low < enough.high
    fewer = quantile_interval(np.arange(needed - 1), share, 0.95)
    assert math.isnan(fewer.high if share >= 0.5 else fewer.low)
    assert math.isnan(fewer.level)
    assert fewer.value == pytest.approx(share * (needed - 2))


def test_no_value_and_unobserved_values():
    assert math.isnan(quantile_interval([], 0.5, 0.95).value)
    assert quantile_interval([1, np.nan, 2, 3, 4, 5, 6], 0.5, 0.95) == quantile_interval(range(1, 7), 0.5, 0.95)


@given(st.integers(1, 60), st.floats(0.05, 0.95), st.floats(0.5, 0.995))
def test_the_bounds_are_the_innermost_that_keep_both_tails(n, share, level):
    tail = (1 - level) / 2 + 1e-9
    found = quantile_interval(np.arange(1, n + 1), share, level)
    lower = max((rank for rank in range(1, n + 1) if at_most(rank - 1, n, share) <= tail), default=math.nan)
    upper = min((rank for rank in range(1, n + 1) if 1 - at_most(rank - 1, n, share) <= tail), default=math.nan)
    assert [found.low, found.high] == pytest.approx([lower, upper], nan_ok=True)
    if not math.isnan(found.level):
        assert found.level >= level - 1e-9
        assert found.level == pytest.approx(at_most(upper - 1, n, share) - at_most(lower - 1, n, share))


def test_the_interval_of_a_skewed_quantile_holds_as_often_as_it_says():
    samples = np.random.default_rng(3).lognormal(0, 1.5, (2000, 40))
    found = [quantile_interval(row, 0.8, 0.9) for row in samples]
    truth = math.exp(1.5 * 0.8416212)
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert held == pytest.approx(found[0].level, abs=4 * math.sqrt(0.1 * 0.9 / 2000))
    assert found[0].level >= 0.9


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 10, 0.0, 0.308497), (5, 10, 0.187086, 0.812914), (9, 10, 0.554984, 0.997471), (10, 10, 0.691503, 1.0)],
)
def test_the_exact_interval_of_a_share(successes, n, low, high):
    found = share_interval(successes, n, 0.95)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))
    assert (found.share, found.n) == (successes / n, n)


def test_a_share_is_held_at_least_as_often_as_the_level_says():
    """Exactly, over all outcomes of 12 trials at every tenth."""
    bounds = [share_interval(k, 12, 0.9) for k in range(13)]
    for tenth in range(1, 10):
        share = tenth / 10
        chance = [at_most(k, 12, share) - (at_most(k - 1, 12, share) if k else 0) for k in range(13)]
        assert sum(itertools.compress(chance, [one.low <= share <= one.high for one in bounds])) >= 0.9


def test_no_trial_says_nothing():
    found = share_interval(0, 0, 0.95)
    assert math.isnan(found.share)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize("wrong", [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(wrong):
    with pytest.raises(ValueError, match="not possible"):
        share_interval(*wrong, 0.95)


@pytest.mark.parametrize("share", [0.0, 1.0, 90.0, math.nan])
def test_a_quantile_lies_inside(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile_interval([1.0], share, 0.95)
