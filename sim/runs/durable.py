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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sim.model.ledger import Tables
from sim.runs.columns import PARTS, TABLES, arrow_table, with_columns
from sim.runs.origin import origin
from sim.runs.replicate import Job, Purpose, Replication, scenario_text
from sim.runs.results import write_parquet
from sim.runs.study_file import FILE, StudyError, check_is_study, connect, hold_study, plainly
from sim.scenario.naming import why_not_made

FRAMES = {
    Purpose.RESULTS: ("kpis", "published"),
    Purpose.FIT: ("published",),
    Purpose.MATCH: ("published",),
    Purpose.TIMES: ("published",),
    Purpose.WARMUP: ("days",),
    Purpose.WORLD: ("kpis",),
}
"""The frames that a replication has, by its purpose; replication 0 of results has its tables besides."""

COLUMNS = "scenario, seed, versions, purpose, title, text"
SETTING = "scenario = ? AND seed = ? AND versions = ? AND purpose = ?"


@dataclass(frozen=True)
class Setting:
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
    complete: int
    incomplete: int
    size_mb: float


@dataclass(frozen=True)
class StudyStore:
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
            blobs = sound_parts(self.database, row[0], job.index) if row else {}
        if not is_complete(blobs, job.purpose, job.index):
            return None
        try:
            frames = {part: unpack(blob, part) for part, blob in blobs.items() if part in PARTS}
            engine = str(notes_in(blobs[FRAMES[job.purpose][0]])["engine"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None  # a stranger's bytes under their own digest are as good as none
        tables = Tables(**{name: frames[name] for name in TABLES}) if frames.keys() >= TABLES.keys() else None
        own_frames = {name: frames[name] for name in FRAMES[job.purpose]}
        kpis, published, days = (own_frames.get(name, pd.DataFrame()) for name in ("kpis", "published", "days"))
        return Replication(job.index, kpis, published, tables, days, engine)

    def write(self, job: Job, replication: Replication) -> None:
        """Keep the replication of a job, whole or not at all.

        Raises
        ------
        StudyError
            If it cannot be written.
        """
        setting = self.setting(job)
        about = (*setting, job.scenario.title, scenario_text(job.scenario))
        blobs = {part: pack(frame, replication.engine) for part, frame in parts(replication).items()}
        with plainly(self.folder), self.database as database:
            database.execute(f"INSERT OR IGNORE INTO setting ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", about)
            (number,) = database.execute(f"SELECT id FROM setting WHERE {SETTING}", setting).fetchone()
            stamped = [
                (number, job.index, part, stamp(number, job.index, part, blob), blob) for part, blob in blobs.items()
            ]
            database.executemany("INSERT OR REPLACE INTO frame VALUES (?, ?, ?, ?, ?)", stamped)

    def setting(self, job: Job) -> tuple[str, int, str, str]:
        """What a job has in common with the other replications of its scenario: the columns of `SETTING`."""
        # int: SQLite takes a whole number of numpy's for bytes, and would not find it again as a number
        return (
            short_digest(scenario_text(job.scenario).encode()),
            int(job.seed),
            json.dumps(self.versions),
            kept_for(job),
        )


def kept_for(job: Job) -> str:
    """The purpose of a job; of one that has some measures alone with a digest of their names."""
    return job.purpose if job.kpis is None else f"{job.purpose} {short_digest(' '.join(sorted(job.kpis)).encode())}"


@contextmanager
def open_study(folder: Path) -> Iterator[StudyStore]:
    """The study in a folder, which is made if it is missing; no other process may have it meanwhile.

    Raises
    ------
    StudyError
        If the folder holds anything else, another process has it, or it cannot be written.
    """
    if why := why_not_made(folder):
        raise StudyError(f"{folder}: cannot be made: {why}; name another")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be made: {error.strerror}") from error
    with hold_study(folder) as database:
        yield StudyStore(folder, database)


def stamp(setting: int, index: int, part: str, blob: bytes) -> str:
    """The digest of a frame and of whose it is: in the place of another it is as good as damaged."""
    return short_digest(f"{setting} {index} {part}\n".encode() + blob)


def short_digest(blob: bytes) -> str:
    """The first 80 bits of SHA-256, in hexadecimal digits."""
    return hashlib.sha256(blob).hexdigest()[:20]


def parts(replication: Replication) -> dict[str, pd.DataFrame]:
    """The frames of a replication by name; one without columns was not measured."""
    frames = {name: getattr(replication, name) for name in ("kpis", "published", "days")}
    tables = replication.tables
    complete = {name: getattr(tables, name) for name in TABLES} if tables is not None else {}
    return {name: frame for name, frame in frames.items() if len(frame.columns)} | complete


def pack(frame: pd.DataFrame, engine: str = "simpy") -> bytes:
    """A frame as the bytes of a Parquet file, with its categories: those of a column without rows would be lost.

    It says which engine played the replication, too.
    """
    copy = frame.copy(deep=False)
    categories = {name: [*frame[name].cat.categories] for name in frame.select_dtypes("category")}
    copy.attrs = {"categories": categories, "engine": engine}
    buffer = io.BytesIO()
    write_parquet(copy, buffer)
    return buffer.getvalue()


def unpack(blob: bytes, part: str) -> pd.DataFrame:
    """The frame that `pack` was given, by the name of its kind.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If it is none such.
    """
    table = arrow_table(io.BytesIO(blob), part, PARTS[part])
    frame = with_columns(table.to_pandas(), PARTS[part], part)
    for name in frame.select_dtypes("category"):  # words are read so; those that had no categories are words again
        frame[name] = frame[name].astype(frame[name].cat.categories.dtype)
    for name, categories in notes_in(blob)["categories"].items():
        kind = pd.CategoricalDtype(pd.Index(categories))
        if name not in PARTS[part] or not frame[name].isin(kind.categories).all():
            raise ValueError(f"{part}: '{name}' has other words than its categories")
        frame[name] = frame[name].astype(kind)
    return frame


def notes_in(blob: bytes) -> dict[str, Any]:
    """What `pack` noted beside a frame."""
    import pyarrow.parquet as pq

    about: dict[str, Any] = json.loads(pq.read_schema(io.BytesIO(blob)).metadata[b"pandas"])["attributes"]
    return about


def sound_parts(database: sqlite3.Connection, setting: int, index: int) -> dict[str, bytes]:
    """The frames of a replication by name, those only whose bytes, and place, are what their digests say."""
    query = "SELECT part, digest, parquet FROM frame WHERE setting = ? AND replication = ?"
    rows = database.execute(query, (setting, index)).fetchall()
    sound = [row for row in rows if isinstance(row[2], bytes) and stamp(setting, index, row[0], row[2]) == row[1]]
    return {part: blob for part, _, blob in sound}


def is_complete(blobs: dict[str, bytes], purpose: Purpose, index: int) -> bool:
    """Whether no part of a replication is missing."""
    tables = TABLES.keys() if purpose == Purpose.RESULTS and index == 0 else set()
    return {*FRAMES[purpose], *tables} <= blobs.keys()


def settings(folder: Path) -> list[Setting]:
    """What lies in a study; every frame is read and checked.

    Raises
    ------
    StudyError
        If it is no study, or a damaged one.
    """
    check_is_study(folder)
    if not (folder / FILE).exists():
        return []
    with connect(folder) as database:
        return settings_in(folder, database)


def settings_in(folder: Path, database: sqlite3.Connection) -> list[Setting]:
    """What lies in the database of a study, a setting at a time."""
    with plainly(folder):
        query = "SELECT id, title, scenario, seed, purpose, versions FROM setting ORDER BY scenario, seed, id"
        return [setting_of(database, *row) for row in database.execute(query).fetchall()]


def setting_of(
    database: sqlite3.Connection, setting: int, title: str, scenario: str, seed: int, purpose: str, versions: str
) -> Setting:
    """The replications of a setting, read one at a time, so that whoever writes need not wait for us."""
    try:
        ran = json.loads(versions)
    except (ValueError, RecursionError):
        ran = None
    if not (isinstance(ran, dict) and all(isinstance(word, str) for word in (title, scenario, *ran, *ran.values()))):
        raise ValueError("a title, a digest or a version is no text")
    if not isinstance(seed, int):
        raise ValueError("a seed is no whole number")
    query = "SELECT replication, sum(length(parquet)) FROM frame WHERE setting = ? GROUP BY replication"
    sizes = dict(database.execute(query, (setting,)).fetchall())
    kind = Purpose(purpose.partition(" ")[0])
    complete = sum(is_complete(sound_parts(database, setting, index), kind, index) for index in sizes)
    incomplete, size_mb = len(sizes) - complete, sum(sizes.values()) / 1e6
    return Setting(setting, title, scenario, seed, kind, ran, ran == origin(), complete, incomplete, size_mb)


def clear_study(folder: Path, clear_all: bool = False) -> list[Setting]:
    """Remove from a study what other versions ran, or everything; return what went.

    Raises
    ------
    StudyError
        If it is no study, or another process has it.
    """
    check_is_study(folder)
    with open_study(folder) as study:
        removals = [about for about in settings_in(folder, study.database) if clear_all or not about.current]
        with plainly(folder), study.database as database:
            database.executemany("DELETE FROM setting WHERE id = ?", [(about.id,) for about in removals])
        return removals
