"""How a match treats truths that are known: whether it leaves them, how little it leaves, and what comes of it.

A truth is one draw of a toy of a corridor. Its record is what the toy says there, with luck, a discrepancy and an error
of observation as stated. The match is the program's own. Printed, and held against bars: in how many of 100 trials the
truth is left (90 at least), what share of the prior is left (30 % at most), and how often the interval of 80 % of a
forecast over the worlds left, by weight, holds what the truth comes to (500 truths, |z| < 3); beside it the same
without weights, and the width of both next to the forecast from the prior.
"""

import sys

import numpy as np
from forecast_coverage import LUCK_SHARE, RANGES, carried_mt

from sim.measure.chances import share_interval
from sim.scenario.laws import Law
from sim.study.forecast.chaos import Germ
from sim.study.forecast.draws import shares_drawn
from sim.study.forecast.outcome import percentiles
from sim.study.match.implausibility import (
    CUT,
    Record,
    implausibilities,
    luck_variances,
    scores_of_runs,
    weights,
)
from sim.study.match.waves import match

TRIALS, TRUTHS, LEVEL = 100, 500, 0.8
DRAWS, WORLDS, REPLICATIONS = 800, 100, 2
LEAST_HELD, MOST_LEFT, BAR_Z = 90, 0.3, 3.0
ERROR_SHARE, DISCREPANCY_SHARE = 0.03, 0.03
LAWS = {name: Law("pert", *ends) for name, ends in RANGES.items()}
MIDDLES = (np.arange(200) + 0.5) / 200


def germs_at(seed):
    """The unknowns of the toy, each with its value in every draw."""
    germs = []
    for name, law in LAWS.items():
        table = np.array([law.quantile(float(share)) for share in MIDDLES])
        points = np.interp(shares_drawn(seed, name, DRAWS), MIDDLES, table)
        germs.append(Germ(name, name, points, table, np.full(200, 1 / 200)))
    return germs


def seen_by_record(values):
    """What the record sees: what the hub and the ships could carry, without luck; worlds × 2."""
    return np.column_stack([values["hub"] * values["empties"], values["ships"] * (1 - values["wind"])])


def record_at(rng, means):
    """The record of a truth: what the toy says there, with luck, a discrepancy and an error of observation."""
    errors = np.array([LUCK_SHARE, ERROR_SHARE, DISCREPANCY_SHARE])[:, np.newaxis] * rng.standard_normal((3, 2))
    figures = means * (1 + errors.sum(axis=0))
    return Record(("hub", "ships"), figures, ERROR_SHARE * figures, DISCREPANCY_SHARE * figures)


def asking(seed, means):
    """What runs worlds of the toy."""

    def ask(numbers):
        scatter = [np.random.default_rng((seed, 2, number)).standard_normal((2, REPLICATIONS)) for number in numbers]
        return means[numbers][..., np.newaxis] * (1 + LUCK_SHARE * np.array(scatter))

    return ask


def trial(seed):
    """A truth and its record, matched in two waves: the match, and whether the truth is left."""
    germs, rng = germs_at(seed), np.random.default_rng((seed, 1))
    means, truth = seen_by_record({germ.name: germ.points for germ in germs}), int(rng.integers(DRAWS))
    record, ask = record_at(rng, means[truth]), asking(seed, means)
    outcome = match(germs, record, ask, WORLDS, 2, 0.95, seed)
    own_scores = scores_of_runs(record, ask([truth]), outcome.luck)
    return outcome, bool(outcome.waves[-1].is_left[truth] and implausibilities(own_scores)[0] < CUT)


def forecast_ends(rng, values, weight):
    """The ends of the interval of a forecast from 200 worlds drawn by weight; of no world left there is none."""
    if not weight.sum():
        return np.nan, np.nan
    places = rng.choice(len(weight), 200, p=weight / weight.sum())
    worlds = {name: column[places] for name, column in values.items()}
    # what a match does not see is drawn anew from its range
    shares = shares_drawn(int(rng.integers(2**31)), "offer", 200)
    worlds["offer"] = np.array([LAWS["offer"].quantile(float(share)) for share in shares])
    answers = percentiles(carried_mt(worlds, rng.standard_normal(200)))
    return answers["p10"], answers["p90"]


def print_survival():
    """Print in how many trials the truth is left, and how much of the prior; True where a bar is missed."""
    outcomes = [trial(seed) for seed in range(TRIALS)]
    number = sum(is_held for _, is_held in outcomes)
    shares = [outcome.share_left[0] for outcome, _ in outcomes]
    print(f"truths left: {number} of {TRIALS} (at least {LEAST_HELD})")
    print(f"share of the prior left: mean {np.mean(shares):.3f}, greatest {max(shares):.3f} (mean at most {MOST_LEFT})")
    return number < LEAST_HELD or np.mean(shares) > MOST_LEFT


def print_coverage():
    """Print how often a forecast after a match holds what the truth comes to; True where the bar is missed."""
    holds, widths = {"by weight": [], "cut alone": [], "prior": []}, {"by weight": [], "cut alone": [], "prior": []}
    for seed in range(1000, 1000 + TRUTHS):
        values, rng = {germ.name: germ.points for germ in germs_at(seed)}, np.random.default_rng((seed, 3))
        means = seen_by_record(values)
        # the last draw is the truth, and no world that is run
        record, answers = record_at(rng, means[-1]), asking(seed, means)(range(DRAWS - 1))
        answer = carried_mt({name: column[-1:] for name, column in values.items()}, rng.standard_normal(1))[0]
        distances = scores_of_runs(record, answers, luck_variances(answers))
        worlds = {name: column[:-1] for name, column in values.items()}
        is_left = implausibilities(distances) < CUT
        tables = {"by weight": weights(distances), "cut alone": 1.0 * is_left, "prior": np.ones(DRAWS - 1)}
        for name, weight in tables.items():
            low, high = forecast_ends(rng, worlds, weight)
            holds[name].append(low <= answer <= high)
            widths[name].append(high - low)
    is_off = False
    for name, flags in holds.items():
        share = share_interval(sum(flags), TRUTHS, 0.95)
        z = (share.share - LEVEL) / np.sqrt(LEVEL * (1 - LEVEL) / TRUTHS)
        is_off |= name == "by weight" and abs(z) >= BAR_Z
        print(f"{name}: {share.share:.3f} of {TRUTHS} within 80 %, z {z:+.1f}; width {np.nanmean(widths[name]):.2f} Mt")
    return is_off


if __name__ == "__main__":
    sys.exit(int(any([print_survival(), print_coverage()])))
