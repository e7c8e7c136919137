"""Time and cost against distance along a route: the tables of the chart of UNESCAP's time/cost–distance method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.costs import fare
from sim.measure.run_view import by_replication
from sim.measure.statistics import FloatArray, measure_intervals
from sim.runs.results import Results
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.meaning import last_full_year
from sim.scenario.places import Located, Sea, Section, length_km, ports_along
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow
from sim.scenario.values import ALL


@dataclass(frozen=True)
class Route:
    """A flow's places with the km at which a train enters and leaves each."""

    places: tuple[str, ...]
    entry_km: FloatArray
    exit_km: FloatArray


def route_of(scenario: Scenario, flow: Flow) -> Route:
    """The places of a flow along its way from km 0; only sections and sea crossings have a length."""
    lengths = [length_km(scenario.places[name]) for name in flow.route]
    exit_km = np.cumsum(lengths)
    return Route(flow.route, exit_km - np.array(lengths), exit_km)


def route_stations(scenario: Scenario, flow: Flow, route: Route) -> list[tuple[float, str]]:
    """Borders, ports and terminals of a route with their km; names at the same km are joined."""
    names_by_km: dict[float, list[str]] = {}
    for name, entry_km, exit_km in zip(route.places, route.entry_km, route.exit_km, strict=True):
        place = scenario.places[name]
        match place:
            case Located():
                names_by_km.setdefault(float(entry_km), []).append(place.title)
            case Sea():
                near, far = ports_along(place, flow.direction)
                names_by_km.setdefault(float(entry_km), []).append(place.ports[near].title)
                names_by_km.setdefault(float(exit_km), []).append(place.ports[far].title)
            case Section():
                pass
    return [(km, ", ".join(dict.fromkeys(names))) for km, names in names_by_km.items()]


MOMENTS = ("arrives", "sets out", "is there", "departs")
"""What a train does at a place: the two in the middle only where it moves, on a line or at sea."""

READY = "is ready"
"""The first moment of all; between it and the arrival at the first place lies the wait for leave to set out."""

AT_THE_END = {"section": ("line", "yard"), "sea": ("berth",)}
"""Causes that trains wait for where a line or a crossing ends, by its kind; for all others, where it begins."""


def time_distance(results: Results, flow: str, period: str | None = None) -> pd.DataFrame:
    """Hours since cargo was ready, at each km of the route of a flow: means over replications with intervals.

    A wait or a stay is a step at one km; a run is a slope, at sea with the work at both ports. The mean passages of the
    places are added up along the route, of those that ended in the period, in each replication.

    Parameters
    ----------
    flow
        Name of a flow.
    period
        A calendar year, or `all`; by default the last full year.

    Returns
    -------
    DataFrame
        Columns place, km, moment (`READY` or one of `MOMENTS`), mean_h, ci_low_h, ci_high_h, replications, in the order
        of the journey. Empty if no train came through.
    """
    table, since_ready_h = moments_by_replication(results, flow, period)
    return with_intervals(table, since_ready_h, results.manifest["level"], "h")


def with_intervals(table: pd.DataFrame, values: FloatArray, level: float, unit: str) -> pd.DataFrame:
    """The moments of a journey with means of some values (moments × replications) and their intervals."""
    means = measure_intervals(values, level)
    columns = {f"mean_{unit}": means.mean, f"ci_low_{unit}": means.low, f"ci_high_{unit}": means.high}
    return table.assign(**columns, replications=means.n)


def moments_by_replication(results: Results, flow: str, period: str | None) -> tuple[pd.DataFrame, FloatArray]:
    """The moments of a journey (place, km, moment), and the hours since cargo was ready: moments × replications."""
    scenario, period = results.scenario, period or last_full_year(results.scenario)
    route = route_of(scenario, scenario.flows[flow])
    hours = hours_by_replication(results, flow, period)
    rows: list[tuple[str, float, str]] = [(route.places[0], 0.0, READY)]
    steps: list[FloatArray] = []
    if ("journey_days", ALL) in hours and all(("passage_h", place) in hours for place in route.places):
        steps = [0.0 * hours["journey_days", ALL]]
        held_h = HOURS_PER_DAY * (hours["journey_days", ALL] - hours["transit_days", ALL])
        for place, entry_km, exit_km in zip(route.places, route.entry_km, route.exit_km, strict=True):
            spent_h, kind = hours["passage_h", place], scenario.places[place].kind
            if kind not in AT_THE_END:
                rows += [(place, float(entry_km), MOMENTS[0]), (place, float(exit_km), MOMENTS[-1])]
                steps += [held_h, spent_h]
            else:
                none_h = 0.0 * spent_h
                ends_h = np.sum([hours.get((f"wait_h_{cause}", place), none_h) for cause in AT_THE_END[kind]], axis=0)
                begins_h = hours.get(("wait_h", place), none_h) - ends_h
                kms = (entry_km, entry_km, exit_km, exit_km)
                rows += [(place, float(km), moment) for moment, km in zip(MOMENTS, kms, strict=True)]
                steps += [held_h, begins_h, spent_h - begins_h - ends_h, ends_h]
            held_h = 0.0 * spent_h
    table = pd.DataFrame(rows[: len(steps)], columns=["place", "km", "moment"])
    return table, np.cumsum(steps, axis=0) if steps else np.zeros((0, 1))


def hours_by_replication(results: Results, flow: str, period: str) -> dict[tuple[str, str], FloatArray]:
    """The measures of time of a flow in a period by KPI and place, a value a replication."""
    rows = rows_at(results.replications, flow=flow, period=period)
    rows = rows[rows["kpi"].astype(str).str.startswith(("passage_h", "wait_h", "journey_days", "transit_days"))]
    if rows.empty:
        return {}
    values = by_replication(rows)
    keys = zip(values.index.get_level_values("kpi"), values.index.get_level_values("place"), strict=True)
    return dict(zip(keys, values.to_numpy(float), strict=True))


def cost_distance(results: Results, flow: str, period: str | None = None) -> pd.DataFrame:
    """USD that 20 t of a train's cargo have paid, at each km of the route of a flow.

    A charge at a border, port or terminal is a step at one km; a rate by km is a slope; the charge for time is in both,
    from setting out on.

    Returns
    -------
    DataFrame
        Columns place, km, moment, charges_usd (without time), mean_usd, ci_low_usd, ci_high_usd, replications. Empty if
        no train came through, or the scenario has no prices.
    """
    table, since_ready_h = moments_by_replication(results, flow, period)
    tariff = fare(results.scenario, flow)
    # the journey begins with the arrival at the first place, the second moment: what is waited before is not charged
    table, since_ready_h = (
        table.iloc[1:] if tariff else table.iloc[:0],
        since_ready_h[1:] if tariff else since_ready_h[:0],
    )
    charged_usd = np.zeros(len(table))
    if tariff is not None and len(table):
        places = [tariff.places.index(place) for place in table["place"]]
        charged_usd = tariff.up_to()[places, [MOMENTS.index(moment) for moment in table["moment"]]]
        since_ready_h = tariff.usd_per_h * (since_ready_h - since_ready_h[0]) + charged_usd[:, np.newaxis]
    return with_intervals(table.assign(charges_usd=charged_usd), since_ready_h, results.manifest["level"], "usd")
