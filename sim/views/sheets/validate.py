"""The model against published figures in words, and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.runs.results import Results
from sim.study.calibrate.parameters import WITHIN_SHARE
from sim.study.validate import GROUPS, NO_REASON, NOT_OBSERVED, VALID_SHARE, against, left_out
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.sheets.calibrate import deviation, left_out_words, markdown
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


def validation_sheets(table: pd.DataFrame) -> list[Sheet]:
    """The figures not fitted to, those that are no means, and those fitted to, apart; misses first."""
    return [sheet_of(table[table["group"] == group], group) for group in GROUPS if (table["group"] == group).any()]


def sheet_of(rows: pd.DataFrame, group: str) -> Sheet:
    """The figures of one group beside the model; whether they are met, unless they are no means."""
    is_judged = group != "apart"
    heads = (
        *(message("published figure"), message("scenario"), message("fact"), message("basis"), message("figure")),
        *(message("band"), message("model"), message("deviation")),
        *((message("met"), message("why not")) if is_judged else ()),
        message("what was sampled"),
    )
    note = words.paragraph([term(MEANINGS[group]), sentence(rows, group)])
    sheet = Sheet(term(TITLES[group]), heads, note=note, frame=rows)
    for _, row in rows.iterrows():
        band = words.span_of(words.figure(row["low"]), words.figure(row["high"]))
        model = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        is_bound = row["basis"] == "bound"
        distance = "" if is_bound else deviation(row["deviation_share"])
        figure = "" if is_bound else words.figure(row["figure"])
        title, basis = spoken_title(row["title"]), term(row["basis"])
        cells = (title, row["scenario"], row["fact"], basis, figure, band, model, distance)
        verdict = (met_words(row), why_missed(row["why"])) if is_judged else ()
        sheet.rows.append((*cells, *verdict, spoken_title(row["sampled"])))
    return sheet


def met_words(row: pd.Series[Any]) -> str:
    """Whether a figure is met, or a bound held."""
    if row["basis"] == "bound":
        return message("held") if row["within"] else message("broken")
    return message("yes") if row["within"] else message("no")


def why_missed(why: str) -> str:
    """Why a figure is missed: as its row in the scenario says, or in words of the table."""
    return term(why) if why in (NO_REASON, NOT_OBSERVED) else spoken_title(why)


def sentence(rows: pd.DataFrame, group: str) -> str:
    """How many figures of one group the model meets, and how many misses nobody has explained; none of no means."""
    if group == "apart":
        return ""
    is_bound = rows["basis"] == "bound"
    means, bounds = rows[~is_bound], rows[is_bound]
    share = VALID_SHARE if group == "validation" else WITHIN_SHARE
    hits, number = int(means["within"].sum()), len(means)
    about = {
        "number": hits,
        "total": number,
        "reach": f"{100 * share:.0f}",
        "share": words.percent(hits / max(number, 1)),
    }
    sentence = message("{number} of {total} calibration figures within {reach} % ({share})", **about)
    if group == "validation":
        sentence = message("{number} of {total} validation figures within {reach} % ({share})", **about)
    silent, without_reason = int((rows["verdict"] == "not measured").sum()), int((rows["why"] == NO_REASON).sum())
    parts = [
        sentence,
        message("{number} of {total} bounds held", number=int(bounds["within"].sum()), total=len(bounds))
        if len(bounds)
        else "",
        message("{number} not measured", number=silent) if silent else "",
        message("{number} unexplained", number=without_reason) if without_reason else "",
    ]
    return message("{told}.", told=words.listed_apart(filter(None, parts)))


def samples(several: Sequence[Results]) -> str:
    """Replications, level and seed of each scenario."""
    texts = (message("{subject}: {told}", subject=run.name, told=words.sample(run)) for run in several)
    return message("{told}.", told=words.listed_apart(texts))


def uncovered_sentence(several: Sequence[Results]) -> str:
    """The figures that no horizon covers, in one sentence; empty if there are none."""
    titles = left_out(several)
    if not titles:
        return ""
    return message("Not covered by the horizon: {figures}.", figures=words.listed_apart(map(spoken_title, titles)))


def passed_over_sentence(clauses: Sequence[str]) -> str:
    """The targets of calibrations that may not be aimed at, from the clauses of `passed_over_words`."""
    if not clauses:
        return ""
    return message("Not aimed at by the calibration: {targets}.", targets=left_out_words(clauses))


def validation_block(several: Sequence[Results]) -> str:
    """A validation as Markdown."""
    parts = [samples(several)]
    for sheet in validation_sheets(against(several)):
        parts += [f"## {sheet.title}", sheet.note, markdown(sheet)]
    return "\n\n".join([*parts, *([uncovered_sentence(several)] if uncovered_sentence(several) else [])])
