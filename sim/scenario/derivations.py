"""Numbers that follow from published facts by arithmetic, `derived: F-1 / F-2: how`, worked out again with units.

An expression has ids of facts (their value, or an end of their range: `F-1.low`, `F-1.high`), numbers, and + - * / ( );
a number that is not a mere factor has its unit: `14[t/TEU]`. An id has hyphens, so an operator has blanks around it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sim.scenario.facts import Fact
from sim.scenario.positions import KeyPath

OPERAND = re.compile(
    r"(?P<fact>[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)(?:\.(?P<end>low|high))?"
    r"|(?P<number>\d+(?:\.\d+)?)(?:\[(?P<unit>[^\]]*)\])?"
)
FREE_FACTORS = {1.0, 2.0, 100.0, 365.0}
"""Numbers of an expression that say nothing of the world: one, both ways, hundredths, days of a year."""
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
SPELT = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
"""Numbers from 2 on that the words of a fact may spell; `one` is left out, for it is mostly no number."""
PART = re.compile(r"_(?:p\d+|eastbound|westbound)$")
"""What may follow the unit in the name of a measure."""
MOST_LETTERS = 400
"""Of an expression: it is a line that somebody reads, and its reading must end."""

TIMES = {"min": 1 / 60, "h": 1.0, "day": 24.0, "d": 24.0, "month": 730.0, "year": 8760.0, "yr": 8760.0}
SCALES: dict[str, tuple[float, str]] = {
    **{word: (hours, "h") for word, hours in TIMES.items()},
    **{word: (tonnes, "t") for word, tonnes in (("t", 1.0), ("kt", 1e3), ("Mt", 1e6))},
    **{word: (teu, "TEU") for word, teu in (("TEU", 1.0), ("FEU", 2.0))},
    **{word: (factor, "") for word, factor in (("%", 0.01), ("share", 1.0), ("x", 1.0))},
}
"""What a unit is in hours, tonnes, TEU or nothing; every other word is a thing that is counted, such as `train`."""
PHYSICAL_UNITS = {"h", "t", "TEU", "km", "USD", "KZT", "m", "cm"}
"""Units that are no things counted."""
MULTIPLES = {"million": 1e6, "bn": 1e9, "M": 1e6}

UNITS = {
    **{f"usd_per_{key}": f"USD/{unit}" for key, unit in (("teu", "TEU"), ("wagon", "wagon"), ("t", "t"))},
    **{
        f"usd_per_{key}_{per}": f"USD/({unit} {per})"
        for key, unit in (("teu", "TEU"), ("wagon", "wagon"), ("t", "t"))
        for per in ("km", "day")
    },
    "km_per_day": "km/day",
    "trains_per_day": "trains/day",
    "paths_per_day": "paths/day",
    "trains_per_year": "trains/year",
    "teu_per_year": "TEU/year",
    "mt_per_year": "Mt/year",
    "trains_per_month": "trains/month",
    "teu_per_month": "TEU/month",
    "mt_per_month": "Mt/month",
    "musd": "M USD",
    "share": "share",
    "days": "days",
    "teu": "TEU",
    "mt": "Mt",
    "km": "km",
    "h": "h",
    "t": "t",
}


@dataclass(frozen=True)
class Quantity:
    """A number with the powers of its units, in hours, tonnes, TEU, km and things counted."""

    amount: float
    dimensions: tuple[tuple[str, int], ...] = ()

    def times(self, factor: Quantity, power: int) -> Quantity:
        """The product with another quantity, or its quotient by one (power -1)."""
        powers = Counter(dict(self.dimensions))
        for unit, exponent in factor.dimensions:
            powers[unit] += power * exponent
        amount = self.amount * factor.amount if power == 1 else self.amount / factor.amount
        return Quantity(amount, tuple(sorted((unit, exponent) for unit, exponent in powers.items() if exponent)))

    def plus(self, summand: Quantity, sign: int) -> Quantity:
        """The sum with another quantity of the same units, or the difference (sign -1)."""
        if self.dimensions != summand.dimensions:
            raise ValueError(f"adds {unit_text(self)} and {unit_text(summand)}")
        return Quantity(self.amount + sign * summand.amount, self.dimensions)


def unit_text(quantity: Quantity) -> str:
    """The units of a quantity for a reader."""
    if not quantity.dimensions:
        return "a number"
    return " ".join(f"{unit}{'' if exponent == 1 else f'^{exponent}'}" for unit, exponent in quantity.dimensions)


def one_unit(text: str) -> Quantity:
    """One of a unit as the ledger of facts and the keys write it: `t/TEU`, `million TEU`, `% of time`, `USD/(t km)`."""
    over, _, under = text.partition("/")
    product = Quantity(1.0)
    for part, power in ((over, 1), (under, -1)):
        for word in part.partition(" of ")[0].replace("-", " ").strip("() ").split():
            factor = Quantity(MULTIPLES[word]) if word in MULTIPLES else noun_of(word)
            product = product.times(factor, power)
    return product


def noun_of(word: str) -> Quantity:
    """One of a single word of a unit; a plural counts as its singular."""
    singular = word if word in SCALES else word.removesuffix("s")
    scale, name = SCALES.get(singular, (1.0, singular))
    return Quantity(scale, ((name, 1),) if name else ())


OPERATORS: dict[type[ast.operator], Callable[[Quantity, Quantity], Quantity]] = {
    ast.Add: lambda first, second: first.plus(second, 1),
    ast.Sub: lambda first, second: first.plus(second, -1),
    ast.Mult: lambda first, second: first.times(second, 1),
    ast.Div: lambda first, second: first.times(second, -1),
}


def quantity_of(expression: str, ledger: Mapping[str, Fact]) -> Quantity:
    """What an expression comes to.

    Raises
    ------
    ValueError
        If it is none, a fact is missing or no number, or unlike units are added.
    """
    if len(expression) > MOST_LETTERS:
        raise ValueError(f"is longer than {MOST_LETTERS} letters")
    operands: list[Quantity] = []

    def operand_name(match: re.Match[str]) -> str:
        operands.append(operand_of(match, ledger))
        return f"_{len(operands) - 1}"

    try:
        tree = ast.parse(OPERAND.sub(operand_name, expression.strip()), mode="eval")
        return value_of_node(tree.body, operands)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError("is no sum, difference, product or quotient of facts and numbers") from None
    except ZeroDivisionError:
        raise ValueError("divides by nothing") from None


def operand_of(match: re.Match[str], ledger: Mapping[str, Fact]) -> Quantity:
    """The quantity of an id or a number within an expression."""
    if match["number"]:
        return Quantity(float(match["number"])).times(one_unit(match["unit"] or ""), 1)
    fact = ledger.get(match["fact"])
    if fact is None:
        raise ValueError(f"cites '{match['fact']}', which is not in the ledger of facts")
    column = match["end"] or "value"
    try:
        amount = float(getattr(fact, column))
    except ValueError:
        raise ValueError(f"takes the {column} of {fact.id}, which is no number") from None
    return Quantity(amount).times(one_unit(fact.unit), 1)


def value_of_node(node: ast.expr, operands: list[Quantity]) -> Quantity:
    """The quantity of a node of a parsed expression: nothing but the four operations on named operands."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](value_of_node(left, operands), value_of_node(right, operands))
        case ast.Name(id=name) if name[1:].isdecimal() and name[0] == "_":
            return operands[int(name[1:])]
        case _:
            raise SyntaxError


def is_rounded_from(number: float, exact: float) -> bool:
    """Whether a number is another rounded to its own last digit that is not nought."""
    digits = Decimal(str(number)).normalize()
    if not digits.is_finite():
        return False
    half = Decimal(1).scaleb(int(digits.as_tuple().exponent)) / 2
    return abs(Decimal(str(exact)) - digits) <= half * Decimal("1.0000001")


def fits_unit(quantity: Quantity, unit: str) -> bool:
    """Whether a quantity is in the unit of a key, whatever things are counted: `teu` of a train is TEU a train."""
    return physical_powers(quantity) == physical_powers(one_unit(unit))


def physical_powers(quantity: Quantity) -> dict[str, int]:
    """The powers of what is measured in a quantity and not counted."""
    return {unit: exponent for unit, exponent in quantity.dimensions if unit in PHYSICAL_UNITS}


def amount_text(quantity: Quantity, unit: str) -> str:
    """A quantity for a reader, in a unit if it is in that one."""
    if fits_unit(quantity, unit):
        return f"{quantity.amount / one_unit(unit).amount:.4g} {unit}".strip()
    return f"{quantity.amount:.4g} in {unit_text(quantity)}"


def says(number: float, unit: str, quantity: Quantity) -> bool:
    """Whether a number with the unit of its key is a quantity, rounded; an amount of a year is an amount a year."""
    year = one_unit("year")
    candidates = (quantity, quantity.times(year, -1), quantity.times(year, 1))
    return any(
        is_rounded_from(number, candidate.amount / one_unit(unit).amount)
        for candidate in candidates
        if fits_unit(candidate, unit)
    )


def numbers_written_in(fact: Fact) -> set[float]:
    """The numbers in the words of a fact's row, in digits or spelt out up to ten."""
    words = f"{fact.quantity} {fact.note}"
    spelt = {float(SPELT.index(word) + 2) for word in re.findall(r"[a-z]+", words) if word in SPELT}
    return spelt.union(float(text.replace(",", "")) for text in NUMBER.findall(words))


def columns_stated(fact: Fact) -> list[float]:
    """The value of a fact and the ends of its range, those that are numbers, in its unit."""
    return [float(column) for column in (fact.value, fact.low, fact.high) if NUMBER.fullmatch(column)]


def states(fact: Fact, number: float, unit: str | None) -> bool:
    """Whether the row of a fact has a number: in its words, or as value or end of its range in the unit of the key.

    The unit is None where the key leaves it to another, as a published figure does to its measure.
    """
    if number in numbers_written_in(fact):
        return True
    return any(
        column == number if unit is None else is_said(number, unit, column, fact) for column in columns_stated(fact)
    )


def is_said(number: float, unit: str, column: float, fact: Fact) -> bool:
    """Whether a number with the unit of its key is one that a column of a fact has, in the unit of the fact."""
    return says(number, unit, Quantity(column).times(one_unit(fact.unit), 1))


def is_of_facts_alone(expression: str, ledger: Mapping[str, Fact]) -> bool:
    """Whether each number of an expression stands in the row of a fact that it cites, or says nothing of the world."""
    operands = list(OPERAND.finditer(expression))
    rows = [ledger[match["fact"]] for match in operands if match["fact"] in ledger]
    numbers = FREE_FACTORS.union(*map(numbers_written_in, rows))
    return all(float(match["number"]) in numbers for match in operands if match["number"])


def unit(path: KeyPath) -> str:
    """The unit that a key, or the name of a measure, has at its end; empty for counts and ratios."""
    key = PART.sub("", str(path[-1]))
    return next((text for suffix, text in UNITS.items() if key == suffix or key.endswith(f"_{suffix}")), "")
