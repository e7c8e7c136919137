"""Measures chosen from all there are: by name from a command line, or the ones that answer first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.observed import groups
from sim.measure.statistics import FloatArray
from sim.scenario.addresses import ALL
from sim.scenario.conclusions import MeasureName
from sim.scenario.errors import CorridorError
from sim.scenario.periods import last_full_year, periods
from sim.scenario.problems import did_you_mean
from sim.scenario.schema import Scenario

AT_BORDERS = ("clearance_h", "border_dwell_h")
OF_CORRIDORS = ("transit_days", "throughput_mt")


class MeasureError(CorridorError, ValueError):
    """A measure asked for that is not there; the message names what is."""


@dataclass(frozen=True)
class Measure:
    """One measure of one run: where it is taken, of which flows and in which period."""

    kpi: str
    place: str = ALL
    flow: str = ALL
    period: str = ALL

    def __str__(self) -> str:
        return ":".join((self.kpi, self.place, self.flow, self.period))


def parsed(text: str, scenario: Scenario) -> Measure:
    """The measure that `KPI[:PLACE[:FLOW[:PERIOD]]]` names; the period, if not said, is the last full year.

    Raises
    ------
    MeasureError
        If the place, the flow or the period is not of the scenario, or the text has too many parts.
    """
    kpi, *rest = text.split(":")
    if not kpi or len(rest) > 3 or not all(rest):
        raise MeasureError(f"'{text}' must be written KPI[:PLACE[:FLOW[:PERIOD]]]")
    place, flow, period = (*rest, *(ALL, ALL, last_full_year(scenario))[len(rest) :])
    known = (
        ("place", place, (ALL, *scenario.places, *scenario.wagon_pools)),
        ("flow", flow, groups(scenario).names),
        ("period", period, tuple(periods(scenario))),
    )
    for what, name, names in known:
        if name not in names:
            raise MeasureError(f"'{text}': there is no {what} '{name}'{did_you_mean(name, names)}")
    return Measure(kpi, place, flow, period)


def headline_measures(scenario: Scenario) -> tuple[Measure, ...]:
    """The measures that answer first, in the last full year (else the whole horizon).

    Mean clearance and dwell at every border that some flow crosses, over all flows; mean transit time and throughput of
    every corridor, of all flows where there is none.
    """
    year = last_full_year(scenario)
    routes = [flow.route for flow in scenario.flows.values()]
    crossed = [
        name
        for name, place in scenario.places.items()
        if place.kind == "border" and any(name in route for route in routes)
    ]
    corridors = [*scenario.corridors] or [ALL]
    at_borders = (Measure(kpi, place, ALL, year) for kpi in AT_BORDERS for place in crossed)
    of_corridors = (Measure(kpi, ALL, corridor, year) for kpi in OF_CORRIDORS for corridor in corridors)
    return (*at_borders, *of_corridors)


def values_of(measures: Sequence[Measure], tables: Sequence[pd.DataFrame]) -> FloatArray:
    """Values of measures × runs, from the kpis of each run; NaN where a run did not observe the measure."""
    found = np.full((len(measures), len(tables)), np.nan)
    for column, table in enumerate(tables):
        for row, measure in enumerate(measures):
            values = table.loc[is_measure(table, measure), "value"]
            if len(values):
                found[row, column] = values.iloc[0]
    return found


def is_measure(table: pd.DataFrame, measure: Measure) -> pd.Series[bool]:
    """The rows of a table of kpis that hold a measure."""
    return (
        (table["kpi"] == measure.kpi)
        & (table["place"] == measure.place)
        & (table["flow"] == measure.flow)
        & (table["period"] == measure.period)
    )


def check_observed(measures: Iterable[Measure], tables: Sequence[pd.DataFrame]) -> None:
    """Make sure that each measure is one of those that runs observe.

    Raises
    ------
    MeasureError
        If one is observed in none of them.
    """
    for measure in measures:
        if not any(is_measure(table, measure).any() for table in tables):
            raise MeasureError(f"'{measure}' is observed in no replication{suggestion(measure, tables[0])}")


def suggestion(measure: Measure, table: pd.DataFrame) -> str:
    """What the user may have meant: a kpi of a like name, or the places and flows that the kpi is observed at."""
    kpis = [str(kpi) for kpi in table["kpi"].unique()]
    if measure.kpi not in kpis:
        return f": there is no kpi '{measure.kpi}'{did_you_mean(measure.kpi, kpis)}"
    rows = table[(table["kpi"] == measure.kpi) & (table["period"] == measure.period)]
    return f": {measure.kpi} has {', '.join(some(places_and_flows(rows))) or 'no value in ' + measure.period}"


def places_and_flows(rows: pd.DataFrame) -> Iterator[str]:
    """Where a kpi is observed, as written in an option."""
    for place, flow in rows[["place", "flow"]].drop_duplicates().itertuples(index=False):
        yield f"{place}:{flow}"


def some(names: Iterator[str], most: int = 6) -> list[str]:
    """The first names, and dots for the others."""
    listed = list(names)
    return listed if len(listed) <= most else [*listed[:most], "…"]


def rows_of(table: pd.DataFrame, name: MeasureName, scenario: Scenario) -> pd.DataFrame:
    """The rows of a table of measures that a name means."""
    period = name.period or last_full_year(scenario)
    same = (table["kpi"] == name.kpi) & (table["place"] == name.place) & (table["flow"] == name.flow)
    return table[same & (table["period"] == period)]
