"""The table of what the twin is told: every field by noun, from which the packing and a C header are both made.

Fields have the names that the model gives them. A kind of field is a word: `real` and `count` (0 or more) are numbers,
`flag` is 0 or 1, `mask` a set of handlings as bits; `code8`, `code16` and `code32` are whole numbers that the ledger
keeps in so many bits. `reals`, `wholes` and `trains` are columns, the last with a number for each train of a flow;
`steps` are dates and numbers, `rounds` numbers by train and round. `*room` is the number of a room, `?room` that of one
or -1 for none, `[room]` a column of numbers of rooms.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model import ledger
from sim.model.ledger import Activity, Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

TERMS = {
    "run": {"opening_h": "real", "closing_h": "real", "sums_with_care": "flag"},
    "spells": {"opens_h": "reals", "closes_h": "reals"},
    "closures": {"closed_h": "reals", "opened_h": "reals"},
    "room": {"steps": "steps", "bans": "[ban]"},
    "desk": {"places": "count", "places_at_most": "count", "change_h": "reals", "rise": "wholes"}
    | {"hours": "?spells", "finish": "flag"},
    "paths": {"paths_per_h": "reals", "headway_h": "reals", "until_h": "reals"},
    "pool": {"code": "code16", "home": "count", "places": "count", "run_out_h": "reals"}
    | {"group_sets": "code16", "steps": "steps"},
    "ban": {"rooms": "[room]", "begins_at_share": "real", "lifts_at_share": "real", "lead_h": "real"}
    | {"quota_gap_h": "real", "catch_up_gap_h": "real"},
    "depot": {"teu_a_train": "real", "plans": "[plan]"},
    "crossing": {"place": "code16", "weather": "*closures"},
    "side": {"crossing": "*crossing", "direction": "code8", "ships": "mask", "berths": "*room", "cranes": "*desk"}
    | {"tracks": "*desk", "yard": "?room", "ashore": "?room"},
    "vessel": {"crossing": "*crossing", "code": "code16", "home": "*side", "away": "*side", "enters_h": "real"}
    | {"retires_h": "real", "capacity": "real", "takes": "mask", "patience_h": "real", "least_load_share": "real"}
    | {"departs_every_h": "real", "load_factor": "steps", "sailing_h": "reals"}
    | {"unloading_home_h": "reals", "unloading_away_h": "reals", "loading_home_h": "reals", "loading_away_h": "reals"},
    "clearance": {"is_tez": "flag", "code": "code16", "works_before_release": "count", "lead_h": "real"}
    | {"lodged_h": "trains", "release_h": "trains", "keying_h": "trains", "checking_h": "trains", "rounds": "rounds"}
    | {"outages": "?closures", "fallback": "?clearance"},
    "customs": {"declarations": "code32", "regime_from_h": "reals", "regime": "[clearance]", "otherwise": "?clearance"}
    | {"adoption": "steps", "adopts": "trains", "channel": "wholes", "inspection_h": "trains"},
    "taking": {"sets": "*pool", "at": "count", "placing_h": "trains"},
    "leaving": {"sets": "*pool", "at": "count", "run_h": "trains", "repair_h": "trains"},
    "traction": {"locomotives": "?room", "turn_h": "trains", "abandoned_after_h": "real", "restart_h": "trains"},
    "section": {"place": "code16", "paths": "*paths", "room": "?room", "running_h": "trains", "ahead": "?traction"},
    "border": {"place": "code16", "inbound": "flag", "handover": "?paths", "tracks": "*room", "declarants": "*desk"}
    | {"officers": "*desk", "inspectors": "*desk", "papers": "*customs", "engines": "?room", "shunting_h": "trains"}
    | {"cranes": "?desk", "gauge_change_h": "trains", "crews": "*desk", "forming_h": "trains", "taking": "?taking"}
    | {"leaving": "?leaving", "traction": "*traction"},
    "sea": {"crossing": "*crossing", "near": "*side", "far": "*side", "units": "real", "handling": "mask"}
    | {"near_track_h": "trains", "far_track_h": "trains", "near_clearance_h": "trains", "far_clearance_h": "trains"}
    | {"leaving": "?leaving", "taking": "?taking"},
    "terminal": {"place": "code16", "tracks": "*desk", "work_h": "trains", "taking": "?taking", "leaving": "?leaving"},
    "leg": {"place": "code16", "section": "?section", "border": "?border", "sea": "?sea", "terminal": "?terminal"},
    "boxes": {"depot": "*depot", "share": "steps", "turn_h": "trains"},
    "plan": {"code": "code16", "priority": "count", "net_t": "real", "teu": "real", "wagons": "real", "legs": "[leg]"}
    | {"limit": "?room", "bans": "[ban]", "back": "[boxes]", "depot": "?depot", "ordering": "?taking"}
    | {"office": "?border", "trains_at_most": "count"}
    | {"patience_h": "real"},
    "actor": {"room": "?room", "pool": "?pool", "vessel": "?vessel"},
    "offer": {"hour": "real", "plan": "*plan", "index": "count", "has_paper": "flag"} | {"is_sent": "flag"},
    "paper": {"hour": "real", "number": "*offer", "clearance": "*clearance"},
    "order": {"hour": "real", "number": "*offer"},
}
"""The fields of each noun of the twin; where one begins and how many there are, its block says in the same order."""

TABLES = ("trains", "stages", "declarations", "voyages", "stays", "wagon_sets", "losses")
"""The tables that the twin writes, in the order of its own."""

PLACES = np.dtype([("length", "i8"), ("room", "i8"), ("address", "i8")])
"""Of each table of the twin how many rows it has, how many it has room for, and where: an address ends in zeros."""

FAULTS = ("no_fault", "deadlock", "accounts", "hour_before_present", "too_many_trains", "too_many_trips")
"""How a run of the twin ends, by number: well, at a stop of all traffic, or because the twin is wrong."""

SPANS = {"reals": 1, "wholes": 1, "trains": 1, "steps": 2, "rounds": 2}
"""The columns that a field stands for, each told by its place and its length."""


def columns_told(kind: str) -> int:
    """How many columns a kind of field stands for."""
    return 1 if kind[0] == "[" else SPANS.get(kind, 0)


@cache
def record_dtype(noun: str) -> np.dtype[Any]:
    """The record of a noun, as its struct lies in memory: eight bytes a number, sixteen a column."""
    fields: list[tuple[str, str]] = []
    for name, kind in TERMS[noun].items():
        columns = columns_told(kind)
        fields.append((name, f"{2 * columns}i8" if columns else "f8" if kind == "real" else "i8"))
    return np.dtype(fields)


@cache
def row_dtype(table: str) -> np.dtype[Any]:
    """The record of a table of the ledger, as its struct lies in memory, each number where it is read at once."""
    columns: np.dtype[Any] = getattr(ledger, table.upper())
    return np.dtype([(name, columns[name]) for name in columns.names or ()], align=True)


def header() -> str:
    """The C header: records, where they begin, rows of the ledger, and the codes in them."""
    return "\n".join(header_lines()) + "\n"


def struct_name(words: str, kind: str) -> str:
    """The name of a struct: WagonSetsRow."""
    return "".join(map(str.capitalize, words.split("_"))) + kind


def header_lines() -> Iterator[str]:
    """The lines of the header."""
    yield "/* Written from sim/engine/terms.py by make core: change that. */"
    yield "typedef struct { i64 at, n; } Span;"
    yield "typedef struct { Span from_h, values; } Steps;"
    yield "typedef struct { Span first, counts; } Rounds;"
    types = {"real": "f64", "steps": "Steps", "rounds": "Rounds"}
    for noun, fields in TERMS.items():
        name = struct_name(noun, "Terms")
        kinds = {field: types.get(kind, "Span" if columns_told(kind) else "i64") for field, kind in fields.items()}
        yield f"typedef struct {{ {' '.join(f'{kind} {field};' for field, kind in kinds.items())} }} {name};"
    yield f"typedef struct {{ Span {', '.join(TERMS)}, reals, wholes; }} Block;"
    for noun in TERMS:
        name = struct_name(noun, "Terms")
        where = f"(const {name} *)((const char *)block + block->{noun}.at)"
        yield f"static inline const {name} *{noun}_terms(const Block *block) {{ return {where}; }}"
    row_types = {"f8": "f64", "i4": "i32", "i2": "i16", "i1": "i8", "b1": "i8"}
    for table in TABLES:
        dtype = row_dtype(table)
        columns = " ".join(f"{row_types[dtype[name].str[1:]]} {name};" for name in dtype.names or ())
        yield f"typedef struct {{ {columns} }} {struct_name(table, 'Row')};"
    yield f"enum {{ {', '.join(table.upper() for table in TABLES)}, TABLES }};"
    yield f"enum {{ {', '.join(map(str.upper, FAULTS))} }};"
    yield f"enum {{ {', '.join(f'{activity.name} = {activity:d}' for activity in Activity)} }};"
    yield f"enum {{ {', '.join(f'FOR_{cause.name} = {cause:d}' for cause in Cause)} }};"
