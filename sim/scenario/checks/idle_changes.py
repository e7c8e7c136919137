"""What would be changed, tried, fitted or is unknown, and of that what moves nothing: a bundle, a factor, a range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sim.scenario.changes import active, bundles, by_date
from sim.scenario.choices import BUNDLES
from sim.scenario.formalities import Paper
from sim.scenario.keys import Data, known_tables, model_of, names_in, value_at
from sim.scenario.places import Border, Sea
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, dotted
from sim.scenario.schema import Scenario
from sim.scenario.worlds import is_fitted, shares_moved

SHOWN_ONLY = ("title", "longitude_deg", "latitude_deg", "line_deg")
"""Keys of what pages and maps show, and no run reads."""
Change = tuple[KeyPath, str, Sequence[Any]]
"""Where a change stands, the key path that it changes, and the values it may bring, as far as they are listed."""

TOLD_OF_SHARE = {
    "repair_share": ("repair_h",),
    "closed_share": ("closure_h", "closure_cv", "month_weights"),
    "down_share": ("outage_h",),
    "late_share": ("late_h",),
    "yellow_share": ("yellow_h",),
    "red_share": ("red_h",),
}
"""Shares, each with the hours that what it counts takes, and what else is said of it."""


def planned_changes(scenario: Scenario) -> Iterator[Change]:
    """What is not in force, or not always, and may come to be: by switch, by chance, as a factor, by a fit."""
    for table, bundles_by_name in (("investments", scenario.investments), ("disruptions", scenario.disruptions)):
        for name, bundle in bundles_by_name.items():
            for key, value in bundle.changes.items():
                yield (table, name, "changes", key), key, [value]
    for key, factor in (scenario.sweep.factors if scenario.sweep else {}).items():
        yield ("sweep", "factors", key), key, factor.values or ()
    for name, parameter in (scenario.calibration.parameters if scenario.calibration else {}).items():
        for position, key in enumerate(parameter.keys):
            yield ("calibration", "parameters", name, "keys", position), key, ()
    for name, unknown in scenario.unknown.items():
        # What is scaled stays nothing where it is nothing.
        for position, key in enumerate(unknown.keys if unknown.kind != "scale" else ()):
            yield ("unknown", name, "keys", position), key, unknown.values or ()


def may_change(scenario: Scenario, path: KeyPath) -> bool:
    """Whether a planned change reaches a key path, or a part of it."""
    changed_paths = (key.split(".") for _, key, _ in planned_changes(scenario))
    return any(
        all(part == key or is_fitted(str(part), key) for part, key in zip(path, changed, strict=False))
        for changed in changed_paths
    )


def idle_experiments(scenario: Scenario, data: Data, unused: Collection[KeyPath]) -> Iterator[Complaint]:
    """Planned changes of what no run reads, bundles that change nothing, and settings of another design.

    Parameters
    ----------
    unused
        Key paths stated that no run reads.
    """
    idle = [*unused, *unread_numbers(scenario, data)]
    for where, key, _ in planned_changes(scenario):
        if where[0] == "unknown":  # told below, with what is scaled
            continue
        changed = tuple(key.split("."))
        unread = next((path for path in idle if changed[: len(path)] == path), None)
        if unread is not None:
            yield where, f"no run reads {dotted(unread)}"
    yield from changes_of_nothing(data)
    yield from idle_settings(scenario)
    yield from idle_unknowns(scenario, data, [*idle, *switched_off(scenario, data)])


def idle_unknowns(scenario: Scenario, data: Data, idle: Collection[KeyPath]) -> Iterator[Complaint]:
    """Unknowns all of whose inputs no run reads, or that never differ, and such as move with nothing."""
    companions = Counter(unknown.moves_with for unknown in scenario.unknown.values())
    places = {path: place for place, path in reversed([*enumerate(idle)])}
    for name, unknown in scenario.unknown.items():
        where = ("unknown", name)
        moved_paths = [path for path, _ in shares_moved(data, unknown)]
        outer_paths = [[path[:length] for length in range(len(path) + 1)] for path in moved_paths]
        unread = [
            min((path for path in outer if path in places), key=places.__getitem__, default=None)
            for outer in outer_paths
        ]
        if unread and None not in unread:
            yield where, f"no run reads {dotted(unread[0] or ())}"
        elif unknown.stated_share == 1:
            yield (*where, "stated_share"), "all stays as stated"
        if unknown.moves_with and companions[unknown.moves_with] == 1:
            yield (*where, "moves_with"), "nothing else moves with it"


def switched_off(scenario: Scenario, data: Data) -> Iterator[KeyPath]:
    """The investments and disruptions that are not made, and may not come to be."""
    for table in BUNDLES:
        for name in names_in(data, table):
            if name not in active(data, table) and not may_change(scenario, (table, name, "active")):
                yield table, name


def idle_settings(scenario: Scenario) -> Iterator[Complaint]:
    """Settings of a sweep that only another design reads, and an offer to no target."""
    has_target = any(corridor.target_mt for corridor in scenario.corridors.values())
    if scenario.forecast and scenario.forecast.offer and not has_target:
        yield ("forecast", "offer"), "no corridor has a target"
    if scenario.sweep and "levels" in scenario.sweep.model_fields_set:
        if scenario.sweep.design != "grid":
            yield ("sweep", "levels"), "a design that is no grid counts points"
        elif all(factor.values is not None for factor in scenario.sweep.factors.values()):
            yield ("sweep", "levels"), "every factor lists its values"


def changes_of_nothing(data: Data) -> Iterator[Complaint]:
    """Changes to a value that holds all the time they do, and that nothing else changes."""
    carried = list(bundles(data))
    keys = [key for *_, changes in carried for key in changes]
    for where, from_day, until_day, changes in carried:
        for key, value in changes.items():
            present = by_date(value_at(data, tuple(key.split("."))))
            if keys.count(key) == 1 and set(map(repr, held(present, from_day, until_day))) == {repr(value)}:
                yield (*where, "changes", key), "it is so already"


def held(values: dict[str, Any], from_day: str, until_day: str | None) -> list[Any]:
    """The values by date that hold between two days."""
    before = max((day for day in values if day <= from_day), default=min(values))
    within = [day for day in values if from_day < day and (until_day is None or day < until_day)]
    return [values[day] for day in (before, *within)]


def unread_numbers(scenario: Scenario, data: Data) -> Iterator[KeyPath]:
    """Numbers that a file must state and that no run of this scenario reads, and what is but shown."""
    yield from ((*path, key) for path, table, _ in known_tables(data) for key in SHOWN_ONLY if key in table)
    yield from (path for path, _ in of_no_share(scenario, data))
    for name, place in scenario.places.items():
        if isinstance(place, Border):
            desks = ("declarant_teams", "officer_teams")
            yield from (("places", name, desk) for desk in desks if not has_work(scenario, name, place, desk))
        for vessel_name, vessel in place.vessels.items() if isinstance(place, Sea) else ():
            if vessel.departs_every_h is not None:
                yield ("places", name, "vessels", vessel_name, "patience_h")


def of_no_share(scenario: Scenario, data: Data) -> Iterator[Complaint]:
    """What is told of what happens to a share of nothing."""
    for path, table, annotation in known_tables(data):
        model = model_of(annotation, table)
        for share_key in (key for key in TOLD_OF_SHARE if model is not None and key in model.model_fields):
            if any(by_date(table.get(share_key, 0)).values()) or may_change(scenario, (*path, share_key)):
                continue
            for key in TOLD_OF_SHARE[share_key]:
                if key in table:
                    yield (*path, key), f"{share_key} is 0"


def has_work(scenario: Scenario, name: str, border: Border, desk: str) -> bool:
    """Whether a desk of a border may ever have papers of a flow that passes; declarants correct those of Tez, too."""
    passing = [flow for flow in scenario.flows.values() if name in flow.route]
    regimes = {regime for flow in passing for regime in (border.regime or flow.regime or {}).values()}
    regimes |= {flow.otherwise for flow in passing if flow.otherwise and not border.regime}
    planned = {value for *_, values in planned_changes(scenario) for value in values if isinstance(value, str)}
    for regime, clearance in scenario.regimes.items():
        if regime in regimes | planned:
            if isinstance(clearance, Paper) or clearance.outages is not None:
                return True
            may_be_wrong = clearance.wrong_share > 0 or may_change(scenario, ("regimes", regime, "wrong_share"))
            if desk == "declarant_teams" and may_be_wrong:
                return True
    return False
