"""OCEL 2.0 as JSON, the event log of many kinds of objects: trains, declarations, wagon sets, voyages, vessels.

An event of a train's spell belongs to the train, one at sea also to the voyage; the steps of a clearance, of a trip of
a wagon set and of a voyage are events of their own objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.counting import IntArray
from sim.measure.statistics import FloatArray
from sim.runs.folders import DISTRIBUTION
from sim.study.field.eventlog import (
    TRANSITIONS,
    chosen_trains,
    codes,
    of_trains,
    spell_events,
    stamps,
    step_events,
    voyages_of,
)
from sim.views import words
from sim.views.exports.xes import SPELL, LogSize

if TYPE_CHECKING:
    from sim.runs.results import Results
    from sim.scenario.calendar import Calendar

EPOCH = "1970-01-01T00:00:00.000Z"
"""Time of object attributes that never change, as OCEL 2.0 has it."""
BATCH = 50_000
NONE = -1


@dataclass(frozen=True)
class Kind:
    """A type of object: its attributes, the steps that are its events, and the type of object it belongs to."""

    name: str
    attributes: dict[str, str]
    steps: dict[str, str]
    owner: str = ""


TRAIN = Kind(
    "train",
    {
        "flow": "string",
        "direction": "string",
        "net_t": "float",
        "teu": "float",
        "wagons": "float",
        "warm_up": "boolean",
    },
    {"offered_h": "train offered", "left_h": "train delivered"},
)
DECLARATIONS = Kind(
    "declarations",
    {"place": "string", "regime": "string", "channel": "string", "declarations": "integer", "rounds": "integer"},
    {"lodged_h": "declarations lodged", "released_h": "declarations released"},
    "train",
)
WAGON_SET = Kind(
    "wagon set trip",
    {"pool": "string"},
    {"taken_h": "wagon set taken", "released_h": "wagon set released", "home_h": "wagon set home"},
    "train",
)
VOYAGE = Kind(
    "voyage",
    {"place": "string", "direction": "string", "load": "float", "capacity": "float"},
    {
        "berthed_h": "vessel berthed",
        "loaded_h": "vessel loaded",
        "sailed_h": "vessel sailed",
        "arrived_h": "vessel arrived",
    },
    "vessel",
)
VESSEL = Kind("vessel", {"place": "string"}, {})
KINDS = (TRAIN, DECLARATIONS, WAGON_SET, VOYAGE, VESSEL)
SPELL_ATTRIBUTES = {"place": "string", "cause": "string", "beside": "boolean"}


@dataclass(frozen=True)
class Objects:
    """Objects of one kind, a row of `table` each: their ids, and the ids each is related to, with the qualifier."""

    kind: Kind
    ids: list[str]
    table: pd.DataFrame
    related: list[list[tuple[str, str]]]


@dataclass(frozen=True)
class Stream:
    """Events of one source, one entry an event: its hour, and its head and its relations as JSON."""

    hour: FloatArray
    head: npt.NDArray[np.object_]
    relations: npt.NDArray[np.object_]


def write_ocel(results: Results, file: TextIO, from_h: float, until_h: float) -> LogSize:
    """Write the ledger of replication 0 as OCEL 2.0 JSON.

    The trains offered in [from, until) with all that belongs to them, and the voyages loaded then or that carried one.
    """
    trains = chosen_trains(results, from_h, until_h)
    stages = of_trains(results.tables.stages, trains)
    voyages, voyage_of = voyages_of(results, trains, from_h, until_h)
    groups = objects(results, trains, voyages, carriers(stages, voyage_of))
    streams = [spell_stream(stages, voyage_of), *(step_stream(group) for group in groups)]
    file.write("{\n" + f'"made_by":{quoted(DISTRIBUTION)},"scenario":{quoted(results.name)},\n"objectTypes":')
    file.write(quoted([described(kind.name, kind.attributes) for kind in KINDS]))
    file.write(',\n"eventTypes":' + quoted(event_types(stages)) + ',\n"objects":[\n')
    write_rows(file, (line for group in groups for line in object_lines(group)))
    file.write('],\n"events":[\n')
    write_rows(file, event_lines(streams, results.scenario.calendar))
    file.write("]}\n")
    return LogSize(len(trains), sum(len(group.ids) for group in groups), sum(len(one.hour) for one in streams))


def described(name: str, attributes: dict[str, str]) -> dict[str, Any]:
    """A type as OCEL states it."""
    return {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}


def event_types(stages: pd.DataFrame) -> list[dict[str, Any]]:
    """The types of event: each step of each activity seen, and the steps of each kind of object."""
    seen = set(stages["activity"].unique())
    activities = [words.ACTIVITIES[name] for name in words.ACTIVITIES if name in seen]
    spells = [described(f"{name}: {step}", SPELL_ATTRIBUTES) for name in activities for step in TRANSITIONS]
    return [*spells, *(described(step, {}) for kind in KINDS for step in kind.steps.values())]


def carriers(stages: pd.DataFrame, voyage_of: IntArray) -> dict[int, list[tuple[str, str]]]:
    """The voyages that each train, by its number, sails with."""
    found: dict[int, list[tuple[str, str]]] = {}
    afloat = np.flatnonzero(voyage_of != NONE)
    numbers = stages["train"].to_numpy()[afloat].tolist()
    for number, voyage in zip(numbers, voyage_of[afloat].tolist(), strict=True):
        found.setdefault(number, []).append((voyage_id(voyage), "sails with"))
    return found


def objects(
    results: Results, trains: pd.DataFrame, voyages: pd.DataFrame, carried: dict[int, list[tuple[str, str]]]
) -> list[Objects]:
    """All objects, in the order of `KINDS`."""
    directions = [results.scenario.flows[name].direction for name in trains["flow"]]
    about = trains.assign(direction=directions, warm_up=trains["offered_h"] < 0)
    vessels = [f"vessel {name} of {place}" for name, place in zip(voyages["vessel"], voyages["place"], strict=True)]
    fleet = pd.DataFrame({"id": vessels, "place": voyages["place"].astype(str)}).drop_duplicates(ignore_index=True)
    numbers = trains["train"].tolist()
    return [
        Objects(TRAIN, [train_id(number) for number in numbers], about, [carried.get(one, []) for one in numbers]),
        belongings(DECLARATIONS, of_trains(results.tables.declarations, trains), "place", "of"),
        belongings(WAGON_SET, of_trains(results.tables.wagon_sets, trains), "pool", "carries"),
        Objects(VOYAGE, [voyage_id(n) for n in range(len(voyages))], voyages, [[(one, "made by")] for one in vessels]),
        Objects(VESSEL, fleet["id"].tolist(), fleet, [[] for _ in range(len(fleet))]),
    ]


def train_id(number: int) -> str:
    """The id of a train, by its number."""
    return f"train {number}"


def voyage_id(number: int) -> str:
    """The id of a voyage, by its place in the table of those written."""
    return f"voyage {number}"


def belongings(kind: Kind, table: pd.DataFrame, where: str, qualifier: str) -> Objects:
    """Objects that belong to one train each, numbered from the second that a train has at one place, or of one pool."""
    trains, names = table["train"].tolist(), table[where].astype(str).tolist()
    nth = table.groupby(["train", where], observed=True).cumcount().tolist()
    ids = [
        f"{kind.name} {train} {name}{f' {number + 1}' if number else ''}"
        for train, name, number in zip(trains, names, nth, strict=True)
    ]
    return Objects(kind, ids, table, [[(train_id(train), qualifier)] for train in trains])


def spell_stream(stages: pd.DataFrame, voyage_of: IntArray) -> Stream:
    """The steps of all spells: events of the train and, at sea, of the voyage."""
    found = spell_events(stages)
    code, combinations = codes(stages, SPELL)
    heads = [
        event_head(f"{words.ACTIVITIES[activity]}: {step}", (place, words.CAUSES[cause], bool(beside)))
        for place, activity, cause, beside in combinations.itertuples(index=False, name=None)
        for step in TRANSITIONS
    ]
    own = np.array([relation(train_id(number), "train") for number in stages["train"].tolist()], dtype=object)
    for row in np.flatnonzero(voyage_of != NONE).tolist():
        own[row] += "," + relation(voyage_id(voyage_of[row]), "voyage")
    head = np.array(heads, dtype=object)[code[found.row] * len(TRANSITIONS) + found.transition]
    return Stream(found.hour, head, own[found.row])


def step_stream(group: Objects) -> Stream:
    """The steps of objects of one kind: events of the object, and of the one it belongs to."""
    kind = group.kind
    found = step_events(group.table, tuple(kind.steps))
    own = np.array([relation(each, kind.name) for each in group.ids], dtype=object)
    if kind.owner:
        for row, related in enumerate(group.related):
            own[row] += "," + relation(related[0][0], kind.owner)
    head = np.array([event_head(step, ()) for step in kind.steps.values()], dtype=object)
    return Stream(found.hour, head[found.transition], own[found.row])


def event_head(name: str, values: tuple[Any, ...]) -> str:
    """What an event says besides its id, time and objects; `values` are those of `SPELL_ATTRIBUTES`, or none."""
    said = [{"name": key, "value": value} for key, value in zip(SPELL_ATTRIBUTES, values, strict=False)]
    return f'"type":{quoted(name)},"attributes":{quoted(said)}'


def relation(identity: str, qualifier: str) -> str:
    """A relation to an object as JSON."""
    return f'{{"objectId":{quoted(identity)},"qualifier":{quoted(qualifier)}}}'


def object_lines(group: Objects) -> Iterator[str]:
    """Each object as a line of JSON."""
    kind = group.kind
    names = list(kind.attributes)
    rows = zip(*(group.table[name].tolist() for name in names), strict=True)
    for identity, values, related in zip(group.ids, rows, group.related, strict=True):
        said = [{"name": key, "time": EPOCH, "value": value} for key, value in zip(names, values, strict=True)]
        linked = ",".join(relation(*each) for each in related)
        kind_of = f'"id":{quoted(identity)},"type":{quoted(kind.name)}'
        yield f'{{{kind_of},"attributes":{quoted(said)},"relationships":[{linked}]}}'


def event_lines(streams: list[Stream], calendar: Calendar) -> Iterator[str]:
    """Each event as a line of JSON, in the order of time; at equal times in that of the sources."""
    hour = np.concatenate([stream.hour for stream in streams])
    order = np.argsort(hour, kind="stable")
    head = np.concatenate([stream.head for stream in streams])[order]
    relations = np.concatenate([stream.relations for stream in streams])[order]
    for first in range(0, len(hour), BATCH):
        few = slice(first, first + BATCH)
        rows = zip(stamps(hour[order[few]], calendar).tolist(), head[few], relations[few], strict=True)
        for number, (moment, said, related) in enumerate(rows, first):
            yield f'{{"id":"e{number}","time":"{moment}",{said},"relationships":[{related}]}}'


def write_rows(file: TextIO, lines: Iterable[str]) -> None:
    """Write the members of a list, a line each."""
    lines, between = iter(lines), ""
    while few := list(islice(lines, BATCH)):
        file.write(between + ",\n".join(few))
        between = ",\n"
    file.write("\n")


def quoted(value: Any) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
