"""Time Release Study: how long the intervals of a clearance take, by border and regime."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.runs.results import Results, labels
from sim.scenario.meaning import last_full_year
from sim.study.field.release_study import INSPECTION, release_study
from sim.views import words
from sim.views.plots import style
from sim.views.plots.forest import WIDTH, name_rows, note_at_right
from sim.views.plots.settings import own_settings

BAR_INCH, PANEL_INCH, REST_INCH = 0.24, 0.85, 1.9
MOST_PANELS = 6
INTERVALS = ("arrival to reception", "reception to release", INSPECTION, "release to departure", "arrival to departure")
SHORTEST_H = 0.02
"""Below this, about a minute, the axis is linear."""


@own_settings()
def release_times(results: Sequence[Results], caption: str, period: str | None = None) -> Figure:
    """Mean (bar), median and 90th percentile (marks) of each interval: a panel a border, a bar a scenario and regime.

    Raises
    ------
    NothingToDraw
        No declarations were released at any border.
    """
    tables = [release_study(result, period) for result in results]
    borders = list(dict.fromkeys(place for table in tables for place in table["place"]))
    if not borders:
        raise style.NothingToDraw("no declarations were released")
    borders = busiest_borders(tables, borders)
    kinds = [kinds_at(results, tables, border) for border in borders]
    rows = [len(INTERVALS) * max(len(kind), 2) for kind in kinds]
    figure = style.sheet(
        f"Time Release Study, {periods_drawn(results, period)}",
        f"First of {style.basis_of(results)}. Hours between the moments of a clearance (WCO guide, version 3). Bar: "
        "mean; | median; ◆ 90th percentile of the trains whose declarations were released. Inspection: of the yellow "
        f"and the red channel, its wait included; formalities may run beside the gauge change. {caption}",
        WIDTH,
        REST_INCH + sum(BAR_INCH * row + PANEL_INCH for row in rows),
    )
    panels = style.stacked(figure, rows)
    colours = {
        kind: style.SERIES[i % len(style.SERIES)] for i, kind in enumerate(dict.fromkeys(chain.from_iterable(kinds)))
    }
    for axes, border, kind in zip(panels, borders, kinds, strict=True):
        draw_border(
            axes, border_title(results, border), kind, [table[table["place"] == border] for table in tables], colours
        )
    style.key_below(panels[-1], 2, panels)
    return figure


Kind = tuple[int, str, str]
"""Position of the results, the regime, and both in words."""


def busiest_borders(tables: Sequence[pd.DataFrame], borders: list[str]) -> list[str]:
    """The borders with most trains released, in their order."""
    trains = pd.concat(tables).query("interval == 'reception to release'").groupby("place")["trains"].sum()
    busiest = set(trains.sort_values(ascending=False, kind="stable").index[:MOST_PANELS])
    return [border for border in borders if border in busiest]


def kinds_at(results: Sequence[Results], tables: Sequence[pd.DataFrame], border: str) -> list[Kind]:
    """What is drawn at a border: the regimes of each of the results."""
    kinds = []
    for i, (result, table, title) in enumerate(zip(results, tables, labels(results), strict=True)):
        for regime in dict.fromkeys(table[table["place"] == border]["regime"]):
            name = result.scenario.regimes[regime].title
            kinds.append((i, regime, style.legend_name(name if len(results) == 1 else f"{title}: {name}", 70)))
    return kinds


def periods_drawn(results: Sequence[Results], period: str | None) -> str:
    """The periods drawn, in words."""
    periods = [period or last_full_year(result.scenario) for result in results]
    return words.joined_by_and(words.period(name) for name in periods)


def border_title(results: Sequence[Results], border: str) -> str:
    """The title of a border."""
    return next(result.scenario.places[border].title for result in results if border in result.scenario.places)


def draw_border(
    axes: Axes, title: str, kinds: Sequence[Kind], tables: Sequence[pd.DataFrame], colours: dict[Kind, str]
) -> None:
    """One panel: the intervals from top to bottom, in each a bar for each kind."""
    style.heading(axes, style.wrapped(title, 90))
    style.dress(axes, "hours", "", grid="x")
    thick = 0.8 / max(len(kinds), 2)
    axes.set_xscale("symlog", linthresh=SHORTEST_H, linscale=0.15)
    for nth, (i, regime, label) in enumerate(kinds):
        rows = tables[i][tables[i]["regime"] == regime].set_index("interval")
        intervals = [name for name in INTERVALS if name in rows.index]
        levels = np.array([INTERVALS.index(name) for name in intervals]) + (nth - (len(kinds) - 1) / 2) * thick
        look: dict[str, Any] = {"color": colours[kinds[nth]], "height": 0.85 * thick}
        axes.barh(levels, rows.loc[intervals, "mean_h"], alpha=0.55, label=label, **look)
        axes.plot(rows.loc[intervals, "p50_h"], levels, "|", color=style.INK, markersize=11, markeredgewidth=1.6)
        axes.plot(rows.loc[intervals, "p90_h"], levels, "D", color=style.INK, markersize=3.5)
        for level, (_, row) in zip(levels, rows.loc[intervals].iterrows(), strict=True):
            note_at_right(
                axes, level, f"{words.duration(row['mean_h'])}, n {row['trains']:,.0f}", size=style.SMALL_PT - 1
            )
    name_rows(axes, INTERVALS)
    high = max(table["p90_h"].max() for table in tables if not table.empty)
    marks = [0.0, *(hours for hours in words.READABLE_HOURS if SHORTEST_H < hours <= 1.5 * high)]
    axes.set_xlim(0, 1.3 * high)
    axes.set_xticks(marks)
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(FuncFormatter(lambda hours, _: words.READABLE_HOURS.get(hours, "0")))
