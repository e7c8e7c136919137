"""The page that asks what if in Russian and Chinese: the three questions, and no word of its own in English."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from asking import answer_to, served, visited
from browser import IN_A_BROWSER, until

from sim.app.controls import controls_of
from sim.app.moves import file_text, overrides_of
from sim.app.refusals import told_refusal
from sim.scenario.problems import ArgumentError
from sim.scenario.reading.opening import load
from sim.views.language import ENGLISH, LANGUAGES, counted, message, speaking

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
BASE = "winter"
"""Two months of a year as it was, which has all the controls and is run in a twentieth of the time of the plan."""
WINTER = 'extends = "2025_as_it_was"\nhorizon = { start = 2025-01-01, end = 2025-03-01, warmup_days = 20 }\n'
SETS = "more:wagon_pools.platforms_altynkol.sets"
CLOSED = "[data-name='close:aktau'] input >> nth={place}"
QUESTIONS = {
    "one": ("ru", 1280, "light", "платформ Алтынколь", (f"[data-name='{SETS}'] input", "20")),
    "two": (
        ENGLISH,
        390,
        "light",
        "Aktau",
        (CLOSED.format(place=0), "2025-01-01"),
        (CLOSED.format(place=1), "2025-01-15"),
    ),
    "three": ("zh", 390, "dark", "Tez", ("[data-name='later:tez'] input", "24")),
}
"""By the name of its run: the language, the screen, a word to find the control by, what is typed where."""
LATIN = re.compile(r"[A-Za-z]{2,}")
OWN = {"Tez", "Customs"}
"""Words that are the same in every language."""
TEXTS = """() => {
  const stated = ".stated, code, script, #language, #scenario, #problems, [data-name^='unknown:']";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest(stated)) texts.push(node.data);
  }
  for (const name of ["aria-label", "placeholder", "data-head"]) {
    const parts = [...document.querySelectorAll(`[${name}]`)].filter((part) => !part.closest(stated));
    texts.push(...parts.map((part) => part.getAttribute(name)));
  }
  return texts;
}"""
"""All that the page says but sources, keys, names, and the unknowns, whose titles are not all translated."""
WATCH_TURNING = """() => {
  window.turning = [];
  const look = () => window.turning.push(getComputedStyle(document.querySelector("#said")).visibility);
  new MutationObserver(look).observe(document.querySelector("#main"), { attributeFilter: ["class"] });
}"""
"""Watches whether the answer is seen while the page turns from one language to another."""
MISSING = """(texts) => {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
  [canvas.width, canvas.height] = [40, 40];
  const drawn = (letter) => {
    pen.clearRect(0, 0, 40, 40);
    pen.font = `24px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(letter, 4, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const box = drawn("\\u{10fffd}");
  return [...new Set(texts.join(""))].filter((letter) => drawn(letter) === box);
}"""
"""The letters that are drawn as the box of one that no font has."""


def english_left(texts, *known):
    """The words of some texts that are English, and no names that are known."""
    names = OWN | set(re.findall(LATIN, " ".join(known)))
    return sorted({word for text in texts for word in LATIN.findall(text) if word not in names})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The page of the two months, in Russian if it is asked in no other language: its address, and its folder."""
    folder = tmp_path_factory.mktemp("served")
    (folder / f"{BASE}.toml").write_text(WINTER, encoding="utf-8")
    with served(folder, f"{BASE}.toml", "--lang", "ru") as address:
        yield address, folder


@pytest.fixture(scope="module")
def kept(chromium, server):
    """The folder of the runs that answer the questions: each asked once, in a language and on a screen of its own."""
    address, folder = server
    for name, (code, width, colours, search, *inputs) in QUESTIONS.items():
        with spoken(chromium, address, code, width, colours) as page:
            asked(page, code, name, search, *inputs)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if code != ENGLISH:
                assert not english_left(page.evaluate(TEXTS), BASE, search, *QUESTIONS)
    return folder / "results" / "app"


class TestInABrowser:
    """The page as a planner sees it who reads no English."""

    pytestmark = IN_A_BROWSER

    @pytest.mark.parametrize(("code", "width", "colours"), [("ru", 1280, "light"), ("zh", 390, "dark")])
    def test_three_questions(self, chromium, server, kept, code, width, colours):
        with spoken(chromium, server[0], code, width, colours) as page:
            page.evaluate("document.querySelectorAll('#controls details').forEach((one) => { one.open = true; })")
            page.fill("[data-name='later:tez'] input", "24")
            page.fill(CLOSED.format(place=0), "2025-01-15")
            form = {"ru": "15.01.2025", "zh": "2025-01-15"}[code]
            assert page.locator("[data-name='close:aktau'] .day").first.text_content() == form
            page.fill(CLOSED.format(place=0), "")
            for name in QUESTIONS:
                looked_at(page, code, name)
            assert page.locator("#kept-rows tbody tr").count() == 4
            texts = page.evaluate(TEXTS)
            assert not english_left(texts, BASE, *QUESTIONS), english_left(texts, BASE, *QUESTIONS)
            assert page.evaluate(MISSING, texts) == [] and page.evaluate(MISSING, ["a\ue123"]) == ["\ue123"]
            assert page.evaluate("document.documentElement.lang.slice(0, 2)") == code
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            self.switches(page, code)
        for name in QUESTIONS:
            headline = json.loads((kept / name / "manifest.json").read_text())["headline"]
            foreign = re.search(r"[\u0400-\u04ff\u4e00-\u9fff]", " ".join(headline))
            assert len(headline) == 2 and not foreign, headline

    def test_a_closure_is_asked_of_a_small_screen(self, chromium, server, kept):
        with spoken(chromium, server[0], ENGLISH, 390, "light") as page:
            looked_at(page, ENGLISH, "two")
            assert "Middle Corridor" in page.inner_text("#said") and "2025-01-15" in page.inner_text("#inputs")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

    def switches(self, page, code):
        """The switch of the page tells all anew, and loses nothing of what was moved."""
        other = next(one for one in OTHERS if one != code)
        page.evaluate(WATCH_TURNING)
        page.select_option("#language", other)
        until(page, f"document.documentElement.lang.startsWith('{other}')")
        with speaking(other):
            head, beside = message("Runs kept"), message("{name} beside {base}.", name="three", base=BASE)
        until(page, f"document.querySelector('#state').textContent === {json.dumps(beside)}")
        assert page.inner_text("#kept-head") == head
        until(page, "window.turning.length === 2")
        assert page.evaluate("window.turning") == ["hidden", "visible"]
        assert page.input_value("[data-name='later:tez'] input") == "24"
        assert not english_left(page.evaluate(TEXTS), BASE, *QUESTIONS)
        page.select_option("#language", "en")
        until(page, "document.querySelector('#kept-head').textContent === 'Runs kept'")
        assert page.inner_text("#moved") == f"1 change to {BASE}."


@contextmanager
def spoken(browser, address, code, width, colours):
    """The page, opened in a language and on a screen."""
    with visited(browser, address, width, colours) as page:
        if code != page.input_value("#language"):
            page.goto(f"{address.split('?')[0]}?lang={code}")
            page.wait_for_selector("html[data-ready=true]")
        yield page


def asked(page, code, name, search, *inputs):
    """Ask one question of the page: the control found, what is moved, the run, and what is said of it."""
    with speaking(code):
        end = message("{name} beside {base}; both are kept.", name=name, base=BASE)
        moved = counted(1, "{count} change to {scenario}.", "{count} changes to {scenario}.", scenario=BASE)
    page.fill("#search", search)
    for selector, value in inputs:
        assert page.is_visible(selector)
        page.fill(selector, value)
    assert page.inner_text("#moved") == moved
    page.fill("#name", name)
    page.fill("#replications", "2")
    page.click("#go")
    until(page, f"document.querySelector('#state').textContent === {json.dumps(end)}")
    assert page.inner_text("#said").startswith(head_of_answer(code))


def looked_at(page, code, name):
    """Look at a run that is kept, beside its base: what is said of it."""
    with speaking(code):
        beside = message("{name} beside {base}.", name=name, base=BASE)
    page.select_option("#one", name)
    page.select_option("#against", BASE)
    page.click("#open")
    until(page, f"document.querySelector('#state').textContent === {json.dumps(beside)}")
    assert page.inner_text("#said").startswith(head_of_answer(code))


def head_of_answer(code):
    """How the answer to a question begins in a language."""
    with speaking(code):
        return message("Against {base}, {when}: {change}.", base=BASE, when="|", change="").split("|")[0]


@pytest.fixture(scope="module")
def target():
    """The shipped plan of 2030."""
    return load("2030_target")


@pytest.mark.parametrize("code", OTHERS)
def test_every_control_is_told_in_the_language_and_moves_what_it_moved(target, code):
    english = controls_of(target)
    with speaking(code):
        told = controls_of(target)
        moves = {SETS: 20, "close:aktau": ["2030-01-01", "2030-01-15"], "later:tez": 24}
        text = file_text(target, "mine", overrides_of(target, moves), target.files[0].parent)
    assert [(one.name, one.kind, one.value, one.keys) for one in told] == [
        (one.name, one.kind, one.value, one.keys) for one in english
    ]
    words = [word for one in told for word in (one.group, one.title, one.unit, one.stated, *one.words)]
    assert not english_left(words), english_left(words)
    assert text == file_text(target, "mine", overrides_of(target, moves), target.files[0].parent)


@pytest.mark.parametrize("code", OTHERS)
def test_what_no_control_can_be_moved_to_is_said_in_the_language(target, code):
    with speaking(code):
        for name, value in (("close:aktau", ["2030-01-15", "2030-01-01"]), (SETS, 1.5), ("later:tez", 100_000)):
            with pytest.raises(ArgumentError) as refused:
                overrides_of(target, {name: value})
            assert not english_left([str(refused.value).removeprefix(f"{name}: ")])
        for text in ("must be at least 0 (got -4)", "there is no [x] to change", "must be a whole number (got 1.5)"):
            assert told_refusal(text) != text and not english_left([told_refusal(text)])
        assert told_refusal("says nothing known") == "says nothing known"
    assert told_refusal("must be at least 0 (got -4)") == "must be at least 0 (got -4)"


def test_the_server_answers_in_the_language_it_is_asked_in_and_saves_the_same_bytes(server):
    address, _ = server
    home, token = address.split("/?token=")
    sent = {"cookie": f"corridor_{home.rpartition(':')[2]}={token}", "origin": home}
    order = {"scenario": "altynkol_tez", "name": "mine", "replications": 3, "changes": []}
    order["moves"] = {"tez:2024-01-01": "2024-06-01"}
    texts, refusals, shut = set(), set(), set()
    for code in (*LANGUAGES, "xx"):
        path = f"/file?lang={quote(code)}"
        texts.add(answer_to(address, path, "POST", json.dumps(order), **sent)[1])
        refusals.add(answer_to(address, path, "POST", json.dumps(order | {"replications": 1}), **sent)[1])
        shut.add(answer_to(address, f"/?lang={code}")[1])
    assert len(texts) == 1 and '"text"' in texts.pop()
    assert len(refusals) == len(shut) == 3
    with speaking("ru"):
        spoken = message("Refused: open the address that `corridor app` printed.")
    assert answer_to(address, "/") == (403, spoken)
