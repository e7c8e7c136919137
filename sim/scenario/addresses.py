"""The address of a KPI: which one, where, of which flows and in which period, as files and options write it."""

from __future__ import annotations

import re
from typing import NamedTuple

from sim.scenario.errors import CorridorError
from sim.scenario.problems import shown
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
