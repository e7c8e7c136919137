"""Clearance and dwell of results side by side, and where a measure was taken, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.views import words
from sim.views.report.numbers import row_at, with_interval


def where(scenario: Scenario, row: dict[str, Any]) -> str:
    """Place, flow and period of a measure in words."""
    period = "whole horizon" if row["period"] == ALL else words.year_title(scenario, row["period"])
    title = words.title_of(scenario, row["place"], row["flow"])
    return f"{'all trains' if title == 'all' else title}, {period}"


AT_A_BORDER = ("clearance_h_p50", "clearance_h_p90", "border_dwell_h", "border_dwell_customs_h")


@dataclass(frozen=True)
class ClearanceLine:
    """A line of the table: what is measured, and for each result the number with its interval, or nothing."""

    title: str
    cells: tuple[Markup, ...]


def clearance_lines(runs: Sequence[Results]) -> list[ClearanceLine]:
    """Lines for every regime and every border, of all flows, in the last full year of each result."""
    lines = [clearance_line(runs, *measure) for measure in measures_at_borders(runs)]
    return [line for line in lines if any(line.cells)]


def measures_at_borders(runs: Sequence[Results]) -> Iterator[tuple[str, str, str]]:
    """What the table asks: title, measure and place."""
    regimes = {name: regime.title for run in runs for name, regime in run.scenario.regimes.items()}
    for name, title in regimes.items():
        yield f"{title}: {words.measure('declarations').lower()}", f"declarations_{name}", ALL
        for suffix in ("_p50", "_p90"):
            yield f"{title}: arrival to release, {words.QUANTILES[suffix]}", f"clearance_{name}_h{suffix}", ALL
    borders = {
        name: place.title for run in runs for name, place in run.scenario.places.items() if place.kind == "border"
    }
    for place, title in borders.items():
        for kpi in AT_A_BORDER:
            yield f"{title}: {words.measure(kpi)}", kpi, place


def clearance_line(runs: Sequence[Results], title: str, kpi: str, place: str) -> ClearanceLine:
    """One line of the table."""
    rows = [row_at(run.kpis, kpi, place, ALL, last_full_year(run.scenario)) for run in runs]
    return ClearanceLine(
        title,
        tuple(with_interval(row, run.name) if row else Markup("") for run, row in zip(runs, rows, strict=True)),
    )
