"""Observations beside a scenario in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.scenario.problems import how_many
from sim.study.observe.observe import ObserveAnswer
from sim.views import words
from sim.views.sheets.sheet import Headline, Sheet

STATISTICS = {"mean": "mean", "p50": "half within", "p90": "90 % within", "p95": "95 % within", "total": "in all"}
MOST_LINES_NAMED = 8
MOST_MORE = 2.0
"""From which share on what is more is told as how many times as much."""


def observe_sheets(answer: ObserveAnswer) -> list[Sheet]:
    """What was observed over all days and by step, beside the model; and which rows were passed over."""
    level = f"{100 * answer.manifest['level']:g} %"
    of_so_many = "" if answer.adds_up else ", of as many trains as were observed,"
    note = f"In brackets the interval of the mean; one replication more{of_so_many} lies within the range with {level}."
    span = Sheet(
        f"{observed_words(answer)}: observed and simulated, {answer.manifest['unit']}",
        ("", "observed", "of rows", "simulated, mean", "one replication more"),
        [(STATISTICS[str(row["statistic"])], *beside_cells(row)) for _, row in answer.span.iterrows()],
        note,
        answer.span,
    )
    by = answer.manifest["by"]
    series = Sheet(
        f"By {by}, {answer.manifest['unit']}",
        (f"{by} from", "observed", "of rows", "simulated, mean", f"a single {by}", "observed lies"),
        [(str(row["from"]), *beside_cells(row), str(row["verdict"])) for _, row in answer.series.iterrows()],
        f"{note} {counted_sentence(answer)}",
        answer.series,
    )
    rows = answer.frames["passed_over"]
    lines: list[tuple[str, ...]] = [(str(row["line"]), str(row["why"])) for _, row in rows.iterrows()]
    passed_over = Sheet("Rows passed over", ("line", "why"), lines, frame=rows)
    return [span, series, *([passed_over] if lines else [])]


def beside_cells(row: pd.Series[Any]) -> tuple[str, str, str, str]:
    """What was observed, of how many rows, and what the model says of it."""
    low, high = words.figure(row["low"]), words.figure(row["high"])
    return (
        words.figure(row["observed"]),
        f"{row['n']:,}",
        words.interval_text(row["mean"], row["ci_low"], row["ci_high"]),
        f"{low} to {high}",
    )


def observe_sentences(answer: ObserveAnswer) -> list[str]:
    """What observations come to beside a scenario, and what was left out."""
    return [f"{words.sample(answer)}. {counted_sentence(answer)}", left_out_sentence(answer)]


def observed_words(answer: ObserveAnswer) -> str:
    """What was observed, where, and of which flow."""
    where = words.title_of(answer.scenario, answer.address.place, answer.address.flow)
    return words.measure(answer.address.kpi) if where == "all" else f"{words.measure(answer.address.kpi)}, {where}"


def beside_sentence(answer: ObserveAnswer) -> str:
    """The first statistic, observed and simulated, and how far they lie apart."""
    row, unit = answer.span.iloc[0], answer.manifest["unit"]
    kind = "" if answer.adds_up else "mean "
    simulated_words = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
    text = f"Observed {kind}{words.figure(row['observed'])} {unit}, simulated {simulated_words} {unit}"
    share = (row["mean"] - row["observed"]) / row["observed"] if row["observed"] else float("nan")
    if share != share:
        return f"{text}."
    if share >= MOST_MORE:
        return f"{text}: {words.figure(share + 1)} times as much."
    return f"{text}: {words.percent(abs(share))} {'more' if share > 0 else 'less'}."


def counted_sentence(answer: ObserveAnswer) -> str:
    """In how many steps the observed value lies where a single one of the model may."""
    by, verdicts = answer.manifest["by"], answer.series["verdict"]
    verdicts_told = verdicts[verdicts != "not told"]
    if verdicts_told.empty:
        return f"Where a single {by} of the model may lie, so few replications do not tell."
    ends = ", ".join(f"{number} {way}" for way in ("above", "below") if (number := int((verdicts_told == way).sum())))
    share = f"{100 * answer.manifest['level']:g} %"
    number, steps = int((verdicts_told == "within").sum()), how_many(len(verdicts_told), by)
    lie = "lies" if len(verdicts_told) == 1 else "lie"
    text = f"{number} of {steps} {lie} within what a single {by} of the model may show ({share})"
    return f"{text}{f'; {ends}' if ends else ''}."


def left_out_sentence(answer: ObserveAnswer) -> str:
    """How many rows of the table are not in the comparison, and why."""
    about, rows = answer.manifest, answer.frames["passed_over"]
    whys = rows["why"].str.replace(r" line \d+$", " another line", regex=True).value_counts(sort=False)
    parts = [f"{number} {why}" for why, number in whys.items()]
    lines = ", ".join(str(line) for line in rows["line"].head(MOST_LINES_NAMED))
    dots = ", …" if len(rows) > MOST_LINES_NAMED else ""
    text = f"{how_many(about['rows'], 'observation')} in {about['file']}"
    text += f"; passed over {how_many(len(rows), 'row')}: {'; '.join(parts)} (lines {lines}{dots})" if parts else ""
    outside = about["rows_outside"]
    step = f"{'whole ' if answer.adds_up else ''}{about['by']}"
    text += f"; {outside:,} of no {step} compared" if outside else ""
    empty = int((answer.series["n"] == 0).sum())
    text += f"; {how_many(empty, about['by'])} without a row, counted as 0" if empty else ""
    return f"{text}."


def observe_headline(answer: ObserveAnswer) -> Headline:
    """Whether a scenario runs as was observed."""
    question = f"Does {answer.name} run as observed: {observed_words(answer)}?"
    unit = answer.manifest["unit"]
    reason = "; ".join(
        f"{STATISTICS[str(row['statistic'])]} {words.figure(row['observed'])} {unit}, "
        f"simulated {words.figure(row['mean'])} {unit}"
        for _, row in answer.span.iterrows()
        if row["statistic"] in ("p50", "p95")
    )
    return Headline(
        question,
        f"{beside_sentence(answer)} {counted_sentence(answer)}",
        f"{reason[:1].upper()}{reason[1:]}." if reason else "",
        f"{left_out_sentence(answer)} {words.standing(answer)}.",
    )
