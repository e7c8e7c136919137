"""The weeks or months of observations: which of them are whole, and what was observed in each."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NoReturn

from sim.measure.observations import Observation, Observations
from sim.scenario.calendar import next_month
from sim.scenario.problems import ArgumentError
from sim.scenario.schema import Horizon

STEPS = ("week", "month")

DAY = dt.timedelta(days=1)
CoveredDays = tuple[dt.date | None, dt.date | None]
"""The first and the last day that a table covers; None: as its rows tell."""


@dataclass(frozen=True)
class Step:
    """A week or month: its first day, the first no more in it, and the values observed there."""

    start: dt.date
    end: dt.date
    values: tuple[float, ...]

    def observed(self, adds_up: bool) -> float:
        """What it was observed to be: the sum, or the mean."""
        return math.fsum(self.values) if adds_up else fmean(self.values)


def steps_of(
    observations: Observations, horizon: Horizon, by: str, covered_days: CoveredDays = (None, None)
) -> list[Step]:
    """The steps that are compared: those in the horizon, and of amounts only those that are observed whole.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    first, last = covered_days[0] or dt.date.min, covered_days[1] or dt.date.max
    rows = [row for row in observations.rows if first <= row.day <= last]
    if by == "week" and any(row.grain == "month" for row in rows):
        raise ArgumentError(f"--by week: {observations.file} has months, and no weeks")
    if rows:
        first_covered = covered_days[0] or min(row.day for row in rows)
        last_covered = covered_days[1] or max(map(last_day, rows))
    values_by_start: dict[dt.date, list[float]] = {}
    if observations.counts_rows and rows:
        # what is counted by rows is nought where there is none
        within = (max(first_covered, horizon.start), min(last_covered, horizon.end))
        values_by_start = {start: [] for start in starts_between(*within, by)}
    for row in rows:
        values_by_start.setdefault(step_start(row.day, by), []).append(row.value)
    steps = [
        Step(start, step_end(start, by), tuple(values))
        for start, values in sorted(values_by_start.items())
        # an amount of which a row is not known is not known, nor one to which a row without a day may belong
        if all(map(math.isfinite, values))
        and not any(day < step_end(start, by) and start <= until for day, until in observations.undated_days)
    ]
    steps = [step for step in steps if horizon.start <= step.start and step.end <= horizon.end]
    if observations.adds_up and rows:
        # of a step in whose middle the table begins or ends a part of the amount is missing
        steps = [step for step in steps if first_covered <= step.start and step.end <= last_covered + DAY]
    if not steps:
        refuse_steps(observations, rows, horizon, by)
    return steps


def refuse_steps(observations: Observations, rows: Sequence[Observation], horizon: Horizon, by: str) -> NoReturn:
    """Say that no step can be compared, and of which days the rows are."""
    days_seen = (
        f"they are from {min(row.day for row in rows)} to {max(map(last_day, rows))}" if rows else "there are none"
    )
    unknown = ", and of some rows the day is not known" if observations.undated_days else ""
    subject = f"no {by} is observed whole" if observations.adds_up else f"no {by} is observed"
    days = f"{horizon.start} to {horizon.end - DAY}"
    words = f"{subject} within the horizon, {days}; of the rows asked for {days_seen}{unknown}"
    raise ArgumentError(f"{observations.file}: {words}{way_to_cover(rows, horizon)}")


def way_to_cover(rows: Sequence[Observation], horizon: Horizon) -> str:
    """How the scenario is run over the whole months of some rows; nothing where it is already."""
    if not rows:
        return ""
    start, end = step_start(min(row.day for row in rows), "month"), step_end(max(map(last_day, rows)), "month")
    if horizon.start <= start and end <= horizon.end:
        return ""
    return f"; to run the scenario over them: --set horizon.start={start} --set horizon.end={end}"


def starts_between(first: dt.date, last: dt.date, by: str) -> Iterator[dt.date]:
    """The first days of the steps that have a day between two days."""
    start = step_start(first, by)
    while start <= last:
        yield start
        start = step_end(start, by)


def step_start(day: dt.date, by: str) -> dt.date:
    """The first day of the step in which a day lies; weeks begin on Mondays."""
    return day.replace(day=1) if by == "month" else day - day.weekday() * DAY


def step_end(start: dt.date, by: str) -> dt.date:
    """The first day after a step."""
    return next_month(start) if by == "month" else start + 7 * DAY


def last_day(row: Observation) -> dt.date:
    """The last day that a row speaks of."""
    return next_month(row.day.replace(day=1)) - DAY if row.grain == "month" else row.day
