"""Worker processes that are killed: what they did is done again, and one that is killed every time ends in words."""

import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker, util
from pathlib import Path

import pytest
from hand_made import scenario

from sim.runs import workers
from sim.runs.durable import pack, parts
from sim.runs.replicate import replicate
from sim.runs.workers import MOST_TRIES, WorkersLostError, crew, results_from

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes by a signal")


def begun(folder, name):
    """Note that work on an item begins, and return how often it did."""
    with (folder / name).open("a") as file:
        file.write("x")
    return (folder / name).stat().st_size


def dies_the_first_time(item):
    folder, name = item
    if begun(folder, name) == 1 and name == "3":
        os.kill(os.getpid(), signal.SIGKILL)
    return int(name) ** 2


def dies_every_time(item):
    folder, name = item
    if begun(folder, name) and name == "3":
        os.kill(os.getpid(), signal.SIGKILL)
    return int(name) ** 2


def dies_while_it_sends(item):
    """The first time, with half a result in the pipe, to which no other worker comes before it is done."""
    folder, name = item
    if begun(folder, name) == 1 and name == "3":
        frame = sys._getframe()
        while "result_queue" not in frame.f_locals:
            frame = frame.f_back
        results = frame.f_locals["result_queue"]
        results._wlock.acquire()
        os.write(results._writer.fileno(), struct.pack("!i", 1000) + b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    return int(name) ** 2


def items(folder: Path, count: int):
    return [(folder, str(number)) for number in range(count)]


@pytest.mark.parametrize("work", [dies_the_first_time, dies_while_it_sends])
def test_what_a_killed_worker_did_is_done_again(tmp_path, work):
    with crew(2) as pool:
        found = dict(pool.results(work, items(tmp_path, 8)))
        assert found == {number: number**2 for number in range(8)}
        assert (tmp_path / "3").stat().st_size == 2
        assert dict(pool.results(work, items(tmp_path, 8))) == found  # the crew works on
    assert multiprocessing.active_children() == []


def test_a_run_that_kills_its_worker_every_time_ends_in_words(tmp_path):
    with pytest.raises(WorkersLostError, match=f"killed {MOST_TRIES} times"), crew(2) as pool:
        list(pool.results(dies_every_time, items(tmp_path, 40)))
    assert (tmp_path / "3").stat().st_size == MOST_TRIES
    assert multiprocessing.active_children() == []


@pytest.fixture
def no_patience(monkeypatch):
    """Whether a process was killed is looked up at once; what watches the semaphores has begun, and may not fail."""
    resource_tracker.ensure_running()
    monkeypatch.setattr(workers, "PATIENCE_S", 0.05)


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("part", ["process", "thread"])
def test_where_no_worker_can_be_started_a_crew_ends_in_words(monkeypatch, no_patience, part, left):
    """The system gives so many processes, or threads to hand out work, and no more."""
    calls = []

    def limited(*words):
        calls.append(1)
        if len(calls) > left:
            raise BlockingIOError(11, "no more") if part == "process" else RuntimeError("no more")
        return start(*words)

    owner, name = {"process": (util, "spawnv_passfds"), "thread": (threading.Thread, "start")}[part]
    start = getattr(owner, name)
    monkeypatch.setattr(owner, name, limited)
    monkeypatch.setattr(threading, "excepthook", lambda about: None)
    with pytest.raises(WorkersLostError, match="cannot be started: no more; try fewer workers"), crew(2) as pool:
        list(pool.results(len, [bytes(100_000)] * 4))
    assert multiprocessing.active_children() == []


def test_workers_that_end_before_they_begin_are_told_as_lost(tmp_path, monkeypatch, no_patience):
    monkeypatch.setattr(multiprocessing.spawn, "_python_exe", b"/bin/false")
    with pytest.raises(WorkersLostError, match="or before they had begun"), crew(2) as pool:
        list(pool.results(len, [bytes(100_000)] * 4))
    assert multiprocessing.active_children() == []


def test_a_study_survives_a_killed_worker():
    alone = replicate(scenario(), 5, 12, workers=1)

    def kill_one(replication):
        if not killed:
            killed.append(multiprocessing.active_children()[0])
            killed[0].kill()

    killed = []
    for one, other in zip(replicate(scenario(), 5, 12, workers=2, on_done=kill_one), alone, strict=True):
        assert {name: pack(frame) for name, frame in parts(one).items()} == {
            name: pack(frame) for name, frame in parts(other).items()
        }
    assert killed[0].exitcode == -signal.SIGKILL


def test_an_executor_has_but_so_many_items_at_a_time():
    seen = []

    class Counting(ThreadPoolExecutor):
        def submit(self, *work):
            seen.append(len(done))
            return super().submit(*work)

    done = []
    with Counting(1) as executor:
        for place, result in results_from(executor, abs, range(-10, 0), ahead=3):
            done.append((place, result))
    assert sorted(done) == [(place, 10 - place) for place in range(10)]
    assert all(order - 3 <= before for order, before in enumerate(seen))


def test_an_error_calls_the_rest_off():
    done = []
    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        done.extend(results_from(executor, lambda item: 1 / item, [1, 0, *[1] * 500]))
    assert executor._work_queue.qsize() <= 1


def test_an_interrupt_that_strikes_a_lock_is_an_interrupt():
    with pytest.raises(KeyboardInterrupt), crew(1):
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("release unlocked lock")
    with pytest.raises(RuntimeError), crew(1):
        raise RuntimeError("an error of its own")


def test_an_interrupt_in_the_middle_of_a_great_result_ends_all(tmp_path):
    """A worker ended while it sends leaves half a result in the pipe; nobody may wait for the other half."""
    script = tmp_path / "work.py"
    script.write_text(
        "from sim.runs.workers import crew\n"
        "def great(item):\n"
        "    return bytes(200_000_000)\n"
        "if __name__ == '__main__':\n"
        "    with crew(2) as workers:\n"
        "        for place, _ in workers.results(great, range(1000)):\n"
        "            print(place, flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout.readline().strip().isdigit()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode not in (0, None)
    assert errors.count("Traceback") == 1


def test_an_error_ends_no_process_of_the_users():
    """One started before, and one while the crew works."""
    context = multiprocessing.get_context("spawn")
    users = [context.Process(target=time.sleep, args=(60,)) for _ in range(2)]
    users[0].start()
    try:
        with pytest.raises(ZeroDivisionError), crew(1) as pool:
            for _ in pool.results(abs, [1, 2]):
                users[1].start()
                raise ZeroDivisionError
        assert [process.exitcode for process in users] == [None, None]
        assert sorted(process.pid for process in multiprocessing.active_children()) == sorted(
            process.pid for process in users
        )
    finally:
        for process in users:
            process.kill()
            process.join()


SCRIPT = """\
import sim

results = sim.run("altynkol_paper", replications=2, workers=2)
"""


@pytest.mark.parametrize("from_stdin", [False, True])
def test_a_script_that_every_worker_would_run_again_is_told_at_once_what_to_write(tmp_path, from_stdin):
    script = tmp_path / "study.py"
    script.write_text(SCRIPT, encoding="utf-8")
    words = {"args": [sys.executable, "-"], "input": SCRIPT} if from_stdin else {"args": [sys.executable, script]}
    ended = subprocess.run(**words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    message = ended.stderr.split("UnguardedError: ")[1]
    if from_stdin:
        assert message.startswith("workers need the program as a file, and")
    else:
        assert message.splitlines() == [
            f"{script}:3: more than one worker needs a guard in the script, for each worker imports it:",
            'if __name__ == "__main__":',
            "    # what the script does, such as",
            "    results = sim.run('altynkol_paper', replications=2, workers=2)",
        ]


def test_a_script_with_a_guard_has_its_workers(tmp_path):
    script = tmp_path / "study.py"
    month = '["horizon.end=2024-02-01", "horizon.warmup_days=5"]'
    script.write_text(
        f"""\
import sim

def study():
    scenario = sim.load("altynkol_paper", {month})
    print(len(sim.run(scenario, replications=2, workers=2).kpis))

if __name__ == "__main__":
    study()
""",
        encoding="utf-8",
    )
    ended = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 50
