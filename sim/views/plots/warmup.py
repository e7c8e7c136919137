"""How a system fills: the days from the first hour of a run, and where the warm-up ends."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray, batch_means
from sim.scenario.calendar import HOURS_PER_DAY
from sim.study.field.clearance import regimes_stated
from sim.study.warmup import Settling, Warmup
from sim.views import words
from sim.views.language import message, month_name, spoken_title, term
from sim.views.plots.settings import own_settings
from sim.views.plots.style import ACCENT, FAINT, GREEN, INK, PLAIN, dress, heading, key_below, lighter, sheet, stacked
from sim.views.sheets.warmup import SERIES, verdict

WIDTH, PANEL_INCH, REST_INCH = 11.0, 2.6, 1.9


@own_settings()
def settling(warmup: Warmup, caption: str = "") -> Figure:
    """Each series by day, the truncation that MSER-5 proposes and the warm-up stated: a panel a series."""
    start = warmup.scenario.horizon.start
    first = message("{day} {month} {year}", day=start.day, month=month_name(start.month), year=start.year)
    about = [
        spoken_title(warmup.scenario.title),
        message("{number} days before {day}", number=len(warmup.table), day=first),
        cleared_by(warmup),
    ]
    note = message(
        "The days before the horizon, with the volumes and capacities of their first dates. Mean over {number} "
        "replications, seed {seed}.",
        number=warmup.manifest["replications"],
        seed=warmup.manifest["seed"],
    )
    figure = sheet(
        message("{told}: {about}", told=verdict(warmup), about=words.comma_list(filter(None, about))),
        words.paragraph([note, caption]),
        WIDTH,
        REST_INCH + PANEL_INCH * len(warmup.settling),
    )
    panels = stacked(figure, [1.0] * len(warmup.settling), sharex=True)
    stated_label = message("end of warm-up, stated")
    for axes, (name, series) in zip(panels, warmup.settling.items(), strict=True):
        title, unit = SERIES[name]
        draw_settling(axes, warmup.table["day"].to_numpy(float), warmup.table[name].to_numpy(float), series)
        axes.axvline(warmup.stated_days, color=FAINT, linestyle="--", linewidth=1.8, label=stated_label)
        dress(axes, message("days since the first hour of the run") if axes is panels[-1] else "", term(unit))
        heading(axes, term(title))
    key_below(panels[-1], 3, panels)
    return figure


def cleared_by(warmup: Warmup) -> str:
    """What clears trains in the days drawn, which lie before the horizon: it may be another regime than within."""
    regimes = warmup.scenario.regimes
    names = regimes_stated(warmup.scenario, -HOURS_PER_DAY * len(warmup.table), 0.0)
    titles = words.joined_by_and(spoken_title(regimes[name].title) for name in names)
    return message("cleared by {regimes}", regimes=titles) if titles else ""


def draw_settling(axes: Axes, day: FloatArray, values: FloatArray, series: Settling) -> None:
    """One series: its days, its means of five days, and the end of the warm-up that MSER-5 proposes."""
    axes.plot(day - 0.5, values, color=lighter(PLAIN, 0.45), linewidth=0.8, label=message("day"))
    axes.plot(batch_means(day) - 0.5, batch_means(values), color=INK, linewidth=1.3, label=message("five days"))
    axes.plot([series.days, day[-1]], [series.mean] * 2, color=GREEN, linewidth=2.0, label=message("mean after MSER-5"))
    axes.axvspan(0, series.days, color=FAINT, alpha=0.12, linewidth=0)
    axes.axvline(series.days, color=ACCENT, linewidth=1.8, label=message("end of warm-up, MSER-5"))
    axes.set_xlim(0, day[-1])
    axes.set_ylim(0, 1.08 * float(np.max(values)) or 1)
