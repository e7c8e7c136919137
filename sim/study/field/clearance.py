"""Hours of clearance and of dwell at the borders, by regime or by result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.counting import word_codes
from sim.measure.run_view import RunView
from sim.measure.statistics import FloatArray
from sim.measure.visits import visits_of
from sim.runs.results import Results, labels
from sim.scenario.formalities import Tez
from sim.scenario.meaning import last_full_year, members, periods
from sim.scenario.places import Border
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

SHORTEST_H = 1 / 60
MOST_POINTS = 800


@dataclass(frozen=True)
class ClearanceSubject:
    """Which clearances are shown: those at a border, of a flow (or a corridor, a direction, all), in a period."""

    place: str
    flow: str
    period: str


@dataclass(frozen=True)
class ClearanceHours:
    """Hours of a group of trains at the border that cleared them, of replication 0; infinite while inside.

    Attributes
    ----------
    result, regime, label
        Position of the result they are of, the regime that cleared them, and both in words.
    subject
        Where, of which flow and when: measures over all replications have the same address.
    first, last
        Days on which the first and the last of them arrived.
    """

    result: int
    regime: str
    label: str
    subject: ClearanceSubject
    first: dt.date
    last: dt.date
    clearance_h: FloatArray
    dwell_h: FloatArray


def clearance_groups(results: Sequence[Results], subject: ClearanceSubject | None = None) -> list[ClearanceHours]:
    """The groups of trains of a subject: of each result those that one regime cleared, like beside like.

    A group is never more than its regime: who falls back to paper in an outage, or has not adopted Tez, is not in the
    group of Tez. None if no train was cleared.
    """
    subject = subject or clearance_subject(results)
    if subject is None:
        return []
    groups = []
    for position, (result, title) in enumerate(zip(results, labels(results), strict=True)):
        table = of_subject(result, subject)
        for name, regime in result.scenario.regimes.items():
            rows = table[table["regime"] == name]
            if len(rows):
                label = f"{title}: {regime.title}" if len(results) > 1 else regime.title
                first, last = (
                    result.scenario.calendar.moment(rows["arrived_h"].agg(end)).date() for end in ("min", "max")
                )
                hours = rows["released_h"].fillna(np.inf).to_numpy() - rows["arrived_h"].to_numpy()
                groups.append(
                    ClearanceHours(position, name, label, subject, first, last, hours, dwell_hours(result, rows))
                )
    return groups


def clearance_subject(results: Sequence[Results]) -> ClearanceSubject | None:
    """What tells most: the border and the flow with most trains for which results state different ways of clearance.

    Of one result, the border with most trains of those at which several regimes cleared them. Where there is no such
    border, or no such statement, the border with most trains. The period is the last full year, if trains were cleared
    in it.
    """
    tables = [clearances(result) for result in results]
    masks = [has_rival(table) for table in tables] if len(results) == 1 else stated_differently(results, tables)
    if not any(mask.any() for mask in masks):
        masks = [np.ones(len(table), bool) for table in tables]
    rows = pd.concat([table[mask][["place", "flow"]].astype(str) for table, mask in zip(tables, masks, strict=True)])
    if rows.empty:
        return None
    place = str(rows["place"].value_counts().index[0])
    trains = rows[rows["place"] == place]["flow"].value_counts()
    every = {flow for table in tables for flow in table["flow"][(table["place"] == place).to_numpy()]}
    numbers = {
        name: sum(int(trains.get(flow, 0)) for flow in flows)
        for name, flows in (members(results[0].scenario) | {ALL: tuple(every)}).items()
        if every.intersection(flows) <= set(trains.index)
    }
    flow = max(numbers, key=lambda name: (numbers[name], name == ALL))
    year = last_full_year(results[0].scenario)
    is_seen = any(len(of_subject(result, ClearanceSubject(place, flow, year))) for result in results)
    return ClearanceSubject(place, flow, year if is_seen else ALL)


def of_subject(result: Results, subject: ClearanceSubject) -> pd.DataFrame:
    """The clearances of a result that a subject is about: of trains that arrived in the period."""
    spans, flows = periods(result.scenario), members(result.scenario)
    if subject.period not in spans or subject.flow not in flows:
        return clearances(result).iloc[:0]
    from_h, until_h = spans[subject.period]
    table = clearances(result)
    is_meant = (table["place"] == subject.place) & table["flow"].isin(flows[subject.flow])
    return table[is_meant & (table["arrived_h"] >= from_h) & (table["arrived_h"] < until_h)]


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


def regimes_stated(scenario: Scenario, from_h: float, until_h: float) -> list[str]:
    """Names of the regimes that clear trains at the borders between two hours, as far as the scenario states it."""

    def values_between(by_day: Mapping[dt.date, Any]) -> set[Any]:
        steps = scenario.calendar.steps(by_day)
        return {steps.at(hour) for hour in (from_h, *steps.from_h) if from_h <= hour < until_h}

    names: set[str | None] = set()
    for flow in scenario.flows.values():
        borders = [border for place in flow.route if isinstance(border := scenario.places[place], Border)]
        for border in borders if flow.regime else ():
            shares = {1.0} if border.regime else values_between(flow.adoption_share)
            names |= values_between(border.regime or flow.regime or {}) if any(shares) else set()
            names |= {flow.otherwise} if min(shares) < 1 else set()
    return [name for name in scenario.regimes if name in names]


def clears_with_tez(scenario: Scenario) -> bool:
    """Whether Tez clears any trains within the horizon of a scenario."""
    names = regimes_stated(scenario, 0.0, scenario.calendar.closing_h)
    return any(isinstance(scenario.regimes[name], Tez) for name in names)


def dwells(result: Results, subject: ClearanceSubject) -> FloatArray:
    """Hours of the dwell of all trains of a subject that left its border in the period, of replication 0."""
    from_h, until_h = periods(result.scenario)[subject.period]
    view = RunView.of(result.scenario, result.tables, {ALL: (from_h, until_h)})
    visits = visits_of(view).at(list(result.scenario.places).index(subject.place))
    flows = [list(result.scenario.flows).index(name) for name in members(result.scenario)[subject.flow]]
    is_meant = np.isin(view.flow_of[visits.train], flows)
    is_meant &= (visits.departed_h >= from_h) & (visits.departed_h < until_h)
    return np.asarray((visits.departed_h - visits.arrived_h)[is_meant])


def dwell_hours(result: Results, rows: pd.DataFrame) -> FloatArray:
    """Hours from the first to the last moment of each visit (rows of train and place), infinite while inside."""
    horizon = {ALL: (0.0, result.scenario.calendar.closing_h)}
    visits = visits_of(RunView.of(result.scenario, result.tables, horizon))
    place = word_codes(rows["place"], list(result.scenario.places))
    arrived_h, departed_h = visits.hours(place, rows["train"].to_numpy())
    return np.asarray(np.where(np.isfinite(arrived_h), departed_h - arrived_h, np.inf))


def share_steps(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Hours and the share of `values` up to them, at no more than `MOST_POINTS` of the values seen."""
    finite = np.sort(values[np.isfinite(values)])
    points = finite[np.unique(np.linspace(0, len(finite) - 1, min(MOST_POINTS, len(finite))).astype(int))]
    return np.maximum(points, SHORTEST_H), np.searchsorted(finite, points, side="right") / len(values)
