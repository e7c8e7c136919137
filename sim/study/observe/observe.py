"""Observations beside a scenario: by step and over all their days, and what a single step of the model may show.

An observed month is one month: what it is held against is where one more replication would lie, and not the interval of
the mean over replications, which says where their mean lies and narrows the more there are. Of times it is where the
mean of as many of them would lie as were observed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measure.observations import Observations
from sim.measure.vocabulary import known_address
from sim.runs.answer import Answer, answering, basis
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Perform, Purpose, Replication, jobs_of, performer
from sim.scenario.addresses import Address, AddressError, words_of
from sim.scenario.arguments import checked
from sim.scenario.problems import check_at_least, shown
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Published, Scenario
from sim.scenario.traffic import VOLUMES_BY_MONTH
from sim.scenario.values import ALL, stated_month
from sim.study.observe.beside import Samples, SideBySide
from sim.study.observe.steps import CoveredDays, Step, steps_of

VOLUME_KEYS = {
    "trains_delivered": "trains_per_month",
    "throughput_teu": "teu_per_month",
    "throughput_mt": "mt_per_month",
    "border_container_trains": "trains_per_month",
}
"""Keys by which a flow states months, by the measure that observes them: at its end, or at a border on its way."""

FACT = "observed"
"""What stands for the id of a fact in rows whose source is a table of one's own."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ObserveAnswer(Answer):
    """Observations beside a scenario.

    Attributes
    ----------
    frames
        `span`: over all days compared, a row a statistic (mean, p50, p90, p95 of times; total of amounts): observed, n
        (observations), mean, ci_low, ci_high (over replications), low, high (where one replication more would lie, of
        times with as many of them as were observed).
        `series`: a row a step: from, until (the first day no more in it), n, observed, mean, low, high, verdict.
        `distribution`: of times, at a share of the trains the time within which so many are done: observed, simulated
        (in replication 0, an example). `facts`: what `corridor validate --facts` takes. `passed_over`: rows of the
        table by line, and why. `volumes`: of the trains or cargo of one flow by month, the table that a scenario may
        name.
    manifest
        As every answer's; kpi, place, flow, unit and by; adds_up, whether it is an amount; file, rows and
        rows_outside: the table, the observations in it, those in no step compared.
    """

    kind = "observe"

    @property
    def address(self) -> Address:
        """What was observed."""
        return Address(self.manifest["kpi"], self.manifest["place"], self.manifest["flow"], ALL)

    @property
    def adds_up(self) -> bool:
        """Whether it is an amount, and no time of single trains."""
        return bool(self.manifest["adds_up"])

    @property
    def series(self) -> pd.DataFrame:
        """A row a step."""
        return self.frames["series"]

    @property
    def span(self) -> pd.DataFrame:
        """A row a statistic over all days compared."""
        return self.frames["span"]


def address_observed(text: str, scenario: Scenario) -> Address:
    """The address of a measure that a table observes; its days are those of the table.

    Raises
    ------
    AddressError
        If it is no address of the scenario, or names a period.
    """
    if words_of(text)[3] is not None:
        raise AddressError(f"{shown(text)}: the table says of which days; leave the period out")
    return known_address(text, scenario)._replace(period=ALL)


@checked
def observe(
    scenario: Reading | str | Path,
    observations: Observations,
    address: Address,
    *,
    by: str = "month",
    covered_days: CoveredDays = (None, None),
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: bool = True,
    on_done: Callable[[Replication], None] | None = None,
    perform: Perform | None = None,
) -> ObserveAnswer:
    """Hold observations against a scenario.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    observations, address
        What was observed, see `sim.measure.observations`; where, and of which flow.
    by
        `week` (from Monday) or `month`.
    covered_days
        First and last day that the table covers; by default those of its first and its last row.
    replications, seed, workers, progress, on_done, perform
        As of `warmup`.

    Raises
    ------
    ArgumentError
        If no step of the observations lies in the horizon, of amounts no whole one, or there are no replications.
    """
    reading = reading_of(scenario)
    check_at_least(1, replications=replications)
    world, study, about_answer = reading.scenario, reading.scenario.study, answering(reading)
    number = study.replications if replications is None else replications
    seed = study.seed if seed is None else seed
    steps = steps_of(observations, world.horizon, by, covered_days)
    figures = figures_asked(steps, address)
    purpose = Purpose.FIT if observations.adds_up else Purpose.TIMES
    jobs = jobs_of(world.model_copy(update={"published": figures}), seed, number, reading.words, purpose)
    with performer(min(workers, number), with_line(on_done, number, progress)) as own:
        samples = answers_by_step((perform or own)(jobs), list(figures), observations.adds_up)
    beside = SideBySide(steps, address, observations.adds_up, samples, study.level)
    rows_compared = sum(len(step.values) for step in steps)
    manifest = basis(
        ObserveAnswer.kind,
        about_answer,
        seed=seed,
        replications=number,
        level=study.level,
        **{key: getattr(address, key) for key in ("kpi", "place", "flow")},
        unit=beside.unit,
        by=by,
        adds_up=observations.adds_up,
        file=observations.file,
        rows=len(observations.rows),
        rows_outside=len(observations.rows) - rows_compared,
    )
    frames = {
        "span": beside.span_table(),
        "series": beside.series_table(),
        "distribution": beside.distribution_table(),
        "facts": beside.facts_table(FACT, f"{rows_compared:,} rows of {observations.file}"),
        "volumes": volumes_table(steps if by == "month" else [], address, world),
        "passed_over": pd.DataFrame(observations.passed_over, columns=["line", "why"]).astype({"line": int}),
    }
    return ObserveAnswer(**about_answer, manifest=manifest, frames=frames)


def figures_asked(steps: Sequence[Step], address: Address) -> dict[str, Published]:
    """What is asked of each replication: the measure in each step."""
    about: dict[str, str | float] = {
        "title": FACT,
        "fact": FACT,
        "place": address.place,
        "flow": address.flow,
        "used_for": "validation",
    }
    about |= {"kpi": address.kpi, "low": 0.0, "high": 0.0}
    return {
        f"step_{number}": Published.model_validate({**about, "start": step.start, "end": step.end})
        for number, step in enumerate(steps)
    }


def volumes_table(steps: Sequence[Step], address: Address, scenario: Scenario) -> pd.DataFrame:
    """What was observed of one flow month by month, as a scenario states volumes; of times and of several no row."""
    key = VOLUME_KEYS.get(address.kpi)
    is_volume = key is not None and address.flow in scenario.flows
    rows = [
        {"flow": address.flow, "month": stated_month(step.start.year, step.start.month), key: step.observed(True)}
        for step in (steps if is_volume else ())
    ]
    return pd.DataFrame(rows, columns=["flow", "month", *VOLUMES_BY_MONTH])


def answers_by_step(replications: Sequence[Replication], names: list[str], adds_up: bool) -> Samples:
    """What the replications answer in each step, in their order; of one that had no time there none."""
    empty_answer = np.full(1 if adds_up else 0, np.nan)
    answers = [
        {str(name): rows.to_numpy(float) for name, rows in replication.published.groupby("name")["value"]}
        for replication in replications
    ]
    return {name: [answer.get(name, empty_answer) for answer in answers] for name in names}
