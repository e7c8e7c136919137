"""Measures by name, and conclusions that hold or do not: the words of `[sweep]` and `[sensitivity]` read as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

Relation = Literal[">=", "<=", ">", "<"]

MEASURE = re.compile(
    r"(?P<kpi>\w+)(?::(?P<place>\w+))?(?::(?P<flow>\w+))?(?P<difference>\s+difference)?(?:\s+in\s+(?P<period>\w+))?"
)
FORM = "'kpi', 'kpi:place' or 'kpi:place:flow', and then perhaps 'in' and a year"
EXAMPLE = "'throughput_mt:all:titr in 2030 >= 10'"


@dataclass(frozen=True)
class MeasureName:
    """A row of the measures: what, where, of which flows, and in which period (None: the last full year)."""

    kpi: str
    place: str = "all"
    flow: str = "all"
    period: str | None = None

    @property
    def text(self) -> str:
        """The name as it would be written."""
        when = f" in {self.period}" if self.period else ""
        return f"{self.kpi}:{self.place}:{self.flow}{when}"


@dataclass(frozen=True)
class Conclusion:
    """A measure, or its difference between two scenarios, against a threshold in the unit of the measure."""

    measure: MeasureName
    difference: bool
    relation: Relation
    threshold: float

    def holds(self, value: float) -> bool:
        """Whether a value of the measure bears the conclusion out."""
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
    def text(self) -> str:
        """The conclusion as it would be written."""
        name = MeasureName(self.measure.kpi, self.measure.place, self.measure.flow).text
        difference = " difference" if self.difference else ""
        when = f" in {self.measure.period}" if self.measure.period else ""
        return f"{name}{difference}{when} {self.relation} {self.threshold:g}"


def measure_name(text: str) -> MeasureName:
    """The measure that a text such as `throughput_mt:all:titr in 2030` names.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    name, difference = name_and_difference(text)
    if difference:
        raise ValueError(f"must name a measure, not a difference (got '{text}')")
    return name


def conclusion(text: str) -> Conclusion:
    """The conclusion that a text such as `transit_days difference in 2030 < -1` states.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    parts = re.split(r"(>=|<=|>|<)", text)
    if len(parts) != 3:
        raise ValueError(f"must compare one measure with one number, as in {EXAMPLE} (got '{text}')")
    before, relation, after = (part.strip() for part in parts)
    try:
        threshold = float(after)
    except ValueError:
        raise ValueError(f"must compare with a number, as in {EXAMPLE} (got '{after}')") from None
    if not abs(threshold) < float("inf"):
        raise ValueError(f"must compare with a finite number (got '{after}')")
    name, difference = name_and_difference(before)
    return Conclusion(name, difference, cast(Relation, relation), threshold)


def name_and_difference(text: str) -> tuple[MeasureName, bool]:
    """The measure a text names, and whether it speaks of its difference."""
    match = MEASURE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"must name a measure as {FORM}, as in {EXAMPLE} (got '{text}')")
    name = MeasureName(match["kpi"], match["place"] or "all", match["flow"] or "all", match["period"])
    return name, match["difference"] is not None
