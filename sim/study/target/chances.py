"""Probabilities from few replications: the share that reaches a target, and what Student's t predicts of the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.measure.statistics import share_interval
from sim.scenario.errors import ArgumentError


@dataclass(frozen=True)
class Chance:
    """How probable it is that a replication reaches a target.

    Attributes
    ----------
    reached, n
        Replications that reach it, and replications.
    low, high
        Exact interval of the probability, from the share alone (Clopper and Pearson 1934).
    predicted
        Probability that one replication more reaches it, if all come from one normal distribution.
    """

    reached: int
    n: int
    low: float
    high: float
    predicted: float

    @property
    def share(self) -> float:
        """Share of the replications that reach the target."""
        return self.reached / self.n


def chance(values: npt.ArrayLike, target: float, level: float) -> Chance:
    """How probable it is to reach a target, from independent `values`, one a replication.

    The prediction is that of one more value of a normal sample: its distance from the mean over
    `s` times the root of 1 + 1/n follows Student's t with n - 1 degrees of freedom.

    Raises
    ------
    ArgumentError
        If there are fewer than two values, or `level` does not lie between 0 and 1.
    """
    from scipy.special import stdtr

    sample = np.asarray(values, float)
    n = len(sample)
    if n < 2 or not 0 < level < 1:
        raise ArgumentError(f"a chance needs two values and a level between 0 and 1, not {n} and {level}")
    reached = int(np.sum(sample >= target))
    share = share_interval(reached, n, level)
    above, scale = float(sample.mean()) - target, spread_of_next(sample)
    predicted = float(stdtr(n - 1, above / scale)) if scale > 0 else float(above >= 0)
    return Chance(reached, n, share.low, share.high, predicted)


def predicted(means: npt.NDArray[np.float64], samples: Sequence[npt.ArrayLike], target: float) -> list[float]:
    """Probability that one value more about each mean reaches a target, if it scatters as some samples do together.

    Their variances are pooled, and so are their degrees of freedom.
    """
    from scipy.special import stdtr

    values = [np.asarray(sample, float) for sample in samples]
    degrees = sum(len(each) - 1 for each in values)
    variance = sum(float(((each - each.mean()) ** 2).sum()) for each in values) / degrees
    scale = np.sqrt(variance * (1 + 1 / len(values[0])))
    if scale == 0:
        return [float(mean >= target) for mean in means]
    return [float(stdtr(degrees, (mean - target) / scale)) for mean in means]


def assured(values: npt.ArrayLike, probability: float) -> float:
    """What one replication more reaches with a probability, as `chance` predicts it."""
    from scipy.special import stdtrit

    sample = np.asarray(values, float)
    return float(sample.mean() - stdtrit(len(sample) - 1, probability) * spread_of_next(sample))


def reached_by(values: npt.ArrayLike, probability: float) -> float:
    """The greatest target that a share of at least `probability` of the values reaches."""
    ordered = np.sort(np.asarray(values, float))[::-1]
    return float(ordered[int(np.ceil(probability * len(ordered) - 1e-9)) - 1])


def spread_of_next(sample: npt.NDArray[np.float64]) -> float:
    """Standard deviation of the next value about the mean of a sample."""
    return float(sample.std(ddof=1) * np.sqrt(1 + 1 / len(sample)))
