"""The model meets every known answer that the package carries, and `corridor verify` says so."""

import pytest
from commands import output_of
from ledgers import digests, is_as_simpy_wrote

from sim.engine.play import simulate_on
from sim.engine.sandbox import obstacle
from sim.runs import replicate
from sim.verification import bans, checks, intervals, networks, order_of_works, paths, ties, traces
from sim.verification.findings import exact, sampled

BY_HAND = {name: check for name, check in networks.CHECKS.items() if name.endswith("trace")}
QUICK = {
    **traces.CHECKS,
    **bans.CHECKS,
    **ties.CHECKS,
    **BY_HAND,
    **order_of_works.CHECKS,
    **paths.CHECKS,
    **intervals.CHECKS,
}


def test_a_finding_needs_sharpness_and_nearness():
    assert sampled("x", "y", 1.0, [0.9, 1.1] * 10, 0.05).passed
    assert not sampled("x", "y", 1.0, [0.9, 1.1] * 10, 0.01).passed
    assert not sampled("x", "y", 1.2, [0.9, 1.1] * 10, 0.05).passed
    assert not sampled("x", "y", 1.0, [1.1] * 10, 0.05).passed
    assert exact("x", "y", [(1, "a"), (2, "b")], [(1.0, "a"), (2.0, "b")]).passed
    assert not exact("x", "y", [1, 2], [1, 2, 3]).passed
    assert not exact("x", "y", [1, 2], [1, 2.5], off=0.1).passed
    assert not exact("x", "y", [], []).passed


@pytest.mark.parametrize("name", QUICK)
def test_an_answer_by_hand_is_met(name):
    findings = checks.found_by(name)
    assert findings
    assert not [finding for finding in findings if not finding.passed]


@pytest.fixture
def engine(monkeypatch):
    """The twin, and SimPy beside it in the first replications of each world, to the same bytes; SimPy if it is alone.

    What the model does wrong then shows in the answer, or in a ledger that is not the twin's; twenty replications more
    on SimPy would show nothing else. `corridor verify` runs them all.
    """

    def play_both(engine, scenario, seed, replication):
        run = simulate_on(engine, scenario, seed, replication)
        if replication < 2:
            assert is_as_simpy_wrote(digests(run), scenario, seed, replication)
        return run

    if obstacle():
        return "simpy"
    monkeypatch.setattr(replicate, "simulate_on", play_both)
    return "compiled"


@pytest.mark.parametrize("name", [name for name in checks.CHECKS if name not in QUICK])
def test_a_known_answer_is_met(name, engine):
    findings = checks.found_by(name, engine)
    assert findings
    assert not [finding for finding in findings if not finding.passed]


def test_a_ledger_that_is_not_the_twins_is_found(engine, monkeypatch):
    if engine == "simpy":
        pytest.skip("there is no twin on this machine")
    play = simulate_on
    monkeypatch.setitem(globals(), "simulate_on", lambda *terms: play(*terms[:-1], terms[-1] + 1))
    assert ["AssertionError" in finding.name for finding in checks.found_by("mmc 1 0.5", engine)] == [True]


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # no cell folds
    monkeypatch.setattr(checks, "CHECKS", {name: QUICK[name] for name in ("tracks trace", "line trace", "recursion 3")})


def test_verify_says_what_agrees(few):
    result = output_of("verify", "--workers", "1")
    assert "3 checks, all agree" in result
    assert "reckoned by hand" in result


def test_a_check_that_breaks_down_fails(monkeypatch):
    monkeypatch.setattr(checks, "CHECKS", {"broken": lambda: [1 / 0]})
    result = output_of("verify", "--workers", "1", status=3)
    assert "ZeroDivisionError" in result
