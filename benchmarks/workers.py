"""How much a second worker process is worth, and what it costs to have a Dask cluster hand out short runs.

Prints a table; the exit status is 1 when a bar is missed. Wall times are of workers that have started and done a run
each; the length of a run is processor time. A cluster is held against a process pool of as many workers, the quicker
of some rounds of each in turn. Other work on the machine counts as slowness of whoever is at it: run this alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

from rich.console import Console
from rich.table import Table

from sim.runs.cluster import cluster_executor
from sim.runs.replicate import Perform, jobs_of, performer
from sim.scenario.reading.opening import load
from sim.scenario.schema import Scenario

LONG, SHORT = "2030_target", "altynkol_paper"
SPEED_UP = 1.7
OVERHEAD_AT_MOST = 0.15
ROUNDS = 2


def wall_s(perform: Perform, scenario: Scenario, runs: int) -> float:
    """Wall time of a number of runs."""
    begun = time.monotonic()
    perform(jobs_of(scenario, 1, runs))
    return time.monotonic() - begun


def own_s(perform: Perform, scenario: Scenario, runs: int) -> float:
    """Processor time that a number of runs take in this process: with workers, what handing out takes."""
    begun = time.process_time()
    perform(jobs_of(scenario, 1, runs))
    return time.process_time() - begun


def ready(stack: ExitStack, workers: int, address: str | None = None) -> Perform:
    """What performs jobs, whose workers have done a run each."""
    executor = stack.enter_context(cluster_executor(address, workers)) if address else None
    perform = stack.enter_context(performer(workers, executor=executor))
    perform(jobs_of(load(SHORT).scenario, 1, 2 * workers))
    return perform


def second_worker(runs: int) -> tuple[list[tuple[str, ...]], list[str]]:
    """Long runs by one worker and by two."""
    scenario = load(LONG).scenario
    spent_s = []
    for workers in (1, 2):
        with ExitStack() as stack:
            spent_s.append(wall_s(ready(stack, workers), scenario, runs))
    ratio = spent_s[0] / spent_s[1]
    what = f"{runs} runs of {LONG}, {spent_s[0] / runs:.1f} s each"
    row = (what, f"1 worker {spent_s[0]:.1f} s, 2 workers {spent_s[1]:.1f} s", f"{ratio:.2f} times", f"≥ {SPEED_UP}")
    return [row], [f"two workers are {ratio:.2f} times as quick as one, not {SPEED_UP}"] if ratio < SPEED_UP else []


def handing_out(runs: int, workers: int) -> tuple[list[tuple[str, ...]], list[str]]:
    """Short runs by a cluster of this machine and by a process pool, of as many workers."""
    scenario = load(SHORT).scenario
    with ExitStack() as stack:
        alone_s = own_s(ready(stack, 1), scenario, 10) / 10
        pool, cluster = ready(stack, workers), ready(stack, workers, "local")
        rounds = [(wall_s(pool, scenario, runs), wall_s(cluster, scenario, runs)) for _ in range(ROUNDS)]
        handed_s = own_s(cluster, scenario, runs) / runs
    pool_s, cluster_s = (min(each) for each in zip(*rounds, strict=True))
    over = cluster_s / pool_s - 1
    what = f"{runs} runs of {SHORT}, {alone_s:.2f} s each, {workers} workers"
    row = (what, f"pool {pool_s:.1f} s, cluster {cluster_s:.1f} s", f"{over:+.1%}", f"≤ {OVERHEAD_AT_MOST:.0%}")
    share = f"{handed_s / alone_s:.1%}"
    rows = [row, ("the same, in the process that hands out", f"{1000 * handed_s:.1f} ms a run", share, "")]
    return rows, [f"a cluster costs {over:.1%} more than a pool"] if over > OVERHEAD_AT_MOST else []


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and say whether a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", type=int, default=20, metavar="RUNS", help=f"runs of {LONG}; 0: leave them out")
    parser.add_argument("--short", type=int, default=200, metavar="RUNS", help=f"runs of {SHORT}; 0: leave them out")
    parser.add_argument("--workers", type=int, default=4, help="workers of the cluster and of the pool beside it")
    given = parser.parse_args(arguments)
    parts = [second_worker(given.long)] if given.long else []
    parts += [handing_out(given.short, given.workers)] if given.short else []
    table = Table("work", "wall time", "ratio", "bar")
    for rows, _ in parts:
        for row in rows:
            table.add_row(*row)
    Console().print(table)
    missed = [each for _, misses in parts for each in misses]
    for each in missed:
        print(each, file=sys.stderr)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
