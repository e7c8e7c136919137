"""CAREC's indicators of rail beside the published row: hours and costs at borders, costs and speeds on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.runs.results import labels
from sim.scenario.addresses import ALL
from sim.scenario.periods import last_full_year
from sim.study.field.indicators import indicators
from sim.views import words
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    BLACK,
    INK,
    SERIES,
    SMALL_PT,
    NothingToDraw,
    basis,
    dress,
    heading,
    key_below,
    legend_name,
    sheet,
    wrapped,
)
from sim.views.sheets.prices import price_words

if TYPE_CHECKING:
    from sim.runs.results import Results
    from sim.scenario.sources import Fact

WIDTH = 11.0
ROW_INCH, PANEL_INCH, REST_INCH = 0.34, 0.85, 2.1
PANELS = {
    "TFI1: hours to clear a border crossing point": ("TFI1",),
    "TFI2: cost at a border crossing point, USD for 20 t": ("TFI2", "TFI2 charges"),
    "TFI3: cost of 500 km of the rail leg, USD for 20 t": ("TFI3", "TFI3 charges"),
    "TFI4: speed, km/h": ("SWD", "SWOD"),
}
FEES = "CPMM counts fees, as charges alone do; prices taken from it must meet it, which is no test. "
CROWDED, FAR = 0.15, 0.8
"""Shares of the width: below the one there is no room for words left of a figure, beyond the other right of it."""

AXES = ("hours", "USD for 20 t", "USD for 20 t and 500 km", "km/h")
MEANINGS = {
    "SWD": "with delay (SWD)",
    "SWOD": "without delay (SWOD)",
    "TFI2": "charges and time",
    "TFI2 charges": "charges alone",
    "TFI3": "charges and time",
    "TFI3 charges": "charges alone",
}


@own_settings()
def carec(results: Sequence[Results], facts: Mapping[str, Fact], caption: str, period: str | None = None) -> Figure:
    """TFI1 to TFI4 of each of some results with intervals, and the published row of the year or of the last before.

    TFI2 and TFI3 are there for results whose scenario has prices.

    Raises
    ------
    NothingToDraw
        No results have a border or a section that trains passed.
    """
    tables = [shown(one, facts, period) for one in results]
    if all(table.empty for table in tables):
        raise NothingToDraw("no train passed a border or a section")
    panels = {
        title: rows
        for title, wanted in PANELS.items()
        if (rows := [row for row in dict.fromkeys(row for table in tables for row in table.index) if row[0] in wanted])
    }
    when = " and ".join(dict.fromkeys(period or last_full_year(one.scenario) for one in results))
    figure = sheet(
        f"CAREC indicators of rail, {when.replace(ALL, 'whole horizon')}, beside CPMM",
        f"{basis(results)}. Inbound: westbound, outbound: eastbound; all trains count, where CPMM has a sample of "
        "shipments over Kazakhstan's rail crossings (its SWD: of all CAREC rail). SWD: km of the sections over all "
        "hours on them and at borders; SWOD: over the hours under way, ordinary stops included, so that it lies below "
        f"CPMM's. TFI2 and TFI3: {price_words(results)} {FEES if len(panels) > 2 else ''}{caption}",
        WIDTH,
        REST_INCH + sum(PANEL_INCH + ROW_INCH * len(rows) * (0.6 + 0.4 * len(results)) for rows in panels.values()),
    )
    drawn = list(
        figure.subplots(len(panels), 1, squeeze=False, height_ratios=[len(rows) + 1 for rows in panels.values()])[:, 0]
    )
    for axes, (title, rows) in zip(drawn, panels.items(), strict=True):
        heading(axes, title)
        dress(axes, AXES[list(PANELS).index(title)], "", grid="x")
        draw(axes, rows, tables, labels(results))
        axes.set_yticks(range(len(rows)), [row_words(row, results) for row in rows])
    key_below(drawn[-1], 2, drawn)
    return figure


Row = tuple[str, str, str]
"""Indicator, who is counted, place."""


def shown(result: Results, facts: Mapping[str, Fact], period: str | None) -> pd.DataFrame:
    """The indicators that have numbers, by indicator, who and place."""
    table = indicators(result, facts, period)
    return table[table["replications"] > 0].set_index(["indicator", "who", "place"])


def draw(axes: Axes, rows: Sequence[Row], tables: Sequence[pd.DataFrame], names: Sequence[str]) -> None:
    """One panel: a dot and an interval for each row and result, a diamond for the published figure."""
    gap = 0.7 / max(len(tables), 1)
    for i, (table, name) in enumerate(zip(tables, names, strict=True)):
        seen = [row for row in rows if row in table.index]
        some = table.loc[seen]
        levels = np.array([rows.index(row) for row in seen]) + (i - (len(tables) - 1) / 2) * gap
        reach = np.array([some["mean"] - some["ci_low"], some["ci_high"] - some["mean"]])
        colour = SERIES[i % len(SERIES)]
        look: dict[str, Any] = {"fmt": "os^Dv"[i % 5], "color": colour, "markersize": 6, "capsize": 4, "linewidth": 1.6}
        axes.errorbar(some["mean"], levels, xerr=reach, label=legend_name(name, 60), **look)
        for level, (_, row) in zip(levels, some.iterrows(), strict=True):
            text = f"{words.figure(row['mean'])} [{words.figure(row['ci_low'])}, {words.figure(row['ci_high'])}]"
            axes.text(
                1.01, level, text, transform=axes.get_yaxis_transform(), fontsize=SMALL_PT, color=colour, va="center"
            )
    draw_published(axes, rows, tables)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.04 * axes.get_xlim()[1])
    axes.tick_params(axis="y", labelsize=SMALL_PT, length=0)


def draw_published(axes: Axes, rows: Sequence[Row], tables: Sequence[pd.DataFrame]) -> None:
    """The published figure of each row that has one, with its year."""
    known = pd.concat(tables)
    known = known[known["published"].notna() & known.index.isin(list(rows))]
    known = known[~pd.MultiIndex.from_frame(known.reset_index()[["indicator", "who", "place", "fact"]]).duplicated()]
    levels = [rows.index(row) for row in known.index]
    if levels:
        axes.plot(known["published"], levels, "D", color=BLACK, markersize=6, label="CPMM, with its year", zorder=4)
    for level, row, value, year in zip(levels, known.index, known["published"], known["published_year"], strict=True):
        ours = [table["mean"].to_dict()[row] for table in tables if row in table.index]
        offset, align = beside(value, ours, axes.get_xlim()[1])
        axes.annotate(
            f"{words.figure(value)} ({year:.0f})",
            (value, level),
            offset,
            textcoords="offset points",
            ha=align,
            va="center",
            fontsize=SMALL_PT,
            color=INK,
        )


def beside(
    value: float, ours: Sequence[float], most: float
) -> tuple[tuple[int, int], Literal["left", "center", "right"]]:
    """Where the words of a published figure stand: on the side away from the nearest figure of ours, or above it."""
    nearest = min(ours, key=lambda mean: abs(mean - value), default=value)
    if nearest < value <= FAR * most:
        return (7, 0), "left"
    return ((-7, 0), "right") if nearest >= value > CROWDED * most else ((0, 5 + 5 * len(ours)), "center")


def row_words(row: Row, results: Sequence[Results]) -> str:
    """A row in words."""
    indicator, who, place = row
    titles = {name: each.title for one in results for name, each in one.scenario.places.items()}
    where = "all borders" if place == ALL else titles[place]
    return f"{MEANINGS[indicator]}, {who}" if indicator in MEANINGS else wrapped(f"{where}, {who}", 44)
