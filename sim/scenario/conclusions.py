"""Conclusions that hold or do not: a KPI, or its difference between two scenarios, against a threshold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from sim.scenario.addresses import Address, words_of
from sim.scenario.problems import shown

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
