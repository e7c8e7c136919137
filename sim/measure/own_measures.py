"""Measures of one's own: a function of what one replication left behind to a number, counted in every replication."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from multiprocessing.reduction import ForkingPickler
from typing import Any

import pandas as pd

from sim.measure.catalogue import kpi_name
from sim.measure.run_view import append_rows
from sim.model.ledger import Tables
from sim.scenario.arguments import quoted
from sim.scenario.problems import ArgumentError, shown
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

Measure = Callable[[Tables], float]
"""Takes the tables of a replication, with the moment beside each hour, see `with_moments`."""

OWN = "own"
"""The unit of a measure of one's own: what its number is, only who wrote the function knows."""

DURATIONS = ("worked_h",)
"""Columns of the ledger in hours that are no moments."""


def is_own_name(name: str) -> bool:
    """Whether a measure of one's own may be called so: one word, as Python has them, that no KPI has for a name."""
    return name.isidentifier() and kpi_name(name) is None


def check_own_measures(measures: Mapping[str, Measure]) -> None:
    """Make sure that measures of one's own are functions, under names of their own.

    Raises
    ------
    ArgumentError
    """
    for name, function in measures.items():
        if not isinstance(name, str) or not is_own_name(name):
            reason = "is the name of a KPI" if isinstance(name, str) and kpi_name(name) else "is no name"
            raise ArgumentError(f"measures: {shown(name)} {reason}; a measure of your own needs one like late_trains")
        if not callable(function):
            raise ArgumentError(f"measures: {name} must be a function (got {quoted(function)})")


def check_can_be_sent(measures: Mapping[str, Measure]) -> None:
    """Make sure that worker processes can have the functions: they import each by its name from its file.

    Raises
    ------
    ArgumentError
        If one has no name there, as a lambda, or no file, as what is written in a notebook.
    """
    for name, function in measures.items():
        has_file = getattr(sys.modules["__main__"], "__file__", None) is not None
        is_here = getattr(function, "__module__", None) == "__main__" and not has_file
        try:
            ForkingPickler.dumps(function)  # as the pool of workers does
        except Exception:  # whatever an object of the user's says of itself
            is_here = True
        if is_here:
            raise ArgumentError(
                f"measures: {name} cannot be handed to worker processes, which import it from its file: define it "
                "with def at the top of a module, or run with workers=1"
            )


def with_moments(frame: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """A table of the ledger with the moment, in UTC, beside each hour: `arrived` beside `arrived_h`."""
    table = frame.copy()
    midnight = scenario.calendar.moment(0)
    for position, column in reversed([*enumerate(map(str, frame))]):
        if column.endswith("_h") and column not in DURATIONS:
            moments = midnight + pd.to_timedelta(frame[column], unit="h")
            table.insert(position + 1, column.removesuffix("_h"), moments.dt.round("s"))
    return table


def with_own_measures(
    kpis: pd.DataFrame, measures: Mapping[str, Measure], tables: Tables, scenario: Scenario
) -> pd.DataFrame:
    """The KPIs of a replication, and after them a row for each measure of one's own that it observed.

    Raises
    ------
    ArgumentError
        If a function fails, or returns no number.
    """
    if not measures:
        return kpis
    dated = Tables(**{part.name: with_moments(getattr(tables, part.name), scenario) for part in fields(Tables)})
    values = {name: own_value(name, function, dated) for name, function in measures.items()}
    observed = [name for name, value in values.items() if not math.isnan(value)]
    words = {"place": ALL, "flow": ALL, "period": ALL, "unit": OWN}
    rows = pd.DataFrame({"kpi": observed, **words, "value": [values[name] for name in observed]})
    # The same categories in each replication, whatever it observed: else their rows lose their order.
    return append_rows(kpis, rows, measures)


def own_value(name: str, function: Measure, tables: Tables) -> float:
    """What a function makes of the tables; NaN, or nothing, where it observed nothing.

    Raises
    ------
    ArgumentError
    """
    try:
        value: Any = function(tables)
    except Exception as error:
        raise ArgumentError(f"measures: {name} failed: {type(error).__name__}: {error}") from error
    if value is None or value is pd.NA:
        return math.nan
    try:
        number = float(value) if not isinstance(value, str | bytes) else math.inf
    except (TypeError, ValueError):
        number = math.inf
    if math.isinf(number):
        raise ArgumentError(f"measures: {name} must return one finite number (got {quoted(value)})")
    return number
