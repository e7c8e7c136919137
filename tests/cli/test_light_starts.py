"""What computes nothing answers without the libraries that compute: help, lists, checks, and every refusal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli.commands import program

HEAVY = ("matplotlib", "pandas", "pyarrow", "scipy", "simpy")
BAD = "bad.toml"
REFUSED = (
    ("no_such_command",),
    ("run", "--no-such-option"),
    *(
        (command, BAD)
        for command in ("app", "arithmetic", "calibrate", "check", "forecast", "ladder", "run", "sources")
    ),
    *((command, BAD) for command in ("sweep", "target", "validate", "warmup")),
    ("compare", BAD, "altynkol_tez"),
    ("compare", "altynkol_paper", BAD),
    ("run", "no_such_scenario"),
    ("run", "altynkol_paper", "--set", "study.sed=3"),
    ("run", "altynkol_paper", "--out", "."),
    ("run", "altynkol_paper", "--precision", "2"),
    ("run", "altynkol_paper", "--precision", "2%", "--replications", "3"),
    ("run", "altynkol_paper", "--precision", "2%", "--precision-of", "no_such_kpi"),
    ("run", "altynkol_paper", "--chance", "no_such_kpi>=1"),
    ("compare", "altynkol_paper"),
    ("compare", "altynkol_paper", "."),
    ("compare", "altynkol_paper", "altynkol_tez", "--base", "no_such_scenario"),
    ("compare", "altynkol_paper", "altynkol_tez", "--best", "no_such_kpi"),
    ("compare", "altynkol_tez", "altynkol_tez", "--attribute"),
    ("sweep", "altynkol_paper"),
    ("sweep", "altynkol_paper", "--factor", "no_range"),
    ("sweep", "altynkol_paper", "--factor", "places.no_such_place=1..2"),
    ("sensitivity", "altynkol_paper"),
    ("forecast", "altynkol_paper"),
    ("forecast", "altynkol_sweep", "--conclusion", "as good as new"),
    ("ladder", "altynkol_paper", "--corridor", "no_such_corridor"),
    ("target", "altynkol_paper"),
    ("calibrate", "altynkol_paper"),
    ("calibrate", "altynkol_paper", "--fit"),
    ("validate", "altynkol_paper", "--facts", "notes.txt"),
    ("observe", "notes.txt", BAD, "--kpi", "clearance_h", "--column", "from=a", "--column", "until=b"),
    ("observe", "notes.txt", "altynkol_paper", "--kpi", "clearance_h", "--column", "from=a", "--column", "until=b"),
    ("observe", "notes.txt", "altynkol_paper", "--kpi", "queue_trains", "--column", "from=a", "--column", "until=b"),
    ("new", "no_such_folder/mine"),
    ("new", "--kind", "schema", "notes.txt"),
    ("plot", "no_such_folder"),
    ("plot", ".", "--chart", "tcd"),
    ("export", "no_such_folder", "--to", "csv"),
    ("export", ".", "--to", "xlsx", "--out", "notes.txt"),
    ("report", "no_such_folder"),
    ("study", "status", "no_such_folder"),
    ("study", "clear", "."),
    ("verify", "too", "many", "words"),
    ("scenarios", "too", "many", "words"),
)
ANSWERED = (
    ("--help",),
    ("--version",),
    *((command, "--help") for command, about in sorted(program.commands.items()) if not about.hidden),
    ("scenarios",),
    ("check", "altynkol_paper"),
    ("new", "--kind", "schema"),
    ("new", "mine"),
    ("sources", "altynkol_paper"),
)
PROGRAM = """
import json, sys
from click.testing import CliRunner
from sim.cli.commands import program
heavy, commands = json.loads(sys.argv[1])
for words in commands:
    ended = CliRunner().invoke(program, words)
    loaded = [name for name in heavy if name in sys.modules]
    print(json.dumps([words, ended.exit_code, repr(ended.exception), loaded]))
    if loaded:
        break
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a scenario that has one mistake, and a file of something else."""
    folder = tmp_path_factory.mktemp("light")
    (folder / BAD).write_text("title = 3\n", encoding="utf-8")
    (folder / "notes.txt").write_text("hello\n", encoding="utf-8")
    return folder


def outcomes(folder, commands):
    """Exit status, exception and heavy libraries of each command, all given to one fresh interpreter."""
    program = [sys.executable, "-c", PROGRAM, json.dumps([HEAVY, commands])]
    surroundings = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(program, cwd=folder, env=surroundings, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.parametrize(("commands", "status"), [(REFUSED, 2), (ANSWERED, 0)], ids=["refused", "answered"])
def test_no_library_that_computes_is_loaded(folder, commands, status):
    listed = outcomes(folder, commands)
    assert [outcome for outcome in listed if outcome[1] != status or outcome[3]] == []
    assert len(listed) == len(commands)


def test_every_command_is_refused_something_above():
    commands = {name for name, about in program.commands.items() if not about.hidden}
    assert commands - {words[0] for words in REFUSED} == set()


def test_a_library_that_computes_would_be_seen(folder):
    [outcome] = outcomes(folder, [("arithmetic", "altynkol_paper"), ("--help",)])
    assert outcome[1] == 0 and "pandas" in outcome[3]
