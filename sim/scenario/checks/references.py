"""Names that must lead somewhere: what one table of a scenario asks of another.

These checks read the merged tables before the schema has accepted them, so that their complaints come together with
those of the schema. What does not have the form it should is passed over here: the schema complains of it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from sim.scenario.addresses import AddressError, sums_in
from sim.scenario.calendar import DAY_ONE
from sim.scenario.changes import by_date, leads_nowhere
from sim.scenario.keys import (
    Data,
    annotation_at,
    is_by_date,
    is_table,
    items_in,
    known_tables,
    leaves,
    models,
    names_in,
    tables_in,
    value_at,
)
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, did_you_mean, dotted, shown
from sim.scenario.sources import has_number
from sim.scenario.traffic import SHARES
from sim.scenario.values import ALL, DIRECTIONS, Spread, is_number

SUMS = {ALL: "the sum of all"} | dict.fromkeys(DIRECTIONS, "the sum of that direction")
FLOW_NAMES = (
    ("train", "a train type", "trains"),
    ("corridor", "a corridor", "corridors"),
    ("index", "an index", "indices"),
    ("otherwise", "a clearance regime", "regimes"),
)
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_NAMED = 4
"""Names that a message lists where none of them is near."""
UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows: on a terminal they are commands."""
ROUNDING = 1e-9
"""What shares may add up to beyond the whole."""


def reference_complaints(data: Data) -> list[Complaint]:
    """Everything in the merged tables that leads nowhere, or to something that does not fit."""
    checks = (
        name_complaints,
        train_complaints,
        pool_complaints,
        regime_complaints,
        flow_complaints,
        share_complaints,
        investment_complaints,
        published_complaints,
        calibration_complaints,
        date_complaints,
        source_complaints,
        text_complaints,
    )
    return [complaint for check in checks for complaint in check(data)]


def stray(noun: str, name: object, choices: Iterable[str]) -> Iterator[str]:
    """The complaint that a name is not among those defined, if it is a name and is not."""
    if isinstance(name, str) and name not in choices:
        names = [*choices]
        listed = f"; it has {', '.join(names)}" if 0 < len(names) <= MOST_NAMED else ""
        yield f"{shown(name)} is not {noun} of the scenario{did_you_mean(name, names) or listed}"


def name_complaints(data: Data) -> Iterator[Complaint]:
    """Names that would say two things in a table of results."""
    for key in ("places", "flows", "corridors"):
        for name in names_in(data, key):
            if name in SUMS:
                yield (key, name), f"must have another name: '{name}' stands for {SUMS[name]}"
    for name in names_in(data, "wagon_pools"):
        if name in names_in(data, "places"):
            yield ("wagon_pools", name), "must have another name: a place is called so"
    for name in names_in(data, "flows"):
        if name in names_in(data, "corridors"):
            yield ("flows", name), "must have another name: a corridor is called so"


def train_complaints(data: Data) -> Iterator[Complaint]:
    """The wagon pools of each train type."""
    for name, train in tables_in(data, "trains").items():
        pools: Any = train.get("wagon_pools")
        for position, pool in enumerate(pools if isinstance(pools, list | tuple) else ()):
            for message in stray("a wagon pool", pool, names_in(data, "wagon_pools")):
                yield ("trains", name, "wagon_pools", position), message


def pool_complaints(data: Data) -> Iterator[Complaint]:
    """The home of each wagon pool, and the places it serves."""
    ports = [port for place in tables_in(data, "places").values() for port in names_in(place, "ports")]
    stations = [*names_in(data, "places"), *ports]
    for name, pool in tables_in(data, "wagon_pools").items():
        for message in stray("a place or port", pool.get("home"), stations):
            yield ("wagon_pools", name, "home"), message
        for place in names_in(pool, "empty_run_h"):
            for message in stray("a place or port", place, stations):
                yield ("wagon_pools", name, "empty_run_h", place), message


def flow_complaints(data: Data) -> Iterator[Complaint]:
    """Train type, corridor and index of each flow, and the regime of trains that do not adopt another."""
    for name, flow in tables_in(data, "flows").items():
        for key, noun, table in FLOW_NAMES:
            for message in stray(noun, flow.get(key), names_in(data, table)):
                yield ("flows", name, key), message
        train = train_of(flow, data)
        for key in ("teu_per_year", "teu_per_month", "empties_of"):
            if key in flow and train is not None and not train.get("teu"):
                yield ("flows", name, key), f"needs a train type with teu, and {shown(flow['train'])} has none"


def train_of(flow: Data, data: Data) -> dict[str, Any] | None:
    """The train type of a flow, if it is defined."""
    train = flow.get("train")
    return tables_in(data, "trains").get(train) if isinstance(train, str) else None


def regime_complaints(data: Data) -> Iterator[Complaint]:
    """The regimes of flows and borders by date, and the paper regime to which each digital one falls back."""
    regimes = tables_in(data, "regimes")
    for table in ("flows", "places"):
        for name, user in tables_in(data, table).items():
            regime = user.get("regime")
            for date, regime_name in regime.items() if isinstance(regime, dict) else [(None, regime)]:
                for message in stray("a clearance regime", regime_name, names_in(data, "regimes")):
                    yield (table, name, "regime", *([date] if date else [])), message
    for name, regime in regimes.items():
        fallback = value_at(regime, ("outages", "fallback"))
        path = ("regimes", name, "outages", "fallback")
        for message in stray("a clearance regime", fallback, names_in(data, "regimes")):
            yield path, message
        if isinstance(fallback, str) and regimes.get(fallback, {}).get("kind") == "tez":
            yield path, f"must be a regime of kind 'paper', and {shown(fallback)} is not"


def share_complaints(data: Data) -> Iterator[Complaint]:
    """The flows whose trains, or emptied boxes, another flow takes over, and how many of them in all."""
    flows = tables_in(data, "flows")
    takers: dict[tuple[str, str], dict[str, Any]] = {}
    for name, flow in flows.items():
        for key, source, share in shares_of_others(flow):
            path = ("flows", name, key, source)
            unfit = unfit_source if key == "share_of" else unfit_source_of_empties
            for message in [*stray("a flow", source, names_in(data, "flows")), *unfit(name, source, data)]:
                yield path, message
            shares = takers.setdefault((key, source), {})
            shares[name] = share
            excess = most_taken(shares.values())
            if excess is not None and excess[0] > 1 + ROUNDING:
                beside = "" if len(shares) == 1 else f" with {', '.join(map(shown, list(shares)[:-1]))}"
                since = "" if excess[1] == DAY_ONE.isoformat() else f" from {excess[1]}"
                things = "trains" if key == "share_of" else "boxes"
                yield path, f"takes{beside} {excess[0]:.6g} of the {things} of {shown(source)}{since}: more than all"


def shares_of_others(flow: Data) -> Iterator[tuple[str, str, Any]]:
    """The shares that a flow has of others: the key that says of what, the other flow, and the share."""
    for key in SHARES:
        shares = flow.get(key)
        yield from ((key, *row) for row in shares.items()) if isinstance(shares, dict) else ()


def unfit_source(name: str, source: str, data: Data) -> Iterator[str]:
    """Why a flow cannot take over trains of another, which is defined."""
    flows = tables_in(data, "flows")
    source_flow = flows.get(source, {})
    if source == name:
        yield "cannot be the flow itself"
    elif any(key in source_flow for key in SHARES):
        yield f"must be a flow with a volume of its own, and {shown(source)} takes its trains from others"
    elif is_opposite(flows[name], source_flow):
        yield f"must be a flow in the same direction, and {shown(source)} is {source_flow['direction']}"


def unfit_source_of_empties(name: str, source: str, data: Data) -> Iterator[str]:
    """Why a flow cannot bring back boxes of another, which is defined."""
    flows = tables_in(data, "flows")
    source_flow = flows.get(source, {})
    train = train_of(source_flow, data)
    if source == name:
        yield "cannot be the flow itself"
    elif "empties_of" in source_flow:
        yield f"must be a flow of loaded boxes, and those of {shown(source)} are empty"
    elif source_flow.get("direction") in DIRECTIONS and source_flow["direction"] == flows[name].get("direction"):
        yield f"must be a flow in the other direction, and {shown(source)} is {source_flow['direction']}, too"
    elif train is not None and not train.get("teu"):
        yield f"must be a flow of boxes, and trains of {shown(source_flow['train'])} have no teu"


def is_opposite(first: Data, second: Data) -> bool:
    """Whether two flows are in opposite directions."""
    return sorted(str(flow.get("direction")) for flow in (first, second)) == ["eastbound", "westbound"]


def most_taken(shares: Iterable[Any]) -> tuple[float, str] | None:
    """The greatest sum of several shares by date, and its first day; None if one of them is no share by date."""
    tables = [by_date(share) for share in shares]
    values = [value for table in tables for value in table.values()]
    days = [day for table in tables for day in table]
    numbers = all(is_number(value) for value in values)
    if not numbers or not all(tables) or not all(day == DAY_ONE.isoformat() or DATE.fullmatch(day) for day in days):
        return None
    sums = {day: math.fsum(table[in_force(table, day)] for table in tables) for day in sorted(days)}
    first = max(sums, key=lambda day: sums[day])
    return sums[first], first


def in_force(table: Mapping[str, Any], day: str) -> str:
    """The day of a table by date since which its value on a given day holds; its earliest holds before, too."""
    return max((since for since in table if since <= day), default=min(table))


def investment_complaints(data: Data) -> Iterator[Complaint]:
    """The investments that each one builds on."""
    for name, investment in tables_in(data, "investments").items():
        for position, need in enumerate(items_in(investment, "needs")):
            path = ("investments", name, "needs", position)
            for message in stray("an investment", need, names_in(data, "investments")):
                yield path, message
            if need == name:
                yield path, "cannot be the investment itself"


def published_complaints(data: Data) -> Iterator[Complaint]:
    """Place and flow of each published figure."""
    places = [*names_in(data, "places"), ALL]
    sums = [*names_in(data, "flows"), *names_in(data, "corridors"), *SUMS]
    for name, figure in tables_in(data, "published").items():
        for key, noun, choices in (("place", "a place", places), ("flow", "a flow or corridor", sums)):
            for word in words_in_sums(figure.get(key)):
                for message in stray(noun, word, choices):
                    yield ("published", name, key), message


def words_in_sums(text: Any) -> Iterator[str]:
    """The names in a sum or share; nothing of what is none, for the schema says so."""
    with suppress(AddressError):
        yield from (word for weights in sums_in(text if isinstance(text, str) else "") for word in weights)


def calibration_complaints(data: Data) -> Iterator[Complaint]:
    """The figures a calibration aims at, and the keys that take what it finds."""
    plan = data.get("calibration")
    plan = plan if isinstance(plan, dict) else {}
    for at, message in unmet_targets(items_in(plan, "targets"), data):
        yield ("calibration", "targets", at), message
    # one that is aimed at no more keeps its errors: a file that extends this one may leave out a target
    aimed_at = [*names_in(data, "published"), *map(str, items_in(plan, "targets"))]
    for name in tables_in(plan, "errors"):
        if name not in aimed_at:
            yield ("calibration", "errors", name), f"is no published figure{did_you_mean(name, aimed_at)}"
    takers: dict[str, str] = {}
    for name, parameter in tables_in(plan, "parameters").items():
        for at, key in enumerate(items_in(parameter, "keys")):
            path = ("calibration", "parameters", name, "keys", at)
            if not isinstance(key, str):
                continue
            unfit = unfit_key(data, tuple(key.split(".")))
            if unfit:
                yield path, unfit
            if takers.setdefault(key, name) != name:
                yield path, f"takes the value of {dotted(('calibration', 'parameters', takers[key]))} already"


def unmet_targets(targets: list[Any], data: Data) -> Iterator[tuple[int, str]]:
    """The targets, by position, that are no published figures with a value.

    A scenario that gives none of them a value is not the one that is fitted: it only takes the numbers found.
    """
    figures = tables_in(data, "published")
    # As a scenario that extends the fitted one and states published figures of its own, or none.
    if not any(isinstance(target, str) and "value" in figures.get(target, {}) for target in targets):
        return
    for at, target in enumerate(targets):
        for message in stray("a published figure", target, names_in(data, "published")):
            yield at, message
        if isinstance(target, str) and target in figures and "value" not in figures[target]:
            yield at, f"must be a published figure with a value, and {dotted(('published', target))} states none"


def unfit_key(data: Data, path: tuple[str, ...]) -> str | None:
    """Why a key path cannot take the value of a parameter; None if it can.

    Where a parameter is the mean of a spread, a file may yet state a bare number or a spread of another shape.
    """
    inside_spread = Spread in models(annotation_at(data, path[:-1])) and path[-1] in Spread.model_fields
    value_path = path[:-1] if inside_spread else path
    if message := leads_nowhere(data, value_path):
        return message
    is_number = has_number(value_at(data, value_path)) and not is_table(annotation_at(data, value_path))
    return None if is_number else "names no number of the scenario"


def date_complaints(data: Data) -> Iterator[Complaint]:
    """Values by date of which none is in force when the horizon starts."""
    start = value_at(data, ("horizon", "start"))
    if not isinstance(start, dt.date):
        return
    for path, days in (table for leaf in leaves(data) if isinstance(leaf[1], dict) for table in tables_by_date(*leaf)):
        # A table by date where none may stand is told as that.
        if min(days) > start.isoformat() and is_by_date(annotation_at(data, path)):
            yield path, f"has no value before {min(days)}, and the horizon starts on {start.isoformat()}"


def tables_by_date(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Iterable[str]]]:
    """The tables by date in a value: itself, or those inside it."""
    if not isinstance(value, dict) or not value:
        return
    if all(map(DATE.fullmatch, value)):
        yield path, value
        return
    for key, inner in value.items():
        yield from tables_by_date((*path, key), inner)


def source_complaints(data: Data) -> Iterator[Complaint]:
    """Lines of `sources` that speak for a key which is not there."""
    for path, table, _ in known_tables(data):
        lines = table.get("sources")
        for key in lines if isinstance(lines, Mapping) else ():
            if key != ALL and (key not in table or key == "sources"):
                hint = did_you_mean(key, table.keys() - {"sources"})
                yield (*path, "sources", key), f"speaks for {shown(key)}, which its table does not have{hint}"


def text_complaints(data: Data) -> Iterator[Complaint]:
    """Texts with characters that command a terminal instead of being read; none of those is one that prints."""
    waiting: list[tuple[KeyPath, Any]] = [((), data)]
    for around, inner in waiting:
        for key, value in inner.items() if isinstance(inner, dict) else enumerate(inner):
            if isinstance(value, (dict, list)):
                waiting.append(((*around, key), value))
            elif isinstance(value, str) and not value.isprintable() and UNSPEAKABLE.search(value):
                yield (*around, key), f"must hold no control characters (got {shown(value)})"
