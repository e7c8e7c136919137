"""Runs kept in one folder by several pages: one that cannot be read takes no other with it, and never the page."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import threading
import time
from contextlib import contextmanager
from multiprocessing import util

import numpy as np
import pytest
from asking import served, visited
from browser import IN_A_BROWSER
from commands import contents, output_of
from starlette.requests import Request

from sim.app.beside import runs_beside
from sim.app.kept import kept_run, kept_runs
from sim.app.moves import moves_told, overrides_of
from sim.app.server import Page, json_route, serve_page
from sim.app.work import Order, Work, check_name
from sim.runs import folders
from sim.runs.results import load_run
from sim.scenario.problems import ArgumentError, CorridorError
from sim.scenario.reading.opening import load
from sim.views.language import message, speaking

KEPT = {"format": folders.FORMAT, "study": "run", "scenario": "mine", "scenario_sha256": "", "level": 0.95, "wall_s": 1}
KEPT |= {"replications": 2, "seed": 7, "versions": {}, "sha256": {}, "headline": ["What?", "That."]}
HOMES = {
    "mine": json.dumps(KEPT),
    "older": json.dumps(KEPT | {"format": 3}),
    "partly": json.dumps({"format": folders.FORMAT, "study": "run"}),
    "broken": '{"format": 4, "study',
    ".next.0a1b2c3d.part": json.dumps(KEPT),
}
"""A run kept, one of another version, two of which a part is missing, and one that is being written."""


@pytest.fixture
def kept(tmp_path):
    """A folder of runs, of which one can be read."""
    for name, manifest in HOMES.items():
        (tmp_path / "results" / "app" / name).mkdir(parents=True)
        (tmp_path / "results" / "app" / name / "manifest.json").write_text(manifest)
    return tmp_path / "results" / "app"


@contextmanager
def another_page(folder):
    """Another process keeps the same two runs over and over, while the block lasts."""
    is_over = threading.Event()

    def keep():
        while not is_over.wait(0.002):
            for name in ("base", "theirs"):
                with folders.writing(folder / name) as home:
                    (home / "manifest.json").write_text(json.dumps(KEPT))

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_a_run_that_cannot_be_read_is_told_of_in_its_row(kept):
    runs = {run["name"]: run for run in kept_runs(kept)}
    assert sorted(runs) == ["mine", "older", "partly"] and runs["mine"]["headline"] == "What? That."
    assert [runs[name]["fault"] == "" for name in sorted(runs)] == [True, False, False]
    assert "has results of format 3; this version reads format 4" in runs["older"]["fault"]
    with speaking("ru"):
        assert "is damaged" in {run["name"]: run for run in kept_runs(kept)}["mine"]["fault"]


def test_a_run_that_goes_while_runs_are_listed_is_left_out(kept, monkeypatch):
    def read_and_gone(folder):
        manifest = manifest_in(folder)
        if folder.name == "older":
            shutil.rmtree(folder)
        return manifest

    manifest_in = folders.manifest_in
    monkeypatch.setattr(folders, "manifest_in", read_and_gone)
    assert {run["name"] for run in kept_runs(kept)} == {"mine", "partly"}


def no_thread(*words):
    raise RuntimeError("can't start new thread")


def test_what_the_system_refuses_is_told_with_its_file_or_what_it_is(tmp_path):
    async def sent():
        return {"type": "http.request", "body": b""}

    page = Page(Work(tmp_path, 1), None)
    scope = {"type": "http", "method": "GET", "path_params": {}, "query_string": b"", "headers": []}
    for refused, why in (
        (lambda wish: (tmp_path / "none").stat(), f"{tmp_path / 'none'}: No such file or directory"),
        (no_thread, "RuntimeError: can't start new thread"),
        (no_memory, "memory is used up"),
    ):
        response = asyncio.run(json_route(page, refused)(Request(scope, sent)))
        assert (response.status_code, json.loads(response.body)["problems"][0]["message"]) == (500, why)


def test_a_page_for_which_there_is_no_thread_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    with pytest.raises(CorridorError, match="The page cannot be served: can't start new thread"):
        serve_page(Work(tmp_path, 1), None, 0, print)


CLOSED = "close:altynkol_saryagash"
MONTH = """
title = "A month"
extends = "altynkol_tez"
horizon.end = 2024-02-01
horizon.warmup_days = 10
"""


@pytest.fixture
def month(tmp_path):
    """A short scenario beside runs."""
    (tmp_path / "month.toml").write_text(MONTH)
    return load(tmp_path / "month.toml")


def asked(work, base, name, replications, *overrides):
    """Have a run done as the page asks for it; the name of its base."""
    work.do(Order(base, name, overrides, replications))
    return work.messages[-1]()["base"]


def test_what_was_kept_stays_as_it_was_whatever_is_asked_next(tmp_path, month):
    """Neither the base of other replications is written over, nor a run on which another is based."""
    work = Work(tmp_path, 1)
    assert asked(work, month, "three", 3) == "month"
    before = contents(tmp_path)
    assert asked(work, month, "two", 2) == "month_n2"
    assert asked(work, month, "more", 3) == "month"
    assert asked(work, load(tmp_path / "three.toml"), "again", 2) == "three_n2"
    (tmp_path / "month_n2" / "manifest.json").write_text("cut")
    assert asked(work, month, "later", 2) == "month_n2_2"
    after = contents(tmp_path)
    assert {path: after[path] for path in before} == before
    bases = {run["name"]: run["base"] for run in kept_runs(tmp_path)}
    assert bases["three"] == "month" and bases["later"] == "month_n2_2"


def test_of_two_pages_that_ask_for_one_name_the_second_is_refused(tmp_path, month):
    """Each looked before the other wrote."""
    asked(Work(tmp_path, 1), month, "race", 2)
    before = contents(tmp_path)
    with pytest.raises(ArgumentError, match="race is taken by an earlier run"):
        asked(Work(tmp_path, 1), month, "race", 2, "places.altynkol.receiving_tracks=20")
    assert contents(tmp_path) == before


def test_a_name_that_a_run_left_which_was_killed_is_said_to_be_of_a_file(tmp_path):
    (tmp_path / "killed.toml").write_text("")
    with pytest.raises(ArgumentError, match="taken by a scenario file of yours, or of a run that has not ended"):
        check_name(tmp_path, "killed")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *(
            (name, "name: must be a word that can name a file, on Windows too")
            for name in ("CON", "lpt9.a", "a.", ".a")
        ),
        ("-n", "name: must not begin with a hyphen, which a command takes for an option"),
        ("A20", "A20 is taken by an earlier run"),
        ("B7", "B7 is taken by a scenario file of yours"),
    ],
)
def test_a_run_is_kept_by_a_name_of_every_system(tmp_path, name, why):
    (tmp_path / "a20").mkdir()
    (tmp_path / "b7.toml").write_text("")
    with pytest.raises(ArgumentError, match=why):
        check_name(tmp_path, name)


def test_a_run_without_its_manifest_is_told_of(kept):
    (kept / "broken.toml").write_text("")
    assert {run["name"]: run["fault"] for run in kept_runs(kept)}["broken"] == "its manifest cannot be read"


def test_a_closure_is_told_of_its_own_months_whatever_the_year_says(tmp_path):
    """Measured are the tonnes delivered in January alone, of both sides; what was kept tells the same again."""
    (tmp_path / "longer.toml").write_text(MONTH.replace("2024-02-01", "2024-03-01"))
    longer = load(tmp_path / "longer.toml")
    moves = {CLOSED: ["2024-01-10", "2024-01-20"]}
    work = Work(tmp_path, 1)
    with speaking("en"):
        order = Order(longer, "closed", overrides_of(longer, moves), 3, "", {"en": moves_told(longer, moves, [])})
    work.do(order)
    told = work.messages[-2]()
    run, base = kept_run(tmp_path, "closed"), kept_run(tmp_path, "longer")
    again = runs_beside(run, base, "", ("closed", "longer"))
    assert [again[part] for part in ("said", "rows", "note")] == [told[part] for part in ("said", "rows", "note")]
    output_of("run", tmp_path / "closed.toml", "-n", "3", "-j", "1", "--no-plots", "--out", tmp_path / "again")
    here, there = contents(tmp_path / "closed"), contents(tmp_path / "again")
    assert [str(name) for name in here if here[name] != there[name]] == ["manifest.json"]
    tonnes = next(row for row in run.manifest["spells"] if row["address"][0] == "throughput_mt")
    for side, name in (("run", "closed"), ("base", "longer")):
        trains = load_run(tmp_path / name).tables.trains
        delivered = trains[(trains["left_h"] >= 0) & (trains["left_h"] < 31 * 24)]
        of_corridor = delivered[delivered["flow"].isin(flows_of(longer, tonnes["address"][2]))]
        assert tonnes[side][0] == pytest.approx(of_corridor["net_t"].sum() / 1e6)
    assert tonnes["run"] != tonnes["base"] and tonnes["address"][3] == "2024-01-01/2024-02-01"
    assert "Against longer, in Jan 2024: the network carries " in told["headline"]
    assert "Also a train waits " in " ".join(told["said"])
    first = next(one for one in kept_runs(tmp_path) if one["name"] == "closed")
    assert first["moved"] == "Altynkol – Saryagash: closed from 2024-01-10, open again from 2024-01-20"
    assert first["headline"] == told["headline"]
    assert not any("Jan 2024" in row["title"] for row in runs_beside(base, run, "", ("longer", "closed"))["rows"])


def test_a_closure_that_outlasts_the_run_is_told_of_its_queue(tmp_path, month):
    """No wait there ends, so that the wait tells nothing of it; the trains that stand do."""
    order = Order(month, "closed", overrides_of(month, {CLOSED: ["2024-01-20", "2024-02-01"]}), 3, "", {"en": ""})
    work = Work(tmp_path, 1)
    work.do(order)
    assert "Also the queue is " in " ".join(work.messages[-2]()["said"])
    spells = kept_run(tmp_path, "closed").manifest["spells"]
    kept = {row["address"][0]: np.subtract(row["run"], row["base"]) for row in spells}
    assert abs(kept["wait_h"]).max() < 0.1 and kept["queue_trains"].min() > 1


def test_a_closure_keeps_its_months_beside_a_base_that_lies_under_another_name(tmp_path, month):
    """What cannot be subtracted is shown by the names of the folders, and why it is not."""
    asked(Work(tmp_path, 1), month, "first", 2)
    order = Order(month, "closed", overrides_of(month, {CLOSED: ["2024-01-10", "2024-01-20"]}), 3, "", {"en": ""})
    work = Work(tmp_path, 1)
    work.do(order)
    run, base, shorter = (kept_run(tmp_path, name) for name in ("closed", "month_n3", "month"))
    assert run.manifest["base"] == "month_n3"
    again = runs_beside(run, base, "", ("closed", "month_n3"))
    assert again["rows"] == work.messages[-2]()["rows"] and "Against month_n3, in Jan 2024: " in again["headline"]
    unlike = runs_beside(run, shorter, "", ("closed", "month"))
    assert (unlike["name"], unlike["base"], unlike["is_paired"]) == ("closed", "month", False)
    why = "month has 2 replications and closed 3: run both with as many"
    assert unlike["said"] == [f"The two do not pair, so that no difference is told: {why}."]
    assert {row["difference"]["text"] for row in unlike["rows"]} == {"–"}


def flows_of(reading, corridor):
    return [name for name, flow in reading.scenario.flows.items() if corridor in ("all", flow.corridor)]


def test_months_are_played_once_more_for_both_sides_and_the_years_of_a_base_once(tmp_path, month):
    work = Work(tmp_path, 1)
    played = []
    work.look_up = lambda replication: played.append(replication.index)
    asked(work, month, "more", 2, "places.altynkol.receiving_tracks=20")
    asked(work, month, "closed", 2, *overrides_of(month, {CLOSED: ["2024-01-10", "2024-01-20"]}))
    asked(work, month, "fewer", 2, "places.altynkol.receiving_tracks=9")
    assert len(played) == 4 + (2 + 4) + 2


def no_process(*words):
    raise BlockingIOError(11, "no more processes")


def no_memory(*words):
    raise MemoryError


@pytest.mark.parametrize(
    ("refuses", "said"),
    [
        (no_process, "worker processes cannot be started: no more processes; try fewer"),
        (no_memory, "memory is used up"),
    ],
)
def test_a_run_that_no_worker_can_begin_ends_in_a_message_and_another_may_be_asked_for(
    tmp_path, month, monkeypatch, refuses, said
):
    work = Work(tmp_path, 2)
    threading.Thread(target=work.attend, daemon=True).start()
    with monkeypatch.context() as patches:
        patches.setattr(util, "spawnv_passfds", refuses)
        end = ended(work, Order(month, "first", (), 2))
    assert end["kind"] == "failed" and end["message"].startswith(said)
    assert [path.name for path in tmp_path.iterdir()] == ["month.toml"]
    work.workers = 1
    assert ended(work, Order(month, "first", (), 2))["kind"] == "kept"


def ended(work, order):
    """What is told last of a run that was asked for."""
    work.ask(order)
    limit = time.monotonic() + 60
    while work.is_busy and time.monotonic() < limit:
        time.sleep(0.01)
    return work.messages[-1]()


class TestInABrowser:
    """The page of a second app on the same folder."""

    pytestmark = IN_A_BROWSER

    def test_the_page_is_filled_whatever_lies_in_the_folder(self, chromium, kept):
        with served(kept.parents[1], "altynkol_tez", "--lang", "ru") as address, another_page(kept):
            with visited(chromium, address) as page:
                for _ in range(2):
                    page.reload()
                    page.wait_for_selector("html[data-ready=true]")
                    assert page.get_attribute("main", "aria-busy") is None
                    assert page.locator("#controls fieldset").count() > 5
                rows = page.locator("#kept-rows tbody tr").filter(has_text="older")
                with speaking("ru"):
                    assert message("Cannot be read: {why}", why="") in rows.inner_text()
            self.without_runs(chromium, address)

    def without_runs(self, chromium, address):
        """One part of the page that is refused is named, and the rest of the page works."""
        home = address.split("/?")[0]
        context = chromium.new_context()
        page = context.new_page()
        page.route(re.compile(r"/kept\?"), lambda route: route.fulfill(status=500, body="the disk is gone"))
        page.route(re.compile(r"/speech\?"), lambda route: route.abort())
        page.goto(address)
        page.wait_for_selector("html[data-ready=true]")
        assert "Runs kept: the disk is gone" in page.inner_text("#problems") and home in page.url
        assert "Language: The server does not answer" in page.inner_text("#problems")
        page.evaluate("document.querySelector('#any').open = true")
        page.click("#add")
        assert page.inner_text("#any-problem") == "A change needs a key and a value."
        assert page.locator("#controls fieldset").count() > 5
        context.close()
