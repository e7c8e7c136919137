"""Results as an Excel workbook with native charts."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import chain
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sim.runs.answer import Answer
from sim.runs.results import Results
from sim.scenario.files import is_plain_number, new_file
from sim.study.compare.answer import Contest
from sim.views.exports import cells
from sim.views.exports.native_charts import TableSheet, native_chart, write_table_sheet
from sim.views.exports.plain import assumptions, notes
from sim.views.exports.study_sheets import plain_column, study_sheets
from sim.views.sheets.answer import headline_of, sentences, sheets
from sim.views.sheets.sheet import Sheet
from sim.views.words import standing

LINE_PT, SENTENCE_LETTERS = 15, 170
ANSWER_NOTE = "What was asked and answered, in words, with the first chart."


def write_workbook(answer: Answer, path: Path) -> None:
    """Write a workbook: notes, the answer in words, then its tables, some with charts, and its assumptions."""
    with TemporaryDirectory() as scratch, new_file(path) as file:
        # Packed in memory first: on a full disk the packer would speak up once more when it is forgotten.
        buffer = BytesIO()
        rows = sum(len(frame) for frame in answer.frames.values())
        rows += len(answer.tables.trains) if isinstance(answer, Results) else 0
        book = cells.open_book(buffer, answer.scenario.title, scratch, rows <= cells.MOST_TABLE_ROWS)
        # They lie before the tables and tell of them: what they say is known when the tables are written.
        first_page, second_page = (book.file.add_worksheet(name) for name in ("notes", "answer"))
        sheet_notes, charted_table = [("answer", ANSWER_NOTE)], None
        for table in chain(study_sheets(answer), [assumption_sheet(answer)]):  # a long one held at a time
            write_table_sheet(book, table)
            sheet_notes.append((table.name, table.note))
            charted_table = table if charted_table is None and table.charts else charted_table
        answer_page(book, second_page, answer, charted_table)
        notes_page(book, first_page, answer, sheet_notes)
        cells.saved(book)
        file.write(buffer.getbuffer())


def notes_page(book: cells.Book, sheet: Any, answer: Answer, sheet_notes: Sequence[tuple[str, str]]) -> None:
    """What the workbook is and how to read it, and what each of its sheets holds."""
    lines = [*notes(answer), *((f"Sheet {name}", text) for name, text in sheet_notes)]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    cells.for_print(sheet)
    cells.words(sheet, 0, 0, answer.subject if isinstance(answer, Contest) else answer.scenario.title, book.title)
    for line, (about, text) in enumerate(lines, 2):
        sheet.set_row(line, LINE_PT * ceil(len(text) / 110))  # not every program makes room for a text that wraps
        cells.words(sheet, line, 0, about, book.words)
        cells.words(sheet, line, 1, text, book.words)


def answer_page(book: cells.Book, sheet: Any, answer: Answer, charted_table: TableSheet | None) -> None:
    """What answers first, with its numbers and the first chart; then what the command prints, table below table."""
    sheet.set_column(0, 0, 66)
    sheet.set_column(1, 8, 30)
    cells.for_print(sheet)
    first = headline_of(answer)
    cells.words(sheet, 0, 0, first.question, book.title)
    lines = [first.answer, *(f"{name}: {text}" for name, text in first.parts[2:])]
    line = answer_lines(book, sheet, lines, 1)
    if first.numbers is not None:
        line = answer_table(book, sheet, first.numbers, line)
    if charted_table is not None:
        chart = native_chart(book, charted_table, charted_table.charts[0])
        sheet.insert_chart(line, 0, chart, {"description": charted_table.charts[0].title})
        line += 2 + chart.height // 20
    line = answer_lines(book, sheet, sentences(answer), line)
    for part in sheets(answer):
        line = answer_table(book, sheet, part, line)
    sheet.print_area(0, 0, line, 8)


def answer_lines(book: cells.Book, sheet: Any, texts: Sequence[str], line: int) -> int:
    """Write sentences across the tables, as high as they need; the row where something else begins."""
    for order, text in enumerate(texts, line):
        sheet.set_row(order, LINE_PT * ceil(len(text) / SENTENCE_LETTERS))
        sheet.merge_range(order, 0, order, 4, text[: cells.LONGEST_CELL], book.sentence)
    return line + len(texts) + 1


def answer_table(book: cells.Book, sheet: Any, part: Sheet, line: int) -> int:
    """Write a table of words, its title in a row; the row where the next one begins."""
    cells.words(sheet, line, 0, part.title, book.title)
    columns = [cells.Column(head, [number_or_words(row[i]) for row in part.rows]) for i, head in enumerate(part.heads)]
    return line + 3 + cells.write_columns(book, sheet, columns, line + 1)


def number_or_words(text: str) -> float | str:
    """A cell of words as a number where it is no more than one."""
    digits = text.replace("−", "-").replace(",", "")
    return float(digits) if is_plain_number(digits) else text


def assumption_sheet(answer: Answer) -> TableSheet:
    """Every number of the scenario with the fact or the assumption behind it."""
    table = assumptions(answer)
    note = standing(answer)
    if isinstance(answer, Contest):
        note = "; ".join(f"{run.name}: {standing(run)}" for run in answer.results)
    return TableSheet("assumptions", [plain_column(table, str(name)) for name in table], f"A row an input. {note}")
