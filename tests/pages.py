"""Results and comparisons of a small corridor in folders, and a reader of the pages made of them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from scenario_text import EASTBOUND, SCENARIO

from sim.runs.run import run
from sim.scenario.reading.opening import load
from sim.study.compare.answer import contest
from sim.views.folders import write_answer

HOSTILE = """</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">'&quot;&"""
"""What a careless page would run, or break at."""

POINTS = {
    "yard": (80.4, 44.2),
    "altynkol": (80.3, 44.2),
    "caspian.ports.aktau": (51.2, 43.6),
    "caspian.ports.alat": (49.4, 40.0),
    "alat_yard": (49.5, 40.1),
}
ON_A_MAP = [
    f"places.{name}.{key}={value}"
    for name, point in POINTS.items()
    for key, value in zip(("longitude_deg", "latitude_deg"), point, strict=True)
]


def scenario_text(hostile=False):
    """The small corridor with trains both ways; if hostile, its titles and sources are markup."""
    text = SCENARIO + EASTBOUND
    if hostile:
        for title in ("Small corridor", "Middle Corridor", "Altynkol", "China\\u2013Europe containers", "Feeder"):
            text = text.replace(
                f'title = "{title}"', f"title = '''{HOSTILE} {title.encode().decode('unicode_escape')}'''"
            )
        text = text.replace('"assumed: staff of the desk"', f"'''assumed: {HOSTILE} staff'''")
    return text


def write_pair(folder, hostile=False, overrides=(), seeds=(7, 7)):
    """Two results of the small corridor, on paper and with Tez, compared in a folder that holds both."""
    (folder / "paper.toml").write_text(scenario_text(hostile), encoding="utf-8")
    tez = 'title = "With Tez"\nextends = "paper.toml"\n[flows.transit]\nregime = "tez"\n'
    (folder / "tez.toml").write_text(tez, encoding="utf-8")
    pair = [
        run(load(folder / f"{name}.toml").set(overrides, name=name), replications=2, seed=seed)
        for name, seed in zip(("paper", "tez"), seeds, strict=True)
    ]
    if len(set(seeds)) == 1:
        write_answer(contest(pair), folder / "pair", plots=False)
    else:
        for answer in pair:
            write_answer(answer, folder / "pair" / answer.name, plots=False)
    return folder / "pair"


class Page(HTMLParser):
    """A page as a browser's parser sees it: its elements, and the text in each `data` element and script."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.numbers: list[tuple[dict[str, str | None], str]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "data":
            self.numbers.append((dict(attrs), ""))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data):
        tag, attributes = self.elements[-1] if self.elements else ("", {})
        if tag == "data" and self.numbers and not self.numbers[-1][1]:
            self.numbers[-1] = (attributes, data)
        elif tag == "script" and not self.scripts[-1][1]:
            self.scripts[-1] = (attributes, data)
        self.text += data

    def block(self, name):
        """The JSON of a data block."""
        text = next(text for attributes, text in self.scripts if attributes.get("id") == f"data-{name}")
        return json.loads(text, object_hook=unpacked)


def unpacked(table):
    """A list of numbers from how the page keeps it, see `packed` of the page; any other table as it is."""
    if "=runs" in table:
        runs = table["=runs"]
        return [number for number, count in zip(runs[::2], runs[1::2], strict=True) for _ in range(count)]
    if "=steps" not in table:
        return table
    numbers, last = [], 0
    for step in table["=steps"]:
        last += step or 0
        numbers.append(None if step is None else last)
    return numbers
