"""The warm-up of a scenario in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.views import words
from sim.views.sheets.sheet import Sheet

if TYPE_CHECKING:
    from sim.study.warmup import Warmup


SERIES = {
    "border_dwell_h": ("Border dwell, by day of arrival", "hours"),
    "trains_under_way": ("Trains under way, at the end of the day", "trains"),
}
"""Title and unit of each series."""


def warmup_sheets(found: Warmup) -> list[Sheet]:
    """All that a warm-up answers in a table."""
    return [warmup_sheet(found)]


def warmup_sentences(found: Warmup) -> list[str]:
    """Whether the warm-up stated suffices, and what that rests on."""
    basis = found.manifest
    return [f"{basis['replications']} replications, seed {basis['seed']}. {verdict(found)}."]


def warmup_sheet(found: Warmup) -> Sheet:
    """What MSER-5 proposes, series by series."""
    heads = ("series", "unit", "MSER-5 proposes, days", "mean thereafter", "settles")
    sheet = Sheet(f"Warm-up of {found.name}, in {len(found.table)} days from the first hour", heads)
    for name, one in found.settling.items():
        title, unit = SERIES[name]
        sheet.rows.append((title, unit, str(one.days), words.figure(one.mean), "yes" if one.is_seen else "not seen"))
    return sheet


def verdict(found: Warmup) -> str:
    """Whether the warm-up stated suffices, in one sentence."""
    stated = f"the scenario states {found.stated_days} days"
    if not found.is_seen:
        unseen = (
            f"no steady state is seen in {len(found.table)} days: the queues grow, or the days are too few (--days)"
        )
        return f"{stated[:1].upper()}{stated[1:]}; {unseen}"
    enough = "which suffices" if found.suffices else "which is too short"
    return f"MSER-5 proposes {found.proposed_days} days; {stated}, {enough}"
