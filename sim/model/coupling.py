"""Trains and wagon sets: when a train orders a set, when it takes it, and when it leaves it.

A set is ordered when the train is cleared at its border, or ahead of the train: then it is kept for it from the hour
at which it is promised. An order is withdrawn while a ban holds the train at its origin, and put in anew after it, or
sets would stand for trains that may not come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.ledger import Activity, Cause
from sim.model.wagons import SetOrder, WagonTrip
from sim.model.world import wait

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator, Iterable

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
    """Where on its route a flow leaves its sets: the name of the place, hours of the run home and in the shop."""

    name: str
    run_h: array[float]
    repair_h: array[float]


def order_ahead(world: World, orders: Iterable[tuple[float, Train, Taking]]) -> Generator[simpy.Event, None, None]:
    """Put in the orders of trains still to come, in the order of the hours."""
    for hour, train, taking in orders:
        yield world.clock.at(max(hour, world.clock.now), train.rank)
        is_sent = world.bookings is None or world.bookings.sends(train.number)
        # A train of the first hour of the run has no time for it: it orders as it sets out.
        if train.number in world.outside and is_sent:
            train.order = order_set(train, taking)


def order_set(train: Train, taking: Taking) -> SetOrder:
    """Order a set for a train, in its turn by priority."""
    return SetOrder(taking.sets, taking.name, train.consist.priority, train.turn)


def couple(world: World, train: Train, place: int, taking: Taking | None) -> Generator[simpy.Event, None, None]:
    """Put the train on a wagon set, where it takes one: that kept for it, or the next."""
    if taking is None:
        return
    order = train.order
    if order is None or (order.sets, order.place) != (taking.sets, taking.name):
        order = order_set(train, taking)
    if not order.is_kept:
        yield from wait(world, train, order.grant, place, Activity.PLACING, Cause.WAGON_SET, taking.sets)
    now_h = world.clock.now
    if train.order is order:
        train.order = None
    train.trips.append(WagonTrip(taking.sets, train.number, order.kept_since_h))
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
        trip.sets.release(trip, leaving.name, leaving.run_h[train.index], leaving.repair_h[train.index])
