"""A forecast: splits of closed form, chances of toys, refusals before the first run, the same bytes whoever runs it."""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import fisher_exact

from sim.measure.chances import share_interval
from sim.study.forecast.causes import fisher
from sim.study.forecast.chaos import Germ
from sim.study.forecast.draws import BATCH, shares_drawn
from sim.study.forecast.regions import regions
from sim.study.forecast.split import split

NO_PAIRS = np.empty((0, 2))
MIDDLES = (np.arange(500) + 0.5) / 500


def hypercube(worlds, inputs, seed):
    rng = np.random.default_rng(seed)
    return (np.argsort(rng.random((worlds, inputs)), axis=0) + rng.random((worlds, inputs))) / worlds


def germ(number, points, law, group=None):
    return Germ(f"x{number}", group or f"group {number}", points, law, np.full(len(law), 1 / len(law)))


def test_ishigami():
    """First order 0.3139, 0.4424, 0 and total 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990)."""
    points = np.pi * (2 * hypercube(400, 3, 1) - 1)
    x, y, z = points.T
    answers = np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)
    germs = [germ(number, column, np.pi * (2 * MIDDLES - 1)) for number, column in enumerate(points.T)]
    parts = split(germs, answers, NO_PAIRS, 0.95, 1).parts.set_index("part")
    assert parts["share"][1:4].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=1e-3)
    assert parts["total_share"][1:4].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=1e-3)
    assert parts["share"]["together"] == pytest.approx(0.2437, abs=1e-3)
    assert np.isnan(parts["share"]["luck"]), "no world was run twice"


def gaussian(seed, worlds=100, inputs=30, luck=0.5):
    """Σ xᵢ / i of the first four of many Gaussian inputs, and luck, which a tenth of the worlds tell twice."""
    weights = np.zeros(inputs)
    weights[:4] = 1 / np.arange(1, 5)
    points = ndtri(hypercube(worlds, inputs, seed))
    rng = np.random.default_rng(seed + 1000)
    twice = points @ weights + luck * rng.standard_normal((2, worlds))
    germs = [germ(number, column, ndtri(MIDDLES), f"group {number % 2}") for number, column in enumerate(points.T)]
    total = weights @ weights + luck**2
    parts = [luck**2, weights[0::2] @ weights[0::2], weights[1::2] @ weights[1::2], 0.0]
    return np.array(parts) / total, twice, split(germs, twice[0], twice[:, : worlds // 10].T, 0.95, seed)


def test_linear_gaussian():
    """Over repetitions the parts come to the closed form, and intervals of 95 % hold it nine times of ten at least."""
    repetitions = [gaussian(seed) for seed in range(30)]
    truth = repetitions[0][0]
    found = np.array([told.parts["share"][:4] for _, _, told in repetitions])
    z = (found.mean(axis=0) - truth)[:3] / (found.std(axis=0, ddof=1)[:3] / np.sqrt(len(found)))
    assert (np.abs(z) < 4).all(), z
    group = [told.parts.iloc[1] for _, _, told in repetitions]
    held = sum(row["ci_low"] <= truth[1] <= row["ci_high"] for row in group)
    assert held >= 24
    assert found[:, 3].mean() < 0.02, "nothing is together"


def test_words_have_effects_of_their_own():
    rng = np.random.default_rng(3)
    effects, weights = np.array([0.0, 5.0, 1.0]), np.array([0.5, 0.25, 0.25])
    points = rng.choice(3, 200, p=weights).astype(float)
    other = rng.random(200)
    words = Germ("order", "structure", points, np.arange(3.0), weights, has_words=True)
    told = split([words, germ(1, other, MIDDLES)], effects[points.astype(int)] + 2 * other, NO_PAIRS, 0.95, 3)
    variance = weights @ effects**2 - (weights @ effects) ** 2
    assert told.germs["share"][0] == pytest.approx(variance / (variance + 4 / 12), abs=0.01)
    assert told.germs["effect"].to_numpy() == pytest.approx([5.0, 1.6], abs=0.05)


def test_nothing_is_split_that_has_no_spread():
    few = germ(0, MIDDLES[:10], MIDDLES)
    assert split([few], np.arange(10.0), NO_PAIRS, 0.95, 1) is None
    assert split([germ(0, MIDDLES, MIDDLES)], np.ones(500), NO_PAIRS, 0.95, 1) is None


def test_rules_tell_the_worlds_apart():
    rng = np.random.default_rng(5)
    speed, order = rng.random(200), rng.choice(["placing", "nothing"], 200)
    inputs = {"speed": speed.tolist(), "order": order.tolist(), "idle": rng.random(200).tolist()}
    best, *others = regions(inputs, (speed > 0.4) & (order == "nothing"), 0.95, 1)
    assert {condition[:2] for condition in best.conditions} >= {("speed", ">")}
    assert best.holding.share == 1 and all(region.holding.share == 0 for region in others)
    assert sum(region.holding.n for region in (best, *others)) == 200
    [everywhere] = regions(inputs, rng.random(200) < 0.5, 0.95, 1)
    assert everywhere.rule == "" and everywhere.holding == share_interval(everywhere.holding.successes, 200, 0.95)


@pytest.mark.parametrize("numbers", [(0, 5, 5, 5), (3, 10, 8, 12), (20, 33, 12, 33)])
def test_fisher(numbers):
    first, of_first, second, of_second = numbers
    table = [[first, of_first - first], [second, of_second - second]]
    assert fisher(*numbers) == pytest.approx(fisher_exact(table).pvalue)


def test_draws_are_hypercubes_of_their_own():
    shares = shares_drawn(1, "speed", 3 * BATCH)
    assert (shares[:BATCH] == shares_drawn(1, "speed", BATCH)).all(), "worlds more change none before"
    for batch in shares.reshape(3, BATCH):
        assert sorted((batch * BATCH).astype(int)) == list(range(BATCH))
        for half in (batch[0::2], batch[1::2]):
            assert sorted((half * BATCH / 2).astype(int)) == list(range(BATCH // 2))
    assert abs(np.corrcoef(shares, shares_drawn(1, "fleet", 3 * BATCH))[0, 1]) < 0.5
