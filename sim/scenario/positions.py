"""Where each key of a TOML text stands.

The standard library's reader gives line numbers for errors of syntax only. This second, simple-minded reading of a
text that it has accepted finds the place of every key, so that an error of meaning can name its line too.
"""

from __future__ import annotations

import re
from bisect import bisect_right

KeyPath = tuple[str | int, ...]
"""Keys from the outermost table inwards; a whole number counts the items of a list from 0."""

GAP = re.compile(r"(?:\s|#[^\n]*)*")
KEY = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|[\w-]+", re.ASCII)
STRING = r"\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|\"(?:\\.|[^\"\\])*\"|'[^']*'"
SCALAR = re.compile(rf"{STRING}|[^,\]}}#\n]+", re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
ESCAPE_LETTERS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def positions(text: str) -> dict[KeyPath, tuple[int, int]]:
    """Line and column, both from 1, of every key and list item of a TOML text.

    Parameters
    ----------
    text
        A text that `tomllib.loads` accepts; any other text gives nonsense or an IndexError.

    Returns
    -------
    dict
        For each key path its position. A table has the position of its own header if it has one, else of its name in
        the first key or header that implies it; a table of an array of tables has that of its header's last key.
    """
    scanner = Scanner(text)
    scanner.document()
    # `tomllib` counts columns in characters, and so do editors; bytes would be wrong after the first letter of Kazakh.
    starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    lines = {path: bisect_right(starts, offset) for path, offset in scanner.offsets.items()}
    return {path: (line, scanner.offsets[path] - starts[line - 1] + 1) for path, line in lines.items()}


class Scanner:
    """A cursor that walks a TOML text once and notes the offset of each key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.offsets: dict[KeyPath, int] = {}
        self.lengths: dict[KeyPath, int] = {}

    def document(self) -> None:
        """All headers and pairs of the text."""
        table: KeyPath = ()
        self.skip_gap()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip_gap()

    def header(self) -> KeyPath:
        """`[a.b]` or `[[a.b]]`; gives the path of the table it opens."""
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        *outer, (last, offset) = self.key()
        self.at += brackets
        table: KeyPath = ()
        for part, start in outer:
            table = self.last_of_list((*table, part), start)
        table = (*table, last)
        if brackets == 1:
            self.offsets[table] = offset
            return table
        self.offsets.setdefault(table, offset)
        self.lengths[table] = self.lengths.get(table, 0) + 1
        return self.last_of_list(table, offset)

    def last_of_list(self, table: KeyPath, offset: int) -> KeyPath:
        """Note a table; where it is an array of tables, the one meant is its last so far."""
        self.offsets.setdefault(table, offset)
        if table in self.lengths:
            table = (*table, self.lengths[table] - 1)
            self.offsets.setdefault(table, offset)
        return table

    def pair(self, table: KeyPath) -> None:
        """`a.b = value` inside a table."""
        path = table
        for part, offset in self.key():
            path = (*path, part)
            self.offsets.setdefault(path, offset)
        self.at += len("=")
        self.value(path)

    def key(self) -> list[tuple[str, int]]:
        """The parts of a dotted key, each with its offset; stops at what follows."""
        parts = []
        while True:
            self.skip_gap()
            start = self.at
            parts.append((bare_key(self.take(KEY)), start))
            self.skip_gap()
            if self.text[self.at] != ".":
                return parts
            self.at += len(".")

    def value(self, path: KeyPath) -> None:
        """A value of any kind; notes the items of lists and the keys of inline tables."""
        self.skip_gap()
        if self.text[self.at] not in "[{":
            self.take(SCALAR)
            return
        is_list = self.text[self.at] == "["
        self.at += 1
        items = 0
        while self.next_item():
            if is_list:
                self.offsets[(*path, items)] = self.at
                self.value((*path, items))
                items += 1
            else:
                self.pair(path)

    def next_item(self) -> bool:
        """Move to the next item of a list or an inline table; past its end, say that there is none."""
        self.skip_gap()
        if self.text[self.at] == ",":
            self.at += 1
            self.skip_gap()
        if self.text[self.at] not in "]}":
            return True
        self.at += 1
        return False

    def skip_gap(self) -> None:
        """Past white space, line ends and comments."""
        self.take(GAP)

    def take(self, pattern: re.Pattern[str]) -> str:
        """The text that a pattern matches here, and move past it."""
        match = pattern.match(self.text, self.at)
        if match is None:
            raise IndexError(f"no TOML at offset {self.at}")
        self.at = match.end()
        return match[0]


def bare_key(key: str) -> str:
    """A key as written, without its quotes and escapes."""
    if key[0] == "'":
        return key[1:-1]
    return ESCAPE.sub(unescape, key[1:-1]) if key[0] == '"' else key


def unescape(escape: re.Match[str]) -> str:
    """The character an escape stands for."""
    short, long, letter = escape.groups()
    return ESCAPE_LETTERS.get(letter, letter) if letter else chr(int(short or long, 16))
