"""Plans of investment: what they cost, what they carry, and how probably they reach a target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.study.target.answer import Target
from sim.views.plots import style
from sim.views.plots.forest import whiskers
from sim.views.plots.settings import own_settings
from sim.views.words import percent, rounded_figure, sample

WIDTH, HEIGHT = 11.5, 6.6
SEARCH: dict[str, Any] = {"color": style.FAINT, "markersize": 4, "alpha": 0.6}
"""Look of the plans that the search ran."""

COST = "present value of the investments, million dollars"


@own_settings()
def frontier(answer: Target, caption: str = "") -> Figure:
    """Cost against the probability of reaching the target, and cost against tonnes, one mark a plan.

    All plans of the search and their frontier, at the left with the probability that they let expect; and the plans
    confirmed over the whole horizon, with the exact interval of their probability, and of the mean.

    Raises
    ------
    NothingToDraw
        There was no investment to choose.
    """
    asked = answer.manifest
    if not asked["choices"]:
        raise style.NothingToDraw("the scenario has no priced investment")
    plural = "s" if asked["screening"] > 1 else ""
    span = " of the year and the one before" if asked["is_excerpt"] else ""
    note = (
        f"Confirmed plans: {sample(answer)}; plans of the search: {asked['screening']} replication{plural}{span}. "
        f"Present value of {asked['day']} at {100 * asked['discount_share']:g} % a year, assumed; investments without "
        f"a cost are in no sum. {asked['runs_screened'] + asked['runs_whole']} runs. {caption}"
    )
    aim = f"{asked['target_mt']:g} Mt in {answer.about.year}"
    figure = style.sheet(f"{answer.about.title}, {aim}: {cheapest_found(answer)}", note, WIDTH, HEIGHT)
    chances, tonnes = figure.subplots(1, 2, sharex=True)
    draw_chances(chances, answer)
    draw_tonnes(tonnes, answer)
    style.heading(chances, f"probability of {aim}")
    style.heading(tonnes, "tonnes carried")
    for axes in (chances, tonnes):
        style.key_below(axes, 1)
    return figure


def cheapest_found(answer: Target) -> str:
    """What the cheapest confirmed plan costs that reaches the target as probably as asked; or that none does."""
    share, plans = answer.manifest["probability"], answer.table
    reaching = plans[plans["reaches"].astype(bool)]
    if reaching.empty:
        best = plans.iloc[int(plans["share"].to_numpy().argmax())]
        count = f"{best['reached']} of {best['replications']}"
        return f"no plan tried reaches it in {percent(share)} of replications; the best does in {count}"
    cheapest = reaching.iloc[int(reaching["present_musd"].to_numpy().argmin())]
    cost = f"{rounded_figure(cheapest['present_musd'])} million dollars" if cheapest["present_musd"] else "nothing"
    count = f"{cheapest['reached']} of {cheapest['replications']}"  # 2 of 2 are no 100 %
    return f"reached in {count} replications for {cost}, the cheapest plan confirmed"


def draw_chances(axes: Axes, answer: Target) -> None:
    """What the search predicts by cost, its frontier, and the share of replications of the confirmed plans."""
    style.dress(axes, COST, "probability")
    search, table = answer.screened.sort_values("present_musd", kind="stable"), answer.table
    cost, chance = search["present_musd"].to_numpy(float), search["predicted"].to_numpy(float)
    axes.plot(cost, chance, "o", label="plans of the search, predicted", **SEARCH)
    highest = np.maximum.accumulate(chance)
    axes.step(cost, highest, where="post", color=style.INK, linewidth=1.3, label="frontier, predicted")
    reach = whiskers(table, "share", "share_low", "share_high")
    draw_confirmed(axes, table, "share", reach, "share of replications, exact interval")
    name = "confirmed, predicted"
    axes.plot(
        table["present_musd"], table["predicted"], "D", color=style.GREEN, markersize=6, fillstyle="none", label=name
    )
    axes.axhline(answer.manifest["probability"], color=style.ACCENT, linestyle="--", linewidth=1.2, label="asked for")
    axes.set_ylim(-0.05, 1.05)


def draw_tonnes(axes: Axes, answer: Target) -> None:
    """Tonnes by cost: the search, its frontier, the confirmed plans, the target."""
    style.dress(axes, COST, "Mt in the year")
    search, table = answer.screened, answer.table
    axes.plot(search["present_musd"], search["mt"], "o", label="plans of the search", **SEARCH)
    line = search[search["on_frontier"]].sort_values("present_musd")
    axes.step(
        line["present_musd"], line["mt"], where="post", color=style.INK, linewidth=1.3, label="frontier of the search"
    )
    draw_confirmed(axes, table, "mean_mt", whiskers(table, "mean_mt"), "interval of the mean")
    axes.axhline(answer.manifest["target_mt"], color=style.ACCENT, linestyle="--", linewidth=1.2, label="target")


def draw_confirmed(axes: Axes, table: pd.DataFrame, column: str, reach: FloatArray, label: str) -> None:
    """The confirmed plans by cost, with intervals."""
    look: dict[str, Any] = {"fmt": "o", "color": style.PLAIN, "capsize": 4, "linewidth": 1.4}
    axes.errorbar(table["present_musd"], table[column], yerr=reach, label=f"confirmed: {label}", **look)
