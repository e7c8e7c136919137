"""What a report is about: results in folders, tables of other studies beside them, and the inputs behind them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os.path import lexists
from pathlib import Path

import pandas as pd

from sim.runs.answer import Answer
from sim.runs.folders import ResultsError, read_manifest
from sim.runs.results import Results, load_run
from sim.scenario.choices import inputs_of
from sim.scenario.facts import Fact
from sim.scenario.files import Unreadable, text_of
from sim.scenario.reading.ranges import range_cells
from sim.scenario.sources import Figure
from sim.study.compare.answer import Contest, contest, load_contest, result_folders
from sim.study.compare.arms import CompareError
from sim.study.compare.compare import differences_from

FILES = ("ladder.csv", "effects.csv")
"""Tables that other studies leave, in a folder of results or in one of their own."""


@dataclass(frozen=True)
class Beside:
    """A table that lies in a folder of results: its heads and its rows, as text."""

    path: Path
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Subject:
    """What a report is about.

    Attributes
    ----------
    runs
        The results, at least one; each has a name of its own.
    differences
        For each result but the first its paired differences from the first, see `compare`; None where the two do not
        pair.
    problems
        Why, in words, where some do not pair.
    answer
        What is answered first: the comparison of all results, or of one result itself; None where some do not pair.
    beside
        Tables that lie in the folders, by what they are about: ladder (what binds, and what binds next), effects
        (what a difference is made of).
    """

    runs: tuple[Results, ...]
    differences: tuple[pd.DataFrame | None, ...]
    problems: tuple[str, ...]
    beside: dict[str, Beside]
    answer: Answer | None


def read_subject(folders: Sequence[Path]) -> Subject:
    """Read results, or comparisons that hold them, from folders; and the tables of other studies from theirs.

    Raises
    ------
    ResultsError
        If a folder holds neither, is damaged, or is a comparison whose results are gone, or if two of the results
        have the same name.
    """
    homes = [home for folder in folders for home in runs_in(folder)]
    is_comparison = len(folders) == 1 and len(homes) > 1
    answer: Answer | None = load_contest(folders[0]) if is_comparison else None
    runs = answer.results if isinstance(answer, Contest) else tuple(load_run(home) for home in homes)
    names = [run.name for run in runs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ResultsError(f"{folders[0]}: the results of {twice[0]} are given twice; a report shows each once")
    differences: list[pd.DataFrame | None] = []
    problems: list[str] = []
    for run in runs[1:]:
        try:
            differences.append(differences_from([runs[0], run]))
        except CompareError as error:
            differences.append(None)
            problems.append(str(error))
    if answer is None and not problems:
        answer = runs[0] if len(runs) == 1 else contest(runs)
    return Subject(runs, tuple(differences), tuple(problems), study_tables([*folders, *homes]), answer)


def holds_runs(folders: Sequence[Path]) -> bool:
    """Whether results of runs lie in any of some folders, in a comparison too.

    Raises
    ------
    ResultsError
        If one is no folder of a study.
    """
    return any(read_manifest(folder)["study"] in (Results.kind, Contest.kind) for folder in folders)


def runs_in(folder: Path) -> list[Path]:
    """The folder itself if it is of a run, those of the results of a comparison, none of another study.

    Raises
    ------
    ResultsError
        If it is no folder of a study, or the results of the comparison are gone.
    """
    manifest = read_manifest(folder)
    if manifest["study"] == Contest.kind:
        return result_folders(folder, manifest)[: len(manifest["comparison"])]
    return [folder] if manifest["study"] == Results.kind else []


def study_tables(folders: Sequence[Path]) -> dict[str, Beside]:
    """The tables of other studies in folders, the first of each kind, by what they are about.

    Raises
    ------
    ResultsError
        If one cannot be read.
    """
    tables: dict[str, Beside] = {}
    for path in (folder / name for folder in folders for name in FILES):
        if lexists(path):
            table = read_table(path)
            tables.setdefault(table.path.stem, table)
    return tables


def read_table(path: Path) -> Beside:
    """A CSV file as text.

    Raises
    ------
    ResultsError
        If it is empty, or a row has more or fewer values than there are heads.
    """
    try:
        lines = [tuple(line) for line in csv.reader(io.StringIO(text_of(path), newline="")) if line]
    except Unreadable as error:
        raise ResultsError(f"{path}: {error}") from error
    except csv.Error as error:
        raise ResultsError(f"{path}: cannot be read as a table: {error}") from error
    if not lines or any(len(line) != len(lines[0]) for line in lines):
        raise ResultsError(f"{path}: is no table: each row must have as many values as there are heads")
    return Beside(path, lines[0], tuple(lines[1:]))


@dataclass(frozen=True)
class Input:
    """A number or choice of a scenario as a row of the page; `range` is what it may be, `facts` are those it cites."""

    key: str
    value: str
    unit: str
    standing: str
    source: str
    range: str
    facts: tuple[Fact, ...]


def inputs(run: Results) -> list[Input]:
    """The inputs of a run, the assumed ones first."""
    ranges = range_cells(run.reading)
    rows = [as_input(figure, ranges(figure)[0]) for figure in inputs_of(run.resolved, run.facts)]
    order = {"assumed": 0, "unsourced": 1}
    return sorted(rows, key=lambda row: order.get(row.standing, 2))


def as_input(figure: Figure, range_text: str) -> Input:
    """A figure as a row."""
    standing = "recalled fact" if figure.recalled else figure.standing
    return Input(figure.key, figure.value, figure.unit, standing, figure.source, range_text, figure.facts)


def facts_behind(rows: list[Input]) -> Iterator[Fact]:
    """The facts that inputs cite, each once, by id."""
    by_id = {fact.id: fact for row in rows for fact in row.facts}
    yield from (by_id[name] for name in sorted(by_id))
