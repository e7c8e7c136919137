"""Published figures that set an input of a scenario and validate it, too: that the model meets one says nothing.

A figure is a number in the row of a fact, so that a row may set an input with one number and validate with another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.scenario.choices import COMPARED, stated_figures
from sim.scenario.derivations import NUMBER, OPERAND, columns_stated, is_said, numbers_written_in
from sim.scenario.facts import Fact
from sim.scenario.keys import Data, value_at
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, Spot, how_many
from sim.scenario.sources import Figure, derivations

ENDS = ("value", "low", "high")
SHOWN = ("published_mt", "target_mt")
"""Keys of numbers that are drawn beside the model, and that no run reads."""
OPERAND_NAME = re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+")
YEARS = range(1990, 2101)
"""Numbers that say when, and not how much."""


def used_twice(data: Data, ledger: Mapping[str, Fact], spots: Mapping[KeyPath, Spot]) -> list[Problem]:
    """The validation rows that rest on a figure which an input, or a row of calibration, rests on, too, each once.

    Parameters
    ----------
    data
        A resolved scenario.
    spots
        Where each key path was said, as `Reading.spots` has it.
    """
    figures = [
        figure
        for figure in stated_figures(data, ledger)
        if (figure.path[0] != COMPARED or figure.path[-1] in ENDS) and figure.path[-1] not in SHOWN
    ]
    validating = [figure for figure in figures if is_validation(data, figure)]
    setting = [(figure, numbers_taken(figure, ledger)) for figure in figures if figure not in validating]
    setters: dict[tuple[KeyPath, str], list[Figure]] = {}
    for row in validating:
        for name, numbers in numbers_taken(row, ledger).items():
            clashes = [setter for setter, by_fact in setting if numbers & by_fact.get(name, set())]
            if clashes:
                setters.setdefault((row.path[:2], name), []).extend(clashes)
    return [
        Problem(spots[*row, "used_for"], row, f"rests on {name}, {by_words(keys, spots)}")
        for (row, name), keys in setters.items()
    ]


def by_words(setters: Sequence[Figure], spots: Mapping[KeyPath, Spot]) -> str:
    """What else a fact sets, the first of it with file and line, and what follows."""
    keys = list(dict.fromkeys(setter.key for setter in setters))
    spot = spots[setters[0].source_path]
    place = spot.file if spot.line is None else f"{spot.file}:{spot.line}"
    ending = f" and {how_many(len(keys) - 1, 'number')} more" if keys[1:] else ""
    return f"which sets {keys[0]} ({place}){ending}: that the model meets it says nothing"


def is_validation(data: Data, figure: Figure) -> bool:
    """Whether a figure is of a row that validates; one of calibration counts with the inputs that were fitted to it."""
    return figure.path[0] == COMPARED and value_at(data, (*figure.path[:2], "used_for")) == "validation"


def numbers_taken(figure: Figure, ledger: Mapping[str, Fact]) -> dict[str, set[float]]:
    """The numbers in the rows of facts that the line behind a figure takes, by fact.

    They are the operands of its arithmetic, the number that a row states, and those that its words repeat. A line that
    does not say which number of a row it takes may take any of them.
    """
    by_fact: dict[str, set[float]] = {}
    words = {float(text.replace(",", "")) for text in NUMBER.findall(OPERAND_NAME.sub("", figure.source))}
    for match in OPERAND.finditer(figure.source):
        if fact := ledger.get(match["fact"] or ""):
            numbers = {*columns_stated(fact), *numbers_written_in(fact)}
            subset = numbers & {number for number in words if number not in YEARS}
            if derivations(figure.source):
                subset |= set(
                    columns_stated(replace(fact, value=getattr(fact, match["end"] or "value"), low="", high=""))
                )
            elif figure.standing == "fact":
                subset |= numbers_behind(figure, fact)
            by_fact.setdefault(fact.id, set()).update(subset or numbers)
    return by_fact


def numbers_behind(figure: Figure, fact: Fact) -> set[float]:
    """The numbers in the row of a fact that are those of a figure, whatever their units."""
    columns = columns_stated(fact)
    of_columns = {
        column for column in columns for number in figure.numbers if is_said(number, figure.unit, column, fact)
    }
    return of_columns | {number for number in figure.numbers if number in numbers_written_in(fact)}
