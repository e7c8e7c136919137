"""The last step loses nothing: what can be refused is refused before the first replication, what is done is kept."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from commands import CORRIDOR, called, contents, mounted

from sim.cli import frame
from sim.cli.console import performer_for
from sim.cli.options import Sampling
from sim.runs.folders import FORMAT
from sim.runs.replicate import jobs_of
from sim.runs.results import load_run
from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.opening import load
from sim.views.plots import gallery

CHANGES = ("horizon.end=2024-01-12", "horizon.warmup_days=2")
SHORT = ("--workers", "1", *(word for change in CHANGES for word in ("--set", change)))
FEW = (*SHORT, "--replications", "2", "--no-plots")
CREWS = ("--factor", "places.altynkol.forming.crews=1,2")
RANGE = ("--factor", "places.altynkol.forming.crews=1..3")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "sources.csv").write_text("id,value\n", encoding="utf-8")
    (tmp_path / "bad" / "case.toml").write_text(f'extends = "{load("altynkol_tez").files[0]}"\n', encoding="utf-8")
    (tmp_path / "later.toml").write_text(
        'extends = "altynkol_tez"\n[horizon]\nstart = 2026-01-01\nend = 2026-01-12\n', encoding="utf-8"
    )
    (tmp_path / "file").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "altynkol_tez", *FEW, "--chance", "nonsense>=3"), "there is no KPI 'nonsense'"),
        (("run", "altynkol_tez", *FEW, "--chance", "wait_h:nowhere>=3"), "is no place of the scenario"),
        (
            ("run", "altynkol_tez", *FEW, "--chance", "dwell>=3"),
            "there is no KPI 'dwell'; did you mean 'border_dwell_h'?",
        ),
        (("run", "altynkol_tez", *SHORT, "--precision", "5%", "--precision-of", "foo"), "there is no KPI 'foo'"),
        (("sweep", "altynkol_tez", *FEW, *CREWS, "--kpi", "nonsense"), "there is no KPI 'nonsense'"),
        (("compare", "altynkol_paper", "altynkol_tez", *FEW, "--best", "nonsense"), "there is no KPI 'nonsense'"),
        (("forecast", "altynkol_sweep", *FEW, "--conclusion", "nonsense >= 1"), "there is no KPI 'nonsense'"),
        (("ladder", "altynkol_tez", *SHORT, "--corridor", "nonsense"), "is no corridor or flow"),
        (("target", "altynkol_tez", *SHORT, "--corridor", "nonsense"), "is no corridor or flow"),
        (("run", "altynkol_tez", *FEW, "--out", "/proc/results"), "/proc/results: cannot be written"),
        (("run", "altynkol_tez", *FEW, "--out", "/dev/shm"), "name a folder in it, such as /dev/shm/results"),
        (("sweep", "altynkol_tez", *FEW, *CREWS, "--out", "/dev/shm"), "is where a file system is mounted"),
        (("run", "altynkol_tez", *FEW, "--out", "file"), "file: is not a folder"),
        (("run", "altynkol_tez", *FEW, "--name", "a/b"), "'a/b' cannot name a folder"),
        (
            ("compare", "altynkol_tez", "later.toml", "--replications", "2", "--workers", "1"),
            "altynkol_tez and later have no period of the same days in common",
        ),
        (("compare", "altynkol_tez", "bad/case.toml", *FEW), "bad/sources.csv: the columns must be"),
        (("validate", "altynkol_tez", "bad/case.toml", "--replications", "2"), "bad/sources.csv: the columns must be"),
        (("sweep", "bad/case.toml", *FEW, *CREWS), "bad/sources.csv: the columns must be"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else value,
)
def test_what_can_be_refused_is_refused_before_the_first_replication(folder, words, message):
    for place in ("/proc", "/dev/shm"):
        if place in " ".join(words) and not Path(place).is_mount():
            pytest.skip(f"{place} is not mounted here")
    before = contents(folder)
    answer = called(*words)
    assert answer.exit_code == 2, answer.output
    assert message in answer.output
    assert "Replications" not in answer.output
    assert contents(folder) == before


def test_results_that_cannot_be_written_to_their_folder_lie_elsewhere(folder, monkeypatch):
    """A folder bound to itself looks like any other, until it shall be moved out of the way."""
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    (folder / "out").mkdir()
    with mounted(folder / "out", "--bind", str(folder / "out")):
        answer = called("run", "altynkol_tez", *FEW, "--out", "out")
    assert answer.exit_code == 2
    [shelter] = folder.glob("corridor-*/out")
    assert f"Tables lie in {shelter}" in answer.output
    assert "out: cannot be written" in answer.output
    assert len(load_run(shelter).kpis) > 100


def test_what_another_command_wrote_meanwhile_stays_and_the_results_lie_elsewhere(folder, monkeypatch):
    """Both began when the folder was free."""
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert called("run", "altynkol_paper", *FEW, "--out", "theirs").exit_code == 0
    theirs = contents(folder / "theirs")

    def drawn_late(*_):
        (folder / "theirs").rename(folder / "out")

    monkeypatch.setattr("sim.views.plots.gallery.draw", drawn_late)
    answer = called("run", "altynkol_tez", *FEW[:-1], "--out", "out")
    assert answer.exit_code == 2
    assert "out: holds the run of altynkol_paper" in answer.output
    assert contents(folder / "out") == theirs
    [shelter] = folder.glob("corridor-*/out")
    assert f"Tables lie in {shelter}" in answer.output


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A folder that a run wrote, to be copied."""
    made = tmp_path_factory.mktemp("made") / "out"
    assert called("run", "altynkol_tez", *FEW, "--out", made).exit_code == 0
    return made


OWN = ("photo.png", "survey.parquet", "other/manifest.json")


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize("name", ["notes.txt", "mine/chapter.md", ".git/HEAD", "own.csv", "report.md", *OWN])
def test_what_was_not_written_in_a_folder_is_not_lost_with_it(folder, results, name, force):
    """A picture in both forms, a table of the format of ours and results of another question, too."""
    shutil.copytree(results, folder / "out")
    (folder / "out" / name).parent.mkdir(exist_ok=True)
    (folder / "out" / name).write_text(f'{{"format": {FORMAT}}}' if name.endswith("json") else "a year of work")
    if name.endswith("png"):
        (folder / "out" / name).with_suffix(".svg").write_text("a year of work")
    before = contents(folder)
    answer = called("run", "altynkol_tez", *FEW, "--out", "out", *force)
    assert answer.exit_code == 2
    assert f"out: would be replaced, and holds what was not written there, {Path(name).parts[0]}" in answer.output
    assert contents(folder) == before


def test_what_commands_write_in_a_folder_later_is_replaced_with_it(folder):
    """Figures, charts with their tables, a page; what systems and killed commands leave there, too."""
    words = ("run", "altynkol_tez", *FEW, "--out", "out")
    assert called(*words).exit_code == 0
    fresh = contents(folder / "out").keys()
    for more in (("plot", "out"), ("plot", "out", "--chart", "trs"), ("report", "out")):
        assert called(*more).exit_code == 0
    for name in (".DS_Store", ".queues.png.0123abcd.part"):
        (folder / "out" / name).touch()
    assert called(*words).exit_code == 0
    assert contents(folder / "out").keys() == fresh


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_results_that_cannot_be_printed_are_said_to_be_there(folder):
    with open("/dev/full", "w") as full:
        words = [CORRIDOR, "run", "altynkol_tez", *FEW, "--out", "out"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "The output cannot be written: No space left on device. Tables lie in out\n" in done.stderr
    assert len(load_run(folder / "out").kpis) > 100


@pytest.mark.skipif(os.name != "posix", reason="the shell closes the streams")
@pytest.mark.parametrize(
    ("command", "status"),
    [
        (f"run altynkol_tez {' '.join(FEW)} --out out >&-", 0),
        ("check - <&-", 2),
        ("check none.toml 2>&-", 2),
        ("check altynkol_tez --set places.altynkol.forming.train_h=900 2>&- | grep 900", 1),
        ("check none.toml 2>/dev/full", 2),
    ],
)
def test_a_stream_that_is_closed_or_full_changes_no_status(folder, command, status):
    done = subprocess.run(
        f"'{CORRIDOR}' {command}", shell=True, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert (folder / "out" / "manifest.json").exists() == (status == 0)


@pytest.mark.skipif(os.name != "posix", reason="the shell has another way to make the surroundings")
@pytest.mark.parametrize(
    ("surroundings", "words", "status", "message"),
    [
        ("mkdir gone; cd gone; rmdir ../gone", f"run altynkol_tez {' '.join(FEW)}", 2, "was started is gone\n"),
        ("mkdir gone; cd gone; rmdir ../gone", "plot out", 2, "was started is gone\n"),
        ("umask 0777", f"run altynkol_tez {' '.join(FEW)} --out out", 0, "The umask would close new files to yourself"),
    ],
)
def test_strange_surroundings_are_said_in_words(folder, surroundings, words, status, message):
    command = f"{surroundings}; '{CORRIDOR}' {words}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False) and message in done.stderr, done.stderr
    assert status or {path.stat().st_mode & 0o700 for path in (folder / "out").iterdir()} == {0o600}


def test_results_of_a_run_whose_folder_was_deleted_meanwhile_are_kept_elsewhere(folder, monkeypatch):
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")

    def noting_and_deleting(*arguments, **options):
        (folder / "gone").rmdir()
        return noting(*arguments, **options)

    noting = frame.noting
    monkeypatch.setattr(frame, "noting", noting_and_deleting)
    answer = called("run", "altynkol_tez", *FEW)
    assert answer.exit_code == 2 and "cannot be written: the folder in which this was started is gone" in answer.output
    [line] = re.findall("Tables lie in (.*)", answer.output)
    assert len(load_run(Path(line)).kpis) > 100


def test_a_figure_that_fails_leaves_tables_and_other_figures(folder, monkeypatch):
    def no_tex(*_):
        raise RuntimeError("latex could not be found")

    monkeypatch.setattr(gallery, "where_time_goes", no_tex)
    answer = called("run", "altynkol_tez", *SHORT, "--replications", "2", "--out", "out")
    assert answer.exit_code == 1
    assert "Not drawn: where_time_goes: RuntimeError: latex could not be found. All else lies in out" in answer.output
    assert len(load_run(folder / "out").kpis) > 100
    assert (folder / "out" / "train_graph.png").is_file()
    assert not (folder / "out" / "where_time_goes.png").exists()


def test_a_measure_too_late_for_the_horizon_leaves_the_differences(folder):
    day = ("--set", "horizon.end=2024-01-02", "--set", "horizon.warmup_days=0")
    answer = called("compare", "altynkol_paper", "altynkol_tez", *FEW, *day, "--best", "transit_days", "--out", "out")
    assert answer.exit_code == 2
    assert "--best: 'transit_days:all:all:all' is observed in no replication" in answer.output
    assert (folder / "out" / "differences.csv").is_file()


def test_no_one_says_that_nothing_was_run_when_something_was():
    scenario = load("altynkol_tez", CHANGES).scenario
    error = ScenarioError([Problem(Spot("mine.toml", 1), ("places",), "does not do")])
    assert "nothing was run" in error.outcome
    with pytest.raises(ScenarioError) as raised, performer_for(Sampling(workers=1), lambda _: None) as perform:
        perform(jobs_of(scenario, 1, 1))
        raise error
    assert raised.value.outcome == "Nothing was written."


def test_what_make_run_prints_last_fits_the_smallest_screen(tmp_path, monkeypatch):
    """Of the last fifteen months of its scenarios: the screen is of 2030 alone."""
    monkeypatch.chdir(tmp_path)
    files = ("2030_paper.toml", "2030_target.toml")
    for name in files:
        (tmp_path / name).write_text(f'extends = "{name.removesuffix(".toml")}"\nhorizon.start = 2029-10-01\n')
    answer = called("forecast", *files, "--worlds", "8", "--no-plots", "--workers", "1")
    assert answer.exit_code == 0, answer.output
    lines = [*answer.stdout.splitlines(), "and the line of the report, which takes longer than a test has"]
    assert len(lines) <= 24 and max(map(len, lines)) <= 79, "\n".join(lines)
