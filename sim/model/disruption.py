"""Closures: open and closed spells that take turns, and disruptions that come by chance."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sim.model.randomness import quantile
from sim.model.resources import NEVER
from sim.scenario.changes import chance_disruptions
from sim.scenario.places import closed_share_by_month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model.randomness import Luck
    from sim.scenario.calendar import Calendar, Steps
    from sim.scenario.formalities import Outages
    from sim.scenario.places import Wind
    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Closures:
    """Closed spells in order: `closed_h[i]` to `opened_h[i]`."""

    closed_h: list[float]
    opened_h: list[float]

    def open_from(self, hour: float) -> float:
        """The first hour at or after `hour` that is open."""
        spell = bisect_right(self.closed_h, hour) - 1
        return max(hour, self.opened_h[spell]) if spell >= 0 else hour


def renewal_closures(
    share: Steps[float], closure_h: float, closure_cv: float, calendar: Calendar, luck: Luck, *names: str
) -> Closures:
    """An alternating renewal process of closures over a run: open spells are exponential, closed ones gamma.

    The mean open spell is that of the closed share in force: being open is a hazard of closing that steps on dates.
    The run opens closed with the chance of that share, somewhere within a closure, so that its first days are as any
    others. A share of 1 is a stop: closed from its date to the next, whatever the luck before.

    Parameters
    ----------
    share
        Share of time that is closed.
    closure_h, closure_cv
        Mean length of a closure, and its coefficient of variation; at 1 it is exponential.
    """
    fair_luck, closure_luck = luck.stream(*names, "fair weather"), luck.stream(*names, "closure")
    closed_h: list[float] = []
    opened_h: list[float] = []
    now_h = calendar.opening_h
    opening_luck = luck.stream(*names, "opening")
    if opening_luck.random() < share.at(now_h) < 1:
        closed_h.append(now_h)
        now_h = after_stops(share, now_h, now_h + closure_h * relative_rest(closure_cv, opening_luck))
        opened_h.append(now_h)
    while True:
        now_h = next_closure_h(share, closure_h, now_h, float(fair_luck.standard_exponential()))
        if now_h >= calendar.closing_h:
            return Closures(closed_h, opened_h)
        closed_h.append(now_h)
        lasts_h = 0.0 if share.at(now_h) == 1 else closure_h * relative_length(closure_cv, closure_luck)
        now_h = after_stops(share, now_h, now_h + lasts_h)
        opened_h.append(now_h)


def relative_length(cv: float, luck: np.random.Generator) -> float:
    """The length of a closure over its mean, gamma distributed."""
    return float(luck.standard_gamma(1 / cv**2)) * cv**2 if cv > 0 else 1.0


def relative_rest(cv: float, luck: np.random.Generator) -> float:
    """What is left of a closure met at any moment, over its mean length: the long ones are met more often."""
    whole = float(luck.standard_gamma(1 / cv**2 + 1)) * cv**2 if cv > 0 else 1.0
    return whole * float(luck.random())


def after_stops(share: Steps[float], closed_h: float, opened_h: float) -> float:
    """When a closure ends: at its own end, or at that of the last stop that it meets, which may be never."""
    for from_h, until_h, value in share.spells(closed_h, NEVER) if 1 in share.values else ():
        if value == 1 and from_h <= opened_h:
            opened_h = max(opened_h, until_h)
    return opened_h


def wind_closures(wind: Wind | None, calendar: Calendar, luck: Luck, place: str) -> Closures:
    """The closures of a sea crossing by wind."""
    if wind is None:
        return Closures([], [])
    share = closed_share_by_month(wind, calendar)
    return renewal_closures(share, wind.closure_h, wind.closure_cv, calendar, luck, place)


def tez_outages(outages: Outages | None, calendar: Calendar, luck: Luck, regime: str) -> Closures:
    """The outages of a digital regime, the same for all that use it."""
    if outages is None:
        return Closures([], [])
    share = calendar.steps(outages.down_share)
    return renewal_closures(share, outages.outage_h, 1.0, calendar, luck, regime, "outages")


def next_closure_h(share: Steps[float], closure_h: float, now_h: float, hazard: float) -> float:
    """The hour at which fair weather from `now_h` has used up its `hazard`; infinity if it never closes again."""
    while now_h < float("inf"):
        closed_share = share.at(now_h)
        if closed_share == 1:
            return now_h
        until_h = share.next_change_h(now_h)
        closings_per_h = closed_share / ((1 - closed_share) * closure_h)
        if closings_per_h > 0 and now_h + hazard / closings_per_h <= until_h:
            return now_h + hazard / closings_per_h
        hazard -= closings_per_h * (until_h - now_h) if until_h < float("inf") else 0.0
        now_h = until_h
    return now_h


def chance_spells(scenario: Scenario, luck: Luck) -> dict[str, list[tuple[dt.date, dt.date]]]:
    """First day, and first day after, of every spell of every disruption by chance, over the whole run.

    Spells begin at a constant rate over the days of their months, a Poisson process, so that their mean number in a
    calendar year is `per_year`, whatever the months and however long they last. Those that overlap hold together.
    """
    horizon = scenario.horizon
    first = horizon.start - dt.timedelta(days=horizon.warmup_days)
    days = (horizon.end - first).days
    spells: dict[str, list[tuple[dt.date, dt.date]]] = {}
    for name, disruption in chance_disruptions(scenario).items():
        rate, lasts = disruption.per_year, disruption.lasts_days
        if rate is None or lasts is None:
            continue
        expected = expected_by_day(rate, tuple(disruption.months), first, days)
        begins, length = luck.stream(name, "spells"), luck.stream(name, "lengths")
        spells[name] = []
        reached = float(begins.standard_exponential())
        while reached < expected[-1]:
            start = first + dt.timedelta(days=int(np.searchsorted(expected, reached, side="right")))
            lasting = max(1, round(min(float(quantile(lasts, length.random(1))[0]), days)))
            spells[name].append((start, start + dt.timedelta(days=lasting)))
            reached += float(begins.standard_exponential())
    return spells


@lru_cache(maxsize=64)
def expected_by_day(rate: float, months: tuple[int, ...], first: dt.date, days: int) -> NDArray[np.float64]:
    """How many spells begin by the end of each day, on average: the same in all replications."""
    dates = (first + dt.timedelta(days=number) for number in range(days))
    return np.cumsum([rate * share_of_a_year(date, months) for date in dates])


def share_of_a_year(day: dt.date, months: tuple[int, ...]) -> float:
    """The share of a day in the days of its calendar year that lie in some months; nothing outside them."""
    return 1 / days_of_months(months, day.year) if day.month in months else 0.0


@cache
def days_of_months(months: tuple[int, ...], year: int) -> int:
    """The days of some months of a calendar year."""
    return sum(monthrange(year, month)[1] for month in months)
