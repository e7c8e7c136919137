"""Titles that state what a figure shows: made by rules from the measures, their intervals and their differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from sim.measure.addresses import rows_at
from sim.measure.statistics import FEWEST, Interval
from sim.runs.results import Results, labels
from sim.scenario.addresses import Address
from sim.scenario.values import ALL
from sim.study.compare.compare import difference_of
from sim.study.compare.materiality import Verdict, difference_verdict
from sim.views import words
from sim.views.language import language_spoken, marks, message, number_told, spoken_title


def unseen(verdict: Verdict | None) -> str:
    """What is said of two results that differ in nothing that matters; nothing of others."""
    match verdict:
        case Verdict.UNTOLD:
            return message("fewer than {fewest} replications cannot tell them apart", fewest=FEWEST)
        case Verdict.UNSEEN:
            return message("no difference seen")
        case Verdict.SMALL:
            return message("too small a difference to matter")
        case _:
            return ""


def told_labels(results: Sequence[Results]) -> list[str]:
    """The labels of some results, as far as they are titles in the language."""
    return [spoken_title(label) for label in labels(results)]


def short_labels(results: Sequence[Results]) -> list[str]:
    """The labels of some results without the words with which all of them begin; whole where one would be empty."""
    titles = told_labels(results)
    if len(titles) < 2:
        return titles
    columns = zip(*(title.split() for title in titles), strict=False)
    common = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    rests = [" ".join(title.split()[common:]) for title in titles]
    return rests if all(rests) else titles


def measure_of(result: Results, address: Address) -> Interval | None:
    """A measure with its interval over replications; None if none observed it."""
    rows = rows_at(result.kpis, *address)
    if rows.empty:
        return None
    mean, low, high, n = rows[["mean", "ci_low", "ci_high", "replications"]].to_numpy(float)[0]
    return Interval(float(mean), float(low), float(high), int(n))


def mean_words(value: Interval) -> str:
    """A mean with the digits that its interval allows."""
    return words.measured(value.mean, value.low, value.high)


def interval_words(value: Interval) -> str:
    """A mean and its interval, with the digits that the interval allows."""
    return words.interval_text(value.mean, value.low, value.high)


def duration_mean(value: Interval) -> str:
    """A mean of hours with its unit; below one hour in minutes."""
    shown, unit = readable_hours(value)
    return words.quantity(mean_words(shown), unit)


def duration_interval(value: Interval) -> str:
    """A mean of hours and its interval with their unit; below one hour in minutes."""
    shown, unit = readable_hours(value)
    return words.quantity(interval_words(shown), unit)


def readable_hours(value: Interval) -> tuple[Interval, str]:
    """An interval in the unit that its hours are said in, and this unit."""
    return (value, "h") if value.mean >= 1 else (multiple_of(value, 60), "min")


def multiple_of(value: Interval, share: float) -> Interval:
    """An interval so many times as large."""
    return replace(value, mean=share * value.mean, low=share * value.low, high=share * value.high)


def row_words(row: Any, value: str = "mean", low: str = "ci_low", high: str = "ci_high") -> str:
    """The mean of a row of a table with the digits that its interval allows; the names are those of its columns."""
    return words.measured(float(row[value]), float(row[low]), float(row[high]))


def verdict_between(base: Results, rival: Results, address: Address, unit: str) -> Verdict | None:
    """What the paired difference of a measure says; None where the two do not pair."""
    gap, ends = difference_of(base, rival, address), [measure_of(run, address) for run in (base, rival)]
    if gap is None or ends[0] is None or ends[1] is None:
        return None
    row = {"unit": unit, "replications": gap.n, "significant": gap.low > 0 or gap.high < 0, "difference": gap.mean}
    return difference_verdict(row | {"mean_a": ends[0].mean, "mean_b": ends[1].mean})


def across(results: Sequence[Results], address: Address, unit: str, beside: str = "", share: float = 1.0) -> str:
    """A measure of each of some results, one after the other, and whether the last differs from the first.

    `beside` stands between the first number and its unit: " of 10" makes "9.2 of 10 Mt". A `share` of the measure is
    said in a unit of its own.
    """
    values = [(name, measure_of(result, address)) for name, result in zip(short_labels(results), results, strict=True)]
    intervals = [(name, multiple_of(value, share)) for name, value in values if value is not None]
    if not intervals:
        return ""
    if len(results) == 1:
        return words.quantity(f"{interval_words(intervals[0][1])}{beside}", unit)
    decimal, _ = marks(language_spoken())
    decimals = max(len(mean_words(value).partition(decimal)[2]) for _, value in intervals)
    numbers = [
        (name, words.figure(value.mean, decimals) if decimals else mean_words(value)) for name, value in intervals
    ]
    if len(numbers) > 2:
        numbers = [
            numbers[0],
            max(numbers[1:], key=lambda pair: abs(number_told(pair[1]) - number_told(numbers[0][1]))),
        ]
    amounts = [words.quantity(f"{number}{'' if i else beside}", unit) for i, (_, number) in enumerate(numbers)]
    text = words.comma_list(
        message("{told} ({name})", told=amount, name=name) for amount, (name, _) in zip(amounts, numbers, strict=True)
    )
    verdict = verdict_between(results[0], results[-1], address, unit) if len(results) == 2 else None
    return message("{told}: {verdict}", told=text, verdict=unseen(verdict)) if unseen(verdict) else text


def at_period(period: str) -> str:
    """A period as the end of a title."""
    return message("over the whole horizon") if period == ALL else message("in {year}", year=period)


def as_title(text: str) -> str:
    """A text as the beginning of a title, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"
