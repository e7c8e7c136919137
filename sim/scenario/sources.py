"""The ledger of figures: which published fact or which assumption stands behind each number of a scenario.

A line of `sources` reads `ID`, `ID, ID`, either with `: how it follows` after it, `derived: ID / ID: how` (see
`sim.scenario.derivations`), or `assumed: why`; the ids are those of the ledger of facts, `scenarios/sources.csv`. A
number is a fact only if a row that its line cites states it, and derived only from facts; otherwise it counts as
assumed, whatever its line cites. It is spoken for by the innermost table around it that has a line for its key (or for
the table it lies in) or, failing that, a line `all`; a published figure also by its own `fact`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.scenario.addresses import SHARE
from sim.scenario.derivations import OPERAND, amount_text, is_of_facts_alone, quantity_of, says, states, unit
from sim.scenario.facts import Fact
from sim.scenario.keys import Data, leaves, value_at
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, dotted, shown
from sim.scenario.values import is_number

Standing = Literal["fact", "derived", "assumed", "unsourced"]
STANDINGS: tuple[Standing, ...] = ("fact", "derived", "assumed", "unsourced")

NOT_FIGURES = (
    *(("horizon",), ("study",), ("sweep",), ("forecast",), ("unknown",)),
    *(("calibration", key) for key in ("residuals", "fitted_on", "until", "leaves_out")),
)
"""Key paths under which numbers are settings, or results of a fit, and no figures.

What a sweep tries claims nothing, and an unknown speaks of the inputs that it moves.
"""
ON_A_MAP = ("longitude_deg", "latitude_deg", "line_deg")
"""Keys whose numbers draw a map and enter no result."""
ASSUMPTION = re.compile(r"assumed:\s*\S", re.DOTALL)
DERIVATION = re.compile(r"derived:\s*([^:]*?)\s*(?::\s*\S.*)?", re.DOTALL)
CITATION = re.compile(r"([\w.-]+(?:\s*,\s*[\w.-]+)*)\s*(?::\s*\S.*)?", re.DOTALL)
NO_SOURCE_LINE = "must cite facts, as in 'ID, ID: how it follows', or read 'derived: ID / ID: how' or 'assumed: why'"
STAND_IN = re.compile(r"(?:changed in|changed by|no source in) \S", re.DOTALL)
"""What reading writes for a number whose source was given for an earlier value; see `sim.scenario.reading.merge`."""


@dataclass(frozen=True)
class Figure:
    """A number of a scenario with what stands behind it; a table of values by date or year counts as one.

    `source` is the line that speaks for it and `source_path` where that line stands; both are empty without one.
    `unknown` are the ids cited that the ledger of facts does not have.
    """

    path: KeyPath
    value: str
    unit: str
    standing: Standing
    source: str
    source_path: KeyPath
    facts: tuple[Fact, ...]
    unknown: tuple[str, ...]
    numbers: tuple[float, ...] = ()

    @property
    def key(self) -> str:
        """The key path as text."""
        return dotted(self.path)

    @property
    def recalled(self) -> bool:
        """Whether a fact cited was recalled and not read anywhere."""
        return any(fact.status == "recalled" for fact in self.facts)


def figures_of(data: Data, ledger: Mapping[str, Fact]) -> list[Figure]:
    """One figure for each number of a resolved scenario, and for each other value with a source line of its own.

    Numbers of `horizon`, `study` and `sweep` are settings and no figures; those of `ON_A_MAP` draw only. The order is
    that of the file.
    """
    return [
        figure_at(data, path, value, ledger)
        for path, value in leaves(data)
        if is_figure(path) and (has_number(value) or line_path(data, path, value))
    ]


def is_figure(path: KeyPath) -> bool:
    """Whether a number at a key path wants a source."""
    return path[-1] not in ON_A_MAP and not any(path[: len(setting)] == setting for setting in NOT_FIGURES)


def figure_at(data: Data, path: KeyPath, value: Any, ledger: Mapping[str, Fact]) -> Figure:
    """The figure at one key path."""
    where = line_path(data, path, value)
    source = str(value_at(data, where)) if where else ""
    ids, numbers = cited_ids(source), tuple(numbers_of_value(value))
    unknown = tuple(name for name in ids if name not in ledger)
    ledger_facts = tuple(ledger[name] for name in ids if name in ledger)
    standing: Standing = "unsourced"
    in_unit = unit_at(data, path)
    if not unknown and (ids or ASSUMPTION.match(source)):
        stated_in = None if path[0] == "published" and not in_unit else in_unit
        standing = standing_of(source, numbers, stated_in, ledger_facts)
    return Figure(path, value_text(value), in_unit, standing, source, where, ledger_facts, unknown, numbers)


def unit_at(data: Data, path: KeyPath) -> str:
    """The unit of the value at a key path: that of its key; of a published figure that of its measure or share."""
    if path[0] != "published" or path[-1] not in ("value", "low", "high"):
        return unit(path)
    kpi, flow = (str(value_at(data, (*path[:-1], key))) for key in ("kpi", "flow"))
    return unit(("share",)) if SHARE.search(flow) else unit((kpi,))


def standing_of(source: str, numbers: Sequence[float], unit: str | None, ledger_facts: Sequence[Fact]) -> Standing:
    """What a source line makes of numbers in a unit; of no numbers, what it says of a switch, a word or a date."""
    if "assumed" in source:
        return "assumed"
    ledger = {fact.id: fact for fact in ledger_facts}
    if expressions := derivations(source):
        return "derived" if all(is_of_facts_alone(expression, ledger) for expression in expressions) else "assumed"
    is_stated = all(any(states(fact, number, unit) for fact in ledger_facts) for number in numbers)
    return "fact" if is_stated else "assumed"


def derivations(source: str) -> list[str]:
    """The expressions of a derived line, one for each number or one for all; none of any other line."""
    match = DERIVATION.fullmatch(source)
    return [expression.strip() for expression in match[1].split(";")] if match else []


def cited_ids(source: str) -> list[str]:
    """The ids a source line cites; none if it is an assumption or no line of the grammar."""
    if expressions := derivations(source):
        return list(dict.fromkeys(match["fact"] for match in OPERAND.finditer(" ".join(expressions)) if match["fact"]))
    match = None if source.startswith("assumed") else CITATION.fullmatch(source)
    return re.split(r"\s*,\s*", match[1]) if match else []


def facts_named(line: str, ledger: Mapping[str, Fact]) -> list[Fact]:
    """The facts of a ledger that a source line names, wherever in it, also in an assumption."""
    names = dict.fromkeys(match["fact"] for match in OPERAND.finditer(line) if match["fact"] in ledger)
    return [ledger[name] for name in names]


def known_from(line: str, ledger: Mapping[str, Fact]) -> str:
    """The day from which all facts that a source line names were known; empty if it names none that says so."""
    return max((fact.known for fact in facts_named(line, ledger)), default="")


def count_by_standing(numbers: Iterable[Figure]) -> dict[Standing, int]:
    """How many figures are facts, derived from facts, assumed and unsourced."""
    counts = Counter(number.standing for number in numbers)
    return {standing: counts[standing] for standing in STANDINGS}


def cited_figures(data: Data, ledger: Mapping[str, Fact], spots: Mapping[KeyPath, Spot]) -> list[Figure]:
    """The figures of a scenario, as `figures_of`, each source line of which reads as one.

    Raises
    ------
    ScenarioError
        With every line that does not, see `citation_problems`.
    """
    numbers = figures_of(data, ledger)
    problems = citation_problems([*numbers, *range_lines(data, ledger)], ledger, spots)
    if problems:
        raise ScenarioError(problems)
    return numbers


def range_lines(data: Data, ledger: Mapping[str, Fact]) -> list[Figure]:
    """A figure without a number for each source line of an unknown: what its range rests on."""
    tables = data.get("unknown")
    return [
        figure_at(data, ("unknown", name, key), 0, ledger)
        for name, table in (tables.items() if isinstance(tables, dict) else ())
        for key in table.get("sources", ())
    ]


def citation_problems(
    numbers: Iterable[Figure], ledger: Mapping[str, Fact], spots: Mapping[KeyPath, Spot]
) -> list[Problem]:
    """Source lines that cite an id the ledger does not have, or that do not read as a source line at all.

    `spots` says where each key path was said, as `Reading.spots` has it.
    """
    problems: dict[tuple[KeyPath, str], Problem] = {}
    for number in numbers:
        for message in line_complaints(number, ledger):
            spot = spots[number.source_path]
            problems.setdefault((number.source_path, message), Problem(spot, number.source_path, message))
    return list(problems.values())


def check_lines(problems: Iterable[Problem]) -> None:
    """Refuse source lines that do not read as such; what cites an unknown fact only has none, and is a doubt.

    Raises
    ------
    ScenarioError
        With all problems, if one is of a line that does not read as one.
    """
    problems = [*problems]
    if any(problem.message == NO_SOURCE_LINE for problem in problems):
        raise ScenarioError(problems)


def line_complaints(number: Figure, ledger: Mapping[str, Fact]) -> Iterator[str]:
    """What is wrong with the source line of one figure."""
    for missing in number.unknown:
        yield f"cites '{missing}', which is not in the ledger of facts{did_you_mean(missing, ledger)}"
    source = number.source
    if derivations(source):
        yield from () if number.unknown else derivation_complaints(number, ledger)
    elif source and not (cited_ids(source) or ASSUMPTION.match(source) or STAND_IN.match(source)):
        yield NO_SOURCE_LINE


def derivation_complaints(figure: Figure, ledger: Mapping[str, Fact]) -> Iterator[str]:
    """Where the arithmetic of a derived line does not come to the numbers that it speaks for."""
    expressions = derivations(figure.source)
    if len(expressions) not in (1, len(figure.numbers)):
        yield f"has {len(expressions)} expressions for {len(figure.numbers)} numbers: one for each, with ; between them"
        return
    for position, number in enumerate(figure.numbers):
        expression = expressions[min(position, len(expressions) - 1)]
        try:
            quantity = quantity_of(expression, ledger)
        except ValueError as error:
            yield f"{shown(expression)} {error}"
            continue
        if not says(number, figure.unit, quantity):
            stated = f"{number:g} {figure.unit}".strip()
            yield f"{shown(expression)} comes to {amount_text(quantity, figure.unit)}, and {figure.key} is {stated}"


def line_path(data: Data, path: KeyPath, value: Any) -> KeyPath:
    """Key path of the line that speaks for the value at `path`; empty if there is none.

    A value without a number in it is spoken for only by a line of its own.
    """
    if not has_number(value):
        own = (*path[:-1], "sources", path[-1])
        return own if value_at(data, own) is not None else ()
    # From the innermost table outwards: who says more exactly what a number rests on is heard first.
    for depth in reversed(range(len(path))):
        table = path[:depth]
        for line in (("sources", path[depth]), ("sources", "all"), ("fact",)):
            if value_at(data, (*table, *line)) is not None:
                return (*table, *line)
    return ()


def has_number(value: Any) -> bool:
    """Whether a value is a number, or has one in it."""
    return next(numbers_of_value(value), None) is not None


def numbers_of_value(value: Any) -> Iterator[float]:
    """The number that a value is, or those that it has in it, in order."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers_of_value(inner)
    elif is_number(value):
        yield value


def value_text(value: Any) -> str:
    """A value in short: `4`, `mean 3, cv 0.5`, `2023: 2.76, 2024: 3.4`, `8, 8, 9`."""
    if isinstance(value, dict):
        mark = " " if all(key.isalpha() for key in value) else ": "
        return ", ".join(f"{key}{mark}{value_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
