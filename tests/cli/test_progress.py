"""How far a long command is, in words."""

import re
import threading

import pytest
from hand_made import scenario

from sim.cli import progress as meter
from sim.cli.progress import Meter, progress, rate, time_words
from sim.measure.statistics import interval
from sim.runs.replicate import replicate
from sim.views.sheets.run import Running
from sim.views.words import figure


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when told."""

    class Clock:
        now_s = 100.0

        def monotonic(self):
            return self.now_s

    made = Clock()
    monkeypatch.setattr(meter, "time", made)
    return made


def steps(shown, clock, count, seconds):
    for _ in range(count):
        clock.now_s += seconds
        shown()


def test_rate_and_time_left_are_those_of_the_last_steps(clock):
    shown = Meter("Runs", 100, lambda meter: None)
    assert (shown.pace(), shown.line()) == ("", "Runs: 0 of 100")
    steps(shown, clock, 30, 0.001)  # read from a study
    steps(shown, clock, 20, 10)
    assert shown.pace() == "6/min, 8 min left"
    clock.now_s += 300
    assert shown.pace() == "6/min, 3 min left"
    shown.expect(50)
    shown.say("all is well")
    assert re.fullmatch(r"Runs: 50 of 150; 6/min, 12 min left; so far all is well", shown.line())


def test_no_time_left_is_told_before_each_process_has_done_a_second_step(clock):
    """The first steps of all take the time that processes need to start, too."""
    shown = Meter("Runs", 20, lambda meter: None, side_by_side=2)
    steps(shown, clock, 1, 60)
    steps(shown, clock, 2, 1)
    assert shown.line() == "Runs: 3 of 20"
    steps(shown, clock, 1, 1)
    assert shown.line() == "Runs: 4 of 20; 1/s, 16 s left"


def test_a_finished_meter_has_no_time_left(clock):
    shown = Meter("Runs", 2, lambda meter: None)
    steps(shown, clock, 2, 4)
    assert shown.line() == "Runs: 2 of 2; 15/min"


@pytest.mark.parametrize(
    ("a_second", "text"), [(12.345, "12.3/s"), (1, "1/s"), (0.5, "30/min"), (0.01, "36/h"), (1e-4, "0.36/h")]
)
def test_a_rate_has_the_unit_in_which_it_is_at_least_one(a_second, text):
    assert rate(a_second) == text


@pytest.mark.parametrize(("seconds", "text"), [(3.2, "3 s"), (99, "99 s"), (120, "2 min"), (7200, "2.0 h")])
def test_a_time_has_the_unit_one_would_say(seconds, text):
    assert time_words(seconds) == text


def test_where_nobody_watches_there_is_a_line_now_and_then(clock, capsys):
    with progress("Runs", 100) as shown:
        steps(shown, clock, 99, 1)
        shown.say("3 Mt")
        steps(shown, clock, 1, 1)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(";")[0] for line in lines] == [f"Runs: {done} of 100" for done in range(10, 101, 10)]
    assert lines[0].endswith("1/s, 90 s left")
    assert lines[-1].endswith("so far 3 Mt")


def test_slow_steps_are_told_every_half_minute_and_quick_ones_at_the_end(clock, capsys):
    with progress("Runs", 1000) as shown:
        steps(shown, clock, 6, 16)
    assert [line.split(" of")[0] for line in capsys.readouterr().err.splitlines()] == [
        *("Runs: 2", "Runs: 4", "Runs: 6"),
        "Runs: 6",
    ]
    with progress("Runs", 100) as shown:
        steps(shown, clock, 100, 0.001)
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_how_many_there_are_is_told_before_a_slow_first_step(monkeypatch, capsys):
    class Elapsed(threading.Timer):
        def start(self):
            self.function()

    monkeypatch.setattr(meter.threading, "Timer", Elapsed)
    with progress("Runs", 100) as shown:
        shown()
    assert [line.split(";")[0] for line in capsys.readouterr().err.splitlines()] == ["Runs: 0 of 100", "Runs: 1 of 100"]


def test_without_a_thread_for_the_first_line_the_others_are_told(clock, monkeypatch, capsys):
    def no_thread(*words):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    with progress("Runs", 100) as shown:
        steps(shown, clock, 100, 1)
    assert capsys.readouterr().err.splitlines()[-1].startswith("Runs: 100 of 100")


def test_nothing_done_is_nothing_said(capsys):
    with pytest.raises(ZeroDivisionError), progress("Runs", 100):
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


def test_on_a_terminal_the_bar_shows_what_is_known(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with progress("Runs", 4) as shown:
        for _ in range(4):
            shown()
        shown.say("8.83 Mt")
    last = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().err)
    assert "4/4" in last
    assert last.rstrip().endswith("8.83 Mt")


def test_the_first_answer_has_its_interval_its_level_and_n():
    known = Running("four_days", scenario())
    values = []
    for one in replicate(scenario(), 5, 3, workers=1):
        known.add(one)
        kpis = one.kpis
        row = kpis[(kpis["kpi"] == "throughput_mt") & (kpis["flow"] == "middle") & (kpis["period"] == known.period)]
        values.append(row["value"].item())
        if len(values) == 1:
            assert str(known).endswith(f"{figure(values[0])} Mt, n = 1")
    found = interval(values, 0.95)
    bounds = f"[{figure(found.low)}, {figure(found.high)}]"
    assert str(known) == f"four_days: middle throughput {figure(found.mean)} Mt {bounds}, 95 %, n = 3"
