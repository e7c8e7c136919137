"""Durable studies: a database that keeps every finished replication, and from which an interrupted study goes on.

A study is a folder with one file, a database of SQLite. A replication is a row a frame, each a Parquet file with the
digest of its bytes; it is kept in one transaction. What is torn or damaged is not read, and the replication is run
again.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

import pandas as pd

from sim.model.ledger import Tables
from sim.runs.origin import origin
from sim.runs.replicate import Job, Purpose, Replication
from sim.runs.results import write_parquet
from sim.runs.study_file import FILE, StudyError, check_is_study, connected, held, plainly
from sim.scenario.schema import Scenario

TABLES = tuple(table.name for table in fields(Tables))
MEASURED = {Purpose.RESULTS: ("kpis", "published"), Purpose.FIT: ("published",), Purpose.WARMUP: ("days",)}
"""The frames that a replication has, by its purpose; replication 0 of results has its tables besides."""

ASKED = {"study", "calibration", "sweep", "sensitivity"}
"""Tables of a scenario that say how often it is run, what is fitted and what is moved, all outside of a replication."""

COLUMNS = "scenario, seed, versions, purpose, title, text"
SETTING = "scenario = ? AND seed = ? AND versions = ? AND purpose = ?"


@dataclass(frozen=True)
class Kept:
    """The replications of one scenario under one seed, run by one version for one purpose.

    Attributes
    ----------
    id
        Number of the setting, see `study_file.SCHEMA`.
    title, scenario
        Title of the scenario, and the digest of `scenario_text`.
    versions
        What ran it, see `origin`.
    current
        Whether that is what would run it now.
    whole, torn
        How many replications are there, and how many lack a part, or have a damaged one, and will be run again.
    size_mb
        Of their frames, 10⁶ bytes.
    """

    id: int
    title: str
    scenario: str
    seed: int
    purpose: str
    versions: dict[str, str]
    current: bool
    whole: int
    torn: int
    size_mb: float


@dataclass(frozen=True)
class Study:
    """A study that is held by this process."""

    folder: Path
    database: sqlite3.Connection
    versions: dict[str, str] = field(default_factory=origin)

    def read(self, job: Job) -> Replication | None:
        """The replication of a job, if it is there whole.

        Raises
        ------
        StudyError
            If the database is damaged.
        """
        with plainly(self.folder):
            row = self.database.execute(f"SELECT id FROM setting WHERE {SETTING}", self.setting(job)).fetchone()
            blobs = whole_parts(self.database, row[0], job.index) if row else {}
            if not is_whole(blobs, job.purpose, job.index):
                return None
            frames = {part: unpacked(blob) for part, blob in blobs.items()}
        tables = Tables(**{name: frames[name] for name in TABLES}) if TABLES[0] in frames else None
        return Replication(job.index, tables=tables, **{name: frames[name] for name in MEASURED[job.purpose]})

    def write(self, job: Job, replication: Replication) -> None:
        """Keep the replication of a job, whole or not at all.

        Raises
        ------
        StudyError
            If it cannot be written.
        """
        setting = self.setting(job)
        about = (*setting, job.scenario.title, scenario_text(job.scenario))
        blobs = {part: packed(frame) for part, frame in parts(replication).items()}
        with plainly(self.folder), self.database as database:
            database.execute(f"INSERT OR IGNORE INTO setting ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", about)
            database.executemany(
                f"INSERT OR REPLACE INTO frame SELECT id, ?, ?, ?, ? FROM setting WHERE {SETTING}",
                [(job.index, part, digest(blob), blob, *setting) for part, blob in blobs.items()],
            )

    def setting(self, job: Job) -> tuple[str, int, str, str]:
        """What a job has in common with the other replications of its scenario: the columns of `SETTING`."""
        return digest(scenario_text(job.scenario).encode()), job.seed, json.dumps(self.versions), job.purpose


@contextmanager
def opened(folder: Path) -> Iterator[Study]:
    """The study in a folder, which is made if it is missing; no other process may have it meanwhile.

    Raises
    ------
    StudyError
        If the folder holds anything else, another process has it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be made: {error.strerror}") from error
    with held(folder) as database:
        yield Study(folder, database)


def scenario_text(scenario: Scenario) -> str:
    """All of a scenario that has a say in a replication, as JSON: the same text, the same run.

    The order of its keys counts, as it is the order of the rows; what is asked of it does not, see `ASKED`.
    """
    return json.dumps(scenario.model_dump(mode="json", exclude=ASKED), ensure_ascii=False, separators=(",", ":"))


def digest(blob: bytes) -> str:
    """The first 80 bits of SHA-256, in hexadecimal digits."""
    return hashlib.sha256(blob).hexdigest()[:20]


def parts(replication: Replication) -> dict[str, pd.DataFrame]:
    """The frames of a replication by name; one without columns was not measured."""
    measured = {name: getattr(replication, name) for name in ("kpis", "published", "days")}
    tables = replication.tables
    whole = {name: getattr(tables, name) for name in TABLES} if tables is not None else {}
    return {name: frame for name, frame in measured.items() if len(frame.columns)} | whole


def packed(frame: pd.DataFrame) -> bytes:
    """A frame as the bytes of a Parquet file, with its categories: those of a column without rows would be lost."""
    noted = frame.copy(deep=False)
    noted.attrs = {"categories": {name: [*frame[name].cat.categories] for name in frame.select_dtypes("category")}}
    buffer = io.BytesIO()
    write_parquet(noted, buffer)
    return buffer.getvalue()


def unpacked(blob: bytes) -> pd.DataFrame:
    """The frame that `packed` was given."""
    frame = pd.read_parquet(io.BytesIO(blob))
    for name, categories in frame.attrs.pop("categories").items():
        frame[name] = frame[name].astype(pd.CategoricalDtype(pd.Index(categories)))
    return frame


def whole_parts(database: sqlite3.Connection, setting: int, index: int) -> dict[str, bytes]:
    """The frames of a replication by name, those only whose bytes are what their digests say."""
    wanted = "SELECT part, digest, parquet FROM frame WHERE setting = ? AND replication = ?"
    rows = database.execute(wanted, (setting, index)).fetchall()
    return {part: blob for part, stated, blob in rows if isinstance(blob, bytes) and digest(blob) == stated}


def is_whole(blobs: dict[str, bytes], purpose: Purpose, index: int) -> bool:
    """Whether no part of a replication is missing."""
    tables = TABLES if purpose == Purpose.RESULTS and index == 0 else ()
    return {*MEASURED[purpose], *tables} <= blobs.keys()


def kept(folder: Path) -> list[Kept]:
    """What lies in a study; every frame is read and checked.

    Raises
    ------
    StudyError
        If it is no study, or a damaged one.
    """
    check_is_study(folder)
    if not (folder / FILE).exists():
        return []
    with connected(folder) as database:
        return kept_in(folder, database)


def kept_in(folder: Path, database: sqlite3.Connection) -> list[Kept]:
    """What lies in the database of a study, a setting at a time."""
    with plainly(folder):
        wanted = "SELECT id, title, scenario, seed, purpose, versions FROM setting ORDER BY scenario, seed, id"
        return [kept_under(database, *row) for row in database.execute(wanted).fetchall()]


def kept_under(
    database: sqlite3.Connection, setting: int, title: str, scenario: str, seed: int, purpose: str, versions: str
) -> Kept:
    """The replications of a setting, read one at a time, so that whoever writes need not wait for us."""
    wanted = "SELECT replication, sum(length(parquet)) FROM frame WHERE setting = ? GROUP BY replication"
    sizes = dict(database.execute(wanted, (setting,)).fetchall())
    whole = sum(is_whole(whole_parts(database, setting, index), Purpose(purpose), index) for index in sizes)
    torn, size_mb = len(sizes) - whole, sum(sizes.values()) / 1e6
    ran = json.loads(versions)
    return Kept(setting, title, scenario, seed, purpose, ran, ran == origin(), whole, torn, size_mb)


def clear(folder: Path, everything: bool = False) -> list[Kept]:
    """Remove from a study what other versions ran, or everything; return what went.

    Raises
    ------
    StudyError
        If it is no study, or another process has it.
    """
    check_is_study(folder)
    with opened(folder) as study:
        removed = [about for about in kept_in(folder, study.database) if everything or not about.current]
        with plainly(folder), study.database as database:
            database.executemany("DELETE FROM setting WHERE id = ?", [(about.id,) for about in removed])
        return removed
