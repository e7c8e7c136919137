"""The page of a study that is no run: its answer in words, its tables and figures, and what they rest on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sim.runs.answer import Answer
from sim.views.exports.targets import PAGE_MARK
from sim.views.language import language_spoken
from sim.views.plots import figures
from sim.views.report.page import POLICY, STYLE, Picture, asset, environment, pictures, write_page
from sim.views.sheets.answer import headline_of, sentences, sheets
from sim.views.sheets.sheet import Headline, Sheet
from sim.views.words import plain, sample, standing


@dataclass(frozen=True)
class AnswerSection:
    """What the page shows of one answer: what it says first, with a picture, and the rest; `basis` is its manifest."""

    title: str
    headline: Headline
    first_picture: Picture | None
    sentences: list[str]
    standing: str
    sheets: list[Sheet]
    pictures: list[Picture]
    basis: list[tuple[str, str]]


def write_study(answers: Sequence[Answer], path: Path) -> None:
    """Write the page of some answers, whole or not at all.

    Raises
    ------
    ReportError
        If the page would be too large, or the file cannot be written.
    """
    write_page(study_page(answers), path)


def study_page(answers: Sequence[Answer]) -> str:
    """The text of the page; it has no script, and none may run."""
    return (
        environment()
        .get_template("study.html.jinja")
        .render(
            maker=Markup(PAGE_MARK),
            language=language_spoken(),
            policy=POLICY.format(hashes="'none'"),
            style=Markup(asset(STYLE)),
            parts=[part(answer) for answer in answers],
        )
    )


def part(answer: Answer) -> AnswerSection:
    """What the page shows of one answer."""
    drawings = {plain(stem).capitalize(): drawing for stem, drawing in figures(answer).items()}
    views = list(pictures(drawings))
    return AnswerSection(
        f"{answer.scenario.title}: {answer.kind}",
        headline_of(answer),
        views[0] if views else None,
        sentences(answer),
        f"{sample(answer)}. {standing(answer)}",
        sheets(answer),
        views[1:],
        [(plain(key), fact_text(fact)) for key, fact in answer.manifest.items()],
    )


def fact_text(fact: Any) -> str:
    """A value of a manifest; words as they are."""
    return fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False)
