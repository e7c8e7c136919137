"""Rules of the model broken on purpose, one at a time: a known answer must notice, else it is no check.

`broken_rules.csv` names the function, what its text says and what it says instead, and the check that must fail.
"""

import __future__

import ast
import csv
import inspect
import re
import textwrap
from contextlib import contextmanager
from pathlib import Path
from pkgutil import resolve_name

import pytest
from commands import output_of

from sim.model.resources import Room
from sim.verification import checks
from sim.verification.checks import CHECKS, found_by

with (Path(__file__).parent / "broken_rules.csv").open(encoding="utf-8", newline="") as file:
    RULES = {row.pop("rule"): row for row in csv.DictReader(file)}


@contextmanager
def broken(function, was, became):
    """The function of that name says something else while the block lasts, wherever it has been imported."""
    rule = inspect.unwrap(resolve_name(function))
    text = textwrap.dedent(inspect.getsource(rule))
    assert text.count(was) == 1, f"{function} does not say {was!r} once: bring broken_rules.csv up to date"
    tree = ast.parse(text.replace(was, became))
    tree.body[0].decorator_list = []
    names = {}
    exec(compile(tree, function, "exec", __future__.annotations.compiler_flag), dict(rule.__globals__), names)
    whole = rule.__code__
    rule.__code__ = names[rule.__name__].__code__
    try:
        yield
    finally:
        rule.__code__ = whole


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_is_caught(rule):
    function, was, became, check = RULES[rule].values()
    with broken(function, was, became):
        failed = [finding.name for finding in found_by(check) if not finding.passed]
    assert failed
    assert not [name for name in failed if re.search(r"ended with (Name|Type|Attribute|UnboundLocal)Error", name)]


def test_every_rule_stands_once():
    with (Path(__file__).parent / "broken_rules.csv").open(encoding="utf-8") as file:
        assert len(RULES) == sum(1 for _ in file) - 1 >= 50


def test_a_rule_is_whole_again_whatever_happens():
    before = Room.has.__code__
    with pytest.raises(KeyError), broken("sim.model.resources:Room.has", "self.capacity > 0", "True"):
        assert Room.has.__code__ is not before
        raise KeyError
    assert Room.has.__code__ is before


def test_verify_says_which_answer_a_broken_rule_misses(monkeypatch):
    names = ("recursion 3", "tracks trace")
    monkeypatch.setenv("COLUMNS", "200")  # no cell folds
    monkeypatch.setattr(checks, "CHECKS", {name: CHECKS[name] for name in names})
    function, was, became, _ = RULES["a track too many"].values()
    with broken(function, was, became):
        result = output_of("verify", "--workers", "1", status=3)
    assert "FAIL" in result
    assert result.index("receiving tracks full") < result.index("start of every train")
