"""Looking up KPIs by their address in the tables of runs, and the addresses that answer first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from sim.measure.catalogue import kpi_name
from sim.measure.statistics import FloatArray
from sim.measure.vocabulary import flows_counted
from sim.scenario.addresses import Address, AddressError
from sim.scenario.meaning import last_full_year, members, periods, strange_words
from sim.scenario.problems import did_you_mean, listing, shown
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

AT_BORDERS = ("clearance_h", "border_dwell_h")
OF_CORRIDORS = ("journey_days", "throughput_mt")
"""The KPIs that answer first, of every border and of every corridor."""


def headline_addresses(scenario: Scenario) -> tuple[Address, ...]:
    """The addresses that answer first, in the last full year (else the whole horizon).

    Mean clearance and dwell at every border that some flow crosses, over all flows; mean journey from ready to
    delivered and throughput of every corridor, of all flows where there is none.
    """
    year = last_full_year(scenario)
    routes = [flow.route for flow in scenario.flows.values()]
    borders = [
        name
        for name, place in scenario.places.items()
        if place.kind == "border" and any(name in route for route in routes)
    ]
    corridors = [*scenario.corridors] or [ALL]
    at_borders = (Address(kpi, place, ALL, year) for kpi in AT_BORDERS for place in borders)
    of_corridors = (Address(kpi, ALL, corridor, year) for kpi in OF_CORRIDORS for corridor in corridors)
    return (*at_borders, *of_corridors)


def rows_at(
    table: pd.DataFrame,
    kpi: str | None = None,
    place: str | None = None,
    flow: str | None = None,
    period: str | None = None,
) -> pd.DataFrame:
    """The rows of a table of KPIs at an address, `*address`, or with some words of one; None stands for any."""
    words = {"kpi": kpi, "place": place, "flow": flow, "period": period}
    mask = np.ones(len(table), bool)
    for column, word in words.items():
        if word is not None:
            mask &= np.asarray(table[column].array == word, bool)
    return table[mask]


def values_at(addresses: Sequence[Address], tables: Sequence[pd.DataFrame]) -> FloatArray:
    """Values of addresses × runs, from the KPIs of each run; NaN where a run did not observe the KPI there."""
    values = np.full((len(addresses), len(tables)), np.nan)
    for column, table in enumerate(tables):
        # once through a table, however many addresses are looked up in it
        keys = zip(*(table[name].tolist() for name in Address._fields), strict=True)
        lookup = dict(zip(keys, table["value"].tolist(), strict=True))
        values[:, column] = [lookup.get(tuple(address), np.nan) for address in addresses]
    return values


def check_observed(addresses: Iterable[Address], tables: Sequence[pd.DataFrame]) -> None:
    """Make sure that runs observed each of some addresses.

    Raises
    ------
    AddressError
        If they observed one in none of them, though they might have: in their period nothing was there to count.
    """
    for address in addresses:
        if not any(len(rows_at(table, *address)) for table in tables):
            raise AddressError(f"'{address}' is observed in no replication{suggestion(address, tables[0])}")


def suggestion(address: Address, table: pd.DataFrame) -> str:
    """What the user may have meant: a KPI of a like name, or the places and flows that the KPI is observed at."""
    kpis = [str(kpi) for kpi in table["kpi"].unique()]
    if address.kpi not in kpis:
        if kpi_name(address.kpi) is not None:
            return f": {address.kpi} had nothing to count"
        return f": there is no KPI '{address.kpi}'{did_you_mean(address.kpi, kpis)}"
    rows = rows_at(table, address.kpi, period=address.period)
    return f": {address.kpi} has {listing(places_and_flows(rows)) or 'no value in ' + address.period}"


def places_and_flows(rows: pd.DataFrame) -> Iterator[str]:
    """Where a KPI is observed, as written in an option."""
    for place, flow in rows[["place", "flow"]].drop_duplicates().itertuples(index=False):
        yield f"{place}:{flow}"


def rows_asked(
    table: pd.DataFrame,
    scenario: Scenario,
    kpi: str | None,
    place: str | None,
    flow: str | None,
    year: int | str | None,
) -> pd.DataFrame:
    """The rows of a table of KPIs that have some words, each number once, see `Results.kpis_at`.

    Raises
    ------
    AddressError
        If the scenario has no such word, or no row has them all.
    """
    words = {"kpi": kpi, "place": place, "flow": flow, "period": None if year is None else str(year)}
    asked_words = {column: word for column, word in words.items() if word is not None}
    check_stands(scenario, **asked_words)
    rows = rows_at(table, **asked_words)
    if rows.empty:
        of_kpi = rows_at(table, kpi=kpi)
        places = f": {kpi} has {listing(places_and_flows(of_kpi))}" if len(of_kpi) else did_you_mean(kpi, table["kpi"])
        raise AddressError(f"no measure has {listing(asked_words.values())}{places}")
    once = rows_once(rows.reset_index(drop=True), scenario)
    if once.empty:
        raise AddressError(f"no flow of the scenario is {shown(flow)}")
    return once


def check_stands(scenario: Scenario, **words: str | None) -> None:
    """Make sure that a scenario has a place, a flow or a period that is asked for; None asks for none.

    Raises
    ------
    AddressError
        Of the first that it does not have.
    """
    asked_words = {column: word for column, word in words.items() if word is not None}
    for message in strange_words(Address(**{"kpi": "", **asked_words}), scenario):
        raise AddressError(message)


def rows_once(table: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """A table of KPIs without rows that say another one again: of the one flow as of `all`, of no flow at all.

    Of rows about the same flows the one of `all` stays, or else that of the widest word; of a sum over places that has
    one place, that of the place; of a horizon that is one year, that of the year, if it is a whole one.
    """
    sums, windows = members(scenario), periods(scenario)
    passing = {pair: flows_behind(*pair, scenario) for pair in {*zip(table["kpi"], table["place"], strict=True)}}
    keys = zip(table["kpi"], table["place"], table["flow"], strict=True)
    widths = {flow: len(sums[flow]) if flow != ALL else len(scenario.flows) + 1 for flow in sums}
    about = pd.DataFrame(
        {
            "kpi": table["kpi"].astype(str).to_numpy(),
            "place": table["place"].astype(str).to_numpy(),
            "flows": pd.Series([passing[kpi, place] & {*sums[flow]} for kpi, place, flow in keys], dtype=object),
            "window": pd.Series([windows[period] for period in table["period"]], dtype=object),
            "width": [-widths[flow] for flow in table["flow"]],
            "is_other": (table["period"] != last_full_year(scenario)).to_numpy(),
        }
    )
    about = about[about["flows"].map(bool)].sort_values(["width", "is_other"], kind="stable")
    about = about.drop_duplicates(["kpi", "place", "flows", "window"])
    flows_at_stops: dict[str, list[frozenset[str]]] = {kpi: [] for kpi, _ in passing}
    for (kpi, place), flows in passing.items():
        flows_at_stops[kpi] += [flows] if place != ALL else []
    is_sum_of_one = [
        place == ALL and sum(bool(flows & at_stop) for at_stop in flows_at_stops[kpi]) == 1
        for kpi, place, flows in zip(about["kpi"], about["place"], about["flows"], strict=True)
    ]
    return table.iloc[about[~np.array(is_sum_of_one, bool)].index.sort_values()]


def flows_behind(kpi: str, place: str, scenario: Scenario) -> frozenset[str]:
    """The flows that a KPI can count at a place; all of them of what the catalogue does not have."""
    name = kpi_name(kpi)
    is_pool = place in scenario.wagon_pools
    return frozenset(scenario.flows if name is None or is_pool else flows_counted(scenario, name.entry, place))
