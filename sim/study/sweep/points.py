"""Scenarios at many points, all under the same random numbers, run a few points at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from sim.runs.replicate import Job, Perform, Replication
from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.read import Reading, scenario_from, spot_of
from sim.scenario.schema import Scenario

POINTS_AT_ONCE = 16
"""Points whose tables are in memory together; each keeps those of one replication."""

OPTIONS = "options"
"""Where a table was said that no file says."""

NO_TABLE = {
    "sweep": "has no [sweep] with factors, and no factor is given",
    "sensitivity": "has no [sensitivity] with a conclusion, and none is given",
}


def asked(reading: Reading, table: Literal["sweep", "sensitivity"], said: Mapping[str, Any]) -> Reading:
    """A scenario whose [sweep] or [sensitivity] says something else.

    Parameters
    ----------
    said
        Values by key, as a file would have them; None says nothing.

    Raises
    ------
    ScenarioError
        If it has no such table and needs one, or the table as changed is wrong.
    """
    given = {key: value for key, value in said.items() if value is not None}
    before = reading.resolved.get(table, {})
    if given.get("design") == "grid":
        before = {key: value for key, value in before.items() if key != "points"}
    if not before and {"factors", "conclusion"}.isdisjoint(given):
        raise ScenarioError([Problem(Spot(str(reading.files[0])), (), NO_TABLE[table])])
    data = {**reading.resolved, table: {**before, **given}}
    scenario, complaints = scenario_from(data)
    if scenario is None or complaints:
        problems = []
        for path, message in complaints:
            from_file = len(path) > 1 and path[1] not in given
            spot = spot_of(path, reading.spots, str(reading.files[0])) if from_file else Spot(OPTIONS)
            problems.append(Problem(spot, path, message))
        raise ScenarioError(problems)
    from_files = {path: spot for path, spot in reading.spots.items() if path[:2] not in {(table, key) for key in given}}
    return replace(
        reading,
        scenario=scenario,
        resolved=data,
        spots=from_files | {(table, key): Spot(OPTIONS) for key in given},
    )


def performed(
    perform: Perform, scenarios: Sequence[tuple[str, Scenario]], seed: int, replications: int
) -> Iterator[list[Replication]]:
    """The replications 0, 1, 2, … of each scenario in turn, which has a name for messages, without their tables."""
    for start in range(0, len(scenarios), POINTS_AT_ONCE):
        some = scenarios[start : start + POINTS_AT_ONCE]
        done = perform([Job(each, seed, index, about) for about, each in some for index in range(replications)])
        lean = [Replication(one.index, one.kpis, one.published, None) for one in done]
        del done
        for place in range(len(some)):
            yield lean[place * replications : (place + 1) * replications]
