"""The shipped checks: what they reckon with is known, and they agree with the model."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli import main
from sim.verification import bans, chains, checks, closed_forms, intervals, loads, paths, traces
from sim.verification.findings import exact, sampled

SIX_DIGITS = 6e-7
BY_HAND = {name: check for name, check in loads.CHECKS.items() if name.endswith("trace")}
QUICK = {**traces.CHECKS, **bans.CHECKS, **BY_HAND, **paths.CHECKS, **intervals.CHECKS}


@pytest.mark.parametrize("module", [closed_forms, chains])
def test_answers_do_not_know_the_package(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert names
    assert not [name for name in names if name.split(".")[0] == "sim"]


def test_the_answers_are_those_of_the_literature():
    forms = closed_forms
    assert forms.mmc_wait(3, 0.9) == pytest.approx(2.723537, abs=SIX_DIGITS)
    assert forms.mmc_wait_quantile(10, 0.9, 0.95) == pytest.approx(2.593360, abs=SIX_DIGITS)
    assert forms.erlang2_m1_wait(0.8) == pytest.approx(2.843980, abs=SIX_DIGITS)
    assert forms.mdc_wait(10, 0.9) == pytest.approx(0.344582, abs=SIX_DIGITS)
    assert forms.left_behind(45, 50) == pytest.approx(1.778665, abs=SIX_DIGITS)
    assert forms.mmc_priority_waits(3, [0.2, 0.6]) == pytest.approx([0.269663, 1.348315], abs=SIX_DIGITS)
    assert forms.mg1_priority_waits([(0.1, 2, 4), (0.2, 3, 18)]) == pytest.approx([2.5, 12.5])
    assert forms.broken_down(0.7, 0.01, 10) == pytest.approx(6.114625, abs=SIX_DIGITS)
    assert forms.closed_loop(15, 10, [(1, 1), (1.5, 2)]) == pytest.approx(0.897266, abs=SIX_DIGITS)
    assert forms.join_time(0.3) == pytest.approx(2.089286, abs=SIX_DIGITS)
    assert forms.full_vessel_wait(54, 2) == pytest.approx(13.25)
    assert forms.student_half_width([10, 20, 30], 0.95) == pytest.approx(24.841377, abs=SIX_DIGITS)


def test_the_chains_are_those_of_the_literature():
    assert chains.saturated_line((1.0,) * 3, 0) == pytest.approx(22 / 39)
    assert chains.saturated_line((1.0,) * 4, 2) == pytest.approx(0.700713, abs=SIX_DIGITS)
    assert chains.saturated_line((0.5, 0.4), 3) == pytest.approx(chains.saturated_line((0.4, 0.5), 3))
    assert chains.fed_pair(0.5, (1.0, 1.0), 1) == pytest.approx(4.410411, abs=SIX_DIGITS)
    assert chains.bulk_wait(4, 3, 5) == pytest.approx(2.884084, abs=SIX_DIGITS)
    assert chains.bulk_wait(4, 5, 5) == pytest.approx(2.652257, abs=SIX_DIGITS)
    assert chains.inside_after(0.8, 1.0, 1, 5.0) == pytest.approx(1.469461, abs=SIX_DIGITS)
    assert chains.office_stay(0.3, 1.0, 12, 12, finish=False) == pytest.approx(7.57507, abs=5e-5)
    assert chains.office_stay(0.3, 1.0, 12, 12, finish=True) == pytest.approx(6.39252, abs=5e-5)


def test_one_at_a_time_is_no_bulk():
    """With room for one and no least load the vessel is a server: Pollaczek and Khinchine give M/E2/1 and M/M/1."""
    for phases in (1, 2):
        expected = closed_forms.mg1_wait(0.6, 1 / phases)
        assert chains.bulk_wait(0.6, 1, 1, phases) == pytest.approx(expected, abs=SIX_DIGITS)


def test_a_finding_needs_sharpness_and_nearness():
    assert sampled("x", "y", 1.0, [0.9, 1.1] * 10, 0.05).passed
    assert not sampled("x", "y", 1.0, [0.9, 1.1] * 10, 0.01).passed
    assert not sampled("x", "y", 1.2, [0.9, 1.1] * 10, 0.05).passed
    assert not sampled("x", "y", 1.0, [1.1] * 10, 0.05).passed
    assert exact("x", "y", [(1, "a"), (2, "b")], [(1.0, "a"), (2.0, "b")]).passed
    assert not exact("x", "y", [1, 2], [1, 2, 3]).passed
    assert not exact("x", "y", [1, 2], [1, 2.5], off=0.1).passed
    assert not exact("x", "y", [], []).passed


def test_the_exact_checks_agree():
    findings = checks.verify(list(QUICK))
    assert not [finding.name for finding in findings if not finding.passed]
    assert len(findings) > 50


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(checks, "CHECKS", {name: QUICK[name] for name in ("tracks trace", "line trace", "recursion 3")})


def test_verify_says_what_agrees(few):
    result = CliRunner().invoke(main, ["verify", "--workers", "1"])
    assert result.exit_code == 0
    assert "3 checks, all agree" in result.output
    assert "reckoned by hand" in result.output


def test_a_check_that_breaks_down_fails(monkeypatch):
    monkeypatch.setattr(checks, "CHECKS", {"broken": lambda: [1 / 0]})
    result = CliRunner().invoke(main, ["verify", "--workers", "1"])
    assert result.exit_code == 3
    assert "ZeroDivisionError" in result.output
