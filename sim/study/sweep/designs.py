"""Designs: the points at which an experiment looks, from the ranges of its factors."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from sim.scenario.sweeps import Sweep
from sim.study.sweep.factors import Factor, Point, points_at


def design_points(table: Sweep, factors: Sequence[Factor], seed: int) -> list[Point]:
    """The points of a sweep: the same for the same seed.

    A grid is the product of the levels, the last factor moving fastest. A Latin hypercube (McKay, Beckman and Conover
    1979) has one point in each of as many slices of every range as there are points; a Sobol design is Sobol's
    sequence, scrambled (Owen 1998).
    """
    if table.design == "grid":
        return list(itertools.product(*(factor.levels(table.levels) for factor in factors)))
    from scipy.stats import qmc  # a second, for this alone

    assert table.points is not None
    kind = qmc.LatinHypercube if table.design == "latin_hypercube" else qmc.Sobol
    return points_at(factors, kind(len(factors), rng=seed).random(table.points))
