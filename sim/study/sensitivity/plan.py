"""The points at which a conclusion is tried: each checked, nothing run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.measure.statistics import FloatArray
from sim.measure.vocabulary import check_stated
from sim.scenario.addresses import Conclusion
from sim.scenario.keys import value_at
from sim.scenario.meaning import conclusion, period_days
from sim.scenario.positions import KeyPath
from sim.scenario.problems import ArgumentError, Problem, ScenarioError, Spot, check_at_least
from sim.scenario.reading.opening import load
from sim.scenario.reading.overrides import assignment
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.sweeps import Sensitivity
from sim.study.compare.arms import CompareError
from sim.study.sensitivity.assumed import assumed_ranges
from sim.study.sensitivity.indices import design_shares, with_listed_values
from sim.study.sweep.factors import Factor, Point, factors, points_at, scenarios_at
from sim.study.sweep.plan import OPTIONS, check_number, factor_spots, with_table

LEVELS = 5
"""Values at which each factor is tried alone."""


@dataclass(frozen=True)
class SensitivityPlan:
    """A sensitivity that has been checked and not yet run.

    Attributes
    ----------
    reading, against
        The scenario, and the one that a difference is taken from.
    table, conclusion
        What is asked, and of what.
    factors
        The uncertain inputs.
    design
        Points × factors as shares of the ranges.
    points, scenarios, against_scenarios
        Every point once, the scenario as stated first, and both scenarios there; without `against` the others are none.
    left_out
        Key paths of assumed inputs that could not be moved.
    """

    reading: Reading
    against: Reading | None
    table: Sensitivity
    conclusion: Conclusion
    factors: tuple[Factor, ...]
    design: FloatArray
    points: tuple[Point, ...]
    scenarios: tuple[Scenario, ...]
    against_scenarios: tuple[Scenario, ...]
    replications: int
    seed: int
    left_out: tuple[str, ...]

    @property
    def runs(self) -> int:
        """Replications to run, of all points together."""
        return (len(self.scenarios) + len(self.against_scenarios)) * self.replications

    @property
    def period(self) -> str:
        """The period that the conclusion speaks of."""
        return self.conclusion.address.period


def plan_sensitivity(
    reading: Reading,
    changes: Mapping[str, Any],
    assumed_share: float | None = None,
    within: Sequence[str] = (),
    *,
    overrides: Sequence[str] = (),
    against: Reading | None = None,
    replications: int | None = None,
    seed: int | None = None,
) -> SensitivityPlan:
    """The points of a sensitivity, each checked; nothing is run.

    Parameters
    ----------
    changes
        Keys of a [sensitivity] that stand instead of those of the file; None says nothing.
    assumed_share, within
        Of `assumed_ranges`, which then makes the factors.
    overrides
        Changes that were made to the scenario: the other one takes them too, as far as it has the tables.
    against
        The other scenario as read, instead of the one that the table names.

    Raises
    ------
    ScenarioError
        With every problem found.
    ArgumentError
        If there are to be no replications, or the share does not lie between 0 and 1.
    """
    check_at_least(1, replications=replications)
    if assumed_share is not None and not 0 < assumed_share < 1:
        raise ArgumentError(f"assumed_share must lie between 0 and 1 (got {assumed_share:g})")
    left_out: list[str] = []
    if assumed_share is not None:
        ranges, left_out = assumed_ranges(reading, assumed_share, within)
        changes = {**changes, "factors": ranges}
    reading = with_table(reading, "sensitivity", changes)
    table, study = reading.scenario.sensitivity, reading.scenario.study
    assert table is not None
    uncertain = factors(reading, table.factors, spots := factor_spots(reading, "sensitivity"))
    if not uncertain:
        message = "has no factors: state ranges in [sensitivity.factors], or ask for all that is assumed"
        if assumed_share is not None:
            message = f"has no factors: no assumed input that can be moved lies within {', '.join(within) or 'it'}"
            message += "; one without a source is none: sources.all = 'assumed: why' marks those of a table"
        raise ScenarioError([Problem(Spot(reading.file), ("sensitivity",), message)])
    against = against or other_scenario(reading, table, overrides)
    check_period(reading, against, table)
    seed = study.seed if seed is None else seed
    number = table.trajectories if table.method == "morris" else table.samples
    check_number(reading, "sensitivity", number * (len(uncertain) + 1))
    shares = design_shares(table, len(uncertain), seed)
    design = with_listed_values(table, shares, [len(factor.values) for factor in uncertain], seed)
    as_stated: Point = (None,) * len(uncertain)
    points = tuple(dict.fromkeys([as_stated, *alone_points(uncertain), *points_at(uncertain, design)]))
    at_points = tuple(scenarios_at(reading, uncertain, points))
    check_stated(reading, at_points)
    return SensitivityPlan(
        reading,
        against,
        table,
        conclusion(table.conclusion, reading.scenario),
        uncertain,
        design,
        points,
        at_points,
        tuple(scenarios_at(against, factors(against, table.factors, spots), points) if against else ()),
        replications or table.replications or study.replications,
        seed,
        tuple(left_out),
    )


def other_scenario(reading: Reading, table: Sensitivity, overrides: Sequence[str]) -> Reading | None:
    """The scenario that a difference is taken from: a file beside the one that names it, or any that `load` takes.

    Raises
    ------
    ScenarioError
        If it cannot be read.
    """
    if table.against is None:
        return None
    spot = reading.spots.get(("sensitivity", "against"), Spot(OPTIONS))
    beside = Path(spot.file).parent / table.against
    try:
        against = load(beside if beside.is_file() else table.against)
        common_changes = [override for override in overrides if has_room(against, assignment(override)[0])]
        against = load(against.files[0], common_changes)
    except ScenarioError as error:
        path = ("sensitivity", "against")
        raise ScenarioError([Problem(spot, path, str(problem)) for problem in error.problems]) from None
    return against


def check_period(reading: Reading, against: Reading | None, table: Sensitivity) -> None:
    """Make sure that the scenario a difference is taken from, if there is one, has the period of the conclusion.

    Raises
    ------
    CompareError
        If it has not.
    """
    period = conclusion(table.conclusion, reading.scenario).address.period
    days = period_days(reading.scenario).get(period)
    if against is not None and period_days(against.scenario).get(period) != days:
        raise CompareError(f"{reading.name} and {against.name} have no period {period} of the same days in common")


def has_room(reading: Reading, path: KeyPath) -> bool:
    """Whether a scenario has the table that a key lies in."""
    return isinstance(value_at(reading.resolved, path[:-1]), dict)


def alone_points(factors: Sequence[Factor]) -> list[Point]:
    """Each factor in turn at even steps through its range, the others as stated."""
    size = len(factors)
    return [
        (*(None,) * place, value, *(None,) * (size - place - 1))
        for place, factor in enumerate(factors)
        for value in factor.levels(LEVELS)
    ]
