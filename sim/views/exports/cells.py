"""Cells of a workbook: its formats, and tables written row by row. A word is always a word, never a formula."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sim.measure.statistics import FloatArray
from sim.runs.folders import DISTRIBUTION
from sim.scenario.calendar import HOURS_PER_DAY

CREATED = dt.datetime(2000, 1, 1)
"""Stated as the day of every workbook, so that the same results give the same bytes."""

MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
"""Rows of a sheet and characters of a cell in Excel's files."""

WIDEST, ROWS_LOOKED_AT, HEAD_PT = 70, 2_000, 42

NUMBERS = {
    "share": "0.0%",
    "Mt": "#,##0.000",
    "h": "#,##0.00",
    "d": "#,##0.00",
    "days": "#,##0.00",
    "trains": "#,##0.0",
    "TEU": "#,##0",
    "t": "#,##0",
    "declarations": "#,##0",
    "voyages": "#,##0",
    "count": "#,##0",
    "kt": "#,##0.0",
    "number": "General",
    "year": "0",
    "date": "yyyy-mm-dd hh:mm",
}
"""Number formats by unit; of other units `PLAIN`."""
PLAIN = "#,##0.00"
TABLE_STYLE = "Table Style Light 1"
MOST_TABLE_ROWS = 60_000
"""Rows up to which a book is held in memory, as the tables of a spreadsheet must be; of more a sheet has a filter."""


@dataclass(frozen=True)
class Book:
    """A workbook that is being written, and its formats; one with tables is held in memory until it is saved."""

    file: Workbook
    has_tables: bool
    title: Format
    head: Format
    words: Format
    sentence: Format
    numbers: dict[str, Format]

    def number(self, unit: str) -> Format:
        """The format of numbers in a unit."""
        return self.numbers.get(unit, self.numbers[PLAIN])


@dataclass(frozen=True)
class Column:
    """A column of a table in a sheet: its head, its values, and the unit they are shown in; words have none."""

    head: str
    values: Sequence[Any]
    unit: str | Sequence[str] = ""


def open_book(target: BinaryIO, title: str, scratch: str, has_tables: bool) -> Book:
    """A new workbook; `saved` writes it, and until then its rows lie in the folder `scratch` if it has no tables."""
    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    file = Workbook(target, {"constant_memory": not has_tables, "tmpdir": scratch, **plain})
    file.set_properties({"title": title, "comments": DISTRIBUTION, "created": CREATED})
    shapes = dict.fromkeys((*NUMBERS.values(), PLAIN))
    formats = {shape: file.add_format({"num_format": shape, "valign": "top"}) for shape in shapes}
    return Book(
        file,
        has_tables,
        file.add_format({"bold": True, "font_size": 13}),
        file.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "top"}),
        file.add_format({"valign": "top", "text_wrap": True}),
        file.add_format({"italic": True, "font_color": "#595959", "text_wrap": True, "valign": "top"}),
        {unit: formats[shape] for unit, shape in NUMBERS.items()} | {PLAIN: formats[PLAIN]},
    )


def saved(book: Book) -> None:
    """Write a workbook.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    try:
        book.file.close()
    except FileCreateError as error:
        for sheet in book.file.worksheets():
            sheet.row_data_fh.close()
        reason = error.args[0]
        raise (reason if isinstance(reason, OSError) else OSError(str(error))) from error


def add_sheet(book: Book, name: str, columns: Sequence[Column]) -> Worksheet:
    """A sheet with one table and nothing else, so that other programs read it: its head frozen, a filter on it."""
    sheet = book.file.add_worksheet(name)
    set_widths(sheet, columns)
    sheet.set_row(0, HEAD_PT)
    rows = write_columns(book, sheet, columns, 0)
    sheet.freeze_panes(1, 0)
    span = (0, 0, max(rows, 1), len(columns) - 1)
    heads = [column.head for column in columns]
    if book.has_tables and len({head.lower() for head in heads}) == len(heads):
        table_heads = [{"header": head, "header_format": book.head} for head in heads]
        sheet.add_table(*span, {"columns": table_heads, "style": TABLE_STYLE})
    else:
        sheet.autofilter(*span)
    sheet.repeat_rows(0)
    sheet.print_area(0, *span[1:])
    for_print(sheet)
    return sheet


def for_print(sheet: Worksheet) -> None:
    """Printed across, as wide as the paper."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def set_widths(sheet: Worksheet, columns: Sequence[Column]) -> None:
    """Columns as wide as what they hold, within reason."""
    for position, column in enumerate(columns):
        texts = [str(value) for value in column.values[:ROWS_LOOKED_AT]] if not column.unit else []
        longest = max((len(text) for text in texts), default=12)
        sheet.set_column(position, position, min(max(longest + 2, 12), WIDEST))


def write_columns(book: Book, sheet: Worksheet, columns: Sequence[Column], first: int) -> int:
    """Write a table with its head in row `first`; the number of rows below it, cut where a sheet ends."""
    for position, column in enumerate(columns):
        words(sheet, first, position, column.head, book.head)
    count = min(len(columns[0].values), MOST_ROWS - first - 1)
    writers = [writer(book, sheet, column, position) for position, column in enumerate(columns)]
    for row in range(count):
        for write in writers:
            write(first + 1 + row, row)
    return count


def writer(book: Book, sheet: Worksheet, column: Column, position: int) -> Callable[[int, int], None]:
    """What writes one value of a column: takes the row of the sheet and the row of the table."""
    values = list(column.values)
    if not column.unit:
        return lambda line, row: plain_cell(book, sheet, line, position, values[row])
    units = [column.unit] * len(values) if isinstance(column.unit, str) else column.unit
    return lambda line, row: number_cell(sheet, line, position, float(values[row]), book.number(units[row]))


def plain_cell(book: Book, sheet: Worksheet, line: int, position: int, value: Any) -> None:
    """Write a value as what it is: yes or no, a number, a word; nothing where there is none."""
    if isinstance(value, bool):
        sheet.write_boolean(line, position, value, book.number("number"))
    elif isinstance(value, int | float):
        number_cell(sheet, line, position, float(value), book.number("number"))
    elif value is not None and value is not pd.NA:
        words(sheet, line, position, str(value), book.words)


def words(sheet: Worksheet, line: int, position: int, text: str, form: Format) -> None:
    """Write words as words, cut where a cell ends."""
    if text:
        sheet.write_string(line, position, text[:LONGEST_CELL], form)


def number_cell(sheet: Worksheet, line: int, position: int, value: float, form: Format) -> None:
    """Write a number; nothing where there is none."""
    if math.isfinite(value):
        sheet.write_number(line, position, value, form)


def column_of(table: pd.DataFrame, name: str, unit: str | Sequence[str] = "", head: str = "") -> Column:
    """A column of a frame; words where it has no unit."""
    return Column(head or name, table[name].tolist(), unit)


def dates(hours: FloatArray, start: dt.date) -> list[float]:
    """Hours since 00:00 UTC of a day as Excel's day numbers."""
    first = (start - dt.date(1899, 12, 30)).days
    return [first + hour / HOURS_PER_DAY for hour in hours.tolist()]
