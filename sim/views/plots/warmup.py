"""How a system fills: the days from the first hour of a run, and where the warm-up ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import BATCH
from sim.views.plots.settings import own_settings
from sim.views.plots.style import BLUE, FAINT, GREEN, SKY, VERMILLION, dress, heading, key_below, sheet

if TYPE_CHECKING:
    from sim.measure.statistics import FloatArray
    from sim.study.warmup import Settling, Warmup

WIDTH, PANEL_INCH, REST_INCH = 11.0, 2.6, 1.9
PANELS = {
    "border_dwell_h": ("Border dwell, by day of arrival", "hours"),
    "trains_under_way": ("Trains under way, at the end of the day", "trains"),
}


@own_settings()
def settling(found: Warmup, title: str, caption: str) -> Figure:
    """Each series by day, the truncation that MSER-5 proposes and the warm-up stated: a panel a series.

    Parameters
    ----------
    found
        The warm-up observed.
    title
        Title of the scenario.
    """
    figure = sheet(
        f"How it fills from empty: {title}",
        f"Mean over {found.replications} replications, seed {found.seed}. {caption}",
        WIDTH,
        REST_INCH + PANEL_INCH * len(found.settling),
    )
    panels = list(figure.subplots(len(found.settling), 1, squeeze=False, sharex=True)[:, 0])
    for axes, (name, one) in zip(panels, found.settling.items(), strict=True):
        draw(axes, found.table["day"].to_numpy(float), found.table[name].to_numpy(float), one, found.stated_days)
        dress(axes, "", PANELS[name][1])
        heading(axes, PANELS[name][0])
    dress(panels[-1], "days since the first hour of the run", PANELS[list(found.settling)[-1]][1])
    key_below(panels[-1], 3, panels)
    return figure


def draw(axes: Axes, day: FloatArray, series: FloatArray, one: Settling, stated_days: int) -> None:
    """One series: its days, its means of five days, and both ends of the warm-up."""
    batches = len(series) // BATCH
    middles = day[: batches * BATCH].reshape(batches, BATCH).mean(axis=1) - 0.5
    axes.plot(day - 0.5, series, color=SKY, linewidth=0.8, label="day")
    axes.plot(middles, series[: batches * BATCH].reshape(batches, BATCH).mean(axis=1), color=BLUE, label="five days")
    axes.plot([one.days, day[-1]], [one.mean] * 2, color=GREEN, linewidth=1.4, label="mean after MSER-5")
    axes.axvspan(0, one.days, color=FAINT, alpha=0.12, linewidth=0)
    axes.axvline(one.days, color=VERMILLION, linewidth=1.8, label="end of warm-up, MSER-5")
    axes.axvline(stated_days, color=FAINT, linestyle="--", linewidth=1.8, label="end of warm-up, stated")
    axes.set_xlim(0, day[-1])
    axes.set_ylim(0, 1.08 * float(np.max(series)) or 1)
