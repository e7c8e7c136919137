"""What a check found: the model beside a known answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z_AT_MOST = 4.0
"""Standard errors that a mean over replications may lie off its answer."""


@dataclass(frozen=True)
class Finding:
    """One check: the answer known, and what the model says.

    Attributes
    ----------
    name, source
        What is compared, and where the answer comes from.
    expected, observed
        The answer and the mean over replications; of a list compared value by value, how many values there are and how
        many are equal.
    error
        Standard error of `observed`; 0 where equality is asked for.
    z
        Distance in standard errors; NaN where equality is asked for.
    passed
        Whether they agree, and the check was sharp enough to tell.
    """

    name: str
    source: str
    expected: float
    observed: float
    error: float
    z: float
    passed: bool

    @property
    def exact(self) -> bool:
        """Whether equality was asked for."""
        return math.isnan(self.z)


Check = Callable[[], list[Finding]]
"""Runs the model and compares; one check may find several things in the same runs."""


def sampled(name: str, source: str, expected: float, replications: npt.ArrayLike, precision: float = 0.1) -> Finding:
    """Independent replications beside the mean they should have.

    Parameters
    ----------
    precision
        Greatest standard error, as a share of the answer, with which the check still counts as one.
    """
    values = np.asarray(replications, float)
    mean = float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    z = (mean - expected) / error if error > 0 else math.inf
    sharp = error <= precision * abs(expected)
    return Finding(name, source, expected, mean, error, z, sharp and abs(z) < Z_AT_MOST)


def exact(name: str, source: str, expected: Sequence[object], observed: Sequence[object], off: float = 0.0) -> Finding:
    """Values that must be equal one by one; numbers may be `off` by that much, none if 0."""
    equal = sum(agree(answer, value, off) for answer, value in zip(expected, observed, strict=False))
    whole_agreement = equal == len(expected) == len(observed) > 0
    return Finding(name, source, len(expected), equal, 0.0, math.nan, whole_agreement)


def agree(answer: object, value: object, off: float) -> bool:
    """Whether two values are equal; rows are compared cell by cell, and a time that never comes equals itself."""
    if isinstance(answer, tuple) and isinstance(value, tuple):
        return len(answer) == len(value) and all(agree(a, b, off) for a, b in zip(answer, value, strict=True))
    if isinstance(answer, int | float) and isinstance(value, int | float):
        return answer == value or abs(answer - value) <= off or (math.isnan(answer) and math.isnan(value))
    return answer == value


def equal(name: str, source: str, expected: float, observed: float, off: float = 0.0) -> Finding:
    """One number that must be equal, up to `off`."""
    return Finding(name, source, expected, observed, 0.0, math.nan, agree(expected, observed, off))
