"""Scores of forecasts against closed forms: normal ensembles, point forecasts, ensembles that are true."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from sim.measure.chances import share_interval
from sim.measure.scores import ensemble_crps, place_in_ensemble
from sim.scenario.problems import ArgumentError

TRIALS = 4_000


def normal_crps(outcome: float) -> float:
    """Score of the standard normal distribution (Gneiting and Raftery 2007, eq. 20 with 21)."""
    density, below = float(norm.pdf(outcome)), float(norm.cdf(outcome))
    return outcome * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi)


def distance(sample, expected):
    """Standard errors between the mean of a sample and what it should be."""
    return abs(np.mean(sample) - expected) / (np.std(sample, ddof=1) / math.sqrt(len(sample)))


@pytest.mark.parametrize("outcome", [0.0, 0.7, -2.5])
@pytest.mark.parametrize("members", [2, 10])
@pytest.mark.parametrize("fair", [True, False])
def test_score_of_normal_ensembles_is_the_closed_form(outcome, members, fair):
    ensembles = np.random.default_rng(1).normal(size=(TRIALS, members))
    bias = 0 if fair else 1 / (members * math.sqrt(math.pi))
    scores = [ensemble_crps(ensemble, outcome, fair) for ensemble in ensembles]
    assert distance(scores, normal_crps(outcome) + bias) < 4


def test_score_of_a_point_is_its_absolute_error():
    assert ensemble_crps([4.0], 2.5, fair=False) == 1.5


@pytest.mark.parametrize("tied", [False, True])
def test_places_in_true_ensembles_are_uniform(tied):
    rng = np.random.default_rng(2)
    draws = rng.poisson(1.5, (TRIALS, 10)) if tied else rng.normal(size=(TRIALS, 10))
    places = [place_in_ensemble(row[1:], row[0], rng.random()) for row in draws]
    counts = np.histogram(places, 10, (0, 1))[0]
    assert np.abs((counts - TRIALS / 10) / math.sqrt(TRIALS * 0.1 * 0.9)).max() < 4
    for share in (0.5, 0.8, 0.95):
        inside = int((np.abs(np.array(places) - 0.5) <= share / 2).sum())
        covered = share_interval(inside, TRIALS, 0.999)
        assert covered.low <= share <= covered.high


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (lambda: ensemble_crps([1.0], 0.0), "needs 2 members"),
        (lambda: ensemble_crps([], 0.0, fair=False), "needs 1 members"),
    ],
)
def test_what_cannot_be_scored_is_refused(score, words):
    with pytest.raises(ArgumentError, match=words):
        score()
