"""Runs kept in one folder by several pages: one that cannot be read takes no other with it, and never the page."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import threading
from contextlib import contextmanager

import pytest
from asking import served, visited
from browser import IN_A_BROWSER
from starlette.requests import Request

from sim.app.server import Page, json_route
from sim.app.work import Work, kept_runs
from sim.runs import folders
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


def test_what_the_system_refuses_is_told_with_its_file(tmp_path):
    async def sent():
        return {"type": "http.request", "body": b""}

    def refused(wish):
        (tmp_path / "none").stat()

    page = Page(Work(tmp_path, 1), None)
    request = Request({"type": "http", "method": "GET", "path_params": {}, "query_string": b"", "headers": []}, sent)
    response = asyncio.run(json_route(page, refused)(request))
    said = json.loads(response.body)["problems"][0]["message"]
    assert (response.status_code, said) == (500, f"{tmp_path / 'none'}: No such file or directory")


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
