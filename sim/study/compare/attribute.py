"""Where the change from paper to Tez comes from: lodged early, processed faster, works beside papers.

A part is its Shapley value: what the factor adds to an arm, averaged over all orders in which the three may come. The
three add up to the whole change in every replication, and no order of naming them matters (Shapley 1953, A value for
n-person games).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import factorial

import numpy as np
import pandas as pd

from sim.measure.run_view import KEYS
from sim.measure.statistics import FloatArray, divide, intervals
from sim.runs.results import Results, by_replication
from sim.study.compare.arms import FACTORS, choices
from sim.study.compare.pairing import check_pairing, common_periods

EFFECTS = (*FACTORS, "total")


def attribute(results: Mapping[frozenset[str], Results], level: float | None = None) -> pd.DataFrame:
    """The parts of each factor in the change from paper to Tez, and the total, paired by replication.

    Parameters
    ----------
    results
        The eight arms of `arms`, run under common random numbers, by their factors.
    level
        Confidence level of each interval; by default that of the results on paper.

    Returns
    -------
    DataFrame
        Columns kpi, place, flow, period, unit, effect (early, fast, beside, total), replications (in which all arms
        observed the measure), mean_paper, mean_tez, difference, ci_low, ci_high, significant; four rows a measure.

    Raises
    ------
    CompareError
        If two of them do not pair.
    """
    paper, *rest_arms = (results[factors] for factors in choices())
    for arm in rest_arms:
        check_pairing(paper, arm)
    tables = {factors: by_replication(arm.replications) for factors, arm in results.items()}
    common = reduce(
        lambda index, further: index.intersection(further, sort=False), (tables[f].index for f in choices())
    )
    periods = set.intersection(*(set(common_periods(paper, arm)) for arm in rest_arms))
    common = common[common.get_level_values("period").isin(periods)]
    values = {factors: table.loc[common].to_numpy(float) for factors, table in tables.items()}
    parts = effects(values)
    # a replication counts where all arms observed the measure, so that the parts add up in it
    is_common = np.isfinite(sum(values.values()))
    n = is_common.sum(axis=1)
    ends = (values[choices()[0]], values[choices()[-1]])
    mean_paper, mean_tez = (divide(np.where(is_common, end, 0.0).sum(axis=1), n) for end in ends)
    level = paper.manifest["level"] if level is None else level
    rows = []
    for order, (effect, change) in enumerate(parts.items()):
        means = intervals(np.where(is_common, change, np.nan), level)
        table = common.to_frame(index=False).assign(effect=effect, replications=means.n)
        table["mean_paper"], table["mean_tez"] = mean_paper, mean_tez
        table["difference"], table["ci_low"], table["ci_high"] = means.mean, means.low, means.high
        rows.append(table.assign(order=order, measure=np.arange(len(table))))
    answer = pd.concat(rows).sort_values(["measure", "order"], ignore_index=True).drop(columns=["measure", "order"])
    answer["significant"] = (answer["ci_low"] > 0) | (answer["ci_high"] < 0)
    answer.attrs = {"level": level}
    return answer


def effects(values: Mapping[frozenset[str], FloatArray]) -> dict[str, FloatArray]:
    """The Shapley value of each factor, elementwise, and their sum, by the names of `EFFECTS`."""
    count = len(FACTORS)
    parts = {factor: np.zeros(values[frozenset()].shape) for factor in FACTORS}
    for factor in FACTORS:
        for without in (factors for factors in choices() if factor not in factors):
            weight = factorial(len(without)) * factorial(count - len(without) - 1) / factorial(count)
            parts[factor] += weight * (values[without | {factor}] - values[without])
    return parts | {"total": values[frozenset(FACTORS)] - values[frozenset()]}


def of_measures(table: pd.DataFrame, keys: Sequence[tuple[str, str, str, str]]) -> pd.DataFrame:
    """The rows of some measures (kpi, place, flow, period), in their order."""
    order = {key: position for position, key in enumerate(keys)}
    position = [order.get(key, -1) for key in table[list(KEYS[:4])].itertuples(index=False, name=None)]
    rows = table.assign(position=position)
    rows = rows[rows["position"] >= 0].sort_values("position", kind="stable", ignore_index=True)
    return rows.drop(columns="position")
