"""The warm-up of a scenario in words."""

from __future__ import annotations

from sim.study.warmup import Warmup
from sim.views import words
from sim.views.sheets.sheet import Headline, Sheet

SERIES = {
    "border_dwell_h": ("Border dwell, by day of arrival", "hours"),
    "trains_under_way": ("Trains under way, at the end of the day", "trains"),
}
"""Title and unit of each series."""


def warmup_sheets(answer: Warmup) -> list[Sheet]:
    """All that a warm-up answers in a table."""
    return [warmup_sheet(answer)]


def warmup_sentences(answer: Warmup) -> list[str]:
    """Whether the warm-up stated suffices, and what that rests on."""
    basis = answer.manifest
    return [f"{basis['replications']} replications, seed {basis['seed']}. {verdict(answer)}."]


def warmup_sheet(answer: Warmup) -> Sheet:
    """What MSER-5 proposes, series by series."""
    heads = ("series", "unit", "MSER-5 proposes, days", "mean thereafter", "settles")
    sheet = Sheet(f"Warm-up of {answer.name}, in {len(answer.table)} days from the first hour", heads)
    for name, series in answer.settling.items():
        title, unit = SERIES[name]
        sheet.rows.append(
            (title, unit, str(series.days), words.figure(series.mean), "yes" if series.is_seen else "not seen")
        )
    return sheet


def verdict(answer: Warmup) -> str:
    """Whether the warm-up stated suffices, in one sentence."""
    statement = f"the scenario states {answer.stated_days} days"
    if not answer.is_seen:
        unseen = f"no steady state is seen in {len(answer.table)} days: the queues grow, or the days are too few"
        return f"{statement[:1].upper()}{statement[1:]}; {unseen}"
    enough = "which suffices" if answer.suffices else "which is too short"
    return f"MSER-5 proposes {answer.proposed_days} days; {statement}, {enough}"


def warmup_headline(answer: Warmup) -> Headline:
    """Whether the warm-up stated suffices."""
    question = f"Is the warm-up of {answer.name} long enough?"
    return Headline(question, f"{verdict(answer)}.", "", f"{words.standing(answer)}.")
