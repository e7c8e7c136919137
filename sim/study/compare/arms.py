"""Which scenarios pair, and the arms between paper and Tez: each choice of three factors as one has them or the other.

Where flows (or borders) go from a paper regime to a Tez regime, `early` is when the declarations come: as long before
the train as Tez has them, with its share of late ones, and released as long after arrival; else on arrival. `fast` is
how they are worked: registered by the system, else keyed and checked at the desks. `beside` is the order of works: what
Tez lets begin before the release, else what paper does. Papers are handed in early at the first border of a route only.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.arguments import checked
from sim.scenario.calendar import DAY_ONE
from sim.scenario.formalities import Paper, Tez
from sim.scenario.keys import with_value
from sim.scenario.meaning import period_days, shared_periods
from sim.scenario.problems import CorridorError, dotted
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading, scenario_from
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.runs.results import Results


FACTORS = ("early", "fast", "beside")

LODGED_AFTER_H = 0.0
"""Hours from arrival to a lodging that is not early: at once."""

KeyPath = tuple[str, ...]
NOT_COMPARED = ("title", "description", "extends", "study", "published", "calibration")


@dataclass(frozen=True)
class Change:
    """Where and when clearance changes from a paper regime to a Tez regime: the names in force by date, in both."""

    path: KeyPath
    steps: Mapping[dt.date, tuple[str, str]]


@checked
def arms(paper: Reading | str | Path, tez: Reading | str | Path) -> dict[frozenset[str], Reading]:
    """The eight arms from a scenario on paper to the same one with Tez, by the factors that are as Tez has them.

    Example: `sim.arms("altynkol_paper", "altynkol_tez")[frozenset({"early", "fast"})]`.

    Raises
    ------
    CompareError
        If the two differ in anything else than paper here and Tez there, or not at all, or if an investment changes the
        regimes meant.
    """
    paper, tez = reading_of(paper), reading_of(tez)
    a, b = paper.scenario, tez.scenario
    changes = [change for change in regime_changes(a, b) if any(old != new for old, new in change.steps.values())]
    check_only_regimes_differ(a, b)
    pairs = {pair for change in changes for pair in change.steps.values() if pair[0] != pair[1]}
    if not pairs:
        raise CompareError(f"{paper.name} and {tez.name} clear every flow alike: there is nothing to attribute")
    for old, new in sorted(pairs):
        if not isinstance(a.regimes[old], Paper) or not isinstance(b.regimes[new], Tez):
            raise CompareError(
                f"to attribute a change, {paper.name} must have paper where {tez.name} has Tez, in this order; "
                f"'{old}' changes to '{new}'"
            )
    ends = {frozenset[str](): paper, frozenset(FACTORS): tez}
    return {factors: ends.get(factors) or arm_between(paper, tez, changes, pairs, factors) for factors in choices()}


def choices() -> list[frozenset[str]]:
    """Every choice of factors, smaller ones first."""
    return [frozenset(factors) for size in range(len(FACTORS) + 1) for factors in combinations(FACTORS, size)]


def arm_between(
    paper: Reading, tez: Reading, changes: list[Change], pairs: set[tuple[str, str]], factors: frozenset[str]
) -> Reading:
    """The arm that has some factors as Tez has them, and the others as paper: all of Tez's where the other has paper.

    A Tez regime keeps its name, and with it the luck of its outages, unless it is also used where the other has it too.
    """
    is_fast = "fast" in factors
    base = tez if is_fast else paper
    data, names = copy.deepcopy(base.resolved), {}
    for old, new in sorted(pairs):
        before, digital = paper.scenario.regimes[old], tez.scenario.regimes[new]
        assert isinstance(before, Paper) and isinstance(digital, Tez)
        is_own = len([pair for pair in pairs if pair[1] == new]) == 1 and not used_elsewhere(tez.scenario, new, changes)
        word = "_".join(factor for factor in FACTORS if factor in factors)
        names[old, new] = new if is_fast and is_own else f"{old}_{word}" + (f"_{new}" if len(pairs) > 1 else "")
        table = copy.deepcopy(base.resolved["regimes"][new if is_fast else old])
        data["regimes"][names[old, new]] = table | lodging(tez, new, factors) | order_of_works(before, digital, factors)
    steps = {c.path: {day: names.get(pair, pair[is_fast]) for day, pair in c.steps.items()} for c in changes}
    return arm(base, f"{paper.name}_{'_'.join(factor for factor in FACTORS if factor in factors)}", data, steps)


def lodging(tez: Reading, name: str, factors: frozenset[str]) -> dict[str, Any]:
    """What changes of a regime for its lodging to be that of Tez, or that of paper: on arrival, with nothing ahead."""
    from sim.model.randomness import mean  # brings SciPy along, which a refusal has no use for

    digital = tez.scenario.regimes[name]
    assert isinstance(digital, Tez)
    if "fast" in factors:
        return {} if "early" in factors else {"late_share": 1.0, "late_h": LODGED_AFTER_H}
    if "early" not in factors:
        return {}
    table = tez.resolved["regimes"][name]
    return {"lead_h": mean(digital.lead_h), **{key: table[key] for key in ("late_share", "late_h", "release_h")}}


def order_of_works(before: Paper, digital: Tez, factors: frozenset[str]) -> dict[str, Any]:
    """The order of works of one of two regimes."""
    return {"works_before_release": (digital if "beside" in factors else before).works_before_release}


def used_elsewhere(scenario: Scenario, name: str, changes: list[Change]) -> bool:
    """Whether a regime clears a flow, or some of its trains, where nothing changes."""
    pairs_at = {change.path: change.steps.values() for change in changes}
    staying = {flow.otherwise for flow in scenario.flows.values()}
    for path, steps in regimes_by_date(scenario):
        staying |= {new for old, new in pairs_at[path] if old == new} if path in pairs_at else set(steps.values())
    return name in staying


def arm(like: Reading, name: str, data: dict[str, Any], steps: Mapping[KeyPath, Mapping[dt.date, str]]) -> Reading:
    """A scenario like another, with other regimes by date.

    Raises
    ------
    CompareError
        If what comes out is no scenario, or has other regimes, as where an investment changes them.
    """
    for path, by_date in steps.items():
        always = by_date.get(DAY_ONE) if len(by_date) == 1 else None
        data = with_value(data, path, always or {day.isoformat(): name for day, name in by_date.items()})
    scenario, complaints = scenario_from(data)
    if scenario is None or complaints:
        problems = "; ".join(f"{dotted(path)}: {message}" for path, message in complaints)
        raise CompareError(f"{name}, between the two scenarios, is none: {problems}")
    in_force = dict(regimes_by_date(scenario))
    for path, by_date in steps.items():
        if in_force[path] != dict(by_date):
            raise CompareError(f"{dotted(path)} is changed by an investment or a disruption: state it by date instead")
    return replace(like, name=name, scenario=scenario, resolved=data, is_derived=True)


def regimes_by_date(scenario: Scenario) -> Iterator[tuple[KeyPath, Mapping[dt.date, str]]]:
    """The regimes of every flow and of every border with one of its own: key path, and name by date."""
    for name, flow in scenario.flows.items():
        if flow.regime is not None:
            yield ("flows", name, "regime"), flow.regime
    for name, place in scenario.places.items():
        if place.kind == "border" and place.regime is not None:
            yield ("places", name, "regime"), place.regime


def regime_changes(a: Scenario, b: Scenario) -> Iterator[Change]:
    """The regimes in force in two scenarios side by side, from each date on which one of them steps."""
    steps_of_b = dict(regimes_by_date(b))
    for path, steps in regimes_by_date(a):
        if path in steps_of_b:
            days = sorted({*steps, *steps_of_b[path]})
            yield Change(path, {day: (at(steps, day), at(steps_of_b[path], day)) for day in days})


def at(steps: Mapping[dt.date, str], day: dt.date) -> str:
    """The value in force on a day; the earliest also holds before its date."""
    return steps[max((date for date in steps if date <= day), default=min(steps))]


def check_only_regimes_differ(a: Scenario, b: Scenario) -> None:
    """Make sure that two scenarios say the same but for the regimes of their flows and borders.

    Raises
    ------
    CompareError
        If they do not; it names the first keys that differ.
    """
    first, second = (scenario.model_dump(mode="json", exclude=set(NOT_COMPARED)) for scenario in (a, b))
    regimes = {path for scenario in (a, b) for path, _ in regimes_by_date(scenario)}
    common = a.regimes.keys() & b.regimes.keys()
    for data in (first, second):
        data["regimes"] = {name: table for name, table in data["regimes"].items() if name in common}
    wrong = [dotted(path) for path in differing_keys(first, second) if path not in regimes and path[-1] != "sources"]
    if wrong:
        further = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        keys = ", ".join(wrong[:3])
        raise CompareError(
            "parts are of scenarios that differ only in which regimes clear their flows and borders; these "
            f"differ in {keys}{further} too"
        )


def differing_keys(first: Any, second: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The key paths at which two tables differ; a regime by date is one value."""
    if path[-1:] in {("regime",), ("sources",)} or not (isinstance(first, dict) and isinstance(second, dict)):
        if first != second:
            yield path
        return
    for key in [*first, *(key for key in second if key not in first)]:
        yield from differing_keys(first.get(key), second.get(key), (*path, key))


class CompareError(CorridorError, ValueError):
    """Results that do not pair."""


def check_pairing(a: Results, b: Results) -> None:
    """Make sure that the replications of two results share their random numbers.

    Raises
    ------
    CompareError
        If they do not.
    """
    if a.manifest["seed"] != b.manifest["seed"]:
        seeds = f"{a.manifest['seed']} and {b.manifest['seed']}"
        raise CompareError(f"{a.name} and {b.name} have different seeds ({seeds}): run both with the same seed")
    numbers = [set(results.replications["replication"].unique()) for results in (a, b)]
    if numbers[0] != numbers[1]:
        raise CompareError(
            f"{a.name} has {len(numbers[0])} replications and {b.name} {len(numbers[1])}: run both with as many"
        )


def common_periods(a: Results | Reading, b: Results | Reading) -> list[str]:
    """The periods that mean the same days in both.

    Raises
    ------
    CompareError
        If there are none.
    """
    common = shared_periods(period_days(a.scenario), period_days(b.scenario))
    if not common:
        raise CompareError(f"{a.name} and {b.name} have no period of the same days in common")
    return common
