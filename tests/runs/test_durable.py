"""Durable studies: kept whole or not at all, read only if nothing has changed, and one process at a time."""

import copy
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor
from pathlib import Path

import pytest
from hand_made import scenario

from sim.runs import durable
from sim.runs.durable import StudyError, opened, packed, parts, whole_parts
from sim.runs.experiment import run
from sim.runs.locks import holder
from sim.runs.replicate import Job, jobs_of, one_replication, replicate
from sim.runs.results import write
from sim.scenario.reading.opening import load

CORRIDOR = Path(sys.executable).with_name("corridor")
SHORT = ("horizon.end=2024-01-20", "horizon.warmup_days=5")
posix = pytest.mark.skipif(os.name != "posix", reason="locks and kills as POSIX does")
pytestmark = posix


class Idle(Executor):
    """Does nothing: whoever asks it fails."""

    def submit(self, *work, **options):
        raise AssertionError("asked to run what is kept")


def frames(replication):
    return {name: packed(frame) for name, frame in parts(replication).items()}


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


@pytest.fixture
def filled(tmp_path, alone):
    """A study with three replications."""
    with opened(tmp_path / "study") as study:
        for job, one in zip(jobs_of(scenario(), 5, 3), alone, strict=True):
            study.write(job, one)
    return tmp_path / "study"


@pytest.mark.parametrize("name", ["altynkol_tez", "corridor_2024"])
def test_what_is_read_is_what_was_written(name, tmp_path):
    """Altynkol has no vessels: the categories of columns without rows come back too."""
    job = Job(load(name, ("horizon.start=2024-01-01", *SHORT)).scenario, 5, 0)
    written = one_replication(job.scenario, job.seed, job.index)
    with opened(tmp_path) as study:
        assert study.read(job) is None
        study.write(job, written)
        read = study.read(job)
    assert read.index == 0
    assert parts(read).keys() == {*durable.MEASURED, *durable.TABLES}
    for part, frame in parts(written).items():
        again = parts(read)[part]
        assert again.dtypes.to_dict() == frame.dtypes.to_dict(), part
        assert again.attrs == frame.attrs
        assert packed(again) == packed(frame), part


def test_what_is_kept_is_not_run_again(filled, alone):
    with opened(filled) as study:
        done = []
        again = replicate(scenario(), 5, 3, 1, on_done=done.append, executor=Idle(), store=study)
        with pytest.raises(AssertionError, match="asked to run"):
            replicate(scenario(), 5, 4, 1, executor=Idle(), store=study)
    assert [frames(one) for one in again] == [frames(one) for one in alone]
    assert [one.index for one in done] == [0, 1, 2]


def test_the_number_asked_for_is_no_change(filled):
    given = scenario().model_dump(exclude_defaults=True)
    more = type(scenario()).model_validate(given | {"study": {"replications": 40, "seed": 9, "level": 0.9}})
    with opened(filled) as study:
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
    with opened(filled) as study:
        assert study.read(Job(scenario(), 5, 1))
        assert durable.Study(filled, study.versions | versions).read(job) is None


def torn(path):
    path.write_bytes(path.read_bytes()[:-20])


def flipped(path):
    blob = bytearray(path.read_bytes())
    blob[len(blob) // 2] ^= 1
    path.write_bytes(bytes(blob))


def emptied(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [torn, flipped, emptied, Path.unlink])
@pytest.mark.parametrize(("index", "part"), [(0, "stages"), (0, "kpis"), (2, "kpis"), (2, "published")])
def test_a_damaged_file_is_run_again(filled, alone, damage, index, part):
    (path,) = filled.glob(f"*/{index:06d}/{part}.*.parquet")
    whole = path.read_bytes()
    damage(path)
    with opened(filled) as study:
        assert study.read(Job(scenario(), 5, index)) is None
        assert [each.torn for each in durable.kept(filled)] == [1]
        again = replicate(scenario(), 5, 3, 1, store=study)
        assert [each.torn for each in durable.kept(filled)] == [0]
    assert path.read_bytes() == whole
    assert [frames(one) for one in again] == [frames(one) for one in alone]


def test_what_a_killed_process_left_half_written_goes(filled):
    left = next(filled.glob("*/000001")) / ".kpis.0.parquet.1234.part"
    left.write_bytes(b"PAR1")
    with opened(filled):
        assert not left.exists()


@pytest.mark.parametrize("found", ["notes.txt", "manifest.json"])
def test_a_folder_of_other_things_is_left_alone(tmp_path, found):
    (tmp_path / found).write_text("{}")
    with pytest.raises(StudyError, match="other files than a study"), opened(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [found]


@pytest.mark.parametrize(("mark", "says"), [('{"format": 2}', "of format 2"), ("{", "cannot be read")])
def test_a_study_of_another_format_is_left_alone(filled, mark, says):
    (filled / durable.MARK).write_text(mark)
    with pytest.raises(StudyError, match=says), opened(filled):
        pass


def test_a_study_that_cannot_be_written_says_so(filled, alone):
    with opened(filled) as study:
        (study.home(Job(scenario(), 5, 7)) / "000007").write_text("in the way")
        with pytest.raises(StudyError, match="cannot be written"):
            study.write(Job(scenario(), 5, 7), alone[2])


def test_old_versions_are_named_and_cleared(filled):
    with opened(filled) as study:
        durable.Study(filled, study.versions | {"simpy": "3"}).write(
            Job(scenario(), 5, 0), replicate(scenario(), 5, 1, 1)[0]
        )
    listed = durable.kept(filled)
    assert sorted((each.current, each.whole, each.seed) for each in listed) == [(False, 1, 5), (True, 3, 5)]
    assert {each.title for each in listed} == {"Four days"}
    assert [each.whole for each in durable.clear(filled)] == [1]
    assert [each.whole for each in durable.kept(filled)] == [3]
    assert [each.whole for each in durable.clear(filled, everything=True)] == [3]
    assert durable.kept(filled) == []


HOLD = """
import sys, time
from pathlib import Path
from sim.runs.durable import opened
with opened(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_a_second_process_is_refused_until_the_first_is_gone(tmp_path):
    folder = tmp_path / "study"
    first = subprocess.Popen([sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "held\n"
        assert holder(folder).pid == first.pid
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
    with opened(folder):
        pass


def corridor(*arguments, cwd):
    return subprocess.run([CORRIDOR, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120)


def study_of_60(folder, out):
    """A study in one process, from where it stands to its results."""
    with opened(folder) as study:
        results = run(load("altynkol_tez", SHORT), replications=60, store=study)
    write(results, out)


def works(pid, lock):
    return lock.is_file() and f'"pid": {pid},' in lock.read_text()


def finished_runs(folder):
    return len(list(folder.glob("*/0*/published.*.parquet")))


@pytest.mark.slow
def test_killed_at_20_random_instants_a_study_comes_to_the_same_bytes(tmp_path):
    """After each SIGKILL whatever has its name is whole, and what was finished stays as it is and is not run again."""
    study_of_60(tmp_path / "calm", tmp_path / "calm_out")
    calm = files(tmp_path / "calm")
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["pyarrow.parquet", "scipy.special", "sim.runs.durable", "sim.runs.experiment"])
    chance, kills, seen = random.Random(4), 0, {}
    folder = tmp_path / "study"
    for _ in range(20):
        process = processes.Process(target=study_of_60, args=(folder, tmp_path / "out"))
        aim = finished_runs(folder) + chance.randint(0, 2)
        process.start()
        while not works(process.pid, folder / "lock") or finished_runs(folder) < aim:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.06))
        process.kill()
        process.join()
        kills += process.exitcode == -signal.SIGKILL
        now = {name: path for name, path in files(folder).items() if path.suffix == ".parquet"}
        assert all(path.read_bytes() == calm[name].read_bytes() for name, path in now.items())
        assert seen.items() <= {name: path.stat().st_mtime_ns for name, path in now.items()}.items()
        seen = {
            name: path.stat().st_mtime_ns
            for name, path in now.items()
            if durable.is_whole(whole_parts(path.parent), int(path.parent.name))
        }
    assert kills == 20
    assert 0 < len({name.parent for name in seen}) < 60
    process = processes.Process(target=study_of_60, args=(folder, tmp_path / "out"))
    process.start()
    process.join()
    assert process.exitcode == 0
    same_results(tmp_path / "out", tmp_path / "calm_out")
    assert seen.items() <= {name: path.stat().st_mtime_ns for name, path in files(folder).items()}.items()
    assert files(folder).keys() == calm.keys()


@pytest.mark.slow
def test_a_killed_command_leaves_no_workers_and_goes_on(tmp_path):
    settings = [word for each in SHORT for word in ("--set", each)]
    command = ("run", "altynkol_tez", *settings, "--replications", "20", "--no-plots", "--study", "study")
    killed = subprocess.Popen(
        [CORRIDOR, *command, "--workers", "2"], cwd=tmp_path, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while len(list(tmp_path.glob("study/*/0*"))) < 5:
        assert killed.poll() is None
        time.sleep(0.005)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    deadline = time.monotonic() + 20
    while subprocess.run(["ps", "-o", "pid=", "-g", str(killed.pid)], capture_output=True).stdout.strip():
        assert time.monotonic() < deadline, "orphans"
        time.sleep(0.05)
    status = corridor("study", "status", "study", cwd=tmp_path)
    assert status.returncode == 0, status.stderr
    assert "Nobody works on it." in status.stdout
    for options in (("--workers", "2", "--out", "on"), ("--workers", "1", "--out", "calm", "--study", "other")):
        done = corridor(*command, *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "Replications: 20 of 20" in done.stderr
    same_results(tmp_path / "on", tmp_path / "calm")
