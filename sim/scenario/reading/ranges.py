"""What is not known of a scenario as read: which inputs no unknown covers, and the ends at which it breaks down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenario.changes import active
from sim.scenario.checks.unknowns import MOVABLE, paths_moved
from sim.scenario.checks.unused import unused_complaints
from sim.scenario.choices import BUNDLES, inputs_of
from sim.scenario.facts import Fact
from sim.scenario.keys import value_at
from sim.scenario.laws import AS_STATED, Draw, draw_text
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, Problem, ScenarioError, dotted, how_many
from sim.scenario.reading.read import Reading, scenario_from, spot_of
from sim.scenario.sources import Figure
from sim.scenario.unknowns import Unknown
from sim.scenario.worlds import paths_of_key, stated_value, with_draws

NOT_READ = ("cost_musd",)
"""Keys of inputs on which no measure depends."""
FIXED = {
    "places.*.*.directions": "it says which way a thing works",
    "places.*.*.*.directions": "it says which way a thing works",
    "flows.*.regime": "it is what a scenario asks",
    "flows.*.otherwise": "it is what a scenario asks",
    "places.*.regime": "it is what a scenario asks",
    "regimes.*.outages.fallback": "there is no other",
}
"""Inputs that are no guess, whatever their lines say, each with the reason; `*` stands for any one name."""


def unknown_by_path(reading: Reading) -> dict[KeyPath, str]:
    """The name of the unknown that moves an input, by its key path."""
    return {
        path: name
        for name, unknown in reading.scenario.unknown.items()
        for path in paths_moved(reading.resolved, unknown)
    }


def covering(by_path: Mapping[KeyPath, str], path: KeyPath, value: Any = None) -> str:
    """The name of the unknown that moves an input: what stands at a key path, its mean, or all that it has inside."""
    around = (by_path[path[:depth]] for depth in range(len(path), 1, -1) if path[:depth] in by_path)
    parts = {longer[len(path)]: name for longer, name in by_path.items() if longer[: len(path)] == path != longer}
    is_whole = "mean" in parts or (isinstance(value, dict) and value.keys() <= parts.keys())
    return next(around, "") or (next(iter(parts.values()), "") if is_whole else "")


def uncovered(reading: Reading, ledger: Mapping[str, Fact]) -> list[Figure]:
    """The assumed and derived inputs that a run of a scenario reads and no unknown covers, in the order of the file.

    A run does not read what is switched off and stays so, nor what `unused_complaints` names.
    """
    by_path = unknown_by_path(reading)
    idle = [path for path, _ in unused_complaints(reading.scenario, reading.resolved)]
    idle += [bundle for bundle in bundles_switched_off(reading) if not covering(by_path, (*bundle, "active"))]
    fixed_paths = {path for key in FIXED for path in paths_of_key(reading.resolved, key)}
    return [
        figure
        for figure in inputs_of(reading.resolved, ledger)
        if figure.standing in ("assumed", "derived", "unsourced")
        and figure.path[0] in MOVABLE
        and figure.path[-1] not in NOT_READ
        and figure.path not in fixed_paths
        and not any(figure.path[: len(path)] == path for path in idle)
        and not covering(by_path, figure.path, value_at(reading.resolved, figure.path))
    ]


def bundles_switched_off(reading: Reading) -> Iterator[tuple[str, str]]:
    """The investments and disruptions that are not made, with their tables."""
    for table in BUNDLES:
        names = value_at(reading.resolved, (table,)) or {}
        yield from ((table, name) for name in names if name not in active(reading.resolved, table))


def check_ends(reading: Reading) -> None:
    """Make sure that a scenario stands at either end, and at each value, of every unknown, the others as stated.

    All least ends are tried together, then all greatest, and so on: only where that breaks down is each tried alone.

    Raises
    ------
    ScenarioError
        With every unknown at an end of which it does not stand, and why not.
    """
    unknowns = reading.scenario.unknown
    ends = {name: ends_drawn(reading, unknown) for name, unknown in unknowns.items()}
    complaints: list[Complaint] = []
    for level in range(max(map(len, ends.values()), default=0)):
        draws = {name: levels[level] for name, levels in ends.items() if level < len(levels)}
        if problems_of(reading, draws):
            for name, draw in draws.items():
                for path, message in problems_of(reading, {name: draw})[:1]:
                    why = f"at {draw_text(draw)} the scenario does not stand: {dotted(path)} {message}"
                    complaints.append((("unknown", name), why))
    if complaints:
        raise ScenarioError(
            [Problem(spot_of(path, reading.spots, reading.file), path, message) for path, message in complaints]
        )


def problems_of(reading: Reading, draws: Mapping[str, Draw]) -> list[Complaint]:
    """What is wrong with the scenario in a world."""
    return scenario_from(with_draws(reading.resolved, draws, reading.scenario.unknown))[1]


def ends_drawn(reading: Reading, unknown: Unknown) -> tuple[Draw, ...]:
    """What an unknown comes to at its ends, or its values one by one."""
    return unknown.values if unknown.values is not None else (unknown.low_end, unknown.high_end)


def stated_outside(reading: Reading) -> Iterator[Complaint]:
    """Ranges that do not hold what the scenario states."""
    for name, unknown in reading.scenario.unknown.items():
        point = AS_STATED.get(unknown.kind, stated_value(reading.resolved, unknown))
        low, high = (None, None) if unknown.values is not None else (unknown.low_end, unknown.high_end)
        if isinstance(point, int | float) and low is not None and high is not None and not low <= point <= high:
            yield ("unknown", name), f"does not hold what is stated: {point:g} lies outside {low:g} to {high:g}"
        elif unknown.values is not None and point is not None and point not in unknown.values:
            yield ("unknown", name, "values"), f"do not hold what is stated: {draw_text(point)}"


def range_doubts(reading: Reading, ledger: Mapping[str, Fact]) -> list[Problem]:
    """What is doubtful in the ranges of a scenario: inputs without one, where others have one, and what they hold."""
    if reading.is_derived or not reading.scenario.unknown:
        return []
    complaints = [*stated_outside(reading)]
    bare = uncovered(reading, ledger)
    if bare:
        message = f"leaves {how_many(len(bare), 'assumed input')} without a range, the first {bare[0].key}"
        complaints.append((("unknown",), message))
    return [Problem(spot_of(path, reading.spots, reading.file), path, message) for path, message in complaints]
