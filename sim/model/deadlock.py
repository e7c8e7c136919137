"""Deadlock: trains and vessels that hold what the others wait for, in a ring, so that none ever moves again.

Whoever waits for nothing that others hold will move. Who waits for what one of these holds will move after it, and so
on; those who are left are deadlocked (reduction of the wait-for graph; Coffman, Elphick and Shoshani, 1971).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from sim.model.ledger import Cause
from sim.model.sea import Crossing, Vessel
from sim.model.wagons import WagonSets
from sim.model.world import Train
from sim.scenario.errors import CorridorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.model.world import World
    from sim.scenario.calendar import Calendar

Mover: TypeAlias = Train | Vessel


class DeadlockError(CorridorError):
    """The traffic of a scenario has come to a stop that nothing can end; the message names who waits for what."""


def holders(world: World, crossings: Iterable[Crossing]) -> dict[int, list[Mover]]:
    """Who holds each room, crossing or pool, by its identity; a crossing is held by its vessels."""
    held: dict[int, list[Mover]] = defaultdict(list)
    for train in world.inside.values():
        if train.stay is not None:
            held[id(train.stay.room)].append(train)
        if train.lot is not None and train.lot.landed is not None and train.lot.landed.parts:
            held[id(train.lot.landed.room)].append(train)
        for trip in train.trips:
            held[id(trip.sets)].append(train)
    for crossing in crossings:
        for side in crossing.sides.values():
            for lot in side.lots:
                held[id(side.yard)].append(lot.train)
        for vessel in crossing.vessels:
            held[id(crossing)].append(vessel)
            held[id(vessel.berth)].append(vessel)
            for part in vessel.aboard:
                if vessel.awaits is None and part.lot.landed is not None:
                    held[id(part.lot.landed.room)].append(vessel)
    return held


def deadlocked(world: World, crossings: list[Crossing]) -> list[Mover]:
    """The trains and vessels that can never move again."""
    held = holders(world, crossings)
    movers: list[Mover] = [*world.inside.values(), *(vessel for each in crossings for vessel in each.vessels)]
    stuck = {id(mover): mover for mover in movers if mover.awaits is not None}
    while True:
        free = [key for key, mover in stuck.items() if will_come(mover.awaits, held, stuck)]
        if not free:
            return list(stuck.values())
        for key in free:
            del stuck[key]


def will_come(awaited: object, held: dict[int, list[Mover]], stuck: dict[int, Mover]) -> bool:
    """Whether somebody who holds what is awaited will move, or nobody holds it."""
    if isinstance(awaited, WagonSets) and (awaited.idle or awaited.running_empty):
        return True
    owners = held.get(id(awaited), [])
    return not owners or any(id(owner) not in stuck for owner in owners)


def check_movement(world: World, crossings: list[Crossing], calendar: Calendar) -> None:
    """See whether everybody will move again.

    Raises
    ------
    DeadlockError
        When some never will, naming how many stand where, and what they wait for.
    """
    stuck = deadlocked(world, crossings)
    if not stuck:
        return
    names = world.ledger.names.places
    trains = [mover.open_wait for mover in stuck if isinstance(mover, Train) and mover.open_wait is not None]
    waits = Counter((names[place], Cause(cause)) for place, _, cause, _ in trains)
    vessels = sum(isinstance(mover, Vessel) for mover in stuck)
    parts = [
        f"{number} trains at {place} wait for {cause.name.lower().replace('_', ' ')}"
        for (place, cause), number in waits.most_common()
    ]
    if vessels:
        parts.append(f"{vessels} vessels wait for a berth or for room ashore")
    since = min(queued_h for *_, queued_h in trains)
    day = calendar.moment(since).date()
    raise DeadlockError(f"traffic has come to a stop that nothing can end, begun on {day}: {'; '.join(parts)}")
