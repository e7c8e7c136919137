"""Measures of risk and error in one plot: mean and quantiles, each with its interval, after Nelson's MORE plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.addresses import rows_at
from sim.runs.results import Results, Several, several_results
from sim.scenario.addresses import with_words
from sim.scenario.values import ALL, DIRECTIONS
from sim.study.field.risk import risk
from sim.views import words
from sim.views.language import message, term
from sim.views.plots import style
from sim.views.plots.forest import WIDTH, name_rows, note_at_right
from sim.views.plots.settings import own_settings
from sim.views.plots.titles import row_words, short_labels, told_labels

ROW_INCH, PANEL_INCH, REST_INCH = 0.62, 0.9, 1.9
HEADINGS = {
    "replications": "Risk of a year: the values of the replications",
    "trains": "Risk of a shipment: quantiles among the trains of a replication, their means over all replications",
}
ALIGNED: tuple[Literal["right", "center", "left"], ...] = ("right", "center", "left")
LABEL_WIDTH = 0.17
"""Of the longest name of a quantile, as a share of the axis."""

HEADING_CHARACTERS = 74
OUTER = {"replications": ("p5", "p95"), "trains": ("p50", "p95")}
FEWEST_RUNS = 20
"""Replications below which no percentile of theirs is drawn: the 5th of four is but the least of them."""
WORDS = {"p5": "5th percentile", "p50": "median", "p90": "90th percentile", "p95": "95th percentile"}


@own_settings()
def smore(
    results: Several,
    kpi: str,
    *,
    caption: str = "",
    place: str | None = None,
    flow: str | None = None,
    period: str | None = None,
) -> Figure:
    """Mean and quantiles of a measure, each with its interval: one row a scenario.

    One panel over replications, of which there must be enough, and, where the measure has quantiles within a
    replication, one over trains. A quantile whose interval has no end, for want of replications, has an arrow there.

    Raises
    ------
    AddressError
        The first results have no such measure, or its address says another place, flow or period.
    NothingToDraw
        No results observed the measure, or it has no quantiles among trains, and the replications are too few.
    """
    results = several_results(results)
    kpi, place, flow, period = results[0].address(with_words(kpi, place=place, flow=flow, period=period))
    every = [risk([result], kpi, place, flow, period) for result in results]
    if all(table.empty for table in every):
        raise style.NothingToDraw(f"no results have {kpi} at {place}, {flow}, {period}")
    tables = [table[~is_few(table)] for table in every]
    statistics = pd.concat(tables)
    if statistics.empty:
        raise style.NothingToDraw(f"percentiles of replications need {FEWEST_RUNS}, and {kpi} has none among trains")
    unit = next(iter(unit for result in results for unit in rows_at(result.kpis, kpi)["unit"]), "")
    looks = zip(told_labels(results), style.result_colours(results), tables, strict=True)
    rows = [(name, colour, table) for name, colour, table in looks if len(table)]
    kinds = list(dict.fromkeys(statistics["over"]))
    subject, finding = subject_words(results[0], kpi, place, flow, period), risks_found(results, tables, unit)
    basis = style.basis_of(results)
    note = message("{basis}. Dot: mean; bars: quantiles; whiskers: the interval of each.", basis=basis)
    figure = style.sheet(
        message("{told}: {verdict}", told=subject, verdict=finding),
        words.paragraph([note, *few_words(every, statistics), caption]),
        WIDTH,
        REST_INCH + len(kinds) * (PANEL_INCH + ROW_INCH * len(rows)),
    )
    panels = style.stacked(figure, [1.0] * len(kinds))
    for axes, kind in zip(panels, kinds, strict=True):
        style.heading(axes, style.wrapped(term(HEADINGS[kind]), HEADING_CHARACTERS))
        style.dress(axes, words.comma_list([words.measure(kpi).lower(), term(unit)]), "", grid="x")
        draw_kind(axes, kind, rows)
    style.key_below(panels[-1], 2, panels)
    return figure


def is_few(table: pd.DataFrame) -> pd.Series[bool]:
    """Which rows are of too few replications for a percentile of theirs."""
    return (table["over"] == "replications") & (table["replications"] < FEWEST_RUNS)


def few_words(every: Sequence[pd.DataFrame], statistics: pd.DataFrame) -> list[str]:
    """What is not drawn, or has no end, for want of replications."""
    open_ends = statistics[["ci_low", "ci_high"]].isna().any(axis=None)
    texts = []
    if open_ends:
        texts.append(message("An arrow: an interval without an end, for which the replications are too few."))
    if any(is_few(table).any() for table in every):
        need = message(
            "Percentiles of the replications, the risk of a year, need {number} of them.", number=FEWEST_RUNS
        )
        texts.append(need)
    return texts


def subject_words(result: Results, kpi: str, place: str, flow: str, period: str) -> str:
    """A measure with its place, its flow and its period in words, also where it is of all of them."""
    place_words = message("everywhere") if place == ALL else words.title_of(result.scenario, place, ALL)
    flow_words = message("all flows")
    if flow != ALL:
        flow_words = term(flow) if flow in DIRECTIONS else words.title_of(result.scenario, ALL, flow)
    return words.comma_list([words.measure(kpi), place_words, flow_words, words.period(period)])


def draw_kind(axes: Axes, kind: str, rows: Sequence[tuple[str, str, pd.DataFrame]]) -> None:
    """One panel: the statistics over replications or over trains, a row a scenario in its colour."""
    tables = [table[table["over"] == kind].set_index("statistic") for _, _, table in rows]
    for level, (_, colour, _) in enumerate(rows):
        if len(tables[level]):
            draw_statistics(axes, level, tables[level], OUTER[kind], colour)
    name_rows(axes, [name for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.65)
    axes.margins(x=LABEL_WIDTH)
    for level, table in enumerate(tables):
        name_quantiles(axes, level, table)


def risks_found(results: Sequence[Results], tables: Sequence[pd.DataFrame], unit: str) -> str:
    """The mean of each scenario, and what one train, or else one replication, of twenty exceeds."""
    texts = []
    for name, statistics in zip(short_labels(results), tables, strict=True):
        if statistics.empty:
            continue
        over = "trains" if "trains" in set(statistics["over"]) else "replications"
        values = statistics[statistics["over"] == over].set_index("statistic")
        mean, high = (words.quantity(row_words(values.loc[word], "value"), unit) for word in ("mean", "p95"))
        text = message("mean {mean}, one replication in twenty above {high}", mean=mean, high=high)
        if over == "trains":
            text = message("mean {mean}, one train in twenty above {high}", mean=mean, high=high)
        texts.append(message("{told} ({name})", told=text, name=name) if len(results) > 1 else text)
    return words.listed_apart(texts)


def draw_statistics(axes: Axes, level: int, rows: pd.DataFrame, outer: tuple[str, str], colour: str) -> None:
    """One scenario: a band between the outer quantiles, bars for quantiles, a dot for the mean, and their intervals."""
    low, high = rows.loc[list(outer), "value"]
    axes.barh(
        level, high - low, 0.22, low, color=style.lighter(colour, 0.75), label=message("between the outer quantiles")
    )
    statistics = {str(name): row for name, row in rows.iterrows()}
    mean, name = statistics.pop("mean"), message("quantile")
    for row in statistics.values():
        axes.plot([row["value"]] * 2, [level - 0.2, level + 0.2], color=colour, linewidth=2.4, label=name)
        whisker(axes, row, level + 0.2, colour)
    whisker(axes, mean, level, style.INK)
    axes.plot(mean["value"], level, "o", color=style.INK, markersize=6, label=message("mean"), zorder=4)
    text = words.interval_text(mean["value"], mean["ci_low"], mean["ci_high"])
    note_at_right(axes, level, message("mean {value}", value=text))


def name_quantiles(axes: Axes, level: int, rows: pd.DataFrame) -> None:
    """The name and the value of each of three quantiles above its bar, the outer ones away from the middle one."""
    quantiles = rows.drop("mean", errors="ignore")
    for align, (name, row) in zip(ALIGNED, quantiles.iterrows(), strict=False):
        text = f"{term(WORDS[str(name)])} {row_words(row, 'value')}"
        look: dict[str, Any] = {"fontsize": style.SMALL_PT - 1, "color": style.FAINT, "ha": align, "va": "bottom"}
        axes.text(row["value"], level - 0.24, text, **look)


def whisker(axes: Axes, row: pd.Series[float], level: float, colour: str) -> None:
    """The interval of a statistic; an arrow where it has no end."""
    value, low, high = (float(row[name]) for name in ("value", "ci_low", "ci_high"))
    ends = [low if np.isfinite(low) else value, high if np.isfinite(high) else value]
    axes.plot(ends, [level, level], color=colour, linewidth=1.4, marker="|", markersize=7, zorder=3)
    for bound, arrow in ((low, "<"), (high, ">")):
        if not np.isfinite(bound):
            axes.plot(value, level, arrow, color=colour, markerfacecolor="white", markersize=7, zorder=3)
