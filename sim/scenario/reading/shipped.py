"""Where scenario files lie: those that come with the package, and one's own."""

from __future__ import annotations

from pathlib import Path

from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean


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
