"""Result folders: which may be replaced, and how one comes into its place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.runs.locks import beside, check_writable, mark_busy, put_back, remove_abandoned
from sim.scenario.errors import CorridorError

UNSAFE = frozenset('/\\:*?"<>|')
LONGEST_NAME = 200


class ResultsError(CorridorError):
    """A folder cannot be read as results, or cannot take them."""


def result_folder(parent: Path, name: str) -> Path:
    """The folder of a scenario's results under `parent`.

    Raises
    ------
    ResultsError
        If the name cannot be that of a folder.
    """
    safe = name.isprintable() and not UNSAFE & set(name) and len(name.encode()) <= LONGEST_NAME
    if not safe or name != name.strip(" .") or not name:
        raise ResultsError(f"a scenario named {name!r} cannot name a folder: rename its file")
    return parent / name


def check_replaceable(folder: Path) -> None:
    """Make sure that results may be written to a folder: it is missing, empty, or holds results, and can be made.

    Raises
    ------
    ResultsError
        If it is anything else, or if nothing can be written where it is to lie.
    """
    put_back(folder)
    try:
        if folder.is_dir():
            if any(folder.iterdir()) and "format" not in manifest_in(folder):
                raise ResultsError(f"{folder}: holds other files than results; name another folder, or empty this one")
        elif os.path.lexists(folder):
            raise ResultsError(f"{folder}: is not a folder")
        check_writable(folder)
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be written: {error.strerror}") from error


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """A temporary folder to fill, which becomes `folder` when the block ends well; else it is removed.

    An earlier result stays whole until then.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    check_replaceable(folder)
    folder = folder.resolve()
    temporary = beside(folder)
    try:
        remove_abandoned(folder)
        temporary.mkdir(parents=True)
        with mark_busy(temporary):
            yield temporary
            check_replaceable(folder)
            take_place(temporary, folder)
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def take_place(temporary: Path, folder: Path) -> None:
    """Move a whole folder into its place, out of which an earlier one goes; `put_back` mends what a kill leaves."""
    if not folder.exists():
        temporary.rename(folder)
        return
    earlier = beside(folder, "earlier")
    with mark_busy(folder):
        try:
            folder.rename(earlier)
            temporary.rename(folder)
        except BaseException:
            if earlier.exists() and not folder.exists():
                earlier.rename(folder)
            raise
    shutil.rmtree(earlier, ignore_errors=True)


def manifest_in(folder: Path) -> dict[str, Any]:
    """What the manifest of a folder says; nothing if it has none that can be read. Ours says its format."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
