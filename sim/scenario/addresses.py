"""The address of a KPI, and a conclusion that holds it against a threshold, as files and options write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, cast

from sim.scenario.problems import CorridorError, shown
from sim.scenario.values import ALL

FORM = "KPI[:PLACE[:FLOW[:PERIOD]]]"
WRITTEN = re.compile(r"(\w+)(?::(\w+))?(?::(\w+))?(?::(\w+))?(?:\s+in\s+(\w+))?")
"""An address as written; with `in 2030` after it, as files of earlier versions have it, the same as `:2030`."""


class AddressError(CorridorError, ValueError):
    """An address that leads nowhere; the message says which part of it, and what there is."""


class Address(NamedTuple):
    """Where a KPI stands in the tables: its name, the place, the flow, corridor or direction, and the period."""

    kpi: str
    place: str = ALL
    flow: str = ALL
    period: str = ALL

    def __str__(self) -> str:
        return ":".join(self)


def words_of(text: str) -> tuple[str, str, str, str | None]:
    """The KPI, place, flow and period that a text such as `throughput_mt:all:titr:2030` names; None: no period.

    Raises
    ------
    AddressError
        If it is no such text.
    """
    match = WRITTEN.fullmatch(text.strip())
    if match is None or (match[4] and match[5]):
        raise AddressError(f"must be written {FORM}, as in 'throughput_mt:all:titr:2030' (got {shown(text)})")
    return match[1], match[2] or ALL, match[3] or ALL, match[4] or match[5]


def with_words(text: str, **words: str | None) -> str:
    """An address as written, and with it the place, flow and period that are said beside it.

    Raises
    ------
    AddressError
        If one of them is another than the address has.
    """
    match = WRITTEN.fullmatch(text.strip())
    if match is None:
        return text
    own_words = {"place": match[2], "flow": match[3], "period": match[4] or match[5]}
    for column, word in words.items():
        if None not in (word, own_words[column]) and word != own_words[column]:
            own = f"{shown(text)} has the {column} {shown(own_words[column])}"
            raise AddressError(f"{own}, and {shown(word)} is asked for beside it")
    place, flow, period = (own_words[column] or words.get(column) for column in own_words)
    return ":".join([match[1], place or ALL, flow or ALL, *([period] if period else [])])


TERM = re.compile(r"(?:(\d+(?:\.\d+)?)\s+)?([a-z]\w*)", re.ASCII)
SHARE = re.compile(r"\s+of\s+")
SUM_EXAMPLES = "'0.87 westbound + 0.13 eastbound', and of flows a share of one, 'oil + grain of titr'"


def weights_of(text: str) -> dict[str, float]:
    """The names that a sum such as `0.87 westbound + 0.13 eastbound` adds up, each with its weight; of one name 1.

    Raises
    ------
    AddressError
        If it is no such sum, or has a name twice.
    """
    matches = [TERM.fullmatch(term.strip()) for term in text.split("+")]
    weights = {match[2]: float(match[1] or 1) for match in matches if match}
    if len(weights) < len(matches):
        raise AddressError(f"must be a name, or a sum of names, each once, as in {SUM_EXAMPLES} (got {shown(text)})")
    return weights


def sums_in(text: str) -> list[dict[str, float]]:
    """The sum of flows that a text such as `oil + grain of titr` speaks of, and then the one it is a share of, if any.

    Raises
    ------
    AddressError
        If it is neither a sum nor a share of one.
    """
    sums = SHARE.split(text.strip())
    if len(sums) > 2:
        raise AddressError(f"must have one 'of' at the most (got {shown(text)})")
    return [weights_of(part) for part in sums]


Relation = Literal[">=", "<=", ">", "<"]

EXAMPLE = "'throughput_mt:all:titr:2030 >= 10'"


@dataclass(frozen=True)
class Conclusion:
    """A KPI, or its difference between two scenarios, against a threshold in the unit of the KPI."""

    address: Address
    difference: bool
    relation: Relation
    threshold: float

    def holds(self, value: float) -> bool:
        """Whether a value of the KPI bears the conclusion out."""
        match self.relation:
            case ">=":
                return value >= self.threshold
            case "<=":
                return value <= self.threshold
            case ">":
                return value > self.threshold
            case "<":
                return value < self.threshold

    @property
    def reverse(self) -> Conclusion:
        """Of a difference, that it is as much the other way."""
        relation = self.relation.translate(str.maketrans("<>", "><"))
        return replace(self, relation=cast("Relation", relation), threshold=-self.threshold)

    def __str__(self) -> str:
        mark = " difference" if self.difference else ""
        return f"{self.address}{mark} {self.relation} {self.threshold:g}"


def parts_of(text: str) -> tuple[str, bool, Relation, float]:
    """The address a text speaks of, whether of its difference, the relation and the threshold.

    Raises
    ------
    ValueError
        If it is no conclusion.
    """
    parts = re.split(r"(>=|<=|>|<)", text)
    if len(parts) != 3:
        raise ValueError(f"must compare one KPI with one number, as in {EXAMPLE} (got {shown(text)})")
    before, relation, after = (part.strip() for part in parts)
    try:
        threshold = float(after)
    except ValueError:
        raise ValueError(f"must compare with a number, as in {EXAMPLE} (got {shown(after)})") from None
    if not abs(threshold) < float("inf"):
        raise ValueError(f"must compare with a finite number (got {shown(after)})")
    where, differences = re.subn(r"\s+difference\b", "", before)
    words_of(where)
    return where, differences > 0, cast(Relation, relation), threshold
