"""Statements: what a forecast said of a figure before it was published, kept as rows of a CSV file, and read back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.measure.catalogue import kpi_name
from sim.measure.chances import FEWEST_TRIALS
from sim.measure.own_figures import cell_value, figures_in
from sim.measure.statistics import FloatArray
from sim.scenario.files import Unreadable, header_complaint, is_plain_number, table_rows, text_of
from sim.scenario.problems import CorridorError, shown
from sim.scenario.reading.refusals import refusals
from sim.scenario.schema import Published
from sim.study.forecast.outcome import PERCENTILES

ABOUT = ("forecast", "made", "until", "name", "title", "kpi", "place", "flow", "start", "end", "source")
MEMBERS = "members"
COLUMNS = (*ABOUT, *PERCENTILES, MEMBERS)
MEASURE = ("kpi", "place", "flow", "start", "end")
"""What a statement and its outcome must say alike."""
DATES = ("made", "until", "start", "end")
DIGITS = 6
MOST = 1e15
"""Beyond this no measure lies; sums of squares of what lies within it can be told."""
ROUNDED = 2e-5
"""Share of the greatest member by which percentiles worked out from rounded members may differ from those written."""
OUTCOME = "low"
"""A column that tells a file of figures from one of questions, which are not published yet."""


class RegisterError(CorridorError, ValueError):
    """A register that cannot be read, or whose files do not go together."""

    outcome = "Nothing was written."


@dataclass(frozen=True, eq=False)
class Statement:
    """What a forecast said of one figure.

    `forecast` is whose it is, a scenario or a rule; `made` the day it was written down and `until` the day by which
    what it rests on was known. `members` are what worlds say, or the one number of a rule. `source` says what stands
    behind it: of worlds how many, seed and versions; of a rule a source line.
    """

    forecast: str
    made: dt.date
    until: dt.date
    name: str
    title: str
    kpi: str
    place: str
    flow: str
    start: dt.date
    end: dt.date
    source: str
    members: FloatArray

    @property
    def about(self) -> tuple[Any, ...]:
        """Whose it is, what it rests on and what it speaks of: of these there is one."""
        return self.forecast, self.until, self.name

    @property
    def percentiles(self) -> list[float]:
        """The percentiles of its members, as `PERCENTILES` names them; all alike of a single number."""
        return [float(value) for value in np.percentile(self.members, [*PERCENTILES.values()])]

    @property
    def row(self) -> list[str]:
        """Its cells."""
        numbers = [f"{value:.{DIGITS}g}" for value in self.percentiles] if len(self.members) > 1 else [""] * 7
        return [
            *(str(getattr(self, key)) for key in ABOUT),
            *numbers,
            " ".join(f"{value:.{DIGITS}g}" for value in self.members),
        ]


@dataclass(frozen=True, eq=False)
class Register:
    """The statements of a folder, and the figures published since, by name, as files state them."""

    statements: tuple[Statement, ...]
    outcomes: Mapping[str, Mapping[str, Any]]


def statements_text(statements: Iterable[Statement]) -> str:
    """Statements as a file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(statement.row for statement in statements)
    return text.getvalue()


def is_statements(path: Path) -> bool:
    """Whether a file holds statements, as its header says."""
    try:
        return MEMBERS in header_of(path)
    except RegisterError:
        return False


def header_of(path: Path) -> list[str]:
    """The first row of a CSV file.

    Raises
    ------
    RegisterError
        If it cannot be read, or has none.
    """
    try:
        header = next(table_rows(text_of(path)), (0, []))[1]
    except (Unreadable, csv.Error) as error:
        raise RegisterError(f"{path}: cannot be read: {error}") from None
    complaint = header_complaint(header)
    if complaint:
        raise RegisterError(f"{path}:1: {complaint}")
    return header


def read_register(folder: Path) -> Register:
    """All statements of a folder, and the outcomes of those that are published.

    Its CSV files are of three kinds, told by their headers: statements have `members`; figures are as
    `sim.measure.own_figures` reads them; questions have no numbers, and are passed over.

    Raises
    ------
    RegisterError
        If the folder has no statements, or a file of it cannot be read, or a figure or a statement stands in two files,
        or a statement speaks of another measure or other days than the figure of its name.
    ScenarioError
        If a file of figures is none.
    """
    if not folder.is_dir():
        raise RegisterError(f"{folder}: is no folder")
    statements: list[Statement] = []
    said_in: dict[tuple[Any, ...], str] = {}
    outcomes: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.csv")):
        header = header_of(path)
        if MEMBERS in header:
            statements += statements_in(path, header, said_in)
        elif OUTCOME in header:
            for line, name, row in outcomes_in(path):
                if name in outcomes:
                    raise RegisterError(f"{path}:{line}: name: {shown(name)} is in another file of the folder, too")
                outcomes[name] = row
    if not statements:
        raise RegisterError(f"{folder}: holds no statements of forecasts")
    for statement in statements:
        check_goes_with(statement, outcomes.get(statement.name))
    return Register(tuple(statements), outcomes)


def outcomes_in(path: Path) -> Iterator[tuple[int | None, str, dict[str, Any]]]:
    """The figures of a file, each sound by itself: the line, the name and the row.

    Raises
    ------
    RegisterError
        With file, line and column of what is wrong.
    ScenarioError
        If it is no table of figures.
    """
    rows, spots, problems = figures_in(path)
    for problem in problems:
        raise RegisterError(str(problem))
    for name, row in rows.items():
        line = spots["published", name].line
        try:
            figure = Published.model_validate(row)
        except ValidationError as error:
            for where, message in refusals(error, row):
                raise RegisterError(f"{path}:{line}: {''.join(f'{key}: ' for key in where)}{message}") from None
        if kpi_name(figure.kpi) is None:
            raise RegisterError(f"{path}:{line}: kpi: there is no KPI {shown(figure.kpi)}")
        yield line, name, row


def check_goes_with(statement: Statement, outcome: Mapping[str, Any] | None) -> None:
    """Make sure that a statement and its outcome are of one measure and of the same days.

    Raises
    ------
    RegisterError
        If they are not.
    """
    for key in MEASURE if outcome else ():
        said, published = str(getattr(statement, key)), str((outcome or {}).get(key, "all"))
        if said != published:
            raise RegisterError(
                f"{statement.forecast} of {statement.until}: {statement.name}: its {key} is {shown(said)}, and that "
                f"of the figure published {shown(published)}"
            )


def statements_in(path: Path, header: list[str], said_in: dict[tuple[Any, ...], str]) -> Iterator[Statement]:
    """The statements of a file, each of a forecast, day and figure once.

    Parameters
    ----------
    said_in
        Where each statement stands that was read before, by what it is about; those of the file are added.

    Raises
    ------
    RegisterError
        With file, line and column of what is wrong.
    """
    if header != [*COLUMNS]:
        raise RegisterError(f"{path}:1: the columns must be {', '.join(COLUMNS)}")
    lines = table_rows(text_of(path))
    next(lines)
    try:
        for line, cells in lines:
            if len(cells) != len(header):
                raise RegisterError(f"{path}:{line}: {len(header)} cells are needed, one a column (got {len(cells)})")
            row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
            for key, message in unreadable_cells(row):
                raise RegisterError(f"{path}:{line}: {key}: {message}")
            days: dict[str, Any] = {key: dt.date.fromisoformat(row[key]) for key in DATES}
            entry = Statement(**{key: row[key] for key in ABOUT} | days, members=np.array(row[MEMBERS].split(), float))
            for key, message in statement_complaints(entry, row):
                raise RegisterError(f"{path}:{line}: {key}: {message}")
            if entry.about in said_in:
                message = f"{shown(entry.name)} is said of twice, first in {said_in[entry.about]}"
                raise RegisterError(f"{path}:{line}: name: {message}")
            said_in[entry.about] = f"{path}:{line}"
            yield entry
    except csv.Error as error:
        raise RegisterError(f"{path}: is no CSV: {error}") from None


def unreadable_cells(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with single cells, by column."""
    for key in ABOUT:
        if not row[key]:
            yield key, "must not be empty"
        elif key in DATES:
            try:
                cell_value("start", row[key])
            except ValueError:
                yield key, f"must be a date such as 2025-07-01 (got {shown(row[key])})"
    if kpi_name(row["kpi"]) is None:
        yield "kpi", f"there is no KPI {shown(row['kpi'])}"
    numbers = row[MEMBERS].split()
    if not numbers or not all(is_plain_number(text) and abs(float(text)) <= MOST for text in numbers):
        yield MEMBERS, f"must be numbers up to {MOST:g} with a blank between them, one at least"
    elif 1 < len(numbers) < FEWEST_TRIALS:
        yield MEMBERS, f"must be the one number of a rule, or those of {FEWEST_TRIALS} worlds at least"


def statement_complaints(entry: Statement, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What of a statement does not go together: its days, and its percentiles with its members."""
    if entry.until > entry.made:
        yield "until", f"must not lie after the day on which it was made, {entry.made} (got {entry.until})"
    if entry.end <= entry.start:
        yield "end", f"must lie after the first day counted, {entry.start} (got {entry.end})"
    reach = ROUNDED * float(np.abs(entry.members).max())
    for key, expected in zip(PERCENTILES, entry.percentiles, strict=True):
        text = row[key]
        if len(entry.members) == 1 and text:
            yield key, f"must be empty where a rule says one number (got {shown(text)})"
        elif len(entry.members) > 1 and not (is_plain_number(text) and abs(float(text) - expected) <= reach):
            yield key, f"must be that of the members, {expected:.{DIGITS}g} (got {shown(text)})"
