"""Where the twin runs: `core.wasm` in a sandbox, if there is one here, and what a run may be asked to run on."""

from __future__ import annotations

import atexit
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.conservation import ConservationError
from sim.scenario.files import Unreadable, bytes_of
from sim.scenario.problems import ArgumentError, CorridorError, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENGINES = ("auto", "compiled", "simpy")
"""What a run may be asked to run on."""

NO_SANDBOX = "the compiled engine needs the package wasmtime, which is not installed or not for this machine"

CORE = Path(__file__).with_name("core.wasm")
SOURCES = CORE.with_name("core")

MOST_BYTES = 2**31
"""What a run may have of memory in its sandbox. Ten times the shipped volumes take a fifth of it, and no
sum of an address and a size passes 32 bits."""

NO_MEMORY = "the run takes more memory than the compiled engine may have, 2 GB"


class EngineError(CorridorError):
    """The compiled engine is asked for, and is not there."""

    outcome = "Nothing was run."


class TooLargeError(CorridorError):
    """A scenario has more of something than the twin has room for."""


def sources_digest() -> str:
    """The SHA-256 of all sources of the twin by name, in hexadecimal digits; its file ends with that of its own."""
    whole = hashlib.sha256()
    for path in sorted(SOURCES.glob("*.[ch]")):
        content = bytes_of(path, follow=True)
        whole.update(f"{path.name} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def core_bytes() -> bytes:
    """The twin as it was compiled.

    Raises
    ------
    Unreadable
        If its file cannot be read, is cut off, or was compiled of other sources than those beside it.
    """
    content = bytes_of(CORE, follow=True)
    if not content.endswith(sources_digest().encode()):
        raise Unreadable("is damaged, or of another version")
    return content


@cache
def machine_code() -> tuple[Any, Any]:
    """The twin made ready for this machine, once a process: engine and module."""
    import wasmtime

    engine = wasmtime.Engine()
    # Given back before Python takes its modules apart: after that it would fail, and say so.
    atexit.register(machine_code.cache_clear)
    atexit.register(spare_sandboxes.cache_clear)
    return engine, wasmtime.Module(engine, core_bytes())


@cache
def obstacle() -> str:
    """What keeps the twin from running on this machine, in words; empty if nothing does."""
    try:
        import wasmtime
    except (ImportError, OSError, RuntimeError):
        return NO_SANDBOX
    try:
        machine_code()
    except (Unreadable, wasmtime.WasmtimeError) as error:
        # What the sandbox says of a damaged file are pages about its bytes.
        why = error if isinstance(error, Unreadable) else "is damaged, or this machine has no room to make it ready"
        return f"the compiled engine is not to be had: {CORE}: {why}"
    return ""


class Sandbox:
    """A memory and functions for one run, which nothing outside can be reached from."""

    def __init__(self) -> None:
        import wasmtime

        engine, module = machine_code()
        self.store = wasmtime.Store(engine)
        self.store.set_limits(memory_size=MOST_BYTES)
        try:
            self.exports: Any = wasmtime.Instance(self.store, module, []).exports(self.store)
        except wasmtime.WasmtimeError:
            # A limit of the machine to a process is met: the sandbox asks for 4 GB of addresses, to use what it needs.
            raise TooLargeError("a process has no room for the memory of the compiled engine") from None

    def call(self, name: str, *arguments: float) -> int:
        """What a function returns.

        Raises
        ------
        TooLargeError
            If it needs more memory than there is.
        ConservationError
            If it is wrong in another way.
        """
        import wasmtime

        if name == "reserve" and arguments[0] > MOST_BYTES:
            raise TooLargeError(NO_MEMORY)
        try:
            return int(self.exports[name](self.store, *arguments) or 0)
        except wasmtime.Trap as trap:
            if trap.trap_code == wasmtime.TrapCode.UNREACHABLE:  # what `reserve` does where nothing is left
                raise TooLargeError(NO_MEMORY) from None
            fault = trap.trap_code.name if trap.trap_code else "trap"
            raise ConservationError(f"the compiled engine: {fault.replace('_', ' ').lower()}") from trap

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
    if engine == "compiled" and (problem := obstacle()):
        raise EngineError(problem)
