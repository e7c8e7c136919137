"""A measure as a sum of polynomials of what is drawn, few of many: sparse polynomial chaos, fitted to given worlds.

Each input has polynomials of its own that are orthonormal under its law, whatever that is (Oladyshkin and Nowak 2012,
"Data-driven uncertainty quantification using the arbitrary polynomial chaos expansion"), so that a response linear in
an input is one term, and the squares of the coefficients are parts of the variance (Sudret 2008). Of all terms the few
that predict best are taken: orthogonal matching pursuit, its length by cross-validation (Blatman and Sudret
2011 take another pursuit).
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray

FOLDS = 10
"""Parts of the worlds, each of which is predicted from the others."""
MOST_DEGREE, LEAST_DEGREE = 10, 2
WORLDS_A_TERM = 3
"""Of so many worlds at most one term is fitted."""
MOST_TERMS = 60
"""Terms beyond which nothing that a reader could use is told."""

Term = tuple[tuple[int, int], ...]
"""A product of polynomials: the place of each input among the inputs, and the degree of its polynomial."""


@dataclass(frozen=True, eq=False)
class Germ:
    """What is drawn by itself, independent of all else that is drawn: the source of one part of the spread.

    Attributes
    ----------
    name, group
        What it is called, and the group whose part it belongs to.
    points
        Its value in each world; of words their places in the list.
    law, weights
        Points that stand for its law, in order, and their probabilities.
    has_words
        Whether its values have no order, so that each has an effect of its own.
    """

    name: str
    group: str
    points: FloatArray
    law: FloatArray
    weights: FloatArray
    has_words: bool = False

    def columns(self, degree: int, points: FloatArray | None = None) -> FloatArray:
        """Its orthonormal functions at its points, points × functions; the constant is left out.

        Polynomials up to a degree; of words all contrasts between them, whatever the degree.
        """
        at = self.points if points is None else points
        if self.has_words:
            indicators = np.eye(len(self.law))[:, :-1]
            base, values = np.column_stack([np.ones(len(self.law)), indicators]), at.astype(int)
        else:
            middle, reach = (self.law[0] + self.law[-1]) / 2, (self.law[-1] - self.law[0]) / 2
            number = min(degree, len(np.unique(self.law)) - 1)
            base = np.polynomial.legendre.legvander((self.law - middle) / reach if reach else 0 * self.law, number)
            values = np.polynomial.legendre.legvander((at - middle) / reach if reach else 0 * at, number)
        triangle = np.linalg.qr(np.sqrt(self.weights)[:, np.newaxis] * base, mode="r")
        triangle *= np.sign(np.diag(triangle))[:, np.newaxis]
        functions = np.linalg.solve(triangle.T, (base[values] if self.has_words else values).T).T
        return np.asarray(functions[:, 1:], float)


@dataclass(frozen=True, eq=False)
class Expansion:
    """A measure in terms of what is drawn.

    Attributes
    ----------
    terms
        Those taken.
    coefficients, errors
        Of each term, with its standard error; all in the unit of the measure.
    residuals
        What each world differs from the fit.
    mean
        Of the measure.
    rest_variance
        Variance that is left when a world is predicted from others, luck among it.
    design, candidates
        All terms that might have been taken, worlds × terms, centred, and what each is.
    middles
        Mean of each term taken over the worlds, from which the coefficients count.
    """

    terms: tuple[Term, ...]
    coefficients: FloatArray
    errors: FloatArray
    residuals: FloatArray
    mean: float
    rest_variance: float
    design: FloatArray
    candidates: tuple[Term, ...]
    middles: FloatArray


def degree_of(worlds: int, inputs: int) -> int:
    """The degree of polynomials that so many worlds bear."""
    return int(np.clip(worlds // (2 * max(inputs, 1)), LEAST_DEGREE, MOST_DEGREE))


def main_terms(germs: Sequence[Germ], degree: int) -> tuple[FloatArray, list[Term]]:
    """The functions of each germ alone, worlds × terms, and what each is."""
    blocks = [germ.columns(degree) for germ in germs]
    terms: list[Term] = [
        ((place, order),) for place, block in enumerate(blocks) for order in range(1, block.shape[1] + 1)
    ]
    return np.hstack(blocks), terms


def pair_terms(
    terms: Sequence[Term], has_words: Sequence[bool], degree: int, inputs_taken: set[int], limit: int
) -> Iterator[tuple[int, int]]:
    """The products of functions of two germs that may be tried, as places among the functions of one alone.

    All of the degree, unless they are more than `limit`: then those of a germ that has been taken by itself.
    """
    orders = [1 if has_words[place] else order for ((place, order),) in terms]
    pairs = [
        (first, second)
        for first, second in itertools.combinations(range(len(terms)), 2)
        if terms[first][0][0] != terms[second][0][0] and orders[first] + orders[second] <= degree
    ]
    if len(pairs) > limit:
        pairs = [pair for pair in pairs if {terms[place][0][0] for place in pair} & inputs_taken]
    yield from pairs


def pursuit_path(design: FloatArray, answers: FloatArray, limit: int) -> FloatArray:
    """Coefficients by the number of terms, terms × 0, 1, …, `limit`: the term that tells most of the rest comes next.

    Where nothing is left to tell the last ones stay.
    """
    from sklearn.linear_model import orthogonal_mp

    lengths = np.sqrt((design**2).sum(axis=0))
    lengths[lengths == 0] = 1.0
    path = np.zeros((design.shape[1], limit + 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # that it ended early
        steps = orthogonal_mp(design / lengths, answers, n_nonzero_coefs=limit, return_path=True)
    steps = np.asarray(steps, float).reshape(design.shape[1], -1) / lengths[:, np.newaxis]
    number = steps.shape[1]
    path[:, 1 : number + 1] = steps
    path[:, number + 1 :] = path[:, [number]]
    return path


def errors_by_length(design: FloatArray, answers: FloatArray, limit: int, seed: int) -> FloatArray:
    """Mean squared error of predictions by the number of terms, 0, 1, …, `limit`, each world from other folds."""
    from sklearn.model_selection import KFold

    folds = KFold(min(FOLDS, len(answers)), shuffle=True, random_state=seed)
    squares = np.zeros((limit + 1, len(answers)))
    for training, testing in folds.split(answers):
        middle, mean = design[training].mean(axis=0), answers[training].mean()
        path = pursuit_path(design[training] - middle, answers[training] - mean, limit)
        squares[:, testing] = (answers[testing, np.newaxis] - mean - (design[testing] - middle) @ path).T ** 2
    return np.asarray(squares.mean(axis=1), float)


def expand(germs: Sequence[Germ], answers: FloatArray, seed: int) -> Expansion:
    """Fit a measure to what was drawn, from its values in some worlds.

    First the functions of each germ alone, then products of two beside them, which are kept if they predict better.

    Parameters
    ----------
    answers
        One a world, all finite, not all alike.
    seed
        Of the folds.
    """
    degree = degree_of(len(answers), len(germs))
    alone, terms = main_terms(germs, degree)
    limit = max(1, min(len(answers) // WORLDS_A_TERM, MOST_TERMS))
    first = best_terms(alone, tuple(terms), answers, min(limit, len(terms)), seed)
    inputs = {place for term in first.terms for place, _ in term}
    pairs = list(pair_terms(terms, [germ.has_words for germ in germs], degree, inputs, 2 * len(answers)))
    if not pairs:
        return first
    products = np.column_stack([alone[:, left_place] * alone[:, right_place] for left_place, right_place in pairs])
    wide_terms = (*terms, *(terms[left_place] + terms[right_place] for left_place, right_place in pairs))
    wide = best_terms(np.hstack([alone, products]), wide_terms, answers, min(limit, len(wide_terms)), seed)
    return min(first, wide, key=lambda expansion: expansion.rest_variance)


def best_terms(
    design: FloatArray, candidates: tuple[Term, ...], answers: FloatArray, limit: int, seed: int
) -> Expansion:
    """The terms that predict best, and their coefficients by least squares."""
    errors = errors_by_length(design, answers, limit, seed)
    number = int(errors.argmin())
    design_centred, mean = design - design.mean(axis=0), float(answers.mean())
    path = pursuit_path(design_centred, answers - mean, limit)[:, number]
    inputs_taken = np.flatnonzero(path)
    return Expansion(
        tuple(candidates[place] for place in inputs_taken),
        *least_squares(design_centred[:, inputs_taken], answers - mean),
        mean,
        float(errors[number]),
        design_centred,
        candidates,
        np.asarray(design.mean(axis=0)[inputs_taken], float),
    )


def predictions(expansion: Expansion, germs: Sequence[Germ], germs_known: Collection[int] | None = None) -> FloatArray:
    """What a fit says of each point of the germs that it was fitted to, which may be other points than it saw.

    Parameters
    ----------
    germs_known
        Places of the germs that are known: what is expected over all that the others may be. By default all are.
    """
    answers = np.full(len(germs[0].points), expansion.mean)
    for term, coefficient, middle in zip(expansion.terms, expansion.coefficients, expansion.middles, strict=True):
        if germs_known is not None and not all(place in germs_known for place, _ in term):
            continue
        functions = [germs[place].columns(order)[:, order - 1] for place, order in term]
        answers += coefficient * (np.prod(functions, axis=0) - middle)
    return answers


def least_squares(columns: FloatArray, answers: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Coefficients of columns, their standard errors, and what is left of the answers."""
    coefficients = np.linalg.lstsq(columns, answers, rcond=None)[0]
    residuals = answers - columns @ coefficients
    freedom = max(len(answers) - columns.shape[1] - 1, 1)
    inverse = np.linalg.pinv(columns.T @ columns)
    errors = np.sqrt(np.diag(inverse) * (residuals @ residuals) / freedom)
    return np.asarray(coefficients, float), np.asarray(errors, float), np.asarray(residuals, float)
