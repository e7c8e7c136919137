"""OCEL 2.0 as JSON, the event log of many kinds of objects: trains, declarations, wagon sets, voyages, vessels.

An event of a train's spell belongs to the train, one at sea also to the voyage; the steps of a clearance, of a trip of
a wagon set and of a voyage are events of their own objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.counting import IntArray
from sim.measure.statistics import FloatArray
from sim.runs.folders import DISTRIBUTION
from sim.runs.results import Results
from sim.scenario.calendar import Calendar
from sim.study.field import eventlog
from sim.views import words
from sim.views.exports.xes import SPELL, LogSize

EPOCH = "1970-01-01T00:00:00.000Z"
"""Time of object attributes that never change, as OCEL 2.0 has it."""
BATCH = 50_000
NO_VOYAGE = -1


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
    trains = eventlog.chosen_trains(results, from_h, until_h)
    stages = eventlog.of_trains(results.tables.stages, trains)
    voyages, voyage_of = eventlog.voyages_of(results, trains, from_h, until_h)
    groups = objects(results, trains, voyages, carriers(stages, voyage_of))
    streams = [spell_stream(stages, voyage_of), *(step_stream(group) for group in groups)]
    file.write("{\n" + f'"made_by":{json_text(DISTRIBUTION)},"scenario":{json_text(results.name)},\n"objectTypes":')
    file.write(json_text([type_of(kind.name, kind.attributes) for kind in KINDS]))
    file.write(',\n"eventTypes":' + json_text(event_types(stages)) + ',\n"objects":[\n')
    write_rows(file, (line for group in groups for line in object_lines(group)))
    file.write('],\n"events":[\n')
    write_rows(file, event_lines(streams, results.scenario.calendar))
    file.write("]}\n")
    return LogSize(len(trains), sum(len(group.ids) for group in groups), sum(len(stream.hour) for stream in streams))


def type_of(name: str, attributes: dict[str, str]) -> dict[str, Any]:
    """A type as OCEL states it."""
    return {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}


def event_types(stages: pd.DataFrame) -> list[dict[str, Any]]:
    """The types of event: each step of each activity seen, and the steps of each kind of object."""
    names = set(stages["activity"].unique())
    activities = [words.ACTIVITIES[name] for name in words.ACTIVITIES if name in names]
    spells = [type_of(f"{name}: {step}", SPELL_ATTRIBUTES) for name in activities for step in eventlog.TRANSITIONS]
    return [*spells, *(type_of(step, {}) for kind in KINDS for step in kind.steps.values())]


def carriers(stages: pd.DataFrame, voyage_of: IntArray) -> dict[int, list[tuple[str, str]]]:
    """The voyages that each train, by its number, sails with."""
    voyages: dict[int, list[tuple[str, str]]] = {}
    afloat = np.flatnonzero(voyage_of != NO_VOYAGE)
    numbers = stages["train"].to_numpy()[afloat].tolist()
    for number, voyage in zip(numbers, voyage_of[afloat].tolist(), strict=True):
        voyages.setdefault(number, []).append((voyage_id(voyage), "sails with"))
    return voyages


def objects(
    results: Results, trains: pd.DataFrame, voyages: pd.DataFrame, voyages_by_train: dict[int, list[tuple[str, str]]]
) -> list[Objects]:
    """All objects, in the order of `KINDS`."""
    directions = [results.scenario.flows[name].direction for name in trains["flow"]]
    about = trains.assign(direction=directions, warm_up=trains["offered_h"] < 0)
    vessels = [f"vessel {name} of {place}" for name, place in zip(voyages["vessel"], voyages["place"], strict=True)]
    fleet = pd.DataFrame({"id": vessels, "place": voyages["place"].astype(str)}).drop_duplicates(ignore_index=True)
    numbers = trains["train"].tolist()
    return [
        Objects(
            TRAIN, [train_id(number) for number in numbers], about, [voyages_by_train.get(key, []) for key in numbers]
        ),
        belongings(DECLARATIONS, eventlog.of_trains(results.tables.declarations, trains), "place", "of"),
        belongings(WAGON_SET, eventlog.of_trains(results.tables.wagon_sets, trains), "pool", "carries"),
        Objects(VOYAGE, [voyage_id(n) for n in range(len(voyages))], voyages, [[(key, "made by")] for key in vessels]),
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
    events = eventlog.spell_events(stages)
    code, combinations = eventlog.codes(stages, SPELL)
    heads = [
        event_head(f"{words.ACTIVITIES[activity]}: {step}", (place, words.CAUSES[cause], bool(beside)))
        for place, activity, cause, beside in combinations.itertuples(index=False, name=None)
        for step in eventlog.TRANSITIONS
    ]
    own = np.array([relation(train_id(number), "train") for number in stages["train"].tolist()], dtype=object)
    for row in np.flatnonzero(voyage_of != NO_VOYAGE).tolist():
        own[row] += "," + relation(voyage_id(voyage_of[row]), "voyage")
    head = np.array(heads, dtype=object)[code[events.row] * len(eventlog.TRANSITIONS) + events.transition]
    return Stream(events.hour, head, own[events.row])


def step_stream(group: Objects) -> Stream:
    """The steps of objects of one kind: events of the object, and of the one it belongs to."""
    kind = group.kind
    events = eventlog.step_events(group.table, tuple(kind.steps))
    own = np.array([relation(identity, kind.name) for identity in group.ids], dtype=object)
    if kind.owner:
        for row, relations in enumerate(group.related):
            own[row] += "," + relation(relations[0][0], kind.owner)
    head = np.array([event_head(step, ()) for step in kind.steps.values()], dtype=object)
    return Stream(events.hour, head[events.transition], own[events.row])


def event_head(name: str, values: tuple[Any, ...]) -> str:
    """What an event says besides its id, time and objects; `values` are those of `SPELL_ATTRIBUTES`, or none."""
    attributes = [{"name": key, "value": value} for key, value in zip(SPELL_ATTRIBUTES, values, strict=False)]
    return f'"type":{json_text(name)},"attributes":{json_text(attributes)}'


def relation(identity: str, qualifier: str) -> str:
    """A relation to an object as JSON."""
    return f'{{"objectId":{json_text(identity)},"qualifier":{json_text(qualifier)}}}'


def object_lines(group: Objects) -> Iterator[str]:
    """Each object as a line of JSON."""
    kind = group.kind
    names = list(kind.attributes)
    rows = zip(*(group.table[name].tolist() for name in names), strict=True)
    for identity, values, relations in zip(group.ids, rows, group.related, strict=True):
        attributes = [{"name": key, "time": EPOCH, "value": value} for key, value in zip(names, values, strict=True)]
        links = ",".join(relation(*pair) for pair in relations)
        kind_of = f'"id":{json_text(identity)},"type":{json_text(kind.name)}'
        yield f'{{{kind_of},"attributes":{json_text(attributes)},"relationships":[{links}]}}'


def event_lines(streams: list[Stream], calendar: Calendar) -> Iterator[str]:
    """Each event as a line of JSON, in the order of time; at equal times in that of the sources."""
    hour = np.concatenate([stream.hour for stream in streams])
    order = np.argsort(hour, kind="stable")
    head = np.concatenate([stream.head for stream in streams])[order]
    relations = np.concatenate([stream.relations for stream in streams])[order]
    for first in range(0, len(hour), BATCH):
        batch = slice(first, first + BATCH)
        rows = zip(eventlog.stamps(hour[order[batch]], calendar).tolist(), head[batch], relations[batch], strict=True)
        for number, (moment, head_text, relations_text) in enumerate(rows, first):
            yield f'{{"id":"e{number}","time":"{moment}",{head_text},"relationships":[{relations_text}]}}'


def write_rows(file: TextIO, lines: Iterable[str]) -> None:
    """Write the members of a list, a line each."""
    lines, between = iter(lines), ""
    while batch := list(islice(lines, BATCH)):
        file.write(between + ",\n".join(batch))
        between = ",\n"
    file.write("\n")


def json_text(value: Any) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
