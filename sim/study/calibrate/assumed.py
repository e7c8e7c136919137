"""What an input of a scenario may be: a share more or less of a number, the words there are for a choice."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from sim.scenario.checks.factors import INPUTS, is_scalable
from sim.scenario.choices import choice_values
from sim.scenario.factors import Factor
from sim.scenario.keys import is_count, value_at
from sim.scenario.reading.read import Reading, scenario_from
from sim.scenario.sources import Figure
from sim.scenario.sweeps import FactorRange
from sim.study.sweep.factors import factors, table_at

UNREAD_KEYS = ("cost_musd",)
"""Keys of inputs that no measure depends on."""


def is_wanted(figure: Figure) -> bool:
    """Whether the model reads a figure."""
    return figure.path[0] in INPUTS and figure.path[-1] not in UNREAD_KEYS


def range_of(reading: Reading, figure: Figure, share: float) -> dict[str, Any] | None:
    """What one input is tried at, as a file would have it; None if it cannot be moved."""
    present = value_at(reading.resolved, figure.path)
    if figure.unit in ("switch", "word"):
        words = choice_values(reading.resolved, figure.path)
        possible = [word for word in words if word == present or stands(reading, figure.key, {"values": words}, word)]
        return {"values": possible} if len(possible) > 1 else None
    if not is_scalable(present):
        return None
    if isinstance(present, dict):
        ends = {"scale_low": 1 - share, "scale_high": 1 + share}
        still = 1.0
    else:
        low, high = present * (1 - share), present * (1 + share)
        if is_count(reading.resolved, figure.path):
            # a tenth of three cranes is none: a count moves by one at least, and stays one
            low, high = max(min(math.floor(low + 0.5), present - 1), 1), max(math.floor(high + 0.5), present + 1)
        ends, still = {"low": float(f"{low:.6g}"), "high": float(f"{high:.6g}")}, present
    # A share of nothing is nothing: without room between its ends a number has no range.
    if not min(ends.values()) < max(ends.values()):
        return None
    sound = {key: end if stands(reading, figure.key, ends, end) else still for key, end in ends.items()}
    return sound if len(set(sound.values())) == 2 else None


def at_odds(reading: Reading, ranges: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The factors that do not go with an earlier one in the same table at its other end, or at one of its words."""
    later_keys: list[str] = []
    movable = factors(reading, {key: FactorRange.model_validate(bounds) for key, bounds in ranges.items()})
    for first, second in itertools.combinations(movable, 2):
        if first.path[:-1] == second.path[:-1] and not {first.key, second.key} & set(later_keys):
            # as of a least and a most: the least may rise above the most where both move
            corners = [(first.at(0.0), second.at(1.0)), (first.at(1.0), second.at(0.0))]
            if first.values or second.values:
                corners = list(itertools.product(first.levels(2), second.levels(2)))
            if any(scenario_from(table_at(reading.resolved, [first, second], point))[1] for point in corners):
                later_keys.append(second.key)
    return later_keys


def stands(reading: Reading, key: str, bounds: Mapping[str, Any], value: Any) -> bool:
    """Whether the scenario can be read with a factor at a value, and is another one then."""
    factor = one_factor(reading, key, bounds)
    data = table_at(reading.resolved, [factor], (round(value) if factor.is_whole and not factor.scale else value,))
    scenario, complaints = scenario_from(data)
    # rounding may give back what is stated: that would be a factor without effect
    return scenario is not None and not complaints and data != table_at(reading.resolved, [factor], (None,))


def one_factor(reading: Reading, key: str, bounds: Mapping[str, Any]) -> Factor:
    """The factor of one key."""
    return factors(reading, {key: FactorRange.model_validate(bounds)})[0]
