"""The catalogue of KPIs: what each is, its unit, which end of it is better, where it is counted and out of what.

It is the only place that says so: the units of result tables, the titles of plots and sheets, the better end of a
comparison, the page docs/kpis.md and what can be asked for before a run all come from here.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.model import capacities
from sim.model.capacities import activities_at
from sim.model.ledger import Activity, Cause
from sim.scenario.values import DIRECTIONS

ACTIVITIES = tuple(activity.name.lower() for activity in Activity)
CAUSES = tuple(cause.name.lower() for cause in Cause)

QUANTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}
"""Quantiles over the observations of one run, beside their mean."""

PARTS: dict[str, tuple[str, ...]] = {
    "activity": tuple(ACTIVITIES[activity] for activity in activities_at("border")),
    "capacity": tuple(activity.name.lower() for activity, facts in capacities.ACTIVITIES.items() if facts.uses),
    "cause": tuple(word for word in CAUSES if word != "ban"),
    "direction": DIRECTIONS,
}
"""The words that stand for `<activity>`, `<capacity>`, … in a name; `<regime>` and `<way>` any that it has."""


@dataclass(frozen=True)
class Kpi:
    """One KPI, or several whose names differ in one word.

    Attributes
    ----------
    name
        As in the tables, `<word>` for the word that differs.
    title
        For a reader, without the unit; a `<word>` in it gives place to the title of that word.
    better
        The end that a planner wants, as far as it is wanted for itself: `more`, `less` or `neither`.
    places
        Where it is counted: kinds of place, `wagon_pool`, and `all` for all those places together.
    flows
        `any`: of each flow, corridor, direction and all; `passing`: of those of them that pass the place; `declaring`:
        that pass it with declarations; `held`: that a ban or a limit may hold; `returning`: that bring empty boxes
        back; `choosing`: of cargo that chose its way, itself or as a share of such; `drawing`: of each flow of a
        market, not of sums; `single`: of each flow that passes, not of sums; `all`: of all flows together only.
    table
        What it is counted from: tables of the ledger, prices, other KPIs.
    quantiles
        Whether there are `_p50`, `_p90` and `_p95` beside the mean.
    """

    name: str
    unit: str
    title: str
    better: str
    places: tuple[str, ...]
    flows: str
    table: str
    quantiles: bool
    definition: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Kpi:
        """The entry that a row of catalogue.csv is."""
        quantiles = row["quantiles"] == "yes"
        texts = {key: row[key] for key in ("name", "unit", "title", "better", "flows", "table", "definition")}
        places = row["places"].replace("any_place", " ".join(capacities.KINDS)).split()
        return cls(places=tuple(places), quantiles=quantiles, **texts)

    @property
    def kind_of_part(self) -> str:
        """What kind of word the name has a place for; empty without one."""
        placeholder = re.search(r"<(\w+)>", self.name)
        return placeholder[1] if placeholder else ""


@dataclass(frozen=True)
class KpiName:
    """The name of a KPI taken apart: its entry, the word that differs, and the quantile; empty where it has none."""

    entry: Kpi
    part: str = ""
    quantile: str = ""


def entries() -> tuple[Kpi, ...]:
    """The entries of catalogue.csv, in its order."""
    with Path(__file__).with_name("catalogue.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Kpi.of(row) for row in csv.DictReader(file))


KPIS = entries()
"""Every KPI, in the order of docs/kpis.md; what is counted from prices is there only if a scenario has some."""


@cache
def patterns() -> tuple[tuple[re.Pattern[str], Kpi], ...]:
    """What names of KPIs look like; whole names first, for `wait_h_ban` is not the pattern's `wait_h_<cause>`."""
    entries = sorted(KPIS, key=lambda entry: bool(entry.kind_of_part))
    return tuple((re.compile(pattern_of(entry)), entry) for entry in entries)


def pattern_of(entry: Kpi) -> str:
    """A regular expression of the names of an entry."""
    words = "|".join(PARTS.get(entry.kind_of_part, (r"\w+",)))
    suffix = f"(?:_(?P<quantile>{'|'.join(QUANTILES)}))?" if entry.quantiles else ""
    return re.sub(r"<\w+>", lambda _: f"(?P<part>{words})", entry.name) + suffix


@cache
def kpi_name(kpi: str) -> KpiName | None:
    """The name of a KPI taken apart; None if the catalogue has no such name."""
    for pattern, entry in patterns():
        match = pattern.fullmatch(kpi)
        if match:
            parts = match.groupdict("")
            return KpiName(entry, parts.get("part", ""), parts.get("quantile", ""))
    return None


def unit_of(kpi: str) -> str:
    """The unit of a KPI.

    Raises
    ------
    LookupError
        If the catalogue has no such KPI.
    """
    name = kpi_name(kpi)
    if name is None:
        raise LookupError(f"{kpi} is not in the catalogue of KPIs: add it to sim/measure/catalogue.csv")
    return name.entry.unit


def most_of(kpi: str) -> float:
    """The most that a KPI can be: 1 of a share."""
    name = kpi_name(kpi)
    return 1.0 if name is not None and name.entry.unit == "share" else math.inf


def least_of(kpi: str) -> float:
    """The least that a measure can be: zero of each that the catalogue has; of one's own nothing is known."""
    return 0.0 if kpi_name(kpi) else -math.inf


def more_is_better(kpi: str) -> bool | None:
    """Whether a planner wants more of a KPI, or less; None where it is neither."""
    name = kpi_name(kpi)
    return None if name is None or name.entry.better == "neither" else name.entry.better == "more"
