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


def number_on_page(row: Mapping[str, Any], scenario: str, column: str, table: str = "kpis") -> Markup:
    """One column of a row of a table as a number that says where it comes from."""
    value = rounded(row[column])
    keys = {key: row[key] for key in KEY}
    text = words.figure(value)
    return NUMBER.format(value=f"{value:g}", table=table, scenario=scenario, column=column, text=text, **keys)


def with_interval(row: Mapping[str, Any], scenario: str, column: str = "mean", table: str = "kpis") -> Markup:
    """A number with its unit and its interval, if it has one: 2.37 Mt [2.31, 2.42]."""
    if pd.isna(row["ci_low"]):
        return Markup("{} {}").format(number_on_page(row, scenario, column, table), row["unit"])
    value, low, high = (number_on_page(row, scenario, end, table) for end in (column, "ci_low", "ci_high"))
    return Markup("{} {} [{}, {}]").format(value, row["unit"], low, high)


def row_at(table: pd.DataFrame, kpi: str, place: str, flow: str, period: str) -> dict[str, Any] | None:
    """The row of a measure in a table of measures or of differences; None if it was not observed."""
    rows = rows_at(table, kpi, place, flow, period)
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else None
