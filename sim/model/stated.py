"""What trains of a scenario can do and wait for: of what a border need not have, only what some border states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.capacities import causes_at
from sim.model.ledger import Activity, Cause

if TYPE_CHECKING:
    from sim.scenario.places import Place
    from sim.scenario.schema import Scenario

OPTIONAL_ACTIVITIES = (Activity.SHUNTING, Activity.DEPARTURE, Activity.ABANDONMENT)
"""What no train does unless a border has a table of that name: most scenarios have none, and count nothing of it."""


def may_happen(scenario: Scenario, activity: Activity) -> bool:
    """Whether trains of a scenario can do something: what is optional takes a border that states it."""
    return activity not in OPTIONAL_ACTIVITIES or any(has_table(place, activity) for place in scenario.places.values())


def has_table(place: Place, activity: Activity) -> bool:
    """Whether a place has the table of an optional activity."""
    return getattr(place, activity.name.lower(), None) is not None


def causes_met(scenario: Scenario, name: str) -> set[Cause]:
    """What trains of a scenario may wait for at a place: engines and locomotives only where there are some."""
    place = scenario.places[name]
    waits_for_engine = has_table(place, Activity.SHUNTING)
    waits_for_locomotive = has_table(place, Activity.DEPARTURE) or may_happen(scenario, Activity.ABANDONMENT)
    unmet = {Cause.ENGINES: not waits_for_engine, Cause.LOCOMOTIVES: not waits_for_locomotive}
    return {cause for cause in causes_at(place.kind) if not unmet.get(cause)}
