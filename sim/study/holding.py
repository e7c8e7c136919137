"""A folder held by one process at a time; the hold ends with the process, however it ends."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

LOCK = "lock"
TRIES = 5
PAUSE_S = 0.1
"""Between tries: one who only looks holds the lock for a moment."""


class StudyError(Exception):
    """A folder cannot be used as a study."""


@dataclass(frozen=True)
class Holder:
    """Who has a folder: process number, host, and since when (UTC)."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since}"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have a folder to ourselves while the block lasts.

    Raises
    ------
    StudyError
        If another process has it, or the system cannot lock files.
    """
    with lock_file(folder) as file:
        for _ in range(TRIES):
            if locked(file):
                break
            time.sleep(PAUSE_S)
        else:
            raise StudyError(
                f"{folder}: is in use by {named(file) or 'another process'}: wait until it ends, or name another folder"
            )
        now = dt.datetime.now(dt.UTC).isoformat(" ", "seconds").replace("+00:00", " UTC")
        file.truncate(0)
        file.write(json.dumps(asdict(Holder(os.getpid(), platform.node(), now))))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def holder(folder: Path) -> Holder | None:
    """Who has a folder now; None if nobody has.

    Raises
    ------
    StudyError
        If the lock cannot be opened.
    """
    if not (folder / LOCK).is_file():
        return None
    with lock_file(folder) as file:
        if locked(file):
            return None
        return named(file) or Holder(0, "?", "?")


def lock_file(folder: Path) -> IO[str]:
    """The lock of a folder, opened."""
    try:
        return (folder / LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise StudyError(f"{folder / LOCK}: cannot be opened: {error.strerror}") from error


def locked(file: IO[str]) -> bool:
    """Whether the lock is ours now; it is until the file is closed."""
    try:
        import fcntl
    except ImportError as error:
        raise StudyError("this system has no flock, so that a study cannot be kept: leave --study out") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def named(file: IO[str]) -> Holder | None:
    """The holder as the lock names it, if it does."""
    file.seek(0)
    try:
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None
