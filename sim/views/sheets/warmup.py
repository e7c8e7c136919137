"""The warm-up of a scenario in words, and as a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.runs.folders import writing
from sim.runs.results import FORMAT, SIGNIFICANT
from sim.views import words
from sim.views.plots import save
from sim.views.plots.warmup import PANELS, settling
from sim.views.sheets.sheet import Sheet

if TYPE_CHECKING:
    from sim.study.warmup import Warmup


def warmup_sheet(found: Warmup) -> Sheet:
    """What MSER-5 proposes, series by series."""
    heads = ("series", "unit", "MSER-5 proposes, days", "mean thereafter", "settles")
    sheet = Sheet(f"Warm-up of {found.name}, in {len(found.table)} days from the first hour", heads)
    for name, one in found.settling.items():
        title, unit = PANELS[name]
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


def write_warmup(found: Warmup, title: str, folder: Path, plots: bool = True) -> None:
    """Write the series and their figure to a folder, which is replaced whole or not at all.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    with writing(folder) as temporary:
        found.table.to_csv(temporary / "warmup.csv", index=False, float_format=SIGNIFICANT, lineterminator="\n")
        manifest = {
            "format": FORMAT,
            "warmup_of": found.name,
            "seed": found.seed,
            "replications": found.replications,
            "stated_days": found.stated_days,
            "proposed_days": {name: one.days if one.is_seen else None for name, one in found.settling.items()},
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (temporary / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
        if plots:
            save(settling(found, title, f"{verdict(found)}."), temporary, "warmup")
