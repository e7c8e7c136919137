"""Disruptions by chance: which a scenario has, and the scenario with some spells of them carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sim.scenario.changes import by_date, overlaid
from sim.scenario.keys import value_at, with_value
from sim.scenario.schema import Disruption, Scenario

Spells = Sequence[tuple[dt.date, dt.date]]
"""First day of each spell, and first day after it."""


def chance_disruptions(scenario: Scenario) -> dict[str, Disruption]:
    """The active disruptions that come by chance, by name."""
    return {
        name: disruption
        for name, disruption in scenario.disruptions.items()
        if disruption.active and disruption.per_year is not None
    }


def with_spells(scenario: Scenario, spells: Mapping[str, Spells]) -> Scenario:
    """The scenario with the changes of disruptions carried out between the days given.

    Where two overlap, the one that begins later holds.

    Raises
    ------
    ValidationError
        If a value does not fit; reading a scenario tries each once.
    """
    # The scenario itself is frozen, and has been read from more files than one: its own dump is the text to change.
    data = scenario.model_dump(mode="json")
    spells_in_order = sorted((start, until, name) for name, days in spells.items() for start, until in days)
    for start, until, name in spells_in_order:
        for key, value in scenario.disruptions[name].changes.items():
            path = tuple(key.split("."))
            before = by_date(value_at(data, path))
            data = with_value(data, path, overlaid(before, value, start.isoformat(), until.isoformat()))
    return Scenario.model_validate(data, strict=False)
