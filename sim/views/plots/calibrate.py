"""A calibration: how far the model is from each target, at the fit and before it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.study.calibrate.calibrate import CalibrationAnswer
from sim.study.calibrate.parameters import WITHIN_SHARE
from sim.views.language import message, spoken_title
from sim.views.plots.forest import Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import FAINT, INK, PLAIN, NothingToDraw, key_below
from sim.views.words import paragraph, sample


@own_settings()
def deviations(answer: CalibrationAnswer, caption: str = "") -> Figure:
    """A row a target: model less figure over figure, with the interval of the model; a band holds what is met.

    Raises
    ------
    NothingToDraw
        The model says nothing to any target.
    """
    rows = answer.targets[answer.targets["deviation_share"].notna()]
    if rows.empty:
        raise NothingToDraw("the model says nothing to any target")
    panel = Panel(message("model less figure, over the figure"), [target_row(row) for _, row in rows.iterrows()])
    met = int((rows["deviation_share"].abs() <= WITHIN_SHARE).sum())
    share = f"{100 * WITHIN_SHARE:g}"
    title = message(
        "{met} of {number} targets are met within {share} %: {scenario}",
        met=met,
        number=len(rows),
        share=share,
        scenario=spoken_title(answer.scenario.title),
    )
    figure, [axes] = forest(title, paragraph([message("{told}.", told=sample(answer)), caption]), [panel])
    axes.axvline(0, color=INK, linewidth=1.0)
    met_words = message("met: within {share} %", share=share)
    axes.axvspan(-WITHIN_SHARE, WITHIN_SHARE, color=FAINT, alpha=0.12, linewidth=0, label=met_words)
    key_below(axes, 2)
    return figure


def target_row(target: pd.Series[Any]) -> Row:
    """A target: the deviation at the fit, and before it where the model said something."""
    low, high = sorted(target[name] / target["figure"] - 1 for name in ("ci_low", "ci_high"))
    marks = [Mark(target["deviation_share"], low, high, Look(message("at the fit, with its interval"), PLAIN))]
    if pd.notna(before := target["before_share"]):
        marks.append(Mark(before, before, before, Look(message("before"), FAINT, "s", hollow=True), 1))
    return Row(spoken_title(target["title"]), tuple(marks))
