"""What is asked of a scenario: the throughput of a corridor in a year; and the runs that answer it, each made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from sim.measure.statistics import FloatArray
from sim.runs.replicate import Job, Perform, Replication
from sim.scenario.checks.bounds import DAYS_PER_YEAR
from sim.scenario.errors import CorridorError
from sim.scenario.periods import last_full_year
from sim.scenario.problems import did_you_mean
from sim.scenario.schema import Horizon, Scenario
from sim.scenario.values import ALL

THROUGHPUT, TRANSIT = "throughput_mt", "transit_days"

FIRST_REPLICATION = 1
"""Number of the first replication of a search: replication 0 brings its tables along, which no search reads."""

WARMUP_DAYS = 120
"""Least days of warm-up of an excerpt, which begins in the middle of the traffic."""

Variant = TypeVar("Variant", bound=Hashable)


class QuestionError(CorridorError, ValueError):
    """A question that the scenario cannot answer."""


@dataclass(frozen=True)
class Question:
    """A corridor (or a flow, or `all`), a calendar year (or `all` of the horizon), and the title of the corridor."""

    corridor: str
    year: str
    title: str


def question(scenario: Scenario, corridor: str | None = None, year: int | None = None) -> Question:
    """The question asked, or by default that of the scenario: the corridor with a target, its last full year.

    Raises
    ------
    QuestionError
        If the scenario has no such corridor or flow, or does not cover the year whole.
    """
    aims = [name for name, about in scenario.corridors.items() if about.target_mt]
    if corridor is None:
        corridor = aims[0] if aims else ALL
    known = [*scenario.corridors, *scenario.flows, ALL]
    if corridor not in known:
        raise QuestionError(f"corridor: '{corridor}' is no corridor or flow{did_you_mean(corridor, known)}")
    titles = {name: each.title for name, each in scenario.flows.items()}
    titles |= {name: each.title for name, each in scenario.corridors.items()}
    title = titles.get(corridor, "all flows")
    if year is None:
        return Question(corridor, last_full_year(scenario), title)
    horizon = scenario.horizon
    if dt.date(year, 1, 1) < horizon.start or dt.date(year + 1, 1, 1) > horizon.end:
        span = f"{horizon.start} to {horizon.end}"
        raise QuestionError(f"year: {year} does not lie whole within the horizon, {span}")
    return Question(corridor, str(year), title)


def years(scenario: Scenario, about: Question) -> float:
    """Years that a question is about: one, or those of the whole horizon."""
    horizon = scenario.horizon
    return 1.0 if about.year != ALL else (horizon.end - horizon.start).days / DAYS_PER_YEAR


def excerpt(scenario: Scenario, year: str) -> Scenario:
    """The scenario from the year before a year on, up to the end of that year; the same where that is no shorter.

    The trains under way at its beginning come in a warm-up of at least `WARMUP_DAYS`; queues that take years to grow
    are shorter than in the whole. Trains have other luck than in the whole: the two do not pair.
    """
    if year == ALL:
        return scenario
    horizon = scenario.horizon
    start = dt.date(int(year) - 1, 1, 1)
    end = dt.date(int(year) + 1, 1, 1)
    warmup_days = max(horizon.warmup_days, WARMUP_DAYS)
    whole_days = (horizon.end - horizon.start).days + horizon.warmup_days
    if horizon.start >= start or (end - start).days + warmup_days >= whole_days:
        return scenario
    return scenario.model_copy(update={"horizon": Horizon(start=start, end=end, warmup_days=warmup_days)})


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
    """

    def __init__(
        self,
        perform: Perform,
        seed: int,
        scenario_of: Callable[[Variant], Scenario],
        about: Question,
        words_of: Callable[[Variant], str],
    ) -> None:
        self.perform = perform
        self.seed = seed
        self.scenario_of = scenario_of
        self.about = about
        self.words_of = words_of
        self.kpis: dict[tuple[Variant, int], pd.Series[float]] = {}

    def make(self, variants: Iterable[Variant], indices: Sequence[int]) -> None:
        """Run what is not yet run, in one batch."""
        wanted = [(each, index) for each in dict.fromkeys(variants) for index in indices]
        wanted = [each for each in wanted if each not in self.kpis]
        scenarios = {variant: self.scenario_of(variant) for variant, _ in wanted}
        done = self.perform([Job(scenarios[each], self.seed, index, self.words_of(each)) for each, index in wanted])
        self.kpis |= {key: self.measures(one) for key, one in zip(wanted, done, strict=True)}

    def measures(self, replication: Replication) -> pd.Series[float]:
        """The measures of the year by kpi, place and flow."""
        kpis = replication.kpis
        now = kpis[kpis["period"] == self.about.year]
        keys = pd.MultiIndex.from_frame(now[["kpi", "place", "flow"]].astype(str))
        return pd.Series(now["value"].to_numpy(float), keys)

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
