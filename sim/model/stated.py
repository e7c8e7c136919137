"""What trains of a scenario can do and wait for: of what a border need not have, only what some border states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.capacities import causes_at
from sim.model.ledger import Activity, Cause

if TYPE_CHECKING:
    from sim.scenario.places import Place
    from sim.scenario.schema import Scenario

OPTIONAL_ACTIVITIES = {
    Activity.SHUNTING: "shunting",
    Activity.DEPARTURE: "departure",
    Activity.ABANDONMENT: "abandonment",
}
"""What no train does unless a border states this key: most scenarios do not, and count nothing of it."""


def may_happen(scenario: Scenario, activity: Activity) -> bool:
    """Whether trains of a scenario can do something: what is optional takes a border that states it."""
    return activity not in OPTIONAL_ACTIVITIES or any(
        states_key_of(place, activity) for place in scenario.places.values()
    )


def states_key_of(place: Place, activity: Activity) -> bool:
    """Whether a place states the key of an optional activity."""
    return getattr(place, OPTIONAL_ACTIVITIES[activity], None) is not None


def causes_met(scenario: Scenario, name: str) -> set[Cause]:
    """What trains of a scenario may wait for at a place: engines and locomotives only where there are some."""
    place = scenario.places[name]
    waits_for_engine = states_key_of(place, Activity.SHUNTING)
    waits_for_locomotive = states_key_of(place, Activity.DEPARTURE) or may_happen(scenario, Activity.ABANDONMENT)
    unmet = {Cause.ENGINES: not waits_for_engine, Cause.LOCOMOTIVES: not waits_for_locomotive}
    return {cause for cause in causes_at(place.kind) if not unmet.get(cause)}
