"""Where the change from paper to Tez comes from: lodging early, processing faster, and the two together.

Four arms make a two-by-two design: paper, early (paper, lodged early), fast (digital, but one step after the other)
and both (Tez). The effect of early is early - paper, that of fast is fast - paper, their interaction
both - early - fast + paper; the three add up to both - paper in every replication.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd

from sim.measure.run_view import KEYS
from sim.measure.statistics import FloatArray, divide, intervals
from sim.runs.results import Results, by_replication
from sim.study.compare.pairing import check_pairing, common_periods

EFFECTS = ("early", "fast", "interaction", "total")


def attribute(paper: Results, early: Results, fast: Results, both: Results, level: float | None = None) -> pd.DataFrame:
    """Effects of early lodging, of faster processing, their interaction and the total, paired by replication.

    Parameters
    ----------
    paper, early, fast, both
        The four arms, under common random numbers.
    level
        Confidence level of each interval; by default that of `paper`.

    Returns
    -------
    DataFrame
        Columns kpi, place, flow, period, unit, effect (early, fast, interaction, total), replications (in which all
        four observed the measure), mean_paper, mean_both, difference, ci_low, ci_high, significant; four rows a
        measure.

    Raises
    ------
    CompareError
        If two of them do not pair.
    """
    arms = (paper, early, fast, both)
    for arm in arms[1:]:
        check_pairing(paper, arm)
    tables = [by_replication(arm.replications) for arm in arms]
    common = reduce(
        lambda common_index, index: common_index.intersection(index, sort=False), (table.index for table in tables)
    )
    periods = set.intersection(*(set(common_periods(paper, arm)) for arm in arms[1:]))
    common = common[common.get_level_values("period").isin(periods)]
    values = [table.loc[common].to_numpy(float) for table in tables]
    parts = effects(*values)
    # a replication counts where all four arms observed the measure, so that the parts add up in it
    is_common = np.isfinite(parts["total"] + parts["interaction"])
    n = is_common.sum(axis=1)
    mean_paper, mean_both = (divide(np.where(is_common, arm, 0.0).sum(axis=1), n) for arm in (values[0], values[3]))
    level = paper.manifest["level"] if level is None else level
    rows = []
    for order, (effect, change) in enumerate(parts.items()):
        means = intervals(np.where(is_common, change, np.nan), level)
        table = common.to_frame(index=False).assign(effect=effect, replications=means.n)
        table["mean_paper"], table["mean_both"] = mean_paper, mean_both
        table["difference"], table["ci_low"], table["ci_high"] = means.mean, means.low, means.high
        rows.append(table.assign(order=order, measure=np.arange(len(table))))
    answer = pd.concat(rows).sort_values(["measure", "order"], ignore_index=True).drop(columns=["measure", "order"])
    answer["significant"] = (answer["ci_low"] > 0) | (answer["ci_high"] < 0)
    answer.attrs = {"level": level}
    return answer


def effects(paper: FloatArray, early: FloatArray, fast: FloatArray, both: FloatArray) -> dict[str, FloatArray]:
    """The effects of a two-by-two design, elementwise, by the names of `EFFECTS`."""
    total = both - paper
    alone = (early - paper, fast - paper)
    return dict(zip(EFFECTS, (*alone, total - alone[0] - alone[1], total), strict=True))


def of_measures(table: pd.DataFrame, keys: Sequence[tuple[str, str, str, str]]) -> pd.DataFrame:
    """The rows of some measures (kpi, place, flow, period), in their order."""
    order = {key: position for position, key in enumerate(keys)}
    position = [order.get(key, -1) for key in table[list(KEYS[:4])].itertuples(index=False, name=None)]
    rows = table.assign(position=position)
    rows = rows[rows["position"] >= 0].sort_values("position", kind="stable", ignore_index=True)
    return rows.drop(columns="position")
