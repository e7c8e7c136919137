"""A process killed between the two moves by which a result takes the place of an earlier one: nothing is lost."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import called, contents, output_of

from sim.runs.folders import ResultsError, mark_busy, put_back, writing
from sim.runs.results import load_run

SHORT = ("--set", "horizon.end=2024-01-10", "--replications", "2", "--workers", "1", "--no-plots")
KILLED_BETWEEN = """
import os, signal, sys
from pathlib import Path

rename = Path.rename

def killed(path, target):
    moved = rename(path, target)
    if str(target).endswith(".earlier"):
        os.kill(os.getpid(), signal.SIGKILL)
    return moved

Path.rename = killed
sys.argv = ["corridor", *sys.argv[1:]]
from sim.cli import main
main()
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills a process, locks folders")


def killed(folder, *arguments):
    """Run a command that replaces a folder, and is killed when the earlier has gone and the new has not come."""
    before = contents(folder)
    done = subprocess.run([sys.executable, "-c", KILLED_BETWEEN, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not folder.exists()
    assert sorted(path.suffix for path in folder.parent.iterdir() if path.name.startswith(f".{folder.name}.")) == [
        ".earlier",
        ".part",
    ]
    return before


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "tez"
    assert called("run", "altynkol_tez", *SHORT, "--out", folder).exit_code == 0
    return contents(folder)


@pytest.fixture
def folder(tmp_path, made, monkeypatch):
    """A result in a folder of its own, and the same again under another name."""
    for name in ("tez", "other"):
        (tmp_path / name).mkdir()
        for path, content in made.items():
            (tmp_path / name / path).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "tez"


def test_who_reads_finds_the_earlier_result(folder):
    before = killed(folder, "run", "altynkol_tez", *SHORT, "--seed", "7", "--out", folder)
    assert load_run(folder).manifest["seed"] == json.loads(before[Path("manifest.json")])["seed"]
    assert contents(folder) == before


@pytest.mark.parametrize(
    "words",
    [
        ("report", "tez", "--out", "page.html"),
        ("export", "tez", "--to", "csv"),
        ("plot", "tez", "--chart", "trs", "--out", "drawn"),
        ("compare", "tez", "other", "--no-plots", "--out", "both"),
    ],
    ids=lambda words: words[0],
)
def test_every_command_that_reads_does(folder, words):
    (before := contents(folder)) and folder.rename(folder.with_name(".tez.0123abcd.earlier"))
    assert called(*words).exit_code == 0
    assert contents(folder) == before


def test_who_writes_starts_from_it_and_clears_up(folder):
    """A run that is refused leaves the earlier result; one that ends well leaves its own, and nothing beside it."""
    before = killed(folder, "run", "altynkol_tez", *SHORT, "--seed", "7", "--out", folder)
    for left in folder.parent.glob(".tez.*"):
        os.utime(left, (0, 0))
    assert called("run", "altynkol_tez", *SHORT, "--set", "places.nowhere=1", "--out", folder).exit_code == 2
    assert not folder.exists()
    with pytest.raises(RuntimeError), writing(folder):
        assert contents(folder) == before
        raise RuntimeError
    assert contents(folder) == before
    assert called("run", "altynkol_tez", *SHORT, "--seed", "7", "--out", folder).exit_code == 0
    assert load_run(folder).manifest["seed"] == 7
    assert sorted(path.name for path in folder.parent.iterdir()) == ["other", "tez"]


def test_tables_exported_are_put_back_too(folder):
    assert called("export", "tez", "--to", "csv", "--out", "tables").exit_code == 0
    before = killed(folder.with_name("tables"), "export", "tez", "--to", "csv", "--out", "tables")
    for left in folder.parent.glob(".tables.*"):
        os.utime(left, (0, 0))
    assert called("export", "tez", "--to", "csv", "--out", "tables").exit_code == 0
    assert contents(folder.with_name("tables")) == before


def test_what_was_replaced_goes_with_the_next(folder):
    """Killed after the second move: the new result stands, and the earlier one is in the way of nobody."""
    left = folder.with_name(".tez.0123abcd.earlier")
    left.mkdir()
    os.utime(left, (0, 0))
    with writing(folder) as temporary:
        (temporary / "manifest.json").write_text("{}")
    assert not left.exists()
    assert (folder / "manifest.json").read_text() == "{}"


def test_a_swap_under_way_is_left_alone(folder):
    """The process that has moved the earlier result still lives: it holds it, and nobody puts it back."""
    moved = folder.with_name(".tez.0123abcd.earlier")
    with mark_busy(folder):
        folder.rename(moved)
        put_back(folder)
        assert not folder.exists()
        with pytest.raises(ResultsError, match="is no result folder"):
            load_run(folder)
    put_back(folder)
    assert folder.is_dir() and not moved.exists()


@pytest.mark.parametrize("name", [".tez.0123abcd.other", ".tez.xyz.earlier", ".tez2.0123abcd.earlier", "tez.earlier"])
def test_other_names_are_nobodys_earlier_result(folder, name):
    folder.rename(folder.with_name(name))
    put_back(folder)
    assert not folder.exists()


def test_names_that_are_patterns(tmp_path):
    (tmp_path / ".a[b]*.0123abcd.earlier").mkdir()
    put_back(tmp_path / "a[b]*")
    assert [path.name for path in tmp_path.iterdir()] == ["a[b]*"]


@pytest.mark.parametrize("compared", [5, "tez", [1, 2], ["../other"], ["/etc"], [""]])
def test_a_comparison_names_results_that_lie_in_it(folder, compared):
    (folder / "manifest.json").write_text(json.dumps({"format": 2, "comparison": compared}))
    output_of("report", "tez", "--out", "page.html", status=2)
    assert not Path("page.html").exists()


def test_a_stop_while_writing_leaves_no_empty_folder_behind(tmp_path):
    """A command that says that nothing was written has written nothing; what was there before stays."""
    (tmp_path / "kept").mkdir()
    for place in ("results/tez", "kept/tez"):
        with pytest.raises(KeyboardInterrupt), writing(tmp_path / place):
            raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
