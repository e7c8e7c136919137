"""Named streams and spreads: the same name gives the same luck, and a spread knows its mean and its variance."""

import itertools
import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.randomness import Luck, column, luck_of, mean, quantile, variance
from sim.model.simulate import simulate
from sim.scenario.reading.opening import load
from sim.scenario.values import Spread

MEANS = st.floats(0.01, 1e4)
GRID = (np.arange(200_000) + 0.5) / 200_000


@st.composite
def spreads(draw):
    """Any spread, of a size worth measuring."""
    shape = draw(st.sampled_from(["lognormal", "exponential", "uniform", "triangular"]))
    if shape == "lognormal":
        return Spread(mean=draw(MEANS), cv=draw(st.floats(0, 1)))
    if shape == "exponential":
        return Spread(mean=draw(MEANS), shape="exponential")
    low, width = draw(st.floats(0, 100)), draw(st.floats(0.1, 100))
    if shape == "uniform":
        return Spread(low=low, high=low + width, shape="uniform")
    return Spread(low=low, mode=low + width * draw(st.floats(0, 1)), high=low + width, shape="triangular")


@given(spreads())
def test_a_spread_knows_its_mean_and_variance(spread):
    """The quantiles, taken evenly, have the mean and the variance that are claimed."""
    values = quantile(spread, GRID)
    assert values.mean() == pytest.approx(mean(spread), rel=1e-3)
    assert values.var() == pytest.approx(variance(spread), rel=0.05, abs=1e-12)


@given(spreads(), st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=20).map(sorted))
def test_more_luck_is_more_time(spread, shares):
    values = quantile(spread, np.array(shares))
    assert (np.diff(values) >= -1e-12 * values.max()).all()
    assert (values >= 0).all()


@pytest.mark.parametrize(
    ("spread", "share", "value"),
    [
        (Spread(mean=2, shape="exponential"), 0.5, 2 * math.log(2)),
        (Spread(mean=5, cv=0.0), 0.9, 5),
        (Spread(mean=3, cv=1.0), 0.5, 3 / math.sqrt(2)),
        (Spread(low=2, high=4, shape="uniform"), 0.25, 2.5),
        (Spread(low=0, mode=1, high=4, shape="triangular"), 0.25, 1),
        (Spread(low=0, mode=1, high=4, shape="triangular"), 0.8125, 2.5),
        (Spread(low=1, mode=1, high=3, shape="triangular"), 0.75, 2),
        (Spread(low=1, mode=3, high=3, shape="triangular"), 0.25, 2),
    ],
)
def test_quantile(spread, share, value):
    assert quantile(spread, np.array([share]))[0] == pytest.approx(value)


@given(st.integers(0, 2**63 - 1), st.integers(0, 1000), st.lists(st.text(max_size=8), min_size=1, max_size=3))
def test_a_stream_is_told_by_its_name(seed, replication, names):
    drawn = Luck(seed, replication).stream(*names).random(4)
    assert (drawn == Luck(seed, replication).stream(*names).random(4)).all()
    for other in (Luck(seed + 1, replication), Luck(seed, replication + 1)):
        assert (drawn != other.stream(*names).random(4)).any()
    assert (drawn != Luck(seed, replication).stream(*names, "more").random(4)).any()


def test_words_of_a_name_do_not_run_together():
    luck = Luck(1, 0)
    names = [("a", "bc"), ("ab", "c"), ("abc",), ("bc", "a")]
    drawn = {names: luck.stream(*names).random() for names in names}
    assert len(set(drawn.values())) == len(names)


def test_streams_are_uncorrelated():
    """A hundred streams of neighbouring names, replications and seeds: all pairs, within five standard errors."""
    lucks = [Luck(seed, replication) for seed in range(5) for replication in range(5)]
    drawn = np.array([luck.stream("flow", name).random(4_000) for luck in lucks for name in "abcd"])
    between = np.corrcoef(drawn)[np.triu_indices(len(drawn), 1)]
    assert abs(between).max() < 5 / math.sqrt(4_000)


@given(spreads(), st.integers(0, 30), st.integers(0, 30))
def test_more_trains_leave_the_luck_of_the_first(spread, few, more):
    luck = Luck(7, 2)
    assert list(luck.draw(spread, few + more, "flow", "work"))[:few] == list(luck.draw(spread, few, "flow", "work"))


def test_the_same_luck_is_long_or_short_together():
    luck = Luck(7, 2)
    short, long = (np.array(luck.draw(Spread(mean=hours, cv=0.4), 100, "flow", "work")) for hours in (2, 6))
    assert long == pytest.approx(3 * short)


def test_scenarios_under_one_luck_share_what_is_drawn_and_come_to_the_same():
    golden = Path(__file__).parents[1] / "golden"
    border = load(golden / "border.toml").scenario
    # Another spread, and another number of trains, under the same names.
    other = load(golden / "border.toml", ("places.altynkol.forming.train_h.mean=9", "horizon.end=2024-03-01"))
    luck_of.cache_clear()
    alone = simulate(border, 7, 1).tables
    drawn = luck_of(7, 1).draws.copy()
    simulate(other.scenario, 7, 1)
    shared = luck_of(7, 1).draws
    assert drawn and all(shared[key] is values for key, values in drawn.items())
    again = simulate(border, 7, 1).tables
    for table in fields(alone):
        pd.testing.assert_frame_equal(getattr(again, table.name), getattr(alone, table.name), check_exact=True)
    assert luck_of(7, 2).draws == {}


def test_columns_give_plain_floats():
    for values in (Luck(1, 0).draw(Spread(mean=2), 3, "a"), Luck(1, 0).draw(Spread(mean=2, cv=1), 3, "a")):
        assert all(type(value) is float for value in values)
    assert column(np.arange(6.0)[::2]).tolist() == [0, 2, 4]
    assert list(itertools.chain(Luck(1, 0).draw(Spread(mean=2, cv=1), 0, "a"))) == []
