"""The words of a scenario file: closed, frozen models, each number with its unit in its name.

A field's description is the reference text of its key; the JSON Schema for editors is made from these models.
Every table may carry `sources`: for each of its numbers the published fact or the assumption behind it.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.scenario.calendar import DAY_ONE, Calendar
from sim.scenario.values import (
    Count,
    Direction,
    Name,
    NotNegative,
    Positive,
    Share,
    SteppedCount,
    SteppedName,
    SteppedRate,
    SteppedShare,
    TimeZone,
    Varying,
    VaryingPositive,
    Weekday,
    Year,
)


class Table(BaseModel):
    """A table of a scenario file: no unknown keys, no value of another type, no change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sources: dict[str, str] = Field(
        default={},
        description="For a key of this table: the id of a published fact, or `assumed: why`; `all` speaks for the rest",
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
    level: Annotated[float, Field(ge=0.5, lt=1)] = Field(default=0.95, description="Confidence level of the intervals")


class Corridor(Table):
    """A named sum of flows, with its published past and its target."""

    title: str = Field(description="Name as shown to a reader")
    published_mt: dict[Year, Positive] = Field(default={}, description="Published throughput by year, Mt")
    target_mt: dict[Year, Positive] = Field(default={}, description="Target throughput by year, Mt")


class TrainType(Table):
    """What one train of a flow is made of."""

    title: str = Field(description="Name as shown to a reader")
    handling: Name = Field(description="Facility that works this train at a gauge change or a terminal")
    wagons: Count = Field(description="Wagons a train; on a rail ferry also the places it takes")
    teu: Count = Field(default=0, description="Twenty-foot equivalent units a train")
    net_t: Positive = Field(description="Net tonnes of cargo a train")
    priority: Count = Field(default=0, description="Order at tracks and wagon pools: lower goes first")
    wagon_pool: Name | None = Field(
        default=None, description="Pool of 1520 mm wagon sets the train runs on, one set each"
    )


class WagonPool(Table):
    """A circulating fleet of 1520 mm wagon sets; an idle set waits at home, a released one runs home empty."""

    title: str = Field(description="Name as shown to a reader")
    home: Name = Field(description="Place where idle sets stand")
    sets: SteppedCount = Field(description="Wagon sets in the fleet, each one train long")
    placing_h: Varying = Field(description="Hours from the assignment of a set until it stands ready for its train")
    empty_run_h: dict[Name, Varying] = Field(
        description="Hours until a set released at this place stands at home again; the pool serves the places named"
    )


class Paper(Table):
    """Clearance on paper: it begins when the train stands, and people key and check every declaration."""

    kind: Literal["paper"]
    title: str = Field(description="Name as shown to a reader")
    keying_h: NotNegative = Field(description="Hours a team of declarants needs to key one declaration")
    checking_h: NotNegative = Field(description="Hours a team of officers needs to check one declaration")
    effort_cv: NotNegative = Field(description="Coefficient of variation of keying and checking between trains")
    wrong_share: Annotated[float, Field(ge=0, le=0.9)] = Field(
        description="Share of declarations found wrong at a check: they are keyed and checked again"
    )
    beside_gauge_change: bool = Field(description="Whether the gauge change may begin before the papers are done")


class Tez(Table):
    """Digital clearance: lodged while the train rolls, registered by itself, released soon after arrival."""

    kind: Literal["tez"]
    title: str = Field(description="Name as shown to a reader")
    lead_h: Varying = Field(description="Hours before arrival at which the declarations are lodged")
    late_share: Share = Field(description="Share of trains whose declarations are lodged only after arrival")
    late_h: Varying = Field(description="Hours after arrival at which late declarations are lodged")
    release_h: Varying = Field(description="Hours from arrival, or from a late lodging, to the release")
    wrong_share: Share = Field(description="Share of trains with a declaration to be corrected after arrival")
    correction_h: Varying = Field(description="Hours a correction takes")
    beside_gauge_change: bool = Field(description="Whether the gauge change may begin before the release")


Regime = Annotated[Paper | Tez, Field(discriminator="kind")]


class Inspection(Table):
    """Risk channels at a border: green passes, yellow has documents controlled, red is opened."""

    yellow_share: Share = Field(description="Share of trains in the yellow channel")
    red_share: Share = Field(description="Share of trains in the red channel")
    yellow_h: Varying = Field(description="Hours of documentary control of a yellow train")
    red_h: Varying = Field(description="Hours of physical inspection of a red train")
    teams: SteppedCount = Field(description="Inspection teams")

    @model_validator(mode="after")
    def shares_leave_room_for_green(self) -> Self:
        """Yellow and red together are at most all trains."""
        if self.yellow_share + self.red_share > 1:
            raise ValueError("yellow_share and red_share add up to more than 1")
        return self


class GaugeChange(Table):
    """Transshipment between 1435 and 1520 mm for one kind of train."""

    cranes: SteppedCount = Field(description="Trains worked at the same time: crane sets with their pair of tracks")
    train_h: Varying = Field(description="Hours to work one train")
    directions: tuple[Direction, ...] = Field(
        default=("westbound", "eastbound"),
        min_length=1,
        strict=False,
        description="Directions worked on this side of the border; the neighbour works the others",
    )


class Forming(Table):
    """Making up the departing train: shunting, brake test, locomotive."""

    crews: SteppedCount = Field(description="Trains formed at the same time")
    train_h: Varying = Field(description="Hours to form one train")


class OfficeHours(Table):
    """Working hours of the paper desks of a border, by its own clock."""

    opens: dt.time = Field(description="Local time from which work begins")
    closes: dt.time = Field(description="Local time from which none begins; at or before `opens`: on the next day")
    weekdays: tuple[Weekday, ...] = Field(
        default=(1, 2, 3, 4, 5, 6, 7),
        min_length=1,
        strict=False,
        description="Days on which the desks open, 1 = Monday to 7 = Sunday",
    )
    at_closing: Literal["finish", "stop"] = Field(
        description="finish: what is begun is finished in overtime; stop: it rests until the next opening"
    )


class Border(Table):
    """A border crossing point, from the arrival of a train to its departure into the next section."""

    kind: Literal["border"]
    title: str = Field(description="Name as shown to a reader")
    receiving_tracks: SteppedCount = Field(description="Trains that fit inside; the others wait before the border")
    declarant_teams: SteppedCount = Field(description="Teams that key paper declarations")
    officer_teams: SteppedCount = Field(description="Teams that check paper declarations")
    time_zone: TimeZone | None = Field(default=None, description="IANA time zone of its clock, such as Asia/Almaty")
    office_hours: OfficeHours | None = Field(
        default=None,
        description="When declarants and officers work; none: round the clock. Utilisation stays a share of all time, "
        "and what rests over a closing counts as busy",
    )
    inspection: Inspection
    gauge_change: dict[Name, GaugeChange] = Field(
        default={}, description="Facilities by the `handling` of a train type"
    )
    forming: Forming
    westbound_handover_trains_per_day: SteppedRate | None = Field(
        default=None, description="Most trains a day taken over from China; none: no limit"
    )
    eastbound_handover_trains_per_day: SteppedRate | None = Field(
        default=None, description="Most trains a day handed over to China; none: no limit"
    )

    @model_validator(mode="after")
    def office_hours_have_a_clock(self) -> Self:
        """Local times say nothing without a time zone."""
        if self.office_hours is not None and self.time_zone is None:
            raise ValueError("office_hours needs a time_zone")
        return self


class Section(Table):
    """A stretch of railway line."""

    kind: Literal["section"]
    title: str = Field(description="Name as shown to a reader")
    length_km: Positive = Field(description="Length of the line")
    speed_km_per_day: VaryingPositive = Field(description="Distance a train covers in a day, ordinary stops included")
    paths_per_day: SteppedRate = Field(description="Paths a day in each direction for the trains of the scenario")
    single_track: bool = Field(default=False, description="Whether both directions take their paths from one line")


class Port(Table):
    """One side of a sea crossing: quay and yard."""

    title: str = Field(description="Name as shown to a reader")
    berths: SteppedCount = Field(description="Vessels of this crossing worked at the same time")
    vessel_work_h: Varying = Field(description="Hours to load or to unload a full vessel; part loads in proportion")
    tracks: SteppedCount = Field(description="Trains unloaded into, or loaded from, the yard at the same time")
    train_h: Varying = Field(description="Hours to unload a train into the yard, or to load one from it")


class VesselClass(Table):
    """Vessels of one kind on a sea crossing; exactly one capacity, in the unit the crossing carries."""

    title: str = Field(description="Name as shown to a reader")
    number: SteppedCount = Field(description="Vessels in service")
    capacity_teu: Positive | None = Field(default=None, description="Containers a vessel takes, TEU")
    capacity_wagons: Positive | None = Field(
        default=None, description="Wagons, or lorries in their place, a ferry takes"
    )
    capacity_t: Positive | None = Field(default=None, description="Cargo a vessel takes, t")
    load_factor: SteppedShare = Field(
        default={DAY_ONE: 1.0}, description="Share of the capacity that the depth of water lets a vessel use"
    )
    patience_h: NotNegative = Field(description="Hours a part-full vessel waits at the berth for more cargo")


class Wind(Table):
    """Closures of a sea crossing by wind: open and closed spells take turns."""

    closed_share: SteppedShare = Field(description="Share of time in which no vessel may sail, below 1")
    closure_h: Positive = Field(description="Mean length of a closure (exponential)")

    @model_validator(mode="after")
    def it_opens_now_and_then(self) -> Self:
        """A crossing that never opens has no mean open spell."""
        if max(self.closed_share.values()) > 0.95:
            raise ValueError("closed_share must be at most 0.95")
        return self


class Sea(Table):
    """A sea crossing with its two ports and the vessels that shuttle between them."""

    kind: Literal["sea"]
    title: str = Field(description="Name as shown to a reader")
    carries: Literal["teu", "wagons", "t"] = Field(description="Unit in which trains load the vessels")
    distance_km: Positive = Field(description="Distance between the ports")
    sailing_h: VaryingPositive = Field(description="Hours under way, port to port, in fair weather")
    east_port: Name = Field(description="Port from which westbound cargo sails")
    west_port: Name = Field(description="Port from which eastbound cargo sails")
    ports: dict[Name, Port] = Field(description="The two ports")
    vessels: dict[Name, VesselClass] = Field(min_length=1, description="Vessels by class")
    wind: Wind | None = Field(default=None, description="Closures by wind; none: never closed")

    @model_validator(mode="after")
    def ports_and_capacities_fit(self) -> Self:
        """Two different ports, both described, and vessels that carry what the crossing carries."""
        if self.east_port == self.west_port or set(self.ports) != {self.east_port, self.west_port}:
            raise ValueError("ports must describe east_port and west_port, two different ones, and no other")
        wanted = f"capacity_{self.carries}"
        for name, vessel in self.vessels.items():
            given = {unit for unit in ("teu", "wagons", "t") if getattr(vessel, f"capacity_{unit}") is not None}
            if given != {self.carries}:
                raise ValueError(f"vessels.{name} must state {wanted}, and no other capacity")
        return self


class Unloading(Table):
    """Work on one kind of train at a terminal."""

    tracks: SteppedCount = Field(description="Trains worked at the same time")
    train_h: Varying = Field(description="Hours to load or to unload one train")


class Terminal(Table):
    """Where a train is loaded (first on a route) or unloaded (last)."""

    kind: Literal["terminal"]
    title: str = Field(description="Name as shown to a reader")
    unloading: dict[Name, Unloading] = Field(min_length=1, description="Facilities by the `handling` of a train type")


Place = Annotated[Border | Section | Sea | Terminal, Field(discriminator="kind")]


class Flow(Table):
    """Trains of one type that travel one route."""

    title: str = Field(description="Name as shown to a reader")
    corridor: Name | None = Field(default=None, description="Corridor in whose sum the flow counts")
    train: Name = Field(description="Train type")
    direction: Direction = Field(description="westbound: from China; eastbound: towards China")
    route: tuple[Name, ...] = Field(min_length=1, strict=False, description="Places in the order of travel")
    trains_per_year: dict[Year, NotNegative] | None = Field(default=None, description="Volume as trains a year")
    teu_per_year: dict[Year, NotNegative] | None = Field(default=None, description="Volume as TEU a year")
    mt_per_year: dict[Year, NotNegative] | None = Field(default=None, description="Volume as million net tonnes a year")
    month_weights: tuple[NotNegative, ...] = Field(
        default=(1.0,) * 12,
        min_length=12,
        max_length=12,
        strict=False,
        description="Relative volume of January to December",
    )
    departures_cv: NotNegative = Field(
        default=1.0, description="Regularity of departures: 0 evenly spaced, 1 at random (Poisson)"
    )
    declarations_per_train: Count = Field(default=0, description="Transit declarations a train; 0: none are needed")
    regime: SteppedName | None = Field(default=None, description="Clearance regime of the declarations, by date")

    most_trains_under_way: SteppedCount | None = Field(
        default=None,
        description="Convention ban: no more trains of the flow are let onto the route than this; none: no ban",
    )

    @model_validator(mode="after")
    def one_volume_and_a_regime(self) -> Self:
        """Exactly one way to state the volume; declarations need a regime."""
        volumes = [table for table in (self.trains_per_year, self.teu_per_year, self.mt_per_year) if table is not None]
        if len(volumes) != 1 or not volumes[0]:
            raise ValueError("state the volume in exactly one of trains_per_year, teu_per_year, mt_per_year")
        if not math.fsum(self.month_weights) > 0:
            raise ValueError("month_weights must add up to more than 0")
        if bool(self.declarations_per_train) != (self.regime is not None):
            raise ValueError("declarations_per_train and regime go together: state both or neither")
        return self

    def volume_by_year(self, train: TrainType) -> dict[int, float]:
        """Trains a year, for the years stated; `train` is the flow's train type."""
        if self.trains_per_year is not None:
            return dict(self.trains_per_year)
        if self.teu_per_year is not None:
            return {year: teu / train.teu for year, teu in self.teu_per_year.items()}
        return {year: mt * 1e6 / train.net_t for year, mt in (self.mt_per_year or {}).items()}


class Investment(Table):
    """Capacity that comes on a date: a named bundle of changes that can be moved or switched off."""

    title: str = Field(description="Name as shown to a reader")
    active: bool = Field(default=True, description="Whether it is made")
    opens: dt.date = Field(description="First day on which the changes hold; later values of the same keys give way")
    cost_musd: NotNegative | None = Field(default=None, description="Cost, million US dollars")
    changes: dict[str, Any] = Field(
        min_length=1, description="New value for each key path whose value may step on dates"
    )


class Disruption(Table):
    """A bad spell: a named bundle of changes that hold between two dates."""

    title: str = Field(description="Name as shown to a reader")
    active: bool = Field(default=True, description="Whether it happens")
    start: dt.date = Field(description="First day on which the changes hold")
    end: dt.date = Field(description="First day on which the old values hold again")
    changes: dict[str, Any] = Field(
        min_length=1, description="Value meanwhile, for each key path whose value may step on dates"
    )

    @model_validator(mode="after")
    def it_begins_before_it_ends(self) -> Self:
        """The dates stand in order."""
        if not self.start < self.end:
            raise ValueError("end must lie after start")
        return self


class Published(Table):
    """A published figure that the model is held against after a run."""

    title: str = Field(description="What was published")
    fact: str = Field(description="Id of the fact in the ledger of sources")
    kpi: Name = Field(description="Measure of the model that answers it")
    place: str = Field(default="all", description="Place of the measure")
    flow: str = Field(default="all", description="Flow of the measure")
    start: dt.date = Field(description="First day counted")
    end: dt.date = Field(description="First day no longer counted")
    used_for: Literal["calibration", "validation"] = Field(
        description="Whether the scenario's numbers were chosen to meet the figure, or not"
    )
    low: float = Field(allow_inf_nan=False, description="Lower end of the band")
    high: float = Field(allow_inf_nan=False, description="Upper end of the band")

    @model_validator(mode="after")
    def band_is_in_order(self) -> Self:
        """The band and the dates stand in order."""
        if not self.low <= self.high or not self.start < self.end:
            raise ValueError("low must not exceed high, and start must lie before end")
        return self


class Scenario(Table):
    """A scenario file, read and resolved."""

    title: str = Field(description="Name as shown to a reader")
    description: str = Field(default="", description="What the scenario is for")
    extends: str | None = Field(default=None, description="File that this one changes, relative to it")
    horizon: Horizon
    study: Study = Study()
    corridors: dict[Name, Corridor] = Field(default={}, description="Named sums of flows")
    trains: dict[Name, TrainType] = Field(min_length=1, description="Train types")
    wagon_pools: dict[Name, WagonPool] = Field(default={}, description="Circulating wagon sets")
    regimes: dict[Name, Regime] = Field(default={}, description="Ways of clearing declarations")
    places: dict[Name, Place] = Field(min_length=1, description="Borders, sections, sea crossings and terminals")
    flows: dict[Name, Flow] = Field(min_length=1, description="Trains by origin, route and volume")
    investments: dict[Name, Investment] = Field(default={}, description="Dated, priced bundles of changes")
    disruptions: dict[Name, Disruption] = Field(default={}, description="Bundles of changes between two dates")
    published: dict[Name, Published] = Field(default={}, description="Published figures to hold the model against")

    @property
    def calendar(self) -> Calendar:
        """The calendar of the horizon."""
        return Calendar(self.horizon.start, self.horizon.end, self.horizon.warmup_days)
