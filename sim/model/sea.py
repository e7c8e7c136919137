"""Sea crossings: trains turn into lots in a yard, vessels load them until they have enough, or no patience.

A train's lot may be split over vessels; the train goes on when the last of it is ashore. Its loading and sailing are
those of the vessel that takes the last part.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

import simpy

from sim.model.coupling import couple, uncouple
from sim.model.ledger import Activity, Cause
from sim.model.resources import HAIR
from sim.model.standing import serve_from_stay, stand_until_room
from sim.model.world import Lot, Stay, serve

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    from sim.model.coupling import Leaving, Taking
    from sim.model.disruption import Closures
    from sim.model.resources import Desk, Room
    from sim.model.world import Train, World
    from sim.scenario.calendar import Steps

ROOM_LEFT = 1e-9
"""Share of a vessel's capacity below which it counts as full, and of a lot below which no rest of it stays behind."""


@dataclass
class Part:
    """What a vessel took of a lot, and when; `last` if that emptied the lot's place in the yard."""

    lot: Lot
    units: float
    taken_h: float
    last: bool


@dataclass
class PortSide:
    """One port of a crossing: berths, cranes, rail tracks, room in the yard, and the lots that wait for a vessel.

    `ships` has the handlings of the cargo that sails from here. `yard` is the room for cargo that waits for vessels,
    `ashore` that for cargo landed; None: no limit. `idle` are the vessels at berth that wait for cargo, by their turn:
    only the first for whom there is some is called, so that a lot costs the same however many wait.
    """

    name: str
    direction: int
    ships: frozenset[str]
    berths: Room
    cranes: Desk
    tracks: Desk
    yard: Room | None
    ashore: Room | None
    lots: deque[Lot] = field(default_factory=deque)
    idle: list[tuple[int, simpy.Event, Vessel]] = field(default_factory=list)
    turns: int = 0
    calls: int = 0
    units_received: float = 0.0
    units_landed: float = 0.0

    def put(self, lot: Lot) -> None:
        """Lay a lot into the yard and call the vessel that has waited longest."""
        lot.waiting = lot.units
        self.units_received += lot.units
        self.lots.append(lot)
        self.call_vessel()

    def call_vessel(self) -> None:
        """Call the first of the vessels that wait for whom there is cargo."""
        for position, (_, cargo, vessel) in enumerate(self.idle):
            if any(vessel.may_take(lot.handling) for lot in self.lots):
                del self.idle[position]
                cargo.succeed()
                return

    def take(self, vessel: Vessel, room: float, now_h: float) -> list[Part]:
        """Take up to `room` units for a vessel out of the yard, first come first; it passes by what it may not take."""
        parts = []
        passed_by: list[Lot] = []
        while self.lots and room > 0:
            lot = self.lots[0]
            if not vessel.may_take(lot.handling):
                passed_by.append(self.lots.popleft())
                continue
            # A rest within rounding goes along: it would wait for a vessel of its own, and its train with it.
            units = room if lot.waiting - room > ROOM_LEFT * lot.units else lot.waiting
            lot.waiting -= units
            lot.parts_afloat += 1
            room -= units
            parts.append(Part(lot, units, now_h, lot.waiting == 0))
            if lot.waiting == 0:
                self.lots.popleft()
        self.lots.extendleft(reversed(passed_by))
        return parts

    def next_turn(self) -> int:
        """The turn of a vessel that begins to load."""
        self.turns += 1
        return self.turns

    def wait_for_cargo(self, vessel: Vessel, turn: int, until: simpy.Event) -> Generator[simpy.Event, None, None]:
        """Have a vessel wait in turn to be called to cargo in the yard, or until an event."""
        mine = (turn, simpy.Event(until.env), vessel)
        insort(self.idle, mine, key=itemgetter(0))
        yield mine[1] | until
        if mine in self.idle:
            self.idle.remove(mine)


@dataclass
class Vessel:
    """A ship: its capacity, what it takes (None: all), its patience, its span of service, the luck of its voyages.

    It enters service at its `home` port, and sails from there to the one `away`.

    `unloading_h` and `loading_h` are crane hours for one unit, by port and voyage. `unstowed` is cargo
    taken that no crane has been asked to load yet. `call` is its number among the calls at the port, `berth` what it
    holds, `awaits` what it asks for.
    """

    code: int
    home: PortSide
    away: PortSide
    enters_h: float
    retires_h: float
    capacity: float
    takes: frozenset[str] | None
    patience_h: float
    least_load_share: float
    departs_every_h: float | None
    load_factor: Steps[float]
    sailing_h: array[float]
    unloading_h: dict[str, array[float]]
    loading_h: dict[str, array[float]]
    call: int = 0
    voyages: int = 0
    aboard: list[Part] = field(default_factory=list)
    worked_h: float = 0.0
    unstowed: float = 0.0
    berth: Room | None = None
    awaits: object = None

    def leaves_h(self, now_h: float) -> float:
        """When it leaves the berth unless it has enough before: at the end of its patience, or by its timetable.

        A vessel that retires meanwhile waits no longer.
        """
        if self.departs_every_h is None:
            leaves_h = now_h + self.patience_h
        else:
            # A hair before a departure is that departure: sums of hours miss their multiples by a rounding.
            leaves_h = max(now_h, math.ceil(now_h / self.departs_every_h - HAIR) * self.departs_every_h)
        return min(leaves_h, max(now_h, self.retires_h))

    def may_take(self, handling: str) -> bool:
        """Whether it takes cargo that is handled so."""
        return self.takes is None or handling in self.takes

    def load(self) -> float:
        """Cargo aboard, in the unit of the crossing."""
        return sum(part.units for part in self.aboard)


@dataclass(frozen=True)
class Crossing:
    """A sea crossing with its two sides, its weather and its ships."""

    place: int
    sides: dict[str, PortSide]
    weather: Closures
    vessels: list[Vessel]


@dataclass(frozen=True)
class SeaLeg:
    """A sea crossing on a flow's route: the port it leaves, the port it reaches, the luck of its trains."""

    place: int
    crossing: Crossing
    near: PortSide
    far: PortSide
    units: float
    handling: str
    near_track_h: array[float]
    far_track_h: array[float]
    near_clearance_h: array[float]
    far_clearance_h: array[float]
    leaving: Leaving | None
    taking: Taking | None


def cross_sea(world: World, train: Train, leg: SeaLeg) -> Generator[simpy.Event, None, None]:
    """Unload into the yard, wait for vessels to carry all of it over, load a train on the other side.

    With no room in the yard the train stands where it is. Ashore, its cargo holds its room until the train departs.
    """
    yield from stand_until_room(world, train, leg.near.yard, leg.place, Cause.YARD, leg.units)
    admitted_h = world.clock.now
    near_h = leg.near_track_h[train.index]
    yield from serve_from_stay(world, train, leg.near.tracks, near_h, leg.place, Activity.PORT_TRACK, Cause.PORT_TRACK)
    uncouple(train, leg.leaving)
    yield from clear_in_port(world, train, leg.near_clearance_h[train.index], leg.place)

    now_h = world.clock.now
    room = leg.far.ashore
    stay_ashore = None if room is None else Stay(room, leg.place, Activity.LANDING, [])
    lot = train.lot = Lot(train, leg.units, leg.handling, admitted_h, now_h, simpy.Event(world.clock), stay_ashore)
    train.open_wait, train.awaits = (leg.place, Activity.LOADING, Cause.VESSEL, now_h), leg.crossing
    # From here to the quay on the other side the vessels write the train's rows, see `embark`.
    leg.near.put(lot)
    yield lot.ashore
    train.open_wait = train.awaits = train.lot = None
    train.stay = stay_ashore
    landing = (lot.arrived_h, lot.berthed_h, world.clock.now)
    world.ledger.stages.append((train.number, leg.place, Activity.LANDING, Cause.BERTH, *landing, False))

    yield from clear_in_port(world, train, leg.far_clearance_h[train.index], leg.place)
    yield from couple(world, train, leg.place, leg.taking)
    far_h = leg.far_track_h[train.index]
    yield from serve(world, train, leg.far.tracks, far_h, leg.place, Activity.PORT_TRACK, Cause.PORT_TRACK)


def clear_in_port(world: World, train: Train, hours: float, place: int) -> Generator[simpy.Event, None, None]:
    """Have the cargo of a train cleared by customs and port; where that takes no time nothing is written down."""
    if hours == 0:
        return
    from_h = world.clock.now
    yield world.clock.at(from_h + hours)
    row = (train.number, place, Activity.CHECKING, Cause.OFFICERS, from_h, from_h, world.clock.now, False)
    world.ledger.stages.append(row)
