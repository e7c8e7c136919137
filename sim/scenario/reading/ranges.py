"""What is not known of a scenario as read: which inputs no unknown covers, and the ends at which it breaks down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from sim.scenario.checks.idle_changes import switched_off
from sim.scenario.checks.unknowns import MOVABLE, paths_moved
from sim.scenario.checks.unused import unused_complaints
from sim.scenario.choices import inputs_of
from sim.scenario.facts import Fact
from sim.scenario.keys import value_at
from sim.scenario.laws import AS_STATED, Draw, draw_text, law_words
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, Problem, ScenarioError, dotted, how_many
from sim.scenario.reading.read import Reading, scenario_from, spot_of
from sim.scenario.reading.refusals import MOST_TOLD
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
    "flows.*.adoption_share": "where paper is all there is, all trains have it",
    "flows.*.most_trains_under_way": "so many that they are no limit, until a ban sets one",
    "places.*.regime": "it is what a scenario asks",
    "places.*.vessels.turkestan.number": "a ship has one name",
    "places.*.vessels.barys.number": "a ship has one name",
    "regimes.*.outages.fallback": "there is no other",
    "trains.*container*.priority": "only who goes after them can be otherwise",
    "investments.*.active": "it is what a scenario asks",
    "disruptions.*.active": "it is what a scenario asks",
}
"""Inputs that are no guess, whatever their lines say, each with the reason; `*` stands for any one name."""


def unknowns_by_path(reading: Reading) -> dict[KeyPath, tuple[str, ...]]:
    """The names of the unknowns that move an input, by its key path."""
    names: dict[KeyPath, tuple[str, ...]] = {}
    for name, unknown in reading.scenario.unknown.items():
        for path in paths_moved(reading.resolved, unknown):
            names[path] = (*names.get(path, ()), name)
    return names


def covering(by_path: Mapping[KeyPath, tuple[str, ...]], path: KeyPath, value: Any) -> tuple[str, ...]:
    """The names of the unknowns that move an input: what stands at a key path, its mean, or all that it has inside."""
    names = [name for depth in range(2, len(path) + 1) for name in by_path.get(path[:depth], ())]
    own = len(path)
    parts = {longer[own]: of for longer, of in by_path.items() if len(longer) > own and longer[:own] == path}
    if "mean" in parts or (isinstance(value, dict) and value.keys() <= parts.keys()):
        names += [name for of in parts.values() for name in of]
    return tuple(dict.fromkeys(names))


def fixed_inputs(reading: Reading) -> dict[KeyPath, str]:
    """The inputs of a scenario that are no guess, each with the reason."""
    return {path: why for key, why in FIXED.items() for path in paths_of_key(reading.resolved, key)}


def range_cells(reading: Reading) -> Callable[[Figure], tuple[str, str, str]]:
    """A function from an input to what it may be: range, group and reason, of several unknowns together."""
    by_path, fixed = unknowns_by_path(reading), fixed_inputs(reading)

    def cells(figure: Figure) -> tuple[str, str, str]:
        names = covering(by_path, figure.path, value_at(reading.resolved, figure.path))
        unknowns = [reading.scenario.unknown[name] for name in names]
        words = [f"{law_words(unknown)} ({name})" for name, unknown in zip(names, unknowns, strict=True)]
        groups = dict.fromkeys(unknown.group for unknown in unknowns)
        reasons = dict.fromkeys(unknown.reason for unknown in unknowns)
        return "; ".join(words), ", ".join(groups), "; ".join(reasons) or fixed.get(figure.path, "")

    return cells


def uncovered(reading: Reading, ledger: Mapping[str, Fact]) -> list[Figure]:
    """The assumed and derived inputs that a run of a scenario reads and no unknown covers, in the order of the file.

    A run does not read what is switched off and stays so, nor what `unused_complaints` names.
    """
    by_path, fixed = unknowns_by_path(reading), fixed_inputs(reading)
    idle = [path for path, _ in unused_complaints(reading.scenario, reading.resolved)]
    idle += switched_off(reading.scenario, reading.resolved)
    return [
        figure
        for figure in inputs_of(reading.resolved, ledger)
        if figure.standing in ("assumed", "derived", "unsourced")
        and figure.path[0] in MOVABLE
        and figure.path[-1] not in NOT_READ
        and figure.path not in fixed
        and not any(figure.path[: len(path)] == path for path in idle)
        and not covering(by_path, figure.path, value_at(reading.resolved, figure.path))
    ]


def check_ends(reading: Reading) -> None:
    """Make sure that a scenario stands at either end, and at each value, of every unknown, the others as stated.

    All least ends are tried together, then all greatest, and so on: what breaks down is searched by halves.

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
        for name, draw, (path, message) in islice(breaking(reading, draws), MOST_TOLD):
            why = f"at {draw_text(draw)} the scenario does not stand: {dotted(path)} {message}"
            complaints.append((("unknown", name), why))
    if complaints:
        raise ScenarioError(
            [Problem(spot_of(path, reading.spots, reading.file), path, message) for path, message in complaints]
        )


def breaking(reading: Reading, draws: Mapping[str, Draw]) -> Iterator[tuple[str, Draw, Complaint]]:
    """The draws at which, alone, a scenario does not stand, each with why not: searched by halves.

    What breaks down together alone, as a least above a most, is no fault of one unknown.
    """
    problems = problems_of(reading, draws)
    names = [*draws]
    if len(names) == 1 and problems:
        yield names[0], draws[names[0]], problems[0]
    elif problems:
        middle = len(names) // 2
        for half in (names[:middle], names[middle:]):
            yield from breaking(reading, {name: draws[name] for name in half})


def problems_of(reading: Reading, draws: Mapping[str, Draw]) -> list[Complaint]:
    """What is wrong with the scenario in a world."""
    return scenario_from(with_draws(reading.resolved, draws, reading.scenario.unknown))[1]


def ends_drawn(reading: Reading, unknown: Unknown) -> tuple[Draw, ...]:
    """What an unknown comes to at its ends, or its values one by one."""
    return unknown.values if unknown.values is not None else (unknown.low_end, unknown.high_end)


def stated_outside(reading: Reading) -> Iterator[Complaint]:
    """Ranges that do not hold what the scenario states; a delay need not, for a plan may never have been kept."""
    for name, unknown in reading.scenario.unknown.items():
        point = AS_STATED.get(unknown.kind, stated_value(reading.resolved, unknown))
        if unknown.stated_share or unknown.kind == "delay" or point is None:
            continue
        low, high = (None, None) if unknown.values is not None else (unknown.low_end, unknown.high_end)
        if isinstance(point, int | float) and low is not None and high is not None and not low <= point <= high:
            yield ("unknown", name), f"does not hold what is stated: {point:g} lies outside {low:g} to {high:g}"
        elif unknown.values is not None and point not in unknown.values:
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
