"""Visits: when each train came to a place and when it left it, for the trains and places that met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.measure.counting import Code, IntArray, whole_columns
from sim.measure.run_view import RunView, Spells
from sim.measure.statistics import FloatArray


@dataclass(frozen=True)
class Visits:
    """The visits to all places, by place and number of train: first and last hour of the spells not beside others.

    The last is inf while a train is there. `bin` is that of the windows in which the visit ended, -1 outside them all.
    """

    place: IntArray
    train: IntArray
    arrived_h: FloatArray
    departed_h: FloatArray
    bin: IntArray

    def at(self, place: int) -> Visits:
        """The visits to one place."""
        visits = slice(*np.searchsorted(self.place, (place, place + 1)))
        return Visits(*(getattr(self, name)[visits] for name in self.__dataclass_fields__))

    def in_windows(self) -> tuple[IntArray, IntArray]:
        """The visits that ended in a window, by row, and the bin of each."""
        rows = np.flatnonzero(self.bin >= 0)
        return rows, self.bin[rows]

    def ended_spells(self, spells: Spells) -> tuple[IntArray, IntArray]:
        """The spells not beside others, of visits that ended in a window, and the bin of each."""
        own = np.flatnonzero(~spells.beside)
        bins = self.bins[spells.place[own], spells.train[own]]
        return own[bins >= 0], bins[bins >= 0]

    @cached_property
    def bins(self) -> IntArray:
        """The bin of each visit: places × trains; -1 where none was."""
        bins = np.full((self.place.max(initial=-1) + 1, self.train.max(initial=-1) + 1), -1, Code)
        bins[self.place, self.train] = self.bin
        return bins

    def hours(self, place: IntArray, train: IntArray) -> tuple[FloatArray, FloatArray]:
        """First and last hour of the visit of each train to the place beside it.

        The last hour is inf while the train is there; where it never was, the first hour is inf and the last is -inf.
        """
        row = np.full(np.add(self.bins.shape, 1), -1)
        row[self.place, self.train] = np.arange(len(self.place))
        at = row[np.minimum(place, self.bins.shape[0]), np.minimum(train, self.bins.shape[1])]
        arrived_h, departed_h = np.append(self.arrived_h, np.inf), np.append(self.departed_h, -np.inf)
        return arrived_h[at], departed_h[at]


def visits_of(view: RunView) -> Visits:
    """The visits of a run, by place in the order of the scenario."""
    trains = len(view.flow_of)
    key, arrived_h, departed_h = merge_visits(merge_visits([spans(spells, trains)]) for spells in view.spells())
    rows, bins = view.windows.locate(departed_h)
    bin_of = np.full(len(key), -1, Code)
    bin_of[rows] = bins
    place, train = np.divmod(key, max(trains, 1))
    return Visits(place.astype(Code), train.astype(np.int32), arrived_h, departed_h, bin_of)


Spans = tuple[IntArray, FloatArray, FloatArray]
"""Place and train as one number, first hour and last hour."""


def spans(spells: Spells, trains: int) -> Spans:
    """The spells not beside others, by place."""
    own = np.flatnonzero(~spells.beside)
    own = own[np.argsort(spells.place[own].astype(Code), kind="stable")]
    key = spells.place[own].astype(np.int64) * trains + spells.train[own]
    return key, spells.queued_h[own], np.nan_to_num(spells.ended_h[own], nan=np.inf)


def merge_visits(parts: Iterable[Spans]) -> Spans:
    """Pieces of visits put together, by place and number of train."""
    key, arrived_h, departed_h = whole_columns(parts)
    order = np.argsort(key, kind="stable")  # quick, for the pieces come in this order
    key = key[order]
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1]))[: len(key)]
    if not len(key):
        return key, arrived_h, departed_h
    return key[first], np.minimum.reduceat(arrived_h[order], first), np.maximum.reduceat(departed_h[order], first)


def by_place(place: IntArray, places: int) -> list[IntArray]:
    """The rows at each place."""
    order = np.argsort(place.astype(Code), kind="stable")
    return np.split(order, np.cumsum(np.bincount(place, minlength=places))[:-1])
