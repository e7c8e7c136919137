"""What nobody knows: what an input may be instead of what is stated, and the forecast that is made over all of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.scenario.sweeps import MOST_POINTS, Number, listed_value, stated_conclusion
from sim.scenario.values import Distinct, Name, NotNegative, Positive, Share, StatedYear, Table, Title, is_number

Group = Literal[
    "volumes", "fleets", "border", "customs", "railway", "sea", "ports", "investments", "prices", "structure"
]
Shape = Literal["pert", "triangular", "uniform", "lognormal", "walk"]
LOGARITHMIC = ("lognormal", "walk")
"""Shapes of which the logarithm is normal, and cut."""
Months = Annotated[float, Field(ge=-1200, le=1200, allow_inf_nan=False)]

RANGES = {
    "value": ("low", "likely", "high"),
    "scale": ("scale_low", "scale_likely", "scale_high"),
    "delay": ("delay_low_months", "delay_likely_months", "delay_high_months"),
}
"""The keys of each kind of range: its least, its likeliest and its greatest end."""

Kind = Literal["value", "scale", "delay", "list"]
MOST_VALUES, MOST_UNKNOWNS = 100, 1000
"""Of a list and of a scenario, which is checked at each of them."""


def alternative(value: Any) -> Any:
    """One alternative of a list: a value, or such numbers as weights by month."""
    are_numbers = isinstance(value, list | tuple) and all(map(is_number, value))
    return value if are_numbers else listed_value(value)


Alternative = Annotated[
    bool | int | float | str | dt.date | Annotated[tuple[float, ...], Field(strict=False)], BeforeValidator(alternative)
]


class Unknown(Table):
    """Inputs of which nobody knows the value, and which move together: a range with a shape, or alternatives.

    A range is of values, in the unit of the keys, or of multiples of what the scenario states (all years or dates, the
    mean of a spread, the swing of weights by month, and what investments change it to), or of months by which a date
    comes later.
    """

    title: Title = Field(
        examples=["Speed on main lines"], description="What is not known, as a reader sees it: a short noun phrase"
    )
    group: Group = Field(examples=["railway"], description="Group by which a forecast splits its spread")
    keys: Distinct[str] = Field(
        min_length=1,
        strict=False,
        examples=[["places.*.speed_km_per_day"]],
        description="Key paths of the inputs, which move as one; `*` stands for any one name",
    )
    low: Number | None = Field(examples=[650], default=None, description="Least value; of a spread its least mean")
    likely: Number | None = Field(examples=[743], default=None, description="Likeliest value; none: what is stated")
    high: Number | None = Field(
        examples=[941], default=None, description="Greatest value; of a spread its greatest mean"
    )
    scale_low: NotNegative | None = Field(
        examples=[0.8], default=None, description="Least multiple of what the scenario says"
    )
    scale_likely: NotNegative | None = Field(examples=[0.9], default=None, description="Likeliest multiple; none: 1")
    scale_high: NotNegative | None = Field(
        examples=[1.3], default=None, description="Greatest multiple of what the scenario says"
    )
    delay_low_months: Months | None = Field(
        examples=[6], default=None, description="Least delay of a date; below 0: it is earlier"
    )
    delay_likely_months: Months | None = Field(examples=[18], default=None, description="Likeliest delay; none: 0")
    delay_high_months: Months | None = Field(examples=[48], default=None, description="Greatest delay of a date")
    shape: Shape = Field(
        examples=["triangular"],
        default="pert",
        description="Law between the ends; of a lognormal one they are the points that 2.5 % lie below and above, "
        "and it is cut there; a walk is lognormal in the last year of its ramp, and before it as far from its median "
        "as the root of the years is",
    )
    values: tuple[Alternative, ...] | None = Field(
        examples=[["gauge_change", "placing"]],
        default=None,
        min_length=1,
        max_length=MOST_VALUES,
        strict=False,
        description="Alternatives, where it is no range",
    )
    weights: tuple[Positive, ...] | None = Field(
        examples=[[3, 1]],
        default=None,
        min_length=1,
        strict=False,
        description="How likely each of the values is; none: all alike",
    )
    stated_share: Share = Field(examples=[0.2], default=0.0, description="Probability that all stays as stated")
    ramp_from: StatedYear | None = Field(
        examples=[2025],
        default=None,
        description="Year up to which a scale leaves things as stated; the last one stated is scaled in full, those "
        "between by equal factors; what is stated for all time is scaled in full; of an index it is what has grown by "
        "the last year of the run that is scaled, and not the growth",
    )
    follows: dict[str, Annotated[float, Field(ge=-10, le=10)]] = Field(
        default={},
        description="Key paths that a scale moves in part, each with its share: at a multiple of 1.2 a share of 0.5 "
        "makes 1.1; below 0: the other way",
    )
    moves_with: Name | None = Field(
        default=None, examples=["works_kazakhstan"], description="Name of what several unknowns have in common"
    )
    correlation: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, examples=[0.4], description="Correlation of two unknowns that move with it, as normal scores"
    )

    @model_validator(mode="after")
    def it_is_one_range(self) -> Self:
        """One range with its two ends, or alternatives; its keys fit its kind and its shape."""
        kinds = [kind for kind, keys in RANGES.items() if any(getattr(self, key) is not None for key in keys)]
        kinds += [] if self.values is None else ["list"]
        if len(kinds) != 1:
            raise ValueError("state low and high, or else scale_low and scale_high, delay_..._months, or values")
        if self.values is None:
            self.check_ends()
        elif len(set(self.values)) < len(self.values):
            raise ValueError("must list each of its values once")
        if self.weights is not None and self.values is None:
            raise ValueError("weights goes with values")
        if self.weights is not None and len(self.weights) != len(self.values or ()):
            raise ValueError(f"must have a weight for each of its {len(self.values or ())} values")
        if "shape" in self.model_fields_set and self.values is not None:
            raise ValueError("shape goes with a range: what is listed has weights")
        for key, value in (("ramp_from", self.ramp_from), ("follows", self.follows or None)):
            if value is not None and self.kind != "scale":
                raise ValueError(f"{key} goes with scale_low and scale_high")
        if self.shape == "walk" and self.ramp_from is None:
            raise ValueError("a walk goes with scale_low, scale_high and ramp_from, the year from which it spreads")
        if (self.moves_with is None) != (self.correlation is None):
            raise ValueError("moves_with and correlation go together")
        if not {line for line in self.sources.values() if line.strip()}:
            raise ValueError("must say in sources.all what the range rests on")
        return self

    def check_ends(self) -> None:
        """Make sure that the ends of a range stand in order; ValueError if they do not."""
        low_key, likely_key, high_key = RANGES[self.kind]
        low, likely, high = self.low_end, self.likely_end, self.high_end
        if low is None or high is None:
            raise ValueError(f"state both {low_key} and {high_key}")
        if not low < high:
            raise ValueError(f"{low_key} must lie below {high_key}")
        if self.shape in ("uniform", *LOGARITHMIC) and likely is not None:
            raise ValueError(f"a {self.shape} range takes no {likely_key}")
        if self.shape in LOGARITHMIC and low <= 0:
            raise ValueError(f"{low_key} must be more than 0 in a {self.shape} range")
        if likely is not None and not low <= likely <= high:
            raise ValueError(f"{likely_key} must lie between {low_key} and {high_key}")

    @property
    def kind(self) -> Kind:
        """What it takes: a value in a range, a multiple, months of delay, or one of a list."""
        if self.values is not None:
            return "list"
        if self.low is not None or self.high is not None or self.likely is not None:
            return "value"
        return "scale" if (self.scale_low, self.scale_likely, self.scale_high) != (None, None, None) else "delay"

    def end(self, position: int) -> float | None:
        """The least (0), likeliest (1) or greatest (2) of a range as it is written; None if it is not."""
        end: float | None = getattr(self, RANGES[self.kind][position])
        return end

    @property
    def low_end(self) -> float | None:
        """Least value, multiple or delay."""
        return self.end(0)

    @property
    def likely_end(self) -> float | None:
        """Likeliest value, multiple or delay, where it is written."""
        return self.end(1)

    @property
    def high_end(self) -> float | None:
        """Greatest value, multiple or delay."""
        return self.end(2)

    @property
    def reason(self) -> str:
        """The source lines that stand behind it."""
        return "; ".join(dict.fromkeys(self.sources.values()))


class OfferedRange(Table):
    """What is offered to a corridor in the year of its target, in worlds that ask whether it is carried."""

    low: Positive = Field(examples=[10], description="Least that is offered, Mt a year")
    high: Positive = Field(examples=[12], description="Greatest that is offered, Mt a year")

    @model_validator(mode="after")
    def ends_stand_in_order(self) -> Self:
        """The least lies below the greatest."""
        if not self.low < self.high:
            raise ValueError("low must lie below high")
        return self


class Forecast(Table):
    """What `corridor forecast` asks over all that is not known; a command-line option overrides these."""

    worlds: Annotated[int, Field(ge=2, le=MOST_POINTS)] = Field(
        default=100, examples=[400], description="Worlds drawn, each with a value of every unknown"
    )
    offer: Name | None = Field(
        default=None,
        examples=["offer_2030"],
        description="The unknown that scales what is offered to the corridor of the target",
    )
    offered_mt: OfferedRange | None = Field(
        default=None,
        description="What is offered in the worlds that ask whether the corridor carries its target",
    )
    ensemble: str | None = Field(
        default=None,
        examples=["2025.ensemble.csv"],
        description="File of what `corridor calibrate` left, beside this one: unknowns that it has are drawn from its "
        "rows, together; asked for the prior, it is left aside",
    )
    until: dt.date | None = Field(
        default=None,
        examples=["2023-12-31"],
        description="Day at which the record is cut: each input that cites a fact not known by then is drawn from a "
        "range, as by a fit that is cut; none: the whole record",
    )
    conclusions: Distinct[Annotated[str, AfterValidator(stated_conclusion)]] = Field(
        default=(),
        strict=False,
        examples=[["throughput_mt:all:titr:2030 >= 10"]],
        description="Measure, relation and number, such as `throughput_mt:all:titr:2030 >= 10`, or of two scenarios, "
        "`transit_days difference < -1`",
    )

    @model_validator(mode="after")
    def an_offer_has_its_range(self) -> Self:
        """The unknown of the offer and the range of what is offered stand together."""
        if (self.offer is None) != (self.offered_mt is None):
            raise ValueError("offer and offered_mt go together")
        return self
