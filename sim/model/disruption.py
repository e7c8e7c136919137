"""Closures: open and closed spells that take turns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.model.randomness import Luck
    from sim.scenario.calendar import Calendar, Steps
    from sim.scenario.schema import Wind


@dataclass(frozen=True)
class Closures:
    """Closed spells in order: `closed_h[i]` to `opened_h[i]`."""

    closed_h: list[float]
    opened_h: list[float]

    def open_from(self, hour: float) -> float:
        """The first hour at or after `hour` that is open."""
        spell = bisect_right(self.closed_h, hour) - 1
        return max(hour, self.opened_h[spell]) if spell >= 0 else hour


def closures(wind: Wind | None, calendar: Calendar, luck: Luck, place: str) -> Closures:
    """An alternating renewal process of closures over a run, exponential both ways.

    The mean open spell is that of the closed share in force: fair weather is a hazard of closing that steps on dates.
    The run opens in fair weather.
    """
    if wind is None:
        return Closures([], [])
    share = calendar.steps(wind.closed_share)
    fair, shut = luck.stream(place, "fair weather"), luck.stream(place, "closure")
    closed_h: list[float] = []
    opened_h: list[float] = []
    now_h = calendar.opening_h
    while True:
        now_h = next_closure_h(share, wind.closure_h, now_h, float(fair.standard_exponential()))
        if now_h >= calendar.closing_h:
            return Closures(closed_h, opened_h)
        closed_h.append(now_h)
        now_h += wind.closure_h * float(shut.standard_exponential())
        opened_h.append(now_h)


def next_closure_h(share: Steps[float], closure_h: float, now_h: float, hazard: float) -> float:
    """The hour at which fair weather from `now_h` has used up its `hazard`; infinity if it never closes again."""
    while now_h < float("inf"):
        closed = share.at(now_h)
        until_h = share.next_change_h(now_h)
        closings_per_h = closed / ((1 - closed) * closure_h)
        if closings_per_h > 0 and now_h + hazard / closings_per_h <= until_h:
            return now_h + hazard / closings_per_h
        hazard -= closings_per_h * (until_h - now_h) if until_h < float("inf") else 0.0
        now_h = until_h
    return now_h
