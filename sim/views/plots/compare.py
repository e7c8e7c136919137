"""Differences between two scenarios, each with the interval of its mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.runs.results import labels
from sim.views import words
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    BLUE,
    FAINT,
    INK,
    SMALL_PT,
    NothingToDraw,
    basis,
    dress,
    joined_by_and,
    key_below,
    sheet,
    wrapped,
)

if TYPE_CHECKING:
    from sim.runs.results import Results

WIDTH = 11.0
ROW_INCH, PANEL_INCH, REST_INCH = 0.42, 0.75, 1.7


@own_settings()
def differences(table: pd.DataFrame, caption: str, results: Sequence[Results] = ()) -> Figure:
    """Paired differences, the second scenario minus the first: a dot and an interval a row, one panel a unit.

    Parameters
    ----------
    table
        Differences as from `sim.study.compare.compare.compare`: those to draw, for instance its headline.
    results
        The two results compared, in the same order: they give titles, level and seed. Without them names stand for
        titles.

    Raises
    ------
    NothingToDraw
        No row has a difference.
    """
    rows = table[table["difference"].notna()]
    if rows.empty:
        raise NothingToDraw("no difference to draw")
    first, second = labels(results) if results else ("first scenario", "second scenario")
    rest = basis(results) if results else f"{joined_by_and(rows['replications'].astype(str))} replications"
    units = list(dict.fromkeys(rows["unit"]))
    counts = [int((rows["unit"] == unit).sum()) for unit in units]
    figure = sheet(
        f"What changes: {second}, against {first}",
        f"{rest}; differences are paired, replication by replication. At the right the two means. {caption}",
        WIDTH,
        REST_INCH + sum(ROW_INCH * count + PANEL_INCH for count in counts),
    )
    panels = list(figure.subplots(len(units), 1, squeeze=False, height_ratios=[count + 0.5 for count in counts])[:, 0])
    for axes, unit in zip(panels, units, strict=True):
        draw_unit(axes, rows[rows["unit"] == unit], unit, results)
    key_below(panels[-1], 2, panels)
    return figure


def draw_unit(axes: Axes, rows: pd.DataFrame, unit: str, results: Sequence[Results]) -> None:
    """The differences in one unit, the first row at the top, the two means at the right."""
    dress(axes, f"difference (second minus first), {unit}", "", grid="x")
    axes.set_yticks(range(len(rows)), [wrapped(row_words(row, results), 44) for _, row in rows.iterrows()])
    axes.tick_params(axis="y", labelsize=SMALL_PT, length=0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvline(0, color=INK, linewidth=1.2)
    sure = ((rows["ci_low"] > 0) | (rows["ci_high"] < 0)).to_numpy()
    levels = np.arange(len(rows))
    for chosen, colour, face, name in (
        (sure, BLUE, BLUE, "the interval leaves out zero"),
        (~sure, FAINT, "white", "the interval holds zero: no change shown"),
    ):
        if chosen.any():
            some = rows[chosen]
            reach = np.array([some["difference"] - some["ci_low"], some["ci_high"] - some["difference"]])
            axes.errorbar(
                some["difference"],
                levels[chosen],
                xerr=reach,
                fmt="o",
                color=colour,
                markerfacecolor=face,
                markersize=7,
                capsize=4,
                linewidth=1.6,
                label=name,
            )
    for level, (_, row) in enumerate(rows.iterrows()):
        text = f"{words.figure(row['mean_a'])} → {words.figure(row['mean_b'])} {unit}"
        axes.text(1.01, level, text, transform=axes.get_yaxis_transform(), fontsize=SMALL_PT, color=INK, va="center")


def row_words(row: pd.Series[Any], results: Sequence[Results]) -> str:
    """A row in words: the measure, then where, for which flows, and when, as far as these are not all."""
    titles = {
        name: described.title
        for result in results
        for table in (result.scenario.flows, result.scenario.places, result.scenario.corridors)
        for name, described in table.items()
    }
    rest = [titles.get(name, words.plain(name)) for name in (row["place"], row["flow"]) if name != "all"]
    period = [] if row["period"] == "all" else [str(row["period"])]
    return ", ".join([words.measure(row["kpi"]), *rest, *period])
