"""A folder held by one process at a time; the hold ends with the process, however it ends."""

from __future__ import annotations

import datetime as dt
import errno
import glob
import json
import os
import platform
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from sim.scenario.errors import CorridorError

LOCK = "lock"
TRIES = 5
PAUSE_S = 0.1
"""Between tries: one who only looks holds the lock for a moment."""
AT_FIRST_S = 1.0
"""A folder is made a moment before its maker can mark it."""


class StudyError(CorridorError):
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


@contextmanager
def marked(folder: Path) -> Iterator[None]:
    """While the block lasts, others can see that a process is at work in a folder, however it ends."""
    handle = flocked(folder)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_abandoned(folder: Path) -> bool:
    """Whether a folder was made a while ago, and no process is at work in it; False where that cannot be told."""
    if time.time() - folder.stat().st_mtime < AT_FIRST_S:
        return False
    handle = flocked(folder)
    if handle is not None:
        os.close(handle)
    return handle is not None


def flocked(folder: Path) -> int | None:
    """A handle that holds a folder until it is closed; None if another has it, or the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def check_writable(folder: Path) -> None:
    """Make sure that a folder can be made, or replaced, in the innermost folder above it that is there.

    Raises
    ------
    OSError
        If nothing can be written there, or a file stands in the way.
    """
    above = next(each for each in Path(os.path.realpath(folder)).parents if os.path.lexists(each))
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{above} is not a folder")
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"nothing can be written in {above}")


def beside(folder: Path, ending: str = "part") -> Path:
    """A new name beside a folder."""
    return folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.{ending}")


def left_beside(folder: Path, ending: str) -> list[Path]:
    """Folders of such names beside a folder, the last moved first."""
    found = [each for each in folder.parent.glob(f".{glob.escape(folder.name)}.*.{ending}") if each.is_dir()]
    found = [each for each in found if re.fullmatch("[0-9a-f]{8}", each.name.split(".")[-2])]
    return sorted(found, key=lambda each: -each.stat().st_ctime_ns)


def remove_abandoned(folder: Path) -> None:
    """Remove what killed processes left beside a folder, half written or replaced; what one that lives has stays."""
    replaced = left_beside(folder, "earlier") if folder.exists() else []
    for left in [*left_beside(folder, "part"), *replaced]:
        if is_abandoned(left):
            shutil.rmtree(left, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Put back the earlier folder if a process was killed when it had moved it out of the way of a new one.

    What one that lives has moved is held by it, see `marked`, and stays.
    """
    folder = Path(os.path.realpath(folder))
    if not folder.name or os.path.lexists(folder):
        return
    with suppress(OSError):
        for left in left_beside(folder, "earlier"):
            handle = flocked(left)
            if handle is not None:
                try:
                    left.rename(folder)
                finally:
                    os.close(handle)
                return
