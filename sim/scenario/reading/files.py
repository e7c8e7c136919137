"""Finding and opening scenario files."""

from __future__ import annotations

from pathlib import Path

from sim.scenario.errors import CorridorError
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean

LARGEST_FILE = 2_000_000


class Unreadable(CorridorError):
    """A file whose text is not to be had; the message says why."""


def text_of(path: Path) -> str:
    """The text of a file.

    Raises
    ------
    Unreadable
        If it is missing, no ordinary file, closed to the reader, too large or not UTF-8.
    """
    try:
        if path.is_dir():
            raise Unreadable("is a folder, not a file")
        if not path.is_file():
            raise Unreadable("is not an ordinary file" if path.exists() else "no such file")
        with path.open("rb") as file:
            # One byte too many tells a file that is too large, however large it is or grows meanwhile.
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"is not UTF-8 text (line {line})") from None


def shipped() -> Path:
    """The folder of the scenarios that come with the package."""
    package = Path(__file__).parents[2]
    in_wheel = package / "shipped"
    return in_wheel if in_wheel.is_dir() else package.parent / "scenarios"


def find(name_or_path: str | Path) -> Path:
    """A scenario file: the one at that path, or else the shipped one of that name, with or without `.toml`.

    Raises
    ------
    ScenarioError
        If there is neither.
    """
    path = Path(name_or_path)
    name = str(name_or_path).removesuffix(".toml")
    shipped_files = {file.stem: file for file in sorted(shipped().glob("*.toml"))}
    # A folder does not hide a shipped scenario: results often lie in one of the scenario's name.
    if not path.is_file() and name in shipped_files:
        return shipped_files[name]
    if path.exists():
        return path
    message = f"no such file, and no shipped scenario of that name{did_you_mean(name, shipped_files)}"
    raise ScenarioError([Problem(Spot(str(name_or_path)), (), message)])
