"""Result folders: which may be replaced, who is at work in one, and how it comes into its place whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import glob
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.runs.asked import Commission
from sim.runs.own_files import is_own_file
from sim.runs.shapes import Damaged, check_manifest
from sim.scenario.files import Unreadable, name_beside, reason_of, text_of
from sim.scenario.naming import one_folder, taken_name, why_no_name
from sim.scenario.problems import CorridorError, shown
from sim.scenario.reading.layers import shipped_names

FORMAT = 4
"""Version of the layout of a folder; 3 had no digests of the tables, so that a ledger without rows went unseen."""

DISTRIBUTION = "corridor-simulator"

MOST_LISTED = 3


class ResultsError(CorridorError):
    """A folder cannot be read as results, or cannot take them."""


def result_folder(parent: Path, name: str) -> Path:
    """The folder of a scenario's results under `parent`.

    Raises
    ------
    ResultsError
        If the name cannot be that of a folder, or on some system is that of another one there.
    """
    ways = "give another with --name, or rename the file of the scenario"
    if why := why_no_name(name):
        raise ResultsError(f"{name!r} cannot name a folder: it {why}: {ways}")
    present = taken_name(parent, name)
    if present not in ("", name):
        raise ResultsError(f"{parent / name}: {one_folder(name, present)}: {ways}")
    return parent / name


def check_unanswered(folder: Path, commission: Commission) -> None:
    """Make sure that no answer to another question lies in a folder.

    Raises
    ------
    ResultsError
        If one does.
    """
    earlier = manifest_in(folder)
    if "format" in earlier and not commission.is_answered_in(earlier):
        what = f"{earlier.get('study', 'run')} of {earlier.get('scenario', 'a scenario')}"
        ways = "name this one with --name NAME, keep it elsewhere with --out FOLDER, or replace that with --force"
        raise ResultsError(f"{folder}: holds the {what} from another file, or asked with other options: {ways}")


def check_replaceable(folder: Path) -> None:
    """Make sure that results may be written to a folder: it is missing, empty, or holds results, and can be made.

    Raises
    ------
    ResultsError
        If it is anything else, or if nothing can be written where it is to lie.
    """
    try:
        put_back(folder)
        if folder.is_dir():
            if os.path.ismount(folder):
                hint = f"name a folder in it, such as {folder / 'results'}"
                raise ResultsError(f"{folder}: is where a file system is mounted, and cannot be replaced; {hint}")
            if any(folder.iterdir()) and "format" not in manifest_in(folder):
                raise ResultsError(f"{folder}: holds other files than results; name another folder, or empty this one")
            refuse_strangers(folder, strangers(folder))
        elif os.path.lexists(folder):
            raise ResultsError(f"{folder}: is not a folder")
        check_writable(folder)
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be written: {reason_of(error)}") from error


def refuse_strangers(folder: Path, names: Sequence[str]) -> None:
    """Refuse to replace a folder that holds something that was not written there: nobody else has a copy of it.

    Raises
    ------
    ResultsError
        Naming the first of them.
    """
    if names:
        listed = f"{', '.join(names[:MOST_LISTED])}{', …' if len(names) > MOST_LISTED else ''}"
        hint = "move that elsewhere, or name another folder"
        raise ResultsError(f"{folder}: would be replaced, and holds what was not written there, {listed}: {hint}")


def strangers(folder: Path) -> list[str]:
    """What lies in a folder of results and was not written there by a command, by what its manifest says and by name.

    A folder in one of a comparison has results of its own.
    """
    manifest = manifest_in(folder)
    homes = manifest.get("folders")
    others = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            is_home = isinstance(homes, list) and path.name in homes and "format" in manifest_in(path)
            others += [f"{path.name}/{inner}" for inner in strangers(path)] if is_home else [path.name]
        elif not is_own_file(path.name, manifest):
            others.append(path.name)
    return others


def nothing() -> None:
    """Ask nothing more."""


@contextmanager
def writing(folder: Path, is_free: Callable[[], None] = nothing) -> Iterator[Path]:
    """A temporary folder to fill, which becomes `folder` when the block ends well; else it is removed.

    An earlier result stays whole until then.

    Parameters
    ----------
    is_free
        Asked at the last moment, as another command may have written there meanwhile; it raises if it has.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    check_replaceable(folder)
    temporary = name_beside(folder)
    new_parents: list[Path] = []
    try:
        folder = folder.resolve()
        temporary = name_beside(folder)
        new_parents = [parent for parent in temporary.parents if not parent.exists()]
        remove_abandoned(folder)
        temporary.mkdir(parents=True)
        with mark_busy(temporary):
            yield temporary
            check_replaceable(folder)
            is_free()
            take_place(temporary, folder)
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be written: {reason_of(error)}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        for parent in new_parents:  # empty only if nothing was written: a stop leaves nothing behind
            with suppress(OSError):
                parent.rmdir()


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
        # JSON can escape half of a pair of surrogates, which no file and no terminal takes.
        json.dumps(manifest, ensure_ascii=False).encode()
    except (Unreadable, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def results_in(parent: Path) -> list[tuple[Path, dt.datetime, dict[str, Any]]]:
    """The folders of answers in a folder, the latest first: each with when it was written, and its manifest.

    What is hidden there is being written, or was left by a process that was killed.

    Raises
    ------
    ResultsError
        If the folder cannot be looked into.
    """
    try:
        homes = sorted(path for path in parent.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise ResultsError(f"{parent}: cannot be looked into: {error.strerror}") from error
    answers = []
    for path in homes:
        with suppress(OSError):  # another process may take it away, or put another in its place
            if "format" in (manifest := manifest_in(path)):
                changed_s = (path / "manifest.json").stat().st_mtime
                answers.append((path, dt.datetime.fromtimestamp(changed_s), manifest))
    return sorted(answers, key=lambda answer: answer[1], reverse=True)


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
        is_scenario = not folder.is_dir() and (folder.suffix == ".toml" or str(folder) in shipped_names())
        hint = "; it is a scenario: run it first" if is_scenario else ""
        raise ResultsError(f"{folder}: is no result folder: it has no readable manifest.json{hint}")
    if manifest["format"] != FORMAT:
        form = shown(manifest["format"])
        raise ResultsError(f"{folder}: has results of format {form}; this version reads format {FORMAT}: run it again")
    try:
        check_manifest(manifest)
        if why_no_name(manifest["scenario"]):
            raise Damaged("it names no scenario")
    except Damaged as error:
        message = f"{folder / 'manifest.json'}: is damaged; run the scenario again: {error}"
        raise ResultsError(message) from error
    if known and manifest["study"] not in known:
        raise ResultsError(f"{folder}: holds a {manifest['study']}, and a {' or '.join(known)} is needed here")
    return manifest


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
    # What access says is not all: /proc takes no folder of anyone's, nor does a file system without room for a name.
    trial = name_beside(above / "x")
    trial.mkdir()
    trial.rmdir()


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
