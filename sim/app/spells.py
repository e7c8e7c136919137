"""Spells that were moved: closures and disruptions on dates, and what is measured in the months in which they lie."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.measure.statistics import FloatArray
from sim.runs.replicate import Replication
from sim.scenario.addresses import Address
from sim.scenario.calendar import next_month
from sim.scenario.schema import Published, Scenario
from sim.scenario.values import ALL
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.language import message, month_name

WAIT = "wait_h"
QUEUE = "queue_trains"


def moved_spells(base: Scenario, scenario: Scenario) -> Iterator[tuple[str, list[str]]]:
    """The months in which each disruption lies that two scenarios do not share, and the places that it changes."""
    for name in dict.fromkeys([*scenario.disruptions, *base.disruptions]):
        sides = [side.disruptions.get(name) for side in (scenario, base)]
        for spell in sides if sides[0] != sides[1] else ():
            if spell is not None and spell.active and spell.start is not None and spell.end is not None:
                first = max(spell.start.replace(day=1), base.horizon.start)
                until = min(next_month(spell.end - dt.timedelta(days=1)), base.horizon.end)
                names = dict.fromkeys(part for key in spell.changes for part in key.split(".")[1:2])
                if first < until:
                    yield f"{first}/{until}", [place for place in names if place in base.places]


def spell_addresses(base: Scenario, scenario: Scenario) -> list[Address]:
    """What is measured in the months of the spells that were moved: tonnes of corridors through their places, waits.

    The period of an address is two days, the first of its months and the first after them. A wait counts where it
    ends: of a closure that outlasts the months, or the run, the queue alone tells.
    """
    places: dict[str, dict[str, None]] = {}
    for period, changed_places in moved_spells(base, scenario):
        places.setdefault(period, {}).update(dict.fromkeys(changed_places))
    addresses = []
    for period in sorted(places):
        passing = [flow.corridor for flow in base.flows.values() if not places[period].keys().isdisjoint(flow.route)]
        corridors = [name for name in base.corridors if name in passing] or [ALL]
        addresses += [Address(THROUGHPUT, ALL, corridor, period) for corridor in corridors]
        addresses += [Address(kpi, place, ALL, period) for place in places[period] for kpi in (WAIT, QUEUE)]
    return addresses


def months_asked(scenario: Scenario, addresses: Sequence[Address]) -> Scenario:
    """A scenario that is asked nothing but what it measures at addresses whose periods are two days: it runs the same.

    Measured along with the years they would move these by a rounding, and what is kept is what the command writes.
    """
    figures = {}
    for address in addresses:
        start, end = map(dt.date.fromisoformat, address.period.split("/"))
        about: dict[str, Any] = {
            "kpi": address.kpi,
            "place": address.place,
            "flow": address.flow,
            "start": start,
            "end": end,
        }
        figures[str(address)] = Published(title=str(address), fact="", used_for="validation", low=0, high=0, **about)
    return scenario.model_copy(update={"published": figures})


def with_months(run: Replication, months: Replication) -> Replication:
    """A replication with what it measured in months, for which it was played once more."""
    return replace(run, published=run.published.merge(months.published, how="outer"))


def figure_values(addresses: Sequence[Address], runs: Sequence[Replication]) -> FloatArray:
    """What runs measured at such addresses, addresses × runs; NaN where one observed nothing."""
    answers = [dict(zip(run.published["name"], run.published["value"], strict=True)) for run in runs]
    values = [[answer.get(str(address), math.nan) for answer in answers] for address in addresses]
    return np.array(values, float).reshape(len(addresses), len(runs))


def is_spell(period: str) -> bool:
    """Whether the period of an address is the months of a spell."""
    return "/" in period


def period_told(period: str) -> str:
    """A period in words: that of a spell by its months, "Jan 2030", "Dec 2029 to Feb 2030"."""
    if not is_spell(period):
        return words.period(period)
    first, until = map(dt.date.fromisoformat, period.split("/"))
    last = until - dt.timedelta(days=1)
    ends = [message("{month} {year}", month=month_name(day.month), year=day.year) for day in (first, last)]
    return ends[0] if ends[0] == ends[1] else words.span_of(*ends)
