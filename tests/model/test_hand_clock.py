"""Journeys worked out by hand: every spell of a train as (activity, queued, started, ended), equal to the digit.

All hours are multiples of a sixteenth, so that sums are exact.
"""

import gc

import pytest

from sim.verification.tiny import border, every, journey, paper, played, pool, scenario, section, terminal, tez, train

TEN = {"declarations_per_train": 10}


@pytest.mark.parametrize(
    ("activity", "teams", "hours"),
    [("keying", "declarant_teams", "keying_h"), ("checking", "officer_teams", "checking_h")],
)
def test_teams_of_paper_queue(activity, teams, hours):
    """One team needs 2.5 h for a train that comes each 2 h: each waits half an hour longer than the one before."""
    frames = played(
        scenario(
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
    frames = played(
        scenario(
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


def test_paper_beside_the_gauge_change():
    frames = played(
        scenario(
            {"khorgos": border(gauge_h=3, cranes=1, forming_h=1)},
            {"west": every(4, "khorgos", regime="paper", **TEN)},
            regimes={"paper": paper(keying_h=0.25, checking_h=0.25, works_before_release="gauge_change")},
        )
    )
    assert journey(frames, 0) == [("gauge_change", 2, 2, 5), ("release", 5, 7, 7), ("forming", 7, 7, 8)]
    assert journey(frames, 0, beside=True) == [("keying", 2, 2, 4.5), ("checking", 4.5, 4.5, 7)]


def test_yellow_channel_beside_the_gauge_change():
    frames = played(
        scenario(
            {"khorgos": border(gauge_h=3, inspection={"yellow_share": 1, "yellow_h": 4, "red_h": 99})},
            {"west": every(4, "khorgos", regime="tez", **TEN)},
            regimes={"tez": tez(release_h=0.5)},
        )
    )
    assert journey(frames, 0) == [("gauge_change", 2, 2, 5), ("release", 5, 6.5, 6.5), ("forming", 6.5, 6.5, 6.5)]
    assert journey(frames, 0, beside=True) == [("release", 2, 2, 2.5), ("inspection", 2.5, 2.5, 6.5)]


def test_no_declarations_no_papers():
    frames = played(scenario({"khorgos": border(gauge_h=3)}, {"west": every(4, "khorgos")}))
    assert journey(frames, 0) == [("gauge_change", 2, 2, 5), ("forming", 5, 5, 5)]
    assert frames.declarations.empty


def test_the_regime_of_the_day_of_arrival():
    """Paper until 2 January: the train of hour 22 is keyed, that of hour 26 is released."""
    frames = played(
        scenario(
            {"khorgos": border()},
            {"west": every(4, "khorgos", regime={"2025-01-01": "paper", "2025-01-02": "tez"}, **TEN)},
            regimes={"paper": paper(keying_h=0.25), "tez": tez(release_h=0.5)},
        )
    )
    assert journey(frames, 5)[0] == ("keying", 22, 22, 24.5)
    assert journey(frames, 6, beside=True) == [("release", 26, 26, 26.5)]
    assert list(frames.declarations.regime.iloc[5:7]) == ["paper", "tez"]


def test_an_eastbound_train_loads_crosses_and_is_handed_over():
    """It keeps its wagon set until China takes it over, since the neighbour changes the gauge eastbound."""
    frames = played(
        scenario(
            {"yard": terminal(3), "line": section(10), "khorgos": border(gauge_h=5, forming_h=1)},
            {"east": every(8, "yard", "line", "khorgos", direction="eastbound")},
            trains={"box": train(wagon_pools=["sets"])},
            wagon_pools={"sets": pool("yard", {"khorgos": 20}, sets=1, placing_h=2)},
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
    frames = played(
        scenario(
            {"khorgos": border(gauge_h=2), "line": section(10), "second": border(forming_h=3), "yard": terminal(4)},
            {"west": every(8, "khorgos", "line", "second", "yard")},
            trains={"box": train(wagon_pools=["sets"])},
            wagon_pools={"sets": pool("khorgos", {"yard": 20, "second": 1}, placing_h=1)},
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


def test_what_is_open_at_the_end_is_not_lost():
    """Two days, one track, thirty hours a train: one is through, one at work, one waits."""
    frames = played(
        scenario({"khorgos": border(receiving_tracks=1, forming_h=30)}, {"west": every(16, "khorgos")}, days=2)
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
    described = scenario({"line": section(10)}, {"west": every(4, "line")})
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        played(described)
        assert gc.isenabled() == on
    finally:
        (gc.enable if was_on else gc.disable)()
