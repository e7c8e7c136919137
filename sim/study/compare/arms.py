"""The two arms between a scenario on paper and one with Tez: lodged early on paper, and digital but not early.

Where flows (or borders) go from a paper regime to a Tez regime, the early arm is the first scenario with papers handed
in as long before as Tez is lodged on average, at the desks beside the gauge change as Tez allows; the fast arm is the
second scenario with data entered only after arrival, and the gauge change after the release as paper has it. Papers are
handed in early at the first border of a route only.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.scenario.calendar import DAY_ONE
from sim.scenario.formalities import Paper, Tez
from sim.scenario.keys import with_value
from sim.scenario.problems import dotted
from sim.scenario.reading.read import Reading, scenario_from
from sim.scenario.schema import Scenario
from sim.study.compare.pairing import CompareError

LODGED_AFTER_H = 0.0
"""Hours from arrival to a lodging that is not early: at once, as in `altynkol_serial`."""

KeyPath = tuple[str, ...]
NOT_COMPARED = ("title", "description", "extends", "study", "published", "calibration")


@dataclass(frozen=True)
class Change:
    """Where and when clearance changes from a paper regime to a Tez regime: the names in force by date, in both."""

    path: KeyPath
    steps: Mapping[dt.date, tuple[str, str]]


def arms(paper: Reading, tez: Reading) -> tuple[Reading, Reading]:
    """The early and the fast arm between a scenario on paper and the same one with Tez.

    Raises
    ------
    CompareError
        If the two differ in anything else than paper here and Tez there, or not at all, or if an investment changes the
        regimes meant.
    """
    a, b = paper.scenario, tez.scenario
    changes = [change for change in regime_changes(a, b) if any(old != new for old, new in change.steps.values())]
    check_only_regimes_differ(a, b)
    pairs = {pair for change in changes for pair in change.steps.values() if pair[0] != pair[1]}
    if not pairs:
        raise CompareError(f"{paper.name} and {tez.name} clear every flow alike: there is nothing to attribute")
    for old, new in sorted(pairs):
        if not isinstance(a.regimes[old], Paper) or not isinstance(b.regimes[new], Tez):
            raise CompareError(
                f"--attribute needs paper in {paper.name} where {tez.name} has Tez, in this order; "
                f"'{old}' changes to '{new}'"
            )
    return early_arm(paper, tez, changes, pairs), fast_arm(paper, tez, changes, pairs)


def early_arm(paper: Reading, tez: Reading, changes: list[Change], pairs: set[tuple[str, str]]) -> Reading:
    """The scenario on paper, lodged as early as Tez, where the other one has Tez."""
    from sim.model.randomness import mean  # brings SciPy along, which a refusal above has no use for

    data, names = copy.deepcopy(paper.resolved), {}
    for old, new in sorted(pairs):
        digital = tez.scenario.regimes[new]
        assert isinstance(digital, Tez)
        early_papers = {"lead_h": mean(digital.lead_h), "beside_gauge_change": digital.beside_gauge_change}
        names[old, new] = f"{old}_early_as_{new}" if len(pairs) > 1 else f"{old}_early"
        data["regimes"][names[old, new]] = copy.deepcopy(data["regimes"][old]) | early_papers
    steps = {c.path: {day: names.get(pair, pair[0]) for day, pair in c.steps.items()} for c in changes}
    return arm(paper, f"{paper.name}_early", data, steps)


def fast_arm(paper: Reading, tez: Reading, changes: list[Change], pairs: set[tuple[str, str]]) -> Reading:
    """The scenario with Tez, nothing lodged before arrival and one step after the other, where the other has paper.

    A regime keeps its name, and with it the luck of its outages, unless it is also used where the other has it too.
    """
    # the luck of outages is drawn by the name of a regime: under its own name the two arms share it
    data, names = copy.deepcopy(tez.resolved), {}
    for old, new in sorted(pairs):
        before = paper.scenario.regimes[old]
        assert isinstance(before, Paper)
        own = used_elsewhere(tez.scenario, new, changes) or len([pair for pair in pairs if pair[1] == new]) > 1
        names[old, new] = f"{new}_after_{old}" if own else new
        late = {"late_share": 1.0, "late_h": LODGED_AFTER_H, "beside_gauge_change": before.beside_gauge_change}
        data["regimes"][names[old, new]] = copy.deepcopy(tez.resolved["regimes"][new]) | late
    steps = {c.path: {day: names.get(pair, pair[1]) for day, pair in c.steps.items()} for c in changes}
    return arm(tez, f"{tez.name}_serial", data, steps)


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
    return replace(like, name=name, scenario=scenario, resolved=data)


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
            "--attribute is for scenarios that differ only in which regimes clear their flows and borders; these "
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
