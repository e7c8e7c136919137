"""Good and bad years: quantiles over replications, and the chance that a measure keeps to a bound, with intervals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.chances import ShareInterval, share_reaching
from sim.measure.statistics import quantile_interval
from sim.measure.vocabulary import known_address
from sim.runs.results import OUTLOOK, Results
from sim.scenario.addresses import FORM, Address, AddressError
from sim.scenario.schema import Scenario

BOUND = re.compile(r"\s*(?P<measure>[^<>=\s]+)\s*(?P<sense><=|>=)\s*(?P<value>[^<>=\s]+)\s*")


@dataclass(frozen=True)
class Bound:
    """A bound that a measure is to keep to: at least `value`, or at most."""

    measure: Address
    at_least: bool
    value: float


def parsed_bound(text: str, scenario: Scenario) -> Bound:
    """The bound that `KPI[:PLACE[:FLOW[:PERIOD]]]>=VALUE`, or with `<=`, says.

    Raises
    ------
    AddressError
        If it is written otherwise, or names what the scenario does not have.
    """
    match = BOUND.fullmatch(text)
    try:
        value = float(match["value"]) if match else float("nan")
    except ValueError:
        value = float("nan")
    if match is None or not abs(value) < float("inf"):
        raise AddressError(f"'{text}' must be written {FORM}>=VALUE, or with <=")
    return Bound(known_address(match["measure"], scenario), match["sense"] == ">=", value)


def quantile_table(results: Results, measures: Sequence[Address], level: float | None = None) -> pd.DataFrame:
    """Quantiles of measures over replications with distribution-free intervals.

    Parameters
    ----------
    level
        By default that of the results.

    Returns
    -------
    DataFrame
        A row a measure observed and quantile: kpi, place, flow, period, unit, quantile (p10, p50, p90), replications,
        value, ci_low, ci_high (NaN where there are too few replications for a bound), level_reached.
    """
    level = results.manifest["level"] if level is None else level
    rows = []
    for measure in measures:
        table = rows_at(results.replications, *measure)
        for name, share in OUTLOOK.items() if len(table) else ():
            quantile = quantile_interval(table["value"], share, level)
            key = (measure.kpi, measure.place, measure.flow, measure.period, str(table["unit"].iloc[0]))
            rows.append((*key, name, quantile.n, quantile.value, quantile.low, quantile.high, quantile.level))
    heads = "kpi place flow period unit quantile replications value ci_low ci_high level_reached"
    return pd.DataFrame(rows, columns=heads.split())


def chance_of_bound(results: Results, bound: Bound, level: float | None = None) -> ShareInterval:
    """The share of the replications that observed a measure in which it keeps to a bound, with its exact interval."""
    values = rows_at(results.replications, *bound.measure)["value"]
    return share_reaching(values, bound.value, results.manifest["level"] if level is None else level, bound.at_least)
