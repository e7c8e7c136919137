"""Plans of investment: what they cost, what they carry, and how probably they reach a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    SMALL_PT,
    VERMILLION,
    NothingToDraw,
    dress,
    heading,
    key_below,
    sheet,
)

if TYPE_CHECKING:
    from sim.study.target.target import Target

WIDTH, HEIGHT = 11.5, 6.6
COST = "present value of the investments, million dollars"


@own_settings()
def frontier(found: Target, caption: str) -> Figure:
    """Cost against the probability of reaching the target, and cost against tonnes, one mark a plan.

    All plans of the search and their frontier, at the left with the probability that they let expect; and the plans
    confirmed over the whole horizon, with the exact interval of their probability, and of the mean.

    Raises
    ------
    NothingToDraw
        There was no investment to choose.
    """
    if not found.menu.choices:
        raise NothingToDraw("the scenario has no priced investment")
    replications = len(found.confirmed[0].values_mt)
    note = (
        f"Confirmed plans: {replications} replications, {100 * found.level:g} % intervals, seed {found.seed}; plans of "
        f"the search: {found.screening} replications{' of the year and the one before' if found.is_excerpt else ''}. "
        f"Present value of {found.menu.day} at {100 * found.menu.discount_share:g} % a year, assumed; investments "
        f"without a cost are in no sum. {found.runs_screened + found.runs_whole} runs. {caption}"
    )
    aim = f"{found.target_mt:g} Mt in {found.about.year}"
    figure = sheet(f"What it costs to carry {aim}: {found.about.title}", note, WIDTH, HEIGHT)
    left, right = figure.subplots(1, 2, sharex=True)
    table = found.table
    draw_chances(left, table, found.screened, found.probability)
    draw_tonnes(right, table, found.screened, found.target_mt)
    heading(left, f"probability of {aim}")
    heading(right, "tonnes carried")
    for axes in (left, right):
        key_below(axes, 1)
    return figure


def draw_chances(axes: Axes, table: pd.DataFrame, screened: pd.DataFrame, probability: float) -> None:
    """What the search predicts by cost, its frontier, and the share of replications of the confirmed plans."""
    dress(axes, COST, "probability")
    searched = screened.sort_values("present_musd", kind="stable")
    cost, likely = searched["present_musd"].to_numpy(float), searched["predicted"].to_numpy(float)
    axes.plot(cost, likely, "o", color=FAINT, markersize=4, alpha=0.6, label="plans of the search, predicted")
    best = np.maximum.accumulate(likely)
    axes.step(cost, best, where="post", color=INK, linewidth=1.3, label="frontier, predicted")
    share = table["share"].to_numpy(float)
    reach = np.array([share - table["share_low"], table["share_high"] - share])
    axes.errorbar(
        table["present_musd"],
        share,
        yerr=reach,
        fmt="o",
        color=BLUE,
        capsize=4,
        linewidth=1.4,
        label="confirmed: share of replications, exact interval",
    )
    name = "confirmed, predicted"
    axes.plot(table["present_musd"], table["predicted"], "D", color=GREEN, markersize=6, fillstyle="none", label=name)
    axes.axhline(probability, color=VERMILLION, linestyle="--", linewidth=1.2, label="asked for")
    axes.set_ylim(-0.05, 1.05)


def draw_tonnes(axes: Axes, table: pd.DataFrame, screened: pd.DataFrame, target_mt: float) -> None:
    """Tonnes by cost: the search, its frontier, the confirmed plans, the target."""
    dress(axes, COST, "Mt in the year")
    axes.plot(
        screened["present_musd"], screened["mt"], "o", color=FAINT, markersize=4, alpha=0.6, label="plans of the search"
    )
    line = screened[screened["on_frontier"]].sort_values("present_musd")
    axes.step(line["present_musd"], line["mt"], where="post", color=INK, linewidth=1.3, label="frontier of the search")
    reach = np.array([table["mean_mt"] - table["ci_low"], table["ci_high"] - table["mean_mt"]])
    axes.errorbar(
        table["present_musd"],
        table["mean_mt"],
        yerr=reach,
        fmt="o",
        color=BLUE,
        capsize=4,
        linewidth=1.4,
        label="confirmed, interval of the mean",
    )
    axes.axhline(target_mt, color=VERMILLION, linestyle="--", linewidth=1.2, label="target")
    axes.tick_params(labelsize=SMALL_PT)
