"""What a calibration moves and aims at: the free parameters of a scenario with their ranges, and published figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.measure.statistics import FloatArray
from sim.measure.vocabulary import check_stated
from sim.scenario.factors import Factor, Point
from sim.scenario.keys import is_count, value_at
from sim.scenario.meaning import covered_figures
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, shown
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Calibration, Parameter, Published, Scenario
from sim.study.calibrate.record import why_left_out
from sim.study.sweep.factors import scenarios_at

STEP_SHARE = 0.05
"""Distance of a neighbour, as a share of the range: counts make a staircase of the model, and this steps over it."""

DIGITS = 3
"""Significant digits of a value."""


@dataclass(frozen=True)
class FreeParameter:
    """A number to be fitted within a range.

    `keys` are the key paths that take it; `is_whole` says that it is a count.
    """

    name: str
    title: str
    keys: tuple[KeyPath, ...]
    low: float
    high: float
    start: float
    is_whole: bool = False

    @property
    def step(self) -> float:
        """Distance of a neighbour: at least one unit of a count, and one of the last digit."""
        last_digit = 10.0 ** (math.floor(math.log10(self.high)) + 1 - DIGITS)
        return max(STEP_SHARE * (self.high - self.low), last_digit, 1.0 if self.is_whole else 0.0)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What it moves: a factor for each of its keys, all at the same value."""
        return tuple(
            Factor(".".join(map(str, path)), path, self.low, self.high, is_whole=self.is_whole) for path in self.keys
        )

    def at(self, share: float) -> float:
        """The value at a share of the range, as it would be written."""
        return self.as_written(self.low + share * (self.high - self.low))

    def share(self, value: float) -> float:
        """Where a value stands in the range, 0 to 1."""
        return (value - self.low) / (self.high - self.low)

    def as_written(self, value: float) -> float:
        """A value with its digits, within the range."""
        short = float(f"{round(value) if self.is_whole else value:.{DIGITS}g}")
        return min(max(short, self.low), self.high)

    def neighbours(self, value: float, both_sides: bool) -> tuple[float, float]:
        """Two values in order, a step below and a step above; or else `value` and the one on the side with room."""
        below, above = self.as_written(value - self.step), self.as_written(value + self.step)
        if both_sides:
            return below, above
        return (value, above) if self.high - value >= min(self.step, value - self.low) else (below, value)


def free_parameters(reading: Reading) -> tuple[FreeParameter, ...]:
    """The parameters of a scenario's [calibration], each with the keys that no file states itself.

    Raises
    ------
    ScenarioError
        If a parameter has no such key, or a count has no two whole numbers in its range.
    """
    calibration = calibration_of(reading)
    problems = []
    parameters = []
    for name, parameter in calibration.parameters.items():
        where = ("calibration", "parameters", name)
        spot = spot_of(where, reading.spots, reading.file)
        keys = tuple(path for key in parameter.keys if is_free(reading, name, path := tuple(key.split("."))))
        free = free_parameter(reading, name, parameter, keys)
        if not keys:
            problems.append(Problem(spot, where, f"frees no number: {stated_range_words(reading, parameter)}"))
        elif not free.low < free.high:
            problems.append(Problem(spot, where, "stands for a count: two whole numbers must lie in its range"))
        parameters.append(free)
    if problems:
        raise ScenarioError(problems)
    return tuple(parameters)


def is_free(reading: Reading, name: str, path: KeyPath) -> bool:
    """Whether a key takes the value of a parameter: its table is there, and no file states the key itself."""
    own = {spot for where, spot in reading.spots.items() if where[:3] == ("calibration", "parameters", name)}
    return isinstance(value_at(reading.resolved, path[:-1]), dict) and reading.spots.get(path) in {None, *own}


def stated_range_words(reading: Reading, parameter: Parameter) -> str:
    """Where its keys are stated instead, in words."""
    places = [
        f"{key} is stated in {spot.file}, line {spot.line}"
        for key in parameter.keys
        if (spot := reading.spots.get(tuple(key.split(".")))) is not None
    ]
    return "; ".join(places) or f"there is no table to hold {shown(parameter.keys[0])}"


def free_parameter(reading: Reading, name: str, parameter: Parameter, keys: tuple[KeyPath, ...]) -> FreeParameter:
    """A parameter as the search moves it."""
    is_whole = any(is_count(reading.resolved, path) for path in keys)
    low, high = (math.ceil(parameter.low), math.floor(parameter.high)) if is_whole else (parameter.low, parameter.high)
    free = FreeParameter(name, parameter.title, keys, float(low), float(high), parameter.value, is_whole)
    return replace(free, start=free.as_written(parameter.value))


def with_values(
    reading: Reading,
    parameters: Sequence[FreeParameter],
    values: Sequence[float],
    movable: Sequence[Factor] = (),
    draws: Sequence[Point] = ((),),
) -> list[Scenario]:
    """The scenario with other values of its free parameters, at each draw of inputs that are movable, too.

    Raises
    ------
    ScenarioError
        If the scenario does not stand such a value.
    """
    own = [factor for parameter in parameters for factor in parameter.factors]
    point = [
        int(value) if parameter.is_whole else value
        for parameter, value in zip(parameters, values, strict=True)
        for _ in parameter.keys
    ]
    return scenarios_at(reading, [*movable, *own], [(*draw, *point) for draw in draws])


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
        raise ScenarioError([Problem(Spot(reading.file), (), message)])
    return reading.scenario.calibration


def targets(reading: Reading) -> dict[str, Published]:
    """The published figures that the [calibration] of a scenario aims at, by name, without those passed over.

    Raises
    ------
    ScenarioError
        If there is no [calibration], or no run can yield what the file asks for, or a target is no published figure
        with a value other than 0, or the horizon does not cover its days, or all targets are left out.
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
            problems.append(Problem(spot_of(path, reading.spots, reading.file), path, message))
    passed_over = targets_passed_over(reading)
    if not problems and len(passed_over) == len(calibration.targets):
        where = ("calibration", "targets")
        message = f"none is left to aim at: {'; '.join(passed_over_words(reading))}"
        problems.append(Problem(spot_of(where, reading.spots, reading.file), where, message))
    if problems:
        raise ScenarioError(problems)
    return {name: figures_by_name[name] for name in calibration.targets if name not in passed_over}


def targets_passed_over(reading: Reading) -> dict[str, str]:
    """The targets that the fit of a scenario may not aim at, each with the reason."""
    figures_by_name = reading.scenario.published
    names = (name for name in calibration_of(reading).targets if name in figures_by_name)
    reasons = {name: why_left_out(reading, name, figures_by_name[name]) for name in names}
    return {name: why for name, why in reasons.items() if why}


def passed_over_words(reading: Reading) -> list[str]:
    """The targets that the fit of a scenario may not aim at, a clause each."""
    return [f"{name} is {why}" for name, why in targets_passed_over(reading).items()]


def target_values(aims: Mapping[str, Published]) -> FloatArray:
    """The figures themselves."""
    return np.array([aim.value for aim in aims.values()], float)
