"""A ledger that is too great for memory: the same results out of a file, nothing left behind, and a disk that fills."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from commands import MONTH, called, contents, mounted, output_of

from sim.measure.kpis import measure_run
from sim.model import rows
from sim.model.ledger import STAGES, Tables
from sim.model.rows import Rows
from sim.model.simulate import simulate
from sim.runs.replicate import jobs_of, performer
from sim.scenario.meaning import periods
from sim.scenario.reading.opening import load

GOLDEN = Path(__file__).parents[1] / "golden"
ROW = (0, 1, 2, 3, 0.5, 1.5, 2.5, True)
SMALL = {"ROWS_A_CHUNK": 32, "CHUNKS_A_GROUP": 2, "GROUPS_A_BLOCK": 3}
"""A table has many blocks of 192 rows, and a file many row groups of 64."""


def make_small(most_bytes):
    """Have the tables of this process spill beyond so many bytes."""
    for name, value in (SMALL | {"MOST_BYTES": most_bytes}).items():
        setattr(rows, name, value)


@pytest.fixture
def small(monkeypatch):
    """Small chunks, groups and blocks; to be called with the bytes that stay in memory."""
    for name in (*SMALL, "MOST_BYTES"):
        monkeypatch.setattr(rows, name, getattr(rows, name))
    return make_small


def groups(table):
    """Row groups that the rows of a table have in a file."""
    return 0 if table.spilled is None else table.spilled.rows / (rows.CHUNKS_A_GROUP * rows.ROWS_A_CHUNK)


def outcome(name, executor=None):
    """Measures and answers of two replications of a golden scenario, and the tables of the first."""
    with performer(executor=executor) as perform:
        done = perform(jobs_of(load(GOLDEN / f"{name}.toml").scenario, 7, 2))
    tables = {each.name: getattr(done[0].tables, each.name) for each in fields(Tables)}
    return [frame for one in done for frame in (one.kpis, one.published)] + list(tables.values())


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize("name", ["crossing", "border"])
def test_a_run_that_spills_comes_to_the_same_bits(small, name):
    small(1 << 30)
    held = outcome(name)
    small(1000)
    assert_same(outcome(name), held)
    ledger = simulate(load(GOLDEN / f"{name}.toml").scenario, 7, 0).ledger
    assert groups(ledger.stages) > 20 and groups(ledger.stays) >= 1
    assert ledger.has_spilled


def test_workers_that_spill_come_to_the_same_bits(small):
    small(1 << 30)
    held = outcome("crossing")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context, initializer=make_small, initargs=(1000,)) as pool:
        assert_same(outcome("crossing", pool), held)


@pytest.mark.parametrize("name", ["crossing", "office"])
def test_many_blocks_measure_what_one_block_does(small, name):
    scenario = load(GOLDEN / f"{name}.toml").scenario
    run = simulate(scenario, 7, 0)
    assert len(list(run.blocks("stages"))) == 1
    whole = measure_run(scenario, run, periods(scenario))
    small(1 << 30)
    run = simulate(scenario, 7, 0)
    for source in (run, run.tables):
        assert len(list(source.blocks("stages"))) > 7
        pieces = measure_run(scenario, source, periods(scenario))
        pd.testing.assert_frame_equal(pieces, whole, check_exact=False, rtol=1e-12, atol=1e-12)


def test_rows_beyond_the_stated_size_lie_in_a_file(small):
    small(20_000)
    table, written = Rows(STAGES), []
    luck = np.random.default_rng(1)
    for number in range(5000):
        row = (int(luck.integers(number // 10, number // 5 + 1)), *ROW[1:4], float(number), *ROW[5:])
        table.append(row)
        written.append(row)
        assert sum(values.nbytes for chunk in table.full for values in chunk.values()) <= 20_000
    assert groups(table) > 60
    assert len(table) == 5000
    expected = np.sort(np.array(written, STAGES), order=["train", "queued_h"])
    blocks = list(table.blocks())
    assert [len(block["train"]) for block in blocks] == [192] * 26 + [8]
    assert all((np.diff(block["train"]) >= 0).all() for block in blocks)
    found = {name: np.concatenate([block[name] for block in blocks]) for name in table.names}
    order = np.argsort(found["train"], kind="stable")
    for name in table.names:
        assert found[name].dtype == STAGES[name]
        np.testing.assert_array_equal(found[name][order], expected[name])


def test_what_was_written_last_stays_in_memory_below_the_stated_size(small):
    small(20_000)
    table = Rows(STAGES)
    for _ in range(500):
        table.append(ROW)
    assert table.spilled is None
    assert len(table) == 500 == sum(len(block["train"]) for block in table.blocks())


@pytest.mark.skipif(os.name != "posix", reason="asks for files without a name")
def test_the_file_has_no_name_and_goes_with_the_run(small, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    small(1000)
    run = simulate(load(GOLDEN / "crossing.toml").scenario, 7, 1)
    file = run.ledger.stages.spilled.file
    state = os.fstat(file.fileno())
    assert state.st_dev == tmp_path.stat().st_dev
    assert (state.st_nlink, os.listdir(tmp_path)) == (0, [])
    assert state.st_size > 10_000
    del run
    assert file.closed
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="mounts a file system")
def test_a_disk_that_fills_is_refused_and_earlier_results_stay(small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert called("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots").exit_code == 0
    before = contents(tmp_path)
    small(1000)
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=16k", "tmpfs") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        done = output_of("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots", "--seed", "8", status=2)
        said = f"No space left on device in {disk}, where a run keeps what does not fit into memory: TMPDIR can name"
        assert said in done
        assert os.listdir(disk) == []
    assert contents(tmp_path) == before
