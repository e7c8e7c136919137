"""What a report is about: results that lie in folders, and the tables of other studies beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.study.compare import CompareError, compare
from sim.study.results import Results, ResultsError, load, read_manifest

BESIDE = {"ladder": "ladder.csv", "sensitivity": "sensitivity.csv"}
"""Tables that other studies leave in a folder of results, by what they are about."""


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
    unpaired
        Why, in words, where some do not pair.
    beside
        Tables that lie in the folders, by the keys of `BESIDE`.
    """

    runs: tuple[Results, ...]
    differences: tuple[pd.DataFrame | None, ...]
    unpaired: tuple[str, ...]
    beside: dict[str, Beside]


def read_subject(folders: Sequence[Path]) -> Subject:
    """Read results, or comparisons that hold them, from folders.

    Raises
    ------
    ResultsError
        If a folder is no result folder, a damaged one, or a comparison whose results lie elsewhere; or if two of the
        results have the same name.
    """
    homes = [home for folder in folders for home in runs_in(folder)]
    runs = tuple(load(home) for home in homes)
    names = [run.name for run in runs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ResultsError(f"{folders[0]}: the results of {twice[0]} are given twice; a report shows each once")
    differences: list[pd.DataFrame | None] = []
    unpaired: list[str] = []
    for other in runs[1:]:
        try:
            differences.append(compare(runs[0], other))
        except CompareError as error:
            differences.append(None)
            unpaired.append(str(error))
    return Subject(runs, tuple(differences), tuple(unpaired), dict(tables_in([*folders, *homes])))


def runs_in(folder: Path) -> list[Path]:
    """The folder itself, or those of the two results if it is a comparison.

    Raises
    ------
    ResultsError
        If it is neither, or the results of the comparison lie elsewhere.
    """
    compared = read_manifest(folder).get("comparison")
    if compared is None:
        return [folder]
    homes = [folder / name for name in compared]
    missing = [home.name for home in homes if not (home / "manifest.json").is_file()]
    if missing:
        raise ResultsError(f"{folder}: does not hold the results of {missing[0]}; give the folders of both results")
    return homes


def tables_in(folders: Sequence[Path]) -> Iterator[tuple[str, Beside]]:
    """The tables of other studies in folders, the first of each kind.

    Raises
    ------
    ResultsError
        If one cannot be read.
    """
    for kind, name in BESIDE.items():
        path = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if path is not None:
            yield kind, read_table(path)


def read_table(path: Path) -> Beside:
    """A CSV file as text.

    Raises
    ------
    ResultsError
        If it is empty, or a row has more or fewer values than there are heads.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = [tuple(line) for line in csv.reader(file) if line]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ResultsError(f"{path}: cannot be read as a table: {error}") from error
    if not lines or any(len(line) != len(lines[0]) for line in lines):
        raise ResultsError(f"{path}: is no table: each row must have as many values as there are heads")
    return Beside(path, lines[0], tuple(lines[1:]))
