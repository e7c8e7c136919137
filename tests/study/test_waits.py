"""What keeps cargo waiting: one measure for trains on their way and for those held before it."""

import pytest
from experiments import BANS, results

from sim.study.field.waits import longest_wait

HOURS = 96


def waiting(place, cause, flow="all"):
    return f"queue_trains_{cause}", place, flow, "all", "trains"


HELD = {waiting("all", "ban"): 883, waiting("all", "ban", "west"): 883, waiting("caspian", "port_track"): 45}
TRACKS = {
    waiting("khorgos", "receiving_track"): 9,
    waiting("khorgos", "cranes"): 4,
    waiting("khorgos", "declarants"): 2,
}
LINE = {waiting("khorgos", "line"): 9, waiting("caspian", "vessel"): 4, waiting("dostyk", "crews"): 8}


@pytest.mark.parametrize(
    ("trains", "place", "behind", "causes", "share"),
    [
        (HELD, "all", "caspian", ["port_track"], 883 / 928),  # bans held what the queue of the port does not show
        (TRACKS, "khorgos", "khorgos", ["cranes", "declarants"], 9 / 15),  # a full track is waited behind, not for
        (LINE, "khorgos", "caspian", ["vessel"], 9 / 21),  # a full line holds trains for the place beyond it
        ({waiting("dostyk", "crews"): 8, waiting("dostyk", "cranes"): 1}, "dostyk", None, [], 8 / 9),
        ({waiting("all", "ban"): 3}, "all", None, [], 1.0),  # an agreed limit: no place has called it
    ],
    ids=["bans", "tracks", "line", "desk", "limit"],
)
def test_the_longest_wait_is_in_train_hours_and_names_what_it_is_behind(trains, place, behind, causes, share):
    run = results("a", {key: [value] * 3 for key, value in trains.items()}, bans=BANS)
    longest = longest_wait(run, "all")
    assert (longest.first.place, longest.behind) == (place, behind)
    assert longest.first.hours == pytest.approx(HOURS * max(trains.values()))
    assert longest.first.hours / longest.total_h == pytest.approx(share)
    assert [wait.cause for wait in longest.there] == causes


def test_where_nobody_waits_nothing_is_said():
    assert longest_wait(results("a", {waiting("dostyk", "crews"): [0, 0]}), "all") is None
