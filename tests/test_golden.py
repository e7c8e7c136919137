"""The same scenario, seed and version come to the same results, today and later; see golden_results.

A change of a golden result is a change of the model: `make golden REASON="..."` keeps it, and CHANGELOG.md says why.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from golden_results import GOLDEN, NAMES, computed, kept, line

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def here():
    return computed()


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_result_is_what_it_was(here, name):
    digests = kept(name)["digests"]
    moved = [part for part in digests if here[name].get(part) != digests[part]]
    assert not moved, f'{name}: {", ".join(moved)}; if that is meant (a KPI more, too): make golden REASON="why"'
    assert here[name] == digests


@pytest.mark.parametrize("name", NAMES)
def test_the_changelog_says_why_a_golden_result_changed(name):
    said = " ".join((HERE.parent / "CHANGELOG.md").read_text(encoding="utf-8").split())
    assert len(kept(name)["reason"].split()) >= 3
    assert line(name, **kept(name)) in said


def test_every_golden_result_has_its_scenario():
    assert len(NAMES) == 3
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == NAMES


@pytest.mark.parametrize(
    ("workers", "zone"),
    [(1, "UTC"), (2, "Asia/Kathmandu"), (4, "Pacific/Apia"), (1, "America/St_Johns"), (2, "Europe/Dublin")],
)
def test_neither_workers_nor_time_zones_change_a_result(workers, zone):
    command = [sys.executable, HERE / "golden_results.py", str(workers)]
    done = subprocess.run(command, env=os.environ | {"TZ": zone}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {name: kept(name)["digests"] for name in NAMES}
