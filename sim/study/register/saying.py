"""What worlds say of figures: a forecast of each, written down before it is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.measure.chances import FEWEST_TRIALS
from sim.measure.statistics import FloatArray
from sim.runs.asked import digest
from sim.runs.folders import DISTRIBUTION
from sim.runs.origin import origin
from sim.runs.replicate import Job, Perform, Purpose
from sim.scenario.meaning import covered_figures
from sim.scenario.problems import Problem, ScenarioError, Spot, check_at_least, how_many
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Published
from sim.study.calibrate.record import later_inputs
from sim.study.forecast.draws import BATCH
from sim.study.forecast.plan import table_of, universe_asked
from sim.study.forecast.worlds import Universe
from sim.study.match.match import target_answers
from sim.study.register.statements import RegisterError, Statement


@dataclass(frozen=True, eq=False)
class Saying:
    """What is to be said of some figures, planned and not yet run.

    Attributes
    ----------
    universe
        The worlds.
    figures
        The figures that the horizon covers.
    until
        The day at which the record is cut; None: it is not.
    scenario_digest
        Of the scenario without the figures asked about, as a run of it has it.
    """

    universe: Universe
    figures: dict[str, Published]
    until: dt.date | None
    scenario_digest: str

    @property
    def reading(self) -> Reading:
        """The scenario."""
        return self.universe.readings[0]


def plan_saying(reading: Reading, asked: Reading, worlds: int | None, seed: int | None, made: dt.date) -> Saying:
    """What worlds of a scenario are to say of the figures that another reading of it has, as its [forecast] draws them.

    `made` is the day on which it is written down.

    Raises
    ------
    ScenarioError
        If nothing of it is unknown, or it covers the days of no figure, or it rests on facts later than that day.
    EnsembleError
        If the file of an ensemble is none, or was made of other ranges.
    ArgumentError
        If there are so few worlds that an interval of them says little.
    """
    if not asked.scenario.unknown:
        message = "says of nothing that it is unknown: without an [unknown.NAME] all worlds are the one as stated"
        raise ScenarioError([Problem(Spot(asked.file), (), message)])
    figures = dict(covered_figures(asked.scenario))
    if not figures:
        raise ScenarioError([Problem(Spot(asked.file), ("horizon",), "covers the days of no figure asked about")])
    table = table_of([asked], {"worlds": worlds})
    check_known(asked, table.until, made)
    check_at_least(FEWEST_TRIALS, worlds=table.worlds)
    seed = asked.scenario.study.seed if seed is None else seed
    universe = universe_asked([asked], table, seed, None, None, prior=False)
    return Saying(universe, figures, table.until, digest(reading.resolved))


def check_known(reading: Reading, until: dt.date | None, made: dt.date) -> None:
    """Make sure that a forecast made on a day is not of what was known later.

    Raises
    ------
    ScenarioError
        If it is cut at a later day, or is not cut and an input of it cites a later fact.
    """
    where = ("forecast", "until")
    message = ""
    if until is not None and until > made:
        message = f"is {until}, and the forecast is to be of {made}, which comes before it"
    elif until is None and (later := later_inputs(reading, made)):
        facts = ", ".join(later[0].later_facts)
        number = how_many(len(later), "input")
        message = f"is not stated, and {number} cite facts that were not known by {made}: {later[0].key} ({facts}), …"
    if message:
        raise ScenarioError([Problem(spot_of(where, reading.spots, reading.file), where, message)])


def say_of_figures(plan: Saying, perform: Perform, made: dt.date) -> list[Statement]:
    """Run the worlds, and write down what they say, of each figure that enough of them measure; `made` is the day.

    Raises
    ------
    RegisterError
        If that is none.
    """
    values = np.concatenate(
        [
            said_by(plan, range(start, min(start + BATCH, plan.universe.worlds)), perform)
            for start in range(0, plan.universe.worlds, BATCH)
        ]
    )
    counts = np.isfinite(values).sum(axis=0)
    if counts.max() < FEWEST_TRIALS:
        worlds = how_many(plan.universe.worlds, "world")
        raise RegisterError(
            f"{plan.reading.file}: of {worlds} at most {counts.max()} measure a figure asked about, and a statement "
            f"needs {FEWEST_TRIALS}: in the others traffic stops for good, or nothing of it is observed"
        )
    return [
        Statement(
            plan.reading.name,
            made,
            plan.until or made,
            name,
            figure.title,
            *(figure.kpi, figure.place, figure.flow, figure.start, figure.end),
            standing_behind(plan, int(np.isnan(values[:, place]).sum())),
            values[np.isfinite(values[:, place]), place],
        )
        for place, (name, figure) in enumerate(plan.figures.items())
        if counts[place] >= FEWEST_TRIALS
    ]


def said_by(plan: Saying, numbers: Sequence[int], perform: Perform) -> FloatArray:
    """What some worlds say, worlds × figures; NaN where traffic stops for good, or nothing is measured."""
    jobs = [
        Job(
            plan.universe.world(number).scenarios[0].model_copy(update={"published": plan.figures}),
            plan.universe.seed,
            number,
            f"{plan.reading.words}, world {number}",
            Purpose.MATCH,
        )
        for number in numbers
    ]
    return np.array([target_answers(replication, plan.figures) for replication in perform(jobs)])


def standing_behind(plan: Saying, silent: int) -> str:
    """What stands behind a statement, in words."""
    about = origin()
    worlds = how_many(plan.universe.worlds, "world")
    more = f", {silent} of them silent" if silent else ""
    return (
        f"{worlds}{more}; seed {plan.universe.seed}; scenario {plan.scenario_digest[:12]}; "
        f"{DISTRIBUTION} {about[DISTRIBUTION]}, lines {about['source'][:12]}"
    )
