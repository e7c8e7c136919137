"""The parts of a journey, and mean hours a train of each flow by part, waits apart from work, over all replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from sim.measure.addresses import rows_at
from sim.measure.statistics import FloatArray
from sim.model.capacities import ACTIVITIES, CAUSES, JourneyPart, activities_at, causes_at
from sim.runs.results import Results
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.meaning import last_full_year
from sim.scenario.places import Border, Place, Sea, Section
from sim.scenario.values import ALL
from sim.study.field.telling import most_tonnes, telling_flow, telling_flows

MOST_FLOWS = 12
WAIT, WORK = 0, 1


@dataclass(frozen=True)
class PartOfJourney:
    """A part of a journey: the activities that are its work, and the causes whose waits belong to it."""

    title: str
    activities: tuple[str, ...]
    causes: tuple[str, ...]


def part_with_title(title: JourneyPart) -> PartOfJourney:
    """A part with its activities and causes, in the words of the tables."""
    activities = tuple(activity.name.lower() for activity, facts in ACTIVITIES.items() if facts.part is title)
    causes = tuple(cause.name.lower() for cause, facts in CAUSES.items() if facts.part is title)
    return PartOfJourney(title.value, activities, causes)


PARTS = tuple(map(part_with_title, JourneyPart))
"""The parts of a journey, customs first, and what holds a train back before it; each activity and cause is in one."""

CUSTOMS, BAN = (PARTS[list(JourneyPart).index(title)] for title in (JourneyPart.CUSTOMS, JourneyPart.BAN))

Means = dict[tuple[str, str, str], float]
"""Means over replications by KPI, place and flow."""


def hours_by_part(result: Results, period: str | None = None) -> dict[str, FloatArray]:
    """Mean hours a train by flow, shape (parts, 2): waits and work of each of `PARTS`, over all replications.

    The parts are the mean passages of the places on the route, of those that ended in the period, and what went before:
    the mean time from ready to setting out, of the journeys that ended in it. So they need no ledger. Flows of which no
    train was delivered are left out.

    Parameters
    ----------
    period
        A calendar year, or `all`; by default the last full year.
    """
    rows = rows_at(result.kpis, period=period or last_full_year(result.scenario))
    rows = rows[rows["flow"].isin(list(result.scenario.flows))]
    means: Means = rows.set_index(["kpi", "place", "flow"])["mean"].to_dict()  # type: ignore[assignment]
    flows = [flow for flow in result.scenario.flows if ("transit_days", ALL, flow) in means]
    return {flow: flow_hours(result, flow, means) for flow in flows}


def flow_hours(result: Results, flow: str, means: Means) -> FloatArray:
    """Hours of one flow by part: those held back before the journey, and those of each place on the way."""
    hours = np.zeros((len(PARTS), 2))
    transit = means["transit_days", ALL, flow]
    journey = means.get(("journey_days", ALL, flow), transit + means.get(("wait_h_ban", ALL, flow), 0) / HOURS_PER_DAY)
    hours[PARTS.index(BAN), WAIT] = HOURS_PER_DAY * (journey - transit)
    for name in result.scenario.flows[flow].route:
        place = result.scenario.places[name]
        waits = {
            cause.name.lower(): means.get((f"wait_h_{cause.name.lower()}", name, flow), 0.0)
            for cause in causes_at(place.kind)
        }
        dwell = dwell_by_part(place, name, flow, means)
        for i, part in enumerate(PARTS):
            waited_h = sum(waits.get(cause, 0.0) for cause in part.causes)
            hours[i, WAIT] += waited_h
            hours[i, WORK] += max(dwell.get(part.title, waited_h) - waited_h, 0.0)
        if not isinstance(place, Border):
            # what is no wait is work of the one part that a line, a sea or a terminal is
            work_h = means.get(("passage_h", name, flow), 0.0) - means.get(("wait_h", name, flow), 0.0)
            hours[[part.title for part in PARTS].index(part_of(place)), WORK] += max(work_h, 0.0)
    return hours


def dwell_by_part(place: Place, name: str, flow: str, means: Means) -> dict[str, float]:
    """Hours of the dwell at a border by part of the journey, waits included; nothing at other places."""
    dwell: dict[str, float] = {}
    if isinstance(place, Border):
        for activity in activities_at("border"):
            dwell_h = means.get((f"border_dwell_{activity.name.lower()}_h", name, flow), 0.0)
            part = ACTIVITIES[activity].part.value
            dwell[part] = dwell.get(part, 0.0) + dwell_h
    return dwell


def part_of(place: Place) -> str:
    """The part of a journey that a place without formalities is."""
    match place:
        case Section():
            return JourneyPart.RUNNING.value
        case Sea():
            return JourneyPart.SEA.value
        case _:
            return JourneyPart.TERMINAL.value


def flows_of_note(results: Sequence[Results], tables: Sequence[dict[str, FloatArray]]) -> tuple[list[str], int]:
    """The flows to draw, the longest journey first, and how many are left out.

    Of many, that in question, see `telling_flow`, then those whose cargo spends most time in all, in turns with those
    that have most tonnes or change most, see `telling_flows`: so the longest wait is among them.
    """
    total = {flow: float(table[flow].sum()) for table in reversed(tables) for flow in table}
    drawn = list(total)
    if len(total) > MOST_FLOWS:
        by_time = sorted(total, key=lambda flow: -tonne_hours(results, tables, flow))
        turns = zip(by_time, telling_flows(results, total), strict=True)
        subject = [flow for flow in [telling_flow(results)] if flow in total]
        drawn = list(dict.fromkeys(chain(subject, *turns)))[:MOST_FLOWS]
    return sorted(drawn, key=lambda flow: -total[flow]), len(total) - len(drawn)


def tonne_hours(results: Sequence[Results], tables: Sequence[dict[str, FloatArray]], flow: str) -> float:
    """Hours of a journey times the tonnes that make it: where most time of all cargo goes."""
    return most_tonnes(results, flow, ALL) * max(float(table[flow].sum()) for table in tables if flow in table)
