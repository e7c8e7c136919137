"""Charts that a spreadsheet draws itself, from the cells of the sheet they lie on: described, then drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.views.exports.cells import MOST_ROWS, Book, Column, add_sheet
from sim.views.plots.style import ACCENT, GREEN, INK, ORANGE, PLAIN, PURPLE

WIDTH, HEIGHT, BAR_PX, ROWS_A_CHART = 720, 380, 26, 20
MOST_BARS, MOST_MARKS = 30, 40
COLOURS = (PLAIN, ACCENT, ORANGE, GREEN, PURPLE, INK)
"""Colours in turn of what is of no scenario: blue and vermillion are paper and Tez, see `style.result_colours`."""


@dataclass(frozen=True)
class DrawnColumn:
    """What a chart draws of a table: a column, in rows from the first to before the last, and its interval.

    In a colour of its own if it is of a scenario or a part of a journey; with a shape as marks that no line joins.
    """

    name: str
    column: int
    rows: tuple[int, int]
    interval: tuple[int, int] | None = None
    colour: str = ""
    shape: str = ""


@dataclass(frozen=True)
class NativeChart:
    """A chart over a table: bars, a line, or points over numbers; `x` is the column of what stands below or beside.

    Stacked bars lie below the table, for they have as many columns as parts; others beside it. An axis of numbers may
    begin at a `least` one.
    """

    kind: str
    title: str
    x: int
    series: Sequence[DrawnColumn]
    x_title: str = ""
    y_title: str = ""
    numbers: str = "General"
    is_stacked: bool = False
    least: float | None = None


@dataclass(frozen=True)
class TableSheet:
    """A sheet of a workbook: its name, a table, charts beside it, and what the sheet of notes says of it."""

    name: str
    columns: Sequence[Column]
    note: str = ""
    charts: Sequence[NativeChart] = ()


def write_table_sheet(book: Book, table: TableSheet) -> None:
    """Write a sheet, its charts to the right of the table."""
    sheet = add_sheet(book, table.name, table.columns)
    line = 1
    for chart in table.charts:
        place = (len(table.columns[0].values) + 3, 0) if chart.is_stacked else (line, len(table.columns) + 1)
        sheet.insert_chart(*place, native_chart(book, table, chart), {"description": chart.title})
        line += ROWS_A_CHART


def native_chart(book: Book, table: TableSheet, chart: NativeChart) -> Any:
    """A chart as the library has it; a chart object lies on one sheet only."""
    subtype = {"subtype": "stacked"} if chart.is_stacked else {}
    drawing, is_bar = book.file.add_chart({"type": chart.kind, **subtype}), chart.kind == "bar"
    for order, part in enumerate(chart.series):
        look = series_look(chart.kind, part, part.colour or COLOURS[order % len(COLOURS)])
        if part.interval is not None:
            look["x_error_bars" if is_bar else "y_error_bars"] = error_bars(table.columns, part)
        first, last = (row + 1 for row in part.rows)
        span = (first, min(last, MOST_ROWS) - 1)
        cells = {"categories": chart.x, "values": part.column}
        look |= {name: [table.name, span[0], column, span[1], column] for name, column in cells.items()}
        drawing.add_series({"name": part.name, **look})
    drawing.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 12}})
    numbers = {"num_format": chart.numbers} | ({} if chart.least is None else {"min": chart.least})
    below, beside = (chart.y_title, chart.x_title) if is_bar else (chart.x_title, chart.y_title)
    drawing.set_x_axis(
        {"name": below, **(numbers | {"label_position": "high"} if is_bar else {"label_position": "low"})}
    )
    drawing.set_y_axis({"name": beside, **({"reverse": True, "label_position": "low"} if is_bar else numbers)})
    drawing.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
    bars = max(part.rows[1] for part in chart.series) if chart.is_stacked else 0
    bars = bars or (sum(part.rows[1] - part.rows[0] for part in chart.series) if is_bar else 0)
    drawing.set_size({"width": WIDTH, "height": max(HEIGHT, 130 + BAR_PX * bars)})
    return drawing


def series_look(kind: str, part: DrawnColumn, colour: str) -> dict[str, Any]:
    """Fill, line and marks of a series: lines of many points have no marks, points of a scatter no line."""
    if kind == "bar":
        return {"fill": {"color": colour}, "gap": 40}
    is_marked = part.shape or kind == "scatter" or part.rows[1] - part.rows[0] <= MOST_MARKS
    mark = {"type": part.shape or "circle", "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
    has_line = kind != "scatter" and not part.shape
    return {
        "marker": mark if is_marked else {"type": "none"},
        "line": {"color": colour, "width": 2} if has_line else {"none": True},
    }


def error_bars(columns: Sequence[Column], part: DrawnColumn) -> dict[str, Any]:
    """The interval of a column as lengths from its values; none where there is none."""
    assert part.interval is not None
    values, low, high = (
        np.array(columns[place].values[slice(*part.rows)], dtype=float) for place in (part.column, *part.interval)
    )
    above, below = np.nan_to_num(high - values), np.nan_to_num(values - low)
    return {"type": "custom", "plus_values": above.tolist(), "minus_values": below.tolist()}


def bars_of(
    columns: Sequence[Column], title: str, x: str, values: Sequence[str], ends: tuple[str, str] | None = None
) -> NativeChart:
    """Bars of some columns by their heads, one a row of the table as far as they can be read."""
    heads = [column.head for column in columns]
    rows = (0, min(len(columns[0].values), MOST_BARS))
    interval = None if ends is None else (heads.index(ends[0]), heads.index(ends[1]))
    series = [DrawnColumn(head, heads.index(head), rows, interval) for head in values]
    numbers = "0 %" if columns[series[0].column].unit == "share" else "General"
    return NativeChart("bar", title, heads.index(x), series, "", values[0] if len(values) == 1 else "", numbers)
