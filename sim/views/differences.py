"""What a paired difference says, in words: see `sim.study.compare.materiality`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.study.compare.materiality import SHARE, SMALL, Verdict, difference_verdict
from sim.views import words
from sim.views.language import message

if TYPE_CHECKING:
    import pandas as pd


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
