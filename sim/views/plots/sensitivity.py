"""What a sensitivity found: influence against interaction, influence with intervals, and each range alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.views import words
from sim.views.plots.gallery import save_drawn
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    SKY,
    SMALL_PT,
    VERMILLION,
    NothingToDraw,
    apart,
    dress,
    key_below,
    lighter,
    sheet,
    wrapped,
)
from sim.views.sheets.factors import factor_title, measure_title, range_words, value_words

if TYPE_CHECKING:
    from sim.study.sensitivity.sensitivity import SensitivityResults
    from sim.study.sweep.factors import Factor

WIDTH = 11.0
MOST_NAMED = 12
"""Factors with a name in the plane, and rows of the other figures: the most influential ones."""

MOST_ROWS = 25
COLOURS = {"yes": VERMILLION, "perhaps": ORANGE, "no": BLUE}
SAID = {"yes": "turns the conclusion", "perhaps": "may turn it", "no": "does not turn it"}


def draw_sensitivity(results: SensitivityResults, folder: Path, caption: str) -> list[Path]:
    """Draw every figure of a sensitivity, and return the files written."""
    drawings: dict[str, Callable[[], Figure]] = {
        "influence": partial(influence, results, caption),
        "ranges_alone": partial(ranges_alone, results, caption),
    }
    if results.manifest["method"] == "morris":
        drawings["morris_plane"] = partial(morris_plane, results, caption)
    return save_drawn(drawings, folder)


def basis(results: SensitivityResults) -> str:
    """What a figure of a sensitivity rests on."""
    known = results.manifest
    points = f"{known['points']} points of {known['replications']} replications"
    return f"{points}, {100 * known['level']:g} % intervals, seed {known['seed']}"


def subject(results: SensitivityResults) -> str:
    """The measure of the conclusion, in words."""
    what = measure_title(results.scenario, results.conclusion.measure)
    against = f", difference against {results.manifest['against']}" if results.conclusion.difference else ""
    return f"{what}{against}"


def named(results: SensitivityResults) -> dict[str, Factor]:
    """The factors by key path."""
    return {each.key: each for each in results.factors}


@own_settings()
def morris_plane(results: SensitivityResults, caption: str) -> Figure:
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
        f"{basis(results)}. Across: the mean of the absolute effect of a whole range, with its bootstrap interval. Up: "
    )
    text += f"its spread over the trajectories, which interaction and curvature make. {caption}"
    figure = sheet(f"Influence and interaction: {subject(results)}", text, WIDTH, 7)
    axes = figure.subplots()
    unit = results.unit
    dress(axes, f"mean absolute effect of the range (μ*), {unit}", f"spread of the effect (σ), {unit}", grid="both")
    for turned, colour in COLOURS.items():
        some = effects[effects["flips"] == turned]
        if len(some):
            reach = np.array([some["mu_star"] - some["mu_star_low"], some["mu_star_high"] - some["mu_star"]])
            label = f"alone: {SAID[turned]}"
            look: dict[str, Any] = {"color": colour, "markersize": 8, "capsize": 3, "linewidth": 1.2, "label": label}
            axes.errorbar(some["mu_star"], some["sigma"], xerr=reach, fmt="o", **look)
    end = float(max(effects["mu_star_high"].max(), effects["mu_star"].max())) * 1.05
    for slope, style, words_ in ((1.0, "--", "σ = μ*"), (0.1, ":", "σ = 0.1 μ*: nearly linear below")):
        axes.plot([0, end], [0, slope * end], color=FAINT, linestyle=style, linewidth=1, label=words_, zorder=1)
    axes.set_xlim(min(0.0, float(effects["mu_star_low"].min())), end)
    top = float(effects["sigma"].max()) * 1.1 or end
    axes.set_ylim(-0.03 * top, top)
    name_points(axes, results, effects.head(MOST_NAMED))
    key_below(axes, 3)
    return figure


def name_points(axes: Axes, results: SensitivityResults, effects: pd.DataFrame) -> None:
    """The names of factors in a column at the right, each with a line to its point."""
    top = axes.get_ylim()[1]
    levels = apart([float(sigma) for sigma in effects["sigma"]], top / 18, top * 0.98)
    factors = named(results)
    for (_, row), level in zip(effects.iterrows(), levels, strict=True):
        text = wrapped(factor_title(results.reading, factors[row["factor"]]), 40)
        tie = {"arrowstyle": "-", "color": FAINT, "linewidth": 0.6, "shrinkB": 5}
        look: dict[str, Any] = {"fontsize": SMALL_PT, "color": INK, "va": "center", "arrowprops": tie, "zorder": 0}
        at = (float(row["mu_star"]), float(row["sigma"]))
        axes.annotate(text, at, (1.02, level), textcoords=axes.get_yaxis_transform(), annotation_clip=False, **look)


@own_settings()
def influence(results: SensitivityResults, caption: str) -> Figure:
    """The influence of each factor as a bar with its interval: Morris's μ*, or Sobol's first-order and total shares."""
    effects = results.effects.head(MOST_ROWS)
    morris = results.manifest["method"] == "morris"
    figure = sheet(
        f"What moves it most: {subject(results)}",
        f"{basis(results)}; intervals of the bars by bootstrap. {left_out_words(results)}{caption}",
        WIDTH,
        2.2 + 0.45 * len(effects),
    )
    axes = figure.subplots()
    across = f"mean absolute effect of the range (μ*), {results.unit}" if morris else "share of the variance"
    dress(axes, across, "", grid="x")
    bars = [("mu_star", BLUE, "over all trajectories")] if morris else []
    bars = bars or [("s1", SKY, "alone (S1)"), ("st", BLUE, "with its interactions (ST)")]
    width = 0.7 / len(bars)
    for number, (name, colour, label) in enumerate(bars):
        places = np.arange(len(effects)) + (number - (len(bars) - 1) / 2) * width
        reach = np.array([effects[name] - effects[f"{name}_low"], effects[f"{name}_high"] - effects[name]])
        look: dict[str, Any] = {"ecolor": INK, "capsize": 3, "label": label, "error_kw": {"linewidth": 1.2}}
        axes.barh(places, effects[name], height=width * 0.92, xerr=reach, color=colour, **look)
    name_rows(axes, results, effects)
    key_below(axes, 2)
    return figure


def name_rows(axes: Axes, results: SensitivityResults, effects: pd.DataFrame) -> None:
    """The factors at the left, the first at the top; at the right whether each turns the conclusion."""
    factors = named(results)
    titles = [
        f"{factor_title(results.reading, factors[key])} ({range_words(factors[key])})" for key in effects["factor"]
    ]
    axes.set_yticks(range(len(effects)), [wrapped(title, 48) for title in titles])
    axes.tick_params(axis="y", labelsize=SMALL_PT, length=0)
    axes.set_ylim(len(effects) - 0.5, -0.5)
    for place, (_, row) in enumerate(effects.iterrows()):
        text = SAID[row["flips"]]
        if row["flips"] != "no":
            text += f" at {value_words(factors[row['factor']], row['flips_at'])}"
        look: dict[str, Any] = {"fontsize": SMALL_PT, "color": COLOURS[row["flips"]], "va": "center"}
        axes.text(1.01, place, text, transform=axes.get_yaxis_transform(), **look)


@own_settings()
def ranges_alone(results: SensitivityResults, caption: str) -> Figure:
    """What the measure does while each factor alone goes through its range, against the threshold of the conclusion."""
    effects = results.effects.head(MOST_ROWS)
    figure = sheet(
        f"Each range alone, against the conclusion: {subject(results)}",
        f"{basis(results)}. A dot a value tried, the others as stated; the size of a dot grows with the value. "
        f"{left_out_words(results)}{caption}",
        WIDTH,
        2.4 + 0.45 * len(effects),
    )
    axes = figure.subplots()
    what = (
        "difference of the measure" if results.conclusion.difference else words.measure(results.conclusion.measure.kpi)
    )
    dress(axes, f"{what}, {results.unit}", "", grid="x")
    stated = results.points.iloc[0]
    axes.axvline(float(stated["mean"]), color=FAINT, linewidth=1.2, linestyle="--", label="as stated")
    limit = f"the conclusion: {results.conclusion.relation} {results.conclusion.threshold:g}".replace("-", "−")
    axes.axvline(results.conclusion.threshold, color=INK, linewidth=1.8, label=limit)
    for place, (_, row) in enumerate(effects.iterrows()):
        draw_range(axes, place, results.alone[results.alone["factor"] == row["factor"]])
    name_rows(axes, results, effects)
    key_below(axes, 4)
    return figure


def draw_range(axes: Axes, place: int, tried: pd.DataFrame) -> None:
    """The values of one factor tried alone, each with its interval."""
    axes.plot(tried["mean"], np.full(len(tried), place), color=lighter(BLUE, 0.6), linewidth=4, zorder=1)
    sizes = np.linspace(4, 9, len(tried))
    verdicts = {
        "holds": (BLUE, "the conclusion holds"),
        "open": (ORANGE, "its interval holds the threshold"),
        "fails": (VERMILLION, "it fails"),
    }
    for size, (_, row) in zip(sizes, tried.iterrows(), strict=True):
        colour, label = verdicts[row["verdict"]]
        reach = np.nan_to_num([[row["mean"] - row["ci_low"]], [row["ci_high"] - row["mean"]]])
        look: dict[str, Any] = {"color": colour, "capsize": 2, "linewidth": 1, "label": label}
        axes.errorbar(row["mean"], place, xerr=reach, fmt="o", markersize=size, **look)


def left_out_words(results: SensitivityResults) -> str:
    """How many factors a figure leaves out, if any."""
    rest = len(results.effects) - MOST_ROWS
    return f"The {rest} least influential factors are left out. " if rest > 0 else ""
