"""What a list of scenarios shows of each, read without the schema: nothing is checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.scenario.reading.layers import lineage


@dataclass(frozen=True)
class Headline:
    """Title, first day and first day after the last, and number of flows of a scenario."""

    title: str
    start: str
    end: str
    flows: int


def headline(path: Path) -> Headline:
    """What a scenario file says of itself, with the files that it extends; empty where none of them says it.

    Raises
    ------
    ScenarioError
        If one of the files cannot be read or is not TOML.
    """
    tables = [file.data for file in reversed(lineage(path))]
    titles = ["", *(str(table["title"]) for table in tables if "title" in table)]
    days = {"start": "", "end": ""}
    for table in tables:
        days |= inner(table, "horizon")
    flows = {name for table in tables for name in inner(table, "flows")}
    return Headline(titles[-1], str(days["start"]), str(days["end"]), len(flows))


def inner(table: dict[str, Any], key: str) -> dict[str, Any]:
    """A table in a table; an empty one where there is none."""
    value = table.get(key)
    return value if isinstance(value, dict) else {}
