"""The sheets of a workbook that only a run has: charts, the tables of the field, what its measures mean, its trains."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.vocabulary import kpi_table
from sim.runs.results import Results
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.facts import LEDGER, facts
from sim.scenario.meaning import last_full_year
from sim.scenario.reading.read import shipped
from sim.scenario.values import ALL
from sim.study.field.indicators import indicators
from sim.study.field.journey_parts import BAN, PARTS, WAIT, WORK, hours_by_part
from sim.study.field.release_study import release_study
from sim.views import words
from sim.views.exports.cells import MOST_ROWS, Column, column_of, dates
from sim.views.exports.native_charts import DrawnColumn, NativeChart, TableSheet, bars_of
from sim.views.plots.style import INK, PART_COLOURS, lighter, result_colours
from sim.views.words import sample, title_of

HOURS = ("h_mean", "h_ci_low", "h_ci_high")


def field_sheets(results: Results) -> Iterator[TableSheet]:
    """What a run answers first, those with charts before the tables of the field."""
    for sheet_of in (throughput_by_year, time_sheet, waits_sheet, release_sheet, carec_sheet):
        yield sheet_of(results)


def throughput_by_year(results: Results) -> TableSheet:
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
    ]
    note = f"{sample(results)}. A year held in part counts in part."
    rows_of = {group: table.index[table["flow"] == group] for group in groups}
    [colour] = result_colours([results])
    charts = [
        throughput_chart(titles[group], (int(rows[0]), int(rows[-1]) + 1), colour)
        for group, rows in rows_of.items()
        if len(rows)
    ]
    return TableSheet("throughput", columns, note, charts)


def throughput_chart(title: str, rows: tuple[int, int], colour: str) -> NativeChart:
    """A line with the interval as error bars, published figures and targets as marks."""
    series = [
        DrawnColumn("model, with its interval", 2, rows, (3, 4), colour),
        DrawnColumn("published", 5, rows, colour=INK, shape="diamond"),
        DrawnColumn("target", 6, rows, colour=INK, shape="star"),
    ]
    return NativeChart(
        "line", f"{title}: throughput by year", 1, series, "calendar year", "Mt a year", numbers="0.0", least=0
    )


def time_sheet(results: Results) -> TableSheet:
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
    series = [
        DrawnColumn(head, column, (0, len(hours)), colour=shade(number, kind))
        for column, (number, kind, head) in enumerate(parts, 1)
        if PARTS[number] is not BAN
    ]
    title = "Where the time of a train goes, from setting out"
    charts = [NativeChart("bar", title, 0, series, "", "mean hours a train", "#,##0", is_stacked=True)]
    return TableSheet("where_time_goes", columns, note, charts if hours else [])


def shade(part: int, kind: int) -> str:
    """The colour of a part of a journey as the figures have it, waits lighter."""
    red, green, blue = lighter(PART_COLOURS[part], 0.55 if kind == WAIT else 0.0)
    return "#" + "".join(f"{round(255 * share):02X}" for share in (red, green, blue))


def waits_sheet(results: Results) -> TableSheet:
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
    return TableSheet("waits", columns, note, charts)


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


def release_sheet(results: Results) -> TableSheet:
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
    return TableSheet("release_study", columns, note)


def carec_sheet(results: Results) -> TableSheet:
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
    return TableSheet("carec", columns, note)


def ledger_sheets(results: Results) -> Iterator[TableSheet]:
    """What the measures of a run mean, and a row a train of replication 0, as many as a sheet holds."""
    meanings = kpi_table(results.reading)
    meanings = meanings[meanings["kpi"].isin(results.kpis["kpi"])]
    yield TableSheet("measures", [column_of(meanings, str(name)) for name in meanings], "What each measure means.")
    trains = results.tables.trains
    rows = trains.head(MOST_ROWS - 1)
    columns = [column_of(rows, "train", "year"), column_of(rows, "flow")]
    for name in ("offered", "entered", "left"):
        hours = rows[f"{name}_h"]
        columns += [
            column_of(rows, f"{name}_h", "number"),
            Column(name, dates(hours.to_numpy(), results.scenario.horizon.start), "date"),
        ]
    columns += [
        column_of(rows, "net_t", "t"),
        column_of(rows, "teu", "TEU"),
        column_of(rows, "wagons", "count"),
        Column("direction", [results.scenario.flows[name].direction for name in rows["flow"]]),
        Column("transit_days", ((rows["left_h"] - rows["entered_h"]) / HOURS_PER_DAY).tolist(), "d"),
    ]
    cut = f" The first {len(rows):,} of {len(trains):,}: a sheet holds no more." if len(rows) < len(trains) else ""
    note = "Trains of replication 0, the warm-up too, with moments in UTC; left: delivered; empty: not yet."
    yield TableSheet("trains", columns, f"{note}{cut}")
