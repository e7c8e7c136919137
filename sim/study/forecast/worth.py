"""What finding out is worth: how much better one foretells or chooses once some of what is unknown is known.

The expected value of partial perfect information (Raiffa and Schlaifer 1961), by regression over worlds (Strong,
Oakley and Brennan 2014): a chaos is fitted to what each action comes to, and what is expected where some germs are
known is the sum of its terms in these alone, for germs are independent. Two things are decided. What is foretold, a
chance or an amount, is scored by the square of its error: of a chance that is the Brier score, which is proper, and the
mean of the losses of all choices between two actions over evenly spread stakes (Schervish 1989); of an amount what is
gained is the first-order part of its variance (Oakley and O'Hagan 2004). What is chosen is the action that comes to
most.

Whoever chooses by a fit and is judged in the worlds of that fit looks better than he is, for the greatest of noisy
numbers lies above the truth. So each world is judged by fits to the others: what is unknown and decides nothing comes
to no more than nothing, and what so many worlds cannot tell is worth nothing yet. What a fit tells is therefore no more
than a lower bound. What all unknowns together are worth needs none: it is all but luck, which pairs of runs tell.

A step is no polynomial of few terms. So beside the chaos stands, of each germ, what is expected below and above one
bound of it; where some germs are known that one foretells which did better in the other worlds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.measure.chances import share_interval
from sim.measure.statistics import FloatArray, Interval, interval
from sim.study.forecast.chaos import Expansion, Germ, expand, predictions

FOLDS = 5
"""Parts of the worlds, each of which is judged by fits to all others."""
FEWEST_A_SIDE = 5
"""Worlds that lie below a bound of a step, and above it, at least."""
FEWEST_WORLDS = 20
"""Of fewer worlds nothing is said to be worth finding out."""
WITH_LUCK, ALL_UNKNOWNS, GROUP, UNKNOWN = "everything", "all", "group", "unknown"
"""What is found out: all unknowns and luck, all unknowns, those of a group, or one."""


@dataclass(frozen=True)
class GermStep:
    """What is expected below and above a bound of a germ, and the mean square of its error in worlds left out."""

    place: int
    limit: float
    below: float
    above: float
    error: float


@dataclass(frozen=True, eq=False)
class Fold:
    """Worlds that were left out, and fits to all others: one an action, None where it came to the same in all.

    Attributes
    ----------
    worlds
        Places of those left out.
    germs, other_germs
        What is drawn in them, and in the other worlds.
    answers
        What the actions came to in the other worlds.
    steps
        Of each action, one a germ that has an order.
    """

    worlds: npt.NDArray[np.int64]
    germs: tuple[Germ, ...]
    other_germs: tuple[Germ, ...]
    answers: FloatArray
    fits: tuple[Expansion | None, ...]
    steps: tuple[tuple[GermStep, ...], ...]

    def means_given(self, germs_known: Collection[int]) -> FloatArray:
        """What each action is expected to come to where some germs are known, worlds × actions."""
        return np.column_stack([self.mean_given(action, germs_known) for action in range(len(self.fits))])

    def mean_given(self, action: int, germs_known: Collection[int]) -> FloatArray:
        """What an action is expected to come to: by its chaos, or by the step that did better in the other worlds."""
        answers, fit = self.answers[:, action], self.fits[action]
        if fit is None:
            return np.full(len(self.worlds), answers.mean())
        steps = [step for step in self.steps[action] if step.place in germs_known]
        best = min(steps, key=lambda step: step.error, default=None)
        if best is not None and best.error < error_given(fit, self.other_germs, answers, germs_known):
            points = self.germs[best.place].points
            return np.where(points <= best.limit, best.below, best.above)
        return predictions(fit, self.germs, germs_known)


@dataclass(frozen=True, eq=False)
class Lessons:
    """What actions came to in each world, and what the other worlds let expect of them there."""

    answers: FloatArray
    folds: tuple[Fold, ...]

    def means_given(self, germs_known: Collection[int]) -> FloatArray:
        """What each action is expected to come to in each world where some germs are known, worlds × actions."""
        table = np.empty_like(self.answers)
        for fold in self.folds:
            table[fold.worlds] = fold.means_given(germs_known)
        return table


def lessons(germs: Sequence[Germ], answers: FloatArray, seed: int) -> Lessons:
    """Fit what actions come to, worlds × actions, to all worlds but those of a fold, fold by fold.

    Parameters
    ----------
    seed
        Of the folds.
    """
    folds = []
    for left_out in np.array_split(np.random.default_rng(seed).permutation(len(answers)), FOLDS):
        other_worlds = np.setdiff1d(np.arange(len(answers)), left_out)
        germs_here, germs_there = (
            tuple(replace(germ, points=germ.points[worlds]) for germ in germs) for worlds in (left_out, other_worlds)
        )
        columns = answers[other_worlds].T
        fits = tuple(None if np.ptp(column) == 0 else expand(germs_there, column, seed) for column in columns)
        steps = tuple(tuple(germ_steps(germs_there, column, seed)) for column in columns)
        folds.append(Fold(left_out, germs_here, germs_there, answers[other_worlds], fits, steps))
    return Lessons(answers, tuple(folds))


def error_given(fit: Expansion, germs: Sequence[Germ], answers: FloatArray, germs_known: Collection[int]) -> float:
    """Mean square of the error of a fit in other worlds where some germs are known, from those it was fitted to.

    As many as the terms taken raise it twice: once in what was seen, once in what was not.
    """
    number = 1 + sum(all(place in germs_known for place, _ in term) for term in fit.terms)
    square = float(np.mean((answers - predictions(fit, germs, germs_known)) ** 2))
    return square * (len(answers) + number) / (len(answers) - number)


def germ_steps(germs: Sequence[Germ], answers: FloatArray, seed: int) -> Iterator[GermStep]:
    """The step of each germ that has an order; its error is of worlds that were left out, a fifth each time."""
    parts = np.array_split(np.random.default_rng(seed).permutation(len(answers)), FOLDS)
    for place, germ in enumerate(germs):
        if germ.has_words:
            continue
        squares = 0.0
        for part in parts:
            other_worlds = np.setdiff1d(np.arange(len(answers)), part)
            limit, below, above = best_bound(germ.points[other_worlds], answers[other_worlds])
            squares += float(((answers[part] - np.where(germ.points[part] <= limit, below, above)) ** 2).sum())
        yield GermStep(place, *best_bound(germ.points, answers), squares / len(answers))


def best_bound(points: FloatArray, answers: FloatArray) -> tuple[float, float, float]:
    """The bound that leaves least to tell, and the means below and above it; without any the mean on both sides."""
    order, number = np.argsort(points, kind="stable"), len(answers)
    at, sums, total = points[order], np.cumsum(answers[order])[:-1], answers.sum()
    below = np.arange(1, number)
    is_bound = (at[1:] > at[:-1]) & (below >= FEWEST_A_SIDE) & (number - below >= FEWEST_A_SIDE)
    if not is_bound.any():
        return np.inf, float(answers.mean()), float(answers.mean())
    squares_told = sums**2 / below + (total - sums) ** 2 / (number - below)
    best = int(np.where(is_bound, squares_told, -np.inf).argmax())
    means = sums[best] / below[best], (total - sums[best]) / (number - below[best])
    return float((at[best] + at[best + 1]) / 2), float(means[0]), float(means[1])


def foretelling_gains(lessons: Lessons, germs_known: Collection[int] | None) -> FloatArray:
    """By how much the square of an error is less in each world where some germs are known; None: everything, luck too.

    `lessons` are of one number: an amount, or 1 and 0 of what holds and what does not.
    """
    errors = foretelling_errors(lessons)
    return errors if germs_known is None else errors - ((lessons.answers - lessons.means_given(germs_known)) ** 2)[:, 0]


def foretelling_errors(lessons: Lessons) -> FloatArray:
    """The square of the error in each world where nothing is known."""
    return np.asarray(((lessons.answers - lessons.means_given(())) ** 2)[:, 0], float)


def choosing_gains(lessons: Lessons, germs_known: Collection[int] | None, affordable: Sequence[int]) -> FloatArray:
    """How much more comes of a choice in each world where some germs are known; None: everything, luck too.

    Parameters
    ----------
    affordable
        Places of the actions that can be chosen.
    """
    answers = lessons.answers[:, affordable]
    best = (
        answers.max(axis=1)
        if germs_known is None
        else payoffs(answers, lessons.means_given(germs_known)[:, affordable])
    )
    return np.asarray(best - payoffs(answers, lessons.means_given(())[:, affordable]), float)


def payoffs(answers: FloatArray, forecasts: FloatArray) -> FloatArray:
    """What comes of the action that is expected to come to most, in each world."""
    return np.take_along_axis(answers, forecasts.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]


def asks(germs: Sequence[Germ]) -> Iterator[tuple[str, str, tuple[int, ...] | None]]:
    """What can be found out: what it is, its name, and the places of its germs; everything, luck too, has None."""
    yield WITH_LUCK, "", None
    yield ALL_UNKNOWNS, "", tuple(range(len(germs)))
    for group in dict.fromkeys(germ.group for germ in germs):
        yield GROUP, group, tuple(place for place, germ in enumerate(germs) if germ.group == group)
    for place, germ in enumerate(germs):
        yield UNKNOWN, germ.name, (place,)


def worth(gains: FloatArray, level: float) -> Interval:
    """The mean of gains over worlds with its interval: finding out is worth nothing at the least."""
    estimate = interval(gains, level)
    return Interval(max(estimate.mean, 0.0), max(estimate.low, 0.0), max(estimate.high, 0.0), estimate.n)


def share_gained(gains: FloatArray, errors: FloatArray, level: float) -> Interval:
    """The share of the mean square of errors that finding out takes away, with the interval of a ratio of two means."""
    share = gains.mean() / errors.mean()
    estimate = interval(share + (gains - share * errors) / errors.mean(), level)
    mean, low, high = np.clip([estimate.mean, estimate.low, estimate.high], 0.0, 1.0).tolist()
    return Interval(mean, low, high, estimate.n)


def luck_of_chance(pairs: npt.NDArray[np.bool_], doubt: float, level: float) -> Interval:
    """The share of luck in the doubt whether something holds, from whether it does in two runs of some worlds.

    Two runs of a world of chance p are unlike with 2 p (1 - p), twice its luck; the interval is that of a chance.
    """
    unlike = share_interval(int((pairs[:, 0] != pairs[:, 1]).sum()), len(pairs), level)
    share, low, high = np.minimum(np.array([unlike.share, unlike.low, unlike.high]) / 2 / doubt, 1.0).tolist()
    return Interval(share, low, high, len(pairs))


def all_but_luck(of_fits: Interval, luck: Interval | None, greatest: float) -> Interval:
    """The share that finding out all unknowns takes away: no less than a fit tells of them, or of a part of them.

    Parameters
    ----------
    of_fits, greatest
        What fits tell of all unknowns, and the most that they tell of any.
    luck
        Its share, if it is known.
    """
    mean, low, high = of_fits.mean, of_fits.low, of_fits.high
    if luck is not None:
        mean, low, high = 1 - luck.mean, max(1 - luck.high, low), 1 - luck.low
    mean = max(mean, greatest)
    return Interval(mean, min(low, mean), max(high, mean), of_fits.n)
