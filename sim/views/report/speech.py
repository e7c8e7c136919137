"""What the page says in other languages: the texts that stand in it whole, by their English, for its own switch."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sim.runs.answer import Answer
from sim.runs.results import Results
from sim.study.compare.answer import Contest
from sim.views.language import ENGLISH, LANGUAGES, marks, message, month_name, speaking, term, translations_in
from sim.views.sheets.answer import headline_of
from sim.views.sheets.compare import inputs_sheet, orders_sentence, orders_sheet
from sim.views.sheets.sheet import Sheet
from sim.views.words import sample, standing

FORMS = (
    *("choose one of {number}", "train {number}", "Train {number}", "Train {number}, {flow} — {name}"),
    *("Train graph of {name}", "{number} trains (shade: square root)", "offered: {ports}"),
    *("with cargo of {number} trains", "{number} % full", "under way: {place}", "worked on at {place}"),
    *("waits at {place}", "held back before setting out, to {place}", "{time} for {cause}", "{activity} (beside)"),
    "{waiting} waiting, {working} worked on, {held} held back",
    *("at berth {time}", "loaded {time}", "sails {time}", "arrives {time}", "{what} after the end"),
    "{vessel}: from {from} to {to}, {number} % full; {told} (UTC).",
    "{name}: train {number} is not on its way in this month.",
    *("Map of {name}", "Heat map: {what} by month in {name}. Most at {place}."),
    "Chart: throughput of {corridor} by year. In {year} {told}.",
    "Chart: days of a train of {flow} by part of its journey, {year}. Whole journey: {told}.",
    "Chart: {title}. {told}.",
    "{name}: half of {number} trains within {time}",
    "A line has the trains that its regime cleared, at {places}, on the days named.",
    "A line has the trains that its regime cleared, at {places}, on the days named; of flows whose clearance the "
    "scenarios state differently, if some do.",
    *("{low} to {high} times ({name})", "{low} to {high} ({name})", "{low} to {high}"),
    "{series}: {number} % within {time}",
    "Replay of the trains and ships of {month}. Space plays and pauses, the arrow keys move by an hour, with shift by "
    "a day, plus and minus zoom, Home and End go to the ends of the month.",
)
"""What the scripts of the page make of names and numbers, each with its fields; the first that fits is told."""
PICTURE = re.compile(r"data:image/[^\"]+")


def speech(first: str, text: str, runs: Sequence[Results], answer: Answer | None) -> dict[str, Any]:
    """The texts of a page in each other language, the names of all, their marks of numbers, and the first one shown."""
    content = html.unescape(PICTURE.sub("", text))
    with speaking(ENGLISH):
        english = [*sentences_of_page(runs, answer)]
    texts: dict[str, Any] = {}
    for code in LANGUAGES:
        if code != ENGLISH:
            known = translations_in(code, content)
            texts[code] = {own: said for own, said in known.items() if isinstance(said, str)}
            with speaking(code):
                texts[code] |= dict(zip(english, sentences_of_page(runs, answer), strict=True))
    table = {"first": first, "names": LANGUAGES, "marks": {code: marks(code) for code in LANGUAGES}, "texts": texts}
    table["dates"] = {code: forms_of_dates(code) for code in texts}
    return table | {"forms": {code: forms(code) for code in texts}}


def forms(code: str) -> list[tuple[str, str]]:
    """The forms of the scripts, each with what it is in a language."""
    with speaking(code):
        return [(form, term(form)) for form in FORMS]


def forms_of_dates(code: str) -> dict[str, Any]:
    """The names of months in a language, and the forms of a day and of a span."""
    with speaking(code):
        day = message("{day} {month} {year}", day="{day}", month="{month}", year="{year}")
        span = message("{low} to {high}", low="{low}", high="{high}")
        return {"months": [month_name(number) for number in range(1, 13)], "date": day, "span": span}


def sentences_of_page(runs: Sequence[Results], answer: Answer | None) -> Iterator[str]:
    """What is made of numbers and titles on the page, in the language and always in the same order."""
    for run in runs:
        sampling, sources = sample(run), standing(run)
        yield from (f"{sampling}.", f"{sampling}. {sources}.", f"{sources}.")
    if answer is None:
        return
    headline = headline_of(answer)
    for name, sentence in headline.parts:
        yield from (name, f"{name}.", sentence)
    if headline.numbers:
        yield from cells_of(headline.numbers)
    if isinstance(answer, Contest):
        yield from cells_of(inputs_sheet(answer))
        first = answer.results[0].name
        for run in answer.results[1:]:
            yield message("All headline differences: {b} less {a}", b=run.name, a=first)
        if answer.orders is not None:
            base, other = answer.results
            yield from cells_of(orders_sheet(base, other, answer.orders))
            yield f"{orders_sentence(answer, answer.orders)}."


def cells_of(sheet: Sheet) -> Iterator[str]:
    """Every text of a table."""
    yield from (sheet.title, *sheet.heads, sheet.note, *(cell for row in sheet.rows for cell in row))
