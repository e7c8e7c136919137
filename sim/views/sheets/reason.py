"""The reason of an answer, of what the answer is about: what cargo waits for, what a dwell is made of, what changes."""

from __future__ import annotations

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.field.waits import BAN, longest_wait
from sim.study.headline import (
    DWELL,
    PairedChange,
    border_of_change,
    longest_held,
    parts_of_dwell,
    parts_that_change,
    subject_of,
    target_outcome,
    waits_at,
)
from sim.views import words

MOST_CAUSES = 2
WEEKS_FROM_DAYS = 21.0


def reason_words(run: Results) -> str:
    """What keeps most cargo waiting in the period of the answer, and behind which place."""
    year = subject_of(run)[1]
    longest = longest_wait(run, year)
    if longest is None:
        return "No train waits."
    first = longest.first
    share = f"{words.percent(first.hours / longest.total_h)} of all train-hours waited"
    behind = obstacle_words(run, longest.behind, [wait.cause for wait in longest.there])
    if first.cause == BAN:
        end = "an agreed limit lets it set out" if longest.behind is None else "bans on loading end"
        return f"Cargo waits at its origin until {end} ({share}){held_words(run, year)}. {behind}".rstrip()
    place = words.title_of(run.scenario, first.place, ALL)
    return f"Trains wait most for {words.CAUSES[first.cause]} at {place} ({share}). {behind}".rstrip()


def border_reason(run: Results, border: str) -> str:
    """What most of the dwell at a border is, and what trains wait for there: work may be long where no queue is."""
    year = subject_of(run)[1]
    parts, waits = parts_of_dwell(run, border, year), waits_at(run, border, year)
    dwell = rows_at(run.kpis, DWELL, border, ALL, year)["mean"].iloc[0]
    titles = words.ACTIVITIES | {"customs": "customs"}
    made_of = words.joined_by_and(f"{titles[part.activity]} ({words.figure(part.hours)} h)" for part in parts)
    sentences = [f"The dwell is most of all {made_of}."] if parts else []
    if not waits:
        return " ".join([*sentences, "No train waits there."])
    first = waits[0]
    share = words.percent(sum(wait.hours for wait in waits) / dwell)
    cause = f"for {words.CAUSES[first.cause]} ({words.figure(first.hours)} h a train)"
    return " ".join([*sentences, f"Trains wait for {share} of it, most {cause}."])


def change_reason(answer: Contest) -> str:
    """Which parts of the dwell change, where the answer is of its change; else what cargo waits for in the other."""
    rival = answer.results[1]
    year = subject_of(answer.results[0])[1]
    border = border_of_change(answer, year)
    if target_outcome(rival) is not None or border is None:
        return reason_words(rival)
    where = words.title_of(answer.scenario, border, ALL)
    changes = parts_that_change(answer, border, year)[:MOST_CAUSES]
    if not changes:
        return f"No part of the dwell at {where} is seen to change."
    parts = [f"{words.measure(change.kpi).partition(': ')[2]} {change_text(change)}" for change in changes]
    return f"The dwell at {where} changes most by {words.joined_by_and(parts)}."


def held_words(run: Results, year: str) -> str:
    """Whose cargo waits longest at its origin."""
    held = longest_held(run, year)
    if held is None:
        return ""
    return f"; longest, {span_words(held.days)} on average, {run.scenario.flows[held.flow].title}"


def span_words(days: float) -> str:
    """Days as people say them: weeks from three weeks on."""
    return f"{days / 7:.0f} weeks" if days >= WEEKS_FROM_DAYS else f"{days:.1f} days"


def obstacle_words(run: Results, place: str | None, causes: list[str]) -> str:
    """The place that cargo waits behind, and what is waited for there."""
    if place is None or not causes:
        return ""
    named = " and ".join(dict.fromkeys(words.CAUSES[cause] for cause in causes[:MOST_CAUSES]))
    return f"The bottleneck is {words.title_of(run.scenario, place, ALL)}, where trains wait for {named}."


def change_text(change: PairedChange) -> str:
    """A difference with its sign, interval and unit."""
    sign = "+" if change.difference > 0 else ""
    return f"{sign}{words.interval_text(change.difference, change.low, change.high)} {change.unit}"
