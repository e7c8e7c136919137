"""What a paired difference says, in words: see `sim.study.compare.materiality`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.study.compare.materiality import SHARE, SMALL, Verdict, difference_verdict
from sim.views import words
from sim.views.language import counted, message

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.headline import Told


def difference_words(row: Mapping[str, Any] | pd.Series[Any]) -> str:
    """What a paired difference says, in words: see `sim.study.compare.materiality`."""
    match difference_verdict(row):
        case Verdict.UNTOLD:
            return message("{number} replications cannot tell", number=row["replications"])
        case Verdict.UNSEEN:
            return message("no difference seen")
        case Verdict.SMALL:
            return message("too small to matter: {why}", why=small_words(row))
        case Verdict.DIFFERS:
            return message("differs")


def small_words(row: Mapping[str, Any] | pd.Series[Any]) -> str:
    """Below which threshold a difference lies that is too small to matter."""
    difference, greater = abs(row["difference"]), max(abs(row["mean_a"]), abs(row["mean_b"]))
    if difference < SHARE * greater:
        of_what = words.quantity(words.figure(greater), row["unit"])
        share, limit = words.percent(difference / greater), words.stated_number(100 * SHARE)
        return message("{share} of {quantity}, below {limit} %", share=share, quantity=of_what, limit=limit)
    least = {"h": ("1", "min"), "days": ("1", "h")}.get(
        row["unit"], (words.stated_number(SMALL.get(row["unit"], 0)), row["unit"])
    )
    return message("below {quantity}", quantity=words.quantity(*least))


def luck_words(told: Told, level: float) -> str:
    """On what grounds the differences that answer first are told from luck, and how many seem to be by themselves."""
    if told.number < 2:
        return ""
    grounds = message(
        "Bold: told from luck. The first difference is held to {level} % by itself, the {number} others together "
        "(Bonferroni: each to {level_each} %).",
        level=words.stated_number(100 * level),
        number=told.number,
        level_each=words.stated_number(100 * told.level_each, 4),
    )
    return words.paragraph([grounds, by_luck_words(told, level)])


def by_luck_words(told: Told, level: float) -> str:
    """How many differences leave out zero by themselves and are not told from luck; nothing where none does."""
    count = int((told.leaves_out_zero & ~told.is_told).sum())
    if count == 0:
        return ""
    return counted(
        count,
        "By itself {count} more leaves out zero at {level} %, as luck makes one in {odds} do.",
        "By themselves {count} more leave out zero at {level} %, as luck makes one in {odds} do.",
        level=words.stated_number(100 * level),
        odds=words.stated_number(1 / (1 - level), 3),
    )
