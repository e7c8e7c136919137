"""Trains and wagon sets: when a train takes a set, and when it leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.ledger import Activity, Cause
from sim.model.wagons import WagonTrip
from sim.model.world import wait

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.world import Train, World


def couple(
    world: World, train: Train, name: str, place: int, placing_h: array[float] | None
) -> Generator[simpy.Event, None, None]:
    """Put the train on a wagon set, where its pool gives sets and it has none."""
    sets = train.consist.wagon_sets
    if sets is None or placing_h is None or train.trip is not None:
        return
    granted = sets.request(name, train.consist.priority, train.number)
    yield from wait(world, train, granted, place, Activity.PLACING, Cause.WAGON_SET)
    now = world.clock.now
    train.trip = WagonTrip(train.number, now)
    ready_h = now + placing_h[train.index]
    if ready_h > now:
        row = (train.number, place, Activity.PLACING, Cause.WAGON_SET, now, now, ready_h, False)
        world.ledger.stages.append(row)
        yield world.clock.at(ready_h)


def uncouple(train: Train, name: str, empty_run_h: array[float] | None) -> None:
    """Leave the wagon set here, where its pool takes sets back."""
    if train.trip is None or train.consist.wagon_sets is None or empty_run_h is None:
        return
    train.consist.wagon_sets.release(train.trip, name, empty_run_h[train.index])
    train.trip = None
