"""Dask clusters that work for us: one that runs already, or one of worker processes on this machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import ExitStack, contextmanager
from typing import Any

from sim.runs.folders import DISTRIBUTION
from sim.runs.origin import origin
from sim.runs.workers import WorkersLostError
from sim.scenario.arguments import is_scheduler
from sim.scenario.problems import CorridorError, shown

LOCAL = "local"
ALONE = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "scheduler_kwargs": {"dashboard": False}}
"""No other machine reaches a cluster of ours: whoever does can have it run what he likes, and Dask left to itself shows
a page of its state to all networks."""

ANSWER_S, WORKER_S = 10.0, 30.0
"""How long a scheduler may take to answer, and to have a worker."""

QUIET = {"distributed.worker.profile.enabled": False}
"""Dask samples what its workers do, a hundred times a second; a simulation has no use for that."""


class ClusterError(CorridorError):
    """A cluster cannot be used."""


@contextmanager
def cluster_executor(address: str, workers: int = 1) -> Iterator[Executor]:
    """An executor that hands jobs to a cluster, for `replicate.performer`.

    A job whose worker dies is given to another; how often, says the scheduler (`allowed-failures`). Workers need this
    package installed, in the same version and on the same libraries, and no file of ours.

    Parameters
    ----------
    address
        Of the scheduler, e.g. tcp://host:8786; or `local`, for a cluster of processes of this machine that ends with
        the block.
    workers
        How many processes `local` has.

    Raises
    ------
    ClusterError
        If `distributed` is not installed, nobody answers, there is no worker, a worker cannot import this package or
        would compute with another version, or the scheduler goes away.
    WorkersLostError
        From the block, if a job had its worker killed more often than the scheduler allows.
    """
    try:
        from distributed import KilledWorker
    except ImportError as error:
        raise ClusterError(f"a cluster needs the extra `cluster`: pip install '{DISTRIBUTION}[cluster]'") from error
    if address != LOCAL and not is_scheduler(address):
        # Dask would leave a client that is half made, and that complains when it is thrown away.
        raise ClusterError(f"{shown(address)} is not `{LOCAL}` and not an address such as tcp://host:8786")
    with ExitStack() as stack:
        client = stack.enter_context(cluster_client(address, workers))
        check_workers(client, address)
        try:
            yield client.get_executor(pure=False)
        except KilledWorker as error:
            raise WorkersLostError(
                f"workers of the cluster {address} were killed again and again over the same run, "
                "perhaps for lack of memory"
            ) from error
        except CancelledError as error:
            raise ClusterError(f"the scheduler of the cluster {address} went away") from error


@contextmanager
def cluster_client(address: str, workers: int) -> Iterator[Any]:
    """A client of a cluster that has a worker."""
    from dask import config
    from distributed import Client, LocalCluster

    with ExitStack() as stack:
        stack.enter_context(config.set(QUIET))
        where = address
        try:
            if address == LOCAL:
                where = stack.enter_context(
                    LocalCluster(n_workers=workers, threads_per_worker=1, silence_logs=logging.ERROR, **ALONE)
                )
            client = stack.enter_context(Client(where, timeout=ANSWER_S, set_as_default=False))
        except (OSError, ValueError) as error:
            raise ClusterError(f"no scheduler answers at {address} within {ANSWER_S:g} s") from error
        try:
            client.wait_for_workers(1, timeout=WORKER_S)
        except TimeoutError as error:
            raise ClusterError(f"the cluster {address} has no worker within {WORKER_S:g} s") from error
        yield client


def check_workers(client: Any, address: str) -> None:
    """Make sure that every worker of a cluster would compute what this process would.

    Raises
    ------
    ClusterError
        If one would not.
    """
    ours = origin()
    for worker, theirs in sorted(client.run(origin, on_error="return").items()):
        if isinstance(theirs, BaseException):  # what a worker raises may come as the text of it
            lacks = "ModuleNotFoundError" in repr(theirs) or isinstance(theirs, ImportError)
            why = f"cannot import this package: {remedy(ours)}" if lacks else "does not answer"
            raise ClusterError(f"worker {worker} of {address} {why} ({theirs})")
        unlike = [name for name in ours if theirs.get(name) != ours[name]]
        if unlike:
            differences = ", ".join(f"{name} {short(theirs.get(name))}, here {short(ours[name])}" for name in unlike)
            raise ClusterError(f"worker {worker} of {address} would compute with {differences}: {remedy(ours)}")


def remedy(ours: dict[str, str]) -> str:
    """What to do about a worker that would compute something else."""
    return f"install {DISTRIBUTION} {ours[DISTRIBUTION]}, the same as here, on all workers"


def short(version: str | None) -> str:
    """A version, or the first digits of a digest."""
    return "none" if version is None else version[:12]
