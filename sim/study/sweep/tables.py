"""The table of a scenario that asks for points, [sweep] or [sensitivity], with what the command line says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.read import Reading, scenario_from, spot_of

OPTIONS = "options"
"""Where a key comes from that no file has."""

NO_TABLE = {
    "sweep": "has no [sweep] with factors, and no factor is given",
    "sensitivity": "has no [sensitivity] with a conclusion, and none is given",
}


def with_table(reading: Reading, table: Literal["sweep", "sensitivity"], changes: Mapping[str, Any]) -> Reading:
    """A scenario whose [sweep] or [sensitivity] says something else.

    Parameters
    ----------
    changes
        Values by key, as a file would have them; None says nothing.

    Raises
    ------
    ScenarioError
        If it has no such table and needs one, or the table as changed is wrong.
    """
    keys = {key: value for key, value in changes.items() if value is not None}
    # what a notebook gives as tuples, a file has as lists
    keys |= {key: list(value) for key, value in keys.items() if isinstance(value, tuple)}
    if "factors" in keys:
        keys["factors"] = {key: factor_table(entry, table) for key, entry in keys["factors"].items()}
    from_file = reading.resolved.get(table, {})
    if keys.get("design") == "grid":
        # a file may ask for a hypercube of so many points; a grid has levels instead
        from_file = {key: value for key, value in from_file.items() if key != "points"}
    if not from_file and {"factors", "conclusion"}.isdisjoint(keys):
        raise ScenarioError([Problem(Spot(str(reading.files[0])), (), NO_TABLE[table])])
    data = {**reading.resolved, table: {**from_file, **keys}}
    scenario, complaints = scenario_from(data)
    if scenario is None or complaints:
        problems = []
        for path, message in complaints:
            has_line = len(path) > 1 and path[1] not in keys
            spot = spot_of(path, reading.spots, str(reading.files[0])) if has_line else Spot(OPTIONS)
            problems.append(Problem(spot, path, message))
        raise ScenarioError(problems)
    lines = {path: spot for path, spot in reading.spots.items() if path[:2] not in {(table, key) for key in keys}}
    return replace(
        reading,
        scenario=scenario,
        resolved=data,
        spots=lines | {(table, key): Spot(OPTIONS) for key in keys},
    )


def factor_table(entry: Any, table: Literal["sweep", "sensitivity"]) -> Any:
    """A factor as a file has it, from two ends, a list of values or a table.

    Of a sweep a pair is two ends and a list is values, even two; a sensitivity knows two ends only.
    """
    if not isinstance(entry, list | tuple):
        return entry
    is_range = len(entry) == 2 and (isinstance(entry, tuple) or table == "sensitivity")
    return {"low": entry[0], "high": entry[1]} if is_range else {"values": list(entry)}
