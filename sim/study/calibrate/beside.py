"""How far the model is from the published figures that a calibration aims at."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sim.measure.statistics import Intervals
from sim.scenario.schema import Published
from sim.study.calibrate.targets import WITHIN_SHARE, target_values

BESIDE = ("name", "title", "fact", "figure", "mean", "ci_low", "ci_high", "deviation_share", "within")


def targets_beside(aims: Mapping[str, Published], model: Intervals) -> pd.DataFrame:
    """Each target beside the model.

    Parameters
    ----------
    found
        Intervals of the model, one entry a target.

    Returns
    -------
    DataFrame
        Columns name, title, fact, figure, mean, ci_low, ci_high, deviation_share (model less figure over figure; NaN
        where the model says nothing) and within (at most 15 % off).
    """
    values = target_values(aims)
    table = pd.DataFrame([[name, aim.title, aim.fact] for name, aim in aims.items()], columns=["name", "title", "fact"])
    table["figure"] = values
    table["mean"], table["ci_low"], table["ci_high"] = model.mean, model.low, model.high
    table["deviation_share"] = (model.mean - values) / values
    table["within"] = table["deviation_share"].abs() <= WITHIN_SHARE
    return table[list(BESIDE)]


def beside_published(aims: Mapping[str, Published], published: pd.DataFrame) -> pd.DataFrame:
    """Each target beside the model, as `beside`, from the table of published figures of results."""
    rows = published.set_index("name").loc[list(aims)]
    mean, low, high = (rows[key].to_numpy(float) for key in ("mean", "ci_low", "ci_high"))
    return targets_beside(aims, Intervals(mean, low, high, rows["replications"].to_numpy()))
