"""How a conclusion stands at a point, and which values of a factor tried alone turn it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.catalogue import most_of
from sim.measure.statistics import FloatArray, intervals, measure_intervals
from sim.scenario.addresses import Conclusion
from sim.scenario.factors import Factor
from sim.scenario.sources import value_text

HOLDS, FAILS, OPEN = "holds", "fails", "open"
TURNS = ("yes", "perhaps", "no")
"""Whether a value turns the conclusion, the surest first."""
NO_TURN = {"flips": "no", "flips_at": np.nan, "keeps_at": np.nan}


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


def flips(factor: Factor, alone: pd.DataFrame, as_is: pd.Series[Any], conclusion: Conclusion) -> dict[str, Any]:
    """Whether a factor alone turns the conclusion away from what it is as stated, and where.

    Numbers are looked at from the stated one outwards, below it and above it. Of those that turn the conclusion the
    nearest counts; `keeps_at` is the last one before it on the same side that does not, or else the stated value. Where
    no single value is stated, they are looked at from the lower end. Words have no order: see `words_that_flip`.
    """
    mine = alone[alone["factor"] == factor.key]
    mine = mine.assign(flips=[turn_of(row, as_is, conclusion) for _, row in mine.iterrows()])
    if not factor.numeric:
        return words_that_flip(mine)
    mine = mine.assign(value=mine["value"].astype(float)).sort_values("value", kind="stable")
    is_number = isinstance(factor.stated, int | float)
    origin = float(factor.stated) if is_number else float(mine["value"].min())
    best: tuple[str, float, float, float] = ("no", np.inf, np.nan, np.nan)
    for side in (mine[mine["value"] < origin].iloc[::-1], mine[mine["value"] >= origin]):
        keeps = origin if is_number else np.nan
        for _, row in side.iterrows():
            flip = row["flips"]
            if flip != "no":
                best = surer(best, (flip, abs(row["value"] - origin), float(row["value"]), keeps))
            if flip == "yes":
                break  # what lies further out says nothing about where it turns first
            keeps = float(row["value"]) if flip == "no" else keeps
    return {"flips": best[0], "flips_at": best[2], "keeps_at": best[3]}


def turn_of(row: pd.Series[Any], as_is: pd.Series[Any], conclusion: Conclusion) -> str:
    """Whether a value turns the conclusion; perhaps where its mean does, or its interval opens what was settled."""
    as_stated = conclusion.holds(float(as_is["mean"]))
    if row["verdict"] == (FAILS if as_stated else HOLDS):
        return "yes"
    other_side = conclusion.holds(float(row["mean"])) != as_stated
    return "perhaps" if other_side or (row["verdict"] == OPEN and as_is["verdict"] != OPEN) else "no"


def words_that_flip(alone: pd.DataFrame) -> dict[str, Any]:
    """Which listed values turn the conclusion, those that may where none does for certain, and which do not.

    One value stands as it is, several as a text with commas.
    """
    surest = next((turn for turn in TURNS if (alone["flips"] == turn).any()), "no")
    turning, keeping = (one_cell(alone.loc[alone["flips"] == turn, "value"].tolist()) for turn in (surest, "no"))
    return {"flips": surest, "flips_at": turning, "keeps_at": keeping} if surest != "no" else NO_TURN


def one_cell(values: Sequence[Any]) -> Any:
    """Values as one cell of a table."""
    return values[0] if len(values) == 1 else ", ".join(map(value_text, values)) or np.nan


def surer(
    first: tuple[str, float, float, float], second: tuple[str, float, float, float]
) -> tuple[str, float, float, float]:
    """The surer of two turns, of equals the nearer one: (flips, distance, flips_at, keeps_at)."""
    return min(first, second, key=lambda turn: (TURNS.index(turn[0]), turn[1]))
