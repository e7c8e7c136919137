"""Free numbers of a scenario fitted to published figures, and what was found, as tables.

Every trial runs the same replications under the same seed, so that two trials differ by their parameters alone. A
parameter moves over its range; a count moves by whole units. The values tried are those that can be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measure.statistics import FloatArray, Intervals, measure_intervals
from sim.runs.answer import Answer, answering, basis
from sim.runs.replicate import Perform, Purpose, Replication, jobs_of, performer
from sim.scenario.arguments import checked
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Published
from sim.study.calibrate.fit import Fit, Values, fit
from sim.study.calibrate.parameters import (
    WITHIN_SHARE,
    calibration_of,
    free_parameters,
    passed_over_words,
    target_values,
    targets,
    with_values,
)
from sim.study.calibrate.record import LaterInput, factors_and_draws, later_inputs
from sim.study.match.implausibility import record_of


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CalibrationAnswer(Answer):
    """A fit of the free parameters of a scenario to published figures.

    Attributes
    ----------
    scenario, resolved
        The scenario before the fit.
    frames
        `targets`, `parameters` and `directions`, see `fit_tables`; `later`, the inputs that cite facts later than the
        day at which the fit is cut, see `later_table`.
    manifest
        As every answer's; evaluations (trials made, each of all replications) and settled (whether the search ended by
        itself) too.
    """

    kind = "calibrate"

    @property
    def targets(self) -> pd.DataFrame:
        """The targets beside the model."""
        return self.frames["targets"]

    @property
    def parameters(self) -> pd.DataFrame:
        """The parameters, before and after."""
        return self.frames["parameters"]

    @property
    def fitted(self) -> dict[str, float]:
        """The fitted values by parameter."""
        return dict(zip(self.parameters["name"], self.parameters["fitted"], strict=True))

    @property
    def deviations(self) -> dict[str, float]:
        """Model less figure over figure by target, with three significant digits; -1 where the model says nothing."""
        shares = self.targets["deviation_share"].fillna(-1.0)
        return {name: float(f"{share:.3g}") for name, share in zip(self.targets["name"], shares, strict=True)}


def fit_tables(fit: Fit, level: float) -> dict[str, pd.DataFrame]:
    """A fit as tables.

    Returns
    -------
    dict of DataFrame
        `targets`: the columns of `targets_beside`, before_share (the deviation before the fit) and distance (standard
        deviations of the errors stated). `parameters`: name, title, low, high, before, fitted, span_share (of the
        range, over which the fit stays within the noise), loose (whether it is not identified). `directions`: singular
        (largest first), parameter, share (of its range).
    """
    models = (measure_intervals(values, level) for values in (fit.after, fit.before))
    after, before = (targets_beside(fit.targets, model) for model in models)
    parameters = pd.DataFrame(
        [
            (parameter.name, parameter.title, parameter.low, parameter.high, parameter.start)
            for parameter in fit.parameters
        ],
        columns=["name", "title", "low", "high", "before"],
    )
    parameters["fitted"] = list(fit.values)
    parameters["span_share"], parameters["loose"] = fit.identification.spans, fit.identification.loose
    directions = [
        (singular, parameter.name, share)
        for singular, direction in zip(fit.identification.singular, fit.identification.directions, strict=True)
        for parameter, share in zip(fit.parameters, direction, strict=True)
    ]
    return {
        "targets": after.assign(before_share=before["deviation_share"], distance=fit.distances),
        "parameters": parameters,
        "directions": pd.DataFrame(directions, columns=["singular", "parameter", "share"]),
    }


BESIDE = ("name", "title", "fact", "figure", "mean", "ci_low", "ci_high", "deviation_share", "within")


def targets_beside(aims: Mapping[str, Published], model: Intervals) -> pd.DataFrame:
    """Each target beside the model.

    Parameters
    ----------
    model
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
    """Each target beside the model, as `targets_beside`, from the table of published figures of results."""
    rows = published.set_index("name").loc[list(aims)]
    mean, low, high = (rows[key].to_numpy(float) for key in ("mean", "ci_low", "ci_high"))
    return targets_beside(aims, Intervals(mean, low, high, rows["replications"].to_numpy()))


@checked
def calibrate(
    scenario: Reading | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    evaluations: int = 60,
    on_trial: Callable[[], None] | None = None,
    perform: Perform | None = None,
) -> CalibrationAnswer:
    """Fit the parameters of a scenario's [calibration] to its targets.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    replications, seed
        As the scenario says, if not given; the same at each trial.
    workers
        Processes at work; the fit does not depend on it.
    evaluations
        Most trials, each of all replications.
    on_trial
        Called after each trial.
    perform
        Does the jobs instead of own processes; out of a study, a fit that was stopped finds its trials again.

    Raises
    ------
    ScenarioError
        If there is nothing to fit, or a target has no stated errors, or is answered by no measure of the model.
    ArgumentError
        If `evaluations` is less than `least_evaluations`.
    """
    reading = reading_of(scenario)
    aims = targets(reading)
    parameters, record = free_parameters(reading), record_of(reading, aims)
    study, answered = reading.scenario.study, answering(reading)
    seed = study.seed if seed is None else seed
    number = replications or study.replications
    start = tuple(parameter.start for parameter in parameters)
    inputs = later_inputs(reading, calibration_of(reading).until, with_fitted=False)
    movable, draws = factors_and_draws(reading, inputs, number, seed)
    with performer(min(workers, number)) as own:

        def answer(values: Values) -> FloatArray:
            worlds = with_values(reading, parameters, values, movable, draws)
            pairs = zip(parameters, values, strict=True)
            trial = ", ".join(f"{parameter.name} = {value:g}" for parameter, value in pairs)
            jobs = jobs_of(worlds[0], seed, number, f"{reading.words} at {trial}", Purpose.FIT)
            if movable:
                jobs = [replace(job, scenario=world) for job, world in zip(jobs, worlds, strict=True)]
            answers = np.column_stack([answers_of(replication, aims) for replication in (perform or own)(jobs)])
            if values == start:
                check_answered(reading, aims, answers)
            if on_trial is not None:
                on_trial()
            return answers

        best = fit(parameters, aims, record, answer, evaluations, study.level)
    manifest = basis(
        CalibrationAnswer.kind,
        answered,
        seed=seed,
        replications=number,
        level=study.level,
        evaluations=best.evaluations,
        settled=best.is_settled,
        left_out=passed_over_words(reading),
    )
    frames = fit_tables(best, study.level) | {"later": later_table(inputs)}
    return CalibrationAnswer(**answered, manifest=manifest, frames=frames)


def later_table(inputs: Sequence[LaterInput]) -> pd.DataFrame:
    """The later inputs as a table: key, facts, treatment, scale, low, high (multiples of a scale; NaN of a point)."""
    rows = [
        (
            entry.key,
            ", ".join(entry.later_facts),
            entry.treatment,
            "scale_low" in entry.bounds,
            min(entry.bounds.values(), default=float("nan")),
            max(entry.bounds.values(), default=float("nan")),
        )
        for entry in inputs
    ]
    return pd.DataFrame(rows, columns=["key", "facts", "treatment", "scale", "low", "high"])


def answers_of(replication: Replication, aims: Mapping[str, Published]) -> FloatArray:
    """What a replication says to each target; NaN where it says nothing."""
    return replication.published.set_index("name")["value"].reindex(list(aims)).to_numpy(float)


def check_answered(reading: Reading, aims: Mapping[str, Published], answers: FloatArray) -> None:
    """Make sure that the model says something to each target.

    Raises
    ------
    ScenarioError
        If it does not.
    """
    silent = [name for name, row in zip(aims, answers, strict=True) if not np.isfinite(row).any()]
    problems = []
    for name in silent:
        aim, path = aims[name], ("published", name)
        message = f"no measure of the model answers it: kpi {aim.kpi}, place {aim.place}, flow {aim.flow}"
        problems.append(Problem(spot_of(path, reading.spots, reading.file), path, message))
    if problems:
        raise ScenarioError(problems)
