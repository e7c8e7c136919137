"""Which engine runs: asked for, or the compiled one where it is there, and the same results whatever it is."""

import pytest

from sim import run
from sim.engine import play
from sim.engine.pack import TooLargeError
from sim.runs.replicate import replicate
from sim.scenario.problems import ArgumentError
from sim.verification.tiny import every, scenario, section, terminal

SMALL = scenario({"line": section(8), "yard": terminal(3, 1)}, {"one": every(7, "line", "yard")})


@pytest.fixture
def without(monkeypatch):
    """A machine on which the sandbox is not installed."""
    monkeypatch.setattr(play, "has_sandbox", lambda: False)
    monkeypatch.setattr(play, "simulate_compiled", lambda *_: pytest.fail("there is no compiled engine"))


def test_without_a_sandbox_runs_are_simpy_s(without):
    [replication] = replicate(SMALL, 1, 1, 1)
    assert len(replication.tables.trains) > 10


def test_the_compiled_engine_is_refused_where_it_is_not(without):
    with pytest.raises(play.EngineError, match="needs the package wasmtime"):
        replicate(SMALL, 1, 1, 1, engine="compiled")


def test_an_engine_that_there_is_not_is_refused():
    with pytest.raises(ArgumentError, match="engine: one of auto, compiled, simpy is needed, not 'fast'"):
        run("altynkol_tez", replications=1, engine="fast")


def test_what_the_twin_has_no_room_for_is_simpy_s(monkeypatch):
    def refuse(*_):
        raise TooLargeError("a number too large")

    monkeypatch.setattr(play, "has_sandbox", lambda: True)
    monkeypatch.setattr(play, "simulate_compiled", refuse)
    with pytest.warns(RuntimeWarning, match="run by SimPy: a number too large"):
        [replication] = replicate(SMALL, 1, 1, 1)
    assert len(replication.tables.trains) > 10
    with pytest.raises(TooLargeError):
        replicate(SMALL, 1, 1, 1, engine="compiled")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_the_same_on_either_engine(workers):
    pytest.importorskip("wasmtime")
    on_simpy, on_twin = (
        run("altynkol_tez", replications=3, workers=workers, engine=engine) for engine in ("simpy", "compiled")
    )
    assert on_simpy.sample.equals(on_twin.sample)
    assert on_simpy.ledger("stages").equals(on_twin.ledger("stages"))
    differing = {key for key in on_simpy.manifest if on_simpy.manifest[key] != on_twin.manifest[key]}
    assert differing <= {"wall_s"}
