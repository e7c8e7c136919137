"""Where the twin runs: `core.wasm` in a sandbox, if there is one here, and what a run may be asked to run on."""

from __future__ import annotations

import atexit
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.scenario.problems import ArgumentError, CorridorError, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENGINES = ("auto", "compiled", "simpy")
"""What a run may be asked to run on."""

NO_SANDBOX = "the compiled engine needs the package wasmtime, which is not installed or not for this machine"

CORE = files("sim.engine").joinpath("core.wasm")


@cache
def machine_code() -> tuple[Any, Any]:
    """The twin made ready for this machine, once a process: engine and module."""
    import wasmtime

    engine = wasmtime.Engine()
    # Given back before Python takes its modules apart: after that it would fail, and say so.
    atexit.register(machine_code.cache_clear)
    atexit.register(spare_sandboxes.cache_clear)
    return engine, wasmtime.Module(engine, CORE.read_bytes())


class Sandbox:
    """A memory and functions for one run, which nothing outside can be reached from."""

    def __init__(self) -> None:
        import wasmtime

        engine, module = machine_code()
        self.store = wasmtime.Store(engine)
        self.exports: Any = wasmtime.Instance(self.store, module, []).exports(self.store)

    def call(self, name: str, *arguments: float) -> int:
        """What a function returns."""
        return int(self.exports[name](self.store, *arguments) or 0)

    @property
    def size(self) -> int:
        """Bytes of the memory."""
        return int(self.exports["memory"].data_len(self.store))

    def bytes_at(self, address: int, size: int) -> NDArray[np.uint8]:
        """Bytes of the memory, to be read or written before the next call, which may move it."""
        memory = np.frombuffer(self.exports["memory"].get_buffer_ptr(self.store), np.uint8)
        return memory[address : address + size]


KEPT_BYTES = 100 * 2**20
"""Memory of a sandbox that is kept for the next run: to ask the system for it anew takes longer than to fill it."""


@cache
def spare_sandboxes() -> list[Sandbox]:
    """The sandbox that the last run of this process left, if it is a small one."""
    return []


def take_sandbox() -> Sandbox:
    """A sandbox that nobody else has."""
    spare = spare_sandboxes()
    return spare.pop() if spare else Sandbox()


def give_back(sandbox: Sandbox) -> None:
    """Let the next run have a sandbox, emptied, unless there is one, or it is a large one."""
    if not spare_sandboxes() and sandbox.size <= KEPT_BYTES:
        sandbox.call("empty")
        spare_sandboxes().append(sandbox)


class EngineError(CorridorError):
    """The compiled engine is asked for, and is not there."""

    outcome = "Nothing was run."


@cache
def has_sandbox() -> bool:
    """Whether the twin runs on this machine: its sandbox is installed, and is for machines like this."""
    try:
        machine_code()
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def check_engine(engine: str) -> None:
    """Refuse an engine that there is not.

    Raises
    ------
    ArgumentError
        If it is none of `ENGINES`.
    EngineError
        If the compiled one is asked for, and cannot run here.
    """
    if engine not in ENGINES:
        raise ArgumentError(f"engine: one of {', '.join(ENGINES)} is needed, not {shown(engine)}")
    if engine == "compiled" and not has_sandbox():
        raise EngineError(NO_SANDBOX)
