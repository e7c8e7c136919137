"""Whether a conclusion holds at a point, and whether the range of a factor turns it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.catalogue import most_of
from sim.measure.statistics import FloatArray, divide, intervals, measure_intervals
from sim.scenario.addresses import Conclusion
from sim.study.sweep.factors import Factor, Point

HOLDS, FAILS, OPEN = "holds", "fails", "open"


def judgements(values: FloatArray, conclusion: Conclusion, level: float) -> pd.DataFrame:
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
    means = (
        intervals(values, level)
        if conclusion.difference
        else measure_intervals(values, level, most_of(conclusion.address.kpi))
    )
    table = pd.DataFrame({"replications": means.n, "mean": means.mean, "ci_low": means.low, "ci_high": means.high})
    bare = np.isnan(means.low)
    low, high = np.where(bare, means.mean, means.low), np.where(bare, means.mean, means.high)
    table["verdict"] = [interval_verdict(conclusion, *ends) for ends in zip(low, high, strict=True)]
    return table


def interval_verdict(conclusion: Conclusion, low: float, high: float) -> str:
    """How an interval stands to a conclusion."""
    ends = {conclusion.holds(low), conclusion.holds(high)}
    return OPEN if len(ends) > 1 else HOLDS if True in ends else FAILS


def alone_table(
    factors: Sequence[Factor], points: Sequence[Point], where: Mapping[Point, int], table: pd.DataFrame
) -> pd.DataFrame:
    """Each factor tried alone, a row a value, with the columns of `judgements`."""
    rows = []
    for point in points:
        [place] = [place for place, value in enumerate(point) if value is not None]
        rows.append([factors[place].key, point[place], *table.iloc[where[point]]])
    return pd.DataFrame(rows, columns=["factor", "value", *table.columns])


def flips(factor: Factor, alone: pd.DataFrame, as_is: pd.Series[Any], conclusion: Conclusion) -> dict[str, Any]:
    """Whether a factor alone turns the conclusion away from what it is as stated, and where.

    The values are looked at from the stated one outwards, below it and above it. Of those that turn the conclusion the
    nearest counts; `keeps_at` is the last one before it on the same side that does not, or else the stated value. Where
    no single value is stated, they are looked at from the lower end.
    """
    as_stated = conclusion.holds(float(as_is["mean"]))
    opposite = FAILS if as_stated else HOLDS
    mine = alone[alone["factor"] == factor.key]
    is_number = isinstance(factor.stated, int | float)
    origin = float(factor.stated) if is_number else factor.low
    best: tuple[str, float, float, float] = ("no", np.inf, np.nan, np.nan)
    for side in (mine[mine["value"] < origin].iloc[::-1], mine[mine["value"] >= origin]):
        keeps = origin if is_number else np.nan
        for _, row in side.iterrows():
            flip = "yes" if row["verdict"] == opposite else "perhaps" if turns(row, as_is, conclusion) else "no"
            if flip != "no":
                best = surer(best, (flip, abs(row["value"] - origin), float(row["value"]), keeps))
            if flip == "yes":
                break  # what lies further out says nothing about where it turns first
            keeps = float(row["value"]) if flip == "no" else keeps
    return {"flips": best[0], "flips_at": best[2], "keeps_at": best[3]}


def turns(row: pd.Series[Any], as_is: pd.Series[Any], conclusion: Conclusion) -> bool:
    """Whether a value may turn the conclusion: its mean does, or its interval opens what the stated one settles."""
    other_side = conclusion.holds(float(row["mean"])) != conclusion.holds(float(as_is["mean"]))
    return other_side or (row["verdict"] == OPEN and as_is["verdict"] != OPEN)


def surer(
    first: tuple[str, float, float, float], second: tuple[str, float, float, float]
) -> tuple[str, float, float, float]:
    """The surer of two turns, of equals the nearer one: (flips, distance, flips_at, keeps_at)."""
    order = ("yes", "perhaps", "no")
    return min(first, second, key=lambda turn: (order.index(turn[0]), turn[1]))


def turned_share(steps: Sequence[Sequence[tuple[int, int]]], holds: npt.NDArray[np.bool_]) -> FloatArray:
    """For each factor the share of its steps in a design between whose ends the conclusion turns."""
    counts = [sum(bool(holds[start] != holds[end]) for start, end in pairs) for pairs in steps]
    return divide(np.array(counts), np.array([len(pairs) for pairs in steps]))
