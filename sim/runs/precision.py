"""How many replications are enough: run until the intervals are as narrow as asked for.

The rule is that of Hoad, Robinson and Davies (2010), "Automated selection of the number of replications for a
discrete-event simulation", Journal of the Operational Research Society 61: after n replications the half-width of
Student's interval, over the mean, is the precision reached; when it is as small as asked for, it must stay so for
some replications more, so that a chance agreement of the first few does not end the study. Here it must hold for
every chosen measure at once.

A number of replications that depends on the values seen makes intervals cover a little less often than they say, the
more so the fewer replications there are; `docs/statistics.md` has the shares measured (`make coverage`). Each interval
is at the level of the study by itself; that all of them hold together is less sure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.addresses import check_observed, values_at
from sim.measure.statistics import FloatArray, divide, t_quantile
from sim.measure.vocabulary import check_stated
from sim.runs.replicate import Job, Perform, Replication
from sim.runs.results import Results, gather
from sim.scenario.addresses import Address
from sim.scenario.choices import facts_cited
from sim.scenario.problems import ArgumentError
from sim.scenario.reading.opening import ledger_cited
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario

FEWEST, MOST, LOOK_AHEAD = 5, 100, 5


@dataclass(frozen=True)
class Aim:
    """What is precise enough.

    Attributes
    ----------
    share
        Half-width of an interval over its mean, at most; 0.02 is 2 %.
    measures
        All of them must reach it.
    fewest, most
        Replications made at least and at most.
    look_ahead
        Replications for which the precision must stay, up to 100 of them; beyond, in proportion to their number.

    Raises
    ------
    ArgumentError
        If the numbers make no sense.
    """

    share: float
    measures: tuple[Address, ...]
    fewest: int = FEWEST
    most: int = MOST
    look_ahead: int = LOOK_AHEAD

    def __post_init__(self) -> None:
        if not 0 < self.share < np.inf:
            raise ArgumentError(f"a precision is a share above 0, not {self.share}")
        if not self.measures:
            raise ArgumentError("a precision needs a measure")
        if not 2 <= self.fewest <= self.most:
            raise ArgumentError(f"at least 2 and at most {self.most} replications, not {self.fewest}")
        if self.look_ahead < 0:
            raise ArgumentError(f"one can look ahead by 0 replications or more, not {self.look_ahead}")


@dataclass(frozen=True, eq=False)
class Stop:
    """Where a study ended.

    Attributes
    ----------
    replications
        Number kept: replications 0, 1, … of them.
    enough
        Number from which on the precision was reached and stayed; None if it was not.
    reached
        Half-width over mean of each row of values at the end.
    """

    replications: int
    enough: int | None
    reached: FloatArray


@dataclass(frozen=True, eq=False)
class Precise:
    """Replications made until they were enough: one list a scenario, and how it ended.

    `table` has columns scenario, kpi, place, flow, period, half_width_share and reached.
    """

    replications: list[list[Replication]]
    stop: Stop
    table: pd.DataFrame = field(repr=False)

    @property
    def misses(self) -> pd.DataFrame:
        """The measures that are not as precise as asked for."""
        return self.table[~self.table["reached"]]


def running(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Mean and half-width of Student's interval after each column of `values` (measures × replications).

    A NaN is a replication that did not observe the measure. Squares are of distances from the first value seen, so
    that no digit of an entry hangs on how many columns come after it.
    """
    is_observed = np.isfinite(values)
    n = is_observed.cumsum(axis=1)
    first = is_observed.argmax(axis=1)[:, np.newaxis] if values.size else np.zeros((len(values), 0), int)
    centre = np.take_along_axis(values, first, axis=1)
    off = np.where(is_observed, values - centre, 0.0)
    mean_off = divide(off.cumsum(axis=1), n)
    squares = np.maximum((off**2).cumsum(axis=1) - n * mean_off**2, 0.0)
    error = np.sqrt(divide(divide(squares, n - 1), n))
    return centre + mean_off, t_quantile((1 + level) / 2, n - 1) * error


def half_width_shares(values: FloatArray, level: float, scales: FloatArray | None = None) -> FloatArray:
    """Half-width over the size of the mean, after each replication; the mean of `scales` where they are given.

    0 where nothing varies; infinite where the mean is 0 and something does; NaN below two values.
    """
    mean, half_width = running(values, level)
    if scales is not None:
        mean, _ = running(scales, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(half_width == 0, 0.0, half_width / np.abs(mean)))


def enough_at(shares: FloatArray, aim: Aim) -> int | None:
    """The first number of replications at which the precision is reached and stays while one looks ahead, if seen."""
    number = shares.shape[1]
    fine: npt.NDArray[np.bool_] = np.all(shares <= aim.share, axis=0)
    for n in range(aim.fewest, number + 1):
        ahead = look_ahead(n, aim)
        if n + ahead <= number and fine[n - 1 : n + ahead].all():
            return n
    return None


def look_ahead(n: int, aim: Aim) -> int:
    """Replications for which a precision reached at `n` must stay."""
    return aim.look_ahead * max(n, 100) // 100


def stop_of(shares: FloatArray, aim: Aim) -> Stop | None:
    """Where a study ends, decided from replications in their order; None if it has to go on."""
    enough = enough_at(shares, aim)
    if enough is not None:
        number = enough + look_ahead(enough, aim)
    elif shares.shape[1] >= aim.most:
        number = aim.most
    else:
        return None
    return Stop(number, enough, shares[:, number - 1])


Rows = Callable[[Sequence[FloatArray], float], FloatArray]
"""Precision reached after each replication, from the values of each scenario and the level: rows × replications."""


def of_each(values: Sequence[FloatArray], level: float) -> FloatArray:
    """The precision of every measure of every scenario."""
    return np.vstack([half_width_shares(scenario, level) for scenario in values])


def of_differences(values: Sequence[FloatArray], level: float) -> FloatArray:
    """The precision of the paired differences from the first scenario, as a share of the first one's mean."""
    base, *variants = values
    return np.vstack([half_width_shares(variant - base, level, base) for variant in variants])


def run_until(
    perform: Perform,
    scenarios: Sequence[tuple[str, Scenario]],
    seed: int,
    level: float,
    aim: Aim,
    batch: int = 1,
    rows: Rows = of_each,
) -> Precise:
    """Replicate scenarios, all as often, until every chosen measure is as precise as asked for.

    What is kept depends on the values alone: replications beyond the end that a batch has made already are dropped.

    Parameters
    ----------
    perform
        Does the work.
    scenarios
        Names and scenarios, under common random numbers.
    level
        Confidence level of the intervals.
    batch
        Replications of each scenario made at a time, best the number of workers; the outcome does not depend on it.
    rows
        What is to be precise: `of_each` scenario its measures, or `of_differences` from the first scenario.

    Raises
    ------
    ArgumentError
        If the batch is empty, or differences of fewer than two scenarios are asked for.
    AddressError
        If a chosen measure is not observed.
    """
    if batch < 1 or (rows is of_differences and len(scenarios) < 2):
        raise ArgumentError("a batch needs a replication, and a difference two scenarios")
    runs_made: list[list[Replication]] = [[] for _ in scenarios]
    values = [np.empty((len(aim.measures), 0)) for _ in scenarios]
    for first, last in batches(aim, batch):
        batch_runs = perform(
            [Job(scenario, seed, index, name) for name, scenario in scenarios for index in range(first, last)]
        )
        for position, runs in enumerate(runs_made):
            new = batch_runs[position * (last - first) : (position + 1) * (last - first)]
            runs += new
            values[position] = np.hstack([values[position], chosen_values(new, aim.measures, check=not first)])
        stop = stop_of(rows(values, level), aim)
        if stop is not None:
            break
    assert stop is not None
    names = [name for name, _ in scenarios][int(rows is of_differences) :]
    return Precise([runs[: stop.replications] for runs in runs_made], stop, reached_table(names, aim, stop))


def batches(aim: Aim, batch: int) -> Iterator[tuple[int, int]]:
    """First and last replication of each batch: at once those that are made in any case, then a few at a time."""
    first, last = 0, min(aim.fewest + look_ahead(aim.fewest, aim), aim.most)
    while first < last:
        yield first, last
        first, last = last, min(last + batch, aim.most)


def chosen_values(batch_runs: Sequence[Replication], measures: Sequence[Address], check: bool) -> FloatArray:
    """The values of the chosen measures: measures × replications.

    Raises
    ------
    AddressError
        If it is to be checked, and one is observed in none of them.
    """
    tables = [run.kpis for run in batch_runs]
    if check:
        check_observed(measures, tables)
    return values_at(measures, tables)


def reached_table(names: Sequence[str], aim: Aim, stop: Stop) -> pd.DataFrame:
    """The precision reached, a row a scenario and measure."""
    keys = [(name, *address) for name in names for address in aim.measures]
    table = pd.DataFrame(keys, columns=["scenario", "kpi", "place", "flow", "period"])
    table["half_width_share"] = stop.reached
    table["reached"] = stop.reached <= aim.share
    return table


def run_precisely(
    readings: Sequence[Reading],
    perform: Perform,
    aim: Aim,
    *,
    seed: int | None = None,
    batch: int = 1,
    rows: Rows = of_each,
    level: float | None = None,
) -> tuple[list[Results], Precise]:
    """Run scenarios until the chosen measures are precise enough; the results, and how it ended.

    Seed and level are those of the first scenario, if not given; a `level` given is that of the precision alone, and
    the intervals of the results keep the first scenario's. The manifests say what was asked for and reached; other
    parameters are those of `run_until`.

    Raises
    ------
    ArgumentError, AddressError
        As `run_until` does.
    """
    for reading in readings:
        check_stated(reading)
    study = readings[0].scenario.study
    seed = study.seed if seed is None else seed
    ledgers = [ledger_cited(reading) for reading in readings]
    start_s = time.monotonic()
    scenarios = [(reading.name, reading.scenario) for reading in readings]
    precise = run_until(perform, scenarios, seed, study.level if level is None else level, aim, batch, rows)
    wall_s = time.monotonic() - start_s
    results = []
    for reading, runs, ledger in zip(readings, precise.replications, ledgers, strict=True):
        facts = facts_cited(reading.resolved, ledger)
        outcome = gather(reading.name, reading.scenario, reading.resolved, runs, seed, study.level, wall_s, facts)
        results.append(replace(outcome, manifest=outcome.manifest | {"precision": precision_note(aim, precise)}))
    return results, precise


def precision_note(aim: Aim, precise: Precise) -> dict[str, Any]:
    """What was asked for and reached, for a manifest."""
    return {
        "half_width_share": aim.share,
        "measures": [str(address) for address in aim.measures],
        "fewest": aim.fewest,
        "most": aim.most,
        "look_ahead": aim.look_ahead,
        "enough": precise.stop.enough,
        "missed": [":".join(row) for row in precise.misses[["kpi", "place", "flow", "period"]].itertuples(index=False)],
    }
