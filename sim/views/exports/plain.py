"""Every table of an answer as CSV, in a folder with a note on how to read it.

Words of a scenario stay as they are, also where a spreadsheet would take them for a formula: CSV is data, and a table
read back must be the table written. The workbook writes them as words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pandas as pd

from sim.model.ledger import Tables
from sim.runs.answer import SIGNIFICANT, Answer, write_csv_table
from sim.runs.folders import DISTRIBUTION
from sim.runs.results import Results
from sim.scenario.files import write_text
from sim.views.exports.notes import assumptions, notes
from sim.views.exports.targets import FOLDER_NOTE

DIGITS = "%.12g"
"""Digits of hours in the ledger: a microsecond in a hundred years."""

CAUTION = (
    "A cell that begins with =, +, - or @ is a word of the scenario. A spreadsheet may take it for a formula: open "
    "files of scenarios that you do not trust as text, or export a workbook, where such words are words."
)


def write_csv(answer: Answer, folder: Path) -> None:
    """Write all tables, README.txt and the manifest into an existing folder."""
    lines = [f"{about}: {value}" for about, value in notes(answer)]
    text = "\n".join([*lines, "", CAUTION, ""])
    write_text(folder / "README.txt", text)
    manifest = {"made_by": DISTRIBUTION, "format": "csv", "results": answer.manifest}
    note = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    write_text(folder / FOLDER_NOTE, note)
    for name, table, digits in csv_tables(answer):
        write_csv_table(table, folder / f"{name}.csv", digits)


def csv_tables(answer: Answer) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Each table with its name and the digits of its numbers."""
    for stem, frame in answer.frames.items():
        yield stem, frame, SIGNIFICANT
    yield "assumptions", assumptions(answer), SIGNIFICANT
    if isinstance(answer, Results):
        yield "replications", answer.replications, DIGITS
        for field in fields(Tables):
            yield field.name, getattr(answer.tables, field.name), DIGITS
