"""Factors, their values, and the measures they move, in the words of a reader."""

from __future__ import annotations

from typing import Any

from sim.scenario.addresses import Address
from sim.scenario.keys import Data, value_at
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.sources import unit
from sim.scenario.values import ALL
from sim.study.sweep.factors import Factor
from sim.views import words
from sim.views.words import title_of


def factor_title(reading: Reading, factor: Factor) -> str:
    """A factor in words: the title of the table it lies in, and its key without the unit."""
    where = titled_path(reading.resolved, factor)
    key = " ".join(str(part) for part in factor.path[len(where) :])
    table_title = value_at(reading.resolved, (*where, "title")) if where else None
    suffix = suffix_of(factor)
    return ": ".join([*([str(table_title)] if table_title else []), words.plain(key.removesuffix(suffix))])


def titled_path(data: Data, factor: Factor) -> tuple[str | int, ...]:
    """Key path of the innermost table around a factor that has a title."""
    depths = range(len(factor.path) - 1, 0, -1)
    return next((factor.path[:depth] for depth in depths if value_at(data, (*factor.path[:depth], "title"))), ())


def suffix_of(factor: Factor) -> str:
    """The end of a key that says its unit, where words need not repeat it."""
    return f"_{unit(factor.path)}" if unit(factor.path) in ("h", "km", "teu", "t", "mt") else ""


def axis_title(reading: Reading, factor: Factor) -> str:
    """A factor with its unit, for an axis."""
    unit_name = unit(factor.path)
    after = ", times what is stated" if factor.scale else f", {unit_name}" if unit_name and unit_name != "share" else ""
    return f"{factor_title(reading, factor)}{after}"


def value_words(factor: Factor, value: Any) -> str:
    """A value of a factor."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return words.plain(str(value))
    return f"× {value:g}" if factor.scale else f"{value:g}"


def range_words(factor: Factor) -> str:
    """The range of a factor."""
    if factor.values:
        return ", ".join(value_words(factor, value) for value in factor.values)
    low, high = factor.ends if factor.is_whole and not factor.scale else (factor.low, factor.high)
    return f"{value_words(factor, low)} to {value_words(factor, high)}"


def stated_words(factor: Factor) -> str:
    """What the scenario says of a factor, where it is one value."""
    return "" if factor.stated is None else value_words(factor, factor.stated)


def measure_title(scenario: Scenario, address: Address) -> str:
    """A measure in words: what, where and when."""
    where = title_of(scenario, address.place, address.flow)
    parts = [part for part in (where, address.period) if part != ALL]
    return ", ".join([words.measure(address.kpi), *parts])
