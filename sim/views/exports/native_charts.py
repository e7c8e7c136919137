"""Charts that a spreadsheet draws itself, from the cells of the sheet they lie on: described, then drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.views.exports.cells import MOST_ROWS, Book, Column, add_sheet
from sim.views.plots.style import SERIES

WIDTH, HEIGHT, BAR_PX, ROWS_A_CHART = 720, 380, 26, 20
MOST_BARS, MOST_MARKS = 30, 40


@dataclass(frozen=True)
class DrawnColumn:
    """What a chart draws of a table: a column, in rows from the first to before the last, and its interval."""

    name: str
    column: int
    rows: tuple[int, int]
    interval: tuple[int, int] | None = None


@dataclass(frozen=True)
class NativeChart:
    """A chart over a table: bars, a line, or points over numbers; `x` is the column of what stands below or beside."""

    kind: str
    title: str
    x: int
    series: Sequence[DrawnColumn]
    x_title: str = ""
    y_title: str = ""
    numbers: str = "General"


@dataclass(frozen=True)
class TableSheet:
    """A sheet of a workbook: its name, a table, a note above it, and charts beside it."""

    name: str
    columns: Sequence[Column]
    note: str = ""
    charts: Sequence[NativeChart] = ()


def write_table_sheet(book: Book, table: TableSheet) -> None:
    """Write a sheet, its charts to the right of the table."""
    sheet = add_sheet(book, table.name, table.columns, table.note)
    line = 1
    for chart in table.charts:
        place = (line, len(table.columns) + 1)
        sheet.insert_chart(*place, native_chart(book, table, chart), {"description": chart.title})
        line += ROWS_A_CHART


def native_chart(book: Book, table: TableSheet, chart: NativeChart) -> Any:
    """A chart as the library has it; a chart object lies on one sheet only."""
    drawing = book.file.add_chart({"type": chart.kind})
    is_bar = chart.kind == "bar"
    for order, part in enumerate(chart.series):
        colour = SERIES[order % len(SERIES)]
        look: dict[str, Any] = {"fill": {"color": colour}, "gap": 40}
        if not is_bar:
            is_marked = chart.kind == "scatter" or part.rows[1] - part.rows[0] <= MOST_MARKS
            mark = {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
            mark = mark if is_marked else {"type": "none"}
            look = {
                "marker": mark,
                "line": {"none": True} if chart.kind == "scatter" else {"color": colour, "width": 2},
            }
        if part.interval is not None:
            look["x_error_bars" if is_bar else "y_error_bars"] = error_bars(table.columns, part)
        first, last = (row + (2 if table.note else 1) for row in part.rows)
        span = (first, min(last, MOST_ROWS) - 1)
        cells = {"categories": chart.x, "values": part.column}
        look |= {name: [table.name, span[0], column, span[1], column] for name, column in cells.items()}
        drawing.add_series({"name": part.name, **look})
    drawing.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 12}})
    numbers = {"num_format": chart.numbers}
    below, beside = (chart.y_title, chart.x_title) if is_bar else (chart.x_title, chart.y_title)
    drawing.set_x_axis(
        {"name": below, **(numbers | {"label_position": "high"} if is_bar else {"label_position": "low"})}
    )
    drawing.set_y_axis({"name": beside, **({"reverse": True, "label_position": "low"} if is_bar else numbers)})
    drawing.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
    bars = sum(part.rows[1] - part.rows[0] for part in chart.series) if is_bar else 0
    drawing.set_size({"width": WIDTH, "height": max(HEIGHT, 130 + BAR_PX * bars)})
    return drawing


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
