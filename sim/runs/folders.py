"""Result folders: which may be replaced, and how one comes into its place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.runs.locks import check_writable, mark_busy, put_back, remove_abandoned
from sim.scenario.files import Unreadable, name_beside, text_of
from sim.scenario.problems import CorridorError

FORMAT = 3
"""Version of the layout of a folder; 2 did not name the study, and only runs could be read back."""

DISTRIBUTION = "corridor-simulator"

BASIS = {
    "study": str,
    "scenario": str,
    "scenario_sha256": str,
    "seed": int,
    "replications": int,
    "level": float,
    "versions": dict,
}
"""What every manifest says beside its format, with the kind of each."""

ALSO = {"run": {"wall_s": int | float}}
"""What that of a study says as well, as far as pages and exports show it."""

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
    if not is_folder_name(name):
        raise ResultsError(f"a scenario named {name!r} cannot name a folder: rename its file")
    return parent / name


def is_folder_name(name: str) -> bool:
    """Whether a name can be that of a folder on any system, and leads to no other."""
    is_safe = name.isprintable() and not UNSAFE & set(name) and len(name.encode()) <= LONGEST_NAME
    return is_safe and name == name.strip(" .") and name != ""


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
    temporary = name_beside(folder)
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
    earlier = name_beside(folder, "earlier")
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
        manifest = json.loads(text_of(folder / "manifest.json"))
    except (Unreadable, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def read_manifest(folder: Path, known: Sequence[str] = ()) -> dict[str, Any]:
    """The manifest of a folder that a study wrote.

    Parameters
    ----------
    known
        Kinds of study to be read here; by default any.

    Raises
    ------
    ResultsError
        If it is no such folder, or one of another format or study, or its manifest is damaged.
    """
    put_back(folder)
    manifest = manifest_in(folder)
    if "format" not in manifest:
        raise ResultsError(f"{folder}: is no result folder: it has no readable manifest.json")
    if manifest["format"] != FORMAT:
        raise ResultsError(
            f"{folder}: has results of format {manifest['format']}; this version reads format {FORMAT}: run it again"
        )
    needed = BASIS | ALSO.get(str(manifest.get("study")), {})
    wrong = [key for key, kind in needed.items() if not isinstance(manifest.get(key), kind)]
    if wrong:
        raise ResultsError(f"{folder / 'manifest.json'}: is damaged; run the scenario again: it has no {wrong[0]}")
    if not is_folder_name(manifest["scenario"]):
        raise ResultsError(f"{folder / 'manifest.json'}: is damaged; run the scenario again: it names no scenario")
    if known and manifest["study"] not in known:
        raise ResultsError(f"{folder}: holds a {manifest['study']}, and a {' or '.join(known)} is needed here")
    return manifest
