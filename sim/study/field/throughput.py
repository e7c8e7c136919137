"""Throughput of a corridor by calendar year."""

from __future__ import annotations

import pandas as pd

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

SHORTEST_YEAR_H = 365 * 24.0


def full_years(scenario: Scenario) -> list[str]:
    """The periods that are whole calendar years."""
    spans = scenario.calendar.years()
    return [year for year, (from_h, until_h) in spans.items() if until_h - from_h >= SHORTEST_YEAR_H]


def yearly_throughput(result: Results, corridor: str) -> pd.DataFrame:
    """The corridor's throughput, Mt: year, mean, ci_low, ci_high, and whether the horizon holds the full year."""
    rows = rows_at(result.kpis, "throughput_mt", ALL, corridor)
    rows = rows[rows["period"] != ALL]
    table = rows[["mean", "ci_low", "ci_high"]].assign(
        year=rows["period"].astype(str).astype(int), full=rows["period"].isin(full_years(result.scenario))
    )
    return table.sort_values("year", ignore_index=True)
