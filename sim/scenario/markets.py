"""Markets: cargo between two ends that chooses its way, by price, days and reliability.

A nested logit (McFadden, Modelling the choice of residential location, 1978) over the simulated corridor and the ways
beside it, which are not simulated. Prices are in USD a unit of the market: a TEU, or a tonne.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.values import (
    Date,
    DateText,
    Distinct,
    Name,
    NotNegative,
    Positive,
    Share,
    SteppedRate,
    SteppedShare,
    Table,
    Title,
    Variation,
    Year,
    since_ever,
)

CORRIDOR = "corridor"
"""The name of the simulated way among those of a market."""

Score = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]
SteppedScore = Annotated[
    dict[Date, Score],
    Field(min_length=1),
    BeforeValidator(since_ever, json_schema_input_type=Score | dict[DateText, Score]),
]
ZERO: dict[dt.date, float] = {dt.date.min: 0.0}
SIZES = {"teu_per_year": "teu", "mt_per_year": "t"}
"""Keys of a market of which one states its size, and the unit of its prices then."""


class Way(Table):
    """One way of a market."""

    constant: SteppedScore = Field(
        examples=[-2.5],
        default=ZERO,
        description="Utility of the way that neither price nor days say, on the scale of the logit",
    )
    nest: Name | None = Field(
        examples=["land"], default=None, description="Nest of ways that stand in for each other; none: alone"
    )


class CorridorWay(Way):
    """The simulated way: its price, what lies beyond the simulated route, and what is expected of it at first."""

    price_usd_per_teu: SteppedRate | None = Field(
        examples=[{"2024-01-01": 3300.0, "2026-07-01": 3600.0}],
        default=None,
        description="Tariff, all in, by date; none: what the flow pays by `[prices]` on its route",
    )
    price_usd_per_t: SteppedRate | None = Field(
        examples=[90.0], default=None, description="The same of a market in tonnes"
    )
    subsidy_usd_per_teu: SteppedRate | None = Field(
        examples=[{"2024-01-01": 500.0, "2028-01-01": 0.0}], default=None, description="Taken off the price, by date"
    )
    subsidy_usd_per_t: SteppedRate | None = Field(
        examples=[5.0], default=None, description="The same of a market in tonnes"
    )
    beyond_days: NotNegative = Field(
        examples=[6.0], default=0.0, description="Days from the end of the simulated route to the end of the market"
    )
    beyond_usd_per_teu: NotNegative | None = Field(examples=[400.0], default=None, description="What they cost")
    beyond_usd_per_t: NotNegative | None = Field(
        examples=[20.0], default=None, description="The same of a market in tonnes"
    )
    expected_days: Positive = Field(
        examples=[30.0],
        description="Days from offer to delivery on the simulated route that shippers expect at the opening of a run",
    )
    expected_spread_days: NotNegative = Field(
        examples=[7.0], default=0.0, description="Standard deviation of the days that they expect then"
    )


class OtherWay(Way):
    """A way that is not simulated: its price and its days are what is stated."""

    price_usd_per_teu: SteppedRate | None = Field(
        examples=[{"2024-01-01": 3300.0, "2026-07-01": 3600.0}], default=None, description="Price, all in, by date"
    )
    price_usd_per_t: SteppedRate | None = Field(
        examples=[90.0], default=None, description="The same of a market in tonnes"
    )
    price_cv: Variation = Field(
        examples=[0.2],
        default=0.0,
        description="Coefficient of variation of the price about what is stated, month by month, drawn by name "
        "(lognormal); 0: as stated",
    )
    price_persistence: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = Field(
        examples=[0.8], default=0.0, description="Correlation of its logarithm from one month to the next"
    )
    days: SteppedRate = Field(
        examples=[{"2023-01-01": 35.0, "2024-01-01": 46.0}], description="Days from end to end, by date"
    )
    spread_days: SteppedRate = Field(
        examples=[4.0], default=ZERO, description="Standard deviation of the days, by date"
    )


class Captive(Table):
    """Shippers who have not all the ways to choose from."""

    share: SteppedShare = Field(examples=[0.35], description="Share of the market that is theirs, by date")
    without: Distinct[Name] = Field(
        examples=[["north"]],
        min_length=1,
        strict=False,
        description="Ways that they have not; `corridor` is the simulated one",
    )


class Market(Table):
    """Cargo between two ends, of which a flow carries what chooses the corridor.

    The share of a month is fixed at the start of the month before it, by what is expected then.
    """

    title: Title = Field(examples=["Boxes from China to Europe"], description="Name as shown to a reader")
    teu_per_year: dict[Year, NotNegative] | None = Field(
        examples=[{2024: 13_250_000.0}], default=None, description="Size by all ways as TEU a year"
    )
    mt_per_year: dict[Year, NotNegative] | None = Field(
        examples=[{2024: 2.5}], default=None, description="Size by all ways as million tonnes a year"
    )
    index: Name | None = Field(
        examples=["trade"], default=None, description="Index that the size follows after the last year stated"
    )
    most_share: Annotated[Share, Field(gt=0)] = Field(
        examples=[0.01],
        description="Most of the market that can come by the corridor: so many trains are drawn, and go or do not",
    )
    price_response_per_1000_usd: NotNegative = Field(
        examples=[0.25], description="Utility that 1,000 USD a TEU, or a tonne, take away, on the scale of the logit"
    )
    value_of_time_usd_per_teu_day: NotNegative | None = Field(
        examples=[30.0], default=None, description="What a day less is worth to a shipper"
    )
    value_of_time_usd_per_t_day: NotNegative | None = Field(
        examples=[2.0], default=None, description="The same of a market in tonnes"
    )
    reliability_ratio: NotNegative = Field(
        examples=[1.0],
        default=0.0,
        description="What a day less of standard deviation is worth, over what a day less is",
    )
    feedback: bool = Field(
        examples=[False],
        default=True,
        description="Whether expectations follow what trains of the market met; false: they stay as stated",
    )
    lag_months: Annotated[float, Field(ge=1, le=120, allow_inf_nan=False)] = Field(
        examples=[3.0],
        default=1.0,
        description="Months over which expectations follow: each month by one of so many parts of the distance to what "
        "was met in the last; 1: they are what was met",
    )
    patience_days: Positive | None = Field(
        examples=[30.0],
        default=None,
        description="Days from its offer after which a train that a ban or an agreed limit still holds at its origin "
        "goes another way; none: it waits",
    )
    nests: dict[Name, Annotated[Share, Field(ge=0.01)]] = Field(
        examples=[{"land": 0.5}],
        default={},
        description="Dissimilarity of the ways of each nest: 1 as if alone, 0.01 all but the same",
    )
    captive: Captive | None = Field(default=None, description="Shippers without all the ways")
    corridor: CorridorWay = Field(description="The simulated way")
    alternatives: dict[Name, OtherWay] = Field(min_length=1, description="Ways beside the corridor, not simulated")

    @property
    def unit(self) -> Literal["teu", "t"]:
        """The unit of its prices."""
        return "teu" if self.teu_per_year is not None else "t"

    @property
    def ways(self) -> dict[str, Way]:
        """All ways by name, the simulated one first."""
        return {CORRIDOR: self.corridor, **self.alternatives}

    @property
    def value_of_time_usd_per_day(self) -> float:
        """What a day is worth, USD a unit."""
        value = self.value_of_time_usd_per_teu_day if self.unit == "teu" else self.value_of_time_usd_per_t_day
        return value or 0.0

    @model_validator(mode="after")
    def one_size_and_its_unit(self) -> Self:
        """The size is stated once, and all prices in its unit."""
        if len([key for key in SIZES if getattr(self, key)]) != 1:
            raise ValueError(f"state its size in exactly one of {', '.join(SIZES)}")
        strange = "_per_t" if self.unit == "teu" else "_per_teu"
        tables: dict[str, Table] = {"": self, **{f"{name}: ": way for name, way in self.ways.items()}}
        for where, table in tables.items():
            for key in type(table).model_fields:
                if key.endswith((strange, f"{strange}_day")) and getattr(table, key) is not None:
                    raise ValueError(f"{where}{key} is of another unit than the size: USD per {self.unit} goes with it")
        if getattr(self, f"value_of_time_usd_per_{self.unit}_day") is None:
            raise ValueError(f"must state value_of_time_usd_per_{self.unit}_day")
        for name, way in self.alternatives.items():
            if getattr(way, f"price_usd_per_{self.unit}") is None:
                raise ValueError(f"alternatives.{name} must state price_usd_per_{self.unit}")
        return self

    @model_validator(mode="after")
    def names_of_its_own(self) -> Self:
        """Nests and ways that are named are there."""
        if CORRIDOR in self.alternatives:
            raise ValueError(f"an alternative must have another name than {CORRIDOR}, the simulated way")
        for name, way in self.ways.items():
            if way.nest is not None and way.nest not in self.nests:
                raise ValueError(f"{name} lies in nest {way.nest}, which nests does not have")
        for name in self.captive.without if self.captive else ():
            if name not in self.ways:
                raise ValueError(f"captive.without names {name}, which is no way: {', '.join(self.ways)}")
        if self.captive is not None and {*self.captive.without} == {*self.ways}:
            raise ValueError("captive.without leaves no way")
        return self

    def usd(self, table: Table, stem: str) -> dict[dt.date, float]:
        """A price of a way by date, USD a unit; nothing where it is not stated."""
        value = getattr(table, f"{stem}_usd_per_{self.unit}")
        return value if isinstance(value, dict) else {dt.date.min: value or 0.0}

    def size_by_year(self) -> dict[int, float]:
        """Units a year, by all ways, for the years stated."""
        if self.teu_per_year is not None:
            return dict(self.teu_per_year)
        return {year: mt * 1e6 for year, mt in (self.mt_per_year or {}).items()}
