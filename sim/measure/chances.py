"""Probabilities over replications: the share that keeps to a bound, and what Student's t predicts of the next ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.measure.statistics import FEWEST, FloatArray, check_level
from sim.scenario.problems import ArgumentError

FEWEST_TRIALS = 20
"""Trials from which a share of them is told as a probability: of fewer, the interval of even 0 or all of them reaches
over a sixth of all that a probability can be, and says little but that they are few."""


@dataclass(frozen=True)
class ShareInterval:
    """The successes in `n` independent trials, with the exact interval of their probability, 0 to 1 of no trial."""

    successes: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of the trials that succeeded; NaN of no trial."""
        return self.successes / self.n if self.n else np.nan


@dataclass(frozen=True)
class Chance(ShareInterval):
    """How probable it is that a replication reaches a target: the share of those that do, with its interval.

    Attributes
    ----------
    predicted
        Probability that one replication more reaches it, if all come from one normal distribution.
    """

    predicted: float


def share_interval(successes: int, n: int, level: float) -> ShareInterval:
    """Exact interval of a probability, from the successes in `n` independent trials (Clopper and Pearson 1934).

    It holds the probability at least as often as `level` says, for every n and every probability; an approximate one,
    as Wilson's, is shorter and falls short of the level for some.

    Raises
    ------
    ArgumentError
        If `level` does not lie between 0 and 1, or there are more successes than trials.
    """
    from scipy.special import betaincinv

    check_level(level)
    if not 0 <= successes <= n:
        raise ArgumentError(f"{successes} successes in {n} trials are not possible")
    tail = (1 - level) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return ShareInterval(successes, n, low, high)


def share_reaching(values: npt.ArrayLike, bound: float, level: float, at_least: bool = True) -> ShareInterval:
    """The share of independent values, one a replication, that reach a bound; else those that do not exceed it."""
    sample = np.asarray(values, float)
    reaching = sample >= bound if at_least else sample <= bound
    return share_interval(int(reaching.sum()), len(sample), level)


def chance_of_target(values: npt.ArrayLike, target: float, level: float) -> Chance:
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
    reaching = share_reaching(sample, target, level)
    above, scale = float(sample.mean()) - target, deviation_of_next(sample)
    probability = float(stdtr(n - 1, above / scale)) if scale > 0 else float(above >= 0)
    return Chance(reaching.successes, n, reaching.low, reaching.high, probability)


def pooled_chances(means: FloatArray, samples: Sequence[npt.ArrayLike], target: float) -> list[float]:
    """Probability that one value more about each mean reaches a target, if it scatters as some samples do together.

    Their variances are pooled, and so are their degrees of freedom.
    """
    from scipy.special import stdtr

    values = [np.asarray(sample, float) for sample in samples]
    degrees = sum(len(sample) - 1 for sample in values)
    variance = sum(float(((sample - sample.mean()) ** 2).sum()) for sample in values) / degrees
    scale = np.sqrt(variance * (1 + 1 / len(values[0])))
    if scale == 0:
        return [float(mean >= target) for mean in means]
    return [float(stdtr(degrees, (mean - target) / scale)) for mean in means]


def assured_value(values: npt.ArrayLike, probability: float) -> float:
    """What one replication more reaches with a probability, as `chance_of_target` predicts it."""
    from scipy.special import stdtrit

    sample = np.asarray(values, float)
    return float(sample.mean() - stdtrit(len(sample) - 1, probability) * deviation_of_next(sample))


def range_of_next(values: npt.ArrayLike, level: float, least: float = 0.0) -> tuple[float, float]:
    """The range in which one replication more lies with probability `level`, as `chance_of_target` predicts it.

    It is that of a single value, not of the mean, and is cut at `least`; NaN for fewer than `FEWEST` values.
    """
    from scipy.special import stdtrit

    check_level(level)
    sample = np.asarray(values, float)
    if len(sample) < FEWEST:
        return np.nan, np.nan
    mean, reach = float(sample.mean()), float(stdtrit(len(sample) - 1, (1 + level) / 2) * deviation_of_next(sample))
    return max(mean - reach, min(least, mean)), mean + reach


DRAWS = 1000
"""Samples drawn out of all replications together."""


def range_of_some(
    replications: Sequence[FloatArray], number: int, statistic: Callable[[FloatArray], FloatArray], level: float
) -> tuple[float, float]:
    """The range in which a statistic of `number` values out of one replication more lies with probability `level`.

    How whole replications differ gives a half-width, see `range_of_next`; what luck makes of so many of the values of
    one, drawn again and again, the other: their squares add up (Zou and Donner, Statistics in Medicine 27, 2008). The
    scatter of the whole holds a part of the second already, that of all its n values: 1 - number / n are left. So of as
    many values as the replications have it is that of `range_of_next`; NaN for fewer than `FEWEST` replications.
    """
    wholes = np.array([float(statistic(values)) for values in replications])
    low, high = range_of_next(wholes, level, least=-np.inf)
    if not np.isfinite([low, high]).all():
        return np.nan, np.nan
    rng = np.random.default_rng(0)
    distances = np.concatenate(
        [
            (statistic(rng.choice(values, (-(-DRAWS // len(wholes)), number))) - whole_value)
            * np.sqrt(1 - number / len(values))
            if number < len(values)
            else np.zeros(1)
            for values, whole_value in zip(replications, wholes, strict=True)
        ]
    )
    drift = distances.mean()  # of few values the greatest are seldom as great as of all
    below, above = np.quantile(distances - drift, [(1 - level) / 2, (1 + level) / 2])
    mean = wholes.mean()
    ends = (mean + drift - np.hypot(mean - low, below), mean + drift + np.hypot(high - mean, above))
    return max(float(ends[0]), 0.0), float(ends[1])


def reached_value(values: npt.ArrayLike, probability: float) -> float:
    """The greatest target that a share of at least `probability` of the values reaches."""
    descending = np.sort(np.asarray(values, float))[::-1]
    return float(descending[int(np.ceil(probability * len(descending) - 1e-9)) - 1])


def deviation_of_next(sample: FloatArray) -> float:
    """Standard deviation of the next value about the mean of a sample."""
    return float(sample.std(ddof=1) * np.sqrt(1 + 1 / len(sample)))
