"""From a scenario file to its results: the runs that the command line and the notebooks share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path

from sim.measure.own_measures import Measure
from sim.measure.vocabulary import check_stated
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Perform, Replication, Store, jobs_of, measuring, performer
from sim.runs.results import Results, gather
from sim.scenario.arguments import checked
from sim.scenario.choices import facts_cited
from sim.scenario.reading.opening import ledger_cited, reading_of
from sim.scenario.reading.read import Reading


@checked
def run(
    scenario: Reading | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    measures: Mapping[str, Measure] | None = None,
    workers: int = 1,
    progress: bool = True,
    on_done: Callable[[Replication], None] | None = None,
    executor: Executor | None = None,
    store: Store | None = None,
    perform: Perform | None = None,
    engine: str = "auto",
) -> Results:
    """Run a scenario as often as it says, or as `replications` and `seed` say.

    Example: `sim.run("altynkol_tez", replications=3).kpi("border_dwell_h", place="altynkol")`.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    replications
        How often; by default as its [study] says. Fewer than three have no intervals.
    seed
        Of all random numbers; by default that of its [study]. Only results of one seed are compared.
    measures
        Measures of one's own by name: functions from the tables of a replication, as `ledger` has them, to a number, or
        to None where there is nothing to count. Each is counted in every replication.
    workers
        Processes at work; the results do not depend on it.
    progress
        Whether a notebook shows how many replications are done.
    on_done
        Called with each replication as it is finished.
    executor
        Works instead of own processes, e.g. `sim.runs.cluster.cluster_executor`.
    store
        Keeps replications, and has those that need not be run, e.g. `sim.runs.durable.open_study`.
    perform
        Does the jobs, instead of workers, on_done, executor, store and engine: what `sim.runs.replicate.performer`
        gives.
    engine
        What runs: "compiled", "simpy", or "auto", the compiled engine where it is installed. The results are the same.

    Returns
    -------
    Results
        Measures with intervals (`kpis`, `kpi`, `kpis_at`), published figures beside them, and the ledger.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read, or asks for a KPI that no run of it can yield.
    LedgerError
        If the ledger of facts beside it cannot be read.
    ArgumentError
        If there are to be no replications, or no workers, or a measure fails or returns no number.
    EngineError
        If the compiled engine is asked for and is not there.
    ConservationError
        If an account of a run does not close: an error of the model.
    """
    reading = reading_of(scenario)
    check_stated(reading)
    study = reading.scenario.study
    seed = study.seed if seed is None else seed
    ledger = ledger_cited(reading)
    start_s = time.monotonic()
    number = study.replications if replications is None else replications
    jobs = jobs_of(reading.scenario, seed, number, reading.words)
    if perform is None:
        on_done = with_line(on_done, len(jobs), progress)
        with performer(min(workers, len(jobs)), on_done, executor, store, engine) as perform:
            finished_runs = measuring(perform, measures)(jobs)
    else:
        finished_runs = measuring(perform, measures)(jobs)
    wall_s = time.monotonic() - start_s
    facts = facts_cited(reading.resolved, ledger)
    return gather(reading.name, reading.scenario, reading.resolved, finished_runs, seed, study.level, wall_s, facts)
