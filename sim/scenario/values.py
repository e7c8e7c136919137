"""A table of a scenario file and the kinds of value in it: counts, shares, dated values, quantities that vary."""

from __future__ import annotations

import datetime as dt
import re
from copy import deepcopy
from typing import Annotated, Any, Literal, Never, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.scenario.calendar import DAY_ONE, time_zones
from sim.scenario.problems import ArgumentError, did_you_mean, shown


class Entries(dict[Any, Any]):
    """A table of a scenario by name, year or date, that stays as it was read: what is saved is what was run."""

    def refuse(self, *_: Any, **__: Any) -> Never:
        """Refuse a change; ArgumentError, always."""
        raise ArgumentError("a scenario is not changed in place: its set({...}) gives another one")

    __setitem__ = __delitem__ = __ior__ = refuse
    update = pop = popitem = clear = setdefault = refuse

    def __reduce__(self) -> tuple[type[Entries], tuple[dict[Any, Any]]]:
        return Entries, (dict(self),)  # a copy, and another process, fill it by hand otherwise


class Statements(Entries):
    """A table of what files say, and the tables in it, that stay as they were read; a deep copy of it is open."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        return {key: deepcopy(value, memo) for key, value in self.items()}


def closed(table: dict[Any, Any]) -> dict[Any, Any]:
    """A table that is closed to changes in place, with all that lies in it."""
    if isinstance(table, Statements):
        return table
    return Statements({key: closed(value) if isinstance(value, dict) else value for key, value in table.items()})


class Table(BaseModel):
    """A table of a scenario file: no unknown keys, no value of another type, no change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="after")
    def closed_tables(self) -> Self:
        """The tables in it closed to changes, too."""
        for name, value in self.__dict__.items():
            if type(value) is dict:
                self.__dict__[name] = Entries(value)
        return self

    sources: dict[str, str] = Field(
        default={},
        description="For a key of this table: the id of a published fact, or `assumed: why`; `all` speaks for the rest",
    )


ALL = "all"
"""Every place, every flow, or the whole horizon."""

Direction = Literal["westbound", "eastbound"]
DIRECTIONS: tuple[Direction, ...] = ("westbound", "eastbound")
LARGEST = 1e12
"""No number of a corridor comes near it, and no sum or product of such numbers is lost to infinity."""

Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
Variation = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
MapPoint = Annotated[tuple[Longitude, Latitude], Field(strict=False)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
T = TypeVar("T")


def one_line(text: str) -> str:
    """A text without line breaks: a title with one would forge a line of a message or a table."""
    if len(text.splitlines()) > 1 or text != text.rstrip("\r\n"):
        raise ValueError("must be one line")
    return text


Title = Annotated[str, Field(max_length=200), AfterValidator(one_line)]


def unrepeated(items: tuple[T, ...]) -> tuple[T, ...]:
    """A list that means a set: what stands twice in it is a slip of the pen for something else."""
    repeated = next((item for place, item in enumerate(items) if item in items[:place]), None)
    if repeated is not None:
        raise ValueError(f"has {shown(repeated)} twice")
    return items


Distinct = Annotated[tuple[T, ...], AfterValidator(unrepeated)]


def year_key(key: Any) -> Any:
    """A year as the key of a table, which TOML has as text."""
    if isinstance(key, str) and not re.fullmatch("[0-9]{4}", key):
        raise ValueError("must be a year such as 2025")
    return int(key) if isinstance(key, str) else key


def date_key(key: Any) -> Any:
    """A date as the key of a table."""
    if isinstance(key, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", key):
        year = key if re.fullmatch("(19|20)[0-9]{2}", key) else ""
        raise ValueError(f"must be a date such as {f'{year}-01-01' if year else '2025-07-01'}")
    return dt.date.fromisoformat(key) if isinstance(key, str) else key


def stated_month(year: int, month: int) -> str:
    """A month as the key of a table, such as 2025-07."""
    return f"{year}-{month:02}"


def month_key(key: Any) -> Any:
    """A month as the key of a table."""
    if not isinstance(key, str) or not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", key):
        raise ValueError("must be a month such as 2025-07")
    return key


YearText = Annotated[str, Field(pattern="^[0-9]{4}$")]
MonthText = Annotated[str, Field(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]
DateText = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
StatedYear = Annotated[int, Field(ge=1990, le=2200)]
Year = Annotated[StatedYear, BeforeValidator(year_key, json_schema_input_type=YearText)]
Month = Annotated[str, BeforeValidator(month_key, json_schema_input_type=MonthText)]
Date = Annotated[dt.date, BeforeValidator(date_key, json_schema_input_type=DateText)]


def since_ever(value: Any) -> Any:
    """A bare value is a dated table with one entry, in force from the first day of all."""
    return value if isinstance(value, dict) else {DAY_ONE: value}


Capacity = Annotated[int, Field(ge=0, le=100_000)]
SteppedCount = Annotated[
    dict[Date, Capacity],
    Field(min_length=1),
    BeforeValidator(since_ever, json_schema_input_type=Capacity | dict[DateText, Capacity]),
]
SteppedRate = Annotated[
    dict[Date, NotNegative],
    Field(min_length=1),
    BeforeValidator(since_ever, json_schema_input_type=NotNegative | dict[DateText, NotNegative]),
]
SteppedSize = Annotated[
    dict[Date, Positive],
    Field(min_length=1),
    BeforeValidator(since_ever, json_schema_input_type=Positive | dict[DateText, Positive]),
]
SteppedName = Annotated[
    dict[Date, Name],
    Field(min_length=1),
    BeforeValidator(since_ever, json_schema_input_type=Name | dict[DateText, Name]),
]
SteppedShare = Annotated[
    dict[Date, Share],
    Field(min_length=1),
    BeforeValidator(since_ever, json_schema_input_type=Share | dict[DateText, Share]),
]


def known_time_zone(name: str) -> str:
    """The name of an IANA time zone."""
    if name not in time_zones():
        hint = did_you_mean(name, time_zones())
        raise ValueError(f"must be an IANA time zone such as 'Asia/Almaty' (got {shown(name)}){hint}")
    return name


TimeZone = Annotated[str, AfterValidator(known_time_zone)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Spread(BaseModel):
    """A quantity that varies: a bare number is fixed; else `mean` and `cv`, or `low`, `mode` and `high`."""

    # No `Table`: it is one value, whose source stands in the table around it, and is replaced as a whole.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    mean: NotNegative | None = Field(default=None, description="Mean, in the unit of the key")
    cv: Variation = Field(default=0.0, description="Coefficient of variation: standard deviation over mean")
    shape: Literal["lognormal", "exponential", "uniform", "triangular"] = Field(
        default="lognormal", description="Family; exponential takes `mean` only, uniform `low` and `high`"
    )
    low: NotNegative | None = Field(default=None, description="Smallest value (uniform, triangular)")
    mode: NotNegative | None = Field(default=None, description="Most frequent value (triangular)")
    high: NotNegative | None = Field(default=None, description="Largest value (uniform, triangular)")

    @model_validator(mode="after")
    def keys_fit_the_shape(self) -> Self:
        """Each shape has its own keys, and its bounds stand in order."""
        shape_keys = {
            "lognormal": {"mean"},
            "exponential": {"mean"},
            "uniform": {"low", "high"},
            "triangular": {"low", "mode", "high"},
        }[self.shape]
        keys = {key for key in ("mean", "low", "mode", "high") if getattr(self, key) is not None}
        if keys != shape_keys:
            raise ValueError(f"a {self.shape} spread takes exactly {', '.join(sorted(shape_keys))}")
        if self.cv and self.shape != "lognormal":
            raise ValueError(f"a {self.shape} spread takes no cv")
        bounds = [bound for bound in (self.low, self.mode, self.high) if bound is not None]
        if bounds != sorted(bounds) or (bounds and bounds[0] == bounds[-1]):
            raise ValueError("low, mode and high must stand in rising order")
        return self


def is_number(value: Any) -> bool:
    """Whether a value is a number of its own."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_spread(value: Any) -> Any:
    """A bare number is a spread without spread."""
    return {"mean": value} if is_number(value) else value


Varying = Annotated[Spread, BeforeValidator(as_spread, json_schema_input_type=NotNegative | Spread)]


def never_zero(spread: Spread) -> Spread:
    """A spread that cannot come out as nothing."""
    if spread.mean == 0 or spread.low == 0:
        raise ValueError("must be more than 0")
    return spread


MOST_TIMES_SLOWER, MOST_SPEED_CV, LEAST_SPEED = 100, 2, 1


def never_crawling(spread: Spread) -> Spread:
    """A speed at which the way takes hours: those of one near 0 have no mean, and no bound."""
    if spread.shape == "exponential":
        raise ValueError("must not be exponential: a train at a speed near 0 would take for ever")
    if spread.cv > MOST_SPEED_CV:
        raise ValueError(f"must have a cv of at most {MOST_SPEED_CV}, as a speed (got {spread.cv:g})")
    if spread.low is not None and spread.high is not None and spread.low * MOST_TIMES_SLOWER < spread.high:
        raise ValueError(f"must have a low end of at least a {MOST_TIMES_SLOWER}th of its high end, as a speed")
    least = spread.low if spread.mean is None else spread.mean
    if least is not None and least < LEAST_SPEED:
        raise ValueError(f"must be at least {LEAST_SPEED} km a day (got {least:g})")
    return spread


VaryingPositive = Annotated[Varying, AfterValidator(never_zero)]
VaryingSpeed = Annotated[VaryingPositive, AfterValidator(never_crawling)]
