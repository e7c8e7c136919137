"""Folders that a process is at work in, as others can see, and what a killed one left beside its folder."""

from __future__ import annotations

import errno
import glob
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

AT_FIRST_S = 1.0
"""A folder is made a moment before its maker can mark it."""


@contextmanager
def mark_busy(folder: Path) -> Iterator[None]:
    """While the block lasts, others can see that a process is at work in a folder, however it ends."""
    handle = take_flock(folder)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_abandoned(folder: Path) -> bool:
    """Whether a folder was made a while ago, and no process is at work in it; False where that cannot be told."""
    if time.time() - folder.stat().st_mtime < AT_FIRST_S:
        return False
    handle = take_flock(folder)
    if handle is not None:
        os.close(handle)
    return handle is not None


def take_flock(folder: Path) -> int | None:
    """A handle that holds a folder until it is closed; None if another has it, or the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
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
    above = next(path for path in Path(os.path.realpath(folder)).parents if os.path.lexists(path))
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{above} is not a folder")
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"nothing can be written in {above}")


def left_beside(folder: Path, ending: str) -> list[Path]:
    """Folders of such names beside a folder, the last moved first."""
    folders = [path for path in folder.parent.glob(f".{glob.escape(folder.name)}.*.{ending}") if path.is_dir()]
    folders = [path for path in folders if re.fullmatch("[0-9a-f]{8}", path.name.split(".")[-2])]
    return sorted(folders, key=lambda path: -path.stat().st_ctime_ns)


def remove_abandoned(folder: Path) -> None:
    """Remove what killed processes left beside a folder, half written or replaced; what one that lives has stays."""
    earlier = left_beside(folder, "earlier") if folder.exists() else []
    for leftover in [*left_beside(folder, "part"), *earlier]:
        if is_abandoned(leftover):
            shutil.rmtree(leftover, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Put back the earlier folder if a process was killed when it had moved it out of the way of a new one.

    What one that lives has moved is held by it, see `mark_busy`, and stays.
    """
    folder = Path(os.path.realpath(folder))
    if not folder.name or os.path.lexists(folder):
        return
    with suppress(OSError):
        for leftover in left_beside(folder, "earlier"):
            handle = take_flock(leftover)
            if handle is not None:
                try:
                    leftover.rename(folder)
                finally:
                    os.close(handle)
                return
