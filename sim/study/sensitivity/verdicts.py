"""Whether a conclusion holds at a point, and whether the range of a factor turns it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.statistics import FloatArray, divide, intervals
from sim.scenario.conclusions import Conclusion
from sim.study.sweep.factors import Factor, Point

HOLDS, FAILS, OPEN = "holds", "fails", "open"


def judged(values: FloatArray, conclusion: Conclusion, level: float) -> pd.DataFrame:
    """A conclusion at each point.

    Parameters
    ----------
    values
        Its measure, points × replications.

    Returns
    -------
    DataFrame
        Columns replications, mean, ci_low, ci_high, verdict: `holds` or `fails` where the whole interval does, `open`
        where it holds the threshold; without an interval the mean decides.
    """
    found = intervals(values, level)
    table = pd.DataFrame({"replications": found.n, "mean": found.mean, "ci_low": found.low, "ci_high": found.high})
    bare = np.isnan(found.low)
    low, high = np.where(bare, found.mean, found.low), np.where(bare, found.mean, found.high)
    table["verdict"] = [verdict(conclusion, *ends) for ends in zip(low, high, strict=True)]
    return table


def verdict(conclusion: Conclusion, low: float, high: float) -> str:
    """How an interval stands to a conclusion."""
    ends = {conclusion.holds(low), conclusion.holds(high)}
    return OPEN if len(ends) > 1 else HOLDS if True in ends else FAILS


def alone_table(
    factors: Sequence[Factor], points: Sequence[Point], where: Mapping[Point, int], found: pd.DataFrame
) -> pd.DataFrame:
    """Each factor tried alone, a row a value, with the columns of `judged`."""
    rows = []
    for point in points:
        [(factor, value)] = [(each, value) for each, value in zip(factors, point, strict=True) if value is not None]
        rows.append([factor.key, value, *found.iloc[where[point]]])
    return pd.DataFrame(rows, columns=["factor", "value", *found.columns])


def flips(factor: Factor, alone: pd.DataFrame, stated: pd.Series[Any], conclusion: Conclusion) -> dict[str, Any]:
    """Whether a factor alone turns the conclusion away from what it is as stated, and where.

    The values are looked at from the stated one outwards, below it and above it. Of those that turn the conclusion the
    nearest counts; `keeps_at` is the last one before it on the same side that does not, or else the stated value. Where
    no single value is stated, they are looked at from the lower end.
    """
    as_stated = conclusion.holds(float(stated["mean"]))
    opposite = FAILS if as_stated else HOLDS
    mine = alone[alone["factor"] == factor.key]
    is_number = isinstance(factor.stated, int | float)
    origin = float(factor.stated) if is_number else factor.low
    best: tuple[str, float, float, float] = ("no", np.inf, np.nan, np.nan)
    for side in (mine[mine["value"] < origin].iloc[::-1], mine[mine["value"] >= origin]):
        keeps = origin if is_number else np.nan
        for _, row in side.iterrows():
            turned = "yes" if row["verdict"] == opposite else "perhaps" if turns(row, stated, conclusion) else "no"
            if turned != "no":
                best = nearest(best, (turned, abs(row["value"] - origin), float(row["value"]), keeps))
            if turned == "yes":
                break
            keeps = float(row["value"]) if turned == "no" else keeps
    return {"flips": best[0], "flips_at": best[2], "keeps_at": best[3]}


def turns(row: pd.Series[Any], stated: pd.Series[Any], conclusion: Conclusion) -> bool:
    """Whether a value may turn the conclusion: its mean does, or its interval opens what the stated one settles."""
    other_side = conclusion.holds(float(row["mean"])) != conclusion.holds(float(stated["mean"]))
    return other_side or (row["verdict"] == OPEN and stated["verdict"] != OPEN)


def nearest(
    one: tuple[str, float, float, float], other: tuple[str, float, float, float]
) -> tuple[str, float, float, float]:
    """The surer of two turns, of equals the nearer one: (flips, distance, flips_at, keeps_at)."""
    order = ("yes", "perhaps", "no")
    return min(one, other, key=lambda each: (order.index(each[0]), each[1]))


def turned_share(steps: Sequence[Sequence[tuple[int, int]]], holds: npt.NDArray[np.bool_]) -> FloatArray:
    """For each factor the share of its steps in a design between whose ends the conclusion turns."""
    turned = [sum(bool(holds[one] != holds[other]) for one, other in pairs) for pairs in steps]
    return divide(np.array(turned), np.array([len(pairs) for pairs in steps]))
