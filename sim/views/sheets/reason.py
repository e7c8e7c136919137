"""The reason of an answer, of what the answer is about, and what the answer hangs on.

The reason is what cargo waits for, what a dwell is made of, or what changes. An answer hangs on choices that no source
states, on inputs that differ, on whom Tez leaves out, and on how much is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.compare.materiality import SHARE, Verdict
from sim.study.compare.order_of_works import is_about_tez
from sim.study.field.waits import BAN, ROOMS, longest_wait
from sim.study.headline import (
    DWELL,
    DwellWait,
    PairedChange,
    border_of_change,
    change_by_order,
    coverage_of,
    dwell_by_order,
    longest_held,
    parts_of_dwell,
    parts_that_change,
    subject_of,
    target_outcome,
    waits_at,
)
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.sheets.arithmetic import overload_sentences
from sim.views.sheets.compare import introduction_sentences

MOST_CAUSES = 2
SHARE_INSIDE = 0.25
"""Of the hours within a full place, from which on a wait is told as what fills it."""
WEEKS_FROM_DAYS = 21.0


def reason_words(run: Results) -> str:
    """What keeps most cargo waiting in the period of the answer, and behind which place."""
    year = subject_of(run)[1]
    longest = longest_wait(run, year)
    if longest is None:
        return "No train waits."
    first = longest.first
    share = f"{words.percent(first.hours / longest.total_h)} of hours waited"
    behind = obstacle_words(run, longest.behind, [wait.cause for wait in longest.there])
    if first.cause == BAN:
        why = "Cargo waits at its origin until an agreed limit lets it set out"
        if longest.behind is not None:
            why = "The railway bans loading while a place ahead is full: cargo waits at its origin"
        return f"{why} ({share}{held_words(run, year)}). {behind}".rstrip()
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
    return " ".join([*sentences, f"Trains wait for {share} of it, most {cause}{behind_words(waits, dwell)}."])


def behind_words(waits: Sequence[DwellWait], dwell_h: float) -> str:
    """What the trains that take up the room wait for, where most of a dwell is the wait for room.

    More room is no cure of a wait inside: the trains would stand there instead.
    """
    if waits[0].cause not in ROOMS:
        return ""
    inside_h = dwell_h - sum(wait.hours for wait in waits if wait.cause in ROOMS)
    inside = next((wait for wait in waits if wait.cause not in ROOMS), None)
    if inside is None or inside.hours < inside_h * SHARE_INSIDE:
        return ", full of trains at work"
    return f", full of trains that wait for {words.CAUSES[inside.cause]} ({words.figure(inside.hours)} h a train)"


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
    return f"; longest, {span_words(held.days)} a train, {run.scenario.flows[held.flow].title}"


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


# What it hangs on


def assumed_words(run: Results) -> str:
    """How many inputs are assumed."""
    return f"{words.standing(run)}."


def hangs_words(answer: Contest) -> str:
    """The choice without a source on which hours saved hang, what of the whole Tez clears, and how much is assumed."""
    base, rival = answer.results
    sentences = [
        *inputs_sentences(answer),
        *coverage_sentences(answer),
        *overload_sentences(rival.scenario, subject_of(rival)[1]),
        *introduction_sentences(base.scenario, rival.scenario, only_caveats=True),
    ]
    standing = " ".join([*sentences, assumed_words(rival)])
    by_order = dwell_by_order(answer)
    if not by_order:
        if not is_about_tez(base.scenario, rival.scenario):
            return standing
        return f"The order of works at the border, which no source states; no other was tried here. {standing}"
    names: dict[str, list[str]] = {}
    for order, change in by_order.items():
        text = f"not told from luck (n = {change.replications})"
        if change.verdict is not Verdict.UNSEEN:
            text = f"{words.interval_text(change.difference, change.low, change.high).partition(' [')[0]} h"
        text += f" (under {100 * SHARE:g} %)" if change.verdict is Verdict.SMALL else ""
        work = words.ORDERS_OF_WORKS.get(order, "").removesuffix(" before release")
        names.setdefault(text, []).append("as assumed" if order == "stated" else f"with {work}")
    if len(names) == 1 and not any(change.is_seen for change in tonnes_by_order(answer)):
        return f"Not the order of works, which no source states: dwell {next(iter(names))} under each tried. {standing}"
    by_text = "; ".join(f"{text} {' or '.join(orders)}" for text, orders in names.items() if orders != ["as assumed"])
    return f"{hangs_on_order(answer)}; dwell by the works before release: {by_text}. {standing}"


MOST_INPUTS_TOLD = 2


def inputs_sentences(answer: Contest) -> Iterator[str]:
    """In which inputs two scenarios differ, beside the regimes where those are what is asked of."""
    table = answer.frames["inputs"]
    if is_about_tez(*(run.scenario for run in answer.results)):
        table = table[~table["key"].str.contains(r"(?:^|\.)regimes?\b")]
    if table.empty:
        return
    changes = [f"{row['key']} {row['value_a'] or '–'} → {row['value_b'] or '–'}" for _, row in table.iterrows()]
    further = f" and {len(changes) - MOST_INPUTS_TOLD} more" if len(changes) > MOST_INPUTS_TOLD else ""
    yield f"Inputs that differ: {', '.join(changes[:MOST_INPUTS_TOLD])}{further}."


def coverage_sentences(answer: Contest) -> Iterator[str]:
    """Which part of the declarations at the border of the answer Tez clears, and how many keep to paper, if some do."""
    base, rival = answer.results
    period = subject_of(base)[1]
    border = border_of_change(answer, period)
    coverage = None if border is None else coverage_of(rival, border, period)
    if coverage is not None and coverage.left_out:
        group = "corridor" if rival.scenario.corridors else "flow"
        left_out = f"{len(coverage.left_out)} of {coverage.groups} {group}s"
        yield f"{left_out} stay on paper there; what Tez clears takes {words.figure(coverage.clearance_h)} h."


def hangs_on_order(answer: Contest) -> str:
    """What hangs on the order of works: the hours saved, and the tonnes only if they are seen to change under one."""
    changes = tonnes_by_order(answer)
    means = list(dict.fromkeys(words.figure(mean) for mean in sorted(change.mean_b for change in changes)))
    tonnes = f" ({' to '.join([means[0], means[-1]][: len(means)])} {changes[0].unit})" if means else ""
    subject = "Hours and tonnes" if any(change.is_seen for change in changes) else "The hours, not the tonnes"
    return f"{subject}{tonnes}, on the order of works, which no source states"


def tonnes_by_order(answer: Contest) -> list[PairedChange]:
    """The change of the tonnes carried under each order of works."""
    corridor, _ = subject_of(answer.results[0])
    return list(change_by_order(answer, THROUGHPUT, ALL, corridor).values())
