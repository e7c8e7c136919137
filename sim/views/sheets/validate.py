"""The model against published figures in words, and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.runs.results import Results
from sim.study.calibrate.parameters import WITHIN_SHARE
from sim.study.validate import GROUPS, NO_REASON, VALID_SHARE, against, left_out
from sim.views import words
from sim.views.sheets.calibrate import deviation, markdown
from sim.views.sheets.sheet import Sheet

LINES = (
    "<!-- The validation: what follows is written by `corridor validate`. -->",
    "<!-- The validation ends here. -->",
)
"""The lines of a page between which a validation is written."""

TITLES = {
    "validation": "Not fitted to: validation",
    "apart": "Schedules and statements: neither met nor missed",
    "calibration": "Fitted to: calibration",
}
MEANINGS = {
    "validation": "The scenario's numbers were not chosen to meet these, and no input rests on them: only they say "
    "something about the model.",
    "apart": "Timetables, advertisements, single trains and words without a count are no means of what happened.",
    "calibration": "The scenario's numbers were chosen to meet these, or rest on them: agreement was asked for, and "
    "is no evidence.",
}
HEADS = ("published figure", "scenario", "fact", "basis", "figure", "band", "model", "deviation")


def validation_sheets(table: pd.DataFrame) -> list[Sheet]:
    """The figures not fitted to, those that are no means, and those fitted to, apart; misses first."""
    return [sheet_of(table[table["group"] == group], group) for group in GROUPS if (table["group"] == group).any()]


def sheet_of(rows: pd.DataFrame, group: str) -> Sheet:
    """The figures of one group beside the model; whether they are met, unless they are no means."""
    is_judged = group != "apart"
    heads = (*HEADS, *(("met", "why not") if is_judged else ()), "what was sampled")
    note = f"{MEANINGS[group]} {sentence(rows, group)}".strip()
    sheet = Sheet(TITLES[group], heads, note=note, frame=rows)
    for _, row in rows.iterrows():
        band = f"{words.figure(row['low'])} to {words.figure(row['high'])}"
        model = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        is_bound = row["basis"] == "bound"
        distance = "" if is_bound else deviation(row["deviation_share"])
        figure = "" if is_bound else words.figure(row["figure"])
        cells = (row["title"], row["scenario"], row["fact"], row["basis"], figure, band, model, distance)
        verdict = (met_words(row), row["why"]) if is_judged else ()
        sheet.rows.append((*cells, *verdict, row["sampled"]))
    return sheet


def met_words(row: pd.Series[Any]) -> str:
    """Whether a figure is met, or a bound held."""
    if row["basis"] == "bound":
        return "held" if row["within"] else "broken"
    return "yes" if row["within"] else "no"


def sentence(rows: pd.DataFrame, group: str) -> str:
    """How many figures of one group the model meets, and how many misses nobody has explained; none of no means."""
    if group == "apart":
        return ""
    is_bound = rows["basis"] == "bound"
    means, bounds = rows[~is_bound], rows[is_bound]
    share = VALID_SHARE if group == "validation" else WITHIN_SHARE
    hits, number = int(means["within"].sum()), len(means)
    parts = [f"{hits} of {number} {group} figures within {100 * share:.0f} % ({words.percent(hits / max(number, 1))})"]
    parts += [f"{int(bounds['within'].sum())} of {len(bounds)} bounds held"] if len(bounds) else []
    silent, without_reason = int((rows["verdict"] == "not measured").sum()), int((rows["why"] == NO_REASON).sum())
    parts += [f"{silent} not measured"] if silent else []
    parts += [f"{without_reason} unexplained"] if without_reason else []
    return "; ".join(parts) + "."


def samples(several: Sequence[Results]) -> str:
    """Replications, level and seed of each scenario."""
    return "; ".join(f"{results.name}: {words.sample(results)}" for results in several) + "."


def uncovered_sentence(several: Sequence[Results]) -> str:
    """The figures that no horizon covers, in one sentence; empty if there are none."""
    titles = left_out(several)
    return f"Not covered by the horizon: {'; '.join(titles)}." if titles else ""


def validation_block(several: Sequence[Results]) -> str:
    """A validation as Markdown."""
    parts = [samples(several)]
    for sheet in validation_sheets(against(several)):
        parts += [f"## {sheet.title}", sheet.note, markdown(sheet)]
    return "\n\n".join([*parts, *([uncovered_sentence(several)] if uncovered_sentence(several) else [])])
