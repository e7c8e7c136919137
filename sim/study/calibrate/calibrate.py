"""Free numbers of a scenario fitted to published figures.

Every trial runs the same replications under the same seed, so that two trials differ by their parameters alone. A
parameter moves over its range; a count moves by whole units. The values tried are those that can be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sim.measure.statistics import FloatArray
from sim.runs.answer import answering, basis
from sim.runs.replicate import Perform, Purpose, Replication, jobs_of, performer
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Published
from sim.study.calibrate.answer import CalibrationAnswer, fit_tables
from sim.study.calibrate.fit import Values, fit
from sim.study.calibrate.parameters import free_parameters, with_values
from sim.study.calibrate.targets import targets


def calibrate(
    reading: Reading,
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
        If there is nothing to fit, or a target is answered by no measure of the model.
    ArgumentError
        If `evaluations` is less than `least_evaluations`.
    """
    aims = targets(reading)
    parameters = free_parameters(reading)
    study, answered = reading.scenario.study, answering(reading)
    seed = study.seed if seed is None else seed
    number = replications or study.replications
    start = tuple(parameter.start for parameter in parameters)
    with performer(min(workers, number)) as own:

        def answer(values: Values) -> FloatArray:
            scenario = with_values(reading, parameters, values)
            pairs = zip(parameters, values, strict=True)
            trial = ", ".join(f"{parameter.name} = {value:g}" for parameter, value in pairs)
            jobs = jobs_of(scenario, seed, number, f"{reading.words} at {trial}", Purpose.FIT)
            answers = np.column_stack([answers_of(replication, aims) for replication in (perform or own)(jobs)])
            if values == start:
                check_answered(reading, aims, answers)
            if on_trial is not None:
                on_trial()
            return answers

        best = fit(parameters, aims, answer, evaluations, study.level)
    manifest = basis(
        CalibrationAnswer.kind,
        answered,
        seed=seed,
        replications=number,
        level=study.level,
        evaluations=best.evaluations,
        settled=best.is_settled,
    )
    return CalibrationAnswer(**answered, manifest=manifest, frames=fit_tables(best, study.level))


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
        problems.append(Problem(spot_of(path, reading.spots, str(reading.files[0])), path, message))
    if problems:
        raise ScenarioError(problems)
