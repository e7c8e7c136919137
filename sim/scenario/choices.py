"""Inputs that are no numbers: switches, words to choose from, dates and times, each with what stands behind it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

from sim.scenario.facts import Fact
from sim.scenario.keys import Data, alternatives, annotation_at, leaves, names_in, value_at
from sim.scenario.positions import KeyPath
from sim.scenario.sources import Figure, figure_at, figures_of, is_figure, range_lines, standing_of, value_text

IDENTITY = ("kind", "direction", "carries", "used_for", "basis")
"""Words that say which thing a table describes, or what was done with it: with another, it would be another thing."""
BUNDLES = ("investments", "disruptions")
"""Tables of dated bundles: the line that speaks for their changes speaks for their dates, too."""
REGIMES_BY_NAME = ("regime", "otherwise", "fallback")
"""Keys that choose among the regimes; other names say how tables hang together."""

LIST_KEY = "values"
"""Key of what a factor is tried at: words are a claim there, as a range is."""


COMPARED, FITTED = "published", "calibration"
"""Tables of what the model is held against, and how far off it may rightly be: no input, for no run reads them."""


def inputs_of(data: Data, ledger: Mapping[str, Fact]) -> list[Figure]:
    """The numbers and choices of a resolved scenario that a run reads, as `stated_figures`."""
    return [figure for figure in stated_figures(data, ledger) if figure.path[0] not in (COMPARED, FITTED)]


def stated_figures(data: Data, ledger: Mapping[str, Fact]) -> list[Figure]:
    """The numbers of a resolved scenario as `figures_of`, and its choices among them, in the order of the file.

    A choice has its kind for a unit. Only a line of its own speaks for it, for `all` speaks of numbers; but a published
    figure's `fact` speaks for its dates if it is of their year, the line of a bundle's changes for the dates of the
    bundle, and the `all` of a factor for the values it lists.
    """
    figures = {figure.path: figure for figure in figures_of(data, ledger)}
    kinds = dict(choices_in(data))
    for path, value in leaves(data):
        if path in kinds:
            figure = figures.get(path) or figure_at(data, path, value, ledger)
            is_dated = kinds[path] == "date" and path[0] in (COMPARED, *BUNDLES)
            if not figure.source and (is_dated or path[-1] == LIST_KEY):
                spoken_for = (*path[:-1], "changes") if path[0] in BUNDLES else path
                figure = figure_at(data, spoken_for, 0, ledger)
            standing = (
                standing_of(figure.source, (), None, figure.facts) if figure.standing == "assumed" else figure.standing
            )
            if path[0] == COMPARED and is_of_another_year(data, figure, path):
                standing = "assumed"
            figures[path] = replace(figure, path=path, value=value_text(value), unit=kinds[path], standing=standing)
    order = {path: position for position, (path, _) in enumerate(leaves(data))}
    return sorted(figures.values(), key=lambda figure: order[figure.path])


def facts_cited(data: Data, ledger: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts of a ledger that a resolved scenario cites, in the order of the ledger."""
    # a choice may be all that cites a fact, as the dates of a published figure do whose bounds have lines of their own
    cited = [*stated_figures(data, ledger), *range_lines(data, ledger)]
    ids = {fact.id for entry in cited for fact in entry.facts}
    return {name: fact for name, fact in ledger.items() if name in ids}


def is_of_another_year(data: Data, figure: Figure, path: KeyPath) -> bool:
    """Whether a date of a published figure begins in a year that no fact cited for it is of."""
    start = value_at(data, (*path[:-1], "start"))
    return isinstance(start, dt.date) and str(start.year) not in {fact.year for fact in figure.facts}


def choices_in(data: Data) -> Iterator[tuple[KeyPath, str]]:
    """The switches, words, dates and times of a resolved scenario by key path, each with which of these it is."""
    for path, value in leaves(data):
        kind = kind_of(annotation_at(data, path), value, str(path[-1])) if is_figure(path) else None
        if kind is not None:
            yield path, kind


def kind_of(annotation: Any, value: Any, key: str) -> str | None:
    """Whether a value is a switch, a date, a time or a word to choose from; None if it is none of these."""
    list_entries = value if key == LIST_KEY and isinstance(value, list) else []
    entries = value.values() if isinstance(value, dict) else list_entries or [value]
    kind = next((kind for kind in map(value_kind, entries) if kind), None)
    is_word = has_words(annotation) or key in REGIMES_BY_NAME or key == "time_zone"
    is_word = is_word or any(isinstance(entry, str) for entry in list_entries)
    return kind or ("word" if is_word and key not in IDENTITY else None)


def value_kind(value: Any) -> str | None:
    """Whether a value is a switch, a date or a time."""
    if isinstance(value, bool):
        return "switch"
    if isinstance(value, dt.date):
        return "date"
    return "time" if isinstance(value, dt.time) else None


def choice_values(data: Data, path: KeyPath) -> tuple[Any, ...]:
    """What a switch or word of a resolved scenario may be; nothing where no single one of these stands."""
    present = value_at(data, path)
    if isinstance(present, bool):
        return False, True
    if not isinstance(present, str):
        return ()
    if path[-1] in REGIMES_BY_NAME:
        return tuple(names_in(data, "regimes"))
    words = (get_args(kind) for kind in alternatives(annotation_at(data, path)) if get_origin(kind) is Literal)
    return tuple(itertools.chain.from_iterable(words))


def has_words(annotation: Any) -> bool:
    """Whether a value is one of a few words, or a list of such."""
    kinds = alternatives(annotation)
    return any(
        get_origin(kind) is Literal or (get_origin(kind) is tuple and has_words(get_args(kind)[0])) for kind in kinds
    )
