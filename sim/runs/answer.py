"""What every study returns: tables, what they rest on, and the scenario they are of; as a folder, and read back."""

from __future__ import annotations

import csv
import io
import json
import platform
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.metadata import metadata, version
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd

from sim.measure.published import facts_in
from sim.runs.asked import digest
from sim.runs.folders import DISTRIBUTION, FORMAT, ResultsError, manifest_in, read_manifest, writing
from sim.runs.own_files import NO_DIGESTS, check_digests, text_digests
from sim.runs.shapes import check_tables
from sim.scenario.arguments import checked, quoted
from sim.scenario.choices import facts_cited
from sim.scenario.facts import LEDGER, Fact, write_facts
from sim.scenario.files import Unreadable, is_plain_number, new_text, text_of, write_text
from sim.scenario.problems import ArgumentError, CorridorError, how_many
from sim.scenario.reading.opening import ledger_of
from sim.scenario.reading.overrides import plain_value, to_toml
from sim.scenario.reading.read import Reading, read
from sim.scenario.schema import Scenario

SIGNIFICANT = "%.6g"
FEW = 6
"""Rows that a notebook shows of a table."""
NO_FACTS: Mapping[str, Fact] = MappingProxyType({})


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Answer:
    """What a study came to; a class of its own for each kind of study, which names what its views ask for.

    Attributes
    ----------
    kind
        The study, by the word of its command: run, compare, sweep, forecast, ladder, target, calibrate,
        observe, warmup; match of a calibration by worlds.
    name
        Name of the scenario, and by default of the folder.
    scenario, resolved
        The scenario as asked about, and the plain table it was read from.
    manifest
        What the answer rests on, see `basis`, and what was asked; plain data, as JSON has it.
    frames
        The tables, by the stems of their files.
    facts
        The published facts that the scenario cites, by id; a folder keeps them as `sources.csv`.
    folder
        Where it was read from.
    """

    kind: ClassVar[str]

    name: str
    scenario: Scenario
    resolved: dict[str, Any]
    manifest: dict[str, Any]
    frames: Mapping[str, pd.DataFrame]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    folder: Path | None = None

    def __repr__(self) -> str:
        # A notebook shows it of every last line; the tables in full would be thousands of words there.
        rows = ", ".join(f"{stem} of {len(frame):,} rows" for stem, frame in self.frames.items() if len(frame))
        number = how_many(self.manifest["replications"], "replication")
        return f"<{type(self).__name__} of {self.subject}: {number}, seed {self.manifest['seed']}; {rows}>"

    @property
    def subject(self) -> str:
        """What its line says that it is of."""
        return self.name

    def check(self) -> None:
        """Make sure that what was read from a folder goes together, as far as its study can tell.

        Raises
        ------
        Damaged
            If it does not.
        """

    def save(self, folder: str | Path) -> Path:
        """Write it to a folder, which is replaced whole or not at all, as a command does, but for the figures.

        Python warns where results of another scenario are replaced.

        Raises
        ------
        ResultsError
            If the folder holds anything but results, or cannot be written.
        ArgumentError
            If it is no path.
        """
        if not isinstance(folder, str | Path):
            raise ArgumentError(f"save: folder must be a name or a path (got {quoted(folder)})")
        earlier = manifest_in(Path(folder))
        if "format" in earlier and earlier.get("scenario_sha256") != self.manifest["scenario_sha256"]:
            what = f"the {earlier.get('study', 'run')} of another scenario, {earlier.get('scenario', 'without a name')}"
            warnings.warn(f"{folder}: {what}, is replaced", stacklevel=2)
        with writing(Path(folder)) as temporary:
            self.write_files(temporary, Path(folder))
        return Path(folder)

    def write_files(self, temporary: Path, folder: Path) -> None:
        """Write scenario.toml, sources.csv, manifest.json and the tables into `temporary`, which becomes `folder`."""
        write_scenario(self, temporary)
        write_frames(self, temporary)

    def _repr_html_(self) -> str:
        """What a notebook shows of it: its line, and its first rows."""
        rows = self.first_rows.to_html(index=False, float_format="{:.4g}".format, na_rep="")
        return f"<p>{escape(repr(self))}</p>{rows}"

    @property
    def first_rows(self) -> pd.DataFrame:
        """A few rows, to begin with."""
        return next(iter(self.frames.values())).head(FEW)

    @property
    def reading(self) -> Reading:
        """The scenario as its views look up keys in it; the files it was read from are not known."""
        return Reading(self.name, self.scenario, self.resolved, (), {})


A = TypeVar("A", bound=Answer)


def basis(
    kind: str, about: Mapping[str, Any], *, seed: int, replications: int, level: float, **request: Any
) -> dict[str, Any]:
    """A manifest.

    Parameters
    ----------
    about
        As from `answering`.
    asked
        What was asked of the study, and what it says that stands in no table.
    """
    manifest = {
        "format": FORMAT,
        "study": kind,
        "scenario": about["name"],
        "scenario_sha256": digest(about["resolved"]),
        "seed": seed,
        "replications": replications,
        "level": level,
        "versions": versions(),
        "facts": len(about["facts"]),
        **request,
    }
    return {key: plain_value(value) for key, value in manifest.items()}


def answering(reading: Reading) -> dict[str, Any]:
    """The fields of an answer that come from its scenario as read.

    Raises
    ------
    LedgerError
        If the ledger of facts beside it cannot be read.
    """
    facts = facts_cited(reading.resolved, ledger_of(reading))
    return {"name": reading.name, "scenario": reading.scenario, "resolved": reading.resolved, "facts": facts}


@checked
def cite() -> str:
    """What to cite when results are shown: the package as it is installed."""
    about = metadata(DISTRIBUTION)
    return f"{about['Author']}: Corridor Simulator, version {about['Version']}. {about['Summary']}. Computer program."


def versions() -> dict[str, str]:
    """Versions that results depend on."""
    packages = {name: version(name) for name in (DISTRIBUTION, "numpy", "pandas", "simpy", "tzdata")}
    return packages | {"python": platform.python_version()}


def write_scenario(answer: Answer, folder: Path) -> None:
    """Write scenario.toml, and the facts it cites as sources.csv, into an existing folder."""
    write_facts(answer.facts, folder / LEDGER)
    write_text(folder / "scenario.toml", to_toml(answer.resolved))


def write_frames(answer: Answer, folder: Path, digests: Mapping[str, str] = NO_DIGESTS) -> None:
    """Write the tables as CSV, and manifest.json, into an existing folder.

    The manifest says what each table holds, and has a digest of each that lies there, so that damage is seen; those of
    tables that are no text are given.
    """
    for stem, frame in answer.frames.items():
        write_csv_table(frame, folder / f"{stem}.csv")
    shapes = {
        stem: {"rows": len(frame), "columns": {str(name): cell_kind(frame[name]) for name in frame}}
        for stem, frame in answer.frames.items()
    }
    texts = sorted(path.name for path in folder.glob("*.csv"))
    contents = {"tables": shapes, "sha256": {**text_digests(folder, texts), **digests}}
    text = json.dumps(answer.manifest | contents, indent=2, ensure_ascii=False) + "\n"
    write_text(folder / "manifest.json", text)


def write_csv_table(frame: pd.DataFrame, path: Path, digits: str = SIGNIFICANT) -> None:
    """Write a table as CSV."""
    with new_text(path) as file:
        frame.to_csv(file, index=False, float_format=digits, lineterminator="\n")


def cell_kind(column: pd.Series[Any]) -> str:
    """What the cells of a column are: whole numbers, numbers, yes or no, words, or words and numbers mixed."""
    if pd.api.types.is_bool_dtype(column):
        return "bool"
    if pd.api.types.is_integer_dtype(column):
        return "int"
    if pd.api.types.is_float_dtype(column):
        return "float"
    if isinstance(column.dtype, pd.StringDtype):  # of words alone, or with cells of nothing
        return "mixed" if column.hasnans else "text"
    return "text" if all(isinstance(cell, str) for cell in column) else "mixed"


def any_cell(text: str) -> Any:
    """A cell of a mixed column."""
    if text in ("", "True", "False"):
        return {"": None, "True": True, "False": False}[text]
    if not is_plain_number(text) and text not in ("nan", "inf", "-inf"):
        return text
    try:
        return int(text)
    except ValueError:
        return float(text)


FROM_TEXT: dict[str, Callable[[Sequence[str]], Any]] = {
    "bool": lambda cells: pd.array([text == "True" if text else None for text in cells], dtype="boolean"),
    "int": lambda cells: np.array([int(text) for text in cells], np.int64),
    "float": lambda cells: np.array([float(text or "nan") for text in cells]),
    "text": lambda cells: pd.Series(cells, dtype=str),
    "mixed": lambda cells: pd.Series([any_cell(text) for text in cells], dtype=object),
}
"""What makes a column of the texts of its cells, by what these are."""


def read_frame(path: Path, shape: Mapping[str, Any]) -> pd.DataFrame:
    """A table as `write_frames` wrote it: a word stays a word, though it look like a number or a missing value.

    Raises
    ------
    ValueError
        If its rows or columns are not those that the manifest names.
    """
    try:
        # Not by pandas, which takes ten times as long for a table of some rows: most of a study are such.
        lines = csv.reader(io.StringIO(text_of(path), newline=""), strict=True)
        header, *rows = [cells for cells in lines if cells] or [[]]
    except Unreadable as error:
        raise ValueError(f"{path.name} {error}") from None
    except csv.Error as error:
        raise ValueError(f"{path.name}: {error}") from None
    widths = {len(header), *map(len, rows)}
    if header != list(shape["columns"]) or len(widths) > 1 or len(rows) != shape["rows"]:
        raise ValueError(f"{path.name} is not whole")
    columns = [*zip(*rows, strict=True)] or [()] * len(header)
    cells_by_kind = zip(shape["columns"].items(), columns, strict=True)
    try:
        return pd.DataFrame({name: FROM_TEXT[kind](cells) for (name, kind), cells in cells_by_kind})
    except OverflowError:
        raise ValueError(f"{path.name} has a number of too many digits") from None


def read_scenario(folder: Path, manifest: Mapping[str, Any]) -> Reading:
    """The scenario that lies in a folder.

    Raises
    ------
    ResultsError
        If it is not that of the manifest.
    ScenarioError
        If it cannot be read.
    """
    reading = read(folder / "scenario.toml", follow=False)
    if digest(reading.resolved) != manifest["scenario_sha256"]:
        raise ResultsError(f"{folder / 'scenario.toml'}: is not the scenario of these results any more")
    return reading


def plain_name(stem: str) -> str:
    """The stem of the file of a table.

    Raises
    ------
    ValueError
        If it would lead out of the folder, also when the table is written again.
    """
    if not re.fullmatch(r"\w+", stem):
        raise ValueError("its manifest has a table whose name is none")
    return stem


def read_answer(shape: type[A], folder: Path) -> A:
    """Read the answer of a study back; numbers are those of its CSV files, with six digits.

    Parameters
    ----------
    shape
        The class of the answer, which has no fields but those of `Answer`.

    Raises
    ------
    ResultsError
        If it is no folder of such a study, or a damaged one.
    """
    manifest = read_manifest(folder, (shape.kind,))
    try:
        tables = manifest["tables"]
        reading = read_scenario(folder, manifest)
        frames = {stem: read_frame(folder / f"{plain_name(stem)}.csv", table) for stem, table in tables.items()}
        check_tables(manifest, frames)
        answer = shape(
            name=manifest["scenario"],
            scenario=reading.scenario,
            resolved=reading.resolved,
            manifest=manifest,
            frames=frames,
            facts=facts_in(folder, reading.resolved, manifest.get("facts")),
            folder=folder,
        )
        answer.check()
        check_digests(folder, manifest)
        del manifest["tables"], manifest["sha256"]
        return answer
    except (OSError, ValueError, KeyError, TypeError, AttributeError, CorridorError) as error:
        raise ResultsError(f"{folder}: is damaged; run the study again: {error}") from error
