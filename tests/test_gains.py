"""What an hour saved brings: by world and replication, luck apart from effect, and by the choice alone."""

import sys

import numpy as np
import pandas as pd
import pytest
from fences import CHECKOUT

from sim.scenario.reading.opening import load

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import gains

WORLDS = [(29.0, 0.0012, 2.0), (30.0, 0.0010, 1.0)]
"""Days that shippers expect under Tez, share of the boxes to Europe then, and size of that market over the stated."""


def forecast_tables():
    """Values and worlds of a forecast made up: on paper thirty days and a share of one in a thousand."""
    rows = []
    for world, (days, share, _) in enumerate(WORLDS):
        for side, away in (("slow", 0.0), ("quick", 1.0)):
            for flow, base in (("titr_containers_west", 0.2), ("titr_containers_poti", 0.001)):
                gained = away * (share - 0.001 if flow == "titr_containers_poti" else 0.0)
                rows.append((side, world, world, "expected_days", flow, 30.0 - away * (30.0 - days)))
                rows.append((side, world, world, "market_share_corridor", flow, base + gained))
            rows.append((side, world, world, "journey_days", "titr_containers_other", 20.0 - 0.5 * away))
            rows.append((side, world, world, "throughput_mt", "titr", 5.0 + 0.01 * away))
    columns = ["scenario", "world", "replication", "kpi", "flow", "value"]
    scales = {"world": [0, 1], "market_europe": [scale for *_, scale in WORLDS], "market_caucasus": [1.0, 1.0]}
    return pd.DataFrame(rows, columns=columns).assign(period=2030), pd.DataFrame(scales)


def test_what_tez_changes_is_reckoned_world_by_world_whatever_the_scenarios_are_called():
    markets = load("2030_market").scenario.markets
    found = gains.gains(*forecast_tables(), markets)
    europe = markets["china_europe"].size_by_year()[2030]
    assert found["chosen_kt"].to_list() == pytest.approx([2 * europe * 0.0002 * 14e-3, 0.0])
    assert found["expected_h"].to_list() == pytest.approx([24.0, 0.0])
    assert found["saved_h"].to_list() == pytest.approx([12.0, 12.0])
    assert found["carried_kt"].to_list() == pytest.approx([10.0, 10.0])


def test_luck_is_told_from_effect():
    """An effect of deviation 3 and luck of 4 a pair: alone luck has no effect, and without luck the effect is whole."""
    rng, worlds = np.random.default_rng(3), 20_000
    effect, luck = 3 * rng.standard_normal(worlds), 4 * rng.standard_normal((2, worlds))
    index = pd.MultiIndex.from_product([[0, 1], range(worlds)], names=["replication", "world"])
    for strength, answers in ((1.0, (4, 3)), (0.0, (4, 0))):
        values = pd.Series((strength * effect + luck).ravel(), index)
        assert gains.luck_and_effect(values) == pytest.approx(answers, abs=0.35)
    alone = pd.Series(effect, index[:worlds])
    assert np.isnan(gains.luck_and_effect(alone)).all(), "of one pair a world nothing is told"


def test_a_slope_over_worlds_has_an_interval_that_holds_it():
    rng = np.random.default_rng(4)
    hours = rng.standard_normal(500)
    index = pd.MultiIndex.from_arrays([range(500), range(500)], names=["world", "replication"])
    table = pd.DataFrame({"hours": hours, "kt": 0.7 * hours + rng.standard_normal(500)}, index=index)
    slope, low, high = (
        float(text.strip("[],").replace("−", "-")) for text in gains.ratio_text(table, "kt", "hours").split()
    )
    assert low < 0.7 < high
    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(500), rel=0.2)
    assert low < slope < high


def test_what_an_hour_brings_by_the_choice_alone_is_the_slope_of_the_logit():
    """Two ways and no captive shippers: an hour less brings response x value of an hour x share x (1 - share)."""
    scenario = load("2030_market").scenario
    market = scenario.markets["china_caucasus"]
    days = market.corridor.expected_days + market.corridor.beyond_days
    found = gains.kt_an_hour(scenario, "titr_containers_west", days)
    share = 0.1672560974
    slope = 0.48e-3 * 40 / 24 * share * (1 - share)
    assert found == pytest.approx(152_000 * 14e-3 * slope, rel=2e-3)
