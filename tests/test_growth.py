"""What waits at the end of a run: a queue that grows without end is found, and one that does not is none."""

import sys

import pytest
from fences import CHECKOUT

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
