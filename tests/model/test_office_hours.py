"""Working hours of the paper desks: the spells of a local clock, and journeys worked out by hand.

In January 2025 it is five hours later at Almaty than in UTC: 09:00 to 18:00 are the hours 4 to 13 of each day, and
1 January is a Wednesday.
"""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import booked, steady

from sim.scenario.calendar import Calendar, OpenSpells
from sim.verification.tiny import border, every, journey, paper, played, scenario, times

TEN = {"declarations_per_train": 10, "regime": "paper"}
NINE, SIX = dt.time(9), dt.time(18)
TWO_DAYS = OpenSpells((4.0, 28.0, 52.0), (13.0, 37.0, math.inf))


def desks(at_closing, gap_h=4, days=4, weekdays=(1, 2, 3, 4, 5, 6, 7), **changes):
    """Trains each `gap_h` hours whose papers take five hours to key, 1.25 to check; one team of declarants."""
    office = {"opens": NINE, "closes": SIX, "weekdays": list(weekdays), "at_closing": at_closing}
    place = border(**{"declarant_teams": 1, "time_zone": "Asia/Almaty", "office_hours": office, **changes})
    regimes = {"paper": paper(keying_h=0.5, checking_h=0.125)}
    return played(scenario({"khorgos": place}, {"west": every(gap_h, "khorgos", **TEN)}, regimes=regimes, days=days))


def papers(frames, number):
    return journey(frames, number)[:2]


def test_overtime():
    """The second train is keyed until an hour after closing, and checked in the morning."""
    frames = desks("finish")
    assert papers(frames, 0) == [("keying", 2, 4, 9), ("checking", 9, 9, 10.25)]
    assert papers(frames, 1) == [("keying", 6, 9, 14), ("checking", 14, 28, 29.25)]
    assert papers(frames, 2) == [("keying", 10, 28, 33), ("checking", 33, 33, 34.25)]
    assert papers(frames, 3) == [("keying", 14, 33, 38), ("checking", 38, 52, 53.25)]


def test_stop_and_resume_over_a_night():
    """Of the second train four hours are keyed before the night, one after it."""
    frames = desks("stop")
    assert papers(frames, 0) == [("keying", 2, 4, 9), ("checking", 9, 9, 10.25)]
    assert papers(frames, 1) == [("keying", 6, 9, 29), ("checking", 29, 29, 30.25)]
    assert papers(frames, 2) == [("keying", 10, 29, 34), ("checking", 34, 34, 35.25)]
    assert papers(frames, 3) == [("keying", 14, 34, 54), ("checking", 54, 54, 55.25)]


@pytest.mark.parametrize(
    ("at_closing", "keyed"),
    [
        ("finish", [(12, 12, 17), (36, 36, 41), (60, 60, 65), (84, 124, 129), (108, 129, 134)]),
        ("stop", [(12, 12, 32), (36, 36, 56), (60, 60, 128), (84, 128, 133), (108, 148, 153)]),
    ],
)
def test_a_weekend(at_closing, keyed):
    """A train a day, an hour before closing: that of Friday, hour 60, and those of the weekend; Monday opens at 124.

    What is done on Monday at 133, as the desks close, leaves the next train to Tuesday.
    """
    assert times(desks(at_closing, gap_h=24, days=8, weekdays=range(1, 6)), "keying")[:5] == keyed


def test_a_second_team_from_a_date_in_the_night():
    frames = desks("finish", declarant_teams={"2025-01-01": 1, "2025-01-02": 2})
    keyed = times(frames, "keying")
    assert keyed[:6] == [(2, 4, 9), (6, 9, 14), (10, 28, 33), (14, 28, 33), (18, 33, 38), (22, 33, 38)]


def test_a_team_less_from_a_date_in_the_night():
    """The team at rest over its papers stays, and takes the next train when it is through with them."""
    frames = desks("stop", declarant_teams={"2025-01-01": 2, "2025-01-02": 1})
    assert times(frames, "keying")[:4] == [(2, 4, 9), (6, 6, 11), (10, 10, 30), (14, 30, 35)]


def test_without_working_hours_the_desks_never_close():
    assert times(desks("stop", office_hours=None), "keying")[:3] == [(2, 2, 7), (6, 7, 12), (10, 12, 17)]


def test_the_clocks_of_kazakhstan_changed_on_1_march_2024():
    calendar = Calendar(dt.date(2024, 2, 28), dt.date(2024, 3, 10), 0)
    spells = calendar.open_spells("Asia/Almaty", NINE, SIX)
    first = spells.opens_h.index(3)
    assert spells.opens_h[first : first + 4] == (3, 27, 52, 76)
    assert spells.closes_h[first : first + 4] == (12, 36, 61, 85)


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        pytest.param(dt.date(2025, 3, 29), [(-3, 5), (21, 28), (44, 52)], id="a night an hour shorter"),
        pytest.param(dt.date(2025, 10, 25), [(-4, 4), (20, 29), (45, 53)], id="a night an hour longer"),
    ],
)
def test_a_night_of_daylight_saving(start, hours):
    spells = Calendar(start, start + dt.timedelta(days=9), 0).open_spells("Europe/Berlin", dt.time(22), dt.time(6))
    first = spells.opens_h.index(hours[0][0])
    assert list(zip(spells.opens_h, spells.closes_h, strict=True))[first : first + 3] == hours


def test_work_rests_over_days_that_daylight_saving_shortens():
    """Open 22:00 to 06:00 at Berlin: 17 hours of work begun on 28 March take 8, 7 and then 2 of a night."""
    calendar = Calendar(dt.date(2025, 3, 29), dt.date(2025, 4, 9), 0)
    spells = calendar.open_spells("Europe/Berlin", dt.time(22), dt.time(6))
    assert booked(steady(1), [(-5, 17), (0, 1)], spells, finish=False) == [-3, 46]


def test_an_opening_that_the_clocks_jump_over():
    """On 30 March 2025 there is no 02:30 at Berlin, and half past three comes after a quarter past."""
    calendar = Calendar(dt.date(2025, 3, 29), dt.date(2025, 4, 9), 0)
    spells = calendar.open_spells("Europe/Berlin", dt.time(2, 30), dt.time(3, 15))
    first = spells.opens_h.index(1.5)
    assert spells.opens_h[first : first + 2] == (1.5, 48.5)


def test_spells_do_not_overlap_where_clocks_jump():
    """Round the clock from half past two: the night of the jump, the next spell begins where the last one ends."""
    calendar = Calendar(dt.date(2025, 3, 29), dt.date(2025, 4, 9), 0)
    spells = calendar.open_spells("Europe/Berlin", dt.time(3), dt.time(2, 30))
    first = spells.opens_h.index(2)
    assert list(zip(spells.opens_h, spells.closes_h, strict=True))[first : first + 2] == [(2, 25.5), (25.5, 48.5)]


@pytest.mark.parametrize("weekday", range(1, 8))
def test_spells_reach_from_before_the_run_to_a_month_after_it_and_never_end(weekday):
    calendar = Calendar(dt.date(2025, 1, 1), dt.date(2025, 2, 1), 30)
    spells = calendar.open_spells("Asia/Almaty", NINE, SIX, [weekday])
    assert spells.opens_h[0] <= calendar.opening_h
    assert spells.opens_h[-1] > calendar.closing_h + 31 * 24
    assert spells.open_from(1e9) == 1e9
    assert spells.after_work(0, 1e6) > 1e6


def test_the_edges_of_an_opening():
    assert [TWO_DAYS.open_from(hour) for hour in (0, 4, 12.5, 13, 28, 1e6)] == [4, 4, 12.5, 28, 28, 1e6]
    assert [TWO_DAYS.after_work(12, work) for work in (0.5, 1, 1.5, 10, 11)] == [12.5, 13, 28.5, 37, 53]


@given(st.floats(0, 60), st.floats(0, 60))
def test_work_is_the_open_time_that_passes(start, work):
    start = TWO_DAYS.open_from(start)
    done = TWO_DAYS.after_work(start, work)
    edges = zip(TWO_DAYS.opens_h, TWO_DAYS.closes_h, strict=True)
    passed = sum(max(0.0, min(done, closes) - max(start, opens)) for opens, closes in edges)
    assert passed == pytest.approx(work, abs=1e-5)
