"""Work handed out: to an executor, and to worker processes of our own, which are replaced when one is killed."""

from __future__ import annotations

import ast
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Protocol, TypeVar

from sim.scenario.files import Unreadable, reason_of, text_of
from sim.scenario.problems import CorridorError

Item = TypeVar("Item")
Result = TypeVar("Result")

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Environment of a worker: it has one core, and its linear algebra is to know."""

FOR_THE_PARENT = {getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)}
"""Signals that a terminal sends to all processes: workers leave them to the parent, which ends them."""
WHILE_STARTING = {*FOR_THE_PARENT, signal.SIGTERM}
"""Signals that wait while workers start: a worker whose parent stops before all is sent to it dies loudly."""

MOST_TRIES = 3
"""How often an item is begun whose worker process is killed."""

PATIENCE_S = 2
"""Seconds without a result after which it is seen whether a worker process was killed."""

AHEAD = 1000
"""Items an executor that is not ours has at a time."""


class WorkersLostError(CorridorError):
    """Worker processes were killed, again and again where their runs could be begun anew, or could not be started."""

    status = 1
    outcome = "No results were written."


class UnguardedError(CorridorError):
    """A script that each worker would run again from its first line."""

    outcome = "Nothing was run."


def results_from(
    executor: Executor, work: Callable[[Item], Result], items: Sequence[Item], ahead: int = AHEAD, is_kept: bool = True
) -> Iterator[tuple[int, Result]]:
    """Results as they come, each with the place of its item; an error after what else is finished by then.

    Parameters
    ----------
    ahead
        How many items the executor has at a time.
    is_kept
        Whether the executor lives on after an error; then the items not begun are called off.
    """
    waiting = deque(enumerate(items))
    under_way: dict[Future[Result], int] = {}
    try:
        while waiting or under_way:
            with starting():
                while waiting and len(under_way) < ahead:
                    place, item = waiting[0]
                    under_way[submitted_work(executor, work, item)] = place
                    waiting.popleft()
            completions = wait(under_way, None if is_kept else PATIENCE_S, FIRST_COMPLETED).done
            if not completions:
                end_after_a_kill(executor)
            for future in sorted(completions, key=lambda future: future.exception() is not None):
                result = future.result()
                yield under_way.pop(future), result
    finally:
        for future in under_way if is_kept else ():
            future.cancel()


@dataclass
class Crew:
    """Worker processes; when one is killed they are all made anew, and what was not finished is done again."""

    size: int
    pool: ProcessPoolExecutor

    def results(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[int, Result]]:
        """Results as they come, each with the place of its item.

        The pool has two items a process, so that none waits for the parent; those count as tried when it breaks.

        Raises
        ------
        WorkersLostError
            If an item was under way as often as `MOST_TRIES` when a process was killed, or none could be started.
        """
        remaining = dict(enumerate(items))
        tries = Counter[int]()
        while remaining:
            places = sorted(remaining, key=lambda place: (-tries[place], place))
            try:
                batch = [remaining[place] for place in places]
                for order, result in results_from(self.pool, work, batch, 2 * self.size, is_kept=False):
                    del remaining[places[order]]
                    yield places[order], result
            except BrokenProcessPool as broken:
                tries.update([place for place in places if place in remaining][: 2 * self.size])
                if max(tries.values()) >= MOST_TRIES:
                    raise lost_by(broken.__cause__) from broken
                end_now(self.pool)
                put_away(self.pool)
                self.pool = new_pool(self.size)


@contextmanager
def crew(size: int) -> Iterator[Crew]:
    """A crew of our own; an error in the block ends its processes at once, whatever they are doing.

    An interrupt that strikes Python while it waits for a lock may come out as a RuntimeError of the lock: it is an
    interrupt all the same.
    """
    check_main_can_be_imported()
    own = Crew(size, new_pool(size))
    try:
        yield own
    except BaseException as error:
        end_now(own.pool)
        if isinstance(error, RuntimeError) and isinstance(error.__context__, KeyboardInterrupt):
            raise error.__context__ from None
        raise
    finally:
        put_away(own.pool)


def check_main_can_be_imported() -> None:
    """See that new processes may import the program that is running without doing all of it again.

    They are spawned, and begin by importing its file. Whether its first line of work stands under a guard is read off
    that line, which is at work on the stack.

    Raises
    ------
    UnguardedError
        If they would start workers of their own, which Python ends one after the other; or if there is no such file.
    """
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    # Without a file (a notebook, a prompt) there is nothing to import; what is run with -m has a guard of Python's.
    if path is None or getattr(main, "__spec__", None) is not None:
        return
    frame: FrameType | None = sys._getframe()
    while frame is not None and not (frame.f_globals is vars(main) and frame.f_code.co_name == "<module>"):
        frame = frame.f_back
    if frame is None:
        return
    try:
        statements = ast.parse(text_of(Path(path), follow=True)).body
    except (Unreadable, ValueError, SyntaxError):
        raise UnguardedError(f"workers need the program as a file, and {path} is none: save it, or ask for 1") from None
    line = next((part for part in statements if part.lineno <= frame.f_lineno <= (part.end_lineno or 0)), None)
    if line is not None and not (isinstance(line, ast.If) and "__name__" in ast.unparse(line.test)):
        call = ast.unparse(line).splitlines()[0]
        raise UnguardedError(
            f"{path}:{frame.f_lineno}: more than one worker needs a guard in the script, for each worker imports it:\n"
            f'if __name__ == "__main__":\n    # what the script does, such as\n    {call}'
        )


class HandOut(Protocol):
    """Has work done on items, and hands over each result when it is finished, with the place of its item."""

    def __call__(self, work: Callable[[Item], Result], items: Sequence[Item], /) -> Iterator[tuple[int, Result]]:
        """Hand out all items."""


@contextmanager
def hands(size: int, executor: Executor | None = None) -> Iterator[HandOut]:
    """Who works while the block lasts: an executor, else a crew of so many processes, else this process."""
    if executor is not None:
        yield partial(results_from, executor)
    elif size > 1:
        with crew(size) as own:
            yield own.results
    else:
        yield in_turn


def in_turn(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[int, Result]]:
    """Results of items one after the other in this process, each with its place."""
    return ((place, work(item)) for place, item in enumerate(items))


def new_pool(size: int) -> ProcessPoolExecutor:
    """Processes that are started when they are needed; refused where the system has nothing to make them of."""
    with starting():
        try:
            return ProcessPoolExecutor(size, multiprocessing.get_context("spawn"), initializer=attend)
        except OSError as error:
            raise lost_by(error) from error


def submitted_work(executor: Executor, work: Callable[[Item], Result], item: Item) -> Future[Result]:
    """Hand an item to an executor; a pool for which no process or thread can be started is broken."""
    try:
        return executor.submit(work, item)
    except BrokenExecutor:
        raise
    except (OSError, RuntimeError) as error:
        if not isinstance(executor, ProcessPoolExecutor):
            raise
        raise BrokenProcessPool(str(error)) from error


def lost_by(error: BaseException | None) -> WorkersLostError:
    """Why there are no worker processes: what the system refused them, else that they ended."""
    if isinstance(error, RuntimeError) or (isinstance(error, OSError) and error.errno):
        reason = reason_of(error) if isinstance(error, OSError) else error
        return WorkersLostError(f"worker processes cannot be started: {reason}; try fewer workers")
    return WorkersLostError(
        f"worker processes were killed {MOST_TRIES} times over the same runs, or before they had begun, perhaps for "
        "lack of memory: try fewer workers"
    )


def processes_of(pool: Executor) -> list[BaseProcess]:
    """The processes of a pool that have been started."""
    processes: Mapping[int, BaseProcess] | None = getattr(pool, "_processes", None)
    return list((processes or {}).values())


def end_now(pool: Executor) -> None:
    """End the processes of a pool at once, and no other child of this one: the user may have started some meanwhile.

    The standard library has a word for this from Python 3.14 on only. One of them may have been sending a result: the
    thread of the pool waits for the rest of it until the pipe is closed at the other end, which is open here, too. For
    this the standard library has no word at all.
    """
    for process in processes_of(pool):
        process.terminate()
    results = getattr(pool, "_result_queue", None)
    if results is not None:
        results._writer.close()


def end_after_a_kill(pool: Executor) -> None:
    """End a pool one of whose processes is gone: if it was killed while it sent, nothing else would.

    The others wait for it to be done with the pipe, and the thread of the pool for the rest of the result. A pool whose
    thread has ended itself, for want of another, is broken, and nobody else would say so.
    """
    if not isinstance(pool, ProcessPoolExecutor):
        return
    sentinels = [process.sentinel for process in processes_of(pool)]
    if sentinels and connection.wait(sentinels, timeout=0):
        end_now(pool)
    if not has_thread(pool):
        raise BrokenProcessPool from RuntimeError("no thread hands out their work")


def has_thread(pool: Executor) -> bool:
    """Whether the thread of a pool, which hands out work and ends processes, is there."""
    thread: threading.Thread | None = getattr(pool, "_executor_manager_thread", None)
    return thread is not None and thread.is_alive()


def put_away(pool: Executor) -> None:
    """Wait for the end of a pool and of its processes, which are ended here if it has no thread to do so."""
    is_served = has_thread(pool)  # asked once: it may end meanwhile
    processes = [] if is_served else processes_of(pool)
    pool.shutdown(wait=is_served, cancel_futures=True)
    for process in processes:
        process.terminate()
        process.join()


@contextmanager
def starting() -> Iterator[None]:
    """While workers start: their linear algebra gets one thread, and an interrupt waits, so that they never see one."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, FOR_THE_PARENT) if hasattr(signal, "pthread_sigmask") else None
    os.environ.update(ONE_THREAD)
    try:
        with later_signals():
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def later_signals() -> Iterator[None]:
    """Hear of signals that have a handler of ours only after the block: a mask holds them off one thread alone.

    Python runs a handler in the main thread whichever thread the signal met, and only there may one be put.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrivals: list[int] = []
    handlers = {number: signal.getsignal(number) for number in WHILE_STARTING if callable(signal.getsignal(number))}
    for number in handlers:
        signal.signal(number, lambda number, _: arrivals.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in arrivals:
            signal.raise_signal(number)


def attend() -> None:
    """In a worker: leave interrupts to the parent, and leave when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whoever reads what the parent says needs no line of a program.
    warnings.formatwarning = lambda message, *_: f"{message}.\n"
    threading.Thread(target=leave_with_parent, daemon=True).start()


def leave_with_parent() -> None:
    """Wait for the end of the parent process, then end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
