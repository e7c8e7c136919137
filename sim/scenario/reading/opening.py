"""A scenario by its name or its path, with the ledger of facts that it may cite."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from os.path import lexists
from pathlib import Path

from sim.scenario.arguments import checked, quoted
from sim.scenario.checks.lengths import strange_directions, strange_ways
from sim.scenario.checks.plausible import implausible
from sim.scenario.checks.unused import unused_complaints
from sim.scenario.facts import LEDGER, Fact, facts
from sim.scenario.keys import Data
from sim.scenario.naming import variant_name
from sim.scenario.positions import KeyPath
from sim.scenario.problems import ArgumentError, Problem, ScenarioError, Spot
from sim.scenario.reading.merge import SET, Layer
from sim.scenario.reading.overrides import Overrides, assignment, assignments, plain_value, with_days
from sim.scenario.reading.read import Reading, find, is_around, layered, read, shipped, sorted_problems, spot_of
from sim.scenario.sources import check_lines, citation_problems, figures_of, range_lines

KEPT = "scenario.toml"
"""The file of a folder of results that holds the scenario as run."""


TABLES = "scenario"
"""The name of a scenario that was loaded from its tables."""


@checked
def load(
    name_or_path: Reading | str | Path | Mapping[str, object], overrides: Overrides = (), name: str | None = None
) -> Reading:
    """Read a scenario: a file, the name of a shipped one, or a folder of results; changed, its name tells the changes.

    Parameters
    ----------
    name_or_path
        That, or the tables of a whole scenario as a file would have them, by key:
        `{"title": "Mine", "horizon": {"start": "2025-01-01", "end": "2026-01-01"}, "places": {...}, ...}`.
        What was loaded already is given back, or changed as by its `set`.
    overrides
        One change such as `study.seed=3`, several, or values by key path: `{"wagon_pools.platforms.sets": 60}`.
    name
        What tables and charts call it; by default the name of its file, followed by the changes.

    Raises
    ------
    ScenarioError
        With every problem found.
    ArgumentError
        If the scenario is neither name nor path, or the changes are neither texts nor values.
    """
    changes = assignments(overrides)
    values_or_texts = overrides if isinstance(overrides, Mapping) else changes
    if isinstance(name_or_path, Reading):
        return name_or_path.set(values_or_texts, name) if changes or name else name_or_path
    if isinstance(name_or_path, Mapping):
        reading = reading_of_tables(with_days(plain_value(name_or_path)), values_or_texts)
        return replace(reading, name=name or variant_name(TABLES, changes))
    if not isinstance(name_or_path, str | Path):
        raise ArgumentError(f"load: a scenario must be a name, a path or its tables (got {quoted(name_or_path)})")
    path = find(name_or_path)
    is_kept = path.is_dir() and is_of_results(path / KEPT)
    reading = read(path / KEPT if is_kept else path, values_or_texts)
    own_name = path.resolve().name if is_kept else reading.name
    return replace(reading, name=name or variant_name(own_name, changes))


def reading_of_tables(tables: Data, changes: Overrides) -> Reading:
    """A scenario that its tables say whole, without any file; what is wrong is told by its keys.

    Raises
    ------
    ScenarioError
        With every problem found.
    ArgumentError
        If they extend a file, which has a place that they have not.
    """
    if "extends" in tables:
        raise ArgumentError("load: tables extend no file; change one that is loaded, sim.load(name).set({...})")
    if "volumes" in tables:
        raise ArgumentError("load: tables name no table of volumes; state trains_per_month in their flows")
    return layered(TABLES, (), [Layer(TABLES, tables, {})], changes)


def is_of_results(path: Path) -> bool:
    """Whether a file is the scenario of a folder of results, which a run wrote."""
    return path.name == KEPT and path.with_name("manifest.json").is_file()


def reading_of(scenario: Reading | str | Path) -> Reading:
    """A scenario as read, from what a caller has of it: that, its name, or the path of its file.

    Raises
    ------
    ScenarioError, ArgumentError
        As `load` does.
    """
    if isinstance(scenario, Reading):
        return scenario
    if not isinstance(scenario, str | Path):
        raise ArgumentError(f"a scenario is what load returns, a name, or the path of a file (got {quoted(scenario)})")
    return load(scenario)


def doubts(reading: Reading) -> list[Problem]:
    """What the file itself and the changes to it state, and no run reads, or the map or the field says otherwise.

    What it has from a file that it extends is left out: that is there for other scenarios, too.
    """
    if reading.is_derived:
        return []
    own = {*(str(file) for file in reading.files[:1] if not is_of_results(file)), SET}
    own |= set() if reading.files else {reading.file}
    # and tables of volumes, which are no scenarios and seldom there for others
    own |= {spot.file for spot in reading.spots.values()} - {str(file) for file in reading.files}
    is_moved = any(path[:1] == ("horizon",) and spot.file == SET for path, spot in reading.spots.items())
    unused = unused_complaints(reading.scenario, reading.resolved, has_own_days=not is_moved)
    complaints = [(path, f"has no effect: {why}") for path, why in unused]
    scenario = reading.scenario
    complaints += [*strange_ways(scenario), *strange_directions(scenario), *implausible(scenario, reading.resolved)]
    problems = [Problem(spot_of(path, reading.spots, reading.file), path, message) for path, message in complaints]
    problems += [Problem(Spot(SET), path, "has no effect: a later change sets it, too") for path in overruled(reading)]
    return sorted_problems((problem for problem in problems if problem.file in own), [reading.file, SET])


def doubts_beside(error: ScenarioError) -> list[Problem]:
    """What is doubtful in a scenario that is refused, as far as it can be read, but for what is refused in it."""
    if error.remainder is None:
        return []
    wrong_paths = [problem.path for problem in error.problems if problem.path]
    return [doubt for doubt in doubts(error.remainder) if not any(is_around(doubt.path, path) for path in wrong_paths)]


def overruled(reading: Reading) -> list[KeyPath]:
    """The key paths that a change sets and a later one sets anew, or a table around them.

    What stands among the changes of a scenario that is refused, and is none, is told of there.
    """
    paths: list[KeyPath] = []
    for text in reading.overrides:
        with suppress(ValueError):
            paths.append(assignment(text)[0])
    return [
        path for place, path in enumerate(paths) if any(path[: len(later)] == later for later in paths[place + 1 :])
    ]


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


def ledger_cited(reading: Reading) -> dict[str, Fact]:
    """The facts that a scenario may cite, after a look at its source lines: what `check` refuses, no run passes over.

    Raises
    ------
    LedgerError
        If the ledger beside it cannot be read as one.
    ScenarioError
        If a source line does not read as one.
    """
    ledger = ledger_of(reading)
    check_lines(citations_doubted(reading, ledger))
    return ledger


def citations_doubted(reading: Reading, ledger: Mapping[str, Fact]) -> list[Problem]:
    """The source lines of a scenario that cite what the ledger does not have, or are none.

    Unlike `doubts` those of a file that it extends are among them: the numbers are of this scenario all the same.
    """
    if reading.is_derived:  # what follows from a scenario cites what that does
        return []
    # the ids in a CSV of figures of one's own are its owner's, and in no ledger
    figures = (
        figure
        for figure in figures_of(reading.resolved, ledger)
        if figure.path[0] != "published" or not reading.spots[figure.source_path].file.endswith(".csv")
    )
    ranges = range_lines(reading.resolved, ledger)
    return citation_problems([*figures, *ranges], ledger, reading.spots)
