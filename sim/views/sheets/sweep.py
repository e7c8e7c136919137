"""Factors and a sweep in words."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.addresses import rows_at
from sim.scenario.addresses import Address
from sim.scenario.derivations import unit
from sim.scenario.factors import Factor
from sim.scenario.keys import Data, value_at
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.sources import value_text
from sim.scenario.values import ALL
from sim.study.compare.materiality import Verdict, difference_verdict
from sim.study.sweep.factors import scenarios_at
from sim.study.sweep.sweep import SweepResults, most_less_least
from sim.views import words
from sim.views.differences import difference_words
from sim.views.language import is_english, message, spoken_title, term
from sim.views.sheets.arithmetic import overload_sentences
from sim.views.sheets.sheet import Headline, Sheet

TERMS = {"works_before_release": "order of works"}
"""Keys that pages and tables call otherwise."""


def factor_title(reading: Reading, factor: Factor) -> str:
    """A factor in words: the title of the table it lies in, and its key without the unit, unless the title has it."""
    where = titled_path(reading.resolved, factor)
    parts = [str(part) for part in factor.path[len(where) :]]
    table_title = str(value_at(reading.resolved, (*where, "title"))) if where else ""
    key = " ".join(parts)
    key_words = TERMS.get(key) or words.plain(key.removesuffix(suffix_of(factor)))
    if key_words in table_title.split():
        return spoken_title(table_title)
    if not is_english():  # whose words stand in another order
        inner, *outer = (key_term(part) for part in reversed(parts))
        key_words = reduce(lambda key, owner: message("{told} ({name})", told=key, name=owner), outer, inner)
    return message("{owner}: {key}", owner=spoken_title(table_title), key=key_words) if table_title else key_words


def key_term(key: str) -> str:
    """A key of a scenario file in words, without its unit, in the language."""
    return term(TERMS.get(key) or words.plain(key.removesuffix(suffix_in(key))))


def titled_path(data: Data, factor: Factor) -> tuple[str | int, ...]:
    """Key path of the innermost table around a factor that has a title."""
    depths = range(len(factor.path) - 1, 0, -1)
    return next((factor.path[:depth] for depth in depths if value_at(data, (*factor.path[:depth], "title"))), ())


def suffix_of(factor: Factor) -> str:
    """The end of a key that says its unit, where words need not repeat it."""
    return suffix_in(*factor.path)


def suffix_in(*path: str | int) -> str:
    """The end of the last part of a key path that says its unit, where words need not repeat it."""
    return f"_{unit(path)}" if unit(path) in ("h", "km", "teu", "t", "mt") else ""


def axis_title(reading: Reading, factor: Factor) -> str:
    """A factor with its unit, for an axis."""
    unit_name, title = unit(factor.path), factor_title(reading, factor)
    if factor.scale:
        return message("{factor}, times what is stated", factor=title)
    return words.comma_list([title, term(unit_name)]) if unit_name and unit_name != "share" else title


def value_words(factor: Factor, value: Any) -> str:
    """A value of a factor; of several listed ones as `turns.one_cell` writes them."""
    value = value.item() if isinstance(value, np.generic) else value  # a column of switches has those of numpy
    if isinstance(value, bool) or not isinstance(value, int | float):
        texts = value_text(value).split(", ")
        terms = words.ORDERS_OF_WORKS if factor.path[-1] == "works_before_release" else {}
        return words.comma_list(term(terms.get(text) or words.plain(text)) for text in texts)
    number = words.stated_number(value)
    return f"× {number}" if factor.scale else number


def range_words(factor: Factor) -> str:
    """The range of a factor."""
    if factor.values:
        return words.comma_list(value_words(factor, value) for value in factor.values)
    low, high = factor.ends if factor.is_whole and not factor.scale else (factor.low, factor.high)
    return words.span_of(value_words(factor, low), value_words(factor, high))


def stated_words(factor: Factor) -> str:
    """What the scenario says of a factor, where it is one value."""
    return "" if factor.stated is None else value_words(factor, factor.stated)


def measure_title(scenario: Scenario, address: Address) -> str:
    """A measure in words: what, where and when."""
    where = words.title_of(scenario, address.place, address.flow)
    parts = [part for part in (where, address.period) if part not in (ALL, message("all"))]
    return words.comma_list([words.measure(address.kpi), *parts])


MOST_ROWS = 30
"""Points of a sweep that are shown; the others stand in its tables."""


def sweep_sheets(results: SweepResults) -> list[Sheet]:
    """All that a sweep answers."""
    return [sweep_sheet(results)]


def sweep_sentences(results: SweepResults) -> list[str]:
    """What a sweep rests on."""
    return [points_sentence(results), *rounded_sentences(results)]


def points_sentence(results: SweepResults) -> str:
    """Points, replications, level and seed, in words."""
    return message(
        "{number} points of {sample}, the same random numbers at each.",
        number=results.manifest["points"],
        sample=words.sample(results),
    )


def sweep_sheet(results: SweepResults) -> Sheet:
    """The measures to draw at each point."""
    names = [measure_title(results.scenario, name) for name in results.measures]
    rows_by_address = {name: rows_at(results.table, *name).set_index("point") for name in results.measures}
    heads = [factor_title(results.reading, factor) for factor in results.factors]
    points = results.points.head(MOST_ROWS)
    hidden_count = len(results.points) - len(points)
    note = message("{number} more points stand in sweep.csv", number=hidden_count) if hidden_count else ""
    measures = [
        words.comma_list([name, term(rows["unit"].iloc[0])]) if len(rows) else name
        for name, rows in zip(names, rows_by_address.values(), strict=True)
    ]
    title = message("{scenario}: what the points come to", scenario=spoken_title(results.scenario.title))
    sheet = Sheet(title, (*heads, *measures), note=note)
    for _, point in points.iterrows():
        values = [value_words(factor, point[factor.label]) for factor in results.factors]
        cells = [cell_at(rows, point["point"]) for rows in rows_by_address.values()]
        sheet.rows.append((*values, *cells))
    return sheet


def cell_at(rows: pd.DataFrame, point: Any) -> str:
    """Mean and interval of a measure at a point."""
    if point not in rows.index:
        return "–"
    row = rows.loc[[point]].iloc[0]
    return words.interval_text(row["mean"], row["ci_low"], row["ci_high"])


def rounded_sentences(results: SweepResults) -> list[str]:
    """Which factors take whole numbers only, if any does."""
    names = [
        factor_title(results.reading, factor) for factor in results.factors if factor.is_whole and not factor.values
    ]
    return [message("Rounded to whole numbers: {factors}.", factors=words.listed_apart(names))] if names else []


def sweep_headline(results: SweepResults) -> Headline:
    """Between which points the first measure is least and most, or that it is the same at all of them."""
    factors = words.joined_by_and(factor_title(results.reading, factor) for factor in results.factors)
    first = measure_that_moves(results)
    title = measure_title(results.scenario, first)
    rows = rows_at(results.table, *first)
    if not len(rows):
        ends = message("{measure} is observed at no point.", measure=title)
    elif is_level(rows):
        ends = message("{measure} is the same at every point: {mean}.", measure=title, mean=point_mean(rows.iloc[0]))
    else:
        gap = most_less_least(results, first)
        ends = message(
            "{measure} is least at {least}; most at {most}; {apart}.",
            measure=title,
            least=end_words(results, rows, gap["point_a"]),
            most=end_words(results, rows, gap["point_b"]),
            apart=apart_words(gap),
        )
    question = message("What do {factors} do to {measure}?", factors=factors, measure=title)
    return Headline(question, ends, "", message("{told}.", told=words.standing(results)))


def measure_that_moves(results: SweepResults) -> Address:
    """The first measure asked for; where none was, the first of which two points are told apart, if any is."""
    is_asked = results.scenario.sweep is not None and results.scenario.sweep.measures
    apart = (name for name in results.measures if is_apart(results, name))
    return results.measures[0] if is_asked else next(apart, results.measures[0])


def is_apart(results: SweepResults, address: Address) -> bool:
    """Whether the least and the greatest mean differ, as a comparison has it; of few replications the means say it."""
    rows = rows_at(results.table, *address)
    if len(rows) < 2 or is_level(rows):
        return False
    return difference_verdict(most_less_least(results, address)) in (Verdict.DIFFERS, Verdict.UNTOLD)


def apart_words(row: pd.Series[Any]) -> str:
    """By how much the most lies above the least, paired, and whether that is told from luck and matters."""
    apart = words.interval_text(row["difference"], row["ci_low"], row["ci_high"])
    sentence = message("apart by {amount}", amount=words.quantity(apart, row["unit"]))
    if difference_verdict(row) is Verdict.DIFFERS:
        return sentence
    return words.comma_list([sentence, difference_words(row)])


def is_level(rows: pd.DataFrame) -> bool:
    """Whether a measure has one mean at several points: to six digits, as tables keep them."""
    return len(rows) > 1 and rows["mean"].map("{:.6g}".format).nunique() == 1


def end_words(results: SweepResults, rows: pd.DataFrame, number: int) -> str:
    """The point at which a measure is least, or most."""
    row = rows[rows["point"] == number].iloc[0]
    point = results.points[results.points["point"] == row["point"]].iloc[0]
    values = words.comma_list(
        f"{factor.label} = {value_words(factor, point[factor.label])}" for factor in results.factors
    )
    # A row of a frame has one kind for all its cells; a column keeps whole numbers whole.
    point_values = tuple(results.points.at[point.name, factor.label] for factor in results.factors)
    plain_values = tuple(value.item() if isinstance(value, np.generic) else value for value in point_values)
    [scenario] = scenarios_at(results.reading, results.factors, [plain_values])
    sentence = message("{point}: {mean}", point=values, mean=point_mean(row))
    for overload in overload_sentences(scenario, row["period"]):
        sentence = message("{told} ({name})", told=sentence, name=overload.rstrip(".。"))
    return sentence


def point_mean(row: pd.Series[Any]) -> str:
    """A mean with its interval and unit."""
    return words.quantity(words.interval_text(row["mean"], row["ci_low"], row["ci_high"]), row["unit"])
