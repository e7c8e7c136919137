"""What finding out is worth: closed forms, with luck beside; what decides nothing is worth no more than chance."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal, norm

from sim.measure.statistics import Interval, interval
from sim.study.forecast.chaos import Germ
from sim.study.forecast.worth import (
    ALL_UNKNOWNS,
    GROUP,
    UNKNOWN,
    WITH_LUCK,
    Lessons,
    all_but_luck,
    asks,
    choosing_gains,
    foretelling_errors,
    foretelling_gains,
    lessons,
    luck_of_chance,
    share_gained,
    worth,
)

LAW = ndtri((np.arange(200) + 0.5) / 200)
EFFECTS = np.array([1.0, 0.6, 0.3, 0.0, 0.0, 0.0])
LUCK = 0.5
WORLDS = 400


def drawn(seed, worlds=WORLDS):
    """Six standard normal unknowns in two groups, and luck."""
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((worlds, len(EFFECTS)))
    weights = np.full(len(LAW), 1 / len(LAW))
    germs = [Germ(f"x{i}", "even" if i % 2 == 0 else "odd", column, LAW, weights) for i, column in enumerate(points.T)]
    return germs, points @ EFFECTS, LUCK * rng.standard_normal(worlds)


def variance_of(of, name):
    """The variance of what is linear in the unknowns that are found out."""
    squares = EFFECTS**2
    match of:
        case "everything":
            return squares.sum() + LUCK**2
        case "all":
            return squares.sum()
        case "group":
            return squares[0 if name == "even" else 1 :: 2].sum()
        case _:
            return squares[int(name[1:])]


def z_of(gains, truth):
    """How many standard errors the mean of some gains lies from the truth; 0 of gains that are all the truth."""
    told = interval(gains, 0.95)
    error = (told.high - told.low) / 2 / 1.966
    return 0.0 if abs(told.mean - truth) < 1e-12 else (told.mean - truth) / error


def asked_of(germs, gains_of, truth_of):
    """z of each question."""
    return {(of, name): z_of(gains_of(known), truth_of(of, name)) for of, name, known in asks(germs)}


@pytest.mark.parametrize("seed", [1])
def test_an_amount_of_gaussians(seed):
    """Of Σ aᵢxᵢ with luck the value of xᵢ is aᵢ², and where nothing is known the error is the whole variance."""
    germs, amounts, luck = drawn(seed)
    told = lessons(germs, (amounts + luck)[:, np.newaxis], seed)
    z = asked_of(germs, lambda known: foretelling_gains(told, known), variance_of)
    assert max(map(abs, z.values())) < 4, z
    errors = foretelling_errors(told)
    assert abs(z_of(errors, variance_of(WITH_LUCK, ""))) < 4
    share, truth = share_gained(foretelling_gains(told, [0]), errors, 0.95), 1 / variance_of(WITH_LUCK, "")
    assert abs(share.mean - truth) < 2 * (share.high - share.low)
    assert share.high - share.low < 0.2, "errors that are great make gains that are great: a ratio of the two is surer"


@pytest.mark.parametrize("seed", [1])
def test_a_choice_between_two(seed):
    """Of two actions, one sure and one normal of mean m and deviation s: s φ(m/s) + m Φ(m/s) - max(0, m)."""
    mean = -0.3
    germs, amounts, luck = drawn(seed)
    told = lessons(germs, np.column_stack([np.zeros(WORLDS), mean + amounts + luck]), seed)

    def truth(of, name):
        scale = np.sqrt(variance_of(of, name))
        return scale * norm.pdf(mean / scale) + mean * ndtr(mean / scale) if scale else 0.0

    z = asked_of(germs, lambda known: choosing_gains(told, known, [0, 1]), truth)
    assert max(map(abs, z.values())) < 4, z
    assert np.all(choosing_gains(told, None, [1]) == 0), "of one action there is no choice"


def test_a_chance_by_the_brier_score():
    """Of whether Σ aᵢxᵢ and luck pass a bound: the variance of what is expected of it, by the bivariate normal law.

    A step is no polynomial of few terms: a fit learns a twentieth less of it than there is to learn.
    """
    bound = 0.8
    germs, amounts, luck = drawn(1)
    total = np.sqrt(variance_of(WITH_LUCK, ""))
    told = lessons(germs, (amounts + luck > bound).astype(float)[:, np.newaxis], 1)
    chance = ndtr(-bound / total)
    for of, name, known in asks(germs):
        ratio = min(variance_of(of, name) / total**2, 1 - 1e-9)
        truth = multivariate_normal([0, 0], [[1, ratio], [ratio, 1]]).cdf([-bound / total] * 2) - chance**2
        gains = foretelling_gains(told, known)
        room = 4 * gains.std(ddof=1) / np.sqrt(WORLDS) + 1e-9
        assert gains.mean() - room < truth < gains.mean() + room + 0.05 * chance * (1 - chance), (of, name)


def test_a_step_is_seen_though_it_is_no_polynomial():
    """Whether a lognormal offer passes a bound that hardly varies, in one of ten worlds: knowing it is worth 83 %."""
    told, by_chaos = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        points = rng.standard_normal((40, 150))
        weights = np.full(len(LAW), 1 / len(LAW))
        germs = [Germ(f"x{i}", "all", column, LAW, weights) for i, column in enumerate(points)]
        holds = 5.13 * np.exp(0.749 * points[0]) >= 13.5 * np.exp(0.12 * points[1])
        fits = lessons(germs, 1.0 * holds[:, np.newaxis], seed)
        chaos = Lessons(fits.answers, tuple(replace(fold, steps=((),)) for fold in fits.folds))
        for entry, gains in ((fits, told), (chaos, by_chaos)):
            gains.append(foretelling_gains(entry, [0]).mean() / foretelling_errors(entry).mean())
    assert np.mean(told) > np.mean(by_chaos) + 0.05
    assert 0.6 < np.mean(told) < 0.83 + 0.1, told


def test_all_unknowns_take_away_all_but_luck_and_no_less_than_a_part():
    fitted, luck = Interval(0.3, 0.2, 0.4, 150), Interval(0.1, 0.05, 0.2, 15)
    assert all_but_luck(fitted, luck, 0.35) == Interval(0.9, 0.8, 0.95, 150)
    assert all_but_luck(fitted, None, 0.35) == Interval(0.35, 0.2, 0.4, 150)
    assert all_but_luck(fitted, Interval(0.9, 0.7, 0.95, 15), 0.5) == Interval(0.5, 0.2, 0.5, 150)


def test_luck_of_a_yes_or_no_is_half_of_how_often_two_runs_are_unlike():
    """Chances of worlds are drawn evenly: luck is the mean of p (1 - p), a sixth, of a doubt of a quarter."""
    rng = np.random.default_rng(3)
    pairs = rng.random((4000, 2)) < rng.random((4000, 1))
    told = luck_of_chance(pairs, 0.25, 0.95)
    assert told.low < 2 / 3 < told.high and told.high - told.low < 0.1
    of_few = luck_of_chance(np.zeros((15, 2), dtype=bool), 0.02, 0.95)
    assert (of_few.mean, of_few.low, of_few.high) == (0, 0, 1), "fifteen pairs say nothing of so rare a thing"


def test_what_decides_nothing_is_worth_no_more_than_chance():
    """Of many unknowns that decide nothing, in few worlds: the greatest of noisy numbers is not taken for a gain."""
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        weights = np.full(len(LAW), 1 / len(LAW))
        germs = [Germ(f"x{i}", "all", rng.standard_normal(80), LAW, weights) for i in range(15)]
        told = lessons(germs, np.column_stack([np.zeros(80), rng.standard_normal((80, 2))]), seed)
        found.append(choosing_gains(told, range(15), [0, 1, 2]))
    assert interval(np.concatenate(found), 0.95).low <= 0
    told = worth(np.array([-1.0, -1.1, -1.2]), 0.95)
    assert (told.mean, told.low, told.high) == (0, 0, 0), "who finds out something is no worse off"


def test_a_word_is_found_out_as_a_number_is():
    """Which of two actions is better hangs on a word alone: all that is to be gained is gained by it."""
    rng = np.random.default_rng(4)
    weights = np.array([0.25, 0.75])
    points = rng.choice(2, 400, p=weights).astype(float)
    words = Germ("switch", "structure", points, np.arange(2.0), weights, has_words=True)
    other = Germ("other", "volumes", rng.standard_normal(400), LAW, np.full(len(LAW), 1 / len(LAW)))
    told = lessons([words, other], np.column_stack([np.zeros(400), 4 * points - 2.0]), 4)
    by_ask = {(of, name): choosing_gains(told, known, [0, 1]).mean() for of, name, known in asks([words, other])}
    assert by_ask[UNKNOWN, "switch"] == by_ask[WITH_LUCK, ""] == by_ask[ALL_UNKNOWNS, ""]
    assert by_ask[GROUP, "structure"] == pytest.approx(2 * (points == 0).mean()), "one of four is told to stay away"
    assert by_ask[UNKNOWN, "other"] == 0
