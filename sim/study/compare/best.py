"""Which of several scenarios may be the best in a measure, and which are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.measure.addresses import check_observed, rows_at
from sim.measure.catalogue import more_is_better, most_of
from sim.measure.statistics import FloatArray, check_level, measure_intervals, t_quantile
from sim.runs.results import Results
from sim.scenario.addresses import Address, AddressError
from sim.study.compare.pairing import CompareError, check_pairing


def best_subset(
    results: Sequence[Results], measure: Address, level: float | None = None, most: bool | None = None
) -> pd.DataFrame:
    """The scenarios that may be best in a measure: a subset that holds the best one with probability `level`.

    Screening by all paired differences under common random numbers: of k scenarios, i stays unless some j is better by
    more than t S_ij / sqrt(n), where S_ij is the standard deviation of the n paired differences and t the quantile of
    Student's t at 1 - (1 - level) / (k - 1), with n - 1 degrees of freedom. By Bonferroni over the k - 1 comparisons of
    the best one, it is lost with probability 1 - level at most, for differences that are about normal (Nelson, Swann,
    Goldsman and Song 2001, Operations Research 49; the paired form after Nelson and Matejcik 1995, Management Science
    41). The subset is one scenario if the sample suffices, and all of them if it says nothing.

    Parameters
    ----------
    results
        At least two, paired; with names of their own.
    measure
        What they are judged by, in the replications that observed it in all of them.
    level
        By default that of the first.
    most
        Whether the most is the best, else the least; by default as the measure is meant.

    Returns
    -------
    DataFrame
        Columns scenario, replications, mean, ci_low, ci_high (of each alone at `level`), behind (mean shortfall from
        the scenario with the best mean, 0 for itself), in_subset; the best mean first. `attrs` has level and most.

    Raises
    ------
    CompareError
        If there are fewer than two, or they do not pair, or share a name.
    AddressError
        If the measure is not observed in one of them, or has no better end and `most` does not say.
    """
    if len(results) < 2 or len({result.name for result in results}) < len(results):
        raise CompareError("the best is chosen of two or more scenarios with names of their own")
    for rival in results[1:]:
        check_pairing(results[0], rival)
    most = more_is_better(measure.kpi) if most is None else most
    if most is None:
        raise AddressError(f"'{measure.kpi}': whether the most or the least of it is best has to be said")
    level = results[0].manifest["level"] if level is None else level
    check_level(level)
    values = common_values(results, measure)
    means = measure_intervals(values, level, most_of(measure.kpi))
    table = pd.DataFrame({"scenario": [result.name for result in results], "replications": values.shape[1]})
    table["mean"], table["ci_low"], table["ci_high"] = means.mean, means.low, means.high
    best = means.mean.max() if most else means.mean.min()
    table["behind"] = np.abs(means.mean - best)
    table["in_subset"] = may_be_best(values if most else -values, level)
    table = table.sort_values("mean", ascending=not most, kind="stable", ignore_index=True)
    table.attrs = {"level": level, "most": most}
    return table


def common_values(results: Sequence[Results], measure: Address) -> FloatArray:
    """Values of a measure: scenarios × the replications that observed it in all.

    Raises
    ------
    AddressError
        If a scenario never observed it, or no two replications did in all.
    """
    rows = []
    for result in results:
        check_observed([measure], [result.replications])
        table = rows_at(result.replications, *measure)
        rows.append(table.set_index("replication")["value"])
    values = pd.concat(rows, axis=1, join="inner").sort_index().dropna().to_numpy(float).T
    if values.shape[1] < 2:
        raise AddressError(f"'{measure}' is observed in fewer than two common replications")
    return np.ascontiguousarray(values)


def may_be_best(values: FloatArray, level: float) -> list[bool]:
    """Whether each scenario may have the largest mean; `values` are scenarios × replications."""
    number, n = values.shape
    t = float(t_quantile(1 - (1 - level) / (number - 1), np.array([n - 1]))[0])
    verdicts = []  # of each in turn, against all: k is small, and the differences to one are a matrix
    for own in values:
        ahead = values - own
        mean, deviation = ahead.mean(axis=1), ahead.std(axis=1, ddof=1)
        verdicts.append(bool((mean <= t * deviation / np.sqrt(n)).all()))
    return verdicts
