"""Scenarios against one of them, the base, replication by replication under the same random numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.measure.addresses import AT_BORDERS, OF_CORRIDORS, rows_at
from sim.measure.run_view import KEYS
from sim.measure.statistics import Interval, divide, interval, intervals
from sim.runs.results import Results, by_replication
from sim.scenario.addresses import Address
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.compare.pairing import CompareError, check_pairing, common_periods


def compare(a: Results, b: Results, *more: Results, level: float | None = None) -> pd.DataFrame:
    """Differences of each other scenario from the base `a`, with Student-t intervals over common replications.

    With several others the level of each interval is raised after Bonferroni, so that for each measure the intervals
    of all comparisons with the base hold together at least as often as `level` says. Different measures are families
    of their own.

    Parameters
    ----------
    a
        The base.
    b, more
        The others.
    level
        Confidence level, of each measure's comparisons together; by default that of `a`.

    Returns
    -------
    DataFrame
        Columns kpi, place, flow, period, unit, replications, mean_a, mean_b, difference, ci_low, ci_high, significant
        (the interval excludes 0); with several others a column scenario before them names the other.
        `attrs["left_out"]` counts the measures that only `a` has, and only `b` (summed over several others);
        `attrs["level"]` is that of a measure's comparisons together, `attrs["level_each"]` that of each interval.

    Raises
    ------
    CompareError
        If seeds or replications differ, no period means the same days in both, or several scenarios share a name.
    """
    rivals = (b, *more)
    names = [results.name for results in (a, *rivals)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if more and twice:
        raise CompareError(f"scenarios compared with others need names of their own: {', '.join(twice)}")
    level = a.manifest["level"] if level is None else level
    level_each = level_of_each(level, len(rivals))
    tables = [paired_differences(a, rival, level_each) for rival in rivals]
    left_out = {side: sum(table.attrs["left_out"][side] for table in tables) for side in ("a", "b")}
    differences = tables[0]
    if more:
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
    changes = intervals(rival - base, level)
    is_paired = np.isfinite(rival - base)
    differences = common.to_frame(index=False)
    differences["replications"] = changes.n
    differences["mean_a"] = divide(np.where(is_paired, base, 0.0).sum(axis=1), changes.n)
    differences["mean_b"] = divide(np.where(is_paired, rival, 0.0).sum(axis=1), changes.n)
    differences["difference"], differences["ci_low"], differences["ci_high"] = changes.mean, changes.low, changes.high
    differences["significant"] = (changes.low > 0) | (changes.high < 0)
    differences.attrs["left_out"] = {"a": len(values_a) - len(common), "b": len(values_b) - len(common)}
    return differences


def difference_of(a: Results, b: Results, measure: Address, level: float | None = None) -> Interval | None:
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
    return interval(changes, a.manifest["level"] if level is None else level)


def headline_rows(differences: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """The rows that answer first, in the last full year of the horizon (else all of it).

    Clearance and dwell at every border over all flows, and of each corridor that differs there; then transit time and
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
    return pd.Series(keys.isin(keys[rows["significant"].to_numpy()]), index=rows.index)


def first_all(names: pd.Series[str]) -> pd.Series[int]:
    """A key that puts `all` first and leaves the order of the others as it first is."""
    order = {name: position for position, name in enumerate(dict.fromkeys([ALL, *names]))}
    return names.map(order)
