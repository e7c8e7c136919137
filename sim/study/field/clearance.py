"""Hours of clearance and of dwell at the borders, by regime or by result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.counting import word_codes
from sim.measure.run_view import RunView
from sim.measure.statistics import FloatArray
from sim.measure.visits import visit_hours, visits_of
from sim.runs.results import Results, labels
from sim.scenario.places import Border
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

SHORTEST_H = 1 / 60
MOST_POINTS = 800


@dataclass(frozen=True)
class ClearanceHours:
    """Hours of a group of trains at the borders that cleared them, one entry a clearance; infinite while inside.

    Attributes
    ----------
    result, label
        Position of the result they are of, and the title of the regime that cleared them.
    places
        Titles of the borders.
    first, last
        Days on which the first and the last of them arrived.
    """

    result: int
    label: str
    places: tuple[str, ...]
    first: dt.date
    last: dt.date
    clearance_h: FloatArray
    dwell_h: FloatArray


def clearance_groups(results: Sequence[Results]) -> list[ClearanceHours]:
    """The groups of trains: of each result those that one regime cleared, like beside like.

    Of one result, the borders at which several regimes cleared trains, so that the regimes differ and not the borders.
    Of several, the flows, borders and days for which they state different ways of clearance. All clearances where there
    is no such border, or no such statement. A group is never more than its regime: who falls back to paper in an
    outage, or has not adopted Tez, is not in the group of Tez.
    """
    tables = [clearances(result) for result in results]
    masks = [has_rival(table) for table in tables] if len(results) == 1 else stated_differently(results, tables)
    if any(mask.any() for mask in masks):
        tables = [table[mask] for table, mask in zip(tables, masks, strict=True)]
    groups = []
    for position, (result, title, table) in enumerate(zip(results, labels(results), tables, strict=True)):
        for name, regime in result.scenario.regimes.items():
            rows = table[table["regime"] == name]
            if len(rows):
                label = f"{title}: {regime.title}" if len(results) > 1 else regime.title
                groups.append(group_of(position, label, result, rows))
    return groups


def group_of(position: int, label: str, result: Results, rows: pd.DataFrame) -> ClearanceHours:
    """Some clearances of a result as a group."""
    places = tuple(result.scenario.places[name].title for name in dict.fromkeys(rows["place"].astype(str)))
    moment = result.scenario.calendar.moment
    first, last = (moment(hour).date() for hour in (rows["arrived_h"].min(), rows["arrived_h"].max()))
    hours = rows["released_h"].fillna(np.inf).to_numpy() - rows["arrived_h"].to_numpy()
    return ClearanceHours(position, label, places, first, last, hours, dwell_hours(result, rows))


def clearances(result: Results) -> pd.DataFrame:
    """The declarations of trains that arrived within the horizon, with their flow."""
    rows, trains = result.tables.declarations, result.tables.trains
    rows = rows[rows["arrived_h"] >= 0]
    return rows.assign(flow=rows["train"].map(trains.set_index("train")["flow"].astype(str)))


def has_rival(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which clearances are at a border where another regime cleared trains, too."""
    regimes = table.groupby("place", observed=True)["regime"].nunique()
    return table["place"].astype(str).isin(list(regimes.index[regimes > 1].astype(str))).to_numpy()


def stated_differently(results: Sequence[Results], tables: Sequence[pd.DataFrame]) -> list[npt.NDArray[np.bool_]]:
    """Which clearances of each result are of a flow, border and day whose clearance the results state differently."""
    masks = []
    for result, table in zip(results, tables, strict=True):
        differs = np.zeros(len(table), bool)
        arrived_h = table["arrived_h"].to_numpy()
        pairs: dict[Any, Any] = table.groupby(["place", "flow"], observed=True).indices
        for (place, flow), positions in pairs.items():
            stated = [statements(other.scenario, str(place), str(flow)) for other in results]
            if any(by_day is None for by_day in stated):
                continue
            steps = [result.scenario.calendar.steps(by_day) for by_day in stated if by_day is not None]
            edges = sorted({hour for step in steps for hour in step.from_h})
            is_contrast = [any(step.at(hour) != steps[0].at(hour) for step in steps[1:]) for hour in edges]
            at_edge = np.searchsorted(edges, arrived_h[positions], side="right") - 1
            differs[positions] = np.array(is_contrast)[at_edge]
        masks.append(differs)
    return masks


def statements(scenario: Scenario, place: str, flow: str) -> dict[dt.date, Any] | None:
    """How trains of a flow are cleared at a border, by date; None where the scenario has no such pair."""
    border, about = scenario.places.get(place), scenario.flows.get(flow)
    if not isinstance(border, Border) or about is None or about.regime is None:
        return None
    if border.regime is not None:
        return {day: scenario.regimes[name] for day, name in border.regime.items()}
    beside = (about.adoption_share, scenario.regimes.get(about.otherwise or ""))
    return {day: (scenario.regimes[name], *beside) for day, name in about.regime.items()}


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
