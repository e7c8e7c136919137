"""Risk and error of a measure, after Nelson's plot: where it lies, how far it spreads, how sure both are.

B. L. Nelson, The MORE plot: displaying measures of risk and error from simulation output, Winter Simulation Conference
2008. The mean has the interval of Student's t, a quantile one of order statistics, whatever the distribution.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.catalogue import QUANTILES
from sim.measure.statistics import FloatArray, measure_interval, quantile_interval
from sim.runs.results import Results
from sim.scenario.values import ALL

SHARES = (0.05, 0.5, 0.95)
COLUMNS = ("scenario", "over", "statistic", "value", "ci_low", "ci_high", "replications")


def risk(results: Sequence[Results], kpi: str, place: str = ALL, flow: str = ALL, period: str = ALL) -> pd.DataFrame:
    """Mean and quantiles of a measure in each of some results, each with its interval.

    Returns
    -------
    DataFrame
        Columns scenario, over, statistic, value, ci_low, ci_high, replications. Over `replications`: mean, p5, p50, p95
        of the values of the replications, a bound NaN where they are too few for it. Over `trains`, where the measure
        has quantiles within a replication: mean, p50, p90, p95, each a mean over replications. Results that lack the
        measure have no rows.
    """
    rows = []
    for result in results:
        level = result.manifest["level"]
        over_runs = replication_values(result, kpi, place, flow, period)
        if not len(over_runs):
            continue
        mean = measure_interval(over_runs, level)
        rows.append((result.name, "replications", "mean", mean.mean, mean.low, mean.high, mean.n))
        for share in SHARES:
            quantile = quantile_interval(over_runs, share, level)
            numbers = (quantile.value, quantile.low, quantile.high, quantile.n)
            rows.append((result.name, "replications", f"p{100 * share:g}", *numbers))
        for suffix in ("", *(f"_{name}" for name in QUANTILES)):
            within = replication_values(result, f"{kpi}{suffix}", place, flow, period)
            if len(within) and len(replication_values(result, f"{kpi}_p50", place, flow, period)):
                mean = measure_interval(within, level)
                rows.append((result.name, "trains", suffix[1:] or "mean", mean.mean, mean.low, mean.high, mean.n))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def replication_values(results: Results, kpi: str, place: str, flow: str, period: str) -> FloatArray:
    """The values of a measure in the replications that observed it."""
    return rows_at(results.replications, kpi, place, flow, period)["value"].to_numpy(float)
