"""Paper or Tez: how long clearance takes, and how long trains stand at the border."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.study.field.clearance import SHORTEST_H, clearance_groups, contrasting_flows, share_steps
from sim.views import words
from sim.views.plots import style
from sim.views.plots.forest import WIDTH
from sim.views.plots.settings import own_settings

HEIGHT = 5.6
EDGES = (0.005, 0.995)
"""Shares of trains between which the axis of hours reaches."""


@own_settings()
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
    groups = [group for group in clearance_groups(results) if len(group.clearance_h)]
    if not groups:
        raise style.NothingToDraw("no train was cleared")
    is_part = len(results) > 1 and len(contrasting_flows(results)) < len(results[0].scenario.flows)
    trains = "Only flows whose clearance differs." if is_part else "Trains with transit declarations only."
    figure = style.sheet(
        "How long clearance takes, and how long trains stand at the border",
        f"First of {style.basis_of(results)}. Dots: half of the trains. {trains} {caption}",
        WIDTH,
        HEIGHT,
    )
    panels = figure.subplots(1, 2)
    clearances = [(group.label, group.clearance_h) for group in groups]
    dwells = [(group.label, group.dwell_h) for group in groups]
    draw_distribution(panels[0], "Clearance", "time from arrival to release", clearances)
    draw_distribution(panels[1], "Border dwell", "time from arrival to departure", dwells)
    return figure


def draw_distribution(axes: Axes, title: str, xlabel: str, groups: Sequence[tuple[str, FloatArray]]) -> None:
    """One distribution a group, as steps, its median marked and named in the legend."""
    style.dress(axes, f"{xlabel} (logarithmic)", "share of trains, %", grid="both")
    style.heading(axes, title)
    for i, (label, values) in enumerate(groups):
        x, share = share_steps(values)
        median = float(np.median(values))
        name = f"{label}:\nhalf within {words.duration(median)} ({len(values):,} trains)"
        colour = style.SERIES[i % len(style.SERIES)]
        axes.plot(
            x,
            100 * share,
            drawstyle="steps-post",
            color=colour,
            linestyle=style.DASHES[i % len(style.DASHES)],
            linewidth=2,
            label=style.legend_name(name, style.fitting(WIDTH / 2 - 1.4, style.SMALL_PT)),
        )
        if np.isfinite(median):
            axes.plot(max(median, SHORTEST_H), 50, "o", color=colour, markersize=7, zorder=4)
    scale_hours(axes, [values for _, values in groups])
    axes.set_ylim(0, 101)
    style.key_below(axes, 1)


def scale_hours(axes: Axes, groups: Sequence[FloatArray]) -> None:
    """A logarithmic axis around nearly all values, marked at durations people know."""
    bounds = [np.quantile(finite, EDGES) for values in groups if len(finite := values[np.isfinite(values)])]
    low, high = (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else (0.5, 24.0)
    marks = [*words.READABLE_HOURS]
    below = max((mark for mark in marks if mark <= low), default=marks[0])
    above = min((mark for mark in marks if mark >= high), default=marks[-1])
    axes.set_xscale("log")
    axes.set_xlim(0.9 * below, 1.1 * above)
    axes.xaxis.set_major_locator(FixedLocator([mark for mark in marks if below <= mark <= above]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda hour, _: words.READABLE_HOURS[float(hour)]))
    axes.xaxis.set_minor_locator(NullLocator())
