"""Sea crossings: trains turn into lots in a yard, vessels load them until full or until their patience ends.

A train's lot may be split over vessels; the train goes on when the last of it is ashore. Its loading and sailing are
those of the vessel that takes the last part.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import simpy

from sim.model.coupling import couple, uncouple
from sim.model.ledger import Activity, Cause
from sim.model.resources import NEVER, Desk, Track
from sim.model.world import serve

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    from sim.model.disruption import Closures
    from sim.model.world import Train, World
    from sim.scenario.calendar import Steps

ROOM_LEFT = 1e-9
"""Share of a vessel's capacity below which it counts as full, and of a lot below which no rest of it stays behind."""


@dataclass
class Lot:
    """A train's cargo between two ports, in the unit the crossing carries."""

    train: Train
    units: float
    queued_h: float
    ashore: simpy.Event
    waiting: float = 0.0
    parts_afloat: int = 0
    arrived_h: float = NEVER
    berthed_h: float = NEVER


@dataclass
class Part:
    """What a vessel took of a lot, and when; `last` if that emptied the lot's place in the yard."""

    lot: Lot
    units: float
    taken_h: float
    last: bool


@dataclass
class PortSide:
    """One port of a crossing: berths, rail tracks, and the lots that wait for a vessel."""

    name: str
    direction: int
    ships_cargo: bool
    berths: Track
    tracks: Desk
    lots: deque[Lot] = field(default_factory=deque)
    news: simpy.Event | None = None
    calls: int = 0
    received: float = 0.0
    landed: float = 0.0

    def put(self, lot: Lot) -> None:
        """Lay a lot into the yard and tell the vessels that wait."""
        lot.waiting = lot.units
        self.received += lot.units
        self.lots.append(lot)
        if self.news is not None:
            self.news.succeed()
            self.news = None

    def take(self, room: float, now: float) -> list[Part]:
        """Take up to `room` units out of the yard, first come first."""
        parts = []
        while self.lots and room > 0:
            lot = self.lots[0]
            units = room if lot.waiting - room > ROOM_LEFT * lot.units else lot.waiting
            lot.waiting -= units
            lot.parts_afloat += 1
            room -= units
            parts.append(Part(lot, units, now, lot.waiting == 0))
            if lot.waiting == 0:
                self.lots.popleft()
        return parts

    def next_cargo(self, clock: simpy.Environment) -> simpy.Event:
        """The event of the next lot laid into the yard."""
        if self.news is None:
            self.news = simpy.Event(clock)
        return self.news


@dataclass
class Vessel:
    """A ship: its capacity, its patience, its span of service, and the luck of its voyages."""

    code: int
    capacity: float
    patience_h: float
    retires_h: float
    load_factor: Steps[float]
    sailing_h: array[float]
    unloading_h: dict[str, array[float]]
    loading_h: dict[str, array[float]]
    voyages: int = 0
    aboard: list[Part] = field(default_factory=list)

    def share_aboard(self) -> float:
        """Load over capacity."""
        return sum(part.units for part in self.aboard) / self.capacity


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
    near: PortSide
    far: PortSide
    units: float
    near_track_h: array[float]
    far_track_h: array[float]
    empty_run_h: array[float] | None
    placing_h: array[float] | None


def cross_sea(world: World, train: Train, leg: SeaLeg) -> Generator[simpy.Event, None, None]:
    """Unload into the yard, wait for vessels to carry all of it over, load a train on the other side."""
    near_h, far_h = leg.near_track_h[train.index], leg.far_track_h[train.index]
    yield from serve(world, train, leg.near.tracks, near_h, leg.place, Activity.PORT_TRACK, Cause.PORT_TRACK)
    uncouple(train, leg.near.name, leg.empty_run_h)

    now = world.clock.now
    lot = Lot(train, leg.units, now, simpy.Event(world.clock))
    train.open_wait = (leg.place, Activity.LOADING, Cause.VESSEL, now)
    leg.near.put(lot)
    yield lot.ashore
    train.open_wait = None
    landing = (lot.arrived_h, lot.berthed_h, world.clock.now)
    world.ledger.stages.append((train.number, leg.place, Activity.LANDING, Cause.BERTH, *landing, False))

    yield from couple(world, train, leg.far.name, leg.place, leg.placing_h)
    yield from serve(world, train, leg.far.tracks, far_h, leg.place, Activity.PORT_TRACK, Cause.PORT_TRACK)


def shuttle(
    world: World, crossing: Crossing, vessel: Vessel, home: PortSide, away: PortSide, enters_h: float
) -> Generator[simpy.Event, None, None]:
    """A vessel's story: berth, unload, load, wait for the weather, sail, and the same on the other side."""
    clock = world.clock
    yield clock.at(max(enters_h, clock.now))
    here, there = home, away
    while True:
        fair_h = crossing.weather.open_from(clock.now)
        if fair_h > clock.now:
            yield clock.at(fair_h)
        here.calls += 1
        berth = here.berths.request(0, here.calls)
        if berth is not None:
            yield berth
        berthed_h = clock.now
        yield from unload(world, vessel, here, berthed_h)
        if clock.now >= vessel.retires_h:
            here.berths.release()
            return
        yield from load(world, vessel, here)
        here.berths.release()
        loaded_h = clock.now
        sailed_h = crossing.weather.open_from(loaded_h)
        arrived_h = sailed_h + vessel.sailing_h[vessel.voyages % len(vessel.sailing_h)]
        vessel.voyages += 1
        embark(world, crossing, vessel, loaded_h, sailed_h, arrived_h)
        load_units = sum(part.units for part in vessel.aboard)
        times = (berthed_h, loaded_h, sailed_h, arrived_h)
        world.ledger.voyages.append((crossing.place, vessel.code, here.direction, *times, load_units, vessel.capacity))
        yield clock.at(arrived_h)
        here, there = there, here


def unload(world: World, vessel: Vessel, port: PortSide, berthed_h: float) -> Generator[simpy.Event, None, None]:
    """Bring ashore what is aboard; a lot whose last part lands sets its train free."""
    if not vessel.aboard:
        return
    unloading_h = vessel.unloading_h[port.name]
    work_h = vessel.share_aboard() * unloading_h[vessel.voyages % len(unloading_h)]
    for part in vessel.aboard:
        if part.last:
            part.lot.berthed_h = berthed_h
    yield world.clock.at(berthed_h + work_h)
    for part in vessel.aboard:
        part.lot.parts_afloat -= 1
        port.landed += part.units
        if part.lot.waiting == 0 and part.lot.parts_afloat == 0:
            part.lot.ashore.succeed()
    vessel.aboard = []


def load(world: World, vessel: Vessel, port: PortSide) -> Generator[simpy.Event, None, None]:
    """Load until full or until the patience ends; a port that ships nothing is left at once.

    The patience runs from the end of unloading. Cargo that comes while the vessel waits joins it; the vessel leaves
    when its patience is over, even empty, but never before the cargo taken is stowed.
    """
    clock = world.clock
    if not port.ships_cargo:
        return
    loading_h = vessel.loading_h[port.name]
    full_load_h = loading_h[vessel.voyages % len(loading_h)]
    stowed_h = clock.now
    leaves_h = clock.now + vessel.patience_h
    deadline = clock.at(leaves_h)
    room = vessel.capacity * vessel.load_factor.at(clock.now)
    while True:
        parts = port.take(room, clock.now)
        taken = sum(part.units for part in parts)
        vessel.aboard += parts
        room -= taken
        if parts:
            stowed_h = max(stowed_h, clock.now) + full_load_h * taken / vessel.capacity
        if room <= ROOM_LEFT * vessel.capacity or clock.now >= leaves_h:
            break
        yield port.next_cargo(clock) | deadline
    if stowed_h > clock.now:
        yield clock.at(stowed_h)


def embark(
    world: World, crossing: Crossing, vessel: Vessel, loaded_h: float, sailed_h: float, arrived_h: float
) -> None:
    """Write down loading and sailing of the trains whose last part is aboard."""
    for part in vessel.aboard:
        lot, train = part.lot, part.lot.train
        if not part.last:
            continue
        lot.arrived_h = arrived_h
        loading = (
            train.number,
            crossing.place,
            Activity.LOADING,
            Cause.VESSEL,
            lot.queued_h,
            part.taken_h,
            loaded_h,
            False,
        )
        sailing = (train.number, crossing.place, Activity.SAILING, Cause.WEATHER, loaded_h, sailed_h, arrived_h, False)
        world.ledger.stages.append(loading)
        world.ledger.stages.append(sailing)
        train.open_wait = (crossing.place, Activity.LANDING, Cause.BERTH, arrived_h)
