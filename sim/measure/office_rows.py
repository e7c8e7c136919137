"""Rows of a table of an office: which are of what is asked for, of which something is not known, which stand twice."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from sim.measure.office_cells import is_gap, is_sum, may_be_name, plain_text
from sim.measure.office_forms import TableForm, cells_under
from sim.measure.office_tables import Cell, OfficeTable, Row
from sim.scenario.problems import Problem, Spot, listing, shown


class PassedOver(NamedTuple):
    """A row that is no observation, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class RowsFound:
    """The rows of a table, by what is known of them.

    Attributes
    ----------
    rows
        Those with a day, or with both moments of a time.
    part_known
        Lines of those among them of which the amount is not known, or whether they are of what is asked for.
    undated_lines
        Lines of amounts of which the day is not known.
    """

    rows: list[Row] = field(default_factory=list)
    part_known: set[int] = field(default_factory=set)
    undated_lines: list[int] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def rows_found(table: OfficeTable, form: TableForm, adds_up: bool) -> RowsFound:
    """The rows of what is asked for; those of which something is not known, sums and rows that stand twice aside."""
    found_rows = RowsFound()
    for row in table.rows:
        if is_of_another(table, form, row):
            continue
        line, cells = row
        unknown_heads = heads_unknown(table, form, row, adds_up)
        if is_sum(cells) and (unknown_heads or not may_be_name(cells)):
            found_rows.passed_over.append(PassedOver(line, SUM))
            continue
        if is_sum(cells):
            words = "begins as a sum, and may be a name: write a sum as Total alone, a name in one word"
            found_rows.problems.append(Problem(Spot(table.file, line), (), words))
        if not unknown_heads:
            found_rows.rows.append(row)
            continue
        found_rows.passed_over.append(PassedOver(line, f"{NOTHING_KNOWN} {listing(dict.fromkeys(unknown_heads))}"))
        if adds_up and form.columns["day"][0] not in unknown_heads:
            found_rows.rows.append(row)
            found_rows.part_known.add(line)
        elif adds_up and not is_note(table, form, row):
            found_rows.undated_lines.append(line)
    repeated_rows(table, form, found_rows)
    return found_rows


def is_word(cell: Cell, word: str) -> bool:
    """Whether a cell holds a word, be its letters small or great."""
    return cell is not None and plain_text(str(cell)).casefold() == plain_text(word).casefold()


def is_of_another(table: OfficeTable, form: TableForm, row: Row) -> bool:
    """Whether a row has another word than what is asked for."""
    words_asked = [(cells_under(table, row, [head])[0], word) for head, word in form.only.items()]
    return any(not is_gap(cell) and not is_word(cell, word) for cell, word in words_asked)


def heads_unknown(table: OfficeTable, form: TableForm, row: Row, adds_up: bool) -> list[str]:
    """The heads under which nothing is known in a row.

    An amount that is merged over several rows is known of them together, and of none of them.
    """
    is_span = "from" in form.columns
    heads = []
    for role, names in form.columns.items():
        cells = cells_under(table, row, names)
        is_shared = adds_up and role == "value" and (row[0], table.position(names[0])) in table.merged_cells
        if role != "id" and (is_shared or any(map(is_gap, cells if is_span else cells[:1]))):
            heads.append(names[0])
    words_asked = [(head, cells_under(table, row, [head])[0], word) for head, word in form.only.items()]
    return heads + [head for head, cell, word in words_asked if is_gap(cell) and not is_word(cell, word)]


def is_note(table: OfficeTable, form: TableForm, row: Row) -> bool:
    """Whether a row without a day is a remark, or the number of a line that nobody filled: it has one cell at most."""
    values = cells_under(table, row, form.columns.get("value", ()))
    words = [cell for cell in row[1] if cell is not None and str(cell).strip()]
    return len(words) <= 1 and all(cell is None or not str(cell).strip() for cell in values)


SUM, NOTHING_KNOWN, REPEATS = "a sum of other rows", "nothing known of", "repeats"


def repeated_rows(table: OfficeTable, form: TableForm, found_rows: RowsFound) -> None:
    """Rows that stand twice: passed over if a column tells rows apart, or that is asked for, else what is wrong.

    Rows of which that column says nothing are told apart by all their cells.
    """
    if form.repeated == "count":
        return
    own_heads = form.columns.get("id", ())
    lines: dict[tuple[bool, tuple[str, ...]], tuple[int, tuple[str, ...]]] = {}
    for row in found_rows.rows:
        whole_row = tuple(plain_text(str(cell)) for cell in row[1])
        id_words = tuple(plain_text(str(cell)) for cell in cells_under(table, row, own_heads) if not is_gap(cell))
        has_id = bool(own_heads) and len(id_words) == len(own_heads)
        key = id_words if has_id else whole_row
        line, first = lines.setdefault((has_id, key), (row[0], whole_row))
        if line == row[0]:
            continue
        head = own_heads[0] if own_heads else form.heads[0]
        if first != whole_row and form.repeated != "drop":
            words = f"stands in line {line} too, with other cells: {shown(key[0])}"
            found_rows.problems.append(table.problem(row[0], head, words))
        elif has_id or form.repeated == "drop":
            found_rows.passed_over.append(PassedOver(row[0], f"{REPEATS} line {line}"))
        else:
            way = "" if own_heads else "name what tells rows apart with --column id=HEAD, or "
            words = f"the row repeats line {line} in every cell: {way}say --repeated count or --repeated drop"
            found_rows.problems.append(table.problem(row[0], head, words))


def days_of_undated(
    day_by_line: Mapping[int, dt.date], undated_lines: Sequence[int]
) -> tuple[tuple[dt.date, dt.date], ...]:
    """From and until which day rows may be of which the day is not known: as those above and below them say.

    Where the days of a table neither rise nor fall from row to row, its neighbours do not tell: it may be of any.
    """
    lines = sorted(day_by_line)
    in_order = [day_by_line[line] for line in lines]
    steps = [later - earlier for earlier, later in pairwise(in_order)]
    no_days = dt.timedelta(0)
    falls = any(step < no_days for step in steps)
    if falls and any(step > no_days for step in steps):
        return ((dt.date.min, dt.date.max),) if undated_lines else ()
    first, last = (dt.date.max, dt.date.min) if falls else (dt.date.min, dt.date.max)
    bounded_days = [first, *in_order, last]
    places = [bisect_left(lines, line) for line in undated_lines]
    neighbours = [(bounded_days[place], bounded_days[place + 1]) for place in places]
    return tuple(sorted({(min(days), max(days)) for days in neighbours}))
