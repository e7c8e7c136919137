"""Which flows a figure shows that has no room for all: those with most tonnes, and those that a change moves most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, product, zip_longest

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.addresses import Address
from sim.scenario.formalities import Paper, Tez
from sim.scenario.meaning import last_full_year, members
from sim.scenario.places import Border
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.compare.compare import difference_of
from sim.study.field.clearance import statements
from sim.study.question import QuestionError, aim


def telling_flows(results: Sequence[Results], flows: Iterable[str], period: str = ALL) -> list[str]:
    """Flows by what they tell: in turns the one with most tonnes and the one whose transit changes most."""
    names = list(flows)
    by_tonnes = sorted(names, key=lambda flow: -most_tonnes(results, flow, period))
    changes = {flow: greatest_change(results, flow, period) for flow in names}
    by_change = sorted((flow for flow in names if changes[flow] > 0), key=lambda flow: -changes[flow])
    turns = chain.from_iterable(zip_longest(by_tonnes, by_change))
    return [flow for flow in dict.fromkeys(turns) if flow is not None]


def telling_flow(results: Sequence[Results], period: str = ALL) -> str:
    """The one flow to show, of those in question: that with most tonnes, of several results most tonne-days."""

    def weight(flow: str) -> float:
        change = greatest_change(results, flow, period) if len(results) > 1 else 1.0
        return most_tonnes(results, flow, period) * change

    return max(flows_in_question(results), key=weight)


def flows_in_question(results: Sequence[Results]) -> list[str]:
    """The flows that the question of some results is about, as `study.headline` asks it.

    Those over a border, of the corridor whose target is asked for, as far as there are any. Of these, if results clear
    some otherwise than the first, these; else those of the border where trains stand longest, if any with Tez.
    """
    first = results[0].scenario
    borders = [name for name, place in first.places.items() if isinstance(place, Border)]
    crossing = [name for name, flow in first.flows.items() if not set(borders).isdisjoint(flow.route)]
    candidates = crossing or list(first.flows)
    try:
        corridor = aim(first, None, None, None)[0].corridor
    except QuestionError:
        corridor = ALL
    candidates = [name for name in candidates if name in members(first)[corridor]] or candidates
    contrasts = {
        flow
        for flow, border in product(candidates, borders)
        if any(statements(rival.scenario, border, flow) != statements(first, border, flow) for rival in results[1:])
    }
    dwells = rows_at(results[0].kpis, "border_dwell_h", flow=ALL, period=last_full_year(first))
    longest = dwells[dwells["place"] != ALL].nlargest(1, "mean")["place"].tolist()
    of_border = {flow for flow in candidates if not set(longest).isdisjoint(first.flows[flow].route)}
    digital = {flow for flow in of_border if any(isinstance(regime, Tez) for regime in flow_regimes(first, flow))}
    return [name for name in candidates if name in (contrasts or digital or of_border)] or candidates


def flow_regimes(scenario: Scenario, flow: str) -> list[Paper | Tez]:
    """The regimes that a flow states for itself, of all dates."""
    return [scenario.regimes[name] for name in (scenario.flows[flow].regime or {}).values()]


def most_tonnes(results: Sequence[Results], flow: str, period: str) -> float:
    """The throughput of a flow in the result in which it is greatest, Mt."""
    tables = [rows_at(result.kpis, "throughput_mt", ALL, flow, period)["mean"] for result in results]
    return max((float(table.iloc[0]) for table in tables if len(table)), default=0.0)


def greatest_change(results: Sequence[Results], flow: str, period: str) -> float:
    """The greatest paired difference in transit time of a flow from the first result, in days either way."""
    measure = Address("transit_days", ALL, flow, period)
    gaps = (difference_of(results[0], rival, measure) for rival in results[1:])
    return max((abs(gap.mean) for gap in gaps if gap is not None), default=0.0)
