"""Where scenario files lie, and a TOML file and those it extends as they are written.

Nothing here knows the words of a scenario, so that a list of scenarios need not build the schema to name their titles.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import isdir, lexists
from pathlib import Path
from typing import Any

from sim.scenario.arguments import checked
from sim.scenario.files import MEGABYTE, SCENARIO_MB, STDIN, Unreadable, text_of
from sim.scenario.positions import STRING, KeyPath, positions
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, nearest, shown

MOST_KEYS = 50_000
"""In one file, items of lists counted too: twenty times as many as the largest shipped scenario has."""
MOST_FILES = 500
"""That extend each other; the shipped scenarios have four."""
OVERLONG_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){64}""")
"""A key of far more parts than any file needs: the time to read one grows with the square of their number."""
SHIPPED_NAME = re.compile(r"[0-9A-Za-z_]+(\.toml)?")
DEEPEST = 64
"""Lists and tables within each other: a scenario has a tenth of it."""
BRACKET = re.compile(STRING + r"|#[^\n]*|[\[\]{}]", re.DOTALL)
"""One that opens or closes a list or a table; those in strings and comments do not."""
LONG_NUMBER = re.compile(STRING + r"|#[^\n]*|[0-9][0-9_]{4300,}", re.DOTALL)
LIKE_A_DECIMAL_COMMA = re.compile(r"=\s*(?P<number>\d+,\d+)\s*(#.*)?$")
LIKE_A_DATE = re.compile(STRING + r"|#.*|(?P<date>\b[0-9]{1,4}([-./])[0-9]{1,2}\2[0-9]{1,4}\b)", re.DOTALL)
TOO_DEEP = "lists or tables are nested too deeply"


@dataclass(frozen=True)
class TomlFile:
    """A TOML file: where it lies, its text, and the data that the text says."""

    path: Path
    text: str
    data: dict[str, Any]

    def spots(self) -> dict[KeyPath, Spot]:
        """Where each key and each item of a list stands.

        Raises
        ------
        ScenarioError
            If they are more than `MOST_KEYS`.
        """
        file = str(self.path)
        places = positions(self.text)
        if len(places) > MOST_KEYS:
            message = f"has {len(places):,} keys and items; at most {MOST_KEYS:,} are read"
            raise ScenarioError([Problem(Spot(file), (), message)])
        return {path: Spot(file, line, column) for path, (line, column) in places.items()}


def lineage(path: Path, follow: bool = True) -> list[TomlFile]:
    """A file and all that it extends, the file itself first.

    Raises
    ------
    ScenarioError
        If one of them cannot be read, is not TOML, or is extended by one that it extends itself.
    """
    files: list[TomlFile] = []
    while True:
        try:
            text = text_of(path, SCENARIO_MB, follow)
        except Unreadable as error:
            message = f"{shown(str(path))}: {error}{namesake(path)}" if files else str(error)
            raise extends_error(files, path, message) from None
        for place, file in enumerate(files):
            if STDIN not in (file.path, path) and file.path.samefile(path):
                circle = " -> ".join(str(member) for member in [*(file.path for file in files[place:]), path])
                raise extends_error(files, path, f"goes round in a circle: {circle}")
        if len(files) == MOST_FILES or sum(len(file.text) for file in files) + len(text) > SCENARIO_MB * MEGABYTE:
            limits = f"{MOST_FILES} files, and {SCENARIO_MB} MB of them,"
            raise extends_error(files, path, f"{shown(str(path))}: goes too far: {limits} may extend each other")
        files.append(TomlFile(path, text, toml_data(text, str(path))))
        parent = files[-1].data.get("extends")
        if parent is None:
            return files
        if not isinstance(parent, str) or not parent:
            raise extends_error(files, path, f"must be the name of a file (got {shown(parent)})")
        path = extended(path.parent, parent)


def extended(folder: Path, name: str) -> Path:
    """The file that one in a folder extends: that of the name from there, else the shipped scenario of the name.

    A folder of the name, as of results, is no file of it.
    """
    beside = folder / name
    shipped_file = shipped() / f"{name.removesuffix('.toml')}.toml"
    # a name alone, not a path: `mine/altynkol_tez.toml` that is not there is a mistake
    is_shipped = SHIPPED_NAME.fullmatch(name) is not None and shipped_file.stem in shipped_names()
    return shipped_file if is_shipped and (isdir(beside) or not lexists(beside)) else beside


def namesake(path: Path) -> str:
    """`; did you mean '...'?` for a file that is not there: one beside it, or a shipped scenario."""
    name = path.name.removesuffix(".toml")
    try:  # Who made a file by `corridor new mine` may ask for `mine`.
        nearby = {file.stem: str(file) for file in path.parent.glob("*.toml")}
    except OSError:  # such as of a path longer than the system has any
        nearby = {}
    near = nearest(name, nearby)
    if lexists(path):
        return ""
    return did_you_mean(name, shipped_names()) if near is None else f"; did you mean {shown(nearby[near])}?"


def extends_error(files: Sequence[TomlFile], path: Path, message: str) -> ScenarioError:
    """The error of a file that cannot be had: it stands where the last file names it, or else in the file itself."""
    if not files:
        return ScenarioError([Problem(Spot(str(path)), (), message)])
    return ScenarioError([Problem(files[-1].spots()[("extends",)], ("extends",), message)])


def toml_data(text: str, file: str) -> dict[str, Any]:
    """The data of a TOML text.

    Raises
    ------
    ScenarioError
        If it is none, or would take the reader too long or too deep.
    """
    overlong = OVERLONG_KEY.search(text)
    if overlong:
        line = text.count("\n", 0, overlong.start()) + 1
        raise ScenarioError([Problem(Spot(file, line, 1), (), "a key has too many parts")])
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise ScenarioError([too_deep_problem(text, file)]) from None
    except tomllib.TOMLDecodeError as error:
        refusal = ScenarioError([syntax_problem(str(error), text, file)])
        refusal.outcome = f"What else is wrong is told once that can be read. {refusal.outcome}"
        raise refusal from None
    except ValueError:  # of `int`, which reads no more than 4300 digits
        number = next((match for match in LONG_NUMBER.finditer(text) if match[0][0].isdigit()), None)
        spot = Spot(file, text.count("\n", 0, number.start()) + 1) if number else Spot(file)
        raise ScenarioError([Problem(spot, (), "a number has too many digits")]) from None
    if is_too_deep(data):
        raise ScenarioError([too_deep_problem(text, file)])
    return data


def is_too_deep(value: Any) -> bool:
    """Whether lists and tables are nested deeper than `DEEPEST`: Python's own limit depends on who calls."""
    layer = [value]
    for _ in range(DEEPEST):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(value, dict | list) for value in layer)


def too_deep_problem(text: str, file: str) -> Problem:
    """What to say of lists and tables within each other, and where they are too many.

    The text before that place is TOML, the rest may not be: the reader stops there, and so does this.
    """
    depth = 0
    for match in BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > DEEPEST:
            offset = match.start()
            return Problem(
                Spot(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)), (), TOO_DEEP
            )
    # headers and keys of many parts, each of which is a table
    places = positions(text)
    return Problem(Spot(file, *places[max(places, key=len)]), (), TOO_DEEP)


def syntax_problem(reason: str, text: str, file: str) -> Problem:
    """What the TOML reader says of a text that it does not accept."""
    words, _, at = reason.rpartition(" (at ")
    numbers = re.fullmatch(r"line (\d+), column (\d+)\)", at)
    spot = Spot(file, int(numbers[1]), int(numbers[2])) if numbers else Spot(file, text.rstrip().count("\n") + 1)
    hint = bad_date_words(text.splitlines()[spot.line - 1] if spot.line and text else "")
    return Problem(spot, (), f"is not TOML: {hint or words[:1].lower() + words[1:]}")


def bad_date_words(line: str) -> str:
    """What to say of a line whose value looks like a date or a number, and is none; empty if none does."""
    for date in filter(None, (match["date"] for match in LIKE_A_DATE.finditer(line))):
        try:
            dt.date.fromisoformat(date)
        except ValueError:
            return f"{date} is no date: a date is year-month-day, such as 2025-07-01"
    if comma := LIKE_A_DECIMAL_COMMA.search(line):
        return f"{comma['number']} is no number: a decimal point, as in 20.5"
    return ""


def shipped() -> Path:
    """The folder of the scenarios that come with the package."""
    package = Path(__file__).parents[2]
    in_wheel = package / "shipped"
    return in_wheel if in_wheel.is_dir() else package.parent / "scenarios"


def shipped_names() -> list[str]:
    """The names of the scenarios that come with the package, sorted."""
    return sorted(file.stem for file in shipped().glob("*.toml"))


def find(name_or_path: str | Path) -> Path:
    """A scenario file: the one at that path, or else the shipped one of that name, with or without `.toml`.

    Raises
    ------
    ScenarioError
        If there is neither.
    """
    path = Path(name_or_path)
    name = str(name_or_path).removesuffix(".toml")
    try:
        path.is_file()
    except OSError:  # longer than any path, as the text of a scenario is
        hint = "is neither a name nor a path; write the text of a scenario to a file first"
        raise ScenarioError([Problem(Spot(shown(name)), (), hint)]) from None
    # A folder does not hide a shipped scenario: results often lie in one of the scenario's name.
    if not path.is_file() and name in shipped_names():
        return shipped() / f"{name}.toml"
    if path == STDIN or path.exists():
        return path
    message = f"no such file, and no shipped scenario of that name{namesake(path)}"
    raise ScenarioError([Problem(Spot(str(name_or_path)), (), message)])


@dataclass(frozen=True)
class Outline:
    """Title, first day and first day after the last, and number of flows of a scenario."""

    title: str
    start: str
    end: str
    flows: int


def outline(path: Path) -> Outline:
    """What a scenario file says of itself, with the files that it extends; empty where none of them says it.

    Raises
    ------
    ScenarioError
        If one of the files cannot be read or is not TOML.
    """
    tables = [file.data for file in reversed(lineage(path))]
    titles = ["", *(str(table["title"]) for table in tables if "title" in table)]
    days = {"start": "", "end": ""}
    for table in tables:
        days |= inner(table, "horizon")
    flows = {name for table in tables for name in inner(table, "flows")}
    return Outline(titles[-1], str(days["start"]), str(days["end"]), len(flows))


@checked
def shipped_titles() -> dict[str, str]:
    """The shipped scenarios: title by name."""
    return {name: stated_title(shipped() / f"{name}.toml") for name in shipped_names()}


def stated_title(path: Path) -> str:
    """The title of a scenario file; of one that states none, that of what it extends."""
    title = toml_data(text_of(path, SCENARIO_MB), str(path)).get("title")
    return outline(path).title if title is None else str(title)


def shipped_kin(file: str, key: str) -> str | None:
    """The first of the shipped scenarios that extends a file and states a table of that name; None if none does."""
    for name in shipped_names():
        first, *rest = lineage(shipped() / f"{name}.toml")
        if key in first.data and Path(file).name in {base.path.name for base in rest}:
            return name
    return None


def inner(table: dict[str, Any], key: str) -> dict[str, Any]:
    """A table in a table; an empty one where there is none."""
    value = table.get(key)
    return value if isinstance(value, dict) else {}
