"""The published figures a calibration aims at, and how far the model is from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.measure.published import covered_figures
from sim.measure.statistics import FloatArray, Intervals
from sim.measure.vocabulary import check_stated
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, shown
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Calibration, Published

WITHIN_SHARE = 0.15
"""A model that is no further from a figure than this, as a share of the figure, meets it."""

BESIDE = ("name", "title", "fact", "figure", "mean", "ci_low", "ci_high", "deviation_share", "within")


def calibration_of(reading: Reading) -> Calibration:
    """The [calibration] of a scenario.

    Raises
    ------
    ScenarioError
        If it has none.
    """
    if reading.scenario.calibration is None:
        message = "has no [calibration] with targets and parameters"
        raise ScenarioError([Problem(Spot(str(reading.files[0])), (), message)])
    return reading.scenario.calibration


def targets(reading: Reading) -> dict[str, Published]:
    """The published figures that the [calibration] of a scenario aims at, by name.

    Raises
    ------
    ScenarioError
        If there is no [calibration], or no run can yield what the file asks for, or a target is no published figure
        with a value other than 0, or the horizon does not cover its days.
    """
    calibration = calibration_of(reading)
    check_stated(reading)
    scenario = reading.scenario
    figures_by_name, within = scenario.published, covered_figures(scenario)
    problems = []
    for place, name in enumerate(calibration.targets):
        path = ("calibration", "targets", place)
        figure = figures_by_name.get(name)
        message = ""
        if figure is None:
            message = f"{shown(name)} is not in [published]{did_you_mean(name, figures_by_name)}"
        elif not figure.value:
            message = f"[published.{name}] needs a value other than 0 to be aimed at"
        elif name not in within:
            horizon = scenario.horizon
            message = f"its days are not in the horizon: {figure.start} to {figure.end}, and {horizon.start} to "
            message += f"{horizon.end} is simulated"
        if message:
            problems.append(Problem(spot_of(path, reading.spots, str(reading.files[0])), path, message))
    if problems:
        raise ScenarioError(problems)
    return {name: figures_by_name[name] for name in calibration.targets}


def figures(aims: Mapping[str, Published]) -> FloatArray:
    """The figures themselves."""
    return np.array([aim.value for aim in aims.values()], float)


def beside(aims: Mapping[str, Published], model: Intervals) -> pd.DataFrame:
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
    values = figures(aims)
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
    return beside(aims, Intervals(mean, low, high, rows["replications"].to_numpy()))
