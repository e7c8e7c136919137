"""What is wrong with `[unknown.NAME]` and `[forecast]` in a scenario, before a world is drawn."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.scenario.addresses import parts_of, words_of
from sim.scenario.changes import leads_nowhere
from sim.scenario.checks.factors import INPUTS, address_complaints, has_no_bare_form, is_scalable
from sim.scenario.keys import Data, annotation_at, is_count, is_table, models, names_in, tables_in, value_at
from sim.scenario.laws import AS_STATED
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, did_you_mean, dotted, listing, shown
from sim.scenario.schema import Scenario
from sim.scenario.sources import has_number
from sim.scenario.unknowns import LOGARITHMIC, RANGES, Unknown
from sim.scenario.values import Spread, is_number
from sim.scenario.worlds import (
    WILDCARD,
    TextPath,
    names_matching,
    path_of_key,
    paths_of_key,
    shares_moved,
    stated_value,
    target_of,
    year_of,
)

MOVABLE = (*INPUTS, "prices")
"""Tables of which an input may be unknown: what a run reads, and what its cargo pays."""


def unknown_complaints(scenario: Scenario, data: Data) -> list[Complaint]:
    """Everything wrong with the unknowns of a scenario and with its forecast, but for the ends at which it breaks down.

    Parameters
    ----------
    data
        The merged table of the scenario, before investments and disruptions are carried out.
    """
    complaints: list[Complaint] = []
    for name, unknown in scenario.unknown.items():
        places: list[tuple[str | int, str]] = [*enumerate(unknown.keys), *((key, key) for key in unknown.follows)]
        for place, key in places:
            message = next(key_complaints(data, unknown, key), None)
            table = "keys" if isinstance(place, int) else "follows"
            complaints += [(("unknown", name, table, place), message)] if message else []
    wrong_names = {path[1] for path, _ in complaints}
    for name, unknown in scenario.unknown.items():
        if name not in wrong_names:
            complaints += [(("unknown", name, key), message) for key, message in end_complaints(data, unknown)]
    moved = {name: every_path_moved(data, unknown) for name, unknown in scenario.unknown.items()}
    complaints += [*moved_twice(scenario, moved), *shared_inputs(scenario, moved)]
    return [*complaints, *forecast_complaints(scenario)]


def key_complaints(data: Data, unknown: Unknown, key: str) -> Iterator[str]:
    """What is wrong with one key of an unknown."""
    path = path_of_key(key)
    if not path or path[0] not in MOVABLE:
        table = path[0] if path else ""
        yield f"is no input of the model: the tables of inputs are {', '.join(MOVABLE)}{did_you_mean(table, MOVABLE)}"
        return
    paths = [*paths_of_key(data, key)]
    if WILDCARD in key and not paths:
        yield f"fits no input of the scenario{part_hint(data, path)}"
    elif not paths and not is_for_all_time(data, path):
        yield leads_nowhere(data, path) or "names no value of the scenario"
    for inner in paths:
        for message in input_complaints(data, unknown, inner):
            yield f"{dotted(inner)} {message}" if WILDCARD in key else message


def is_for_all_time(data: Data, path: TextPath) -> bool:
    """Whether a key names a date or year of what a change, or a file that extends, states as one number for all time.

    Then nothing of that date is left to move, and who states the number has decided it.
    """
    whole = value_at(data, path[:-1])
    return path[-1][:4].isdecimal() and has_number(whole) and not isinstance(whole, dict)


def part_hint(data: Data, pattern: TextPath) -> str:
    """What comes nearest to the first part of a pattern that no table has."""
    tables: list[Data] = [data]
    for part in pattern:
        names = [name for table in tables for name in table if name != "sources"]
        inner = [table[name] for table in tables for name in names_matching(table, part)]
        if not inner:
            return did_you_mean(part, dict.fromkeys(names))
        tables = [value for value in inner if isinstance(value, dict)]
    return ""


def input_complaints(data: Data, unknown: Unknown, path: TextPath) -> Iterator[str]:
    """Why an unknown cannot move one input."""
    present = value_at(data, path)
    target = target_of(path)
    annotation = annotation_at(data, target)
    if annotation is None or (present is None and target != path):
        yield leads_nowhere(data, path) or "names no value of the scenario"
    elif is_table(annotation):
        yield "names a table: name one value of it"
    elif unknown.kind == "delay":
        if not isinstance(present, dt.date):
            yield f"is no date that could come later{in_brackets(present)}"
    elif unknown.kind == "scale":
        yield from scale_complaints(unknown, present)
    elif isinstance(present, dict) and Spread in models(annotation) and "mean" not in present:
        yield "is a spread without a mean: scale it"
    elif isinstance(present, dict) and has_no_bare_form(annotation):
        yield "states several values: scale them, or name one of them"
    elif unknown.kind == "value" and present is not None and not has_number(present):
        yield f"is no number that could lie in a range{in_brackets(present)}: list values"
    elif unknown.kind == "value" and is_count(data, target) and not are_whole(unknown):
        yield f"is a count: {', '.join(RANGES['value'])} must be whole numbers"


def scale_complaints(unknown: Unknown, present: Any) -> Iterator[str]:
    """Why what is stated cannot be multiplied."""
    # Of a list only weights have a swing to scale: the points of a line have none.
    if not is_scalable(present) and not (isinstance(present, list) and present and all(map(is_number, present))):
        yield f"has no number to scale{in_brackets(present)}"
    elif unknown.ramp_from is not None and isinstance(present, dict):
        years = [year_of(day) for day in present if day[:4].isdecimal()]
        if years and max(years) <= unknown.ramp_from:
            yield f"states nothing after {unknown.ramp_from}, from which ramp_from scales it"


def in_brackets(present: Any) -> str:
    """What is stated, in brackets; nothing of nothing."""
    return "" if present is None else f" (it is {shown(present)})"


def are_whole(unknown: Unknown) -> bool:
    """Whether the ends of a range are whole numbers."""
    return all(end is None or float(end).is_integer() for end in map(unknown.end, range(3)))


def end_complaints(data: Data, unknown: Unknown) -> Iterator[tuple[str, str]]:
    """What a range leaves open: the likeliest, where what is stated lies outside or is no single number."""
    low, likely, high = (unknown.end(position) for position in range(3)) if unknown.values is None else (None,) * 3
    if low is None or high is None or likely is not None or unknown.shape in ("uniform", *LOGARITHMIC):
        return
    low_key, likely_key, _ = RANGES[unknown.kind]
    point = AS_STATED.get(unknown.kind, stated_value(data, unknown))
    if not isinstance(point, int | float):
        yield low_key, f"leaves open which is likeliest, for its keys state no one number: state {likely_key}"
    elif not low <= point <= high:
        yield low_key, f"leaves open which is likeliest, for {point:g}, as stated, lies outside: state {likely_key}"


def moved_twice(scenario: Scenario, moved: Mapping[str, Sequence[KeyPath]]) -> Iterator[Complaint]:
    """Inputs that one unknown moves twice, or moves a part of besides: a scale would come in squared."""
    for name, unknown in scenario.unknown.items():
        counts = Counter(moved[name])
        for path, count in counts.items():
            if count > 1 or any(path[:depth] in counts for depth in range(2, len(path))):
                yield ("unknown", name, "follows" if unknown.follows else "keys"), f"moves {dotted(path)} twice"
                break


def shared_inputs(scenario: Scenario, moved: Mapping[str, Sequence[KeyPath]]) -> Iterator[Complaint]:
    """Inputs that two unknowns move, or one and a part of it another, of which one sets them: scales multiply."""
    owners: dict[KeyPath, list[str]] = {}
    for name, paths in moved.items():
        for path in dict.fromkeys(paths):
            owners.setdefault(path, []).append(name)
    for path, names in owners.items():
        around = [name for depth in range(2, len(path)) for name in owners.get(path[:depth], ())]
        *earlier, name = [*around, *names]
        if earlier and any(scenario.unknown[owner].kind != "scale" for owner in (*earlier, name)):
            yield ("unknown", name, "keys"), f"moves {dotted(path)}, which [unknown.{earlier[0]}] moves, too"


def paths_moved(data: Data, unknown: Unknown) -> list[KeyPath]:
    """The key paths of all that an unknown moves, each once: of a scale also what investments change its keys to."""
    return [*dict.fromkeys(every_path_moved(data, unknown))]


def every_path_moved(data: Data, unknown: Unknown) -> list[KeyPath]:
    """The same, each as often as a key stands for it."""
    paths: list[KeyPath] = [path for path, _ in shares_moved(data, unknown)]
    if unknown.kind == "scale":
        keys = {".".join(map(str, path)) for path in paths}
        for name, bundle in tables_in(data, "investments").items():
            paths += [("investments", name, "changes", key) for key in names_in(bundle, "changes") if key in keys]
    return paths


def forecast_complaints(scenario: Scenario) -> Iterator[Complaint]:
    """What is wrong with what a forecast asks, but for periods: a shorter horizon is run all the same."""
    forecast = scenario.forecast
    if forecast is None:
        return
    unknown = scenario.unknown.get(forecast.offer or "")
    if forecast.offer is not None and unknown is None:
        names = [*scenario.unknown]
        near = did_you_mean(forecast.offer, names) or (f": {listing(names)}" if names else "")
        yield ("forecast", "offer"), f"{shown(forecast.offer)} is no unknown of the scenario{near}"
    elif unknown is not None and unknown.kind != "scale":
        yield ("forecast", "offer"), f"[unknown.{forecast.offer}] must scale what is offered: scale_low, scale_high"
    for position, text in enumerate(forecast.conclusions):
        for message in address_complaints(scenario, ":".join(words_of(parts_of(text)[0])[:3])):
            yield ("forecast", "conclusions", position), message
