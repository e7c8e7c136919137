"""The ladder of bottlenecks: what a step more of each binding capacity gains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.views.plots.settings import own_settings
from sim.views.plots.style import BLUE, FAINT, INK, SMALL_PT, NothingToDraw, dress, heading, lighter, sheet, wrapped

if TYPE_CHECKING:
    from sim.study.ladder.rungs import Ladder

WIDTH = 11.0
ROW_INCH, REST_INCH = 0.62, 2.1
NAME_CHARACTERS = 40
PANELS = (
    ("gain_kt", "gain_low", "gain_high", "carries more, kt a year"),
    ("days", "days_low", "days_high", "days saved"),
)


@own_settings()
def ladder(found: Ladder, caption: str) -> Figure:
    """A bar a rung, the first at the top: what a step gains in throughput and in days of transit, with intervals.

    Raises
    ------
    NothingToDraw
        Nothing binds.
    """
    table = found.table
    if table.empty:
        raise NothingToDraw("nothing binds")
    rungs = table.groupby("rung", sort=True)
    span = "the year and the one before" if found.is_excerpt else "the whole horizon"
    note = (
        f"Paired differences, {found.replications} replications that had no part in the choice, "
        f"{100 * found.level:g} % intervals, seed {found.seed}; {found.runs} runs of {span}. Each rung comes on top of "
        f"the reliefs before it. {caption}"
    )
    period = "the whole horizon" if found.about.year == "all" else found.about.year
    figure = sheet(
        f"What binds, and what binds next: {found.about.title}, {period}",
        note,
        WIDTH,
        REST_INCH + ROW_INCH * len(rungs),
    )
    panels = figure.subplots(1, 2, sharey=True)
    firsts = rungs.first().reset_index()
    names = [rung_words(rows) for _, rows in rungs]
    for axes, (mean, low, high, label) in zip(panels, PANELS, strict=True):
        draw(axes, firsts, mean, low, high)
        dress(axes, label, "", grid="x")
    panels[0].set_yticks(range(len(names)), names, fontsize=SMALL_PT)
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    heading(panels[0], "one step more: throughput")
    heading(panels[1], "one step more: transit")
    return figure


def draw(axes: Axes, firsts: pd.DataFrame, mean: str, low: str, high: str) -> None:
    """Bars with intervals; pale where the interval holds zero."""
    values, lows, highs = (firsts[name].to_numpy(float) for name in (mean, low, high))
    sure = (lows > 0) | (highs < 0)
    colours = [BLUE if each else lighter(FAINT, 0.5) for each in sure]
    levels = np.arange(len(values))
    axes.barh(levels, values, color=colours, height=0.55)
    reach = np.array([values - lows, highs - values])
    axes.errorbar(values, levels, xerr=reach, fmt="none", ecolor=INK, capsize=4, linewidth=1.3)
    axes.axvline(0, color=INK, linewidth=1.0)


def rung_words(rows: pd.DataFrame) -> str:
    """What a rung relieves, from what to what."""
    lines = []
    for _, row in rows.iterrows():
        change = f"{row['from_amount']:g} → {row['to_amount']:g}, a step is {row['step']:g}"
        lines.append(f"{wrapped(row['resource'], NAME_CHARACTERS)}\n{change}")
    return f"{rows['rung'].iloc[0]}.  " + "\n+ ".join(lines)
