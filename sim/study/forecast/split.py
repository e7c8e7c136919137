"""The spread of a measure over worlds, split by what it comes from: luck, groups of inputs, what they do together.

All shares are of the variance. Those of inputs are squares of the coefficients of a sparse polynomial chaos, less what
their own errors add; luck is half the mean square between two replications of a world. What neither tells is `untold`:
so many worlds cannot tell it apart. It is not luck, so it lies in some of the inputs, and may lie in any: the upper end
of each holds all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.statistics import FloatArray
from sim.study.forecast.chaos import Expansion, Germ, Term, expand, least_squares, pursuit_path

LUCK, TOGETHER, UNTOLD = "luck", "together", "untold"
RESAMPLES = 200
FEWEST_WORLDS = 20
"""Of fewer worlds no spread is split."""
TENTH = 0.1


@dataclass(frozen=True, eq=False)
class Split:
    """The spread of one measure.

    Attributes
    ----------
    parts
        A row a part: part (luck, each group, together, untold), share, ci_low, ci_high (but for luck and untold with
        all that is untold), total_share (with all that a group does together with others; of the rest their share).
    germs
        A row a germ in their order: name, share, ci_low, ci_high, total_share, effect (change of the measure from its
        10th to its 90th percentile, of words from the least to the greatest, over all that the others may be).
    variance
        Whose shares these are, in the square of the unit of the measure.
    """

    parts: pd.DataFrame
    germs: pd.DataFrame
    variance: float


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of a variance: of each part, and of each germ, alone and with all in which it has a part.

    `parts` are luck, the groups in order, what they do together, and untold; `totals` those of the groups.
    """

    variance: float
    parts: FloatArray
    totals: FloatArray
    alone: FloatArray
    germ_totals: FloatArray


def split(germs: Sequence[Germ], answers: FloatArray, pairs: FloatArray, level: float, seed: int) -> Split | None:
    """Split the spread of a measure; None where it has none, or the worlds are too few.

    Parameters
    ----------
    answers
        The measure, one a world; where it was not observed NaN.
    pairs
        The measure in two replications of the same worlds, worlds × 2; of none luck is not told.
    level
        Of the bootstrap intervals: answers are made anew of the fit and its residuals, and fitted with as many terms;
        luck is drawn from what its pairs leave open. What more or fewer terms would tell is in none of them, but in
        what is untold.
    seed
        Of folds and bootstrap.
    """
    is_observed = np.isfinite(answers)
    values = answers[is_observed]
    if len(values) < FEWEST_WORLDS or np.ptp(values) == 0:
        return None
    germs_seen = [replace(germ, points=germ.points[is_observed]) for germ in germs]
    expansion = expand(germs_seen, values, seed)
    gaps = np.diff(pairs[np.isfinite(pairs).all(axis=1)], axis=1)[:, 0]
    rng = np.random.default_rng(seed)
    luck = float(np.mean(gaps**2) / 2) if len(gaps) else np.nan
    estimate = shares_of(germs_seen, expansion, luck)
    resamples = [
        shares_of(germs_seen, refit(expansion, rng), luck_drawn(luck, len(gaps), rng)) for _ in range(RESAMPLES)
    ]
    parts = pd.DataFrame({"part": [LUCK, *groups_of(germs), TOGETHER, UNTOLD], "share": estimate.parts})
    parts["ci_low"], parts["ci_high"] = spread_ends([shares.parts for shares in resamples], level)
    untold = np.array([[shares.parts[-1]] for shares in resamples])
    of_inputs = np.array([shares.parts[1:-1] for shares in resamples])
    parts.loc[1 : len(parts) - 2, "ci_high"] = spread_ends(of_inputs + untold, level)[1]
    parts["total_share"] = estimate.totals
    table = pd.DataFrame({"name": [germ.name for germ in germs], "share": estimate.alone})
    alone = np.array([shares.alone for shares in resamples])
    table["ci_low"], table["ci_high"] = spread_ends(alone, level)[0], spread_ends(alone + untold, level)[1]
    table["total_share"] = estimate.germ_totals
    table["effect"] = [effect_of(place, germ, expansion) for place, germ in enumerate(germs_seen)]
    return Split(parts, table, estimate.variance)


def groups_of(germs: Sequence[Germ]) -> list[str]:
    """The groups, each once, in the order in which they come."""
    return list(dict.fromkeys(germ.group for germ in germs))


def luck_drawn(luck: float, pairs: int, rng: np.random.Generator) -> float:
    """A variance of luck that so many pairs leave open, were their differences normal; NaN of none.

    Differences drawn anew from a handful would lie between those seen, and hold the truth far too seldom.
    """
    return luck * pairs / float(rng.chisquare(pairs)) if pairs else np.nan


def shares_of(germs: Sequence[Germ], expansion: Expansion, luck: float) -> Shares:
    """What a fit, and the variance of luck (NaN: not told), come to."""
    groups = groups_of(germs)
    squares = np.maximum(expansion.coefficients**2 - expansion.errors**2, 0.0)
    is_told = np.isfinite(luck)
    rest_variance = max(expansion.rest_variance, luck) if is_told else expansion.rest_variance
    variance = float(squares.sum()) + rest_variance
    places = [{place for place, _ in term} for term in expansion.terms]
    in_groups = [{groups.index(germs[place].group) for place in inputs} for inputs in places]
    by_group = np.zeros((len(groups), 2))
    by_germ = np.zeros((len(germs), 2))
    for square, inputs, of_groups in zip(squares, places, in_groups, strict=True):
        by_group[list(of_groups), 1] += square
        by_germ[list(inputs), 1] += square
        by_group[list(of_groups), 0] += square if len(of_groups) == 1 else 0.0
        by_germ[list(inputs), 0] += square if len(inputs) == 1 else 0.0
    together = sum(float(square) for square, inputs in zip(squares, in_groups, strict=True) if len(inputs) > 1)
    untold = rest_variance - luck if is_told else rest_variance
    parts = np.array([luck, *by_group[:, 0], together, untold]) / variance
    totals = np.array([parts[0], *by_group[:, 1] / variance, parts[-2], parts[-1]])
    return Shares(variance, parts, totals, by_germ[:, 0] / variance, by_germ[:, 1] / variance)


def refit(expansion: Expansion, rng: np.random.Generator) -> Expansion:
    """A fit of answers made anew, those it predicts with residuals drawn from its own, by as many terms taken anew."""
    number = len(expansion.terms)
    freedom = max(len(expansion.residuals) - number - 1, 1)
    residuals = expansion.residuals * np.sqrt(len(expansion.residuals) / freedom)
    columns = taken_columns(expansion)
    answers = expansion.design[:, columns] @ expansion.coefficients + rng.choice(residuals, len(residuals))
    answers = answers - answers.mean()
    places = np.flatnonzero(pursuit_path(expansion.design, answers, number)[:, number]) if number else columns
    coefficients, errors, leftover = least_squares(expansion.design[:, places], answers)
    before = float(expansion.residuals @ expansion.residuals)
    ratio = float(leftover @ leftover) / before if before else 1.0
    return replace(
        expansion,
        terms=tuple(expansion.candidates[place] for place in places),
        coefficients=coefficients,
        errors=errors,
        rest_variance=expansion.rest_variance * ratio,
    )


def taken_columns(expansion: Expansion) -> npt.NDArray[np.int64]:
    """The places of the terms taken among all candidates."""
    places: dict[Term, int] = {term: place for place, term in enumerate(expansion.candidates)}
    return np.array([places[term] for term in expansion.terms], dtype=np.int64)


def effect_of(place: int, germ: Germ, expansion: Expansion) -> float:
    """Change of the measure over a germ, see `Split`."""
    orders = {
        term[0][1]: value
        for term, value in zip(expansion.terms, expansion.coefficients, strict=True)
        if len(term) == 1 and term[0][0] == place
    }
    if not orders:
        return 0.0
    if germ.has_words:
        points = np.arange(len(germ.law), dtype=float)
    else:
        weight_sums = np.cumsum(germ.weights)
        points = np.array([germ.law[np.searchsorted(weight_sums, share)] for share in (TENTH, 1 - TENTH)])
    functions = germ.columns(max(orders), points)
    answers = sum(value * functions[:, order - 1] for order, value in orders.items())
    return float(np.ptp(answers)) if germ.has_words else float(answers[1] - answers[0])


def spread_ends(samples: Sequence[FloatArray] | FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """The ends between which a share `level` of some samples lies, entry by entry."""
    table = np.array(samples)
    return np.quantile(table, (1 - level) / 2, axis=0), np.quantile(table, (1 + level) / 2, axis=0)
