"""Numbers fitted by bounded least squares on relative deviations, in few trials.

Each trial is a set of values that can be written; what the model says to it is known once it was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray, intervals
from sim.scenario.problems import ArgumentError
from sim.scenario.schema import Published
from sim.study.calibrate.identify import Identification, identify
from sim.study.calibrate.parameters import FreeParameter
from sim.study.calibrate.targets import target_values

NO_ANSWER = -1.0
"""Relative deviation of a model that says nothing: as far off as one that says 0."""

ANCHOR = 1e-3
"""Pull towards the values in force, over a whole range: what no target sees stays, and the search is regular."""

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

    def __init__(self, answer: Model, figure_values: FloatArray, limit: int) -> None:
        self.answer = answer
        self.figure_values = figure_values
        self.limit = limit
        self.known: dict[Values, FloatArray] = {}

    def at(self, values: Values) -> FloatArray:
        """The answers, targets × replications."""
        if values not in self.known:
            if len(self.known) >= self.limit:
                raise NoTrialsLeft
            self.known[values] = self.answer(values)
        return self.known[values]

    def residuals(self, values: Values) -> FloatArray:
        """Model less figure over figure, the model averaged over the replications."""
        means = intervals(self.at(values), 0.95).mean
        return np.where(np.isfinite(means), (means - self.figure_values) / self.figure_values, NO_ANSWER)

    def best(self) -> Values:
        """The values with the least sum of squares so far, the first of equals."""
        return min(self.known, key=lambda values: float(np.sum(self.residuals(values) ** 2)))


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
    jacobian: FloatArray
    identification: Identification
    evaluations: int
    is_settled: bool

    @property
    def fitted(self) -> dict[str, float]:
        """The fitted values by parameter."""
        return dict(zip((parameter.name for parameter in self.parameters), self.values, strict=True))

    @property
    def deviations(self) -> dict[str, float]:
        """Model less figure over figure by target, with three significant digits."""
        return {name: float(f"{residual:.3g}") for name, residual in zip(self.targets, self.residuals, strict=True)}


def least_evaluations(parameters: int) -> int:
    """Trials that a fit needs at least: one step of the search, and both sides of each parameter at its end."""
    return 3 * parameters + 1


def fit(
    parameters: Sequence[FreeParameter],
    aims: Mapping[str, Published],
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
    trials = Trials(answer, target_values(aims), evaluations - around)
    start = tuple(parameter.start for parameter in parameters)
    is_settled = search(parameters, trials, start)
    best = trials.best()
    while True:
        trials.limit = len(trials.known) + around
        jacobian = slopes(parameters, trials, best, both_sides=True)
        better = trials.best()
        if better == best or len(trials.known) + around > evaluations:
            break
        best = better
    after = trials.at(best)
    shares = np.array([parameter.share(value) for parameter, value in zip(parameters, best, strict=True)])
    answers = intervals(after, level)
    noise = np.abs((answers.high - answers.low) / 2 / trials.figure_values)
    return Fit(
        tuple(parameters),
        aims,
        best,
        trials.at(start),
        after,
        trials.residuals(best),
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
        return np.concatenate([trials.residuals(values(shares)), ANCHOR * (shares - anchor)])

    def jacobian(shares: FloatArray) -> FloatArray:
        return np.vstack([slopes(parameters, trials, values(shares), both_sides=False), ANCHOR * np.eye(len(shares))])

    trials.at(start)
    with suppress(NoTrialsLeft):
        least_squares(residuals, anchor, jacobian, (0.0, 1.0), "trf", ftol=TOLERANCE, xtol=TOLERANCE)
        return True
    return False


def slopes(parameters: Sequence[FreeParameter], trials: Trials, values: Values, both_sides: bool) -> FloatArray:
    """Change of the residuals over the whole range of each parameter, by differences (targets × parameters)."""
    columns = []
    for place, parameter in enumerate(parameters):
        low, high = parameter.neighbours(values[place], both_sides)
        rise = trials.residuals(with_one(values, place, high)) - trials.residuals(with_one(values, place, low))
        columns.append(rise / (parameter.share(high) - parameter.share(low)))
    return np.column_stack(columns)


def with_one(values: Values, place: int, value: float) -> Values:
    """Values with one of them changed."""
    return (*values[:place], value, *values[place + 1 :])
