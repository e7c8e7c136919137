"""What periods, addresses and conclusions that files and options write mean in a scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from sim.scenario.addresses import Address, AddressError, Conclusion, parts_of, sums_in, weights_of, words_of
from sim.scenario.problems import did_you_mean, listing, shown
from sim.scenario.schema import Published, Scenario
from sim.scenario.traffic import trains_by_month
from sim.scenario.values import ALL, DIRECTIONS


def conclusion(text: str, scenario: Scenario) -> Conclusion:
    """The conclusion that a text such as `transit_days:all:all:2030 difference < -1` states of a scenario.

    Raises
    ------
    ValueError
        If it is no such text, or its address is not of the scenario.
    """
    where, difference, relation, threshold = parts_of(text)
    return Conclusion(address(where, scenario), difference, relation, threshold)


def address(text: str, scenario: Scenario) -> Address:
    """The address that a text means in a scenario; where it names no period, the last full year.

    Whether a run can yield it is not asked here, see `vocabulary.known_address`.

    Raises
    ------
    AddressError
        If it is no such text, or the scenario has no such place, flow or period.
    """
    kpi, place, flow, period = words_of(text)
    answer = Address(kpi, place, flow, period or last_full_year(scenario))
    for message in strange_words(answer, scenario):
        raise AddressError(f"{shown(text)}: {message}")
    return answer


def strange_words(address: Address, scenario: Scenario) -> Iterator[str]:
    """What is wrong with an address: its place, flow and period, as far as the scenario does not have them."""
    choices_by_part = {
        "place": (address.place, (ALL, *scenario.places, *scenario.wagon_pools)),
        "flow": (address.flow, tuple(members(scenario))),
        "period": (address.period, tuple(periods(scenario))),
    }
    for part, (word, choices) in choices_by_part.items():
        if word not in choices:
            near = did_you_mean(word, choices) if part != "period" else ""
            yield f"{shown(word)} is no {part} of the scenario{near or f': {listing(choices)}'}"


def has_trains(scenario: Scenario, name: str) -> bool:
    """Whether trains of a flow are expected in a run: by its volume, or by those of the flows it has a share of."""
    flow = scenario.flows[name]
    if flow.sources_by_share:
        shares = flow.sources_by_share.items()
        return any(max(share.values()) > 0 and has_trains(scenario, source) for source, share in shares)
    return any(trains_by_month(flow, scenario.trains[flow.train], scenario.calendar, *scenario.behind(flow)))


def members(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The flows that KPIs are summed over, by the word for it: each flow, each corridor, each direction, and all."""
    flows = scenario.flows
    sums: dict[str, tuple[str, ...]] = {name: (name,) for name in flows}
    sums |= {name: tuple(key for key, flow in flows.items() if flow.corridor == name) for name in scenario.corridors}
    sums |= {name: tuple(key for key, flow in flows.items() if flow.direction == name) for name in DIRECTIONS}
    return sums | {ALL: tuple(flows)}


PeriodDays = Mapping[str, tuple[dt.datetime, dt.datetime]]
"""The moments at which each period begins and ends, by its name."""


def period_days(scenario: Scenario) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """The moments at which each period begins and ends."""
    moment = scenario.calendar.moment
    return {name: (moment(from_h), moment(until_h)) for name, (from_h, until_h) in periods(scenario).items()}


def shared_periods(a: PeriodDays, b: PeriodDays) -> list[str]:
    """The periods that mean the same days in both: what may be compared of two scenarios."""
    return [name for name in a if b.get(name) == a[name]]


def last_full_year(scenario: Scenario) -> str:
    """The last calendar year that the horizon covers whole, or `all` if it covers none."""
    horizon = scenario.horizon
    years = range(horizon.start.year, horizon.end.year)
    whole_years = [year for year in years if horizon.start <= dt.date(year, 1, 1)]
    return str(whole_years[-1]) if whole_years else ALL


def periods(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The calendar years of the horizon and `all` of it, as windows in hours."""
    return scenario.calendar.years() | {ALL: (0.0, scenario.calendar.closing_h)}


def figure_addresses(figure: Published, period: str = ALL) -> list[dict[Address, float]]:
    """The measures that answer a published figure together, with their weights; then those it is a share of, if any."""
    places = weights_of(figure.place)
    return [
        {
            Address(figure.kpi, place, flow, period): of_place * of_flow
            for place, of_place in places.items()
            for flow, of_flow in flows.items()
        }
        for flows in sums_in(figure.flow)
    ]


def covered_figures(scenario: Scenario) -> dict[str, Published]:
    """The published figures whose days the horizon covers."""
    horizon = scenario.horizon
    return {
        name: figure
        for name, figure in scenario.published.items()
        if horizon.start <= figure.start and figure.end <= horizon.end
    }
