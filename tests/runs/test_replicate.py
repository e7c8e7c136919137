"""Replications: the same whoever works on them, and an end to the work when something goes wrong."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from hand_made import figure, scenario

from sim.runs.replicate import each_once, jobs_of, performer, replicate
from sim.runs.run import run

TESTS = Path(__file__).parents[1]
NEW_YEAR = (dt.date(2024, 12, 31), dt.date(2025, 1, 2))
PUBLISHED = {
    "dwell": figure("Dwell on New Year's Eve", "border_dwell_h", *NEW_YEAR, 1, 100, place="khorgos"),
    "year": figure("The rest of the year", "throughput_mt", dt.date(2024, 12, 30), dt.date(2025, 1, 1), 0, 1),
    "earlier": figure("An earlier year", "throughput_mt", dt.date(2023, 1, 1), dt.date(2024, 1, 1), 0, 1),
}
WORK = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from hand_made import scenario
from sim.runs.replicate import each_once, jobs_of, performer, replicate
if __name__ == "__main__":
    {body}
"""


def same(left, right):
    assert [one.index for one in left] == [one.index for one in right]
    for one, other in zip(left, right, strict=True):
        pd.testing.assert_frame_equal(one.kpis, other.kpis, check_exact=True)
        pd.testing.assert_frame_equal(one.published, other.published, check_exact=True)


def script(tmp_path, body, **options):
    path = tmp_path / "work.py"
    path.write_text(WORK.format(tests=str(TESTS), body=body))
    environment = os.environ | {"PYTHONPATH": str(TESTS.parent)} | options.pop("env", {})
    return subprocess.Popen(
        [sys.executable, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **options,
    )


@pytest.fixture(scope="module")
def alone():
    return replicate(scenario(published=PUBLISHED), 5, 4, workers=1)


def test_replications_differ_and_come_by_index(alone):
    assert [one.index for one in alone] == [0, 1, 2, 3]
    dwells = {float(one.published.set_index("name").loc["dwell", "value"]) for one in alone}
    assert len(dwells) == 4


def test_a_replication_depends_on_its_index_alone(alone):
    same(replicate(scenario(published=PUBLISHED), 5, 2, workers=1), alone[:2])


def test_another_seed_is_another_luck(alone):
    other = replicate(scenario(published=PUBLISHED), 6, 1, workers=1)
    assert not other[0].kpis["value"].equals(alone[0].kpis["value"])


def test_only_the_first_keeps_its_tables(alone):
    assert len(alone[0].tables.trains) > 20
    assert [one.tables for one in alone[1:]] == [None, None, None]


def test_kpis_have_the_periods_of_the_horizon_only(alone):
    assert list(alone[0].kpis["period"].cat.categories) == ["2024", "2025", "all"]
    assert alone[0].kpis["period"].notna().all()


def test_published_figures_are_measured_over_their_own_days(alone):
    measured = alone[0].published
    assert measured["name"].tolist() == ["dwell", "year"]
    kpis = alone[0].kpis
    tonnes = kpis.query("kpi == 'throughput_mt' and place == 'all' and flow == 'all' and period == '2024'")["value"]
    assert measured["value"].iloc[1] == tonnes.item()
    stages = alone[0].tables.stages
    visits = stages[(stages["place"] == "khorgos") & ~stages["beside"]].groupby("train")
    departed_h = visits["ended_h"].agg(lambda ended_h: ended_h.max(skipna=False))
    dwell_h = (departed_h - visits["queued_h"].min())[(departed_h >= 24) & (departed_h < 72)]
    assert len(dwell_h) > 3
    assert measured["value"].iloc[0] == pytest.approx(dwell_h.mean())


def test_an_executor_does_the_same(alone):
    with ThreadPoolExecutor(2) as executor:
        same(replicate(scenario(published=PUBLISHED), 5, 4, workers=1, executor=executor), alone)
        assert executor.submit(int).result() == 0  # it stays open


def test_two_workers_do_the_same(alone):
    done = []
    before = dict(os.environ)
    same(replicate(scenario(published=PUBLISHED), 5, 4, workers=2, on_done=done.append), alone)
    assert sorted(one.index for one in done) == [0, 1, 2, 3]
    assert dict(os.environ) == before


def test_each_replication_is_announced():
    done = []
    replicate(scenario(), 5, 3, workers=1, on_done=lambda one: done.append(one.index))
    assert done == [0, 1, 2]


def test_what_comes_to_the_same_is_run_once_whatever_its_name(alone):
    """In one batch or in two; another figure beside, another seed and another index are other runs."""
    done = []
    title = {"published": PUBLISHED, "title": "The same"}
    with performer(1, lambda one: done.append(one.index)) as perform:
        once = each_once(perform)
        jobs = [job for about in ({"published": PUBLISHED}, title) for job in jobs_of(scenario(**about), 5, 2)]
        first, second, third, fourth = once(jobs)
        assert (third, fourth) == (first, second)
        assert done == [0, 1]
        same(once(jobs_of(scenario(**title), 5, 3)), alone[:3])
        assert done == [0, 1, 2]
        once([*jobs_of(scenario(**title), 6, 1), *jobs_of(scenario(), 5, 1)])
        assert done == [0, 1, 2, 0, 0]


@pytest.mark.parametrize(("replications", "workers"), [(0, 1), (1, 0), (-1, 2)])
def test_no_replications_and_no_workers_are_refused(replications, workers):
    with pytest.raises(ValueError, match="at least one"):
        replicate(scenario(), 5, replications, workers)


def too_much():
    """A scenario whose simulation raises an error."""
    given = scenario().model_dump(exclude_defaults=True)
    given["flows"]["west"]["trains_per_year"] = {2024: 1e12}
    return type(scenario()).model_validate(given)


def test_an_error_of_a_run_comes_out():
    with pytest.raises(OverflowError, match="west"):
        replicate(too_much(), 5, 3, workers=1)


def test_an_error_in_a_worker_comes_out_and_ends_the_others():
    with pytest.raises(OverflowError, match="west"):
        replicate(too_much(), 5, 3, workers=2)
    assert multiprocessing.active_children() == []


def test_an_interrupt_ends_all_workers_at_once():
    def interrupt(replication):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replicate(scenario(), 5, 500, workers=2, on_done=interrupt)
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a group of processes")
def test_control_c_is_for_the_parent_alone(tmp_path):
    body = "replicate(scenario(), 5, 10_000, 2, on_done=lambda one: print(one.index, flush=True))"
    process = script(tmp_path, body, start_new_session=True)
    assert process.stdout.readline().strip().isdigit()
    os.killpg(process.pid, signal.SIGINT)
    begun = time.monotonic()
    _, errors = process.communicate(timeout=60)
    assert time.monotonic() - begun < 10
    assert process.returncode not in (0, None)
    assert errors.count("Traceback") == 1
    assert errors.strip().endswith("KeyboardInterrupt")


def test_the_time_zone_of_the_host_does_not_matter(tmp_path):
    body = "print(hashlib.sha256(replicate(scenario(), 5, 1, 1)[0].kpis.to_csv().encode()).hexdigest())"
    digests = set()
    for zone in ("UTC", "Pacific/Kiritimati"):
        output, errors = script(tmp_path, body, env={"TZ": zone}).communicate(timeout=60)
        assert not errors
        digests.add(output)
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def test_a_study_of_no_replications_is_refused():
    """Nought is not the same as not said."""
    with pytest.raises(ValueError, match="at least one replication"):
        run("altynkol_tez", replications=0, perform=lambda jobs: [])
