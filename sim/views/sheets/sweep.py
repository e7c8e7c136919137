"""A sweep in words, and as a folder, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.measure.addresses import rows_at
from sim.runs.folders import writing
from sim.runs.results import SIGNIFICANT
from sim.scenario.reading.opening import ledger_of
from sim.study.sweep.factors import REQUEST_TABLES
from sim.views.plots import draw_sweep
from sim.views.sheets.factors import factor_title, measure_title, value_words
from sim.views.sheets.sheet import Sheet, assumed, interval, sample_of

if TYPE_CHECKING:
    from sim.scenario.reading.read import Reading
    from sim.study.sensitivity.sensitivity import SensitivityResults
    from sim.study.sweep.factors import Factor
    from sim.study.sweep.sweep import SweepResults

MOST_ROWS = 30
"""Points of a sweep that are shown; the others stand in its tables."""


def write_sweep(results: SweepResults, folder: Path, plots: bool = True) -> None:
    """Write a sweep: points.csv, sweep.csv and a figure for each measure to draw.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    with writing(folder) as temporary:
        csv(with_what_came(results), temporary / "points.csv")
        csv(results.points.merge(results.table, on="point"), temporary / "sweep.csv")
        write_manifest(results.manifest, temporary)
        if plots:
            draw_sweep(results, temporary, standing(results.reading))


def standing(reading: Reading) -> str:
    """How many inputs are assumed, in one sentence; what a sweep or a sensitivity tries is no input."""
    inputs = {key: value for key, value in reading.resolved.items() if key not in REQUEST_TABLES}
    return assumed(inputs, ledger_of(reading))


def csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, numbers with six significant digits."""
    table.to_csv(path, index=False, float_format=SIGNIFICANT, lineterminator="\n")


def write_manifest(manifest: Mapping[str, Any], folder: Path) -> None:
    """Write manifest.json into an existing folder."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


def with_what_came(results: SweepResults) -> pd.DataFrame:
    """The points of a sweep, and after each scale what it makes of the scenario: whole numbers are rounded."""
    table = results.points.copy()
    for factor in (each for each in results.factors if each.scale):
        came = [factor.comes_to(results.reading.resolved, value) for value in table[factor.label]]
        table.insert(list(table.columns).index(factor.label) + 1, factor.key, came)
    return table


def sample(results: SweepResults | SensitivityResults) -> str:
    """Points, replications, level and seed, in words."""
    known = results.manifest
    return f"{known['points']} points of {sample_of(known['replications'], known['level'], known['seed'])}"


def sweep_sheet(results: SweepResults) -> Sheet:
    """The measures to draw at each point."""
    names = [measure_title(results.scenario, name) for name in results.measures]
    found = {name: rows_at(results.table, *name).set_index("point") for name in results.measures}
    units = [f", {rows['unit'].iloc[0]}" if len(rows) else "" for rows in found.values()]
    heads = [factor_title(results.reading, each) for each in results.factors]
    shown = results.points.head(MOST_ROWS)
    rest = len(results.points) - len(shown)
    note = f"{rest} more points stand in sweep.csv" if rest else ""
    measures = [f"{name}{unit}" for name, unit in zip(names, units, strict=True)]
    sheet = Sheet(f"{results.scenario.title}: what the points come to", (*heads, *measures), note=note)
    for _, point in shown.iterrows():
        values = [value_words(each, point[each.label]) for each in results.factors]
        cells = [cell_at(rows, point["point"]) for rows in found.values()]
        sheet.rows.append((*values, *cells))
    return sheet


def cell_at(rows: pd.DataFrame, point: Any) -> str:
    """Mean and interval of a measure at a point."""
    if point not in rows.index:
        return "–"
    row = rows.loc[[point]].iloc[0]
    return interval(row["mean"], row["ci_low"], row["ci_high"])


def rounded_words(factors: tuple[Factor, ...], reading: Reading) -> str:
    """Which factors take whole numbers only, in one sentence; empty if none does."""
    names = [factor_title(reading, each) for each in factors if each.whole and not each.values]
    return f"Rounded to whole numbers: {'; '.join(names)}." if names else ""
