"""Vessels that load until full or until their patience ends: voyages worked out by hand, and two known mean waits.

Trains of 100 TEU reach the port of Aktau at 2, 6, 10 and so on, unless a test says otherwise; the first vessel lies
there from hour 0, the second begins at Alat.
"""

import datetime as dt

import numpy as np
import pytest
from unfinished import unfinished

from sim.model.disruption import Closures, wind_closures
from sim.model.randomness import Luck
from sim.scenario.calendar import Calendar
from sim.scenario.places import Wind, closed_share_by_month
from sim.verification import tiny
from sim.verification.findings import sampled
from sim.verification.tiny import at_random, border, every, journey, played, pool, scenario, sea, section, train

FOREVER = 10_000


def crossing(gap_h=4, days=4, eastbound=False, trains=None, **description):
    """One crossing, trains to Aktau and, if asked for, to Alat."""
    flows = {"west": every(gap_h, "sea")}
    if eastbound:
        flows["east"] = every(gap_h, "sea", direction="eastbound")
    return scenario({"sea": sea(**description)}, flows, days=days, trains=trains)


def voyages(frames):
    """(berthed, loaded, sailed, arrived, load) of every voyage, in order of sailing."""
    rows = frames.voyages[["berthed_h", "loaded_h", "sailed_h", "arrived_h", "load"]]
    return list(rows.itertuples(index=False, name=None))


def at_sea(frames, number):
    """What a train did between the ports."""
    return [spell for spell in journey(frames, number) if spell[0] in ("loading", "sailing", "landing")]


def test_sails_when_full_and_comes_back_empty():
    """200 TEU in eight hours. Back at 58 it finds trains enough, and both are stowed by 66."""
    work = {"crane_h_per_100": 4}
    frames = played(crossing(capacity=200, patience_h=FOREVER, sailing_h=20, east=work, west=work))
    assert at_sea(frames, 0) == [("loading", 2, 2, 10), ("sailing", 10, 10, 30), ("landing", 30, 30, 38)]
    assert at_sea(frames, 1) == [("loading", 6, 6, 10), ("sailing", 10, 10, 30), ("landing", 30, 30, 38)]
    assert at_sea(frames, 2) == [("loading", 10, 58, 66), ("sailing", 66, 66, 86), ("landing", 86, 86, 94)]
    assert voyages(frames)[:3] == [(0, 10, 10, 30, 200), (30, 38, 38, 58, 0), (58, 66, 66, 86, 200)]


def test_sails_when_its_patience_ends():
    """Nine hours of patience: two trains of a load of ten, stowed in two hours each."""
    frames = played(crossing(capacity=1000, patience_h=9, sailing_h=20, east={"crane_h_per_100": 2}))
    assert at_sea(frames, 1) == [("loading", 6, 6, 9), ("sailing", 9, 9, 29), ("landing", 29, 29, 29)]
    assert voyages(frames)[:2] == [(0, 9, 9, 29, 200), (29, 29, 29, 49, 0)]


def test_never_sails_before_its_cargo_is_stowed():
    """The patience ends at 7, but the train of hour 6 needs three hours to be stowed."""
    frames = played(crossing(capacity=1000, patience_h=7, sailing_h=20, east={"crane_h_per_100": 3}))
    assert voyages(frames)[0] == (0, 9, 9, 29, 200)
    assert at_sea(frames, 0) == [("loading", 2, 2, 9), ("sailing", 9, 9, 29), ("landing", 29, 29, 29)]


def test_sails_empty_when_no_cargo_comes():
    frames = played(crossing(gap_h=372, capacity=200, patience_h=10, sailing_h=20, days=5))
    assert voyages(frames)[:4] == [(0, 10, 10, 30, 0), (30, 30, 30, 50, 0), (50, 60, 60, 80, 0), (80, 80, 80, 100, 0)]


def test_the_patience_runs_from_the_end_of_unloading():
    """Trains at 12, 36, 60 both ways. At 23 a quarter load is brought ashore until 25: the patience ends at 40."""
    work = {"crane_h_per_100": 2}
    frames = played(crossing(gap_h=24, capacity=400, patience_h=15, sailing_h=8, eastbound=True, east=work, west=work))
    assert voyages(frames)[:3] == [(0, 15, 15, 23, 100), (23, 40, 40, 48, 200), (48, 67, 67, 75, 200)]


def test_a_lot_is_split_over_two_vessels():
    """Vessels of 150 TEU: the second, at Aktau from 20, takes the other half of the train of hour 6."""
    frames = played(crossing(capacity=150, patience_h=FOREVER, sailing_h=20, vessel={"number": 2}))
    assert at_sea(frames, 0) == [("loading", 2, 2, 6), ("sailing", 6, 6, 26), ("landing", 26, 26, 26)]
    assert at_sea(frames, 1) == [("loading", 6, 20, 20), ("sailing", 20, 20, 40), ("landing", 40, 40, 40)]
    assert at_sea(frames, 2) == [("loading", 10, 20, 20), ("sailing", 20, 20, 40), ("landing", 40, 40, 40)]


def test_a_train_waits_for_the_slower_part_of_its_lot():
    """Its last 50 TEU are ashore at 39, ten hours after 29; those before them, on a full vessel, only at 56."""
    frames = played(
        crossing(capacity=150, patience_h=9, sailing_h=20, vessel={"number": 3}, west={"crane_h_per_100": 20})
    )
    assert voyages(frames)[1:3] == [(0, 6, 6, 26, 150), (0, 9, 9, 29, 50)]
    assert at_sea(frames, 0)[-1] == ("landing", 26, 26, 56)
    assert at_sea(frames, 1) == [("loading", 6, 6, 9), ("sailing", 9, 9, 29), ("landing", 29, 29, 56)]


def test_a_lot_greater_than_a_vessel_goes_in_many_parts():
    """100 TEU on a vessel of 40, which is back each 20 h: the third part is ashore at 52."""
    frames = played(crossing(gap_h=4, capacity=40, patience_h=FOREVER, sailing_h=10))
    assert at_sea(frames, 0) == [("loading", 2, 42, 42), ("sailing", 42, 42, 52), ("landing", 52, 52, 52)]


@pytest.mark.parametrize(("net_t", "capacity_t"), [(0.1, 0.3), (1333.3, 3999.9), (0.7, 2.1)])
def test_rounding_leaves_no_crumb_in_the_yard(net_t, capacity_t):
    """Three lots fill a vessel exactly, but not in floating point: 0.3 - 0.1 - 0.1 is less than 0.1."""
    trains = {"box": train(net_t=net_t)}
    frames = played(crossing(capacity=capacity_t, carries="t", patience_h=FOREVER, sailing_h=5, trains=trains))
    for number in range(3):
        assert at_sea(frames, number)[1:] == [("sailing", 10, 10, 15), ("landing", 15, 15, 15)]


def test_both_directions_fill_the_same_vessel():
    frames = played(crossing(capacity=100, patience_h=FOREVER, sailing_h=10, eastbound=True))
    assert voyages(frames)[:3] == [(0, 2, 2, 12, 100), (12, 12, 12, 22, 100), (22, 22, 22, 32, 100)]
    assert list(frames.voyages.direction[:3]) == ["westbound", "eastbound", "westbound"]


def test_who_calls_first_is_berthed_first():
    """Six vessels queue for one berth on each side, six hours each: none is overtaken, so all sail equally often."""
    side = {"berths": 1, "crane_h_per_100": 6}
    frames = played(
        crossing(
            gap_h=1, days=20, capacity=100, patience_h=FOREVER, sailing_h=1, vessel={"number": 6}, east=side, west=side
        )
    )
    sailed = frames.voyages[frames.voyages.direction == "westbound"].vessel.value_counts()
    assert len(sailed) == 6
    assert sailed.min() > 10
    assert sailed.max() - sailed.min() <= 1


def test_a_train_waits_for_a_port_track_on_both_sides():
    """One track of five hours at Aktau; at Alat a train is loaded in three, and two land together."""
    frames = played(
        crossing(
            capacity=200,
            patience_h=FOREVER,
            sailing_h=20,
            east={"tracks": 1, "train_h": 5},
            west={"tracks": 1, "train_h": 3},
        )
    )
    assert journey(frames, 1) == [
        ("port_track", 6, 7, 12),
        ("loading", 12, 12, 12),
        ("sailing", 12, 12, 32),
        ("landing", 32, 32, 32),
        ("port_track", 32, 35, 38),
    ]


def test_wagon_sets_end_at_the_near_port_and_begin_at_the_far_one():
    """Broad-gauge sets east of the sea, others west of it: the first pool is emptied into the yard of Aktau."""
    frames = played(
        scenario(
            {"khorgos": border(), "line": section(6), "sea": sea(capacity=100, patience_h=FOREVER, sailing_h=10)},
            {"west": every(40, "khorgos", "line", "sea")},
            trains={"box": train(wagon_pools=["sets"])},
            wagon_pools={"sets": pool("khorgos", {"aktau": 5, "alat": 30}, sets=1)},
        )
    )
    assert journey(frames, 0) == [
        ("forming", 20, 20, 20),
        ("running", 20, 20, 26),
        ("port_track", 26, 26, 26),
        ("loading", 26, 26, 26),
        ("sailing", 26, 26, 36),
        ("landing", 36, 36, 36),
        ("placing", 36, 66, 66),
        ("port_track", 66, 66, 66),
    ]
    assert frames.wagon_sets[frames.wagon_sets.train >= 0].iloc[0].to_list() == ["sets", 0, 20, 26, 31]


# Dates


def test_vessels_enter_and_retire_on_their_dates():
    """A second vessel from 2 January, hour 24, until 3 January, hour 48; it ends its voyage, and makes no other."""
    number = {"2025-01-01": 1, "2025-01-02": 2, "2025-01-03": 1}
    frames = played(crossing(capacity=100, patience_h=FOREVER, sailing_h=10, vessel={"number": number}))
    second = frames.voyages[frames.voyages.vessel == "feeder_2"]
    assert list(second.berthed_h) == [24, 34, 44]
    assert list(second.arrived_h) == [34, 44, 54]
    assert list(second.load) == [0, 100, 0]
    first = frames.voyages[frames.voyages.vessel == "feeder_1"]
    assert list(first.berthed_h) == [0, 12, 22, 32, 42, 52, 62, 72, 82, 92]


def test_low_water_leaves_part_of_a_vessel_empty():
    """Half of 200 TEU from 2 January, hour 24; work is in proportion to the whole vessel, so it is halved too."""
    work = {"crane_h_per_100": 4}
    water = {"2025-01-01": 1.0, "2025-01-02": 0.5}
    frames = played(
        crossing(capacity=200, patience_h=FOREVER, sailing_h=10, vessel={"load_factor": water}, east=work, west=work)
    )
    westbound = [voyage for voyage in voyages(frames) if voyage[4] > 0]
    assert westbound[:3] == [(0, 10, 10, 20, 200), (38, 42, 42, 52, 100), (66, 70, 70, 80, 100)]
    assert set(frames.voyages.capacity) == {200}


def test_a_vessel_comes_back_into_service():
    number = {"2025-01-01": 1, "2025-01-02": 0, "2025-01-04": 1}
    frames = played(crossing(capacity=100, patience_h=FOREVER, sailing_h=10, vessel={"number": number}))
    assert list(frames.voyages.berthed_h) == [0, 12, 22, 72, 82, 92]


def test_two_crossings_with_vessels_of_one_name():
    frames = played(
        scenario(
            {
                "caspian": sea(capacity=100, patience_h=FOREVER, sailing_h=10),
                "black_sea": sea(capacity=100, patience_h=FOREVER, sailing_h=30),
            },
            {"west": every(40, "caspian", "black_sea")},
        )
    )
    sailed = frames.voyages[frames.voyages.load > 0]
    assert list(zip(sailed.place, sailed.sailed_h, sailed.arrived_h, strict=True))[:2] == [
        ("caspian", 20, 30),
        ("black_sea", 30, 60),
    ]


# Wind


def test_closures_open_from():
    weather = Closures([10.0, 30.0], [15.0, 31.0])
    hours = [0, 9.5, 10, 12, 15, 20, 30.5, 31, 99]
    assert [weather.open_from(hour) for hour in hours] == [0, 9.5, 15, 15, 15, 20, 31, 31, 99]


CALENDAR_YEAR = Calendar(dt.date(2025, 1, 1), dt.date(2026, 1, 1), 10)


def test_wind_closes_its_share_of_time_season_by_season():
    """A storm month between fair ones: each season has its own share, and the first closures are the same."""
    fair = Wind(closed_share=0.1, closure_h=6.0)
    stormy = Wind(
        closed_share={dt.date(2025, 1, 1): 0.1, dt.date(2025, 6, 1): 0.6, dt.date(2025, 7, 1): 0.1}, closure_h=6.0
    )
    june = (151 * 24.0, 181 * 24.0)
    shares = {"june": [], "other": []}
    for replication in range(30):
        weather = wind_closures(stormy, CALENDAR_YEAR, Luck(1, replication), "sea")
        overlap = [
            max(0.0, min(b, june[1]) - max(a, june[0])) for a, b in zip(weather.closed_h, weather.opened_h, strict=True)
        ]
        total = sum(min(b, 8760.0) - a for a, b in zip(weather.closed_h, weather.opened_h, strict=True))
        shares["june"].append(sum(overlap) / 720)
        shares["other"].append((total - sum(overlap)) / (9000 - 720))
        calm = wind_closures(fair, CALENDAR_YEAR, Luck(1, replication), "sea")
        assert weather.closed_h[:5] == calm.closed_h[:5]
        assert weather.closed_h[0] >= -240 and weather.closed_h[-1] < 8760
        assert (np.array(weather.closed_h[1:]) > weather.opened_h[:-1]).all()
    assert sampled("in June", "as stated", 0.6, shares["june"], precision=0.05).passed
    assert sampled("in other months", "as stated", 0.1, shares["other"], precision=0.05).passed


def test_the_first_days_are_as_windy_as_any_others():
    windy = Wind(closed_share=0.4, closure_h=200.0, closure_cv=1.25)
    skies = [wind_closures(windy, CALENDAR_YEAR, Luck(1, replication), "sea") for replication in range(600)]
    for hour in (-240.0, -120.0):
        shut = [float(weather.open_from(hour) > hour) for weather in skies]
        assert sampled(f"at {hour:g} h", "as stated", 0.4, shut, precision=0.1).passed


def test_closed_shares_by_month():
    """The days of the year keep the share stated; a stop is one in a calm month, too; the warm-up has its own month."""
    weights = (0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3)
    dated = {dt.date(2024, 1, 1): 0.1, dt.date(2025, 1, 10): 1, dt.date(2025, 1, 20): 0.2}
    wind = Wind(closed_share=dated, closure_h=6.0, month_weights=weights)
    shares = closed_share_by_month(wind, CALENDAR_YEAR)
    mean_weight = (365 - 62 + 3 * 31) / 365
    assert shares.at(-100) == pytest.approx(0.1 * 3 / mean_weight), "December before"
    assert [shares.at(24.0 * day) for day in (0, 9, 18.9, 19, 30.9)] == [0, 1, 1, 0, 0]
    assert shares.at(24.0 * 31) == pytest.approx(0.2 / mean_weight)
    assert shares.at(24.0 * 364) == pytest.approx(0.2 * 3 / mean_weight)


def test_no_wind_never_closes():
    assert wind_closures(Wind(closed_share=0.0, closure_h=6.0), CALENDAR_YEAR, Luck(1, 0), "sea") == Closures([], [])
    assert wind_closures(None, CALENDAR_YEAR, Luck(1, 0), "sea") == Closures([], [])


def test_wind_holds_loaded_vessels_and_those_that_would_berth():
    """No vessel sails or berths in a closure: it does so at the hour the wind drops."""
    described = crossing(
        gap_h=2,
        capacity=200,
        patience_h=FOREVER,
        sailing_h=7,
        vessel={"number": 3},
        days=28,
        east={"crane_h_per_100": 5},
        wind={"closed_share": 0.3, "closure_h": 20},
    )
    weather = unfinished(described).crossings["sea"].weather
    rows = played(described).voyages
    assert [weather.open_from(hour) for hour in rows.loaded_h] == pytest.approx(list(rows.sailed_h), nan_ok=True)
    assert (rows.sailed_h > rows.loaded_h).sum() > 5
    assert [weather.open_from(hour) for hour in rows.berthed_h] == list(rows.berthed_h)
    assert rows.berthed_h.isin(weather.opened_h).sum() > 5


# Means


def test_wait_for_a_vessel_that_is_never_full():
    """It leaves each 24 h: eight at the quay, eight there and eight back. Trains at random wait half of that."""
    described = scenario({"sea": sea(capacity=1e9, patience_h=8, sailing_h=8)}, {"west": at_random(1, "sea")}, days=31)

    def mean_wait(replication):
        rows = played(described, replication).stages
        loading = rows[(rows.activity == "loading") & rows.queued_h.between(24, 696)]
        return (loading.ended_h - loading.queued_h).mean()

    waits = [mean_wait(replication) for replication in range(20)]
    assert sampled("mean wait, h", "half a round", 12, waits, precision=0.02).passed


def test_the_fleet_carries_what_it_can():
    """300 TEU each 32 h: six hours to load, ten under way, six to unload, ten back. The first are ashore at 28."""
    work = {"crane_h_per_100": 2}
    frames = played(crossing(gap_h=4, days=28, capacity=300, patience_h=FOREVER, sailing_h=10, east=work, west=work))
    landed_h = frames.trains.left_h.dropna()
    assert sorted(landed_h) == [28 + 32 * voyage for voyage in range(21) for _ in range(3)]


def test_terminal_after_the_sea():
    frames = played(
        scenario(
            {"sea": sea(capacity=100, patience_h=FOREVER, sailing_h=10), "yard": tiny.terminal(3, tracks=1)},
            {"west": every(4, "sea", "yard")},
        )
    )
    assert journey(frames, 0)[-1] == ("terminal", 12, 12, 15)
