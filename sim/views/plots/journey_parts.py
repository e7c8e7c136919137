"""Where the time of a journey goes: from ready to delivered, by part of the journey, waits apart from work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.runs.results import Results, Several, several_results
from sim.scenario.addresses import Address
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.meaning import last_full_year
from sim.scenario.values import ALL
from sim.study.compare.compare import difference_of
from sim.study.field.journey_parts import BAN, CUSTOMS, PARTS, WAIT, WORK, flows_of_note, hours_by_part, tonne_hours
from sim.study.field.telling import telling_flow
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots import style
from sim.views.plots.forest import WIDTH, note_at_right
from sim.views.plots.settings import own_settings
from sim.views.plots.titles import across, as_title, at_period, interval_words, measure_of, told_labels

BAR_INCH, LINE_INCH, REST_INCH = 0.32, 0.17, 2.8
LEAST_SEEN = 0.002
"""Of the longest bar: a part below it is no more than a line, and has no name in the legend."""
IN_ORDER = (BAN, *(part for part in PARTS if part is not BAN))
"""The parts from left to right: what comes before the journey first."""


@dataclass(frozen=True)
class Bar:
    """One bar: its place, hours (parts, waits and work), and what is said at its right."""

    middle: float
    hours: FloatArray
    note: str


@own_settings()
def where_time_goes(results: Several, caption: str = "", period: str | None = None, flow: str | None = None) -> Figure:
    """Mean time of a train in each part of its journey, from ready to delivered, one bar for each flow and result.

    Means over all replications, see `hours_by_part`; what two results differ by is said beside, paired. Of more than
    `MOST_FLOWS` flows, those with most tonnes and those that change most are drawn.

    Parameters
    ----------
    period
        A calendar year, or `all`; by default the last full year of the first result.
    flow
        The one flow to draw; by default all of note.

    Raises
    ------
    NothingToDraw
        No train reached its end.
    """
    results = several_results(results)
    period = period or last_full_year(results[0].scenario)
    tables = [hours_by_part(result, period) for result in results]
    flows, left_out = ([flow], 0) if flow else flows_of_note(results, tables)
    flows = [name for name in flows if any(name in table for table in tables)]
    if not flows:
        raise style.NothingToDraw("no train reached its end")
    titles = [style.wrapped(flow_title(results, name), 40) for name in flows]
    rooms = [max(BAR_INCH * len(results), LINE_INCH * (1 + title.count("\n"))) + 0.12 for title in titles]
    subject = telling_flow(results)
    subject = subject if subject in flows else max(flows, key=lambda name: tonne_hours(results, tables, name))
    notes = [
        parts_note(results, period),
        differences_note(results),
        flows_note(left_out),
        under_way(results, period),
        caption,
    ]
    figure = style.sheet(
        longest_part(results, subject, tables, period), words.paragraph(notes), WIDTH, REST_INCH + sum(rooms)
    )
    axes = figure.add_subplot()
    longest_h = max(float(table[name].sum()) for table in tables for name in flows if name in table)
    unit_h, across_words = time_across(longest_h)
    style.dress(axes, across_words, "", grid="x")
    middles = np.cumsum(rooms) - np.array(rooms) / 2
    axes.set_yticks(middles, titles)
    axes.tick_params(axis="y", labelsize=style.SMALL_PT, length=0)
    axes.set_ylim(sum(rooms), 0)
    offsets = BAR_INCH * (np.arange(len(results)) - (len(results) - 1) / 2)
    bars = [
        Bar(middle + offset, table[name] / unit_h, total_words(results, i, name, table[name], period))
        for i, (table, offset) in enumerate(zip(tables, offsets, strict=True))
        for name, middle in zip(flows, middles, strict=True)
        if name in table
    ]
    draw_bars(axes, bars)
    if len(results) > 1:
        key = [f"{letter}: {label}" for letter, label in zip(letters(results), told_labels(results), strict=True)]
        style.heading(axes, style.wrapped("\n".join(key), style.fitting(WIDTH, style.TEXT_PT) - 40), "normal")
    style.key_below(axes, 3)
    return figure


def time_across(longest_h: float) -> tuple[float, str]:
    """The unit of time: its hours, and how the axis names it."""
    if longest_h <= style.LONGEST_IN_HOURS:
        return 1.0, message("mean hours a train, from ready to delivered")
    return HOURS_PER_DAY, message("mean days a train, from ready to delivered")


def parts_note(results: Sequence[Results], period: str) -> str:
    """What the bars are."""
    return message(
        "{period}. {basis}. Means of the passages that ended in the period, and of the wait before setting out; at the "
        "right the time from ready to delivered of the journeys that ended in it.",
        period=as_title(words.period(period)),
        basis=style.basis_of(results),
    )


def longest_part(results: Sequence[Results], flow: str, tables: Sequence[dict[str, FloatArray]], period: str) -> str:
    """How long a journey takes from ready to delivered, and what most of it is."""
    hours = next(table[flow] for table in tables if flow in table)
    part, kind = np.unravel_index(int(hours.argmax()), hours.shape)
    longest_h = float(hours[part, kind])
    longest = words.duration(longest_h)
    if longest_h >= 3 * HOURS_PER_DAY:
        longest = words.quantity(f"{longest_h / HOURS_PER_DAY:.0f}", "days")
    part_title = term(PARTS[part].title)
    if PARTS[part] is BAN:
        place = message("longest part: {time} held back before setting out", time=longest)
    elif kind == WAIT:
        place = message("longest part: {part}, {time} of waiting", part=part_title, time=longest)
    else:
        place = message("longest part: {part}, {time} of work", part=part_title, time=longest)
    days = across(results, Address("journey_days", ALL, flow, period), "days")
    finding = words.listed_apart(filter(None, [days, place]))
    return message(
        "{subject} {when}: {found}", subject=flow_title(results, flow), when=at_period(period), found=finding
    )


def differences_note(results: Sequence[Results]) -> str:
    """How to read what is said beside bars of several results."""
    if len(results) == 1:
        return ""
    return message("After the semicolon: the paired difference from {first}, days.", first=letters(results)[0])


def flows_note(left_out: int) -> str:
    """How many flows have no bar, and why these have one."""
    if not left_out:
        return ""
    return message("{number} flows with fewer tonnes and smaller changes are left out.", number=left_out)


def change_words(base: Results, result: Results, flow: str, period: str) -> str:
    """The paired difference in the time of a journey from the first result, in words; nothing for the first itself."""
    gap = None if result is base else difference_of(base, result, Address("journey_days", ALL, flow, period))
    if gap is None:
        return ""
    mean, low, high = (round(end, 4) for end in (gap.mean, gap.low, gap.high))  # none to speak of is 0
    return f"; {words.interval_text(mean, low, high)}"


def flow_title(results: Sequence[Results], flow: str) -> str:
    """The title of a flow, by the first of the results that has it."""
    return spoken_title(next(run.scenario.flows[flow].title for run in results if flow in run.scenario.flows))


def letters(results: Sequence[Results]) -> list[str]:
    """A, B, ... for the results; nothing for a single one."""
    return [chr(ord("A") + i) for i in range(len(results))] if len(results) > 1 else [""]


def draw_bars(axes: Axes, bars: Sequence[Bar]) -> None:
    """Stack the parts of each bar, waits hatched and lighter, and write its note at the right."""
    heights = [bar.middle for bar in bars]
    hours = np.array([bar.hours for bar in bars])
    ends = np.zeros(len(bars))
    for part in IN_ORDER:
        i = PARTS.index(part)
        title = term(part.title)
        wait_name = message("{part}: wait", part=title)
        if part is BAN:
            wait_name = message("held back before setting out")
        for kind, name in ((WAIT, wait_name), (WORK, message("{part}: work", part=title))):
            width = hours[:, i, kind]
            if not width.any():
                continue
            label = name if width.max() >= LEAST_SEEN * hours.sum(axis=(1, 2)).max() else "_thin"
            shade = 0.0 if kind == WORK or part is BAN else 0.55
            face, hatch = style.lighter(style.PART_COLOURS[i], shade), "////" if kind == WAIT else ""
            edge = style.INK if part is CUSTOMS else "white"
            look: dict[str, Any] = {"color": face, "hatch": hatch, "edgecolor": edge, "linewidth": 0.5, "label": label}
            axes.barh(heights, width, 0.8 * BAR_INCH, ends, **look)
            ends += width
    axes.set_xlim(0, 1.02 * ends.max())
    for bar in bars:
        note_at_right(axes, bar.middle, bar.note)


def total_words(results: Sequence[Results], i: int, flow: str, hours: FloatArray, period: str) -> str:
    """The time from ready to delivered with its interval, the share of customs in it, and what differs."""
    journey = measure_of(results[i], Address("journey_days", ALL, flow, period))
    took = words.quantity(interval_words(journey), "d") if journey else words.duration(float(hours.sum()))
    share = float(hours[PARTS.index(CUSTOMS)].sum() / hours.sum()) if hours.any() else 0.0
    change = change_words(results[0], results[i], flow, period)
    customs = message("customs {share}", share=words.percent(share)) if share else message("no customs")
    return f"{letters(results)[i]} {words.comma_list([took, customs])}{change}".strip()


def under_way(results: Sequence[Results], period: str) -> str:
    """How many trains are still under way or held back at the end of the period, and so in no bar."""
    inside = [measure_of(result, Address("trains_inside", ALL, ALL, period)) for result in results]
    trains = words.joined_by_and(words.figure(value.mean, 0) for value in inside if value is not None)
    beside = any(result.tables.stages["beside"].any() for result in results)
    aside = message("Formalities beside the gauge change count as far as the train waits for them.") if beside else ""
    trains_note = (
        message("Trains under way or held back at its end, in no bar: {trains}.", trains=trains) if trains else ""
    )
    return words.paragraph([trains_note, aside])
