"""Markets that must lead somewhere: to one flow each, with a price, whose trains nothing is done for too early.

As in `sim.scenario.checks.references`, what does not have the form it should is left for the schema to complain of.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.checks.references import stray, train_of
from sim.scenario.keys import Data, names_in, tables_in
from sim.scenario.markets import SIZES
from sim.scenario.problems import Complaint, shown
from sim.scenario.schema import Scenario

SETTLED_AHEAD_H = 28 * 24.0
"""The month of a train is settled at the start of the month before: so many hours ahead it is known whether it goes."""


def market_complaints(data: Data) -> list[Complaint]:
    """Everything about markets, and the flows that are of one, that does not fit."""
    return [complaint for check in (market_names, missing_prices, too_early) for complaint in check(data)]


def market_names(data: Data) -> Iterator[Complaint]:
    """The market of each flow, which is of no other, in a unit that its trains have; and the index of each market."""
    takers: dict[str, str] = {}
    for name, flow in tables_in(data, "flows").items():
        market, path = flow.get("market"), ("flows", name, "market")
        for message in stray("a market", market, names_in(data, "markets")):
            yield path, message
        if not isinstance(market, str) or market not in tables_in(data, "markets"):
            continue
        if takers.setdefault(market, name) != name:
            yield path, f"is that of {shown(takers[market])}, too: a market has one flow; share_of moves a part of it"
        train = train_of(flow, data)
        if "teu_per_year" in tables_in(data, "markets")[market] and train is not None and not train.get("teu"):
            yield path, f"is in TEU: it needs a train type with teu, and {shown(flow['train'])} has none"
    for name, table in tables_in(data, "markets").items():
        for message in stray("an index", table.get("index"), names_in(data, "indices")):
            yield ("markets", name, "index"), message


def missing_prices(data: Data) -> Iterator[Complaint]:
    """Markets whose corridor has no price, neither of its own nor by the route of its flow."""
    for name, market in tables_in(data, "markets").items():
        corridor = market.get("corridor")
        keys = {f"price_usd_per_{unit}" for unit in SIZES.values()}
        if isinstance(corridor, dict) and keys.isdisjoint(corridor) and not isinstance(data.get("prices"), dict):
            unit = "teu" if "teu_per_year" in market else "t"
            yield ("markets", name, "corridor"), f"must state price_usd_per_{unit}, for the scenario has no [prices]"


def too_early(data: Data) -> Iterator[Complaint]:
    """What is done for trains of markets before it is known whether they go."""
    flows = tables_in(data, "flows")
    sources = {name for name, flow in flows.items() if isinstance(flow.get("market"), str)}
    members = [flow for name, flow in flows.items() if name in sources or sources & {*names_in(flow, "share_of")}]
    spots = [("trains", flow.get("train"), "ordered_ahead_h") for flow in members if isinstance(flow.get("train"), str)]
    if any(flow.get("declarations_per_train") for flow in members):
        papers = [name for name, table in tables_in(data, "regimes").items() if table.get("kind") == "paper"]
        spots += [("regimes", name, "lead_h") for name in papers]
    for table, name, key in dict.fromkeys(spots):
        hours = tables_in(data, table).get(str(name), {}).get(key)
        if isinstance(hours, int | float) and hours > SETTLED_AHEAD_H:
            bound_text = f"must be at most {SETTLED_AHEAD_H:g} beside a market (got {hours:g})"
            yield (
                (table, str(name), key),
                f"{bound_text}: who goes in a month is settled at the start of the one before",
            )


def indices_of_markets(scenario: Scenario) -> set[str | None]:
    """The indices that markets follow."""
    return {market.index for market in scenario.markets.values()}


def idle_markets(scenario: Scenario) -> Iterator[Complaint]:
    """Markets of no flow, and nests in which no way lies."""
    names_used = {flow.market for flow in scenario.flows.values()}
    for name, market in scenario.markets.items():
        if name not in names_used:
            yield ("markets", name), "no flow is of it"
        nests_used = {way.nest for way in market.ways.values()}
        for nest in market.nests:
            if nest not in nests_used:
                yield ("markets", name, "nests", nest), "no way lies in it"
