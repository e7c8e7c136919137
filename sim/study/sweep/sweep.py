"""A sweep: what the measures come to at points around a scenario, all under the same random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.addresses import check_observed, check_stands, headline_addresses, rows_asked, rows_at
from sim.measure.catalogue import kpi_name
from sim.measure.estimate import Estimate, estimate_of
from sim.measure.own_measures import Measure
from sim.measure.run_view import KEYS
from sim.measure.statistics import FloatArray, paired_interval
from sim.measure.vocabulary import known_address
from sim.runs.answer import Answer, answering, basis
from sim.runs.columns import check_keys
from sim.runs.notebook_line import with_line
from sim.runs.replicate import Perform, Replication, engine_note, measuring, performer
from sim.runs.results import summary
from sim.runs.shapes import Damaged
from sim.scenario.addresses import Address, AddressError, with_words
from sim.scenario.arguments import checked
from sim.scenario.factors import Factor
from sim.scenario.meaning import address as address_of
from sim.scenario.meaning import period_days
from sim.scenario.problems import ArgumentError, listing
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.sweep.factors import check_points, factors
from sim.study.sweep.plan import SweepPlan, design_points, factor_table, plan_sweep
from sim.study.variants import in_batches, point_table


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SweepResults(Answer):
    """What a sweep came to.

    Attributes
    ----------
    scenario, resolved
        What was swept around, with its [sweep] as asked.
    frames
        `points`, a row a point: point, and a column for each factor, named by `Factor.label`: its value as run, a scale
        as the multiple, followed by a column of what it makes of the scenario. `sweep`: the values at each point before
        the columns of `table`. `replications`: the measures to draw in each replication, see `tidy`.
    manifest
        As every answer's; design, points, measures (those to draw) too.
    """

    kind = "sweep"

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What was moved."""
        assert self.scenario.sweep is not None
        return factors(self.reading, self.scenario.sweep.factors)

    def check(self) -> None:
        """See `Answer.check`: each point has its values, those of the design, and measures that there are."""
        points, values = self.points, self.frames["sweep"]
        check_points(points, self.factors, self.manifest["points"])
        table = self.scenario.sweep
        assert table is not None
        labels = [factor.label for factor in self.factors]
        if table.design == "grid":  # the other designs would have to import what draws them
            design = point_table(labels, design_points(table, self.factors, self.manifest["seed"]))
            if points.astype(str).to_numpy().tolist() != design.astype(points.dtypes).astype(str).to_numpy().tolist():
                raise Damaged("points.csv has other points than the grid of the scenario")
        at_points = points.set_index("point")[labels].reindex(values["point"]).astype(str)
        if at_points.to_numpy().tolist() != values[labels].astype(str).to_numpy().tolist():
            raise Damaged("sweep.csv has other points than points.csv")
        if not self.measures:
            raise Damaged("its manifest names no measure")
        kpis = {kpi for kpi in values["kpi"].unique() if kpi_name(kpi)}
        check_keys(values, kpis, self.scenario, "sweep.csv")

    @property
    def points(self) -> pd.DataFrame:
        """A row a point: point, and a column for each factor."""
        return self.frames["points"][["point", *(factor.label for factor in self.factors)]]

    @property
    def table(self) -> pd.DataFrame:
        """A row a point and measure: point, kpi, place, flow, period, unit, replications, mean, ci_low, ci_high."""
        return self.frames["sweep"].drop(columns=[factor.label for factor in self.factors])

    @checked
    def kpi(
        self,
        kpi: str,
        point: int = 0,
        *,
        place: str | None = None,
        flow: str | None = None,
        year: int | str | None = None,
    ) -> Estimate:
        """A measure to draw at a point, as `Results.kpi` has it: those of two points are subtracted.

        Raises
        ------
        AddressError
            If no run has such a measure, or this one did not observe it, or the sweep was not asked to draw it.
        ArgumentError
            If there is no such point.
        """
        if not 0 <= point < len(self.points):
            raise ArgumentError(f"kpi: there is no point {point}: they are 0 to {len(self.points) - 1}")
        check_stands(self.scenario, place=place, flow=flow)
        text = with_words(kpi, place=place, flow=flow, period=None if year is None else str(year))
        address = Address(text) if Address(text) in self.measures else known_address(text, self.scenario)
        if address not in self.measures:
            measures = listing(map(str, self.measures))
            raise AddressError(f"'{address}' was not drawn; `measures` of the sweep names what is: {measures}")
        runs = self.frames["replications"]
        rows = rows_at(runs[runs["point"] == point], *address)
        check_observed([address], [rows])
        return estimate_of(rows, address, f"{self.name}, point {point}", period_days(self.scenario), self.manifest)

    @checked
    def kpis_at(
        self,
        kpi: str | None = None,
        *,
        place: str | None = None,
        flow: str | None = None,
        year: int | str | None = None,
    ) -> pd.DataFrame:
        """The rows of `table` of a measure, a place, a flow or a year, the factors beside; each number once a point.

        Raises
        ------
        AddressError
            If the scenario has no such word, or no row has them all.
        """
        at_points = self.frames["sweep"].groupby("point", sort=False)
        rows = [rows_asked(values, self.scenario, kpi, place, flow, year) for _, values in at_points]
        return pd.concat(rows, ignore_index=True)

    @property
    def tidy(self) -> pd.DataFrame:
        """A row a point, measure to draw and replication: point, the factors, replication, kpi, …, unit, value.

        The same replication has the same luck at all points, so that values of two points are subtracted row by row.
        """
        return self.points.merge(self.frames["replications"], on="point")

    @property
    def measures(self) -> tuple[Address, ...]:
        """The measures to draw."""
        return tuple(address_of(text, self.scenario) for text in self.manifest["measures"])


@checked
def sweep(
    scenario: Reading | str | Path,
    factors: Mapping[str, Any] | None = None,
    *,
    design: str | None = None,
    levels: int | None = None,
    points: int | None = None,
    measures: Sequence[str] | Mapping[str, Measure] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: bool = True,
    on_done: Callable[[Replication], None] | None = None,
    perform: Perform | None = None,
) -> SweepResults:
    """Run a scenario at points around it, as its [sweep] says, or as the arguments say.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes.
    factors
        By key path: a range (low, high), of which a grid needs `levels`; a list of values, even two; or a table as in a
        file, `{"scale_low": 0.8, "scale_high": 1.25}`. They stand instead of those of the file. A number in place of a
        spread is the same for all trains; the key of its mean, as `placing_h.mean`, keeps the variation.
    design, levels, points
        As in a file's [sweep].
    measures
        As in a file's [sweep]; or functions by name, as `run` takes them, beside the measures of the file.
    replications, seed
        As the [sweep], or else the study, says, if not given; the same at each point.
    workers
        Processes at work; the results do not depend on it.
    progress
        Whether a notebook shows how many replications are done.
    on_done
        Called with each replication as it is finished.
    perform
        Does the jobs instead of own processes.

    Raises
    ------
    ScenarioError
        If the scenario, a factor or any point cannot be read, or no run of it can yield a measure.
    ArgumentError
        If a grid is to go through a range (low, high), and nothing says in how many levels.
    ConservationError
        If an account of a run does not close.
    """
    reading = reading_of(scenario)
    own_measures = measures if isinstance(measures, Mapping) else {}
    measures = None if isinstance(measures, Mapping) else measures
    changes = {"design": design, "levels": levels, "points": points, "measures": measures, "factors": factors}
    plan = plan_sweep(reading, changes, replications=replications, seed=seed)
    check_levels(plan, factors or {})
    with (
        nullcontext(perform)
        if perform
        else performer(min(workers, plan.runs), with_line(on_done, plan.runs, progress)) as own
    ):
        return run_sweep(plan, measuring(own, own_measures), tuple(own_measures))


def check_levels(plan: SweepPlan, factors: Mapping[str, Any]) -> None:
    """Make sure that a pair is meant for a range where a list of two would be two values, and the tuple many more.

    Raises
    ------
    ArgumentError
        If a grid has one, and nothing says in how many levels.
    """
    if plan.table.design != "grid" or "levels" in plan.table.model_fields_set:
        return
    for key, ends in factors.items():
        if isinstance(ends, tuple) and "low" in factor_table(ends):
            low, high = ends
            raise ArgumentError(
                f"sweep: {key}: ({low}, {high}) is a range: say levels=5, or [{low}, {high}] for these two"
            )


def run_sweep(plan: SweepPlan, perform: Perform, own_measures: Sequence[str] = ()) -> SweepResults:
    """Run a sweep that has been planned, whose runs count some measures of one's own besides."""
    reading, level = plan.reading, plan.reading.scenario.study.level
    about = answering(reading)
    tables: list[pd.DataFrame] = []
    runs: list[pd.DataFrame] = []
    own_addresses = tuple(Address(name, ALL, ALL, ALL) for name in own_measures)
    engines: set[str] = set()
    addresses = (*(plan.measures or headline_addresses(reading.scenario)), *own_addresses)
    for point, batch in enumerate(in_batches(perform, plan.named_scenarios, plan.seed, plan.replications)):
        long = pd.concat([run.kpis.assign(replication=run.index) for run in batch], ignore_index=True)
        runs += [rows_at(long, *address).assign(point=point) for address in addresses]
        table = summary(reading.name, long[["replication", *KEYS, "value"]], level).drop(columns="scenario")
        table.insert(0, "point", point)
        tables.append(table)
        engines |= {run.engine for run in batch}
    values = pd.concat(tables, ignore_index=True)
    measures = (*(plan.measures or observed_headline(values, reading.scenario)), *own_addresses)
    points = point_table([factor.label for factor in plan.factors], plan.points)
    manifest = basis(
        "sweep",
        about,
        seed=plan.seed,
        replications=plan.replications,
        level=level,
        engine=engine_note(engines),
        design=plan.table.design,
        points=len(plan.points),
        measures=[str(measure) for measure in measures],
    )
    frames = {
        "points": with_what_came(plan, points),
        "sweep": points.merge(values, on="point"),
        "replications": pd.concat(runs, ignore_index=True)[["point", "replication", *KEYS, "value"]].astype(
            dict.fromkeys(KEYS, str)
        ),
    }
    return SweepResults(**about, manifest=manifest, frames=frames)


def with_what_came(plan: SweepPlan, points: pd.DataFrame) -> pd.DataFrame:
    """The points, and after each scale what it makes of the scenario: whole numbers are rounded."""
    table = points.copy()
    for factor in (factor for factor in plan.factors if factor.scale):
        amounts = [factor.comes_to(plan.reading.resolved, value) for value in table[factor.label]]
        table.insert(list(table.columns).index(factor.label) + 1, factor.key, amounts)
    return table


def observed_headline(table: pd.DataFrame, scenario: Scenario) -> tuple[Address, ...]:
    """The addresses that answer first, of those observed at the first point."""
    first = table[table["point"] == 0]
    return tuple(headline for headline in headline_addresses(scenario) if len(rows_at(first, *headline)))


def most_less_least(results: SweepResults, address: Address) -> pd.Series[Any]:
    """What a measure is at the point where its mean is greatest, less what it is where that is least, paired.

    The same replication has the same luck at both, so that intervals of the two means may overlap where the difference
    is told from luck. The columns are those of a row of `compare`, with point_a (the least) and point_b.
    """
    rows = rows_at(results.table, *address).set_index("point")
    low_point, high_point = rows["mean"].idxmin(), rows["mean"].idxmax()
    runs = rows_at(results.frames["replications"], *address).set_index(["point", "replication"])["value"]
    values = runs.unstack("point")
    gap = paired_interval(values[low_point], values[high_point], results.manifest["level"])
    means = {"mean_a": rows.at[low_point, "mean"], "mean_b": rows.at[high_point, "mean"]}
    difference = {"difference": gap.mean, "ci_low": gap.low, "ci_high": gap.high, "significant": gap.low > 0}
    about = {"point_a": low_point, "point_b": high_point, "unit": rows.at[low_point, "unit"], "replications": gap.n}
    return pd.Series({**about, **means, **difference})


PARTS = 5
"""Parts of the range within which means are taken where nearly every point has a value of its own."""


def means_along(places: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means of values at each place, or by fifths of the range where there are many places: places and means."""
    distinct = np.unique(places)
    if len(distinct) <= 2 * PARTS:
        return distinct, np.array([values[places == place].mean() for place in distinct])
    edges = np.linspace(places.min(), places.max(), PARTS + 1)
    part = np.clip(np.searchsorted(edges, places, side="right") - 1, 0, PARTS - 1)
    filled = [number for number in range(PARTS) if (part == number).any()]
    middles = (edges[:-1] + edges[1:]) / 2
    return middles[filled], np.array([values[part == number].mean() for number in filled])
