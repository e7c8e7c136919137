"""Independent replications of a scenario, here or in worker processes, with the same results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

import pandas as pd

from sim.engine.play import simulate_on
from sim.engine.sandbox import check_engine
from sim.measure import published
from sim.measure.costs import measure_with_costs
from sim.measure.kpis import filling
from sim.measure.own_measures import Measure, check_can_be_sent, check_own_measures, with_own_measures
from sim.measure.single_times import figure_times
from sim.model.conservation import ConservationError
from sim.model.deadlock import DeadlockError
from sim.model.ledger import Tables
from sim.runs.workers import HandOut, hands
from sim.scenario.meaning import periods
from sim.scenario.problems import ArgumentError
from sim.scenario.schema import Scenario

OUTSIDE = {"title", "description", "extends", "study", "calibration", "sweep", "unknown", "forecast"}
"""Of a scenario what says how it is called, how often it is run, what is fitted and what is moved: all outside of a
replication."""


class Purpose(StrEnum):
    """What a replication is run for, which says what is measured of it."""

    RESULTS = "results"
    """Everything in every period, the published figures, and of replication 0 the tables."""
    FIT = "fit"
    """The published figures alone: a fit runs the same replications many times over and reads nothing else."""
    MATCH = "match"
    """The published figures alone, in a world: traffic may stop for good there."""
    TIMES = "times"
    """The single times behind the published figures alone, a row each, and not their means."""
    WARMUP = "warm-up"
    """Every day of the warm-up, from the first hour of the run."""
    WORLD = "world"
    """The measures asked for alone: a forecast plays very many worlds, each once. Traffic may stop for good there."""


@dataclass(frozen=True, eq=False)
class Replication:
    """What is kept of one replication.

    `kpis` has the columns of `measure_run`, `published` those of `published.figure_answers`, `days` those of `filling`;
    a frame that its purpose does not ask for has no columns. Only replication 0 of results keeps its tables. `engine`
    is what played it, which moves nothing of the rest. `deadlock` says how traffic stopped in a world.
    """

    index: int
    kpis: pd.DataFrame = field(default_factory=pd.DataFrame)
    published: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables: Tables | None = None
    days: pd.DataFrame = field(default_factory=pd.DataFrame)
    engine: str = "simpy"
    deadlock: str = ""


@dataclass(frozen=True)
class Job:
    """One replication to be run: it comes out the same wherever, and in whatever company, that is done.

    `about` says in messages which scenario it is of, and where in a study; without it the scenario's title does.
    `kpis` are the names of those that its results shall have, at least, and nothing else; None: everything.
    `measures` are counted of it besides those of its purpose. `engine` is what runs it, see `sim.engine.sandbox`: its
    replication is the same.
    """

    scenario: Scenario
    seed: int
    index: int
    about: str = field(default="", compare=False)
    purpose: Purpose = Purpose.RESULTS
    measures: Mapping[str, Measure] = field(default_factory=dict, compare=False)
    kpis: frozenset[str] | None = None
    engine: str = field(default="simpy", compare=False)

    def __post_init__(self) -> None:
        """Refuse a seed that numpy would refuse in the middle of a run, in words of its own."""
        if self.seed < 0:
            raise ArgumentError(f"a seed is a whole number of 0 or more, not {self.seed}")


class Store(Protocol):
    """Where finished replications are kept, see `durable.Study`."""

    def read(self, job: Job) -> Replication | None:
        """The replication of a job, if it is there whole."""

    def write(self, job: Job, replication: Replication) -> None:
        """Keep the replication of a job, whole or not at all."""


Perform = Callable[[Sequence[Job]], list[Replication]]
"""Does jobs, of one scenario or of many, and returns their replications in the order of the jobs."""


@contextmanager
def performer(
    workers: int = 1,
    on_done: Callable[[Replication], None] | None = None,
    executor: Executor | None = None,
    store: Store | None = None,
    engine: str = "auto",
) -> Iterator[Perform]:
    """What performs jobs while the block lasts; the replications depend on none of its parameters.

    Parameters
    ----------
    workers
        Processes at work; 1 works in this one. A script that asks for more needs `if __name__ == "__main__":`. When
        one is killed, what it did is done again, see `workers.Crew`.
    on_done
        Called here with each replication as it is finished, in any order.
    executor
        Works instead of own processes, e.g. one of a cluster; it stays open.
    store
        Replications that lie there are read instead of run; every other is written there before `on_done` is called,
        with all measures, whoever asks for them next; those of worlds with the measures asked for.
    engine
        What runs: `compiled` the twin, `simpy` the model itself, `auto` the twin where it is installed.

    Raises
    ------
    EngineError
        If the compiled engine is asked for and is not there.
    ArgumentError
        If there are no workers, or no such engine; from the block, if measures of one's own are to be kept, or cannot
        be sent to workers.
    WorkersLostError
        From the block, if workers were killed again and again.
    DeadlockError, ConservationError
        From the block, if traffic stops for good or an account of a run does not close; the message names the run.
        These, a KeyboardInterrupt and any other error end all workers.
    """
    if workers < 1:
        raise ArgumentError(f"at least one worker is needed, not {workers}")
    check_engine(engine)
    on_done = on_done or (lambda replication: None)
    with hands(workers, executor) as hand_out:
        yield partial(perform, hand_out, store, on_done, executor is None and workers > 1, engine)


def replicate(
    scenario: Scenario,
    seed: int,
    replications: int,
    workers: int,
    on_done: Callable[[Replication], None] | None = None,
    executor: Executor | None = None,
    store: Store | None = None,
    engine: str = "auto",
) -> list[Replication]:
    """Run replications 0, 1, 2, … of a scenario and return them by index; see `performer`.

    Raises
    ------
    ArgumentError
        If there are no replications or no workers.
    WorkersLostError
        If workers were killed again and again.
    ConservationError
        If an account of a run does not close.
    """
    jobs = jobs_of(scenario, seed, replications)
    with performer(min(workers, replications), on_done, executor, store, engine) as perform:
        return perform(jobs)


def sample_note(replications: Sequence[Replication]) -> dict[str, Any]:
    """How many replications, and what played them: told to find a fault by, as results do not depend on it."""
    return {"replications": len(replications), "engine": engine_note(run.engine for run in replications)}


def engine_note(engines: Iterable[str]) -> str:
    """What played some replications, in a word or two."""
    return ", ".join(sorted({*engines}))


def jobs_of(
    scenario: Scenario, seed: int, replications: int, about: str = "", purpose: Purpose = Purpose.RESULTS
) -> list[Job]:
    """Replications 0, 1, 2, … of a scenario.

    Raises
    ------
    ArgumentError
        If there are to be none, or the seed is below 0.
    """
    if replications < 1:
        raise ArgumentError(f"at least one replication is needed, not {replications}")
    return [Job(scenario, seed, index, about, purpose) for index in range(replications)]


def perform(
    hand_out: HandOut,
    store: Store | None,
    on_done: Callable[[Replication], None],
    has_processes: bool,
    engine: str,
    jobs: Sequence[Job],
) -> list[Replication]:
    """Do jobs that are not in the store, and return the replications of all of them, in the order of the jobs."""
    own = next((job.measures for job in jobs if job.measures), {})
    if own and store:  # what a function counts is not known from its name: another day it may be another function
        raise ArgumentError("a study keeps no measures of your own: run without the study, or without measures")
    if has_processes:
        check_can_be_sent(own)
    keeps_all = [store is not None and job.purpose != Purpose.WORLD for job in jobs]
    jobs = [
        replace(job, kpis=None if has_all else job.kpis, engine=engine)
        for job, has_all in zip(jobs, keeps_all, strict=True)
    ]
    replications: dict[int, Replication] = {}
    for place, job in enumerate(jobs):
        if store and (earlier := store.read(job)):
            replications[place] = earlier
            on_done(earlier)
    places = [place for place in range(len(jobs)) if place not in replications]
    for order, replication in hand_out(run_job, [jobs[place] for place in places]):
        place = places[order]
        if store and not replication.deadlock:  # there is no frame to keep: it would come to the same stop again
            store.write(jobs[place], replication)
        replications[place] = replication
        on_done(replication)
    return [replications[place] for place in range(len(jobs))]


def scenario_text(scenario: Scenario) -> str:
    """All of a scenario that has a say in a replication, as JSON: the same text, the same run.

    The order of its keys counts, as it is the order of the rows; what is asked of it does not, see `OUTSIDE`.
    """
    return json.dumps(scenario.model_dump(mode="json", exclude=OUTSIDE), ensure_ascii=False, separators=(",", ":"))


def measuring(perform: Perform, measures: Mapping[str, Measure] | None) -> Perform:
    """Do jobs, and count measures of one's own in each.

    Raises
    ------
    ArgumentError
        If they are no functions, or have no names of their own.
    """
    if not measures:
        return perform
    check_own_measures(measures)
    return lambda jobs: perform([replace(job, measures=measures) for job in jobs])


def each_once(perform: Perform) -> Perform:
    """Do each job once, and hand its replication to every scenario that comes to the same, whatever its name."""
    replications: dict[tuple[str, int, int, Purpose, frozenset[str] | None], Replication] = {}

    def perform_once(jobs: Sequence[Job]) -> list[Replication]:
        # The text itself would be kept for each replication: the digest is short.
        texts = [hashlib.sha256(scenario_text(job.scenario).encode()).hexdigest() for job in jobs]
        keys = [(text, int(job.seed), job.index, job.purpose, job.kpis) for text, job in zip(texts, jobs, strict=True)]
        fresh_jobs = {key: job for key, job in zip(keys, jobs, strict=True) if key not in replications}
        replications.update(zip(fresh_jobs, perform([*fresh_jobs.values()]), strict=True))
        return [replications[key] for key in keys]

    return perform_once


def run_job(job: Job) -> Replication:
    """Do a job."""
    try:
        with telling(f"{job.about or job.scenario.title}, replication {job.index}"):
            return one_replication(job.scenario, job.seed, job.index, job.purpose, job.measures, job.kpis, job.engine)
    except DeadlockError as error:
        if job.purpose not in (Purpose.WORLD, Purpose.MATCH):
            raise
        return Replication(job.index, deadlock=str(error))


@contextmanager
def telling(run_name: str) -> Iterator[None]:
    """Have what ends a run say which run it was."""
    try:
        yield
    except (DeadlockError, ConservationError, ArgumentError) as error:
        raise type(error)(f"{run_name}: {error}") from error


def one_replication(
    scenario: Scenario,
    seed: int,
    index: int,
    purpose: Purpose = Purpose.RESULTS,
    measures: Mapping[str, Measure] | None = None,
    kpis: frozenset[str] | None = None,
    engine: str = "simpy",
) -> Replication:
    """Simulate one replication, and measure what its purpose asks for, and `kpis` of it."""
    run = simulate_on(engine, scenario, seed, index)
    # Measured is the scenario as it went: a disruption by chance changes how many vessels there are, and prices.
    scenario_run = run.scenario
    match purpose:
        case Purpose.RESULTS | Purpose.WORLD:
            windows = periods(scenario)
            of_figures = published.windows(scenario) if kpis is None else {}
            values = measure_with_costs(scenario_run, run, windows | of_figures, kpis)
            of_periods = values[values["period"].isin(windows)].reset_index(drop=True)
            of_periods["period"] = of_periods["period"].cat.set_categories(list(windows))
            answers = published.figure_answers(scenario, values) if kpis is None else pd.DataFrame()
            tables = run.tables if (index == 0 and kpis is None) or measures else None
            if measures and tables:
                of_periods = with_own_measures(of_periods, measures, tables, scenario)
            return Replication(index, of_periods, answers, tables if index == 0 else None, engine=run.engine)
        case Purpose.FIT | Purpose.MATCH:
            answering = published.kpis_answering(scenario)
            values = measure_with_costs(scenario_run, run, published.windows(scenario), answering)
            return Replication(index, published=published.figure_answers(scenario, values), engine=run.engine)
        case Purpose.TIMES:
            return Replication(index, published=figure_times(scenario_run, run.tables), engine=run.engine)
        case Purpose.WARMUP:
            return Replication(index, days=filling(scenario_run, run), engine=run.engine)


def play(scenario: Scenario, seed: int, index: int, engine: str = "auto") -> Tables:
    """The tables of one replication of which nothing is measured: a world played to be looked at row by row."""
    return simulate_on(engine, scenario, seed, index).tables
