"""The one room in which files of users are opened, and files of ours are written.

Anybody may have made the file, or put something else in its place: a pipe that never ends, a device, a link to a file
of somebody else's, more bytes than the memory holds. So it is opened without waiting, seen to be an ordinary file, and
read up to a limit. And nothing is written through a link or into a file that is there: the new file is written beside,
and takes the place of the earlier one, or of a link, when it is whole.
"""

from __future__ import annotations

import codecs
import csv
import errno
import io
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO, TextIO

from sim.scenario.problems import CorridorError

PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""Python reads more: `4_6` and Arabic digits as 46, `20250701` and `2025-W27-2` as days."""

SEPARATORS = {";": "semicolons", "\t": "tabs"}


def is_plain_number(text: str) -> bool:
    """Whether a cell is a number in digits 0 to 9, with a point where it has a fraction."""
    return PLAIN_NUMBER.fullmatch(text.strip()) is not None


def is_plain_date(text: str) -> bool:
    """Whether a cell is written as a day such as 2025-07-01."""
    return PLAIN_DATE.fullmatch(text.strip()) is not None


def header_complaint(header: Sequence[str]) -> str:
    """What is wrong with the header of a table that is missing or not separated by commas; empty if nothing is.

    A spreadsheet writes semicolons where the decimal mark of its country is a comma.
    """
    if not header:
        return "is empty: the first row of a table names its columns"
    if len(header) == 1:
        for mark, name in SEPARATORS.items():
            if mark in header[0]:
                return f"has {name} between its cells; save it with commas, and numbers with a decimal point"
    return ""


def table_rows(text: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV table, its header first, each with the line on which it ends.

    A spreadsheet writes rows and columns that somebody touched and left empty, and may say first that a comma separates
    cells: all that is passed over.

    Raises
    ------
    csv.Error
        If it is none, as where a quotation mark that opens a cell is never closed: else the cell would swallow all rows
        after it.
    """
    # The worlds of a statement are one cell; what is too much is the size of the file.
    csv.field_size_limit(TABLE_MB * MEGABYTE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, width = 0, 0
    try:
        for cells in reader:
            line = reader.line_num
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if any(cell.strip() for cell in cells) and (width or cells != ["sep="]):
                width = width or len(cells)
                yield line, cells
    except csv.Error as error:
        raise csv.Error(f"{error}, in the row that begins on line {line + 1}") from None


MEGABYTE = 1_000_000
SCENARIO_MB, TABLE_MB, LARGE_TABLE_MB = 2, 20, 2_000
"""Most that is read of a scenario, of a table or a note that people may write, and of a table that only runs write."""

STDIN = Path("<stdin>")
"""Stands for the standard input, where a command is given `-` for a file; messages name it so."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MOST_LOOKED_AT = 1000

NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class Unreadable(CorridorError):
    """A file whose content is not to be had; the message says why, but not which."""


@contextmanager
def opened_file(path: Path, most_mb: int = TABLE_MB, follow: bool = False) -> Iterator[BinaryIO]:
    """An ordinary file, open to be read.

    Parameters
    ----------
    most_mb
        Largest size, 10⁶ bytes.
    follow
        Whether a link is followed: where the user names the file himself, and not in a folder that somebody sent.

    Raises
    ------
    Unreadable
        If it is missing, a link, no ordinary file, closed to the reader or too large.
    """
    try:
        # On some systems opening a device does something to it already, so this is asked before; and again of what was
        # opened, for the file may have been exchanged meanwhile.
        check_ordinary((os.stat if follow else os.lstat)(path))
        handle = os.open(path, os.O_RDONLY | NEVER_WAIT | (0 if follow else NO_LINK))
    except (OSError, ValueError) as error:
        raise Unreadable(why_not(error)) from None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        check_ordinary(about)
        if about.st_size > most_mb * MEGABYTE:
            raise Unreadable(f"is larger than {most_mb:,} MB")
        yield file


def check_ordinary(about: os.stat_result) -> None:
    """Make sure that what lies at a path is an ordinary file.

    Raises
    ------
    Unreadable
        If not.
    """
    if stat.S_ISDIR(about.st_mode):
        raise Unreadable("is a folder, not a file")
    if stat.S_ISLNK(about.st_mode):
        raise Unreadable("is a link, not an ordinary file")
    if not stat.S_ISREG(about.st_mode):
        raise Unreadable("is not an ordinary file")


def why_not(error: Exception) -> str:
    """Why a file cannot be opened, in words."""
    if isinstance(error, FileNotFoundError | ValueError):  # ValueError: no name may hold a zero
        return "no such file"
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def bytes_of(path: Path, most_mb: int = TABLE_MB, follow: bool = False) -> bytes:
    """The bytes of an ordinary file, see `opened_file`.

    Raises
    ------
    Unreadable
        As `opened_file`, or if it grows meanwhile.
    """
    limit = most_mb * MEGABYTE
    if path == STDIN:
        content = stdin_bytes(limit + 1)
        if len(content) > limit or not content:
            raise Unreadable(f"is larger than {most_mb:,} MB" if content else "is empty")
        return content
    with opened_file(path, most_mb, follow) as file:
        try:
            # One byte too many tells a file that grows while it is read.
            content = file.read(limit + 1)
        except OSError as error:
            raise Unreadable(why_not(error)) from None
    if len(content) > limit:
        raise Unreadable(f"is larger than {most_mb:,} MB")
    return content


def open_closed_streams() -> None:
    """Give the program the standard streams that whoever started it closed, and that lead nowhere.

    Without them Python has no stream to print a remark on, so that it went among the answers, and the next file that is
    opened gets the number of the stream, and what a library in C says of errors.
    """
    handle = os.open(os.devnull, os.O_RDWR)
    while handle <= 2:
        handle = os.dup(handle)
    os.close(handle)
    sys.stdout = sys.stdout or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def keep_own_rights() -> bool:
    """Have new files and folders stay open to their owner; whether the umask would have closed them."""
    mask = os.umask(0)
    os.umask(mask & ~0o700)
    return bool(mask & 0o700)


def reason_of(error: OSError) -> str:
    """What the system says of an error, or that the folder is gone from which relative paths lead."""
    try:
        os.getcwd()
    except OSError:
        return "the folder in which this was started is gone"
    return error.strerror or str(error)


@cache
def stdin_bytes(most: int) -> bytes:
    """The standard input, as far as `most` bytes; it can be had once, and a file may be asked for again.

    Raises
    ------
    Unreadable
        If there is none, as under a program that closed it, or it is a folder.
    """
    if sys.stdin is None:
        raise Unreadable("is closed")
    try:
        return sys.stdin.buffer.read(most)
    except OSError as error:
        raise Unreadable(why_not(error)) from None


def text_of(path: Path, most_mb: int = TABLE_MB, follow: bool = False) -> str:
    """The text of an ordinary file, without a byte order mark, see `opened_file`.

    Raises
    ------
    Unreadable
        As `bytes_of`, or if it is not UTF-8.
    """
    return text_from(bytes_of(path, most_mb, follow))


def text_from(content: bytes) -> str:
    """Bytes as text, without a byte order mark.

    Raises
    ------
    Unreadable
        If they are not UTF-8.
    """
    if b"\0" in content[:MOST_LOOKED_AT]:
        form = "UTF-16 text, as some spreadsheets save" if content[:2] in UTF_16 else "no text, or text in UTF-16"
        raise Unreadable(f"is {form}: it must be in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"is not UTF-8 text (line {line})") from None


def name_beside(path: Path, ending: str = "part") -> Path:
    """A new name beside a file or a folder."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.{ending}")


@contextmanager
def new_file(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write, which takes its place when the block ends well; else all stays as it was.

    A link in its place is replaced, and what it leads to is not touched.

    Parameters
    ----------
    mode
        The permissions; by default those of any new file.

    Raises
    ------
    OSError
        If it cannot be written, or there is something else in its place: a folder, a pipe, a device.
    """
    replaces = is_replaceable(path)
    temporary = name_beside(path)
    handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | NO_LINK | NEVER_WAIT, 0o666)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            if mode is not None:
                os.chmod(temporary, mode)
            if replaces:
                # Or a power cut could leave a name whose earlier content is gone and whose new one is not there yet.
                os.fsync(handle)
        is_replaceable(path)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def is_replaceable(path: Path) -> bool:
    """Whether something lies at a path that a file may replace: an ordinary file or a link.

    Raises
    ------
    OSError
        If something else lies there.
    """
    try:
        state = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(state):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not (stat.S_ISREG(state) or stat.S_ISLNK(state)):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    return True


@contextmanager
def new_text(path: Path) -> Iterator[TextIO]:
    """A text file to write, in UTF-8 with plain line ends, see `new_file`."""
    with new_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        yield text
        text.flush()
        text.detach()


def claim_file(path: Path) -> None:
    """Make an empty file; FileExistsError where there is one, also where another process makes it at that moment."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK, 0o666))


def write_text(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all, see `new_text`."""
    with new_text(path) as file:
        file.write(text)


def write_bytes(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write bytes to a file, whole or not at all, see `new_file`."""
    with new_file(path, mode) as file:
        file.write(content)
