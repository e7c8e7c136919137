"""Dates and hours, and values that step on dates."""

import datetime as dt
import math
import os
import subprocess
import sys
import time
from importlib.resources import files
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.calendar import DAY_ONE, Calendar, Steps, next_month
from sim.verification.tiny import at_random, border, played, scenario

CLOCK = Calendar(dt.date(2024, 2, 1), dt.date(2026, 1, 15), 40)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2200, 1, 1))


def test_the_clock_of_a_horizon():
    assert CLOCK.opening_h == -960
    assert CLOCK.closing_h == 714 * 24
    assert CLOCK.hours(dt.date(2024, 2, 1)) == 0
    assert CLOCK.hours(dt.date(2024, 1, 31)) == -24
    assert CLOCK.hours(dt.date(2024, 3, 1)) == 29 * 24
    assert CLOCK.hours(DAY_ONE) == -math.inf


def test_the_moment_of_an_hour():
    assert CLOCK.moment(0) == dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
    assert CLOCK.moment(-0.5) == dt.datetime(2024, 1, 31, 23, 30, tzinfo=dt.UTC)


@given(DAYS, DAYS)
def test_hours_and_moments_are_inverse(start, day):
    calendar = Calendar(start, start + dt.timedelta(days=1), 0)
    assert calendar.moment(calendar.hours(day)).date() == day


def test_years_are_clipped_to_the_horizon():
    assert CLOCK.years() == {
        "2024": (0, 335 * 24),
        "2025": (335 * 24, 700 * 24),
        "2026": (700 * 24, 714 * 24),
    }
    assert list(Calendar(dt.date(2024, 1, 1), dt.date(2025, 1, 1), 0).years()) == ["2024"]


def test_months_begin_with_that_of_the_opening():
    months = CLOCK.months()
    assert months[0] == (2023, 12, CLOCK.hours(dt.date(2023, 12, 1)))
    assert months[2] == (2024, 2, 0)
    assert months[-1] == (2026, 2, CLOCK.hours(dt.date(2026, 2, 1)))
    assert len(months) == 27


@given(DAYS)
def test_the_next_month_is_the_next_first(day):
    later = next_month(day)
    assert later.day == 1
    assert 1 <= (later - day).days <= 31
    assert all((day + dt.timedelta(days=ahead)).day > 1 for ahead in range(1, (later - day).days))


def test_a_dated_table_is_a_step_function():
    """Its earliest value also holds before its date; the order in the file does not matter."""
    steps = CLOCK.steps({dt.date(2025, 1, 1): 3, dt.date(2024, 2, 2): 1})
    assert steps == Steps((-math.inf, 335 * 24), (1, 3))
    assert [steps.at(hour) for hour in (-1e9, 0, 335 * 24 - 0.001, 335 * 24, 1e9)] == [1, 1, 1, 3, 3]
    assert CLOCK.steps({DAY_ONE: 7}) == Steps((-math.inf,), (7,))


def test_the_next_change():
    steps = Steps((-math.inf, 10.0, 20.0), (1, 2, 3))
    assert [steps.next_change_h(hour) for hour in (0, 10, 19, 20)] == [10, 20, 20, math.inf]


def test_spells_of_constant_value():
    steps = Steps((-math.inf, -50.0, 10.0, 20.0, 90.0), ("a", "b", "c", "d", "e"))
    assert steps.spells(0, 30) == [(0, 10, "b"), (10, 20, "c"), (20, 30, "d")]
    assert steps.spells(10, 20) == [(10, 20, "c")]


@given(st.dictionaries(DAYS, st.integers(0, 9), min_size=1, max_size=6))
def test_spells_tile_the_run_and_agree_with_the_function(values):
    calendar = Calendar(dt.date(2020, 1, 1), dt.date(2060, 1, 1), 100)
    steps = calendar.steps(values)
    spells = steps.spells(calendar.opening_h, calendar.closing_h)
    assert (spells[0][0], spells[-1][1]) == (calendar.opening_h, calendar.closing_h)
    assert all(before[1] == after[0] for before, after in pairwise(spells))
    assert all(steps.at(first) == steps.at((first + last) / 2) == value for first, last, value in spells)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process can only be set on Unix")
def test_the_time_zone_of_the_host_does_not_matter(monkeypatch):
    def run():
        time.tzset()
        frames = played(scenario({"khorgos": border(forming_h=3)}, {"west": at_random(0.5, "khorgos")}))
        spells = CLOCK.open_spells("Europe/Berlin", dt.time(22), dt.time(6))
        return frames.stages, CLOCK.moment(12.25), CLOCK.hours(dt.date(2024, 4, 1)), spells

    try:
        monkeypatch.setenv("TZ", "Asia/Almaty")
        almaty = run()
        monkeypatch.setenv("TZ", "America/New_York")
        new_york = run()
    finally:
        monkeypatch.undo()
        time.tzset()
    pd.testing.assert_frame_equal(almaty[0], new_york[0])
    assert almaty[1:] == new_york[1:]


def test_a_hosts_own_time_zones_change_nothing(tmp_path):
    """A host whose Asia/Almaty is Pacific/Kiritimati, found by PYTHONTZPATH before the package's."""
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Almaty").write_bytes(files("tzdata").joinpath("zoneinfo/Pacific/Kiritimati").read_bytes())
    script = (
        "import datetime as dt; from zoneinfo import ZoneInfo; from sim.scenario.calendar import Calendar;"
        "clock = Calendar(dt.date(2025, 1, 1), dt.date(2025, 1, 2), 0);"
        "print(dt.datetime(2025, 1, 1, tzinfo=ZoneInfo('Asia/Almaty')).utcoffset());"
        "print(clock.open_spells('Asia/Almaty', dt.time(9), dt.time(18)).opens_h[8])"
    )
    environment = {**os.environ, "PYTHONTZPATH": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.split() == [
        "14:00:00",
        "4.0",
    ]  # the clock goes by Almaty, UTC+5 since 2024
