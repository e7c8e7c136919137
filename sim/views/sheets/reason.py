"""The reason of an answer, of what the answer is about, and what the answer hangs on.

The reason is what cargo waits for, what a dwell is made of, or what changes. An answer hangs on choices that no source
states, on inputs that differ, on whom Tez leaves out, and on how much is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.compare.materiality import SHARE, Verdict
from sim.study.compare.order_of_works import is_about_tez
from sim.study.field.waits import BAN, ROOMS, longest_wait
from sim.study.headline import (
    DWELL,
    WAIT_H,
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
    waits_that_change,
)
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.language import counted, message, spoken_title, term
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
        return message("No train waits.")
    first = longest.first
    share = message("{share} of hours waited", share=words.percent(first.hours / longest.total_h))
    behind = obstacle_words(run, longest.behind, [wait.cause for wait in longest.there])
    if first.cause == BAN:
        share += held_words(run, year)
        why = message("Cargo waits at its origin until an agreed limit lets it set out ({share}).", share=share)
        if longest.behind is not None:
            why = message(
                "The railway bans loading while a place ahead is full: cargo waits at its origin ({share}).",
                share=share,
            )
        return words.paragraph([why, behind])
    sentence = message(
        "Trains wait most for {cause} at {place} ({share}).",
        cause=term(words.CAUSES[first.cause]),
        place=words.title_of(run.scenario, first.place, ALL),
        share=share,
    )
    return words.paragraph([sentence, behind])


def border_reason(run: Results, border: str) -> str:
    """What most of the dwell at a border is, and what trains wait for there: work may be long where no queue is."""
    year = subject_of(run)[1]
    parts, waits = parts_of_dwell(run, border, year), waits_at(run, border, year)
    dwell = rows_at(run.kpis, DWELL, border, ALL, year)["mean"].iloc[0]
    titles = words.ACTIVITIES | {"customs": "customs"}
    made_of = words.joined_by_and(
        message("{activity} ({hours} h)", activity=term(titles[part.activity]), hours=words.figure(part.hours))
        for part in parts
    )
    sentences = [message("The dwell is most of all {parts}.", parts=made_of)] if parts else []
    if not waits:
        return words.paragraph([*sentences, message("No train waits there.")])
    first = waits[0]
    sentence = message(
        "Trains wait for {share} of it, most for {cause} ({hours} h a train){behind}.",
        share=words.percent(sum(wait.hours for wait in waits) / dwell),
        cause=term(words.CAUSES[first.cause]),
        hours=words.figure(first.hours),
        behind=behind_words(waits, dwell),
    )
    return words.paragraph([*sentences, sentence])


def behind_words(waits: Sequence[DwellWait], dwell_h: float) -> str:
    """What the trains that take up the room wait for, where most of a dwell is the wait for room.

    More room is no cure of a wait inside: the trains would stand there instead.
    """
    if waits[0].cause not in ROOMS:
        return ""
    inside_h = dwell_h - sum(wait.hours for wait in waits if wait.cause in ROOMS)
    inside = next((wait for wait in waits if wait.cause not in ROOMS), None)
    if inside is None or inside.hours < inside_h * SHARE_INSIDE:
        return message(", full of trains at work")
    return message(
        ", full of trains that wait for {cause} ({hours} h a train)",
        cause=term(words.CAUSES[inside.cause]),
        hours=words.figure(inside.hours),
    )


def change_reason(answer: Contest) -> str:
    """Which parts of the dwell change, where the answer is of its change; else what cargo waits for in the other.

    Where no part of it changes, the change is elsewhere: what trains wait longer or shorter for, and where.
    """
    rival = answer.results[1]
    year = subject_of(answer.results[0])[1]
    border = border_of_change(answer, year)
    if target_outcome(rival) is not None or border is None:
        return reason_words(rival)
    where = words.title_of(answer.scenario, border, ALL)
    changes = parts_that_change(answer, border, year)[:MOST_CAUSES]
    if not changes:
        return waits_reason(answer, year) or message("No part of the dwell at {place} is seen to change.", place=where)
    parts = [
        message("{part} {change}", part=words.part_of_measure(change.kpi), change=change_text(change))
        for change in changes
    ]
    return message("The dwell at {place} changes most by {parts}.", place=where, parts=words.joined_by_and(parts))


def waits_reason(answer: Contest, year: str) -> str:
    """What trains wait longer or shorter for, and where; nothing where that is not seen."""
    waits = [
        message(
            "for {cause} at {place} {change}",
            cause=term(words.CAUSES[change.kpi.removeprefix(WAIT_H)]),
            place=words.title_of(answer.scenario, change.place, ALL),
            change=change_text(change),
        )
        for change in waits_that_change(answer, year)[:MOST_CAUSES]
    ]
    return message("Waits change most {waits}.", waits=words.joined_by_and(waits)) if waits else ""


def held_words(run: Results, year: str) -> str:
    """Whose cargo waits longest at its origin."""
    held = longest_held(run, year)
    if held is None:
        return ""
    flow = spoken_title(run.scenario.flows[held.flow].title)
    return message("; longest, {time} a train, {flow}", time=span_words(held.days), flow=flow)


def span_words(days: float) -> str:
    """Days as people say them: weeks from three weeks on."""
    if days >= WEEKS_FROM_DAYS:
        return counted(round(days / 7), "{count} week", "{count} weeks")
    return message("{number} days", number=words.figure(days, 1))


def obstacle_words(run: Results, place: str | None, causes: list[str]) -> str:
    """The place that cargo waits behind, and what is waited for there."""
    if place is None or not causes:
        return ""
    return message(
        "The bottleneck is {place}, where trains wait for {causes}.",
        place=words.title_of(run.scenario, place, ALL),
        causes=words.joined_by_and(term(words.CAUSES[cause]) for cause in causes[:MOST_CAUSES]),
    )


def change_text(change: PairedChange) -> str:
    """A difference with its sign, interval and unit."""
    sign = "+" if change.difference > 0 else ""
    return words.quantity(f"{sign}{words.interval_text(change.difference, change.low, change.high)}", change.unit)


# What it hangs on


def assumed_words(run: Results) -> str:
    """How many inputs are assumed."""
    return message("{told}.", told=words.standing(run))


def hangs_words(answer: Contest) -> str:
    """The choice without a source on which hours saved hang, what of the whole Tez clears, and how much is assumed."""
    base, rival = answer.results
    sentences = [
        *inputs_sentences(answer),
        *coverage_sentences(answer),
        *overload_sentences(rival.scenario, subject_of(rival)[1]),
        *introduction_sentences(base.scenario, rival.scenario, only_caveats=True),
    ]
    standing = [*sentences, assumed_words(rival)]
    by_order = dwell_by_order(answer)
    if not by_order:
        if not is_about_tez(base.scenario, rival.scenario):
            return words.paragraph(standing)
        untried = message("The order of works at the border, which no source states; no other was tried here.")
        return words.paragraph([untried, *standing])
    names: dict[str, list[str]] = {}
    for order, change in by_order.items():
        names.setdefault(dwell_under_order(change), []).append(order)
    if len(names) == 1 and not any(change.is_seen for change in tonnes_by_order(answer)):
        sentence = message(
            "Not the order of works, which no source states: dwell {change} under each tried.",
            change=next(iter(names)),
        )
        return words.paragraph([sentence, *standing])
    by_text = words.listed_apart(
        message("{change} {orders}", change=text, orders=orders_words(orders))
        for text, orders in names.items()
        if orders != ["stated"]
    )
    sentence = message(
        "{hanging}; dwell by the works before release: {changes}.", hanging=hangs_on_order(answer), changes=by_text
    )
    return words.paragraph([sentence, *standing])


def dwell_under_order(change: PairedChange) -> str:
    """What the change of the dwell comes to under an order of works, in short."""
    if change.verdict is Verdict.UNSEEN:
        return message("not told from luck (n = {number})", number=change.replications)
    mean = words.measured(change.difference, change.low, change.high)
    if change.verdict is Verdict.SMALL:
        return message("{number} h (under {limit} %)", number=mean, limit=words.stated_number(100 * SHARE))
    return message("{number} h", number=mean)


WORKS_FIRST = {
    "stated": "as assumed",
    "nothing": "with nothing",
    "placing": "with wagons ordered",
    "gauge_change": "with transshipped",
    "forming": "with all but departure",
}
"""The orders of works by what is done before the release."""


def orders_words(orders: Sequence[str]) -> str:
    """Some orders of works, one or the other."""
    first, *others = [term(WORKS_FIRST[order]) for order in orders]
    return reduce(lambda before, after: message("{before} or {after}", before=before, after=after), others, first)


MOST_INPUTS_TOLD = 2


def inputs_sentences(answer: Contest) -> Iterator[str]:
    """In which inputs two scenarios differ, beside the regimes where those are what is asked of."""
    table = answer.frames["inputs"]
    if is_about_tez(*(run.scenario for run in answer.results)):
        table = table[~table["key"].str.contains(r"(?:^|\.)regimes?\b")]
    if table.empty:
        return
    changes = [f"{row['key']} {row['value_a'] or '–'} → {row['value_b'] or '–'}" for _, row in table.iterrows()]
    sentence = words.listed_short(changes, MOST_INPUTS_TOLD)
    yield message("Inputs that differ: {inputs}.", inputs=sentence)


def coverage_sentences(answer: Contest) -> Iterator[str]:
    """Which part of the declarations at the border of the answer Tez clears, and how many keep to paper, if some do."""
    base, rival = answer.results
    period = subject_of(base)[1]
    border = border_of_change(answer, period)
    coverage = None if border is None else coverage_of(rival, border, period)
    if coverage is not None and coverage.left_out:
        numbers = {"number": len(coverage.left_out), "total": coverage.groups}
        left_out = message("{number} of {total} flows stay on paper there", **numbers)
        if rival.scenario.corridors:
            left_out = message("{number} of {total} corridors stay on paper there", **numbers)
        hours = words.figure(coverage.clearance_h)
        yield message("{left_out}; what Tez clears takes {hours} h.", left_out=left_out, hours=hours)


def hangs_on_order(answer: Contest) -> str:
    """What hangs on the order of works: the hours saved, and the tonnes only if they are seen to change under one."""
    changes = tonnes_by_order(answer)
    means = list(dict.fromkeys(words.figure(mean) for mean in sorted(change.mean_b for change in changes)))
    is_of_tonnes = any(change.is_seen for change in changes)
    if not means:
        if is_of_tonnes:
            return message("Hours and tonnes, on the order of works, which no source states")
        return message("The hours, not the tonnes, on the order of works, which no source states")
    span = words.span_of(means[0], means[-1]) if len(means) > 1 else means[0]
    tonnes = words.quantity(span, changes[0].unit)
    if is_of_tonnes:
        return message("Hours and tonnes ({tonnes}), on the order of works, which no source states", tonnes=tonnes)
    return message("The hours, not the tonnes ({tonnes}), on the order of works, which no source states", tonnes=tonnes)


def tonnes_by_order(answer: Contest) -> list[PairedChange]:
    """The change of the tonnes carried under each order of works."""
    corridor, _ = subject_of(answer.results[0])
    return list(change_by_order(answer, THROUGHPUT, ALL, corridor).values())
