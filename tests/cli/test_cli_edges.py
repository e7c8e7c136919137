"""What the commands do with options that they cannot honour, and with words that are no words."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pages import write_pair
from scenario_text import SCENARIO

from sim.cli import main
from sim.cli.console import show, stdout
from sim.runs.results import load
from sim.scenario.reading.read import ScenarioError, read
from sim.views.report.answer import longest_queue
from sim.views.sheets.sheet import Sheet


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["warmup", "altynkol_tez", "--study=kept"], "--study"),
        (["calibrate", "2025_as_it_was", "--check", "--page=fit.md"], "--page is of a fit"),
        (["calibrate", "2025_as_it_was", "--check", "--evaluations=60"], "--evaluations is of a fit"),
        (
            ["sweep", "altynkol_tez", *("--factor", "places.altynkol.officer_teams=1,2") * 2],
            "--factor: places.altynkol.officer_teams is given twice",
        ),
    ],
)
def test_an_option_that_cannot_be_honoured_is_refused(arguments, said):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2 and done.output.startswith(said)


def test_a_terminal_of_few_letters_ends_nothing():
    """Titles hold letters that ASCII has not; the line is shown without them."""
    done = subprocess.run(
        [Path(sys.executable).with_name("corridor"), "scenarios"],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert b"2030_target" in done.stdout and b"?" in done.stdout


def test_results_that_are_compared_are_not_run_again(tmp_path):
    pair = write_pair(tmp_path)
    names = [str(pair / name) for name in ("paper", "tez")]
    done = CliRunner().invoke(main, ["compare", *names, "--replications", "50", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2 and done.output.startswith("--replications: nothing is run")
    assert not (tmp_path / "out").exists()
    said = [str(line) for line in longest_queue(load(pair / "paper"), "")]
    assert said and " for a " not in said[0], "causes are plural as often as not"


@pytest.mark.parametrize("character", ["\\u001b[2J", "\\u0007", "\\u009b", "\\u202e", "\\u0000"])
def test_a_title_cannot_command_a_terminal(tmp_path, character):
    path = tmp_path / "one.toml"
    path.write_text(SCENARIO.replace('title = "Altynkol"', f'title = "Altyn{character}kol"'), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(path)
    [problem] = caught.value.problems
    assert problem.key == "places.altynkol.title" and "no control characters" in problem.message
    assert problem.line and str(problem).isprintable()


def test_a_title_is_shown_as_it_is(monkeypatch, capsys):
    show(stdout(), Sheet("A :truck: title", ("head",), [(":bomb: [bold]x[/bold]",)]))
    said = capsys.readouterr().out
    assert ":truck:" in said and ":bomb: [bold]x[/bold]" in said
    monkeypatch.setattr("sys.stdout", None)
    assert stdout().width == 200
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert stdout().width == 200
