"""A run that traffic stops for good, in the middle of a study: the message says which, and what is finished is kept."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import output_of

import sim.runs.replicate
from sim.cli.commands import program
from sim.model.conservation import ConservationError
from sim.model.deadlock import DeadlockError
from sim.runs.durable import settings
from sim.runs.replicate import Job, performer, run_job, telling
from sim.runs.workers import results_from
from sim.scenario.reading.opening import load

RING = Path(__file__).parents[1] / "ring.toml"
EAST = "flows.east.trains_per_year.2025"
STOPS = ": traffic has come to a stop that nothing can end"
FREE, JAMMED = f"{EAST}=1", f"{EAST}=3000"
MEASURE = "trains_delivered:all:west in 2025"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A ring, and the same world with one eastbound train a year, in which nothing stops."""
    (tmp_path / "ring.toml").write_text(RING.read_text(), encoding="utf-8")
    free = RING.read_text().replace(
        '["second", "line", "khorgos"]\ntrains_per_year = { 2025 = 3000 }',
        '["second", "line", "khorgos"]\ntrains_per_year = { 2025 = 1 }',
    )
    (tmp_path / "free.toml").write_text(free, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stopped(*arguments):
    """What a command says that ends so: status 2, nothing written but a study."""
    before = {path for path in Path().rglob("*") if path.name != "kept"}
    ended = CliRunner().invoke(program, [*arguments, "--workers", "1"])
    assert isinstance(ended.exception, SystemExit), ended.exception
    assert ended.exit_code == 2, ended.output
    assert STOPS in ended.output
    assert "Traceback" not in ended.output
    after = {path for path in Path().rglob("*") if "kept" not in path.parts}
    assert after == {path for path in before if "kept" not in path.parts}
    return ended.output


def test_a_run_and_its_changes_are_named(folder):
    said = stopped("run", "free.toml", "--set", JAMMED, "--replications", "2")
    assert f"free with {JAMMED}, replication 0{STOPS}" in said
    assert "Nothing was written" in said


def test_one_of_those_compared(folder):
    assert f"ring, replication 0{STOPS}" in stopped("compare", "free.toml", "ring.toml", "--replications", "2")


def test_until_precise(folder):
    said = stopped("run", "ring.toml", "--precision", "5%", "--precision-of", "trains_delivered:all:west:2025")
    assert f"ring, replication 0{STOPS}" in said


def test_a_point_of_a_sweep_and_what_was_finished_before_it(folder):
    words = ["sweep", "free.toml", "--factor", f"{EAST}=1,2,3000", "--replications", "2", "--study", "kept"]
    said = stopped(*words)
    assert f"free, point 2 ({EAST} = 3000), replication 0{STOPS}" in said
    assert "what is finished lies in kept" in said
    assert sum(setting.complete for setting in settings(Path("kept"))) == 4
    words[words.index(f"{EAST}=1,2,3000")] = f"{EAST}=1,2"
    output_of(*words, "--workers", "1", "--no-plots")
    assert Path("results/free_sweep/manifest.json").is_file()


INVESTMENT = """
[investments.bypass]
title = "Bypass"
opens = 2025-01-01
cost_musd = 1
[investments.bypass.changes]
"places.line.most_trains" = 2
"""


def test_a_rung_and_a_plan(folder):
    year = ("--set", "horizon.end=2026-01-01")
    said = stopped("ladder", "ring.toml", *year, "--replications", "3")
    assert re.search(rf"^ring with horizon.end=2026-01-01, replication \d+{STOPS}", said, re.MULTILINE)
    with Path("ring.toml").open("a", encoding="utf-8") as file:
        file.write(INVESTMENT)
    asked = ("--target", "1", "--year", "2025", "--screening", "2", "--replications", "2")
    said = stopped("target", "ring.toml", *year, *asked)
    assert re.search(rf"\(investments: (bypass|none)\), replication \d+{STOPS}", said)


def test_a_warm_up(folder):
    assert re.search(
        rf"Ring, begun earlier, replication 0{STOPS}", stopped("warmup", "ring.toml", "--replications", "2")
    )


def test_workers_say_it_too_and_hand_over_what_is_finished():
    jammed, free = load(RING).scenario, load(RING, [FREE]).scenario
    seen = []
    jobs = [Job(free, 1, 0, "free"), Job(free, 1, 1, "free"), Job(jammed, 1, 0, "the jammed one")]
    said = pytest.raises(DeadlockError, match=r"^the jammed one, replication 0: traffic")
    with said, performer(2, seen.append) as perform:
        perform(jobs)
    assert seen and seen[0].index in (0, 1)


def test_finished_work_comes_before_an_error():
    """Two items end at once, one of them badly: the other is handed over first."""
    from concurrent.futures import Future

    class AtOnce:
        def submit(self, work, item):
            future = Future()
            future.set_exception(DeadlockError("stop")) if item < 3 else future.set_result(item)
            return future

    found = []
    with pytest.raises(DeadlockError):
        for _, result in results_from(AtOnce(), int, [1, 2, 3, 4]):
            found.append(result)
    assert sorted(found) == [3, 4]


def test_an_account_that_does_not_close_is_named_and_is_no_fault_of_the_user(folder, monkeypatch):
    def unbalanced(*_):
        raise ConservationError("trains created = delivered + inside: 3 against 4")

    monkeypatch.setattr(sim.runs.replicate, "one_replication", unbalanced)
    with pytest.raises(ConservationError, match=r"^Ring, replication 5: trains created"):
        run_job(Job(load(RING).scenario, 1, 5))
    ended = output_of("run", "free.toml", "--workers", "1", status=1)
    assert "free, replication 0: trains created = delivered + inside: 3 against 4" in ended
    assert "the model is wrong, not the scenario" in ended
    assert not Path("results").exists()


def test_other_errors_pass_untouched():
    with pytest.raises(KeyError, match="x"), telling("here"):
        raise KeyError("x")
