"""What of a scenario can be moved on the page: the controls, made from its inputs, ranges, dates and places."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sim.app.closures import closables
from sim.app.told import law_told, title_at, told_choice, told_value
from sim.app.units import WAGON_SETS, carried_by_pools, counted_paths, group_of_units
from sim.scenario.choices import inputs_of
from sim.scenario.derivations import unit
from sim.scenario.formalities import Tez
from sim.scenario.keys import Data, is_count, leaves, value_at
from sim.scenario.laws import AS_STATED
from sim.scenario.positions import KeyPath
from sim.scenario.reading.opening import ledger_of
from sim.scenario.reading.read import Reading
from sim.scenario.sources import Figure
from sim.scenario.unknowns import Unknown
from sim.scenario.values import is_number
from sim.scenario.worlds import has_mean, stated_value, takes_whole, unknown_paths
from sim.views import words
from sim.views.language import message, spoken_title, term

STATED_RANGE = re.compile(r"range (\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)")
"""How a source line says between what two numbers an input may lie."""
STEPS = 50
"""A slider has so many steps at least."""
WORDS_OF_UNITS = {"scale": "times as stated", "delay": "months later"}
BUNDLES = {
    "investments": ("Investments", {"opens": "opens"}),
    "disruptions": ("Disruptions", {"start": "start", "end": "end"}),
}
"""What the controls of bundles stand under, and what their days are called."""


@dataclass(frozen=True)
class Control:
    """One thing to move.

    `kind` is range, switch, date, choice, more (a number to add) or closure (two days); `keys` are the key paths that
    it moves, as text; `words` tell the choices, `stated` what holds now and `serves` what it is for, in the language.
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
    words: tuple[str, ...] = ()
    stated: str = ""
    serves: str = ""


def key_text(path: KeyPath) -> str:
    """A key path as it is typed; of a name, however long, all is written."""
    return ".".join(part if re.fullmatch("[A-Za-z0-9_-]+", part) else json.dumps(part) for part in map(str, path))


def controls_of(reading: Reading) -> list[Control]:
    """The controls of a scenario: Tez by date, closures, units, investments, disruptions, then inputs with a range."""
    ledger = ledger_of(reading)
    sources = {figure.path: figure for figure in inputs_of(reading.resolved, ledger)}
    ranges = unknown_controls(reading) or range_controls(reading, sources)
    first_controls = [*tez_controls(reading), *closure_controls(reading), *unit_controls(reading, sources)]
    return [*first_controls, *bundle_controls(reading, sources), *ranges]


def closure_controls(reading: Reading) -> Iterator[Control]:
    """Two days for each place that can be closed, and for each town with berths of several crossings."""
    for closable in closables(reading.scenario):
        keys = (f"disruptions.closed_{closable.name}", *closable.changes)
        about = (message("Close a place for some days"), "closure", closable.title, "", keys)
        meanwhile = message("meanwhile {meaning}", meaning=closable.meaning)
        yield Control(f"close:{closable.name}", *about, stated=meanwhile)


def unit_controls(reading: Reading, figures: Mapping[KeyPath, Figure]) -> list[Control]:
    """A number of units more or fewer for each capacity that is counted, by group, wagon sets first.

    Of wagon sets those of the heaviest load stand first.
    """
    serves = carried_by_pools(reading.scenario)
    ranks = {name: rank for rank, name in enumerate(serves)}
    paths = [(group_of_units(reading.resolved, path), path) for path in counted_paths(reading.resolved)]
    paths.sort(key=lambda pair: (pair[0] != WAGON_SETS, pair[0], ranks.get(str(pair[1][1]), len(ranks))))
    controls = []
    for units, path in paths:
        text, group = key_text(path), message("More or fewer: {units}", units=term(units))
        about = (title_at(reading.resolved, path), 0, (text,), message("more than stated, in each year"))
        text_of_value, line = told_value(value_at(reading.resolved, path)), source_line(figures, path)
        use = serves.get(str(path[1]), "")
        controls.append(Control(f"more:{text}", group, "more", *about, line, stated=text_of_value, serves=use))
    return controls


def unknown_controls(reading: Reading) -> list[Control]:
    """A slider, or a choice, for each unknown of a scenario."""
    controls = []
    for name, unknown in sorted(reading.scenario.unknown.items(), key=lambda pair: pair[1].group):
        paths = unknown_paths(reading.resolved, unknown)
        point = AS_STATED.get(unknown.kind, stated_value(reading.resolved, unknown))
        low, high = (None, None) if unknown.kind == "list" else (unknown.low_end, unknown.high_end)
        if paths and (isinstance(point, str | bool) or is_number(point)):
            is_range = low is not None and high is not None
            about = Control(
                f"unknown:{name}",
                range_group(unknown.group),
                "range" if is_range else "choice",
                spoken_title(unknown.title),
                point,
                tuple(map(key_text, paths)),
                term(WORDS_OF_UNITS.get(unknown.kind, unit(paths[0]))),
                words.listed_apart([law_told(unknown), unknown.reason]),
                low,
                high,
                slider_step(low, high, unknown.kind == "value" and takes_whole(reading.resolved, unknown)),
                tuple(unknown.values or ()),
                tuple(map(told_choice, unknown.values or ())),
                told_choice(point),
            )
            controls += [about] if is_range or scalars(unknown) else []
    return controls


def range_group(group: str) -> str:
    """What the controls of a group of inputs stand under."""
    return message("Inputs with a range: {group}", group=term(words.plain(group)))


def scalars(unknown: Unknown) -> bool:
    """Whether all alternatives of an unknown are words, switches or numbers, which a page can list."""
    return all(isinstance(value, str | bool | int | float) for value in unknown.values or ())


def slider_step(low: float | None, high: float | None, is_whole: bool) -> float | None:
    """The step of a slider between two ends: a power of ten, 1 where what it moves is a count."""
    if low is None or high is None:
        return None
    return 1.0 if is_whole else 10.0 ** math.floor(math.log10((high - low) / STEPS))


def range_controls(reading: Reading, figures: Mapping[KeyPath, Figure]) -> list[Control]:
    """A slider for each input whose source line says a range: of a scenario that has no unknowns."""
    controls = []
    for figure in sorted(figures.values(), key=lambda figure: str(figure.path[0])):
        value = value_at(reading.resolved, figure.path)
        path = (*figure.path, "mean") if has_mean(value) else figure.path
        point, ends = value_at(reading.resolved, path), STATED_RANGE.search(figure.source)
        if ends and is_number(point) and float(ends[1]) <= point <= float(ends[2]):
            low, high = float(ends[1]), float(ends[2])
            step = slider_step(low, high, is_count(reading.resolved, figure.path))
            about = (
                title_at(reading.resolved, figure.path),
                point,
                (key_text(path),),
                term(figure.unit),
                figure.source,
            )
            group = range_group(str(path[0]))
            controls.append(Control(f"key:{key_text(path)}", group, "range", *about, low, high, step))
    return controls


def bundle_controls(reading: Reading, figures: Mapping[KeyPath, Figure]) -> Iterator[Control]:
    """A switch for each investment and disruption, and a date for each of its days."""
    for table, (group, days) in BUNDLES.items():
        for name, bundle in getattr(reading.scenario, table).items():
            changes = "; ".join(f"{key} = {value}" for key, value in bundle.changes.items())
            for key in ("active", *days):
                value = getattr(bundle, key)
                if value is not None:
                    path = (table, name, key)
                    kind = "date" if key in days else "switch"
                    text = value.isoformat() if kind == "date" else value
                    about = (spoken_title(bundle.title), text, (key_text(path),), term(days.get(key, "")))
                    source = source_line(figures, path) or changes
                    name_of_it = f"key:{key_text(path)}"
                    yield Control(name_of_it, term(group), kind, *about, source, stated=told_choice(text))


def source_line(figures: Mapping[KeyPath, Figure], path: KeyPath) -> str:
    """The line that speaks for an input; empty without one."""
    return figures[path].source if path in figures else ""


def tez_dates(reading: Reading, data: Data) -> dict[str, list[KeyPath]]:
    """The days on which Tez Customs begins, or is taken up, each with the key paths of the steps that say so.

    Of `data`, the tables of the scenario or such as were moved.
    """
    regimes = {name for name, regime in reading.scenario.regimes.items() if isinstance(regime, Tez)}
    paths: dict[str, list[KeyPath]] = {}
    for path, value in leaves(data):
        steps = sorted(value.items()) if path[-1] in ("regime", "adoption_share") and isinstance(value, dict) else []
        regime = value_at(data, (*path[:-1], "regime"))
        is_tez = regime in regimes if isinstance(regime, str) else not regimes.isdisjoint((regime or {}).values())
        for (_, before), (day, after) in pairwise(steps):
            if is_tez and (after in regimes if path[-1] == "regime" else after > before):
                paths.setdefault(str(day), []).append(path)
                break
    return paths


def tez_controls(reading: Reading) -> Iterator[Control]:
    """A date for each day on which Tez Customs begins; of several days, months by which all come later, too."""
    days, group = sorted(tez_dates(reading, reading.resolved).items()), message("Tez Customs")
    keys = tuple(key_text(path) for _, paths in days for path in paths)
    if len(days) > 1:
        dates = words.comma_list(told_value(day) for day, _ in days)
        about = (message("Tez Customs, wherever it begins"), 0, keys, term(WORDS_OF_UNITS["delay"]))
        yield Control("later:tez", group, "more", *about, stated=dates)
    for day, paths in days:
        title = words.comma_list(spoken_title(str(value_at(reading.resolved, (*path[:2], "title")))) for path in paths)
        line = value_at(reading.resolved, (*paths[0][:-1], "sources", paths[0][-1])) or ""
        keys = tuple(map(key_text, paths))
        yield Control(f"tez:{day}", group, "date", title, day, keys, message("begins"), line, stated=told_value(day))
