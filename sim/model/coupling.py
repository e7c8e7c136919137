"""Trains and wagon sets: when a train takes a set, and when it leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.ledger import Activity, Cause
from sim.model.wagons import WagonTrip
from sim.model.world import wait

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.wagons import WagonSets
    from sim.model.world import Train, World


@dataclass(frozen=True)
class Taking:
    """Where on its route a flow takes wagon sets: the pool, the name of the place, hours until a set stands ready."""

    sets: WagonSets
    name: str
    placing_h: array[float]


@dataclass(frozen=True)
class Leaving:
    """Where on its route a flow leaves its wagon sets: the name of the place, hours of the empty run home."""

    name: str
    empty_run_h: array[float]


def couple(world: World, train: Train, place: int, taking: Taking | None) -> Generator[simpy.Event, None, None]:
    """Put the train on a wagon set, where it takes one."""
    if taking is None:
        return
    grant = taking.sets.request(taking.name, train.consist.priority, train.turn)
    yield from wait(world, train, grant, place, Activity.PLACING, Cause.WAGON_SET, taking.sets)
    now_h = world.clock.now
    train.trips.append(WagonTrip(taking.sets, train.number, now_h))
    ready_h = now_h + taking.placing_h[train.index]
    if ready_h > now_h:
        row = (train.number, place, Activity.PLACING, Cause.WAGON_SET, now_h, now_h, ready_h, False)
        world.ledger.stages.append(row)
        yield world.clock.at(ready_h, train.rank)


def uncouple(train: Train, leaving: Leaving | None) -> None:
    """Leave the wagon set the train came on, where it leaves one."""
    if leaving is not None:
        # At a change of gauge a train has two sets for a while: the one it came on is the older.
        trip = train.trips.pop(0)
        trip.sets.release(trip, leaving.name, leaving.empty_run_h[train.index])
