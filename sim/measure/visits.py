"""Visits: when each train came to a place and when it left it, for the trains and places that met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.measure.counting import IntArray
from sim.measure.run_view import RunView, Spells
from sim.measure.statistics import FloatArray


@dataclass(frozen=True)
class Visits:
    """The visits to one place by number of train: first and last hour of the spells there that are not beside others.

    The last is inf while a train is there.
    """

    train: IntArray
    arrived_h: FloatArray
    departed_h: FloatArray

    def find(self, train: IntArray) -> IntArray:
        """The positions of trains among the visits; -1 of those that were never there."""
        at = np.minimum(np.searchsorted(self.train, train), max(len(self.train) - 1, 0))
        return np.where(self.train[at] == train, at, -1) if len(self.train) else np.full(len(train), -1)


def visits_of(view: RunView) -> list[Visits]:
    """The visits to each place, in the order of the scenario."""
    parts: list[list[Visits]] = [[] for _ in view.scenario.places]
    for spells in view.spells():
        own = spells.own()
        for place, at_place in enumerate(by_place(own, len(parts))):
            if len(at_place):
                visits = Visits(
                    own.train[at_place], own.queued_h[at_place], np.nan_to_num(own.ended_h[at_place], nan=np.inf)
                )
                parts[place].append(merge_visits([visits]))
    return [merge_visits(pieces) for pieces in parts]


def visit_hours(visits: Sequence[Visits], place: IntArray, train: IntArray) -> tuple[FloatArray, FloatArray]:
    """First and last hour of the visit of each train to the place beside it.

    Places are positions in `visits`. The last hour is inf while the train is there; where it never was, the first hour
    is inf and the last is -inf.
    """
    arrived_h, departed_h = np.full(len(train), np.inf), np.full(len(train), -np.inf)
    for code, at_place in enumerate(visits):
        rows = np.flatnonzero(place == code)
        position = at_place.find(train[rows])
        rows, position = rows[position >= 0], position[position >= 0]
        arrived_h[rows], departed_h[rows] = at_place.arrived_h[position], at_place.departed_h[position]
    return arrived_h, departed_h


def by_place(spells: Spells, places: int) -> list[IntArray]:
    """Positions of the spells at each place."""
    order = np.argsort(spells.place.astype(np.int16), kind="stable")
    return np.split(order, np.cumsum(np.bincount(spells.place, minlength=places))[:-1])


def merge_visits(parts: Sequence[Visits]) -> Visits:
    """Pieces of visits put together, by number of train."""
    if not parts:
        return Visits(np.zeros(0, np.int32), np.zeros(0), np.zeros(0))
    train = np.concatenate([part.train for part in parts])
    order = np.argsort(train, kind="stable")
    train = train[order]
    first = np.flatnonzero(np.append(True, train[1:] != train[:-1]))
    arrived_h = np.concatenate([part.arrived_h for part in parts])[order]
    departed_h = np.concatenate([part.departed_h for part in parts])[order]
    return Visits(train[first], np.minimum.reduceat(arrived_h, first), np.maximum.reduceat(departed_h, first))
