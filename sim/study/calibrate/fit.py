"""Numbers fitted by bounded least squares on distances from the record, in few trials.

Each target counts by its errors, those of the record and of the model, as where worlds are ruled out. Each trial is a
set of values that can be written; what the model says to it is known once it was asked. How far each number could move
before the figures would show it is identification, see `identify`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray, half_widths, intervals
from sim.scenario.problems import ArgumentError
from sim.scenario.schema import Published
from sim.study.calibrate.parameters import FreeParameter
from sim.study.match.implausibility import Record, scores

NO_ANSWER = 0.0
"""A model that says nothing is as far off as one that says so."""

ANCHOR = 1e-3
"""Pull towards the values in force, over a whole range: what no target sees stays, and the search is regular."""

NO_LUCK = np.zeros(1)
"""Of the fixed replications of a trial: its distances are those from what the replications say."""

TOLERANCE = 1e-3
"""The search ends when a step improves the sum of squares, or moves the parameters, by less than this share."""

Values = tuple[float, ...]
"""A value for each free parameter."""

Model = Callable[[Values], FloatArray]
"""What the model says to each target in each replication (targets × replications), NaN where it says nothing."""


class NoTrialsLeft(Exception):
    """No more trials are allowed."""


class Trials:
    """The answers at all values tried: each values are tried once, and no more than `limit` altogether."""

    def __init__(self, answer: Model, record: Record, limit: int) -> None:
        self.answer = answer
        self.record = record
        self.limit = limit
        self.known: dict[Values, FloatArray] = {}

    def at(self, values: Values) -> FloatArray:
        """The answers, targets × replications."""
        if values not in self.known:
            if len(self.known) >= self.limit:
                raise NoTrialsLeft
            self.known[values] = self.answer(values)
        return self.known[values]

    def means(self, values: Values) -> FloatArray:
        """What the model says to each target, averaged over the replications."""
        means = intervals(self.at(values), 0.95).mean
        return np.where(np.isfinite(means), means, NO_ANSWER)

    def residuals(self, values: Values) -> FloatArray:
        """Model less figure over figure."""
        return (self.means(values) - self.record.figures) / self.record.figures

    def distances(self, values: Values) -> FloatArray:
        """Model less figure in standard deviations of the errors stated."""
        return scores(self.record, self.means(values), NO_LUCK)

    def best(self) -> Values:
        """The values with the least sum of squares so far, the first of equals."""
        return min(self.known, key=lambda values: float(np.sum(self.distances(values) ** 2)))


@dataclass(frozen=True, eq=False)
class Fit:
    """What a calibration found.

    Attributes
    ----------
    values
        The fitted value of each parameter.
    before, after
        Answers at the values in force before, and at the fit (targets × replications).
    residuals
        Model less figure over figure at the fit, by target.
    distances
        The same in standard deviations of the errors stated, which the fit makes small together.
    jacobian
        Change of the relative deviations over the whole range of each parameter, at the fit (targets × parameters).
    identification
        What the targets say of the parameters.
    evaluations
        Trials made, each of all replications.
    is_settled
        Whether the search ended by itself, not by the number of trials.
    """

    parameters: tuple[FreeParameter, ...]
    targets: Mapping[str, Published]
    values: Values
    before: FloatArray
    after: FloatArray
    residuals: FloatArray
    distances: FloatArray
    jacobian: FloatArray
    identification: Identification
    evaluations: int
    is_settled: bool


def least_evaluations(parameters: int) -> int:
    """Trials that a fit needs at least: one step of the search, and both sides of each parameter at its end."""
    return 3 * parameters + 1


def fit(
    parameters: Sequence[FreeParameter],
    aims: Mapping[str, Published],
    record: Record,
    answer: Model,
    evaluations: int,
    level: float = 0.95,
) -> Fit:
    """Fit parameters to targets by bounded least squares (trust region reflective, Branch, Coleman and Li 1999).

    When the search has ended, the two neighbours of the best values in each parameter are tried; the fit moves to a
    better neighbour while there is one and trials are left.

    Parameters
    ----------
    aims
        The targets, each with a value other than 0.
    record
        Their figures and errors, see `record_of`.
    answer
        What the model says at given values; always the same at the same values.
    evaluations
        Most calls of `answer`.
    level
        Confidence level of the replication noise.

    Raises
    ------
    ArgumentError
        If `evaluations` is less than `least_evaluations`.
    """
    around = 2 * len(parameters)
    if evaluations < least_evaluations(len(parameters)):
        raise ArgumentError(f"at least {least_evaluations(len(parameters))} evaluations are needed, not {evaluations}")
    trials = Trials(answer, record, evaluations - around)
    start = tuple(parameter.start for parameter in parameters)
    is_settled = search(parameters, trials, start)
    best = trials.best()
    while True:
        trials.limit = len(trials.known) + around
        jacobian = slopes(parameters, trials.residuals, best, both_sides=True)
        better = trials.best()
        if better == best or len(trials.known) + around > evaluations:
            break
        best = better
    after = trials.at(best)
    shares = np.array([parameter.share(value) for parameter, value in zip(parameters, best, strict=True)])
    noise = np.abs(half_widths(after, level)[1] / record.figures)
    return Fit(
        tuple(parameters),
        aims,
        best,
        trials.at(start),
        after,
        trials.residuals(best),
        trials.distances(best),
        jacobian,
        identify(jacobian, noise, shares),
        len(trials.known),
        is_settled and better == best,
    )


def search(parameters: Sequence[FreeParameter], trials: Trials, start: Values) -> bool:
    """Try values from `start` on, until they are settled (True) or the trials are spent (False)."""
    from scipy.optimize import least_squares  # half a second, for this command alone

    anchor = np.array([parameter.share(value) for parameter, value in zip(parameters, start, strict=True)])

    def values(shares: FloatArray) -> Values:
        return tuple(parameter.at(float(share)) for parameter, share in zip(parameters, shares, strict=True))

    def residuals(shares: FloatArray) -> FloatArray:
        return np.concatenate([trials.distances(values(shares)), ANCHOR * (shares - anchor)])

    def jacobian(shares: FloatArray) -> FloatArray:
        rises = slopes(parameters, trials.distances, values(shares), both_sides=False)
        return np.vstack([rises, ANCHOR * np.eye(len(shares))])

    trials.at(start)
    with suppress(NoTrialsLeft):
        least_squares(residuals, anchor, jacobian, (0.0, 1.0), "trf", ftol=TOLERANCE, xtol=TOLERANCE)
        return True
    return False


def slopes(
    parameters: Sequence[FreeParameter], deviations: Callable[[Values], FloatArray], values: Values, both_sides: bool
) -> FloatArray:
    """Change of deviations over the whole range of each parameter, by differences (targets × parameters)."""
    columns = []
    for place, parameter in enumerate(parameters):
        low, high = parameter.neighbours(values[place], both_sides)
        rise = deviations(with_one(values, place, high)) - deviations(with_one(values, place, low))
        columns.append(rise / (parameter.share(high) - parameter.share(low)))
    return np.column_stack(columns)


def with_one(values: Values, place: int, value: float) -> Values:
    """Values with one of them changed."""
    return (*values[:place], value, *values[place + 1 :])


PRECISION = 1e-3
"""Least noise of a target, as a share of its figure: that of a number written with three digits."""

LOOSE_SHARE = 0.5
"""A parameter that may move over more of its range than this unseen is not identified."""

NEGLIGIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class Identification:
    """What the targets say of the parameters, near the fit.

    Attributes
    ----------
    spans
        For each parameter, the share of its range over which the fit stays within the replication noise, the other
        parameters following as best they can.
    singular
        Singular values, largest first: by how many half-widths of their intervals the targets move (root of the sum
        of squares) when the parameters move along a direction by their whole range. Below 1, nothing is seen.
    directions
        The directions, one a row, in shares of the ranges.
    """

    spans: FloatArray
    singular: FloatArray
    directions: FloatArray

    @property
    def loose(self) -> list[bool]:
        """Which parameters the targets do not pin down."""
        return [bool(span > LOOSE_SHARE) for span in self.spans]


def identify(jacobian: FloatArray, noise: FloatArray, shares: FloatArray) -> Identification:
    """What targets say of parameters, by the singular values of the Jacobian in units of the noise.

    With W = J / noise, a parameter j alone, the others following, moves the targets by one noise after
    sqrt((W'W)^-1_jj) of its range.

    Parameters
    ----------
    jacobian
        Change of the relative deviations over the whole range of each parameter (targets × parameters).
    noise
        Half-width of the interval of each target over its figure; NaN: the target is not to be relied on.
    shares
        Where each parameter stands in its range, 0 to 1.
    """
    weights = np.where(np.isfinite(noise), 1 / np.fmax(noise, PRECISION), 0.0)
    _, singular_seen, directions = np.linalg.svd(jacobian * weights[:, np.newaxis])
    singular = np.zeros(len(shares))
    singular[: len(singular_seen)] = singular_seen
    is_seen = singular > NEGLIGIBLE * max(1.0, singular[0])
    reach = np.sqrt((directions[is_seen] ** 2 / singular[is_seen, np.newaxis] ** 2).sum(axis=0))
    unseen = (np.abs(directions[~is_seen]) > NEGLIGIBLE**0.5).any(axis=0)
    reach = np.where(unseen, np.inf, reach)
    spans = np.minimum(1.0, shares + reach) - np.maximum(0.0, shares - reach)
    return Identification(spans, singular, directions)
