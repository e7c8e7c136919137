"""Which part of the record a fit may use: targets known by a day, and inputs that cite later facts as ranges.

A fit that is cut at a day stands for one made on that day. What was published later sets no target of it; an input
whose source line names a later fact is drawn from a range, another value in each replication.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.scenario.checks.factors import is_scalable
from sim.scenario.choices import inputs_of
from sim.scenario.factors import Factor, Point
from sim.scenario.facts import Fact
from sim.scenario.keys import value_at
from sim.scenario.reading.opening import ledger_of
from sim.scenario.reading.ranges import covering, unknowns_by_path
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Published
from sim.scenario.sources import Figure, facts_named, figure_at
from sim.scenario.sweeps import FactorRange
from sim.scenario.unknowns import Unknown
from sim.scenario.worlds import unknown_paths
from sim.study.calibrate.assumed import at_odds, is_wanted, range_of, stands
from sim.study.sweep.factors import factors, points_at

UNKNOWN_SHARE = 0.5
"""How far either way an input is drawn, as a share of it, for which no earlier fact supports a range."""
LEAST_SCALE = 1e-3
"""Multiple in place of nought, to which nothing can be scaled."""

FITTED = re.compile(r"\(calibration\.parameters\.(\w+)\)")
"""In the source line of an input, the parameter that its value was fitted by."""

STATED_RANGE, WIDE_RANGE, POINT = "range in its file", "half either way", "as stated"
"""What a cut makes of an input: the range of the unknown that moves it, if its line or that of the unknown names an
earlier fact, too; else one of `UNKNOWN_SHARE`; a switch, a word, a date, and a number that nothing can be put in place
of, stay."""


@dataclass(frozen=True)
class LaterInput:
    """An input whose source line names facts that were not known by a day.

    `later_facts` are their ids; `treatment` is `STATED_RANGE`, `WIDE_RANGE` or `POINT`, and `bounds` what it is drawn
    from, as a factor of a sweep states it; empty if it stays.
    """

    key: str
    later_facts: tuple[str, ...]
    treatment: str
    bounds: Mapping[str, float]


def was_known(fact: Fact, day: dt.date) -> bool:
    """Whether a fact was known by a day; one of which the ledger does not say it was not."""
    return fact.known_on is not None and fact.known_on <= day


def why_left_out(reading: Reading, name: str, figure: Published) -> str:
    """Why the fit of a scenario may not aim at a published figure; empty if it may."""
    calibration = reading.scenario.calibration
    if calibration is None or not (calibration.until or calibration.leaves_out):
        return ""
    ledger = ledger_of(reading)
    line = figure_at(reading.resolved, ("published", name, "value"), figure.value, ledger).source
    named_facts = facts_named(f"{figure.fact}, {line}", ledger)
    day = calibration.until
    later_ids = [fact.id for fact in named_facts if day and not was_known(fact, day)]
    if later_ids:
        return f"not known by {day}: {', '.join(later_ids)}"
    years = {str(year) for year in calibration.leaves_out}
    ids = [fact.id for fact in named_facts if years & set(re.findall(r"\d{4}", fact.year))]
    return f"of a year that is left out: {', '.join(ids)}" if ids else ""


def later_inputs(reading: Reading, day: dt.date | None, with_fitted: bool = True) -> list[LaterInput]:
    """The inputs of a scenario that cite facts later than a day; none without a day.

    With those whose value was fitted to such facts, which a fit that is cut itself finds anew.
    """
    if day is None:
        return []
    ledger, by_path = ledger_of(reading), unknowns_by_path(reading)
    inputs = []
    for figure in inputs_of(reading.resolved, ledger):
        source = source_behind(reading, figure, ledger) if with_fitted else figure.source
        later_ids = tuple(fact.id for fact in facts_named(source, ledger) if not was_known(fact, day))
        if later_ids and is_wanted(figure):
            names = covering(by_path, figure.path, value_at(reading.resolved, figure.path))
            unknowns = [reading.scenario.unknown[name] for name in names]
            lines = [source, *(unknown.reason for unknown in unknowns)]
            is_supported = any(was_known(fact, day) for line in lines for fact in facts_named(line, ledger))
            bounds, treatment = bounds_known(reading, figure, unknowns if is_supported else [])
            inputs.append(LaterInput(figure.key, later_ids, treatment, bounds))
    odd_keys = set(at_odds(reading, {entry.key: entry.bounds for entry in inputs if entry.bounds}))
    return [LaterInput(entry.key, entry.later_facts, POINT, {}) if entry.key in odd_keys else entry for entry in inputs]


def source_behind(reading: Reading, figure: Figure, ledger: Mapping[str, Fact]) -> str:
    """The source line of an input; of a fitted one with that of its parameter and the facts that the fit aimed at."""
    parameter = FITTED.search(figure.source)
    calibration = reading.scenario.calibration
    if parameter is None or calibration is None or parameter[1] not in calibration.parameters:
        return figure.source
    path = ("calibration", "parameters", parameter[1], "value")
    line = figure_at(reading.resolved, path, value_at(reading.resolved, path), ledger).source
    if not facts_named(line, ledger):
        line = ", ".join(reading.scenario.published[name].fact for name in calibration.targets)
    return f"{figure.source}; {line}"


@dataclass(frozen=True)
class Cut:
    """A scenario cut at a day, for worlds to be drawn of it.

    `reading` has no unknown left whose range no fact of before supports; `later` are the inputs that rest on later
    facts, and `movable` those of them that are drawn as widely as may be, for no unknown speaks for them.
    """

    reading: Reading
    later: tuple[LaterInput, ...] = ()
    movable: tuple[Factor, ...] = ()


def cut_at(reading: Reading, day: dt.date | None) -> Cut:
    """A scenario cut at a day; as it is without one."""
    later = tuple(later_inputs(reading, day))
    wide = {entry.key: FactorRange.model_validate(entry.bounds) for entry in later if entry.treatment == WIDE_RANGE}
    if not later:
        return Cut(reading)
    paths = {tuple(key.split(".")) for key in wide}
    unknowns = {
        name: entry
        for name, entry in reading.scenario.unknown.items()
        if not paths & {tuple(map(str, path)) for path in unknown_paths(reading.resolved, entry)}
    }
    reading = replace(reading, scenario=reading.scenario.model_copy(update={"unknown": unknowns}))
    return Cut(reading, later, factors(reading, wide))


def bounds_known(reading: Reading, figure: Figure, unknowns: Sequence[Unknown]) -> tuple[dict[str, float], str]:
    """What an input may have been, as a factor states it, and which of the three ways that is.

    The first of the unknowns that move it says so, if the scenario stands at both its ends.
    """
    if figure.unit in ("switch", "word", "date"):
        return {}, POINT
    present = value_at(reading.resolved, figure.path)
    for unknown in unknowns if is_scalable(present) else ():
        bounds = as_bounds(present, figure.numbers, unknown)
        if bounds and all(stands(reading, figure.key, bounds, end) for end in bounds.values()):
            return bounds, STATED_RANGE
    wide = range_of(reading, figure, UNKNOWN_SHARE)
    return (wide, WIDE_RANGE) if wide else ({}, POINT)


def as_bounds(present: Any, numbers: Sequence[float], unknown: Unknown) -> dict[str, float]:
    """A range as a factor states it: the ends of a number, multiples of a table's mean; empty where it is none."""
    low, _, high = (None,) * 3 if unknown.kind in ("list", "delay") else map(unknown.end, range(3))
    if low is None or high is None:
        return {}
    if unknown.kind == "scale":
        return {"scale_low": max(low, LEAST_SCALE), "scale_high": high}
    if not isinstance(present, dict):
        return {"low": low, "high": high}
    middle = present.get("mean", sum(numbers) / len(numbers))
    if not middle:
        return {}
    return {"scale_low": max(low / middle, LEAST_SCALE), "scale_high": high / middle}


def factors_and_draws(
    reading: Reading, inputs: Sequence[LaterInput], number: int, seed: int
) -> tuple[tuple[Factor, ...], list[Point]]:
    """The later inputs that have a range, and a value of each for each replication, by a Latin hypercube.

    Without any there is one draw, which changes nothing.
    """
    ranges = {entry.key: FactorRange.model_validate(entry.bounds) for entry in inputs if entry.bounds}
    if not ranges:
        return (), [()]
    movable = factors(reading, ranges)
    rng = np.random.default_rng(seed)
    slices = np.column_stack([rng.permutation(number) for _ in movable])
    return movable, points_at(movable, (slices + rng.random(slices.shape)) / number)
