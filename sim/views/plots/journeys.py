"""Where the time of a journey goes: hours a train, by part of the journey, waits apart from work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.counting import coded
from sim.views import words
from sim.views.plots.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    SMALL_PT,
    TEXT_PT,
    VERMILLION,
    YELLOW,
    NothingToDraw,
    basis,
    dress,
    fitting,
    heading,
    key_below,
    labels,
    lighter,
    listed,
    sheet,
    wrapped,
)

if TYPE_CHECKING:
    from sim.measure.counting import IntArray
    from sim.measure.statistics import FloatArray
    from sim.run.results import Results

WIDTH = 11.0
MOST_FLOWS = 12
BAR_INCH, LINE_INCH, REST_INCH = 0.32, 0.17, 2.8
SHORTEST_BAN_H = 0.5
COLOURS = (VERMILLION, "#999999", PURPLE, ORANGE, YELLOW, GREEN, "#4800F0", BLUE, SKY)
WAIT, WORK = 0, 1
JOURNEY = [part for part in words.PARTS if part is not words.BAN]


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands, its hours (parts, waits and work), and the letter of its result."""

    middle: float
    hours: FloatArray
    letter: str


def where_time_goes(results: Sequence[Results], caption: str) -> Figure:
    """Mean hours a train spends in each part of its journey, one bar for each flow and result.

    Only trains that entered within the horizon and reached their end in it count; the caption says how many did not.
    Of more than `MOST_FLOWS` flows, those of corridors are drawn, and of these the longest.

    Raises
    ------
    NothingToDraw
        No train reached its end.
    """
    tables = [hours_by_part(result) for result in results]
    flows = longest(results, tables)
    if not flows:
        raise NothingToDraw("no train reached its end")
    titles = [wrapped(next(r.scenario.flows[f].title for r in results if f in r.scenario.flows), 40) for f in flows]
    rooms = [max(BAR_INCH * len(results), LINE_INCH * (1 + title.count("\n"))) + 0.12 for title in titles]
    figure = sheet(
        "Where the time of a train goes",
        f"First of {basis(results)}. {counted(results)} {caption}",
        WIDTH,
        REST_INCH + sum(rooms),
    )
    axes = figure.add_subplot()
    dress(axes, "mean hours a train", "", grid="x")
    middles = np.cumsum(rooms) - np.array(rooms) / 2
    axes.set_yticks(middles, titles)
    axes.tick_params(axis="y", labelsize=SMALL_PT, length=0)
    axes.set_ylim(sum(rooms), 0)
    offsets = BAR_INCH * (np.arange(len(results)) - (len(results) - 1) / 2)
    bars = [
        Bar(middle + offset, table[flow], letter)
        for table, offset, letter in zip(tables, offsets, letters(results), strict=True)
        for flow, middle in zip(flows, middles, strict=True)
        if flow in table
    ]
    draw_bars(axes, bars)
    if len(results) > 1:
        pairs = zip(letters(results), labels(results), strict=True)
        heading(
            axes,
            wrapped("\n".join(f"{letter}: {label}" for letter, label in pairs), fitting(WIDTH, TEXT_PT) - 40),
            "normal",
        )
    key_below(axes, 3)
    return figure


def letters(results: Sequence[Results]) -> list[str]:
    """A, B, ... for the results; nothing for a single one."""
    return [chr(ord("A") + i) for i in range(len(results))] if len(results) > 1 else [""]


def hours_by_part(result: Results) -> dict[str, FloatArray]:
    """Mean hours a train by flow, shape (parts, 2): waits and work of each of `words.PARTS`."""
    trains, stages = result.tables.trains, result.tables.stages
    flows, parts = list(result.scenario.flows), len(words.PARTS)
    done = trains[(trains["entered_h"] >= 0) & trains["left_h"].notna()]
    flow_of_row = coded(done["flow"], flows)
    row = pd.Index(done["train"]).get_indexer(stages["train"].to_numpy())
    counted = (row >= 0) & ~stages["beside"].to_numpy()
    spells, flow = stages[counted], flow_of_row[row[counted]]
    queued_h, started_h, ended_h = (spells[name].to_numpy() for name in ("queued_h", "started_h", "ended_h"))
    cells = len(flows) * parts
    waits = np.bincount(flow * parts + part_of(spells["cause"], "causes"), started_h - queued_h, cells)
    work = np.bincount(flow * parts + part_of(spells["activity"], "activities"), ended_h - started_h, cells)
    number = np.bincount(flow_of_row, minlength=len(flows))
    sums = np.stack([waits, work], axis=-1).reshape(len(flows), parts, 2)
    return {name: sums[i] / number[i] for i, name in enumerate(flows) if number[i]}


def part_of(column: pd.Series[Any], kind: Literal["activities", "causes"]) -> IntArray:
    """The position in `words.PARTS` of each activity, or of each cause."""
    part = {word: i for i, part in enumerate(words.PARTS) for word in getattr(part, kind)}
    return np.array(list(part.values()))[coded(column, list(part))]


def longest(results: Sequence[Results], tables: Sequence[dict[str, FloatArray]]) -> list[str]:
    """The flows to draw, the longest journey first."""
    total = {flow: float(table[flow][: len(JOURNEY)].sum()) for table in reversed(tables) for flow in table}
    if len(total) > MOST_FLOWS:
        named = {name for result in results for name, flow in result.scenario.flows.items() if flow.corridor}
        total = {flow: hours for flow, hours in total.items() if flow in named} or total
    return sorted(total, key=lambda flow: -total[flow])[:MOST_FLOWS]


def counted(results: Sequence[Results]) -> str:
    """Which trains, and which of their spells, are in the bars."""
    trains = [result.tables.trains for result in results]
    under_way = listed(f"{int(((rows['entered_h'] >= 0) & rows['left_h'].isna()).sum()):,}" for rows in trains)
    beside = any(result.tables.stages["beside"].any() for result in results)
    rest = " Formalities beside the gauge change count as far as the train waits for them." if beside else ""
    return f"Trains that reached their end; {under_way} still under way.{rest}"


def draw_bars(axes: Axes, bars: Sequence[Bar]) -> None:
    """Stack the parts of each bar, waits hatched and lighter; name its total and the share of customs at the right."""
    heights = [bar.middle for bar in bars]
    hours = np.array([bar.hours for bar in bars])
    left = np.zeros(len(bars))
    for i, part in enumerate(JOURNEY):
        for kind, name in ((WAIT, f"{part.title}: wait"), (WORK, f"{part.title}: work")):
            width = hours[:, i, kind]
            if not width.any():
                continue
            face, hatch = (lighter(COLOURS[i], 0.55), "////") if kind == WAIT else (COLOURS[i], "")
            edge = INK if part is words.CUSTOMS else "white"
            axes.barh(
                heights, width, 0.8 * BAR_INCH, left, label=name, color=face, hatch=hatch, edgecolor=edge, linewidth=0.5
            )
            left += width
    axes.set_xlim(0, 1.02 * left.max())
    for bar, total in zip(bars, left, strict=True):
        text = total_words(bar, float(total))
        axes.text(
            1.01, bar.middle, text, transform=axes.get_yaxis_transform(), fontsize=SMALL_PT, color=INK, va="center"
        )


def total_words(bar: Bar, hours: float) -> str:
    """The length of a journey, the share of customs in it, and how long the train was held back before."""
    share = bar.hours[words.PARTS.index(words.CUSTOMS)].sum() / hours if hours else 0.0
    held_h = float(bar.hours[words.PARTS.index(words.BAN)].sum())
    held = f",\nafter {words.duration(held_h)} held back" if held_h >= SHORTEST_BAN_H else ""
    return f"{bar.letter} {words.duration(hours)}, customs {words.percent(share)}{held}".strip()
