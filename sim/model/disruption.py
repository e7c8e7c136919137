"""Closures: open and closed spells that take turns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.model.randomness import Luck
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


def closures(wind: Wind | None, opening_h: float, closing_h: float, luck: Luck, place: str) -> Closures:
    """An alternating renewal process of closures between two hours, exponential both ways.

    The first open spell begins at the opening; the mean open spell follows from the closed share.
    """
    if wind is None or wind.closed_share == 0:
        return Closures([], [])
    open_h = wind.closure_h * (1 - wind.closed_share) / wind.closed_share
    spells = 16 + int(2 * (closing_h - opening_h) / (open_h + wind.closure_h))
    fair = open_h * luck.stream(place, "fair weather").standard_exponential(spells)
    shut = wind.closure_h * luck.stream(place, "closure").standard_exponential(spells)
    opened = opening_h + np.cumsum(fair + shut)
    return Closures((opened - shut).tolist(), opened.tolist())
