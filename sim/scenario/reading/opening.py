"""A scenario by its name or its path, with the ledger of facts that it may cite."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from os.path import lexists
from pathlib import Path
from typing import Any

from sim.scenario.checks.lengths import strange_ways
from sim.scenario.checks.plausible import implausible
from sim.scenario.checks.unused import unused_complaints
from sim.scenario.problems import ArgumentError, Problem
from sim.scenario.reading.merge import NO_VALUE
from sim.scenario.reading.read import SET, Reading, find, read, shipped, sorted_problems, spot_of, to_toml
from sim.scenario.sources import LEDGER, Fact, facts

KEPT = "scenario.toml"
"""The file of a folder of results that holds the scenario as run."""
Overrides = str | Iterable[str] | Mapping[str, object]
"""Changes to a scenario: one text such as `study.seed=3`, several, or values by key path."""


def load(name_or_path: str | Path, overrides: Overrides = ()) -> Reading:
    """Read a scenario: a file, the name of a shipped one, or a folder of results, with changes such as `study.seed=3`.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    path = find(name_or_path)
    if path.is_dir() and is_of_results(path / KEPT):
        return replace(read(path / KEPT, assignments(overrides)), name=path.resolve().name)
    return read(path, assignments(overrides))


def is_of_results(path: Path) -> bool:
    """Whether a file is the scenario of a folder of results, which a run wrote."""
    return path.name == KEPT and path.with_name("manifest.json").is_file()


def doubts(reading: Reading) -> list[Problem]:
    """What the file itself and the changes to it state, and no run reads, or the map or the field says otherwise.

    What it has from a file that it extends is left out: that is there for other scenarios, too.
    """
    if reading.is_derived:
        return []
    own = {*(str(file) for file in reading.files[:1] if not is_of_results(file)), SET}
    unused = unused_complaints(reading.scenario, reading.resolved)
    complaints = [(path, f"has no effect: {message}") for path, message in unused]
    complaints += [*strange_ways(reading.scenario), *implausible(reading.scenario, reading.resolved)]
    problems = [
        Problem(spot_of(path, reading.spots, str(reading.files[0])), path, message) for path, message in complaints
    ]
    return sorted_problems((problem for problem in problems if problem.file in own), [str(reading.files[0]), SET])


def assignments(overrides: Overrides) -> tuple[str, ...]:
    """Changes as a command line has them.

    Raises
    ------
    ArgumentError
        If a value is none that TOML has, or they are neither texts nor values.
    """
    if isinstance(overrides, Mapping):
        return tuple(f"{key}={toml_value(key, value)}" for key, value in overrides.items())
    texts = [overrides] if isinstance(overrides, str) else plain_value(overrides)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ArgumentError("changes are texts such as study.seed=3, or a table of values by key path")
    return tuple(texts)


def plain_value(value: object) -> Any:
    """A value as a file would have it: arrays, series, ranges and the like as lists, numbers of numpy as Python's.

    A day may be the midnight at which it begins. What is none of these, a set too, as it has no order, stays as it is.
    """
    if isinstance(value, Mapping):
        return {key: plain_value(entry) for key, entry in value.items()}
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        return value.date()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | set | frozenset):
        return [plain_value(item) for item in value]
    return value


def toml_value(key: str, value: object) -> str:
    """A value as TOML writes it in one line."""
    value = plain_value(value)
    if isinstance(value, dict):
        pairs = (f"{toml_value(key, str(inner))} = {toml_value(key, below)}" for inner, below in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if value is None:
        return f'"{NO_VALUE}"'
    if isinstance(value, list):
        return f"[{', '.join(toml_value(key, item) for item in value)}]"
    try:
        return to_toml({"value": value}).removeprefix("value = ").rstrip("\n")
    except TypeError:
        raise ArgumentError(f"{key}: a {type(value).__name__} is no value of a scenario file") from None


def ledger_path(reading: Reading) -> Path:
    """The ledger of facts that a scenario cites: `sources.csv` beside its file, or else the shipped one."""
    nearby = [file.with_name(LEDGER) for file in reading.files[:1]]
    # What lies there and cannot be read is refused in words, and not passed over for another ledger.
    return next((path for path in nearby if lexists(path)), shipped() / LEDGER)


def ledger_of(reading: Reading) -> dict[str, Fact]:
    """The facts that a scenario may cite.

    Raises
    ------
    LedgerError
        If the ledger beside it cannot be read as one.
    """
    return facts(ledger_path(reading))
