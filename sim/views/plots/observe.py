"""Observations beside a scenario: the shares of trains done, quantile against quantile, and step by step."""

from __future__ import annotations

import datetime as dt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.catalogue import QUANTILES
from sim.study.observe.observe import ObserveAnswer
from sim.views import words
from sim.views.plots import style
from sim.views.plots.forest import WIDTH
from sim.views.plots.queues import scale_dates
from sim.views.plots.settings import own_settings
from sim.views.sheets.observe import beside_sentence, counted_sentence, observed_words

HEIGHT, SERIES_HEIGHT = 6.0, 4.6
INK_OBSERVED, INK_SIMULATED = style.INK, style.GREEN
"""Neither is paper's or Tez's own: the trains of both may be in a table."""


@own_settings()
def observed_times(answer: ObserveAnswer, caption: str = "") -> Figure:
    """Shares of trains done within so much time, observed and simulated; and at each share the one against the other.

    Raises
    ------
    NothingToDraw
        An amount was observed, which has no single trains, or the replication drawn had none.
    """
    shares = answer.frames["distribution"]
    if shares.empty or shares["simulated"].isna().any():
        raise style.NothingToDraw("no times of single trains were observed and simulated")
    figure = style.sheet(
        f"{observed_words(answer)}. {beside_sentence(answer)}",
        f"{words.sample(answer)}. Thin lines: {int(answer.span['n'].iloc[0]):,} trains observed, and those of one "
        "replication, an example of the shape. Dots: half, 90 % and 95 % of the trains, mean over replications, with "
        f"the range in which one replication more lies. {caption}",
        WIDTH,
        HEIGHT,
    )
    left, right = figure.subplots(1, 2)
    unit = answer.manifest["unit"]
    dots = answer.span.set_index("statistic").loc[list(QUANTILES)]
    reach = np.nan_to_num(np.array([dots["mean"] - dots["low"], dots["high"] - dots["mean"]], float))
    percents = [100 * share for share in QUANTILES.values()]
    style.dress(left, f"time, {unit}", "share of trains, %", grid="both")
    style.heading(left, "Shares done within a time")
    for name, colour in (("observed", INK_OBSERVED), ("simulated", INK_SIMULATED)):
        width = 2.4 if colour == INK_OBSERVED else 1.1  # seen behind a line that lies on it
        left.plot(
            shares[name], 100 * shares["share"], color=colour, linewidth=width, drawstyle="steps-post", label=name
        )
    marks = {"fmt": "o", "color": INK_SIMULATED, "markersize": 5, "capsize": 3, "linewidth": 1.3}
    left.errorbar(dots["mean"], percents, xerr=reach, label="simulated, all replications", **marks)
    left.set_ylim(0, 101)
    left.set_xlim(0, 1.05 * float(max(shares["observed"].quantile(0.99), dots["high"].fillna(dots["mean"]).max())))
    style.dress(right, f"observed, {unit}", f"simulated, {unit}", grid="both")
    style.heading(right, "Quantile against quantile")
    right.plot(shares["observed"], shares["simulated"], color=INK_SIMULATED, linewidth=1.1)
    right.errorbar(dots["observed"], dots["mean"], yerr=reach, **marks)
    end = float(np.nanmax([shares["observed"].quantile(0.99), shares["simulated"].quantile(0.99), dots["high"].max()]))
    right.plot([0, end], [0, end], color=style.FAINT, linestyle="--", linewidth=1.0, label="as observed")
    right.set_xlim(0, 1.05 * end)
    right.set_ylim(0, 1.05 * end)
    style.key_below(left, 1)
    style.key_below(right, 1)
    return figure


@own_settings()
def observed_series(answer: ObserveAnswer, caption: str = "") -> Figure:
    """Each week or month as observed, and the range in which a single one of the model lies."""
    table, by = answer.series, answer.manifest["by"]
    figure = style.sheet(
        f"{observed_words(answer)}, by {by}: {counted_sentence(answer)}",
        f"{words.sample(answer)}. Band: where a single {by} of one replication more lies, with "
        f"{100 * answer.manifest['level']:g} %; it is wider than the interval of the mean. {caption}",
        WIDTH,
        SERIES_HEIGHT,
    )
    axes = figure.subplots()
    style.dress(axes, f"{by}, from its first day", f"{answer.manifest['unit']}{f' a {by}' if answer.adds_up else ''}")
    draw_observed_steps(axes, answer)
    axes.set_ylim(0, 1.08 * float(np.nanmax(table[["observed", "mean", "high"]].to_numpy(float))) or 1.0)
    style.key_below(axes, 3)
    return figure


def draw_observed_steps(axes: Axes, answer: ObserveAnswer) -> None:
    """The steps of a series, each as wide as it is; a gap stays one."""
    table = answer.series
    days = [[dt.date.fromisoformat(day) for day in table[name]] for name in ("from", "until")]
    zero = days[0][0]
    starts, ends = np.array([[(day - zero).days for day in column] for column in days], float)
    values = {name: table[name].to_numpy(float) for name in ("mean", "low", "high", "observed")}
    axes.bar(
        starts,
        values["high"] - values["low"],
        ends - starts,
        values["low"],
        align="edge",
        color=style.lighter(INK_SIMULATED, 0.75),
        linewidth=0,
        label=f"a single {answer.manifest['by']} of the model",
    )
    axes.hlines(values["mean"], starts, ends, color=INK_SIMULATED, linewidth=1.6, label="mean of the model")
    axes.plot((starts + ends) / 2, values["observed"], "o", color=INK_OBSERVED, markersize=5, label="observed")
    scale_dates(axes, zero, np.array([starts[0], ends[-1]]))
