"""The estimate of demand: it reads what was known at its cut, no row that validates, and finds a known response."""

import datetime as dt
import sys

import numpy as np
import pandas as pd
import pytest
from fences import CHECKOUT, DOCS

from sim.scenario.facts import facts
from sim.scenario.reading.opening import load

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import demand

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


def test_what_an_hour_brings_is_reckoned_world_by_world(tmp_path):
    rows = []
    for world, (days, share) in enumerate([(29.0, 0.0012), (30.0, 0.0010)]):
        for side, away in (("2030_market_paper", 0.0), ("2030_market", 1.0)):
            for flow, base in (("titr_containers_west", 0.2), ("titr_containers_poti", 0.001)):
                gained = away * (share - 0.001 if flow == "titr_containers_poti" else 0.0)
                rows.append((side, world, "expected_days", flow, 30.0 - away * (30.0 - days)))
                rows.append((side, world, "market_share_corridor", flow, base + gained))
            rows.append((side, world, "journey_days", "titr_containers_other", 20.0 - 0.5 * away))
            rows.append((side, world, "throughput_mt", "titr", 5.0 + 0.01 * away))
    columns = ["scenario", "world", "kpi", "flow", "value"]
    pd.DataFrame(rows, columns=columns).assign(period=2030).to_csv(tmp_path / "values.csv", index=False)
    scales = {"world": [0, 1], "market_europe": [2.0, 1.0], "market_caucasus": [1.0, 1.0]}
    pd.DataFrame(scales).to_csv(tmp_path / "worlds.csv", index=False)
    found = demand.gains(tmp_path)
    europe = load("2030_market").scenario.markets["china_europe"].size_by_year()[2030]
    assert found["chosen_kt"].to_list() == pytest.approx([2 * europe * 0.0002 * 14e-3, 0.0])
    assert found["expected_h"].to_list() == pytest.approx([24.0, 0.0])
    assert found["saved_h"].to_list() == pytest.approx([12.0, 12.0])
    assert found["carried_kt"].to_list() == pytest.approx([10.0, 10.0])


@pytest.mark.slow
def test_the_tables_of_the_page_are_those_of_the_estimate(tmp_path):
    page = tmp_path / "demand.md"
    page.write_text((DOCS / "demand.md").read_text(encoding="utf-8"), encoding="utf-8")
    demand.main(page, demand.sheets())
    assert page.read_text(encoding="utf-8") == (DOCS / "demand.md").read_text(encoding="utf-8")
