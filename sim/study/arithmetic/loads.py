"""What a scenario comes to by arithmetic, without a run: offered loads, free-flow times, what the chain can carry.

Means alone are reckoned with: no queue, no chance. A run cannot carry more than its chain, be quicker than free flow,
or use a capacity far from what is asked of it; where it seems to, one of the two is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.model.capacities import STAGES, Hold
from sim.model.choice import going_as_expected
from sim.model.traffic import cumulative_trains
from sim.runs.results import Results
from sim.scenario.calendar import time_average
from sim.scenario.changes import chance_disruptions
from sim.scenario.places import Border
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.arithmetic.demands import demands
from sim.study.arithmetic.least_hours import HOURS_PER_DAY, place_h

LOADS = ("year", "place", "activity", "part", "flows", "offered", "capacity", "load", "trains_at_most")


LEAST_FILLING_DAYS = 1
"""A queue that forgets its beginning within a day needs no warm-up."""


def yearly_trains(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Trains offered by year and flow, in expectation; a flow that is a share of others takes theirs away.

    Of a market as many as choose the corridor at the days that its file expects.

    Boxes come back in the year in which they were offered: a bound, for they are delivered and emptied first.
    """
    calendar = scenario.calendar
    years = calendar.years()
    own: dict[str, dict[str, float]] = {year: {} for year in years}
    for name, flow in scenario.flows.items():
        if not flow.sources_by_share:
            hours, trains = cumulative_trains(flow, scenario.trains[flow.train], calendar, *scenario.behind(flow))
            if flow.market is not None:
                trains = np.append(0.0, np.cumsum(np.diff(trains) * going_as_expected(scenario, name)))
            for year, (from_h, until_h) in years.items():
                own[year][name] = float(np.diff(np.interp([from_h, until_h], hours, trains))[0])
    # A share is of what a flow would send if no flow took from it, whatever the order of the flows in the file.
    before_shares = {year: dict(trains) for year, trains in own.items()}
    for name, flow in scenario.flows.items():
        for source, share in (flow.share_of or {}).items():
            for year, (from_h, until_h) in years.items():
                moved_trains = before_shares[year][source] * time_average(calendar.steps(share), from_h, until_h)
                own[year][name] = own[year].get(name, 0.0) + moved_trains
                own[year][source] -= moved_trains
    for name, flow in scenario.flows.items():
        for source, share in (flow.empties_of or {}).items():
            trains_filled = scenario.trains[scenario.flows[source].train].teu / scenario.trains[flow.train].teu
            for year, (from_h, until_h) in years.items():
                part = own[year][source] * trains_filled * time_average(calendar.steps(share), from_h, until_h)
                own[year][name] = own[year].get(name, 0.0) + part
    return own


def offered_mt(scenario: Scenario, corridor: str, year: str) -> float:
    """What a corridor is offered in a year of the horizon, Mt of cargo, in expectation."""
    trains = yearly_trains(scenario)[year]
    flows = {name: flow for name, flow in scenario.flows.items() if flow.corridor == corridor}
    return math.fsum(trains[name] * flow.cargo_t(scenario.trains[flow.train]) / 1e6 for name, flow in flows.items())


def loads(scenario: Scenario, year: str = ALL) -> pd.DataFrame:
    """Offered load of every capacity by year, the heaviest first in each; of one year alone if it is named.

    Returns
    -------
    DataFrame
        Columns year, place, activity, part (a kind of train, a direction, a port; empty: the whole), flows (that use
        it), offered and capacity (hours of use a year, in a yard hours of a unit of cargo), load (their ratio; above 1
        a queue grows all year), and trains_at_most (trains of that mix in the year).
    """
    trains = yearly_trains(scenario)
    rows = []
    windows = scenario.calendar.years()
    for of_year, window in windows.items() if year == ALL else [(year, windows[year])]:
        for demand in demands(scenario, window):
            offered_h = sum(hours * trains[of_year].get(flow, 0.0) for flow, hours in demand.hours.items())
            capacity_h = demand.places * (window[1] - window[0])
            number = sum(trains[of_year].get(flow, 0.0) for flow in demand.hours)
            load = offered_h / capacity_h if capacity_h > 0 else np.inf if offered_h > 0 else 0.0
            trains_at_most = number / load if load > 0 else np.inf
            words = (demand.place, demand.activity, demand.part, ", ".join(demand.hours))
            rows.append((of_year, *words, offered_h, capacity_h, load, trains_at_most))
    table = pd.DataFrame(rows, columns=list(LOADS))
    return table.sort_values(["year", "load"], ascending=[True, False], kind="stable", ignore_index=True)


def unsettled(scenario: Scenario) -> list[str]:
    """Sentences on the capacities that are overloaded, and on those still filling when measuring begins.

    A queue at load rho, served at most each g hours, forgets how it began within some g / (1 - rho)^2 hours, its
    relaxation time in heavy traffic (Morse 1958, *Queues, Inventories and Maintenance*, chapter 6). What is measured
    before hangs on the empty start: a change from the start on is not one introduced later.
    """
    table = loads(scenario)
    first_year, (from_h, until_h) = next(iter(scenario.calendar.years().items()))
    sentences = []
    for name, rows in table.groupby(capacity_names(table), sort=False):
        overloaded_years = rows.loc[rows["load"] >= 1, "year"].tolist()
        if overloaded_years:
            sentences.append(f"{name} is overloaded in {', '.join(overloaded_years)}: what waits there grows all year")
        row = rows[rows["year"] == first_year].iloc[0]
        if 0 < row["load"] < 1:
            gap_h = (until_h - from_h) / row["trains_at_most"]
            days = gap_h / (1 - row["load"]) ** 2 / HOURS_PER_DAY
            if days > max(scenario.horizon.warmup_days, LEAST_FILLING_DAYS):
                sentences.append(
                    f"{name} still fills when measuring begins: at a load of {row['load']:.2f} that takes some "
                    f"{days:,.0f} days, and the warm-up is {scenario.horizon.warmup_days}"
                )
    return sentences


def overloaded(scenario: Scenario, year: str) -> pd.DataFrame:
    """The loads of a year, or of `all`, of which more is asked than can be served: what waits there grows all along."""
    table = loads(scenario, year)
    return table[table["load"] >= 1]


def capacity_names(table: pd.DataFrame) -> pd.Series[str]:
    """What the capacities of some loads are called: place, activity and part."""
    return (table["place"] + " " + table["activity"] + " " + table["part"]).str.strip()


def narrowest_capacities(table: pd.DataFrame) -> dict[str, Any]:
    """The heaviest load that each flow is part of: a row of `loads`, by flow, from its rows of one year."""
    first_rows: dict[str, Any] = {}
    for row in table.itertuples(index=False):
        for name in str(row.flows).split(", "):
            first_rows.setdefault(name, row)
    return first_rows


def free_flow(scenario: Scenario) -> pd.DataFrame:
    """Least mean transit and most trains of every flow by year.

    Returns
    -------
    DataFrame
        Columns year, flow, offered_trains, free_flow_h (with no queue; the wait for cargo to fill a vessel, for a set's
        placing and for wind left out), trains_at_most, mt_at_most (what the narrowest capacity of its route would carry
        if the mix of trains there stayed as it is) and narrowest (that capacity).
    """
    trains, table = yearly_trains(scenario), loads(scenario)
    rows = []
    for year, window in scenario.calendar.years().items():
        narrowest_of = narrowest_capacities(table[(table["year"] == year) & (table["load"] > 0)])
        for name, flow in scenario.flows.items():
            hours = sum(place_h(scenario, flow, place, window) for place in flow.route)
            worst = narrowest_of.get(name)
            offered_trains = trains[year].get(name, 0.0)
            at_most = np.inf if worst is None else offered_trains / worst.load
            narrowest = "" if worst is None else f"{worst.place} {worst.activity} {worst.part}".strip()
            net_mt = flow.cargo_t(scenario.trains[flow.train]) / 1e6
            rows.append((year, name, offered_trains, hours, at_most, at_most * net_mt, narrowest))
    heads = ["year", "flow", "offered_trains", "free_flow_h", "trains_at_most", "mt_at_most", "narrowest"]
    return pd.DataFrame(rows, columns=heads)


def carried_at_most(scenario: Scenario, flows: pd.DataFrame) -> pd.DataFrame:
    """What each corridor is offered and can carry at most by year, from the table of `free_flow`.

    Returns
    -------
    DataFrame
        Columns year, corridor, offered_mt, mt_at_most (of each flow what the narrowest capacity of its route lets
        through of the trains offered) and target_mt (NaN where there is none).
    """
    rows = []
    for year, of_year in flows.groupby("year", sort=False):
        for name, corridor in scenario.corridors.items():
            of_corridor = of_year[[scenario.flows[flow].corridor == name for flow in of_year["flow"]]]
            net_mt = [
                scenario.flows[flow].cargo_t(scenario.trains[scenario.flows[flow].train]) / 1e6
                for flow in of_corridor["flow"]
            ]
            offered_mt = of_corridor["offered_trains"].to_numpy(float) * net_mt
            at_most_mt = of_corridor["trains_at_most"].to_numpy(float) * net_mt
            target_mt = corridor.target_mt.get(int(str(year)), math.nan)
            rows.append((year, name, offered_mt.sum(), np.fmin(offered_mt, at_most_mt).sum(), target_mt))
    return pd.DataFrame(rows, columns=["year", "corridor", "offered_mt", "mt_at_most", "target_mt"])


QUICKER_SHARE = 0.02
BUSIER = 0.1
CARRIED_SHARE = 0.02
CALM = 0.9
"""A load below which nothing holds traffic up for long."""

Values = dict[tuple[str, str, str, str], tuple[float, float]]
"""Mean and upper bound by kpi, place, flow and year."""

OF_CARGO = ("vessels", "loading", "landing")
"""Activities whose capacity is counted in units of cargo, not of trains."""

WITH_USE = {
    stage.activities[0].name.lower()
    for stage in STAGES
    if stage.hold is Hold.SPELL and stage.key and stage.table != "ports"
}
"""Activities whose utilisation should be their offered load; a train at sea has used but one of the two ports."""

CARRIED = ("trains_delivered", "trains_created", "trains_inside")
COMPARED = ("transit_days", *CARRIED, *(f"utilisation_{activity}" for activity in sorted(WITH_USE)))
"""Measures of a run that arithmetic knows something of: few of all that there are."""


def contradictions(results: Results) -> list[str]:
    """Sentences for all that a run says against arithmetic; empty when they agree."""
    kpis = results.kpis[results.kpis["kpi"].isin(COMPARED) & (results.kpis["period"] != "all")]
    keys = zip(*(kpis[name].astype(str) for name in ("kpi", "place", "flow", "period")), strict=True)
    numbers = zip(kpis["mean"].astype(float), kpis["ci_high"].astype(float), strict=True)
    values = dict(zip(keys, numbers, strict=True))
    table, flows = loads(results.scenario), free_flow(results.scenario)
    return [*too_quick(values, flows), *over_or_under_used(results, values, table)]


def too_quick(values: Values, flows: pd.DataFrame) -> Iterator[str]:
    """Transit below free flow."""
    row: Any
    for row in flows.itertuples(index=False):
        mean_days, high = values.get(("transit_days", "all", row.flow, row.year), (math.nan, math.nan))
        high = mean_days if math.isnan(high) else high
        if 24 * high < (1 - QUICKER_SHARE) * row.free_flow_h:
            yield (
                f"{row.flow} in {row.year}: mean transit {24 * mean_days:.1f} h is below free flow, "
                f"{row.free_flow_h:.1f} h"
            )


def over_or_under_used(results: Results, values: Values, table: pd.DataFrame) -> Iterator[str]:
    """Trains above what a capacity can serve; use far from the offered load where nothing holds up traffic."""
    shaken = places_shaken(results.scenario)
    table = table[~table["place"].isin(shaken)]
    calm = {year for year, rows in table.groupby("year") if rows["load"].max() < CALM}
    has_limit = any(flow.most_trains_under_way is not None for flow in results.scenario.flows.values())
    for (year, place, activity), rows in table.groupby(["year", "place", "activity"], sort=False):
        from_h, until_h = results.scenario.calendar.years()[str(year)]
        yield from over_capacity(values, rows, until_h - from_h)
        at = (f"utilisation_{activity}", str(place), "all", str(year))
        if activity not in WITH_USE or at not in values or rests(results, str(place), str(activity)):
            continue
        load, use = float(rows["offered"].sum() / rows["capacity"].sum()), values[at][0]
        low = year in calm and not has_limit and not results.scenario.bans and use < load - BUSIER
        if use > min(load, 1.0) + BUSIER or low:
            yield f"{place} in {year}: {activity} is in use {use:.2f} of the time, and its offered load is {load:.2f}"


def places_shaken(scenario: Scenario) -> set[str]:
    """The places and pools that disruptions by chance change: arithmetic, without chance, leaves these out."""
    keys = (key for disruption in chance_disruptions(scenario).values() for key in disruption.changes)
    return {key.split(".")[1] for key in keys if key.startswith(("places.", "wagon_pools."))}


def over_capacity(values: Values, rows: pd.DataFrame, hours_of_year: float) -> Iterator[str]:
    """Trains that were delivered in a year over a capacity, above its most and those inside at its beginning.

    Each place serves one train more than its share of the year: a set that stood ready has its empty run after the end.
    """
    row: Any
    for row in rows.itertuples(index=False):
        flows = [flow for flow in row.flows.split(", ") if flow]
        if not flows or row.load <= 0:
            continue
        trains_out, trains_in, inside = (
            math.fsum(values.get((kpi, "all", flow, row.year), (0.0, 0.0))[0] for flow in flows) for kpi in CARRIED
        )
        before = max(0.0, trains_out + inside - trains_in)
        places = 1.0 if row.activity in OF_CARGO else row.capacity / hours_of_year
        at_most = (1 + CARRIED_SHARE) * row.trains_at_most + before + max(places, 1.0)
        if trains_out > at_most:
            name = f"{row.place} {row.activity} {row.part}".strip()
            yield (
                f"{name} in {row.year}: {trains_out:.0f} trains were delivered over it, and by means alone "
                f"at most {at_most:.0f}, those under way at its beginning and its end among them"
            )


def rests(results: Results, place: str, activity: str) -> bool:
    """Whether what rests over a closing counts as busy there."""
    border = results.scenario.places.get(place)
    return activity in ("keying", "checking") and isinstance(border, Border) and border.office_hours is not None
