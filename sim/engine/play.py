"""A run on the compiled twin: laid out and drawn by the model, played in a sandbox, its rows laid into the ledger.

What SimPy's run does in `sim.model.simulate` is done here by `core.wasm`, which `make core` compiles from `core/*.c`:
the same rows to the byte. SimPy stays the reference.
"""

from __future__ import annotations

import gc
import warnings
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.engine import sandbox
from sim.engine.terms import FAULTS, PLACES, TABLES, TERMS, record_dtype, row_dtype
from sim.engine.words import pack_world
from sim.model.conservation import ConservationError
from sim.model.deadlock import DeadlockError, stop_told
from sim.model.disruption import chance_spells
from sim.model.layout import lay_out
from sim.model.randomness import luck_of
from sim.model.routes import plan_flows
from sim.model.rows import ROWS_A_CHUNK
from sim.model.simulate import Run, simulate
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.changes import with_spells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.engine.pack import Block
    from sim.model.layout import Layout
    from sim.model.ledger import Ledger
    from sim.model.market import Bookings
    from sim.model.rows import Rows
    from sim.scenario.calendar import Calendar
    from sim.scenario.schema import Scenario

SLICE_H = 90 * HOURS_PER_DAY
"""Hours of the clock at a time: between them rows are taken and an interrupt is heard, some hundredths of a second."""


class Core(Protocol):
    """Where the twin runs: its functions and its memory."""

    def call(self, name: str, *arguments: float) -> int:
        """What a function returns."""

    def bytes_at(self, address: int, size: int) -> NDArray[np.uint8]:
        """Bytes of the memory, to be read or written before the next call."""


def simulate_on(engine: str, scenario: Scenario, seed: int, replication: int) -> Run:
    """Run one replication on an engine; `auto` is the twin where it can run the scenario, and SimPy else."""
    if engine == "simpy" or (engine == "auto" and sandbox.obstacle()):
        return simulate(scenario, seed, replication)
    try:
        return simulate_compiled(scenario, seed, replication)
    except sandbox.TooLargeError as error:
        if engine == "compiled":
            raise
        warnings.warn(f"Run by SimPy, which takes longer: {error}", RuntimeWarning, stacklevel=2)
        return simulate(scenario, seed, replication)


def simulate_compiled(scenario: Scenario, seed: int, replication: int, core: Core | None = None) -> Run:
    """Run one replication on the twin, as `simulate` does on SimPy: the same ledger to the byte.

    Raises
    ------
    ConservationError
        When an account does not close after the run, or the twin is wrong in another way.
    DeadlockError
        When traffic comes to a stop that nothing can end.
    TooLargeError
        When the scenario has more of something than the twin has room for.
    """
    luck = luck_of(seed, replication)
    spells = chance_spells(scenario, luck)
    scenario_run = with_spells(scenario, spells) if spells else scenario
    layout = lay_out(scenario_run, luck)
    block = pack_world(layout, plan_flows(scenario_run, layout))
    if core is not None:
        fault, stop = play_layout(core, block, layout, scenario_run.calendar)
    else:
        own = sandbox.take_sandbox()
        fault, stop = play_layout(own, block, layout, scenario_run.calendar)
        sandbox.give_back(own)
    if stop:
        raise DeadlockError(stop)
    if fault != "no_fault":
        raise ConservationError(f"the compiled engine: {fault.replace('_', ' ')}")
    run = Run(replication, scenario_run, layout.world.ledger, layout.world.closing_h, "compiled")
    if run.ledger.has_spilled:
        del layout
        gc.collect()
    return run


def play_layout(core: Core, block: Block, layout: Layout, calendar: Calendar) -> tuple[str, str]:
    """Play a world to its end, slice by slice, and take its rows: its fault, and a stop of all traffic in words."""
    opening_h, closing_h = layout.world.clock.now, layout.world.closing_h
    size = sum(len(part) for part in block)
    address = core.call("reserve", size)
    np.concatenate(block, out=core.bytes_at(address, size))
    world = core.call("open_world", address)
    tables = core.call("tables_of", world)
    bookings = layout.world.bookings
    pauses_h = np.arange(opening_h + SLICE_H, closing_h, SLICE_H).tolist() if bookings is None else bookings.starts_h
    rows_heard = {"trains": 0, "losses": 0}
    for until_h in [*pauses_h, closing_h]:
        fault = FAULTS[core.call("advance", world, until_h)]
        if fault != "no_fault":
            break
        places = table_places(core, tables)
        if bookings is not None:
            hear_news(core, places, bookings, rows_heard)
        take_rows(core, places, layout.world.ledger)
        if bookings is not None and until_h < closing_h:
            for table in rows_heard:
                rows_heard[table] = int(places[TABLES.index(table)]["length"])
            bookings.decide(layout.world.ledger)
            send_as_booked(core, address, bookings)
    else:
        fault = FAULTS[core.call("close_world", world)]
        take_rows(core, table_places(core, tables), layout.world.ledger, is_last=True)
    return fault, stop_in_words(core, world, tables, layout, calendar) if fault == "deadlock" else ""


def stop_in_words(core: Core, world: int, tables: int, layout: Layout, calendar: Calendar) -> str:
    """A stop of all traffic in words, as SimPy has them: who never moves again is written below the rows of stages."""
    place, dtype = TABLES.index("stages"), row_dtype("stages")
    before = int(table_places(core, tables)[place]["length"])
    core.call("write_stopped", world)
    about = table_places(core, tables)[place]
    rows = core.bytes_at(int(about["address"]), int(about["length"]) * dtype.itemsize).view(dtype)[before:]
    of_trains = rows[rows["train"] >= 0]
    waiting = of_trains[of_trains["cause"] >= 0]
    waits = list(zip(*(waiting[name].tolist() for name in ("place", "cause", "queued_h")), strict=True))
    vessels, sets_ahead = len(rows) - len(of_trains), int(of_trains["beside"].sum())
    return stop_told(layout.world.ledger.names.places, waits, vessels, sets_ahead, calendar)


def hear_news(core: Core, places: NDArray[Any], bookings: Bookings, rows_heard: Mapping[str, int]) -> None:
    """Let shippers know of the trains that were delivered or lost since: their rows after those heard of already."""
    news = {}
    for table, since in rows_heard.items():
        place, dtype = places[TABLES.index(table)], row_dtype(table)
        news[table] = core.bytes_at(int(place["address"]), int(place["length"]) * dtype.itemsize).view(dtype)[since:]
    bookings.hear(news["trains"]["train"], news["trains"]["left_h"])
    bookings.lose(news["losses"]["train"], news["losses"]["lost_h"])


def send_as_booked(core: Core, address: int, bookings: Bookings) -> None:
    """Write into the records of the trains of the month settled last which of them are sent."""
    dtype = record_dtype("offer")
    spans = core.bytes_at(address, 16 * len(TERMS)).view(np.int64).reshape(-1, 2)
    at, length = spans[list(TERMS).index("offer")].tolist()
    numbers = bookings.settled()
    core.bytes_at(address + at, length * dtype.itemsize).view(dtype)["is_sent"][numbers] = bookings.goes[numbers]


def table_places(core: Core, tables: int) -> NDArray[Any]:
    """How many rows each table of the twin has, and where, to be read and written before the next call."""
    return core.bytes_at(tables, len(TABLES) * PLACES.itemsize).view(PLACES)


def take_rows(core: Core, places: NDArray[Any], ledger: Ledger, is_last: bool = False) -> None:
    """Lay rows into the ledger and take them off the sandbox: whole chunks of them, and at last the rest."""
    # Places are read and written where they lie: a call of the sandbox for each takes longer than to copy the rows.
    for table, place in zip(TABLES, places, strict=True):
        dtype, length = row_dtype(table), int(place["length"])
        if length >= ROWS_A_CHUNK or (is_last and length):
            records = core.bytes_at(int(place["address"]), length * dtype.itemsize).view(dtype)
            rows: Rows = getattr(ledger, table)
            whole = rows.take(records)
            rest = records[whole:]
            if is_last and len(rest):
                rows.keep(rest)
            records.view(np.uint8)[: rest.nbytes] = rest.view(np.uint8)
            place["length"] = len(rest)
