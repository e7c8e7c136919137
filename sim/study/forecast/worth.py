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
to no more than nothing, and what so many worlds cannot tell is worth nothing yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.measure.statistics import FloatArray, Interval, interval
from sim.study.forecast.chaos import Expansion, Germ, expand, predictions

FOLDS = 5
"""Parts of the worlds, each of which is judged by fits to all others."""
FEWEST_WORLDS = 20
"""Of fewer worlds nothing is said to be worth finding out."""
WITH_LUCK, ALL_UNKNOWNS, GROUP, UNKNOWN = "everything", "all", "group", "unknown"
"""What is found out: all unknowns and luck, all unknowns, those of a group, or one."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Worlds that were left out, and fits to all others: one an action, None where it came to the same in all.

    Attributes
    ----------
    worlds
        Places of those left out.
    germs
        What is drawn in them.
    means
        Of the actions in the other worlds.
    """

    worlds: npt.NDArray[np.int64]
    germs: tuple[Germ, ...]
    means: FloatArray
    fits: tuple[Expansion | None, ...]

    def means_given(self, germs_known: Collection[int]) -> FloatArray:
        """What each action is expected to come to where some germs are known, worlds × actions."""
        columns = [
            np.full(len(self.worlds), mean) if fit is None else predictions(fit, self.germs, germs_known)
            for mean, fit in zip(self.means, self.fits, strict=True)
        ]
        return np.column_stack(columns)


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
        germs_there = [replace(germ, points=germ.points[other_worlds]) for germ in germs]
        fits = tuple(
            None if np.ptp(column) == 0 else expand(germs_there, column, seed) for column in answers[other_worlds].T
        )
        germs_here = tuple(replace(germ, points=germ.points[left_out]) for germ in germs)
        folds.append(Fold(left_out, germs_here, answers[other_worlds].mean(axis=0), fits))
    return Lessons(answers, tuple(folds))


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
