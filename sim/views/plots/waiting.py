"""Queues: trains waiting through time, by place and cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.measure.counting import coded
from sim.scenario.calendar import HOURS_PER_DAY
from sim.views import words
from sim.views.plots.style import (
    INK,
    SMALL_PT,
    TEXT_PT,
    NothingToDraw,
    basis,
    dress,
    heading,
    named_artists,
    sheet,
    wrapped,
)

if TYPE_CHECKING:
    from sim.measure.counting import IntArray
    from sim.measure.statistics import FloatArray
    from sim.runs.results import Results

Dates = NDArray[np.datetime64]

WIDTH, PANEL_INCH, REST_INCH = 11.0, 1.75, 1.2
MOST_PLACES = 6
HELD = "Held back by bans and agreed limits, before the journey"
MOST_DAYS = 800
"""Days beyond which weeks are drawn: a printed line holds no more points."""
MOST_POINTS = 3_000
"""Points of one panel beyond which an SVG holds it as an image."""

COLOURS = {
    "declarants": "#D55E00",
    "officers": "#F2A36B",
    "papers": "#8A3B00",
    "inspectors": "#F7CDB0",
    "receiving_track": "#999999",
    "handover": "#4D4D4D",
    "wagon_set": "#CC79A7",
    "cranes": "#E69F00",
    "crews": "#F0E442",
    "path": "#009E73",
    "port_track": "#9BD3F5",
    "vessel": "#0072B2",
    "weather": "#56B4E9",
    "berth": "#003B5C",
    "terminal_track": "#7A5195",
    "ban": "#000000",
    "line": "#480078",
    "yard": "#7848F0",
}
"""Colours of causes: one hue for each part of the journey, told apart in it by lightness."""


def queues(results: Results, caption: str) -> Figure:
    """Trains waiting, as the mean of each day (of each week in a long run), at the places where most wait.

    A train waits at one place for one cause at a time: rows beside its journey do not count.

    Raises
    ------
    NothingToDraw
        No train waited.
    """
    days = round(results.scenario.calendar.closing_h / HOURS_PER_DAY)
    step, unit = (1, "day") if days <= MOST_DAYS else (7, "week")
    edges_h = np.arange(0.0, days + 1, step) * HOURS_PER_DAY
    shown = busiest(results, edges_h)
    figure = sheet(
        f"Trains waiting, mean of each {unit}, where most of them wait",
        f"First of {basis([results])}. A train waits at one place for one cause at a time. "
        f"Places where never as much as one train waits are left out. {caption}",
        WIDTH,
        PANEL_INCH * len(shown) + REST_INCH,
    )
    middles = np.datetime64(results.scenario.horizon.start, "h") + (edges_h[:-1] + edges_h[1:]).astype(int) // 2
    panels = list(figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0])
    for axes, (title, level) in zip(panels, shown, strict=True):
        draw_place(axes, title, middles, level)
    scale_dates(panels[-1], middles)
    name_causes(figure)
    return figure


def busiest(results: Results, edges_h: FloatArray) -> list[tuple[str, FloatArray]]:
    """Titles of the places where most trains wait, or are held back before, and how many: causes × stretches."""
    level = waiting(results, edges_h)
    ban = list(words.CAUSES).index("ban")
    held = np.zeros_like(level[0])
    held[ban] = level[:, ban].sum(axis=0)
    level[:, ban] = 0
    places = [*zip((place.title for place in results.scenario.places.values()), level, strict=True), (HELD, held)]
    found = sorted((place for place in places if place[1].any()), key=lambda place: -place[1].sum())
    if not found or len(edges_h) < 3:
        raise NothingToDraw("no train waited")
    return [place for place in found if place[1].sum(axis=0).max() >= 1][:MOST_PLACES] or found[:1]


def waiting(results: Results, edges_h: FloatArray) -> FloatArray:
    """Mean number of trains waiting: places × causes × stretches between the edges, which are even and begin at 0."""
    stages, places, causes = results.tables.stages, list(results.scenario.places), list(words.CAUSES)
    queued_h = stages["queued_h"].to_numpy()
    started_h = stages["started_h"].fillna(results.scenario.calendar.closing_h).to_numpy()
    waited = (started_h > np.maximum(queued_h, 0)) & ~stages["beside"].to_numpy()
    rows = stages[waited]
    cell = coded(rows["place"], places) * len(causes) + coded(rows["cause"], causes)
    cells = len(places) * len(causes)
    hours = hours_after(queued_h[waited], cell, cells, edges_h) - hours_after(started_h[waited], cell, cells, edges_h)
    return np.asarray(np.maximum(hours, 0).reshape(len(places), len(causes), -1) / edges_h[1])


def hours_after(moments_h: FloatArray, cell: IntArray, cells: int, edges_h: FloatArray) -> FloatArray:
    """Hours that lie after the moments, summed by cell, within each stretch between edges: cells × stretches."""
    stretches = len(edges_h) - 1
    moments_h = np.clip(moments_h, 0, edges_h[-1])
    stretch = np.minimum((moments_h // edges_h[1]).astype(np.int64), stretches - 1)
    flat = cell * stretches + stretch
    begun = np.bincount(flat, edges_h[stretch + 1] - moments_h, cells * stretches).reshape(cells, stretches)
    number = np.bincount(flat, minlength=cells * stretches).reshape(cells, stretches)
    return np.asarray(begun + edges_h[1] * (np.cumsum(number, axis=1) - number))


def draw_place(axes: Axes, title: str, dates: Dates, level: FloatArray) -> None:
    """The causes of waiting at one place on top of each other; `level` has shape (causes, dates)."""
    dress(axes, "", "trains waiting")
    heading(axes, wrapped(title, 90))
    seen = [i for i in range(len(level)) if level[i].any()]
    causes = list(words.CAUSES)
    axes.stackplot(
        dates,
        level[seen],
        colors=[COLOURS[causes[i]] for i in seen],
        labels=[words.CAUSES[causes[i]] for i in seen],
        linewidth=0,
        rasterized=len(dates) * len(seen) > MOST_POINTS,
    )
    axes.set_ylim(0, None)


def scale_dates(axes: Axes, dates: Dates) -> None:
    """Marks at the beginnings of years, months or days, whatever fits the stretch of dates."""
    locator = AutoDateLocator(minticks=4, maxticks=12)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set_xlim(dates[0], dates[-1])
    axes.set_xlabel("date", fontsize=TEXT_PT, color=INK)


def name_causes(figure: Figure) -> None:
    """One legend for all panels, at the right: each cause once, in the order of the journey."""
    found = named_artists(figure.axes)
    names = [name for name in words.CAUSES.values() if name in found]
    figure.legend(
        [found[name] for name in names],
        names,
        loc="outside right center",
        title="waiting for",
        frameon=False,
        fontsize=SMALL_PT,
        title_fontsize=SMALL_PT,
        alignment="left",
    )
