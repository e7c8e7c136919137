"""Journeys worked out by hand: every spell of a train as (activity, queued, started, ended), equal to the digit.

All hours are multiples of a sixteenth, so that sums are exact.
"""

import gc

import pytest
import worlds
from worlds import border, every, journey, paper, pool, section, tables, terminal, tez, train

TEN = {"declarations_per_train": 10}


def test_paper_one_after_the_other():
    """Ten declarations of 15 minutes to key and 7.5 to check; one crane set is the bottleneck, then the line."""
    frames = tables(
        worlds.scenario(
            {
                "khorgos": border(gauge_h=5, cranes=1, forming_h=1.5, declarant_teams=1, officer_teams=1),
                "line": section(10, paths_per_day=3),
                "yard": terminal(12, tracks=1),
            },
            {"west": every(4, "khorgos", "line", "yard", regime="paper", **TEN)},
            regimes={"paper": paper(keying_h=0.25, checking_h=0.125)},
        )
    )
    assert journey(frames, 0) == [
        ("keying", 2, 2, 4.5),
        ("checking", 4.5, 4.5, 5.75),
        ("gauge_change", 5.75, 5.75, 10.75),
        ("forming", 10.75, 10.75, 12.25),
        ("running", 12.25, 12.25, 22.25),
        ("terminal", 22.25, 22.25, 34.25),
    ]
    assert journey(frames, 1) == [
        ("keying", 6, 6, 8.5),
        ("checking", 8.5, 8.5, 9.75),
        ("gauge_change", 9.75, 10.75, 15.75),
        ("forming", 15.75, 15.75, 17.25),
        ("running", 17.25, 20.25, 30.25),
        ("terminal", 30.25, 34.25, 46.25),
    ]
    assert journey(frames, 2) == [
        ("keying", 10, 10, 12.5),
        ("checking", 12.5, 12.5, 13.75),
        ("gauge_change", 13.75, 15.75, 20.75),
        ("forming", 20.75, 20.75, 22.25),
        ("running", 22.25, 28.25, 38.25),
        ("terminal", 38.25, 46.25, 58.25),
    ]
    declared = frames.declarations.iloc[1]
    assert (declared.lodged_h, declared.arrived_h, declared.released_h, declared.rounds) == (6, 6, 9.75, 1)


@pytest.mark.parametrize(
    ("activity", "teams", "hours"),
    [("keying", "declarant_teams", "keying_h"), ("checking", "officer_teams", "checking_h")],
)
def test_teams_of_paper_queue(activity, teams, hours):
    """One team needs 2.5 h for a train that comes each 2 h: each waits half an hour longer than the one before."""
    frames = tables(
        worlds.scenario(
            {"khorgos": border(**{teams: 1})},
            {"west": every(2, "khorgos", regime="paper", **TEN)},
            regimes={"paper": paper(**{hours: 0.25})},
        )
    )
    for number in range(8):
        queued, started, ended = 1 + 2 * number, 1 + 2.5 * number, 3.5 + 2.5 * number
        assert (activity, queued, started, ended) in journey(frames, number)


@pytest.mark.parametrize(
    ("late_share", "released", "forming"),
    [pytest.param(0, 2.5, 5, id="in time"), pytest.param(1, 8.5, 8.5, id="lodged six hours late")],
)
def test_tez_beside_the_gauge_change(late_share, released, forming):
    """The dwell is the longer of papers and gauge change, then forming."""
    frames = tables(
        worlds.scenario(
            {"khorgos": border(gauge_h=3, forming_h=1)},
            {"west": every(4, "khorgos", regime="tez", **TEN)},
            regimes={"tez": tez(lead_h=20, late_share=late_share, late_h=6, release_h=0.5)},
        )
    )
    waiting = [("release", 5, 8.5, 8.5)] if late_share else []
    assert journey(frames, 0) == [
        ("gauge_change", 2, 2, 5),
        *waiting,
        ("forming", forming, forming, forming + 1),
    ]
    assert journey(frames, 0, beside=True) == [("release", 2, 8 if late_share else 2, released)]
    declared = frames.declarations.iloc[0]
    assert (declared.lodged_h, declared.arrived_h) == (8 if late_share else -18, 2)
    assert (declared.released_h, declared.rounds) == (released, 1)


def test_tez_before_the_gauge_change():
    frames = tables(
        worlds.scenario(
            {"khorgos": border(gauge_h=3, forming_h=1)},
            {"west": every(4, "khorgos", regime="tez", **TEN)},
            regimes={"tez": tez(release_h=0.5, wrong_share=1, correction_h=1.5, beside_gauge_change=False)},
        )
    )
    assert journey(frames, 0) == [("release", 2, 2, 4), ("gauge_change", 4, 4, 7), ("forming", 7, 7, 8)]
    assert frames.declarations.rounds.iloc[0] == 2


def test_paper_beside_the_gauge_change():
    frames = tables(
        worlds.scenario(
            {"khorgos": border(gauge_h=3, cranes=1, forming_h=1)},
            {"west": every(4, "khorgos", regime="paper", **TEN)},
            regimes={"paper": paper(keying_h=0.25, checking_h=0.25, beside_gauge_change=True)},
        )
    )
    assert journey(frames, 0) == [("gauge_change", 2, 2, 5), ("release", 5, 7, 7), ("forming", 7, 7, 8)]
    assert journey(frames, 0, beside=True) == [("keying", 2, 2, 4.5), ("checking", 4.5, 4.5, 7)]


def test_red_channel():
    """One team opens every train for six hours; they come each four. The red channel comes after the release."""
    frames = tables(
        worlds.scenario(
            {"khorgos": border(forming_h=1, inspection={"red_share": 1, "red_h": 6, "yellow_h": 99, "teams": 1})},
            {"west": every(4, "khorgos", regime="paper", **TEN)},
            regimes={"paper": paper(keying_h=0.125, checking_h=0.125)},
        )
    )
    assert journey(frames, 1) == [
        ("keying", 6, 6, 7.25),
        ("checking", 7.25, 7.25, 8.5),
        ("inspection", 8.5, 10.5, 16.5),
        ("forming", 16.5, 16.5, 17.5),
    ]
    assert set(frames.declarations.channel) == {"red"}
    assert frames.declarations.released_h.iloc[1] == 8.5


def test_yellow_channel_beside_the_gauge_change():
    frames = tables(
        worlds.scenario(
            {"khorgos": border(gauge_h=3, inspection={"yellow_share": 1, "yellow_h": 4, "red_h": 99})},
            {"west": every(4, "khorgos", regime="tez", **TEN)},
            regimes={"tez": tez(release_h=0.5)},
        )
    )
    assert journey(frames, 0) == [("gauge_change", 2, 2, 5), ("release", 5, 6.5, 6.5), ("forming", 6.5, 6.5, 6.5)]
    assert journey(frames, 0, beside=True) == [("release", 2, 2, 2.5), ("inspection", 2.5, 2.5, 6.5)]


def test_no_declarations_no_papers():
    frames = tables(worlds.scenario({"khorgos": border(gauge_h=3)}, {"west": every(4, "khorgos")}))
    assert journey(frames, 0) == [("gauge_change", 2, 2, 5), ("forming", 5, 5, 5)]
    assert frames.declarations.empty


def test_the_regime_of_the_day_of_arrival():
    """Paper until 2 January: the train of hour 22 is keyed, that of hour 26 is released."""
    frames = tables(
        worlds.scenario(
            {"khorgos": border()},
            {"west": every(4, "khorgos", regime={"2025-01-01": "paper", "2025-01-02": "tez"}, **TEN)},
            regimes={"paper": paper(keying_h=0.25), "tez": tez(release_h=0.5)},
        )
    )
    assert journey(frames, 5)[0] == ("keying", 22, 22, 24.5)
    assert journey(frames, 6, beside=True) == [("release", 26, 26, 26.5)]
    assert list(frames.declarations.regime.iloc[5:7]) == ["paper", "tez"]


def test_handover_westbound_before_the_receiving_track():
    """Four trains a day are taken over, six come: the one track is empty when the second is let in."""
    frames = tables(
        worlds.scenario(
            {"khorgos": border(receiving_tracks=1, forming_h=5, westbound_handover_trains_per_day=4)},
            {"west": every(4, "khorgos")},
        )
    )
    assert journey(frames, 0) == [("forming", 2, 2, 7)]
    assert journey(frames, 1) == [("handover", 6, 8, 8), ("forming", 8, 8, 13)]
    assert journey(frames, 2) == [("handover", 10, 14, 14), ("forming", 14, 14, 19)]


def test_handover_eastbound_holds_the_receiving_track():
    """Three trains a day are handed over; on one track, the next train cannot come in before."""
    frames = tables(
        worlds.scenario(
            {"khorgos": border(receiving_tracks=1, forming_h=1, eastbound_handover_trains_per_day=3)},
            {"east": every(4, "khorgos", direction="eastbound")},
        )
    )
    assert journey(frames, 0) == [("forming", 2, 2, 3)]
    assert journey(frames, 1) == [("forming", 6, 6, 7), ("handover", 7, 11, 11)]
    assert journey(frames, 2) == [("receiving", 10, 11, 11), ("forming", 11, 11, 12), ("handover", 12, 19, 19)]


def test_full_receiving_tracks():
    """Two tracks, seven hours a train, one each two hours: from the third on every train waits outside."""
    frames = tables(
        worlds.scenario({"khorgos": border(receiving_tracks=2, forming_h=7)}, {"west": every(2, "khorgos")})
    )
    assert [journey(frames, number) for number in range(5)] == [
        [("forming", 1, 1, 8)],
        [("forming", 3, 3, 10)],
        [("receiving", 5, 8, 8), ("forming", 8, 8, 15)],
        [("receiving", 7, 10, 10), ("forming", 10, 10, 17)],
        [("receiving", 9, 15, 15), ("forming", 15, 15, 22)],
    ]


def test_priority_at_the_receiving_tracks():
    """An express (priority 0) that comes at 9.5 goes before the ordinary train that waits since 6."""
    frames = tables(
        worlds.scenario(
            {"khorgos": border(receiving_tracks=1, forming_h=9), "line": section(1.5)},
            {"slow": every(4, "khorgos", train="slow"), "fast": every(16, "line", "khorgos", train="fast")},
            trains={"slow": train(priority=1), "fast": train(priority=0)},
        )
    )
    assert list(frames.trains.flow[:4]) == ["slow", "slow", "fast", "slow"]
    assert journey(frames, 0) == [("forming", 2, 2, 11)]
    assert journey(frames, 1) == [("receiving", 6, 20, 20), ("forming", 20, 20, 29)]
    assert journey(frames, 2) == [("running", 8, 8, 9.5), ("receiving", 9.5, 11, 11), ("forming", 11, 11, 20)]


def test_a_single_track_is_shared_by_both_directions():
    """Three paths a day each way on one line are one path each four hours, taken in turn as trains come."""
    frames = tables(
        worlds.scenario(
            {"line": section(10, paths_per_day=3, single_track=True)},
            {"west": every(6, "line"), "east": every(6, "line", direction="eastbound")},
        )
    )
    departed = [journey(frames, number)[0][2] for number in range(6)]
    assert departed == [3, 7, 11, 15, 19, 23]


def test_a_double_track_is_not():
    frames = tables(
        worlds.scenario(
            {"line": section(10, paths_per_day=3)},
            {"west": every(6, "line"), "east": every(6, "line", direction="eastbound")},
        )
    )
    departed = [journey(frames, number)[0][2] for number in range(6)]
    assert departed == [3, 3, 11, 11, 19, 19]


def test_an_eastbound_train_loads_crosses_and_is_handed_over():
    """It keeps its wagon set until China takes it over, since the neighbour changes the gauge eastbound."""
    frames = tables(
        worlds.scenario(
            {"yard": terminal(3), "line": section(10), "khorgos": border(gauge_h=5, forming_h=1)},
            {"east": every(8, "yard", "line", "khorgos", direction="eastbound")},
            trains={"box": train(wagon_pools=["sets"])},
            pools={"sets": pool("yard", {"khorgos": 20}, sets=1, placing_h=2)},
        )
    )
    assert journey(frames, 0) == [
        ("placing", 4, 4, 6),
        ("terminal", 6, 6, 9),
        ("running", 9, 9, 19),
        ("forming", 19, 19, 20),
    ]
    assert journey(frames, 1)[:2] == [("placing", 12, 40, 40), ("placing", 40, 40, 42)]
    assert frames.wagon_sets.iloc[0].to_list() == ["sets", 0, 4, 20, 40]


def test_a_wagon_set_is_kept_over_a_second_border():
    frames = tables(
        worlds.scenario(
            {"khorgos": border(gauge_h=2), "line": section(10), "second": border(forming_h=3), "yard": terminal(4)},
            {"west": every(8, "khorgos", "line", "second", "yard")},
            trains={"box": train(wagon_pools=["sets"])},
            pools={"sets": pool("khorgos", {"yard": 20, "second": 1}, placing_h=1)},
        )
    )
    assert journey(frames, 0) == [
        ("placing", 4, 4, 5),
        ("gauge_change", 5, 5, 7),
        ("forming", 7, 7, 7),
        ("running", 7, 7, 17),
        ("forming", 17, 17, 20),
        ("terminal", 20, 20, 24),
    ]
    assert frames.wagon_sets.iloc[0].to_list() == ["sets", 0, 4, 24, 44]


def test_a_ban_holds_trains_before_the_route():
    """No more than one train of the flow is under way; from the second day two."""
    frames = tables(
        worlds.scenario(
            {"line": section(10)},
            {"west": every(4, "line", most_trains_under_way={"2025-01-01": 1, "2025-01-02": 2})},
        )
    )
    trains = frames.trains.set_index("train")
    assert journey(frames, 1) == [("holding", 6, 12, 12), ("running", 12, 12, 22)]
    assert journey(frames, 3) == [("holding", 14, 24, 24), ("running", 24, 24, 34)]
    assert list(trains.offered_h[:5]) == [2, 6, 10, 14, 18]
    assert list(trains.entered_h[:5]) == [2, 12, 22, 24, 32]
    assert list(trains.left_h[:5]) == [12, 22, 32, 34, 42]


def test_what_is_open_at_the_end_is_not_lost():
    """Two days, one track, thirty hours a train: one is through, one at work, one waits."""
    frames = tables(
        worlds.scenario({"khorgos": border(receiving_tracks=1, forming_h=30)}, {"west": every(16, "khorgos")}, days=2)
    )
    trains = frames.trains.set_index("train")
    assert list(trains.entered_h) == [8, 24, 40]
    assert trains.left_h[0] == 38
    assert trains.left_h[1:].isna().all()
    kept = frames.stages.set_index(["train", "activity"])
    assert kept.loc[(1, "forming"), "started_h"] == 38
    assert kept.loc[(1, "forming")].isna()["ended_h"]
    assert kept.loc[(2, "receiving"), "queued_h"] == 40
    assert kept.loc[(2, "receiving")].isna()["started_h"]


@pytest.mark.parametrize("on", [True, False])
def test_a_run_leaves_the_cycle_collector_as_it_was(on):
    """It is off while the clock runs."""
    described = worlds.scenario({"line": section(10)}, {"west": every(4, "line")})
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        tables(described)
        assert gc.isenabled() == on
    finally:
        (gc.enable if was_on else gc.disable)()
