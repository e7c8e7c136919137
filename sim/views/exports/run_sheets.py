"""The sheets of a workbook that only a run has: charts, the tables of the field, measures and trains."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.measure.addresses import rows_at
from sim.runs.results import OUTLOOK, Results
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.facts import LEDGER, facts
from sim.scenario.meaning import last_full_year
from sim.scenario.reading.read import shipped
from sim.scenario.values import ALL
from sim.study.field.indicators import indicators
from sim.study.field.journey_parts import BAN, PARTS, WAIT, WORK, hours_by_part
from sim.study.field.release_study import release_study
from sim.views import words
from sim.views.exports.cells import MOST_ROWS, Book, Column, add_sheet, column_of, dates
from sim.views.exports.native_charts import TableSheet, bars_of, write_table_sheet
from sim.views.plots.style import PART_COLOURS, lighter
from sim.views.words import sample, title_of

BLUE, VERMILLION, INK = "#0072B2", "#D55E00", "#222222"
SIZE = {"width": 720, "height": 380}
RUN_SHEETS = (
    ("Sheets", "Answer: in words. Throughput, Where the time goes, Waits: with charts. kpis: every measure. "),
    ("", "Published: published figures against the model. Trains: a row a train. Assumptions: a row an input."),
)
HOURS = ("h_mean", "h_ci_low", "h_ci_high")


def run_tables(book: Book, results: Results) -> None:
    """The sheets of a run, those with charts first."""
    for write_sheet in (throughput_cells, time_sheet, waits_sheet, release_sheet, carec_sheet, kpi_sheet):
        write_sheet(book, results)
    published_cells(book, results)
    trains_sheet(book, results)


def throughput_cells(book: Book, results: Results) -> None:
    """Throughput by year of each corridor (of all flows where there is none), with a chart each."""
    kpis = rows_at(results.kpis, "throughput_mt")
    kpis = kpis[kpis["period"] != ALL]
    corridors = results.scenario.corridors
    groups = [*corridors] or [ALL]
    titles = {name: about.title for name, about in corridors.items()} | {ALL: "all flows"}
    table = pd.concat([rows_at(kpis, flow=group) for group in groups], ignore_index=True)
    corridor_of = [corridors.get(name) for name in table["flow"]]
    years = [int(period) for period in table["period"]]
    published_mt = [
        about.published_mt.get(year) if about else None for about, year in zip(corridor_of, years, strict=True)
    ]
    target = [about.target_mt.get(year) if about else None for about, year in zip(corridor_of, years, strict=True)]
    columns = [
        Column("corridor", [titles[name] for name in table["flow"]]),
        Column("year", [words.year_title(results.scenario, period) for period in table["period"]]),
        *(column_of(table, name, "Mt", f"{name}, Mt") for name in ("mean", "ci_low", "ci_high")),
        Column("published, Mt", pd.Series(published_mt, dtype=float).tolist(), "Mt"),
        Column("target, Mt", pd.Series(target, dtype=float).tolist(), "Mt"),
        Column("above the mean, Mt", (table["ci_high"] - table["mean"]).tolist(), "Mt"),
        Column("below the mean, Mt", (table["mean"] - table["ci_low"]).tolist(), "Mt"),
    ]
    note = f"{sample(results)}. A year held in part counts in part."
    sheet = add_sheet(book, "Throughput", columns, note)
    for place, group in enumerate(groups):
        rows = table.index[table["flow"] == group] + 2
        if len(rows):
            chart = throughput_chart(book, titles[group], int(rows[0]), int(rows[-1]))
            sheet.insert_chart(1 + 20 * place, len(columns) + 1, chart, {"description": f"Throughput, {titles[group]}"})


def throughput_chart(book: Book, title: str, first: int, last: int) -> Any:
    """Lines with the interval as error bars, published figures and targets as marks."""
    chart = book.file.add_chart({"type": "line"})
    years = ["Throughput", first, 1, last, 1]
    bars = {"type": "custom", "plus_values": ref(first, last, "H"), "minus_values": ref(first, last, "I")}
    line = {"color": BLUE, "width": 2}
    for name, column, look in (
        ("model, with its interval", 2, {"line": line, "y_error_bars": bars, "marker": mark("circle", BLUE)}),
        ("published", 5, {"line": {"none": True}, "marker": mark("diamond", INK)}),
        ("target", 6, {"line": {"none": True}, "marker": mark("star", VERMILLION, 10)}),
    ):
        chart.add_series(
            {"name": name, "categories": years, "values": ["Throughput", first, column, last, column], **look}
        )
    chart.set_title({"name": f"{title}: throughput by year", "overlay": False, "name_font": {"size": 12}})
    chart.set_x_axis({"name": "calendar year"})
    chart.set_y_axis({"name": "Mt a year", "min": 0, "num_format": "0.0"})
    chart.set_legend({"position": "bottom"})
    chart.set_size(SIZE)
    return chart


def ref(first: int, last: int, column: str) -> str:
    """A range of the sheet of throughput as a formula of a chart."""
    return f"=Throughput!${column}${first + 1}:${column}${last + 1}"


def mark(shape: str, colour: str, size: int = 7) -> dict[str, Any]:
    """A mark of a chart."""
    return {"type": shape, "size": size, "fill": {"color": colour}, "border": {"color": colour}}


def time_sheet(book: Book, results: Results) -> None:
    """Mean hours a train spends in each part of its journey, by flow, and a chart of them."""
    hours = hours_by_part(results)
    parts = [
        (number, kind, f"{part.title}: {word}, h")
        for number, part in enumerate(PARTS)
        for kind, word in ((WAIT, "wait"), (WORK, "work"))
        if any(table[number, kind] for table in hours.values())
    ]
    columns = [
        Column("flow", [results.scenario.flows[name].title for name in hours]),
        *(Column(head, [table[number, kind] for table in hours.values()], "h") for number, kind, head in parts),
    ]
    note = "Mean hours a train over all replications, last full year, from ready to delivered."
    sheet = add_sheet(book, "Where the time goes", columns, note)
    sheet.set_column(1, len(parts), 14)
    if not hours:
        return
    chart = book.file.add_chart({"type": "bar", "subtype": "stacked"})
    rows = (2, len(hours) + 1)
    for column, (number, kind, _) in enumerate(parts, 1):
        if PARTS[number] is not BAN:
            look = {"name": ["Where the time goes", 1, column], "fill": {"color": shade(number, kind)}, "gap": 40}
            chart.add_series(span("Where the time goes", rows, column) | look)
    finish_bars(chart, "Where the time of a train goes", "mean hours a train", len(hours))
    place = len(hours) + 3
    sheet.insert_chart(
        place, 0, chart, {"description": "Mean hours a train by part of its journey, stacked, a bar a flow"}
    )


def shade(part: int, kind: int) -> str:
    """The colour of a part of a journey as the figures have it, waits lighter."""
    red, green, blue = lighter(PART_COLOURS[part], 0.55 if kind == WAIT else 0.0)
    return "#" + "".join(f"{round(255 * share):02X}" for share in (red, green, blue))


def waits_sheet(book: Book, results: Results) -> None:
    """Trains waiting by place and cause in the last full year, most first, and a chart of them."""
    year = last_full_year(results.scenario)
    table = wait_cells(results, year)
    columns = [
        Column("waiting", table["where"].tolist()),
        *(column_of(table, name, "trains", f"{name}, trains") for name in ("mean", "ci_low", "ci_high")),
        *(column_of(table, name, "h", f"hours a train, {name.removeprefix('h_')}") for name in HOURS),
    ]
    when = "whole horizon" if year == ALL else year
    note = f"Trains waiting at once, mean over time, and hours a train that passes waits; {when}. {sample(results)}."
    title, ends = f"Trains waiting at once, {when}", ("ci_low, trains", "ci_high, trains")
    charts = [bars_of(columns, title, "waiting", ["mean, trains"], ends)] if len(table) else []
    write_table_sheet(book, TableSheet("Waits", columns, note, charts))


def wait_cells(results: Results, period: str) -> pd.DataFrame:
    """Trains waiting by place and cause, those held before the journey too, and the hours each waits, most first.

    Columns place, cause, where (both in words), mean, ci_low, ci_high (trains), h_mean, h_ci_low, h_ci_high.
    """
    kpis = rows_at(results.kpis, flow=ALL, period=period)
    tables = {}
    for stem in ("queue_trains_", "wait_h_"):
        rows = kpis[kpis["kpi"].str.startswith(stem)]
        rows = rows.assign(cause=rows["kpi"].str.removeprefix(stem))
        rows = rows[rows["cause"].isin(list(words.CAUSES))]
        tables[stem] = rows.set_index(["place", "cause"])[["mean", "ci_low", "ci_high"]]
    table = tables["queue_trains_"].join(tables["wait_h_"].add_prefix("h_"))
    table = table[table["mean"] > 0].sort_values("mean", ascending=False, kind="stable").reset_index()
    titles = [BAN.title if place == ALL else title_of(results.scenario, place, ALL) for place in table["place"]]
    table["where"] = [f"{title}: {words.CAUSES[cause]}" for title, cause in zip(titles, table["cause"], strict=True)]
    return table


def span(sheet: str, rows: tuple[int, int], column: int) -> dict[str, Any]:
    """A series: names in the first column, values in another one."""
    return {"categories": [sheet, rows[0], 0, rows[1], 0], "values": [sheet, rows[0], column, rows[1], column]}


def finish_bars(chart: Any, title: str, axis: str, bars: int) -> None:
    """Title and axes of a chart of bars, the first bar at the top."""
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_x_axis({"name": axis, "num_format": "#,##0", "label_position": "high"})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 980, "height": 260 + 26 * bars})


def release_sheet(book: Book, results: Results) -> None:
    """The Time Release Study of the last full year."""
    table = release_study(results)
    titles = [title_of(results.scenario, place, ALL) for place in table["place"]]
    columns = [
        Column("border", titles),
        *(column_of(table, name) for name in ("regime", "channel", "interval")),
        *(column_of(table, name, "count") for name in ("trains", "declarations")),
        column_of(table, "lodged_before", "share", "lodged before reception"),
        *(column_of(table, name, "h") for name in table.columns if name.endswith("_h")),
    ]
    note = "Hours between the moments of a clearance, replication 0, last full year; model_mean_h: over all."
    add_sheet(book, "Release study", columns, note)


def carec_sheet(book: Book, results: Results) -> None:
    """CAREC's indicators beside the published row."""
    table = indicators(results, facts(shipped() / LEDGER))
    units = table["unit"].tolist()
    columns = [
        *(column_of(table, name) for name in ("indicator", "who", "place", "unit")),
        *(column_of(table, name, units) for name in ("mean", "ci_low", "ci_high")),
        column_of(table, "replications", "count"),
        column_of(table, "published", units),
        column_of(table, "published_year", "year"),
        column_of(table, "fact"),
    ]
    note = (
        "TFI1 to TFI4 (SWD, SWOD) of the last full year beside CPMM; TFI2 and TFI3 are costs at the scenario's prices, "
        "charges alone being like the fees that CPMM counts."
    )
    add_sheet(book, "CAREC", columns, note)


def kpi_sheet(book: Book, results: Results) -> None:
    """Every measure, filtered at will."""
    kpis = results.kpis
    units = kpis["unit"].tolist()
    columns = [
        column_of(kpis, "kpi"),
        Column("measure", [words.measure(kpi) for kpi in kpis["kpi"]]),
        *(column_of(kpis, name) for name in ("place", "flow", "period", "unit")),
        *(column_of(kpis, name, units) for name in ("mean", "ci_low", "ci_high", *OUTLOOK)),
        column_of(kpis, "replications", "count"),
    ]
    add_sheet(book, "kpis", columns, f"{sample(results)}. docs/kpis.md says what each measure means.")


def published_cells(book: Book, results: Results) -> None:
    """Published figures against the model."""
    table = results.published
    texts = [name for name in ("title", "fact", "used_for", "kpi", "place", "flow", "start", "end", "verdict")]
    columns = [
        *(column_of(table, name) for name in texts),
        *(column_of(table, name, "number") for name in ("low", "high", "mean", "ci_low", "ci_high")),
        column_of(table, "replications", "count"),
    ]
    note = (
        "A figure used for calibration was aimed at; one used for validation was not. low and high: the band published."
    )
    add_sheet(book, "Published", columns, note)


def trains_sheet(book: Book, results: Results) -> None:
    """A row a train of replication 0, as many as a sheet holds."""
    trains, start = results.tables.trains, results.scenario.horizon.start
    flows = results.scenario.flows
    rows = trains.head(MOST_ROWS - 2)
    moments = ("offered_h", "entered_h", "left_h")
    heads = ("offered, UTC", "entered, UTC", "delivered, UTC")
    columns = [
        column_of(rows, "train", "year"),
        column_of(rows, "flow"),
        Column("direction", [flows[name].direction for name in rows["flow"]]),
        *(Column(head, dates(rows[name].to_numpy(), start), "date") for name, head in zip(moments, heads, strict=True)),
        Column("transit, days", ((rows["left_h"] - rows["entered_h"]) / HOURS_PER_DAY).tolist(), "d"),
        column_of(rows, "net_t", "t", "net, t"),
        column_of(rows, "teu", "TEU", "TEU"),
        column_of(rows, "wagons", "count"),
    ]
    cut = f" The first {len(rows):,} of {len(trains):,}: a sheet holds no more." if len(rows) < len(trains) else ""
    sheet = add_sheet(book, "Trains", columns, f"Trains of replication 0, the warm-up too; empty: not yet.{cut}")
    sheet.set_column(3, 5, 17)
