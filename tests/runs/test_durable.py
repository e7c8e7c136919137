"""Durable studies: kept whole or not at all, read only if nothing has changed, and one process at a time."""

import copy
import datetime as dt
import io
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Executor
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from commands import CORRIDOR, corridor, has_ended, output_of
from hand_made import scenario

from sim.runs import durable
from sim.runs.durable import open_study, pack, parts, stamp
from sim.runs.replicate import Job, Purpose, jobs_of, one_replication, replicate, run_job
from sim.runs.results import write
from sim.runs.run import run
from sim.runs.study_file import FILE, StudyError, connect, holder
from sim.scenario.reading.opening import load

SHORT = ("horizon.end=2024-01-20", "horizon.warmup_days=5")
posix = pytest.mark.skipif(os.name != "posix", reason="locks and kills as POSIX does")
pytestmark = posix


class Idle(Executor):
    """Does nothing: whoever asks it fails."""

    def submit(self, *work, **options):
        raise AssertionError("asked to run what is kept")


def frames(replication):
    return {name: pack(frame) for name, frame in parts(replication).items()}


def files(folder):
    return {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}


def same_results(one, other):
    """Two result folders hold the same bytes, but for the wall time."""
    assert files(one).keys() == files(other).keys()
    for name, path in files(one).items():
        if name.name == "manifest.json":
            assert json.loads(path.read_text()) | {"wall_s": 0} == json.loads((other / name).read_text()) | {
                "wall_s": 0
            }
        else:
            assert path.read_bytes() == (other / name).read_bytes(), name


@pytest.fixture(scope="module")
def alone():
    return replicate(scenario(), 5, 3, workers=1)


@pytest.fixture(scope="module")
def packed(alone):
    """The frames of the replications."""
    return [frames(one) for one in alone]


@pytest.fixture(scope="module")
def written(tmp_path_factory, alone):
    """A study with three replications, to be copied."""
    folder = tmp_path_factory.mktemp("written") / "study"
    with open_study(folder) as study:
        for job, one in zip(jobs_of(scenario(), 5, 3), alone, strict=True):
            study.write(job, one)
    return folder


@pytest.fixture
def filled(tmp_path, written):
    """A study with three replications."""
    return shutil.copytree(written, tmp_path / "study")


@pytest.mark.parametrize("name", ["altynkol_tez", "corridor_2024"])
def test_what_is_read_is_what_was_written(name, tmp_path):
    """Altynkol has no vessels: the categories of columns without rows come back too."""
    job = Job(load(name, ("horizon.start=2024-01-01", *SHORT)).scenario, 5, 0)
    written = one_replication(job.scenario, job.seed, job.index)
    with open_study(tmp_path) as study:
        assert study.read(job) is None
        study.write(job, written)
        read = study.read(job)
    assert read.index == 0
    assert parts(read).keys() == {"kpis", "published", *durable.TABLES}
    for part, frame in parts(written).items():
        again = parts(read)[part]
        assert again.dtypes.to_dict() == frame.dtypes.to_dict(), part
        assert again.attrs == frame.attrs
        assert pack(again) == pack(frame), part


def test_what_is_kept_is_not_run_again(filled, packed):
    with open_study(filled) as study:
        done = []
        again = replicate(scenario(), 5, 3, 1, on_done=done.append, executor=Idle(), store=study)
        with pytest.raises(AssertionError, match="asked to run"):
            replicate(scenario(), 5, 4, 1, executor=Idle(), store=study)
    assert [frames(one) for one in again] == packed
    assert [one.index for one in done] == [0, 1, 2]


def test_a_seed_of_numpy_is_the_same_seed(filled, alone):
    with open_study(filled) as study:
        assert len(replicate(scenario(), np.int64(5), 3, 1, executor=Idle(), store=study)) == 3


def test_the_number_asked_for_is_no_change(filled):
    given = scenario().model_dump(exclude_defaults=True)
    more = type(scenario()).model_validate(given | {"study": {"replications": 40, "seed": 9, "level": 0.9}})
    with open_study(filled) as study:
        assert all(study.read(job) for job in jobs_of(more, 5, 3))


def changed(key, value):
    given = copy.deepcopy(scenario().model_dump(exclude_defaults=True))
    given["places"]["khorgos"][key] = value
    return type(scenario()).model_validate(given)


@pytest.mark.parametrize(
    ("job", "versions"),
    [
        (Job(changed("receiving_tracks", 5), 5, 1), {}),
        (Job(changed("title", "Another"), 5, 1), {}),
        (Job(scenario(), 6, 1), {}),
        (Job(scenario(), 5, 3), {}),
        (Job(scenario(), 5, 1), {"source": "other lines"}),
        (Job(scenario(), 5, 1), {"numpy": "3.0.0"}),
    ],
)
def test_another_scenario_seed_index_or_version_is_another_run(filled, job, versions):
    with open_study(filled) as study:
        assert study.read(Job(scenario(), 5, 1))
        assert durable.StudyStore(filled, study.database, study.versions | versions).read(job) is None


def test_what_is_run_for_something_else_lies_beside(tmp_path):
    days = {"start": dt.date(2025, 1, 1), "end": dt.date(2025, 1, 3)}
    figure = {"title": "Dwell", "fact": "X-1", "used_for": "calibration", "kpi": "border_dwell_h", "low": 0, "high": 9}
    described = scenario(published={"dwell": figure | days})
    asked = {Purpose.WORLD: frozenset({"border_dwell_h"})}
    jobs = [Job(described, 5, 0, purpose=purpose, kpis=asked.get(purpose)) for purpose in Purpose]
    made = [run_job(job) for job in jobs]
    with open_study(tmp_path) as study:
        for job, replication in zip(jobs, made, strict=True):
            assert study.read(job) is None
            study.write(job, replication)
        assert [frames(study.read(job)) for job in jobs] == [frames(replication) for replication in made]
    assert [[*frames(replication)] for replication in made[1:]] == [["published"]] * 3 + [["days"], ["kpis"]]
    assert frames(made[1])["published"] == frames(made[0])["published"]
    assert sorted((setting.purpose, setting.complete) for setting in durable.settings(tmp_path)) == [
        ("fit", 1),
        ("match", 1),
        ("results", 1),
        ("times", 1),
        ("warm-up", 1),
        ("world", 1),
    ]


def changed_frame(folder, index, part, change):
    """Damage a frame in the database as a bad disk would: its digest stays."""
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        where = (index, part)
        (blob,) = database.execute("SELECT parquet FROM frame WHERE replication = ? AND part = ?", where).fetchone()
        if change is None:
            database.execute("DELETE FROM frame WHERE replication = ? AND part = ?", where)
        else:
            database.execute("UPDATE frame SET parquet = ? WHERE replication = ? AND part = ?", (change(blob), *where))
    return blob


def flipped(blob):
    changed = bytearray(blob)
    changed[len(blob) // 2] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("change", [lambda blob: blob[:-20], flipped, lambda blob: b"", lambda blob: 7, None])
@pytest.mark.parametrize(("index", "part"), [(0, "stages"), (0, "kpis"), (2, "kpis"), (2, "published")])
def test_a_damaged_frame_is_run_again(filled, packed, change, index, part):
    changed_frame(filled, index, part, change)
    with open_study(filled) as study:
        assert study.read(Job(scenario(), 5, index)) is None
        assert [setting.incomplete for setting in durable.settings(filled)] == [1]
        again = replicate(scenario(), 5, 3, 1, store=study)
        assert [setting.incomplete for setting in durable.settings(filled)] == [0]
        assert study.read(Job(scenario(), 5, index))
    assert [frames(one) for one in again] == packed


def test_replications_that_changed_places_are_run_again(filled, packed):
    with closing(sqlite3.connect(filled / FILE)) as database, database:
        for old, new in ((1, 9), (2, 1), (9, 2)):
            database.execute("UPDATE frame SET replication = ? WHERE replication = ?", (new, old))
    with open_study(filled) as study:
        assert [study.read(Job(scenario(), 5, index)) is None for index in (0, 1, 2)] == [False, True, True]
        again = replicate(scenario(), 5, 3, 1, store=study)
    assert [frames(one) for one in again] == packed


def parquet_of(frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "blob", [b"garbage", b"", parquet_of(pd.DataFrame({"kpi": ["a"]})), parquet_of(pd.DataFrame({"value": ["a"]}))]
)
def test_what_is_no_frame_under_its_own_digest_is_run_again(filled, packed, blob):
    """Somebody who writes a study can write digests."""
    with closing(sqlite3.connect(filled / FILE)) as database, database:
        for number, setting, part in database.execute(
            "SELECT rowid, setting, part FROM frame WHERE replication = 1"
        ).fetchall():
            changed = (blob, stamp(setting, 1, part, blob), number)
            database.execute("UPDATE frame SET parquet = ?, digest = ? WHERE rowid = ?", changed)
    (filled / "²").mkdir()
    (filled / "precious").write_text("precious")
    (filled / "lock").symlink_to("precious")
    assert "3" in output_of("study", "status", filled)
    with open_study(filled) as study:
        assert study.read(Job(scenario(), 5, 1)) is None
        again = replicate(scenario(), 5, 3, 1, store=study)
    assert [frames(one) for one in again] == packed
    assert (filled / "precious").read_text() == "precious"


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garbled(path):
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def headless(path):
    path.write_bytes(bytes(100) + path.read_bytes()[100:])


def somebody_elses(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE frame (setting, replication)")


def crafted(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE setting SET versions = '{', purpose = 'sport'")


def linked(path):
    path.rename(path.with_name("real"))
    path.symlink_to("real")


def piped(path):
    path.unlink()
    os.mkfifo(path)


def made_a_folder(path):
    path.unlink()
    path.mkdir()


def with_a_pipe_beside(path):
    os.mkfifo(path.with_name(f"{FILE}-wal"))


def with_a_link_beside(path):
    path.with_name(f"{FILE}-journal").symlink_to("/dev/zero")


def grown(path):
    """Sparse garbage of a terabyte."""
    path.unlink()
    with path.open("wb") as file:
        file.write(b"no database")
        file.truncate(2**40)


def after(statement):
    """A study whose sender had SQLite do something to it."""

    def harm(path):
        with closing(sqlite3.connect(path)) as database, database:
            database.executescript(statement)

    return harm


NOT_OURS = "is a database of something else, or a study of another version"


def test_another_program_that_has_a_study_open_is_said(filled, monkeypatch):
    monkeypatch.setattr("sim.runs.study_file.PATIENCE_S", 0.1)
    with closing(sqlite3.connect(filled / FILE, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StudyError, match="another program has it open"), open_study(filled):
            pass


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (after("UPDATE setting SET versions = 'x'"), "a version is no text"),
        (after("UPDATE setting SET versions = '[]'"), "is damaged"),
        (after("UPDATE setting SET versions = '{\"code\": 7}'"), "is damaged"),
        (after("UPDATE setting SET title = x'00ff'"), "is damaged"),
        (after("UPDATE setting SET seed = '²'"), "is damaged"),
        (after("CREATE TRIGGER t AFTER INSERT ON holder BEGIN DELETE FROM frame; END"), NOT_OURS),
        (after("ALTER TABLE setting RENAME TO x; CREATE VIEW setting AS SELECT * FROM x"), NOT_OURS),
        (truncated, "is damaged"),
        (garbled, "is damaged, or no study"),
        (headless, "is damaged, or no study"),
        (grown, "is damaged, or no study"),
        (somebody_elses, "is a database of something else, or a study of another version"),
        (crafted, "is damaged"),
        (linked, "is a link, not an ordinary file"),
        (piped, "is not an ordinary file"),
        (made_a_folder, "is a folder, not a file"),
        (with_a_pipe_beside, "is not an ordinary file"),
        (with_a_link_beside, "is a link, not an ordinary file"),
    ],
)
def test_a_hostile_file_is_refused_in_words(filled, harm, says):
    harm(filled / FILE)
    before = {path: (path.lstat().st_mode, path.lstat().st_size) for path in filled.iterdir()}
    with pytest.raises(StudyError, match=says):
        durable.settings(filled)
    with pytest.raises(StudyError, match=says), open_study(filled) as study:
        study.read(Job(scenario(), 5, 0))
        durable.settings(filled)
    done = output_of("study", "status", str(filled), status=2)
    assert says in done
    assert {path: (path.lstat().st_mode, path.lstat().st_size) for path in filled.iterdir()}.keys() == before.keys()


def test_a_file_made_by_a_process_that_was_killed_at_once_is_a_new_study(tmp_path, alone):
    (tmp_path / FILE).touch()
    assert durable.settings(tmp_path) == []
    with open_study(tmp_path) as study:
        study.write(Job(scenario(), 5, 1), alone[1])
    assert [setting.complete for setting in durable.settings(tmp_path)] == [1]


def test_a_study_of_an_earlier_version_is_named_and_left_alone(tmp_path):
    (tmp_path / "study.json").write_text('{"format": 1}')
    with (
        pytest.raises(StudyError, match="is a study of an earlier version"),
        open_study(tmp_path),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["study.json"]


@pytest.mark.parametrize("found", ["notes.txt", "manifest.json"])
def test_a_folder_of_other_things_is_left_alone(tmp_path, found):
    (tmp_path / found).write_text("{}")
    with pytest.raises(StudyError, match="other files than a study"), open_study(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [found]


def test_what_cannot_be_written_says_so_and_is_not_there(filled, alone):
    with open_study(filled) as study:
        study.database.execute(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON frame BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
        with pytest.raises(StudyError, match="cannot be read or written: no more"):
            study.write(Job(changed("title", "Another"), 5, 7), alone[2])
    assert [setting.complete for setting in durable.settings(filled)] == [3]


def test_old_versions_are_named_and_cleared(filled):
    with open_study(filled) as study:
        durable.StudyStore(filled, study.database, study.versions | {"simpy": "3"}).write(
            Job(scenario(), 5, 0), replicate(scenario(), 5, 1, 1)[0]
        )
    listed = durable.settings(filled)
    assert sorted((each.current, each.complete, each.seed) for each in listed) == [(False, 1, 5), (True, 3, 5)]
    assert {each.title for each in listed} == {"Four days"}
    assert [each.complete for each in durable.clear_study(filled)] == [1]
    assert [each.complete for each in durable.settings(filled)] == [3]
    assert [each.complete for each in durable.clear_study(filled, clear_all=True)] == [3]
    assert durable.settings(filled) == []
    assert (filled / FILE).stat().st_size < 50_000, "what went leaves no room behind"


HOLD = """
import sys, time
from pathlib import Path
from sim.runs.durable import open_study
with open_study(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_process_is_refused_until_the_first_is_gone(tmp_path):
    folder = tmp_path / "study"
    first = subprocess.Popen([sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "held\n"
        assert holder(folder).startswith(f"process {first.pid} on ")
        second = corridor("run", "altynkol_tez", "--study", "study", cwd=tmp_path)
        assert second.returncode == 2
        assert f"study: is in use by process {first.pid} on " in second.stderr
        assert "UTC: wait until it ends, or name another folder" in second.stderr
        assert "Traceback" not in second.stderr
        assert not (tmp_path / "results").exists()
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    assert holder(folder) is None
    with open_study(folder):
        pass


def study_of_60(folder, out):
    """A study in one process, from where it stands to its results."""
    with open_study(folder) as study:
        results = run(load("altynkol_tez", SHORT), replications=60, store=study)
    write(results, out)


def works(pid, folder):
    return folder.is_dir() and (holder(folder) or "").startswith(f"process {pid} on ")


def rows(folder):
    """Row number and digest of every frame; a row that is written again has another number."""
    if not (folder / FILE).is_file():
        return {}
    with connect(folder) as database:
        return {
            (replication, part): (rowid, stated)
            for rowid, replication, part, stated in database.execute(
                "SELECT rowid, replication, part, digest FROM frame"
            )
        }


def finished_runs(folder):
    return len({replication for replication, _ in rows(folder)})


def test_killed_at_20_random_instants_a_study_comes_to_the_same_bytes(tmp_path):
    """After each SIGKILL whatever has its name is whole, and what was finished stays as it is and is not run again."""
    study_of_60(tmp_path / "calm", tmp_path / "calm_out")
    calm = {name: stated for name, (_, stated) in rows(tmp_path / "calm").items()}
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["pyarrow.parquet", "scipy.special", "sim.runs.durable", "sim.runs.run"])
    chance, kills, seen = random.Random(4), 0, {}
    folder = tmp_path / "study"
    for _ in range(20):
        process = processes.Process(target=study_of_60, args=(folder, tmp_path / "out"))
        aim = finished_runs(folder) + chance.randint(0, 2)
        process.start()
        while not works(process.pid, folder) or finished_runs(folder) < aim:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.06))
        process.kill()
        process.join()
        kills += process.exitcode == -signal.SIGKILL
        now = rows(folder)
        assert {name: stated for name, (_, stated) in now.items()}.items() <= calm.items()
        assert seen.items() <= now.items()
        assert [setting.incomplete for setting in durable.settings(folder)] in ([0], [])
        seen = now
    assert kills == 20
    assert 0 < finished_runs(folder) < 60
    process = processes.Process(target=study_of_60, args=(folder, tmp_path / "out"))
    process.start()
    process.join()
    assert process.exitcode == 0
    same_results(tmp_path / "out", tmp_path / "calm_out")
    assert seen.items() <= rows(folder).items()
    assert {name: stated for name, (_, stated) in rows(folder).items()} == calm
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_a_killed_command_leaves_no_workers_and_goes_on(tmp_path, monkeypatch):
    settings = [word for each in SHORT for word in ("--set", each)]
    command = ("run", "altynkol_tez", *settings, "--replications", "12", "--no-plots", "--study", "study")
    killed = subprocess.Popen(
        [CORRIDOR, *command, "--workers", "2"], cwd=tmp_path, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while finished_runs(tmp_path / "study") < 3:
        assert killed.poll() is None
        time.sleep(0.005)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    deadline = time.monotonic() + 20
    while not has_ended(killed.pid):
        assert time.monotonic() < deadline, "orphans"
        time.sleep(0.05)
    monkeypatch.chdir(tmp_path)
    assert "Nobody works on it." in output_of("study", "status", "study")
    on = output_of(*command, "--workers", "1", "--out", "on")
    calm = output_of(*command, "--workers", "1", "--out", "calm", "--study", "other")
    assert "Replications: 12 of 12" in on and "Replications: 12 of 12" in calm
    same_results(tmp_path / "on", tmp_path / "calm")
