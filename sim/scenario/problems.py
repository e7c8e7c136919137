"""The one kind of error that a user can cause, problems of a scenario with file and line, and words they share."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sim.scenario.positions import KeyPath


class CorridorError(Exception):
    """A refusal, whose message says what is wrong and where; every other error is a fault of the simulator.

    Attributes
    ----------
    status
        Exit status of a command that it ends.
    outcome
        What the command says last: what became of its work.
    """

    # On the error, not in the command line: so that one `except` serves all of them, and a refusal by the reader
    # does not import the rooms of the others to tell that it is none of theirs.
    status = 2
    outcome = "Nothing was written."


class ArgumentError(CorridorError, ValueError):
    """An argument of a function with which nothing can be computed, as no replications or a share below 0."""


def check_at_least(least: float, **arguments: float | None) -> None:
    """Refuse arguments below a least value before a study has worked on them; None stands for a default.

    Raises
    ------
    ArgumentError
        Naming the first of them.
    """
    for name, value in arguments.items():
        if value is not None and value < least:
            raise ArgumentError(f"{name} must be at least {least:g} (got {value:g})")


LONGEST_QUOTE = 60
LARGEST_SHOWN = 10**20
MOST_LISTED = 6


Complaint = tuple[KeyPath, str]
"""A key path and what is wrong there, before it is known which file said it."""


@dataclass(frozen=True)
class Spot:
    """Where something was said: a file, or `set`, and line and column from 1 where they are known."""

    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a scenario."""

    spot: Spot
    path: KeyPath
    message: str

    @property
    def file(self) -> str:
        """The file that said it, or `set`."""
        return self.spot.file

    @property
    def line(self) -> int | None:
        """Line in the file, from 1."""
        return self.spot.line

    @property
    def column(self) -> int | None:
        """Column in the line, from 1."""
        return self.spot.column

    @property
    def key(self) -> str:
        """The key path as text."""
        return dotted(self.path)

    def __str__(self) -> str:
        file = printable(self.file, keep="")  # a line break in a name would forge a line of a message
        place = file if self.line is None else f"{file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.path else f"{place}: {self.message}"


class ScenarioError(CorridorError):
    """A scenario that cannot be used, with everything found wrong in it.

    Attributes
    ----------
    problems
        What is wrong.
    remainder
        What can be read of it once that is put right as its messages say, if so much can: a `Reading`.
    """

    def __init__(self, problems: Sequence[Problem], remainder: Any = None) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems, self.remainder = list(problems), remainder
        self.outcome = f"{how_many(len(self.problems), 'problem')}; nothing was run, nothing was written."

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        return type(self), (self.problems,)


def dotted(path: KeyPath) -> str:
    """A key path as it would be written: `places.altynkol.receiving_tracks`, `flows.transit.route[2]`.

    Of a name longer than any file needs only the beginning is shown.
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if len(part) <= LONGEST_QUOTE else part[: LONGEST_QUOTE - 1] + "…"
            bare = re.fullmatch("[A-Za-z0-9_-]+…?", name)
            text += ("." if text else "") + (name if bare else json.dumps(name, ensure_ascii=not name.isprintable()))
    return text


def how_many(count: int, noun: str) -> str:
    """A count in words: `1 flow`, `2,000 flows`."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def nearest(word: object, choices: Iterable[str]) -> str | None:
    """The choice that a word comes closest to, or else the shortest of which it is a part; None if there is neither."""
    # Sorted, because of equally near choices the first one wins, and a set has no order of its own.
    names, text = sorted(choices), str(word)
    near = difflib.get_close_matches(text, names, n=1) or difflib.get_close_matches(text.lower(), names, n=1)
    holding = [name for name in names if text.lower() in name.split("_")] if len(text) > 2 else []
    return next(iter([*near, *sorted(holding, key=len)]), None)


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """`; did you mean '...'?` with the nearest of the choices, or nothing if none is near."""
    near = nearest(word, choices)
    return f"; did you mean {shown(near)}?" if near else ""


def listing(names: Iterable[str]) -> str:
    """The first of some names, and dots for the others."""
    first_names = list(islice(names, MOST_LISTED + 1))
    return ", ".join(first_names if len(first_names) <= MOST_LISTED else [*first_names[:MOST_LISTED], "…"])


def printable(text: str, keep: str = "\n") -> str:
    """A text with its control characters as escapes, but for some: a terminal would carry out what they say."""
    return "".join(
        letter if letter.isprintable() or letter in keep else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def shown(value: Any) -> str:
    """A value of a scenario file in short, to be quoted in a message."""
    match value:
        case bool():
            return str(value).lower()
        case int() if abs(value) > LARGEST_SHOWN:
            return "a huge number"
        case int() | float():
            return str(value)
        case str():
            text = value if len(value) <= LONGEST_QUOTE else value[: LONGEST_QUOTE - 1] + "…"
            return f"'{printable(text, keep='')}'"
        case dict():
            return "a table"
        case list():
            return "a list"
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return f"'{value}'"
