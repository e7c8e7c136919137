"""From a scenario file to its results: the runs that the command line and the notebooks share."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path

from sim.run.replicate import Perform, Replication, Store, engine, jobs_of
from sim.run.results import Results, gather
from sim.scenario.reading.read import Reading, find, read, shipped
from sim.scenario.sources import LEDGER, Fact, facts, facts_cited


def load(name_or_path: str | Path, overrides: Sequence[str] = ()) -> Reading:
    """Read a scenario: a file, or the name of a shipped one, with changes such as `study.seed=3`.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    return read(find(name_or_path), overrides)


def ledger_path(reading: Reading) -> Path:
    """The ledger of facts that a scenario cites: `sources.csv` beside its file, or else the shipped one."""
    nearby = [file.with_name(LEDGER) for file in reading.files[:1]]
    return next((path for path in nearby if path.is_file()), shipped() / LEDGER)


def ledger_of(reading: Reading) -> dict[str, Fact]:
    """The facts that a scenario may cite.

    Raises
    ------
    LedgerError
        If the ledger beside it cannot be read as one.
    """
    path = ledger_path(reading)
    return facts(path) if path.is_file() else {}


def run(
    scenario: Reading | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    on_done: Callable[[Replication], None] | None = None,
    executor: Executor | None = None,
    store: Store | None = None,
    perform: Perform | None = None,
) -> Results:
    """Run a scenario as often as it says, or as `replications` and `seed` say.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    workers
        Processes at work; the results do not depend on it.
    on_done
        Called with each replication as it is finished.
    executor
        Works instead of own processes, e.g. `cluster.connected`.
    store
        Keeps replications, and has those that need not be run, e.g. `durable.opened`.
    perform
        An engine that stands, instead of the four above, see `replicate.engine`.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read.
    LedgerError
        If the ledger of facts beside it cannot be read.
    ValueError
        If there are to be no replications, or no workers.
    ConservationError
        If an account of a run does not close: an error of the model.
    """
    reading = scenario if isinstance(scenario, Reading) else load(scenario)
    study = reading.scenario.study
    seed = study.seed if seed is None else seed
    ledger = ledger_of(reading)
    begun = time.monotonic()
    number = study.replications if replications is None else replications
    jobs = jobs_of(reading.scenario, seed, number, reading.words)
    if perform is None:
        with engine(min(workers, len(jobs)), on_done, executor, store) as perform:
            done = perform(jobs)
    else:
        done = perform(jobs)
    wall_s = time.monotonic() - begun
    known = facts_cited(reading.resolved, ledger)
    return gather(reading.name, reading.scenario, reading.resolved, done, seed, study.level, wall_s, known)
