"""Dask clusters: the same bytes as without, workers that are killed or hold other versions, and what cannot be used."""

import json
import os
import signal
import subprocess
import sys

import dask
import pytest
from commands import corridor, output_of
from hand_made import scenario

from sim.runs import cluster
from sim.runs.cluster import ClusterError, cluster_executor
from sim.runs.durable import pack, parts
from sim.runs.replicate import replicate
from sim.runs.workers import WorkersLostError

distributed = pytest.importorskip("distributed")
KILLER = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="kills processes by a signal"),
]


def frames(replications):
    return [{name: pack(frame) for name, frame in parts(one).items()} for one in replications]


@pytest.fixture(scope="module")
def alone():
    return frames(replicate(scenario(), 5, 12, workers=1))


@pytest.fixture(scope="module")
def two():
    """A cluster of two worker processes, as one that somebody else started."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as made,
    ):
        yield made


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(two, alone):
    killed = []

    def kill_one(replication):
        if not killed:
            killed.append(two.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    with cluster_executor(two.scheduler_address) as executor:
        assert frames(replicate(scenario(), 5, 12, 1, executor=executor)) == alone
        assert len(executor._client.run(os.getpid)) == 2
        assert frames(replicate(scenario(), 5, 12, 1, on_done=kill_one, executor=executor)) == alone
        assert killed[0] not in executor._client.run(os.getpid).values()


def test_the_command_gives_the_same_bytes(two, tmp_path, monkeypatch):
    short = ("--set", "horizon.end=2024-01-20", "--set", "horizon.warmup_days=5", "--replications", "4", "--no-plots")
    command = ("run", "altynkol_tez", *short)
    done = corridor(*command, "--cluster", two.scheduler_address, "--out", "there", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    output_of(*command, "--workers", "1", "--out", "here")
    for path in (tmp_path / "here").iterdir():
        other = tmp_path / "there" / path.name
        if path.name == "manifest.json":
            assert json.loads(path.read_text()) | {"wall_s": 0} == json.loads(other.read_text()) | {"wall_s": 0}
        else:
            assert other.read_bytes() == path.read_bytes(), path.name


def test_a_run_that_kills_every_worker_ends_in_words(two):
    with (
        pytest.raises(WorkersLostError, match="killed again and again"),
        cluster_executor(two.scheduler_address) as executor,
    ):
        executor.submit(exec, KILLER).result()


def test_local_is_a_cluster_of_its_own(alone):
    with cluster_executor("local", 1) as executor:
        assert frames(replicate(scenario(), 5, 2, 1, executor=executor)) == alone[:2]
        (pid,) = executor._client.run(os.getpid).values()
        assert pid != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_cluster_of_ours_listens_on_this_machine_only():
    """Neither scheduler and workers, nor a page of what they do."""
    psutil = pytest.importorskip("psutil")

    def addresses():
        tests = psutil.Process()
        return {
            tuple(connection.laddr)
            for process in (tests, *tests.children(recursive=True))
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        }

    before = addresses()
    with cluster_executor("local", 1):
        opened = addresses() - before
    assert {address for address, _ in opened} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("preload", "says"),
    [
        ("import sys; sys.modules['sim'] = None", "cannot import this package"),
        (
            "import sim.runs.origin as home; home.source_digest = lambda package: 'another'",
            "would compute with source another, here [0-9a-f]{12}: install corridor-simulator",
        ),
    ],
)
def test_a_worker_that_would_compute_something_else_is_refused(preload, says, monkeypatch):
    monkeypatch.setattr(cluster, "WORKER_S", 120)
    with distributed.LocalCluster(
        n_workers=0, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=":0", silence_logs=50
    ) as made:
        options = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--preload", preload)
        worker = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", made.scheduler_address, *options],
            stderr=subprocess.DEVNULL,
        )
        try:
            with pytest.raises(ClusterError, match=says), cluster_executor(made.scheduler_address):
                pass
        finally:
            worker.terminate()
            worker.wait()


def test_a_cluster_without_workers_is_refused(monkeypatch):
    monkeypatch.setattr(cluster, "WORKER_S", 0.5)
    with (
        distributed.LocalCluster(
            n_workers=0, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=":0"
        ) as made,
        pytest.raises(ClusterError, match="has no worker within"),
        cluster_executor(made.scheduler_address),
    ):
        pass


def test_an_address_at_which_nobody_answers_is_refused(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_S", 0.5)
    with (
        pytest.raises(ClusterError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"),
        cluster_executor("tcp://127.0.0.1:9"),
    ):
        pass


@pytest.mark.parametrize("address", ["", "nonsense", "http://127.0.0.1:80", "tcp://[::1", "tcp://127.0.0.1:99999999"])
def test_what_is_no_address_is_refused_before_a_client_is_made(address, monkeypatch):
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: pytest.fail("a client was made"))
    with pytest.raises(ClusterError, match="not an address such as tcp://host:8786"), cluster_executor(address):
        pass


def test_without_the_extra_the_message_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'corridor-simulator\[cluster\]'"), cluster_executor("local"):
        pass
