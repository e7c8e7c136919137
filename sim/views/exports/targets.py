"""Where an export goes: its path, and its way there, whole or not at all."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from sim.runs.folders import DISTRIBUTION, ResultsError, take_place
from sim.runs.locks import name_beside, put_back

ENDINGS = {"xlsx": ".xlsx", "csv": "_csv", "ocel": ".ocel.json", "xes": ".xes", "geojson": ".geojson"}
"""What the name of an export by format ends in; csv is a folder."""

HEAD_BYTES = 4096
"""Bytes at the start of a text within which an export names its maker."""

FOLDER_NOTE = "export.json"

PAGE_MARK = f'<meta name="generator" content="{DISTRIBUTION}">'
"""The element by which a page names its maker."""


def default_path(folder: Path, form: str) -> Path:
    """Beside a result folder: results/tez becomes results/tez.xlsx."""
    full_path = folder.resolve()
    return (
        folder.parent / f"{full_path.name}{ENDINGS[form]}"
        if folder.name
        else full_path.with_name(full_path.name + ENDINGS[form])
    )


def check_target(path: Path, form: str) -> None:
    """Make sure that an export may be written to a path: it is free, or holds an earlier export of the same format.

    Raises
    ------
    ResultsError
        If it is anything else, or its folder is missing.
    """
    if form != "csv":
        check_file(path, partial(is_export, form=form), "export")
        return
    check_parent(path)
    put_back(path)
    if not os.path.lexists(path):
        return
    if not path.is_dir():
        raise ResultsError(f"{path}: is no folder; name another with --out")
    if any(path.iterdir()) and not is_export(path, form):
        raise ResultsError(f"{path}: is there already and is no earlier export; name another with --out")


def check_file(path: Path, is_ours: Callable[[Path], bool], kind: str) -> None:
    """Make sure that a file may be written to a path: it is free, or holds what was written there before.

    Raises
    ------
    ResultsError
        If it is anything else: a folder, a device, a link that leads nowhere, a file of somebody else's.
    """
    check_parent(path)
    if not os.path.lexists(path):
        return
    if path.is_dir():
        raise ResultsError(f"{path}: is a folder; name another file")
    if not path.is_file():
        raise ResultsError(f"{path}: is no ordinary file; name another one")
    if not is_ours(path):
        raise ResultsError(f"{path}: is there already and is no earlier {kind}; name another file")


def check_parent(path: Path) -> None:
    """Make sure that the folder is there which a path lies in."""
    full_path = Path(os.path.realpath(path))
    if not full_path.parent.is_dir():
        raise ResultsError(f"{path}: its folder {full_path.parent} does not exist")
    try:
        (full_path if not full_path.name else name_beside(full_path)).stat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ResultsError(f"{path}: cannot be written: {error.strerror}") from error


def is_export(path: Path, form: str) -> bool:
    """Whether a path holds an export of the format, as far as it names its maker."""
    try:
        if form == "csv":
            return bool(json.loads((path / FOLDER_NOTE).read_text(encoding="utf-8"))["made_by"] == DISTRIBUTION)
        if form == "xlsx":
            with zipfile.ZipFile(path) as book:
                return DISTRIBUTION.encode() in book.read("docProps/core.xml")
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return DISTRIBUTION.encode() in file.read(HEAD_BYTES)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return False


def is_page(path: Path) -> bool:
    """Whether a file is a page written before."""
    with path.open("rb") as file:
        return PAGE_MARK.encode() in file.read(HEAD_BYTES)


@contextmanager
def placing(path: Path, form: str) -> Iterator[Path]:
    """A temporary path to write to, a folder for csv, which takes the place of `path` when the block ends well.

    Raises
    ------
    ResultsError
        If `path` holds anything but an earlier export, or cannot be written.
    """
    check_target(path, form)
    path = Path(os.path.realpath(path))
    temporary = name_beside(path)
    try:
        if form == "csv":
            temporary.mkdir()
        yield temporary
        check_target(path, form)
        if form == "csv":
            take_place(temporary, path)
        else:
            os.replace(temporary, path)
    except OSError as error:
        raise ResultsError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.unlink(missing_ok=True)


@contextmanager
def text_file(path: Path, is_packed: bool) -> Iterator[TextIO]:
    """A text file to write, packed by gzip with the same bytes every time if wanted."""
    with path.open("wb") as raw:
        if not is_packed:
            with io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as text:
                yield text
            return
        with (
            gzip.GzipFile("", "wb", 6, raw, mtime=0) as archive,
            io.TextIOWrapper(archive, "utf-8", newline="\n") as text,
        ):
            yield text
