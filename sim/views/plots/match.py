"""A match: what is left of the range of each unknown, and how far worlds lie from each target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.study.match.implausibility import CUT
from sim.study.match.match import MatchAnswer
from sim.study.match.survivors import ENDS, weighted_quantiles
from sim.views.language import message, spoken_title
from sim.views.plots.forest import Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import FAINT, INK, PLAIN, NothingToDraw, key_below
from sim.views.words import paragraph, sample, stated_number

MOST_DRAWN = 20


def looks() -> tuple[Look, Look]:
    """How the worlds as first drawn look, and those left."""
    return Look(message("as first drawn: median and 80 %"), FAINT, "s", hollow=True), Look(
        message("left, by weight"), PLAIN
    )


@own_settings()
def ranges_left(answer: MatchAnswer, caption: str = "") -> Figure:
    """A row an unknown, those that moved most: the 80 % in the middle, before and left, in shares of probability.

    Raises
    ------
    NothingToDraw
        No world is left.
    """
    rows = answer.unknowns[answer.unknowns["left_low"].notna()].head(MOST_DRAWN)
    if rows.empty:
        raise NothingToDraw("no world is left")
    panel = Panel(message("share of the probability as first drawn"), [range_row(row) for _, row in rows.iterrows()])
    number = int(answer.unknowns["moved"].sum())
    title = message(
        "The record moves {number} of {total} unknowns beyond chance: {scenario}",
        number=number,
        total=len(answer.unknowns),
        scenario=spoken_title(answer.scenario.title),
    )
    figure, [axes] = forest(title, paragraph([message("{told}.", told=sample(answer)), caption]), [panel])
    axes.set_xlim(0, 1)
    key_below(axes, 2)
    return figure


def range_row(unknown: pd.Series[Any]) -> Row:
    """An unknown: before, and what is left."""
    middle, low, high = (float(str(unknown[key])) for key in ("left_middle", "left_low", "left_high"))
    prior, left = looks()
    marks = (Mark(middle, low, high, left), Mark(0.5, *ENDS, prior, 1))
    return Row(spoken_title(str(unknown["title"])), marks, message("moved") if unknown["moved"] else "")


@own_settings()
def target_distances(answer: MatchAnswer, caption: str = "") -> Figure:
    """A row a target: how far worlds lie from it in standard deviations, as first drawn and those left.

    Raises
    ------
    NothingToDraw
        No world says anything to any target.
    """
    rows = [
        row
        for name, title in zip(answer.targets["name"], answer.targets["title"], strict=True)
        if (row := distance_row(answer.frames["worlds"], name, spoken_title(title)))
    ]
    if not rows:
        raise NothingToDraw("no world says anything to any target")
    panel = Panel(message("world less figure, in standard deviations of all that may lie between"), rows)
    about = answer.manifest
    title = message(
        "{number} of {total} worlds come near enough to every target: {scenario}",
        number=about["left"],
        total=about["worlds"],
        scenario=spoken_title(answer.scenario.title),
    )
    figure, [axes] = forest(title, paragraph([message("{told}.", told=sample(answer)), caption]), [panel])
    axes.axvline(0, color=INK, linewidth=1.0)
    label = message("not ruled out: within {number}", number=stated_number(CUT))
    axes.axvspan(-CUT, CUT, color=FAINT, alpha=0.12, linewidth=0, label=label)
    key_below(axes, 3)
    return figure


def distance_row(worlds: pd.DataFrame, name: str, title: str) -> Row | None:
    """A target: the middle 80 % of the first wave, and of the worlds left by weight; None where none says anything."""
    first = worlds[worlds["wave"] == 1]
    shares = (*ENDS, 0.5)
    ends = [
        weighted_quantiles(table[name].to_numpy(float), weight, shares)
        for table, weight in ((first, np.ones(len(first))), (worlds, worlds["weight"].to_numpy(float)))
    ]
    marks = [
        Mark(middle, low, high, look, slot)
        for slot, ((low, high, middle), look) in enumerate(zip(ends, looks(), strict=True))
        if np.isfinite(middle)
    ]
    return Row(title, tuple(marks)) if marks else None
