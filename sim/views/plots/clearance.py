"""Paper or Tez: how long clearance takes, and how long trains stand at the border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.measure.counting import coded
from sim.views import words
from sim.views.plots.style import (
    DASHES,
    SERIES,
    SMALL_PT,
    NothingToDraw,
    basis,
    dress,
    fitting,
    heading,
    key_below,
    labels,
    sheet,
    wrapped,
)

if TYPE_CHECKING:
    from sim.measure.counting import IntArray
    from sim.measure.statistics import FloatArray
    from sim.run.results import Results

WIDTH, HEIGHT = 11.0, 5.6
SHORTEST_H = 1 / 60
MOST_POINTS = 800
EDGES = (0.005, 0.995)
"""Shares of trains between which the axis of hours reaches."""


@dataclass(frozen=True)
class Cleared:
    """Hours of a group of trains at the borders that cleared them, one entry a clearance; infinite while inside."""

    label: str
    clearance_h: FloatArray
    dwell_h: FloatArray


def paper_or_tez(results: Sequence[Results], caption: str) -> Figure:
    """Shares of trains released, and gone from the border, within so many hours.

    One result is split by regime; several are set against each other by the flows whose clearance they state
    differently, or by all. Both panels show the same trains: those with declarations that arrived within the horizon.
    Trains still inside at its end count as never done.

    Raises
    ------
    NothingToDraw
        No train was cleared.
    """
    groups = [group for group in cleared(results) if len(group.clearance_h)]
    if not groups:
        raise NothingToDraw("no train was cleared")
    some = len(results) > 1 and len(contrasted(results)) < len(results[0].scenario.flows)
    which = "Only flows whose clearance differs." if some else "Trains with transit declarations only."
    figure = sheet(
        "How long clearance takes, and how long trains stand at the border",
        f"First of {basis(results)}. Dots: half of the trains. {which} {caption}",
        WIDTH,
        HEIGHT,
    )
    left, right = figure.subplots(1, 2)
    draw_panel(left, "Clearance", "time from arrival to release", [(g.label, g.clearance_h) for g in groups])
    draw_panel(right, "Border dwell", "time from arrival to departure", [(g.label, g.dwell_h) for g in groups])
    return figure


def cleared(results: Sequence[Results]) -> list[Cleared]:
    """The groups of trains: the regimes of one result, or each of several results."""
    if len(results) > 1:
        flows = contrasted(results)
        times = [clearances(result, flows)[1:] for result in results]
        return [Cleared(label, *hours) for label, hours in zip(labels(results), times, strict=True)]
    code, clearance_h, dwell_h = clearances(results[0], list(results[0].scenario.flows))
    return [
        Cleared(regime.title, clearance_h[code == i], dwell_h[code == i])
        for i, regime in enumerate(results[0].scenario.regimes.values())
    ]


def contrasted(results: Sequence[Results]) -> list[str]:
    """The flows whose clearance the scenarios state differently; all flows if there are none."""
    stated = [
        {
            name: (
                {day: result.scenario.regimes[regime] for day, regime in (flow.regime or {}).items()},
                flow.adoption_share,
                result.scenario.regimes.get(flow.otherwise or ""),
            )
            for name, flow in result.scenario.flows.items()
        }
        for result in results
    ]
    every = list(dict.fromkeys(name for flows in stated for name in flows))
    return [name for name in every if any(flows.get(name) != stated[0].get(name) for flows in stated)] or every


def clearances(result: Results, flows: Sequence[str]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Each clearance begun within the horizon: position of its regime, hours to the release, hours at the border."""
    rows, trains = result.tables.declarations, result.tables.trains
    chosen = trains["train"][trains["flow"].isin(flows)]
    rows = rows[(rows["arrived_h"] >= 0) & rows["train"].isin(chosen)]
    regime = coded(rows["regime"], list(result.scenario.regimes))
    clearance_h = rows["released_h"].fillna(np.inf).to_numpy() - rows["arrived_h"].to_numpy()
    return regime, clearance_h, dwells(result, rows)


def dwells(result: Results, visits: pd.DataFrame) -> FloatArray:
    """Hours from the first to the last moment of each visit (rows of train and place), infinite while inside."""
    stages, places = result.tables.stages, list(result.scenario.places)
    wanted, seen = (
        pd.Index(table["train"].to_numpy(np.int64) * len(places) + coded(table["place"], places))
        for table in (visits, stages)
    )
    visit = wanted.get_indexer(seen)
    found = (visit >= 0) & (stages["activity"] != "holding").to_numpy() & ~stages["beside"].to_numpy()
    first_h, last_h = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    np.minimum.at(first_h, visit[found], stages["queued_h"].to_numpy()[found])
    np.maximum.at(last_h, visit[found], stages["ended_h"].fillna(np.inf).to_numpy()[found])
    return np.asarray(np.where(np.isfinite(first_h), last_h - first_h, np.inf))


def draw_panel(axes: Axes, title: str, xlabel: str, groups: Sequence[tuple[str, FloatArray]]) -> None:
    """One distribution a group, as steps, its median marked and named in the legend."""
    dress(axes, f"{xlabel} (logarithmic)", "share of trains, %", grid="both")
    heading(axes, title)
    for i, (label, values) in enumerate(groups):
        x, share = steps(values)
        median = float(np.median(values))
        name = f"{label}:\nhalf within {words.duration(median)} ({len(values):,} trains)"
        colour = SERIES[i % len(SERIES)]
        axes.plot(
            x,
            100 * share,
            drawstyle="steps-post",
            color=colour,
            linestyle=DASHES[i % len(DASHES)],
            linewidth=2,
            label=wrapped(name, fitting(WIDTH / 2 - 1.4, SMALL_PT)),
        )
        if np.isfinite(median):
            axes.plot(max(median, SHORTEST_H), 50, "o", color=colour, markersize=7, zorder=4)
    scale_hours(axes, [values for _, values in groups])
    axes.set_ylim(0, 101)
    key_below(axes, 1)


def steps(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Hours and the share of `values` up to them, at no more than `MOST_POINTS` of the values seen."""
    finite = np.sort(values[np.isfinite(values)])
    chosen = finite[np.unique(np.linspace(0, len(finite) - 1, min(MOST_POINTS, len(finite))).astype(int))]
    return np.maximum(chosen, SHORTEST_H), np.searchsorted(finite, chosen, side="right") / len(values)


def scale_hours(axes: Axes, groups: Sequence[FloatArray]) -> None:
    """A logarithmic axis around nearly all values, marked at durations people know."""
    bounds = [np.quantile(finite, EDGES) for values in groups if len(finite := values[np.isfinite(values)])]
    low, high = (min(b[0] for b in bounds), max(b[1] for b in bounds)) if bounds else (0.5, 24.0)
    marks = [*words.READABLE_HOURS]
    below = max((mark for mark in marks if mark <= low), default=marks[0])
    above = min((mark for mark in marks if mark >= high), default=marks[-1])
    axes.set_xscale("log")
    axes.set_xlim(0.9 * below, 1.1 * above)
    axes.xaxis.set_major_locator(FixedLocator([mark for mark in marks if below <= mark <= above]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda hour, _: words.READABLE_HOURS[float(hour)]))
    axes.xaxis.set_minor_locator(NullLocator())
