"""Finite places, one after the other: a train holds the place it stands in until the next takes it in.

So a full place holds up the one before it (blocking after service), and a queue spills back along the route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.ledger import Activity, Cause
from sim.model.world import Stay, book_desk, wait

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from sim.model.resources import Desk, Room
    from sim.model.world import Train, World


def stand_until_room(
    world: World, train: Train, room: Room | None, place: int, cause: Cause, units: float = 1
) -> Generator[simpy.Event, None, None]:
    """Ask for room ahead, at `place`; while there is none, stand where the train is, and be counted there."""
    if room is None:
        return
    grant = room.request(train.consist.priority, train.turn, units)
    stands_at = place if train.stay is None else train.stay.place
    yield from wait(world, train, grant, stands_at, Activity.STANDING, cause, room)


def serve_from_stay(
    world: World, train: Train, desk: Desk, service_h: float, place: int, activity: Activity, cause: Cause
) -> Generator[simpy.Event, None, None]:
    """Be served at a booked desk; the place before is left when the service begins."""
    started_h, ended_h = book_desk(world, train, desk, service_h, place, activity, cause)
    vacate(world, train, started_h)
    yield world.clock.at(ended_h, train.rank)


def settle(train: Train, room: Room | None, place: int, activity: Activity, taken_h: float) -> None:
    """Stand from an hour on in the one unit of room that was had; the place before is left then.

    The room of a line is kept for a train from the moment it may ask for a path, or another might take it; the train
    stands on the line only from its departure, and is counted there only from then on.
    """
    train.stay = None if room is None else Stay(room, place, activity, [(1, taken_h)])


def vacate(world: World, train: Train, hour: float) -> None:
    """Leave the place held, at an hour that may lie ahead."""
    stay = train.stay
    if stay is None:
        return
    train.stay = None
    units = sum(part for part, _ in stay.parts)
    for part, taken_h in stay.parts:
        world.ledger.stays.append((stay.place, stay.activity, train.number, part, taken_h, hour))
    # A booked service or path may begin later: until then the train stands where it is.
    if hour > world.clock.now:
        world.clock.at(hour).callbacks.append(lambda _: stay.room.release(units))
    else:
        stay.room.release(units)
