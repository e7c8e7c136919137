"""A forecast: a scenario, or the difference between two, over all that is not known.

Each world is a draw of everything unknown, and is run under luck of its own. So a share of worlds is a chance over
both, and its exact interval says how few the worlds are. Two questions are kept apart, each with a chance of its own:
whether the target is offered, in worlds as drawn; and whether it is carried, in worlds in which about so much is
offered.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pandas as pd

from sim.runs.answer import Answer, answering, basis
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Job, Perform, Purpose, Replication, performer
from sim.runs.shapes import Damaged
from sim.runs.workers import lost_by
from sim.scenario.addresses import Address
from sim.scenario.arguments import checked
from sim.scenario.meaning import conclusion
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading
from sim.study.compare.order_of_works import introduces_tez
from sim.study.forecast.causes import cause_tables
from sim.study.forecast.draws import AT_TARGET, BATCH
from sim.study.forecast.outcome import (
    IS_CARRIED,
    IS_OFFERED,
    Outcome,
    chances_table,
    differences_table,
    values_table,
    worlds_table,
    years_table,
)
from sim.study.forecast.plan import ForecastPlan, plan_forecast
from sim.study.forecast.worlds import DrawnWorld


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ForecastResults(Answer):
    """What a forecast came to.

    Attributes
    ----------
    scenario, resolved
        The scenario asked about, the last of those named.
    frames
        `worlds`, a row a world: world, offer (`as drawn`, or `at target`: what is offered is drawn about the target),
        offered_mt (to the corridor of the target in its year, by arithmetic), stopped (the scenarios whose traffic
        stops for good there: no conclusion holds of it), and what each unknown came to: a value, a multiple, months of
        delay or a word.
        `values`: scenario, world, offer, replication, kpi, place, flow, period, unit, value. The first replication of a
        world counts everywhere, a second one tells luck alone.
        `years`: each measure over the worlds of a kind, mean and percentiles.
        `chances`: scenario, question (`offered`, `carried` or a conclusion), offer, worlds, share, ci_low, ci_high.
        `differences`: of two scenarios the second less the first, world by world; share is that of the worlds in which
        the conclusion with that threshold holds.
        `split`: the parts of the spread of each measure, see `sim.study.forecast.split`.
        `unknowns`: what each unknown does to it. Of unknowns that move together the row of each is of what it has by
        itself, and one row is of what they have in common.
        `worth`: what finding out all, a group of unknowns or one is worth to who foretells the measure (score
        `amount`), or whether its conclusion holds (`chance`): now, the mean square of the error where nothing is known,
        and the share of it that is taken away, see `sim.study.forecast.worth`.
        `regions`: rules that tell worlds in which a conclusion holds from the others.
    manifest
        As every answer's; scenarios (the base first), worlds, unknowns (how many), until (the day at which the record
        is cut), cut_inputs (how many are drawn for that), corridor, year, target_mt, ensemble (the file from which
        unknowns were drawn that it has; nothing of the ranges as stated), offer and
        its offered_low_mt and offered_high_mt (nothing without a target or offer), conclusions (that about the target
        first), half_width (of the interval of the first chance, if the number of worlds followed from it), tez (whether
        the second brings Tez Customs where the first has none) too.
    """

    kind = "forecast"

    def check(self) -> None:
        """See `Answer.check`: the worlds of the values are those of the table of worlds, and names those drawn."""
        worlds, values = self.worlds, self.values
        if worlds["world"].tolist() != list(range(self.manifest["worlds"])):
            raise Damaged(f"worlds.csv does not hold {self.manifest['worlds']} worlds")
        if not set(values["world"]) <= set(worlds["world"]):
            raise Damaged("values.csv speaks of other worlds than worlds.csv")
        if not set(values["scenario"]) <= set(self.manifest["scenarios"]):
            raise Damaged("values.csv speaks of other scenarios than its manifest")
        if values.duplicated(["scenario", "world", "replication", *Address._fields]).any():
            raise Damaged("values.csv says a measure of a world twice")
        if not values["offer"].eq(values["world"].map(worlds.set_index("world")["offer"])).all():
            raise Damaged("values.csv has worlds for another offer than worlds.csv")
        measures = (frame[["scenario", *Address._fields, "unit"]] for frame in (values, self.frames["years"]))
        if len({frozenset(frame.drop_duplicates().itertuples(index=False, name=None)) for frame in measures}) > 1:
            raise Damaged("values.csv has other measures than years.csv")
        self.check_question()

    def check_question(self) -> None:
        """Make sure that what was asked goes together, and is of the scenario."""
        about = self.manifest
        for keys in (("corridor", "year", "target_mt"), ("offer", "offered_low_mt", "offered_high_mt")):
            if len({about[key] is None for key in keys}) > 1:
                raise Damaged(f"the manifest has some of {', '.join(keys)}, and not all")
        if about["corridor"] is not None and about["corridor"] not in self.scenario.corridors:
            raise Damaged(f"the manifest speaks of a corridor {about['corridor']!r}, which the scenario has not")
        if about["target_mt"] is None and self.chances["question"].isin([IS_OFFERED, IS_CARRIED]).any():
            raise Damaged("chances.csv speaks of a target, and the manifest has none")
        if about["offer"] is None and (self.worlds["offer"] == AT_TARGET).any():
            raise Damaged("worlds.csv has worlds at the target, and the manifest has no offer")
        try:
            for text in about["conclusions"]:
                conclusion(text, self.scenario)
        except ValueError as error:
            raise Damaged(f"the manifest has a conclusion that is none: {error}") from None

    @property
    def worlds(self) -> pd.DataFrame:
        """A row a world."""
        return self.frames["worlds"]

    @property
    def values(self) -> pd.DataFrame:
        """A row a scenario, world, replication and measure."""
        return self.frames["values"]

    @property
    def chances(self) -> pd.DataFrame:
        """A row a scenario, question and kind of world."""
        return self.frames["chances"]


@checked
def forecast(
    scenario: Reading | str | Path,
    against: Reading | str | Path | None = None,
    *,
    worlds: int | None = None,
    conclusions: Sequence[str] | None = None,
    precision: float | None = None,
    prior: bool = False,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: bool = True,
    on_done: Callable[[Replication], None] | None = None,
    perform: Perform | None = None,
) -> ForecastResults:
    """Ask what comes about over all that is not known, as a scenario's [forecast] says, or as the arguments say.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    against
        Another scenario, run in the same worlds: what it makes of them less what `scenario` does is told world by
        world, and it is the one whose spread is split.
    worlds
        Drawn; with `precision` at most.
    conclusions
        Such as `throughput_mt:all:titr:2030 >= 10`; of two scenarios also `journey_days difference < -1`.
    precision
        Half-width of the interval of the chance that the target is carried, or of the first conclusion, at which no
        more worlds are run.
    prior
        Whether to draw from the ranges as stated, though the file names an ensemble of what the record left.
    replications
        Of each world; a chance is of the first one.
    seed, workers, progress, on_done, perform
        As of `sweep`.

    Raises
    ------
    ScenarioError
        If a scenario cannot be read, nothing of it is unknown, or it does not stand in a world.
    AddressError, ArgumentError
        If a conclusion speaks of what no run yields, or a number makes no sense.
    CompareError
        If the two scenarios do not pair.
    ForecastError
        If a chance follows from the ranges alone, or a difference of one scenario is asked for.
    ConservationError
        If an account of a run does not close.
    """
    readings = [reading_of(scenario), *([] if against is None else [reading_of(against)])]
    changes = {"worlds": worlds, "conclusions": conclusions}
    plan = plan_forecast(readings, changes, replications=replications, seed=seed, half_width=precision, prior=prior)
    on_done = with_line(on_done, plan.runs, progress)
    with nullcontext(perform) if perform else performer(min(workers, plan.runs), on_done) as own:
        return run_forecast(plan, own)


def run_forecast(
    plan: ForecastPlan,
    perform: Perform,
    on_batch: Callable[[Outcome], None] | None = None,
) -> ForecastResults:
    """Run a forecast that has been planned; `on_batch` is told of what is known after each batch of worlds."""
    about = answering(plan.readings[-1])
    outcome = Outcome(plan)
    with closing(batches_of_worlds(plan)) as batches:
        for worlds in batches:
            run_worlds(outcome, worlds, perform)
            if on_batch:
                on_batch(outcome)
            if is_precise(outcome):
                break
    frames = {
        "chances": chances_table(outcome),
        "differences": differences_table(outcome),
        "years": years_table(outcome),
        **cause_tables(outcome),
        "worlds": worlds_table(outcome),
        "values": values_table(outcome),
    }
    return ForecastResults(**about, manifest=manifest_of(outcome), frames=frames)


def batches_of_worlds(plan: ForecastPlan) -> Generator[list[DrawnWorld], None, None]:
    """The worlds that are run together, and meanwhile those of the next batch are built: no worker waits for them.

    Raises
    ------
    ScenarioError
        If a scenario does not stand in one.
    WorkersLostError
        If the system has no thread for it.
    """
    numbers = iter(range(plan.universe.worlds))
    with ThreadPoolExecutor(1) as builder:
        try:
            next_batch = begun_worlds(builder, plan, numbers)
            while next_batch:
                batch = [future.result() for future in next_batch]
                next_batch = begun_worlds(builder, plan, numbers)
                yield batch
        finally:
            builder.shutdown(cancel_futures=True)


def begun_worlds(builder: Executor, plan: ForecastPlan, numbers: Iterator[int]) -> list[Future[DrawnWorld]]:
    """The worlds of the next batch, which a thread goes on to build."""
    try:
        return [builder.submit(plan.universe.world, number) for number in islice(numbers, BATCH)]
    except RuntimeError as error:
        raise lost_by(error) from error


def run_worlds(outcome: Outcome, worlds: Sequence[DrawnWorld], perform: Perform) -> None:
    """Run every scenario in some worlds, and keep what is asked of each."""
    plan = outcome.plan
    # Scenarios of one luck one after the other: they share what is drawn of it.
    keys = [
        (world, place, index)
        for world in worlds
        for index in plan.replications_of(world.number)
        for place in range(len(plan.readings))
    ]
    replications = perform(
        [
            Job(
                world.scenarios[place],
                plan.universe.seed,
                index,
                f"{plan.readings[place].words}, world {world.number}",
                Purpose.WORLD,
                kpis=plan.kpis,
            )
            for world, place, index in keys
        ]
    )
    by_key = {(world.number, place, index): run for (world, place, index), run in zip(keys, replications, strict=True)}
    for world in worlds:
        outcome.worlds.append(replace(world, scenarios=()))
        for place in range(len(plan.readings)):
            runs = [by_key[world.number, place, index] for index in plan.replications_of(world.number)]
            outcome.add(world, place, runs)


def is_precise(outcome: Outcome) -> bool:
    """Whether the first chance is as sure as asked for."""
    _, chance = outcome.main_chance
    half_width = outcome.plan.half_width
    return half_width is not None and (chance.high - chance.low) / 2 <= half_width


def manifest_of(outcome: Outcome) -> dict[str, object]:
    """What the answer rests on."""
    plan, universe = outcome.plan, outcome.plan.universe
    about, offer = universe.about, universe.offer
    return basis(
        "forecast",
        answering(plan.readings[-1]),
        seed=universe.seed,
        replications=plan.replications,
        level=plan.level,
        scenarios=[reading.name for reading in plan.readings],
        worlds=len(outcome.worlds),
        unknowns=len(universe.unknowns),
        until=None if plan.until is None else plan.until.isoformat(),
        cut_inputs=len(universe.cut_inputs(0)),
        ensemble=universe.ensemble.name if universe.ensemble else None,
        corridor=about.corridor if about else None,
        year=about.year if about else None,
        target_mt=plan.target_mt,
        offer=offer.name if offer else None,
        offered_low_mt=offer.low if offer else None,
        offered_high_mt=offer.high if offer else None,
        conclusions=[str(conclusion) for conclusion in plan.conclusions],
        half_width=plan.half_width,
        tez=introduces_tez(plan.readings[0].scenario, plan.readings[-1].scenario),
    )
