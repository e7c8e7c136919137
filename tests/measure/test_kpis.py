"""Measures of tables written by hand, against answers worked out by hand; and of a run, against plain loops."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
from hand_made import PORT, resolved, scenario, tables
from hypothesis import given, settings
from hypothesis import strategies as st
from recount import differences, recount

from sim.measure.catalogue import unit_of
from sim.measure.costs import COSTS, TIMES, measure_with_costs
from sim.measure.counting import Sets, Windows, quantiles, totals
from sim.measure.kpis import measure_run
from sim.model.simulate import simulate
from sim.scenario.meaning import periods
from sim.scenario.reading.opening import load
from sim.scenario.schema import Scenario
from sim.verification import tiny

GOLDEN = Path(__file__).parents[1] / "golden"
NAN = math.nan
WINDOWS = {"2024": (0.0, 48.0), "2025": (48.0, 96.0), "all": (0.0, 96.0)}


def look_up(frame):
    """Values by kpi, place, flow and period; each of them once."""
    keys = list(zip(frame["kpi"], frame["place"], frame["flow"], frame["period"], strict=True))
    assert len(keys) == len(set(keys))
    return dict(zip(keys, frame["value"], strict=True))


def measured(windows=WINDOWS, **rows):
    return look_up(measure_run(scenario(), tables(**rows), windows))


# What is asked for


@pytest.mark.parametrize("name", ["crossing", "office"])
def test_a_kpi_asked_for_alone_is_that_of_all(name):
    described = load(GOLDEN / f"{name}.toml").scenario
    run = simulate(described, 7, 0)
    everything = measure_with_costs(described, run, periods(described))
    for kpi, rows in everything.groupby("kpi", observed=True):
        alone = measure_with_costs(described, run, periods(described), {kpi})
        assert look_up(alone[alone["kpi"] == kpi]) == look_up(rows)
        assert {*alone["kpi"]} <= ({*COSTS, *TIMES} if kpi in COSTS else {kpi})


# Trains

TRAINS = [
    (0, "west", -10.0, 20.0, 1000.0, 80.0, 50.0),
    (1, "west", 5.0, 48.0, 1000.0, 80.0, 50.0),
    (2, "east", 30.0, 60.0, 3000.0, 0.0, 60.0),
    (3, "east", 50.0, NAN, 3000.0, 0.0, 60.0),
    (5, "west", 90.0, NAN, 1000.0, 80.0, 50.0),
]


def test_the_periods_are_the_years_and_all():
    assert periods(scenario()) == WINDOWS


def test_throughput_counts_trains_by_the_hour_they_left():
    found = measured(trains=TRAINS)
    assert found["throughput_mt", "all", "all", "2024"] == pytest.approx(0.001)
    assert found["throughput_mt", "all", "all", "2025"] == pytest.approx(0.004)
    assert found["throughput_mt", "all", "east", "2025"] == pytest.approx(0.003)
    assert found["throughput_mt", "all", "middle", "all"] == pytest.approx(0.002)
    assert found["throughput_teu", "all", "westbound", "all"] == 160
    assert found["throughput_teu", "all", "eastbound", "all"] == 0


def test_a_window_holds_its_first_hour_and_not_its_last():
    found = measured(trains=TRAINS)
    assert found["trains_delivered", "all", "west", "2024"] == 1
    assert found["trains_delivered", "all", "west", "2025"] == 1


def test_trains_created_entered_in_the_window_and_not_in_the_warm_up():
    found = measured(trains=TRAINS)
    assert [found["trains_created", "all", "all", period] for period in WINDOWS] == [2, 2, 4]


def test_trains_inside_are_counted_at_the_end_of_the_window():
    found = measured(trains=TRAINS)
    assert [found["trains_inside", "all", "all", period] for period in WINDOWS] == [2, 2, 2]
    assert [found["trains_inside", "all", "middle", period] for period in WINDOWS] == [1, 1, 1]
    assert found["trains_inside", "all", "east", "2025"] == 1


def test_trains_of_the_warm_up_may_still_be_inside():
    found = measured(trains=[(0, "west", -40.0, NAN, 1000.0, 80.0, 50.0), (1, "west", -40.0, -1.0, 1000.0, 80.0, 50.0)])
    assert [found["trains_inside", "all", "west", period] for period in WINDOWS] == [1, 1, 1]


def test_a_corridor_is_the_sum_of_its_flows_alone():
    found = measured(trains=TRAINS)
    for corridor, flow in (("middle", "west"), ("north", "east")):
        assert found["throughput_mt", "all", corridor, "all"] == found["throughput_mt", "all", flow, "all"] > 0


def test_transit_counts_trains_that_arrived_even_if_they_left_in_the_warm_up():
    found = measured(trains=TRAINS)
    assert found["transit_days", "all", "west", "2024"] == pytest.approx(30 / 24)
    assert found["transit_days", "all", "all", "2025"] == pytest.approx((43 + 30) / 2 / 24)
    assert found["transit_days_p50", "all", "all", "2025"] == pytest.approx((43 + 30) / 2 / 24)
    assert found["transit_days_p90", "all", "all", "2025"] == pytest.approx((30 + 0.9 * 13) / 24)
    assert found["transit_days_p95", "all", "all", "2025"] == pytest.approx((30 + 0.95 * 13) / 24)


def test_a_mean_of_nothing_is_left_out_and_a_count_of_nothing_is_zero():
    found = measured(trains=TRAINS)
    assert ("transit_days", "all", "east", "2024") not in found
    assert ("transit_days_p50", "all", "east", "2024") not in found
    assert found["trains_delivered", "all", "east", "2024"] == 0
    assert found["throughput_mt", "all", "east", "2024"] == 0


def test_windows_may_overlap_and_leave_gaps():
    found = measured({"early": (0.0, 20.0), "late": (10.0, 50.0), "end": (60.0, 61.0)}, trains=TRAINS)
    assert [found["trains_delivered", "all", "all", name] for name in ("early", "late", "end")] == [0, 2, 1]


def test_the_frame_has_each_measure_once_with_its_unit():
    frame = measure_run(scenario(), tables(trains=TRAINS), WINDOWS)
    assert list(frame.columns) == ["kpi", "place", "flow", "period", "unit", "value"]
    assert frame["value"].notna().all()
    units = frame.groupby("kpi", observed=True)["unit"].agg(lambda units: set(units))
    assert units["throughput_mt"] == {"Mt"}
    assert units["transit_days_p95"] == {"days"}
    assert units["trains_inside"] == {"trains"}


def test_a_flow_and_a_corridor_of_one_name_are_refused():
    corridors = resolved()["corridors"] | {"west": {"title": "West"}}
    with pytest.raises(ValueError, match="west"):
        measure_run(scenario(corridors=corridors), tables(), WINDOWS)


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="backwards"):
        measured({"backwards": (4.0, 3.0)})


# Borders

CLEARED = [
    (0, "khorgos", "paper", "green", 40, -8.0, -8.0, 1.0, 1),
    (1, "khorgos", "paper", "red", 40, 10.0, 10.0, 14.0, 2),
    (5, "khorgos", "tez", "green", 40, 60.0, 70.0, 70.5, 1),
    (6, "khorgos", "tez", "green", 30, 60.0, 80.0, 81.5, 1),
    (7, "khorgos", "tez", "green", 40, 60.0, 95.0, NAN, 1),
]
CLEARED_TRAINS = [(number, "west", -20.0, NAN, 1000.0, 80.0, 50.0) for number in (0, 1, 5, 6, 7)]


def test_declarations_count_where_they_were_released():
    found = measured(trains=CLEARED_TRAINS, declarations=CLEARED)
    assert [found["declarations", "khorgos", "all", period] for period in WINDOWS] == [80, 70, 150]
    assert [found["declarations_paper", "khorgos", "west", period] for period in WINDOWS] == [80, 0, 80]
    assert [found["declarations_tez", "all", "middle", period] for period in WINDOWS] == [0, 70, 70]


def test_no_declarations_are_counted_where_none_are_made():
    found = measured(trains=CLEARED_TRAINS, declarations=CLEARED)
    assert not [key for key in found if key[0].startswith("declarations") and key[1] == "dostyk"]
    assert not [key for key in found if key[0].startswith("declarations") and key[2] in ("east", "eastbound")]


def test_clearance_lasts_from_arrival_to_release_by_regime():
    found = measured(trains=CLEARED_TRAINS, declarations=CLEARED)
    assert found["clearance_h", "khorgos", "all", "2024"] == pytest.approx((9 + 4) / 2)
    assert found["clearance_h", "all", "westbound", "2025"] == pytest.approx(1.0)
    assert found["clearance_h", "khorgos", "west", "all"] == pytest.approx((9 + 4 + 0.5 + 1.5) / 4)
    assert found["clearance_h_p50", "khorgos", "west", "all"] == pytest.approx((1.5 + 4) / 2)
    assert found["clearance_paper_h", "khorgos", "all", "all"] == pytest.approx(6.5)
    assert found["clearance_tez_h_p90", "khorgos", "all", "2025"] == pytest.approx(0.5 + 0.9 * 1.0)
    assert ("clearance_tez_h", "khorgos", "all", "2024") not in found


SPELLS = [
    # west train 0 at khorgos from 10 to 20: handover 1, keying 2 after 1 of waiting, checking 1, placing 3, forming 2
    (0, "khorgos", "handover", "handover", 10.0, 11.0, 11.0, False),
    (0, "khorgos", "keying", "declarants", 11.0, 12.0, 14.0, False),
    (0, "khorgos", "checking", "officers", 14.0, 14.0, 15.0, False),
    (0, "khorgos", "placing", "wagon_set", 15.0, 18.0, 18.0, False),
    (0, "khorgos", "forming", "crews", 18.0, 18.0, 20.0, False),
    (0, "steppe", "running", "path", 20.0, 21.0, 30.0, False),
    # west train 1 at khorgos from 40 to 50, papers beside the gauge change; it departs in 2025
    (1, "khorgos", "keying", "declarants", 40.0, 44.0, 46.0, True),
    (1, "khorgos", "gauge_change", "cranes", 40.0, 41.0, 45.0, False),
    (1, "khorgos", "release", "papers", 45.0, 46.0, 46.0, False),
    (1, "khorgos", "forming", "crews", 46.0, 46.0, 50.0, False),
    # east train 2 at dostyk from 46 to 60, then train 3, which is still there, as west train 4 is at khorgos
    (2, "dostyk", "gauge_change", "cranes", 46.0, 50.0, 53.0, False),
    (2, "dostyk", "forming", "crews", 53.0, 53.0, 54.0, False),
    (2, "dostyk", "handover", "handover", 54.0, 60.0, 60.0, False),
    (3, "dostyk", "gauge_change", "cranes", 90.0, NAN, NAN, False),
    (4, "khorgos", "keying", "declarants", 0.0, 0.0, 1.0, True),
    (4, "khorgos", "gauge_change", "cranes", 0.0, 0.0, 4.0, False),
    (4, "khorgos", "forming", "crews", 4.0, 4.0, NAN, False),
]
VISITORS = [
    (0, "west", 10.0, 30.0, 1000.0, 80.0, 50.0),
    (1, "west", 40.0, 50.0, 1000.0, 80.0, 50.0),
    (2, "east", 46.0, 60.0, 3000.0, 0.0, 60.0),
    (3, "east", 90.0, NAN, 3000.0, 0.0, 60.0),
    (4, "west", 0.0, NAN, 1000.0, 80.0, 50.0),
]


def visits(**rows):
    return measured(trains=VISITORS, stages=SPELLS, **rows)


def test_dwell_lasts_from_arrival_to_departure_of_those_that_departed():
    found = visits()
    assert found["border_dwell_h", "khorgos", "west", "2024"] == 10
    assert found["border_dwell_h", "khorgos", "all", "2025"] == 10
    assert found["border_dwell_h", "dostyk", "eastbound", "all"] == 14
    assert found["border_dwell_h", "all", "all", "2025"] == 12
    assert found["border_dwell_h_p90", "all", "all", "2025"] == pytest.approx(10 + 0.9 * 4)
    assert ("border_dwell_h", "dostyk", "all", "2024") not in found
    assert ("border_dwell_h", "steppe", "all", "all") not in found


def test_the_parts_of_a_dwell_are_waits_and_works_by_activity():
    found = visits()

    def part(activity, period):
        return found[f"border_dwell_{activity}_h", "khorgos", "west", period]

    assert part("handover", "2024") == 1
    assert part("keying", "2024") == 3
    assert part("checking", "2024") == 1
    assert part("placing", "2024") == 3
    assert part("forming", "2024") == 2
    assert part("gauge_change", "2024") == 0
    assert part("customs", "2024") == 4
    assert part("keying", "2025") == 0  # beside the gauge change
    assert part("customs", "2025") == 1  # the release waited for
    assert part("forming", "all") == pytest.approx((2 + 4) / 2)


def test_container_trains_count_when_they_leave_the_border():
    found = visits()
    assert [found["border_container_trains", "khorgos", "west", period] for period in WINDOWS] == [1, 1, 2]
    assert found["border_container_trains", "dostyk", "all", "all"] == 0
    assert found["border_container_trains", "all", "all", "all"] == 2


# Waits and queues


def test_waits_are_those_of_the_visits_that_ended():
    """Train 4 is still at khorgos: neither its hours nor its visit count."""
    found = visits()
    assert found["wait_h", "khorgos", "all", "all"] == pytest.approx((1 + 1 + 3 + 1 + 1) / 2)
    assert found["wait_h", "khorgos", "all", "2024"] == 1 + 1 + 3
    assert found["wait_h_declarants", "khorgos", "all", "all"] == pytest.approx(1 / 2)
    assert found["wait_h_wagon_set", "khorgos", "west", "2024"] == 3
    assert found["wait_h_papers", "khorgos", "middle", "all"] == pytest.approx(1 / 2)
    assert found["wait_h_path", "steppe", "westbound", "2024"] == 1
    assert found["wait_h_cranes", "dostyk", "east", "2025"] == 4
    assert found["wait_h", "dostyk", "east", "2025"] == 10
    assert found["wait_h_inspectors", "khorgos", "all", "all"] == 0
    assert ("wait_h", "dostyk", "all", "2024") not in found
    assert ("wait_h_path", "khorgos", "all", "all") not in found


def test_queues_are_means_over_time():
    found = visits()
    assert found["queue_trains", "khorgos", "all", "2024"] == pytest.approx((1 + 1 + 3 + 1 + 1) / 48)
    assert found["queue_trains_cranes", "dostyk", "all", "2024"] == pytest.approx(2 / 48)
    assert found["queue_trains_cranes", "dostyk", "all", "2025"] == pytest.approx((2 + 6) / 48)  # train 3 waits on
    assert found["queue_trains", "dostyk", "all", "all"] == pytest.approx((4 + 6 + 6) / 96)


def test_the_queue_for_a_desk_counts_papers_beside_and_the_standing_trains_do_not():
    found = visits()
    assert found["queue_trains_declarants", "khorgos", "all", "2024"] == pytest.approx((1 + 4) / 48)
    assert found["queue_trains", "khorgos", "all", "2024"] == pytest.approx(7 / 48)


def test_the_longest_queue_starts_with_those_already_waiting():
    rows = [
        (n, "khorgos", "forming", "crews", a, b, b, False)
        for n, a, b in ((0, 1.0, 5.0), (1, 2.0, 60.0), (2, 5.0, 50.0))
    ]
    trains = [(number, "west", 0.0, NAN, 1000.0, 80.0, 50.0) for number in range(3)]
    found = measured(
        {"a": (0.0, 6.0), "b": (20.0, 40.0), "c": (55.0, 56.0), "d": (60.0, 96.0)}, trains=trains, stages=rows
    )
    # at 5 one leaves before the other joins
    assert [found["queue_trains_max", "khorgos", "all", period] for period in "abcd"] == [2, 2, 1, 0]
    assert found["queue_trains_max", "dostyk", "all", "a"] == 0


# Trains that stand because what comes next is full

FULL = [
    # west train 0: at khorgos from 8, stands there from 12 to 18, on the line to 30, stands there to 34, then at sea
    (0, "khorgos", "forming", "crews", 8.0, 10.0, 12.0, False),
    (0, "khorgos", "standing", "line", 12.0, 18.0, 18.0, False),
    (0, "steppe", "running", "path", 18.0, 20.0, 30.0, False),
    (0, "steppe", "standing", "yard", 30.0, 34.0, 34.0, False),
    (0, "caspian", "port_track", "port_track", 34.0, 35.0, 37.0, False),
    (0, "caspian", "standing", "line", 37.0, 40.0, 40.0, False),
    # west train 1: the spells at the border and on the line take turns
    (1, "khorgos", "forming", "crews", 10.0, 10.0, 14.0, False),
    (1, "steppe", "running", "path", 14.0, 15.0, 15.0, False),
    (1, "khorgos", "standing", "line", 15.0, 20.0, 20.0, False),
    (1, "steppe", "running", "path", 20.0, 20.0, 40.0, False),
    # east train 2 stands at its terminal, where train 3 still does
    (2, "yard", "terminal", "terminal_track", 6.0, 6.0, 8.0, False),
    (2, "yard", "standing", "line", 8.0, 20.0, 20.0, False),
    (3, "yard", "standing", "line", 36.0, NAN, NAN, False),
]


def full():
    return measured(trains=VISITORS, stages=FULL)


def test_a_train_that_stands_waits_where_it_stands():
    found = full()
    assert found["wait_h_line", "khorgos", "west", "2024"] == pytest.approx((6 + 5) / 2)
    assert found["wait_h_yard", "steppe", "west", "2024"] == pytest.approx(4 / 2)
    assert found["wait_h_path", "steppe", "west", "2024"] == pytest.approx((2 + 1) / 2)
    assert found["wait_h_line", "caspian", "all", "2024"] == 3
    assert found["wait_h_line", "yard", "eastbound", "2024"] == 12
    for place, wait_h in (("khorgos", (2 + 6 + 5) / 2), ("steppe", (4 + 2 + 1) / 2), ("caspian", 1 + 3), ("yard", 12)):
        assert found["wait_h", place, "all", "2024"] == pytest.approx(wait_h)


def test_trains_that_stand_are_in_the_queue_of_the_place_they_stand_at():
    found = full()
    assert found["queue_trains_line", "khorgos", "all", "2024"] == pytest.approx(11 / 48)
    assert found["queue_trains_line", "yard", "all", "2025"] == 1
    assert found["queue_trains", "steppe", "all", "2024"] == pytest.approx((4 + 2 + 1) / 48)
    assert [found["queue_trains_max", place, "all", "2024"] for place in ("khorgos", "steppe", "yard")] == [2, 1, 1]


def test_standing_is_a_part_of_the_dwell_at_a_border():
    found = full()
    assert found["border_dwell_h", "khorgos", "west", "2024"] == pytest.approx((10 + 10) / 2)
    assert found["border_dwell_standing_h", "khorgos", "west", "2024"] == pytest.approx((6 + 5) / 2)
    assert found["border_dwell_forming_h", "khorgos", "west", "2024"] == pytest.approx((4 + 4) / 2)


def test_a_passage_lasts_from_the_first_wait_at_a_place_to_the_last_spell_there():
    found = full()
    assert found["passage_h", "khorgos", "west", "2024"] == 10
    assert found["passage_h", "steppe", "west", "2024"] == pytest.approx((16 + 26) / 2)
    assert found["passage_h_p50", "steppe", "all", "2024"] == pytest.approx((16 + 26) / 2)
    assert found["passage_h_p90", "steppe", "middle", "all"] == pytest.approx(16 + 0.9 * 10)
    assert found["passage_h_p95", "steppe", "westbound", "all"] == pytest.approx(16 + 0.95 * 10)
    assert found["passage_h", "caspian", "west", "all"] == 6
    assert found["passage_h", "yard", "east", "all"] == 14
    assert ("passage_h", "yard", "all", "2025") not in found
    assert ("passage_h", "steppe", "east", "all") not in found


def test_a_passage_leaves_out_papers_worked_on_before_the_train_came():
    early = [(4, "khorgos", "keying", "declarants", -30.0, -20.0, -10.0, True)]
    found = measured(trains=VISITORS, stages=[*early, (4, "khorgos", "forming", "crews", 4.0, 5.0, 8.0, False)])
    assert found["passage_h", "khorgos", "west", "2024"] == found["border_dwell_h", "khorgos", "west", "2024"] == 4


# Capacities

CAPACITY = [
    ("khorgos", "keying", -48.0, 48.0, 1.0),
    ("khorgos", "keying", 48.0, 96.0, 2.0),
    ("khorgos", "receiving", -48.0, 96.0, 4.0),
    ("dostyk", "gauge_change", -48.0, 96.0, 1.0),
    ("dostyk", "gauge_change", -48.0, 96.0, 1.0),
    ("dostyk", "receiving", -48.0, 96.0, 4.0),
    ("dostyk", "keying", 48.0, 96.0, 0.0),
    ("flats", "placing", -48.0, 96.0, 2.0),
]


def test_utilisation_is_busy_time_over_capacity_time():
    found = visits(capacity=CAPACITY)
    assert found["utilisation_keying", "khorgos", "all", "2024"] == pytest.approx((2 + 2 + 1) / 48)
    assert found["utilisation_keying", "khorgos", "all", "all"] == pytest.approx(5 / (48 + 96))
    assert found["utilisation_gauge_change", "dostyk", "all", "2025"] == pytest.approx(3 / 96)
    assert ("utilisation_gauge_change", "khorgos", "all", "all") not in found
    assert ("utilisation_keying", "dostyk", "all", "2025") not in found


ON_TRACKS = [
    ("khorgos", "receiving", 0, 1.0, 11.0, 20.0),
    ("khorgos", "receiving", 1, 1.0, 40.0, 50.0),
    ("khorgos", "receiving", 4, 1.0, 0.0, NAN),
    ("dostyk", "receiving", 2, 1.0, 46.0, 60.0),
    ("dostyk", "receiving", 3, 1.0, 90.0, NAN),
]


def test_receiving_tracks_are_in_use_while_trains_hold_them():
    found = visits(capacity=CAPACITY, stays=ON_TRACKS)
    assert found["utilisation_receiving", "khorgos", "all", "2024"] == pytest.approx((9 + 8 + 48) / (4 * 48))
    assert found["utilisation_receiving", "dostyk", "all", "2025"] == pytest.approx((12 + 6) / (4 * 48))


def test_places_on_a_line_are_in_use_while_trains_hold_them_both_ways_together():
    line = [("steppe", "running", -48.0, 96.0, 2.0)] * 2
    held = [("steppe", "running", 0, 1.0, 20.0, 34.0), ("steppe", "running", 2, 1.0, 40.0, 52.0)]
    found = visits(capacity=line, stays=held)
    assert found["utilisation_running", "steppe", "all", "2024"] == pytest.approx((14 + 8) / (4 * 48))
    assert found["utilisation", "steppe", "all", "2025"] == pytest.approx(4 / (4 * 48))


def test_room_in_a_yard_is_in_use_by_units_of_cargo():
    yards = [("caspian", activity, -48.0, 96.0, room) for activity in ("loading", "landing") for room in (300.0, 100.0)]
    lots = [
        ("caspian", "loading", 0, 50.0, 10.0, 20.0),
        ("caspian", "loading", 0, 30.0, 10.0, 26.0),
        ("caspian", "landing", 0, 80.0, 40.0, 50.0),
        ("caspian", "landing", 1, 80.0, 60.0, 60.0),
    ]
    found = visits(capacity=yards, stays=lots)
    assert found["utilisation_loading", "caspian", "all", "2024"] == pytest.approx((50 * 10 + 30 * 16) / (400 * 48))
    assert found["utilisation_loading", "caspian", "all", "2025"] == 0
    assert found["utilisation_landing", "caspian", "all", "2024"] == pytest.approx(80 * 8 / (400 * 48))
    assert found["utilisation_landing", "caspian", "all", "all"] == pytest.approx(80 * 10 / (400 * 96))


VOYAGES = [
    ("caspian", "feeder_1", "westbound", 0.0, 5.0, 6.0, 16.0, 160.0, 200.0, 3.0),
    ("caspian", "feeder_1", "eastbound", 20.0, 25.0, 47.0, 57.0, 0.0, 200.0, 2.5),
    ("caspian", "feeder_1", "westbound", 60.0, 65.0, 66.0, 76.0, 100.0, 200.0, 4.0),
    ("caspian", "feeder_1", "eastbound", 90.0, 94.0, NAN, NAN, 100.0, 200.0, 4.0),
]


def test_berths_are_in_use_until_the_vessel_is_loaded_even_with_nothing():
    found = measured(voyages=VOYAGES, capacity=[("caspian", "berthing", -48.0, 96.0, 2.0)] * 2)
    assert found["utilisation_berthing", "caspian", "all", "2024"] == pytest.approx((5 + 5) / (4 * 48))
    assert found["utilisation_berthing", "caspian", "all", "2025"] == pytest.approx((5 + 4) / (4 * 48))


def test_utilisation_of_a_place_is_that_of_its_busiest_capacity():
    found = visits(capacity=CAPACITY, stays=ON_TRACKS)
    assert found["utilisation", "khorgos", "all", "2024"] == found["utilisation_receiving", "khorgos", "all", "2024"]
    assert found["utilisation", "dostyk", "all", "2025"] == found["utilisation_receiving", "dostyk", "all", "2025"]


def test_wagon_sets_are_in_use_until_they_are_home():
    trips = [("flats", 0, -20.0, 10.0, 24.0), ("flats", 1, 60.0, 80.0, NAN)]
    found = visits(capacity=CAPACITY, wagon_sets=trips)
    assert found["utilisation_placing", "flats", "all", "2024"] == pytest.approx(24 / 96)
    assert found["utilisation", "flats", "all", "2025"] == pytest.approx(36 / 96)


def test_voyages_count_where_they_sailed():
    found = measured(voyages=VOYAGES)
    assert [found["voyages_westbound", "caspian", "all", period] for period in WINDOWS] == [1, 1, 2]
    assert [found["voyages_eastbound", "caspian", "all", period] for period in WINDOWS] == [1, 0, 1]
    assert found["load_share_westbound", "caspian", "all", "all"] == pytest.approx(0.65)
    assert found["load_share_eastbound", "caspian", "all", "2024"] == 0
    assert ("load_share_eastbound", "caspian", "all", "2025") not in found


def test_the_work_of_a_call_counts_with_the_departure_that_ends_it():
    found = measured(voyages=VOYAGES)
    assert [found["call_work_h_westbound", "caspian", "all", period] for period in WINDOWS] == [3.0, 4.0, 3.5]
    assert found["call_work_h_eastbound", "caspian", "all", "all"] == 2.5
    assert ("call_work_h_eastbound", "caspian", "all", "2025") not in found


def test_voyages_a_vessel_are_a_rate_over_the_vessels_in_service():
    text = resolved()
    feeder = text["places"]["caspian"]["vessels"]["feeder"]
    feeder["number"] = {dt.date(2024, 1, 1): 3, dt.date(2025, 1, 1): 5}
    text["places"]["caspian"]["vessels"]["barge"] = feeder | {"title": "Barge", "number": 1}
    found = look_up(measure_run(Scenario.model_validate(text), tables(voyages=VOYAGES), WINDOWS))
    rates = [found["voyages_per_vessel", "caspian", "all", period] for period in WINDOWS]
    day_rates = [2 / (4 * 2), 1 / (6 * 2), 3 / (4 * 2 + 6 * 2)]
    assert rates == pytest.approx([365.25 * rate for rate in day_rates])


# A run, against plain loops


@pytest.fixture(scope="module")
def run():
    """A run with a full line, full yards and a ban that is called."""
    text = resolved(bans=BANNED["bans"])
    text["places"]["steppe"]["most_trains"] = 3
    text["places"]["caspian"]["ports"] = {name: PORT | {"yard_teu": 240} for name in ("aktau", "alat")}
    model = Scenario.model_validate(text)
    made = simulate(model, 5, 0).tables
    waited = made.stages[made.stages["started_h"] > made.stages["queued_h"]]
    assert {"line", "yard", "ban"} <= set(waited["cause"])
    return model, made


@pytest.fixture(scope="module")
def found(run):
    return look_up(measure_run(*run, WINDOWS))


def test_measures_of_a_run_are_those_of_other_code(run, found):
    assert len({key[1] for key in found if key[0] == "wait_h"}) == 5
    assert all(found[f"utilisation_{what}", place, "all", "all"] > 0 for what, place in HELD)
    assert differences(found, recount(*run, WINDOWS)) == {}


HELD = [
    *[("receiving", "khorgos"), ("receiving", "dostyk"), ("running", "steppe")],
    *[("loading", "caspian"), ("landing", "caspian")],
]


def test_the_parts_of_a_run_sum_to_the_whole(run, found):
    wholes = {key: value for key, value in found.items() if key[0] in ("border_dwell_h", "wait_h")}
    assert len(wholes) > 50
    for (kpi, *key), whole in wholes.items():
        if kpi == "wait_h":
            names = {name for name, *rest in found if name.startswith("wait_h_") and rest == key}
        else:
            names = {name for name, *rest in found if name.startswith("border_dwell_") and rest == key}
            names = {name for name in names if name.endswith("_h")} - {"border_dwell_h", "border_dwell_customs_h"}
        assert sum(found[name, *key] for name in names) == pytest.approx(whole), (kpi, key)


def test_trains_of_a_run_balance(run, found):
    trains = run[1].trains
    before = int((trains["entered_h"] < 0).sum() - (trains["left_h"] < 0).sum())
    for period, start in (("2024", before), ("2025", found["trains_inside", "all", "all", "2024"]), ("all", before)):
        created, delivered = (found[f"trains_{what}", "all", "all", period] for what in ("created", "delivered"))
        assert delivered > 0
        assert found["trains_inside", "all", "all", period] == start + created - delivered


def test_years_of_a_run_sum_to_all(found):
    summed = ("throughput_mt", "throughput_teu", "trains_created", "trains_delivered", "declarations")
    keys = [key for key in found if key[0].startswith(summed) and key[3] == "all"]
    assert len(keys) > 20
    for key in keys:
        assert found[key] == pytest.approx(found[*key[:3], "2024"] + found[*key[:3], "2025"])


def test_no_capacity_of_a_run_is_used_more_than_there_is(found):
    shares = [value for key, value in found.items() if key[0].startswith("utilisation")]
    assert max(shares) > 0.2
    assert {f"utilisation_{what}" for what in ("berthing", "running", "loading")} < {key[0] for key in found}
    assert all(0 <= share <= 1 + 1e-9 for share in shares)


def test_the_order_of_the_rows_does_not_matter(run, found):
    model, whole = run
    frames = {name: getattr(whole, name).sample(frac=1, random_state=1) for name in whole.__dataclass_fields__}
    shuffled = look_up(measure_run(model, type(whole)(**frames), WINDOWS))
    assert shuffled.keys() == found.keys()
    assert shuffled == pytest.approx(found)


# Counting


def overlap(start, end, from_h, until_h):
    end = math.inf if math.isnan(end) else end
    return 0.0 if math.isnan(start) else max(0.0, min(end, until_h) - max(start, from_h))


def test_stretches_are_cut_at_the_edges():
    windows = Windows.of({"a": (0.0, 10.0), "b": (10.0, 30.0), "c": (5.0, 30.0)})
    random = np.random.default_rng(4)
    starts = random.uniform(-10, 40, 500)
    ends = np.where(random.random(500) < 0.1, NAN, starts + random.exponential(8, 500))
    starts[:20], ends[:20] = NAN, NAN
    rows, bins, hours = windows.overlap(starts, ends)
    found = totals((bins,), (windows.sets,), hours)
    for window, (from_h, until_h) in enumerate([(0, 10), (10, 30), (5, 30)]):
        expected = sum(overlap(start, end, from_h, until_h) for start, end in zip(starts, ends, strict=True))
        assert found[window] == pytest.approx(expected)
    assert (hours >= 0).all()
    assert len(rows) == len(bins) == len(hours)


def test_quantiles_are_of_all_values_in_a_combination_of_sets():
    values = np.random.default_rng(5).exponential(size=400)
    first, second = np.arange(400) % 3, np.arange(400) % 7 % 4
    sets = (
        Sets.singles("abc", "all"),
        Sets(("x", "y"), np.array([[True, True, False, False], [False, False, True, True]])),
    )
    found = quantiles(values, (first, second), sets, (0.5, 0.95))
    assert found.shape == (2, 4, 2)
    assert found[1, 3, 0] == pytest.approx(np.quantile(values[second < 2], 0.95))
    assert found[0, 2, 1] == pytest.approx(np.quantile(values[(first == 2) & (second >= 2)], 0.5))


LIMITED = {"flows": {"west": {"most_trains_under_way": 1}}}
BANNED = {
    "bans": {
        "full_yard": {
            "title": "Port full",
            "place": "aktau",
            "flows": ["west"],
            "begins_at_share": 0.9,
            "lifts_at_share": 0.5,
            "lead_h": 6,
        }
    }
}


@pytest.mark.parametrize("changes", [LIMITED, BANNED], ids=["agreed limit", "ban"])
def test_a_ban_is_measured_apart_from_the_place_it_begins_at(changes):
    text = resolved(bans=changes.get("bans", {}))
    text["flows"]["west"] |= changes.get("flows", {}).get("west", {})
    made = tables(
        trains=[(0, "west", 0.0, 20.0, 1.0, 1.0, 1.0), (1, "west", 20.0, 30.0, 1.0, 1.0, 1.0)],
        stages=[
            (0, "khorgos", "forming", "crews", 0.0, 0.0, 20.0, False),
            (1, "khorgos", "holding", "ban", 4.0, 20.0, 20.0, False),
            (1, "khorgos", "forming", "crews", 20.0, 20.0, 30.0, False),
        ],
    )
    made.trains["offered_h"] = [0.0, 4.0]
    found = look_up(measure_run(Scenario.model_validate(text), made, {"all": (0.0, 40.0)}))
    assert found["wait_h_ban", "all", "west", "all"] == 8.0
    assert found["journey_days", "all", "west", "all"] == pytest.approx((20 + 26) / 2 / 24)
    assert found["transit_days", "all", "west", "all"] == pytest.approx((20 + 10) / 2 / 24)
    assert found["queue_trains_ban", "all", "middle", "all"] == 16.0 / 40.0
    assert not [key for key in found if key[0].endswith("_ban") and key[2] in ("east", "north", "eastbound")]
    assert found["border_dwell_h", "khorgos", "west", "all"] == 15.0
    assert found["wait_h", "khorgos", "west", "all"] == 0.0
    assert found["trains_created", "all", "west", "all"] == 2


def test_what_exceeds_a_capacity_counts_as_full():
    """A train longer than the yard it stands in, and work that goes on where capacity was lowered under it."""
    yard = [("caspian", "loading", -48.0, 96.0, 0.001)]
    found = visits(capacity=yard, stays=[("caspian", "loading", 0, 80.0, 10.0, 96.0)])
    assert found["utilisation_loading", "caspian", "all", "2024"] == 1
    assert found["utilisation", "caspian", "all", "all"] == 1


@settings(max_examples=25, deadline=None)
@given(
    tracks=st.integers(1, 4),
    cut=st.integers(0, 4),
    room=st.floats(0.001, 300),
    gap_h=st.floats(1, 12),
    cleared_h=st.floats(0, 20),
)
def test_every_share_of_a_run_lies_between_0_and_1(tracks, cut, room, gap_h, cleared_h):
    """Networks with tracks that are cut under the trains on them, and yards smaller or larger than a train."""
    half = dt.date(2025, 1, 3)
    places = {
        "line": tiny.section(5),
        "sea": tiny.sea(200, 6, {"number": 2}, sailing_h=10, east={"yard_teu": room}, west={"yard_teu": room}),
        "end": tiny.terminal(cleared_h, {dt.date(2025, 1, 1): tracks, half: min(cut, tracks)}),
    }
    world = tiny.scenario(places, {"west": tiny.at_random(1 / gap_h, "line", "sea", "end")}, days=6)
    values = measure_run(world, tiny.played(world), periods(world))
    shares = values[values["kpi"].map(lambda kpi: unit_of(kpi) == "share")]["value"].dropna()
    assert len(shares)
    assert shares.between(0, 1).all()
