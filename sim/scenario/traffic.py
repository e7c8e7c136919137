"""What travels in a scenario file: train types, wagon pools, flows, the indices and bans they follow."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.calendar import DAY_ONE, Calendar
from sim.scenario.markets import Market
from sim.scenario.values import (
    Count,
    Direction,
    Distinct,
    Month,
    Name,
    NotNegative,
    Positive,
    Share,
    Spread,
    SteppedCount,
    SteppedName,
    SteppedShare,
    Table,
    Title,
    Varying,
    Year,
    stated_month,
)

NO_TIME = Spread(mean=0.0)
VOLUMES_BY_YEAR = ("trains_per_year", "teu_per_year", "mt_per_year")
"""Keys of a flow of which one states its volume, unless it has a share of others."""
VOLUMES_BY_MONTH = ("trains_per_month", "teu_per_month", "mt_per_month")
"""Keys of a flow of which one may state single months, beside a volume by year."""
SHARES = ("share_of", "empties_of")
"""Keys of a flow of which one states what it has of others."""
VOLUMES = (*VOLUMES_BY_YEAR, "market", *SHARES)


class TrainType(Table):
    """What one train of a flow is made of."""

    title: Title = Field(description="Name as shown to a reader")
    handling: Name = Field(description="Facility that works this train at a gauge change or a terminal")
    wagons: Count = Field(description="Wagons a train; on a rail ferry also the places it takes")
    teu: Count = Field(default=0, description="Twenty-foot equivalent units a train")
    net_t: Positive = Field(
        description="Net tonnes of cargo a train; of empty boxes, what they weigh, which is no cargo"
    )
    priority: Count = Field(default=0, description="Order at tracks and wagon pools: lower goes first")
    wagon_pools: Distinct[Name] = Field(
        default=(),
        strict=False,
        description="Pools whose wagon sets the train runs on, one at a time: at most one pool for a gauge",
    )
    ordered_ahead_h: NotNegative = Field(
        default=0.0,
        description="Hours before the train enters its route at which the wagon set of its first border is ordered, to "
        "be kept for it; 0: ordered when it is cleared there",
    )


class WagonPool(Table):
    """A circulating fleet of wagon sets; an idle set waits at home, a released one runs home empty."""

    title: Title = Field(description="Name as shown to a reader")
    home: Name = Field(description="Place where idle sets stand")
    sets: SteppedCount = Field(description="Wagon sets in the fleet, each one train long")
    group_sets: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1,
        description="Sets that run home together: those emptied at a place stand there until they are so many",
    )
    placing_h: Varying = Field(
        default=NO_TIME, description="Hours from the assignment of a set until it stands ready for its train"
    )
    empty_run_h: dict[Name, Varying] = Field(
        description="Hours until a set released at this place stands at home again; the pool serves the places named"
    )
    repair_share: Share = Field(default=0.0, description="Share of empty runs on which the set goes to the repair shop")
    repair_h: Varying = Field(default=NO_TIME, description="Hours a repair adds to the empty run")


class Index(Table):
    """An index that volumes follow from year to year, such as the turnover of trade."""

    title: Title = Field(description="Name as shown to a reader")
    growth_share_by_year: dict[Year, Annotated[float, Field(gt=-1, le=10, allow_inf_nan=False)]] = Field(
        min_length=1, description="Growth on the year before; each holds until the next year stated"
    )

    def growth(self, after: int, year: int) -> float:
        """Volume of a year over that of an earlier one."""
        years = sorted(self.growth_share_by_year)
        factor = 1.0
        for later in range(after + 1, year + 1):
            since = max((earlier for earlier in years if earlier <= later), default=years[0])
            factor *= 1 + self.growth_share_by_year[since]
        return factor


class Ban(Table):
    """A convention ban: loading stops at the origin while a place is full, and resumes when it has emptied.

    It watches the yard of a port (cargo waiting for vessels), the receiving tracks of a border (trains on them and
    before them) or the trains on a section in the direction of its flows.
    """

    title: Title = Field(description="Name as shown to a reader")
    place: Name = Field(description="Port, border or section that is watched")
    flows: Distinct[Name] = Field(min_length=1, strict=False, description="Flows whose trains are held at the origin")
    begins_at_share: Positive = Field(description="Share of the capacity of the place at which the ban is called")
    lifts_at_share: NotNegative = Field(description="Share of the capacity at or below which it is lifted")
    lead_h: NotNegative = Field(description="Hours from a call, or a lifting, until it holds at the origin")
    quota_trains_per_day: Positive | None = Field(
        default=None, description="Trains still let in a day while the ban is in force; none: no train"
    )
    catch_up_trains_per_day: Positive | None = Field(
        default=None,
        description="Trains held back that are let in a day once it is lifted, beyond one for each train newly "
        "offered; none: all at once",
    )

    @model_validator(mode="after")
    def it_lifts_below_where_it_begins(self) -> Self:
        """The two shares stand in order."""
        if not self.lifts_at_share < self.begins_at_share:
            raise ValueError("lifts_at_share must lie below begins_at_share")
        return self


class Flow(Table):
    """Trains of one type that travel one route.

    The volume is stated in trains, TEU or tonnes by year, as what chooses the corridor of a market, as a share of the
    trains of other flows, or as the boxes of others that come back empty. Beside one by year single months may be
    stated, which then have that volume and not their part of the year's.
    """

    title: Title = Field(description="Name as shown to a reader")
    corridor: Name | None = Field(default=None, description="Corridor in whose sum the flow counts")
    train: Name = Field(description="Train type")
    direction: Direction = Field(description="westbound: from China; eastbound: towards China")
    route: tuple[Name, ...] = Field(min_length=1, strict=False, description="Places in the order of travel")
    trains_per_year: dict[Year, NotNegative] | None = Field(default=None, description="Volume as trains a year")
    teu_per_year: dict[Year, NotNegative] | None = Field(default=None, description="Volume as TEU a year")
    mt_per_year: dict[Year, NotNegative] | None = Field(default=None, description="Volume as million net tonnes a year")
    trains_per_month: dict[Month, NotNegative] | None = Field(
        default=None, examples=[{"2025-01": 140, "2025-02": 118}], description="Trains of single months"
    )
    teu_per_month: dict[Month, NotNegative] | None = Field(
        default=None, examples=[{"2025-01": 5200}], description="TEU of single months"
    )
    mt_per_month: dict[Month, NotNegative] | None = Field(
        default=None, examples=[{"2025-01": 0.11}], description="Million net tonnes of single months"
    )
    market: Name | None = Field(
        examples=["china_europe"],
        default=None,
        description="Market of which the flow carries what chooses the corridor, month by month; one flow a market",
    )
    share_of: dict[Name, SteppedShare] | None = Field(
        default=None,
        description="Volume as a share, by date, of the trains of other flows, which take this route instead of theirs",
    )
    empties_of: dict[Name, SteppedShare] | None = Field(
        default=None,
        description="Boxes that come back empty by this route, as a share, by date of delivery, of those that other "
        "flows deliver; the others leave the network: sold, kept, or back another way. A train is offered when as "
        "many stand ready as it takes",
    )
    turn_h: Varying = Field(
        default=NO_TIME,
        description="Hours from the delivery of a train until its boxes stand empty where this route begins, with "
        "`empties_of`",
    )
    index: Name | None = Field(default=None, description="Index that the volume follows after the last year stated")
    month_weights: tuple[NotNegative, ...] = Field(
        default=(1.0,) * 12,
        min_length=12,
        max_length=12,
        strict=False,
        description="Relative volume of January to December",
    )
    departures_cv: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = Field(
        default=1.0, description="Regularity of departures: 0 evenly spaced, 1 at random (Poisson)"
    )
    declarations_per_train: Count = Field(default=0, description="Transit declarations a train; 0: none are needed")
    regime: SteppedName | None = Field(default=None, description="Clearance regime of the declarations, by date")

    adoption_share: SteppedShare = Field(
        default={DAY_ONE: 1.0}, description="Share of the trains that use `regime`; the others use `otherwise`"
    )
    otherwise: Name | None = Field(default=None, description="Regime of the trains that do not use `regime` yet")
    most_trains_under_way: SteppedCount | None = Field(
        default=None,
        description="Agreed limit: no more trains of the flow are let onto the route than this; none: no limit",
    )

    @model_validator(mode="after")
    def one_volume_and_a_regime(self) -> Self:
        """Exactly one way to state the volume; declarations need a regime."""
        ways = [way for way in VOLUMES if getattr(self, way) is not None]
        if len(ways) != 1 or not getattr(self, ways[0]):
            raise ValueError(f"state the volume in exactly one of {', '.join(VOLUMES)}")
        if ways[0] not in VOLUMES_BY_YEAR and self.index is not None:
            raise ValueError(f"an index goes with volumes by year, not with {ways[0]}")
        monthly = [key for key in VOLUMES_BY_MONTH if getattr(self, key) is not None]
        if len(monthly) > 1:
            raise ValueError(f"state months in one of {', '.join(VOLUMES_BY_MONTH)}")
        if monthly and ways[0] not in VOLUMES_BY_YEAR:
            raise ValueError(f"{monthly[0]} goes with a volume by year, not with {ways[0]}")
        if self.empties_of is None and self.turn_h != NO_TIME:
            raise ValueError("turn_h goes with empties_of")
        if not math.fsum(self.month_weights) > 0:
            raise ValueError("month_weights must add up to more than 0")
        if bool(self.declarations_per_train) != (self.regime is not None):
            raise ValueError("declarations_per_train and regime go together: state both or neither")
        if min(self.adoption_share.values()) < 1 and self.otherwise is None:
            raise ValueError("adoption_share below 1 needs `otherwise`, the regime of the other trains")
        if self.otherwise is not None and self.regime is None:
            raise ValueError("otherwise needs a regime beside it")
        return self

    @property
    def sources_by_share(self) -> dict[str, dict[dt.date, float]]:
        """The flows of whose trains, or boxes, this one has a share by date; none where it has a volume of its own."""
        return self.share_of or self.empties_of or {}

    def cargo_t(self, train: TrainType) -> float:
        """Net tonnes of cargo of a train; `train` is the flow's train type. Empty boxes are none."""
        return train.net_t if self.empties_of is None else 0.0

    def volume_by_year(self, train: TrainType, market: Market | None = None) -> dict[int, float]:
        """Trains a year, for the years stated; `train` is the flow's train type. Of a `market` the most it can send."""
        if market is not None:
            units_a_train = train.teu if market.unit == "teu" else train.net_t
            return {year: size * market.most_share / units_a_train for year, size in market.size_by_year().items()}
        if self.trains_per_year is not None:
            return dict(self.trains_per_year)
        if self.teu_per_year is not None:
            return {year: teu / train.teu for year, teu in self.teu_per_year.items()}
        return {year: mt * 1e6 / train.net_t for year, mt in (self.mt_per_year or {}).items()}

    def volume_by_month(self, train: TrainType) -> dict[str, float]:
        """Trains of the months stated by themselves; `train` is the flow's train type."""
        if self.trains_per_month is not None:
            return dict(self.trains_per_month)
        if self.teu_per_month is not None:
            return {month: teu / train.teu for month, teu in self.teu_per_month.items()}
        return {month: mt * 1e6 / train.net_t for month, mt in (self.mt_per_month or {}).items()}


def trains_by_month(
    flow: Flow, train: TrainType, calendar: Calendar, index: Index | None = None, market: Market | None = None
) -> list[float]:
    """Trains expected in each calendar month that a run touches, whole months; of a `market` the most it can send."""
    volumes = flow.volume_by_year(train, market)
    total = math.fsum(flow.month_weights)
    months = calendar.months()[:-1]
    by_year = {year: volume_in(year, volumes, index) for year in {year for year, _, _ in months}}
    by_month = flow.volume_by_month(train)
    return [
        by_month.get(stated_month(year, month), by_year[year] * (flow.month_weights[month - 1] / total))
        for year, month, _ in months
    ]


def volume_in(year: int, volumes: Mapping[int, float], index: Index | None = None) -> float:
    """Volume of a year: as stated, geometric between stated years (linear from or to zero), else the nearest stated.

    After the last year stated it follows the index, if there is one.
    """
    if year in volumes:
        return volumes[year]
    if index is not None and year > max(volumes):
        return volumes[max(volumes)] * index.growth(max(volumes), year)
    before = max((stated_year for stated_year in volumes if stated_year < year), default=None)
    after = min((stated_year for stated_year in volumes if stated_year > year), default=None)
    if before is None or after is None:
        return volumes[min(volumes) if before is None else max(volumes)]
    # Trade grows by shares, so a straight line between two years would bend its growth; from nothing no share leads up.
    part = (year - before) / (after - before)
    low, high = volumes[before], volumes[after]
    return low ** (1 - part) * high**part if low > 0 and high > 0 else low + part * (high - low)
