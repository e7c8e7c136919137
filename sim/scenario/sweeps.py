"""What is tried around a scenario: the factors of a sweep."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.scenario.addresses import parts_of, words_of
from sim.scenario.problems import shown
from sim.scenario.values import Positive, Table

MOST_POINTS = 20_000
"""Of a sweep, or worlds of a forecast: each is a scenario of its own, and all are checked before any is run."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Replications = Annotated[int, Field(ge=2, le=100_000)]


def stated_measure(text: str) -> str:
    """The address of a measure."""
    words_of(text)
    return text


def stated_conclusion(text: str) -> str:
    """A conclusion."""
    parts_of(text)
    return text


def listed_value(value: Any) -> Any:
    """One of the values of a list; one message says what may stand there, where each kind would have its own."""
    if isinstance(value, dt.datetime) or not isinstance(value, bool | int | float | str | dt.date):
        raise ValueError(f"must be a number, text in quotes, a date, true or false (got {shown(value)})")
    return value


ListedValue = Annotated[bool | int | float | str | dt.date, BeforeValidator(listed_value)]


def power_of_two(number: int) -> int:
    """A power of two: other numbers of Sobol points are out of balance."""
    if number & (number - 1):
        below = 2 ** (number.bit_length() - 1)
        raise ValueError(f"a Sobol design takes a power of two, such as {below} or {2 * below} (got {number})")
    return number


class FactorRange(Table):
    """What is tried at one key path: a range from `low` to `high`, a scale of what the scenario says, or listed values.

    A scale multiplies every number that the scenario states for the key: all years or dates, the mean of a spread (its
    coefficient of variation stays), and what investments change it to. Switches and words are listed.
    """

    low: Number | None = Field(default=None, description="Least value, in the unit of the key")
    high: Number | None = Field(default=None, description="Greatest value, in the unit of the key")
    scale_low: Positive | None = Field(default=None, description="Least multiple of what the scenario says")
    scale_high: Positive | None = Field(default=None, description="Greatest multiple of what the scenario says")
    values: tuple[ListedValue, ...] | None = Field(
        default=None, min_length=1, strict=False, description="The values tried, where they are no range"
    )

    @model_validator(mode="after")
    def it_is_one_range(self) -> Self:
        """Two ends, in order, of a value or of a scale."""
        keys = {key for key in ("low", "high", "scale_low", "scale_high", "values") if getattr(self, key) is not None}
        if keys not in ({"low", "high"}, {"scale_low", "scale_high"}, {"values"}):
            raise ValueError("state low and high, or else scale_low and scale_high, or values")
        for low, high in ((self.low, self.high), (self.scale_low, self.scale_high)):
            if low is not None and high is not None and not low < high:
                raise ValueError("the low end must lie below the high end")
        return self


class Sweep(Table):
    """Points around the scenario, each run under the same random numbers; a command-line option overrides these."""

    design: Literal["grid", "latin_hypercube", "sobol"] = Field(
        default="grid", description="Every combination; or points spread over the ranges at random, or evenly"
    )
    levels: Annotated[int, Field(ge=2, le=1000)] = Field(default=5, description="Values of each range in a grid")
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = Field(
        default=None, description="Points of a Latin hypercube, or of a Sobol design (then a power of two)"
    )
    replications: Replications | None = Field(
        default=None, description="Repetitions at each point; by default those of the study"
    )
    measures: tuple[Annotated[str, AfterValidator(stated_measure)], ...] = Field(
        default=(), strict=False, description="Measures to draw, such as `throughput_mt:all:titr:2030`"
    )
    factors: dict[str, FactorRange] = Field(min_length=1, description="What is changed, by key path")

    @model_validator(mode="after")
    def points_fit_the_design(self) -> Self:
        """A grid counts levels, the others count points."""
        if self.design == "grid" and self.points is not None:
            raise ValueError("a grid takes levels, not points")
        if self.design != "grid" and self.points is None:
            raise ValueError(f"a design of the kind {self.design} needs a number of points")
        if self.design == "sobol" and self.points is not None:
            power_of_two(self.points)
        return self
