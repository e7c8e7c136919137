"""A vessel's story: berth, unload, load until it has enough or no patience, wait for the weather, sail, and back."""

from __future__ import annotations

from array import array
from collections.abc import Generator

import simpy
from simpy.events import NORMAL

from sim.model.ledger import Activity, Cause
from sim.model.resources import AFTER_TRAINS
from sim.model.sea import ROOM_LEFT, Crossing, Part, PortSide, Vessel
from sim.model.world import World


def shuttle(world: World, crossing: Crossing, vessel: Vessel) -> Generator[simpy.Event, None, None]:
    """A vessel's story: berth, unload, load, wait for the weather, sail, and the same on the other side."""
    clock = world.clock
    yield clock.at(max(vessel.enters_h, clock.now))
    port, next_port = vessel.home, vessel.away
    while True:
        yield from wait_for_weather(world, crossing, vessel)
        yield from berth(vessel, port)
        berthed_h = clock.now
        yield from unload_vessel(world, vessel, port, berthed_h)
        if clock.now < vessel.retires_h:
            yield from load_vessel(world, crossing, vessel, port)
        port.berths.release()
        vessel.berth = None
        if clock.now >= vessel.retires_h and not vessel.aboard:
            return
        arrived_h = embark(world, crossing, vessel, port, berthed_h)
        yield clock.at(arrived_h)
        port, next_port = next_port, port


def wait_for_weather(world: World, crossing: Crossing, vessel: Vessel) -> Generator[simpy.Event, None, None]:
    """Lie off the port while it is closed, and write that down for the trains aboard: it is no wait for a berth.

    Wind that keeps vessels in port keeps them out of it, too.
    """
    arrived_h = world.clock.now
    fair_h = crossing.weather.open_from(arrived_h)
    if fair_h <= arrived_h:
        return
    for part in vessel.aboard:
        if part.last:
            lot, train = part.lot, part.lot.train
            row = (train.number, crossing.place, Activity.LANDING, Cause.WEATHER, arrived_h, fair_h, fair_h, False)
            world.ledger.stages.append(row)
            lot.arrived_h = fair_h
            train.open_wait = (crossing.place, Activity.LANDING, Cause.BERTH, fair_h)
    yield world.clock.at(fair_h)


def berth(vessel: Vessel, port: PortSide) -> Generator[simpy.Event, None, None]:
    """Wait for a free berth, first come first served."""
    port.calls += 1
    vessel.call = port.calls
    grant = port.berths.request(0, vessel.call)
    if grant is not None:
        vessel.awaits = port.berths
        yield grant
        vessel.awaits = None
    vessel.berth = port.berths


def unload_vessel(world: World, vessel: Vessel, port: PortSide, berthed_h: float) -> Generator[simpy.Event, None, None]:
    """Bring ashore what is aboard, once there is room for it; a lot whose last part lands sets its train free."""
    vessel.worked_h = 0.0
    if not vessel.aboard:
        return
    units = vessel.load()
    if port.ashore is not None:
        grant = port.ashore.request(0, vessel.call, units)
        if grant is not None:
            vessel.awaits = port.ashore
            yield grant
            vessel.awaits = None
    for part in vessel.aboard:
        if part.last:
            part.lot.berthed_h = berthed_h
        if part.lot.stay_ashore is not None:
            part.lot.stay_ashore.parts.append((part.units, world.clock.now))
    yield world.clock.at(work(world, vessel, port, vessel.unloading_h[port.name], units))
    for part in vessel.aboard:
        part.lot.parts_afloat -= 1
        port.units_landed += part.units
        if part.lot.waiting == 0 and part.lot.parts_afloat == 0:
            part.lot.ashore.succeed()
    vessel.aboard = []


def work(world: World, vessel: Vessel, port: PortSide, hours_a_unit: array[float], units: float) -> float:
    """Have a crane move cargo as soon as one is free; the hour at which it has."""
    work_h = units * hours_a_unit[vessel.voyages % len(hours_a_unit)]
    _, ended_h = port.cranes.book(world.clock.now, work_h)
    vessel.worked_h += work_h
    return ended_h


def stow(world: World, vessel: Vessel, port: PortSide) -> Generator[simpy.Event, None, None]:
    """Have a crane load what was taken, and what is taken meanwhile after it.

    The next crane is asked for when the last is free again: booked ahead, it would idle while others wait.
    """
    while vessel.unstowed > 0:
        units, vessel.unstowed = vessel.unstowed, 0.0
        yield world.clock.at(work(world, vessel, port, vessel.loading_h[port.name], units))


def load_vessel(world: World, crossing: Crossing, vessel: Vessel, port: PortSide) -> Generator[simpy.Event, None, None]:
    """Load until enough is aboard or until the patience ends, or by the timetable.

    The patience runs from the end of unloading, and at a port that ships nothing for it there is none; a timetable is
    kept at every port. Cargo that comes while the vessel waits joins it, also in the very hour in which it leaves; the
    vessel leaves when its patience is over, even empty, but never before the cargo taken is stowed.
    """
    clock = world.clock
    if not any(map(vessel.may_take, port.ships)) and vessel.departs_every_h is None:
        return
    stowing: simpy.Process | None = None
    leaves_h = vessel.leaves_h(clock.now)
    # A retirement is a cut of capacity, and those come before the trains of their hour.
    deadline = clock.at(leaves_h, NORMAL if leaves_h == vessel.retires_h else AFTER_TRAINS)
    turn = port.next_turn()
    usable = room = vessel.capacity * vessel.load_factor.at(clock.now)
    while True:
        parts = port.take(vessel, room, clock.now)
        units_taken = sum(part.units for part in parts)
        vessel.aboard += parts
        room -= units_taken
        if parts:
            clear_yard(world, crossing, port, parts)
            vessel.unstowed += units_taken
            if stowing is None or not stowing.is_alive:
                stowing = clock.process(stow(world, vessel, port))
            # What this vessel leaves behind is for the one that waits next.
            port.call_vessel()
        room_left = room - ROOM_LEFT * vessel.capacity
        enough = room_left <= usable * (1 - vessel.least_load_share)
        if deadline.processed or (enough and vessel.departs_every_h is None):
            break
        if room_left <= 0:
            yield deadline
            break
        yield from port.wait_for_cargo(vessel, turn, deadline)
    if stowing is not None and stowing.is_alive:
        yield stowing


def clear_yard(world: World, crossing: Crossing, port: PortSide, parts: list[Part]) -> None:
    """Give back the room in the yard of what a vessel took."""
    if port.yard is None:
        return
    for part in parts:
        number, admitted_h = part.lot.train.number, part.lot.admitted_h
        row = (crossing.place, Activity.LOADING, number, part.units, admitted_h, world.clock.now)
        world.ledger.stays.append(row)
        port.yard.release(part.units)


def embark(world: World, crossing: Crossing, vessel: Vessel, port: PortSide, berthed_h: float) -> float:
    """Sail when the weather lets; the hour of arrival.

    The voyage is written down, and loading and sailing of the trains whose last part is aboard.
    """
    loaded_h = world.clock.now
    sailed_h = crossing.weather.open_from(loaded_h)
    arrived_h = sailed_h + vessel.sailing_h[vessel.voyages % len(vessel.sailing_h)]
    vessel.voyages += 1
    times = (berthed_h, loaded_h, sailed_h, arrived_h)
    cargo = (vessel.load(), vessel.capacity, vessel.worked_h)
    world.ledger.voyages.append((crossing.place, vessel.code, port.direction, *times, *cargo))
    for part in vessel.aboard:
        if not part.last:
            continue
        lot, train = part.lot, part.lot.train
        lot.arrived_h = arrived_h
        loading = (Activity.LOADING, Cause.VESSEL, lot.queued_h, part.taken_h, loaded_h, False)
        sailing = (Activity.SAILING, Cause.WEATHER, loaded_h, sailed_h, arrived_h, False)
        world.ledger.stages.append((train.number, crossing.place, *loading))
        world.ledger.stages.append((train.number, crossing.place, *sailing))
        train.open_wait = (crossing.place, Activity.LANDING, Cause.BERTH, arrived_h)
    return arrived_h
