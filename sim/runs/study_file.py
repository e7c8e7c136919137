"""The file of a durable study: an ordinary one, of this format, and had by one process at a time.

The process that has a study holds a lock on its folder. A lock of SQLite's own would do as well, but would shut out
those who only ask how far a study has come.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sim.runs.folders import take_flock
from sim.scenario.files import Unreadable, check_ordinary
from sim.scenario.problems import CorridorError

FORMAT = 0x436F7202
"""What the header of the database says that it is: a study, Cor, in the second layout; the first was of folders."""

FILE, EARLIER = "study.sqlite", "study.json"
SIDE_FILES = tuple(f"{FILE}-{ending}" for ending in ("journal", "wal", "shm"))
"""Files that SQLite has beside a database, and opens by itself."""

SCHEMA = f"""
PRAGMA auto_vacuum = FULL; -- pages that are freed go back to the disk at once
PRAGMA journal_mode = WAL; -- a fifth of the waits for the disk that a rollback journal makes; readers stop nobody
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS setting (
    id INTEGER PRIMARY KEY, scenario TEXT, seed INTEGER, versions TEXT, purpose TEXT, title TEXT, text TEXT,
    UNIQUE (scenario, seed, versions, purpose)
);
CREATE TABLE IF NOT EXISTS frame (
    setting INTEGER REFERENCES setting ON DELETE CASCADE, replication INTEGER, part TEXT, digest TEXT, parquet BLOB,
    PRIMARY KEY (setting, replication, part)
);
CREATE TABLE IF NOT EXISTS holder (process TEXT);
PRAGMA application_id = {FORMAT};
COMMIT;
"""
"""A setting is what replications have in common: the scenario by its digest, the seed, what ran it, and what for."""

BUSY_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
DAMAGE_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
PATIENCE_S = 5.0
"""How long a process waits for another that reads or writes at the moment; ours do so for less than one."""

TRIES, PAUSE_S = 5, 0.1
"""Tries to get the lock, and the pause between them: one who only looks holds it for a moment."""


class StudyError(CorridorError):
    """A folder cannot be used as a study."""


def check_is_study(folder: Path) -> None:
    """Make sure that a folder holds a study in an ordinary file, or nothing yet.

    SQLite would follow a link to whatever lies there, and wait for ever for a writer to a pipe.

    Raises
    ------
    StudyError
        If it is missing, or holds anything else.
    """
    if not folder.is_dir():
        raise StudyError(f"{folder}: is not a folder" if folder.exists() else f"{folder}: there is no such folder")
    try:
        for path in (folder / name for name in (FILE, *SIDE_FILES)):
            if os.path.lexists(path):
                check_ordinary(path.lstat())
        if (folder / EARLIER).is_file():
            raise StudyError(f"{folder}: is a study of an earlier version, which this one cannot read; name another")
        if not (folder / FILE).exists() and any(folder.iterdir()):
            raise StudyError(f"{folder}: holds other files than a study; name another folder, or empty this one")
    except Unreadable as error:
        raise StudyError(f"{path}: {error}") from None
    except OSError as error:
        raise StudyError(f"{folder}: cannot be read: {error.strerror}") from error


@contextmanager
def hold_study(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database of a study, made if it is missing, to ourselves while the block lasts, however it ends.

    Raises
    ------
    StudyError
        If the folder holds anything else, another process has it, or it cannot be written.
    """
    if os.name != "posix":
        raise StudyError("this system has no flock, so that a study cannot be kept: leave the study out")
    check_is_study(folder)
    for _ in range(TRIES):
        handle = take_lock(folder)
        if handle is not None:
            break
        time.sleep(PAUSE_S)
    else:
        raise StudyError(f"{folder}: is in use by {holder_name(folder)}: wait until it ends, or name another folder")
    since = dt.datetime.now(dt.UTC).isoformat(" ", "seconds").replace("+00:00", " UTC")
    try:
        with connect(folder) as database:
            with plainly(folder), database:
                database.execute("DELETE FROM holder")
                database.execute(
                    "INSERT INTO holder VALUES (?)", (f"process {os.getpid()} on {platform.node()} since {since}",)
                )
            yield database
    finally:
        os.close(handle)


def holder(folder: Path) -> str | None:
    """Who has a study now, in words; None if nobody has."""
    handle = take_lock(folder)
    if handle is None:
        return holder_name(folder)
    os.close(handle)
    return None


def take_lock(folder: Path) -> int | None:
    """The lock of a study, which is ours until it is closed; None if another has it."""
    try:
        return take_flock(folder)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be opened: {error.strerror}") from error


def holder_name(folder: Path) -> str:
    """The process that has a study, as it says itself: its number, its host, and since when."""
    if not (folder / FILE).exists():
        return "another process"
    with connect(folder) as database, plainly(folder):
        return (database.execute("SELECT process FROM holder").fetchone() or ("another process",))[0]


@contextmanager
def connect(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database of a study, which is made if it is missing.

    Raises
    ------
    StudyError
        If it is damaged, or of another kind.
    """
    with plainly(folder):
        database = sqlite3.connect(folder / FILE, timeout=PATIENCE_S)
    with closing(database):
        with plainly(folder):
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("PRAGMA synchronous = FULL")
            if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                database.executescript(SCHEMA)
            # A trigger or a view of somebody's would act on whatever we ask.
            parts = database.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
            is_ours = {*parts} == {("table", name) for name in ("setting", "frame", "holder")}
            if not is_ours or database.execute("PRAGMA application_id").fetchone()[0] != FORMAT:
                raise StudyError(f"{folder / FILE}: is a database of something else, or a study of another version")
        yield database


@contextmanager
def plainly(folder: Path) -> Iterator[None]:
    """Say in words what a database cannot do, or holds that is none of ours."""
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in BUSY_CODES:
            raise StudyError(f"{folder / FILE}: another program has it open, and lets no one write") from error
        if isinstance(error, sqlite3.Error) and (code is None or code & 0xFF not in DAMAGE_CODES):
            raise StudyError(f"{folder / FILE}: cannot be read or written: {error}") from error
        raise StudyError(f"{folder / FILE}: is damaged, or no study: {error}; remove it to begin anew") from error
