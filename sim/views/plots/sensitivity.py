"""What a sensitivity found: influence against interaction, influence with intervals, and each range alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.scenario.factors import Factor
from sim.scenario.values import ALL
from sim.study.sensitivity.sensitivity import SensitivityResults
from sim.views import words
from sim.views.plots.forest import WIDTH, Look, Mark, Panel, Row, forest, name_rows, note_at_right, whiskers
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    ACCENT,
    FAINT,
    INK,
    ORANGE,
    PLAIN,
    NothingToDraw,
    apart,
    dress,
    key_below,
    lighter,
    points_basis,
    sheet,
    tied_name,
    wrapped,
)
from sim.views.sheets.sweep import factor_title, measure_title, range_words, value_words

MOST_NAMED = 12
"""Factors with a name in the plane, and rows of the other figures: the most influential ones."""

MOST_ROWS = 25
NOTE_CHARACTERS = 42
COLOURS = {"yes": ACCENT, "perhaps": ORANGE, "no": PLAIN}
INKS = {"yes": ACCENT, "perhaps": "#7A5200", "no": FAINT}
"""The same as words on white, which must be darker."""
VERDICTS = {"yes": "turns the conclusion", "perhaps": "may turn it", "no": "does not turn it"}


MORRIS = {"mu_star": Look("over all trajectories", PLAIN)}
SOBOL = (
    "share of the variance",
    {"s1": Look("alone (S1)", lighter(PLAIN, 0.5)), "st": Look("with its interactions (ST)", PLAIN)},
)
"""The bars of each method by the columns of its effects; of Sobol's, what its axis shows."""


def subject(results: SensitivityResults) -> str:
    """The measure of the conclusion, in words."""
    measure = measure_title(results.scenario, results.conclusion.address)
    against = f", difference against {results.manifest['against']}" if results.conclusion.difference else ""
    period = f", {words.period(ALL)}" if results.conclusion.address.period == ALL else ""
    return f"{measure}{period}{against}"


def most_influential(results: SensitivityResults) -> str:
    """Which factor moves the measure most; two where their intervals overlap."""
    column = "mu_star" if "mu_star" in results.effects else "st"
    first, *others = (row for _, row in results.effects.iterrows())
    likely = [first, *(row for row in others[:1] if row[f"{column}_high"] >= first[f"{column}_low"])]
    factors = factors_by_key(results)
    names = [factor_title(results.reading, factors[row["factor"]]) for row in likely]
    return f"most moved by {' or by '.join(names)}"


def turns_found(results: SensitivityResults) -> str:
    """How many of the ranges turn the conclusion when each is tried alone."""
    numbers = results.effects["flips"].value_counts()
    turning, perhaps, tried = int(numbers.get("yes", 0)), int(numbers.get("perhaps", 0)), len(results.effects)
    more = f", {perhaps} may" if perhaps else ""
    return f"{turning or 'None'} of {tried} ranges alone turn{'' if turning > 1 else 's'} the conclusion{more}"


def factors_by_key(results: SensitivityResults) -> dict[str, Factor]:
    """The factors by key path."""
    return {factor.key: factor for factor in results.factors}


@own_settings()
def morris_plane(results: SensitivityResults, caption: str = "") -> Figure:
    """Mean absolute effect across, its spread up: what is far right matters, what is high interacts.

    Raises
    ------
    NothingToDraw
        The indices are not Morris's, or nothing has an effect.
    """
    effects = results.effects
    if "mu_star" not in effects or not (effects["mu_star"] > 0).any():
        raise NothingToDraw("no effect to draw")
    text = (
        f"{points_basis(results.manifest)}. Across: the mean of the absolute effect of a whole range, with its "
        f"bootstrap interval. Up: its spread over the trajectories, which interaction and curvature make. {caption}"
    )
    figure = sheet(f"{subject(results)}: {most_influential(results)}", text, WIDTH, 7)
    axes = figure.subplots()
    unit = results.unit
    dress(axes, f"mean absolute effect of the range (μ*), {unit}", f"spread of the effect (σ), {unit}", grid="both")
    for verdict, colour in COLOURS.items():
        points = effects[effects["flips"] == verdict]
        if len(points):
            reach = whiskers(points, "mu_star", "mu_star_low", "mu_star_high")
            look: dict[str, Any] = {"color": colour, "markersize": 8, "capsize": 3, "linewidth": 1.2}
            label = f"alone: {VERDICTS[verdict]}"
            axes.errorbar(points["mu_star"], points["sigma"], xerr=reach, fmt="o", label=label, **look)
    end = float(max(effects["mu_star"].max(), effects["mu_star_high"].max())) * 1.05
    for slope, style, label in ((1.0, "--", "σ = μ*"), (0.1, ":", "σ = 0.1 μ*: nearly linear below")):
        axes.plot([0, end], [0, slope * end], color=FAINT, linestyle=style, linewidth=1, label=label, zorder=1)
    axes.set_xlim(min(0.0, float(effects["mu_star_low"].min())), end)
    # A linear model has a spread of rounding errors only; an axis of these would show noise.
    top = max(1.1 * float(effects["sigma"].max()), 0.05 * end)
    axes.set_ylim(-0.03 * top, top)
    name_points(axes, results, effects.head(MOST_NAMED))
    key_below(axes, 3)
    return figure


def name_points(axes: Axes, results: SensitivityResults, effects: pd.DataFrame) -> None:
    """The names of factors in a column at the right, each with a line to its point."""
    top = axes.get_ylim()[1]
    levels = apart([float(sigma) for sigma in effects["sigma"]], top / 18, top * 0.98)
    factors = factors_by_key(results)
    for (_, row), level in zip(effects.iterrows(), levels, strict=True):
        text = wrapped(factor_title(results.reading, factors[row["factor"]]), 40)
        point = (float(row["mu_star"]), float(row["sigma"]))
        tied_name(axes, text, point, (1.02, level), axes.get_yaxis_transform(), xycoords="data", zorder=0)


@own_settings()
def influence(results: SensitivityResults, caption: str = "") -> Figure:
    """The influence of each factor as a bar with its interval: Morris's μ*, or Sobol's first-order and total shares."""
    effects = results.effects.head(MOST_ROWS)
    (across, bars), most, cut = SOBOL, 1.0, "Estimates beyond 0 and 1, which no share can be, are drawn there. "
    if results.manifest["method"] == "morris":
        across, bars, most, cut = f"mean absolute effect of the range (μ*), {results.unit}", MORRIS, np.inf, ""
    rows = [
        Row(
            factor_row_title(results, row),
            tuple(bar_mark(row, name, most, look, slot) for slot, (name, look) in enumerate(bars.items())),
            turning_words(results, row),
            INKS[row["flips"]],
        )
        for _, row in effects.iterrows()
    ]
    figure, [axes] = forest(
        f"{subject(results)}: {most_influential(results)}",
        f"{points_basis(results.manifest)}; intervals of the bars by bootstrap. {cut}{left_out_words(results)}"
        f"{caption}",
        [Panel(across, rows)],
        bars=True,
    )
    key_below(axes, 2)
    return figure


def bar_mark(row: pd.Series[Any], name: str, most: float, look: Look, slot: int) -> Mark:
    """An effect with its interval as a bar, between nothing and the most that it can be."""
    value, low, high = np.clip(row[[name, f"{name}_low", f"{name}_high"]].to_numpy(float), 0, most)
    return Mark(float(value), float(low), float(high), look, slot)


def factor_row_title(results: SensitivityResults, effect: pd.Series[Any]) -> str:
    """A factor and its range."""
    factor = factors_by_key(results)[effect["factor"]]
    # A range that is broken over two lines would read as two numbers.
    span = f"{len(factor.values)} values" if factor.values else range_words(factor).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{factor_title(results.reading, factor)} ({span})"


def turning_words(results: SensitivityResults, effect: pd.Series[Any]) -> str:
    """Whether a factor turns the conclusion, and where."""
    text = VERDICTS[effect["flips"]]
    if effect["flips"] == "no":
        return text
    where = f"{text} at {value_words(factors_by_key(results)[effect['factor']], effect['flips_at'])}"
    return wrapped(where, NOTE_CHARACTERS)


@own_settings()
def ranges_alone(results: SensitivityResults, caption: str = "") -> Figure:
    """What the measure does while each factor alone goes through its range, against the threshold of the conclusion."""
    effects = results.effects.head(MOST_ROWS)
    figure = sheet(
        f"{turns_found(results)}: {subject(results)}",
        f"{points_basis(results.manifest)}. A dot a value tried, the others as stated; the size of a dot grows with "
        f"the value, or its place in a list. {left_out_words(results)}{caption}",
        WIDTH,
        2.4 + 0.45 * len(effects),
    )
    axes = figure.subplots()
    measure = (
        "difference of the measure" if results.conclusion.difference else words.measure(results.conclusion.address.kpi)
    )
    dress(axes, f"{measure}, {results.unit}", "", grid="x")
    as_stated = float(results.points.iloc[0]["mean"])
    axes.axvline(as_stated, color=FAINT, linewidth=1.2, linestyle="--", label="as stated")
    limit = f"the conclusion: {results.conclusion.relation} {results.conclusion.threshold:g}".replace("-", "−")
    axes.axvline(results.conclusion.threshold, color=INK, linewidth=1.8, label=limit)
    name_rows(axes, [factor_row_title(results, row) for _, row in effects.iterrows()])
    for level, (_, row) in enumerate(effects.iterrows()):
        draw_range(axes, level, results.alone[results.alone["factor"] == row["factor"]])
        note_at_right(axes, level, turning_words(results, row), INKS[row["flips"]])
    key_below(axes, 4)
    return figure


def draw_range(axes: Axes, level: int, values: pd.DataFrame) -> None:
    """The values of one factor tried alone, each with its interval."""
    axes.plot(values["mean"], np.full(len(values), level), color=lighter(PLAIN, 0.6), linewidth=4, zorder=1)
    verdicts = {
        "holds": (PLAIN, "the conclusion holds"),
        "open": (ORANGE, "its interval holds the threshold"),
        "fails": (ACCENT, "it fails"),
    }
    for size, (_, row) in zip(np.linspace(4, 9, len(values)), values.iterrows(), strict=True):
        colour, label = verdicts[row["verdict"]]
        reach = np.nan_to_num(whiskers(row.to_frame().T))
        look: dict[str, Any] = {"color": colour, "capsize": 2, "linewidth": 1, "label": label}
        axes.errorbar(row["mean"], level, xerr=reach, fmt="o", markersize=size, **look)


def left_out_words(results: SensitivityResults) -> str:
    """How many factors a figure leaves out, if any."""
    left_out = len(results.effects) - MOST_ROWS
    return f"The {left_out} least influential factors are left out. " if left_out > 0 else ""
