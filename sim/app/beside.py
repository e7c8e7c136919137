"""Two runs beside each other, as the page is told: measures, paired differences, inputs, and what differs in words."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.app.spells import QUEUE, WAIT, figure_values, is_spell, period_told
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
from sim.study.compare.materiality import SHARE, Verdict, difference_verdict
from sim.study.headline import DWELL, FIRST, JOURNEY, ROUNDING, PairedChange, held_together, told_from_luck
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.differences import luck_words
from sim.views.language import message, term
from sim.views.sheets.changes import size_words

Json = dict[str, Any]
"""What the page is told, as JSON has it."""


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


def paired_sides(
    scenario: Scenario,
    runs: Sequence[Replication],
    base_runs: Sequence[Replication],
    of_spells: Sequence[Address] = (),
) -> Sides:
    """The measures of replications and of as many of the base, paired in order; those of spells come last."""
    addresses = addresses_shown(scenario)
    values, base_values = (
        np.concatenate([values_at(addresses, [run.kpis for run in side]), figure_values(of_spells, side)])
        for side in (runs, base_runs)
    )
    return Sides([*addresses, *of_spells], values, base_values, differences_of(values, base_values))


def differences_of(values: FloatArray, base_values: FloatArray) -> FloatArray:
    """The differences of pairs; one of rounding alone, which sums in another order make, is none."""
    size = np.maximum(np.abs(values), np.abs(base_values))
    return np.where(np.abs(values - base_values) <= ROUNDING * size, 0.0, values - base_values)


def told_of(scenario: Scenario, sides: Sides, period: str, level: float, base: str) -> Json:
    """The measures of a period and of spells with their differences, what is said of them, and on what grounds.

    `headline` is what a list of runs has: of the last window in which something is seen, see `windows_told`.
    """
    ceilings = np.array([1.0 if unit_of(address.kpi) == "share" else np.inf for address in sides.addresses])
    of_run, of_base = (measure_intervals(side, level, ceilings) for side in (sides.values, sides.base_values))
    differences = intervals(sides.differences, level)
    period = period if period in periods_shown(scenario) else last_full_year(scenario)
    is_told, note = told_rows(sides, period, level)
    changes = [change_at(sides, differences, row, bool(is_told[row])) for row in range(len(sides.addresses))]
    rows = [
        {"title": address_title(scenario, address), "unit": term(unit_of(address.kpi)), "is_told": bool(is_told[row])}
        | {
            name: cells(side.mean[row], side.low[row], side.high[row])
            for name, side in (("run", of_run), ("base", of_base), ("difference", differences))
        }
        for row, address in enumerate(sides.addresses)
        if address.period == period or is_spell(address.period)
    ]
    by_address = dict(zip(sides.addresses, changes, strict=True))
    windows = windows_told(by_address, period)
    paragraphs = {window: said_of(scenario, by_address, window, base) for window in windows}
    known_windows = [window for window in windows if paragraphs[window]]
    seen_windows = {address.period for address, change in by_address.items() if change.is_seen}
    firsts = [paragraphs[window][0] for window in sorted(known_windows, key=seen_windows.__contains__)]
    about: Json = {"periods": periods_shown(scenario), "period": period, "level": level}
    about |= {"rows": rows, "note": note, "headline": firsts[-1] if firsts else ""}
    elsewhere = elsewhere_words(scenario, by_address, windows) if firsts else ""
    return about | {"said": [sentence for sentence in (*itertools.chain(*paragraphs.values()), elsewhere) if sentence]}


def windows_told(changes: Mapping[Address, PairedChange], period: str) -> list[str]:
    """What is told of: a period, the months of spells, and where nothing is seen in these, the period where most is."""
    windows = [period, *dict.fromkeys(address.period for address in changes if is_spell(address.period))]
    seen_addresses = [address for address, change in changes.items() if change.is_seen]
    if seen_addresses and not any(address.period in windows for address in seen_addresses):
        windows.append(min(seen_addresses, key=lambda address: rank_of(changes[address])).period)
    return windows


def told_rows(sides: Sides, period: str, level: float) -> tuple[npt.NDArray[np.bool_], str]:
    """Which differences are told from luck, and on what grounds those of a period, in words.

    Those of the period, and of the months of each spell, are told as those that answer first everywhere are: the tonnes
    by themselves, all else as it holds together; those of other periods as they hold together.
    """
    asked_windows = [period, *dict.fromkeys(address.period for address in sides.addresses if is_spell(address.period))]
    is_told, is_other = np.zeros(len(sides.addresses), bool), np.ones(len(sides.addresses), bool)
    for window in reversed(asked_windows):  # the period last: its numbers are those of the note
        of_window = np.array([address.period == window for address in sides.addresses], bool)
        verdicts = told_from_luck(sides.differences[of_window], level)
        is_told[of_window], is_other[of_window] = verdicts.is_told, False
    is_told[is_other] = held_together(sides.differences[is_other], level).is_told
    by_the_rule = message("The differences of months are told by the same rule.") if len(asked_windows) > 1 else ""
    return is_told, words.paragraph([luck_words(verdicts, level), by_the_rule])


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


def said_of(scenario: Scenario, changes: Mapping[Address, PairedChange], window: str, base: str) -> list[str]:
    """What differs most in a period, or in the months of a spell, and what else does; nothing if nothing is known."""
    of_window = [address for address in changes if address.period == window]
    first, *further = sorted(of_window, key=lambda address: (is_behind(address, changes), rank_of(changes[address])))
    if not math.isfinite(changes[first].difference):
        return []
    when = message("over the whole horizon") if window == ALL else message("in {year}", year=window)
    if is_spell(window):
        when = message("in {months}", months=period_told(window))
    change = leading_words(scenario, first, changes[first])
    seen_addresses = [address for address in further if changes[address].is_seen]
    clauses = words.listed_apart(words_of_change(scenario, address, changes[address]) for address in seen_addresses)
    sentences = [message("Against {base}, {when}: {change}.", base=base, when=when, change=change)]
    sentences += [message("Also {changes}.", changes=clauses)] if clauses else []
    tonnes = next((address for address in of_window if address.kpi == THROUGHPUT), first)
    is_told = tonnes in (first, *seen_addresses) or not math.isfinite(changes[tonnes].difference)
    return sentences if is_told else [*sentences, untold_tonnes(scenario, tonnes, changes[tonnes])]


def is_behind(address: Address, changes: Mapping[Address, PairedChange]) -> tuple[bool, bool]:
    """Whether a change in the months of a spell comes after the tonnes, if both are seen: these are what it costs."""
    is_seen = changes[address].is_seen
    return not is_seen, is_seen and is_spell(address.period) and address.kpi != THROUGHPUT


def untold_tonnes(scenario: Scenario, address: Address, change: PairedChange) -> str:
    """What of the tonnes asked about no other sentence says: whoever asks wants to know that they stay."""
    return message("Of the tonnes: {change}.", change=words_of_change(scenario, address, change))


def rank_of(change: PairedChange) -> tuple[bool, int, float]:
    """By what a change comes before others: it is known, told from luck, large beside the means."""
    order = (Verdict.DIFFERS, Verdict.SMALL, Verdict.UNTOLD, Verdict.UNSEEN)
    mean = max(abs(change.mean_a), abs(change.mean_b))
    return not math.isfinite(change.difference), order.index(change.verdict), -abs(change.difference) / (mean or 1.0)


def leading_words(scenario: Scenario, address: Address, change: PairedChange) -> str:
    """The change that comes first in words; where luck may have made it, and so all others, that nothing is told."""
    if change.low == change.high == 0:
        return message("nothing differs")
    if change.verdict is Verdict.UNSEEN:
        return message("nothing is told from luck")
    return words_of_change(scenario, address, change)


def elsewhere_words(scenario: Scenario, changes: Mapping[Address, PairedChange], windows: Sequence[str]) -> str:
    """In which other periods than those told of something differs; of a run of one year the whole horizon is none."""
    hours = periods(scenario)
    told_hours = [hours[window] for window in windows if window in hours]
    names = (address.period for address, change in changes.items() if change.is_seen and address.period in hours)
    elsewhere = dict.fromkeys(name for name in names if hours[name] not in told_hours)
    if not elsewhere:
        return ""
    other_periods = words.comma_list(map(words.period, elsewhere))
    return message("Something differs in other periods, too: {periods}.", periods=other_periods)


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
    elif kpi == WAIT:
        below = message("a train waits {size} h less at {where}", **about)
        above = message("a train waits {size} h longer at {where}", **about)
    elif kpi == QUEUE:
        below = message("the queue is {size} trains shorter at {where}", **about)
        above = message("the queue is {size} trains longer at {where}", **about)
    else:
        below = message("clearance takes {size} h less at {where}", **about)
        above = message("clearance takes {size} h longer at {where}", **about)
    return below if is_less else above


def runs_beside(run: Results, rival: Results, period: str, names: tuple[str, str]) -> Json:
    """Two kept runs beside each other: the measures that answer first, their paired differences, and their inputs.

    `names` are those by which the two are kept: their scenarios may be called alike.
    """
    addresses = addresses_shown(run.scenario)
    tables = ([table for _, table in side.replications.groupby("replication")] for side in (run, rival))
    values, base_values = (values_at(addresses, side) for side in tables)
    (days, why), differences = days_of_both(run, rival, names), np.full_like(values, np.nan)
    if days:
        is_common = np.array([address.period in days for address in addresses])[:, None]
        differences = np.where(is_common, differences_of(values, base_values), np.nan)
    sides = Sides(addresses, values, base_values, differences)
    if days and names[1] == run.manifest.get("base"):
        sides = with_kept_months(sides, run.manifest.get("spells", []))
    rows = told_of(run.scenario, sides, period, run.manifest["level"], names[1])
    number = run.manifest["replications"]
    about = {"name": names[0], "base": names[1], "done": number, "total": number, "is_paired": bool(days)}
    rows |= {} if days else {"said": [message("The two do not pair, so that no difference is told: {why}.", why=why)]}
    return {**about, **rows, "inputs": inputs_between(rival.resolved, run.resolved)}


def with_kept_months(sides: Sides, rows: Sequence[Json]) -> Sides:
    """Measures with those of spells after them, as they were kept with a run: see `kept_spells`."""
    if not rows:
        return sides
    addresses = [*sides.addresses, *(Address(*row["address"]) for row in rows)]
    values, base_values = (np.array([row[side] for row in rows], float) for side in ("run", "base"))
    own = (sides.values, sides.base_values, sides.differences)
    of_months = (values, base_values, differences_of(values, base_values))
    return Sides(addresses, *(np.concatenate(pair) for pair in zip(own, of_months, strict=True)))


def kept_spells(sides: Sides) -> list[Json]:
    """The measures of spells of a run and of its base, as they are kept with the run, which has years alone."""
    return [
        {"address": [*address], "run": numbers_kept(sides.values[row]), "base": numbers_kept(sides.base_values[row])}
        for row, address in enumerate(sides.addresses)
        if is_spell(address.period)
    ]


def numbers_kept(values: FloatArray) -> list[float | None]:
    """Numbers as JSON has them: None where there is none."""
    return [float(value) if math.isfinite(value) else None for value in values]


def days_of_both(run: Results, rival: Results, names: tuple[str, str]) -> tuple[list[str], str]:
    """The periods in which two runs can be subtracted, replication by replication; where they do not pair, why."""
    try:
        check_pairing(replace(rival, name=names[1]), replace(run, name=names[0]))
        return common_periods(rival, run), ""
    except CompareError as error:
        return [], str(error)


def address_title(scenario: Scenario, address: Address) -> str:
    """A measure in words: what, where, in which period."""
    where = words.title_of(scenario, address.place, address.flow)
    return words.comma_list([words.measure(address.kpi), where, period_told(address.period)])


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
