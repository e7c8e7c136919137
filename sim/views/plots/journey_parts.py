"""Where the time of a journey goes: hours a train, by part of the journey, waits apart from work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.runs.results import Results, labels
from sim.scenario.addresses import Address
from sim.scenario.values import ALL
from sim.study.compare.compare import difference_of
from sim.study.field.journey_parts import BAN, CUSTOMS, JOURNEY, PARTS, WAIT, WORK, flows_of_note, hours_by_part
from sim.views import words
from sim.views.plots import style
from sim.views.plots.forest import WIDTH, note_at_right
from sim.views.plots.settings import own_settings

BAR_INCH, LINE_INCH, REST_INCH = 0.32, 0.17, 2.8
SHORTEST_BAN_H = 0.5
COLOURS = (
    style.VERMILLION,
    "#999999",
    style.PURPLE,
    style.ORANGE,
    style.YELLOW,
    style.GREEN,
    "#4800F0",
    style.BLUE,
    style.SKY,
)


@dataclass(frozen=True)
class Bar:
    """One bar: its place, hours (parts, waits and work), the letter of its result, and its change from the first."""

    middle: float
    hours: FloatArray
    letter: str
    change: str = ""


@own_settings()
def where_time_goes(results: Sequence[Results], caption: str) -> Figure:
    """Mean hours a train spends in each part of its journey, one bar for each flow and result.

    Only trains that entered within the horizon and reached their end in it count; the caption says how many did not.
    The hours are those of replication 0, an example; what two results differ by is said beside, over all replications.
    Of more than `MOST_FLOWS` flows, those with most tonnes and those that change most are drawn.

    Raises
    ------
    NothingToDraw
        No train reached its end.
    """
    tables = [hours_by_part(result) for result in results]
    flows, left_out = flows_of_note(results, tables)
    if not flows:
        raise style.NothingToDraw("no train reached its end")
    titles = [style.wrapped(flow_title(results, flow), 40) for flow in flows]
    rooms = [max(BAR_INCH * len(results), LINE_INCH * (1 + title.count("\n"))) + 0.12 for title in titles]
    figure = style.sheet(
        "Where the time of a train goes: one replication, an example",
        f"{style.example_of(results)}; {horizons(results)}. {differences_note(results)}{flows_note(left_out)}"
        f"{trains_drawn(results)} {caption}",
        WIDTH,
        REST_INCH + sum(rooms),
    )
    axes = figure.add_subplot()
    style.dress(axes, "mean hours a train", "", grid="x")
    middles = np.cumsum(rooms) - np.array(rooms) / 2
    axes.set_yticks(middles, titles)
    axes.tick_params(axis="y", labelsize=style.SMALL_PT, length=0)
    axes.set_ylim(sum(rooms), 0)
    offsets = BAR_INCH * (np.arange(len(results)) - (len(results) - 1) / 2)
    bars = [
        Bar(middle + offset, table[flow], letter, change_words(results[0], result, flow))
        for result, table, offset, letter in zip(results, tables, offsets, letters(results), strict=True)
        for flow, middle in zip(flows, middles, strict=True)
        if flow in table
    ]
    draw_bars(axes, bars)
    if len(results) > 1:
        key = [f"{letter}: {label}" for letter, label in zip(letters(results), labels(results), strict=True)]
        style.heading(axes, style.wrapped("\n".join(key), style.fitting(WIDTH, style.TEXT_PT) - 40), "normal")
    style.key_below(axes, 3)
    return figure


def horizons(results: Sequence[Results]) -> str:
    """The days that trains are drawn of."""
    spans = (result.scenario.horizon for result in results)
    return words.joined_by_and(words.days_from(span.start, span.end - dt.timedelta(days=1)) for span in spans)


def differences_note(results: Sequence[Results]) -> str:
    """How to read bars of several results: luck is in each of them, and not in the difference beside."""
    if len(results) == 1:
        return ""
    return (
        "Bars differ by luck, too: what a change comes to is said at the right, the paired difference in days of "
        f"transit from the first, {letters(results)[0]}, over {style.basis_of(results)}. "
    )


def flows_note(left_out: int) -> str:
    """How many flows have no bar, and why these have one."""
    return f"{left_out} flows with fewer tonnes and smaller changes are left out. " if left_out else ""


def change_words(base: Results, result: Results, flow: str) -> str:
    """The paired difference in transit of a flow from the first result, in words; nothing for the first itself."""
    if result is base:
        return ""
    gap = difference_of(base, result, Address("transit_days", ALL, flow, ALL))
    if gap is None:
        return ""
    mean, low, high = (round(end, 4) for end in (gap.mean, gap.low, gap.high))  # none to speak of is 0
    return f"; {words.interval_text(mean, low, high, ' ')} d"


def flow_title(results: Sequence[Results], flow: str) -> str:
    """The title of a flow, by the first of the results that has it."""
    return next(result.scenario.flows[flow].title for result in results if flow in result.scenario.flows)


def letters(results: Sequence[Results]) -> list[str]:
    """A, B, ... for the results; nothing for a single one."""
    return [chr(ord("A") + i) for i in range(len(results))] if len(results) > 1 else [""]


def draw_bars(axes: Axes, bars: Sequence[Bar]) -> None:
    """Stack the parts of each bar, waits hatched and lighter; name its total and the share of customs at the right."""
    heights = [bar.middle for bar in bars]
    hours = np.array([bar.hours for bar in bars])
    ends = np.zeros(len(bars))
    for i, part in enumerate(JOURNEY):
        for kind, name in ((WAIT, f"{part.title}: wait"), (WORK, f"{part.title}: work")):
            width = hours[:, i, kind]
            if not width.any():
                continue
            face, hatch = (style.lighter(COLOURS[i], 0.55), "////") if kind == WAIT else (COLOURS[i], "")
            edge = style.INK if part is CUSTOMS else "white"
            axes.barh(
                heights, width, 0.8 * BAR_INCH, ends, label=name, color=face, hatch=hatch, edgecolor=edge, linewidth=0.5
            )
            ends += width
    axes.set_xlim(0, 1.02 * ends.max())
    for bar, total in zip(bars, ends, strict=True):
        text = total_words(bar, float(total))
        note_at_right(axes, bar.middle, text)


def total_words(bar: Bar, hours: float) -> str:
    """The length of a journey, the share of customs in it, and how long the train was held back before."""
    share = bar.hours[PARTS.index(CUSTOMS)].sum() / hours if hours else 0.0
    before_h = float(bar.hours[PARTS.index(BAN)].sum())
    before = f"\nafter {words.duration(before_h)} held back" if before_h >= SHORTEST_BAN_H else ""
    return f"{bar.letter} {words.duration(hours)}, customs {words.percent(share)}{bar.change}{before}".strip()


def trains_drawn(results: Sequence[Results]) -> str:
    """Which trains, and which of their spells, are in the bars."""
    trains = [result.tables.trains for result in results]
    under_way = words.joined_by_and(
        f"{int(((rows['entered_h'] >= 0) & rows['left_h'].isna()).sum()):,}" for rows in trains
    )
    beside = any(result.tables.stages["beside"].any() for result in results)
    aside = " Formalities beside the gauge change count as far as the train waits for them." if beside else ""
    return f"Trains that reached their end; {under_way} still under way.{aside}"
