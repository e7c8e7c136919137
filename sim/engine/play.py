"""A run on the compiled twin: laid out and drawn by the model, played in a sandbox, its rows laid into the ledger."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sim.engine.pack import packed
from sim.engine.terms import TABLES, row_dtype
from sim.model.conservation import ConservationError
from sim.model.disruption import chance_spells
from sim.model.layout import lay_out
from sim.model.randomness import Luck
from sim.model.routes import plan_flows
from sim.model.simulate import Run, simulate
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.changes import with_spells

if TYPE_CHECKING:
    import wasmtime

    from sim.model.ledger import Ledger
    from sim.scenario.schema import Scenario

SLICE_H = 30 * HOURS_PER_DAY
"""Hours of the run at a time: then rows are taken, and an interrupt is heard."""

DEADLOCK = 1
"""What the twin says of a run that came to a stop, see `world.h`: SimPy says who waits for whom."""


class Core(Protocol):
    """Where the twin runs: its functions, and its memory."""

    def call(self, name: str, *arguments: float) -> int:
        """What a function returns."""

    def write(self, address: int, content: bytearray) -> None:
        """Write into the memory."""

    def read(self, address: int, size: int) -> bytearray:
        """Read from the memory."""


@cache
def compiled() -> tuple[wasmtime.Engine, wasmtime.Module]:
    """The twin, made ready for this machine once a process."""
    import wasmtime

    engine = wasmtime.Engine()
    return engine, wasmtime.Module(engine, files("sim.engine").joinpath("core.wasm").read_bytes())


class Sandbox:
    """One run's own memory and functions."""

    def __init__(self) -> None:
        import wasmtime

        engine, module = compiled()
        self.store = wasmtime.Store(engine)
        self.exports = wasmtime.Instance(self.store, module, []).exports(self.store)

    def call(self, name: str, *arguments: float) -> int:
        """What a function returns."""
        return self.exports[name](self.store, *arguments)  # type: ignore[operator, no-any-return]

    def write(self, address: int, content: bytearray) -> None:
        """Write into the memory."""
        self.exports["memory"].write(self.store, content, address)  # type: ignore[union-attr]

    def read(self, address: int, size: int) -> bytearray:
        """Read from the memory."""
        return self.exports["memory"].read(self.store, address, address + size)  # type: ignore[union-attr, no-any-return]


def simulate_compiled(scenario: Scenario, seed: int, replication: int, core: Core | None = None) -> Run:
    """Run one replication on the twin: the same as `simulate`, to the byte.

    Raises
    ------
    ConservationError
        When an account does not close after the run.
    DeadlockError
        When traffic comes to a stop that nothing can end.
    TooLargeError
        When the scenario has more of something than the twin has room for.
    """
    luck = Luck(seed, replication)
    spells = chance_spells(scenario, luck)
    described = with_spells(scenario, spells) if spells else scenario
    layout = lay_out(described, luck)
    world = layout.world
    fault = play(core or Sandbox(), packed(layout, plan_flows(described, layout)), world.ledger, world.closing_h)
    if fault == DEADLOCK:
        return simulate(scenario, seed, replication)
    if fault:
        raise ConservationError(f"the compiled engine stopped with fault {fault}")
    return Run(replication, described, world.ledger, world.closing_h)


def play(core: Core, block: bytearray, ledger: Ledger, closing_h: float) -> int:
    """Play a world to its end and take its rows: 0, or what went wrong."""
    address = core.call("reserve", len(block))
    core.write(address, block)
    world = core.call("open_world", address)
    opening_h = float(np.frombuffer(block, np.float64, 1, int(np.frombuffer(block, np.int64, 1)[0]))[0])
    for until_h in [*np.arange(opening_h + SLICE_H, closing_h, SLICE_H).tolist(), closing_h]:
        fault = core.call("advance", world, until_h)
        take_rows(core, world, ledger)
        if fault:
            return fault
    fault = core.call("close_world", world)
    take_rows(core, world, ledger, is_last=True)
    return fault


def take_rows(core: Core, world: int, ledger: Ledger, is_last: bool = False) -> None:
    """Lay rows into the ledger, whole chunks of them, and at last all; they come off the sandbox."""
    for number, table in enumerate(TABLES):
        dtype, rows = row_dtype(table), ledger.tables[table]
        records = core.call("rows_in", world, number)
        if not records:
            continue
        content = core.read(core.call("rows_at", world, number), records * dtype.itemsize)
        values = np.frombuffer(content, dtype)
        taken = rows.take(values)
        if is_last and taken < len(values):
            rows.keep(values[taken:])
        core.call("drop", world, number, taken)
