"""A ladder of bottlenecks in words, and as a folder of tables and figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.runs.folders import writing
from sim.runs.results import FORMAT, SIGNIFICANT
from sim.views import words
from sim.views.plots import draw_ladder
from sim.views.sheets.sheet import Sheet, interval, question_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sim.study.ladder.rungs import Ladder, Rung

BY = {"throughput": "tonnes", "transit": "days only"}


def ladder_sheet(ladder: Ladder) -> Sheet:
    """The rungs, one row a capacity."""
    named = ("rung", "binds", "what", "from → to", "step", "a step gains, kt a year", "kt a unit")
    heads = (*named, "a step saves, days of transit", "days a unit", "in use", "train-hours waited a year")
    sheet = Sheet(f"What binds: {question_words(ladder.about)}", heads)
    for _, row in ladder.table.iterrows():
        sheet.rows.append(
            (
                str(row["rung"]),
                f"{row['resource']} ({row['key']})",
                BY[row["by"]],
                f"{row['from_amount']:g} → {row['to_amount']:g}",
                f"+{row['step']:g}",
                interval(row["gain_kt"], row["gain_low"], row["gain_high"]),
                words.figure(row["kt_per_unit"]),
                interval(row["days"], row["days_low"], row["days_high"]),
                words.figure(row["days_per_unit"]),
                " → ".join(share(row[name]) for name in ("used_before", "used_after")),
                " → ".join(words.figure(row[name]) for name in ("wait_h_before", "wait_h_after")),
            )
        )
    return sheet


def share(value: float) -> str:
    """A share in use; a dash where none is measured."""
    return words.percent(value) if value == value else "–"


def tried_sheet(ladder: Ladder, rung: int) -> Sheet:
    """The steps tried at a rung, the greatest gain first."""
    heads = ("one step more of", "step", "train-hours laid to it", "gains, kt a year", "saves, days", "chosen")
    sheet = Sheet(f"Tried at rung {rung}, in the replications of the choice", heads)
    rows = ladder.tried[ladder.tried["rung"] == rung].sort_values("gain_kt", ascending=False, kind="stable")
    for _, row in rows.iterrows():
        gain = interval(row["gain_kt"], row["gain_low"], row["gain_high"])
        saved = interval(row["days"], row["days_low"], row["days_high"])
        chosen = "yes" if row["chosen"] else ""
        sheet.rows.append((row["key"], f"+{row['step']:g}", words.figure(row["hours"]), gain, saved, chosen))
    return sheet


def rung_line(rung: Rung) -> str:
    """What is known when a rung is found."""
    names = " and ".join(member.title for member in rung.members)
    gain = rung.gain.kt if rung.by == "throughput" else rung.gain.days
    unit = "kt a year" if rung.by == "throughput" else "days saved"
    return f"{names} binds: a step gains {interval(gain.mean, gain.low, gain.high)} {unit}"


def ladder_notes(ladder: Ladder) -> list[str]:
    """What a reader of a ladder must know: the end, the sample, what was not tried."""
    notes = []
    if ladder.ended:
        notes.append("Nothing more binds: no step, and not a step of everything, gains tonnes or days beyond noise.")
    if any(len(rung.members) > 1 for rung in ladder.rungs):
        notes.append("Capacities of one rung bind together: a step of one alone gains nothing, of each of them it does")
    number, hours = ladder.left_out
    notes.append(
        f"{number} capacities that trains waited for stood on no shortlist; the most train-hours a year laid to one of "
        f"them: {words.figure(hours)}."
    )
    span = "the year and the one before" if ladder.is_excerpt else "the whole horizon"
    base = interval(ladder.base_mt.mean, ladder.base_mt.low, ladder.base_mt.high)
    notes.append(f"As it is: {base} Mt. {ladder.runs} runs of {span}; a step is chosen by {ladder.replications}")
    level = f"{100 * ladder.level:g} % intervals"
    notes[-1] += f" replications and its gain measured by as many others; {level}, seed {ladder.seed}."
    return notes


def write_ladder(ladder: Ladder, folder: Path, caption: str | None) -> None:
    """Write a ladder: ladder.csv, tried.csv, manifest.json and, with a caption, the figure.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    tables = {"ladder": ladder.table, "tried": ladder.tried}
    basis = {"runs": ladder.runs, "replications": ladder.replications, "level": ladder.level, "seed": ladder.seed}
    with writing(folder) as temporary:
        fill(temporary, tables, {"ladder": ladder.name, **basis})
        if caption is not None:
            draw_ladder(ladder, temporary, caption)


def fill(folder: Path, tables: Mapping[str, pd.DataFrame], about: Mapping[str, object]) -> None:
    """Write tables and what they are about into an existing folder."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, float_format=SIGNIFICANT, lineterminator="\n")
    text = json.dumps({"format": FORMAT, **about}, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
