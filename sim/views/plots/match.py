"""A match: what is left of the range of each unknown, and how far worlds lie from each target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.study.match.implausibility import CUT
from sim.study.match.match import MatchAnswer
from sim.study.match.survivors import ENDS, weighted_quantiles
from sim.views.plots.forest import Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import FAINT, INK, PLAIN, NothingToDraw, key_below
from sim.views.words import sample

MOST_DRAWN = 20
PRIOR, CUT_PRIOR = Look("as first drawn: median and 80 %", FAINT, "s", hollow=True), Look("left, by weight", PLAIN)


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
    panel = Panel("share of the probability as first drawn", [range_row(row) for _, row in rows.iterrows()])
    number = int(answer.unknowns["moved"].sum())
    title = f"The record moves {number} of {len(answer.unknowns)} unknowns beyond chance: {answer.scenario.title}"
    figure, [axes] = forest(title, f"{sample(answer)}. {caption}", [panel])
    axes.set_xlim(0, 1)
    key_below(axes, 2)
    return figure


def range_row(unknown: pd.Series[Any]) -> Row:
    """An unknown: before, and what is left."""
    middle, low, high = (float(str(unknown[key])) for key in ("left_middle", "left_low", "left_high"))
    marks = (Mark(middle, low, high, CUT_PRIOR), Mark(0.5, *ENDS, PRIOR, 1))
    return Row(str(unknown["title"]), marks, "moved" if unknown["moved"] else "")


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
        if (row := distance_row(answer.frames["worlds"], name, title))
    ]
    if not rows:
        raise NothingToDraw("no world says anything to any target")
    panel = Panel("world less figure, in standard deviations of all that may lie between", rows)
    about = answer.manifest
    title = f"{about['left']} of {about['worlds']} worlds come near enough to every target: {answer.scenario.title}"
    figure, [axes] = forest(title, f"{sample(answer)}. {caption}", [panel])
    axes.axvline(0, color=INK, linewidth=1.0)
    axes.axvspan(-CUT, CUT, color=FAINT, alpha=0.12, linewidth=0, label=f"not ruled out: within {CUT:g}")
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
        for slot, ((low, high, middle), look) in enumerate(zip(ends, (PRIOR, CUT_PRIOR), strict=True))
        if np.isfinite(middle)
    ]
    return Row(title, tuple(marks)) if marks else None
