"""Investments and disruptions carried out: what each changes, written into the dated values of its targets.

An investment holds from its date on, and later values of the same key give way. A disruption holds between its dates;
then the values of the file, investments included, hold again. Overlapping disruptions: the one that begins later wins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from sim.scenario.calendar import DAY_ONE
from sim.scenario.keys import Data, alternatives, annotation_at, value_at, with_value
from sim.scenario.problems import Complaint, nearest, shown

Dated = dict[str, Any]
"""Values by ISO date; ISO dates sort as dates do."""


def changed(data: Data) -> tuple[Data, list[Complaint]]:
    """The merged tables with every active investment and disruption carried out, and what is wrong with any of them."""
    complaints: list[Complaint] = []
    for where, from_day, until_day, changes in bundles(data):
        for key, value in changes.items():
            path = tuple(str(key).split("."))
            problem = unfit(data, path)
            if problem:
                complaints.append(((*where, "changes", key), problem))
                continue
            before = dated(value_at(data, path))
            data = with_value(data, path, overlaid(before, value, from_day, until_day))
    return data, complaints


def bundles(data: Data) -> Iterator[tuple[tuple[str, str], str, str | None, Dated]]:
    """Active bundles that have the form they should: where they stand, first day, day after the last, changes."""
    for table, first, last in (("investments", "opens", None), ("disruptions", "start", "end")):
        found = data.get(table)
        ready = []
        for name, bundle in found.items() if isinstance(found, dict) else ():
            if not isinstance(bundle, dict) or bundle.get("active") is False:
                continue
            days = [bundle.get(key) for key in (first, last) if key is not None]
            changes = bundle.get("changes")
            if all(type(day) is dt.date for day in days) and isinstance(changes, dict):
                texts = [day.isoformat() for day in days if day is not None]
                ready.append(((table, name), texts[0], texts[1] if last else None, changes))
        yield from sorted(ready, key=lambda bundle: bundle[1])


def unfit(data: Data, path: tuple[str, ...]) -> str | None:
    """Why a key path cannot be changed on a date; None if it can."""
    for depth in range(1, len(path) + 1):
        table = value_at(data, path[: depth - 1])
        if not isinstance(table, dict) or path[depth - 1] not in table:
            meant = nearest(path[depth - 1], table if isinstance(table, dict) else ())
            hint = f"; did you mean {shown('.'.join([*path[: depth - 1], meant, *path[depth:]]))}?" if meant else ""
            return f"names no value of the scenario{hint}"
    if not any(get_origin(kind) is dict and dt.date in alternatives(get_args(kind)[0]) for kind in kinds(data, path)):
        return "names a value that cannot step on dates"
    return None


def kinds(data: Data, path: tuple[str, ...]) -> tuple[Any, ...]:
    """The types the schema allows at a key path."""
    return alternatives(annotation_at(data, path))


def dated(value: Any) -> Dated:
    """A value by date; a bare one is in force from the first day of all."""
    return dict(value) if isinstance(value, dict) else {DAY_ONE.isoformat(): value}


def overlaid(before: Dated, value: Any, from_day: str, until_day: str | None) -> Dated:
    """Values by date, with another value from one day up to another (None: for good)."""
    kept = {day: old for day, old in before.items() if day < from_day}
    after = {day: old for day, old in before.items() if until_day is not None and day >= until_day}
    if until_day is not None:
        since = max((day for day in before if day <= until_day), default=None)
        after |= {until_day: before[since]} if since is not None else {}
    return dict(sorted({**kept, from_day: value, **after}.items()))
