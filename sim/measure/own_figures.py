"""Published figures of one's own, from a CSV file of the form in which results list theirs."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from sim.measure.catalogue import kpi_name
from sim.measure.vocabulary import impossible
from sim.scenario.addresses import Address, sums_in, weights_of
from sim.scenario.files import Unreadable, header_complaint, is_plain_date, is_plain_number, table_rows, text_of
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, Problem, ScenarioError, Spot, did_you_mean, shown
from sim.scenario.reading.opening import ledger_of
from sim.scenario.reading.read import Reading, scenario_from, sorted_problems, spot_of
from sim.scenario.schema import Scenario
from sim.scenario.uses import used_twice
from sim.scenario.values import ALL

NECESSARY = ("name", "title", "fact", "used_for", "kpi", "start", "end", "low", "high")
OPTIONAL = ("place", "flow", "value", "basis", "sampled", "explained")
OF_RESULTS = ("mean", "ci_low", "ci_high", "replications", "verdict")
"""Columns that `published.csv` of results has too; they are passed over."""

NUMBERS = ("value", "low", "high")
DATES = ("start", "end")

UNPUBLISHED: Mapping[str, Any] = {"fact": "none yet", "used_for": "validation", "low": 0.0, "high": 0.0}
"""What a row has in place of the columns that a table of questions goes without: what is asked is not published yet."""

MOST_FIGURES = 2_000
"""Ten times as many as anybody has published; each is measured in every replication."""

Rows = dict[str, dict[str, Any]]


def with_figures(reading: Reading, path: Path, are_questions: bool = False) -> Reading:
    """A scenario held against the figures of a CSV file instead of its own.

    Its header names the columns name, title, fact, used_for (calibration or validation), kpi, start, end (first day
    counted, first day no longer counted), low and high (the band); optional are place, flow, value, basis, sampled and
    explained. The same columns as in `published.csv` of results, whose others are passed over. A row that rests on a
    fact which sets an input of the scenario, or is of its calibration, is of calibration, whatever the file says.

    Raises
    ------
    ScenarioError
        With everything wrong in the file: file and line, column, what was expected.
    """
    rows, spots, problems = figures_in(path, are_questions)
    for name in set_by_the_scenario(reading, rows, spots):
        rows[name] = {**rows[name], "used_for": "calibration"}
    data = {key: value for key, value in reading.resolved.items() if key != "calibration"} | {"published": rows}
    scenario, complaints = scenario_from(data)
    complaints += kpi_complaints(rows, complaints, reading.scenario)
    # A cell that could not be read stands in the data as its text, and what the schema says of that is no news.
    unread = {(problem.line, problem.path) for problem in problems}
    for where, message in complaints:
        problem = Problem(spot_of(where, spots, str(path)), where[2:], message)
        problems += [problem] if (problem.line, problem.path) not in unread else []
    if problems or scenario is None:
        raise ScenarioError(sorted_problems(problems, [str(path)]))
    return replace(reading, scenario=scenario, resolved=data, spots={**reading.spots, **spots})


def set_by_the_scenario(reading: Reading, rows: Rows, spots: Mapping[KeyPath, Spot]) -> list[str]:
    """The rows of validation whose figure sets an input of a scenario, or is one of its own of calibration."""
    # under names that no row of a file has, for both tables are looked at together
    own_names = {name: f"{name} of the scenario" for name in reading.scenario.published}
    own = {
        own_names[name]: row
        for name, row in reading.resolved.get("published", {}).items()
        if row["used_for"] == "calibration"
    }
    own_spots = {
        (where[0], own_names[str(where[1])], *where[2:]): spot
        for where, spot in reading.spots.items()
        if where[0] == "published" and len(where) > 1 and where[1] in own_names
    }
    # beside a value the ends of its band are no figure of the fact
    told = {
        name: {key: cell for key, cell in row.items() if "value" not in row or key not in ("low", "high")}
        for name, row in rows.items()
    }
    data = {**reading.resolved, "published": {**own, **told}}
    problems = used_twice(data, ledger_of(reading), {**reading.spots, **own_spots, **spots})
    return list(dict.fromkeys(str(problem.path[1]) for problem in problems))


def kpi_complaints(rows: Rows, complaints: Sequence[Complaint], scenario: Scenario) -> Iterator[Complaint]:
    """The KPIs that no run of a scenario can yield; what is wrong with the place or the flow is not said again."""
    wrong = {where for where, _ in complaints}
    for name, row in rows.items():
        paths = {key: ("published", name, key) for key in ("kpi", "place", "flow")}
        if "kpi" in row and (kpi_name(row["kpi"]) is None or not wrong & {*paths.values()}):
            yield from ((paths["kpi"], message) for message in unanswered(row, scenario))


def unanswered(row: dict[str, Any], scenario: Scenario) -> Iterator[str]:
    """Why no run can yield a measure that a row asks for, the first of them; of an unknown measure its name says it."""
    is_known = kpi_name(row["kpi"]) is not None
    flows = [word for weights in sums_in(row.get("flow", ALL)) for word in weights] if is_known else [ALL]
    places = weights_of(row.get("place", ALL)) if is_known else [ALL]
    messages = (impossible(Address(row["kpi"], place, flow), scenario) for place in places for flow in flows)
    yield from islice(filter(None, messages), 1)


def figures_in(path: Path, are_questions: bool = False) -> tuple[Rows, dict[KeyPath, Spot], list[Problem]]:
    """The rows of a file by name, where each cell stands, and what is wrong with single cells.

    Raises
    ------
    ScenarioError
        If it cannot be read as such a table, or has no row with a name.
    """
    try:
        text = text_of(path, follow=True)
    except Unreadable as error:
        raise ScenarioError([Problem(Spot(str(path)), (), str(error))]) from None
    lines = table_rows(text)
    rows: Rows = {}
    spots: dict[KeyPath, Spot] = {}
    problems: list[Problem] = []
    try:
        header = next(lines, (0, []))[1]
        unpublished = UNPUBLISHED if are_questions and not {*UNPUBLISHED, "value"} & {*header} else {}
        check_header([*header, *unpublished], path)
        for line, cells in lines:
            spot = Spot(str(path), line)
            row, complaints = figure_row(header, cells, rows, unpublished)
            problems += [Problem(spot, where, message) for where, message in complaints]
            name = row.pop("name", None)
            if name is not None and name not in rows:
                rows[name] = row
                spots |= {("published", name, key): spot for key in (*NECESSARY, *OPTIONAL)}
                spots["published", name] = spot
            if len(rows) > MOST_FIGURES:
                raise ScenarioError([Problem(spot, (), f"has more than {MOST_FIGURES:,} figures")])
    except csv.Error as error:
        problems.append(Problem(Spot(str(path)), (), f"is no CSV: {error}"))
    if not rows:
        raise ScenarioError(problems or [Problem(Spot(str(path), 1), (), "holds no figure below its header")])
    return rows, spots, problems


def check_header(header: list[str], path: Path) -> None:
    """See that all columns are there, and no strange one.

    Raises
    ------
    ScenarioError
        If not.
    """
    spot, columns = Spot(str(path), 1), (*NECESSARY, *OPTIONAL, *OF_RESULTS)
    complaint = header_complaint(header)
    if complaint:
        raise ScenarioError([Problem(spot, (), complaint)])
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
    header: list[str], cells: list[str], earlier_rows: Rows, unpublished: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[tuple[str], str]]]:
    """One figure as in a scenario file, and what is wrong with its cells."""
    if len(cells) != len(header):
        return {}, [(("name",), f"{len(header)} cells are needed, one a column (got {len(cells)})")]
    row: dict[str, Any] = dict(unpublished)
    complaints = []
    for key, text in zip(header, (cell.strip() for cell in cells), strict=True):
        if key in OF_RESULTS or not text:
            continue
        try:
            row[key] = cell_value(key, text)
        except ValueError:
            form = "a number" if key in NUMBERS else "a date such as 2025-07-01"
            complaints.append(((key,), f"must be {form} (got {shown(text)})"))
            row[key] = text
    complaints += list(missing(row, earlier_rows))
    return row, complaints


def cell_value(key: str, text: str) -> Any:
    """What a cell of a column holds; ValueError if it is not written as such."""
    if key in NUMBERS and is_plain_number(text):
        return float(text)
    if key in DATES and is_plain_date(text):
        return dt.date.fromisoformat(text)
    if key in (*NUMBERS, *DATES):
        raise ValueError(text)
    return text


def missing(row: dict[str, Any], earlier_rows: Rows) -> Iterator[tuple[tuple[str], str]]:
    """Cells that must not be empty, and a name that is there already."""
    for key in NECESSARY:
        if key not in row:
            yield (key,), "must not be empty"
    if row.get("name") in earlier_rows:
        yield ("name",), f"{shown(row['name'])} is there already, in a line above"
