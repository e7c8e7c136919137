"""CAREC's trade facilitation indicators of rail, beside the row of its Corridor Performance Measurement and Monitoring.

TFI1: hours to clear a border crossing point. TFI2: cost there, for 20 t of cargo. TFI3: cost of 500 km of the rail leg,
borders included, for 20 t. TFI4: speed, with delay (SWD: distance over all time of the rail leg, borders included) and
without (SWOD: distance over the time it moves). Costs are there if the scenario has prices: with the charge for time,
and as charges alone, which is what CAREC's fees are like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from sim.measure.costs import UNIT, fares, weighted_mean
from sim.measure.run_view import by_replication
from sim.measure.statistics import FloatArray, measure_intervals
from sim.runs.results import Results
from sim.scenario.facts import Fact
from sim.scenario.meaning import last_full_year
from sim.scenario.places import Border, Section, is_rail_leg
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

SPAN_KM = 500.0
"""Length of the section of a corridor for which CAREC states TFI3."""

FLOW_GROUPS = {"all": ALL, "inbound": "westbound", "outbound": "eastbound"}
"""Who is counted, as CAREC says it of Kazakhstan's border with China, and the flows of the model that are meant."""

FACT_IDS = {
    ("TFI1", "all"): ("P-KZ-TFI1-2019", "P-KZ-TFI1-2020", "P-KZ-TFI1-2021", "P-KZ-TFI1-2022"),
    ("TFI1", "inbound"): ("P-KZ-IN-2020", "P-KZ-IN-2021", "P-KZ-IN-2022"),
    ("TFI1", "outbound"): ("P-KZ-OUT-2020", "P-KZ-OUT-2021", "P-KZ-OUT-2022"),
    ("TFI2", "inbound"): ("P-KZ-TFI2",),
    ("TFI2 charges", "inbound"): ("P-KZ-TFI2",),
    ("TFI3", "all"): ("P-KZ-TFI3",),
    ("TFI3 charges", "all"): ("P-KZ-TFI3",),
    ("SWOD", "all"): ("P-KZ-SWOD-2020", "P-KZ-SWOD-2021", "P-KZ-SWOD-2022"),
    ("SWD", "all"): ("P-ALL-SWD-2022",),
}
"""Facts that publish an indicator, by who is counted."""

COLUMNS = (
    "indicator",
    "who",
    "place",
    "unit",
    "mean",
    "ci_low",
    "ci_high",
    "replications",
    "published",
    "published_year",
    "fact",
)


def indicators(results: Results, facts: Mapping[str, Fact], period: str | None = None) -> pd.DataFrame:
    """The indicators of a period with intervals over replications, beside the published row of its year.

    Parameters
    ----------
    facts
        The ledger of facts by id, which holds the published rows.
    period
        A calendar year, or `all`; by default the last full year.

    Returns
    -------
    DataFrame
        Columns indicator, who (of `FLOW_GROUPS`), place (a border or `all`), unit, mean, ci_low, ci_high, replications,
        published, published_year (that of the period, else the last one before it), fact. Without prices, TFI2 and
        TFI3 are rows without numbers of the model.
    """
    period = period or last_full_year(results.scenario)
    values = by_replication(results.replications)
    values = values[values.index.get_level_values("period") == period].droplevel(["period", "unit"])
    borders = [name for name, place in results.scenario.places.items() if isinstance(place, Border)]
    year = int(period) if period != ALL else results.scenario.horizon.end.year - 1
    rows = []
    for place in [ALL, *(borders if len(borders) > 1 else [])]:
        for who, flow in FLOW_GROUPS.items():
            rows.append(("TFI1", who, place, "h", kpi_by_replication(values, "border_dwell_h", place, flow)))
    rows += [row for who, flow in FLOW_GROUPS.items() for row in costs_of(results.scenario, values, who, flow)]
    for who, flow in FLOW_GROUPS.items():
        for indicator, kmh in zip(("SWD", "SWOD"), speeds(results.scenario, values, flow), strict=True):
            rows.append((indicator, who, ALL, "km/h", kmh))
    means = measure_intervals(np.array([row[-1] for row in rows]), results.manifest["level"])
    table = pd.DataFrame([row[:-1] for row in rows], columns=list(COLUMNS[:4]))
    table["mean"], table["ci_low"], table["ci_high"], table["replications"] = means.mean, means.low, means.high, means.n
    facts_by_row = [published_value(indicator, who, place, year, facts) for indicator, who, place, *_ in rows]
    table[list(COLUMNS[8:])] = pd.DataFrame(facts_by_row, columns=list(COLUMNS[8:]), index=table.index)
    is_seen = table["replications"] > 0
    lacks_prices = table["indicator"].isin(["TFI2", "TFI3"]) & (table["who"] == "all")
    return table[is_seen | lacks_prices].reset_index(drop=True)


def kpi_by_replication(values: pd.DataFrame, kpi: str, place: str, flow: str) -> FloatArray:
    """A measure by replication; NaN if it was not observed."""
    address = (kpi, place, flow)
    if address not in values.index:
        return np.full(values.shape[1], np.nan)
    return values.iloc[values.index.get_loc(address)].to_numpy(float)


def costs_of(
    scenario: Scenario, values: pd.DataFrame, who: str, group: str
) -> Iterator[tuple[str, str, str, str, FloatArray]]:
    """TFI2 and TFI3 of a group of flows, each with and without the charge for time, by replication."""
    yield "TFI2", who, ALL, UNIT, kpi_by_replication(values, "border_cost_usd", ALL, group)
    yield "TFI2 charges", who, ALL, UNIT, border_charges(scenario, values, group)
    for indicator, usd in zip(("TFI3", "TFI3 charges"), rail_costs(scenario, values, group), strict=True):
        yield indicator, who, ALL, f"{UNIT} and {SPAN_KM:.0f} km", usd


def border_charges(scenario: Scenario, values: pd.DataFrame, group: str) -> FloatArray:
    """USD charged at a border for 20 t, over the passages of a group of flows, weighted by the tonnes delivered."""
    weights, usd = [], []
    for name, tariff in fares(scenario).items():
        if group not in (ALL, scenario.flows[name].direction):
            continue
        for place, charge in zip(tariff.places, tariff.charges, strict=True):
            if isinstance(scenario.places[place], Border):
                is_seen = np.isfinite(kpi_by_replication(values, "border_dwell_h", place, name))
                weights.append(delivered_t(scenario, values, name))
                usd.append(np.where(is_seen, charge, np.nan))
    return weighted_mean(weights, usd) if usd else np.full(values.shape[1], np.nan)


def rail_costs(scenario: Scenario, values: pd.DataFrame, group: str) -> tuple[FloatArray, FloatArray]:
    """USD for 20 t and 500 km of the rail legs, borders included, with and without the charge for time.

    Over the flows of a group, weighted by the tonnes delivered: all costs on sections and at borders over all their km.
    """
    km, whole_usd, charged_usd = (np.zeros(values.shape[1]) for _ in range(3))
    for name, tariff in fares(scenario).items():
        along = group in (ALL, scenario.flows[name].direction)
        hours = rail_hours(scenario, values, name, tariff.places) if along else None
        if hours is None:
            continue
        weight = np.where(np.isfinite(hours[1]), np.nan_to_num(delivered_t(scenario, values, name)), 0.0)
        on_rails = [is_rail_leg(scenario.places[place]) for place in tariff.places]
        charges = tariff.charges[on_rails].sum()
        km += weight * hours[0]
        charged_usd += weight * charges
        whole_usd += weight * (charges + tariff.usd_per_h * np.nan_to_num(hours[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            np.where(km > 0, SPAN_KM * whole_usd / km, np.nan),
            np.where(km > 0, SPAN_KM * charged_usd / km, np.nan),
        )


def delivered_t(scenario: Scenario, values: pd.DataFrame, name: str) -> FloatArray:
    """Net tonnes of a flow delivered, by replication."""
    flow = scenario.flows[name]
    return kpi_by_replication(values, "trains_delivered", ALL, name) * flow.cargo_t(scenario.trains[flow.train])


def speeds(scenario: Scenario, values: pd.DataFrame, group: str) -> tuple[FloatArray, FloatArray]:
    """Km/h of the rail legs, borders included, with and without delay, by replication.

    Over the flows of a group, weighted by the trains delivered: km on sections, over hours on sections and at borders,
    and over the hours on sections that are no wait. Ordinary stops are part of running, see `speed_km_per_day`.
    """
    km, whole_h, moving_h = (np.zeros(values.shape[1]) for _ in range(3))
    for name, flow in scenario.flows.items():
        if group not in (ALL, flow.direction):
            continue
        trains = kpi_by_replication(values, "trains_delivered", ALL, name)
        hours = rail_hours(scenario, values, name, flow.route)
        if hours is None:
            continue
        is_counted = np.isfinite(hours[1]) & np.isfinite(hours[2]) & (trains > 0)
        for total, hours_or_km in zip((km, whole_h, moving_h), hours, strict=True):
            total += np.where(is_counted, hours_or_km * np.nan_to_num(trains), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole_h > 0, km / whole_h, np.nan), np.where(moving_h > 0, km / moving_h, np.nan)


def rail_hours(
    scenario: Scenario, values: pd.DataFrame, flow: str, route: Iterable[str]
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Km, hours and hours under way of one train of a flow on rails, by replication; None where it has no section."""
    km, whole_h, moving_h = (np.zeros(values.shape[1]) for _ in range(3))
    for name in route:
        place = scenario.places[name]
        if not is_rail_leg(place):
            continue
        passage_h = kpi_by_replication(values, "passage_h", name, flow)
        whole_h += passage_h
        if isinstance(place, Section):
            km += place.length_km
            moving_h += passage_h - kpi_by_replication(values, "wait_h", name, flow)
    return (km, whole_h, moving_h) if km.any() else None


def published_value(
    indicator: str, who: str, place: str, year: int, facts: Mapping[str, Fact]
) -> tuple[float, float, str]:
    """The published value of an indicator, its year and the fact: of the year, else of the last one before it."""
    candidates = [facts[fact_id] for fact_id in FACT_IDS.get((indicator, who), ()) if fact_id in facts and place == ALL]
    earlier = [fact for fact in candidates if int(fact.year) <= year]
    if not earlier:
        return np.nan, np.nan, ""
    last = max(earlier, key=lambda fact: int(fact.year))
    return float(last.value), float(last.year), last.id
