"""Wagon sets that circulate: a fleet as the bottleneck, back-loading, calls from home, growth and shrinking."""

import pytest
from unfinished import unfinished

from sim.model.deadlock import DeadlockError
from sim.verification import closed_forms, tiny
from sim.verification.findings import sampled
from sim.verification.tiny import border, every, journey, played, pool, scenario, section, spent, terminal, times, train


@pytest.mark.parametrize("sets", [1, 2, 3, 5, 6, 7])
def test_a_fleet_carries_what_comes_or_what_it_can(sets):
    """A set is placed 1 h, loaded 2, under way 7, emptied 4, back after 10: a cycle of 24 h. Trains come each 4 h."""
    frames = played(
        scenario(
            {"khorgos": border(gauge_h=2), "line": section(7), "yard": terminal(4)},
            {"west": every(4, "khorgos", "line", "yard")},
            trains={"box": train(wagon_pools=["sets"])},
            wagon_pools={"sets": pool("khorgos", {"yard": 10}, sets=sets, placing_h=1)},
            days=12,
        )
    )
    left_h = frames.trains.left_h
    assert ((left_h > 24) & (left_h <= 264)).sum() == 240 * min(1 / 4, sets / 24)


@pytest.mark.parametrize(
    ("spread", "wait"),
    [(tiny.exponential(1.0), closed_forms.mmc_wait(3, 0.8)), (1.0, closed_forms.mdc_wait(3, 0.8))],
    ids=["M/M/3 at 0.8", "M/D/3 at 0.8"],
)
def test_wait_for_one_of_three_sets(spread, wait):
    """With no time but that of the empty run, the pool is a queue with as many servers as sets."""
    described = scenario(
        {"khorgos": border(), "yard": terminal()},
        {"west": tiny.at_random(2.4, "khorgos", "yard")},
        trains={"box": train(wagon_pools=["sets"])},
        wagon_pools={"sets": pool("khorgos", {"yard": spread}, sets=3)},
        days=31,
    )
    means = [spent(played(described, replication), "placing")[400:1600].mean() for replication in range(20)]
    assert sampled("mean wait for a set, h", "queue", wait, means).passed


def there_and_back(sets, west_h, east_h, empty_run_h, days=4, back_h=10):
    """Trains from `khorgos` to `yard` in ten hours, and back again; sets stand idle at `khorgos`."""
    return scenario(
        {"khorgos": border(), "line": section(10), "back": section(back_h), "yard": terminal()},
        {
            "west": every(west_h, "khorgos", "line", "yard"),
            "east": every(east_h, "yard", "back", "khorgos", direction="eastbound"),
        },
        trains={"box": train(wagon_pools=["sets"])},
        wagon_pools={"sets": pool("khorgos", empty_run_h, sets=sets)},
        days=days,
    )


def test_a_set_emptied_serves_the_train_that_waits_there():
    """The eastbound train waits from 12 for the only set, which a train brings at 18; at home it stands 2 h later."""
    frames = played(there_and_back(1, 16, 24, {"yard": 10, "khorgos": 2}))
    assert journey(frames, 0)[0] == ("forming", 8, 8, 8)
    assert journey(frames, 1)[:2] == [("placing", 12, 18, 18), ("terminal", 18, 18, 18)]
    assert frames.wagon_sets.iloc[0].to_list() == ["sets", 0, 8, 18, 18]
    assert frames.wagon_sets.iloc[1].to_list() == ["sets", 1, 18, 28, 30]
    assert journey(frames, 2)[0] == ("placing", 24, 30, 30)


def test_a_train_that_waits_away_from_home_calls_an_idle_set():
    frames = played(there_and_back(1, 72, 24, {"yard": 10, "khorgos": 2}))
    assert journey(frames, 0)[0] == ("placing", 12, 22, 22)


def test_no_more_sets_are_called_than_trains_wait():
    """Three sets stand idle, one train waits: the others are there at once for trains at home."""
    layout = unfinished(there_and_back(3, 100, 80, {"yard": 30, "khorgos": 2}, days=2))
    sets = layout.pools["sets"]
    assert (sets.idle, sets.running_empty, sets.promised) == (2, 1, 0)


def test_a_set_called_in_vain_turns_back():
    """Called at 12, there at 22; meanwhile a set was emptied there at 18. It is home at 32 for a train that waits."""
    frames = played(there_and_back(2, 16, 24, {"yard": 10, "khorgos": 0}, back_h=40))
    assert journey(frames, 1)[0] == ("placing", 12, 18, 18)
    assert journey(frames, 2)[0] == ("placing", 24, 32, 32)


def test_each_train_that_waits_away_from_home_calls_a_set():
    """One that waits on the second day gets its set as soon as the one on the first did."""
    frames = played(there_and_back(9, 9999, 24, {"yard": 10, "khorgos": 2}))
    assert times(frames, "placing") == [(12, 22, 22), (36, 46, 46), (60, 70, 70), (84, 94, 94)]


def test_the_set_a_train_came_on_is_left_and_the_one_it_took_goes_on():
    """Wide sets from the inner station to the border, narrow ones beyond, both on hand while the train is worked."""
    described = scenario(
        {"inner": terminal(), "khorgos": border(gauge_h=3), "outer": terminal()},
        {"west": every(24, "inner", "khorgos", "outer")},
        trains={"box": train(wagon_pools=["wide", "narrow"])},
        wagon_pools={"wide": pool("inner", {"khorgos": 5}), "narrow": pool("khorgos", {"outer": 7})},
        days=2,
    )
    sets = played(described).wagon_sets.set_index("pool").sort_index()
    assert sets.loc["wide"].iloc[0].to_list() == [0, 12, 15, 20]
    assert sets.loc["narrow"].iloc[0].to_list() == [0, 12, 15, 22]


def test_sets_are_given_by_priority():
    """The set is back at 24; the express asks for it at 20, the ordinary train asked at 12."""
    frames = played(
        scenario(
            {"khorgos": border(), "yard": terminal(8)},
            {
                "slow": every(8, "khorgos", "yard", train="slow"),
                "fast": every(40, "khorgos", "yard", train="fast"),
            },
            trains={"slow": train(wagon_pools=["sets"], priority=1), "fast": train(wagon_pools=["sets"], priority=0)},
            wagon_pools={"sets": pool("khorgos", {"yard": 12}, sets=1)},
        )
    )
    assert list(frames.trains.flow[:4]) == ["slow", "slow", "fast", "slow"]
    assert times(frames, "placing")[:2] == [(12, 44, 44), (20, 24, 24)]


def dated_fleet(sets):
    """Trains each 8 h from hour 4; a set is back 20 h after it was taken."""
    return scenario(
        {"khorgos": border(), "yard": terminal(4)},
        {"west": every(8, "khorgos", "yard")},
        trains={"box": train(wagon_pools=["sets"])},
        wagon_pools={"sets": pool("khorgos", {"yard": 16}, sets=sets)},
        days=5,
    )


def test_a_fleet_grows_on_its_date():
    """The only set is taken at 4, 24 and so on; on the second day a new one comes for the train that waits from 20."""
    frames = played(dated_fleet({"2025-01-01": 1, "2025-01-02": 2}))
    assert times(frames, "placing")[:4] == [(12, 24, 24), (20, 24, 24), (28, 44, 44), (36, 44, 44)]


def test_a_fleet_grows_while_sets_stand_idle():
    fleet = unfinished(dated_fleet({"2025-01-01": 9, "2025-01-02": 11})).pools["sets"]
    assert (fleet.total, fleet.surplus) == (11, 0)
    assert fleet.idle + fleet.promised + fleet.running_empty == 11


def test_a_fleet_shrinks_as_sets_come_home():
    """Two sets; at 48 one is too many. The set taken at 32 is home at 52 and leaves, though trains wait."""
    described = dated_fleet({"2025-01-01": 2, "2025-01-03": 1})
    assert list(played(described).wagon_sets.taken_h) == [4, 12, 24, 32, 44, 64, 84, 104]
    assert unfinished(described).pools["sets"].total == 1


def test_idle_sets_leave_at_once_and_come_back():
    """Of nine sets, three are taken on the first day, and none after it, until one comes on the fourth day, hour 72."""
    described = dated_fleet({"2025-01-01": 9, "2025-01-02": 0, "2025-01-04": 1})
    assert list(played(described).wagon_sets.taken_h) == [4, 12, 20, 72, 92, 112]
    sets = unfinished(described).pools["sets"]
    assert (sets.total, sets.surplus, sets.promised + sets.running_empty) == (1, 0, 1)


def test_a_rise_keeps_a_set_that_was_to_leave():
    """Both sets are on the road when one is cut at 24; the rise at 48 finds the other still under way, to stay."""
    described = scenario(
        {"khorgos": border(), "yard": terminal(50)},
        {"west": every(8, "khorgos", "yard")},
        trains={"box": train(wagon_pools=["sets"])},
        wagon_pools={"sets": pool("khorgos", {"yard": 0}, sets={"2025-01-01": 2, "2025-01-02": 1, "2025-01-03": 2})},
        days=5,
    )
    assert list(played(described).wagon_sets.taken_h) == [4, 12, 54, 62, 104, 112]
    assert unfinished(described).pools["sets"].total == 2


@pytest.mark.parametrize("direction", ["eastbound", "westbound"])
@pytest.mark.parametrize("cranes", [9, 0], ids=["the gauge is changed here", "the neighbour changes it"])
def test_a_train_takes_the_set_of_the_line_ahead_at_a_border_whichever_way_it_goes(direction, cranes):
    """Narrow sets from the outer station to the border, wide ones beyond."""
    change = {"box": {"cranes": cranes, "train_h": 3, "directions": [direction]}} if cranes else {}
    described = scenario(
        {"outer": terminal(), "brest": border(gauge_change=change), "inner": terminal()},
        {"flow": every(24, "outer", "brest", "inner", direction=direction)},
        trains={"box": train(wagon_pools=["wide", "narrow"])},
        wagon_pools={"narrow": pool("outer", {"brest": 5}), "wide": pool("brest", {"inner": 7})},
        days=2,
    )
    sets = played(described).wagon_sets.set_index("pool").sort_index()
    gone = 15 if cranes else 12
    assert sets.loc["narrow"].iloc[0].to_list() == [0, 12, gone, gone + 5]
    assert sets.loc["wide"].iloc[0].to_list() == [0, 12, gone, gone + 7]


def test_a_set_that_stands_in_a_group_serves_the_train_that_comes_there():
    frames = played(
        scenario(
            {"khorgos": border(), "line": section(10), "back": section(10), "yard": terminal()},
            {
                "west": every(16, "khorgos", "line", "yard"),
                "east": every(40, "yard", "back", "khorgos", direction="eastbound"),
            },
            trains={"box": train(wagon_pools=["sets"])},
            wagon_pools={"sets": pool("khorgos", {"yard": 6, "khorgos": 0}, sets=3, group_sets=2)},
        )
    )
    assert 20 not in [queued_h for queued_h, *_ in times(frames, "placing")], "it finds the set that was emptied at 18"
    trips = frames.wagon_sets.sort_values("taken_h")[["taken_h", "released_h", "home_h"]].head(4)
    assert list(trips.itertuples(index=False, name=None)) == [(8, 18, 20), (20, 30, 76), (24, 34, 56), (40, 50, 56)]


def test_no_set_is_kept_for_a_train_that_is_held_at_its_origin():
    frames = played(
        scenario(
            {"khorgos": border(3), "line": section(20), "yard": terminal()},
            {"west": every(8, "khorgos", "line", "yard", most_trains_under_way=1)},
            trains={"box": train(wagon_pools=["sets"], ordered_ahead_h=6)},
            wagon_pools={"sets": pool("khorgos", {"yard": 50}, sets=2)},
            days=2,
        )
    )
    rows = frames.wagon_sets[["train", "taken_h", "released_h"]].itertuples(index=False, name=None)
    assert {(0, 0, 27), (-1, 6, 12), (-1, 14, 20), (-1, 22, 28)} <= {*rows}
    # It orders anew when it is let in, at 27; the set is then kept for the train of 28, until that is held as well.
    assert frames.wagon_sets.query("train == 1")["taken_h"].tolist() == [28]


def test_a_set_kept_for_one_who_cannot_come_in_is_named():
    """The plain train of 2 has the only track, and waits for the only set: that is kept for the block train of 4."""
    fleet = ["sets"]
    world = scenario(
        {"khorgos": border(gauge_h=3, receiving_tracks=1), "yard": terminal()},
        {"block": every(8, "khorgos", "yard", train="block"), "plain": every(4, "khorgos", "yard")},
        trains={"block": train(wagon_pools=fleet, ordered_ahead_h=6), "box": train(wagon_pools=fleet)},
        wagon_pools={"sets": pool("khorgos", {"yard": 3}, sets=1)},
        days=4,
    )
    with pytest.raises(DeadlockError, match=r"; for 1 of these a wagon set is kept that was ordered ahead$"):
        played(world)
