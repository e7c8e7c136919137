"""What a machine does to a run, really done to it: disks that fill, folders that cannot be written, signals, rivals.

Elsewhere: killed workers and what they did (test_workers), killed studies and their parents (test_durable), an
interrupt from the keyboard (test_cli, test_replicate), failed moves (test_results).
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import commands
import pytest
from commands import CORRIDOR, called, contents, has_ended, mounted, output_of

from sim.runs.folders import AT_FIRST_S

MONTH = (*commands.MONTH, "--name", "altynkol_tez")
LONG = ("run", "altynkol_tez", "--replications", "5000", "--workers", "2", "--no-plots", "--force")
WORKERS_UP = 4
"""Processes of such a command at work: itself, two workers, and one that tracks resources."""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals, mounts file systems")


def started(folder, *arguments):
    """A command under way in a session of its own, at work since its first replication.

    Under `nohup` the tests ignore a hang-up; the command is not to inherit that.
    """
    ignored = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        command = subprocess.Popen(
            [CORRIDOR, *arguments], cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
    finally:
        signal.signal(signal.SIGHUP, ignored)
    while len(session(command)) < WORKERS_UP:
        assert command.poll() is None
        time.sleep(0.2)
    return command


def session(command):
    """Processes of the session of a command."""
    return subprocess.run(["ps", "-o", "pid=", "-g", str(command.pid)], capture_output=True).stdout.split()


def ended(command):
    """Status and last words of a command, once nothing of its session is left."""
    said = command.stderr.read()
    command.stderr.close()
    status = command.wait(60)
    deadline = time.monotonic() + 30
    while not has_ended(command.pid):
        assert time.monotonic() < deadline, f"orphans: {session(command)}"
        time.sleep(0.05)
    return status, said


@pytest.fixture
def earlier(tmp_path, monkeypatch):
    """A folder with an earlier result of the same scenario, and its contents."""
    monkeypatch.chdir(tmp_path)
    output_of("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots")
    return tmp_path, contents(tmp_path)


# Disks


@pytest.mark.parametrize("size_kb", [4, 40])
def test_a_full_disk_leaves_the_earlier_result_whole(earlier, size_kb):
    """It fills at the manifest, or in the tables: the new result lies elsewhere."""
    with nearly_full(earlier[0], size_kb) as disk:
        before = contents(disk)
        done = output_of("run", "altynkol_tez", *OTHER_LUCK, "--no-plots", "--out", disk / "out", status=2)
        assert "cannot be written" in done and "No space left on device" in done
        assert contents(disk) == before
        assert sorted(path.name for path in disk.iterdir()) == ["ballast", "out"]
    [line] = re.findall("Tables lie in (.*)", done)
    assert json.loads(Path(line, "manifest.json").read_text())["seed"] == 8
    shutil.rmtree(Path(line).parent)


@pytest.mark.painted
def test_a_disk_that_fills_among_the_plots_takes_the_tables(earlier):
    with nearly_full(earlier[0], 400) as disk:
        done = output_of("run", "altynkol_tez", *OTHER_LUCK, "--out", disk / "out", status=1)
        assert "Not drawn: " in done and "No space left on device" in done
        assert json.loads((disk / "out" / "manifest.json").read_text())["seed"] == 8


OTHER_LUCK = (*MONTH, "--workers", "1", "--seed", "8")


@contextmanager
def nearly_full(folder, size_kb):
    """A disk with the earlier result, and so much room."""
    with mounted(folder / "small", "-t", "tmpfs", "-o", "size=8m", "tmpfs") as disk:
        shutil.copytree(folder / "results" / "altynkol_tez", disk / "out")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        (disk / "ballast").write_bytes(bytes(free - size_kb * 1024))
        yield disk


def test_a_full_disk_ends_a_study_in_words_and_what_is_kept_is_whole(earlier):
    folder, _ = earlier
    with mounted(folder / "small", "-t", "tmpfs", "-o", "size=300k", "tmpfs") as disk:
        command = ("run", "altynkol_tez", *MONTH, "--replications", "60", "--workers", "1", "--study", disk / "study")
        done = output_of(*command, status=2)
        assert "study.sqlite: cannot be read or written: database or disk is full" in done
        status = output_of("study", "status", disk / "study")
        assert "Nobody works on it" in status


@pytest.mark.parametrize(
    "command", [("run", "altynkol_tez"), ("compare", "altynkol_paper", "altynkol_tez"), ("warmup", "altynkol_tez")]
)
def test_a_read_only_disk_is_noticed_before_the_work(earlier, command):
    folder, _ = earlier
    with mounted(folder / "frozen", "-t", "tmpfs", "-o", "size=1m,ro", "tmpfs") as disk:
        done = output_of(*command, *MONTH, "--out", disk / "out", status=2)
        assert f"{disk / 'out'}: cannot be written: nothing can be written in {disk}" in done
        assert "Replications: " not in done


def test_other_commands_say_what_a_read_only_disk_refuses(earlier):
    folder, _ = earlier
    with mounted(folder / "frozen", "-t", "tmpfs", "-o", "size=8m", "tmpfs") as disk:
        shutil.copytree(folder / "results" / "altynkol_tez", disk / "out")
        shutil.copy(Path(__file__).parents[2] / "scenarios" / "altynkol_paper.toml", disk / "mine.toml")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for command in (
            ("plot", disk / "out"),
            ("run", "altynkol_tez", *MONTH, "--study", disk / "study"),
            ("run", "altynkol_tez", *MONTH, "--out", disk / "out"),
            ("new", disk / "other"),
            ("new", "--kind", "schema", disk / "schema.json"),
        ):
            done = output_of(*command, status=2)
            assert str(disk) in done
            assert "Read-only file system" in done or "nothing can be written" in done


# Signals


@pytest.mark.parametrize(
    ("number", "whole_group", "status"),
    [
        (signal.SIGTERM, False, 143),
        (signal.SIGTERM, True, 143),
        (signal.SIGHUP, True, 129),
        (signal.SIGINT, False, 130),
        (signal.SIGKILL, False, -9),
    ],
)
def test_a_signal_ends_a_run_and_leaves_what_was_there(earlier, number, whole_group, status):
    folder, before = earlier
    under_nohup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        command = started(folder, *LONG)
    finally:
        signal.signal(signal.SIGHUP, under_nohup)
    (os.killpg if whole_group else os.kill)(command.pid, number)
    found, said = ended(command)
    assert found == status
    assert "Traceback" not in said
    assert ("Stopped; nothing was written." in said) == (number != signal.SIGKILL)
    assert contents(folder) == before
    assert [path.name for path in (folder / "results").iterdir()] == ["altynkol_tez"]


def test_a_request_to_end_leaves_a_study_from_which_it_goes_on(earlier):
    folder, _ = earlier
    command = started(folder, *LONG, "--study", "study")
    os.kill(command.pid, signal.SIGTERM)
    status, said = ended(command)
    assert status == 143
    assert "what is finished lies in study: the same command goes on from there" in said
    assert [path.name for path in (folder / "study").iterdir()] == ["study.sqlite"]
    assert "Nobody works on it" in called("study", "status", "study").output


WRITES = """
import sys, time
from sim.cli import main
from sim.runs.folders import AT_FIRST_S
from sim.runs import results
whole = results.write_parquet
def slow(frame, path):
    print("writing", file=sys.stderr, flush=True)
    time.sleep({pause})
    whole(frame, path)
results.write_parquet = slow
main({arguments!r})
"""


def writing(folder, pause, *arguments):
    """A run that is in the middle of writing its results."""
    text = WRITES.format(pause=pause, arguments=["run", "altynkol_tez", *MONTH, "--workers", "1", *arguments])
    command = subprocess.Popen(
        [sys.executable, "-c", text], cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while "writing" not in (line := command.stderr.readline()):
        assert line, "it ended before"
    return command


def test_a_request_to_end_in_the_midst_of_writing_leaves_the_earlier_result(earlier):
    folder, before = earlier
    command = writing(folder, 600, "--no-plots", "--seed", "8")
    assert len(list((folder / "results").iterdir())) == 2, "a temporary folder beside the result"
    os.kill(command.pid, signal.SIGTERM)
    assert ended(command)[0] == 143
    assert contents(folder) == before
    assert len(list((folder / "results").iterdir())) == 1


def test_what_a_killed_run_left_half_written_goes_with_the_next(earlier):
    """A rival that is at work keeps its own."""
    folder, before = earlier
    killed = writing(folder, 600, "--no-plots", "--seed", "8")
    killed.kill()
    assert ended(killed)[0] == -9
    assert len(list((folder / "results").iterdir())) == 2
    time.sleep(AT_FIRST_S)
    rival = writing(folder, 600, "--no-plots", "--seed", "9")
    assert contents(folder).items() >= before.items()
    assert called("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots").exit_code == 0
    assert contents(folder / "results" / "altynkol_tez").keys() == {
        name.relative_to("results/altynkol_tez") for name in before
    }
    assert len(list((folder / "results").iterdir())) == 2, "the result, and what the rival is writing"
    os.kill(rival.pid, signal.SIGTERM)
    ended(rival)
    assert len(list((folder / "results").iterdir())) == 1


def test_two_runs_into_one_folder_leave_one_whole_result(earlier):
    folder, _ = earlier
    both = [writing(folder, 0.05, "--no-plots", "--seed", str(seed)) for seed in (8, 9)]
    endings = [ended(command) for command in both]
    assert sorted(status for status, _ in endings)[0] == 0
    assert all("Traceback" not in said for _, said in endings)
    assert [path.name for path in (folder / "results").iterdir()] == ["altynkol_tez"]
    one = called("compare", "results/altynkol_tez", "altynkol_paper", "--no-plots", "--workers", "1")
    assert one.exit_code in (0, 2)
    assert "is damaged" not in one.output


# A user at work in the same folder


@pytest.mark.parametrize("harm", ["unlink", "truncate", "garble"])
@pytest.mark.parametrize("command", ["plot", "compare"])
def test_a_result_that_is_meddled_with_is_named_and_left_alone(earlier, harm, command):
    folder, _ = earlier
    result = folder / "results" / "altynkol_tez"
    for path in sorted(result.iterdir()):
        if path.name == "kpis.csv":  # for people only: read from replications.parquet
            continue
        content = path.read_bytes()
        match harm:
            case "unlink":
                path.unlink()
            case "truncate":
                path.write_bytes(content[: len(content) // 2])
            case "garble":
                path.write_bytes(random.Random(1).randbytes(len(content)))
        meddled = contents(folder)
        more = ("altynkol_paper", "--workers", "1") if command == "compare" else ()
        done = output_of(command, result, *more, status=2)
        assert str(result) in done
        assert contents(folder) == meddled
        path.write_bytes(content)


def test_a_workbook_that_the_disk_cannot_take(tmp_path, monkeypatch):
    """The scratch of its rows goes too, wherever it lies."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    results = tmp_path / "r"
    assert called("run", "altynkol_tez", *MONTH, "--no-plots", "--workers", "1", "--out", results).exit_code == 0
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=16k", "tmpfs") as folder:
        done = output_of("export", results, "--to", "xlsx", "--out", folder / "book.xlsx", status=2)
        assert "cannot be written: No space left on device" in done
        assert not list(folder.iterdir())
    assert not list(scratch.iterdir())
