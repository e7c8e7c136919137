"""Designs and indices of a sensitivity: tables that SALib makes and reads; what lies between is run elsewhere.

Factors run from 0 to 1, over the whole of their ranges, so that an effect is the change over a range, in the unit of
the measure.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.measure.statistics import FEWEST, FloatArray, cut_bounds
from sim.scenario.sweeps import Sensitivity

MORRIS_LEVELS = 4
MORRIS_STEP = MORRIS_LEVELS / (2 * (MORRIS_LEVELS - 1))
"""The share of a range that a step of a trajectory takes: SALib divides each change of the answer by it."""
RESAMPLES = 1000
"""Bootstrap samples behind the intervals of the indices."""

Steps = list[list[tuple[int, int]]]
"""For each factor the pairs of points of a design that differ in it alone."""


def problem(size: int) -> dict[str, Any]:
    """So many factors, as SALib describes them."""
    return {"num_vars": size, "names": [str(number) for number in range(size)], "bounds": [[0.0, 1.0]] * size}


def salib_seed(seed: int) -> int:
    """A seed for SALib, which takes 0 for none, and no number of numpy's."""
    return int(seed) + 1


def design_shares(table: Sensitivity, size: int, seed: int) -> FloatArray:
    """The points of a design, points × factors, as shares of the ranges; the same for the same seed.

    Morris's trajectories (Morris 1991) on four levels, each of one point more than there are factors; or Saltelli's
    points (Saltelli et al. 2010): for each base point A and B, and for each factor A with the value of B.
    """
    if table.method == "morris":
        from SALib.sample import morris

        points = morris.sample(problem(size), table.trajectories, MORRIS_LEVELS, seed=salib_seed(seed))
    else:
        from SALib.sample import sobol

        points = sobol.sample(problem(size), table.samples, calc_second_order=False, seed=salib_seed(seed))
    return np.asarray(points, float)


def with_listed_values(table: Sensitivity, design: FloatArray, numbers: Sequence[int], seed: int) -> FloatArray:
    """A design in which a trajectory of Morris takes a factor that lists values from one of them to another.

    Four levels, of which a step jumps over one, would visit some values of a list more often than others, and of five
    never the third. So each trajectory has a pair of the list, all pairs in turn, in an order drawn for each factor.
    Saltelli's points are drawn evenly as they are.

    Parameters
    ----------
    numbers
        How many values each factor lists; 0 of a range.
    """
    if table.method != "morris":
        return design
    block = design.shape[1] + 1
    rng = np.random.default_rng(seed)
    points = design.copy()
    for factor, number in enumerate(numbers):
        pairs = rng.permutation(list(itertools.combinations(range(number), 2)))
        for trajectory, start in enumerate(range(0, len(design), block) if number else ()):
            levels = design[start : start + block, factor]
            first, second = pairs[trajectory % len(pairs)]
            # the middle of the part of the range that a value of the list has
            points[start : start + block, factor] = (np.where(levels == levels.min(), first, second) + 0.5) / number
    return points


def design_steps(table: Sensitivity, design: FloatArray) -> Steps:
    """For each factor the pairs of points that differ in it alone."""
    size = design.shape[1]
    # a trajectory walks from point to point, one factor at a time in its own order; Saltelli's block is A, then A with
    # the value of B in each factor in turn, then B itself
    pairs: Steps = [[] for _ in range(size)]
    block = size + (1 if table.method == "morris" else 2)
    for start in range(0, len(design), block):
        for number in range(size):
            start_point = start + number if table.method == "morris" else start
            end_point = start + number + 1
            factor = int(np.argmax(np.abs(design[end_point] - design[start_point])))
            pairs[factor if table.method == "morris" else number].append((start_point, end_point))
    return pairs


def indices(
    table: Sensitivity,
    design: FloatArray,
    answers: npt.NDArray[np.float64],
    level: float,
    seed: int,
    numbers: Sequence[int] = (),
) -> dict[str, FloatArray]:
    """Indices of each factor, from the answer at each point of a design; bounds are bootstrap intervals.

    `numbers` as of `with_listed_values`: a step of a factor that lists values is a whole effect, no share of a range.
    Morris: `mu` mean effect over the range, `mu_star` mean of its absolute value, with `mu_star_low` and
    `mu_star_high` (NaN from fewer than three trajectories), and `sigma` its standard deviation over the trajectories.
    Sobol: `s1` and `st`, the first-order and total shares of the variance of the answers, each with `_low` and `_high`;
    NaN where the answers do not vary.
    """
    if table.method == "morris":
        from SALib.analyze import morris

        analysis = morris.analyze(
            problem(design.shape[1]),
            design,
            answers,
            num_resamples=RESAMPLES,
            conf_level=level,
            num_levels=MORRIS_LEVELS,
            seed=salib_seed(seed),
        )
        step_shares = np.where(np.array(numbers or [0] * design.shape[1]) > 0, MORRIS_STEP, 1.0)
        names = ("mu", "mu_star", "mu_star_conf", "sigma")
        mu, mu_star, reach, sigma = (np.asarray(analysis[name], float) * step_shares for name in names)
        if table.trajectories < FEWEST:  # two that agree would have an interval of no width
            reach = np.full_like(reach, np.nan)
        return {"mu": mu, **with_bounds("mu_star", mu_star, reach, np.inf), "sigma": sigma}
    if np.ptp(answers) == 0:
        unknown = np.full(design.shape[1], np.nan)
        return with_bounds("s1", unknown, unknown) | with_bounds("st", unknown, unknown)
    from SALib.analyze import sobol

    analysis = sobol.analyze(
        problem(design.shape[1]),
        answers,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=level,
        seed=salib_seed(seed),
    )
    first_order = with_bounds("s1", analysis["S1"], analysis["S1_conf"])
    return first_order | with_bounds("st", analysis["ST"], analysis["ST_conf"])


def with_bounds(name: str, value: Any, half_width: Any, most: float = 1.0) -> dict[str, FloatArray]:
    """A value with the ends of its interval, which is cut at 0 and at the most that it can be."""
    middle, reach = np.asarray(value, float), np.asarray(half_width, float)
    low, high = cut_bounds(middle, middle - reach, middle + reach, most)
    return {name: middle, f"{name}_low": low, f"{name}_high": high}
