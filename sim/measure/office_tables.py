"""Tables as offices keep them: a workbook, or text of any encoding and separator, as rows of cells with their lines.

What a table does not say of itself is told by the heads that are asked for: it is read in the encoding, with the
separator and from the sheet in which they stand.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import unicodedata
import warnings
import zipfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from sim.scenario.files import MEGABYTE, Unreadable, bytes_of, table_rows
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, listing, shown

Cell = str | float | dt.datetime | dt.time | dt.timedelta | None
Row = tuple[int, Sequence[Cell]]
"""The line on which a row ends, and its cells."""

SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("cp1251", "cp866", "koi8-r", "gb18030")
"""What text that is no UTF-8 may be in: Russian of Windows, of DOS and of Unix, Chinese."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
"""What byte order marks say of the encoding."""

MOST_ABOVE = 40
"""Rows in which the heads are looked for: above them stand titles, numbers of orders, empty lines."""
MOST_UNPACKED_MB = 500
"""Of a workbook, which is packed: a few bytes may unpack to more than the memory holds."""

WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
EPOCH = dt.datetime(1899, 12, 30)
"""Day 0 of a spreadsheet's days, unless its workbook says 1904."""
MERGED_CELLS = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
"""Cells of a sheet that are merged: the column of the first, the first and the last line."""


@dataclass(frozen=True)
class OfficeTable:
    """A table of which the heads are found.

    Attributes
    ----------
    file, sheet
        As messages name them; a text has no sheet.
    heads
        The words above the columns.
    rows
        What stands below, each row as wide as the heads.
    epoch
        Day 0 of days that are numbers.
    merged_cells
        Cells, by line and column, that have the value of the first one above with which they are merged.
    """

    file: str
    sheet: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    epoch: dt.datetime = EPOCH
    merged_cells: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def columns(self) -> dict[str, int]:
        """The first column under each head, as `plain_head` has it."""
        return {plain_head(word): column for column, word in reversed([*enumerate(self.heads)])}

    def problem(self, line: int, head: str, message: str) -> Problem:
        """What is wrong with a cell, by its line and the head of its column; of a workbook by its cell, too."""
        column = self.position(head)
        where = f" (cell {column_letters(column)}{line} of sheet {shown(self.sheet)})" if self.sheet else ""
        return Problem(Spot(self.file, line), (head,), f"{message}{where}")

    def position(self, head: str) -> int:
        """The column under a head."""
        return self.columns[plain_head(head)]


def column_letters(column: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def column_number(letters: str) -> int:
    """A column by the letters that spreadsheets call it by: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


@lru_cache(maxsize=4096)
def plain_head(word: object) -> str:
    """A head without what a spreadsheet adds to it: line breaks, wide letters, spaces that do not break."""
    return " ".join(unicodedata.normalize("NFKC", str(word)).split()).casefold()


def office_table(
    path: Path, wanted_heads: Sequence[str], sheet: str | None = None, encoding: str | None = None
) -> OfficeTable:
    """The table of a file in which some heads stand.

    Parameters
    ----------
    wanted
        Heads of its columns; letters small or great, and line breaks in them, do not count.
    sheet, encoding
        That of a workbook, that of a text; by default the one in which the heads stand.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or the heads stand in none of its sheets and encodings, or in more than one, or one
        of them stands above two columns.
    """
    try:
        content = bytes_of(path, follow=True)
    except Unreadable as error:
        refuse_table(path, str(error))
    if content.startswith(OLD_WORKBOOK):
        refuse_table(path, "is a workbook of a spreadsheet of before 2007: save it as .xlsx, or as CSV")
    if content.startswith(WORKBOOK):
        if encoding is not None:
            refuse_table(path, "is a workbook, which has no --encoding")
        return table_of_workbook(content, path, wanted_heads, sheet)
    if sheet is not None:
        refuse_table(path, "is text, which has no --sheet")
    return table_of_text(content, path, wanted_heads, encoding)


def check_heads(path: Path, sheet: str, heads: Sequence[str], line: int, wanted_heads: Sequence[str]) -> None:
    """Make sure that each head that is asked for stands above one column: of two, nobody says which is meant.

    Raises
    ------
    ScenarioError
        If not.
    """
    names = [plain_head(head) for head in heads]
    for head in wanted_heads:
        columns = [column for column, name in enumerate(names) if name == plain_head(head)]
        if len(columns) > 1:
            words = listing(column_letters(column) if sheet else str(column + 1) for column in columns)
            where = f" of sheet {shown(sheet)}" if sheet else ""
            refuse_table(
                path, f"{shown(head)} stands above the columns {words}{where}: give each a head of its own", line
            )


def refuse_table(path: Path, message: str, line: int | None = None) -> NoReturn:
    """Refuse a file, or a line of it."""
    raise ScenarioError([Problem(Spot(str(path), line), (), message)])


def table_of_text(content: bytes, path: Path, wanted_heads: Sequence[str], encoding: str | None) -> OfficeTable:
    """The table of a text; see `office_table`."""
    places_found: dict[str, tuple[str, str, tuple[str, ...], int]] = {}
    texts = dict(texts_of(content, path, encoding))
    for name, text in texts.items():
        for separator in SEPARATORS:
            place = heads_in(quiet_rows(text, separator), wanted_heads)
            if place is not None:
                places_found.setdefault(name, (text, separator, *place))
    if not places_found:
        first = next(iter(texts.values()))
        lines = [
            head_cells(row) for separator in SEPARATORS for row in islice(quiet_rows(first, separator), MOST_ABOVE)
        ]
        refuse_table(path, missing_heads(lines, wanted_heads))
    if len(places_found) > 1:
        words = f"is no UTF-8, and may be {listing(places_found)}: say which with --encoding"
        refuse_table(path, words)
    text, separator, heads, line = next(iter(places_found.values()))
    check_heads(path, "", heads, line, wanted_heads)
    rows = tuple(whole_rows(text, separator, path, heads, line))
    return OfficeTable(str(path), "", heads, rows)


def texts_of(content: bytes, path: Path, encoding: str | None) -> Iterator[tuple[str, str]]:
    """The text that bytes may be, by encoding: one, but for text that is neither UTF-8 nor UTF-16."""
    mark = next((name for start, name in MARKS.items() if content.startswith(start)), None)
    if encoding is None and mark is None and b"\0" in content[:1000]:
        # of two bytes a letter of Latin, a digit and a comma have a zero: the second one if the lower comes first
        mark = "utf-16-le" if content[:1000].find(b"\0") % 2 else "utf-16-be"
    for name in [encoding or mark] if encoding or mark else ["utf-8", *ENCODINGS]:
        try:
            yield str(name), content.decode(str(name))
        except LookupError:
            refuse_table(path, f"there is no encoding {shown(encoding)}{did_you_mean(encoding, ENCODINGS)}")
        except (UnicodeError, ValueError) as error:
            if encoding or mark:
                start = getattr(error, "start", 0)
                refuse_table(path, f"is no text in {name}", content.count(b"\n", 0, start) + 1)
        else:
            if name == "utf-8":
                return


def quiet_rows(text: str, separator: str) -> Iterator[Row]:
    """The rows of a text as far as it is a table with a separator."""
    rows = table_rows(text, separator)
    while True:
        try:
            yield next(rows)
        except (StopIteration, csv.Error):
            return


def whole_rows(text: str, separator: str, path: Path, heads: tuple[str, ...], header_line: int) -> Iterator[Row]:
    """The rows below the heads of a text, each as wide as these.

    Raises
    ------
    ScenarioError
        If a row is wider, or a quotation mark is never closed.
    """
    rows = table_rows(text, separator)
    try:
        for line, cells in rows:
            if line <= header_line:
                continue
            if any(cell.strip() for cell in cells[len(heads) :]):
                comma = ": a decimal comma must stand in quotation marks" if separator == "," else ""
                refuse_table(path, f"has {len(cells)} cells, and {len(heads)} heads stand above them{comma}", line)
            yield line, widened_row(cells, len(heads))
    except csv.Error as error:
        refuse_table(path, f"is no table: {error}")


def widened_row(cells: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    """A row as wide as its heads: spreadsheets leave out the empty cells at its end, and add some."""
    return (*cells[:width], *[None] * (width - len(cells)))


def head_cells(row: Row) -> tuple[str, ...]:
    """The words of a row, as far as they are any."""
    return tuple("" if cell is None else " ".join(str(cell).split()) for cell in row[1])


def heads_in(rows: Iterable[Row], wanted_heads: Sequence[str]) -> tuple[tuple[str, ...], int] | None:
    """The first row in which all heads stand that are asked for, and its line; None if there is none."""
    names = {plain_head(head) for head in wanted_heads}
    for row in islice(rows, MOST_ABOVE):
        heads = head_cells(row)
        if names <= {plain_head(head) for head in heads}:
            return heads, row[0]
    return None


def missing_heads(rows: Sequence[tuple[str, ...]], wanted_heads: Sequence[str]) -> str:
    """Which of the heads asked for a file does not have, by the row that has most of them, or else most cells."""
    asked_heads = {plain_head(head) for head in wanted_heads}
    likeness = [(len(asked_heads & {plain_head(cell) for cell in cells}), sum(map(bool, cells))) for cells in rows]
    own_heads = [head for head in rows[likeness.index(max(likeness))] if head] if rows else []
    names = {plain_head(head) for head in own_heads}
    absent = [head for head in wanted_heads if plain_head(head) not in names] or list(wanted_heads)
    if not own_heads:
        return f"has no column {listing(map(shown, absent))}: it is empty"
    near = did_you_mean(absent[0], own_heads)
    return (
        f"has no column {listing(map(shown, absent))}{near or f'; its heads may be {listing(map(shown, own_heads))}'}"
    )


def table_of_workbook(content: bytes, path: Path, wanted_heads: Sequence[str], sheet: str | None) -> OfficeTable:
    """The table of a workbook; see `office_table`."""
    from openpyxl.reader.excel import ExcelReader

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
        if "xl/workbook.xml" not in {member.filename for member in members}:
            refuse_table(path, "is no workbook of the form .xlsx: save it as that, or as CSV")
        if sum(member.file_size for member in members) > MOST_UNPACKED_MB * MEGABYTE:
            refuse_table(path, f"unpacks to more than {MOST_UNPACKED_MB} MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and rules that nobody reads here
            reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True)
            reader.read()
            sheets = {own.title: list(sheet_rows(own)) for own in reader.wb.worksheets}
            merged_spans = {
                own.name: MERGED_CELLS.findall(reader.archive.read(part.target))
                for own, part in reader.parser.find_sheets()
                if own.name in sheets
            }
    except ScenarioError:
        raise
    except Exception as error:  # whatever a damaged archive makes of the reader
        refuse_table(path, f"is a damaged workbook: {error}")
    if sheet is not None and sheet not in sheets:
        refuse_table(path, f"has no sheet {shown(sheet)}{did_you_mean(sheet, sheets) or f': {listing(sheets)}'}")
    places = {name: heads_in(sheets[name], wanted_heads) for name in ([sheet] if sheet is not None else sheets)}
    places_found = {name: place for name, place in places.items() if place is not None}
    if not places_found:
        rows = [head_cells(row) for name in places for row in sheets[name][:MOST_ABOVE]]
        refuse_table(path, missing_heads(rows, wanted_heads))
    if len(places_found) > 1:
        refuse_table(
            path, f"has these columns on the sheets {listing(map(shown, places_found))}: say which with --sheet"
        )
    [(name, (heads, line))] = places_found.items()
    check_heads(path, name, heads, line, wanted_heads)
    rows_below, filled_cells = filled_rows(sheets[name], merged_spans[name], len(heads), line)
    return OfficeTable(str(path), name, heads, rows_below, reader.wb.epoch, filled_cells)


def filled_rows(
    rows: Iterable[Row], merged_spans: Iterable[tuple[bytes, bytes, bytes]], width: int, header_line: int
) -> tuple[tuple[Row, ...], frozenset[tuple[int, int]]]:
    """The rows below the heads of a sheet, with the values of cells merged with one above; and which these are."""
    below = {number: widened_row(cells, width) for number, cells in rows if number > header_line}
    lines = list(below)
    filled_cells: dict[tuple[int, int], Cell] = {}
    for letters, first, last in merged_spans:
        column = column_number(letters.decode())
        if column < width and int(first) in below:  # only the first keeps the value in a file
            inside = lines[bisect_right(lines, int(first)) : bisect_right(lines, int(last))]
            filled_cells |= {(line, column): below[int(first)][column] for line in inside}
    if not filled_cells:
        return tuple(below.items()), frozenset()
    columns = range(width)
    rows_below = [(line, [filled_cells.get((line, at), cells[at]) for at in columns]) for line, cells in below.items()]
    return tuple(rows_below), frozenset(filled_cells)


def sheet_rows(sheet: Any) -> Iterator[Row]:
    """The rows of a sheet that have anything in them, by their number."""
    sheet.reset_dimensions()  # what a program says of its size need not be so
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if any(cell is not None and str(cell).strip() for cell in cells):
            yield number, cells
