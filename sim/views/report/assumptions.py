"""The inputs of a scenario with what stands behind each, and which of them a study found to matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.runs.results import Results
from sim.scenario.sources import Fact, Figure, figures
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
    studied: bool


def inputs(run: Results, sensitivity: Beside | None) -> list[Input]:
    """The inputs of a run, those first that a study of sensitivity varied, then the assumed ones."""
    listed = figures(run.resolved, run.facts)
    varied = {cell for row in sensitivity.rows for cell in row} if sensitivity else set()
    found = [as_input(figure, varied) for figure in listed]
    order = {"assumed": 0, "unsourced": 1}
    return sorted(found, key=lambda one: (not one.studied, order.get(one.standing, 2)))


def as_input(figure: Figure, varied: set[str]) -> Input:
    """A figure as a row."""
    standing = "recalled fact" if figure.recalled else figure.standing
    studied = figure.key in varied
    return Input(figure.key, figure.value, figure.unit, standing, figure.source, figure.facts, studied)


def cited(listed: list[Input]) -> Iterator[Fact]:
    """The facts that inputs cite, each once, by id."""
    found = {fact.id: fact for one in listed for fact in one.facts}
    yield from (found[name] for name in sorted(found))
