"""Factors of an experiment: the values they can take, and the scenarios that come of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.measure.statistics import FloatArray
from sim.runs.shapes import Damaged
from sim.scenario.keys import Data, annotation_at, is_count, models, value_at, with_value
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.read import Reading, is_around, scenario_from, spot_of
from sim.scenario.schema import Scenario
from sim.scenario.sources import value_text
from sim.scenario.sweeps import FactorRange
from sim.scenario.values import Spread, as_spread

if TYPE_CHECKING:
    import pandas as pd

REQUEST_TABLES = ("sweep", "sensitivity")
"""Tables that ask for points and say nothing of any of them."""

DIGITS = 6
"""Significant digits of a value."""

MOST_SAID = 6
"""Factors of a point that a message names."""

Point = tuple[Any, ...]
"""A value for each factor; None leaves what the scenario says."""


@dataclass(frozen=True)
class Factor:
    """One number, or word, of a scenario that an experiment moves.

    Attributes
    ----------
    key, path
        Its key path, as text and in parts.
    low, high
        Ends of its range, values or multiples of what is stated.
    scale
        Whether it multiplies what the scenario says.
    is_whole
        Whether the key takes whole numbers only: values are rounded.
    values
        Its values one by one, where it has no range.
    stated
        What the scenario says now: its number or word, 1 for a scale, None where this is no single value.
    source
        The line that stands behind the range.
    spot
        Where the range was said, if anywhere.
    """

    key: str
    path: KeyPath
    low: float = 0.0
    high: float = 0.0
    scale: bool = False
    is_whole: bool = False
    values: tuple[Any, ...] = ()
    stated: Any = None
    source: str = ""
    spot: Spot | None = None

    @property
    def label(self) -> str:
        """Name of its column: the key path, and `scale` where its values are multiples."""
        return f"{self.key} scale" if self.scale else self.key

    @property
    def numeric(self) -> bool:
        """Whether its values lie on an axis."""
        return not any(isinstance(value, bool) or not isinstance(value, int | float) for value in self.values)

    def at(self, share: float) -> Any:
        """The value at a share of the range, 0 to 1; each whole number, and each value of a list, has an equal part."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.is_whole and not self.scale:
            low, high = self.ends
            return min(low + int(share * (high - low + 1) + 1e-9), high)
        return float(f"{self.low + share * (self.high - self.low):.{DIGITS}g}")

    @property
    def ends(self) -> tuple[int, int]:
        """The ends of a range of whole numbers, rounded."""
        return round(self.low), round(self.high)

    def levels(self, number: int) -> tuple[Any, ...]:
        """Values at even steps from end to end, whole ones rounded; or the values of a list; each named once."""
        if self.values:
            return tuple(dict.fromkeys(self.values))
        steps = (self.low + step / (number - 1) * (self.high - self.low) for step in range(number))
        if self.is_whole and not self.scale:
            return tuple(dict.fromkeys(round(value) for value in steps))
        return tuple(float(f"{value:.{DIGITS}g}") for value in steps)

    def apply(self, data: Data, value: Any) -> Data:
        """A scenario's table with the factor at a value; as it is, if it does not have the table that the key is in."""
        data = with_open_spread(data, self.path)
        if not isinstance(value_at(data, self.path[:-1]), dict):
            return data
        if not self.scale:
            return with_value(data, self.path, value)
        present = value_at(data, self.path)
        data = with_value(data, self.path, value_scaled(present, value, self.is_whole)) if present is not None else data
        investments = data.get("investments")
        for name in investments if isinstance(investments, dict) else ():
            where = ("investments", name, "changes", self.key)
            later = value_at(data, where)
            data = with_value(data, where, value_scaled(later, value, self.is_whole)) if later is not None else data
        return data

    def comes_to(self, data: Data, value: Any) -> str:
        """What a value makes of the scenario, as text."""
        return value_text(value_at(self.apply(data, value), self.path))


def with_open_spread(data: Data, path: KeyPath) -> Data:
    """The table with a bare number written as a spread, where the path goes on inside it."""
    around = value_at(data, path[:-1])
    if around is not None and Spread in models(annotation_at(data, path[:-1])):
        return with_value(data, path[:-1], as_spread(around))
    return data


def value_scaled(value: Any, scale: float, is_whole: bool) -> Any:
    """A value with every number in it multiplied; of a spread not its coefficient of variation."""
    if isinstance(value, dict):
        is_spread = bool({"mean", "low"} & value.keys()) and value.keys() <= Spread.model_fields.keys()
        kept_keys = {"cv"} if is_spread else set()
        return {
            key: entry if key in kept_keys else value_scaled(entry, scale, is_whole) for key, entry in value.items()
        }
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return round(value * scale) if is_whole else float(f"{value * scale:.{DIGITS}g}")


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
    data: Data = {key: value for key, value in stated_table.items() if key not in REQUEST_TABLES}
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
