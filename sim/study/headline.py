"""What answers a question before its evidence, by rules: targets reached, changes that are seen, what is waited for.

The words for it stand in `sim.views.sheets.headline`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.addresses import headline_addresses, rows_at, values_at
from sim.measure.statistics import FEWEST, FloatArray, Intervals, intervals
from sim.model.capacities import CUSTOMS, activities_at
from sim.model.ledger import Cause
from sim.runs.results import Results
from sim.scenario.addresses import Address
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.formalities import Tez
from sim.scenario.meaning import last_full_year
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.compare.compare import level_of_each
from sim.study.compare.materiality import Verdict, difference_verdict
from sim.study.field.waits import BAN
from sim.study.question import THROUGHPUT, Question, QuestionError, aim

JOURNEY, CLEARANCE, DWELL = "journey_days", "clearance_h", "border_dwell_h"
WAIT_H = "wait_h_"
"""How the names of all waits begin, each with its cause."""
FIRST = (THROUGHPUT, JOURNEY, DWELL, CLEARANCE)
"""The measures that answer first, in their order."""
ROUNDING = 1e-9
"""The share of a measure below which two of them are the same."""


class Reach(Enum):
    """Whether a target is reached: by the interval of the mean; of too few replications, by all of them or none."""

    REACHED = "reached"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True)
class TargetOutcome:
    """What a corridor carries in a year against its target: mean with its interval, and replications that reach it."""

    about: Question
    target_mt: float
    mean_mt: float
    low_mt: float
    high_mt: float
    reached: int
    replications: int

    @property
    def reach(self) -> Reach:
        """The verdict."""
        if self.replications < FEWEST:
            counts = {self.replications: Reach.REACHED, 0: Reach.MISSED}
            return counts.get(self.reached, Reach.OPEN)
        if self.low_mt >= self.target_mt:
            return Reach.REACHED
        return Reach.MISSED if self.high_mt < self.target_mt else Reach.OPEN


@dataclass(frozen=True)
class PairedChange:
    """A paired difference of one scenario from another, with its verdict."""

    kpi: str
    place: str
    flow: str
    unit: str
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    replications: int
    verdict: Verdict

    @property
    def is_seen(self) -> bool:
        """Whether it is more than luck, and large enough to matter."""
        return self.verdict is Verdict.DIFFERS


@dataclass(frozen=True)
class Told:
    """Which of some paired differences are told from luck, which leave out zero alone, how many hold together."""

    is_told: npt.NDArray[np.bool_]
    leaves_out_zero: npt.NDArray[np.bool_]
    number: int
    level_each: float  # of each of these


@dataclass(frozen=True)
class DwellPart:
    """An activity at a border, or all of customs, and its mean hours of the dwell, waits for it included."""

    activity: str
    hours: float


@dataclass(frozen=True)
class DwellWait:
    """What trains wait for at a border, and for how many hours a train on average."""

    cause: str
    hours: float


@dataclass(frozen=True)
class Coverage:
    """What Tez clears at a border: the mean clearance of its declarations, and whom paper still clears.

    Those left out, and the number of all, are corridors; of a scenario without any they are flows.
    """

    clearance_h: float
    left_out: tuple[str, ...]
    groups: int


@dataclass(frozen=True)
class HeldFlow:
    """The flow whose cargo waits longest for leave to set out, of those that set out in a period, in days."""

    flow: str
    days: float


def target_outcome(run: Results) -> TargetOutcome | None:
    """What the corridor with a target carries in the last year that has one; None where none is asked or observed."""
    try:
        about, target_mt = aim(run.scenario, None, None, None)
    except QuestionError:
        return None
    address = (THROUGHPUT, ALL, about.corridor, about.year)
    rows = rows_at(run.kpis, *address)
    if rows.empty:
        return None
    row = rows.iloc[0]
    values_mt = rows_at(run.replications, *address)["value"]
    reached = int((values_mt >= target_mt).sum())
    return TargetOutcome(about, target_mt, row["mean"], row["ci_low"], row["ci_high"], reached, len(values_mt))


def subject_of(run: Results) -> tuple[str, str]:
    """The flow or corridor, and the period, of an answer: those of the target, else all flows and the last year."""
    outcome = target_outcome(run)
    if outcome is not None:
        return outcome.about.corridor, outcome.about.year
    return ALL, last_full_year(run.scenario)


def change_of(row: pd.Series[Any]) -> PairedChange:
    """A row of `compare` as a change."""
    interval = (row["difference"], row["ci_low"], row["ci_high"], int(row["replications"]))
    key = (row["kpi"], row["place"], row["flow"], row["unit"], row["mean_a"], row["mean_b"])
    return PairedChange(*key, *interval, difference_verdict(row))


def changes_at(table: pd.DataFrame, kpi: str, place: str, flow: str, period: str) -> Iterator[PairedChange]:
    """The changes at an address, one at most of two scenarios."""
    for _, row in rows_at(table, kpi, place, flow, period).iterrows():
        yield change_of(row)


def border_of_change(answer: Contest, period: str) -> str | None:
    """The border where clearance changes most, else dwell is longest; of those where a difference is told, if any."""
    family, verdicts = told_first(answer)
    places_told = {address.place for address, is_told in zip(family, verdicts.is_told, strict=True) if is_told}
    for kpi, column in ((CLEARANCE, "difference"), (DWELL, "mean_a")):
        rows = rows_at(answer.differences, kpi, flow=ALL, period=period)
        rows = rows[rows["place"] != ALL]
        rows = rows[rows["place"].isin(places_told)] if rows["place"].isin(places_told).any() else rows
        rows = rows.assign(amount=rows[column].abs()).sort_values("amount", kind="stable")
        if len(rows) and rows["amount"].iloc[-1] > 0:
            return str(rows["place"].iloc[-1])
    return None


def held_together(differences: FloatArray, level: float) -> Told:
    """Which of some paired differences, a row each, are told from luck if all of them hold together (Bonferroni).

    A difference that is the same in every replication is no matter of luck, and is not counted.
    """
    alone = intervals(differences, level)
    number = int((alone.high - alone.low > ROUNDING * np.abs(alone.mean)).sum())
    level_each = level_of_each(level, max(number, 1))
    return Told(exclude_zero(intervals(differences, level_each)), exclude_zero(alone), number, level_each)


def exclude_zero(differences: Intervals) -> npt.NDArray[np.bool_]:
    """Which intervals leave out zero."""
    return (differences.low > 0) | (differences.high < 0)


def told_from_luck(differences: FloatArray, level: float) -> Told:
    """Which of the differences that answer first are told from luck, by the rule of every page that names them.

    The first, the tonnes asked about, is held to the level by itself; the others are so together: of many alike one in
    twenty leaves out zero at 95 % by luck.
    """
    first, further = held_together(differences[:1], level), held_together(differences[1:], level)
    is_told = np.concatenate([first.is_told, further.is_told])
    leaves_out_zero = np.concatenate([first.leaves_out_zero, further.leaves_out_zero])
    return Told(is_told, leaves_out_zero, further.number, further.level_each)


@lru_cache(maxsize=1)  # every sentence of one answer asks for it
def told_first(answer: Contest) -> tuple[list[Address], Told]:
    """The measures that answer first of two scenarios, and which of their differences are told from luck.

    The tonnes and days of the answer's own flow lead.
    """
    flow, period = subject_of(answer.results[0])
    first = (address._replace(period=period) for address in headline_addresses(answer.results[0].scenario))
    addresses = [*dict.fromkeys([*(Address(kpi, ALL, flow, period) for kpi in (THROUGHPUT, JOURNEY)), *first])]
    sides = [first_values(run, addresses) for run in answer.results]
    return addresses, told_from_luck(sides[1] - sides[0], answer.manifest["level"])


def first_values(run: Results, addresses: list[Address]) -> FloatArray:
    """The measures at some addresses in each replication of a run."""
    is_asked = run.sample["kpi"].isin({address.kpi for address in addresses}).to_numpy()
    return values_at(addresses, [rows for _, rows in run.sample[is_asked].groupby("replication")])


def changes_first(answer: Contest) -> list[PairedChange]:
    """The changes of two scenarios that answer first: tonnes, journey, and at one border clearance and dwell.

    Which of them are more than luck is told from among the changes at all borders and of all corridors.
    """
    flow, period = subject_of(answer.results[0])
    family, verdicts = told_first(answer)
    is_told = dict(zip(family, verdicts.is_told, strict=True))
    border = border_of_change(answer, period)
    addresses = [(THROUGHPUT, ALL, flow), (JOURNEY, ALL, flow)]
    addresses += [] if border is None else [(CLEARANCE, border, ALL), (DWELL, border, ALL)]
    changes = [change for address in addresses for change in changes_at(answer.differences, *address, period)]
    keys = [Address(change.kpi, change.place, change.flow, period) for change in changes]
    return [with_verdict(change, bool(is_told.get(key))) for key, change in zip(keys, changes, strict=True)]


def with_verdict(change: PairedChange, is_told: bool) -> PairedChange:
    """A change with the verdict that it has if it is told from luck, or is not."""
    row = {name: getattr(change, name) for name in ("replications", "mean_a", "mean_b", "difference", "unit")}
    return replace(change, verdict=difference_verdict(row | {"significant": is_told}))


def dwell_by_order(answer: Contest) -> dict[str, PairedChange]:
    """The change of the dwell at the border of the answer by order of works; empty if none was run."""
    border = border_of_change(answer, subject_of(answer.results[0])[1])
    return {} if border is None else change_by_order(answer, DWELL, border, ALL)


def change_by_order(answer: Contest, kpi: str, place: str, flow: str) -> dict[str, PairedChange]:
    """The change of a measure by order of works, `stated` first; empty if none was run."""
    if answer.orders is None:
        return {}
    rows = rows_at(answer.orders, kpi, place, flow, subject_of(answer.results[0])[1])
    return {str(row["works_before_release"]): change_of(row) for _, row in rows.iterrows()}


def amounts_saved(answer: Contest) -> list[PairedChange | None]:
    """What each order of works does to the dwell at the border of the answer, the most saved last; None: too little.

    An interval of one order is of luck alone: what an answer may be besides lies between the ends of this list.
    """
    too_little = (Verdict.UNSEEN, Verdict.SMALL)
    changes = [None if change.verdict in too_little else change for change in dwell_by_order(answer).values()]
    return sorted(changes, key=lambda change: 0.0 if change is None else -change.difference)


def coverage_of(run: Results, border: str, period: str) -> Coverage | None:
    """What Tez clears at a border where it clears some; None where it clears none."""
    means = rows_at(run.kpis, place=border, period=period).set_index(["kpi", "flow"])["mean"]
    names = [name for name, regime in run.scenario.regimes.items() if isinstance(regime, Tez)]

    def declarations_of(flow: str, *kpis: str) -> float:
        return sum(float(means.get((kpi, flow), 0.0)) for kpi in kpis)

    by_tez = [f"declarations_{name}" for name in names]
    if not declarations_of(ALL, *by_tez):
        return None
    hours = [
        declarations_of(ALL, f"declarations_{name}") * declarations_of(ALL, f"clearance_{name}_h") for name in names
    ]
    groups = [*run.scenario.corridors] or [*run.scenario.flows]
    groups = [group for group in groups if declarations_of(group, "declarations")]
    left_out = tuple(group for group in groups if not declarations_of(group, *by_tez))
    return Coverage(sum(hours) / declarations_of(ALL, *by_tez), left_out, len(groups))


def parts_of_dwell(run: Results, border: str, period: str) -> list[DwellPart]:
    """The fewest parts that make up half of the mean dwell at a border, the longest first; customs is one of them."""
    means = rows_at(run.kpis, place=border, flow=ALL, period=period).set_index("kpi")["mean"]
    activities = [activity.name.lower() for activity in activities_at("border") if activity not in CUSTOMS]
    hours = {name: float(means.get(f"border_dwell_{name}_h", 0.0)) for name in ["customs", *activities]}
    parts: list[DwellPart] = []
    for name in sorted((name for name in hours if hours[name] > 0), key=lambda name: -hours[name]):
        if sum(part.hours for part in parts) <= means[DWELL] / 2:
            parts.append(DwellPart(name, hours[name]))
    return parts


def waits_at(run: Results, border: str, period: str) -> list[DwellWait]:
    """What a train waits for at a border, in mean hours of a visit, the longest first."""
    means = rows_at(run.kpis, place=border, flow=ALL, period=period).set_index("kpi")["mean"]
    waits = [DwellWait(cause.name.lower(), float(means.get(f"{WAIT_H}{cause.name.lower()}", 0.0))) for cause in Cause]
    return sorted((wait for wait in waits if wait.hours > 0), key=lambda wait: -wait.hours)


def parts_that_change(answer: Contest, border: str, period: str) -> list[PairedChange]:
    """The parts of the dwell at a border that are seen to change in two scenarios, the largest change first."""
    kpis = [f"border_dwell_{activity.name.lower()}_h" for activity in activities_at("border")]
    changes = [change for kpi in kpis for change in changes_at(answer.differences, kpi, border, ALL, period)]
    return sorted((change for change in changes if change.is_seen), key=lambda change: -abs(change.difference))


def waits_that_change(answer: Contest, period: str) -> list[PairedChange]:
    """The hours waited for something at a place that are seen to change in two scenarios, the largest change first."""
    table = answer.differences
    kpis = [f"{WAIT_H}{cause.name.lower()}" for cause in Cause]
    is_asked = table["kpi"].isin(kpis) & (table["flow"] == ALL) & (table["place"] != ALL) & (table["period"] == period)
    changes = [change_of(row) for _, row in table[is_asked].iterrows()]
    return sorted((change for change in changes if change.is_seen), key=lambda change: -abs(change.difference))


def longest_held(run: Results, period: str) -> HeldFlow | None:
    """Whose cargo waits longest for leave to set out; None where none waits a day."""
    rows = rows_at(run.kpis, f"{WAIT_H}{BAN}", ALL, period=period)
    rows = rows[rows["flow"].isin(list(run.scenario.flows))]
    if rows.empty or rows["mean"].max() < HOURS_PER_DAY:
        return None
    row = rows.sort_values("mean", kind="stable").iloc[-1]
    return HeldFlow(row["flow"], row["mean"] / HOURS_PER_DAY)
