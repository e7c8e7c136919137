"""Convention bans: a place that fills up stops the loading of trains at their origin, and starts it again.

The call takes some hours to reach the origin, and so does the lifting. What is under way at the call still comes.
Trains held are let in by number, whatever their priority: at a quota while the ban is in force; once it is lifted, one
for each train newly offered and more at the rate of catching up, for all at once would fill the place again. Each call
and each lifting counts anew: the first of those held goes at once, the others a gap apart.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import simpy

from sim.model.resources import HAIR, LAST_TRAINS, NEVER

if TYPE_CHECKING:
    from sim.model.resources import Clock, Room, Turn


class ConventionBan:
    """A ban that watches rooms; `rooms` together are full at their capacity, and what waits for them counts too."""

    def __init__(
        self,
        clock: Clock,
        rooms: list[Room],
        begins_at_share: float,
        lifts_at_share: float,
        lead_h: float,
        quota_gap_h: float = NEVER,
        catch_up_gap_h: float = 0.0,
    ) -> None:
        self.clock = clock
        self.rooms = rooms
        self.begins_at_share = begins_at_share
        self.lifts_at_share = lifts_at_share
        self.lead_h = lead_h
        self.quota_gap_h = quota_gap_h
        self.catch_up_gap_h = catch_up_gap_h
        self.let_in_h = -NEVER
        self.timer: simpy.Event | None = None
        self.called = False
        self.in_force = False
        self.held: list[tuple[Turn, simpy.Event]] = []
        for room in rooms:
            room.watchers.append(self.look)

    def look(self) -> None:
        """Call the ban, or lift it, when the place has become so full or so empty."""
        load = sum(room.held + room.wanted for room in self.rooms)
        capacity = sum(room.capacity for room in self.rooms)
        full = load >= self.begins_at_share * capacity - HAIR
        empty = load <= self.lifts_at_share * capacity + HAIR
        if (full and not self.called) or (empty and self.called):
            self.called = not self.called
            # What travels is this call or lifting, whatever is called before it arrives.
            in_force = self.called
            self.clock.at(self.clock.now + self.lead_h).callbacks.append(lambda _: self.take_effect(in_force))

    def take_effect(self, in_force: bool) -> None:
        """What was called, or lifted, reaches the origin."""
        self.in_force = in_force
        # A quota is of trains let in under this ban: those let in before, under none, use nothing of it up.
        self.let_in_h = -NEVER
        self.timer = None
        self.await_turn()

    def gap_h(self) -> float:
        """Hours between two of those held that are let in; `NEVER` when nobody is."""
        return self.quota_gap_h if self.in_force else self.catch_up_gap_h

    def await_turn(self) -> None:
        """Come back at the turn of the next of those held, which may have come already."""
        gap_h = self.gap_h()
        if self.held and self.timer is None and gap_h < NEVER:
            # Who leaves the place in that very hour may lift the ban, and is not to find it filled up from behind.
            self.timer = self.clock.at(max(self.clock.now, self.let_in_h + gap_h), LAST_TRAINS)
            self.timer.callbacks.append(self.let_in)

    def let_in(self, timer: simpy.Event) -> None:
        """Let in those held whose turn it is, unless a call or a lifting has changed the gap since."""
        if timer is not self.timer:
            return
        self.timer = None
        while self.held and self.let_in_h + self.gap_h() <= self.clock.now:
            self.let_in_h = self.clock.now
            heapq.heappop(self.held)[1].succeed()
        self.await_turn()

    def forget(self, leave: simpy.Event) -> None:
        """Hold a train no longer that has gone another way."""
        self.held = [waiter for waiter in self.held if waiter[1] is not leave]
        heapq.heapify(self.held)

    def request(self, turn: Turn) -> simpy.Event | None:
        """Ask to be let onto the route: None when nothing is banned and nobody held, else the event to wait for."""
        # While some are still held nobody passes them: who comes joins the queue, and lets its first one in.
        if not self.in_force and not self.held:
            return None
        leave = simpy.Event(self.clock)
        heapq.heappush(self.held, (turn, leave))
        if self.in_force:
            self.await_turn()
        else:
            heapq.heappop(self.held)[1].succeed()
        return leave
