"""Worlds: which inputs an unknown moves, and the table of a scenario in which unknowns have come to something."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from glob import escape
from typing import Any

from sim.scenario.choices import BUNDLES
from sim.scenario.factors import DIGITS, Factor, value_scaled, with_open_spread
from sim.scenario.keys import Data, is_count, tables_in, value_at, with_value
from sim.scenario.laws import Draw
from sim.scenario.positions import KeyPath
from sim.scenario.problems import dotted
from sim.scenario.traffic import VOLUMES_BY_YEAR, volume_in
from sim.scenario.unknowns import Unknown
from sim.scenario.values import is_number

ASKED_TABLES = ("sweep", "forecast", "unknown")
"""Tables that ask, or say what else might be, and say nothing of the world that is run."""

WILDCARD = "*"
"""In a key path, what stands for any one name."""

KEY_PART = re.compile(r'"([^"]*)"|([^."]+)')
DAYS_PER_MONTH = 365.25 / 12

TextPath = tuple[str, ...]


@lru_cache(maxsize=1 << 12)
def path_of_key(key: str) -> TextPath:
    """The parts of a key path; what follows the `changes` of a bundle is one key, with or without its quotes."""
    parts = tuple(match[1] or match[2] for match in KEY_PART.finditer(key))
    return (*parts[:3], ".".join(parts[3:])) if is_in_bundle(parts) else parts


def is_in_bundle(path: KeyPath) -> bool:
    """Whether a key path leads to a change of an investment or a disruption."""
    return len(path) > 3 and path[0] in BUNDLES and path[2] == "changes"


def target_of(path: TextPath) -> TextPath:
    """The key path that the schema knows: of a change of a bundle, that which it changes."""
    return tuple(path[3].split(".")) if is_in_bundle(path) else path


def unknown_keys(data: Data, unknown: Unknown) -> tuple[str, ...]:
    """The key paths of the inputs that an unknown moves in a scenario, its patterns resolved."""
    return tuple(dotted(path) for path in unknown_paths(data, unknown))


def unknown_paths(data: Data, unknown: Unknown) -> tuple[TextPath, ...]:
    """The same in parts."""
    return tuple(dict.fromkeys(path for key in unknown.keys for path in paths_of_key(data, key)))


def paths_of_key(data: Data, key: str) -> Iterator[TextPath]:
    """The key paths that one key of an unknown stands for.

    A pattern stands for what is stated; a key for what its table may have, too.
    """
    path = path_of_key(key)
    if WILDCARD in key:
        yield from paths_matching(data, path)
    elif isinstance(value_at(data, path[:-1]), dict) or (path[-1] == "mean" and is_number(value_at(data, path[:-1]))):
        yield path


def paths_matching(table: Any, pattern: TextPath) -> list[TextPath]:
    """The key paths of a table at which something stands that a pattern fits; a bare number is the mean of a spread."""
    found: list[tuple[TextPath, Any]] = [((), table)]
    for place, part in enumerate(pattern):
        below: list[tuple[TextPath, Any]] = []
        for path, value in found:
            if isinstance(value, dict):
                names = names_matching(value, part) if WILDCARD in part else [part]
                below += [((*path, name), value[name]) for name in names if name in value and name != "sources"]
            elif pattern[place:] == ("mean",) and is_number(value):
                below.append(((*path, "mean"), value))
        found = below
    return [path for path, _ in found]


def names_matching(table: Data, part: str) -> list[str]:
    """The names of a table that one part of a pattern fits."""
    return [name for name in table if name == part or is_fitted(name, part)]


@lru_cache(maxsize=1 << 14)
def is_fitted(name: str, part: str) -> bool:
    """Whether one part of a pattern fits a name; of the key of a change its parts, one by one."""
    names, parts = name.split("."), part.split(".")
    # Not a regular expression of one's own: that takes for ever over many stars.
    return (
        WILDCARD in part
        and len(names) == len(parts)
        and all(map(fnmatchcase, names, (escape(text).replace("[*]", WILDCARD) for text in parts)))
    )


def stated_value(data: Data, unknown: Unknown) -> Draw:
    """What a scenario states where an unknown may be something else; None if its keys state several things, or none."""
    values = [mean_of(value_at(data, path)) for path in unknown_paths(data, unknown)]
    return values[0] if values and all(value == values[0] for value in values) else None


def mean_of(value: Any) -> Draw:
    """A value itself, or the mean of a spread; None of another table."""
    value = value.get("mean") if isinstance(value, dict) else value
    return tuple(value) if isinstance(value, list) else None if isinstance(value, dict) else value


def takes_whole(data: Data, unknown: Unknown) -> bool:
    """Whether an unknown moves counts alone, so that what it comes to is a whole number."""
    paths = unknown_paths(data, unknown)
    return bool(paths) and all(is_count(data, target_of(path)) for path in paths)


def with_draws(data: Data, draws: Mapping[str, Draw], unknowns: Mapping[str, Unknown]) -> Data:
    """A scenario's table in a world, without the tables that ask.

    What several unknowns scale is multiplied by all of them, and rounded once where it is a count.

    Parameters
    ----------
    data
        A resolved table, as `Reading.resolved`.
    draws
        What unknowns come to, by name; those not named, and None, leave what is stated.
    """
    stated_table = data = {key: value for key, value in data.items() if key not in ASKED_TABLES}
    multiples: dict[TextPath, list[Multiple]] = {}
    for name, draw in draws.items():
        unknown = unknowns[name]
        if unknown.kind == "scale" and isinstance(draw, int | float):
            for path, share in shares_moved(stated_table, unknown):
                multiples.setdefault(path, []).append(multiple_moved(unknown, draw, share))
        elif draw is not None:
            data = with_draw(data, unknown, draw)
    for path, of_path in multiples.items():
        data = scaled_at(data, path, of_path)
    return with_whole_groups(data) if multiples else data


def with_whole_groups(data: Data) -> Data:
    """A scenario's table in which each fleet that there is makes a group, where its sets run home in groups.

    Several multiples together may leave fewer: with them no set would ever leave, which is no world but a mistake.
    """
    for name, pool in tables_in(data, "wagon_pools").items():
        sets: Any = pool.get("sets")
        group_sets: Any = pool.get("group_sets", 1)
        by_day = sets if isinstance(sets, dict) else {"": sets}
        if any(is_number(number) and 0 < number < group_sets for number in by_day.values()):
            whole = {day: max(number, group_sets) if number > 0 else number for day, number in by_day.items()}
            data = with_value(data, ("wagon_pools", name, "sets"), whole if isinstance(sets, dict) else whole[""])
    return data


def with_draw(data: Data, unknown: Unknown, draw: Draw) -> Data:
    """A scenario's table in which one unknown has come to a value or to months of delay."""
    for path in unknown_paths(data, unknown):
        present = value_at(data, path)
        if unknown.kind == "delay":
            data = with_value(data, path, later_day(present, draw)) if isinstance(present, dt.date) else data
        else:
            where = (*path, "mean") if unknown.kind == "value" and has_mean(present) else path
            value = round(draw) if isinstance(draw, float) and is_count(data, target_of(path)) else draw
            data = Factor(dotted(where), where).apply(data, [*value] if isinstance(value, tuple) else value)
    return data


def shares_moved(data: Data, unknown: Unknown) -> Iterator[tuple[TextPath, float]]:
    """The key paths that a scale multiplies, and those that follow it, each with its share of it."""
    yield from ((path, 1.0) for path in unknown_paths(data, unknown))
    yield from ((path, share) for key, share in unknown.follows.items() for path in paths_of_key(data, key))


def has_mean(value: Any) -> bool:
    """Whether a value is a spread about a mean."""
    return isinstance(value, dict) and "mean" in value


def later_day(day: dt.date, months: Draw) -> dt.date:
    """A day so many months later, to the day."""
    assert isinstance(months, int | float)
    return day + dt.timedelta(days=round(months * DAYS_PER_MONTH))


@dataclass(frozen=True)
class Multiple:
    """What a value is multiplied by: in full, or by equal factors from a year to the last one that is stated.

    Volumes go geometrically between stated years, too: a rise in proportion would give them a hump.
    """

    scale: float
    ramp_from: int | None = None
    median: float | None = None
    """Of a walk, which drifts to it by equal factors and strays from that by the root of the years."""

    def at(self, year: float, last: float) -> float:
        """The multiple in a year, of values stated up to another; infinity where nothing is stated by year."""
        if self.ramp_from is None or math.isinf(last):
            return self.scale
        share = (year - self.ramp_from) / (last - self.ramp_from) if last > self.ramp_from else 0.0
        share = min(max(share, 0.0), 1.0)
        if self.median is None:
            return float(self.scale**share)
        return float(self.median**share * (self.scale / self.median) ** math.sqrt(share))


def multiple_moved(unknown: Unknown, draw: float, share: float) -> Multiple:
    """What a scale that came to a draw multiplies by, where it moves a share of it."""
    median = None
    if unknown.shape == "walk" and unknown.low_end and unknown.high_end:
        median = 1 + share * (math.sqrt(unknown.low_end * unknown.high_end) - 1)
    return Multiple(1 + share * (draw - 1), unknown.ramp_from, median)


def scaled_at(data: Data, path: TextPath, multiples: Sequence[Multiple]) -> Data:
    """A scenario's table with what stands at a key path multiplied, and what investments change it to."""
    if path[0] == "indices" and any(multiple.ramp_from is not None for multiple in multiples):
        return with_value(data, path, growth_scaled(data, path, multiples))
    data = with_open_spread(data, path)
    present = value_at(data, path)
    is_whole = is_count(data, target_of(path))
    last = max(map(year_of, present)) if is_by_day(present) else math.inf
    if isinstance(present, list):
        data = with_value(data, path, swing_scaled(present, math.prod(multiple.scale for multiple in multiples)))
    elif is_by_day(present):
        present = with_years_between(present, multiples) if path[-1] in VOLUMES_BY_YEAR else present
        scales = {day: math.prod(multiple.at(year_of(day), last) for multiple in multiples) for day in present}
        data = with_value(data, path, {day: value_scaled(present[day], scales[day], is_whole) for day in present})
    elif present is not None:
        scale = math.prod(multiple.scale for multiple in multiples)
        data = with_value(data, path, value_scaled(present, scale, is_whole))
    key = ".".join(path)
    for name, bundle in tables_in(data, "investments").items():
        later = value_at(bundle, ("changes", key))
        if later is not None:
            opens = year_of(str(bundle.get("opens")))
            scale = math.prod(multiple.at(opens, last) for multiple in multiples)
            data = with_value(data, ("investments", name, "changes", key), value_scaled(later, scale, is_whole))
    return data


def with_years_between(volumes: dict[str, float], multiples: Sequence[Multiple]) -> dict[str, float]:
    """Volumes by year with the years between those stated, if a walk moves them; else as they are.

    A run has between two stated years a volume that goes geometrically: it would leave out the root of the years.
    """
    first_years = [each.ramp_from for each in multiples if each.median is not None and each.ramp_from is not None]
    by_year = {int(year): volume for year, volume in volumes.items()}
    last = max(by_year)
    years = range(min(first_years, default=last), last + 1)
    return volumes | {str(year): volume_in(year, by_year) for year in years if year not in by_year}


def growth_scaled(data: Data, path: TextPath, multiples: Sequence[Multiple]) -> dict[str, float]:
    """The growth of an index by year, of which what has grown by the last year of the run is multiplied."""
    stated: dict[str, float] = value_at(data, path)
    in_full = math.prod(each.scale for each in multiples if each.ramp_from is None)
    growth = {year: share * in_full for year, share in stated.items()}
    ramps = [(each.ramp_from, each) for each in multiples if each.ramp_from is not None]
    last = math.ceil(year_of(str(value_at(data, ("horizon", "end"))))) - 1
    # From the year of the ramp itself: what comes before the first growth stated has that growth, too.
    for year in range(min(first for first, _ in ramps), last + 1):
        since = max((earlier for earlier in stated if int(earlier) <= year), default=min(stated))
        step = math.prod(each.at(year, last) / each.at(year - 1, last) for _, each in ramps)
        growth[str(year)] = float(f"{(1 + stated[since] * in_full) * step - 1:.{DIGITS}g}")
    return growth


def is_by_day(value: Any) -> bool:
    """Whether a value is a table by year or date."""
    return isinstance(value, dict) and bool(value) and all(key[:4].isdecimal() for key in value)


def swing_scaled(weights: list[float], scale: float) -> list[float]:
    """Weights of months with their swing about the mean multiplied: all of them multiplied would change nothing."""
    mean = sum(weights) / len(weights)
    return [float(f"{max(mean + scale * (weight - mean), 0):.{DIGITS}g}") for weight in weights]


def year_of(day: str) -> float:
    """A year or a date as a number of years."""
    year, month, day_of_month = (int(part) for part in (*day.split("-"), "1", "1")[:3])
    return year + (month - 1) / 12 + (day_of_month - 1) / 365.25
