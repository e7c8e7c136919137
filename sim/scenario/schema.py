"""The words of a scenario file, whole: closed, frozen models, each number with its unit in its name.

A field's description is the reference text of its key; the JSON Schema for editors is made from these models.
Every table may carry `sources`: for each of its numbers the published fact or the assumption behind it.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.addresses import sums_in, weights_of
from sim.scenario.calendar import Calendar
from sim.scenario.formalities import Regime
from sim.scenario.markets import CORRIDOR, Market
from sim.scenario.places import Place
from sim.scenario.prices import Prices
from sim.scenario.sweeps import Sweep
from sim.scenario.traffic import Ban, Flow, Index, TrainType, WagonPool
from sim.scenario.unknowns import MOST_UNKNOWNS, Forecast, Unknown
from sim.scenario.values import (
    ALL,
    Distinct,
    Name,
    NotNegative,
    Positive,
    StatedYear,
    Table,
    Title,
    VaryingPositive,
    Year,
)


class Horizon(Table):
    """The days simulated."""

    start: dt.date = Field(description="First day measured; hour zero is 00:00 UTC of this day")
    end: dt.date = Field(description="First day after the last one measured")
    warmup_days: Annotated[int, Field(ge=0, le=3660)] = Field(
        default=90, description="Days simulated before `start` to fill the system; in no measure"
    )

    @model_validator(mode="after")
    def some_days_are_measured(self) -> Self:
        """The end lies after the start, and the whole within a working life."""
        if not self.start < self.end:
            raise ValueError("end must lie after start")
        if (self.end - self.start).days > 36_600:
            raise ValueError("a horizon may span at most 100 years")
        if self.start.year < 1990 or self.end.year > 2200:
            raise ValueError("the horizon must lie between the years 1990 and 2200")
        return self


class Study(Table):
    """How often the scenario is run, and how sure the intervals are; a command-line option overrides these."""

    replications: Annotated[int, Field(ge=2, le=100_000)] = Field(
        default=10, description="Independent repetitions, each with its own random numbers"
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(default=1, description="Seed of the random numbers")
    level: Annotated[float, Field(ge=0.5, le=0.99999)] = Field(
        default=0.95, description="Confidence level of the intervals"
    )


class Corridor(Table):
    """A named sum of flows, with its published past and its target."""

    title: Title = Field(description="Name as shown to a reader")
    published_mt: dict[Year, Positive] = Field(default={}, description="Published throughput by year, Mt")
    target_mt: dict[Year, Positive] = Field(default={}, description="Target throughput by year, Mt")


class Investment(Table):
    """Capacity that comes on a date: a named bundle of changes that can be moved or switched off."""

    title: Title = Field(description="Name as shown to a reader")
    active: bool = Field(default=True, description="Whether it is made")
    opens: dt.date = Field(description="First day on which the changes hold; later values of the same keys give way")
    cost_musd: NotNegative | None = Field(default=None, description="Cost, million US dollars")
    needs: Distinct[Name] = Field(
        default=(),
        strict=False,
        description="Investments it builds on: `corridor target` makes it only with them, and not before them",
    )
    changes: dict[str, Any] = Field(
        min_length=1, description="New value for each key path whose value may step on dates"
    )


class Disruption(Table):
    """A bad spell: a named bundle of changes that hold between two dates, or by chance some times a year.

    Spells by chance begin on days of a Poisson process, drawn anew in each replication; one that would begin within
    another of the same name does not happen.
    """

    title: Title = Field(description="Name as shown to a reader")
    active: bool = Field(default=True, description="Whether it happens")
    start: dt.date | None = Field(default=None, description="First day on which the changes hold")
    end: dt.date | None = Field(default=None, description="First day on which the old values hold again")
    per_year: Positive | None = Field(default=None, description="Spells a year, on average, instead of two dates")
    lasts_days: VaryingPositive | None = Field(
        default=None, description="Days a spell by chance lasts, rounded to whole days and at least one"
    )
    months: Distinct[Annotated[int, Field(ge=1, le=12)]] = Field(
        default=tuple(range(1, 13)),
        min_length=1,
        strict=False,
        description="Months in which a spell by chance may begin, 1 = January to 12 = December",
    )
    changes: dict[str, Any] = Field(
        min_length=1, description="Value meanwhile, for each key path whose value may step on dates"
    )

    @model_validator(mode="after")
    def it_has_dates_or_a_chance(self) -> Self:
        """Two dates in order, or a rate and a length."""
        has_dates = (self.start, self.end) != (None, None)
        by_chance = (self.per_year, self.lasts_days) != (None, None)
        is_whole = None not in (self.start, self.end) or None not in (self.per_year, self.lasts_days)
        if has_dates == by_chance or not is_whole:
            raise ValueError("state start and end, or else per_year and lasts_days")
        if self.start is not None and self.end is not None and not self.start < self.end:
            raise ValueError("end must lie after start")
        return self


def a_sum(text: str) -> str:
    """A text that is a sum of names."""
    weights_of(text)
    return text


def a_sum_or_share(text: str) -> str:
    """A text that is a sum of names, or a share of one."""
    sums_in(text)
    return text


Basis = Literal["count", "survey", "statement", "schedule", "bound"]


class Published(Table):
    """A published figure that the model is held against after a run.

    Where what was published is no single measure, `place` and `flow` are sums with weights, and `flow` may be a share.
    """

    title: Title = Field(description="What was published")
    fact: str = Field(description="Id of the fact in the ledger of sources")
    kpi: Name = Field(description="Measure of the model that answers it")
    place: Annotated[str, AfterValidator(a_sum)] = Field(
        default="all", description="Place of the measure, or a sum over places, each with its weight before it"
    )
    flow: Annotated[str, AfterValidator(a_sum_or_share)] = Field(
        default="all", description="Flow of the measure, or a sum over flows, or the share `of` such a sum"
    )
    basis: Basis = Field(
        default="count",
        examples=["survey"],
        description="What it is: counted by who moves or checks the cargo, a sample (survey), somebody's words, a "
        "schedule (or an advertisement, an ideal, a single train), or a bound that the mean must not pass; a statement "
        "and a schedule are neither met nor missed by a mean",
    )
    sampled: Title = Field(
        default="",
        examples=["Shipments of forwarders at all rail posts, nine of ten of them inbound"],
        description="What was counted or asked, in one sentence: whose cargo, where, which way",
    )
    explained: Title = Field(
        default="",
        examples=["Queues on the Chinese side are not in the model"],
        description="Why the model lies off it, if it does: what it has not",
    )
    start: dt.date = Field(description="First day counted")
    end: dt.date = Field(description="First day no longer counted")
    used_for: Literal["calibration", "validation"] = Field(
        description="Whether the scenario's numbers were chosen to meet the figure, or not"
    )
    value: float | None = Field(
        default=None, allow_inf_nan=False, description="The figure itself, where a calibration aims at it"
    )
    low: float = Field(allow_inf_nan=False, description="Lower end of the band")
    high: float = Field(allow_inf_nan=False, description="Upper end of the band")

    @model_validator(mode="after")
    def band_is_in_order(self) -> Self:
        """The band and the dates stand in order."""
        if not self.low <= self.high or not self.start < self.end:
            raise ValueError("low must not exceed high, and start must lie before end")
        return self


class Parameter(Table):
    """A number that no source gives, fitted so that the model meets published figures."""

    title: Title = Field(description="Name as shown to a reader")
    keys: Distinct[str] = Field(
        min_length=1, strict=False, description="Key paths that take the value; a file that states one itself keeps it"
    )
    low: Positive = Field(description="Least value tried")
    high: Positive = Field(description="Greatest value tried")
    value: Positive = Field(description="Value in force")

    @model_validator(mode="after")
    def value_lies_within_the_range(self) -> Self:
        """The value lies between the two ends, which differ."""
        if not self.low < self.high or not self.low <= self.value <= self.high:
            raise ValueError("low must lie below high, and value between them")
        return self


class TargetErrors(Table):
    """How far the model may rightly lie off a target, as standard deviations: in the figure's unit or as shares of it.

    Two errors that do not help each other: that of the record, told by how it was made; and that of the model at its
    best, told by what it leaves out. Neither is chosen by how many worlds survive.
    """

    observation: NotNegative | None = Field(
        default=None, examples=[3.7], description="Error of the figure as published, in its own unit"
    )
    observation_share: NotNegative | None = Field(
        default=None, examples=[0.05], description="Error of the figure as published, as a share of it"
    )
    discrepancy: NotNegative | None = Field(
        default=None, examples=[5], description="Distance of the model from the truth at its best, in the figure's unit"
    )
    discrepancy_share: NotNegative | None = Field(
        default=None, examples=[0.1], description="Distance of the model from the truth at its best, as a share"
    )

    @model_validator(mode="after")
    def both_are_stated(self) -> Self:
        """One observation error and one discrepancy, not both nought, each with its reason."""
        for error in ("observation", "discrepancy"):
            keys = (error, f"{error}_share")
            stated_keys = [key for key in keys if getattr(self, key) is not None]
            if len(stated_keys) != 1:
                raise ValueError(f"state {keys[0]} or else {keys[1]}")
            if not self.sources.get(stated_keys[0], self.sources.get(ALL, "")).strip():
                raise ValueError(f"must say in sources.{stated_keys[0]} what it rests on")
        if not self.deviation("observation", 1.0) and not self.deviation("discrepancy", 1.0):
            raise ValueError("an observation and a discrepancy of nought would rule out every world")
        return self

    def deviation(self, error: Literal["observation", "discrepancy"], figure: float) -> float:
        """The standard deviation of one of the two errors, in the unit of the figure."""
        plain: float | None = getattr(self, error)
        share: float | None = getattr(self, f"{error}_share")
        return plain if plain is not None else abs(figure) * (share or 0.0)


class Calibration(Table):
    """Published figures that worlds are held against, and free parameters fitted to them by `corridor calibrate`."""

    targets: Distinct[Name] = Field(
        min_length=1, strict=False, description="Published figures aimed at, each with its value"
    )
    errors: dict[Name, TargetErrors] = Field(default={}, description="Errors of the targets, by name")
    parameters: dict[Name, Parameter] = Field(min_length=1, description="Numbers fitted")
    until: dt.date | None = Field(
        default=None,
        examples=["2023-12-31"],
        description="Day at which the record is cut: the fit aims at no figure that was not known by then, and draws "
        "each input that cites a later fact from a range; none: the whole record",
    )
    leaves_out: Distinct[StatedYear] = Field(
        default=(), strict=False, examples=[[2022, 2023]], description="Years whose figures the fit does not aim at"
    )
    fitted_on: dt.date | None = Field(default=None, description="Day of the fit")
    residuals: dict[Name, Annotated[float, Field(allow_inf_nan=False)]] = Field(
        default={}, description="Model less figure over figure, by target, at the fit"
    )


class Scenario(Table):
    """A scenario file, read and resolved."""

    title: Title = Field(description="Name as shown to a reader")
    description: str = Field(default="", description="What the scenario is for")
    extends: str | None = Field(
        default=None, description="File that this one changes, relative to it, or a shipped scenario by name"
    )
    volumes: str | None = Field(
        default=None,
        examples=["volumes.csv"],
        description="Table of the volumes of single months, relative to this file: columns `flow`, `month` and, of "
        "`trains_per_month`, `teu_per_month` and `mt_per_month`, those used; a month that the file itself states goes "
        "before it, other months follow the year's volume",
    )
    horizon: Horizon
    study: Study = Study()
    corridors: dict[Name, Corridor] = Field(default={}, description="Named sums of flows")
    trains: dict[Name, TrainType] = Field(min_length=1, description="Train types")
    wagon_pools: dict[Name, WagonPool] = Field(default={}, description="Circulating wagon sets")
    regimes: dict[Name, Regime] = Field(default={}, description="Ways of clearing declarations")
    places: dict[Name, Place] = Field(min_length=1, description="Borders, sections, sea crossings and terminals")
    flows: dict[Name, Flow] = Field(min_length=1, description="Trains by origin, route and volume")
    markets: dict[Name, Market] = Field(default={}, description="Cargo that chooses its way, by the name of its market")
    indices: dict[Name, Index] = Field(default={}, description="Indices that volumes follow")
    bans: dict[Name, Ban] = Field(default={}, description="Convention bans that full places call")
    prices: Prices | None = Field(default=None, description="What cargo pays on its way; none: no costs are measured")
    investments: dict[Name, Investment] = Field(default={}, description="Dated, priced bundles of changes")
    disruptions: dict[Name, Disruption] = Field(default={}, description="Bundles of changes between two dates")
    unknown: dict[Name, Unknown] = Field(
        default={}, max_length=MOST_UNKNOWNS, description="What inputs may be instead of what is stated"
    )
    published: dict[Name, Published] = Field(default={}, description="Published figures to hold the model against")
    calibration: Calibration | None = Field(default=None, description="What is fitted, and to what")
    sweep: Sweep | None = Field(default=None, description="Points around the scenario that `corridor sweep` runs")
    forecast: Forecast | None = Field(default=None, description="What `corridor forecast` asks over all unknowns")

    @property
    def calendar(self) -> Calendar:
        """The calendar of the horizon."""
        return Calendar(self.horizon.start, self.horizon.end, self.horizon.warmup_days)

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways of all markets by name, the simulated one first; none without a market."""
        others = sorted({way for market in self.markets.values() for way in market.alternatives})
        return (CORRIDOR, *others) if self.markets else ()

    def is_of_market(self, flow: Flow) -> bool:
        """Whether the trains of a flow are what chose the corridor of a market: its own, or a share of those."""
        sources = (self.flows.get(source) for source in flow.share_of or ())
        return flow.market is not None or any(source is not None and source.market is not None for source in sources)

    def behind(self, flow: Flow) -> tuple[Index | None, Market | None]:
        """What the volume of a flow follows after the last year stated, and the market it is drawn from, if any."""
        market = None if flow.market is None else self.markets.get(flow.market)
        index = flow.index if market is None else market.index
        return None if index is None else self.indices.get(index), market
