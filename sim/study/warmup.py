"""How long a scenario takes to fill: series from the first hour of a run, and where MSER-5 says that they have settled.

A run begins empty, `warmup_days` before the horizon. To see more than that, it is begun earlier: the volumes and
capacities of that time are those of the first dates stated, so that the system has every chance to settle. Only the
days before the horizon are looked at; the run goes on for a while so that the trains of the last of them get through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measure.statistics import BATCH, FloatArray, divide, mser5
from sim.runs.answer import Answer, answering, basis
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Perform, Purpose, Replication, jobs_of, performer
from sim.scenario.arguments import checked
from sim.scenario.problems import ArgumentError
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario

TIMES_STATED, LEAST_DAYS = 4, 120
"""Days looked at, by default: so many times the warm-up stated, and at least so many."""

DAYS_AFTER = 60
"""Days of the horizon that are run as well, at most."""

SERIES = ("border_dwell_h", "trains_under_way")


@dataclass(frozen=True)
class Settling:
    """Where one series settles, by MSER-5.

    Attributes
    ----------
    days
        Days to leave out.
    mean
        Mean of the days kept.
    is_seen
        Whether that is less than the half of the series, which is all that MSER-5 looks at.
    """

    days: int
    mean: float
    is_seen: bool


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Warmup(Answer):
    """The warm-up of a scenario, observed.

    Attributes
    ----------
    frames
        `warmup`: day (1 is the first), border_dwell_h (mean of the trains that arrived at a border that day, over all
        replications; a day without arrivals lies between its neighbours) and trains_under_way (at its end, mean over
        replications).
    manifest
        As every answer's; stated_days, the scenario's `horizon.warmup_days`, and of each series its `Settling`.
    """

    kind = "warmup"

    @property
    def stated_days(self) -> int:
        """Days of the warm-up that the scenario states."""
        return self.scenario.horizon.warmup_days

    @property
    def table(self) -> pd.DataFrame:
        """A row a day."""
        return self.frames["warmup"]

    @property
    def settling(self) -> dict[str, Settling]:
        """By the columns of `table`; a scenario without borders has no dwell."""
        return {name: Settling(**where) for name, where in self.manifest["settling"].items()}

    @property
    def proposed_days(self) -> int:
        """The longest of the warm-ups proposed."""
        return max(series.days for series in self.settling.values())

    @property
    def is_seen(self) -> bool:
        """Whether every series was seen to settle."""
        return all(series.is_seen for series in self.settling.values())

    @property
    def suffices(self) -> bool:
        """Whether the warm-up stated is long enough."""
        return self.is_seen and self.stated_days >= self.proposed_days


@checked
def warmup(
    scenario: Reading | str | Path,
    *,
    days: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: bool = True,
    on_done: Callable[[Replication], None] | None = None,
    perform: Perform | None = None,
) -> Warmup:
    """Run a scenario from an earlier beginning, and find where its series settle.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    days
        Days looked at, from the first hour; by default four times the warm-up stated, and at least 120.
    replications, seed
        By default those of the scenario.
    workers
        Processes at work; the outcome does not depend on it.
    progress
        Whether a notebook shows how many replications are done.
    on_done
        Called with each replication as it is finished.
    perform
        Does the jobs instead of own processes.

    Raises
    ------
    ArgumentError
        If there are fewer than ten days, or no replications.
    """
    reading = reading_of(scenario)
    world, study, answered = reading.scenario, reading.scenario.study, answering(reading)
    days = default_days(world) if days is None else int(days)
    replications = study.replications if replications is None else replications
    seed = study.seed if seed is None else seed
    if days < 2 * BATCH or replications < 1:
        raise ArgumentError(f"MSER-5 needs {2 * BATCH} days and a replication, not {days} and {replications}")
    about = f"{world.title}, begun earlier"
    jobs = jobs_of(begun_earlier(world, days), seed, replications, about, Purpose.WARMUP)
    with performer(min(workers, replications), with_line(on_done, replications, progress)) as own:
        table = average([replication.days for replication in (perform or own)(jobs)])
    settling = {name: settling_of(table[name].to_numpy()) for name in SERIES if table[name].notna().all()}
    manifest = basis(
        "warmup",
        answered,
        seed=seed,
        replications=replications,
        level=study.level,
        stated_days=world.horizon.warmup_days,
        settling={name: asdict(series) for name, series in settling.items()},
    )
    return Warmup(**answered, manifest=manifest, frames={"warmup": table})


def default_days(scenario: Scenario) -> int:
    """Days looked at if nothing else is said."""
    return max(TIMES_STATED * scenario.horizon.warmup_days, LEAST_DAYS)


def begun_earlier(scenario: Scenario, days: int) -> Scenario:
    """The scenario with so many days before its horizon, and little of the horizon itself."""
    horizon = scenario.horizon
    end = min(horizon.end, horizon.start + dt.timedelta(days=DAYS_AFTER))
    return scenario.model_copy(update={"horizon": horizon.model_copy(update={"warmup_days": days, "end": end})})


def average(runs: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The mean over replications of the days of each, see `filling`; the columns are those of `Warmup.table`."""
    dwell_h, arrivals, under_way = (
        np.array([run[column].to_numpy(float) for run in runs]) for column in ("dwell_h", "arrivals", "under_way")
    )
    dwell_h = divide(dwell_h.sum(axis=0), arrivals.sum(axis=0))
    day = np.arange(1, len(dwell_h) + 1)
    is_seen = np.isfinite(dwell_h)
    dwell_h = np.interp(day, day[is_seen], dwell_h[is_seen]) if is_seen.any() else dwell_h
    return pd.DataFrame({"day": day, "border_dwell_h": dwell_h, "trains_under_way": under_way.mean(axis=0)})


def settling_of(series: FloatArray) -> Settling:
    """Where a daily series settles."""
    truncation = mser5(series)
    return Settling(truncation.cut, truncation.mean, truncation.cut < len(series) // BATCH // 2 * BATCH)
