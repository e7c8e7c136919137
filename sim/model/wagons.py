"""Wagon sets that circulate: assigned, placed, run loaded, emptied, gathered, run home.

A set that falls free away from home serves the first train waiting there; with none there it stands until so many have
gathered as run home together, and runs home empty with them. A train that waits away from home also calls an idle set
from home. A set left at home is not there at once: it has an empty run too, as from across the border.
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


@dataclass(frozen=True)
class EmptySet:
    """A set that stands where it was emptied until its group runs home: its trip, since when, hours in the shop."""

    trip: WagonTrip
    released_h: float
    repair_h: float


class WagonSets:
    """The sets of one pool: idle at home, promised to a train, standing where they were emptied, or running empty."""

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
        self.group_sets = pool.group_sets
        self.gathered: dict[str, list[EmptySet]] = {place: [] for place in self.waiting}
        self.steps = capacity
        self.idle = capacity.values[0]
        self.total = capacity.values[0]
        self.promised = 0
        self.running_empty = 0
        self.surplus = 0
        if len(capacity.values) > 1:
            self.clock.begin(self, self.follow(capacity))

    def request(self, place: str, priority: int, turn: Turn) -> simpy.Event | None:
        """Ask for a set: None when one is promised at once, else the event to wait for."""
        if place == self.home and self.idle > 0:
            self.idle -= 1
            self.promised += 1
            return None
        if place != self.home and self.gathered[place]:
            self.write(self.gathered[place].pop(0), self.clock.now)
            self.promised += 1
            return None
        grant = simpy.Event(self.clock)
        heapq.heappush(self.waiting[place], (priority, turn, grant))
        self.call_out()
        return grant

    def release(self, trip: WagonTrip, place: str, run_h: float, repair_h: float) -> None:
        """Give a set back where it was emptied: to who waits there, or into the group that `run_h` hours bring home."""
        self.promised -= 1
        now_h = self.clock.now
        empty = EmptySet(trip, now_h, repair_h)
        if self.waiting[place] and place != self.home:
            self.write(empty, now_h)
            self.offer(place)
            return
        group = self.gathered[place]
        group.append(empty)
        if len(group) >= self.group_sets:
            self.gathered[place] = []
            for member in group:
                home_h = now_h + (run_h + member.repair_h)
                self.write(member, home_h)
                self.run(self.home, home_h)

    def give_back(self, place: str, kept_h: float) -> None:
        """Give back a set that was kept for a train since an hour, and not used."""
        self.promised -= 1
        now_h = self.clock.now
        self.rows.append((self.code, NO_TRAIN, kept_h, now_h, now_h))
        self.offer(place)

    def withdraw(self, place: str, grant: simpy.Event) -> None:
        """Take back a request that was not granted."""
        self.waiting[place] = [request for request in self.waiting[place] if request[2] is not grant]
        heapq.heapify(self.waiting[place])

    @property
    def standing(self) -> int:
        """Sets that stand where they were emptied."""
        return sum(map(len, self.gathered.values()))

    def write(self, empty: EmptySet, home_h: float) -> None:
        """One row for a trip that has ended."""
        self.rows.append((self.code, empty.trip.train, empty.trip.taken_h, empty.released_h, home_h))

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


class SetOrder:
    """A wagon set ordered for a train at a place."""

    def __init__(self, sets: WagonSets, place: str, priority: int, turn: tuple[float, int]) -> None:
        self.sets = sets
        self.place = place
        self.kept_h: float | None = None
        self.grant = sets.request(place, priority, turn)
        if self.grant is None:
            self.kept_h = sets.clock.now
        else:
            self.grant.callbacks.append(self.keep)

    def keep(self, _: simpy.Event) -> None:
        """Note the hour of the promise."""
        self.kept_h = self.sets.clock.now

    @property
    def is_kept(self) -> bool:
        """Whether a set has been promised."""
        return self.grant is None or self.grant.triggered

    @property
    def kept_since_h(self) -> float:
        """Since when a set is kept; one that is promised in this very hour has not told yet."""
        return self.sets.clock.now if self.kept_h is None else self.kept_h

    def withdraw(self) -> None:
        """Give back the set, or the place in the queue for one."""
        if self.grant is not None and not self.grant.triggered:
            self.sets.withdraw(self.place, self.grant)
        else:
            self.sets.give_back(self.place, self.kept_since_h)
