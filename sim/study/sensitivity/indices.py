"""Designs and indices of a sensitivity: tables that SALib makes and reads; what lies between is run elsewhere.

Factors run from 0 to 1, over the whole of their ranges, so that an effect is the change over a range, in the unit of
the measure.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.measure.statistics import FloatArray
from sim.scenario.sweeps import Sensitivity

MORRIS_LEVELS = 4
RESAMPLES = 1000
"""Bootstrap samples behind the intervals of the indices."""

Steps = list[list[tuple[int, int]]]
"""For each factor the pairs of points of a design that differ in it alone."""


def problem(size: int) -> dict[str, Any]:
    """So many factors, as SALib describes them."""
    return {"num_vars": size, "names": [str(number) for number in range(size)], "bounds": [[0.0, 1.0]] * size}


def generator(seed: int) -> int:
    """A seed for SALib, which takes 0 for none."""
    return seed + 1


def shares(asked: Sensitivity, size: int, seed: int) -> FloatArray:
    """The points of a design, points × factors, as shares of the ranges; the same for the same seed.

    Morris's trajectories (Morris 1991) on four levels, each of one point more than there are factors; or Saltelli's
    points (Saltelli et al. 2010): for each base point A and B, and for each factor A with the value of B.
    """
    if asked.method == "morris":
        from SALib.sample import morris

        found = morris.sample(problem(size), asked.trajectories, MORRIS_LEVELS, seed=generator(seed))
    else:
        from SALib.sample import sobol

        found = sobol.sample(problem(size), asked.samples, calc_second_order=False, seed=generator(seed))
    return np.asarray(found, float)


def steps(asked: Sensitivity, design: FloatArray) -> Steps:
    """For each factor the pairs of points that differ in it alone."""
    size = design.shape[1]
    found: Steps = [[] for _ in range(size)]
    block = size + (1 if asked.method == "morris" else 2)
    for start in range(0, len(design), block):
        for number in range(size):
            one = start + number if asked.method == "morris" else start
            other = start + number + 1
            moved = int(np.argmax(np.abs(design[other] - design[one])))
            found[moved if asked.method == "morris" else number].append((one, other))
    return found


def indices(
    asked: Sensitivity, design: FloatArray, answers: npt.NDArray[np.float64], level: float, seed: int
) -> dict[str, FloatArray]:
    """Indices of each factor, from the answer at each point of a design; bounds are bootstrap intervals.

    Morris: `mu` mean effect over the range, `mu_star` mean of its absolute value, with `mu_star_low` and
    `mu_star_high`, and `sigma` its standard deviation over the trajectories. Sobol: `s1` and `st`, the first-order and
    total shares of the variance of the answers, each with `_low` and `_high`; NaN where the answers do not vary.
    """
    if asked.method == "morris":
        from SALib.analyze import morris

        found = morris.analyze(
            problem(design.shape[1]),
            design,
            answers,
            num_resamples=RESAMPLES,
            conf_level=level,
            num_levels=MORRIS_LEVELS,
            seed=generator(seed),
        )
        bounded = with_bounds("mu_star", found["mu_star"], found["mu_star_conf"])
        plain = {name: np.asarray(found[name], float) for name in ("mu", "sigma")}
        return {"mu": plain["mu"], **bounded, "sigma": plain["sigma"]}
    if np.ptp(answers) == 0:
        nothing = np.full(design.shape[1], np.nan)
        return with_bounds("s1", nothing, nothing) | with_bounds("st", nothing, nothing)
    from SALib.analyze import sobol

    found = sobol.analyze(
        problem(design.shape[1]),
        answers,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=level,
        seed=generator(seed),
    )
    return with_bounds("s1", found["S1"], found["S1_conf"]) | with_bounds("st", found["ST"], found["ST_conf"])


def with_bounds(name: str, value: Any, half_width: Any) -> dict[str, FloatArray]:
    """A value with the ends of its interval."""
    middle, reach = np.asarray(value, float), np.asarray(half_width, float)
    return {name: middle, f"{name}_low": middle - reach, f"{name}_high": middle + reach}
