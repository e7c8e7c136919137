"""The page of results in a real browser, opened from disk with the network off."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path

import pandas as pd
import pytest
from browser import IN_A_BROWSER, PATIENCE_MS, SIZES, launched, until
from golden_results import GOLDEN
from pages import write_pair

import sim
from sim.runs.results import load_run
from sim.study.field.queues import months
from sim.views import words
from sim.views.folders import write_answer
from sim.views.language import speaking
from sim.views.report import read_subject, write_report

ENDS = ["mean", "ci_low", "ci_high"]
CHARTS = ("throughput-chart", "clearance-chart", "dwell-chart", "days-chart", "months-chart")

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def chromium():
    """A browser without a window."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def written(pair, tmp_path_factory):
    """The page of the comparison, its pictures painted, for they may be too wide: its first test is marked so."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(read_subject([pair]), path)
    return path


class Visit:
    """A page opened from disk, with what it complained of and what it asked for."""

    def __init__(self, browser, path: Path, width: int = 1280) -> None:
        context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, offline=True)
        context.set_default_timeout(PATIENCE_MS)
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready=true]")

    def is_clean(self, path: Path) -> bool:
        """Whether nothing was said, and nothing asked for but the page itself."""
        return self.complaints == [] and self.asked == [path.as_uri()]

    def minute(self) -> int:
        """Where the clock of the replay stands."""
        return int(self.page.get_attribute("#stage", "data-minute"))


@pytest.fixture(scope="module")
def opened(chromium, written):
    """The page of the comparison, opened wide, once for all tests: opening is what takes time."""
    opened = Visit(chromium, written)
    yield opened
    opened.page.context.close()


@pytest.fixture
def visit(opened, written):
    """The page with its replay stopped at the beginning of the month; whatever a test does, nothing complains."""
    opened.page.evaluate("player.toggle(false); player.go(0); player.view.fit(...player.view.size); player.redraw()")
    yield opened
    assert opened.is_clean(written), (opened.complaints, opened.asked)


def pressed(page, key, times=1):
    """Press a key on the replay."""
    page.focus("#stage")
    for _ in range(times):
        page.keyboard.press(key)


SENTENCE = re.compile(r"(?:\b[a-z]{2,} ){3}")
"""Four words of English at least, none of them a name."""
SPOKEN = """() => {
  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest("script, style, code, noscript, [translate=no]")) texts.push(node.data);
  }
  return texts.concat([...document.querySelectorAll("[aria-label]")].map((part) => part.getAttribute("aria-label")));
}"""
"""All that the page says in the language."""
SPOKEN_CELL = """() => {
  const cell = cellOf({ name: "mine" }, { mean: 18.4, low: 16, high: 20.7, unit: "h" });
  speakWithin(cell);
  return cell.textContent;
}"""
"""A cell with an interval, as it is shown in the language of the page."""
WIDE = """() => [...document.querySelectorAll(".wide")].map(
  (box) => [box.scrollWidth - box.clientWidth > 1, box.classList.contains("scrolls")])"""
LABELS = """(id) => [...document.querySelectorAll(`#${id} text`)].map((text) => text.getBoundingClientRect())
  .map((box) => [box.left, box.top, box.right, box.bottom])"""


HEAD_AND_PLOT = """(id) => {
  const texts = [...document.querySelectorAll(`#${id} svg text`)];
  const ends = texts.map((text) => [text.textContent, text.getBoundingClientRect()]);
  const names = new Set(drawn.get(id).getOption().series.flatMap(({ name }) => name.split(" ")));
  const last = ends.filter(([text]) => text && text.split(" ").every((word) => names.has(word)));
  return [Math.max(...last.map(([, box]) => box.bottom)), ends.find(([text]) => text === "100")[1].top + 1];
}"""
"""Where the names of the lines end in a chart, and where its vertical axis does, by its highest number."""


LONG_NAMES = """() => {
  const long = "всё на бумаге и без неё ".repeat(9);
  const named = page.data.cleared.map((group) => ({ ...group, label: `${group.label} ${long}` }));
  spreadChart("clearance-chart", "Оформление", named, "clearance", page.data.hours);
}"""
"""A chart drawn with lines of long names."""


def met(box, other):
    """Whether two boxes (left, top, right, bottom) lie on each other by more than a line's edge."""
    return all(min(box[i + 2], other[i + 2]) - max(box[i], other[i]) > 3 for i in (0, 1))


@pytest.mark.painted
def test_in_the_dark_charts_and_pictures_lie_on_a_light_card(chromium, written):
    context = chromium.new_context(color_scheme="dark", offline=True)
    page = context.new_page()
    page.goto(written.as_uri())
    page.wait_for_selector("html[data-ready=true]")
    ground = "one => getComputedStyle(document.querySelector(one)).backgroundColor"
    assert [page.evaluate(ground, one) for one in ("#days-chart", ".picture", ".maps")] == ["rgb(255, 255, 255)"] * 3
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert page.evaluate(ground, "body") == "rgb(27, 29, 31)" and ink == "rgb(228, 228, 228)"
    context.close()


def test_a_section_with_nothing_to_show_is_left_out_with_its_link(chromium, tmp_path):
    """A border in a year with no target, no published figure and no ship, of which the horizon has no train."""
    calm = {"horizon.end": dt.date(2024, 4, 1), "horizon.warmup_days": 2}
    for title, changes in {"usual": calm, "empty": calm | {"flows.central_asia.trains_per_year.2024": 0}}.items():
        result = sim.run(sim.load(GOLDEN / "border.toml").set(changes, name=title), replications=1)
        write_answer(result, tmp_path / title, plots=False)
    left_out = {}
    for title in ("usual", "empty"):
        write_report(read_subject([tmp_path / title]), tmp_path / f"{title}.html")
        page = Visit(chromium, tmp_path / f"{title}.html").page
        sections = page.eval_on_selector_all(
            "main > section", "all => all.filter(one => !one.hidden).map(one => one.id)"
        )
        links = page.eval_on_selector_all(
            "nav a", "all => all.filter(one => !one.hidden).map(one => one.hash.slice(1))"
        )
        assert sections == links
        left_out[title] = {"throughput", "clearance", "months", "replay", "field", "published"} - {*sections}
        assert "ship" not in page.inner_text("#replay") and "eastbound" not in page.inner_text("#legend")
        page.context.close()
    assert left_out["usual"] == {"throughput", "published"}
    assert left_out["empty"] == {"throughput", "clearance", "months", "replay", "field", "published"}


@pytest.mark.parametrize("width", SIZES)
def test_the_page_opens_from_disk_with_every_chart(chromium, written, tmp_path, width):
    opened = Visit(chromium, written, width)
    page = opened.page
    for chart in CHARTS:
        assert page.locator(f"#{chart} svg").count() == 1
        assert page.locator(f"#{chart} svg path").count() > 5
        assert page.get_attribute(f"#{chart}", "role") == "img"
        assert len(page.get_attribute(f"#{chart}", "aria-label")) > 40
    assert page.locator("#maps canvas").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out at the side"
    wide = page.evaluate(WIDE)
    assert wide and all(scrolls == is_told for scrolls, is_told in wide), "what scrolls sideways says so"
    assert any(scrolls for scrolls, _ in wide) == (width < 500)
    for chart in ("days-chart", "months-chart"):
        boxes = page.evaluate(LABELS, chart)
        assert not any(met(*pair) for pair in itertools.combinations(boxes, 2)), f"labels of {chart}"
    page.evaluate("speak('ru')")
    for chart in ("days-chart", "months-chart"):
        boxes = page.evaluate(LABELS, chart)
        assert not any(met(*pair) for pair in itertools.combinations(boxes, 2)), f"Russian labels of {chart}"
    page.evaluate(LONG_NAMES)
    head, plot = page.evaluate(HEAD_AND_PLOT, "clearance-chart")
    assert 0 < head <= plot, "the legend ends above the axis, however long its names"
    assert page.evaluate("brokenLines('Абшерон под Баку', 112, 10.5)") == ["Абшерон под Баку"]
    assert len(page.evaluate("brokenLines('Алтынколь – Хоргос: формирование', 112, 10.5)")) == 3
    assert len(page.evaluate("brokenLines('阿克套—阿拉特，集装箱支线船', 112, 10.5)")) == 2
    page.evaluate("speak('en')")
    page.check("#enlarge")
    assert page.evaluate("document.querySelector('.picture.fit').clientWidth") >= 1100
    page.uncheck("#enlarge")
    page.evaluate("player.go(20000)")
    shot = tmp_path / f"report_{width}.png"
    page.screenshot(path=shot, full_page=True)
    assert shot.stat().st_size > 100_000
    assert opened.is_clean(written), (opened.complaints, opened.asked)
    page.context.close()


def test_the_tables_that_follow_a_choice_show_the_numbers_of_kpis_csv(visit, pair):
    page = visit.page
    for table in page.locator("details").all():
        table.evaluate("one => { one.open = true; }")
    page.check("#bottlenecks-every")
    page.select_option("#bottlenecks-year", "2025")
    page.select_option("#days-year", "all")
    page.select_option("#days-flow", "back")
    page.select_option("#throughput-of", "transit")
    numbers = page.eval_on_selector_all(
        "#throughput-table data, #days-table data, #bottlenecks-table data",
        "all => all.map(one => [{...one.dataset}, one.value, one.textContent])",
    )
    keys = ["kpi", "place", "flow", "period"]
    known = {name: pd.read_csv(pair / name / "kpis.csv").set_index(keys) for name in ("paper", "tez")}
    for data, value, text in numbers:
        row = known[data["scenario"]].loc[tuple(data[key] for key in keys)]
        expected, scale = row[data["column"]], 100 if row["unit"] == "share" else 1
        texts = words.measured_texts(*(scale * row[name] for name in ENDS))
        assert float(value) == expected and text == texts[ENDS.index(data["column"])], data
    assert {data["kpi"] for data, _, _ in numbers} >= {
        "throughput_mt",
        "transit_days",
        "passage_h",
        "utilisation_placing",
    }
    assert {data["flow"] for data, _, _ in numbers} == {"transit", "back", "all"}
    assert len(numbers) > 100
    assert "offered: Aktau " in page.locator("#bottlenecks-table").inner_text()


def test_numbers_read_the_same_in_both_languages(visit):
    values = [0, 1e-7, 0.00123, 0.0125, 0.5, 0.995, 1, 2.5, 12.25, 12.35, 99.95, 100, 122.5, 123.5, 999.5, 1000, 8765.4]
    values += [1234567.5, 1.115, 2.675, 1.005, 0.1 + 0.2, 3e-5]
    values += [-value for value in values if value]
    assert visit.page.evaluate("all => all.map((one) => figure(one))", values) == [
        words.figure(value) for value in values
    ]
    spans = [(9.158, 8.92, 9.4), (9.158, 9.02, 9.3), (84138, 81890, 86385), (-4.761, -4.85, -4.67), (0, 0, 0)]
    spans += [(0.3, -0.0004, 0.62), (890.4, 853.2, 921.9), (-0.0001, -0.3, 0.3), (1.2721, 1.2693, 1.2764)]
    told = visit.page.evaluate("all => all.map((one) => measured(...one))", spans)
    assert told == [words.measured_texts(*span) for span in spans]


def test_a_scenario_can_be_left_out_of_all_charts(visit):
    page = visit.page
    assert {"paper", "tez"} <= set(page.locator("#bottlenecks-table tbody td").all_inner_texts())
    page.uncheck("#toggles input[value=paper]")
    assert "paper" not in page.locator("#throughput-table thead").inner_text()
    assert "paper:" not in page.get_attribute("#throughput-chart", "aria-label")
    assert "paper:" not in page.get_attribute("#days-chart", "aria-label")
    page.click("#toggles input[value=tez]")
    assert page.is_checked("#toggles input[value=tez]"), "the last one stays"
    page.check("#toggles input[value=paper]")
    assert "paper" in page.locator("#throughput-table thead").inner_text()


def test_a_chart_answers_to_the_pointer(visit):
    page = visit.page
    page.hover("#throughput-chart")
    at = page.evaluate("drawn.get('throughput-chart').convertToPixel({ seriesIndex: 0 }, ['2025', 0])")
    mean = page.evaluate("page.all[0].row('throughput_mt', 'all', 'middle', '2025').mean")
    height = page.evaluate(f"drawn.get('throughput-chart').convertToPixel({{ seriesIndex: 0 }}, ['2025', {mean}])")
    page.hover("#throughput-chart", position={"x": at[0], "y": height[1]})
    until(page, "document.querySelector('#throughput-chart').textContent.includes('replications')")


def test_the_replay_plays_and_stops(visit):
    page = visit.page
    assert visit.minute() == 0
    page.click("#play")
    until(page, "player.minute > 60")
    assert page.inner_text("#play") == "Pause" and page.get_attribute("#play", "aria-pressed") == "true"
    page.click("#play")
    stopped = visit.minute()
    assert page.evaluate("player.frames") > 3
    page.wait_for_timeout(150)
    assert visit.minute() == stopped and page.inner_text("#play") == "Play"


def test_the_replay_is_led_by_keys_and_scrubbed(visit):
    page = visit.page
    pressed(page, "ArrowRight", 3)
    assert visit.minute() == 180
    pressed(page, "Shift+ArrowRight")
    pressed(page, "ArrowLeft")
    assert visit.minute() == 180 + 1440 - 60
    pressed(page, "End")
    assert visit.minute() == page.evaluate("player.length")
    pressed(page, "Home")
    assert visit.minute() == 0
    pressed(page, " ")
    assert page.evaluate("player.playing") is True
    pressed(page, " ")
    assert page.evaluate("player.playing") is False
    page.fill("#scrub", "12345")
    assert visit.minute() == 12345
    scale = page.evaluate("player.view.scale")
    pressed(page, "+")
    assert page.evaluate("player.view.scale") == pytest.approx(1.5 * scale)


def told(run, train):
    """The story of a train as the rows of the ledger tell it: place, activity, times to the minute."""
    calendar = run.scenario.calendar

    def time(hour):
        if pd.isna(hour):
            return "after the end"
        moment = calendar.moment(round(hour * 60) / 60).replace(microsecond=0)
        return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M}"

    rows = run.tables.stages[run.tables.stages["train"] == train]
    return [
        [
            run.scenario.places[row.place].title,
            words.ACTIVITIES[row.activity] + (" (beside)" if row.beside else ""),
            time(row.queued_h),
            time(row.started_h),
            time(row.ended_h),
        ]
        for row in rows.itertuples()
    ]


def shown(page, name):
    """The story of the chosen train as the page tells it."""
    rows = page.locator(f"#story table[data-run='{name}'] tbody tr").all()
    cells = [row.locator("th, td").all_inner_texts() for row in rows]
    return [[*one[:3], *one[4:]] for one in cells]


def test_a_train_from_the_list_tells_the_rows_of_the_ledger(visit, pair):
    page = visit.page
    month = page.inner_text("#replay-month")
    runs = {name: load_run(pair / name) for name in ("paper", "tez")}
    from_h = months(runs["paper"].scenario)[month][0]
    trains = runs["paper"].tables.trains
    inside = trains[(trains["flow"] == "transit") & (trains["entered_h"] > from_h)]["train"].tolist()
    for train in (inside[0], inside[len(inside) // 2]):
        page.select_option("#story-flow", label=runs["paper"].scenario.flows["transit"].title)
        page.select_option("#story-train", str(train))
        for name, run in runs.items():
            assert shown(page, name) == told(run, train)
            assert f"Train {train}, " in page.inner_text("#story")
    assert any(activity.endswith("(beside)") for _, activity, *_ in told(runs["tez"], inside[0]))


def test_a_train_is_chosen_by_a_click_and_ringed(visit, pair):
    page = visit.page
    page.evaluate("player.go(14000)")
    number, x, y = page.evaluate(
        """() => { const { traffic } = player.scenes[0]; const at = traffic.state.indexOf(MOVES);
        return [traffic.number[at], traffic.x[at], traffic.y[at]]; }"""
    )
    page.locator("#maps canvas").first.click(position={"x": x, "y": y})
    chosen = page.evaluate("player.chosen")
    where = page.evaluate(
        "one => { const { traffic } = player.scenes[0]; const at = traffic.number.indexOf(one);"
        " return [traffic.x[at], traffic.y[at]]; }",
        chosen,
    )
    assert max(abs(where[0] - x), abs(where[1] - y)) < 2, f"train {number} or one on top of it"
    assert shown(page, "paper") == told(load_run(pair / "paper"), chosen)


def test_trains_are_where_the_ledger_has_them(visit, pair):
    """At some minutes: as many trains run, are worked and wait as spells of the ledger say, by brute force."""
    page = visit.page
    run = load_run(pair / "tez")
    from_h = months(run.scenario)[page.inner_text("#replay-month")][0]
    stages = run.tables.stages
    rows = stages[~stages["beside"]].fillna({"started_h": float("inf"), "ended_h": float("inf")})
    for minute in (600, 9_001, 20_003):
        hour = from_h + minute / 60
        page.evaluate(f"player.go({minute})")
        seen = page.evaluate("player.scenes[1].counts")
        works = rows[(rows["started_h"] <= hour) & (hour < rows["ended_h"])]
        waits = rows[(rows["queued_h"] <= hour) & (hour < rows["started_h"])]
        moving = (works["activity"] == "running").sum()
        sailing = (works["activity"] == "sailing").sum()
        assert (seen["moving"], seen["sailing"]) == (moving, sailing)
        assert (seen["working"], seen["waiting"]) == (len(works) - moving - sailing, len(waits))
        voyages = run.tables.voyages.fillna({"arrived_h": float("inf")})
        assert seen["ships"] == ((voyages["sailed_h"] <= hour) & (hour < voyages["arrived_h"])).sum()
        sailed = voyages[voyages["sailed_h"] <= hour].groupby("vessel", observed=True).size()
        known = voyages[(voyages["berthed_h"] <= hour) | voyages["vessel"].isin(sailed.index)]["vessel"].nunique()
        assert 0 < seen["ships"] + seen["inPort"] <= known, "each ship once, at sea or in port"


NAMES = """() => player.scenes.map((scene) => {
  const boxes = scene.spots.filter((spot) => spot.named).map((spot) => spot.named);
  return { size: player.view.size, boxes, hidden: scene.spots.flatMap((spot) => [...lines(spot), ...berths(spot)]),
    best: Boolean(scene.spots.filter((spot) => spot.titles.length).sort((a, b) => b.passed - a.passed)[0].named) };
})"""


@pytest.mark.parametrize("width", SIZES)
def test_names_on_the_map_hide_no_queue_and_no_name_and_stay_on_it(chromium, written, width):
    opened = Visit(chromium, written, width)
    for scene in opened.page.evaluate(NAMES):
        boxes, (right, bottom) = scene["boxes"], scene["size"]
        assert boxes and scene["best"]
        for at, box in enumerate(boxes):
            assert box[0] >= 0 and box[1] >= 0 and box[2] <= right and box[3] <= bottom
            others = boxes[:at] + boxes[at + 1 :] + scene["hidden"]
            assert not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in others)
    opened.page.context.close()


def test_a_running_train_is_at_its_share_of_the_line(visit):
    page = visit.page
    page.evaluate("player.go(14000)")
    share, along = page.evaluate(
        """() => { const scene = player.scenes[0], { traffic } = scene; const train = traffic.state.indexOf(MOVES);
        const at = traffic.legAt(train, player.minute), leg = traffic.legs[at];
        const line = traffic.places[leg.place].line.map((point) => player.view.px(point));
        const [from, to] = leg.west ? [line[0], line.at(-1)] : [line.at(-1), line[0]];
        return [(player.minute - traffic.from[at]) / (traffic.until[at] - traffic.from[at]),
        (traffic.x[train] - from[0]) / (to[0] - from[0])]; }"""
    )
    assert 0 < share < 1 and along == pytest.approx(share, abs=1e-6)


LEFT = re.compile(r"[A-Za-z]{4,}")


def headings(page):
    """What a page says in its heads, choices and labels."""
    return page.evaluate(
        "[...document.querySelectorAll('h2, h3, nav a, label, th')].map((one) => one.innerText.trim())"
    )


def test_the_page_speaks_another_language_by_its_own_switch_and_english_again(visit):
    english = headings(visit.page)
    visit.page.focus("#language")
    visit.page.select_option("#language", "ru")
    until(visit.page, "document.documentElement.lang === 'ru'")
    russian = headings(visit.page)
    assert {"Объём перевозок по годам", "Что сдерживает", "Графики отрасли"} <= {*russian}
    assert visit.page.evaluate("[...document.querySelectorAll('data')].some((one) => /\\d,\\d/.test(one.innerText))")
    assert "календарный год" in visit.page.inner_html("#throughput-chart")
    assert visit.page.get_attribute("#stage", "role") == "application"
    assert visit.page.evaluate(SPOKEN_CELL) == "18,4 [16,0; 20,7]"
    assert visit.page.evaluate("inLanguage('36,200 to 44,200')") == "от 36\u00a0200 до 44\u00a0200"
    assert visit.page.locator(".as-made:visible").count() == 2
    visit.page.select_option("#language", "zh")
    until(visit.page, "document.documentElement.lang === 'zh-CN'")
    assert {"逐年运量", "何者制约"} <= {*headings(visit.page)} and "历年" in visit.page.inner_html("#throughput-chart")
    visit.page.select_option("#language", "en")
    until(visit.page, "document.documentElement.lang === 'en'")
    assert headings(visit.page) == english and visit.page.locator(".as-made:visible").count() == 0
    assert visit.page.evaluate("document.activeElement.id") == "language"


@pytest.fixture(scope="module")
def in_russian(pair, tmp_path_factory):
    """The page of the comparison, made in Russian."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    with speaking("ru"):
        write_report(read_subject([pair]), path)
    return path


@pytest.mark.parametrize("width", SIZES)
def test_a_page_made_in_a_language_opens_in_it_and_fits(chromium, in_russian, width):
    visit = Visit(chromium, in_russian, width)
    assert visit.page.get_attribute("html", "lang") == "ru" and visit.page.input_value("#language") == "ru"
    # a title of the scenario's own stands as its file has it, and Tez Customs is a name
    heads = [re.sub("Altynkol|Tez Customs", "", text) for text in visit.page.locator("h2").all_inner_texts()]
    assert len(heads) > 5 and not [text for text in heads if LEFT.search(text) and "STRESS" not in text]
    texts = [text for text in visit.page.evaluate(SPOKEN) if SENTENCE.search(text) and "Simulation" not in text]
    assert not texts, "English is left, but for titles and a paper that is cited"
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width
    assert visit.is_clean(in_russian), (visit.complaints, visit.asked)
    visit.page.context.close()


def test_the_wheel_zooms_around_the_pointer_and_a_card_tells_of_what_is_there(visit):
    page, canvas = visit.page, visit.page.locator("#maps canvas").first
    page.evaluate("player.go(14000)")
    first = "(() => { const { x, y } = player.scenes[0].spots.find((spot) => spot.titles.length); return { x, y }; })()"
    at = page.evaluate(first)
    canvas.hover(position=at)
    card = page.locator("#maps .card").first
    assert card.is_visible() and card.inner_text()
    inside = page.evaluate("player.scenes[0].view.size")
    assert all(0 < at[axis] < inside[i] for i, axis in enumerate("xy")), "the first view holds every place"
    scale = page.evaluate("player.view.scale")
    page.mouse.wheel(0, -100)
    until(page, f"player.view.scale > {scale}")
    assert page.evaluate("player.view.scale") == pytest.approx(1.2 * scale)
    after = page.evaluate(first)
    assert after["x"] == pytest.approx(at["x"], abs=1) and after["y"] == pytest.approx(at["y"], abs=1)
    assert page.evaluate("player.scenes[0].lands") > 2, "countries and seas have names"
    page.mouse.move(0, 0)
    assert not card.is_visible()


def test_markup_in_a_scenario_runs_nothing(chromium, tmp_path):
    path = tmp_path / "page.html"
    write_report(read_subject([write_pair(tmp_path, hostile=True)]), path)
    opened = Visit(chromium, path)
    page = opened.page
    page.evaluate("player.choose(player.scenes[0].traffic.number[0])")
    for row in page.locator("details").all():
        row.evaluate("one => { one.open = true; }")
    page.hover("#throughput-chart")
    page.hover("#days-chart", position={"x": 420, "y": 60})
    assert page.evaluate("window.hacked") is None
    assert page.locator("img:not([src^='data:image/webp;base64,'])").count() == 0
    assert "<img src=x" in page.inner_text("#answer") and "<img src=x" in page.inner_text("#story")
    assert "not drawn" not in page.inner_text("body")
    assert re.search("drawn as a scheme", page.inner_text("#credit"))
    assert opened.is_clean(path), (opened.complaints, opened.asked)
    page.context.close()
