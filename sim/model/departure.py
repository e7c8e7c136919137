"""Locomotives at a border: they take trains away and come back, and bring in those that were abandoned before it.

A train that waits before a border too long, or before the line that leads to it, loses its locomotive to others. It
stands abandoned until it is let in, and then needs a locomotive to set off again, one of those that also take trains
away: so a full border empties slowly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.ledger import Activity, Cause
from sim.model.resources import AFTER_TRAINS
from sim.model.standing import stand_until_room
from sim.model.world import wait

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.resources import Room
    from sim.model.world import Train, World


@dataclass(frozen=True)
class Traction:
    """What a flow's trains need of locomotives at a border.

    Attributes
    ----------
    locomotives
        Those of the border; None: one is always there.
    turn_h
        Hours of a locomotive away with each train; None: the neighbour's take it.
    abandoned_after_h
        Hours of waiting before the border after which a train loses its own; infinite: never.
    restart_h
        Hours of a locomotive to bring each train in once it was abandoned.
    """

    locomotives: Room | None
    turn_h: array[float] | None
    abandoned_after_h: float
    restart_h: array[float]


def depart(world: World, train: Train, place: int, traction: Traction) -> Generator[simpy.Event, None, None]:
    """Leave with a locomotive, which is away for its turn."""
    locomotives, turn_h = traction.locomotives, traction.turn_h
    if locomotives is None or turn_h is None:
        return
    grant = locomotives.request(train.consist.priority, train.turn)
    yield from wait(world, train, grant, place, Activity.DEPARTURE, Cause.LOCOMOTIVES, locomotives)
    back_h = write_turn(world, train, place, turn_h[train.index])
    world.clock.at(back_h).callbacks.append(lambda _: locomotives.release())


def write_turn(world: World, train: Train, place: int, hours: float) -> float:
    """Write down a locomotive's turn, beside the journey of the train that has it: the hour at which it ends."""
    now_h = world.clock.now
    ends_h = now_h + hours
    row = (train.number, place, Activity.DEPARTURE, Cause.LOCOMOTIVES, now_h, now_h, ends_h, True)
    world.ledger.stages.append(row)
    return ends_h


def stand_before(
    world: World, train: Train, room: Room | None, place: int, cause: Cause, traction: Traction | None
) -> Generator[simpy.Event, None, None]:
    """Stand before a line that a full border has filled; whoever stands too long is abandoned there."""
    if traction is None or room is None:
        yield from stand_until_room(world, train, room, place, cause)
        return
    grant = room.request(train.consist.priority, train.turn)
    stands_at = place if train.stay is None else train.stay.place
    yield from wait_before(world, train, grant, stands_at, Activity.STANDING, cause, traction, room)


def wait_before(
    world: World,
    train: Train,
    grant: simpy.Event | None,
    place: int,
    activity: Activity,
    cause: Cause,
    traction: Traction,
    room: Room | None = None,
) -> Generator[simpy.Event, None, None]:
    """Wait before a border to be let in; whoever waits too long is abandoned, and needs a locomotive then."""
    if grant is None:
        return
    left_h = world.clock.now + traction.abandoned_after_h
    if left_h == float("inf"):
        yield from wait(world, train, grant, place, activity, cause, room)
        return
    # After the trains of that hour: whoever is let in then is not abandoned.
    patience = world.clock.at(left_h, AFTER_TRAINS)
    yield from wait(world, train, grant | patience, place, activity, cause, room)
    if grant.triggered:
        return
    yield from wait(world, train, grant, place, Activity.ABANDONMENT, cause, room)
    yield from restart(world, train, place, traction)


def restart(world: World, train: Train, place: int, traction: Traction) -> Generator[simpy.Event, None, None]:
    """Wait for a locomotive where the train was abandoned, and come in with it."""
    locomotives, restart_h = traction.locomotives, traction.restart_h[train.index]
    if locomotives is not None:
        grant = locomotives.request(train.consist.priority, train.turn)
        yield from wait(world, train, grant, place, Activity.ABANDONMENT, Cause.LOCOMOTIVES, locomotives)
        world.clock.at(write_turn(world, train, place, restart_h)).callbacks.append(lambda _: locomotives.release())
    now_h = world.clock.now
    if restart_h > 0:
        come_in_h = now_h + restart_h
        row = (train.number, place, Activity.ABANDONMENT, Cause.LOCOMOTIVES, now_h, now_h, come_in_h, False)
        world.ledger.stages.append(row)
        yield world.clock.at(come_in_h, train.rank)
