"""The warm-up of a scenario in words."""

from __future__ import annotations

from sim.study.warmup import Warmup
from sim.views import words
from sim.views.language import message, term
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
    basis_sentence = message(
        "{number} replications, seed {seed}. {verdict}.",
        number=basis["replications"],
        seed=basis["seed"],
        verdict=verdict(answer),
    )
    return [basis_sentence]


def warmup_sheet(answer: Warmup) -> Sheet:
    """What MSER-5 proposes, series by series."""
    heads = (
        *(message("series"), message("unit"), message("MSER-5 proposes, days"), message("mean thereafter")),
        message("settles"),
    )
    title = message(
        "Warm-up of {scenario}, in {number} days from the first hour", scenario=answer.name, number=len(answer.table)
    )
    sheet = Sheet(title, heads)
    for name, series in answer.settling.items():
        title, unit = SERIES[name]
        sheet.rows.append(
            (
                term(title),
                term(unit),
                str(series.days),
                words.figure(series.mean),
                message("yes") if series.is_seen else message("not seen"),
            )
        )
    return sheet


def verdict(answer: Warmup) -> str:
    """Whether the warm-up stated suffices, in one sentence."""
    days = {"stated": answer.stated_days, "proposed": answer.proposed_days}
    if not answer.is_seen:
        return message(
            "The scenario states {stated} days; no steady state is seen in {number} days: the queues grow, or the days "
            "are too few",
            stated=answer.stated_days,
            number=len(answer.table),
        )
    if answer.suffices:
        return message("MSER-5 proposes {proposed} days; the scenario states {stated} days, which suffices", **days)
    return message("MSER-5 proposes {proposed} days; the scenario states {stated} days, which is too short", **days)


def warmup_headline(answer: Warmup) -> Headline:
    """Whether the warm-up stated suffices."""
    question = message("Is the warm-up of {scenario} long enough?", scenario=answer.name)
    answer_sentence, hangs_on = (message("{told}.", told=text) for text in (verdict(answer), words.standing(answer)))
    return Headline(question, answer_sentence, "", hangs_on)
