"""A calibration in words: targets beside the model, fitted parameters and what the targets say of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.scenario.problems import CorridorError
from sim.study.calibrate.calibrate import CalibrationAnswer
from sim.study.calibrate.fit import LOOSE_SHARE
from sim.study.calibrate.parameters import WITHIN_SHARE
from sim.study.calibrate.record import POINT, STATED_RANGE, WIDE_RANGE
from sim.views import words
from sim.views.language import counted, in_marks, message, spoken_title, term
from sim.views.sheets.sheet import Headline, Sheet

BEGIN = "<!-- The fit: what follows is written by `corridor calibrate`. -->"
END = "<!-- The fit ends here. -->"
"""The lines of a page between which a fit is written."""
LEFT_OUT = re.compile(
    r"(?P<target>\w+) is (?:not known by (?P<day>[\d-]+)|of a year that is left out): (?P<facts>.*)", re.DOTALL
)


class PageError(CorridorError, ValueError):
    """A page without the two lines between which a fit is written."""


def target_reach() -> str:
    """What of a target is met, in words."""
    return message("within {share} %", share=f"{100 * WITHIN_SHARE:.0f}")


def target_sheet(table: pd.DataFrame, title: str) -> Sheet:
    """Targets beside the model, the worst first; with their deviations before a fit, if it has them."""
    is_fit = "before_share" in table
    heads = (
        *(
            message("target"),
            message("fact"),
            message("figure"),
            message("model"),
            message("deviation"),
            target_reach(),
        ),
        *((message("deviation before"), message("standard deviations off")) if is_fit else ()),
    )
    sheet = Sheet(title, heads, frame=table)
    worst = table["deviation_share"].abs().fillna(math.inf).sort_values(ascending=False, kind="stable").index
    for _, row in table.loc[worst].iterrows():
        model = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        title, figure = spoken_title(row["title"]), words.figure(row["figure"])
        cells = (title, row["fact"], figure, model, deviation(row["deviation_share"]))
        verdict = message("yes") if row["within"] else message("no")
        of_fit = (deviation(row["before_share"]), signed_number(row["distance"], 2)) if is_fit else ()
        sheet.rows.append((*cells, verdict, *of_fit))
    return sheet


def targets_met(table: pd.DataFrame) -> str:
    """How many targets the model meets, in words."""
    return message(
        "{number} of {total} targets within {share} %",
        number=int(table["within"].sum()),
        total=len(table),
        share=f"{100 * WITHIN_SHARE:.0f}",
    )


def deviation(share: float) -> str:
    """A deviation as a percentage with its sign."""
    if not math.isfinite(share):
        return term("not measured")
    return message("{number} %", number=signed_number(100 * share, 0 if abs(share) >= 0.0995 else 1))


def signed_number(value: float, decimals: int) -> str:
    """A number with its sign, be it above nothing or below."""
    return in_marks(f"{value:+.{decimals}f}".replace("-", "−"))


def calibration_sheets(answer: CalibrationAnswer) -> list[Sheet]:
    """All that a fit answers in tables."""
    sheets = [
        target_sheet(answer.targets, message("Targets at the fit")),
        parameter_sheet(answer.parameters),
        direction_sheet(answer.frames["directions"]),
    ]
    return sheets if answer.frames["later"].empty else [*sheets, later_sheet(answer.frames["later"])]


def calibration_sentences(answer: CalibrationAnswer) -> list[str]:
    """What a fit rests on, what it does not say, and how many targets it meets."""
    record = [record_sentence(answer.manifest["left_out"], answer.frames["later"])]
    sample, summary = (message("{told}.", told=text) for text in (words.sample(answer), calibration_summary(answer)))
    return [sample, unpinned_sentence(answer.parameters), summary, *filter(None, record)]


def record_sentence(left_out: Sequence[str], later: pd.DataFrame) -> str:
    """What of the record a fit did not use, in a sentence or two; empty if it used all of it."""
    parts = [message("Not aimed at: {targets}.", targets=left_out_words(left_out))] if left_out else []
    if not later.empty:
        numbers = later["treatment"].value_counts()
        words_in_order = [treatment for treatment in (STATED_RANGE, WIDE_RANGE, POINT) if treatment in numbers]
        counts = words.comma_list(
            message("{number} {kind}", number=numbers[treatment], kind=term(treatment)) for treatment in words_in_order
        )
        parts.append(message("Inputs that cite later facts: {counts}.", counts=counts))
    return words.paragraph(parts)


def left_out_words(clauses: Sequence[str]) -> str:
    """The targets that are not aimed at, and why, from the clauses of `passed_over_words`."""
    return words.listed_apart(map(left_out_clause, clauses))


def left_out_clause(clause: str) -> str:
    """Why a target is not aimed at."""
    parts = LEFT_OUT.match(clause)
    if parts is None:
        return clause
    if parts["day"]:
        return message("{target} is not known by {day}: {facts}", **parts.groupdict())
    return message("{target} is of a year that is left out: {facts}", target=parts["target"], facts=parts["facts"])


def later_sheet(later: pd.DataFrame) -> Sheet:
    """The inputs that cite facts later than the day at which a fit is cut, and what they are drawn from."""
    heads = (message("key"), message("later facts"), message("treatment"), message("drawn from"))
    sheet = Sheet(message("Inputs that cite later facts"), heads, frame=later)
    for _, row in later.iterrows():
        ends = words.span_of(words.figure(row["low"]), words.figure(row["high"]))
        ends = message("{range} times", range=ends) if row["scale"] else ends
        ends = "" if row["treatment"] == POINT else ends
        sheet.rows.append((row["key"], row["facts"], term(row["treatment"]), ends))
    return sheet


def parameter_sheet(parameters: pd.DataFrame) -> Sheet:
    """The parameters, and how far each could move unseen."""
    heads = (
        *(message("parameter"), message("range"), message("before"), message("fitted")),
        *(message("range within the noise"), message("standing")),
    )
    sheet = Sheet(message("Parameters"), heads)
    for _, row in parameters.iterrows():
        reach = words.span_of(words.figure(row["low"]), words.figure(row["high"]))
        values = (words.figure(row[name]) for name in ("before", "fitted"))
        title, noise = spoken_title(row["title"]), words.percent(row["span_share"])
        sheet.rows.append((title, reach, *values, noise, pinned_words(row)))
    return sheet


def pinned_words(parameter: pd.Series[Any]) -> str:
    """Whether a parameter is pinned down, and whether it stands at an end of its range."""
    ends = {"low": message("at the lower end of its range"), "high": message("at the upper end of its range")}
    at_end = [text for end, text in ends.items() if parameter["fitted"] == parameter[end]]
    return words.comma_list([message("not identified") if parameter["loose"] else message("identified"), *at_end])


def direction_sheet(directions: pd.DataFrame) -> Sheet:
    """The singular values of the fit, each with the parameters that make up most of its direction."""
    heads = (message("singular value"), message("direction, shares of the ranges"))
    sheet = Sheet(message("What the targets see together"), heads)
    count = directions["parameter"].nunique()
    for first in range(0, len(directions), count):
        rows = directions.iloc[first : first + count]
        largest = rows.loc[rows["share"].abs().sort_values(ascending=False, kind="stable").index[:3]]
        sign = math.copysign(1.0, largest["share"].iloc[0])
        shares = zip(sign * largest["share"], largest["parameter"], strict=True)
        parts = [f"{signed_number(share, 2)} {spoken_title(name)}" for share, name in shares if abs(share) >= 0.1]
        sheet.rows.append((words.figure(rows["singular"].iloc[0]), words.comma_list(parts)))
    return sheet


def unpinned_sentence(parameters: pd.DataFrame) -> str:
    """The parameters that the targets do not pin down, in one sentence."""
    titles = parameters.loc[parameters["loose"], "title"]
    if titles.empty:
        return message("The targets pin down every parameter.")
    return message(
        "Not identified (more than {share} of the range lies within the noise): {parameters}.",
        share=words.percent(LOOSE_SHARE),
        parameters=words.listed_apart(map(spoken_title, titles)),
    )


def calibration_summary(answer: CalibrationAnswer) -> str:
    """The fit in one line."""
    before = int((answer.targets["before_share"].abs() <= WITHIN_SHARE).sum())
    end = message("the search settled")
    if not answer.manifest["settled"]:
        end = message("the search ran out of evaluations")
    return message(
        "{met} (before: {number} of {total}); {evaluations}, {end}",
        met=targets_met(answer.targets),
        number=before,
        total=len(answer.targets),
        evaluations=counted(answer.manifest["evaluations"], "{count} evaluation", "{count} evaluations"),
        end=end,
    )


def calibration_block(answer: CalibrationAnswer) -> str:
    """A fit as Markdown."""
    parts = [f"{words.sample(answer)}; {calibration_summary(answer)}.", unpinned_sentence(answer.parameters)]
    parts += filter(None, [record_sentence(answer.manifest["left_out"], answer.frames["later"])])
    parts += [f"### {sheet.title}\n\n{markdown(sheet)}" for sheet in calibration_sheets(answer)]
    return "\n\n".join(parts)


def markdown(sheet: Sheet) -> str:
    """A sheet as a table of Markdown."""
    lines = [sheet.heads, ("---",) * len(sheet.heads), *sheet.rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def with_block(page: str, text: str, ends: tuple[str, str] = (BEGIN, END)) -> str:
    """A page with a text between its two lines for a fit, or for what else is written there.

    Raises
    ------
    PageError
        If it does not have each of the two lines once, in order.
    """
    lines = page.split("\n")
    places = [place for place, line in enumerate(lines) if line.rstrip() in ends]
    if [lines[place].rstrip() for place in places] != [*ends]:
        subject = "the fit" if ends == (BEGIN, END) else "what is written"
        raise PageError(f"needs these two lines, once each, {subject} goes between them:\n" + "\n".join(ends))
    return "\n".join([*lines[: places[0] + 1], "", text, "", *lines[places[1] :]])


def calibration_headline(answer: CalibrationAnswer) -> Headline:
    """How many targets a fit meets, and which parameters they leave open."""
    question = message("How well does {scenario} meet its published figures once it is fitted?", scenario=answer.name)
    summary, hangs_on = (
        message("{told}.", told=text) for text in (calibration_summary(answer), words.standing(answer))
    )
    return Headline(question, summary[:1].upper() + summary[1:], unpinned_sentence(answer.parameters), hangs_on)
