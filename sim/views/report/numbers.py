"""Numbers on the page: each measure carries its key and its value beside the text that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.measure.addresses import rows_at
from sim.runs.answer import SIGNIFICANT
from sim.views import words

NUMBER = Markup(
    '<data value="{value}" data-of="{table}" data-scenario="{scenario}" data-kpi="{kpi}" data-place="{place}"'
    ' data-flow="{flow}" data-period="{period}" data-column="{column}">{text}</data>'
)
KEY = ("kpi", "place", "flow", "period")


def rounded(value: float) -> float:
    """A number with the digits that the tables of a result folder have."""
    return float(SIGNIFICANT % value)


def number_on_page(row: Mapping[str, Any], scenario: str, column: str, text: str, table: str = "kpis") -> Markup:
    """One column of a row of a table as a number that says where it comes from, shown as a text."""
    value = rounded(row[column])
    keys = {key: row[key] for key in KEY}
    return NUMBER.format(value=f"{value:g}", table=table, scenario=scenario, column=column, text=text, **keys)


def with_interval(row: Mapping[str, Any], scenario: str, column: str = "mean", table: str = "kpis") -> Markup:
    """A number, its interval if it has one, with the digits that this allows, and its unit: 2.37 [2.32, 2.42] Mt."""
    ends = (column, "ci_low", "ci_high")
    texts = words.measured_texts(*(row[end] for end in ends))
    if pd.isna(row["ci_low"]):
        return Markup("{}\u00a0{}").format(number_on_page(row, scenario, column, texts[0], table), row["unit"])
    numbers = [number_on_page(row, scenario, end, text, table) for end, text in zip(ends, texts, strict=True)]
    return Markup("{} [{}, {}]\u00a0{}").format(*numbers, row["unit"])


def row_at(table: pd.DataFrame, kpi: str, place: str, flow: str, period: str) -> dict[str, Any] | None:
    """The row of a measure in a table of measures or of differences; None if it was not observed."""
    rows = rows_at(table, kpi, place, flow, period)
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else None
