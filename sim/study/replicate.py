"""Independent replications of a scenario, one after the other or in worker processes, with the same results."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

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


@dataclass(frozen=True)
class Job:
    """One replication asked for: it comes out the same wherever, and in whatever company, it is run."""

    scenario: Scenario
    seed: int
    index: int


Perform = Callable[[Sequence[Job]], list[Replication]]
"""Does jobs, of one scenario or of many, and returns their replications in the order of the jobs."""


@contextmanager
def engine(
    workers: int = 1, on_done: Callable[[Replication], None] | None = None, executor: Executor | None = None
) -> Iterator[Perform]:
    """What performs jobs while the block lasts; the replications depend neither on `workers` nor on `executor`.

    Parameters
    ----------
    workers
        Processes at work; 1 works in this one. A script that asks for more needs `if __name__ == "__main__":`.
    on_done
        Called here with each replication as it is finished, in any order.
    executor
        Works instead of own processes, e.g. one of a cluster; it stays open.

    Raises
    ------
    ValueError
        If there are no workers.
    ConservationError
        From the block, if an account of a run does not close. This, a KeyboardInterrupt and any other error end all
        workers.
    """
    if workers < 1:
        raise ValueError(f"at least one worker is needed, not {workers}")
    on_done = on_done or (lambda replication: None)
    if executor is not None:
        yield partial(perform_by, executor, on_done)
    elif workers > 1:
        with worker_pool(workers) as pool:
            yield partial(perform_by, pool, on_done)
    else:
        yield partial(perform_here, on_done)


def replicate(
    scenario: Scenario,
    seed: int,
    replications: int,
    workers: int,
    on_done: Callable[[Replication], None] | None = None,
    executor: Executor | None = None,
) -> list[Replication]:
    """Run replications 0, 1, 2, … of a scenario and return them by index; see `engine`.

    Raises
    ------
    ValueError
        If there are no replications or no workers.
    ConservationError
        If an account of a run does not close.
    """
    if replications < 1:
        raise ValueError(f"at least one replication is needed, not {replications}")
    with engine(min(workers, replications), on_done, executor) as perform:
        return perform([Job(scenario, seed, index) for index in range(replications)])


def perform_here(on_done: Callable[[Replication], None], jobs: Sequence[Job]) -> list[Replication]:
    """Do jobs one after the other in this process."""
    done = []
    for job in jobs:
        done.append(one_replication(job.scenario, job.seed, job.index))
        on_done(done[-1])
    return done


def perform_by(executor: Executor, on_done: Callable[[Replication], None], jobs: Sequence[Job]) -> list[Replication]:
    """Do jobs by an executor; on any error the ones not begun are called off."""
    with starting():
        futures = [executor.submit(one_replication, job.scenario, job.seed, job.index) for job in jobs]
    try:
        for future in as_completed(futures):
            on_done(future.result())
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    return [future.result() for future in futures]


def one_replication(scenario: Scenario, seed: int, index: int) -> Replication:
    """Simulate and measure one replication."""
    tables = simulate(scenario, seed, index).tables
    shown = periods(scenario)
    measured = measure(scenario, tables, shown | published.windows(scenario))
    kpis = measured[measured["period"].isin(shown)].reset_index(drop=True)
    kpis["period"] = kpis["period"].cat.set_categories(list(shown))
    return Replication(index, kpis, published.answers(scenario, measured), tables if index == 0 else None)


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
