"""Good and bad years: quantiles over replications, and the chance that a measure keeps to a bound, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.chances import ShareInterval, share_reaching
from sim.measure.statistics import quantile_interval
from sim.measure.vocabulary import Bound
from sim.runs.results import OUTLOOK, Results
from sim.scenario.addresses import Address


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
