"""Wagon sets that circulate: assigned, placed, run loaded, emptied, run home.

A set that falls free away from home serves the first train waiting there; with none there it runs home empty. A train
that waits away from home also calls an idle set from home. A set left at home is not there at once: it has an empty run
too, as from across the border.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import simpy

from sim.model.randomness import mean

if TYPE_CHECKING:
    from collections.abc import Generator

    from sim.model.resources import Clock, Turn
    from sim.model.rows import Rows
    from sim.scenario.calendar import Steps
    from sim.scenario.traffic import WagonPool


NO_TRAIN = -1
"""Number in the rows of a run that no train caused to be its own: out to a train that waits, or back in vain."""


@dataclass
class WagonTrip:
    """One assignment of a set of a pool to a train, from the moment it is promised."""

    sets: WagonSets
    train: int
    taken_h: float


class WagonSets:
    """The sets of one pool: idle at home, promised to a train, or running empty."""

    def __init__(self, clock: Clock, rows: Rows, code: int, pool: WagonPool, capacity: Steps[int]) -> None:
        self.clock = clock
        self.rows = rows
        self.code = code
        self.home = pool.home
        self.run_out_h = {place: mean(spread) for place, spread in pool.empty_run_h.items()}
        # In the order of their names: the order of a file must not say which place a set is sent to.
        self.waiting: dict[str, list[tuple[int, Turn, simpy.Event]]] = {place: [] for place in sorted(self.run_out_h)}
        self.waiting.setdefault(pool.home, [])
        self.called = dict.fromkeys(self.waiting, 0)
        self.steps = capacity
        self.idle = capacity.values[0]
        self.total = capacity.values[0]
        self.promised = 0
        self.running_empty = 0
        self.surplus = 0
        if len(capacity.values) > 1:
            self.clock.process(self.follow(capacity))

    def request(self, place: str, priority: int, turn: Turn) -> simpy.Event | None:
        """Ask for a set: None when one is promised at once, else the event to wait for."""
        if place == self.home and self.idle > 0:
            self.idle -= 1
            self.promised += 1
            return None
        grant = simpy.Event(self.clock)
        heapq.heappush(self.waiting[place], (priority, turn, grant))
        self.call_out()
        return grant

    def release(self, trip: WagonTrip, place: str, empty_run_h: float) -> None:
        """Give a set back where it was emptied."""
        self.promised -= 1
        now_h = self.clock.now
        if self.waiting[place] and place != self.home:
            self.rows.append((self.code, trip.train, trip.taken_h, now_h, now_h))
            self.offer(place)
        else:
            self.rows.append((self.code, trip.train, trip.taken_h, now_h, now_h + empty_run_h))
            self.run(self.home, now_h + empty_run_h)

    def grant(self, place: str) -> None:
        """Promise the set at hand to the first train waiting at a place."""
        self.promised += 1
        heapq.heappop(self.waiting[place])[2].succeed()

    def run(self, place: str, arrival_h: float) -> None:
        """Run a set empty to a place."""
        self.running_empty += 1
        self.clock.at(arrival_h).callbacks.append(lambda _: self.arrive(place))

    def run_out(self, place: str, run_h: float) -> None:
        """Run a set to a train that waits away from home, or back in vain: in use all the same, by no train."""
        now = self.clock.now
        self.rows.append((self.code, NO_TRAIN, now, now, now + run_h))
        self.run(place, now + run_h)

    def arrive(self, place: str) -> None:
        """End an empty run."""
        self.running_empty -= 1
        if place != self.home:
            self.called[place] -= 1
        self.offer(place)

    def offer(self, place: str) -> None:
        """Let a set at hand serve a train, come home, or turn back."""
        if place == self.home:
            self.come_home()
        elif self.waiting[place]:
            self.grant(place)
        else:
            self.run_out(self.home, self.run_out_h[place])

    def come_home(self) -> None:
        """Let a set at home serve a train, or stand idle until called; a set too many leaves the fleet first."""
        if self.surplus > 0:
            self.surplus -= 1
            self.total -= 1
        elif self.waiting[self.home]:
            self.grant(self.home)
        else:
            self.idle += 1
            self.call_out()

    def will_grow(self) -> bool:
        """Whether a date still to come gives the pool more sets."""
        dates = zip(self.steps.from_h, self.steps.values, strict=True)
        return any(hour > self.clock.now and sets > self.total for hour, sets in dates)

    def call_out(self) -> None:
        """Send idle sets to the places where more trains wait than sets are on their way."""
        # A set on its way may find its train served by one that fell free there; it then turns back, see `offer`.
        for place, queue in self.waiting.items():
            while place != self.home and self.idle > 0 and len(queue) > self.called[place]:
                self.idle -= 1
                self.called[place] += 1
                self.run_out(place, self.run_out_h[place])

    def follow(self, capacity: Steps[int]) -> Generator[simpy.Event, None, None]:
        """Let the fleet grow and shrink on its dates; a set on the road leaves when it is home."""
        for hour, old, new in zip(capacity.from_h[1:], capacity.values[:-1], capacity.values[1:], strict=True):
            yield self.clock.at(max(hour, self.clock.now))
            for _ in range(new - old):
                self.total += 1
                self.come_home()
            leaving = min(self.idle, max(old - new, 0))
            self.idle -= leaving
            self.total -= leaving
            self.surplus += max(old - new, 0) - leaving
