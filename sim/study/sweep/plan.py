"""The points of a sweep: each checked, nothing run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.measure.vocabulary import check_stated
from sim.scenario.addresses import Address
from sim.scenario.meaning import address
from sim.scenario.problems import check_at_least
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.sweeps import Sweep
from sim.study.sweep.designs import design_points
from sim.study.sweep.factors import Factor, Point, factors, named_points, scenarios_at
from sim.study.sweep.tables import with_table


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
        """The measures to draw."""
        return tuple(address(text, self.reading.scenario) for text in self.table.measures)


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
    reading = with_table(reading, "sweep", changes)
    table, study = reading.scenario.sweep, reading.scenario.study
    assert table is not None
    seed = study.seed if seed is None else seed
    moving = factors(reading, table.factors)
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
