"""Observations beside a scenario in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.measure.office_rows import NOTHING_KNOWN, REPEATS
from sim.study.observe.observe import ObserveAnswer
from sim.views import words
from sim.views.language import counted, in_marks, message, term
from sim.views.sheets.sheet import Headline, Sheet

STATISTICS = {"mean": "mean", "p50": "half within", "p90": "90 % within", "p95": "95 % within", "total": "in all"}
MOST_LINES_NAMED = 8
OF_ANOTHER = "another line"
MOST_MORE = 2.0
"""From which share on what is more is told as how many times as much."""


def observe_sheets(answer: ObserveAnswer) -> list[Sheet]:
    """What was observed over all days and by step, beside the model; and which rows were passed over."""
    level, unit = words.stated_number(100 * answer.manifest["level"]), term(answer.manifest["unit"])
    note = message(
        "In brackets the interval of the mean; one replication more, of as many trains as were observed, lies within "
        "the range with {level} %.",
        level=level,
    )
    if answer.adds_up:
        note = message(
            "In brackets the interval of the mean; one replication more lies within the range with {level} %.",
            level=level,
        )
    heads = (message("observed"), message("of rows"), message("simulated, mean"))
    span = Sheet(
        message("{measure}: observed and simulated, {unit}", measure=observed_words(answer), unit=unit),
        ("", *heads, message("one replication more")),
        [(term(STATISTICS[str(row["statistic"])]), *beside_cells(row)) for _, row in answer.span.iterrows()],
        note,
        answer.span,
    )
    title, first, single = message("By week, {unit}", unit=unit), message("week from"), message("a single week")
    if answer.manifest["by"] == "month":
        title, first, single = message("By month, {unit}", unit=unit), message("month from"), message("a single month")
    series = Sheet(
        title,
        (first, *heads, single, message("observed lies")),
        [(str(row["from"]), *beside_cells(row), term(str(row["verdict"]))) for _, row in answer.series.iterrows()],
        words.paragraph([note, counted_sentence(answer)]),
        answer.series,
    )
    rows = answer.frames["passed_over"]
    lines: list[tuple[str, ...]] = [(str(row["line"]), why_words(str(row["why"]))) for _, row in rows.iterrows()]
    passed_over = Sheet(message("Rows passed over"), (message("line"), message("why")), lines, frame=rows)
    return [span, series, *([passed_over] if lines else [])]


def why_words(why: str) -> str:
    """Why a row was passed over."""
    heads, line = why.removeprefix(f"{NOTHING_KNOWN} "), why.removeprefix(f"{REPEATS} line ")
    if heads != why:
        return message("nothing known of {heads}", heads=heads)
    return term(why) if line == why else message("repeats line {line}", line=line)


def beside_cells(row: pd.Series[Any]) -> tuple[str, str, str, str]:
    """What was observed, of how many rows, and what the model says of it."""
    low, high = words.figure(row["low"]), words.figure(row["high"])
    return (
        words.figure(row["observed"]),
        in_marks(f"{row['n']:,}"),
        words.interval_text(row["mean"], row["ci_low"], row["ci_high"]),
        words.span_of(low, high),
    )


def observe_sentences(answer: ObserveAnswer) -> list[str]:
    """What observations come to beside a scenario, and what was left out."""
    sample = message("{told}.", told=words.sample(answer))
    return [words.paragraph([sample, counted_sentence(answer)]), left_out_sentence(answer)]


def observed_words(answer: ObserveAnswer) -> str:
    """What was observed, where, and of which flow."""
    where = words.title_of(answer.scenario, answer.address.place, answer.address.flow)
    measure = words.measure(answer.address.kpi)
    return measure if where == message("all") else words.comma_list([measure, where])


def beside_sentence(answer: ObserveAnswer) -> str:
    """The first statistic, observed and simulated, and how far they lie apart."""
    row, unit = answer.span.iloc[0], answer.manifest["unit"]
    amounts = {
        "observed": words.quantity(words.figure(row["observed"]), unit),
        "simulated": words.quantity(words.interval_text(row["mean"], row["ci_low"], row["ci_high"]), unit),
    }
    text = message("Observed mean {observed}, simulated {simulated}", **amounts)
    if answer.adds_up:
        text = message("Observed {observed}, simulated {simulated}", **amounts)
    share = (row["mean"] - row["observed"]) / row["observed"] if row["observed"] else float("nan")
    if share != share:
        return message("{told}.", told=text)
    if share >= MOST_MORE:
        return message("{told}: {number} times as much.", told=text, number=words.figure(share + 1))
    if share > 0:
        return message("{told}: {share} more.", told=text, share=words.percent(share))
    return message("{told}: {share} less.", told=text, share=words.percent(-share))


def counted_sentence(answer: ObserveAnswer) -> str:
    """In how many steps the observed value lies where a single one of the model may."""
    by, verdicts = answer.manifest["by"], answer.series["verdict"]
    verdicts_told = verdicts[verdicts != "not told"]
    if verdicts_told.empty and by == "week":
        return message("Where a single week of the model may lie, so few replications do not tell.")
    if verdicts_told.empty:
        return message("Where a single month of the model may lie, so few replications do not tell.")
    counts = {way: int((verdicts_told == way).sum()) for way in ("above", "below", "within")}
    ends = [message("{number} above", number=counts["above"])] if counts["above"] else []
    ends += [message("{number} below", number=counts["below"])] if counts["below"] else []
    about = {"number": counts["within"], "level": words.stated_number(100 * answer.manifest["level"])}
    if by == "week":
        text = counted(
            len(verdicts_told),
            "{number} of {count} week lies within what a single week of the model may show ({level} %)",
            "{number} of {count} weeks lie within what a single week of the model may show ({level} %)",
            **about,
        )
    else:
        text = counted(
            len(verdicts_told),
            "{number} of {count} month lies within what a single month of the model may show ({level} %)",
            "{number} of {count} months lie within what a single month of the model may show ({level} %)",
            **about,
        )
    text = message("{told}; {more}", told=text, more=words.comma_list(ends)) if ends else text
    return message("{told}.", told=text)


def left_out_sentence(answer: ObserveAnswer) -> str:
    """How many rows of the table are not in the comparison, and why."""
    about, rows = answer.manifest, answer.frames["passed_over"]
    whys = rows["why"].str.replace(r" line \d+$", f" {OF_ANOTHER}", regex=True).value_counts(sort=False)
    parts = [message("{number} {kind}", number=number, kind=why_words(str(why))) for why, number in whys.items()]
    lines = [*map(str, rows["line"].head(MOST_LINES_NAMED)), *(["…"] if len(rows) > MOST_LINES_NAMED else [])]
    texts = [
        counted(about["rows"], "{count} observation in {file}", "{count} observations in {file}", file=about["file"])
    ]
    if parts:
        about_rows = {"whys": words.listed_apart(parts), "lines": words.comma_list(lines)}
        texts += [
            counted(
                len(rows),
                "passed over {count} row: {whys} (lines {lines})",
                "passed over {count} rows: {whys} (lines {lines})",
                **about_rows,
            )
        ]
    if about["rows_outside"]:
        texts += [outside_words(answer)]
    empty = int((answer.series["n"] == 0).sum())
    if empty and about["by"] == "week":
        texts += [
            counted(empty, "{count} week without a row, counted as 0", "{count} weeks without a row, counted as 0")
        ]
    elif empty:
        texts += [
            counted(empty, "{count} month without a row, counted as 0", "{count} months without a row, counted as 0")
        ]
    return message("{told}.", told=words.listed_apart(texts))


def outside_words(answer: ObserveAnswer) -> str:
    """How many observations are of no step that is compared."""
    number = in_marks(f"{answer.manifest['rows_outside']:,}")
    match answer.manifest["by"], answer.adds_up:
        case "week", True:
            return message("{number} of no whole week compared", number=number)
        case "week", False:
            return message("{number} of no week compared", number=number)
        case _, True:
            return message("{number} of no whole month compared", number=number)
        case _:
            return message("{number} of no month compared", number=number)


def observe_headline(answer: ObserveAnswer) -> Headline:
    """Whether a scenario runs as was observed."""
    question = message(
        "Does {scenario} run as observed: {measure}?", scenario=answer.name, measure=observed_words(answer)
    )
    unit = answer.manifest["unit"]
    reason = words.listed_apart(
        message(
            "{statistic} {observed}, simulated {simulated}",
            statistic=term(STATISTICS[str(row["statistic"])]),
            observed=words.quantity(words.figure(row["observed"]), unit),
            simulated=words.quantity(words.figure(row["mean"]), unit),
        )
        for _, row in answer.span.iterrows()
        if row["statistic"] in ("p50", "p95")
    )
    return Headline(
        question,
        words.paragraph([beside_sentence(answer), counted_sentence(answer)]),
        message("{told}.", told=f"{reason[:1].upper()}{reason[1:]}") if reason else "",
        words.paragraph([left_out_sentence(answer), message("{told}.", told=words.standing(answer))]),
    )
