"""Hours of clearance and of dwell at the borders, by regime or by result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.counting import IntArray, word_codes
from sim.measure.run_view import RunView
from sim.measure.statistics import FloatArray
from sim.measure.visits import visit_hours, visits_of
from sim.runs.results import Results, labels
from sim.scenario.values import ALL

SHORTEST_H = 1 / 60
MOST_POINTS = 800


@dataclass(frozen=True)
class ClearanceHours:
    """Hours of a group of trains at the borders that cleared them, one entry a clearance; infinite while inside."""

    label: str
    clearance_h: FloatArray
    dwell_h: FloatArray


def clearance_groups(results: Sequence[Results]) -> list[ClearanceHours]:
    """The groups of trains: the regimes of one result, or each of several results."""
    if len(results) > 1:
        flows = contrasting_flows(results)
        times = [clearances(result, flows)[1:] for result in results]
        return [ClearanceHours(label, *hours) for label, hours in zip(labels(results), times, strict=True)]
    code, clearance_h, dwell_h = clearances(results[0], list(results[0].scenario.flows))
    return [
        ClearanceHours(regime.title, clearance_h[code == i], dwell_h[code == i])
        for i, regime in enumerate(results[0].scenario.regimes.values())
    ]


def contrasting_flows(results: Sequence[Results]) -> list[str]:
    """The flows whose clearance the scenarios state differently; all flows if there are none."""
    by_result = [
        {
            name: (
                {day: result.scenario.regimes[regime] for day, regime in (flow.regime or {}).items()},
                flow.adoption_share,
                result.scenario.regimes.get(flow.otherwise or ""),
            )
            for name, flow in result.scenario.flows.items()
        }
        for result in results
    ]
    every = list(dict.fromkeys(name for flows in by_result for name in flows))
    return [name for name in every if any(flows.get(name) != by_result[0].get(name) for flows in by_result)] or every


def clearances(result: Results, flows: Sequence[str]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Each clearance begun within the horizon: position of its regime, hours to the release, hours at the border."""
    rows, trains = result.tables.declarations, result.tables.trains
    numbers = trains["train"][trains["flow"].isin(flows)]
    rows = rows[(rows["arrived_h"] >= 0) & rows["train"].isin(numbers)]
    regime = word_codes(rows["regime"], list(result.scenario.regimes))
    clearance_h = rows["released_h"].fillna(np.inf).to_numpy() - rows["arrived_h"].to_numpy()
    return regime, clearance_h, dwell_hours(result, rows)


def dwell_hours(result: Results, rows: pd.DataFrame) -> FloatArray:
    """Hours from the first to the last moment of each visit (rows of train and place), infinite while inside."""
    horizon = {ALL: (0.0, result.scenario.calendar.closing_h)}
    visits = visits_of(RunView.of(result.scenario, result.tables, horizon))
    place = word_codes(rows["place"], list(result.scenario.places))
    arrived_h, departed_h = visit_hours(visits, place, rows["train"].to_numpy())
    return np.asarray(np.where(np.isfinite(arrived_h), departed_h - arrived_h, np.inf))


def share_steps(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Hours and the share of `values` up to them, at no more than `MOST_POINTS` of the values seen."""
    finite = np.sort(values[np.isfinite(values)])
    points = finite[np.unique(np.linspace(0, len(finite) - 1, min(MOST_POINTS, len(finite))).astype(int))]
    return np.maximum(points, SHORTEST_H), np.searchsorted(finite, points, side="right") / len(values)
