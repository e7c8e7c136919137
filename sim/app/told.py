"""Values, days, ranges, keys and refusals as the page tells them: with the words, marks and dates of the language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sim.scenario.derivations import UNITS
from sim.scenario.keys import Data, value_at
from sim.scenario.positions import KeyPath
from sim.scenario.sources import value_text
from sim.scenario.unknowns import Unknown
from sim.scenario.values import is_number
from sim.views import words
from sim.views.language import in_marks, message, spoken_title, term


def is_day(text: Any) -> bool:
    """Whether something is the text of a day, year-month-day."""
    try:
        return isinstance(text, str) and dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def told_day(text: str) -> str:
    """A day, which is written year-month-day, in figures."""
    year, month, day = text.split("-")
    return message("{year}-{month}-{day}", year=year, month=month, day=day)


def told_value(value: Any) -> str:
    """A value in short: "4", "2024-01-01: 172, 2025-01-01: 185"; what is neither number nor day as it is stated."""
    if isinstance(value, dict) and all(map(is_day, value)):
        steps = ((told_day(day), told_value(inner)) for day, inner in value.items())
        return numbers_listed(message("{day}: {value}", day=day, value=inner) for day, inner in steps)
    if is_day(value):
        return told_day(value)
    return in_marks(str(value)) if is_number(value) else value_text(value)


def told_choice(value: Any) -> str:
    """A value that is chosen from several: a switch says whether it is so."""
    if isinstance(value, bool):
        return message("true") if value else message("false")
    return told_value(value)


def numbers_listed(texts: Iterable[str]) -> str:
    """Numbers as a list has them, apart by semicolons where a comma is their decimal mark."""
    return (words.listed_apart if in_marks(".") == "," else words.comma_list)(texts)


def law_told(unknown: Unknown) -> str:
    """The range of an unknown in words: "650, 743, 941", "0.7 to 1.3 times", "+6, +18 months", "true | false"."""
    if unknown.values is not None:
        return " | ".join(map(told_choice, unknown.values))
    mark = "+g" if unknown.kind == "delay" else "g"
    ends = [end for end in (unknown.low_end, unknown.likely_end, unknown.high_end) if end is not None]
    texts = [in_marks(format(end, mark)) for end in ends]
    numbers = words.span_of(*texts) if len(texts) == 2 else numbers_listed(texts)
    match unknown.kind:
        case "scale":
            return message("{numbers} times", numbers=numbers)
        case "delay":
            return message("{numbers} months", numbers=numbers)
        case _:
            return numbers


def title_at(data: Data, path: KeyPath) -> str:
    """An input as a reader sees it: the innermost title around it, and the words of its key below that."""
    depths = [depth for depth in range(2, len(path)) if value_at(data, (*path[:depth], "title")) is not None]
    depth = max(depths, default=1)
    key = words.comma_list(map(term, words_of_key(path[depth:])))
    if not depths:
        return key
    title = spoken_title(str(value_at(data, (*path[:depth], "title"))))
    return message("{title}: {key}", title=title, key=key)


def words_of_key(path: KeyPath) -> list[str]:
    """The words of a key path, in English, without the unit at its end."""
    end = next((suffix for suffix in UNITS if str(path[-1]).endswith(f"_{suffix}")), "")
    return [words.plain(str(part)) for part in (*path[:-1], str(path[-1]).removesuffix(f"_{end}"))]
