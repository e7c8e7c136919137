"""Which flows a figure shows that has no room for all: those with most tonnes, and those that a change moves most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.addresses import Address
from sim.scenario.places import Border
from sim.scenario.values import ALL
from sim.study.compare.compare import difference_of


def telling_flows(results: Sequence[Results], flows: Iterable[str], period: str = ALL) -> list[str]:
    """Flows by what they tell: in turns the one with most tonnes and the one whose transit changes most."""
    names = list(flows)
    by_tonnes = sorted(names, key=lambda flow: -most_tonnes(results, flow, period))
    changes = {flow: greatest_change(results, flow, period) for flow in names}
    by_change = sorted((flow for flow in names if changes[flow] > 0), key=lambda flow: -changes[flow])
    turns = chain.from_iterable(zip_longest(by_tonnes, by_change))
    return [flow for flow in dict.fromkeys(turns) if flow is not None]


def telling_flow(results: Sequence[Results], period: str = ALL) -> str:
    """The one flow to show, of those that cross a border: that with most tonnes, of several results most tonne-days."""
    flows = results[0].scenario.flows
    places = results[0].scenario.places
    crossing = [name for name, flow in flows.items() if any(isinstance(places[place], Border) for place in flow.route)]

    def weight(flow: str) -> float:
        change = greatest_change(results, flow, period) if len(results) > 1 else 1.0
        return most_tonnes(results, flow, period) * change

    return max(crossing or list(flows), key=weight)


def most_tonnes(results: Sequence[Results], flow: str, period: str) -> float:
    """The throughput of a flow in the result in which it is greatest, Mt."""
    tables = [rows_at(result.kpis, "throughput_mt", ALL, flow, period)["mean"] for result in results]
    return max((float(table.iloc[0]) for table in tables if len(table)), default=0.0)


def greatest_change(results: Sequence[Results], flow: str, period: str) -> float:
    """The greatest paired difference in transit time of a flow from the first result, in days either way."""
    measure = Address("transit_days", ALL, flow, period)
    gaps = (difference_of(results[0], rival, measure) for rival in results[1:])
    return max((abs(gap.mean) for gap in gaps if gap is not None), default=0.0)
