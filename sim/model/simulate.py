"""One replication: a scenario and its luck become trains, the trains travel, the ledger is closed."""

from __future__ import annotations

import gc
import math
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, TypeAlias, assert_never

from sim.model import conservation
from sim.model.border import BorderLeg, cross_border
from sim.model.coupling import order_ahead, order_set
from sim.model.customs import HandIn, early_paper, hand_in
from sim.model.deadlock import check_movement
from sim.model.disruption import chance_spells
from sim.model.layout import Layout, lay_out
from sim.model.ledger import Activity, Cause, Ledger, Tables
from sim.model.railway import SectionLeg, run_section
from sim.model.randomness import luck_of
from sim.model.resources import AFTER_TRAINS, NEVER, URGENT
from sim.model.routes import Plan, offers_in_order, plan_flows
from sim.model.sea import SeaLeg, cross_sea
from sim.model.standing import vacate
from sim.model.terminal import TerminalLeg, work_train
from sim.model.world import Stay, Train, World, wait
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.changes import with_spells

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import simpy

    from sim.model.coupling import Taking
    from sim.model.empties import Depot
    from sim.model.ledger import Blocks
    from sim.model.market import Bookings
    from sim.model.randomness import Luck
    from sim.scenario.calendar import Calendar
    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Run:
    """One replication of a scenario, as it went: what it left behind, which may lie in temporary files.

    `scenario` has what came by chance carried out. `engine` is what played it.
    """

    replication: int
    scenario: Scenario
    ledger: Ledger
    closing_h: float
    engine: str = "simpy"

    @cached_property
    def tables(self) -> Tables:
        """All tables, whole, in memory."""
        return self.ledger.frames(self.closing_h)

    def blocks(self, name: str) -> Blocks:
        """One table, block by block, see `RunTables`."""
        return self.ledger.blocks(name, self.closing_h)


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
    DeadlockError
        When traffic comes to a stop that nothing can end.
    OSError
        When what does not fit into memory cannot be written to a temporary file.
    """
    run = play_world(scenario, luck_of(seed, replication))
    # A run that spilled was a large one: its world, which goes in circles, is given back before anybody measures.
    if run.ledger.has_spilled:
        gc.collect()
    return run


def play_world(scenario: Scenario, luck: Luck) -> Run:
    """What a run leaves behind; its world goes in circles, and is for the cycle collector."""
    spells = chance_spells(scenario, luck)
    scenario = with_spells(scenario, spells) if spells else scenario
    layout = lay_out(scenario, luck)
    world = layout.world
    plans = plan_flows(scenario, layout)
    if world.bookings is not None:
        world.clock.process(decide_monthly(world, world.bookings))
    world.clock.process(dispatch(world, plans))
    world.clock.process(watch_movement(world, layout, scenario.calendar))
    with collection_off():
        world.clock.run(until=world.closing_h)
    close(world, layout, scenario.calendar)
    return Run(luck.replication, scenario, world.ledger, world.closing_h)


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
    """Send every train on its way: by hour, then by priority, then by flow, in the order of their names."""
    offers = list(zip(*(column.tolist() for column in offers_in_order(plans)), strict=True))
    world.numbers = count(len(offers))
    for plan in plans:
        if plan.depot is not None:
            plan.depot.watchers.append(partial(dispatch_empties, world, plan, plan.depot))
    world.clock.process(hand_in(world, papers_ahead(world, plans, offers)))
    world.clock.process(order_ahead(world, orders_ahead(world, plans, offers)))
    for number, (hour, flow, _) in enumerate(offers):
        train = train_by_number(world, plans, offers, number)
        yield world.clock.at(hour, train.rank)
        world.outside.pop(number, None)
        if world.bookings is None or world.bookings.sends(number):
            world.clock.walk(travel(world, train, plans[flow]))


def decide_monthly(world: World, bookings: Bookings) -> Generator[simpy.Event, None, None]:
    """Have shippers decide at the start of each month, before all else of that hour."""
    for hour in bookings.starts_h:
        yield world.clock.at(hour, URGENT)
        bookings.decide(world.ledger)


Offers: TypeAlias = list[tuple[float, int, int]]
"""Trains in the order of their numbers: the hour of their offer, the position of their flow, their index in it."""


def train_by_number(world: World, plans: list[Plan], offers: Offers, number: int) -> Train:
    """The train of a number, which may be there already, for what is done ahead of it."""
    hour, flow, index = offers[number]
    return world.outside.get(number) or Train(number, plans[flow].consist, index, hour)


def papers_ahead(world: World, plans: list[Plan], offers: Offers) -> list[HandIn]:
    """What is handed in before trains enter their route, at the first border on it, by hour."""
    offices = [first_office(plan) for plan in plans]
    entries = []
    for number, (_, flow, _) in enumerate(offers):
        train = train_by_number(world, plans, offers, number)
        paper = paper_ahead(offices[flow], train)
        if paper is not None:
            world.outside[number] = train
            entries.append(paper)
    return sorted(entries, key=lambda entry: (entry.hour, entry.train.number))


def orders_ahead(world: World, plans: list[Plan], offers: Offers) -> list[tuple[float, Train, Taking]]:
    """The wagon sets that are ordered before trains enter their route: hour, train, and what it takes, by hour."""
    orderings = [plan.ordering for plan in plans]
    orders = []
    for number, (hour, flow, _) in enumerate(offers):
        taking = orderings[flow]
        if taking is not None:
            train = world.outside[number] = train_by_number(world, plans, offers, number)
            orders.append((hour - plans[flow].ordered_ahead_h, train, taking))
    return sorted(orders, key=lambda order: (order[0], order[1].rank))


def dispatch_empties(world: World, plan: Plan, depot: Depot, index: int) -> None:
    """Send a train of empties on its way, in its turn among the trains of this hour; its papers are handed in now."""
    train = Train(next(world.numbers), plan.consist, index, world.clock.now)
    depot.away += plan.consist.teu
    paper = paper_ahead(first_office(plan), train)
    if paper is not None:
        world.clock.process(hand_in(world, [paper]))
    offer = world.clock.at(train.offered_h, train.rank)
    offer.callbacks.append(lambda _: world.clock.walk(travel(world, train, plan)))


def paper_ahead(border: BorderLeg | None, train: Train) -> HandIn | None:
    """What is handed in of a train at a border before it enters its route, if anything is."""
    paper = None if border is None else early_paper(border.papers, train.index, train.offered_h)
    if border is None or paper is None:
        return None
    return HandIn(train.offered_h - paper.lead_h, train, border.station.customs, paper)


def first_office(plan: Plan) -> BorderLeg | None:
    """The first border on a route that wants declarations."""
    borders = (leg for leg in plan.legs if isinstance(leg, BorderLeg))
    return next((border for border in borders if border.papers.clearance is not None), None)


def travel(world: World, train: Train, plan: Plan) -> Generator[simpy.Event, None, None]:
    """A train's journey: held while a ban lasts, then every place of its route in turn."""
    world.trains_created += 1
    world.inside[train.number] = train
    is_let_in = yield from be_let_in(world, train, plan)
    if not is_let_in:
        go_another_way(world, train)
        return
    train.entered_h = world.clock.now
    # Each leg lets go of the place before it once its own has taken the train in, so that queues spill back.
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
    vacate(world, train, world.clock.now)
    if plan.limit is not None:
        plan.limit.release()
    for boxes in plan.back:
        boxes.hand_over(train)
    del world.inside[train.number]
    world.trains_delivered += 1
    if world.bookings is not None:
        world.bookings.hear(train.number, world.clock.now)
    write_train(world, train, world.clock.now)


def go_another_way(world: World, train: Train) -> None:
    """Write down a train that was held too long: it was offered, and neither sets out nor is delivered."""
    del world.inside[train.number]
    world.trains_lost += 1
    if world.bookings is not None:
        world.bookings.lose(train.number, world.clock.now)
    world.ledger.losses.append((train.number, train.consist.code, world.clock.now))
    write_train(world, train, math.nan)


def be_let_in(world: World, train: Train, plan: Plan) -> Generator[simpy.Event, None, bool]:
    """Wait at the origin while a ban is in force, and while as many trains are under way as were agreed.

    Whether it was let in; else its shippers have lost their patience.
    """
    for ban in plan.bans:
        leave = ban.request(train.turn)
        yield from be_held(world, train, leave, plan)
        if leave is not None and not leave.triggered:
            ban.forget(leave)
            return False
    if plan.limit is not None:
        leave = plan.limit.request(train.consist.priority, train.turn)
        yield from be_held(world, train, leave, plan)
        if leave is not None and not leave.triggered:
            plan.limit.forget(leave)
            return False
    if plan.ordering is not None and train.order is None:
        train.order = order_set(train, plan.ordering)
    return True


def be_held(world: World, train: Train, leave: simpy.Event | None, plan: Plan) -> Generator[simpy.Event, None, None]:
    """Wait for leave to set out, if it is not there, or for the end of patience: no wagon set is kept meanwhile."""
    if leave is not None and train.order is not None:
        train.order.withdraw()
        train.order = None
    lost_h = train.offered_h + plan.patience_h
    if leave is not None and lost_h < NEVER:
        # After the trains of that hour: whoever is let in then goes.
        leave = leave | world.clock.at(lost_h, AFTER_TRAINS)
    yield from wait(world, train, leave, plan.legs[0].place, Activity.HOLDING, Cause.BAN)


def watch_movement(world: World, layout: Layout, calendar: Calendar) -> Generator[simpy.Event, None, None]:
    """Look every thirty days, and at the end, whether traffic has come to a stop for good."""
    while True:
        # What comes on a date at this very hour ends a stop.
        yield world.clock.at(world.clock.now + 30 * HOURS_PER_DAY, AFTER_TRAINS)
        check_movement(world, list(layout.crossings.values()), calendar)


def write_stay(world: World, train: Train, stay: Stay | None) -> None:
    """One row for each part of a stay that was still open when the clock stopped."""
    if stay is not None:
        for units, taken_h in stay.parts:
            world.ledger.stays.append((stay.place, stay.activity, train.number, units, taken_h, math.nan))


def write_sets(world: World, layout: Layout) -> None:
    """One row for each wagon set that was kept for a train, under one, or standing until its group was whole."""
    for train in (*world.outside.values(), *world.inside.values()):
        for trip in train.trips:
            world.ledger.wagon_sets.append((trip.sets.code, train.number, trip.taken_h, math.nan, math.nan))
        if train.order is not None and train.order.is_kept:
            code = train.order.sets.code
            world.ledger.wagon_sets.append((code, train.number, train.order.kept_since_h, math.nan, math.nan))
    for pool in layout.pools.values():
        for empty in (empty for group in pool.gathered.values() for empty in group):
            pool.write(empty, math.nan)


def write_train(world: World, train: Train, left_h: float) -> None:
    """One row of the table of trains."""
    consist = train.consist
    times = (train.offered_h, train.entered_h, left_h)
    world.ledger.trains.append((train.number, consist.code, *times, consist.net_t, consist.teu, consist.wagons))


def close(world: World, layout: Layout, calendar: Calendar) -> None:
    """Write down what was still open when the clock stopped, and check the accounts."""
    check_movement(world, list(layout.crossings.values()), calendar)
    write_sets(world, layout)
    for train in world.inside.values():
        write_train(world, train, math.nan)
        if train.open_wait is not None and train.open_wait[-1] < world.closing_h:
            world.ledger.stages.append((train.number, *train.open_wait, math.nan, math.nan, False))
        for stay in (train.stay, train.lot.stay_ashore if train.lot else None):
            write_stay(world, train, stay)
    for crossing in layout.crossings.values():
        for lot in (lot for side in crossing.sides.values() if side.yard is not None for lot in side.lots):
            row = (crossing.place, Activity.LOADING, lot.train.number, lot.waiting, lot.admitted_h, math.nan)
            world.ledger.stays.append(row)
    conservation.check_accounts(world, layout.pools.values(), layout.crossings.values(), layout.depots.values())
