"""Paper or Tez: how long clearance takes, and how long trains stand at the border."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.study.field.clearance import SHORTEST_H, clearance_groups, share_steps
from sim.views import words
from sim.views.plots import style
from sim.views.plots.forest import WIDTH
from sim.views.plots.settings import own_settings

HEIGHT = 5.6
MOST_NAMED = 3
"""Borders that a title names; of more it says how many, and the caption names them."""

EDGES = (0.005, 0.995)
"""Shares of trains between which the axis of hours reaches."""


@own_settings()
def paper_or_tez(results: Sequence[Results], caption: str) -> Figure:
    """Shares of trains released, and gone from the border, within so many hours.

    A line is one regime of one result, at the borders and on the days where another stands against it, see
    `clearance_groups`; borders and days are named. Both panels show the same trains: those with declarations that
    arrived within the horizon. Trains still inside at its end count as never done.

    Raises
    ------
    NothingToDraw
        No train was cleared.
    """
    groups = clearance_groups(results)
    if not groups:
        raise style.NothingToDraw("no train was cleared")
    places = list(dict.fromkeys(place for group in groups for place in group.places))
    at_places = " and ".join(places) if len(places) <= MOST_NAMED else f"{len(places)} borders"
    figure = style.sheet(
        f"How long clearance takes, and how long trains stand, at {at_places}",
        f"{style.example_of(results)}. Trains with transit declarations, each line those that its regime cleared, at "
        f"{', '.join(places)}, in the days named. Dots: half of the trains. {caption}",
        WIDTH,
        HEIGHT,
    )
    panels = figure.subplots(1, 2)
    names = [f"{group.label}, {words.days_from(group.first, group.last)}" for group in groups]
    clearance = [(name, group.clearance_h) for name, group in zip(names, groups, strict=True)]
    dwell = [(name, group.dwell_h) for name, group in zip(names, groups, strict=True)]
    draw_distribution(panels[0], "Clearance", "time from arrival to release", clearance)
    draw_distribution(panels[1], "Border dwell", "time from arrival to departure", dwell)
    return figure


def draw_distribution(axes: Axes, title: str, xlabel: str, groups: Sequence[tuple[str, FloatArray]]) -> None:
    """One distribution a group, as steps, its median marked and named in the legend."""
    style.dress(axes, f"{xlabel} (logarithmic)", "share of trains, %", grid="both")
    style.heading(axes, title)
    for i, (label, values) in enumerate(groups):
        x, share = share_steps(values)
        median = float(np.median(values))
        name = f"{label}:\nhalf within {words.duration(median)} ({len(values):,} train{'s' if len(values) > 1 else ''})"
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
