"""Places in a scenario file: borders, sections of line, sea crossings and terminals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.calendar import DAY_ONE, Steps
from sim.scenario.facilities import Abandonment, Departure, Forming, GaugeChange, Shunting
from sim.scenario.formalities import Inspection, OfficeHours
from sim.scenario.values import (
    Direction,
    Latitude,
    Longitude,
    MapPoint,
    Name,
    NotNegative,
    Positive,
    Share,
    Spread,
    SteppedCount,
    SteppedName,
    SteppedRate,
    SteppedShare,
    SteppedSize,
    Table,
    TimeZone,
    Title,
    Variation,
    Varying,
    VaryingPositive,
    VaryingSpeed,
    unrepeated,
)

if TYPE_CHECKING:
    from sim.scenario.calendar import Calendar


class Located(Table):
    """What lies at one point, and may state it; without one, a schematic line is drawn instead of the map.

    A place that is no line is one: whoever draws places or counts km need not ask of which kind.
    """

    longitude_deg: Longitude | None = Field(default=None, description="Longitude on a map, east positive")
    latitude_deg: Latitude | None = Field(default=None, description="Latitude on a map, north positive")

    @model_validator(mode="after")
    def the_point_is_whole(self) -> Self:
        """A longitude without a latitude is no point, nor the other way."""
        if (self.longitude_deg is None) != (self.latitude_deg is None):
            raise ValueError("state both longitude_deg and latitude_deg, or neither")
        return self


class Border(Located):
    """A border crossing point, from the arrival of a train to its departure into the next section."""

    kind: Literal["border"]
    title: Title = Field(description="Name as shown to a reader")
    receiving_tracks: SteppedCount = Field(description="Trains that fit inside; the others wait before the border")
    eastbound_receiving_tracks: SteppedCount | None = Field(
        default=None,
        examples=[24],
        description="Trains towards China that fit inside, where they have tracks of their own, of the other gauge; "
        "`receiving_tracks` are then for those from China; none: both share them",
    )
    declarant_teams: SteppedCount = Field(description="Teams that key paper declarations")
    officer_teams: SteppedCount = Field(description="Teams that check paper declarations")
    time_zone: TimeZone | None = Field(default=None, description="IANA time zone of its clock, such as Asia/Almaty")
    office_hours: OfficeHours | None = Field(
        default=None,
        description="When declarants and officers work; none: round the clock. Utilisation stays a share of all time, "
        "and what rests over a closing counts as busy",
    )
    regime: SteppedName | None = Field(
        default=None, description="Clearance regime of all declarations here, by date; none: that of the flow"
    )
    inspection: Inspection
    gauge_change: dict[Name, GaugeChange] = Field(
        default={}, description="Facilities by the `handling` of a train type"
    )
    shunting: Shunting | None = Field(
        default=None,
        description="Who places the trains whose gauge is changed, or that take a wagon set; none: that takes no time",
    )
    forming: Forming
    departure: Departure | None = Field(
        default=None, description="Who takes the trains away; none: a locomotive is always there"
    )
    abandonment: Abandonment | None = Field(
        default=None, description="When trains that wait before the border are abandoned; none: never"
    )
    westbound_handover_trains_per_day: SteppedRate | None = Field(
        default=None, description="Most trains a day taken over from China; 0: closed; none: no limit"
    )
    eastbound_handover_trains_per_day: SteppedRate | None = Field(
        default=None, description="Most trains a day handed over to China; 0: closed; none: no limit"
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
    title: Title = Field(description="Name as shown to a reader")
    length_km: Positive = Field(description="Length of the line")
    speed_km_per_day: VaryingSpeed = Field(description="Distance a train covers in a day, ordinary stops included")
    paths_per_day: SteppedRate = Field(
        description="Paths a day in each direction for the trains of the scenario; 0: closed"
    )
    most_trains: SteppedCount | None = Field(
        default=None,
        description="Trains that fit on the line at once in each direction; the next waits in the place before, and "
        "holds it up; none: no limit",
    )
    single_track: bool = Field(default=False, description="Whether both directions take their paths from one line")
    line_deg: tuple[MapPoint, ...] | None = Field(
        default=None,
        min_length=2,
        strict=False,
        description="Course on a map: points [longitude, latitude] in the order of westbound travel",
    )


YARD = (
    "Most cargo ({}) that lies in the yard waiting for vessels, and as much again ashore from them; a train that finds "
    "no room stands where it is, and a vessel stays at its berth; none: no limit"
)


class Port(Located):
    """One side of a sea crossing: quay and yard; the yard, if stated, in the unit the crossing carries."""

    title: Title = Field(description="Name as shown to a reader")
    berths: SteppedCount = Field(description="Vessels of this crossing that lie at the quay at the same time")
    cranes: SteppedCount = Field(description="Vessels worked at the same time: a crane, or gang, serves one vessel")
    crane_h_per_100: Varying = Field(
        description="Hours a crane needs to move 100 units of the cargo: TEU, wagons or t, as the crossing carries"
    )
    yard_teu: SteppedSize | None = Field(default=None, description=YARD.format("TEU"))
    yard_wagons: SteppedSize | None = Field(default=None, description=YARD.format("wagons"))
    yard_t: SteppedSize | None = Field(default=None, description=YARD.format("t"))
    tracks: SteppedCount = Field(description="Trains unloaded into, or loaded from, the yard at the same time")
    train_h: Varying = Field(description="Hours to unload a train into the yard, or to load one from it")
    clearance_h: Varying = Field(
        default=Spread(mean=0.0),
        description="Hours that customs and port take to clear a train's cargo, before vessels may take it as well as "
        "once it is ashore; it lies in the yard meanwhile",
    )


class VesselClass(Table):
    """Vessels of one kind on a sea crossing; exactly one capacity, in the unit the crossing carries."""

    title: Title = Field(description="Name as shown to a reader")
    number: SteppedCount = Field(description="Vessels in service")
    capacity_teu: Positive | None = Field(default=None, description="Containers a vessel takes, TEU")
    capacity_wagons: Positive | None = Field(
        default=None, description="Wagons, or lorries in their place, a ferry takes"
    )
    capacity_t: Positive | None = Field(default=None, description="Cargo a vessel takes, t")
    takes: Annotated[tuple[Name, ...], Field(min_length=1, strict=False), AfterValidator(unrepeated)] | None = Field(
        default=None,
        description="Cargo it takes, by the `handling` of the trains; none: whatever crosses here, on one deck",
    )
    load_factor: SteppedShare = Field(
        default={DAY_ONE: 1.0}, description="Share of the capacity that the depth of water lets a vessel use"
    )
    patience_h: NotNegative = Field(
        description="Hours a part-full vessel waits at the berth for more cargo, where any flow sails from"
    )
    least_load_share: Share = Field(
        default=1.0, description="Share of the usable capacity from which a vessel no longer waits for more cargo"
    )
    departs_every_h: Positive | None = Field(
        default=None,
        description="Timetable: it leaves either port at multiples of so many hours, full or not, whatever its "
        "patience; none: when loaded enough or out of patience",
    )


MOST_CLOSED = 0.95
"""Share of time beyond which the open spells between closures are too short to be weather."""

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Wind(Table):
    """Closures of a sea crossing by wind: open and closed spells take turns."""

    closed_share: SteppedShare = Field(
        description="Share of a year in which no vessel may sail or come into port, at most 0.95 in any month; or 1: a "
        "stop, whatever the month"
    )
    month_weights: tuple[NotNegative, ...] = Field(
        default=(1.0,) * 12,
        min_length=12,
        max_length=12,
        strict=False,
        description="Relative share of time closed of January to December",
    )
    closure_h: Positive = Field(description="Mean length of a closure")
    closure_cv: Variation = Field(
        default=1.0,
        description="Coefficient of variation of its length (gamma): 1 is exponential, more are many short ones and a "
        "few long ones",
    )

    @model_validator(mode="after")
    def it_opens_now_and_then(self) -> Self:
        """A crossing that never opens has no mean open spell."""
        if not math.fsum(self.month_weights) > 0:
            raise ValueError("month_weights must add up to more than 0")
        windiest = max(month_factors(self))
        for share in self.closed_share.values():
            if share < 1 and share * windiest > MOST_CLOSED:
                by_weights = f" (month_weights make {share:g} up to {share * windiest:.3g})" if windiest > 1 else ""
                raise ValueError(f"closed_share must be at most {MOST_CLOSED}, or 1 for a stop{by_weights}")
        return self


def month_factors(wind: Wind) -> list[float]:
    """Share of time closed in January to December over that of a common year."""
    closed_days = math.fsum(weight * days for weight, days in zip(wind.month_weights, MONTH_DAYS, strict=True))
    return [weight * sum(MONTH_DAYS) / closed_days for weight in wind.month_weights]


def closed_share_by_month(wind: Wind, calendar: Calendar) -> Steps[float]:
    """The share of time that wind closes, by hour: that of the year, weighted by month; stops stay stops."""
    year_share = calendar.steps(wind.closed_share)
    if len(set(wind.month_weights)) == 1:
        return year_share
    factors = month_factors(wind)
    first_h, *later_h = (first_h for _, _, first_h in calendar.months())
    edges_h = sorted({*later_h, *(hour for hour in year_share.from_h if hour > first_h)})
    shares = []
    for hour in (first_h, *edges_h):
        share = year_share.at(hour)
        shares.append(share if share == 1 else share * factors[calendar.moment(hour).month - 1])
    return Steps((-math.inf, *edges_h), tuple(shares))


class Sea(Table):
    """A sea crossing with its two ports and the vessels that shuttle between them."""

    kind: Literal["sea"]
    title: Title = Field(description="Name as shown to a reader")
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
        for name, port in self.ports.items():
            units = {unit for unit in ("teu", "wagons", "t") if getattr(port, f"yard_{unit}") is not None}
            if units - {self.carries}:
                raise ValueError(f"ports.{name} may state yard_{self.carries}, and no other yard")
        capacity_key = f"capacity_{self.carries}"
        for name, vessel in self.vessels.items():
            units = {unit for unit in ("teu", "wagons", "t") if getattr(vessel, f"capacity_{unit}") is not None}
            if units != {self.carries}:
                raise ValueError(f"vessels.{name} must state {capacity_key}, and no other capacity")
        return self


class Unloading(Table):
    """Work on one kind of train at a terminal."""

    tracks: SteppedCount = Field(description="Trains worked at the same time")
    train_h: Varying = Field(description="Hours to load or to unload one train")


class Terminal(Located):
    """Where a train is loaded (first on a route) or unloaded (last)."""

    kind: Literal["terminal"]
    title: Title = Field(description="Name as shown to a reader")
    unloading: dict[Name, Unloading] = Field(min_length=1, description="Facilities by the `handling` of a train type")


Place = Annotated[Border | Section | Sea | Terminal, Field(discriminator="kind")]


def length_km(place: Place) -> float:
    """Length of a line or of a crossing; 0 of what lies at one point."""
    match place:
        case Section():
            return place.length_km
        case Sea():
            return place.distance_km
        case Located():
            return 0.0


def is_rail_leg(place: Place) -> bool:
    """Whether trains are under way on rails there: neither at sea nor where they are loaded or unloaded."""
    match place:
        case Section() | Border():
            return True
        case Sea() | Terminal():
            return False


def ports_along(sea: Sea, direction: Direction) -> tuple[str, str]:
    """The port that trains of a direction leave, and the one that they reach."""
    return (sea.east_port, sea.west_port) if direction == "westbound" else (sea.west_port, sea.east_port)
