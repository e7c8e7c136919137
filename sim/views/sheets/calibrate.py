"""A calibration in words: targets beside the model, fitted parameters and what the targets say of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.scenario.problems import CorridorError
from sim.study.calibrate.calibrate import CalibrationAnswer
from sim.study.calibrate.fit import LOOSE_SHARE
from sim.study.calibrate.parameters import WITHIN_SHARE
from sim.study.calibrate.record import POINT, STATED_RANGE, WIDE_RANGE
from sim.views import words
from sim.views.sheets.sheet import Headline, Sheet

BEGIN = "<!-- The fit: what follows is written by `corridor calibrate`. -->"
END = "<!-- The fit ends here. -->"
"""The lines of a page between which a fit is written."""

WITHIN = f"within {100 * WITHIN_SHARE:.0f} %"


class PageError(CorridorError, ValueError):
    """A page without the two lines between which a fit is written."""


def target_sheet(table: pd.DataFrame, title: str) -> Sheet:
    """Targets beside the model, the worst first; with their deviations before a fit, if it has them."""
    is_fit = "before_share" in table
    heads = ("target", "fact", "figure", "model", "deviation", WITHIN)
    sheet = Sheet(title, (*heads, "deviation before", "standard deviations off") if is_fit else heads, frame=table)
    worst = table["deviation_share"].abs().fillna(math.inf).sort_values(ascending=False, kind="stable").index
    for _, row in table.loc[worst].iterrows():
        model = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        cells = (row["title"], row["fact"], words.figure(row["figure"]), model, deviation(row["deviation_share"]))
        verdict = "yes" if row["within"] else "no"
        of_fit = (deviation(row["before_share"]), f"{row['distance']:+.2f}".replace("-", "−")) if is_fit else ()
        sheet.rows.append((*cells, verdict, *of_fit))
    return sheet


def targets_met(table: pd.DataFrame) -> str:
    """How many targets the model meets, in words."""
    return f"{int(table['within'].sum())} of {len(table)} targets {WITHIN}"


def deviation(share: float) -> str:
    """A deviation as a percentage with its sign."""
    if not math.isfinite(share):
        return "not measured"
    text = f"{100 * share:+.{0 if abs(share) >= 0.0995 else 1}f} %"
    return text.replace("-", "−")


def calibration_sheets(answer: CalibrationAnswer) -> list[Sheet]:
    """All that a fit answers in tables."""
    sheets = [
        target_sheet(answer.targets, "Targets at the fit"),
        parameter_sheet(answer.parameters),
        direction_sheet(answer.frames["directions"]),
    ]
    return sheets if answer.frames["later"].empty else [*sheets, later_sheet(answer.frames["later"])]


def calibration_sentences(answer: CalibrationAnswer) -> list[str]:
    """What a fit rests on, what it does not say, and how many targets it meets."""
    record = [record_sentence(answer.manifest["left_out"], answer.frames["later"])]
    about = [f"{words.sample(answer)}.", unpinned_sentence(answer.parameters), f"{calibration_summary(answer)}."]
    return [*about, *filter(None, record)]


def record_sentence(left_out: Sequence[str], later: pd.DataFrame) -> str:
    """What of the record a fit did not use, in a sentence or two; empty if it used all of it."""
    parts = [f"Not aimed at: {'; '.join(left_out)}."] if left_out else []
    if not later.empty:
        numbers = later["treatment"].value_counts()
        words_in_order = [treatment for treatment in (STATED_RANGE, WIDE_RANGE, POINT) if treatment in numbers]
        counts = ", ".join(f"{numbers[treatment]} {treatment}" for treatment in words_in_order)
        parts.append(f"Inputs that cite later facts: {counts}.")
    return " ".join(parts)


def later_sheet(later: pd.DataFrame) -> Sheet:
    """The inputs that cite facts later than the day at which a fit is cut, and what they are drawn from."""
    sheet = Sheet("Inputs that cite later facts", ("key", "later facts", "treatment", "drawn from"), frame=later)
    for _, row in later.iterrows():
        ends = f"{words.figure(row['low'])} to {words.figure(row['high'])}{' times' if row['scale'] else ''}"
        sheet.rows.append((row["key"], row["facts"], row["treatment"], "" if row["treatment"] == POINT else ends))
    return sheet


def parameter_sheet(parameters: pd.DataFrame) -> Sheet:
    """The parameters, and how far each could move unseen."""
    heads = ("parameter", "range", "before", "fitted", "range within the noise", "standing")
    sheet = Sheet("Parameters", heads)
    for _, row in parameters.iterrows():
        reach = f"{words.figure(row['low'])} to {words.figure(row['high'])}"
        values = (words.figure(row[name]) for name in ("before", "fitted"))
        sheet.rows.append((row["title"], reach, *values, words.percent(row["span_share"]), pinned_words(row)))
    return sheet


def pinned_words(parameter: pd.Series[Any]) -> str:
    """Whether a parameter is pinned down, and whether it stands at an end of its range."""
    ends = {"low": "at the lower end of its range", "high": "at the upper end of its range"}
    at_end = [text for end, text in ends.items() if parameter["fitted"] == parameter[end]]
    return ", ".join(["not identified" if parameter["loose"] else "identified", *at_end])


def direction_sheet(directions: pd.DataFrame) -> Sheet:
    """The singular values of the fit, each with the parameters that make up most of its direction."""
    sheet = Sheet("What the targets see together", ("singular value", "direction, shares of the ranges"))
    count = directions["parameter"].nunique()
    for first in range(0, len(directions), count):
        rows = directions.iloc[first : first + count]
        largest = rows.loc[rows["share"].abs().sort_values(ascending=False, kind="stable").index[:3]]
        sign = math.copysign(1.0, largest["share"].iloc[0])
        shares = zip(sign * largest["share"], largest["parameter"], strict=True)
        parts = [f"{share:+.2f} {name}".replace("-", "−") for share, name in shares if abs(share) >= 0.1]
        sheet.rows.append((words.figure(rows["singular"].iloc[0]), ", ".join(parts)))
    return sheet


def unpinned_sentence(parameters: pd.DataFrame) -> str:
    """The parameters that the targets do not pin down, in one sentence."""
    titles = parameters.loc[parameters["loose"], "title"]
    if titles.empty:
        return "The targets pin down every parameter."
    share = words.percent(LOOSE_SHARE)
    return f"Not identified (more than {share} of the range lies within the noise): {'; '.join(titles)}."


def calibration_summary(answer: CalibrationAnswer) -> str:
    """The fit in one line."""
    before = int((answer.targets["before_share"].abs() <= WITHIN_SHARE).sum())
    end = "the search settled" if answer.manifest["settled"] else "the search ran out of evaluations"
    count = answer.manifest["evaluations"]
    return f"{targets_met(answer.targets)} (before: {before} of {len(answer.targets)}); {count} evaluations, {end}"


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
    question = f"How well does {answer.name} meet its published figures once it is fitted?"
    summary = f"{calibration_summary(answer)}."
    return Headline(
        question, summary[:1].upper() + summary[1:], unpinned_sentence(answer.parameters), f"{words.standing(answer)}."
    )
