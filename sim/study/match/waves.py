"""History matching in waves: worlds are run, emulators rule draws out, and the next worlds come from what is left.

Draws are those of a forecast, numbered, from the prior. A wave runs the next few that no emulator has ruled out yet,
which is rejection from the prior: what is left is the prior, cut. After each wave every target gets an emulator anew, a
sparse polynomial chaos of the worlds that were left before it; the mean square by which it misses worlds that it was
not fitted to is its variance. What an emulator has ruled out stays out (Vernon, Goldstein and Bower 2010).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.measure.chances import share_interval
from sim.measure.statistics import FloatArray
from sim.study.forecast.chaos import Germ, expand, predictions
from sim.study.match.implausibility import (
    CUT,
    Record,
    implausibilities,
    luck_variances,
    scores,
    scores_of_runs,
    weights,
)

FEWEST_FITTED = 40
"""To fewer worlds no emulator is fitted: then those of all waves are taken."""

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Ask = Callable[[Sequence[int]], FloatArray]
"""Runs worlds by their numbers: worlds × targets × replications, NaN where a world says nothing."""


@dataclass(frozen=True, eq=False)
class Wave:
    """What one wave ran and left.

    Attributes
    ----------
    numbers
        The worlds run in it.
    is_left
        Of all draws, whether no emulator of this wave or one before has ruled it out.
    deviations
        Standard deviation of the emulator of each target, luck among it; infinite where none could be fitted.
    """

    numbers: IntArray
    is_left: BoolArray
    deviations: FloatArray


@dataclass(frozen=True, eq=False)
class Match:
    """All waves of a match.

    Attributes
    ----------
    record
        The targets.
    numbers, wave_of, answers
        The worlds run, in order, the wave of each, and what they said: worlds × targets × replications.
    luck
        Variance of one replication, by target.
    level
        Of the intervals.
    """

    record: Record
    waves: tuple[Wave, ...]
    numbers: IntArray
    wave_of: IntArray
    answers: FloatArray
    luck: FloatArray
    level: float

    @property
    def scores(self) -> FloatArray:
        """How far each world run lies from each target, worlds × targets."""
        return scores_of_runs(self.record, self.answers, self.luck)

    @property
    def weights(self) -> FloatArray:
        """The weight of each world run: nought if it is ruled out."""
        return weights(self.scores)

    @property
    def is_left(self) -> BoolArray:
        """Whether each world run is left."""
        return np.asarray(implausibilities(self.scores) < CUT, bool)

    @property
    def share_left(self) -> tuple[float, float, float]:
        """The share of the prior that is left, with its interval: what emulators leave, times what runs leave of that.

        The runs are those of the last wave, and the interval is theirs: draws are so many more that their luck is as
        nothing beside it.
        """
        last = len(self.waves) - 1
        of_runs = self.is_left[self.wave_of == last]
        before = float(self.waves[last - 1].is_left.mean()) if last else 1.0
        share = share_interval(int(of_runs.sum()), len(of_runs), self.level)
        return share.share * before, share.low * before, share.high * before

    @property
    def best(self) -> int:
        """The place among the worlds run of the least implausible one."""
        return int(np.argmin(implausibilities(self.scores)))


def match(germs: Sequence[Germ], record: Record, ask: Ask, worlds: int, waves: int, level: float, seed: int) -> Match:
    """Hold draws against a record, in waves.

    Parameters
    ----------
    germs
        What is drawn, with its value in every draw there is.
    worlds
        Run in each wave, if so many are left.
    seed
        Of the folds by which emulators are chosen.
    """
    draws = len(germs[0].points)
    is_left, is_fresh = np.ones(draws, bool), np.ones(draws, bool)
    history: list[Wave] = []
    answers: list[FloatArray] = []
    for _ in range(waves):
        numbers = np.flatnonzero(is_left & is_fresh)[:worlds]
        if not len(numbers):
            break
        is_fresh[numbers] = False
        answers.append(ask(numbers.tolist()))
        run_numbers = np.concatenate([*(wave.numbers for wave in history), numbers])
        run_answers = np.concatenate(answers)
        is_fitted = is_left[run_numbers] if is_left[run_numbers].sum() >= FEWEST_FITTED else np.ones(len(run_numbers))
        emulated_means, deviations = emulations(germs, run_numbers, run_answers, np.asarray(is_fitted, bool), seed)
        variances = deviations**2 + luck_variances(run_answers)
        is_left = is_left & (implausibilities(scores(record, emulated_means, variances)) < CUT)
        history.append(Wave(numbers, is_left, deviations))
    wave_of = np.repeat(np.arange(len(history)), [len(wave.numbers) for wave in history])
    run_numbers = np.concatenate([wave.numbers for wave in history])
    run_answers = np.concatenate(answers)
    return Match(record, tuple(history), run_numbers, wave_of, run_answers, luck_variances(run_answers), level)


def emulations(
    germs: Sequence[Germ], numbers: IntArray, answers: FloatArray, is_fitted: BoolArray, seed: int
) -> tuple[FloatArray, FloatArray]:
    """What emulators, fitted to some worlds, say of every draw to each target, and their standard deviations."""
    number = np.isfinite(answers).sum(axis=2)
    means = np.where(number > 0, np.nansum(answers, axis=2) / np.maximum(number, 1), np.nan)
    columns, deviations = [], []
    for values in means.T:
        is_used = is_fitted & np.isfinite(values)
        if is_used.sum() < FEWEST_FITTED or np.ptp(values[is_used]) == 0:
            # nothing is known of draws that were not run: they all may be as the mean, or anything
            columns.append(np.full(len(germs[0].points), np.nanmean(values) if np.isfinite(values).any() else 0.0))
            deviations.append(0.0 if is_used.sum() >= FEWEST_FITTED else np.inf)
            continue
        places = numbers[is_used]
        expansion = expand([replace(germ, points=germ.points[places]) for germ in germs], values[is_used], seed)
        columns.append(predictions(expansion, germs))
        deviations.append(float(np.sqrt(expansion.rest_variance)))
    return np.column_stack(columns), np.array(deviations)
