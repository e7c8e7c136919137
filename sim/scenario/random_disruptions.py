"""Disruptions by chance: which a scenario has, and the scenario with some spells of them carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sim.scenario.changes import dated, overlaid
from sim.scenario.keys import value_at, with_value
from sim.scenario.schema import Disruption, Scenario

Spells = Sequence[tuple[dt.date, dt.date]]
"""First day of each spell, and first day after it."""


def chance(scenario: Scenario) -> dict[str, Disruption]:
    """The active disruptions that come by chance, by name."""
    return {name: each for name, each in scenario.disruptions.items() if each.active and each.per_year is not None}


def with_spells(scenario: Scenario, spells: Mapping[str, Spells]) -> Scenario:
    """The scenario with the changes of disruptions carried out between the days given.

    Where two overlap, the one that begins later holds.

    Raises
    ------
    ValidationError
        If a value does not fit; reading a scenario tries each once.
    """
    data = scenario.model_dump(mode="json")
    begun = sorted((start, until, name) for name, each in spells.items() for start, until in each)
    for start, until, name in begun:
        for key, value in scenario.disruptions[name].changes.items():
            path = tuple(key.split("."))
            before = dated(value_at(data, path))
            data = with_value(data, path, overlaid(before, value, start.isoformat(), until.isoformat()))
    return Scenario.model_validate(data, strict=False)
