"""The warm-up observed: days counted by hand, and what MSER-5 makes of them."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hand_made import resolved, scenario, tables

import sim
from sim.measure.kpis import filling
from sim.runs.durable import open_study
from sim.runs.replicate import jobs_of, performer
from sim.scenario.reading.read import Reading
from sim.study.warmup import average, begun_earlier, default_days, settling_of, warmup
from sim.verification import tiny
from sim.verification.tiny import at_random, border, every, exponential, section
from sim.views.folders import write_answer
from sim.views.plots.warmup import cleared_by, settling
from sim.views.sheets.warmup import verdict, warmup_sheet


def reading(described):
    """A scenario as read."""
    return Reading("tiny", described, {}, (), {})


def test_days_are_counted_from_the_first_hour_of_the_run():
    """The run begins at hour -48. Day 1: train 0 arrives and stays 3 h; day 2: trains 1 and 2 stay 5 and 7 h."""
    spells = [
        (0, "khorgos", "forming", "crews", -47, -46, -44, False),
        (1, "khorgos", "forming", "crews", -20, -18, -15, False),
        (2, "dostyk", "forming", "crews", -1, 0, 6, False),
        (3, "khorgos", "forming", "crews", -1, 0, np.nan, False),
        (0, "steppe", "running", "path", -44, -44, -30, False),
        (1, "khorgos", "checking", "officers", -30, -30, -16, True),
        (3, "khorgos", "forming", "crews", 90, 91, 92, True),
    ]
    trains = [
        (0, "west", -47, -30, 1000, 80, 50),
        (1, "west", -20, 10, 1000, 80, 50),
        (2, "east", -1, 20, 3000, 0, 60),
        (3, "west", -1, np.nan, 1000, 80, 50),
    ]
    days = filling(scenario(), tables(trains=trains, stages=spells))
    assert days["dwell_h"].tolist() == [3.0, 12.0]
    assert days["arrivals"].tolist() == [1.0, 2.0]
    assert days["under_way"].tolist() == [0.0, 3.0]


def test_the_mean_is_over_all_trains_of_a_day_and_a_day_without_any_lies_between():
    runs = [
        pd.DataFrame({"dwell_h": [4.0, 0, 10], "arrivals": [1.0, 0, 1], "under_way": [1.0, 2, 3]}),
        pd.DataFrame({"dwell_h": [8.0, 0, 20], "arrivals": [3.0, 0, 1], "under_way": [3.0, 4, 5]}),
    ]
    table = average(runs)
    assert table["border_dwell_h"].tolist() == [3.0, 9.0, 15.0]
    assert table["trains_under_way"].tolist() == [2.0, 3.0, 4.0]


def test_the_run_begins_earlier_and_ends_soon():
    horizon = begun_earlier(scenario(), 200).horizon
    assert (horizon.warmup_days, horizon.start, horizon.end) == (200, dt.date(2024, 12, 30), dt.date(2025, 1, 3))
    years = scenario(horizon={"start": dt.date(2024, 1, 1), "end": dt.date(2026, 1, 1), "warmup_days": 40})
    assert begun_earlier(years, 99).horizon.end == dt.date(2024, 3, 1)
    assert (default_days(years), default_days(scenario())) == (160, 120)


def test_a_series_that_steps_settles_after_the_step():
    found = settling_of(np.array([0.0] * 20 + [5.0] * 80))
    assert (found.days, found.mean, found.is_seen) == (20, 5.0, True)
    assert not settling_of(np.arange(100.0)).is_seen


def long_line(warmup_days=10):
    """Forty trains are under way on a line of ten days once it has filled; the border has room enough."""
    return tiny.scenario(
        {"khorgos": border(forming_h=exponential(5.0)), "line": section(240)},
        {"west": every(6, "khorgos", "line", departures_cv=0.3)},
        days=70,
        warmup_days=warmup_days,
    )


def test_a_line_settles_once_it_is_full_and_a_stated_warm_up_is_judged():
    found = warmup(reading(long_line(5)), days=100, replications=3, seed=3)
    assert found.is_seen
    assert 10 <= found.proposed_days <= 40
    assert found.settling["trains_under_way"].mean == pytest.approx(40, abs=3)
    assert found.settling["border_dwell_h"].mean == pytest.approx(5, abs=0.5)
    assert not found.suffices
    assert "the scenario states 5 days, which is too short" in verdict(found)
    assert warmup(reading(long_line(40)), days=100, replications=3, seed=3).suffices


def test_a_queue_that_grows_is_not_called_settled():
    growing = tiny.scenario(
        {"khorgos": border(crews=1, forming_h=8.0)},
        {"west": at_random(1 / 6, "khorgos")},
        days=70,
        warmup_days=10,
    )
    found = warmup(reading(growing), days=100, replications=2)
    assert not found.is_seen
    assert not found.suffices
    assert "no steady state is seen in 100 days" in verdict(found)
    assert [row[-1] for row in warmup_sheet(found).rows] == ["not seen", "not seen"]


def test_the_series_are_drawn_and_written(tmp_path):
    found = warmup(reading(long_line()), days=40, replications=2, seed=3)
    figure = settling(found, "Caption.")
    panels = figure.axes
    assert len(panels) == 2
    assert re.search(r"40\s+days\s+before\s+1\s+Jan\s+20\d\d$", figure.get_suptitle())
    later = replace(found, scenario=sim.load("altynkol_tez").scenario)
    assert cleared_by(later) == "cleared by Paper declarations", "Tez comes with the horizon"
    cuts = [line.get_xdata()[0] for line in panels[1].lines if line.get_label() == "end of warm-up, MSER-5"]
    assert cuts == [found.settling["trains_under_way"].days]
    write_answer(found, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "scenario.toml",
        "sources.csv",
        "warmup.csv",
        "warmup.png",
        "warmup.svg",
    ]
    assert (tmp_path / "out" / "warmup.csv").read_text().splitlines()[0] == "day,border_dwell_h,trains_under_way"


def test_the_outcome_does_not_depend_on_the_workers():
    one, two = (warmup(reading(long_line()), days=40, replications=3, workers=workers) for workers in (1, 2))
    assert one.table.equals(two.table)
    assert one.settling == two.settling


def test_a_study_keeps_the_days(tmp_path):
    """They are read again, and are no results of the same replications."""
    described = reading(long_line())
    with open_study(tmp_path) as study:
        with performer(store=study) as perform:
            first = warmup(described, days=20, replications=2, perform=perform)
        with performer(executor=Idle(), store=study) as perform:
            again = warmup(described, days=20, replications=2, perform=perform)
            with pytest.raises(AssertionError, match="asked to run"):
                perform(jobs_of(begun_earlier(described.scenario, 20), described.scenario.study.seed, 1))
    assert again.table.equals(first.table)


class Idle(Executor):
    """Does nothing: whoever asks it fails."""

    def submit(self, *work, **options):
        raise AssertionError("asked to run what is kept")


def test_too_few_days_are_refused():
    with pytest.raises(ValueError, match="10 days"):
        warmup(Reading("x", scenario(), resolved(), (), {}), days=9)
