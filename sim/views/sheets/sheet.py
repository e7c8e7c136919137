"""Tables of words, and the words that all of them use: intervals, samples, what is assumed, where a measure is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.scenario.sources import count_by_standing, figures_of
from sim.study.sweep.factors import REQUEST_TABLES
from sim.study.throughput import Question
from sim.views import words

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.scenario.schema import Scenario
    from sim.scenario.sources import Fact


@dataclass(frozen=True)
class Sheet:
    """A table of words: a title, the heads of its columns, its rows, and a note below."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    note: str = ""


def standing(answer: Answer) -> str:
    """How many inputs of a scenario are assumed, in one sentence; what a study tries is no input."""
    return assumed({key: value for key, value in answer.resolved.items() if key not in REQUEST_TABLES}, answer.facts)


def assumed(resolved: dict[str, Any], known: Mapping[str, Fact]) -> str:
    """How many numbers of a scenario are assumed or have no source, given the facts it may cite, in one sentence."""
    counts = count_by_standing(figures_of(resolved, known))
    total = sum(counts.values())
    unsourced = counts.get("unsourced", 0)
    bare = f", {unsourced} ha{'s' if unsourced == 1 else 've'} no source" if unsourced else ""
    return f"{counts.get('assumed', 0)} of {total} inputs are assumed{bare}: see `corridor sources`"


def sample(answer: Answer) -> str:
    """Number of replications, level and seed, in words."""
    basis = answer.manifest
    return f"{basis['replications']} replications, {100 * basis['level']:g} % intervals, seed {basis['seed']}"


def interval(mean: float, low: float, high: float) -> str:
    """A mean and its interval."""
    return f"{words.figure(mean)}  [{words.figure(low)}, {words.figure(high)}]"


def cell(kpis: pd.DataFrame, kpi: str) -> str:
    """Mean and interval of a measure, from rows that are indexed by measure."""
    row = kpis.loc[[kpi]].iloc[0]
    return interval(row["mean"], row["ci_low"], row["ci_high"])


def title_of(scenario: Scenario, place: str, flow: str) -> str:
    """Place and flow of a measure in words."""
    named: Iterable[str | None] = (
        scenario.places[place].title if place in scenario.places else None,
        scenario.corridors[flow].title if flow in scenario.corridors else None,
        scenario.flows[flow].title if flow in scenario.flows else None,
    )
    return ", ".join(name for name in named if name) or "all"


def question_words(about: Question) -> str:
    """What a question is about, in words."""
    return f"{about.title}, {words.period(about.year)}"
