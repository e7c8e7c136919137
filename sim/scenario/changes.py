"""Investments and disruptions carried out: what each changes, written into the dated values of its targets.

An investment holds from its date on, and later values of the same key give way. A disruption holds between its dates;
then the values of the file, investments included, hold again. Overlapping disruptions: the one that begins later wins.
Disruptions by chance are carried out once the spells of a run are drawn, see `with_spells`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.scenario.calendar import DAY_ONE
from sim.scenario.keys import Data, annotation_at, is_by_date, model_of, tables_in, value_at, with_value
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, nearest, shown
from sim.scenario.schema import Disruption, Scenario

ByDate = dict[str, Any]
"""Values by ISO date; ISO dates sort as dates do."""

Judge = Callable[[Data], tuple[object, list[Complaint]]]
"""What says what is wrong with tables in which no change is carried out."""


def with_changes(data: Data) -> tuple[Data, list[Complaint]]:
    """The merged tables with every active investment and dated disruption carried out, and what is wrong with any.

    The keys of disruptions by chance are looked at, too.
    """
    complaints: list[Complaint] = []
    for where, from_day, until_day, changes in bundles(data):
        data, problems = carried_out(data, changes, from_day, until_day)
        complaints += [((*where, "changes", key), problem) for key, problem in problems]
    for name, changes in chance_changes(data).items():
        for key in changes:
            problem = why_not_on_dates(data, tuple(str(key).split(".")))
            if problem:
                complaints.append((("disruptions", name, "changes", key), problem))
    return data, complaints


def carried_out(
    data: Data, changes: ByDate, from_day: str, until_day: str | None
) -> tuple[Data, list[tuple[str, str]]]:
    """The tables with one bundle of changes carried out, and the keys of it that cannot be changed, each with why."""
    problems = []
    for key, value in changes.items():
        path = tuple(str(key).split("."))
        problem = why_not_on_dates(data, path)
        if problem:
            problems.append((key, problem))
            continue
        present = value_at(data, path)
        before = by_date(default_at(data, path) if present is None else present)
        data = with_value(data, path, overlaid(before, value, from_day, until_day))
    return data, problems


def bundles(data: Data) -> Iterator[tuple[tuple[str, str], str, str | None, ByDate]]:
    """Active bundles that have the form they should: where they stand, first day, day after the last, changes."""
    for table, first, last in (("investments", "opens", None), ("disruptions", "start", "end")):
        ready = []
        for name, bundle in active(data, table).items():
            days = [bundle.get(key) for key in (first, last) if key is not None]
            changes = bundle.get("changes")
            if all(type(day) is dt.date for day in days) and isinstance(changes, dict):
                texts = [day.isoformat() for day in days if day is not None]
                ready.append(((table, name), texts[0], texts[1] if last else None, changes))
        # In the order of their first days, so that of two that change one key the later is written over the earlier.
        yield from sorted(ready, key=lambda bundle: bundle[1])


def told_of_changes(complaints: Iterable[Complaint], data: Data, judge: Judge) -> Iterator[Complaint]:
    """Complaints about the tables as changed, each of what a change brought about told of the change itself.

    That is a value that a change wrote, or a table that has one and would be sound without it, as `judge` says.
    """
    origins: dict[KeyPath, KeyPath] = {}
    changes_by_key: dict[tuple[str, ...], KeyPath] = {}
    for where, from_day, _, changes in bundles(data):
        for key in changes:
            target = tuple(str(key).split("."))
            origins[*target, from_day] = changes_by_key[target] = (*where, "changes", key)
    own_complaints: list[Complaint] | None = None
    for path, message in complaints:
        around = (path[:depth] for depth in range(len(path), 0, -1))
        origin = next((origins[outer] for outer in around if outer in origins), None)
        changed = [] if origin else [key for key in changes_by_key if path and key[: len(path)] == path]
        if changed and own_complaints is None:
            own_complaints = judge(data)[1]
        if changed and (path, message) not in (own_complaints or ()):
            # Of several changes to a table the one that the message names, or else the last.
            origin = changes_by_key[max(changed, key=lambda key: key[-1] in message)]
        yield origin or path, message


def chance_changes(data: Data) -> dict[str, ByDate]:
    """The changes of active disruptions by chance, by name."""
    by_chance = {name: table for name, table in active(data, "disruptions").items() if "per_year" in table}
    return {name: table["changes"] for name, table in by_chance.items() if isinstance(table.get("changes"), dict)}


def active(data: Data, table: str) -> dict[str, dict[str, Any]]:
    """The bundles of a table that are not switched off, by name."""
    return {name: bundle for name, bundle in tables_in(data, table).items() if bundle.get("active") is not False}


def why_not_on_dates(data: Data, path: tuple[str, ...]) -> str | None:
    """Why a key path cannot be changed on a date; None if it can."""
    if default_at(data, path) is None and (message := leads_nowhere(data, path)):
        return message
    return None if is_by_date(annotation_at(data, path)) else "names a value that cannot step on dates"


def default_at(data: Data, path: tuple[str, ...]) -> Any:
    """What holds by date at a key that its table leaves out; None if nothing does, or if there is no such table."""
    table = value_at(data, path[:-1])
    model = model_of(annotation_at(data, path[:-1]), table) if isinstance(table, dict) else None
    field = model.model_fields.get(path[-1]) if model else None
    default = field.default if field else None
    return {str(day): value for day, value in default.items()} if isinstance(default, dict) else None


def leads_nowhere(data: Data, path: tuple[str, ...]) -> str | None:
    """What to say of a key path at which nothing stands; None if something does."""
    for depth in range(1, len(path) + 1):
        table = value_at(data, path[: depth - 1])
        if not isinstance(table, dict) or path[depth - 1] not in table:
            near_key = nearest(path[depth - 1], table if isinstance(table, dict) else ())
            near_path = [*path[: depth - 1], near_key, *path[depth:]] if near_key else []
            hint = f"; did you mean {shown('.'.join(near_path))}?" if near_path else ""
            return f"names no value of the scenario{hint}"
    return None


def by_date(value: Any) -> ByDate:
    """A value by date; a bare one is in force from the first day of all."""
    return dict(value) if isinstance(value, dict) else {DAY_ONE.isoformat(): value}


def overlaid(before: ByDate, value: Any, from_day: str, until_day: str | None) -> ByDate:
    """Values by date, with another value from one day up to another (None: for good).

    The earliest value holds before its date, too.
    """
    earlier = {day: old for day, old in before.items() if day < from_day}
    if before and not earlier:
        # Without a value before it, the change itself would be the earliest, and hold since ever.
        earlier = {DAY_ONE.isoformat(): before[min(before)]}
    if until_day is None or not before:
        return dict(sorted({**earlier, from_day: value}.items()))
    after = {day: old for day, old in before.items() if day >= until_day}
    since = max((day for day in before if day <= until_day), default=min(before))
    return dict(sorted({**earlier, from_day: value, until_day: before[since], **after}.items()))


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
