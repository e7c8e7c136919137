"""A scenario by its name or its path, with the ledger of facts that it may cite."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import lexists
from pathlib import Path

from sim.scenario.reading.read import Reading, find, read, shipped
from sim.scenario.sources import LEDGER, Fact, facts


def load(name_or_path: str | Path, overrides: Sequence[str] = ()) -> Reading:
    """Read a scenario: a file, or the name of a shipped one, with changes such as `study.seed=3`.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    return read(find(name_or_path), overrides)


def ledger_path(reading: Reading) -> Path:
    """The ledger of facts that a scenario cites: `sources.csv` beside its file, or else the shipped one."""
    nearby = [file.with_name(LEDGER) for file in reading.files[:1]]
    # What lies there and cannot be read is refused in words, and not passed over for another ledger.
    return next((path for path in nearby if lexists(path)), shipped() / LEDGER)


def ledger_of(reading: Reading) -> dict[str, Fact]:
    """The facts that a scenario may cite.

    Raises
    ------
    LedgerError
        If the ledger beside it cannot be read as one.
    """
    return facts(ledger_path(reading))
