"""Full places hold up those before them; bans answer; a stop for good is named."""

import pytest
from serving import steady

from sim.model.bans import ConventionBan
from sim.model.deadlock import DeadlockError
from sim.model.resources import Clock, Room
from sim.verification.tiny import border, every, played, pool, scenario, sea, section, terminal, train


def test_a_train_holds_its_track_until_the_line_takes_it():
    """One train fits on the line of 10 h: the second stands on its track from 6 to 12, and stays there till then."""
    frames = played(
        scenario(
            {"khorgos": border(receiving_tracks=1), "line": section(10, most_trains=1)},
            {"west": every(4, "khorgos", "line")},
            days=2,
        )
    )
    standing = frames.stages[frames.stages.activity == "standing"]
    assert set(standing.place) == {"khorgos"}
    assert set(standing.cause) == {"line"}
    stays = frames.stays[frames.stays.train == 1].set_index("activity")
    assert stays.loc["receiving", ["taken_h", "released_h"]].to_list() == [6, 12]
    assert stays.loc["running", ["taken_h", "released_h"]].to_list() == [12, 22]


def full_yard(**changes):
    """A ferry of 100 TEU each 20 h, a yard for 100 TEU, a train of 100 TEU each 8 h."""
    crossing = sea(capacity=100, patience_h=0, sailing_h=10, east={"yard_teu": 100})
    return scenario(
        {"line": section(2, most_trains=1), "sea": crossing}, {"west": every(8, "line", "sea")}, days=3, **changes
    )


def test_a_full_yard_leaves_trains_standing_on_the_line():
    frames = played(full_yard())
    standing = frames.stages[frames.stages.activity == "standing"]
    assert {("line", "yard"), ("line", "line")} >= set(zip(standing.place, standing.cause, strict=True))
    assert ("line", "yard") in set(zip(standing.place, standing.cause, strict=True))
    yard = frames.stays[(frames.stays.activity == "loading")]
    ends = yard.released_h.fillna(1e9)
    for moment in yard.taken_h:
        assert yard.units[(yard.taken_h <= moment) & (ends > moment)].sum() <= 100


def test_no_room_ashore_keeps_a_vessel_at_its_berth():
    """The terminal behind works one train in 30 h, one fits on the line to it, one lot ashore."""
    crossing = sea(capacity=100, patience_h=0, sailing_h=2, west={"yard_teu": 100, "berths": 1})
    frames = played(
        scenario(
            {"sea": crossing, "line": section(1, most_trains=1), "yard": terminal(30, tracks=1)},
            {"west": every(5, "sea", "line", "yard")},
            days=5,
        )
    )
    ashore = frames.stays[frames.stays.activity == "landing"]
    ends = ashore.released_h.fillna(1e9)
    assert max(ashore.units[(ashore.taken_h <= at) & (ends > at)].sum() for at in ashore.taken_h) == 100
    landing = frames.stages[frames.stages.activity == "landing"].dropna()
    assert (landing.ended_h - landing.started_h).max() > 20


def test_vessels_that_wait_for_room_ashore_land_in_the_order_of_their_calls():
    crossing = sea(capacity=50, patience_h=40, vessel={"number": 6}, sailing_h=2, west={"yard_teu": 100, "berths": 2})
    frames = played(
        scenario(
            {"sea": crossing, "line": section(1, most_trains=1), "yard": terminal(30, tracks=1)},
            {"west": every(5, "sea", "line", "yard")},
            days=20,
        )
    )
    landing = frames.stages[frames.stages.activity == "landing"].dropna().sort_values("started_h")
    assert len(landing) > 4
    assert landing.ended_h.is_monotonic_increasing


def test_a_lot_greater_than_the_yard_goes_through_an_empty_one():
    described = full_yard()
    data = described.model_dump()
    yard = data["places"]["sea"]["ports"]["aktau"]["yard_teu"]
    yard.update(dict.fromkeys(yard, 40.0))
    frames = played(type(described).model_validate(data, strict=False))
    assert frames.trains.left_h.notna().sum() > 1


def test_a_ban_is_called_reaches_the_origin_and_is_lifted():
    clock = Clock()
    room = Room(clock, steady(10))
    ban = ConventionBan(clock, [room], 0.8, 0.4, lead_h=5, catch_up_gap_h=2)
    asked = []

    def story():
        for _ in range(8):
            assert room.request(0, 0) is None
        assert ban.request(1) is None
        yield clock.at(5)
        asked.append(ban.request(2))
        asked.append(ban.request(3))
        assert None not in asked
        for _ in range(4):
            room.release()
        yield clock.at(9.5)
        assert not any(event.triggered for event in asked)
        yield clock.at(11)
        assert [event.triggered for event in asked] == [True, False]
        yield clock.at(13)
        assert asked[1].triggered
        assert ban.request(4) is None
        asked.append("end")

    clock.process(story())
    clock.run(until=20)
    assert asked[-1] == "end"


def test_what_waits_for_a_full_place_counts_for_its_ban():
    clock = Clock()
    room = Room(clock, steady(4))
    ban = ConventionBan(clock, [room], 1.5, 0.5, lead_h=0)
    for number in range(6):
        room.request(0, number)
    clock.run(until=1)
    assert ban.in_force


def test_a_ban_of_the_file_holds_the_flows_it_names():
    described = full_yard()
    data = described.model_dump()
    data["bans"] = {
        "aktau": {
            "title": "Ban",
            "place": "aktau",
            "flows": ["west"],
            "begins_at_share": 1.0,
            "lifts_at_share": 0.0,
            "lead_h": 0.0,
        }
    }
    frames = played(type(described).model_validate(data, strict=False))
    held = frames.stages[frames.stages.activity == "holding"]
    assert len(held) > 1
    assert set(held.cause) == {"ban"}
    free = played(full_yard())
    assert (frames.stages.activity == "standing").sum() < (free.stages.activity == "standing").sum()


def test_a_stop_for_good_is_named():
    """Trains of both directions hold the only track of a border, and the only place on the line, against each other."""
    station, line = border(receiving_tracks=1, forming_h=1), section(2, most_trains=1)
    west = every(2.5, "khorgos", "line", "second", "back")
    east = every(2.5, "second", "back", "khorgos", "line", direction="eastbound")
    places = {"khorgos": station, "line": line, "second": station, "back": line}
    with pytest.raises(DeadlockError, match=r"begun on 2025-01-01: .*trains at (khorgos|second) wait for"):
        played(scenario(places, {"west": west, "east": east}, days=60))


def test_tracks_that_come_in_the_hour_in_which_it_is_looked_for_stops_end_one():
    """It is looked every thirty days: on the sixtieth there is a track for everybody."""
    station, line = (
        border(receiving_tracks={"2025-01-01": 1, "2025-03-02": 1000}, forming_h=1),
        section(4, most_trains=1),
    )
    west = every(3, "khorgos", "line", "second")
    east = every(3, "second", "line", "khorgos", direction="eastbound")
    places = {"khorgos": station, "line": line, "second": station}
    tables = played(scenario(places, {"west": west, "east": east}, days=90))
    left_h = tables.trains.left_h
    assert left_h.min() == 60 * 24 + 1 and left_h.notna().sum() > 300


def test_waiting_for_sets_that_come_home_is_no_deadlock():
    described = scenario(
        {"khorgos": border(receiving_tracks=2), "line": section(10), "yard": terminal(5)},
        {"west": every(3, "khorgos", "line", "yard")},
        trains={"box": train(wagon_pools=["sets"])},
        wagon_pools={"sets": pool("khorgos", {"yard": 100}, sets=1)},
        days=62,
    )
    assert played(described).trains.left_h.notna().sum() > 5
