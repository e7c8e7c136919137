"""Scenarios against a base, replication by replication under the same random numbers.

Beside the differences: the parts of the change from paper to Tez, and which scenarios may be the best in a measure.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import reduce
from math import factorial
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measure import statistics
from sim.measure.addresses import AT_BORDERS, OF_CORRIDORS, check_observed, rows_at
from sim.measure.catalogue import more_is_better, most_of
from sim.measure.run_view import KEYS, by_replication
from sim.runs.results import Results, results_of, several_results
from sim.scenario.addresses import Address, AddressError
from sim.scenario.arguments import checked
from sim.scenario.meaning import last_full_year, period_days
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.compare.arms import FACTORS, CompareError, check_pairing, choices, common_periods


@checked
def compare(
    a: Results | str | Path, b: Results | str | Path, *more: Results | str | Path, level: float | None = None
) -> pd.DataFrame:
    """Differences of each other scenario from the base `a`, with Student-t intervals over common replications.

    With several others the level of each interval is raised after Bonferroni, so that for each measure the intervals
    of all comparisons with the base hold together at least as often as `level` says. Different measures are families
    of their own.

    Parameters
    ----------
    a
        The base: what `run` returned, or the folder in which it lies.
    b, more
        The others, likewise.
    level
        Confidence level, of each measure's comparisons together; by default that of `a`.

    Returns
    -------
    DataFrame
        Columns kpi, place, flow, period, unit, replications, mean_a, mean_b, difference, ci_low, ci_high, significant
        (the interval excludes 0; missing where there is none); with several others a column scenario before them names
        the other.
        `attrs["left_out"]` counts the measures that only `a` has, and only `b` (summed over several others);
        Python warns of periods that are left out, as they are other days in another scenario.
        A measure, a place or a year alone, each number once: `sim.comparison(a, b).differences_at(...)`.
        `attrs["scenarios"]` are their names, the base first.
        `attrs["level"]` is that of a measure's comparisons together, `attrs["level_each"]` that of each interval.

    Raises
    ------
    CompareError
        If seeds or replications differ, no period means the same days in both, or scenarios that differ share a name.
    """
    base, *rivals = results = [results_of(side) for side in (a, b, *more)]
    differences = differences_from(results, level)
    differences.attrs["scenarios"] = [run.name for run in results]
    for rival in rivals:
        common = common_periods(base, rival)
        apart = sorted({*period_days(base.scenario), *period_days(rival.scenario)} - {*common})
        if apart:
            message = f"of {base.name} and {rival.name} only {', '.join(common)} are compared, the same days in both"
            warnings.warn(f"{message}; left out: {', '.join(apart)}", stacklevel=3)  # over the frame of `checked`
    return differences


def differences_from(results: Sequence[Results], level: float | None = None) -> pd.DataFrame:
    """The differences of results from the first of them, see `compare`, without a word on periods left out."""
    base, *rivals = results
    names = [run.name for run in results]
    twice = sorted({name for name in names if names.count(name) > 1})
    is_against_itself = len(rivals) == 1 and base.resolved == rivals[0].resolved
    if twice and not is_against_itself:
        hint = 'name one when it is loaded, sim.load("…").set({}, name="…")'
        raise CompareError(f"scenarios compared with others need names of their own: {', '.join(twice)}; {hint}")
    level = base.manifest["level"] if level is None else level
    level_each = level_of_each(level, len(rivals))
    tables = [paired_differences(base, rival, level_each) for rival in rivals]
    left_out = {side: sum(table.attrs["left_out"][side] for table in tables) for side in ("a", "b")}
    differences = tables[0]
    if rivals[1:]:
        for rival, table in zip(rivals, tables, strict=True):
            table.insert(0, "scenario", rival.name)
            table.attrs = {}
        differences = pd.concat(tables, ignore_index=True)
    differences.attrs = {"left_out": left_out, "level": level, "level_each": level_each}
    return differences


def level_of_each(level: float, comparisons: int) -> float:
    """The level of each of some intervals that together hold at `level` at least (Bonferroni)."""
    return level if comparisons == 1 else 1 - (1 - level) / comparisons


def paired_differences(a: Results, b: Results, level: float) -> pd.DataFrame:
    """Differences b - a, see `compare`."""
    check_pairing(a, b)
    values_a, values_b = by_replication(a.replications), by_replication(b.replications)
    common = values_a.index.intersection(values_b.index, sort=False)
    common = common[common.get_level_values("period").isin(common_periods(a, b))]
    base, rival = values_a.loc[common].to_numpy(float), values_b.loc[common].to_numpy(float)
    changes = statistics.intervals(rival - base, level)
    is_paired = np.isfinite(rival - base)
    differences = common.to_frame(index=False)
    differences["replications"] = changes.n
    differences["mean_a"] = statistics.divide(np.where(is_paired, base, 0.0).sum(axis=1), changes.n)
    differences["mean_b"] = statistics.divide(np.where(is_paired, rival, 0.0).sum(axis=1), changes.n)
    differences["difference"], differences["ci_low"], differences["ci_high"] = changes.mean, changes.low, changes.high
    differences["significant"] = leave_out_zero(differences)
    differences.attrs["left_out"] = {"a": len(values_a) - len(common), "b": len(values_b) - len(common)}
    return differences


def leave_out_zero(differences: pd.DataFrame) -> pd.Series[bool]:
    """Whether the interval of each row leaves out zero; missing where there is none, as of too few replications."""
    low, high = differences["ci_low"], differences["ci_high"]
    return ((low > 0) | (high < 0)).astype("boolean").mask(low.isna() & high.isna())


def difference_of(a: Results, b: Results, measure: Address, level: float | None = None) -> statistics.Interval | None:
    """The paired difference b - a of one measure; None if the results do not pair, or no replication has it in both."""
    try:
        check_pairing(a, b)
        periods_of_both = common_periods(a, b)
    except CompareError:
        return None
    base, rival = (rows_at(result.replications, *measure).set_index("replication")["value"] for result in (a, b))
    changes = (rival - base).dropna().to_numpy(float)
    if measure.period not in periods_of_both or not len(changes):
        return None
    return statistics.interval(changes, a.manifest["level"] if level is None else level)


def headline_rows(differences: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """The rows that answer first, in the last full year of the horizon (else all of it).

    Clearance and dwell at every border over all flows, and of each corridor that differs there; then journey and
    throughput of every corridor (of all flows where there is none).
    """
    of_year = rows_at(differences, period=last_full_year(scenario))
    borders = [name for name, place in scenario.places.items() if place.kind == "border"]
    corridors = [*scenario.corridors] or [ALL]
    differing = of_year["flow"].isin(scenario.corridors) & differs_anywhere(of_year)
    at_borders = of_year["place"].isin(borders) & ((of_year["flow"] == ALL) | differing)
    of_corridors = (of_year["place"] == ALL) & of_year["flow"].isin(corridors)
    blocks = [of_year[(of_year["kpi"] == kpi) & at_borders] for kpi in AT_BORDERS]
    blocks += [of_year[(of_year["kpi"] == kpi) & of_corridors] for kpi in OF_CORRIDORS]
    return pd.concat(
        [rows.sort_values(["place", "flow"], key=first_all, kind="stable") for rows in blocks], ignore_index=True
    )


def differs_anywhere(rows: pd.DataFrame) -> pd.Series[bool]:
    """Whether the measure of a row differs from the base in some scenario."""
    keys = pd.MultiIndex.from_frame(rows[list(KEYS)])
    return pd.Series(keys.isin(keys[rows["significant"].fillna(False).to_numpy(bool)]), index=rows.index)


def first_all(names: pd.Series[str]) -> pd.Series[int]:
    """A key that puts `all` first and leaves the order of the others as it first is."""
    order = {name: position for position, name in enumerate(dict.fromkeys([ALL, *names]))}
    return names.map(order)


EFFECTS = (*FACTORS, "total")


@checked
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
    if {*choices()} - results.keys():
        raise CompareError("attribute needs the results of all eight scenarios that arms returns, by the same keys")
    arms_run = {factors: results_of(arm) for factors, arm in results.items()}
    paper, *rest_arms = (arms_run[factors] for factors in choices())
    for arm in rest_arms:
        check_pairing(paper, arm)
    tables = {factors: by_replication(arm.replications) for factors, arm in arms_run.items()}
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
    mean_paper, mean_tez = (statistics.divide(np.where(is_common, end, 0.0).sum(axis=1), n) for end in ends)
    level = paper.manifest["level"] if level is None else level
    rows = []
    for order, (effect, change) in enumerate(parts.items()):
        means = statistics.intervals(np.where(is_common, change, np.nan), level)
        table = common.to_frame(index=False).assign(effect=effect, replications=means.n)
        table["mean_paper"], table["mean_tez"] = mean_paper, mean_tez
        table["difference"], table["ci_low"], table["ci_high"] = means.mean, means.low, means.high
        rows.append(table.assign(order=order, measure=np.arange(len(table))))
    answer = pd.concat(rows).sort_values(["measure", "order"], ignore_index=True).drop(columns=["measure", "order"])
    answer["significant"] = leave_out_zero(answer)
    answer.attrs = {"level": level}
    return answer


def effects(values: Mapping[frozenset[str], statistics.FloatArray]) -> dict[str, statistics.FloatArray]:
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


@checked
def best_subset(
    results: Sequence[Results | str | Path],
    measure: Address | str,
    level: float | None = None,
    most: bool | None = None,
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
        At least two, paired; with names of their own; or the folders in which they lie.
    measure
        What they are judged by, such as `throughput_mt:all:titr:2030`, in the replications that observed it in all.
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
    rivals = several_results(results)
    if len(rivals) < 2 or len({rival.name for rival in rivals}) < len(rivals):
        raise CompareError("the best is chosen of two or more scenarios with names of their own")
    for rival in rivals[1:]:
        check_pairing(rivals[0], rival)
    measure = measure if isinstance(measure, Address) else rivals[0].address(measure)
    most = more_is_better(measure.kpi) if most is None else most
    if most is None:
        raise AddressError(f"'{measure.kpi}': whether the most or the least of it is best has to be said")
    level = rivals[0].manifest["level"] if level is None else level
    statistics.check_level(level)
    values = common_values(rivals, measure)
    means = statistics.measure_intervals(values, level, most_of(measure.kpi))
    table = pd.DataFrame({"scenario": [rival.name for rival in rivals], "replications": values.shape[1]})
    table["mean"], table["ci_low"], table["ci_high"] = means.mean, means.low, means.high
    best = means.mean.max() if most else means.mean.min()
    table["behind"] = np.abs(means.mean - best)
    table["in_subset"] = may_be_best(values if most else -values, level)
    table = table.sort_values("mean", ascending=not most, kind="stable", ignore_index=True)
    table.attrs = {"level": level, "most": most}
    return table


def common_values(results: Sequence[Results], measure: Address) -> statistics.FloatArray:
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


def may_be_best(values: statistics.FloatArray, level: float) -> list[bool]:
    """Whether each scenario may have the largest mean; `values` are scenarios × replications."""
    number, n = values.shape
    t = float(statistics.t_quantile(1 - (1 - level) / (number - 1), np.array([n - 1]))[0])
    verdicts = []  # of each in turn, against all: k is small, and the differences to one are a matrix
    for own in values:
        ahead = values - own
        mean, deviation = ahead.mean(axis=1), ahead.std(axis=1, ddof=1)
        verdicts.append(bool((mean <= t * deviation / np.sqrt(n)).all()))
    return verdicts
