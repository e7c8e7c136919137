"""What moves of controls come to: changes of key paths, the file that says them, and what is wrong, at its control."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.app.closures import closables, free_name
from sim.app.controls import Control, controls_of, key_text, tez_dates
from sim.app.refusals import told_refusal
from sim.app.told import is_day, told_choice, told_day
from sim.scenario.keys import Data, leaves, value_at, with_value
from sim.scenario.positions import KeyPath
from sim.scenario.problems import ArgumentError, Problem, ScenarioError, Spot
from sim.scenario.reading.layers import shipped
from sim.scenario.reading.merge import SET
from sim.scenario.reading.overrides import (
    assignment,
    command_line,
    ends_at_none,
    more_of,
    to_toml,
    toml_value,
    with_sums,
)
from sim.scenario.reading.read import Reading
from sim.scenario.reading.volumes import NAMES_OF_FILES
from sim.scenario.values import is_number
from sim.scenario.worlds import with_draws
from sim.views import words
from sim.views.language import message

Moves = Mapping[str, Any]
"""What controls were moved to, by the name of each."""

MOST_UNITS = 100_000
"""So many more or fewer at most: beyond it a number was mistyped."""
MOVES_TOLD = 3
"""So many moves are named of a run that is kept."""
ORDER = ("unknown", "key", "tez", "later", "close", "more")
"""In which order moves are carried out, by the first word of their names: what adds to a value comes after it."""


def overrides_of(reading: Reading, moves: Moves, changes: Sequence[str] = ()) -> tuple[str, ...]:
    """Moves of controls as changes of key paths, and changes as they are typed after them.

    Raises
    ------
    ArgumentError
        If a control is none of the scenario's, or was moved to what it does not have.
    """
    controls = {control.name: control for control in controls_of(reading)}
    for name, value in moves.items():
        if name not in controls:
            raise ArgumentError(f"{name}: {message('is no control of {scenario}', scenario=reading.name)}")
        check_move(reading, controls[name], value)
    data: Data = reading.resolved
    values: dict[KeyPath, Any] = {}
    draws = {name.partition(":")[2]: value for name, value in moves.items() if name.startswith("unknown:")}
    if draws:
        data = with_draws(data, draws, reading.scenario.unknown)
        values |= {path: value for path, value in leaves(data) if value != value_at(reading.resolved, path)}
    for name in sorted(moves, key=lambda name: ORDER.index(name.partition(":")[0])):
        try:
            changed_values = values_of(reading, data, name, moves[name])
        except (ValueError, OverflowError):
            raise ArgumentError(f"{name}: {message('would lead beyond the days of the calendar')}") from None
        for path, value in changed_values.items():
            data = with_value(data, path, value)
        values |= changed_values
    check_signs(reading.resolved, values)
    texts = [assignment_text(path, value) for path, value in values.items()]
    for change in changes:
        change_texts = with_sums([change], data)
        texts += change_texts
        for path, value in filter(None, map(readable, change_texts)):
            data = with_value(data, path, value)
    return tuple(texts)


def check_signs(data: Data, values: Mapping[KeyPath, Any]) -> None:
    """Refuse a number below 0 of what never is: typed as a change it would be so many less than stated.

    Raises
    ------
    ScenarioError
        With the key.
    """
    negative = [
        Problem(Spot(SET), path, f"must be at least 0 (got {value})")
        for path, value in values.items()
        if is_number(value) and value < 0 and ends_at_none(data, path)
    ]
    if negative:
        raise ScenarioError(negative)


def values_of(reading: Reading, data: Data, name: str, value: Any) -> dict[KeyPath, Any]:
    """What the move of one control changes, by key path; nothing of an unknown, all of which are drawn together."""
    kind, _, about = name.partition(":")
    match kind:
        case "key":
            return {assignment(f"{about}=0")[0]: value}
        case "tez":
            paths = tez_dates(reading, data).get(about, [])
            return {path: with_steps_from(value_at(data, path), about, value) for path in paths}
        case "later":
            days = tez_dates(reading, data).items()
            return {
                path: with_steps_from(value_at(data, path), day, months_later(day, value))
                for day, paths in days
                for path in paths
            }
        case "close":
            closable = next(place for place in closables(reading.scenario) if place.name == about)
            return {("disruptions", free_name(data, about)): closable.disruption(*value)}
        case "more":
            return more_of(data, assignment(f"{about}=0")[0], value, least=0)
        case _:
            return {}


def check_move(reading: Reading, control: Control, value: Any) -> None:
    """Refuse what a control cannot be moved to.

    Raises
    ------
    ArgumentError
        Naming the control.
    """
    days = value if isinstance(value, list) and len(value) == 2 else []
    is_fine = {
        "range": is_number(value) and math.isfinite(value),
        "switch": isinstance(value, bool),
        "choice": value in control.choices,
        "date": is_day(value),
        "more": isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_UNITS,
        "closure": bool(days) and all(map(is_day, days)),
    }
    if not is_fine[control.kind]:
        raise ArgumentError(f"{control.name}: {form_wanted(control.kind)}")
    horizon = reading.scenario.horizon
    if control.kind == "closure" and not str(horizon.start) <= days[0] < days[1] <= str(horizon.end):
        span = words.span_of(*(told_day(day.isoformat()) for day in (horizon.start, horizon.end)))
        why = message("must end after it begins, within the days measured, {days}", days=span)
        raise ArgumentError(f"{control.name}: {why}")


def form_wanted(kind: str) -> str:
    """What a control of a kind can be moved to, in words."""
    match kind:
        case "range":
            return message("must be a number")
        case "switch":
            return message("must be true or false")
        case "choice":
            return message("must be one of the choices")
        case "date":
            return message("must be a date")
        case "more":
            return message("must be a whole number of at most {number}", number=words.figure(MOST_UNITS))
        case _:
            return message("must be two dates")


def moves_told(reading: Reading, moves: Moves, changes: Sequence[str]) -> str:
    """What was moved, in words: the first moves, and how many more there are."""
    controls = {control.name: control for control in controls_of(reading)}
    texts = [*(move_told(controls[name], value) for name, value in moves.items()), *map(str, changes)]
    sentence = words.listed_apart(texts[:MOVES_TOLD])
    further = len(texts) - MOVES_TOLD
    return message("{told} and {number} more", told=sentence, number=further) if further > 0 else sentence


def move_told(control: Control, value: Any) -> str:
    """What one control was moved to, in words."""
    title = control.title
    match control.kind:
        case "closure":
            start, end = map(told_day, value)
            return message("{title}: closed from {start}, open again from {end}", title=title, start=start, end=end)
        case "more":
            number = f"{value:+d}".replace("-", "−")
            unit = control.unit if control.name.startswith("later:") else ""
            return message("{title}: {value}", title=title, value=words.quantity(number, unit) if unit else number)
        case "date":
            return message("{title}: {event} {day}", title=title, event=control.unit, day=told_day(value))
        case "switch" if value:
            return message("{title}: takes place", title=title)
        case "switch":
            return message("{title}: does not take place", title=title)
        case _:
            now, before = map(told_choice, (value, control.value))
            now = words.quantity(now, control.unit) if control.unit else now
            return message("{title}: {value} instead of {stated}", title=title, value=now, stated=before)


def assignment_text(path: KeyPath, value: Any) -> str:
    """A change as it is typed."""
    return f"{key_text(path)}={toml_value(key_text(path), value)}"


def readable(change: str) -> tuple[KeyPath, Any] | None:
    """Key path and value of a change; None if it can be read as none."""
    try:
        return assignment(change)
    except ValueError:
        return None


def with_steps_from(by_date: Mapping[str, Any], day: str, new_day: str) -> dict[str, Any]:
    """Steps by date of which those from a day on come as much later or sooner as that day does."""
    shift = dt.date.fromisoformat(new_day) - dt.date.fromisoformat(day)
    before = {key: value for key, value in by_date.items() if key < min(day, new_day)}
    after = [(key, value) for key, value in sorted(by_date.items()) if key >= day]
    return before | {(dt.date.fromisoformat(key) + shift).isoformat(): value for key, value in after}


def months_later(day: str, months: int) -> str:
    """The day so many months after another, or before it; the last of its month where it has no such day."""
    date = dt.date.fromisoformat(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return date.replace(year=year, month=month + 1, day=min(date.day, last_day)).isoformat()


def file_text(reading: Reading, title: str, overrides: Sequence[str], folder: Path) -> str:
    """A scenario file, to lie in a folder, that extends another and says the changes to it.

    Raises
    ------
    ScenarioError
        If a change has no place.
    """
    layer, problems = command_line(overrides, reading.resolved)
    if problems:
        raise ScenarioError(problems)
    file = reading.files[0].resolve()
    parent = file.name if file.parent == shipped().resolve() else os.path.relpath(file, folder.resolve())
    return to_toml({"title": title, "extends": parent} | {**layer.data, "title": title})


def problems_told(problems: Sequence[Problem], reading: Reading | None, moves: Moves) -> list[dict[str, Any]]:
    """Problems as the page shows them: line and key, and the control that each is about, a moved one first."""
    controls = [] if reading is None else sorted(controls_of(reading), key=lambda control: control.name not in moves)
    texts = []
    for problem in problems:
        at = next((control.name for control in controls if is_about(problem.key, control)), None)
        line = None if problem.file == SET else problem.line
        texts.append({"key": problem.key, "line": line, "message": told_refusal(problem.message), "control": at})
    return texts


def is_about(key: str, control: Control) -> bool:
    """Whether a key path is one that a control moves, or lies in it or around it."""
    return any(key and (key == own or own.startswith(f"{key}.") or key.startswith(f"{own}.")) for own in control.keys)


def refused_change(text: str) -> Problem | None:
    """What is wrong with a change as it was typed; None if it can be read, and names no file."""
    try:
        path, value = assignment(text)
    except ValueError as error:
        return Problem(Spot(SET), (), str(error))
    if value_at(with_value({}, path, value), ("forecast", "ensemble")) is not None:
        return Problem(Spot(SET), path, message("names a file, which is not read here"))
    return None if path[0] not in NAMES_OF_FILES else Problem(Spot(SET), path, message("can only stand in a file"))
