"""Months: trains waiting and capacity in use, month by month, of the first replication."""

from __future__ import annotations

from itertools import pairwise

from sim.measure.queues import capacity_measures, queue_measures
from sim.measure.run_view import KpiValues, RunView
from sim.runs.results import Results
from sim.scenario.schema import Scenario


def months(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The calendar months of the horizon, as windows in hours by names such as 2030-10."""
    closing_h = scenario.calendar.closing_h
    windows = {
        f"{year}-{month:02d}": (max(0.0, from_h), min(until_h, closing_h))
        for (year, month, from_h), (_, _, until_h) in pairwise(scenario.calendar.months())
    }
    return {name: (from_h, until_h) for name, (from_h, until_h) in windows.items() if from_h < until_h}


def monthly(run: Results) -> list[KpiValues]:
    """Trains waiting at each place, and the share of each capacity in use, in each month: windows × places × 1."""
    ledger = RunView.of(run.scenario, run.tables, months(run.scenario))
    waits = [kpi for kpi in queue_measures(ledger) if kpi.kpi == "queue_trains"]
    return waits + [kpi for kpi in capacity_measures(ledger) if kpi.kpi != "utilisation"]


def busiest_month(run: Results, by_month: list[KpiValues]) -> str:
    """The month in which most trains wait, at all places together; of equals the last, October before others."""
    waits = next(kpi for kpi in by_month if kpi.kpi == "queue_trains").values.sum(axis=(1, 2))
    highest = float(waits.max())
    equal = [name for name, value in zip(months(run.scenario), waits, strict=True) if value >= highest]
    return max(equal, key=lambda name: (name.endswith("-10"), name))
