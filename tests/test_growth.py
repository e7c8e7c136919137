"""What waits at the end of a run: a queue that grows without end is found, and 2030_market has none."""

import sys

import pytest
from fences import CHECKOUT

from sim.scenario.reading.opening import load
from sim.verification import tiny

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import growth

FORMING_H = 6.0


def queueing(load_at_crew):
    """Three years at one crew that forms trains as fast as stated."""
    places = {"khorgos": tiny.border(crews=1, forming_h=FORMING_H, receiving_tracks=100_000)}
    flows = {"west": tiny.at_random(load_at_crew / FORMING_H, "khorgos")}
    return tiny.scenario(places, flows, 3 * 365, title="a crew")


def test_an_overloaded_crew_has_a_queue_that_grows_by_what_it_cannot_serve():
    table = growth.slopes(queueing(1.1), 3)
    assert growth.growing(table) == ["khorgos forming"]
    row = table.iloc[0]
    assert row["slope"].mean == pytest.approx(0.1 / FORMING_H * tiny.YEAR_H, rel=0.35)
    assert row["last"] > row["before"]


def test_a_crew_with_room_has_a_queue_that_does_not():
    table = growth.slopes(queueing(0.8), 3)
    assert table["where"].tolist() == ["khorgos forming"]
    assert growth.growing(table) == []
    # M/D/1 at 0.8: 1.6 trains wait on average
    assert table["last"][0] == pytest.approx(1.6, abs=0.5)


@pytest.mark.slow
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


@pytest.mark.slow
def test_where_too_many_come_the_queue_ends_if_shippers_answer_and_not_else():
    reading, more = load("2030_market"), []
    for changes in (TOO_MANY, TOO_MANY | UNANSWERED):
        table = growth.slopes(reading.set(changes, "many").scenario, 3).set_index("where")
        more.append(sum(table["slope"][f"{place} holding"].mean for place in ("altynkol", "xian")))
    answered, unanswered = more
    assert unanswered > 2000
    assert answered < 0.05 * unanswered
