"""A bound that a KPI is to keep to, as a command names it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.measure.vocabulary import known_address
from sim.scenario.addresses import FORM, Address, AddressError
from sim.scenario.schema import Scenario

BOUND = re.compile(r"\s*(?P<measure>[^<>=\s]+)\s*(?P<sense><=|>=)\s*(?P<value>[^<>=\s]+)\s*")


@dataclass(frozen=True)
class Bound:
    """A bound that a measure is to keep to: at least `value`, or at most."""

    measure: Address
    at_least: bool
    value: float


def parsed_bound(text: str, scenario: Scenario) -> Bound:
    """The bound that `KPI[:PLACE[:FLOW[:PERIOD]]]>=VALUE`, or with `<=`, says.

    Raises
    ------
    AddressError
        If it is written otherwise, or names what the scenario does not have.
    """
    match = BOUND.fullmatch(text)
    try:
        value = float(match["value"]) if match else float("nan")
    except ValueError:
        value = float("nan")
    if match is None or not abs(value) < float("inf"):
        raise AddressError(f"'{text}' must be written {FORM}>=VALUE, or with <=")
    return Bound(known_address(match["measure"], scenario), match["sense"] == ">=", value)
