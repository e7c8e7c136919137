"""The forest plot: rows with an interval, one below the other, their titles at the left and their numbers at the right.

Differences, their parts, indicators, steps of a ladder and effects of factors are all drawn as such rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.views.plots.style import FAINT, INK, SMALL_PT, dress, heading, legend_name, sheet, stacked, wrapped

Colour = str | tuple[float, float, float]

WIDTH = 11.0
MARK_INCH, PANEL_INCH, REST_INCH = 0.22, 0.8, 1.9
GAP = 0.9
"""Room between two rows, in marks; more where a title has many lines, of `LINE_INCH` each."""
LINE_INCH = 1.25 * SMALL_PT / 72

TITLE_CHARACTERS, LEGEND_CHARACTERS, ACROSS_CHARACTERS, HEADING_CHARACTERS = 48, 70, 80, 95
SHAPES = ("o", "s", "^", "D", "v", "P", "X")
"""Marks of several scenarios, beside their colours, for print without colour."""


@dataclass(frozen=True)
class Look:
    """How marks are drawn that mean the same, and their name in the legend, if any."""

    name: str
    colour: Colour
    shape: str = "o"
    hollow: bool = False

    @property
    def label(self) -> str:
        """The name as a label."""
        return legend_name(self.name, LEGEND_CHARACTERS)

    def of_mark(self) -> dict[str, Any]:
        """In matplotlib's words, for a mark with whiskers."""
        face = "white" if self.hollow else self.colour
        line = {"color": self.colour, "linewidth": 1.5, "capsize": 4}
        return line | {"fmt": self.shape, "markersize": 6, "markerfacecolor": face}


@dataclass(frozen=True)
class Mark:
    """A number with its interval: its look, its position among the marks of its row, a note at the right."""

    value: float
    low: float
    high: float
    look: Look
    slot: int = 0
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One row: its title at the left, its marks, and a note at the right."""

    title: str
    marks: tuple[Mark, ...]
    note: str = ""
    note_colour: str = INK


@dataclass(frozen=True)
class Panel:
    """Rows that share an axis: what the axis shows, and the panel's own title."""

    across: str
    rows: Sequence[Row]
    title: str = ""


def forest(title: str, caption: str, panels: Sequence[Panel], bars: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of panels of rows, and its axes from the top down; the legend is left to the caller."""
    slots = slots_of(row for panel in panels for row in panel.rows)
    gaps = [gap_of(panel.rows, slots) for panel in panels]
    heights = [len(panel.rows) * (slots + gap) for panel, gap in zip(panels, gaps, strict=True)]
    figure = sheet(title, caption, WIDTH, REST_INCH + sum(MARK_INCH * height + PANEL_INCH for height in heights))
    drawn_axes = stacked(figure, heights)
    for axes, panel, gap in zip(drawn_axes, panels, gaps, strict=True):
        dress(axes, wrapped(panel.across, ACROSS_CHARACTERS), "", grid="x")
        if panel.title:
            heading(axes, wrapped(panel.title, HEADING_CHARACTERS))
        draw_rows(axes, panel.rows, slots, bars, gap)
    return figure, drawn_axes


def slots_of(rows: Iterable[Row]) -> int:
    """How many marks find room in a row."""
    return 1 + max(mark.slot for row in rows for mark in row.marks)


def gap_of(rows: Iterable[Row], slots: int) -> float:
    """Room between two rows, so that the title with most lines, and half a line beside, has room beside the marks."""
    most_lines = max(wrapped(row.title, TITLE_CHARACTERS).count("\n") + 1 for row in rows)
    return max(GAP, (most_lines + 0.5) * LINE_INCH / MARK_INCH - slots)


def draw_rows(axes: Axes, rows: Sequence[Row], slots: int, bars: bool = False, gap: float = GAP) -> None:
    """Rows from the top down, each one unit high: marks with whiskers, or bars with whiskers."""
    spacing = 1 / (slots + gap)
    marks_by_level = [
        (mark, level + (mark.slot - (slots - 1) / 2) * spacing) for level, row in enumerate(rows) for mark in row.marks
    ]
    for look in dict.fromkeys(mark.look for mark, _ in marks_by_level):
        marks, levels = zip(*(pair for pair in marks_by_level if pair[0].look == look), strict=True)
        values = np.array([mark.value for mark in marks])
        reach = whiskers(pd.DataFrame(marks), "value", "low", "high")
        if bars:
            axes.barh(levels, values, 0.92 * spacing, color=look.colour, label=look.label)
            axes.errorbar(values, levels, xerr=reach, fmt="none", ecolor=INK, capsize=4, linewidth=1.3)
        else:
            axes.errorbar(values, levels, xerr=reach, label=look.label, **look.of_mark())
    for mark, level in marks_by_level:
        note_at_right(axes, level, mark.note, mark.look.colour)
    name_rows(axes, [row.title for row in rows], slots)
    for level, row in enumerate(rows):
        note_at_right(axes, level, row.note, row.note_colour)


def name_rows(axes: Axes, titles: Sequence[str], slots: int = 1) -> None:
    """Titles of rows one unit high at the left, the first at the top; a faint line between rows of several marks."""
    axes.set_yticks(range(len(titles)), [wrapped(title, TITLE_CHARACTERS) for title in titles])
    axes.tick_params(axis="y", labelsize=SMALL_PT, length=0)
    axes.set_ylim(len(titles) - 0.45, -0.55)
    for level in range(1, len(titles) if slots > 1 else 0):
        axes.axhline(level - 0.5, color=FAINT, linewidth=0.4)


def note_at_right(axes: Axes, level: float, text: str, colour: Colour = INK, size: float = SMALL_PT) -> None:
    """Words beside a row, where no mark hides them."""
    if text:
        axes.text(1.01, level, text, transform=axes.get_yaxis_transform(), fontsize=size, color=colour, va="center")


def whiskers(rows: pd.DataFrame, mean: str = "mean", low: str = "ci_low", high: str = "ci_high") -> FloatArray:
    """How far the intervals of some rows reach to either side of their means, as matplotlib takes it: 2 × rows.

    A bound that lies beyond the mean by the last digit of a file is no reach below zero, which matplotlib refuses.
    """
    reach = np.array([rows[mean] - rows[low], rows[high] - rows[mean]], float)
    return np.asarray(np.maximum(reach, 0.0))
