"""Months: trains waiting and capacity in use, month by month, of the first replication."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from sim.measure.observed import Measured, Observed
from sim.measure.queues import capacity_measures, queue_measures
from sim.runs.results import Results
from sim.scenario.schema import Scenario
from sim.views import words
from sim.views.report.numbers import rounded


def months(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The calendar months of the horizon, as windows in hours by names such as 2030-10."""
    closing_h = scenario.calendar.closing_h
    listed = [
        (f"{year}-{month:02d}", max(0.0, from_h), min(until_h, closing_h))
        for (year, month, from_h), (_, _, until_h) in pairwise(scenario.calendar.months())
    ]
    return {name: (from_h, until_h) for name, from_h, until_h in listed if from_h < until_h}


def monthly(run: Results) -> list[Measured]:
    """Trains waiting at each place, and the share of each capacity in use, in each month: windows × places × 1."""
    observed = Observed.of(run.scenario, run.tables, months(run.scenario))
    waiting = [one for one in queue_measures(observed) if one.kpi == "queue_trains"]
    return waiting + [one for one in capacity_measures(observed) if one.kpi != "utilisation"]


def heat_map(run: Results, measured: list[Measured]) -> dict[str, Any]:
    """Months as columns, places and resources as rows; rows where nothing ever waits or is used are left out."""
    titles = place_titles(run.scenario)
    rows: dict[str, list[dict[str, Any]]] = {"queue": [], "utilisation": []}
    for one in measured:
        kind = "queue" if one.kpi == "queue_trains" else "utilisation"
        resource = words.CAPACITIES.get(one.kpi.removeprefix("utilisation_"), "")
        for place, values in zip(one.places, one.values[:, :, 0].T, strict=True):
            if np.nan_to_num(values).max() >= 0.005:
                label = titles[place] if kind == "queue" else f"{titles[place]}: {resource}"
                cells = [None if np.isnan(value) else rounded(value) for value in values]
                rows[kind].append({"kpi": one.kpi, "place": place, "label": label, "values": cells})
    for listed in rows.values():
        listed.sort(key=lambda row: -np.mean([value or 0.0 for value in row["values"]]))
    return {"months": list(months(run.scenario)), **rows}


def place_titles(scenario: Scenario) -> dict[str, str]:
    """Titles of places and of wagon pools by name."""
    return {name: each.title for name, each in (*scenario.places.items(), *scenario.wagon_pools.items())}


def busiest_month(run: Results, measured: list[Measured]) -> str:
    """The month in which most trains wait, at all places together; of equals the last, October before others."""
    waiting = next(one for one in measured if one.kpi == "queue_trains").values.sum(axis=(1, 2))
    names = list(months(run.scenario))
    most = float(waiting.max())
    equal = [name for name, value in zip(names, waiting, strict=True) if value >= most]
    return max(equal, key=lambda name: (name.endswith("-10"), name))
