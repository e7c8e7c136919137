"""The model against published figures in words, and as a page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.runs.results import Results
from sim.study.calibrate.parameters import WITHIN_SHARE
from sim.study.validate import USES, against, left_out
from sim.views import words
from sim.views.sheets.calibrate import deviation, markdown
from sim.views.sheets.sheet import Sheet

LINES = (
    "<!-- The validation: what follows is written by `corridor validate`. -->",
    "<!-- The validation ends here. -->",
)
"""The lines of a page between which a validation is written."""

WITHIN = f"within {100 * WITHIN_SHARE:.0f} %"
TITLES = {
    "validation": "Not fitted to: validation",
    "calibration": "Fitted to: calibration",
}
MEANINGS = {
    "validation": "The scenario's numbers were not chosen to meet these: only they say something about the model.",
    "calibration": "The scenario's numbers were chosen to meet these: agreement is what was asked for, not evidence.",
}


def validation_sheets(table: pd.DataFrame) -> list[Sheet]:
    """The figures not fitted to, and those fitted to, apart; misses first."""
    return [
        sheet_of(table[table["used_for"] == use], use) for use in reversed(USES) if (table["used_for"] == use).any()
    ]


def sheet_of(rows: pd.DataFrame, use: str) -> Sheet:
    """The figures of one use beside the model."""
    heads = (
        "published figure",
        "scenario",
        "fact",
        "figure",
        "band",
        "model",
        "n",
        "deviation",
        WITHIN,
        "interval and band",
    )
    sheet = Sheet(TITLES[use], heads, note=f"{MEANINGS[use]} {sentence(rows, use)}", frame=rows)
    for _, row in rows.iterrows():
        band = f"{words.figure(row['low'])} to {words.figure(row['high'])}"
        model = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        verdict = f"{row['verdict']}: {row['hint']}" if row["hint"] else row["verdict"]
        cells = (row["title"], row["scenario"], row["fact"], words.figure(row["figure"]), band, model)
        within = "yes" if row["within"] else "no"
        sheet.rows.append((*cells, str(row["replications"]), deviation(row["deviation_share"]), within, verdict))
    return sheet


def sentence(rows: pd.DataFrame, use: str) -> str:
    """How many figures of one use the model meets."""
    number = len(rows)
    inside = int((rows["verdict"] == "inside").sum())
    overlapping = int((rows["verdict"] == "overlaps").sum())
    silent = int((rows["verdict"] == "not measured").sum())
    parts = [
        f"{int(rows['within'].sum())} of {number} {use} figures {WITHIN}",
        f"{inside} with the whole interval in the band",
        f"{overlapping} with a part of it",
        f"{number - inside - overlapping - silent} outside",
    ]
    return "; ".join([*parts, *([f"{silent} not measured"] if silent else [])]) + "."


def samples(several: Sequence[Results]) -> str:
    """Replications, level and seed of each scenario."""
    return "; ".join(f"{results.name}: {words.sample(results)}" for results in several) + "."


def uncovered_sentence(several: Sequence[Results]) -> str:
    """The figures that no horizon covers, in one sentence; empty if there are none."""
    titles = left_out(several)
    return f"Not covered by the horizon: {'; '.join(titles)}." if titles else ""


def validation_block(several: Sequence[Results]) -> str:
    """A validation as Markdown."""
    parts = [samples(several)]
    for sheet in validation_sheets(against(several)):
        parts += [f"## {sheet.title}", sheet.note, markdown(sheet)]
    return "\n\n".join([*parts, *([uncovered_sentence(several)] if uncovered_sentence(several) else [])])
