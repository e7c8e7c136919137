"""Observations out of a table of an office: what a measure was, row by row, and which rows were passed over, and why.

A row of which something is not known is passed over, and counted; a cell that cannot be read, a release before the
arrival, a row that stands twice are refused, each with its line: what they mean only the office can say.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from sim.measure.catalogue import kpi_name
from sim.measure.office_cells import (
    Moment,
    Unwritten,
    hours_in,
    moment_in,
    number_in,
)
from sim.measure.office_forms import TableForm, cells_under, decimal_mark, order_of_days
from sim.measure.office_rows import REPEATS, PassedOver, days_of_undated, rows_found
from sim.measure.office_tables import OfficeTable, Row, office_table
from sim.scenario.calendar import time_zones, zone_named
from sim.scenario.problems import ArgumentError, Problem, ScenarioError, Spot, did_you_mean, how_many, shown

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

MOST_VALUE = 1e12
"""Most that a number of a table may be: the sum of all rows remains one."""

MOST_TOLD = 20
"""Problems of a file that are told; a wrong order of days has one in every row."""


class Observation(NamedTuple):
    """One observation, in the unit of its measure; of a month if its grain says so; NaN where only the day is known."""

    line: int
    day: dt.date
    grain: Literal["month", "day", "minute"]
    value: float


@dataclass(frozen=True)
class Observations:
    """What a table says of a measure.

    Attributes
    ----------
    file
        Its name without folders.
    rows, passed_over
        By line.
    undated_days
        From and until which day rows of an amount may be of which the day is not known.
    counts_rows
        Whether each row counts as one: a month without a row is one of nought then.
    """

    kpi: str
    file: str
    rows: tuple[Observation, ...]
    passed_over: tuple[PassedOver, ...]
    undated_days: tuple[tuple[dt.date, dt.date], ...] = ()
    counts_rows: bool = False

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
    found_rows = rows_found(table, form, adds_up(kpi))
    order = order_of_days(table, form, found_rows.rows)
    mark = decimal_mark(table, form, [row for row in found_rows.rows if row[0] not in found_rows.part_known])
    problems = list(found_rows.problems)
    moments: dict[int, Mapping[str, Moment]] = {}
    by_line: dict[int, Observation] = {}
    for row in found_rows.rows:
        try:
            moments[row[0]] = moments_in_row(table, form, row, order)
        except CellFault as fault:
            problems.append(table.problem(row[0], fault.head, fault.message))
    timed_roles = {role for entry in moments.values() for role, moment in entry.items() if moment.grain == "minute"}
    for row in found_rows.rows:
        try:
            if row[0] in moments:
                is_known = row[0] not in found_rows.part_known
                by_line[row[0]] = observation_in(
                    table, form, kpi, row, moments[row[0]], timed_roles, mark if is_known else ""
                )
        except CellFault as fault:
            problems.append(table.problem(row[0], fault.head, fault.message))
    refuse_problems(table, problems)
    twice = {entry.line for entry in found_rows.passed_over if entry.why.startswith(REPEATS)}
    rows = in_months([entry for line, entry in by_line.items() if line not in twice])
    if all(math.isnan(entry.value) for entry in rows):
        raise ScenarioError([Problem(Spot(table.file), (), "holds no observation below its heads")])
    undated_days = days_of_undated({line: entry.day for line, entry in by_line.items()}, found_rows.undated_lines)
    counts_rows = adds_up(kpi) and "value" not in form.columns
    return Observations(kpi, path.name, tuple(rows), tuple(sorted(found_rows.passed_over)), undated_days, counts_rows)


def refuse_problems(table: OfficeTable, problems: Sequence[Problem]) -> None:
    """Tell what is wrong in a table, by line.

    Raises
    ------
    ScenarioError
        If anything is.
    """
    if problems:
        rest_told = [Problem(Spot(table.file), (), f"{how_many(len(problems) - MOST_TOLD, 'problem')} more")]
        in_order = sorted(problems, key=lambda problem: problem.line or 0)
        raise ScenarioError([*in_order[:MOST_TOLD], *(rest_told if len(problems) > MOST_TOLD else [])])


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
    if sums and "value" not in has and kpi.startswith("throughput_"):
        raise ArgumentError(f"{kpi} is read from two columns, `day` and `value`: a row is no amount of it")
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


def moments_in_row(table: OfficeTable, form: TableForm, row: Row, order: str) -> dict[str, Moment]:
    """The moments of a row by their role.

    Raises
    ------
    CellFault
        If a cell cannot be read.
    """
    moments: dict[str, Moment] = {}
    for role, heads in form.moments.items():
        try:
            moments[role] = moment_in(cells_under(table, row, heads), order, table.epoch)
        except (Unwritten, OverflowError) as error:
            words = " ".join(str(cell) for cell in cells_under(table, row, heads) if cell is not None)
            raise CellFault(heads[0], f"{error} (got {shown(words)})") from None
    return moments


def observation_in(
    table: OfficeTable,
    form: TableForm,
    kpi: str,
    row: Row,
    moments: Mapping[str, Moment],
    timed_roles: set[str],
    mark: str,
) -> Observation:
    """The observation of a row, with a decimal mark; without one its value is not known.

    Raises
    ------
    CellFault
        If its number cannot be read, or its time runs backwards.
    """
    end = moments.get("until") or moments["day"]
    if not mark:
        value = math.nan
    elif "value" in form.columns:
        value = value_in(table, form, kpi, row, mark)
    elif "from" in moments:
        value = hours_between(form, moments, timed_roles) * UNITS[unit_of_kpi(kpi)]["h"]
    else:
        value = 1.0
    return Observation(row[0], end.at.date(), "day" if end.grain == "midnight" else end.grain, value)


def value_in(table: OfficeTable, form: TableForm, kpi: str, row: Row, mark: str) -> float:
    """The number of a row, in the unit of its measure."""
    [head] = form.columns["value"]
    [cell] = cells_under(table, row, [head])
    units = UNITS.get(unit_of_kpi(kpi), {})
    hours = hours_in(cell) if "h" in units else None
    try:
        if hours is None and units and form.unit is None:
            raise Unwritten(f"is a number of which unit? say --unit {', '.join(units)}")
        value = number_in(cell, mark) * units.get(form.unit or "", 1.0) if hours is None else hours * units["h"]
    except Unwritten as error:
        raise CellFault(head, f"{error} (got {shown(cell if isinstance(cell, float | int) else str(cell))})") from None
    if value < 0:
        raise CellFault(head, f"must not be below zero (got {shown(str(cell))})")
    if value > MOST_VALUE:
        raise CellFault(head, f"must be at most {MOST_VALUE:g} {unit_of_kpi(kpi)} (got {shown(str(cell))})")
    return value


def hours_between(form: TableForm, moments: Mapping[str, Moment], timed_roles: set[str]) -> float:
    """Hours from one moment of a row to the other; `timed_roles` are the roles whose columns hold times of day."""
    heads = form.columns["until"]
    for role in ("from", "until"):
        # 00:00 of a spreadsheet is a moment where the rest of its column is moments, and else a day
        if moments[role].grain != "minute" and (moments[role].grain != "midnight" or role not in timed_roles):
            day = moments[role].at.date()
            raise CellFault(form.columns[role][0], f"must have a time of day beside its day (got {day})")
    beginning, end = moments["from"], moments["until"]
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


def in_months(rows: Sequence[Observation]) -> list[Observation]:
    """Observations, of months where each day is the first of a month, or each the last: so spreadsheets keep months."""
    days = {row.day for row in rows if row.grain == "day"}
    is_at_edge = all(day.day == 1 for day in days) or all((day + dt.timedelta(days=1)).day == 1 for day in days)
    if len(days) < 2 or not is_at_edge:
        return list(rows)
    return [row._replace(grain="month") if row.grain == "day" else row for row in rows]
