"""The published figures a calibration aims at, and how far the model is from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.measure.statistics import FloatArray
from sim.measure.vocabulary import check_stated
from sim.scenario.meaning import covered_figures
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, shown
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Calibration, Published

WITHIN_SHARE = 0.15
"""A model that is no further from a figure than this, as a share of the figure, meets it."""


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


def target_values(aims: Mapping[str, Published]) -> FloatArray:
    """The figures themselves."""
    return np.array([aim.value for aim in aims.values()], float)
