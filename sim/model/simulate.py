"""One replication: a scenario and its luck become trains, the trains travel, the ledger is closed."""

from __future__ import annotations

import gc
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import numpy as np

from sim.model import conservation
from sim.model.border import BorderLeg, cross_border
from sim.model.layout import Layout, lay_out
from sim.model.ledger import Activity, Cause, Tables
from sim.model.railway import SectionLeg, run_section
from sim.model.randomness import Luck
from sim.model.routes import Plan, plan_flows
from sim.model.sea import SeaLeg, cross_sea
from sim.model.terminal import TerminalLeg, work_train
from sim.model.world import Train, World, wait

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import simpy

    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Run:
    """One replication of a scenario, as it went."""

    replication: int
    tables: Tables


def simulate(scenario: Scenario, seed: int, replication: int) -> Run:
    """Run one replication.

    Parameters
    ----------
    scenario
        What is simulated, from its warm-up to the end of its horizon.
    seed, replication
        Together they name the luck; equal ones repeat the run to the last bit.

    Raises
    ------
    ConservationError
        When an account does not close after the run.
    """
    layout = lay_out(scenario, Luck(seed, replication))
    world = layout.world
    world.clock.process(dispatch(world, plan_flows(scenario, layout)))
    with collection_off():
        world.clock.run(until=world.closing_h)
    close(world, layout)
    return Run(replication, world.ledger.frames(world.closing_h))


@contextmanager
def collection_off() -> Iterator[None]:
    """Keep Python's cycle collector from searching the millions of live events: a fifth of the time of a run."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def dispatch(world: World, plans: list[Plan]) -> Generator[simpy.Event, None, None]:
    """Send every train on its way: by hour, then by priority, then by flow."""
    hours = np.concatenate([plan.offered_h for plan in plans])
    flows = np.repeat(np.arange(len(plans)), [len(plan.offered_h) for plan in plans])
    indexes = np.concatenate([np.arange(len(plan.offered_h)) for plan in plans])
    priorities = np.array([plan.consist.priority for plan in plans])[flows]
    order = np.lexsort((indexes, flows, priorities, hours))
    trains = zip(hours[order].tolist(), flows[order].tolist(), indexes[order].tolist(), strict=True)
    for number, (hour, flow, index) in enumerate(trains):
        yield world.clock.at(hour)
        train = Train(number, plans[flow].consist, index, hour)
        world.clock.walk(travel(world, train, plans[flow]))


def travel(world: World, train: Train, plan: Plan) -> Generator[simpy.Event, None, None]:
    """A train's journey: held while a ban lasts, then every place of its route in turn."""
    world.created += 1
    world.inside[train.number] = train
    if plan.ban is not None:
        let_in = plan.ban.request(train.consist.priority, train.number)
        yield from wait(world, train, let_in, plan.legs[0].place, Activity.HOLDING, Cause.BAN)
    train.entered_h = world.clock.now
    for leg in plan.legs:
        match leg:
            case SectionLeg():
                yield from run_section(world, train, leg)
            case BorderLeg():
                yield from cross_border(world, train, leg)
            case SeaLeg():
                yield from cross_sea(world, train, leg)
            case TerminalLeg():
                yield from work_train(world, train, leg)
            case _:
                assert_never(leg)
    if plan.ban is not None:
        plan.ban.release()
    del world.inside[train.number]
    world.delivered += 1
    write_train(world, train, world.clock.now)


def write_train(world: World, train: Train, left_h: float) -> None:
    """One row of the table of trains."""
    consist = train.consist
    times = (train.offered_h, train.entered_h, left_h)
    world.ledger.trains.append((train.number, consist.code, *times, consist.net_t, consist.teu, consist.wagons))


def close(world: World, layout: Layout) -> None:
    """Write down what was still open when the clock stopped, and check the accounts."""
    for train in world.inside.values():
        write_train(world, train, math.nan)
        if train.open_wait is not None and train.open_wait[-1] <= world.closing_h:
            world.ledger.stages.append((train.number, *train.open_wait, math.nan, math.nan, False))
        if train.trip is not None and train.consist.wagon_sets is not None:
            row = (train.consist.wagon_sets.code, train.number, train.trip.taken_h, math.nan, math.nan)
            world.ledger.wagon_sets.append(row)
    conservation.check(world, layout.pools.values(), layout.crossings.values())
