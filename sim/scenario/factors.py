"""A factor: one input of a scenario that is moved, and what its table becomes at a value of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.scenario.keys import Data, annotation_at, models, value_at, with_value
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Spot
from sim.scenario.sources import value_text
from sim.scenario.values import Spread, as_spread

DIGITS = 6
"""Significant digits of a value."""

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
