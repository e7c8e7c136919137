"""Factors of an experiment: the values they can take, and the scenarios that come of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.measure.statistics import FloatArray
from sim.runs.shapes import Damaged
from sim.scenario.factors import Factor, Point
from sim.scenario.keys import Data, is_count, value_at
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.read import Reading, is_around, scenario_from, spot_of
from sim.scenario.schema import Scenario
from sim.scenario.sources import value_text
from sim.scenario.sweeps import FactorRange
from sim.scenario.worlds import ASKED_TABLES

if TYPE_CHECKING:
    import pandas as pd

MOST_SAID = 6
"""Factors of a point that a message names."""


def factor(reading: Reading, key: str, bounds: FactorRange, spot: Spot | None = None) -> Factor:
    """A factor as an experiment moves it."""
    path = tuple(key.split("."))
    now_value = value_at(reading.resolved, path)
    scale, is_whole = bounds.scale_low is not None, is_count(reading.resolved, path)
    # 60.0, as numpy's linspace has it, counts as well as 60.
    values = tuple(
        int(value) if is_whole and isinstance(value, float) and value.is_integer() else value
        for value in bounds.values or ()
    )
    low = bounds.scale_low if scale else bounds.low
    high = bounds.scale_high if scale else bounds.high
    return Factor(
        key,
        path,
        low if low is not None else 0.0,
        high if high is not None else 0.0,
        scale,
        is_whole,
        values,
        1.0 if scale else None if isinstance(now_value, dict | list) else now_value,
        "; ".join(dict.fromkeys(bounds.sources.values())),
        spot,
    )


def factors(
    reading: Reading, ranges: Mapping[str, FactorRange], spots: Mapping[str, Spot] | None = None
) -> tuple[Factor, ...]:
    """The factors of a table by key path, and where each was said."""
    return tuple(factor(reading, key, bounds, (spots or {}).get(key)) for key, bounds in ranges.items())


def check_points(table: pd.DataFrame, factors: Sequence[Factor], number: int) -> None:
    """Make sure that a table read back has so many points, and a value of each factor at each; empty: as stated.

    Raises
    ------
    Damaged
        If it has not.
    """
    if table["point"].tolist() != list(range(number)):
        raise Damaged(f"points.csv does not hold {number} points")
    for factor in factors:
        if factor.label not in table:
            raise Damaged(f"points.csv has no column '{factor.label}'")
        if factor.numeric and table[factor.label].dtype.kind not in "if":
            raise Damaged(f"points.csv: the column '{factor.label}' does not hold numbers")


def points_at(factors: Sequence[Factor], shares: FloatArray) -> list[Point]:
    """Points × factors as values, from their shares of the ranges."""
    return [tuple(factor.at(float(share)) for factor, share in zip(factors, row, strict=True)) for row in shares]


def scenarios_at(reading: Reading, factors: Sequence[Factor], points: Sequence[Point]) -> list[Scenario]:
    """The scenario at each point, checked.

    Raises
    ------
    ScenarioError
        With every key that is wrong at any of them, and the first point at which it is. It is told of the range that
        brought it about: the line of the key itself says something else, and is sound.
    """
    at_points: list[Scenario] = []
    problems: dict[KeyPath, Problem] = {}
    for number, point in enumerate(points):
        scenario, complaints = scenario_from(table_at(reading.resolved, factors, point))
        if scenario is not None:
            at_points.append(scenario)
        for path, message in complaints:
            movers = zip(factors, point, strict=True)
            origins = [factor.spot for factor, value in movers if value is not None and is_around(factor.path, path)]
            spot = next(filter(None, reversed(origins)), None) or spot_of(path, reading.spots, reading.file)
            where = f"{message} (point {number}: {point_words(factors, point, path)})"
            problems.setdefault(path, Problem(spot, path, where))
    if problems:
        raise ScenarioError(list(problems.values()))
    return at_points


def named_points(
    about: str, factors: Sequence[Factor], points: Sequence[Point], scenarios: Sequence[Scenario]
) -> list[tuple[str, Scenario]]:
    """Scenarios at points, each with its point in words."""
    names = [f"{about}, point {number} ({point_words(factors, point)})" for number, point in enumerate(points)]
    return list(zip(names, scenarios, strict=True))


def table_at(stated_table: Data, factors: Sequence[Factor], point: Point) -> Data:
    """A scenario's table at a point, without what asked for it: the same point is the same scenario in any study."""
    data: Data = {key: value for key, value in stated_table.items() if key not in ASKED_TABLES}
    for factor, value in zip(factors, point, strict=True):
        if value is not None:
            data = factor.apply(data, value)
    return data


def point_words(factors: Sequence[Factor], point: Point, path: KeyPath = ()) -> str:
    """A point in words: the factors in the table that a key path names first, and no more than a few."""
    pairs = [(factor, value) for factor, value in zip(factors, point, strict=True) if value is not None]
    near = [pair for pair in pairs if path and is_around(pair[0].path, path)] or pairs
    texts = [f"{factor.label} = {value_text(value)}" for factor, value in near[:MOST_SAID]]
    tail = [f"and {len(near) - MOST_SAID} more"] if len(near) > MOST_SAID else []
    return ", ".join([*texts, *tail]) or "as stated"
