"""A calibration in words: targets beside the model, fitted parameters and what the targets say of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from sim.measure.statistics import intervals
from sim.scenario.errors import CorridorError
from sim.study.calibrate.identify import LOOSE_SHARE
from sim.study.calibrate.targets import WITHIN_SHARE, beside, beside_published
from sim.views import words
from sim.views.sheets.sheet import Sheet, interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.runs.results import Results
    from sim.scenario.schema import Published
    from sim.study.calibrate.calibrate import Fit
    from sim.study.calibrate.parameters import FreeParameter

BEGIN = "<!-- The fit: what follows is written by `corridor calibrate`. -->"
END = "<!-- The fit ends here. -->"
"""The lines of a page between which a fit is written."""

WITHIN = f"within {100 * WITHIN_SHARE:.0f} %"


class PageError(CorridorError, ValueError):
    """A page without the two lines between which a fit is written."""


def check_sheets(results: Results, aims: Mapping[str, Published]) -> list[Sheet]:
    """The targets of a calibration beside the model, and apart from them the figures it was not fitted to."""
    sheets = [
        target_sheet(beside_published(aims, results.published), "Targets of the calibration"),
        validation_sheet(results.published),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def target_sheet(table: pd.DataFrame, title: str, before: pd.DataFrame | None = None) -> Sheet:
    """Targets beside the model, the worst first; `before` adds their deviations before a fit."""
    table = table.assign(before=math.nan if before is None else before["deviation_share"])
    heads = ("target", "fact", "figure", "model", "deviation", WITHIN)
    sheet = Sheet(title, heads if before is None else (*heads, "deviation before"))
    worst = table["deviation_share"].abs().fillna(math.inf).sort_values(ascending=False, kind="stable").index
    for _, row in table.loc[worst].iterrows():
        model = interval(row["mean"], row["ci_low"], row["ci_high"])
        cells = (row["title"], row["fact"], words.figure(row["figure"]), model, deviation(row["deviation_share"]))
        verdict = "yes" if row["within"] else "no"
        sheet.rows.append((*cells, verdict, *([] if before is None else [deviation(row["before"])])))
    return sheet


def validation_sheet(published: pd.DataFrame) -> Sheet:
    """The figures kept for validation beside the model, the misses first."""
    sheet = Sheet("Not fitted to: validation", ("published figure", "fact", "band", "model", "verdict"))
    order = {"outside": 0, "not measured": 1, "overlaps": 2, "inside": 3}
    kept = published[published["used_for"] == "validation"]
    for _, row in kept.sort_values("verdict", key=lambda each: each.map(order), kind="stable").iterrows():
        band = f"{words.figure(row['low'])} to {words.figure(row['high'])}"
        model = interval(row["mean"], row["ci_low"], row["ci_high"])
        sheet.rows.append((row["title"], row["fact"], band, model, row["verdict"]))
    return sheet


def met(table: pd.DataFrame) -> str:
    """How many targets the model meets, in words."""
    return f"{int(table['within'].sum())} of {len(table)} targets {WITHIN}"


def deviation(share: float) -> str:
    """A deviation as a percentage with its sign."""
    if not math.isfinite(share):
        return "not measured"
    text = f"{100 * share:+.{0 if abs(share) >= 0.0995 else 1}f} %"
    return text.replace("-", "−")


def parameter_sheet(fit: Fit) -> Sheet:
    """The parameters, and how far each could move unseen."""
    heads = ("parameter", "range", "before", "fitted", "range within the noise", "standing")
    sheet = Sheet("Parameters", heads)
    for place, parameter in enumerate(fit.parameters):
        reach = f"{words.figure(parameter.low)} to {words.figure(parameter.high)}"
        value = words.figure(fit.values[place])
        span = words.percent(fit.identification.spans[place])
        sheet.rows.append((parameter.title, reach, words.figure(parameter.start), value, span, standing(fit, place)))
    return sheet


def standing(fit: Fit, place: int) -> str:
    """Whether a parameter is pinned down, and whether it stands at an end of its range."""
    parameter, value = fit.parameters[place], fit.values[place]
    ends = {parameter.low: "at the lower end of its range", parameter.high: "at the upper end of its range"}
    said = "not identified" if fit.identification.loose[place] else "identified"
    return ", ".join([said, *([ends[value]] if value in ends else [])])


def direction_sheet(fit: Fit) -> Sheet:
    """The singular values of the fit, each with the parameters that make up most of its direction."""
    sheet = Sheet("What the targets see together", ("singular value", "direction, shares of the ranges"))
    for size, direction in zip(fit.identification.singular, fit.identification.directions, strict=True):
        largest = sorted(zip(direction, fit.parameters, strict=True), key=lambda each: -abs(each[0]))[:3]
        sign = math.copysign(1.0, largest[0][0])
        parts = [part(sign * share, parameter) for share, parameter in largest if abs(share) >= 0.1]
        sheet.rows.append((words.figure(size), ", ".join(parts)))
    return sheet


def part(share: float, parameter: FreeParameter) -> str:
    """The part of one parameter in a direction."""
    return f"{share:+.2f} {parameter.name}".replace("-", "−")


def unpinned(fit: Fit) -> str:
    """The parameters that the targets do not pin down, in one sentence."""
    names = [one.title for one, loose in zip(fit.parameters, fit.identification.loose, strict=True) if loose]
    if not names:
        return "The targets pin down every parameter."
    share = words.percent(LOOSE_SHARE)
    return f"Not identified (more than {share} of the range lies within the noise): {'; '.join(names)}."


def fit_tables(fit: Fit, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The targets beside the model at the fit, and before it."""
    after, before = (beside(fit.targets, intervals(values, level)) for values in (fit.after, fit.before))
    return after, before


def fit_sheets(fit: Fit, level: float) -> list[Sheet]:
    """All that a fit answers."""
    after, before = fit_tables(fit, level)
    return [target_sheet(after, "Targets at the fit", before), parameter_sheet(fit), direction_sheet(fit)]


def summary(fit: Fit, level: float) -> str:
    """The fit in one line."""
    after, before = fit_tables(fit, level)
    end = "the search settled" if fit.is_settled else "the search ran out of evaluations"
    return f"{met(after)} (before: {met(before).split(' targets')[0]}); {fit.evaluations} evaluations, {end}"


def block(fit: Fit, level: float, sample: str) -> str:
    """A fit as Markdown."""
    parts = [f"{sample}; {summary(fit, level)}.", unpinned(fit)]
    parts += [f"### {sheet.title}\n\n{markdown(sheet)}" for sheet in fit_sheets(fit, level)]
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
        what = "the fit" if ends == (BEGIN, END) else "what is written"
        raise PageError(f"needs these two lines, once each, {what} goes between them:\n" + "\n".join(ends))
    return "\n".join([*lines[: places[0] + 1], "", text, "", *lines[places[1] :]])
