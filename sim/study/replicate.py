"""Independent replications of a scenario, one after the other or in worker processes, with the same results."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from sim.model.ledger import Tables
from sim.model.simulate import simulate
from sim.scenario.schema import Scenario
from sim.study import published
from sim.study.measures import measure, periods

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Environment of a worker: it has one core, and its linear algebra is to know."""


@dataclass(frozen=True, eq=False)
class Replication:
    """What is kept of one replication.

    `kpis` has the columns of `measure`, `published` those of `published.answers`; only replication 0 keeps its tables.
    """

    index: int
    kpis: pd.DataFrame
    published: pd.DataFrame
    tables: Tables | None


def replicate(
    scenario: Scenario,
    seed: int,
    replications: int,
    workers: int,
    on_done: Callable[[Replication], None] | None = None,
    executor: Executor | None = None,
) -> list[Replication]:
    """Run replications 0, 1, 2, … of a scenario; the result depends neither on `workers` nor on `executor`.

    Parameters
    ----------
    workers
        Processes at work; 1 works in this one. A script that asks for more needs `if __name__ == "__main__":`.
    on_done
        Called here with each replication as it is finished, in any order.
    executor
        Works instead of own processes, e.g. one of a cluster; it stays open.

    Returns
    -------
    list of Replication
        By index.

    Raises
    ------
    ValueError
        If there are no replications or no workers.
    ConservationError
        If an account of a run does not close. This, a KeyboardInterrupt and any other error end all workers.
    """
    if replications < 1 or workers < 1:
        raise ValueError(f"at least one replication and one worker are needed, not {replications} and {workers}")
    on_done = on_done or (lambda replication: None)
    if executor is not None:
        return collect(submit(executor, scenario, seed, replications), on_done)
    if workers > 1 and replications > 1:
        with worker_pool(min(workers, replications)) as pool:
            with starting():
                futures = submit(pool, scenario, seed, replications)
            return collect(futures, on_done)
    done = []
    for index in range(replications):
        done.append(one_replication(scenario, seed, index))
        on_done(done[-1])
    return done


def one_replication(scenario: Scenario, seed: int, index: int) -> Replication:
    """Simulate and measure one replication."""
    tables = simulate(scenario, seed, index).tables
    shown = periods(scenario)
    measured = measure(scenario, tables, shown | published.windows(scenario))
    kpis = measured[measured["period"].isin(shown)].reset_index(drop=True)
    kpis["period"] = kpis["period"].cat.set_categories(list(shown))
    return Replication(index, kpis, published.answers(scenario, measured), tables if index == 0 else None)


def submit(executor: Executor, scenario: Scenario, seed: int, replications: int) -> list[Future[Replication]]:
    """Hand all replications to an executor."""
    return [executor.submit(one_replication, scenario, seed, index) for index in range(replications)]


def collect(futures: list[Future[Replication]], on_done: Callable[[Replication], None]) -> list[Replication]:
    """The replications in order, once all are done; on any error the ones not begun are called off."""
    try:
        for future in as_completed(futures):
            on_done(future.result())
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    return [future.result() for future in futures]


@contextmanager
def worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes of our own; an error in the block ends them at once, whatever they are doing."""
    others = multiprocessing.active_children()
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=attend)
    try:
        yield pool
    except BaseException:
        for process in multiprocessing.active_children():
            if process not in others:
                process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def starting() -> Iterator[None]:
    """While workers start: their linear algebra gets one thread, and an interrupt waits, so that they never see one."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if masked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)


def attend() -> None:
    """In a worker: leave interrupts to the parent, and leave when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=leave_with_parent, daemon=True).start()


def leave_with_parent() -> None:
    """Wait for the end of the parent process, then end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
