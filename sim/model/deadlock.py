"""Deadlock: trains and vessels that hold what the others wait for, in a ring, so that none ever moves again.

Whoever waits for nothing that others hold will move. Who waits for what one of these holds will move after it, and so
on; those who are left are deadlocked (reduction of the wait-for graph; Coffman, Elphick and Shoshani, 1971).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from sim.model.ledger import Cause
from sim.model.resources import Room
from sim.model.sea import Crossing, Vessel
from sim.model.wagons import WagonSets
from sim.model.world import Train
from sim.scenario.problems import CorridorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.model.world import World
    from sim.scenario.calendar import Calendar

Mover: TypeAlias = Train | Vessel


class DeadlockError(CorridorError):
    """The traffic of a scenario has come to a stop that nothing can end; the message names who waits for what."""


def holders(world: World, crossings: Iterable[Crossing]) -> dict[int, list[Mover]]:
    """Who holds each room, crossing or pool, by its identity; a crossing is held by its vessels."""
    owners_of: dict[int, list[Mover]] = defaultdict(list)
    for train in (*world.inside.values(), *world.outside.values()):
        if train.stay is not None:
            owners_of[id(train.stay.room)].append(train)
        if train.lot is not None and train.lot.stay_ashore is not None and train.lot.stay_ashore.parts:
            owners_of[id(train.lot.stay_ashore.room)].append(train)
        for trip in train.trips:
            owners_of[id(trip.sets)].append(train)
        if train.order is not None and train.order.is_kept:
            owners_of[id(train.order.sets)].append(train)
    for crossing in crossings:
        for side in crossing.sides.values():
            for lot in side.lots:
                owners_of[id(side.yard)].append(lot.train)
        for vessel in crossing.vessels:
            # A lot waits for whatever vessel comes next: any that can still move may be the one.
            owners_of[id(crossing)].append(vessel)
            owners_of[id(vessel.berth)].append(vessel)
            for part in vessel.aboard:
                if vessel.awaits is None and part.lot.stay_ashore is not None:
                    owners_of[id(part.lot.stay_ashore.room)].append(vessel)
    return owners_of


def in_deadlock(world: World, crossings: list[Crossing]) -> list[Mover]:
    """The trains and vessels that can never move again."""
    owners_of = holders(world, crossings)
    movers: list[Mover] = [*world.inside.values(), *(vessel for crossing in crossings for vessel in crossing.vessels)]
    waiting = {id(mover): mover for mover in movers if mover.awaits is not None}
    while True:
        free = [key for key, mover in waiting.items() if will_come(mover.awaits, owners_of, waiting)]
        if not free:
            return list(waiting.values())
        for key in free:
            del waiting[key]


def will_come(resource: object, owners_of: dict[int, list[Mover]], waiting: dict[int, Mover]) -> bool:
    """Whether somebody who holds what is awaited will move, or nobody holds it, or more of it comes on a date."""
    owners = owners_of.get(id(resource), [])
    # Idle sets, or sets on their way home, are held by nobody and will reach who waits.
    if isinstance(resource, WagonSets) and (resource.idle or resource.running_empty):
        return True
    if isinstance(resource, Room | WagonSets) and resource.will_grow():
        return True
    # Those that stand until their group is whole wait for others themselves.
    if isinstance(resource, WagonSets) and resource.standing and not owners:
        return False
    return not owners or any(id(owner) not in waiting for owner in owners)


def check_movement(world: World, crossings: list[Crossing], calendar: Calendar) -> None:
    """See whether everybody will move again.

    Raises
    ------
    DeadlockError
        When some never will, naming how many stand where, and what they wait for.
    """
    waiting = in_deadlock(world, crossings)
    if not waiting:
        return
    open_waits = [mover.open_wait for mover in waiting if isinstance(mover, Train) and mover.open_wait is not None]
    waits = [(place, int(cause), queued_h) for place, _, cause, queued_h in open_waits]
    vessels = sum(isinstance(mover, Vessel) for mover in waiting)
    sets_ahead = sum(isinstance(mover, Train) and mover.order is not None and mover.order.is_kept for mover in waiting)
    raise DeadlockError(stop_told(world.ledger.names.places, waits, vessels, sets_ahead, calendar))


def stop_told(
    names: Sequence[str], waits: Sequence[tuple[int, int, float]], vessels: int, sets_ahead: int, calendar: Calendar
) -> str:
    """A stop of all traffic in words.

    Parameters
    ----------
    names
        Of the places, by their codes.
    waits
        Of each train that waits in it: the code of its place, what it waits for, and since which hour.
    vessels, sets_ahead
        How many vessels wait in it, and for how many trains a set is kept that was ordered ahead.
    """
    numbers = Counter((names[place], Cause(cause)) for place, cause, _ in waits)
    parts = [
        f"{number} trains at {place} wait for {cause.name.lower().replace('_', ' ')}"
        for (place, cause), number in numbers.most_common()
    ]
    if vessels:
        parts.append(f"{vessels} vessels wait for a berth or for room ashore")
    if sets_ahead:
        parts.append(f"for {sets_ahead} of these a wagon set is kept that was ordered ahead")
    day = calendar.moment(min(queued_h for *_, queued_h in waits)).date()
    return f"traffic has come to a stop that nothing can end, begun on {day}: {'; '.join(parts)}"
