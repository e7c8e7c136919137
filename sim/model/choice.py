"""The choice of a way: generalised cost, nested logit, and prices that vary from month to month.

A way costs its price, and its days and their spread at what these are worth. Shares are those of a nested logit on that
(McFadden, Modelling the choice of residential location, 1978): among the ways of a nest by their utility over its
dissimilarity, among nests by their inclusive value.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from sim.model.randomness import standard_normal
from sim.scenario.calendar import Calendar, time_average
from sim.scenario.charges import LOAD_T, charges_at, time_usd
from sim.scenario.markets import CORRIDOR, Market, OtherWay

if TYPE_CHECKING:
    from sim.model.randomness import Floats, Luck
    from sim.scenario.schema import Scenario

USD_OF_RESPONSE = 1000.0
"""The price, USD a unit, for which a market states its response."""

Option = TypeVar("Option")


@dataclass(frozen=True)
class WayTerms:
    """A way as it is offered in a month: its constant, price (USD a unit), days and their spread.

    Of the simulated way the days beyond it alone: what is expected of it comes on top.
    """

    constant: float
    usd: float
    days: float
    spread_days: float


@dataclass(frozen=True)
class MonthTerms:
    """What the shippers of a market choose from in a month: ways by name, and the share of those who have not all."""

    from_h: float
    until_h: float
    ways: dict[str, WayTerms]
    captive_share: float


def generalised_usd(market: Market, way: WayTerms) -> float:
    """What a way costs, USD a unit: its price, its days, and their spread."""
    days = way.days + market.reliability_ratio * way.spread_days
    return way.usd + market.value_of_time_usd_per_day * days


def utility(market: Market, way: WayTerms) -> float:
    """What a way is worth, on the scale of the logit."""
    return way.constant - market.price_response_per_1000_usd * generalised_usd(market, way) / USD_OF_RESPONSE


def logit(utilities: Mapping[Option, float]) -> tuple[dict[Option, float], float]:
    """The shares of a logit, and its inclusive value: the logarithm of the sum of the exponentials."""
    if len(utilities) == 1:
        [(option, value)] = utilities.items()
        return {option: 1.0}, value
    highest = max(utilities.values())
    weights = {option: math.exp(value - highest) for option, value in utilities.items()}
    total = math.fsum(weights.values())
    return {option: weight / total for option, weight in weights.items()}, highest + math.log(total)


def nested_logit(
    utilities: Mapping[str, float], nest_by_way: Mapping[str, str | None], dissimilarities: Mapping[str, float]
) -> dict[str, float]:
    """The share of each way; one without a nest stands alone."""
    # A nest may have the name of a way that stands alone.
    worth: dict[tuple[str, bool], float] = {}
    nests: dict[str, dict[str, float]] = {}
    for way, value in utilities.items():
        nest = nest_by_way[way]
        if nest is None:
            worth[way, False] = value
        else:
            nests.setdefault(nest, {})[way] = value / dissimilarities[nest]
    within = {nest: logit(own_utilities) for nest, own_utilities in nests.items()}
    for nest, (_, inclusive) in within.items():
        worth[nest, True] = dissimilarities[nest] * inclusive
    among, _ = logit(worth)
    of_nests = {way: among[nest, True] * part for nest, (parts, _) in within.items() for way, part in parts.items()}
    return of_nests | {name: share for (name, is_nest), share in among.items() if not is_nest}


def market_shares(market: Market, month: MonthTerms, days: float, spread_days: float) -> dict[str, float]:
    """The share of each way in a month, by what is expected of the simulated one."""
    utilities = {name: utility(market, way) for name, way in month.ways.items()}
    corridor = month.ways[CORRIDOR]
    spread_days = math.hypot(corridor.spread_days, spread_days)
    utilities[CORRIDOR] = utility(market, WayTerms(corridor.constant, corridor.usd, corridor.days + days, spread_days))
    nests = {CORRIDOR: market.corridor.nest} | {name: way.nest for name, way in market.alternatives.items()}
    shares = nested_logit(utilities, nests, market.nests)
    if market.captive is None:
        return shares
    left = {name: value for name, value in utilities.items() if name not in market.captive.without}
    captive_shares, part = nested_logit(left, nests, market.nests), month.captive_share
    return {name: (1 - part) * share + part * captive_shares.get(name, 0.0) for name, share in shares.items()}


def months_offered(scenario: Scenario, flow: str, luck: Luck | None = None) -> list[MonthTerms]:
    """What the shippers of the market of a flow choose from, month by month; without luck at prices as stated."""
    name = scenario.flows[flow].market or ""
    market, calendar = scenario.markets[name], scenario.calendar
    edges_h = [hour for *_, hour in calendar.months()]
    columns = {CORRIDOR: corridor_columns(scenario, edges_h, market, flow)}
    for way, terms in market.alternatives.items():
        usd = mean_by_month(calendar, edges_h, market.usd(terms, "price"))
        factor = 1.0 if luck is None else price_factors(terms, len(usd), luck, name, way)
        days, spread_days = (
            mean_by_month(calendar, edges_h, terms.days),
            mean_by_month(calendar, edges_h, terms.spread_days),
        )
        columns[way] = (mean_by_month(calendar, edges_h, terms.constant), usd * factor, days, spread_days)
    captive_share = mean_by_month(calendar, edges_h, market.captive.share if market.captive else {dt.date.min: 0.0})
    return [
        MonthTerms(
            max(from_h, calendar.opening_h),
            until_h,
            {way: WayTerms(*(float(column[month]) for column in terms)) for way, terms in columns.items()},
            float(captive_share[month]),
        )
        for month, (from_h, until_h) in enumerate(pairwise(edges_h))
    ]


def mean_by_month(calendar: Calendar, edges_h: Sequence[float], by_date: Mapping[dt.date, float]) -> Floats:
    """The mean of a value by date between each two hours; of one that does not step there the value itself."""
    steps = calendar.steps(by_date)
    if len(steps.values) == 1:
        return np.full(len(edges_h) - 1, steps.values[0])
    return np.array([time_average(steps, from_h, until_h) for from_h, until_h in pairwise(edges_h)])


def corridor_columns(scenario: Scenario, edges_h: Sequence[float], market: Market, flow: str) -> tuple[Floats, ...]:
    """Of the simulated way its constant, its price to the end of the market, and the days beyond it, by month."""
    calendar, terms = scenario.calendar, market.corridor
    constant = mean_by_month(calendar, edges_h, terms.constant)
    is_stated = getattr(terms, f"price_usd_per_{market.unit}") is not None
    tariff = (
        mean_by_month(calendar, edges_h, market.usd(terms, "price"))
        if is_stated
        else tariff_usd(scenario, market, flow)
    )
    beyond = mean_by_month(calendar, edges_h, market.usd(terms, "beyond"))
    usd = tariff - mean_by_month(calendar, edges_h, market.usd(terms, "subsidy")) + beyond
    days = np.full(len(usd), terms.beyond_days)
    return constant, usd, days, np.zeros(len(usd))


def tariff_usd(scenario: Scenario, market: Market, flow: str) -> float:
    """What a unit pays by the prices of the scenario: the charges of the route, and time as expected at the opening."""
    prices, terms = scenario.prices, scenario.flows[flow]
    if prices is None:
        raise ValueError("a corridor without a tariff needs prices")
    train = scenario.trains[terms.train]
    charges_usd = math.fsum(math.fsum(charges_at(scenario, prices, flow, place)) for place in terms.route)
    load_usd = charges_usd + time_usd(prices.time, train) * market.corridor.expected_days
    return load_usd * train.net_t / LOAD_T / (train.teu if market.unit == "teu" else train.net_t)


def price_factors(terms: OtherWay, months: int, luck: Luck, *names: str) -> Floats:
    """What prices are multiplied by in each month: mean 1, lognormal, each month like the one before as far as stated.

    The logarithm is a stationary autoregressive process of the first order.
    """
    if not terms.price_cv:
        return np.ones(months)
    sigma = math.sqrt(math.log1p(terms.price_cv**2))
    shocks = standard_normal(luck.stream(*names, "price"), months)
    level, levels = 0.0, []
    for month, shock in enumerate(shocks.tolist()):
        persistence = terms.price_persistence if month else 0.0
        level = persistence * level + math.sqrt(1 - persistence**2) * shock
        levels.append(level)
    return np.exp(sigma * np.array(levels) - sigma**2 / 2)


def share_going(market: Market, shares: Mapping[str, float]) -> float:
    """The share of a market's potential trains that go by the corridor."""
    return min(shares[CORRIDOR] / market.most_share, 1.0)


def going_as_expected(scenario: Scenario, flow: str) -> Floats:
    """The share of potential trains that go in each month at the stated expectation and prices, without a run."""
    market = scenario.markets[scenario.flows[flow].market or ""]
    terms = market.corridor
    shares = (
        market_shares(market, month, terms.expected_days, terms.expected_spread_days)
        for month in months_offered(scenario, flow)
    )
    return np.array([share_going(market, share) for share in shares])
