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

from sim.runs.folders import DISTRIBUTION, ResultsError, put_back, refuse_strangers, take_place
from sim.runs.own_files import BY_THE_WAY
from sim.scenario.files import LARGE_TABLE_MB, Unreadable, name_beside, new_file, new_text, opened_file, text_of

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
    refuse_link(path)
    if not path.is_dir():
        raise ResultsError(f"{path}: is no folder; name another")
    if any(path.iterdir()) and not is_export(path, form):
        raise ResultsError(f"{path}: is there already and is no earlier export; name another")
    refuse_strangers(path, [name for name in sorted(os.listdir(path)) if not is_exported(path, name)])


def check_file(path: Path, is_ours: Callable[[Path], bool], kind: str) -> None:
    """Make sure that a file may be written to a path: it is free, or holds what was written there before.

    Raises
    ------
    ResultsError
        If it is anything else: a folder, a device, a link, a file of somebody else's.
    """
    check_parent(path)
    if not os.path.lexists(path):
        return
    refuse_link(path)
    if path.is_dir():
        raise ResultsError(f"{path}: is a folder; name another file")
    if not path.is_file():
        raise ResultsError(f"{path}: is no ordinary file; name another one")
    if not is_ours(path):
        raise ResultsError(f"{path}: is there already and is no earlier {kind}; name another file")


def refuse_link(path: Path) -> None:
    """Make sure that no link lies at a path: nothing is written where one leads.

    Raises
    ------
    ResultsError
        If one does.
    """
    if path.is_symlink():
        raise ResultsError(f"{path}: is a link; name what it leads to")


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
            return bool(json.loads(text_of(path / FOLDER_NOTE))["made_by"] == DISTRIBUTION)
        with opened_file(path, LARGE_TABLE_MB) as raw:
            if form == "xlsx":
                with zipfile.ZipFile(raw) as book, book.open("docProps/core.xml") as properties:
                    return DISTRIBUTION.encode() in properties.read(HEAD_BYTES)
            with gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw as file:
                return DISTRIBUTION.encode() in file.read(HEAD_BYTES)
    except (Unreadable, OSError, EOFError, ValueError, KeyError, TypeError, RecursionError, zipfile.BadZipFile):
        return False


def is_exported(folder: Path, name: str) -> bool:
    """Whether a file of that name belongs to the export in a folder, as its note says."""
    names = json.loads(text_of(folder / FOLDER_NOTE)).get("files")
    own_names = {FOLDER_NOTE, *BY_THE_WAY, *(names if isinstance(names, list) else ())}
    return name in own_names and (folder / name).is_file()


def is_page(path: Path) -> bool:
    """Whether a file is a page written before."""
    try:
        with opened_file(path) as file:
            return PAGE_MARK.encode() in file.read(HEAD_BYTES)
    except Unreadable:
        return False


@contextmanager
def placing(path: Path, form: str) -> Iterator[Path]:
    """Where to write an export: a file at `path`, by way of `new_file`; or for csv a temporary folder.

    The folder takes the place of `path` when the block ends well.

    Raises
    ------
    ResultsError
        If `path` holds anything but an earlier export, or cannot be written.
    """
    check_target(path, form)
    path = Path(os.path.realpath(path))
    temporary = name_beside(path)
    try:
        if form != "csv":
            yield path
            return
        temporary.mkdir()
        yield temporary
        check_target(path, form)
        take_place(temporary, path)
    except OSError as error:
        raise ResultsError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def text_file(path: Path, is_packed: bool) -> Iterator[TextIO]:
    """A text file to write, packed by gzip with the same bytes every time if wanted."""
    if not is_packed:
        with new_text(path) as text:
            yield text
        return
    with (
        new_file(path) as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as archive,
        io.TextIOWrapper(archive, "utf-8", newline="\n") as text,
    ):
        yield text
