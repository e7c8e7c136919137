"""Plans of investment: what they cost, what they carry, and how probably they reach a target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.study.target.answer import Target
from sim.views.language import counted, message, spoken_title
from sim.views.plots import style
from sim.views.plots.forest import whiskers
from sim.views.plots.settings import own_settings
from sim.views.words import comma_list, paragraph, percent, rounded_figure, sample, stated_number

WIDTH, HEIGHT = 11.5, 6.6
SEARCH: dict[str, Any] = {"color": style.FAINT, "markersize": 4, "alpha": 0.6}
"""Look of the plans that the search ran."""


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
    aim = message("{target} Mt in {year}", target=stated_number(asked["target_mt"]), year=answer.about.year)
    subject = comma_list([spoken_title(answer.about.title), aim])
    title = message("{told}: {verdict}", told=subject, verdict=cheapest_found(answer))
    figure = style.sheet(title, paragraph([plans_note(answer), caption]), WIDTH, HEIGHT)
    chances, tonnes = figure.subplots(1, 2, sharex=True)
    draw_chances(chances, answer)
    draw_tonnes(tonnes, answer)
    style.heading(chances, message("probability of {target}", target=aim))
    style.heading(tonnes, message("tonnes carried"))
    for axes in (chances, tonnes):
        style.key_below(axes, 1)
    return figure


def plans_note(answer: Target) -> str:
    """What the plans rest on."""
    asked = answer.manifest
    replications = counted(
        asked["screening"], "{counts} replication", "{counts} replications", counts=asked["screening"]
    )
    search = message(
        "Confirmed plans: {basis}; plans of the search: {number}.", basis=sample(answer), number=replications
    )
    if asked["is_excerpt"]:
        search = message(
            "Confirmed plans: {basis}; plans of the search: {number} of the year and the one before.",
            basis=sample(answer),
            number=replications,
        )
    value = message(
        "Present value of {day} at {share} % a year, assumed; investments without a cost are in no sum. {runs} runs.",
        day=asked["day"],
        share=stated_number(100 * asked["discount_share"]),
        runs=asked["runs_screened"] + asked["runs_whole"],
    )
    return paragraph([search, value])


def cost_words() -> str:
    """What lies across both charts."""
    return message("present value of the investments, million dollars")


def cheapest_found(answer: Target) -> str:
    """What the cheapest confirmed plan costs that reaches the target as probably as asked; or that none does."""
    share, plans = answer.manifest["probability"], answer.table
    reaching = plans[plans["reaches"].astype(bool)]
    if reaching.empty:
        best = plans.iloc[int(plans["share"].to_numpy().argmax())]
        return message(
            "no plan tried reaches it in {share} of replications; the best does in {number} of {total}",
            share=percent(share),
            number=best["reached"],
            total=best["replications"],
        )
    cheapest = reaching.iloc[int(reaching["present_musd"].to_numpy().argmin())]
    cost = message("{cost} million dollars", cost=rounded_figure(cheapest["present_musd"]))
    return message(
        "reached in {number} of {total} replications for {cost}, the cheapest plan confirmed",
        number=cheapest["reached"],
        total=cheapest["replications"],  # 2 of 2 are no 100 %
        cost=cost if cheapest["present_musd"] else message("nothing"),
    )


def draw_chances(axes: Axes, answer: Target) -> None:
    """What the search predicts by cost, its frontier, and the share of replications of the confirmed plans."""
    style.dress(axes, cost_words(), message("probability"))
    search, table = answer.screened.sort_values("present_musd", kind="stable"), answer.table
    cost, chance = search["present_musd"].to_numpy(float), search["predicted"].to_numpy(float)
    axes.plot(cost, chance, "o", label=message("plans of the search, predicted"), **SEARCH)
    highest = np.maximum.accumulate(chance)
    line: dict[str, Any] = {"color": style.INK, "linewidth": 1.3, "label": message("frontier, predicted")}
    axes.step(cost, highest, where="post", **line)
    reach = whiskers(table, "share", "share_low", "share_high")
    draw_confirmed(axes, table, "share", reach, message("confirmed: share of replications, exact interval"))
    name = message("confirmed, predicted")
    axes.plot(
        table["present_musd"], table["predicted"], "D", color=style.GREEN, markersize=6, fillstyle="none", label=name
    )
    line_look: dict[str, Any] = {
        "color": style.ACCENT,
        "linestyle": "--",
        "linewidth": 1.2,
        "label": message("asked for"),
    }
    axes.axhline(answer.manifest["probability"], **line_look)
    axes.set_ylim(-0.05, 1.05)


def draw_tonnes(axes: Axes, answer: Target) -> None:
    """Tonnes by cost: the search, its frontier, the confirmed plans, the target."""
    style.dress(axes, cost_words(), message("Mt in the year"))
    search, table = answer.screened, answer.table
    axes.plot(search["present_musd"], search["mt"], "o", label=message("plans of the search"), **SEARCH)
    line = search[search["on_frontier"]].sort_values("present_musd")
    look: dict[str, Any] = {"color": style.INK, "linewidth": 1.3, "label": message("frontier of the search")}
    axes.step(line["present_musd"], line["mt"], where="post", **look)
    draw_confirmed(axes, table, "mean_mt", whiskers(table, "mean_mt"), message("confirmed: interval of the mean"))
    line_look: dict[str, Any] = {"color": style.ACCENT, "linestyle": "--", "linewidth": 1.2, "label": message("target")}
    axes.axhline(answer.manifest["target_mt"], **line_look)


def draw_confirmed(axes: Axes, table: pd.DataFrame, column: str, reach: FloatArray, label: str) -> None:
    """The confirmed plans by cost, with intervals."""
    look: dict[str, Any] = {"fmt": "o", "color": style.PLAIN, "capsize": 4, "linewidth": 1.4}
    axes.errorbar(table["present_musd"], table[column], yerr=reach, label=label, **look)
