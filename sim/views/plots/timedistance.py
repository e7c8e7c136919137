"""Time against distance along a route, of several scenarios, after UNESCAP's time/cost–distance method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.scenario.calendar import HOURS_PER_DAY
from sim.study.compare import last_full_year
from sim.study.distances import route_of, stations_of
from sim.study.observed import ALL
from sim.study.time_distance import time_distance
from sim.views import words
from sim.views.plots.sheet import (
    DASHES,
    FAINT,
    GRID,
    INK,
    SERIES,
    SMALL_PT,
    NothingToDraw,
    apart,
    basis,
    dress,
    fitting,
    key_below,
    labels,
    sheet,
    wrapped,
)
from sim.views.plots.traingraph import default_flow

if TYPE_CHECKING:
    from sim.study.results import Results

WIDTH, HEIGHT = 11.0, 6.6
LONGEST_IN_HOURS = 96.0
"""Journeys beyond so many hours are drawn in days."""
NAME_CHARACTERS, NAME_GAP = 24, 0.026
MARGIN = 0.015


def time_distance_chart(
    results: Sequence[Results], caption: str, flow: str | None = None, period: str | None = None
) -> Figure:
    """Time since the journey began over km, mean as a line and 10th to 90th percentile of the trains as a band.

    Steps are waits and stays, slopes are runs. The model has no costs, so time only.

    Parameters
    ----------
    flow
        The flow drawn; by default that of the train graph of the first results.
    period
        A calendar year, or `all`; by default the last full year of each.

    Raises
    ------
    NothingToDraw
        No results have such a flow, or none of its trains came through.
    """
    flow = flow or default_flow(results[0].scenario)
    having = [one for one in results if flow in one.scenario.flows]
    tables = [time_distance(one, flow, period) for one in having]
    if all(table.empty for table in tables):
        raise NothingToDraw(f"no train of a flow {flow!r} reached its end")
    scenario = having[0].scenario
    figure = sheet(
        f"Time along the way: {scenario.flows[flow].title}",
        f"First of {basis(having)}; line: mean of the trains that reached their end; band: 10th to 90th percentile. "
        "Steps are waits and stays, slopes are runs. Time only: the model has no costs. "
        f"{caption}",
        WIDTH,
        HEIGHT,
    )
    longest_h = max(table["p90_h"].max() for table in tables if not table.empty)
    unit_h, unit = (1.0, "hours") if longest_h <= LONGEST_IN_HOURS else (HOURS_PER_DAY, "days")
    axes = figure.add_subplot()
    dress(axes, "distance along the route, km", f"{unit} since the journey began")
    for i, (one, table, title) in enumerate(zip(having, tables, labels(having), strict=True)):
        if not table.empty:
            label = f"{title}: {ends(one, table, flow, period)}"
            draw(axes, table, unit_h, wrapped(label, fitting(WIDTH, SMALL_PT)), i)
    longest_km = max(table["km"].max() for table in tables if not table.empty) or 1.0
    axes.set_xlim(-MARGIN * longest_km, (1 + MARGIN) * longest_km)
    axes.set_ylim(0, None)
    name_stations(axes, stations_of(scenario, scenario.flows[flow], route_of(scenario, scenario.flows[flow])))
    key_below(axes, 1)
    return figure


def ends(result: Results, table: pd.DataFrame, flow: str, period: str | None) -> str:
    """The length of the journey with its interval over replications, the period and the number of trains."""
    period = period or last_full_year(result.scenario)
    kpis = result.kpis
    row = kpis[
        (kpis["kpi"] == "transit_days") & (kpis["flow"] == flow) & (kpis["place"] == ALL) & (kpis["period"] == period)
    ]
    when = "whole horizon" if period == ALL else period
    counted = f"{table.attrs['trains']:,} trains, {when}"
    if row.empty:
        return counted
    mean, low, high = row[["mean", "ci_low", "ci_high"]].to_numpy(float)[0]
    span = f"[{words.figure(low)}, {words.figure(high)}]"
    return f"{words.figure(mean)} {span} days door to door over replications; {counted}"


def draw(axes: Axes, table: pd.DataFrame, unit_h: float, label: str, i: int) -> None:
    """Line and band of one scenario."""
    colour = SERIES[i % len(SERIES)]
    km = table["km"].to_numpy()
    low, high = table["p10_h"].to_numpy() / unit_h, table["p90_h"].to_numpy() / unit_h
    axes.fill_between(km, low, high, color=colour, alpha=0.18, linewidth=0)
    mean = table["mean_h"].to_numpy() / unit_h
    axes.plot(km, mean, color=colour, linestyle=DASHES[i % len(DASHES)], linewidth=2, label=label)


def name_stations(axes: Axes, stations: Sequence[tuple[float, str]]) -> None:
    """A line at each station and its name above the axes, side by side."""
    low, high = axes.get_xlim()
    ordered = sorted(stations)
    kms = [km for km, _ in ordered]
    names = [wrapped(name, NAME_CHARACTERS) for _, name in ordered]
    gap = (high - low) * NAME_GAP * max((1 + name.count("\n") for name in names), default=1)
    placed = -np.array(apart([-km for km in kms[::-1]], gap, -low))[::-1] if kms else np.array([])
    for km, at, name in zip(kms, placed, names, strict=True):
        axes.axvline(km, color=GRID, linewidth=1, zorder=0)
        axes.annotate(
            name,
            (km, 1.0),
            (float(at), 1.03),
            xycoords=axes.get_xaxis_transform(),
            textcoords=axes.get_xaxis_transform(),
            arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
            fontsize=SMALL_PT,
            color=INK,
            rotation=60,
            rotation_mode="anchor",
            ha="left",
            va="center",
            annotation_clip=False,
        )
