"""The page that asks what if, in a real browser with no network; and what its server refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from asking import answer_to, dropped, served, visited
from browser import IN_A_BROWSER, until
from commands import contents, output_of

from sim.app.controls import controls_of
from sim.app.moves import file_text, overrides_of, with_steps_from
from sim.scenario.keys import leaves, value_at
from sim.scenario.problems import ArgumentError, ScenarioError
from sim.scenario.reading.opening import load
from sim.scenario.worlds import with_draws

HOSTILE = """title = "Hostile"
extends = "../../../../../etc/passwd"
measures = "__import__('os').system('touch ran')"
"""
WRONG = 'extends = "altynkol_paper"\n\n[places.altynkol.forming]\ncrews = -4\n'
RIGHT = WRONG.replace("-4", "4")


WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const row = document.querySelector("#rows tbody tr");
    const done = Number(document.querySelector("#rows").dataset.done);
    if (row && row.dataset.width) window.seen.push([done, Number(row.dataset.width)]);
  }).observe(document.querySelector("#rows"), { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The page of a border with Tez: its address, and its folder."""
    folder = tmp_path_factory.mktemp("served")
    with served(folder, "altynkol_tez") as address:
        yield address, folder


@pytest.fixture(scope="module")
def asked(chromium, server):
    """A question asked of the page: the widths of the interval after each replication, by how many there are."""
    with visited(chromium, server[0]) as page:
        four_moved(page)
        page.fill("#name", "later_tez")
        page.fill("#replications", "6")
        page.evaluate(WATCH)
        page.click("#go")
        until(page, "document.querySelector('#kept').textContent.includes('later_tez')")
        until(page, "document.querySelectorAll('#inputs tbody tr').length === 4")
        assert "later_tez beside" in page.inner_text("#state")
        return dict(page.evaluate("window.seen"))


def four_moved(page):
    """Move two sliders, a day and a key that has no control."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.fill("[data-name='key:places.altynkol.forming.train_h.mean'] input[type=number]", "5")
    page.focus("[data-name='key:trains.container.teu'] input[type=range]")
    page.keyboard.press("ArrowRight")
    page.fill("[data-name='tez:2024-01-01'] input", "2024-06-01")
    page.fill("#key", "wagon_pools.platforms.sets")
    assert "Stated: 92" in page.inner_text("#key-about")
    page.fill("#value", "+20")
    page.press("#value", "Enter")
    assert page.inner_text("#moved") == "4 changes to altynkol_tez."


GROUPS = "[...document.querySelectorAll('#controls > details:not([hidden])')].map((one) => one.dataset.group)"
FOUND_FIRST = {
    "wagons": "More or fewer: wagon sets",
    "storm": "Disruptions",
    "demand": "Inputs with a range: volumes",
    "customs": "Tez Customs",
    "cranes": "More or fewer: at borders",
    "tez": "Tez Customs",
}
"""A word that a planner may type, and the group that comes first: where a number may be added, that."""
STOPPED_AT_FIRST = (
    {"kind": "progress", "done": 0, "total": 3, "name": "mine", "base": "base", "level": 0.95, "note": "", "said": []}
    | {"rows": [], "period": "all", "periods": ["all"]},
    {"kind": "stopped", "message": "Stopped; nothing was kept."},
)
"""What is told of a run that is stopped before its first replication is done."""
FIRST_COLUMNS = """() => {
  document.querySelector("#answer").style.width = matchMedia("(min-width: 821px)").matches ? "460px" : "";
  return ["#rows", "#inputs"].map((id) => document.querySelector(`${id} tbody th`).offsetWidth);
}"""
"""How wide the first columns are beside numbers as long as those of months: in a part of the page that is narrow."""
LEFT_OVER = """() => {
  const kept = JSON.parse(sessionStorage.getItem("moves of altynkol_tez"));
  kept.moves.push(["key:gone", 5], ["tez:2024-01-01", "<img src=x onerror=alert(1)>"]);
  kept.titles.push("A thing that is gone", "<b>The day</b>");
  sessionStorage.setItem("moves of altynkol_tez", JSON.stringify(kept));
}"""


class TestInABrowser:
    """The whole way of a person who asks what if."""

    pytestmark = IN_A_BROWSER

    @pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
    def test_a_question_is_asked_answered_and_kept(self, chromium, server, asked, width, colours):
        address, folder = server
        assert [*asked] == [3, 4, 5, 6] and asked[6] < asked[3], asked
        with visited(chromium, address, width, colours) as page:
            assert "token" not in page.url
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(27, 29, 31)"}[colours]
            four_moved(page)
            self.stands_after_a_reload(page)
            page.fill("#name", "later_tez")
            with page.expect_download() as saved:
                page.click("#save")
            assert Path(saved.value.path()).read_text() == (folder / "results" / "app" / "later_tez.toml").read_text()
            page.select_option("#one", "later_tez")
            page.select_option("#against", "altynkol_tez")
            page.click("#open")
            until(page, "document.querySelectorAll('#inputs tbody tr').length === 4")
            assert page.inner_text("#rows tbody tr").count("[") == 3
            assert "2024-06-01: tez" in page.inner_text("#inputs")
            assert "2 replications" not in page.inner_text("#kept") and "6, 7" in page.inner_text("#kept")
            assert "112" in page.inner_text("#inputs") and "later_tez beside" in page.inner_text("#state")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert min(page.evaluate(FIRST_COLUMNS)) > 170
            assert "wagon_<wbr>pools.<wbr>platforms.<wbr>sets" in page.inner_html("#inputs")
            page.select_option("#scenario", "later_tez")
            until(page, "document.querySelector('#title').textContent.startsWith('later_tez')")
            assert page.input_value("[data-name='tez:2024-06-01'] input") == "2024-06-01"
            page.evaluate("document.querySelector('#any').open = true")
            page.fill("#key", "wagon_pools.platforms.sets")
            assert "Stated: 112" in page.text_content("#key-about")

    def stands_after_a_reload(self, page):
        """What was moved is moved again in the same tab; what does not fit is named, and is text and nothing else."""
        for change in ("() => {}", LEFT_OVER, "() => {}"):
            page.evaluate(change)
            page.reload()
            page.wait_for_selector("html[data-ready=true]")
            assert page.inner_text("#state") == "4 changes from before stand again."
            assert page.inner_text("#moved") == "4 changes to altynkol_tez."
            assert page.text_content("[data-name='tez:2024-01-01'] .day") == "2024-06-01"
            named = "A thing that is gone; <b>The day</b>" if change == LEFT_OVER else ""
            assert page.text_content("#problems-lost").endswith(named) and bool(named) == page.is_visible(
                "#problems-lost"
            )
        page.click("#reset")
        page.evaluate("sessionStorage.setItem('moves of altynkol_tez', '{')")
        page.reload()
        page.wait_for_selector("html[data-ready=true]")
        assert page.inner_text("#moved").startswith("Nothing is moved")
        four_moved(page)

    def test_what_was_kept_has_a_page_of_results_and_is_what_the_command_makes_of_its_file(
        self, chromium, server, asked, tmp_path
    ):
        address, folder = server
        with visited(chromium, address) as page:
            page.select_option("#against", "altynkol_tez")
            with page.expect_popup() as opened:
                page.click("#report")
            report = opened.value
            report.wait_for_selector("html[data-ready=true]")
            assert "Train graph of later_tez" in report.content() and report.evaluate("window.origin") == "null"
            page.reload()
            page.wait_for_selector("html[data-ready=true]")
            assert [page.input_value(f"#{side}") for side in ("one", "against")] == ["later_tez", "altynkol_tez"]
        kept = folder / "results" / "app"
        (tmp_path / "later_tez.toml").write_text((kept / "later_tez.toml").read_text())
        output_of("run", tmp_path / "later_tez.toml", "-n", "6", "-j", "1", "--no-plots", "--out", tmp_path / "again")
        here, there = contents(kept / "later_tez"), contents(tmp_path / "again")
        assert here.keys() == there.keys() and len(here) > 8
        assert [str(name) for name in here if here[name] != there[name]] == ["manifest.json"]

    def test_what_is_wrong_is_said_at_the_control_or_with_its_line_and_nothing_is_run(self, chromium, tmp_path):
        with served(tmp_path) as address, visited(chromium, address) as page:
            dropped(page, "hostile.toml", HOSTILE)
            until(page, "!document.querySelector('#problems').hidden")
            assert "line 2: extends: may only name a shipped scenario here" in page.inner_text("#problems")
            dropped(page, "wrong.toml", WRONG)
            until(page, "document.querySelector('#problems').textContent.includes('crews')")
            assert "line 4: places.altynkol.forming.crews: must be at least 0 (got -4)" in page.inner_text("#problems")
            dropped(page, "no.toml", "<script>alert(1)</script>")
            until(page, "document.querySelector('#problems').textContent.includes('is not TOML')")
            for encoding in ("cp1251", "utf-16"):
                dropped(page, f"{encoding}.toml", f'title = "Граница"\n{RIGHT}'.encode(encoding))
                until(page, f"document.querySelector('#state').textContent.startsWith('{encoding}.toml is refused')")
                assert "It is not text in UTF-8" in page.inner_text("#problems")
            number = "[data-name='key:places.altynkol.forming.train_h.mean'] input[type=number]"
            page.fill(number, "-3")
            page.click("#go")
            box = "document.querySelector(\"[data-name='key:places.altynkol.forming.train_h.mean'] .problem\")"
            message = f"{box}.textContent"
            until(page, f"{message} !== ''")
            assert "train_h.mean: must be at least 0 (got -3)" in page.evaluate(message)
            assert page.get_attribute(number.replace("number", "range"), "aria-invalid") == "true"
            assert not [*tmp_path.rglob("*")]
            dropped(page, "mine.toml", RIGHT.encode("utf-8-sig"))
            until(page, "document.querySelector('#scenario').value === 'mine'")
        assert [path.name for path in tmp_path.rglob("*.toml")] == ["mine.toml"]

    def test_what_is_no_longer_so_is_no_longer_said(self, chromium, server):
        with visited(chromium, server[0]) as page:
            key = page.text_content("#any-key")
            assert page.evaluate(f"state.scenario.inputs.some((one) => one.key === {json.dumps(key)})")
            page.fill("#replications", "1")
            page.click("#go")
            until(page, "document.querySelector('#replications-problem').textContent !== ''")
            page.fill("#replications", "3")
            assert page.text_content("#replications-problem") == page.inner_text("#state") == ""
            assert page.get_attribute("#replications", "aria-invalid") is None
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.fill(f"[data-name='more:{key}'] input", "2")
            assert page.inner_text("#moved") == "1 change to altynkol_tez."
            page.fill("#key", key)
            page.fill("#value", "9")
            page.press("#value", "Enter")
            assert page.inner_text("#moved").startswith(f"2 changes to altynkol_tez. Moved more than once: {key}. ")
            told = "".join(f"data: {json.dumps(event)}\n\n" for event in STOPPED_AT_FIRST)
            page.route("**/run?*", lambda route: route.fulfill(json={}))
            page.route("**/events?*", lambda route: route.fulfill(body=told, content_type="text/event-stream"))
            page.click("#go")
            until(page, "document.querySelector('#state').textContent === 'Stopped; nothing was kept.'")
            until(page, "document.querySelector('#rows').hidden")
            assert page.inner_text("#answer-about") == "It ended before its first replication: there is no answer."

    def test_every_control_has_a_name_for_a_reader_of_the_screen_and_is_found(self, chromium, server):
        unnamed = """() => [...document.querySelectorAll("input, select, button, progress")].filter((one) => !(
          one.textContent.trim() && one.tagName === "BUTTON" || one.getAttribute("aria-label")
          || (one.labels && one.labels.length)
        )).map((one) => one.outerHTML)"""
        with visited(chromium, server[0]) as page:
            page.select_option("#scenario", "2030_target")
            until(page, "document.querySelector('#title').textContent.startsWith('The Middle Corridor to 2030')")
            assert page.evaluate(unnamed) == []
            described = "[...document.querySelectorAll('[aria-describedby]')]"
            ids = f"{described}.flatMap((one) => one.getAttribute('aria-describedby').split(' '))"
            lost = f"{ids}.filter((id) => !document.getElementById(id)).length"
            assert page.evaluate(f"{described}.length") > 200 and page.evaluate(lost) == 0
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            self.finds(page)

    def finds(self, page):
        """Words begin words of a title, of a group or of a key; titles come first, and a dozen controls are open."""
        legends = (
            "[...document.querySelectorAll('#controls fieldset:not([hidden]) legend')].map((one) => one.textContent)"
        )
        stated = page.evaluate(legends)
        page.fill("#search", "Aktau")
        found = page.evaluate(legends)
        titled = [title for title in found if "Aktau" in title]
        assert found[0] == "Aktau, all 3 crossings" and 12 < len(titled) < len(found)
        assert page.inner_text("#found").startswith(
            f"{len(found)} of {len(stated)} found: {len(titled)} by their title"
        )
        assert 0 < page.locator("#controls fieldset:visible").count() < len(found)
        page.fill("#search", "sets platform")
        assert all("platform sets" in title for title in page.evaluate(legends)[:6])
        for word, group in FOUND_FIRST.items():
            page.fill("#search", word)
            assert page.evaluate(f"{GROUPS}[0]") == group, word
        page.fill("#search", "atform")
        assert page.evaluate(legends) == []
        page.fill("#search", "")
        assert page.evaluate(legends) == stated


def test_who_has_no_token_or_comes_from_elsewhere_is_refused(tmp_path):
    with served(tmp_path, "altynkol_tez") as address:
        home, token = address.split("/?token=")
        host = home.removeprefix("http://")
        cookie = f"corridor_{host.split(':')[1]}={token}"
        body = json.dumps({"scenario": "altynkol_tez", "name": "mine", "replications": 2, "moves": {}, "changes": []})
        assert answer_to(address, "/scenarios", cookie=cookie)[0] == 200
        assert answer_to(address, "/")[0] == 403
        assert answer_to(address, "/?token=x")[0] == 403
        assert answer_to(address, "/scenarios", cookie=cookie[:-1])[0] == 403
        assert answer_to(address, "/scenarios", cookie=cookie, host="evil.example")[0] == 403
        for origin in ({}, {"origin": "http://evil.example"}, {"origin": "null"}):
            assert answer_to(address, "/run", "POST", body, cookie=cookie, **origin)[0] == 403, origin
        for path in ("/assets/..%2fserver.py", "/assets/app.html", "/../pyproject.toml", "/results"):
            assert answer_to(address, path, cookie=cookie)[0] == 404, path
        for path in (
            "/scenario/..%2f..%2fetc%2fpasswd",
            "/scenario/pyproject",
            "/kept/..?against=..",
            "/kept/x?against=x",
        ):
            assert answer_to(address, path, cookie=cookie)[0] in (404, 422), path
        sent = {"cookie": cookie, "origin": home}
        for name in ("../mine", "", ".mine", "altynkol_tez", "a/b"):
            status, said = answer_to(address, "/run", "POST", json.dumps(json.loads(body) | {"name": name}), **sent)
            assert (status, json.loads(said)["problems"][0]["control"]) == (422, "name"), name
        assert answer_to(address, "/run", "POST", "[", **sent)[0] == 400
        assert not [*tmp_path.rglob("*")]
        assert answer_to(address, "/run", "POST", body, **sent)[0] == 200
        status, said = answer_to(address, "/run", "POST", body.replace("mine", "yours"), **sent)
        assert status == 409 and "a run is under way" in said
        assert answer_to(address, "/stop", "POST", "{}", **sent)[0] == 200
        told = answer_to(address, "/events", **sent)[1]
        assert "Stopped; nothing was kept." in told
        assert not [*tmp_path.rglob("*.toml")]


def test_moves_of_every_slider_stand_in_the_file(tmp_path):
    """The plan of 2030: what the file says is the world in which every unknown is at its least."""
    reading = load("2030_target")
    moves = {control.name: control.low for control in controls_of(reading) if control.kind == "range"}
    (tmp_path / "least.toml").write_text(file_text(reading, "Least", overrides_of(reading, moves), tmp_path))
    least = load(tmp_path / "least.toml")
    draws = {name.removeprefix("unknown:"): low for name, low in moves.items()}
    world = with_draws(reading.resolved, draws, reading.scenario.unknown)
    others = [path for path, value in leaves(world) if value_at(least.resolved, path) != value]
    assert len(moves) > 50 and others == [("title",)]


def test_a_plus_adds_to_each_year_and_to_a_mean():
    reading = load("2030_target")
    stated = reading.get("wagon_pools.platforms_bakhty.sets")
    for change in ("wagon_pools.platforms_bakhty.sets=+20", "places.dostyk.forming.train_h = +0.5", "study.seed=+1"):
        reading = reading.set(change)
    assert reading.get("wagon_pools.platforms_bakhty.sets") == {day: sets + 20 for day, sets in stated.items()}
    assert reading.get("places.dostyk.forming.train_h") == {"mean": 4.75, "cv": 0.3}
    assert reading.get("study.seed") == 2031
    for key in ("places.dostyk.kind", "study.level"):
        with pytest.raises(ScenarioError, match="adds to a number that is stated"):
            reading.set(f"{key}=+1")


def test_tez_begins_on_another_day_with_all_that_follows():
    steps = {"2024-01-01": 0.02, "2024-05-01": 0.85, "2024-07-01": 1.0}
    later = {"2024-01-01": 0.02, "2026-05-01": 0.85, "2026-07-01": 1.0}
    assert with_steps_from(steps, "2024-05-01", "2026-05-01") == later
    assert with_steps_from(steps, "2024-05-01", "2023-12-01") == {"2023-12-01": 0.85, "2024-01-31": 1.0}
    names = [control.name for control in controls_of(load("2030_target")) if control.group == "Tez Customs"]
    assert names == ["later:tez", "tez:2024-05-01", "tez:2024-10-01"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key:no.such", 1),
        ("key:places.altynkol.forming.train_h.mean", "5"),
        ("key:places.altynkol.forming.train_h.mean", True),
        ("tez:2024-01-01", "soon"),
        ("tez:2024-01-01", 3),
    ],
)
def test_what_no_control_has_is_refused(name, value):
    with pytest.raises(ArgumentError, match=re.escape(name)):
        overrides_of(load("altynkol_tez"), {name: value})
