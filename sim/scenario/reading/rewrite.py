"""Values of a scenario file changed in place: every other byte of it, comments included, stays as it was."""

from __future__ import annotations

import datetime as dt
import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sim.scenario.files import SCENARIO_MB, Unreadable, bytes_of, text_from, write_bytes
from sim.scenario.keys import with_value
from sim.scenario.positions import KEY, KeyPath, Scanner
from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.layers import toml_data
from sim.scenario.reading.read import Reading

CALIBRATION = ("calibration",)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BEFORE_VALUE = re.compile(rf"[ \t]*(?:{KEY.pattern})(?:[ \t]*\.[ \t]*(?:{KEY.pattern}))*[ \t]*=[ \t]*", re.ASCII)
"""What stands before a value on a line of its own; inside an inline table there is more."""


class Spans(Scanner):
    """A scanner that also notes where each value begins and ends, and where each header begins."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.spans: dict[KeyPath, tuple[int, int]] = {}
        self.headers: dict[KeyPath, int] = {}

    def header(self) -> KeyPath:
        """`[a.b]` or `[[a.b]]`."""
        start = self.at
        table = super().header()
        self.headers[table] = start
        return table

    def value(self, path: KeyPath) -> None:
        """A value of any kind."""
        self.skip_gap()
        start = self.at
        super().value(path)
        self.spans[path] = (start, start + len(self.text[start : self.at].rstrip()))


def amend(text: str, values: Mapping[KeyPath, str], file: str) -> str:
    """A TOML text with other values, each given as it is to be written.

    Parameters
    ----------
    values
        By key path: a value that stands on a line of its own is replaced there; one that is missing is added at the
        end of its table, which must have a header.
    file
        Name of the file, for messages.

    Raises
    ------
    ScenarioError
        If a value stands in an inline table or is spread over several keys, or if its table has no header.
    """
    scanner = Spans(text)
    scanner.document()
    edits = [edit(scanner, path, value, file) for path, value in values.items()]
    pieces, copied_to = [], 0
    for start, end, piece in sorted(edits, key=lambda change: change[:2]):
        pieces += [text[copied_to:start], piece]
        copied_to = end
    result = "".join([*pieces, text[copied_to:]])
    # The edits trust a scanner of our own; the reader of the standard library has the last word on what they made.
    data = toml_data(text, file)
    for path, value in values.items():
        data = with_value(data, path, toml_data(f"value = {value}", file)["value"])
    if toml_data(result, file) != data:
        raise ScenarioError([Problem(Spot(file), (), "cannot be changed in place: its layout is not understood")])
    return result


def edit(scanner: Spans, path: KeyPath, value: str, file: str) -> tuple[int, int, str]:
    """Start and end of the piece of text that gives way to a value, and what takes its place."""
    text, at = scanner.text, scanner.offsets.get(path)
    if path in scanner.spans:
        start, end = scanner.spans[path]
        if not BEFORE_VALUE.fullmatch(text, text.rfind("\n", 0, start) + 1, start):
            message = "stands in an inline table: give it a line of its own, so that it can be rewritten"
            raise in_place_refusal(text, start, path, message, file)
        return start, end, value
    if at is not None:
        message = f"stands in several keys: write it as one, `{path[-1]} = {{ ... }}`"
        raise in_place_refusal(text, at, path, message, file)
    table = path[:-1]
    if table not in scanner.headers:
        message = f"needs a header [{'.'.join(map(str, table))}] of its own"
        raise in_place_refusal(text, scanner.offsets.get(table, 0), table, message, file)
    end = end_of_table(scanner, table)
    newline = "\r\n" if text.startswith("\r\n", end) else "\n"
    return end, end, f"{newline}{path[-1]} = {value}"


def end_of_table(scanner: Spans, table: KeyPath) -> int:
    """Where the last line that belongs to a header ends, its line break not counted."""
    start = scanner.headers[table]
    until = min((header for header in scanner.headers.values() if header > start), default=len(scanner.text))
    last = max((end for begin, end in scanner.spans.values() if start < begin < until), default=start)
    line = scanner.text.find("\n", last)
    end = len(scanner.text) if line < 0 else line
    return end - scanner.text.endswith("\r", 0, end)


def in_place_refusal(text: str, offset: int, path: KeyPath, message: str, file: str) -> ScenarioError:
    """The error for a value that cannot be changed in place."""
    return ScenarioError([Problem(Spot(file, text.count("\n", 0, offset) + 1), path, message)])


def calibration_file(reading: Reading) -> Path:
    """The file whose [calibration] holds all parameters, with their keys and the values in force.

    Raises
    ------
    ScenarioError
        If no one file does, or if another one overrides the date or the residuals of the fit.
    """
    table = reading.resolved["calibration"]
    values = [(*CALIBRATION, "parameters", name, key) for name in table["parameters"] for key in ("value", "keys")]
    home = reading.spots[values[0]].file
    notes = [(*CALIBRATION, key) for key in ("fitted_on", "residuals") if key in table]
    astray = [path for path in [*values, *notes] if reading.spots[path].file != home]
    if astray:
        message = f"stands in another file than the other parts of the calibration, in {home}: keep them together"
        raise ScenarioError([Problem(reading.spots[path], path, message) for path in astray])
    return next(path for path in reading.files if str(path) == home)


def fitted_block(values: Mapping[str, float], residuals: Mapping[str, float], day: dt.date) -> dict[KeyPath, str]:
    """What a fit writes into [calibration]: the values of the parameters, its day, and its residuals by target."""
    pairs = ", ".join(f"{name} = {decimal_text(residual)}" for name, residual in residuals.items())
    block: dict[KeyPath, str] = {
        (*CALIBRATION, "parameters", name, "value"): decimal_text(value) for name, value in values.items()
    }
    return block | {
        (*CALIBRATION, "fitted_on"): day.isoformat(),
        (*CALIBRATION, "residuals"): f"{{ {pairs} }}",
    }


def decimal_text(value: float) -> str:
    """A number as it is written: its shortest digits, without an exponent."""
    return format(Decimal(repr(float(value))).normalize() + 0, "f")


@dataclass(frozen=True)
class TextFile:
    """A file of text as it was read, to be replaced by another text."""

    path: Path
    content: bytes

    @classmethod
    def read(cls, path: Path) -> TextFile:
        """The file at a path, which must be no link: nothing is written where one leads.

        Raises
        ------
        Unreadable
            If it cannot be read, or is no text.
        OSError
            If it could not be replaced.
        """
        content = bytes_of(path, SCENARIO_MB)
        text_from(content)
        for target in (path, path.parent):
            if not os.access(target, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return cls(path, content)

    @property
    def text(self) -> str:
        """The text, without a byte order mark."""
        return text_from(self.content)

    def replace(self, text: str) -> None:
        """Put another text into the file, whole or not at all; a byte order mark and the permissions stay.

        Raises
        ------
        OSError
            If the file cannot be written, or is not as it was read any more.
        """
        try:
            content = bytes_of(self.path, SCENARIO_MB)
        except Unreadable as error:
            raise OSError(errno.EBUSY, f"it {error}", str(self.path)) from None
        if content != self.content:
            raise OSError(errno.EBUSY, "it was changed meanwhile", str(self.path))
        mark = BYTE_ORDER_MARK if self.content.startswith(BYTE_ORDER_MARK) else b""
        write_bytes(self.path, mark + text.encode("utf-8"), self.path.stat().st_mode)
