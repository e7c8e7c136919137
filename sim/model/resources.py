"""What trains wait for: desks that are booked, paths that are spaced, tracks that are held.

A first-come desk whose service time is known on arrival needs no queue: a heap of the hours at which its places fall
free gives start and end at once (Kiefer and Wolfowitz, 1955), and the train sleeps once. Only what is held for a time
nobody knows beforehand (a track, a berth) keeps a queue.

At equal times releases and rises of capacity come first, then cuts, then arrivals, and last what waits for these; those
who wait are served by priority, then by train number. A cut never stops work under way: the places that fall free first
are the ones lost, and a rise gives back the last of them, which may be at work still.
"""

from __future__ import annotations

import heapq
import math
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import simpy

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sim.scenario.calendar import OpenSpells, Steps

Turn: TypeAlias = int | tuple[float, int]
"""Who comes first of those that wait with one priority: vessels by their call, trains by the hour of their offer."""

NEVER = math.inf
URGENT: int = simpy.events.URGENT
"""Rank of what comes before all else of its hour."""
AFTER_TRAINS = sys.maxsize
"""Rank of what waits for the trains of its hour: the end of a patience, a departure by timetable."""
LAST_TRAINS = AFTER_TRAINS - 1
"""Rank of the trains that a ban lets in: after those that come and go in that hour, before what waits for trains."""
HAIR = 1e-9
"""Share of a unit that sums of parts may go astray by."""


class Hour(simpy.Event):
    """The event of an hour, sure to come: what a timeout is to a delay."""

    def __init__(self, clock: Clock, hour: float, rank: int) -> None:
        self.env = clock
        self.callbacks = []
        self._ok = True
        self._value = None
        heapq.heappush(clock._queue, (hour, simpy.events.EventPriority(rank), next(clock._eid), self))


class Clock(simpy.Environment):
    """SimPy's environment with a sleep until an hour.

    A SimPy timeout adds a delay to the present and may miss the hour by a rounding; a spell must end exactly when the
    next one begins, so the hour itself is scheduled.

    Attributes
    ----------
    actors
        Rooms, fleets and vessels whose stories begin with the run, in the order in which they do.
    """

    def __init__(self, opening_h: float = 0.0) -> None:
        super().__init__(opening_h)
        self.actors: list[object] = []

    def begin(self, actor: object, story: Generator[simpy.Event, Any, None]) -> None:
        """Have the story of an actor begin when the clock starts."""
        self.actors.append(actor)
        self.process(story)

    def at(self, hour: float, rank: int = simpy.events.NORMAL) -> Hour:
        """An event at `hour`; at `NEVER` it does not happen. Of events at equal hours the lower rank comes first.

        Raises
        ------
        ValueError
            When the hour lies in the past.
        """
        if hour < self._now:
            raise ValueError(f"hour {hour} lies before the present, {self._now}")
        return Hour(self, hour, rank)

    def walk(self, story: Generator[simpy.Event, None, None]) -> None:
        """Follow a story from the present on that nobody waits for and nothing interrupts.

        It goes on at each event it yields, as a SimPy process does, without the two events that mark the beginning and
        the end of a process. A customer of three booked desks takes a third less time so (`make bench`). What goes on
        refers to itself: at the end it lets go of itself, so that a story told leaves no memory behind.
        """
        send = story.send

        def go_on(_: simpy.Event | None) -> None:
            nonlocal go_on
            try:
                event = send(None)
            except StopIteration:
                del go_on
                return
            event.callbacks.append(go_on)

        go_on(None)


class Desk:
    """Places that serve first come, first served, for a time known on arrival. Booked, never held.

    Parameters
    ----------
    capacity
        Number of places.
    hours
        When services may begin; None: round the clock.
    finish
        Whether a service under way at closing is finished in overtime, or stops and goes on at the next opening.
    """

    def __init__(self, capacity: Steps[int], hours: OpenSpells | None = None, finish: bool = True) -> None:
        self.hours = hours
        self.finish = finish
        self.free_h = [-NEVER] * capacity.values[0]
        self.leaving_h: list[float] = []
        before = capacity.values[:-1]
        self.changes = [
            (hour, after - old)
            for hour, old, after in zip(capacity.from_h[1:], before, capacity.values[1:], strict=True)
        ]
        self.changes.append((NEVER, 0))
        self.change_h = self.changes[0][0]

    def book(self, now_h: float, service_h: float) -> tuple[float, float]:
        """Start and end of a service asked for at `now_h`, in the order of asking; `NEVER` when no place ever comes."""
        if self.hours is not None:
            return self.book_open(now_h, service_h, self.hours)
        # Nobody who comes later can be served before, and how long everybody takes is known: so it is settled now when
        # this service begins and ends, and a queue kept on the clock would come to the same two hours.
        free_h = self.free_h
        started_h = max(now_h, free_h[0]) if free_h else NEVER
        # A change counts for whoever begins at or after it, not for whoever asks after it.
        while started_h >= self.change_h and self.change_h < NEVER:
            self.change()
            started_h = max(now_h, free_h[0]) if free_h else NEVER
        ended_h = started_h + service_h
        if started_h < NEVER:
            heapq.heapreplace(free_h, ended_h)
        return started_h, ended_h

    def book_open(self, now_h: float, service_h: float, hours: OpenSpells) -> tuple[float, float]:
        """The same at a desk with working hours: a service begins while it is open, on the capacity of that hour."""
        free_h = self.free_h
        started_h = hours.open_from(max(now_h, free_h[0])) if free_h else NEVER
        while started_h >= self.change_h and self.change_h < NEVER:
            self.change()
            started_h = hours.open_from(max(now_h, free_h[0])) if free_h else NEVER
        if started_h == NEVER:
            return NEVER, NEVER
        ended_h = started_h + service_h if self.finish else hours.after_work(started_h, service_h)
        heapq.heapreplace(free_h, ended_h)
        return started_h, ended_h

    def change(self) -> None:
        """Carry out the next dated change of capacity."""
        hour, rise = self.changes.pop(0)
        self.change_h = self.changes[0][0]
        for _ in range(rise):
            finished_h = self.leaving_h.pop() if self.leaving_h else hour
            heapq.heappush(self.free_h, max(hour, finished_h))
        # Releases come before cuts: a place that falls free at this very hour is the one that goes, and no work is cut.
        for _ in range(-rise):
            self.leaving_h.append(heapq.heappop(self.free_h))


class Paths:
    """Paths into a section or over a border: one departure for each path that the rate has given since the last.

    Under one rate that is a headway. Where the rate steps, what is left of a headway runs on at the new rate, so that
    traffic resumes within one new headway of the end of a closure; while the rate is nothing no train departs.
    """

    def __init__(self, paths_per_day: Steps[float], share: float = 1.0) -> None:
        self.paths_per_h = [share * rate / 24.0 for rate in paths_per_day.values]
        self.headway_h = [24.0 / (share * rate) if rate > 0 else NEVER for rate in paths_per_day.values]
        self.until_h = [*paths_per_day.from_h[1:], NEVER]
        self.step = 0
        self.next_h = -NEVER

    def book(self, now_h: float) -> float:
        """The hour at which a train asking at `now_h` departs, in the order of asking; `NEVER`: no path comes."""
        departed_h = max(now_h, self.next_h)
        while departed_h >= self.until_h[self.step] or (self.headway_h[self.step] == NEVER and departed_h < NEVER):
            departed_h = max(departed_h, self.until_h[self.step])
            if departed_h == NEVER:
                break
            self.step += 1
        self.next_h = self.after_a_path(departed_h)
        return departed_h

    def after_a_path(self, hour: float) -> float:
        """The hour by which one path more has been given since `hour`, which lies in the present step."""
        step, path = self.step, 1.0
        while hour < NEVER:
            # One product, not a sum of steps: under one rate departures keep the headway to the last bit.
            ready_h = hour + path * self.headway_h[step] if path > 0 else hour
            if ready_h <= self.until_h[step]:
                return ready_h
            path -= (self.until_h[step] - hour) * self.paths_per_h[step]
            hour, step = self.until_h[step], step + 1
        return NEVER


class Room:
    """Places held for a time nobody knows beforehand, given by priority, then by turn.

    Parameters
    ----------
    clock
        The clock of the run.
    capacity
        Places: tracks, berths, or cargo in the unit of a crossing.

    Attributes
    ----------
    held
        Places taken.
    wanted
        Places asked for in vain so far.
    watchers
        Called after every change of `held`, `wanted` or `capacity`.
    """

    def __init__(self, clock: Clock, capacity: Steps[int] | Steps[float]) -> None:
        self.clock = clock
        self.steps = capacity
        self.capacity: float = capacity.values[0]
        self.held: float = 0
        self.wanted: float = 0
        self.waiting: list[tuple[int, Turn, float, simpy.Event]] = []
        self.watchers: list[Callable[[], None]] = []
        if len(capacity.values) > 1:
            clock.begin(self, self.follow(capacity))

    def request(self, priority: int, turn: Turn, units: float = 1) -> simpy.Event | None:
        """Take places: None when they are had at once, else the event to wait for.

        What is larger than the whole room has it when it is empty.
        """
        grant = None
        if self.has(units) and not self.waiting:
            self.held += units
        else:
            grant = simpy.Event(self.clock)
            heapq.heappush(self.waiting, (priority, turn, units, grant))
            self.wanted += units
            # It may be the first by priority, and there may be room for it though not for the one that was first.
            self.let_in()
        self.tell()
        return grant

    def has(self, units: float) -> bool:
        """Whether there is room for so many units more."""
        return self.capacity > 0 and (self.held + units <= self.capacity + HAIR * units or self.held <= HAIR)

    def release(self, units: float = 1) -> None:
        """Give places back."""
        self.held -= units
        self.let_in()
        self.tell()

    def forget(self, grant: simpy.Event) -> None:
        """Keep no place any longer for one who wanted a single one and has gone another way."""
        self.waiting = [waiter for waiter in self.waiting if waiter[3] is not grant]
        heapq.heapify(self.waiting)
        self.wanted -= 1

    def let_in(self) -> None:
        """Give free places to those who wait, in their order."""
        while self.waiting and self.has(self.waiting[0][2]):
            _, _, units, grant = heapq.heappop(self.waiting)
            self.wanted -= units
            self.held += units
            # The place is taken at once, before the train hears of it: nobody else of this moment can have it.
            grant.succeed()

    def will_grow(self) -> bool:
        """Whether a date still to come gives more places than there are now."""
        dates = zip(self.steps.from_h, self.steps.values, strict=True)
        return any(hour > self.clock.now and places > self.capacity for hour, places in dates)

    def tell(self) -> None:
        """Tell those who watch."""
        for watcher in self.watchers:
            watcher()

    def follow(self, capacity: Steps[int] | Steps[float]) -> Generator[simpy.Event, Any, None]:
        """Change the capacity on its dates, all on the clock from the beginning: at equal times before any train."""
        # Put on the clock one by one, a date would come after the trains of its hour that were put there before.
        dates = [self.clock.at(max(hour, self.clock.now)) for hour in capacity.from_h[1:]]
        for date, value in zip(dates, capacity.values[1:], strict=True):
            yield date
            self.capacity = value
            self.let_in()
            self.tell()
