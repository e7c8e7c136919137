"""Cargo that chooses its way beside closed forms of the logit, and an equilibrium that is solved apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.choice import market_shares, months_offered
from sim.model.ledger import Tables
from sim.scenario.schema import Scenario
from sim.verification import closed_forms, tiny
from sim.verification.findings import Check, Finding, exact, sampled

RESPONSE, DAY_USD, DAYS, DISSIMILARITY = 0.8, 40.0, 20.0, 0.6
PER_USD = RESPONSE / 1000
FORMING_H, POTENTIAL_PER_H, YEARS = 6.0, 0.25, 3
DAY_RESPONSE, OTHER_DAYS = 2.0, 0.625
"""Of the equilibrium: one crew, half as many trains again as it can form if all came, and what a day takes away."""


def market(per_h: float, most_share: float, **terms: Any) -> dict[str, Any]:
    """A market of which so many trains of 100 TEU an hour could come."""
    size = {2025: per_h * tiny.YEAR_H * 100 / most_share}
    return {"title": "Boxes", "teu_per_year": size, "most_share": most_share, **terms}


def choosing(*route: str, **changes: Any) -> dict[str, Any]:
    """A westbound flow of the market `boxes`, at random."""
    flow = tiny.at_random(1, *route, **changes)
    return {key: value for key, value in flow.items() if key != "trains_per_year"} | {"market": "boxes"}


def of_three_ways(title: str, days: int = 4, running_days: float = DAYS, **terms: Any) -> Scenario:
    """The corridor and a way in one nest, a third beside it; nothing queues, and days are those expected."""
    ways = {
        "north": {"price_usd_per_teu": 2500, "days": 14, "nest": "land"},
        "sea": {"price_usd_per_teu": 1200, "days": 40, "constant": 0.3},
    }
    corridor = {"price_usd_per_teu": 2000, "expected_days": DAYS, "nest": "land"}
    choice = {"price_response_per_1000_usd": RESPONSE, "value_of_time_usd_per_teu_day": DAY_USD}
    nests = {"nests": {"land": DISSIMILARITY}, "corridor": corridor, "alternatives": ways}
    table = market(0.5, 0.6, **choice, **nests, **terms)
    line = {"line": tiny.section(24 * running_days)}
    return tiny.scenario(line, {"west": choosing("line")}, days, markets={"boxes": table}, title=title)


def three_utilities(usd: float = 2000.0) -> tuple[float, float, float]:
    """What the three ways are worth at a price of the corridor: corridor, the one in its nest, the third."""
    costs = (usd + DAYS * DAY_USD, 2500 + 14 * DAY_USD, 1200 + 40 * DAY_USD)
    first, second, third = (-PER_USD * cost for cost in costs)
    return first, second, third + 0.3


def shares_and_elasticities() -> list[Finding]:
    """Shares of a nested logit, and how a price moves them: own, within the nest, and beside it."""
    world = of_three_ways("three ways")
    table, month = world.markets["boxes"], months_offered(world, "west")[0]
    order = ("corridor", "north", "sea")

    def shares(extra_usd: float) -> list[float]:
        # A day is worth so many USD: what the corridor is dearer by, it may as well be slower by.
        by_way = market_shares(table, month, DAYS + extra_usd / DAY_USD, 0.0)
        return [by_way[way] for way in order]

    step = 1e-3
    higher, lower = np.log(shares(step)), np.log(shares(-step))
    slopes = ((higher - lower) / (2 * step)).tolist()
    answers = closed_forms.nest_elasticities(PER_USD, three_utilities(), DISSIMILARITY)
    expected = closed_forms.paired_nest(three_utilities(), DISSIMILARITY)
    return [
        exact("shares of three ways, two in a nest", "nested logit", expected, shares(0.0), 1e-12),
        exact("elasticities to a price: own, in the nest, beside it", "nested logit", answers, slopes, 1e-9),
    ]


def trains_by_the_formula() -> list[Finding]:
    """Trains that come where nothing queues: without feedback, and with it, for days are what was expected."""
    answer = closed_forms.paired_nest(three_utilities(), DISSIMILARITY)[0] / 0.6
    findings = []
    for name, terms in (("without feedback", {"feedback": False, "running_days": 3.0}), ("with feedback", {})):
        world = of_three_ways(f"trains that chose, {name}", 120, **terms)
        gone = [share_gone(tiny.played(world, run)) for run in range(tiny.REPLICATIONS)]
        findings.append(sampled(f"share of potential trains that come, {name}", "nested logit", answer, gone))
    return findings


def share_gone(tables: Tables) -> float:
    """Trains that came over those that could have."""
    rows = tables.choices[tables.choices["way"] == "corridor"]
    return len(tables.trains) / float(rows["potential"].sum())


def equilibrium() -> list[Finding]:
    """A crew that could not form all that may come, and cargo that answers to the wait: the queue stays within bounds.

    In equilibrium the share is that of the days, and the days are those of M/D/1 at the share (stochastic user
    equilibrium, Daganzo and Sheffi 1977).
    """
    table = market(
        POTENTIAL_PER_H,
        1.0,
        price_response_per_1000_usd=1.0,
        value_of_time_usd_per_teu_day=1000 * DAY_RESPONSE,
        lag_months=6,
        corridor={"price_usd_per_teu": 0, "expected_days": 0.3},
        alternatives={"other": {"price_usd_per_teu": 0, "days": OTHER_DAYS}},
    )
    places = {"khorgos": tiny.border(crews=1, forming_h=FORMING_H)}
    flows = {"west": choosing("khorgos")}
    name = "a queue and cargo that answers to it"
    world = tiny.scenario(places, flows, YEARS * 365, markets={"boxes": table}, title=name)
    shares, days = [], []
    for run in range(tiny.REPLICATIONS):
        tables = tiny.played(world, run)
        late = tables.choices[(tables.choices["way"] == "corridor") & (tables.choices["from_h"] >= tiny.YEAR_H)]
        shares.append(float(late["share"].mean()))
        trains = tables.trains[tables.trains["offered_h"].between(tiny.YEAR_H, (YEARS * 365 - 30) * 24)]
        days.append(float((trains["left_h"] - trains["offered_h"]).mean()) / 24)
    share = equilibrium_share()
    return [
        sampled(f"{name}: share of the corridor", "stochastic user equilibrium", share, shares),
        sampled(f"{name}: days", "M/D/1 at the equilibrium", sojourn_days(share), days),
    ]


def sojourn_days(share: float) -> float:
    """Days of a train at a share of the corridor."""
    load = share * POTENTIAL_PER_H * FORMING_H
    return FORMING_H * (1 + closed_forms.mg1_wait(load, 0.0)) / 24


def equilibrium_share() -> float:
    """The share at which shippers choose what makes the days that they expect: found by halves."""
    low, high = 0.0, 1 / (POTENTIAL_PER_H * FORMING_H) - 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        chosen = 1 / (1 + math.exp(DAY_RESPONSE * (sojourn_days(middle) - OTHER_DAYS)))
        low, high = (middle, high) if chosen > middle else (low, middle)
    return low


CHECKS: dict[str, Check] = {
    "shares of ways": shares_and_elasticities,
    "trains that chose": trains_by_the_formula,
    "choice in equilibrium": equilibrium,
}
"""The checks of this module by name."""
