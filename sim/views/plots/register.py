"""The register of forecasts: outcomes in what was said of them, and where among the worlds they came to lie."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.study.register.scoring import SHARE, scores_table
from sim.study.register.statements import Register
from sim.views import words
from sim.views.language import message, spoken_title
from sim.views.plots.forest import Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import ACCENT, FAINT, INK, PLAIN, Drawings, NothingToDraw, dress, key_below, sheet
from sim.views.sheets.register import rule_name

RULES = tuple(Look("", colour, shape, hollow=True) for colour, shape in ((FAINT, "s"), (INK, "^"), (ACCENT, "D")))
ENDS_AND_MIDDLE = ("middle", "low", "high")
NEAREST, FARTHEST = 0.2, 5.0
"""Ends of the axis, over the outcome."""
TICKS = (0.25, 0.5, 1, 2, 4)
PLACES = 5
"""Bars of a histogram of places: of few outcomes."""
WIDTH, HEIGHT, ROW_HEIGHT = 8.0, 4.0, 2.6
MOST_COLUMNS = 2


@own_settings()
def outcomes_in_forecast(register: Register, forecast: str, until: dt.date, caption: str = "") -> Figure:
    """A row a figure that one forecast spoke of: what its worlds and the rules of its day said, over what came.

    Raises
    ------
    NothingToDraw
        None of its statements has an outcome.
    """
    scores = scores_table(register)
    own = scores[scores["hit"].notna() & (scores["outcome"] != 0)]
    own = own[(own["forecast"] == forecast) & (own["until"] == until)]
    if own.empty:
        raise NothingToDraw("no statement has an outcome")
    held = message(
        "{forecast}, of {day}: {number} of {total} held",
        forecast=forecast,
        day=until,
        number=int(own["hit"].sum()),
        total=len(own),
    )
    panel = Panel(message("said, over what came"), [row_of(row, scores) for _, row in own.iterrows()], held)
    title = message("Outcomes beside the {share} % of worlds that were to hold them", share=f"{100 * SHARE:.0f}")
    figure, [axes] = forest(title, caption, [panel])
    axes.axvline(1, color=INK, linewidth=1.0)
    axes.set_xscale("log")
    axes.set_xlim(NEAREST * 0.85, FARTHEST * 1.18)
    axes.set_xticks(TICKS, [words.stated_number(tick) for tick in TICKS])
    axes.minorticks_off()
    key_below(axes, 4)
    return figure


def outcome_figures(register: Register, caption: str) -> Drawings:
    """What draws each forecast of a register beside its outcomes, by the name of the picture."""
    worlds = dict.fromkeys((entry.forecast, entry.until) for entry in register.statements if len(entry.members) > 1)
    return {
        re.sub(r"\W+", "_", f"outcomes_{forecast}_{until}"): partial(
            outcomes_in_forecast, register, forecast, until, caption
        )
        for forecast, until in worlds
    }


def row_of(row: pd.Series[Any], scores: pd.DataFrame) -> Row:
    """A figure: worlds, and over them the rules of the same day that know it."""
    points = scores[scores["hit"].isna() & (scores["until"] == row["until"])]
    rules = list(dict.fromkeys(points["forecast"]))
    # on an axis of multiples nothing lies nowhere, and what is far beyond it draws no longer line than to its end
    middle, low, high = (min(max(float(row[key] / row["outcome"]), NEAREST), FARTHEST) for key in ENDS_AND_MIDDLE)
    marks = [Mark(middle, low, high, Look(message("worlds: median and 80 %"), PLAIN))]
    for _, point in points[points["name"] == row["name"]].iterrows():
        share = min(max(float(point["middle"] / row["outcome"]), NEAREST), FARTHEST)
        look = RULES[rules.index(point["forecast"]) % len(RULES)]
        name = rule_name(str(point["forecast"]))
        marks.append(Mark(share, share, share, Look(name, look.colour, look.shape, hollow=True)))
    return Row(spoken_title(str(row["title"])), tuple(marks), "" if row["hit"] else message("beyond"))


@own_settings()
def places_of_outcomes(register: Register, caption: str = "") -> Figure:
    """A panel a forecast: how many outcomes lie in each fifth of its worlds; were it true, as many in each.

    Raises
    ------
    NothingToDraw
        No statement has an outcome.
    """
    scores = scores_table(register)
    own = scores[scores["hit"].notna()]
    if own.empty:
        raise NothingToDraw("no statement has an outcome")
    groups = list(own.groupby(["forecast", "until"], sort=False))
    columns = min(len(groups), MOST_COLUMNS)
    rows = -(-len(groups) // columns)
    size = (WIDTH, HEIGHT if rows == 1 else rows * ROW_HEIGHT)
    figure = sheet(message("Where outcomes came to lie among the worlds"), caption, *size)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
    edges = np.linspace(0, 1, PLACES + 1)
    for axes, ((forecast, until), of_forecast) in zip(grid.flat, groups, strict=False):
        dress(axes, message("share of worlds below it"), message("outcomes"), grid="y")
        title = message("{forecast}, of {day}: {number}", forecast=forecast, day=until, number=len(of_forecast))
        axes.set_title(title, loc="left", fontsize="medium")
        axes.hist(of_forecast["place"], edges.tolist(), color=PLAIN, edgecolor="white")
        axes.axhline(len(of_forecast) / PLACES, color=INK, linewidth=1.0, label=message("if the forecast were true"))
        axes.set_xlim(0, 1)
    for axes in grid.flat[len(groups) :]:
        axes.set_visible(False)
    key_below(grid[-1][0], 1)
    return figure
