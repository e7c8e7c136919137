"""Throughput of a corridor by calendar year, and of anything by day, week, month or year, from the ledger."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.meaning import members
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

SHORTEST_YEAR_H = 365 * 24.0


def full_years(scenario: Scenario) -> list[str]:
    """The periods that are whole calendar years."""
    spans = scenario.calendar.years()
    return [year for year, (from_h, until_h) in spans.items() if until_h - from_h >= SHORTEST_YEAR_H]


def yearly_throughput(result: Results, corridor: str) -> pd.DataFrame:
    """The corridor's throughput, Mt: year, mean, ci_low, ci_high, and whether the horizon holds the full year."""
    rows = rows_at(result.kpis, "throughput_mt", ALL, corridor)
    rows = rows[rows["period"] != ALL]
    table = rows[["mean", "ci_low", "ci_high"]].assign(
        year=rows["period"].astype(str).astype(int), full=rows["period"].isin(full_years(result.scenario))
    )
    return table.sort_values("year", ignore_index=True)


STEPS = ("day", "week", "month", "year")


def throughput_by(
    result: Results, first: dt.date, last: dt.date, step: str, flow: str = ALL, place: str = ALL
) -> pd.DataFrame:
    """Cargo carried in each step of some days, kt, in replication 0, whose ledger alone is kept.

    Parameters
    ----------
    first, last
        The first and the last day.
    step
        One of `STEPS`; weeks begin on Mondays. The first and the last step may be part of one.
    flow
        A flow, a corridor, a direction, or `all`.
    place
        Cargo counts when it leaves this place; `all`: when it reaches the end of its route.

    Returns
    -------
    DataFrame
        Columns from, until (days, the second no more in it), kt, trains, full (whether the step is whole).
    """
    trains, calendar = result.tables.trains, result.scenario.calendar
    rows = trains[trains["flow"].isin(members(result.scenario)[flow])]
    left_h = rows["left_h"]
    if place != ALL:
        stages = result.tables.stages
        spells = stages[(stages["place"] == place) & ~stages["beside"]]
        is_there = spells["train"][spells["ended_h"].isna()].unique()
        gone_h = spells.groupby("train")["ended_h"].max().drop(is_there)
        left_h = rows["train"].map(gone_h)
    starts = [first]
    while starts[-1] <= last:
        starts.append(next_start(starts[-1], step))
    edges = [*starts[:-1], min(starts[-1], last + dt.timedelta(days=1))]
    edges_h = np.array([calendar.hours(day) for day in edges])
    bins = np.searchsorted(edges_h, left_h.to_numpy(), side="right") - 1
    is_inside = (bins >= 0) & (bins < len(edges) - 1) & left_h.notna().to_numpy()
    tonnes = np.bincount(bins[is_inside], rows["net_t"].to_numpy()[is_inside], len(edges) - 1)
    table = pd.DataFrame({"from": edges[:-1], "until": edges[1:], "kt": tonnes / 1000})
    full = [begins_step(day, step) and next_start(day, step) == until for day, until in pairwise(edges)]
    return table.assign(trains=np.bincount(bins[is_inside], minlength=len(edges) - 1), full=full)


def next_start(day: dt.date, step: str) -> dt.date:
    """The first day of the step after that of a day."""
    if step == "year":
        return dt.date(day.year + 1, 1, 1)
    if step == "month":
        return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day + dt.timedelta(days=1 if step == "day" else 7 - day.weekday())


def begins_step(day: dt.date, step: str) -> bool:
    """Whether a step begins on a day."""
    return next_start(day - dt.timedelta(days=1), step) == day
