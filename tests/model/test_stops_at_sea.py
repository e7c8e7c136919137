"""Trains and vessels that hold what the others wait for, across a sea."""

import pytest

from sim.model.deadlock import DeadlockError
from sim.verification.tiny import every, played, pool, scenario, sea, terminal, train


def both_ways(yard_teu):
    """Small vessels, great trains to the east, small ones to the west, and one wagon set of Alat for all.

    With a yard for one great lot, a great train stands before it, on the set. Four small lots have all the room ashore,
    and wait for the set.
    """
    crossing = sea(
        capacity=100,
        patience_h=10,
        vessel={"number": 2},
        sailing_h=5,
        west={"yard_teu": {"2025-01-01": yard_teu}, "berths": 1},
    )
    return scenario(
        {"sea": crossing, "inland": terminal()},
        {
            "west": every(4, "sea", "inland"),
            "east": every(2, "inland", "sea", direction="eastbound", train="great"),
        },
        trains={"box": train(wagon_pools=["sets"]), "great": train(wagon_pools=["sets"], teu=400)},
        wagon_pools={"sets": pool("alat", {"alat": 0, "inland": 0}, sets=1)},
        days=5,
    )


def test_vessels_and_trains_that_stop_each_other_are_named():
    """Of 60 trains to the east one is over, a lot lies in the yard, one train stands before it.

    Of 30 to the west one is through, four lots are ashore and two aboard: of a vessel that waits at the berth for room
    ashore, and of one that waits for the berth.
    """
    with pytest.raises(DeadlockError) as stop:
        played(both_ways(400))
    begun, waits = str(stop.value).split(": ")
    assert begun == "traffic has come to a stop that nothing can end, begun on 2025-01-01"
    assert waits.split("; ") == [
        "57 trains at inland wait for wagon set",
        "24 trains at sea wait for vessel",
        "4 trains at sea wait for wagon set",
        "2 trains at sea wait for berth",
        "1 trains at sea wait for yard",
        "2 vessels wait for a berth or for room ashore",
    ]


def test_with_a_greater_yard_nothing_stops():
    assert played(both_ways(1e6)).trains.left_h.notna().sum() > 5
