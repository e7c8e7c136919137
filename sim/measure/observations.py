"""Observations out of a table of an office: what a measure was, row by row, and which rows were passed over, and why.

A row of which something is not known is passed over, and counted; a cell that cannot be read, a release before the
arrival, a row that stands twice are refused, each with its line: what they mean only the office can say.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from sim.measure.catalogue import kpi_name
from sim.measure.office_cells import (
    Moment,
    Unwritten,
    hours_in,
    is_gap,
    is_sum,
    moment_in,
    number_in,
    plain_text,
)
from sim.measure.office_forms import TableForm, cells_under, decimal_mark, order_of_days
from sim.measure.office_tables import OfficeTable, Row, office_table
from sim.scenario.calendar import time_zones, zone_named
from sim.scenario.problems import ArgumentError, Problem, ScenarioError, Spot, did_you_mean, how_many, listing, shown

ROLES = ("from", "until", "day", "value", "id")
"""What a column may hold: the moments from and until which a time runs, a day, a number, what tells rows apart."""

AMOUNTS = ("throughput_mt", "throughput_teu", "trains_delivered", "declarations", "border_container_trains")
"""Measures that add up over the days of a period: all others of which a table has rows are times, with a mean."""

UNITS = {
    "h": {"min": 1 / 60, "h": 1.0, "days": 24.0},
    "days": {"min": 1 / 1440, "h": 1 / 24, "days": 1.0},
    "Mt": {"t": 1e-6, "kt": 1e-3, "Mt": 1.0},
}
"""What a number of a table may be of, by the unit of the measure, and how many of that it is."""

MOST_TOLD = 20
"""Problems of a file that are told; a wrong order of days has one in every row."""


REPEATS = "repeats"


class Observation(NamedTuple):
    """One observation, in the unit of its measure; of a month if its grain says so; NaN where only the day is known."""

    line: int
    day: dt.date
    grain: Literal["month", "day", "minute"]
    value: float


class PassedOver(NamedTuple):
    """A row that is no observation, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class Observations:
    """What a table says of a measure: `rows` by line, `passed_over` by line; `file` is its name without folders."""

    kpi: str
    file: str
    rows: tuple[Observation, ...]
    passed_over: tuple[PassedOver, ...]

    @property
    def adds_up(self) -> bool:
        """Whether what was observed adds up over days, and is no time of single trains."""
        return adds_up(self.kpi)


def adds_up(kpi: str) -> bool:
    """Whether a measure adds up over the days of a period.

    Raises
    ------
    ArgumentError
        If a table has no rows of it: it is neither such a measure nor a time of single trains.
    """
    name = kpi_name(kpi)
    if name is not None and name.entry.quantiles and not name.quantile:
        return False
    if name is None or (kpi not in AMOUNTS and name.entry.name != "declarations_<regime>"):
        times = "clearance_h, border_dwell_h, passage_h, transit_days, journey_days"
        raise ArgumentError(f"a table observes times ({times}) or amounts ({', '.join(AMOUNTS)}), not {shown(kpi)}")
    return True


def observations(path: Path, form: TableForm, kpi: str) -> Observations:
    """What a table says of a measure.

    Raises
    ------
    ArgumentError
        If the form does not say what the measure needs.
    ScenarioError
        With what is wrong in the file: line, column, what was expected.
    """
    check_form(form, kpi)
    table = office_table(path, form.heads, form.sheet, form.encoding)
    passed_over: list[PassedOver] = []
    rows = [row for row in table.rows if is_counted(table, form, row, passed_over)]
    order = order_of_days(table, form, rows)
    mark = decimal_mark(table, form, rows)
    problems: list[Problem] = []
    by_line: dict[int, Observation] = {}
    for row in rows:
        try:
            by_line[row[0]] = observation_in(table, form, kpi, row, order, mark)
        except CellFault as fault:
            problems.append(table.problem(row[0], fault.head, fault.message))
    problems += repeated_rows(table, form, rows, passed_over)
    if problems:
        rest_told = [Problem(Spot(table.file), (), f"{how_many(len(problems) - MOST_TOLD, 'problem')} more")]
        problems = sorted(problems, key=lambda problem: problem.line or 0)
        raise ScenarioError([*problems[:MOST_TOLD], *(rest_told if len(problems) > MOST_TOLD else [])])
    twice = {entry.line for entry in passed_over if entry.why.startswith(REPEATS)}
    kept_rows = in_months([entry for line, entry in by_line.items() if line not in twice])
    if not adds_up(kpi):
        kept_rows = [entry for entry in kept_rows if not math.isnan(entry.value)]
    if all(math.isnan(entry.value) for entry in kept_rows):
        raise ScenarioError([Problem(Spot(table.file), (), "holds no observation below its heads")])
    return Observations(kpi, path.name, tuple(kept_rows), tuple(sorted(passed_over)))


class CellFault(Exception):
    """What is wrong with a cell under a head."""

    def __init__(self, head: str, message: str) -> None:
        super().__init__(message)
        self.head, self.message = head, message


def check_form(form: TableForm, kpi: str) -> None:
    """Make sure that a form says which columns a measure is read from.

    Raises
    ------
    ArgumentError
        If not.
    """
    sums, has = adds_up(kpi), {*form.columns}
    for role in has - {*ROLES}:
        raise ArgumentError(f"--column: {shown(role)} is nothing that a column holds: {', '.join(ROLES)}")
    if sums and ("day" not in has or has & {"from", "until"}):
        raise ArgumentError(f"{kpi} is read from a column `day`, and one `value` unless each row counts as one")
    is_span, is_value = {"from", "until"} <= has, "value" in has and bool(has & {"day", "until"})
    if not sums and (is_span == is_value or (is_span and "day" in has)):
        forms = "the moments `from` and `until`, or a `value` and the `day` on which it ended"
        raise ArgumentError(f"{kpi} is read from two columns: {forms}")
    units = UNITS.get(unit_of_kpi(kpi), {}) if "value" in has else {}
    if form.unit is not None and form.unit not in units:
        hint = f" is one of {', '.join(units)}" if units else ": no number here has a unit of its own"
        raise ArgumentError(f"--unit{hint} (got {shown(form.unit)})")
    if form.unit is None and unit_of_kpi(kpi) == "Mt" and "value" in has:
        raise ArgumentError(f"--unit: say what the numbers are: {', '.join(units)}")
    if form.zone is not None and form.zone not in time_zones():
        raise ArgumentError(f"--zone: there is no time zone {shown(form.zone)}{did_you_mean(form.zone, time_zones())}")


def unit_of_kpi(kpi: str) -> str:
    """The unit of a measure that a table observes."""
    name = kpi_name(kpi)
    return "" if name is None else name.entry.unit


def is_counted(table: OfficeTable, form: TableForm, row: Row, passed_over: list[PassedOver]) -> bool:
    """Whether a row is an observation of what is asked for; one of which something is not known is passed over."""
    line, cells = row
    for head, word in form.only.items():
        cell = cells[table.position(head)]
        if cell is None or plain_text(str(cell)).casefold() != plain_text(word).casefold():
            return False
    if is_sum(cells):
        passed_over.append(PassedOver(line, "a sum of other rows"))
        return False
    gaps = [role for role in form.columns if role != "id" and is_gap(cells_under(table, row, form.columns[role])[0])]
    if gaps:
        heads = listing(form.columns[role][0] for role in gaps)
        passed_over.append(PassedOver(line, f"nothing known of {heads}"))
    # of an amount its day remains: what it is a part of is not known whole
    return gaps in ([], ["value"])


def observation_in(table: OfficeTable, form: TableForm, kpi: str, row: Row, order: str, mark: str) -> Observation:
    """The observation of a row.

    Raises
    ------
    CellFault
        If a cell cannot be read, or the time runs backwards.
    """
    moments: dict[str, Moment] = {}
    for role, heads in form.moments.items():
        try:
            moments[role] = moment_in(cells_under(table, row, heads), order, table.epoch)
        except (Unwritten, OverflowError) as error:
            words = " ".join(str(cell) for cell in cells_under(table, row, heads) if cell is not None)
            raise CellFault(heads[0], f"{error} (got {shown(words)})") from None
    end = moments.get("until") or moments["day"]
    if "value" in form.columns:
        value = value_in(table, form, kpi, row, mark)
    elif "from" in moments:
        value = hours_between(form, moments["from"], moments["until"]) * UNITS[unit_of_kpi(kpi)]["h"]
    else:
        value = 1.0
    return Observation(row[0], end.at.date(), end.grain, value)


def value_in(table: OfficeTable, form: TableForm, kpi: str, row: Row, mark: str) -> float:
    """The number of a row, in the unit of its measure."""
    [head] = form.columns["value"]
    [cell] = cells_under(table, row, [head])
    units = UNITS.get(unit_of_kpi(kpi), {})
    hours = hours_in(cell) if "h" in units else None
    if is_gap(cell):
        return math.nan
    try:
        if hours is None and units and form.unit is None:
            raise Unwritten(f"is a number of which unit? say --unit {', '.join(units)}")
        value = number_in(cell, mark) * units.get(form.unit or "", 1.0) if hours is None else hours * units["h"]
    except Unwritten as error:
        raise CellFault(head, f"{error} (got {shown(cell if isinstance(cell, float | int) else str(cell))})") from None
    if value < 0:
        raise CellFault(head, f"must not be below zero (got {shown(str(cell))})")
    return value


def hours_between(form: TableForm, beginning: Moment, end: Moment) -> float:
    """Hours from one moment of a row to another."""
    heads = form.columns["until"]
    if {beginning.grain, end.grain} != {"minute"} and "minute" not in (beginning.grain, end.grain):
        raise CellFault(heads[0], f"must have a time of day beside its day, as {shown(form.columns['from'][0])}")
    ends = [moment.at for moment in (beginning, end)]
    if form.zone is not None:
        ends = [at if at.tzinfo else at.replace(tzinfo=zone_named(form.zone)) for at in ends]
    if len({at.tzinfo is None for at in ends}) > 1:
        raise CellFault(heads[0], "states a distance from UTC, and the other moment of the row none: say --zone")
    # two moments of one zone would be taken from each other by its clock, which may have been put back meanwhile
    first, last = (at.astimezone(dt.UTC) if at.tzinfo else at for at in ends)
    hours = (last - first).total_seconds() / 3600
    if hours < 0:
        raise CellFault(
            heads[0], f"lies before {shown(form.columns['from'][0])}: {beginning.at} to {end.at}, {hours:.2f} h"
        )
    return hours


def repeated_rows(
    table: OfficeTable, form: TableForm, rows: Sequence[Row], passed_over: list[PassedOver]
) -> Iterator[Problem]:
    """Rows that stand twice: passed over if a column tells rows apart, or that is asked for, else what is wrong."""
    own_heads = form.columns.get("id", ())
    lines: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {}
    for row in rows:
        whole_row = tuple(plain_text(str(cell)) for cell in row[1])
        key = tuple(plain_text(str(cell)) for cell in cells_under(table, row, own_heads)) if own_heads else whole_row
        if own_heads and any(is_gap(word) for word in key):
            continue
        line, first = lines.setdefault(key, (row[0], whole_row))
        if line == row[0] or form.repeated == "count":
            continue
        head = own_heads[0] if own_heads else form.heads[0]
        if first != whole_row and form.repeated != "drop":
            yield table.problem(row[0], head, f"stands in line {line} too, with other cells: {shown(key[0])}")
        elif own_heads or form.repeated == "drop":
            passed_over.append(PassedOver(row[0], f"{REPEATS} line {line}"))
        else:
            ways = "name what tells rows apart with --column id=HEAD, or say --repeated count or --repeated drop"
            yield table.problem(row[0], head, f"the row repeats line {line} in every cell: {ways}")


def in_months(rows: Sequence[Observation]) -> list[Observation]:
    """Observations, of months where each day is the first of a month, or each the last: so spreadsheets keep months."""
    days = {row.day for row in rows if row.grain == "day"}
    is_at_edge = all(day.day == 1 for day in days) or all((day + dt.timedelta(days=1)).day == 1 for day in days)
    if len(days) < 2 or not is_at_edge:
        return list(rows)
    return [row._replace(grain="month") if row.grain == "day" else row for row in rows]
