"""What of a scenario can be moved on the page, and the changes that moves come to."""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.scenario.choices import inputs_of
from sim.scenario.derivations import UNITS, unit
from sim.scenario.facts import Fact
from sim.scenario.formalities import Tez
from sim.scenario.keys import Data, is_count, leaves, value_at
from sim.scenario.laws import law_words
from sim.scenario.positions import KeyPath
from sim.scenario.problems import ArgumentError, Problem, ScenarioError, Spot, dotted
from sim.scenario.reading.layers import shipped
from sim.scenario.reading.merge import SET
from sim.scenario.reading.opening import ledger_of
from sim.scenario.reading.overrides import assignment, assignments, command_line, to_toml
from sim.scenario.reading.read import Reading
from sim.scenario.sources import Figure
from sim.scenario.unknowns import Unknown
from sim.scenario.values import is_number
from sim.scenario.worlds import has_mean, stated_value, takes_whole, unknown_paths, with_draws

Moves = Mapping[str, Any]
"""What controls were moved to, by the name of each."""

STATED_RANGE = re.compile(r"range (\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)")
"""How a source line says between what two numbers an input may lie."""
PLUS = re.compile(r"\+(\d+(?:\.\d+)?)")
"""A number that is added to what is stated."""
STEPS = 50
"""A slider has so many steps at least."""
NEUTRAL = {"scale": 1.0, "delay": 0.0}
"""Where a slider stands that multiplies what is stated, or delays it."""
WORDS_OF_UNITS = {"scale": "times as stated", "delay": "months later"}


@dataclass(frozen=True)
class Control:
    """One thing to move.

    `kind` is range, switch, date or choice; `keys` are the key paths that it moves, as text.
    """

    name: str
    group: str
    kind: str
    title: str
    value: Any
    keys: tuple[str, ...]
    unit: str = ""
    source: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] = ()


def controls_of(reading: Reading) -> list[Control]:
    """The controls of a scenario: Tez by date, investments, disruptions, then inputs with a range, by group."""
    ledger = ledger_of(reading)
    ranges = unknown_controls(reading) or range_controls(reading, ledger)
    by_date = [*tez_controls(reading), *bundle_controls(reading, ledger)]
    return [*by_date, *sorted(ranges, key=lambda control: control.group)]


def unknown_controls(reading: Reading) -> list[Control]:
    """A slider, or a choice, for each unknown of a scenario."""
    controls = []
    for name, unknown in reading.scenario.unknown.items():
        paths = unknown_paths(reading.resolved, unknown)
        point = NEUTRAL.get(unknown.kind, stated_value(reading.resolved, unknown))
        low, high = (None, None) if unknown.kind == "list" else (unknown.low_end, unknown.high_end)
        if paths and (isinstance(point, str | bool) or is_number(point)):
            is_range = low is not None and high is not None
            about = Control(
                f"unknown:{name}",
                range_group(unknown.group),
                "range" if is_range else "choice",
                unknown.title,
                point,
                tuple(map(dotted, paths)),
                WORDS_OF_UNITS.get(unknown.kind, unit(paths[0])),
                f"{law_words(unknown)}; {unknown.reason}",
                low,
                high,
                slider_step(low, high, unknown.kind == "value" and takes_whole(reading.resolved, unknown)),
                tuple(unknown.values or ()),
            )
            controls += [about] if is_range or scalars(unknown) else []
    return controls


def range_group(group: str) -> str:
    """What the controls of a group of inputs stand under."""
    return f"Inputs with a range: {group.replace('_', ' ')}"


def scalars(unknown: Unknown) -> bool:
    """Whether all alternatives of an unknown are words, switches or numbers, which a page can list."""
    return all(isinstance(value, str | bool | int | float) for value in unknown.values or ())


def slider_step(low: float | None, high: float | None, is_whole: bool) -> float | None:
    """The step of a slider between two ends: a power of ten, 1 where what it moves is a count."""
    if low is None or high is None:
        return None
    return 1.0 if is_whole else 10.0 ** math.floor(math.log10((high - low) / STEPS))


def range_controls(reading: Reading, ledger: Mapping[str, Fact]) -> list[Control]:
    """A slider for each input whose source line says a range: of a scenario that has no unknowns."""
    controls = []
    for figure in inputs_of(reading.resolved, ledger):
        value = value_at(reading.resolved, figure.path)
        path = (*figure.path, "mean") if has_mean(value) else figure.path
        point, ends = value_at(reading.resolved, path), STATED_RANGE.search(figure.source)
        if ends and is_number(point) and float(ends[1]) <= point <= float(ends[2]):
            low, high = float(ends[1]), float(ends[2])
            step = slider_step(low, high, is_count(reading.resolved, figure.path))
            about = (title_at(reading.resolved, figure.path), point, (dotted(path),), figure.unit, figure.source)
            controls.append(Control(f"key:{dotted(path)}", range_group(str(path[0])), "range", *about, low, high, step))
    return controls


def title_at(data: Data, path: KeyPath) -> str:
    """An input as a reader sees it: the title of what it belongs to, and the words of its key."""
    title = value_at(data, (*path[:2], "title"))
    end = next((suffix for suffix in UNITS if str(path[-1]).endswith(f"_{suffix}")), "")
    parts = (*path[1 if title is None else 2 : -1], str(path[-1]).removesuffix(f"_{end}"))
    words = ", ".join(str(part).replace("_", " ") for part in parts)
    return f"{title}: {words}" if title else words


def bundle_controls(reading: Reading, ledger: Mapping[str, Fact]) -> Iterator[Control]:
    """A switch for each investment and disruption, and a date for each of its days."""
    sources = {figure.path: figure for figure in inputs_of(reading.resolved, ledger)}
    for table, days in (("investments", ("opens",)), ("disruptions", ("start", "end"))):
        for name, bundle in getattr(reading.scenario, table).items():
            changes = "; ".join(f"{key} = {value}" for key, value in bundle.changes.items())
            for key in ("active", *days):
                value = getattr(bundle, key)
                if value is not None:
                    path = (table, name, key)
                    kind = "date" if key in days else "switch"
                    text = value.isoformat() if kind == "date" else value
                    source = source_line(sources, path) or changes
                    yield Control(
                        f"key:{dotted(path)}", table.title(), kind, bundle.title, text, (dotted(path),), key, source
                    )


def source_line(figures: Mapping[KeyPath, Figure], path: KeyPath) -> str:
    """The line that speaks for an input; empty without one."""
    return figures[path].source if path in figures else ""


def tez_dates(reading: Reading) -> dict[str, list[KeyPath]]:
    """The days on which Tez Customs begins, or is taken up, each with the key paths of the steps that say so."""
    regimes = {name for name, regime in reading.scenario.regimes.items() if isinstance(regime, Tez)}
    paths: dict[str, list[KeyPath]] = {}
    for path, value in leaves(reading.resolved):
        steps = sorted(value.items()) if path[-1] in ("regime", "adoption_share") and isinstance(value, dict) else []
        regime = value_at(reading.resolved, (*path[:-1], "regime"))
        is_tez = regime in regimes if isinstance(regime, str) else not regimes.isdisjoint((regime or {}).values())
        for (_, before), (day, after) in pairwise(steps):
            if is_tez and (after in regimes if path[-1] == "regime" else after > before):
                paths.setdefault(str(day), []).append(path)
                break
    return paths


def tez_controls(reading: Reading) -> Iterator[Control]:
    """A date for each day on which Tez Customs begins."""
    for day, paths in sorted(tez_dates(reading).items()):
        titles = ", ".join(str(value_at(reading.resolved, (*path[:2], "title"))) for path in paths)
        line = value_at(reading.resolved, (*paths[0][:-1], "sources", paths[0][-1]))
        yield Control(f"tez:{day}", "Tez Customs", "date", titles, day, tuple(map(dotted, paths)), "begins", line or "")


def overrides_of(reading: Reading, moves: Moves, changes: Sequence[str] = ()) -> tuple[str, ...]:
    """Moves of controls as changes of key paths, and changes as they are typed after them.

    Raises
    ------
    ArgumentError
        If a control is none of the scenario's, or was moved to what it does not have.
    """
    controls = {control.name: control for control in controls_of(reading)}
    draws: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, value in moves.items():
        if name not in controls:
            raise ArgumentError(f"{name}: is no control of {reading.name}")
        check_move(controls[name], value)
        kind, _, about = name.partition(":")
        if kind == "unknown":
            draws[about] = value
        else:
            days = tez_dates(reading).get(about, []) if kind == "tez" else []
            values |= {dotted(path): with_steps_from(value_at(reading.resolved, path), about, value) for path in days}
            values |= {about: value} if kind == "key" else {}
    return (*changes_of_draws(reading, draws), *assignments(values), *changes)


def check_move(control: Control, value: Any) -> None:
    """Refuse what a control cannot be moved to.

    Raises
    ------
    ArgumentError
        Naming the control.
    """
    is_fine = {
        "range": is_number(value) and math.isfinite(value),
        "switch": isinstance(value, bool),
        "choice": value in control.choices,
        "date": isinstance(value, str) and is_day(value),
    }
    if not is_fine[control.kind]:
        forms = {"range": "a number", "switch": "true or false", "choice": "one of the choices", "date": "a date"}
        raise ArgumentError(f"{control.name}: must be {forms[control.kind]}")


def is_day(text: str) -> bool:
    """Whether a text is a day, year-month-day."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def with_sums(reading: Reading, change: str) -> str:
    """A change as it was typed; `+20` is 20 more than stated, in each of its years or days, of a spread in its mean."""
    key, _, text = change.partition("=")
    more = PLUS.fullmatch(text.strip())
    try:
        path = assignment(f"{key}=0")[0]
    except ValueError:
        return change
    path = (*path, "mean") if has_mean(value_at(reading.resolved, path)) else path
    present = value_at(reading.resolved, path)
    if more is None or not (
        is_number(present) or (isinstance(present, dict) and all(map(is_number, present.values())))
    ):
        return change
    amount = float(more[1]) if "." in more[1] else int(more[1])
    values = {day: value + amount for day, value in present.items()} if isinstance(present, dict) else present + amount
    return assignments({dotted(path): values})[0]


def with_steps_from(by_date: Mapping[str, Any], day: str, new_day: str) -> dict[str, Any]:
    """Steps by date of which those from a day on come as much later or sooner as that day does."""
    shift = dt.date.fromisoformat(new_day) - dt.date.fromisoformat(day)
    before = {key: value for key, value in by_date.items() if key < min(day, new_day)}
    after = [(key, value) for key, value in sorted(by_date.items()) if key >= day]
    return before | {(dt.date.fromisoformat(key) + shift).isoformat(): value for key, value in after}


def changes_of_draws(reading: Reading, draws: Mapping[str, Any]) -> tuple[str, ...]:
    """The changes that unknowns come to at some values."""
    data = with_draws(reading.resolved, draws, reading.scenario.unknown)
    values = {dotted(path): value for path, value in leaves(data) if value != value_at(reading.resolved, path)}
    return assignments(values) if draws else ()


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


def problems_told(problems: Sequence[Problem], controls: Sequence[Control]) -> list[dict[str, Any]]:
    """Problems as the page shows them: line and key, and the control that each is about, if one is."""
    texts = []
    for problem in problems:
        at = next((control.name for control in controls if is_about(problem.key, control)), None)
        line = None if problem.file == SET else problem.line
        texts.append({"key": problem.key, "line": line, "message": problem.message, "control": at})
    return texts


def is_about(key: str, control: Control) -> bool:
    """Whether a key path is one that a control moves, or lies in it or around it."""
    return any(key and (key == own or own.startswith(f"{key}.") or key.startswith(f"{own}.")) for own in control.keys)


def refused_change(text: str) -> Problem | None:
    """What is wrong with a change as it was typed; None if it can be read."""
    try:
        path, _ = assignment(text)
    except ValueError as error:
        return Problem(Spot(SET), (), str(error))
    return None if path[0] != "extends" else Problem(Spot(SET), path, "can only stand in a file")
