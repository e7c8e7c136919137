"""The sheets of a workbook of any study: its tables as numbers, and what is drawn beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from sim.measure.addresses import headline_addresses, rows_at
from sim.measure.statistics import divide
from sim.runs.answer import Answer, any_cell, cell_kind
from sim.runs.results import Results
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.compare.compare import headline_rows
from sim.study.field.throughput import throughput_by
from sim.study.observe.observe import ObserveAnswer
from sim.study.sweep.sweep import SweepResults
from sim.study.target.answer import Target
from sim.views import words
from sim.views.differences import difference_words
from sim.views.exports.cells import Column, column_of
from sim.views.exports.forecast_sheets import forecast_first_sheets
from sim.views.exports.native_charts import DrawnColumn, NativeChart, TableSheet, bars_of
from sim.views.exports.run_sheets import field_sheets, ledger_sheets
from sim.views.plots.style import result_colours
from sim.views.sheets.observe import observed_words
from sim.views.sheets.sweep import axis_title, measure_title
from sim.views.sheets.warmup import SERIES

SPREAD = ("mean", "ci_low", "ci_high", "p10", "p50", "p90")
MOST_LINES = 8
"""Lines of a chart that can be told apart."""

Charts = Callable[[Any, list[Column]], list[NativeChart]]


def study_sheets(answer: Answer) -> Iterator[TableSheet]:
    """What a study answers first as numbers with charts, then each of its tables as it is; of a run its trains, too."""
    yield from FIRST_SHEETS.get(answer.kind, lambda answer: [])(answer)
    for stem, frame in answer.frames.items():
        columns = [plain_column(frame, str(name)) for name in frame]
        draw = STUDY_CHARTS.get((answer.kind, stem))
        charts = draw(answer, columns) if draw is not None and len(frame) else []
        yield TableSheet(stem, columns, f"{stem}.csv of the folder. {TABLE_NOTES.get(stem, '')}", charts)
    if isinstance(answer, Results):
        yield from ledger_sheets(answer)


def plain_column(frame: pd.DataFrame, name: str) -> Column:
    """A column of a frame, numbers as numbers: in their unit where the row states one."""
    kind = cell_kind(frame[name])
    if name.startswith("value"):  # of an input: a number, a switch or a word, kept as text
        return Column(name, [any_cell(cell) if isinstance(cell, str) else cell for cell in frame[name]])
    if kind == "float" and "unit" in frame:
        return column_of(frame, name, frame["unit"].tolist())
    if kind == "float":
        return column_of(frame, name, "share" if name.endswith("share") or name.startswith("share") else "number")
    return column_of(frame, name, "count" if kind == "int" else "")


def headline_sheet(answer: Contest) -> TableSheet:
    """The differences that answer first, also as shares of the base, so that one chart holds hours and tonnes."""
    base, several = answer.results[0], len(answer.results) > 2
    table = headline_rows(answer.differences, base.scenario)
    units, scale = table["unit"].tolist(), table["mean_a"].abs().to_numpy()
    titles = [
        ": ".join([*([row["scenario"]] if several else []), words.mean_measure(row["kpi"], row["unit"]), where])
        for where, (_, row) in zip(places_in_words(answer, table), table.iterrows(), strict=True)
    ]
    shares = {
        head: divide(table[name].to_numpy(), scale).tolist()
        for head, name in (("share", "difference"), ("share, low", "ci_low"), ("share, high", "ci_high"))
    }
    columns = [
        Column("measure", titles),
        *([column_of(table, "scenario")] if several else []),
        *(column_of(table, name) for name in ("kpi", "place", "flow", "period", "unit")),
        column_of(table, "replications", "count"),
        *(column_of(table, name, units) for name in ("mean_a", "mean_b", "difference", "ci_low", "ci_high")),
        *(Column(head, values, "share") for head, values in shares.items()),
        column_of(table, "significant"),
        Column("verdict", [difference_words(row) for _, row in table.iterrows()]),
    ]
    title = f"Difference from {base.name}, as a share of its mean"
    note = f"mean_a: {base.name}; mean_b: the other; difference: mean_b less mean_a, paired. {words.sample(answer)}."
    ends = ("share, low", "share, high")
    chart = [bars_of(columns, title, "measure", ["share"], ends)] if len(table) else []
    return TableSheet("headline", columns, note, chart)


def places_in_words(answer: Answer, table: pd.DataFrame) -> list[str]:
    """Place and flow of each row in words."""
    return [words.title_of(answer.scenario, *names) for names in zip(table["place"], table["flow"], strict=True)]


def yearly_sheet(answer: Contest) -> TableSheet:
    """The measures that answer first, by year and scenario, with a chart of each that all scenarios share."""
    addresses = list(
        dict.fromkeys(address[:3] for run in answer.results for address in headline_addresses(run.scenario))
    )
    blocks, charts, line = [], [], 0
    colours = result_colours(answer.results)
    for address in addresses:
        series, title = [], ""
        for run, colour in zip(answer.results, colours, strict=True):
            rows = rows_at(run.kpis, *address)
            rows = rows[rows["period"] != ALL].sort_values("period", kind="stable").assign(scenario=run.name)
            if len(rows):
                where = words.title_of(run.scenario, *address[1:])
                rows = rows.assign(measure=f"{words.mean_measure(address[0], rows['unit'].iloc[0])}, {where}")
                title = f"{rows['measure'].iloc[0]}, {rows['unit'].iloc[0]}"
                series.append(DrawnColumn(run.name, 5, (line, line + len(rows)), (6, 7), colour))
                blocks.append(rows)
                line += len(rows)
        if series:
            charts.append(NativeChart("line", title, 3, series, "calendar year", title.rpartition(", ")[2]))
    table = pd.concat(blocks, ignore_index=True)
    units = table["unit"].tolist()
    columns = [
        *(column_of(table, name) for name in ("measure", "scenario", "unit")),
        Column("year", [words.year_title(answer.scenario, period) for period in table["period"]]),
        column_of(table, "replications", "count"),
        *(column_of(table, name, units) for name in SPREAD),
    ]
    note = f"{words.sample(answer)}. p10, p50, p90: quantiles over replications. A year held in part counts in part."
    return TableSheet("by_year", columns, note, charts)


def monthly_sheet(answer: Contest) -> TableSheet:
    """Cargo carried by month, a column a scenario; of replication 0, whose trains alone are kept."""
    horizon = answer.scenario.horizon
    last = horizon.end - dt.timedelta(days=1)
    groups = {name: about.title for name, about in answer.scenario.corridors.items()} or {ALL: "all flows"}
    tables = {
        group: [throughput_by(run, horizon.start, last, "month", group) for run in answer.results] for group in groups
    }
    months = [f"{day:%Y-%m}" for day in next(iter(tables.values()))[0]["from"]]
    columns = [
        Column("corridor", [title for title in groups.values() for _ in months]),
        Column("month", months * len(groups)),
        *(
            Column(f"{run.name}, kt", [kt for runs in tables.values() for kt in runs[order]["kt"].tolist()], "kt")
            for order, run in enumerate(answer.results)
        ),
    ]
    charts = [
        NativeChart(
            "line",
            f"{title}: cargo carried by month, one replication, an example",
            1,
            [
                DrawnColumn(run.name, 2 + i, (order * len(months), (order + 1) * len(months)), colour=colour)
                for i, (run, colour) in enumerate(zip(answer.results, result_colours(answer.results), strict=True))
            ],
            "month",
            "kt a month",
        )
        for order, title in enumerate(groups.values())
    ]
    return TableSheet("by_month", columns, "Replication 0 of each scenario: an example, no mean.", charts)


def points_sheet(answer: SweepResults) -> TableSheet:
    """The measures to draw at each point, over the first factor; a series for each setting of the others."""
    labels = [factor.label for factor in answer.factors]
    points = answer.points.sort_values(
        labels[1:], key=lambda cells: cells.astype(str), kind="stable", ignore_index=True
    )
    settings = [", ".join(f"{label} = {row[label]}" for label in labels[1:]) for _, row in points.iterrows()]
    starts = [row for row in range(len(points)) if row == 0 or settings[row] != settings[row - 1]]
    spans = [*zip(starts, [*starts[1:], len(points)], strict=True)] if len(starts) <= MOST_LINES else [(0, len(points))]
    is_numeric = pd.api.types.is_numeric_dtype(points[labels[0]]) and not pd.api.types.is_bool_dtype(points[labels[0]])
    columns, charts = [plain_column(points, str(name)) for name in points], []
    for address in answer.measures:
        rows = rows_at(answer.table, *address).set_index("point").reindex(points["point"])
        unit_name = next((unit for unit in rows["unit"] if isinstance(unit, str)), "number")
        title, first = measure_title(answer.scenario, address), len(columns)
        columns += [Column(f"{title}, {name}", rows[name].tolist(), unit_name) for name in SPREAD]
        series = [DrawnColumn(settings[span[0]] or title, first, span, (first + 1, first + 2)) for span in spans]
        kind = "scatter" if is_numeric else "line"
        place = 1 + labels.index(labels[0])
        charts.append(
            NativeChart(
                kind, f"{title}, {unit_name}", place, series, axis_title(answer.reading, answer.factors[0]), unit_name
            )
        )
    return TableSheet("response", columns, f"{words.sample(answer)}, the same random numbers at each point.", charts)


def plan_charts(answer: Target, columns: list[Column]) -> list[NativeChart]:
    """What each plan carries."""
    title = f"Carried by each plan, Mt; the target is {answer.manifest['target_mt']:g} Mt"
    return [bars_of(columns, title, "plan", ["mean_mt"], ("ci_low", "ci_high"))]


def screened_charts(answer: Target, columns: list[Column]) -> list[NativeChart]:
    """What each plan of the search costs and carries."""
    heads = [column.head for column in columns]
    series = [DrawnColumn("plans of the search", heads.index("mt"), (0, len(columns[0].values)))]
    title = f"Plans of the search, {words.question_words(answer.about)}"
    return [NativeChart("scatter", title, heads.index("present_musd"), series, "present value, M$", "Mt")]


def settling_charts(answer: Any, columns: list[Column]) -> list[NativeChart]:
    """Each series by day from the first hour."""
    days = (0, len(columns[0].values))
    return [
        NativeChart("line", title, 0, [DrawnColumn(title, order, days)], "day from the first hour", unit)
        for order, (title, unit) in enumerate(
            (SERIES[column.head] for column in columns[1:] if column.head in SERIES), 1
        )
    ]


def observed_charts(answer: ObserveAnswer, columns: list[Column]) -> list[NativeChart]:
    """What was observed by step, and what the model says of it, with the range of a single step."""
    heads, rows = [column.head for column in columns], (0, len(columns[0].values))
    by, unit = answer.manifest["by"], answer.manifest["unit"]
    series = [
        DrawnColumn("observed", heads.index("observed"), rows),
        DrawnColumn(f"model, a single {by}", heads.index("mean"), rows, (heads.index("low"), heads.index("high"))),
    ]
    return [NativeChart("line", f"{observed_words(answer)}, by {by}", heads.index("from"), series, by, unit)]


FIRST_SHEETS: Mapping[str, Callable[[Any], Iterable[TableSheet]]] = {
    "run": field_sheets,
    "compare": lambda answer: [headline_sheet(answer), yearly_sheet(answer), monthly_sheet(answer)],
    "sweep": lambda answer: [points_sheet(answer)],
    "forecast": forecast_first_sheets,
}
"""What lies before the tables of a study, by its kind."""

TABLE_NOTES = {
    "kpis": "Every measure; what each means stands in measures.",
    "published": "A figure used for calibration was aimed at, one used for validation was not; low, high: its band.",
}
"""What a reader is told of a table, by its stem."""

STUDY_CHARTS: Mapping[tuple[str, str], Charts] = {
    ("ladder", "ladder"): lambda answer, columns: [
        bars_of(
            columns, "What a step of each rung gains, kt a year", "resource", ["gain_kt"], ("gain_low", "gain_high")
        )
    ],
    ("target", "plans"): plan_charts,
    ("target", "screened"): screened_charts,
    ("calibrate", "targets"): lambda answer, columns: [
        bars_of(columns, "Deviation from the target", "title", ["deviation_share", "before_share"])
    ],
    ("match", "targets"): lambda answer, columns: [
        bars_of(columns, "Share of worlds that it rules out", "title", ["out_share", "alone_share"])
    ],
    ("observe", "span"): lambda answer, columns: [
        bars_of(columns, f"{observed_words(answer)}, {answer.manifest['unit']}", "statistic", ["observed", "mean"])
    ],
    ("observe", "series"): observed_charts,
    ("warmup", "warmup"): settling_charts,
}
"""What is drawn beside a table, by the kind of the study and the stem of the table."""
