"""What a workbook of a forecast begins with: the fan by year, what the spread comes from, and what decides."""

from __future__ import annotations

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.catalogue import unit_of
from sim.scenario.values import ALL
from sim.study.forecast.draws import AS_DRAWN, AT_TARGET
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.outcome import PERCENTILES
from sim.study.forecast.telling import claims, off_by, rows_about, told_worth
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.exports.cells import Column, column_of
from sim.views.exports.native_charts import DrawnColumn, NativeChart, TableSheet, bars_of
from sim.views.plots.forecast.fan import KIND_COLOURS, kind_words
from sim.views.sheets.forecast.claims import claim_words, measured_title

FAN = ("p50", "p10", "p90")
"""The percentiles that a chart of the fan draws: the middle world, and the ends of 80 % of worlds."""

MOST_BARS = 12
SHARES = ("share", "ci_low", "ci_high", "total_share")


def forecast_first_sheets(results: ForecastResults) -> list[TableSheet]:
    """The sheets that lie before the tables of a forecast, those left out of which there is nothing."""
    sheets = [fan_sheet(results)]
    sheets += [sheet for number in range(len(claims(results))) for sheet in decision_sheets(results, number)]
    return [sheet for sheet in sheets if len(sheet.columns[0].values)]


def fan_sheet(results: ForecastResults) -> TableSheet:
    """Throughput by year over the worlds of either kind, with a chart of each."""
    corridor, scenario = results.manifest["corridor"] or ALL, results.manifest["scenarios"][-1]
    rows = rows_at(results.frames["years"], THROUGHPUT, ALL, corridor)
    rows = rows[(rows["scenario"] == scenario) & (rows["period"] != ALL)]
    rows = rows.sort_values(["offer", "period"], kind="stable", ignore_index=True)
    percentiles = [*PERCENTILES]
    columns = [
        Column("worlds", [kind_words(results, kind) for kind in rows["offer"]]),
        Column("year", rows["period"].tolist()),
        column_of(rows, "worlds", "count"),
        *(column_of(rows, name, "Mt") for name in percentiles),
    ]
    columns[2] = Column("number of worlds", columns[2].values, columns[2].unit)
    charts = []
    for kind in (AS_DRAWN, AT_TARGET):
        places = rows.index[rows["offer"] == kind]
        if len(places):
            span = (int(places[0]), int(places[-1]) + 1)
            series = [
                DrawnColumn(name, 3 + percentiles.index(name), span, colour=KIND_COLOURS[kind] if name == "p50" else "")
                for name in FAN
            ]
            title = f"Throughput, Mt: {kind_words(results, kind)}"
            charts.append(NativeChart("line", title, 1, series, "calendar year", "Mt"))
    note = f"{scenario}: percentiles over the worlds, luck included. {words.sample(results)}."
    return TableSheet("Fan", columns, note, charts)


def decision_sheets(results: ForecastResults, number: int) -> list[TableSheet]:
    """What the spread of a claim's measure comes from, and what its unknowns do, each with a chart."""
    claim = claims(results)[number]
    unit, kind = unit_of(claim.conclusion.address.kpi), kind_words(results, claim.offer)
    split = rows_about(results, "split", claim)
    note = f"{measured_title(results, claim)}; {kind}. {words.sample(results)}."
    columns = [column_of(split, "part"), *(column_of(split, name, "share") for name in SHARES)]
    title = f"Shares of the spread: {measured_title(results, claim)}"
    chart = [bars_of(columns, title, "part", ["share"], ("ci_low", "ci_high"))] if len(split) else []
    sheets = [TableSheet(f"Spread {number + 1}", columns, note, chart)]
    unknowns = decisive_rows(rows_about(results, "unknowns", claim))
    cells = [column_of(unknowns, name) for name in ("title", "group", "range")]
    cells += [column_of(unknowns, "effect", unit), *(column_of(unknowns, name, "share") for name in SHARES)]
    cells += [
        *(column_of(unknowns, name, "share") for name in ("holds_low", "holds_high")),
        column_of(unknowns, "flips"),
    ]
    title = f"Change from the 10th to the 90th percentile, {unit}: {claim_words(results, claim)}"
    chart = [bars_of(cells, title, "title", ["effect"])] if len(unknowns) else []
    return [*sheets, TableSheet(f"Unknowns {number + 1}", cells, note, chart), *asking_sheets(results, number)]


def asking_sheets(results: ForecastResults, number: int) -> list[TableSheet]:
    """What finding out is worth to who foretells a claim's measure, with a chart; none where nothing is told."""
    claim = claims(results)[number]
    rows = told_worth(results, claim).head(MOST_BARS)
    if rows.empty:
        return []
    columns = [column_of(rows, name) for name in ("title", "group", "range")]
    off = [off_by(row, "share") for _, row in rows.iterrows()]
    unit = unit_of(claim.conclusion.address.kpi)
    columns += [Column("off by", off, unit), *(column_of(rows, name, "share") for name in SHARES[:3])]
    title = f"Share of the square of the error that finding out takes away at least: {measured_title(results, claim)}"
    now = f"Off by: {words.figure(off_by(rows.iloc[0]))} {unit} where nothing is found out"
    bounds = "all that is unknown takes away all but luck, every other share is a lower bound"
    note = f"{now}; {bounds}. {words.sample(results)}."
    return [TableSheet(f"Asking {number + 1}", columns, note, [bars_of(columns, title, "title", ["share"])])]


def decisive_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The unknowns with the greatest shares of a spread."""
    rows = rows[rows["total_share"] > 0].sort_values("total_share", ascending=False, kind="stable")
    return rows.head(MOST_BARS).reset_index(drop=True)
