"""The register of forecasts in words: what was said, how good that was, and what is still open."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.scenario.meaning import covered_figures
from sim.scenario.problems import MOST_LISTED
from sim.scenario.schema import Scenario
from sim.study.register.scoring import SHARE, is_ahead, is_outcome, open_statements, scores_table, summary_table
from sim.study.register.statements import Register, Statement
from sim.views import words
from sim.views.language import counted, in_marks, message, spoken_title, term
from sim.views.sheets.calibrate import markdown
from sim.views.sheets.sheet import Sheet

LINES = (
    "<!-- The scores: what follows is written by `corridor validate --forecasts`. -->",
    "<!-- The scores end here. -->",
)
"""The lines of a page between which scores are written."""
NOTHING = "–"


def said_sheet(statements: Sequence[Statement]) -> Sheet:
    """What worlds say of figures: the median and the 80 %."""
    of_worlds = message("{share} % of worlds", share=f"{100 * SHARE:.0f}")
    heads = (message("figure"), message("days"), message("median"), of_worlds, message("worlds"))
    sheet = Sheet(message("What worlds say"), heads)
    for entry in statements:
        _, low, _, middle, _, high, _ = entry.percentiles
        days = words.span_of(str(entry.start), str(entry.end))
        ends = words.span_of(words.figure(low), words.figure(high))
        sheet.rows.append((spoken_title(entry.title), days, words.figure(middle), ends, str(len(entry.members))))
    return sheet


def said_sentences(asked: Scenario, statements: Sequence[Statement]) -> list[str]:
    """What was asked and is not said, and what is said and is no forecast, a sentence each."""
    days = covered_figures(asked)
    beyond = [figure.title for name, figure in asked.published.items() if name not in days]
    names = {entry.name for entry in statements}
    silent = [figure.title for name, figure in days.items() if name not in names]
    past = [entry.title for entry in statements if not is_ahead(entry)]
    beyond, silent, past = ([spoken_title(title) for title in titles] for titles in (beyond, silent, past))
    sentences = [
        message("Not written, for the horizon does not cover them: {figures}.", figures=first_names(beyond))
        if beyond
        else "",
        message("Not written, for too few worlds measure them: {figures}.", figures=first_names(silent))
        if silent
        else "",
        message("Of days that had passed, so that they are never scored: {figures}.", figures=first_names(past))
        if past
        else "",
    ]
    return [sentence for sentence in sentences if sentence]


def first_names(names: Iterable[str]) -> str:
    """The first of some names, and dots for the others."""
    texts = [*names]
    dots = ["…"] if len(texts) > MOST_LISTED else []
    return words.comma_list([*texts[:MOST_LISTED], *dots])


def written_sentence(number: int, made: dt.date, until: dt.date, path: Path) -> str:
    """How many statements were written down, of which day, and where."""
    about = {"made": made, "until": until, "path": path}
    return counted(
        number,
        "{count} statement of {made}, of what was known on {until}: {path}",
        "{count} statements of {made}, of what was known on {until}: {path}",
        **about,
    )


def register_sheets(register: Register, level: float) -> list[Sheet]:
    """How good each forecast was beside rules that know as much, and each of its statements."""
    scores = scores_table(register)
    summary = summary_table(scores, register, level)
    return [summary_sheet(summary, level), *score_sheets(scores)] if len(summary) else []


def summary_sheet(summary: pd.DataFrame, level: float) -> Sheet:
    """A row a forecast, and one for it beside each rule."""
    heads = (
        *(message("forecast"), message("known until"), message("outcomes"), message("open"), message("held")),
        *(message("held by the rule"), message("share held"), message("with a last value"), message("score")),
        *(message("score of the rule"), message("less the rule")),
    )
    note = message(
        "Held: the outcome lies in the interval that has {share} % of the worlds. Score: fair CRPS over the last value "
        "at its rate, of those that have one; of a rule its absolute error; less is better. Intervals of {level} %, "
        "exact of shares, of differences paired by outcome; they take outcomes as independent, which those of one "
        "corridor are not: they are too short.",
        share=f"{100 * SHARE:.0f}",
        level=words.stated_number(100 * level),
    )
    sheet = Sheet(message("Forecasts beside rules"), heads, note=note, frame=summary)
    for _, row in summary.iterrows():
        name, until, score = row["forecast"], str(row["until"]), score_words(row["score_share"])
        if row["beside"]:
            gap = interval_of(row, "difference", "difference_low", "difference_high")
            beside = (str(row["scaled"]), score, score_words(row["other_share"]), gap)
            of_both = ("", "") if math.isnan(row["other_hits"]) else (f"{row['hits']}", f"{row['other_hits']:.0f}")
            pair = message("{forecast} beside {rule}", forecast=name, rule=rule_name(row["beside"]))
            sheet.rows.append((pair, until, str(row["scored"]), "", *of_both, "", *beside))
        else:
            share = interval_of(row, "share", "ci_low", "ci_high")
            counts = (str(row["scored"]), str(row["open"]), f"{row['hits']:.0f}")
            sheet.rows.append((name, until, *counts, "", share, str(row["scaled"]), score, "", ""))
    return sheet


def score_words(share: float) -> str:
    """A share as a percentage; of nothing there is none."""
    return NOTHING if math.isnan(share) else words.percent(share)


def interval_of(row: pd.Series[Any], mean: str, low: str, high: str) -> str:
    """A share with its interval; the share alone of too few."""
    texts = [score_words(row[key]).replace("-", "−") for key in (mean, low, high)]
    interval = words.range_text(texts[1], texts[2])
    return texts[0] if math.isnan(row[low]) else message("{value} {interval}", value=texts[0], interval=interval)


def rule_name(name: str) -> str:
    """The name of a rule, or of a forecast by its scenario."""
    return term(name)


def score_sheets(scores: pd.DataFrame) -> list[Sheet]:
    """A sheet a forecast and day: its statements beside their outcomes and what the rules of that day said."""
    sheets = []
    for (forecast, until), own in scores[scores["hit"].notna()].groupby(["forecast", "until"], sort=False):
        points = scores[scores["hit"].isna() & (scores["until"] == until)]
        rules = list(dict.fromkeys(points["forecast"]))
        heads = (
            *(message("figure"), message("outcome"), message("median"), message("{share} % of worlds", share="80")),
            *(message("in it"), message("place"), message("score"), *map(rule_name, rules)),
        )
        title = message("{forecast}, of what was known on {day}", forecast=forecast, day=until)
        sheet = Sheet(title, heads, note=place_note(own), frame=own)
        for _, row in own.iterrows():
            said = points[points["name"] == row["name"]].set_index("forecast")["middle"]
            ends = words.span_of(words.figure(row["low"]), words.figure(row["high"]))
            numbers = (words.figure(row["outcome"]), words.figure(row["middle"]), ends)
            answer = message("yes") if row["hit"] else message("no")
            verdict = (answer, in_marks(f"{row['place']:.2f}"), score_words(row["score_share"]))
            beside = (words.figure(float(said[rule])) if rule in said else NOTHING for rule in rules)
            sheet.rows.append((spoken_title(row["title"]), *numbers, *verdict, *beside))
        sheets.append(sheet)
    return sheets


def place_note(own: pd.DataFrame) -> str:
    """What stands in the columns of one forecast, and whether it was written down once outcomes were known."""
    note = message(
        "In it: in the interval beside. Place: share of the worlds below the outcome; between two of them, by lot."
    )
    made = own["made"].max()
    past = int((own["end"] <= made).sum())
    if not past:
        return note
    late = message(
        "Written down on {made}, after the days of {past} of {number} outcomes.", made=made, past=past, number=len(own)
    )
    return words.paragraph([note, late])


def unscored_sentences(register: Register) -> list[str]:
    """What is not scored, and why, a sentence a reason."""
    entries, published = register.statements, register.outcomes
    told = {entry.name for entry in entries} & published.keys()
    late = [entry for entry in entries if not is_ahead(entry)]
    unfit = [published[name] for name in sorted(told) if not is_outcome(published[name])]
    bounds = first_names(
        message("{told} ({name})", told=spoken_title(figure["title"]), name=term(figure["basis"])) for figure in unfit
    )
    days = {entry.until for entry in entries if len(entry.members) > 1}
    alone = dict.fromkeys(
        message("{forecast} of {day}", forecast=rule_name(entry.forecast), day=entry.until)
        for entry in entries
        if entry.until not in days
    )
    sentences = [
        counted(
            len(late),
            "Not scored, for they rest on what was known on the last day that they speak of, or later: {count} "
            "statement.",
            "Not scored, for they rest on what was known on the last day that they speak of, or later: {count} "
            "statements.",
        )
        if late
        else "",
        message("Published, and no count of what came, so that nothing is scored by it: {figures}.", figures=bounds)
        if unfit
        else "",
        message(
            "Rules of a day on which no worlds say anything, so that nothing is beside them: {rules}.",
            rules=first_names(alone),
        )
        if alone
        else "",
    ]
    if not told:
        sentences = [message("No outcome of a statement is published."), *sentences]
    return [sentence for sentence in sentences if sentence]


def open_sentence(register: Register) -> str:
    """How many statements are still open, and the first day on which one may be told; empty if none is."""
    entries = open_statements(register)
    if not entries:
        return ""
    days = [
        *dict.fromkeys(str(end) for end in (min(entry.end for entry in entries), max(entry.end for entry in entries)))
    ]
    return counted(
        len(entries),
        "Still open: {count} statement, of days that end on {days}.",
        "Still open: {count} statements, of days that end on {days}.",
        days=words.span_of(*days) if len(days) > 1 else days[0],
    )


def register_block(register: Register, level: float) -> str:
    """A register's scores as Markdown."""
    parts = [
        part
        for sheet in register_sheets(register, level)
        for part in (f"### {sheet.title}", sheet.note, markdown(sheet))
    ]
    return "\n\n".join(part for part in [*parts, *unscored_sentences(register), open_sentence(register)] if part)
