"""How long a scenario takes to fill: series from the first hour of a run, and where MSER-5 says that they have settled.

A run begins empty, `warmup_days` before the horizon. To see more than that, it is begun earlier: the volumes and
capacities of that time are those of the first dates stated, so that the system has every chance to settle. Only the
days before the horizon are looked at; the run goes on for a while so that the trains of the last of them get through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.counting import gathered
from sim.measure.observed import Observed
from sim.measure.statistics import BATCH, FloatArray, divide, mser5
from sim.measure.visits import visits_of
from sim.model.ledger import Recorded
from sim.model.simulate import simulate
from sim.runs.replicate import telling
from sim.runs.workers import starting, worker_pool
from sim.scenario.addresses import ALL
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.errors import ArgumentError
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario

TIMES_STATED, LEAST_DAYS = 4, 120
"""Days looked at, by default: so many times the warm-up stated, and at least so many."""

DAYS_AFTER = 60
"""Days of the horizon that are run as well, at most."""

SERIES = ("border_dwell_h", "trains_under_way")


@dataclass(frozen=True)
class Daily:
    """The days of one run: hours of dwell and number of the trains by day of arrival, trains inside at its end."""

    dwell_h: FloatArray
    arrivals: FloatArray
    under_way: FloatArray


@dataclass(frozen=True)
class Settling:
    """Where one series settles, by MSER-5.

    Attributes
    ----------
    days
        Days to leave out.
    mean
        Mean of the days kept.
    seen
        Whether that is less than the half of the series, which is all that MSER-5 looks at.
    """

    days: int
    mean: float
    seen: bool


@dataclass(frozen=True, eq=False)
class Warmup:
    """The warm-up of a scenario, observed.

    Attributes
    ----------
    name
        Name of the scenario.
    stated_days
        Its `horizon.warmup_days`.
    table
        Columns day (1 is the first), border_dwell_h (mean of the trains that arrived at a border that day, over all
        replications; a day without arrivals lies between its neighbours) and trains_under_way (at its end, mean over
        replications).
    settling
        By the columns of `table`; a scenario without borders has no dwell.
    replications, seed
        What was run.
    """

    name: str
    stated_days: int
    table: pd.DataFrame
    settling: dict[str, Settling]
    replications: int
    seed: int

    @property
    def proposed_days(self) -> int:
        """The longest of the warm-ups proposed."""
        return max(one.days for one in self.settling.values())

    @property
    def seen(self) -> bool:
        """Whether every series was seen to settle."""
        return all(one.seen for one in self.settling.values())

    @property
    def suffices(self) -> bool:
        """Whether the warm-up stated is long enough."""
        return self.seen and self.stated_days >= self.proposed_days


def warmup(
    reading: Reading,
    *,
    days: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    on_done: Callable[[], None] | None = None,
    executor: Executor | None = None,
) -> Warmup:
    """Run a scenario from an earlier beginning, and find where its series settle.

    Parameters
    ----------
    days
        Days looked at, from the first hour; by default four times the warm-up stated, and at least 120.
    replications, seed
        By default those of the scenario.
    workers
        Processes at work; the outcome does not depend on it.
    on_done
        Called after each replication.
    executor
        Works instead of own processes, e.g. one of a cluster.

    Raises
    ------
    ArgumentError
        If there are fewer than ten days, or no replications.
    """
    scenario, study = reading.scenario, reading.scenario.study
    days = default_days(scenario) if days is None else days
    replications, seed = study.replications if replications is None else replications, seed_of(reading, seed)
    if days < 2 * BATCH or replications < 1:
        raise ArgumentError(f"MSER-5 needs {2 * BATCH} days and a replication, not {days} and {replications}")
    asked = [(begun_earlier(scenario, days), seed, index, days) for index in range(replications)]
    runs = []
    for run in at_work(asked, min(workers, replications), executor):
        runs.append(run)
        if on_done is not None:
            on_done()
    table = averaged(runs, days)
    return Warmup(
        reading.name,
        scenario.horizon.warmup_days,
        table,
        {name: settled(table[name].to_numpy()) for name in SERIES if table[name].notna().all()},
        replications,
        seed,
    )


def at_work(
    asked: list[tuple[Scenario, int, int, int]], workers: int, executor: Executor | None = None
) -> Iterator[Daily]:
    """Replications observed here, by worker processes or by an executor, in their order."""
    if executor is None and workers == 1:
        yield from (observe(*one) for one in asked)
        return
    with worker_pool(workers) if executor is None else nullcontext(executor) as pool:
        with starting():
            futures = [pool.submit(observe, *one) for one in asked]
        yield from (future.result() for future in futures)


def seed_of(reading: Reading, seed: int | None) -> int:
    """The seed asked for, else that of the scenario."""
    return reading.scenario.study.seed if seed is None else seed


def default_days(scenario: Scenario) -> int:
    """Days looked at if nothing else is said."""
    return max(TIMES_STATED * scenario.horizon.warmup_days, LEAST_DAYS)


def begun_earlier(scenario: Scenario, days: int) -> Scenario:
    """The scenario with so many days before its horizon, and little of the horizon itself."""
    horizon = scenario.horizon
    end = min(horizon.end, horizon.start + dt.timedelta(days=DAYS_AFTER))
    return scenario.model_copy(update={"horizon": horizon.model_copy(update={"warmup_days": days, "end": end})})


def observe(scenario: Scenario, seed: int, replication: int, days: int) -> Daily:
    """Run one replication and count its days, from the first hour on."""
    with telling(f"{scenario.title}, begun earlier, replication {replication}"):
        return daily(scenario, simulate(scenario, seed, replication), days)


def daily(scenario: Scenario, tables: Recorded, days: int) -> Daily:
    """The days of a run, from its first hour on; of the dwell, the trains that have left the border."""
    opening_h = scenario.calendar.opening_h
    observed = Observed.of(scenario, tables, {ALL: (opening_h, scenario.calendar.closing_h)})
    dwell_h, arrivals = np.zeros(days), np.zeros(days)
    for place, visits in zip(scenario.places.values(), visits_of(observed), strict=True):
        if place.kind == "border":
            left = np.isfinite(visits.departed_h)
            arrived_h, departed_h = visits.arrived_h[left], visits.departed_h[left]
            day = np.floor((arrived_h - opening_h) / HOURS_PER_DAY).astype(int)
            counted = day < days
            dwell_h += np.bincount(day[counted], (departed_h - arrived_h)[counted], days)
            arrivals += np.bincount(day[counted], minlength=days)
    ends_h = opening_h + HOURS_PER_DAY * np.arange(1, days + 1)
    blocks = ((trains["entered_h"].to_numpy(), trains["left_h"].to_numpy()) for trains in tables.blocks("trains"))
    entered_h, left_h = gathered(blocks)
    gone_h = np.sort(left_h[np.isfinite(left_h)])
    inside = np.searchsorted(np.sort(entered_h[np.isfinite(entered_h)]), ends_h, side="right")
    under_way = (inside - np.searchsorted(gone_h, ends_h, side="right")).astype(float)
    return Daily(dwell_h, arrivals, under_way)


def averaged(runs: list[Daily], days: int) -> pd.DataFrame:
    """The mean over replications, day by day; see `Warmup`."""
    dwell_h = divide(sum(run.dwell_h for run in runs), sum(run.arrivals for run in runs))  # type: ignore[arg-type]
    day = np.arange(1, days + 1)
    seen = np.isfinite(dwell_h)
    dwell_h = np.interp(day, day[seen], dwell_h[seen]) if seen.any() else dwell_h
    under_way = np.mean([run.under_way for run in runs], axis=0)
    return pd.DataFrame({"day": day, "border_dwell_h": dwell_h, "trains_under_way": under_way})


def settled(series: FloatArray) -> Settling:
    """Where a daily series settles."""
    found = mser5(series)
    return Settling(found.cut, found.mean, found.cut < len(series) // BATCH // 2 * BATCH)
