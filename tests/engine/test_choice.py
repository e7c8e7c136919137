"""Which engine runs: asked for, or the compiled one where it is there, and the same results whatever it is."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from commands import MONTH, output_of

from sim import load, run
from sim.engine import play, sandbox
from sim.model import rows
from sim.model.conservation import ConservationError
from sim.runs.durable import open_study
from sim.runs.replicate import replicate
from sim.runs.workers import new_pool
from sim.scenario.problems import ArgumentError
from sim.scenario.reading.layers import shipped_names
from sim.verification import borders, chances, networks, queues
from sim.verification.checks import CHECKS, run_checks
from sim.verification.tiny import every, scenario, section, terminal

SMALL = scenario({"line": section(8), "yard": terminal(3, 1)}, {"one": every(7, "line", "yard")})


@pytest.fixture
def without(monkeypatch):
    """A machine on which the sandbox is not installed."""
    monkeypatch.setattr(sandbox, "obstacle", lambda: sandbox.NO_SANDBOX)
    monkeypatch.setattr(play, "simulate_compiled", lambda *_: pytest.fail("there is no compiled engine"))


def test_without_a_sandbox_runs_are_simpy_s(without):
    [replication] = replicate(SMALL, 1, 1, 1)
    assert (replication.engine, len(replication.tables.trains) > 10) == ("simpy", True)


def test_the_compiled_engine_is_refused_where_it_is_not(without):
    with pytest.raises(sandbox.EngineError, match="needs the package wasmtime"):
        replicate(SMALL, 1, 1, 1, engine="compiled")
    with pytest.raises(sandbox.EngineError, match="needs the package wasmtime"):
        run_checks(["recursion 3"], engine="compiled")


WITHOUT_WASMTIME = "import sys; sys.modules['wasmtime'] = None; from sim.cli import main; main(sys.argv[1:])"


def test_the_command_says_in_a_line_that_it_has_no_compiled_engine(tmp_path):
    words = ("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots", "--out", "here")
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_WASMTIME, *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    lines = [line for line in ended.stderr.splitlines() if "wasmtime" in line]
    assert lines == [f"Run by SimPy, which takes longer: {sandbox.NO_SANDBOX}."]
    assert json.loads((tmp_path / "here" / "manifest.json").read_text())["engine"] == "simpy"


def no_room(*_):
    raise sandbox.TooLargeError("a number too large")


NO_ROOM = """
import sys
from sim.cli import main
from sim.engine import pack, play

def refuse(*_):
    raise pack.TooLargeError("a number too large")

play.simulate_compiled = refuse
main(sys.argv[1:])
"""


def test_the_command_says_in_a_line_what_the_twin_has_no_room_for(tmp_path, monkeypatch):
    pytest.importorskip("wasmtime")
    words = ("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots")
    ended = subprocess.run([sys.executable, "-c", NO_ROOM, *words], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "\nRun by SimPy, which takes longer: a number too large.\n" in f"\n{ended.stderr}"
    assert "Warning" not in ended.stderr
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(play, "simulate_compiled", no_room)
    refused = output_of(*words, "--engine", "compiled", status=2)
    assert "\na number too large\n" in f"\n{refused}"
    assert "Traceback" not in refused


CORE = sandbox.CORE.read_bytes()
DAMAGED = {
    "no such file": lambda path: None,
    "is a folder": lambda path: path.mkdir(),
    "is not an ordinary file": os.mkfifo,
    "is damaged, or of another version": lambda path: path.write_bytes(CORE[:20_000]),
    "is damaged, or of": lambda path: path.write_bytes(CORE[:-64] + b"0" * 64),
    "is damaged, or this machine": lambda path: path.write_bytes(CORE[:2000] + b"\xff" * 200 + CORE[2200:]),
}


@pytest.mark.parametrize("says", DAMAGED)
def test_a_damaged_core_is_said_and_not_run(says, tmp_path, monkeypatch):
    pytest.importorskip("wasmtime")
    path = tmp_path / "core.wasm"
    DAMAGED[says](path)
    monkeypatch.setattr(sandbox, "CORE", path)
    for name in ("machine_code", "obstacle"):
        monkeypatch.setattr(sandbox, name, cache(getattr(sandbox, name).__wrapped__))
    monkeypatch.setattr(play, "simulate_compiled", lambda *_: pytest.fail("there is no compiled engine"))
    with pytest.raises(sandbox.EngineError, match=rf"core\.wasm: {says}[^\n]*$"):
        replicate(SMALL, 1, 1, 1, engine="compiled")
    assert [replication.engine for replication in replicate(SMALL, 1, 1, 1)] == ["simpy"]


@pytest.mark.parametrize("size", [2**31 - 2**10, 2**31 + 1, 2**32, 2**33 + 8, 2**70])
def test_more_memory_than_there_is_is_refused(size):
    pytest.importorskip("wasmtime")
    with pytest.raises(sandbox.TooLargeError, match="more memory than the compiled engine may have"):
        sandbox.Sandbox().call("reserve", size)


def test_a_twin_that_goes_astray_is_no_traceback():
    pytest.importorskip("wasmtime")
    with pytest.raises(ConservationError, match=r"^the compiled engine: memory out of bounds$"):
        sandbox.Sandbox().call("close_world", 2**31)


def test_an_engine_that_there_is_not_is_refused():
    with pytest.raises(ArgumentError, match="engine: one of auto, compiled, simpy is needed, not 'fast'"):
        run("altynkol_tez", replications=1, engine="fast")


def test_what_the_twin_has_no_room_for_is_simpy_s(monkeypatch):
    monkeypatch.setattr(sandbox, "obstacle", lambda: "")
    monkeypatch.setattr(play, "simulate_compiled", no_room)
    with pytest.warns(RuntimeWarning, match="Run by SimPy, which takes longer: a number too large"):
        [replication] = replicate(SMALL, 1, 1, 1)
    assert len(replication.tables.trains) > 10
    with pytest.raises(sandbox.TooLargeError):
        replicate(SMALL, 1, 1, 1, engine="compiled")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_the_same_on_either_engine(workers):
    pytest.importorskip("wasmtime")
    with nullcontext() if workers == 1 else new_pool(workers) as pool:
        on_simpy, on_twin = (
            run("altynkol_tez", replications=3, executor=pool, engine=engine) for engine in ("simpy", "compiled")
        )
    assert on_simpy.sample.equals(on_twin.sample)
    assert on_simpy.ledger("stages").equals(on_twin.ledger("stages"))
    differing = {key for key in on_simpy.manifest if on_simpy.manifest[key] != on_twin.manifest[key]}
    assert differing - {"wall_s"} == {"engine"}
    assert (on_simpy.manifest["engine"], on_twin.manifest["engine"]) == ("simpy", "compiled")


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_runs_compiled(name, shipped_reading):
    """Its first days: what the twin is told of is the same on all of them."""
    pytest.importorskip("wasmtime")
    reading = shipped_reading(name)
    horizon = reading.scenario.horizon
    days = horizon.model_copy(update={"end": horizon.start + dt.timedelta(days=4), "warmup_days": 1})
    first = replace(reading, scenario=reading.scenario.model_copy(update={"horizon": days}))
    assert run(first, replications=1).manifest["engine"] == "compiled"


def test_a_study_goes_on_on_the_other_engine(tmp_path):
    pytest.importorskip("wasmtime")
    with open_study(tmp_path) as study:
        run("altynkol_tez", replications=1, engine="simpy", store=study)
        mixed = run("altynkol_tez", replications=2, engine="compiled", store=study)
    assert mixed.manifest["engine"] == "compiled, simpy"
    assert mixed.sample.equals(run("altynkol_tez", replications=2, engine="compiled").sample)


def test_a_ledger_that_spills_is_the_same(monkeypatch):
    pytest.importorskip("wasmtime")
    for name, value in {"ROWS_A_CHUNK": 32, "CHUNKS_A_GROUP": 2, "GROUPS_A_BLOCK": 3, "MOST_BYTES": 1000}.items():
        monkeypatch.setattr(rows, name, value)
    scenario = load("altynkol_tez", MONTH[1:4:2]).scenario
    runs = [play.simulate_on(engine, scenario, 7, 0) for engine in ("simpy", "compiled")]
    assert all(run.ledger.has_spilled for run in runs)
    for name in ("stages", "declarations", "trains"):
        pd.testing.assert_frame_equal(*(getattr(run.tables, name) for run in runs), check_exact=True)


class Interrupted(sandbox.Sandbox):
    """Is interrupted while it plays a slice of the clock."""

    slices = 0

    def call(self, name, *arguments):
        if name == "advance":
            self.slices += 1
            os.kill(os.getpid(), signal.SIGINT)
        return super().call(name, *arguments)


def test_an_interrupt_is_heard_at_the_end_of_a_slice():
    pytest.importorskip("wasmtime")
    core = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        play.simulate_compiled(load("altynkol_tez").scenario, 7, 0, core)
    assert core.slices == 1


OF_MANY_RUNS = {**borders.CHECKS, **chances.CHECKS, **networks.CHECKS, **queues.CHECKS}
BY_HAND = [name for name in CHECKS if name not in OF_MANY_RUNS or name.endswith("trace")]


def test_answers_by_hand_come_out_on_the_compiled_engine(monkeypatch):
    """The others are met by it, with SimPy beside it, in tests/verification."""
    pytest.importorskip("wasmtime")
    monkeypatch.setattr(play, "simulate", lambda *_: pytest.fail("played by SimPy"))
    assert [finding for finding in run_checks(BY_HAND, engine="compiled") if not finding.passed] == []
