"""Dates and hours: the clock of a scenario, and values that step on dates.

The clock counts float hours from 00:00 UTC of the first day of the horizon; the warm-up lies below zero.
Nothing here asks the host for its time or its time zone: zones come out of the tzdata package, so that results are
equal on every machine. `zoneinfo` alone would ask the host first, whose data may be years older, or another's by
`PYTHONTZPATH`.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

HOURS_PER_DAY = 24.0
INSTANT_H = 1e-6
"""What comes closer to a closing than this, four milliseconds, comes at it: sums of hours round."""
DAY_ONE = dt.date.min

T = TypeVar("T")


@cache
def time_zones() -> frozenset[str]:
    """The names of all zones."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of one of `time_zones`."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@dataclass(frozen=True)
class Calendar:
    """Translates between calendar dates and hours since 00:00 UTC of `start`.

    Parameters
    ----------
    start, end
        First day of the horizon and the first day after it.
    warmup_days
        Days simulated before `start` and left out of every measure.
    """

    start: dt.date
    end: dt.date
    warmup_days: int

    @property
    def opening_h(self) -> float:
        """Hour at which the simulation begins, at or below zero."""
        return -self.warmup_days * HOURS_PER_DAY

    @property
    def closing_h(self) -> float:
        """Hour at which the simulation ends."""
        return self.hours(self.end)

    def hours(self, day: dt.date) -> float:
        """Hours from the start of the horizon to 00:00 UTC of `day`; minus infinity for the first day of all."""
        return float("-inf") if day == DAY_ONE else (day - self.start).days * HOURS_PER_DAY

    def moment(self, hour: float) -> dt.datetime:
        """The UTC date and time of an hour on the clock."""
        midnight = dt.datetime(self.start.year, self.start.month, self.start.day, tzinfo=dt.UTC)
        return midnight + dt.timedelta(hours=hour)

    def years(self) -> dict[str, tuple[float, float]]:
        """Calendar years touched by the horizon, each with its first and last hour, clipped to the horizon."""
        return {
            str(year): (
                max(0.0, self.hours(dt.date(year, 1, 1))),
                min(self.closing_h, self.hours(dt.date(year + 1, 1, 1))),
            )
            for year in range(self.start.year, (self.end - dt.timedelta(days=1)).year + 1)
        }

    def months(self) -> list[tuple[int, int, float]]:
        """Calendar months from the opening to the end, each as (year, month, first hour), and the month after."""
        day = (self.start - dt.timedelta(days=self.warmup_days)).replace(day=1)
        months = []
        while day < self.end:
            months.append((day.year, day.month, self.hours(day)))
            day = next_month(day)
        months.append((day.year, day.month, self.hours(day)))
        return months

    def steps(self, values: Mapping[dt.date, T]) -> Steps[T]:
        """A dated table as a step function of hours; its earliest value also holds before its date."""
        days = sorted(values)
        later = (self.hours(day) for day in days[1:])
        return Steps((float("-inf"), *later), tuple(values[day] for day in days))

    def open_spells(
        self, time_zone: str, opens: dt.time, closes: dt.time, weekdays: Collection[int] = range(1, 8)
    ) -> OpenSpells:
        """Working hours by a local clock, from before the opening of the run to more than a month after its end.

        Parameters
        ----------
        time_zone
            IANA name; where its clocks change, a spell is an hour shorter, longer, earlier or later.
        opens, closes
            Local times; a closing at or before the opening is on the next day.
        weekdays
            Days on which spells begin, 1 = Monday to 7 = Sunday.
        """
        zone, zero = zone_named(time_zone), self.moment(0.0)
        # Eight days before the opening: a week may have one spell only, and that one may begin the night before.
        first = self.start - dt.timedelta(days=self.warmup_days + 8)
        days = (first + dt.timedelta(days=ahead) for ahead in range((self.end - first).days + 40))
        overnight = dt.timedelta(days=int(closes <= opens))
        spells: list[tuple[float, float]] = []
        for day in (day for day in days if day.isoweekday() in weekdays):
            edges = (dt.datetime.combine(day, opens, zone), dt.datetime.combine(day + overnight, closes, zone))
            opens_h, closes_h = ((edge - zero).total_seconds() / 3600 for edge in edges)
            # Where clocks are put back, a night shift may outlast the next day's opening.
            opens_h = max(opens_h, spells[-1][1] if spells else opens_h)
            if opens_h < closes_h:
                spells.append((opens_h, closes_h))
        return OpenSpells(tuple(spell[0] for spell in spells), (*(spell[1] for spell in spells[:-1]), float("inf")))


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after that of `day`."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True)
class Steps(Generic[T]):
    """A right-continuous step function of hours.

    `values[i]` holds from `from_h[i]` up to `from_h[i + 1]`; `from_h[0]` is minus infinity.
    """

    from_h: tuple[float, ...]
    values: tuple[T, ...]

    def at(self, hour: float) -> T:
        """The value in force at `hour`."""
        return self.values[bisect_right(self.from_h, hour) - 1]

    def next_change_h(self, hour: float) -> float:
        """The first date after `hour` at which the value changes, or infinity."""
        later = bisect_right(self.from_h, hour)
        return self.from_h[later] if later < len(self.from_h) else float("inf")

    def spells(self, opening_h: float, closing_h: float) -> list[tuple[float, float, T]]:
        """(from, until, value) for each stretch of constant value between two hours."""
        edges = [max(hour, opening_h) for hour in self.from_h] + [closing_h]
        return [
            (edges[i], min(edges[i + 1], closing_h), value)
            for i, value in enumerate(self.values)
            if edges[i] < min(edges[i + 1], closing_h)
        ]


def time_average(steps: Steps[int] | Steps[float], from_h: float, until_h: float) -> float:
    """The mean of a step function between two hours."""
    first = bisect_right(steps.from_h, from_h)
    if first == len(steps.from_h) or steps.from_h[first] >= until_h:
        return (until_h - from_h) * steps.values[first - 1] / (until_h - from_h)
    spells = steps.spells(from_h, until_h)
    return sum((until - since) * value for since, until, value in spells) / (until_h - from_h)


@dataclass(frozen=True)
class OpenSpells:
    """Spells of opening, in order: open from `opens_h[i]` up to `closes_h[i]`; the last one never closes.

    The last spell lies after the end of the run: its want of an end is seen in no measure.
    """

    opens_h: tuple[float, ...]
    closes_h: tuple[float, ...]

    def open_from(self, hour: float) -> float:
        """The first open hour at or after `hour`."""
        return max(hour, self.opens_h[bisect_right(self.closes_h, hour + INSTANT_H)])

    def after_work(self, start_h: float, work_h: float) -> float:
        """The hour at which `work_h` of open time have passed since `start_h`; a closing, not the next opening."""
        spell = bisect_right(self.closes_h, start_h)
        begun_h = max(start_h, self.opens_h[spell])
        while begun_h + work_h > self.closes_h[spell] + INSTANT_H:
            work_h -= self.closes_h[spell] - begun_h
            spell += 1
            begun_h = self.opens_h[spell]
        return begun_h + work_h
