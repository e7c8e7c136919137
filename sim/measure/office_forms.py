"""How a table of an office is read: what is said of it, and what its columns tell of days and decimal marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.measure.office_cells import MARK_NAMES, ORDERS, hours_in, possible_marks, possible_orders
from sim.measure.office_tables import Cell, OfficeTable, Row
from sim.scenario.problems import ScenarioError, shown


@dataclass(frozen=True)
class TableForm:
    """What a table does not say of itself; None: the table tells, or is refused.

    Attributes
    ----------
    columns
        The heads of each role; of several the cells stand for one, as a day and a time.
    only
        Words by head: rows that have others there are of something else.
    unit, dates, decimal
        Unit of the numbers, order of day, month and year (`dmy`), decimal mark (`comma`).
    zone
        IANA name of the time zone of moments that state none.
    sheet, encoding
        See `office_table`.
    repeated
        Whether a row that stands twice counts twice: `count` or `drop`.
    """

    columns: Mapping[str, tuple[str, ...]]
    only: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    dates: str | None = None
    decimal: str | None = None
    zone: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    repeated: str | None = None

    @property
    def heads(self) -> list[str]:
        """All heads that are asked for, each once."""
        heads = [head for names in self.columns.values() for head in names]
        return list(dict.fromkeys([*heads, *self.only]))

    @property
    def moments(self) -> dict[str, tuple[str, ...]]:
        """The heads of moments by their role."""
        return {role: self.columns[role] for role in ("from", "until", "day") if role in self.columns}


def cells_under(table: OfficeTable, row: Row, heads: Sequence[str]) -> list[Cell]:
    """The cells of a row under some heads."""
    return [row[1][table.position(head)] for head in heads]


def order_of_days(table: OfficeTable, form: TableForm, rows: Sequence[Row]) -> str:
    """The order of day, month and year in a table, in which each of its days makes a date.

    Raises
    ------
    ScenarioError
        If no order does, or several do, which give other days.
    """
    if form.dates is not None:
        return form.dates
    orders, unsure = {*ORDERS}, None
    for row in rows:
        for heads in form.moments.values():
            [first, *_] = cells_under(table, row, heads)
            possible = possible_orders(first)
            if not possible:
                continue  # it shows its order, or is no day in any: that is told with the cell
            if not orders & possible:
                message = f"is a day in another order than those above it (got {shown(first)}): say --dates with one of"
                raise ScenarioError([table.problem(row[0], heads[0], f"{message} {', '.join(ORDERS)}")])
            orders &= possible
            unsure = unsure or ((row[0], heads[0], first) if len(possible) > 1 else None)
    if unsure and len(orders) > 1:
        line, head, first = unsure
        ways = " or ".join(f"--dates {order}" for order in sorted(orders))
        message = f"{shown(first)} may be one day or another, and no cell of the column tells: say {ways}"
        raise ScenarioError([table.problem(line, head, message)])
    return next(order for order in ORDERS if order in orders)


def decimal_mark(table: OfficeTable, form: TableForm, rows: Sequence[Row]) -> str:
    """The decimal mark of the numbers of a table.

    Raises
    ------
    ScenarioError
        If no mark makes numbers of them all, or both do, and other numbers.
    """
    if form.decimal is not None:
        return next(mark for mark, name in MARK_NAMES.items() if name == form.decimal)
    marks, unsure = {*MARK_NAMES}, None
    for row in rows:
        for head in form.columns.get("value", ()):
            [cell] = cells_under(table, row, [head])
            possible = possible_marks(cell) if isinstance(cell, str) and hours_in(cell) is None else set()
            if not possible:
                continue  # a number of a workbook, or none at all: that is told with the cell
            if not marks & possible:
                message = f"has another decimal mark than the numbers above it (got {shown(cell)})"
                raise ScenarioError([table.problem(row[0], head, message)])
            marks &= possible
            unsure = unsure or ((row[0], head, cell) if len(possible) > 1 and {*str(cell)} & {*MARK_NAMES} else None)
    if unsure and len(marks) > 1:
        line, head, cell = unsure
        message = f"{shown(cell)} may be more than a thousand or a fraction, and no cell of the column tells"
        raise ScenarioError([table.problem(line, head, f"{message}: say --decimal comma or --decimal point")])
    return min(marks, key=lambda mark: mark == ",")
