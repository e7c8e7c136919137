"""Runs of many variants of one scenario, all under the same random numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.statistics import FloatArray
from sim.runs.replicate import Job, Perform, Replication
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.question import THROUGHPUT, Question

FIRST_REPLICATION = 1
"""Number of the first replication of a search: replication 0 brings its tables along, which no search reads."""

SCENARIOS_AT_ONCE = 16
"""Scenarios whose tables are in memory together; each keeps those of one replication."""

Variant = TypeVar("Variant", bound=Hashable)


def in_batches(
    perform: Perform,
    scenarios: Sequence[tuple[str, Scenario]],
    seed: int,
    replications: int,
    kpis: frozenset[str] | None = None,
) -> Iterator[list[Replication]]:
    """The replications 0, 1, 2, … of each scenario in turn, which has a name for messages, without their tables.

    `kpis` are those that they shall have at least; None: all.
    """
    for start in range(0, len(scenarios), SCENARIOS_AT_ONCE):
        batch = scenarios[start : start + SCENARIOS_AT_ONCE]
        full = perform(
            [Job(scenario, seed, index, name, kpis=kpis) for name, scenario in batch for index in range(replications)]
        )
        lean = [replace(replication, tables=None) for replication in full]
        del full  # or its tables stay in memory until the next batch is done
        for place in range(len(batch)):
            yield lean[place * replications : (place + 1) * replications]


def point_table(labels: Sequence[str], points: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """A row a point: its number in `point`, and a column for each factor, named by its label."""
    table = pd.DataFrame(list(points), columns=list(labels))
    table.insert(0, "point", range(len(table)))
    return table


class Runs(Generic[Variant]):
    """Runs of variants of a scenario under common random numbers; each replication of each variant is made once.

    Parameters
    ----------
    perform, seed
        What does jobs, and the seed of all.
    scenario_of
        The scenario of a variant.
    about
        Of which year the measures are kept.
    words_of
        A variant in words, for messages.
    kpis
        Names of the measures kept.
    """

    def __init__(
        self,
        perform: Perform,
        seed: int,
        scenario_of: Callable[[Variant], Scenario],
        about: Question,
        words_of: Callable[[Variant], str],
        kpis: Iterable[str],
    ) -> None:
        self.perform = perform
        self.seed = seed
        self.scenario_of = scenario_of
        self.about = about
        self.words_of = words_of
        self.kpis_kept = frozenset(kpis)
        self.kpis: dict[tuple[Variant, int], pd.Series[float]] = {}
        self.engines: set[str] = set()

    def make(self, variants: Sequence[Variant], indices: Sequence[int]) -> None:
        """Run what is not yet run, in one batch."""
        # Those of one luck one after the other: they share what is drawn.
        keys = [(variant, index) for index in indices for variant in dict.fromkeys(variants)]
        missing = [key for key in keys if key not in self.kpis]
        scenarios = {variant: self.scenario_of(variant) for variant, _ in missing}  # built once for all its jobs
        jobs = [
            Job(scenarios[variant], self.seed, index, self.words_of(variant), kpis=self.kpis_kept)
            for variant, index in missing
        ]
        for key, replication in zip(missing, self.perform(jobs), strict=True):
            self.kpis[key] = self.measures(replication)
            self.engines.add(replication.engine)

    def measures(self, replication: Replication) -> pd.Series[float]:
        """The measures kept of the year by kpi, place and flow."""
        kpis = replication.kpis
        of_year = rows_at(kpis[kpis["kpi"].isin(self.kpis_kept)], period=self.about.year)
        keys = pd.MultiIndex.from_frame(of_year[["kpi", "place", "flow"]].astype(str))
        return pd.Series(of_year["value"].to_numpy(float), keys)

    def values(self, variant: Variant, indices: Sequence[int], kpi: str = THROUGHPUT) -> FloatArray:
        """The measure of the corridor in each replication, made if it is not yet; NaN where none was observed."""
        self.make([variant], indices)
        return self.of(variant, indices, (kpi, ALL, self.about.corridor))

    def of(self, variant: Variant, indices: Sequence[int], key: tuple[str, str, str]) -> FloatArray:
        """A measure by kpi, place and flow in each replication that is made; NaN where none was observed."""
        return np.array([self.kpis[variant, index].get(key, np.nan) for index in indices], float)

    def mean(self, variant: Variant, indices: Sequence[int]) -> Mapping[tuple[str, str, str], float]:
        """All measures of a variant, averaged over the replications that observed them."""
        table = pd.concat([self.kpis[variant, index] for index in indices], axis=1)
        keys: list[tuple[str, str, str]] = table.index.tolist()
        return dict(zip(keys, table.mean(axis=1).tolist(), strict=True))
