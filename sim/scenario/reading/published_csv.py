"""Published figures of one's own, from a CSV file of the form in which results list theirs."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, shown
from sim.scenario.reading.files import Unreadable, text_of
from sim.scenario.reading.read import Reading, scenario_from, spot_of

NECESSARY = ("name", "title", "fact", "used_for", "kpi", "start", "end", "low", "high")
OPTIONAL = ("place", "flow", "value")
OF_RESULTS = ("mean", "ci_low", "ci_high", "replications", "verdict")
"""Columns that `published.csv` of results has too; they are passed over."""

NUMBERS = ("value", "low", "high")
DATES = ("start", "end")

Rows = dict[str, dict[str, Any]]


def with_figures(reading: Reading, path: Path) -> Reading:
    """A scenario held against the figures of a CSV file instead of its own.

    Its header names the columns name, title, fact, used_for (calibration or validation), kpi, start, end (first day
    counted, first day no longer counted), low and high (the band); optional are place, flow and value. The same columns
    as in `published.csv` of results, whose others are passed over.

    Raises
    ------
    ScenarioError
        With everything wrong in the file: file and line, column, what was expected.
    """
    rows, spots = figures_in(path)
    data = {key: value for key, value in reading.resolved.items() if key != "calibration"} | {"published": rows}
    scenario, complaints = scenario_from(data)
    if complaints or scenario is None:
        raise ScenarioError(
            [Problem(spot_of(where, spots, str(path)), where[2:], message) for where, message in complaints]
        )
    return replace(reading, scenario=scenario, resolved=data, spots={**reading.spots, **spots})


def figures_in(path: Path) -> tuple[Rows, dict[tuple[str | int, ...], Spot]]:
    """The rows of a file by name, and where each cell stands.

    Raises
    ------
    ScenarioError
        If it cannot be read as such a table.
    """
    try:
        text = text_of(path)
    except Unreadable as error:
        raise ScenarioError([Problem(Spot(str(path)), (), str(error))]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: Rows = {}
    spots: dict[tuple[str | int, ...], Spot] = {}
    problems: list[Problem] = []
    try:
        header = next(reader, [])
        check_header(header, path)
        for cells in reader:
            spot = Spot(str(path), reader.line_num)
            if any(cells):
                row, complaints = figure_row(header, cells, rows)
                problems += [Problem(spot, where, message) for where, message in complaints]
                name = row.pop("name", "")
                rows[name] = row
                spots |= {("published", name, key): spot for key in (*NECESSARY, *OPTIONAL)}
                spots["published", name] = spot
    except csv.Error as error:
        problems.append(Problem(Spot(str(path), reader.line_num), (), f"is no CSV: {error}"))
    if not rows and not problems:
        problems.append(Problem(Spot(str(path), 1), (), "holds no figure below its header"))
    if problems:
        raise ScenarioError(problems)
    return rows, spots


def check_header(header: list[str], path: Path) -> None:
    """See that all columns are there, and no strange one.

    Raises
    ------
    ScenarioError
        If not.
    """
    spot, columns = Spot(str(path), 1), (*NECESSARY, *OPTIONAL, *OF_RESULTS)
    strange = [name for name in header if name not in columns]
    messages = [f"has no column {shown(name)}" for name in NECESSARY if name not in header]
    messages += [f"{shown(name)} is no column of published figures{did_you_mean(name, columns)}" for name in strange]
    messages += [
        f"has the column {shown(name)} twice"
        for name in sorted({column for column in header if header.count(column) > 1})
    ]
    if messages:
        raise ScenarioError([Problem(spot, (), message) for message in messages])


def figure_row(
    header: list[str], cells: list[str], earlier_rows: Rows
) -> tuple[dict[str, Any], list[tuple[tuple[str], str]]]:
    """One figure as in a scenario file, and what is wrong with its cells."""
    if len(cells) != len(header):
        return {}, [(("name",), f"{len(header)} cells are needed, one a column (got {len(cells)})")]
    row: dict[str, Any] = {}
    complaints = []
    for key, text in zip(header, (cell.strip() for cell in cells), strict=True):
        if key in OF_RESULTS or not text:
            continue
        try:
            row[key] = float(text) if key in NUMBERS else dt.date.fromisoformat(text) if key in DATES else text
        except ValueError:
            form = "a number" if key in NUMBERS else "a date such as 2025-07-01"
            complaints.append(((key,), f"must be {form} (got {shown(text)})"))
            row[key] = text
    complaints += list(missing(row, earlier_rows))
    return row, complaints


def missing(row: dict[str, Any], earlier_rows: Rows) -> Iterator[tuple[tuple[str], str]]:
    """Cells that must not be empty, and a name that is there already."""
    for key in NECESSARY:
        if key not in row:
            yield (key,), "must not be empty"
    if row.get("name") in earlier_rows:
        yield ("name",), f"{shown(row['name'])} is there already, in a line above"
