"""Results as an Excel workbook with native charts."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from sim.runs.answer import Answer, cell_kind
from sim.runs.results import Results
from sim.scenario.files import new_file
from sim.views.exports import cells
from sim.views.exports.plain import assumptions, notes
from sim.views.exports.run_sheets import RUN_SHEETS, run_tables
from sim.views.sheets.answer import headline_of, sentences, sheets
from sim.views.words import standing


def write_workbook(answer: Answer, path: Path) -> None:
    """Write a workbook: notes, the answer in words, its tables and assumptions; of a run sheets with charts, too."""
    with TemporaryDirectory() as scratch, new_file(path) as file:
        # Packed in memory first: on a full disk the packer would speak up once more when it is forgotten.
        packed = BytesIO()
        book = cells.open_book(packed, answer.scenario.title, scratch)
        notes_sheet(book, answer)
        answer_sheet(book, answer)
        if isinstance(answer, Results):
            run_tables(book, answer)
        else:
            for stem, frame in answer.frames.items():
                cells.add_sheet(book, stem, [plain_column(frame, str(name)) for name in frame])
        assumptions_sheet(book, answer)
        cells.saved(book)
        file.write(packed.getbuffer())


def plain_column(frame: pd.DataFrame, name: str) -> cells.Column:
    """A column of a frame, numbers as numbers."""
    return cells.column_of(frame, name, {"int": "count", "float": "number"}.get(cell_kind(frame[name]), ""))


OTHER_SHEETS = (("Sheets", "Answer: in words. Then each table of the study. Assumptions: a row an input."),)


def notes_sheet(book: cells.Book, answer: Answer) -> None:
    """What the workbook is and how to read it."""
    sheet = book.file.add_worksheet("Notes")
    lines = [*notes(answer), *(RUN_SHEETS if isinstance(answer, Results) else OTHER_SHEETS)]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    cells.for_print(sheet)
    cells.words(sheet, 0, 0, answer.scenario.title, book.title)
    for line, (about, text) in enumerate(lines, 2):
        cells.words(sheet, line, 0, about, book.words)
        cells.words(sheet, line, 1, text, book.words)


def answer_sheet(book: cells.Book, answer: Answer) -> None:
    """What answers first, then all that the command prints, its tables one below the other."""
    sheet = book.file.add_worksheet("Answer")
    sheet.set_column(0, 0, 66)
    sheet.set_column(1, 8, 30)
    cells.for_print(sheet)
    first = headline_of(answer)
    cells.words(sheet, 0, 0, first.question, book.title)
    lines = [first.answer, *(f"{name}: {text}" for name, text in first.parts[2:]), *sentences(answer)]
    for line, text in enumerate(lines, 1):
        cells.words(sheet, line, 0, text, book.note)
    line = len(lines) + 2
    for part in [*([] if first.numbers is None else [first.numbers]), *sheets(answer)]:
        cells.words(sheet, line, 0, part.title, book.title)
        columns = [cells.Column(head, [row[i] for row in part.rows]) for i, head in enumerate(part.heads)]
        line += 3 + cells.write_columns(book, sheet, columns, line + 1)


def assumptions_sheet(book: cells.Book, answer: Answer) -> None:
    """Every number of the scenario with the fact or the assumption behind it."""
    table = assumptions(answer)
    cells.add_sheet(book, "Assumptions", [cells.column_of(table, name) for name in table.columns], standing(answer))
