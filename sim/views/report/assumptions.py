"""The inputs of a scenario with what stands behind each, and which of them a study found to matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.runs.results import Results
from sim.scenario.sources import Fact, Figure, figures_of
from sim.views.report.subjects import Beside


@dataclass(frozen=True)
class Input:
    """A number of a scenario as a row of the page; `facts` are those it cites."""

    key: str
    value: str
    unit: str
    standing: str
    source: str
    facts: tuple[Fact, ...]
    is_studied: bool


def inputs(run: Results, sensitivity: Beside | None) -> list[Input]:
    """The inputs of a run, those first that a study of sensitivity varied, then the assumed ones."""
    factors = {cell for row in sensitivity.rows for cell in row} if sensitivity else set()
    rows = [as_input(figure, factors) for figure in figures_of(run.resolved, run.facts)]
    order = {"assumed": 0, "unsourced": 1}
    return sorted(rows, key=lambda row: (not row.is_studied, order.get(row.standing, 2)))


def as_input(figure: Figure, factors: set[str]) -> Input:
    """A figure as a row."""
    standing = "recalled fact" if figure.recalled else figure.standing
    return Input(figure.key, figure.value, figure.unit, standing, figure.source, figure.facts, figure.key in factors)


def facts_behind(rows: list[Input]) -> Iterator[Fact]:
    """The facts that inputs cite, each once, by id."""
    by_id = {fact.id: fact for row in rows for fact in row.facts}
    yield from (by_id[name] for name in sorted(by_id))
