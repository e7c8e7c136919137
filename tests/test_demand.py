"""The estimate of demand: it reads what was known at its cut, no row that validates, and finds a known response."""

import datetime as dt
import sys

import numpy as np
import pytest
from fences import CHECKOUT, DOCS

from sim.scenario.facts import facts
from sim.scenario.reading.opening import load

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import demand
import growth

LEDGER = facts(CHECKOUT / "scenarios" / "sources.csv")


def test_it_reads_no_row_known_after_the_cut_and_none_that_validates():
    known = demand.ledger()
    assert max(fact.known_on for fact in known.values()) <= dt.date(2024, 12, 31)
    assert {"V-TITR-TEU-2022", "V-KZCN-2022"} <= {name for name in LEDGER if LEDGER[name].known_on <= demand.CUT}
    assert not {"V-TITR-TEU-2022", "V-KZCN-2022", "V-CEC-2025-ERAI", "V-TITR-2025"} & set(known)


def test_a_cut_before_its_rows_were_known_leaves_it_without_them(monkeypatch):
    monkeypatch.setattr(demand, "CUT", dt.date(2024, 9, 19))
    known = demand.ledger()
    with pytest.raises(KeyError, match="V-UTLC-CE-H1-2024"):
        demand.log_odds(known, demand.drawn(np.random.default_rng(1), 10))


def test_a_response_that_is_known_is_found_and_the_constant_with_it():
    rng, count = np.random.default_rng(4), 100_000
    response, noise = rng.random(count), 0.05 + 0.1 * rng.random(count)
    cost = np.tile([-5.0, -3.0, -1.0, 0.5, 1.0], (count, 1))
    odds = -4.0 - 0.3 * cost + 0.05 * np.array([1, -1, 0, 1, -1])
    logs, constant = demand.fitted(response, noise, odds, cost)
    weights = demand.weights_of(logs)
    low, middle, high = demand.quantiles(response, weights)
    assert low < 0.3 < high and high - low < 0.15
    assert middle == pytest.approx(0.3, abs=0.03)
    assert weights @ constant == pytest.approx(-4, abs=0.1)


def test_a_cost_that_stands_still_tells_nothing_of_the_response():
    rng, count = np.random.default_rng(5), 20_000
    response, noise = rng.random(count), np.full(count, 0.1)
    logs, _ = demand.fitted(response, noise, np.tile([-4.0, -3.9, -4.1], (count, 1)), np.full((count, 3), 2.0))
    weights = demand.weights_of(logs)
    assert demand.quantiles(response, weights) == pytest.approx([0.05, 0.5, 0.95], abs=0.02)


def test_expectations_go_a_part_of_the_way_each_month():
    path = demand.expected([10.0, 10.0, 0.0], np.array([1.0, 2.0]), 0.0)
    assert path.T.tolist() == [[10.0, 10.0, 0.0], [5.0, 7.5, 3.75]]


def test_constants_of_the_shipped_markets_make_the_shares_of_2024_and_2025_those_carried():
    markets = load("2030_market").scenario.markets
    found = [*demand.constants(load("2030_market").scenario)]
    assert {name for name, *_ in found} == {*markets}
    stated = [markets[name].ways[way].constant[dt.date(year, 1, 1)] for name, way, year, _ in found]
    assert stated == pytest.approx([value for *_, value in found], abs=0.002)


def test_constants_hold_where_some_shippers_have_not_all_ways():
    """Without captive shippers the log odds of the north are those of its share; they take what is left of it."""
    scenario = load("2030_market").scenario
    market = scenario.markets["china_europe"]
    free = {"china_europe": market.model_copy(update={"captive": None})}
    bare = scenario.model_copy(update={"markets": dict(scenario.markets) | free})
    with_captive, without = (
        {way: value for name, way, year, value in demand.constants(each) if (name, year) == ("china_europe", 2024)}
        for each in (scenario, bare)
    )
    share = 345_531 / 13_690_000
    cost = 3500 + 40 * (17 + 3) - (2650 + 40 * (46 + 4))
    within = 0.5 * np.log(330_704 / 345_531)
    assert without["north"] == pytest.approx(np.log(share / (1 - share)) + within + 0.27 * cost / 1000)
    assert with_captive["north"] - without["north"] == pytest.approx(-np.log(1 - 0.28), abs=0.02)
    assert with_captive["corridor"] < without["corridor"]


def test_what_is_cut_knows_no_share_price_or_size_of_2025_but_the_tariff_that_was_told():
    reading = load(demand.BACKCAST)
    cut = reading.set(dict(demand.cut_changes(reading.scenario)), "cut").scenario
    first, second = dt.date(2024, 1, 1), dt.date(2025, 1, 1)
    for name, market in cut.markets.items():
        assert 2025 not in market.size_by_year()
        for way in market.ways.values():
            assert len(set(way.constant.values())) == 1, name
    europe, wagons = cut.markets["china_europe"], cut.markets["exports_in_wagons"]
    assert set(europe.alternatives["sea"].price_usd_per_teu.values()) == {2650.0}
    assert set(europe.alternatives["north"].days.values()) == {17.0}
    assert wagons.corridor.price_usd_per_t[second] > wagons.corridor.price_usd_per_t[first]
    assert cut.flows["titr_wagons_east"].mt_per_year[2025] == cut.flows["titr_wagons_east"].mt_per_year[2024]
    assert "markets.oil.corridor.constant.2025-01-01" in cut.unknown["supply_oil"].keys


def test_the_tables_of_the_page_are_those_of_the_estimate(tmp_path):
    page = tmp_path / "demand.md"
    page.write_text((DOCS / "demand.md").read_text(encoding="utf-8"), encoding="utf-8")
    demand.tell_tables(page, demand.sheets())
    assert page.read_text(encoding="utf-8") == (DOCS / "demand.md").read_text(encoding="utf-8")


def test_no_queue_of_the_market_scenario_grows_at_its_end():
    table = growth.slopes(load("2030_market").scenario, 3)
    assert len(table) >= 6, "of nothing one could say the same"
    assert growth.growing(table) == []


TOO_MANY = {
    "markets.china_europe.corridor.constant": {"2024-01-01": -5.423, "2025-01-01": -5.113, "2028-01-01": -3.2},
    "markets.china_caucasus.corridor.constant": {"2024-01-01": -1.64, "2025-01-01": -1.298, "2028-01-01": 1.0},
}
"""Ten times the boxes to Europe, and twice those to the Caucasus."""
UNANSWERED = {
    f"markets.{market}.{key}": value
    for market in ("china_europe", "china_caucasus")
    for key, value in (("feedback", False), ("patience_days", 9999.0))
}


def test_where_too_many_come_the_queue_ends_if_shippers_answer_and_not_else():
    reading, more = load("2030_market"), []
    for changes in (TOO_MANY, TOO_MANY | UNANSWERED):
        table = growth.slopes(reading.set(changes, "many").scenario, 3).set_index("where")
        more.append(sum(table["slope"][f"{place} holding"].mean for place in ("altynkol", "xian")))
    answered, unanswered = more
    assert unanswered > 2000
    assert answered < 0.05 * unanswered
