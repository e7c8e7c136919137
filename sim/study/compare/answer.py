"""A comparison with all that was asked of it: differences, the best, the parts of a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.runs.results import Results
from sim.scenario.addresses import Address
from sim.study.compare.attribute import attribute
from sim.study.compare.best import best_subset
from sim.study.compare.compare import compare


@dataclass(frozen=True, eq=False)
class Contest:
    """A comparison.

    Attributes
    ----------
    results
        The base, then the others.
    differences
        As from `compare`.
    measure, best
        What the best was sought in, and the answer of `best_subset`; None if it was not.
    arms, effects
        The two arms between paper and Tez, and the answer of `attribute`; empty and None if they were not run.
    """

    results: tuple[Results, ...]
    differences: pd.DataFrame
    measure: Address | None = None
    best: pd.DataFrame | None = None
    arms: tuple[Results, ...] = ()
    effects: pd.DataFrame | None = None


def contest(
    results: Sequence[Results],
    arms: Sequence[Results] = (),
    measure: Address | None = None,
    most: bool | None = None,
) -> Contest:
    """Compare the first of some results with the others; with a measure find the best, with two arms the parts.

    Raises
    ------
    CompareError, AddressError
        As `compare`, `best_subset` and `attribute` do.
    """
    best = None if measure is None else best_subset(results, measure, most=most)
    effects = None
    if arms:
        (paper, tez), (early, fast) = results, arms
        effects = attribute(paper, early, fast, tez)
    return Contest(tuple(results), compare(*results), measure, best, tuple(arms), effects)
