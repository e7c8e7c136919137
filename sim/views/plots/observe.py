"""Observations beside a scenario: the shares of trains done, quantile against quantile, and step by step."""

from __future__ import annotations

import datetime as dt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.catalogue import QUANTILES
from sim.study.observe.observe import ObserveAnswer
from sim.views import words
from sim.views.language import counted, message, term
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
        words.paragraph([message("{told}.", told=observed_words(answer)), beside_sentence(answer)]),
        words.paragraph([message("{told}.", told=words.sample(answer)), lines_sentence(answer), caption]),
        WIDTH,
        HEIGHT,
    )
    left, right = figure.subplots(1, 2)
    unit = term(answer.manifest["unit"])
    dots = answer.span.set_index("statistic").loc[list(QUANTILES)]
    reach = np.nan_to_num(np.array([dots["mean"] - dots["low"], dots["high"] - dots["mean"]], float))
    percents = [100 * share for share in QUANTILES.values()]
    style.dress(left, message("time, {unit}", unit=unit), message("share of trains, %"), grid="both")
    style.heading(left, message("Shares done within a time"))
    for name, label, colour in (
        ("observed", message("observed"), INK_OBSERVED),
        ("simulated", message("simulated"), INK_SIMULATED),
    ):
        width = 2.4 if colour == INK_OBSERVED else 1.1  # seen behind a line that lies on it
        left.plot(
            shares[name], 100 * shares["share"], color=colour, linewidth=width, drawstyle="steps-post", label=label
        )
    marks = {"fmt": "o", "color": INK_SIMULATED, "markersize": 5, "capsize": 3, "linewidth": 1.3}
    left.errorbar(dots["mean"], percents, xerr=reach, label=message("simulated, all replications"), **marks)
    left.set_ylim(0, 101)
    left.set_xlim(0, 1.05 * float(max(shares["observed"].quantile(0.99), dots["high"].fillna(dots["mean"]).max())))
    style.dress(right, message("observed, {unit}", unit=unit), message("simulated, {unit}", unit=unit), grid="both")
    style.heading(right, message("Quantile against quantile"))
    right.plot(shares["observed"], shares["simulated"], color=INK_SIMULATED, linewidth=1.1)
    right.errorbar(dots["observed"], dots["mean"], yerr=reach, **marks)
    end = float(np.nanmax([shares["observed"].quantile(0.99), shares["simulated"].quantile(0.99), dots["high"].max()]))
    right.plot([0, end], [0, end], color=style.FAINT, linestyle="--", linewidth=1.0, label=message("as observed"))
    right.set_xlim(0, 1.05 * end)
    right.set_ylim(0, 1.05 * end)
    style.key_below(left, 1)
    style.key_below(right, 1)
    return figure


def lines_sentence(answer: ObserveAnswer) -> str:
    """What the lines and dots are, in words."""
    return counted(
        int(answer.span["n"].iloc[0]),
        "Thin lines: {count} train observed, and those of one replication, an example of the shape. Dots: half, 90 % "
        "and 95 % of the trains, mean over replications, with the range in which one replication more lies.",
        "Thin lines: {count} trains observed, and those of one replication, an example of the shape. Dots: half, 90 % "
        "and 95 % of the trains, mean over replications, with the range in which one replication more lies.",
    )


@own_settings()
def observed_series(answer: ObserveAnswer, caption: str = "") -> Figure:
    """Each week or month as observed, and the range in which a single one of the model lies."""
    table, by = answer.series, answer.manifest["by"]
    figure = style.sheet(
        message(
            "{measure}, {step}: {found}",
            measure=observed_words(answer),
            step=term(f"by {by}"),
            found=counted_sentence(answer),
        ),
        words.paragraph([message("{told}.", told=words.sample(answer)), band_sentence(answer), caption]),
        WIDTH,
        SERIES_HEIGHT,
    )
    axes = figure.subplots()
    style.dress(axes, *axes_words(answer))
    draw_observed_steps(axes, answer)
    axes.set_ylim(0, 1.08 * float(np.nanmax(table[["observed", "mean", "high"]].to_numpy(float))) or 1.0)
    style.key_below(axes, 3)
    return figure


def band_sentence(answer: ObserveAnswer) -> str:
    """What the band is, in words."""
    level = words.stated_number(100 * answer.manifest["level"])
    if answer.manifest["by"] == "week":
        return message(
            "Band: where a single week of one replication more lies, with {level} %; it is wider than the interval of "
            "the mean.",
            level=level,
        )
    return message(
        "Band: where a single month of one replication more lies, with {level} %; it is wider than the interval of "
        "the mean.",
        level=level,
    )


def axes_words(answer: ObserveAnswer) -> tuple[str, str]:
    """What stands at both axes of a series."""
    unit = term(answer.manifest["unit"])
    if answer.manifest["by"] == "week":
        amount = message("{unit} a week", unit=unit)
        return message("week, from its first day"), amount if answer.adds_up else unit
    amount = message("{unit} a month", unit=unit)
    return message("month, from its first day"), amount if answer.adds_up else unit


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
        label=single_words(answer.manifest["by"]),
    )
    axes.hlines(values["mean"], starts, ends, color=INK_SIMULATED, linewidth=1.6, label=message("mean of the model"))
    axes.plot((starts + ends) / 2, values["observed"], "o", color=INK_OBSERVED, markersize=5, label=message("observed"))
    scale_dates(axes, zero, np.array([starts[0], ends[-1]]))


def single_words(by: str) -> str:
    """What the band is of."""
    return message("a single week of the model") if by == "week" else message("a single month of the model")
