"""What ladder and target ask of a scenario: the throughput of a corridor in a year; and the excerpt that answers it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sim.scenario.checks.bounds import DAYS_PER_YEAR
from sim.scenario.meaning import last_full_year
from sim.scenario.problems import CorridorError, did_you_mean
from sim.scenario.schema import Horizon, Scenario
from sim.scenario.values import ALL

THROUGHPUT, TRANSIT = "throughput_mt", "transit_days"

WARMUP_DAYS = 120
"""Least days of warm-up of an excerpt, which begins in the middle of the traffic."""


class QuestionError(CorridorError, ValueError):
    """A question that the scenario cannot answer."""


@dataclass(frozen=True)
class Question:
    """A corridor (or a flow, or `all`), a calendar year (or `all` of the horizon), and the title of the corridor."""

    corridor: str
    year: str
    title: str


def question(scenario: Scenario, corridor: str | None = None, year: int | None = None) -> Question:
    """The question asked, or that of the scenario: the corridor with a target, its last full year, or else all days.

    Raises
    ------
    QuestionError
        If the scenario has no such corridor or flow, or does not cover whole the year that is asked for.
    """
    if corridor is None:
        corridor = next((name for name, entry in scenario.corridors.items() if entry.target_mt), ALL)
    titles = {name: flow.title for name, flow in scenario.flows.items()}
    titles |= {name: entry.title for name, entry in scenario.corridors.items()}
    if corridor not in (*titles, ALL):
        hint = did_you_mean(corridor, (*scenario.corridors, *scenario.flows, ALL))
        raise QuestionError(f"corridor: '{corridor}' is no corridor or flow{hint}")
    title = titles.get(corridor, "all flows")
    if year is None:
        return Question(corridor, last_full_year(scenario), title)
    horizon = scenario.horizon
    if dt.date(year, 1, 1) < horizon.start or dt.date(year + 1, 1, 1) > horizon.end:
        span = f"{horizon.start} to {horizon.end}"
        raise QuestionError(f"year: {year} does not lie whole within the horizon, {span}")
    return Question(corridor, str(year), title)


def aim(scenario: Scenario, corridor: str | None, year: int | None, target_mt: float | None) -> tuple[Question, float]:
    """The question, and the target: by default the scenario's own, in the last year that has one.

    Raises
    ------
    QuestionError
        If there is no target, or no such corridor or year.
    """
    about = question(scenario, corridor, year)
    aims = scenario.corridors[about.corridor].target_mt if about.corridor in scenario.corridors else {}
    if year is None and aims:
        years = [year for year in aims if scenario.horizon.start.year <= year < scenario.horizon.end.year]
        about = question(scenario, corridor, max(years, default=max(aims)))
    if about.year == ALL:
        raise QuestionError("year: the horizon covers no calendar year whole, and a target is for a year")
    aim_mt = aims.get(int(about.year)) if target_mt is None else target_mt
    if aim_mt is None:
        corridor_name = "NAME" if about.corridor == ALL else about.corridor
        key = f", as [corridors.{corridor_name}] target_mt = {{ {about.year} = 1.0 }}"
        raise QuestionError(f"target: the scenario has none for '{about.corridor}' in {about.year}; state one{key}")
    return about, aim_mt


def years_covered(scenario: Scenario, about: Question) -> float:
    """Years that a question is about: one, or those of the whole horizon."""
    horizon = scenario.horizon
    return 1.0 if about.year != ALL else (horizon.end - horizon.start).days / DAYS_PER_YEAR


def excerpt(scenario: Scenario, year: str) -> Scenario:
    """The scenario from the year before a year on, up to the end of that year; the same where that is no shorter.

    The trains under way at its beginning come in a warm-up of at least `WARMUP_DAYS`; queues that take years to grow
    are shorter than in the whole. Trains have other luck than in the whole: the two do not pair.
    """
    if year == ALL:
        return scenario
    horizon = scenario.horizon
    start = dt.date(int(year) - 1, 1, 1)
    end = dt.date(int(year) + 1, 1, 1)
    warmup_days = max(horizon.warmup_days, WARMUP_DAYS)
    whole_days = (horizon.end - horizon.start).days + horizon.warmup_days
    # no excerpt where it saves nothing: the whole is the truer answer
    if horizon.start >= start or (end - start).days + warmup_days >= whole_days:
        return scenario
    return scenario.model_copy(update={"horizon": Horizon(start=start, end=end, warmup_days=warmup_days)})
