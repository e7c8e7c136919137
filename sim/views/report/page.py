"""The page itself: one HTML file with its styles, scripts and data inside, which may ask nothing of the network.

Figures are pictures inside the page. Text is escaped by the template, data by `as_data`. Scripts run only if their
SHA-256 stands in the page's content security policy, so that nothing a scenario says can run even if it were not
escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.runs.answer import Answer
from sim.runs.results import Results
from sim.scenario.addresses import AddressError
from sim.scenario.files import write_text
from sim.scenario.meaning import last_full_year
from sim.scenario.problems import CorridorError, did_you_mean
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.compare.compare import headline_rows
from sim.study.field.queues import busiest_month, monthly, months
from sim.study.headline import subject_of
from sim.views import words
from sim.views.differences import difference_words
from sim.views.exports.targets import PAGE_MARK
from sim.views.language import ENGLISH, language_spoken, speaking
from sim.views.plots.field import field_charts
from sim.views.plots.gallery import figures
from sim.views.plots.style import Drawings, NothingToDraw, webp
from sim.views.report.answer import clearance_lines, where
from sim.views.report.charts import chart_data, heat_map
from sim.views.report.numbers import number_on_page, with_interval
from sim.views.report.replay import replay
from sim.views.report.speech import speech
from sim.views.report.stress import items
from sim.views.report.subjects import Subject, facts_behind, inputs
from sim.views.report.thinning import thinner
from sim.views.sheets.answer import headline_of
from sim.views.sheets.compare import inputs_sheet, orders_sentence, orders_sheet
from sim.views.sheets.sheet import Sheet
from sim.views.words import sample, standing

DPI = 110


@dataclass(frozen=True)
class Picture:
    """A figure: its name on the page, what it says to who cannot see it, and the picture as a data URI."""

    title: str
    words: str
    data: str


def pictures(drawings: Drawings) -> Iterator[Picture]:
    """The figures that have something to show, each with its title and its note for who cannot see it."""
    for title, drawing in drawings.items():
        try:
            figure = drawing()
        except (NothingToDraw, AddressError):  # a measure that no train of the scenario can have
            continue
        text = f"{figure.get_suptitle()}. {figure.get_supxlabel()}".replace("\n", " ")
        data = base64.b64encode(webp(figure, DPI)).decode()
        yield Picture(title, text, f"data:image/webp;base64,{data}")


def first_picture(subject: Subject) -> Picture | None:
    """The picture of the answer: tonnes against the target, else the differences, else where the time goes."""
    if subject.answer is None:
        return None
    drawings = figures(subject.answer)
    corridor, _ = subject_of(subject.runs[0])
    stems = (f"throughput_{corridor}", "differences", "where_time_goes")
    return next(pictures({stem: drawings[stem] for stem in stems if stem in drawings}), None)


SCRIPTS = (
    "echarts.min.js",
    "numbers.js",
    "charts.js",
    "tables.js",
    "map.js",
    "replay.js",
    "story.js",
    "start.js",
    "languages.js",
)
STYLE = "page.css"
MOST_BYTES = 5 * 1024 * 1024
MOST_REPLAYS = 2
"""Results whose trains are shown side by side: more would not fit into a page."""

POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


class ReportError(CorridorError):
    """A report cannot be made of what was asked for."""


def write_report(subject: Subject, path: Path, month: str | None = None) -> None:
    """Write the page, whole or not at all.

    Parameters
    ----------
    month
        Month of the replay, such as 2030-10; by default October of the last full year, or else the month in which most
        trains wait.

    Raises
    ------
    ReportError
        If the month does not lie in the horizon, the page would be too large, or the file cannot be written.
    """
    write_page(page(subject, month), path)


def write_page(text: str, path: Path) -> None:
    """Write the text of a page to a file, whole or not at all.

    Raises
    ------
    ReportError
        If it is too large, or the file cannot be written.
    """
    size = len(text.encode())
    if size >= MOST_BYTES:
        most = f"at most {MOST_BYTES // 2**20} are allowed"
        raise ReportError(f"{path}: would have {size / 2**20:.1f} MiB, and {most}; report on fewer results")
    try:
        write_text(path, text)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written: {error.strerror}") from error


def page(subject: Subject, month: str | None = None) -> str:
    """The text of the page, thinned until it is small enough; see `write_report`."""
    if month is not None:
        check_month(subject.runs[0], month)  # before figures are drawn
    language = language_spoken()
    shown_pictures = pictures_of_page(subject)
    with speaking(ENGLISH):  # the page says it in others itself
        return page_with(shown_pictures, subject, month, language)


def pictures_of_page(subject: Subject) -> dict[str, Any]:
    """The pictures of the page, in the language: that of the answer, and those of the charts of the field."""
    charts = list(pictures(field_charts(subject.runs, subject.runs[:MOST_REPLAYS])))
    return {"pictures": charts, "first_picture": first_picture(subject)}


def page_with(shown_pictures: dict[str, Any], subject: Subject, month: str | None, language: str) -> str:
    """The text of the page with its pictures, shown in a language at first."""
    by_month = {run.name: monthly(run) for run in subject.runs}
    month = month or month_of_replay(subject.runs[0], by_month[subject.runs[0].name])
    with_replay = [run for run in subject.runs[:MOST_REPLAYS] if month in months(run.scenario)]
    charts = chart_data(subject.runs)
    charts["months"] = {run.name: heat_map(run, by_month[run.name]) for run in subject.runs}
    charts["year"] = last_full_year(subject.runs[0].scenario)
    moving = {
        "runs": {run.name: replay(run, month) for run in with_replay},
        "causes": list(words.CAUSES.values()),
        "activities": list(words.ACTIVITIES.values()),
    }
    scripts = [asset(name) for name in SCRIPTS]
    template = environment().get_template("page.html.jinja")
    parts = parts_of_page(subject, charts, month, scripts) | shown_pictures
    # The library that draws charts, first of the scripts, is most of the page, and has no message of ours.
    own_parts = parts | {"scripts": parts["scripts"][1:]}
    content = template.render(blocks={}, left_out=[], **own_parts) + as_json(charts) + as_json(moving["activities"])
    speech_block = as_data(speech(language, content, subject.runs, subject.answer))
    for data in thinner(charts, moving, subject.runs[0].name):
        blocks = {"charts": as_data(data.charts), "replay": as_data(data.moving), "speech": speech_block}
        outlines = {"outlines": Markup(asset("outlines.json"))}
        text = template.render(blocks=blocks | outlines, left_out=data.left_out, **parts)
        if len(text.encode()) < MOST_BYTES:
            break
    return text


def parts_of_page(subject: Subject, charts: dict[str, Any], month: str, scripts: list[str]) -> dict[str, Any]:
    """All that the template takes but the data of charts and replay."""
    return dict(
        maker=Markup(PAGE_MARK),
        policy=POLICY.format(hashes=" ".join(f"'sha256-{script_hash(text)}'" for text in scripts)),
        style=Markup(asset(STYLE)),
        scripts=[Markup(text) for text in scripts],
        runs=subject.runs,
        month=month,
        published=[run for run in subject.runs if len(run.published)],
        subject=subject,
        headline=None if subject.answer is None else headline_of(subject.answer),
        inputs_that_differ=inputs_sheet(subject.answer) if isinstance(subject.answer, Contest) else None,
        samples={run.name: sample(run) for run in subject.runs},
        standings={run.name: standing(run) for run in subject.runs},
        differences=contrasts(subject),
        orders=orders_on_page(subject.answer),
        clearance=clearance_lines(subject.runs),
        cleared_at=list(dict.fromkeys(place for group in charts["cleared"] for place in group["places"])),
        year=charts["year"],
        inputs={run.name: inputs(run) for run in subject.runs},
        cited=facts_behind,
        stress={run.name: items(run) for run in subject.runs},
        figure=words.figure,
        interval=words.interval_text,
        ALL=ALL,
    )


def check_month(run: Results, month: str) -> None:
    """Make sure that a month lies in the horizon.

    Raises
    ------
    ReportError
        If it does not.
    """
    names = months(run.scenario)
    if month not in names:
        spans = f"{next(iter(names))} to {next(reversed(names))}"
        raise ReportError(f"--month: {month!r} is no month of {run.name}, {spans}{did_you_mean(month, names)}")


def month_of_replay(run: Results, by_month: Any) -> str:
    """The month of the replay where none is asked for."""
    usual = f"{last_full_year(run.scenario)}-10"
    return usual if usual in months(run.scenario) else busiest_month(run, by_month)


MEANS = ("mean_a", "mean_b")


def contrasts(subject: Subject) -> list[dict[str, Any]]:
    """The headline differences as rows of cells for the page, one table for each result but the first."""
    first, tables = subject.runs[0], []
    for run, differences in zip(subject.runs[1:], subject.differences, strict=True):
        if differences is None:
            continue
        pair, rows = f"{first.name}/{run.name}", []
        for _, difference in headline_rows(differences, first.scenario).iterrows():
            row = {str(name): value for name, value in difference.items()}
            half = (row["ci_high"] - row["ci_low"]) / 2
            texts = [words.measured(row[column], row[column] - half, row[column] + half) for column in MEANS]
            means = [
                number_on_page(row, pair, column, text, "differences")
                for column, text in zip(MEANS, texts, strict=True)
            ]
            change = with_interval(row, pair, "difference", "differences")
            verdict = difference_words(row)
            rows.append((words.measure(row["kpi"]), where(first.scenario, row), row["unit"], *means, change, verdict))
        tables.append({"first": first.name, "other": run.name, "rows": rows})
    return tables


def orders_on_page(answer: Answer | None) -> Sheet | None:
    """What a comparison comes to under each order of works; None where none was asked."""
    if not isinstance(answer, Contest) or answer.orders is None:
        return None
    base, other = answer.results
    return replace(orders_sheet(base, other, answer.orders), note=f"{orders_sentence(answer, answer.orders)}.")


@cache
def environment() -> Environment:
    """Templates of the page; all that they show is escaped, and a missing name is an error."""
    return Environment(
        loader=PackageLoader("sim.views.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(name: str) -> str:
    """The text of a file that ships with the page.

    Raises
    ------
    ValueError
        If it would end the element it stands in.
    """
    text = files("sim.views.report").joinpath("assets", name).read_text(encoding="utf-8")
    if re.search(r"</(?:script|style)|<!--", text, re.IGNORECASE):
        raise ValueError(f"{name}: would end its element")
    return text


def script_hash(script: str) -> str:
    """SHA-256 of a script, as a content security policy has it."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def as_data(value: Any) -> Markup:
    """A value as JSON that may stand in a script element: no `<`, `>` or `&` is left in it."""
    text = as_json(packed(value))
    return Markup(
        text.translate(
            {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
        )
    )


def as_json(value: Any) -> str:
    """A value as JSON, no longer than it must be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


RUNS, STEPS = "=runs", "=steps"
"""What packs a list; no name in a scenario begins with a sign of equality."""


def packed(value: Any) -> Any:
    """A value whose lists of numbers are written in the shortest of three ways; `readBlock` of the page unpacks them.

    As they are; `{"=runs": …}`, each number before how often it stands there in a row; `{"=steps": …}`, whole numbers
    less the one before, None left out of that.
    """
    if isinstance(value, dict):
        return {key: packed(inner) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    if not all(number is None or type(number) in (int, float) for number in value):
        return [packed(inner) for inner in value]
    ways = [value, {RUNS: [part for number, row in groupby(value) for part in (number, len([*row]))]}]
    if not any(isinstance(number, float) for number in value):
        numbers = [number for number in value if number is not None]
        steps = iter([after - before for before, after in pairwise([0, *numbers])])
        ways.append({STEPS: [None if number is None else next(steps) for number in value]})
    return min(ways, key=lambda way: len(as_json(way)))
