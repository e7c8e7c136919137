"""Two runs beside each other, as the page is told: measures, paired differences, inputs, and what differs in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.measure.addresses import headline_addresses, values_at
from sim.measure.catalogue import unit_of
from sim.measure.statistics import FloatArray, Intervals, intervals, measure_intervals
from sim.runs.replicate import Replication
from sim.runs.results import Results
from sim.scenario.addresses import Address
from sim.scenario.keys import Data, leaves
from sim.scenario.meaning import last_full_year, periods
from sim.scenario.problems import dotted
from sim.scenario.schema import Scenario
from sim.scenario.sources import value_text
from sim.scenario.values import ALL
from sim.study.compare.arms import CompareError, check_pairing, common_periods
from sim.study.compare.compare import level_of_each
from sim.study.compare.materiality import SHARE, Verdict, difference_verdict
from sim.study.headline import CLEARANCE, DWELL, JOURNEY, PairedChange
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.language import counted, message, term
from sim.views.sheets.changes import size_words

Json = dict[str, Any]
"""What the page is told, as JSON has it."""

FIRST = (THROUGHPUT, JOURNEY, DWELL, CLEARANCE)
"""The measures that answer first, in their order."""
ROUNDING = 1e-9
"""The share of a measure below which two of them are the same."""


@dataclass(frozen=True)
class Sides:
    """The measures that answer first of a run and of its base, in every period.

    `values` and `base_values` are addresses × replications, `differences` is of the pairs; a run without a pair has
    differences of nothing.
    """

    addresses: Sequence[Address]
    values: FloatArray
    base_values: FloatArray
    differences: FloatArray


def periods_shown(scenario: Scenario) -> list[str]:
    """The periods that measures can be shown of, the last full year first."""
    first = last_full_year(scenario)
    return [first, *(period for period in periods(scenario) if period != first)]


def addresses_shown(scenario: Scenario) -> list[Address]:
    """The measures that answer first, in each period: tonnes and days, then hours at the borders."""
    first = sorted(headline_addresses(scenario), key=lambda address: FIRST.index(address.kpi))
    return [address._replace(period=period) for period in periods_shown(scenario) for address in first]


def paired_sides(scenario: Scenario, runs: Sequence[Replication], base_runs: Sequence[Replication]) -> Sides:
    """The measures of replications and of as many of the base, paired in order."""
    addresses = addresses_shown(scenario)
    values, base_values = (
        values_at(addresses, [replication.kpis for replication in side]) for side in (runs, base_runs)
    )
    return Sides(addresses, values, base_values, differences_of(values, base_values))


def differences_of(values: FloatArray, base_values: FloatArray) -> FloatArray:
    """The differences of pairs; one of rounding alone, which sums in another order make, is none."""
    size = np.maximum(np.abs(values), np.abs(base_values))
    return np.where(np.abs(values - base_values) <= ROUNDING * size, 0.0, values - base_values)


def told_of(scenario: Scenario, sides: Sides, period: str, level: float, base: str) -> Json:
    """The measures of a period with their differences, the sentences on them, and the other periods that differ."""
    ceilings = np.array([1.0 if unit_of(address.kpi) == "share" else np.inf for address in sides.addresses])
    of_run, of_base = (measure_intervals(side, level, ceilings) for side in (sides.values, sides.base_values))
    differences = intervals(sides.differences, level)
    period = period if period in periods_shown(scenario) else last_full_year(scenario)
    is_told, note = told_from_luck(sides, differences, period, level)
    changes = [change_at(sides, differences, row, bool(is_told[row])) for row in range(len(sides.addresses))]
    rows = [
        {"title": address_title(scenario, address), "unit": term(unit_of(address.kpi)), "is_told": bool(is_told[row])}
        | {
            name: cells(side.mean[row], side.low[row], side.high[row])
            for name, side in (("run", of_run), ("base", of_base), ("difference", differences))
        }
        for row, address in enumerate(sides.addresses)
        if address.period == period
    ]
    sentences = said_of(scenario, dict(zip(sides.addresses, changes, strict=True)), period, base)
    about: Json = {"periods": periods_shown(scenario), "period": period, "level": level}
    return {**about, "rows": rows, "said": sentences, "note": note}


def told_from_luck(
    sides: Sides, differences: Intervals, period: str, level: float
) -> tuple[npt.NDArray[np.bool_], str]:
    """Which differences are told from luck, and on what grounds those of a period, in words.

    The first of the period is held to the level by itself; its others are so together, and those of other periods
    (Bonferroni): of many alike one in twenty leaves out zero at 95 % by luck.
    """
    of_period = np.array([address.period == period for address in sides.addresses])
    others = of_period & (np.arange(len(of_period)) != int(np.argmax(of_period)))
    is_told = alone = exclude_zero(differences)
    for family in (others, ~of_period):
        number = int((family & (differences.low < differences.high)).sum())
        together = exclude_zero(intervals(sides.differences, level_of_each(level, max(number, 1))))
        is_told = np.where(family, together, is_told)
    number = int((others & (differences.low < differences.high)).sum())
    if number < 2:
        return is_told, ""
    grounds = message(
        "Bold: told from luck. The first difference is held to {level} % by itself, the {number} others together "
        "(Bonferroni: each to {level_each} %).",
        level=words.stated_number(100 * level),
        number=number,
        level_each=words.stated_number(100 * level_of_each(level, number), 4),
    )
    about = {"level": words.stated_number(100 * level), "odds": words.stated_number(1 / (1 - level), 3)}
    by_luck = counted(
        int((others & alone & ~is_told).sum()),
        "By itself {count} more leaves out zero at {level} %, as luck makes one in {odds} do.",
        "By themselves {count} more leave out zero at {level} %, as luck makes one in {odds} do.",
        **about,
    )
    note = words.paragraph([grounds, by_luck])
    return is_told, note


def exclude_zero(differences: Intervals) -> npt.NDArray[np.bool_]:
    """Which intervals leave out zero."""
    return (differences.low > 0) | (differences.high < 0)


def change_at(sides: Sides, differences: Intervals, row: int, is_told: bool) -> PairedChange:
    """The paired difference of one measure, with its verdict."""
    address, unit = sides.addresses[row], unit_of(sides.addresses[row].kpi)
    is_paired = np.isfinite(sides.differences[row])
    mean_a = mean_b = np.nan
    if is_paired.any():
        mean_a, mean_b = (float(side[row][is_paired].mean()) for side in (sides.base_values, sides.values))
    difference, low, high = (float(ends[row]) for ends in (differences.mean, differences.low, differences.high))
    about = {"mean_a": mean_a, "mean_b": mean_b, "difference": difference, "unit": unit}
    number = int(differences.n[row])
    verdict = difference_verdict({**about, "replications": number, "significant": is_told})
    key = (address.kpi, address.place, address.flow, unit, mean_a, mean_b)
    return PairedChange(*key, difference, low, high, number, verdict)


def said_of(scenario: Scenario, changes: Mapping[Address, PairedChange], period: str, base: str) -> list[str]:
    """What a period answers: the tonnes of the first corridor in any case, what else differs, and in which periods."""
    of_period = {address: change for address, change in changes.items() if address.period == period}
    tonnes = next(iter(of_period))
    differing = [address for address, change in of_period.items() if address == tonnes or change.is_seen]
    if not math.isfinite(of_period[tonnes].difference):
        return []
    when = message("over the whole horizon") if period == ALL else message("in {year}", year=period)
    change = words_of_change(scenario, tonnes, of_period[tonnes])
    sentences = [message("Against {base}, {when}: {change}.", base=base, when=when, change=change)]
    clauses = words.listed_apart(words_of_change(scenario, address, of_period[address]) for address in differing[1:])
    sentences += [message("Also {changes}.", changes=clauses)] if clauses else []
    hours = periods(scenario)  # of a run of one year the whole horizon is no other period
    periods_seen = (address.period for address, change in changes.items() if change.is_seen)
    elsewhere = dict.fromkeys(name for name in periods_seen if hours[name] != hours[period])
    if elsewhere:
        other_periods = words.comma_list(map(words.period, elsewhere))
        sentences.append(message("Something differs in other periods, too: {periods}.", periods=other_periods))
    return sentences


def words_of_change(scenario: Scenario, address: Address, change: PairedChange) -> str:
    """A change in words, "the corridor carries 0.31 [0.25, 0.37] Mt less", and whether it can be told from luck."""
    is_network = address.place == ALL and address.flow == ALL
    where = message("the network") if is_network else words.title_of(scenario, address.place, address.flow)
    if change.low == change.high == 0:
        return message("{change}, the same", change=changed_words(address.kpi, where, "0", is_less=False))
    sentence = changed_words(address.kpi, where, size_words(change), is_less=change.difference < 0)
    match change.verdict:
        case Verdict.UNTOLD:
            return message("{change} (too few replications to tell it from luck)", change=sentence)
        case Verdict.UNSEEN:
            return message("{change} (may be luck)", change=sentence)
        case Verdict.SMALL:
            return message("{change} (under {share})", change=sentence, share=words.quantity(f"{100 * SHARE:g}", "%"))
        case _:
            return sentence


def changed_words(kpi: str, where: str, size: str, *, is_less: bool) -> str:
    """How much less or more a measure that answers first is somewhere, in words."""
    about = {"where": where, "size": size}
    if kpi == THROUGHPUT:
        below = message("{where} carries {size} Mt less", **about)
        above = message("{where} carries {size} Mt more", **about)
    elif kpi == JOURNEY:
        below = message("a journey takes {size} days less, {where}", **about)
        above = message("a journey takes {size} days longer, {where}", **about)
    elif kpi == DWELL:
        below = message("a train stands {size} h less at {where}", **about)
        above = message("a train stands {size} h longer at {where}", **about)
    else:
        below = message("clearance takes {size} h less at {where}", **about)
        above = message("clearance takes {size} h longer at {where}", **about)
    return below if is_less else above


def runs_beside(run: Results, rival: Results, period: str) -> Json:
    """Two kept runs beside each other: the measures that answer first, their paired differences, and their inputs."""
    addresses = addresses_shown(run.scenario)
    tables = ([table for _, table in side.replications.groupby("replication")] for side in (run, rival))
    values, base_values = (values_at(addresses, side) for side in tables)
    days, differences = days_of_both(run, rival), np.full_like(values, np.nan)
    if days:
        is_common = np.array([address.period in days for address in addresses])[:, None]
        differences = np.where(is_common, differences_of(values, base_values), np.nan)
    level = run.manifest["level"]
    rows = told_of(run.scenario, Sides(addresses, values, base_values, differences), period, level, rival.name)
    number = run.manifest["replications"]
    about = {"name": run.name, "base": rival.name, "done": number, "total": number}
    return {**about, **rows, "inputs": inputs_between(rival.resolved, run.resolved)}


def days_of_both(run: Results, rival: Results) -> list[str]:
    """The periods in which two runs can be subtracted, replication by replication; none where they do not pair."""
    try:
        check_pairing(rival, run)
        return common_periods(rival, run)
    except CompareError:
        return []


def address_title(scenario: Scenario, address: Address) -> str:
    """A measure in words: what, where, in which period."""
    where = words.title_of(scenario, address.place, address.flow)
    return words.comma_list([words.measure(address.kpi), where, words.period(address.period)])


def cells(mean: float, low: float, high: float) -> Json:
    """A mean with its interval as the page has it, in numbers and in words; numbers that are not there are None."""
    numbers = [float(number) if np.isfinite(number) else None for number in (mean, low, high)]
    return {"numbers": numbers, "text": "–" if numbers[0] is None else words.interval_text(mean, low, high)}


def inputs_between(base: Data, rival: Data) -> list[Json]:
    """The inputs in which two kept runs differ, with what each says."""
    sides = [{dotted(path): value for path, value in leaves(side)} for side in (base, rival)]
    keys = [key for key in dict.fromkeys([*sides[0], *sides[1]]) if key not in ("title", "description")]
    return [
        {"key": key, "base": shown_input(sides[0].get(key)), "run": shown_input(sides[1].get(key))}
        for key in keys
        if sides[0].get(key) != sides[1].get(key)
    ]


def shown_input(value: Any) -> str:
    """An input as text; a dash where nothing is said."""
    return "–" if value is None else value_text(value)
