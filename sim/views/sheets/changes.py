"""What changes from one scenario to another, in words: hours that Tez saves at the border, tonnes that it brings."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.compare.materiality import SHARE, Verdict
from sim.study.headline import CLEARANCE, DWELL, JOURNEY, PairedChange, amounts_saved, changes_first
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.language import message, term
from sim.views.sheets.reason import change_text

SHORT = {THROUGHPUT: "throughput", JOURNEY: "mean journey, ready to delivered", CLEARANCE: "clearance", DWELL: "dwell"}
SHORT |= {
    "trains_diverted": "went another way, for the corridor is slower",
    "trains_lost": "gave up waiting to set out",
}
"""The measures that answer first; times are means over trains."""


def tez_words(answer: Contest) -> str:
    """Hours at the border and tonnes that Tez Customs saves, costs or brings; each only if it is seen."""
    changes = {change.kpi: change for change in changes_first(answer)}
    hours = "" if (dwell := changes.get(DWELL)) is None else hours_words(answer, dwell)
    tonnes = "" if (change := changes.get(THROUGHPUT)) is None else tonnes_words(change)
    if hours and tonnes:
        return message("Tez Customs {saves} and {brings}", saves=hours, brings=tonnes)
    if hours or tonnes:
        return message("Tez Customs {told}", told=hours or tonnes)
    return message("Tez Customs clears no train here")


def hours_words(answer: Contest, dwell: PairedChange) -> str:
    """Hours saved at the border: over the orders of works, if those were tried, for the interval is of luck alone."""
    place = place_words(answer, dwell)
    ends = [saved_words(change) for change in amounts_saved(answer)]
    alone = message("{told} at {place}", told=dwell_change_words(dwell), place=place)
    if dwell.verdict is Verdict.UNTOLD or {*ends} <= {"0"}:
        return alone
    if ends[0] == ends[-1]:
        return message("{told} in whatever order of works", told=alone)
    as_assumed = message("none told from luck")
    if dwell.verdict is not Verdict.UNSEEN:
        as_assumed = size_words(dwell)
        if dwell.difference > 0:
            as_assumed = message("costs {amount}", amount=as_assumed)
    return message(
        "{span} of {mean} h at {place} by the order of works (as assumed {as_assumed})",
        span=span_of_hours(ends[0], ends[-1]),
        mean=words.figure(dwell.mean_a),
        place=place,
        as_assumed=as_assumed,
    )


def span_of_hours(least: str, largest: str) -> str:
    """From the least to the most saved: "saves 0 to 3.7", "costs 1.2 or saves 3.7", "costs 0 to 1.2"."""
    if not least.startswith("−"):
        return message("saves {low} to {high}", low=least, high=largest)
    costs = least.removeprefix("−")
    if largest.startswith("−") or largest == "0":
        return message("costs {low} to {high}", low=largest.removeprefix("−"), high=costs)
    return message("costs {costs} or saves {saves}", costs=costs, saves=largest)


def saved_words(change: PairedChange | None) -> str:
    """Hours saved, with the digits of their interval; "0" for what cannot be told from luck."""
    if change is None:
        return "0"
    return words.interval_text(-change.difference, -change.high, -change.low).partition(" [")[0]


def size_words(change: PairedChange) -> str:
    """The size of a change, without its sign, and its interval."""
    sign = math.copysign(1, change.difference)
    return words.interval_text(abs(change.difference), *sorted((sign * change.low, sign * change.high)))


def dwell_change_words(change: PairedChange) -> str:
    """What hours come to: "saves 3.3 [0.1, 6.5] of 45.5 h"; "saves no hour that can be told from luck"."""
    if change.verdict is Verdict.UNSEEN:
        return message("saves no hour that can be told from luck")
    amount = amount_words(change)
    sentence = message("saves {amount}", amount=amount)
    if change.difference >= 0:
        sentence = message("costs {amount}", amount=amount)
    return with_caveat(sentence, change.verdict)


def tonnes_words(change: PairedChange) -> str:
    """What tonnes come to: "brings 0.3 [0.1, 0.5] of 4.2 Mt"; "brings no tonne that can be told from luck"."""
    if change.verdict is Verdict.UNSEEN:
        return message("brings no tonne that can be told from luck")
    amount = amount_words(change)
    sentence = message("takes away {amount}", amount=amount)
    if change.difference >= 0:
        sentence = message("brings {amount}", amount=amount)
    return with_caveat(sentence, change.verdict)


def amount_words(change: PairedChange) -> str:
    """The size of a change beside the mean it is of."""
    whole = words.quantity(words.figure(change.mean_a), change.unit)
    return message("{size} of {whole}", size=size_words(change), whole=whole)


def with_caveat(sentence: str, verdict: Verdict) -> str:
    """What is told of a change, and why it may be none."""
    match verdict:
        case Verdict.UNTOLD:
            return message("{told} (too few replications to tell)", told=sentence)
        case Verdict.SMALL:
            return message("{told} (under {limit} %)", told=sentence, limit=words.stated_number(100 * SHARE))
        case Verdict.UNSEEN | Verdict.DIFFERS:
            return sentence


def place_words(answer: Contest, change: PairedChange) -> str:
    """Where a change is seen."""
    return words.title_of(answer.scenario, change.place, change.flow)


def seen_words(answer: Contest, change: PairedChange) -> str:
    """A change that is seen: its measure, where it is not of all trains everywhere where, and its size."""
    measure, size = term(SHORT[change.kpi]), change_text(change)
    if change.place == change.flow == ALL:
        return message("{measure} {change}", measure=measure, change=size)
    return message("{measure} {place} {change}", measure=measure, place=place_words(answer, change), change=size)


def changes_words(answer: Contest) -> str:
    """Which of the numbers that answer first differ, and by how much."""
    changes = changes_first(answer)
    seen = [seen_words(answer, change) for change in seen_of(changes)]
    a, b = (run.name for run in answer.results)
    if seen:
        return message("{b} less {a}: {changes}", b=b, a=a, changes=words.listed_apart(seen))
    if changes and changes[0].verdict is Verdict.UNTOLD:
        return message("{number} replications cannot tell {b} from {a}", number=changes[0].replications, b=b, a=a)
    if any(change.verdict is Verdict.SMALL for change in changes):
        return message(
            "Nothing that answers first can be told from luck between {a} and {b} and is large enough to matter",
            a=a,
            b=b,
        )
    if any(change.low < change.high for change in changes):
        return message("Nothing that answers first can be told from luck between {a} and {b}", a=a, b=b)
    return message("Nothing that answers first differs between {a} and {b}", a=a, b=b)


def seen_of(changes: list[PairedChange]) -> Iterator[PairedChange]:
    """The changes that are seen and matter."""
    yield from (change for change in changes if change.is_seen)
