"""The points of a sweep, from its table and the command line: each checked, nothing run."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.measure.vocabulary import check_stated
from sim.scenario.addresses import Address
from sim.scenario.checks.idle_changes import idle_settings
from sim.scenario.factors import Factor, Point
from sim.scenario.meaning import address
from sim.scenario.problems import Problem, ScenarioError, Spot, check_at_least
from sim.scenario.reading.overrides import plain_value
from sim.scenario.reading.read import Reading, scenario_from, spot_of
from sim.scenario.schema import Scenario
from sim.scenario.sweeps import MOST_POINTS, Sweep
from sim.study.sweep.factors import factors, named_points, points_at, scenarios_at

OPTIONS = "options"
"""Where a key comes from that no file has."""

NO_TABLE = "has no [sweep] with factors, and no factor is given"


@dataclass(frozen=True)
class SweepPlan:
    """A sweep that has been checked and not yet run.

    `points` has one entry for each scenario: the values of the factors there. `measures` are those to draw, each with
    the place in the file that names it; without any, the headline is drawn.
    """

    reading: Reading
    table: Sweep
    factors: tuple[Factor, ...]
    points: tuple[Point, ...]
    scenarios: tuple[Scenario, ...]
    replications: int
    seed: int

    @property
    def runs(self) -> int:
        """Replications to run, of all points together."""
        return len(self.points) * self.replications

    @property
    def named_scenarios(self) -> list[tuple[str, Scenario]]:
        """The scenarios, each with its point in words."""
        return named_points(self.reading.words, self.factors, self.points, self.scenarios)

    @property
    def measures(self) -> tuple[Address, ...]:
        """The measures to draw, each once."""
        return tuple(dict.fromkeys(address(text, self.reading.scenario) for text in self.table.measures))


def plan_sweep(
    reading: Reading, changes: Mapping[str, Any], *, replications: int | None = None, seed: int | None = None
) -> SweepPlan:
    """The points of a sweep, each checked; nothing is run.

    Parameters
    ----------
    changes
        Keys of a [sweep] that stand instead of those of the file; None says nothing.

    Raises
    ------
    ScenarioError
        With every problem found.
    ArgumentError
        If there are to be no replications.
    """
    check_at_least(1, replications=replications)
    reading = with_table(reading, changes)
    table, study = reading.scenario.sweep, reading.scenario.study
    assert table is not None
    seed = study.seed if seed is None else seed
    moving = factors(reading, table.factors, factor_spots(reading))
    if table.design == "grid":
        check_number(reading, math.prod(len(factor.levels(table.levels)) for factor in moving))
    points = design_points(table, moving, seed)
    at_points = tuple(scenarios_at(reading, moving, points))
    check_stated(reading, at_points)
    return SweepPlan(
        reading,
        table,
        moving,
        tuple(points),
        at_points,
        replications or table.replications or study.replications,
        seed,
    )


def check_number(reading: Reading, number: int) -> None:
    """Make sure that a sweep has not more points than can be made.

    Raises
    ------
    ScenarioError
        If it has.
    """
    if number > MOST_POINTS:
        spot = spot_of(("sweep",), reading.spots, OPTIONS)
        raise ScenarioError([Problem(spot, ("sweep",), f"has {number:,} points; at most {MOST_POINTS:,} are run")])


def design_points(table: Sweep, factors: Sequence[Factor], seed: int) -> list[Point]:
    """The points of a sweep: the same for the same seed.

    A grid is the product of the levels, the last factor moving fastest. A Latin hypercube (McKay, Beckman and Conover
    1979) has one point in each of as many slices of every range as there are points; a Sobol design is Sobol's
    sequence, scrambled (Owen 1998).
    """
    if table.design == "grid":
        return list(itertools.product(*(factor.levels(table.levels) for factor in factors)))
    from scipy.stats import qmc  # a second, for this alone

    assert table.points is not None
    kind = qmc.LatinHypercube if table.design == "latin_hypercube" else qmc.Sobol
    return points_at(factors, kind(len(factors), rng=seed).random(table.points))


def with_table(reading: Reading, changes: Mapping[str, Any]) -> Reading:
    """A scenario whose [sweep] says something else.

    Parameters
    ----------
    changes
        Values by key, as a file would have them; None says nothing.

    Raises
    ------
    ScenarioError
        If it has no such table and needs one, or the table as changed is wrong.
    """
    keys = {key: plain_value(value) for key, value in changes.items() if value is not None and key != "factors"}
    factors = changes.get("factors")
    if factors is not None:
        keys["factors"] = {key: factor_table(entry) for key, entry in factors.items()}
    from_file = reading.resolved.get("sweep", {})
    if keys.get("design") == "grid":
        # a file may ask for a hypercube of so many points; a grid has levels instead
        from_file = {key: value for key, value in from_file.items() if key != "points"}
    if not from_file and "factors" not in keys:
        raise ScenarioError([Problem(Spot(reading.file), (), NO_TABLE)])
    data = {**reading.resolved, "sweep": {**from_file, **keys}}
    scenario, complaints = scenario_from(data)
    if scenario is not None:
        # What a file states may serve another design; who calls means this one.
        idle = [(path, why) for path, why in idle_settings(scenario) if path[1] in keys]
        complaints += [(path, f"has no effect: {why}") for path, why in idle]
    if scenario is None or complaints:
        problems = []
        for path, message in complaints:
            has_line = len(path) > 1 and path[1] not in keys
            spot = spot_of(path, reading.spots, reading.file) if has_line else Spot(OPTIONS)
            problems.append(Problem(spot, path, message))
        raise ScenarioError(problems)
    lines = {path: spot for path, spot in reading.spots.items() if path[:2] not in {("sweep", key) for key in keys}}
    return replace(
        reading,
        scenario=scenario,
        resolved=data,
        spots=lines | {("sweep", key): Spot(OPTIONS) for key in keys},
    )


def factor_spots(reading: Reading) -> dict[str, Spot]:
    """Where each factor of the sweep was said, by key path."""
    sweep = reading.scenario.sweep
    factors = sweep.factors if sweep else {}
    return {key: spot_of(("sweep", "factors", key), reading.spots, OPTIONS) for key in factors}


def factor_table(entry: Any) -> Any:
    """A factor as a file has it, from two ends, a list of values or a table.

    A pair of numbers as a tuple is two ends; but a list, or an array, is values, even two.
    """
    values = plain_value(entry)
    if not isinstance(values, list):
        return values
    is_pair = len(values) == 2 and not any(isinstance(value, bool | str) for value in values)
    is_range = is_pair and isinstance(entry, tuple)
    return {"low": values[0], "high": values[1]} if is_range else {"values": values}
