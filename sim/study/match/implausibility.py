"""How implausible a world is: its distance from each target, over all that may rightly lie between the two.

A target is a figure with two stated errors, of the record and of the model at its best. A world is a draw of what
nobody knows, and its mean over some replications has luck of its own; what was published had luck, too, once. A world
that no model ran has the error of what predicts it instead. The variances add up (Craig and others 1997;
Vernon, Goldstein and Bower 2010), and a world further off than three standard deviations in any target is ruled out: a
law with one peak has at most a twentieth of itself beyond (Pukelsheim 1994).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Published
from sim.study.calibrate.parameters import calibration_of

CUT = 3.0
"""Standard deviations beyond which a world is ruled out."""


@dataclass(frozen=True, eq=False)
class Record:
    """The targets of a match: figures, and their errors as standard deviations, all in the units of the figures."""

    names: tuple[str, ...]
    figures: FloatArray
    observation: FloatArray
    discrepancy: FloatArray

    @property
    def variances(self) -> FloatArray:
        """Variance of each figure about what the model, were it right, would say without luck."""
        return self.observation**2 + self.discrepancy**2


def record_of(reading: Reading, aims: Mapping[str, Published]) -> Record:
    """The targets of a scenario with their errors.

    Raises
    ------
    ScenarioError
        If a target has no [calibration.errors.NAME].
    """
    errors = calibration_of(reading).errors
    path = ("calibration", "errors")
    silent = [name for name in aims if name not in errors]
    if silent:
        example = f"[calibration.errors.{silent[0]}] with observation_share and discrepancy_share, each with its source"
        message = f"says nothing of {', '.join(silent)}: state {example}"
        raise ScenarioError([Problem(spot_of(path, reading.spots, reading.file), path, message)])
    figures = np.array([aim.value for aim in aims.values()], float)
    observation, discrepancy = (
        np.array([errors[name].deviation(error, aim.value or 0.0) for name, aim in aims.items()])
        for error in ("observation", "discrepancy")
    )
    return Record(tuple(aims), figures, observation, discrepancy)


def luck_variances(answers: FloatArray) -> FloatArray:
    """Variance of one replication about the mean of its world, pooled over worlds, of each target.

    Parameters
    ----------
    answers
        Worlds × targets × replications; NaN where a world says nothing, which tells no luck. Where no world has two
        replications that is nought.
    """
    number = np.isfinite(answers).sum(axis=2)
    means = np.nanmean(np.where(number[..., np.newaxis] > 0, answers, 0.0), axis=2, keepdims=True)
    squares = np.nansum((answers - means) ** 2, axis=(0, 2))
    freedom = np.maximum(number - 1, 0).sum(axis=0)
    return np.asarray(squares / np.maximum(freedom, 1), float)


def scores(record: Record, means: FloatArray, variances: FloatArray) -> FloatArray:
    """Distance of each world from each target in standard deviations, worlds × targets; infinite where it is silent.

    Parameters
    ----------
    means
        What worlds say, or are predicted to say, to each target, worlds × targets.
    variances
        Of that, and of the luck that the record had: of a target, or of each world and target.
    """
    distances = (means - record.figures) / np.sqrt(record.variances + variances)
    return np.asarray(np.where(np.isfinite(means), distances, np.inf), float)


def scores_of_runs(record: Record, answers: FloatArray, luck: FloatArray) -> FloatArray:
    """The scores of worlds that were run, from worlds × targets × replications.

    The record had the luck of one replication, the mean of a world has that of all its own.
    """
    number = np.isfinite(answers).sum(axis=2)
    means = np.where(number > 0, np.nansum(answers, axis=2) / np.maximum(number, 1), np.nan)
    return scores(record, means, luck * (1 + 1 / np.maximum(number, 1)))


def implausibilities(scores_by_target: FloatArray) -> FloatArray:
    """The implausibility of each world: the greatest distance from a target, whichever side."""
    return np.asarray(np.abs(scores_by_target).max(axis=1), float)


def weights(scores_by_target: FloatArray) -> FloatArray:
    """How likely the record is in each world that is not ruled out, as shares of all; nought of the others.

    The errors are taken for normal and independent, so the weights are those of a posterior cut at three standard
    deviations. Where all worlds are ruled out there is none.
    """
    is_left = implausibilities(scores_by_target) < CUT
    logs = np.where(is_left, -0.5 * (np.where(is_left[:, np.newaxis], scores_by_target, 0.0) ** 2).sum(axis=1), -np.inf)
    if not is_left.any():
        return np.zeros(len(logs))
    likelihoods = np.exp(logs - logs.max())
    return np.asarray(likelihoods / likelihoods.sum(), float)


def effective_number(shares: Sequence[float] | FloatArray) -> float:
    """Of how many worlds alike in weight some worlds are worth (Kish): one over the sum of squares of their shares."""
    squares = float((np.asarray(shares) ** 2).sum())
    return 1 / squares if squares else 0.0
