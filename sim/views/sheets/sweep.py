"""A sweep in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.measure.addresses import rows_at
from sim.study.sensitivity.sensitivity import SensitivityResults
from sim.study.sweep.sweep import SweepResults
from sim.views.sheets.factors import factor_title, measure_title, value_words
from sim.views.sheets.sheet import Sheet
from sim.views.words import interval_text, sample

MOST_ROWS = 30
"""Points of a sweep that are shown; the others stand in its tables."""


def sweep_sheets(results: SweepResults) -> list[Sheet]:
    """All that a sweep answers."""
    return [sweep_sheet(results)]


def sweep_sentences(results: SweepResults) -> list[str]:
    """What a sweep rests on."""
    return [points_sentence(results), *rounded_sentences(results)]


def points_sentence(results: SweepResults | SensitivityResults) -> str:
    """Points, replications, level and seed, in words."""
    return f"{results.manifest['points']} points of {sample(results)}, the same random numbers at each."


def sweep_sheet(results: SweepResults) -> Sheet:
    """The measures to draw at each point."""
    names = [measure_title(results.scenario, name) for name in results.measures]
    rows_by_address = {name: rows_at(results.table, *name).set_index("point") for name in results.measures}
    units = [f", {rows['unit'].iloc[0]}" if len(rows) else "" for rows in rows_by_address.values()]
    heads = [factor_title(results.reading, factor) for factor in results.factors]
    points = results.points.head(MOST_ROWS)
    hidden_count = len(results.points) - len(points)
    note = f"{hidden_count} more points stand in sweep.csv" if hidden_count else ""
    measures = [f"{name}{unit}" for name, unit in zip(names, units, strict=True)]
    sheet = Sheet(f"{results.scenario.title}: what the points come to", (*heads, *measures), note=note)
    for _, point in points.iterrows():
        values = [value_words(factor, point[factor.label]) for factor in results.factors]
        cells = [cell_at(rows, point["point"]) for rows in rows_by_address.values()]
        sheet.rows.append((*values, *cells))
    return sheet


def cell_at(rows: pd.DataFrame, point: Any) -> str:
    """Mean and interval of a measure at a point."""
    if point not in rows.index:
        return "–"
    row = rows.loc[[point]].iloc[0]
    return interval_text(row["mean"], row["ci_low"], row["ci_high"])


def rounded_sentences(results: SweepResults | SensitivityResults) -> list[str]:
    """Which factors take whole numbers only, if any does."""
    names = [
        factor_title(results.reading, factor) for factor in results.factors if factor.is_whole and not factor.values
    ]
    return [f"Rounded to whole numbers: {'; '.join(names)}."] if names else []
