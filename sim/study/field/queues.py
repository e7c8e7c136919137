"""Trains waiting through time, by place, cause and day; and month by month, beside the capacity in use."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.measure.counting import IntArray, word_codes
from sim.measure.queues import capacity_measures, queue_measures
from sim.measure.run_view import KpiValues, RunView
from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.scenario.schema import Scenario


def waiting(results: Results, causes: list[str], edges_h: FloatArray) -> FloatArray:
    """Mean number of trains waiting: places × causes × stretches between the edges, which are even.

    A train waits at one place for one cause at a time: rows beside its journey do not count.
    """
    stages, places = results.tables.stages, list(results.scenario.places)
    queued_h = stages["queued_h"].to_numpy() - edges_h[0]
    started_h = stages["started_h"].fillna(results.scenario.calendar.closing_h).to_numpy() - edges_h[0]
    edges_h = edges_h - edges_h[0]
    has_waited = (started_h > np.maximum(queued_h, 0)) & ~stages["beside"].to_numpy()
    rows = stages[has_waited]
    cell = word_codes(rows["place"], places) * len(causes) + word_codes(rows["cause"], causes)
    cells = len(places) * len(causes)
    # Hours after the beginning less hours after the end: sums by cell, where a loop over waits would take seconds.
    since_queued_h = hours_after(queued_h[has_waited], cell, cells, edges_h)
    hours = since_queued_h - hours_after(started_h[has_waited], cell, cells, edges_h)
    return np.asarray(np.maximum(hours, 0).reshape(len(places), len(causes), -1) / edges_h[1])


def hours_after(moments_h: FloatArray, cell: IntArray, cells: int, edges_h: FloatArray) -> FloatArray:
    """Hours that lie after the moments, summed by cell, within each stretch between edges: cells × stretches."""
    stretches = len(edges_h) - 1
    moments_h = np.clip(moments_h, 0, edges_h[-1])
    stretch = np.minimum((moments_h // edges_h[1]).astype(np.int64), stretches - 1)
    flat = cell * stretches + stretch
    partial_h = np.bincount(flat, edges_h[stretch + 1] - moments_h, cells * stretches).reshape(cells, stretches)
    number = np.bincount(flat, minlength=cells * stretches).reshape(cells, stretches)
    return np.asarray(partial_h + edges_h[1] * (np.cumsum(number, axis=1) - number))


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
