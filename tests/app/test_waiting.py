"""The page of results in another tab: something is said at once, it is made once, and a failure ends in words."""

from __future__ import annotations

import asyncio
import html
import time
from threading import Thread

import pytest

from sim.app import waiting
from sim.app.server import Page, application
from sim.app.waiting import report_kept
from sim.app.work import Work
from sim.views.language import LANGUAGES, language_spoken, message, speaking


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Two runs that are kept, and the pages that were made of them, each with the language it was made in."""
    pages = []

    def made_slowly(folder, names):
        pages.append((language_spoken(), names))
        time.sleep(0.2)
        return f"page {len(pages)}"

    for name in ("base", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    monkeypatch.setattr(waiting, "kept_folder", lambda folder, name: folder / name)
    monkeypatch.setattr(waiting, "report_of", made_slowly)
    return pages


def got(folder, path, query=""):
    """Status and text of what the page's server answers to who has the token, which is `x`."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(event):
        sent.append(event)

    headers = [(b"host", b"127.0.0.1:1"), (b"cookie", b"corridor_1=x")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
    asyncio.run(application(Page(Work(folder, 1), None), "x", 1, "en")(scope, receive, send))
    return sent[0]["status"], b"".join(event.get("body", b"") for event in sent[1:]).decode()


def test_two_who_ask_at_once_have_one_page_which_stands_until_a_run_is_another(tmp_path, made):
    pages = []
    clicks = [Thread(target=lambda: pages.append(report_kept(tmp_path, ("mine", "base")))) for _ in range(2)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert pages == ["page 1", "page 1"] and report_kept(tmp_path, ("mine", "base")) == "page 1"
    with speaking("ru"):
        assert report_kept(tmp_path, ("mine", "base")) == "page 2"
    (tmp_path / "base" / "manifest.json").unlink()
    (tmp_path / "base" / "manifest.json").write_text("{ }")
    assert report_kept(tmp_path, ("mine", "base")) == "page 3"
    assert made == [(code, ("mine", "base")) for code in ("en", "ru", "en")]


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_shown_at_once_says_so_in_the_language_and_asks_for_the_page(tmp_path, made, code):
    status, text = got(tmp_path, "/waiting/my run", f"against=a%26b&lang={code}")
    assert status == 200 and made == []
    assert f'data-address="{html.escape(f"/report/my%20run?against=a%26b&lang={code}")}"' in text
    with speaking(code):
        words = (
            "The page of results is being made, which may take a minute for a plan of years. It opens here by itself."
        )
        assert message(words) in text and message("Charts, train graph and replay") in text
    assert got(tmp_path, "/report/mine", f"against=base&lang={code}") == (200, "page 1")
    assert made == [(code, ("mine", "base"))]
    assert got(tmp_path, "/assets/waiting.js")[0] == 200


def test_a_page_that_cannot_be_made_ends_in_words(tmp_path, made, monkeypatch):
    def failed(folder, names):
        raise ValueError("no picture")

    monkeypatch.setattr(waiting, "report_of", failed)
    for code in LANGUAGES:
        with speaking(code):
            words = message("The page of results cannot be made: {why}", why="ValueError: no picture")
        assert got(tmp_path, "/report/mine", f"against=base&lang={code}") == (500, words)
