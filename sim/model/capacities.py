"""The catalogue of stages and capacities: what trains do at each kind of place, what they wait for, what is used up.

Whoever writes capacities down, measures their use, looks for the one that binds, reckons loads, or tells a reader reads
it here. A new activity or cause is entered here once, and a new kind of place has a row for each of its stages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from functools import reduce
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

from sim.model.ledger import Activity, Cause

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from sim.scenario.schema import Scenario
    from sim.scenario.traffic import Flow


class Hold(Enum):
    """What a unit of a capacity is held for; the value is the table of the ledger that its use is counted from."""

    SPELL = "stages"
    """The activity: a desk, a crane."""
    STAY = "stays"
    """A stay in a finite place: a track, room on a line or in a yard."""
    CALL = "voyages"
    """The call of a vessel, from berthing to the end of loading."""
    TRIP = "wagon_sets"
    """The trip of a wagon set, from its train until it is home again."""
    NO_COUNT = ""
    """A rate has nothing to hold; port cranes and vessels have measures of their own."""


class JourneyPart(StrEnum):
    """The parts of a journey, customs first, and what holds a train back before it."""

    CUSTOMS = "customs"
    RECEPTION = "handover and reception"
    WAGON_SET = "wagon set"
    GAUGE_CHANGE = "gauge change"
    FORMING = "forming"
    RUNNING = "running on the line"
    STANDING = "standing before a full line or yard"
    SEA = "port and sea"
    TERMINAL = "terminal"
    BAN = "ban or agreed limit, before the journey"


@dataclass(frozen=True)
class ActivityFacts:
    """An activity as a noun, the part of a journey it belongs to, and what it uses up, if it has a capacity."""

    title: str
    part: JourneyPart
    uses: str = ""


ACTIVITIES = {
    Activity.RECEIVING: ActivityFacts("reception", JourneyPart.RECEPTION, "receiving tracks"),
    Activity.KEYING: ActivityFacts("keying of declarations", JourneyPart.CUSTOMS, "declarants"),
    Activity.CHECKING: ActivityFacts("checking of declarations", JourneyPart.CUSTOMS, "customs officers"),
    Activity.RELEASE: ActivityFacts("digital release", JourneyPart.CUSTOMS),
    Activity.INSPECTION: ActivityFacts("inspection", JourneyPart.CUSTOMS, "inspection teams"),
    Activity.PLACING: ActivityFacts("placing of the wagon set", JourneyPart.WAGON_SET, "wagon sets"),
    Activity.GAUGE_CHANGE: ActivityFacts("gauge change", JourneyPart.GAUGE_CHANGE, "gauge-change cranes"),
    Activity.FORMING: ActivityFacts("train forming", JourneyPart.FORMING, "forming crews"),
    Activity.HANDOVER: ActivityFacts("handover", JourneyPart.RECEPTION),
    Activity.RUNNING: ActivityFacts("running", JourneyPart.RUNNING, "room on the line"),
    Activity.PORT_TRACK: ActivityFacts("port track", JourneyPart.SEA, "port tracks"),
    Activity.LOADING: ActivityFacts("loading of the vessel", JourneyPart.SEA, "yard, cargo for vessels"),
    Activity.SAILING: ActivityFacts("sailing", JourneyPart.SEA),
    Activity.LANDING: ActivityFacts("unloading of the vessel", JourneyPart.SEA, "yard, cargo from vessels"),
    Activity.TERMINAL: ActivityFacts("terminal", JourneyPart.TERMINAL, "terminal tracks"),
    Activity.HOLDING: ActivityFacts("holding back", JourneyPart.BAN),
    Activity.STANDING: ActivityFacts("standing before a full place", JourneyPart.STANDING),
    Activity.BERTHING: ActivityFacts("berthing", JourneyPart.SEA, "berths"),
    Activity.SHUNTING: ActivityFacts("placing by shunting engines", JourneyPart.WAGON_SET, "shunting engines"),
    Activity.DEPARTURE: ActivityFacts("departure", JourneyPart.FORMING, "locomotives"),
    Activity.ABANDONMENT: ActivityFacts("standing abandoned, and setting off again", JourneyPart.STANDING),
}


@dataclass(frozen=True)
class CauseFacts:
    """A cause of waiting in words that read on after "waiting for", and its part of a journey."""

    title: str
    part: JourneyPart


CAUSES = {
    Cause.RECEIVING_TRACK: CauseFacts("receiving track", JourneyPart.RECEPTION),
    Cause.DECLARANTS: CauseFacts("declarants", JourneyPart.CUSTOMS),
    Cause.OFFICERS: CauseFacts("customs officers", JourneyPart.CUSTOMS),
    Cause.PAPERS: CauseFacts("papers", JourneyPart.CUSTOMS),
    Cause.INSPECTORS: CauseFacts("inspection team", JourneyPart.CUSTOMS),
    Cause.WAGON_SET: CauseFacts("wagon set", JourneyPart.WAGON_SET),
    Cause.CRANES: CauseFacts("gauge-change crane", JourneyPart.GAUGE_CHANGE),
    Cause.CREWS: CauseFacts("forming crew", JourneyPart.FORMING),
    Cause.HANDOVER: CauseFacts("handover", JourneyPart.RECEPTION),
    Cause.PATH: CauseFacts("path on the line", JourneyPart.RUNNING),
    Cause.PORT_TRACK: CauseFacts("port track", JourneyPart.SEA),
    Cause.VESSEL: CauseFacts("vessel", JourneyPart.SEA),
    Cause.WEATHER: CauseFacts("weather at sea", JourneyPart.SEA),
    Cause.BERTH: CauseFacts("berth", JourneyPart.SEA),
    Cause.TERMINAL_TRACK: CauseFacts("terminal track", JourneyPart.TERMINAL),
    Cause.BAN: CauseFacts("leave to set out", JourneyPart.BAN),
    Cause.LINE: CauseFacts("room on the line ahead", JourneyPart.STANDING),
    Cause.YARD: CauseFacts("room in the port yard", JourneyPart.STANDING),
    Cause.ENGINES: CauseFacts("shunting engine", JourneyPart.WAGON_SET),
    Cause.LOCOMOTIVES: CauseFacts("locomotive with its crew", JourneyPart.FORMING),
}

AHEAD = (Cause.LINE, Cause.YARD)
"""What trains wait for where they stand, at whatever place: room in the place ahead."""

Serves = Literal["all", "handling", "westbound", "eastbound"]


@dataclass(frozen=True)
class Stage:
    """A stage at a kind of place (or of a wagon pool or flow), and its capacity if it has one.

    Attributes
    ----------
    kind
        Kind of place; `wagon_pool` or `flow`.
    activities
        What uses the capacity, each as much of its own: a line has room for so many trains in either direction, a yard
        for cargo for vessels and as much from them.
    causes
        What a train waits for where it is short, that which is named after it last: vessels that wait for a berth or a
        crane are late for cargo, and a train waits for a vessel then.
    key
        Where it is written below the place, or below each entry of `table`; empty: no capacity.
    title
        What it is, for a reader, `{}` the entry's name; empty: the title of the entry says it.
    hold
        What a unit of it is held for.
    table
        Table of the place whose entries (a handling, a port, a class of vessel) have this capacity each.
    serves
        Which trains use it: those of the entry's `handling`, or of a direction.
    waits_here, waits_before
        Whether trains wait for it at the place, and whether in the places before.
    """

    kind: str
    activities: tuple[Activity, ...]
    causes: tuple[Cause, ...]
    key: str = ""
    title: str = ""
    hold: Hold = Hold.SPELL
    table: str = ""
    serves: Serves = "all"
    waits_here: bool = True
    waits_before: bool = False


STAGES = (
    Stage("border", (Activity.RECEIVING,), (Cause.RECEIVING_TRACK,), "receiving_tracks", "receiving tracks", Hold.STAY),
    Stage(
        "border",
        (Activity.RECEIVING,),
        (Cause.RECEIVING_TRACK,),
        "eastbound_receiving_tracks",
        "receiving tracks towards China",
        Hold.STAY,
        serves="eastbound",
    ),
    Stage("border", (Activity.KEYING,), (Cause.DECLARANTS,), "declarant_teams", "teams of declarants"),
    Stage("border", (Activity.CHECKING,), (Cause.OFFICERS,), "officer_teams", "teams of customs officers"),
    Stage("border", (Activity.RELEASE,), (Cause.PAPERS,)),
    Stage("border", (Activity.INSPECTION,), (Cause.INSPECTORS,), "inspection.teams", "inspection teams"),
    Stage("border", (Activity.PLACING,), (Cause.WAGON_SET,)),
    Stage("border", (Activity.SHUNTING,), (Cause.ENGINES,), "shunting.engines", "shunting engines"),
    Stage(
        "border",
        (Activity.GAUGE_CHANGE,),
        (Cause.CRANES,),
        "cranes",
        "gauge change, {}",
        table="gauge_change",
        serves="handling",
    ),
    Stage("border", (Activity.FORMING,), (Cause.CREWS,), "forming.crews", "forming crews"),
    Stage("border", (Activity.DEPARTURE,), (Cause.LOCOMOTIVES,), "departure.locomotives", "locomotives with crews"),
    Stage(
        "border",
        (Activity.HANDOVER,),
        (Cause.HANDOVER,),
        "westbound_handover_trains_per_day",
        "handover westbound, trains a day",
        Hold.NO_COUNT,
        serves="westbound",
    ),
    Stage(
        "border",
        (Activity.HANDOVER,),
        (Cause.HANDOVER,),
        "eastbound_handover_trains_per_day",
        "handover eastbound, trains a day",
        Hold.NO_COUNT,
        serves="eastbound",
    ),
    Stage("section", (Activity.RUNNING,), (Cause.PATH,), "paths_per_day", "paths a day", Hold.NO_COUNT),
    Stage(
        "section",
        (Activity.RUNNING, Activity.RUNNING),
        (Cause.LINE,),
        "most_trains",
        "room for trains",
        Hold.STAY,
        waits_here=False,
        waits_before=True,
    ),
    Stage("sea", (Activity.PORT_TRACK,), (Cause.PORT_TRACK,), "tracks", "working tracks", table="ports"),
    Stage("sea", (Activity.BERTHING,), (Cause.VESSEL, Cause.BERTH), "berths", "berths", Hold.CALL, "ports"),
    Stage("sea", (Activity.BERTHING,), (Cause.VESSEL, Cause.BERTH), "cranes", "cranes", Hold.NO_COUNT, "ports"),
    *(
        Stage(
            "sea",
            (Activity.LOADING, Activity.LANDING),
            (Cause.YARD,),
            f"yard_{unit}",
            f"yard, {unit}",
            Hold.STAY,
            "ports",
            waits_before=True,
        )
        for unit in ("teu", "wagons", "t")
    ),
    Stage("sea", (Activity.LOADING,), (Cause.VESSEL,), "number", "", Hold.NO_COUNT, "vessels"),
    Stage("sea", (Activity.SAILING,), (Cause.WEATHER,)),
    Stage("sea", (Activity.CHECKING,), (Cause.OFFICERS,), waits_here=False),
    Stage("sea", (Activity.PLACING,), (Cause.WAGON_SET,)),
    Stage(
        "terminal",
        (Activity.TERMINAL,),
        (Cause.TERMINAL_TRACK,),
        "tracks",
        "working tracks, {}",
        table="unloading",
        serves="handling",
    ),
    Stage("terminal", (Activity.PLACING,), (Cause.WAGON_SET,)),
    Stage("wagon_pool", (Activity.PLACING,), (Cause.WAGON_SET,), "sets", "", Hold.TRIP),
    Stage(
        "flow",
        (Activity.HOLDING,),
        (Cause.BAN,),
        "most_trains_under_way",
        "agreed most trains under way",
        Hold.NO_COUNT,
    ),
)
"""In the order in which the ledger has the capacities of a place."""


KINDS = tuple(dict.fromkeys(stage.kind for stage in STAGES if stage.kind not in ("wagon_pool", "flow")))
"""Kinds of place."""

CUSTOMS = tuple(activity for activity, facts in ACTIVITIES.items() if facts.part is JourneyPart.CUSTOMS)
"""The activities whose waits and works are customs formalities."""


@dataclass(frozen=True)
class Capacity:
    """A capacity as a scenario states it: its key below the place, what it is and whose, its amount by date.

    `entry` is that of the stage's `table`; empty where the place has one capacity for all. Counts are whole numbers,
    rates and yards are not.
    """

    stage: Stage
    key: str
    title: str
    entry: str
    amount: Mapping[dt.date, Any]


def capacities(kind: str, source: Any) -> Iterator[Capacity]:
    """The capacities that a place, a wagon pool or a flow states, entry by entry of its tables."""
    rows = [stage for stage in STAGES if stage.kind == kind and stage.key]
    for table, neighbours in groupby(rows, key=attrgetter("table")):
        stages = list(neighbours)
        entries = getattr(source, table) if table else {"": source}
        for entry, owner in entries.items():
            for stage in stages:
                amount = reduce(lambda table, key: getattr(table, key, None), stage.key.split("."), owner)
                if amount is not None:
                    key = f"{table}.{entry}.{stage.key}" if table else stage.key
                    stage = for_one_direction(stage, source)
                    yield Capacity(stage, key, capacity_title(stage, source, entry, owner), entry, amount)


def for_one_direction(stage: Stage, source: Any) -> Stage:
    """The stage; receiving tracks are for trains from China alone where those towards it have their own."""
    is_parted = stage.key == "receiving_tracks" and source.eastbound_receiving_tracks is not None
    return replace(stage, serves="westbound") if is_parted else stage


def capacity_title(stage: Stage, source: Any, entry: str, owner: Any) -> str:
    """Whose capacity it is and what, for a reader; a port goes by its own name, a crane by that of its border."""
    if stage.title:
        return f"{getattr(owner, 'title', source.title)}: {stage.title.format(entry.replace('_', ' '))}"
    return f"{source.title}: {owner.title}" if entry else str(source.title)


def flows_served(scenario: Scenario, capacity: Capacity, flows: Mapping[str, Flow]) -> dict[str, Flow]:
    """Those of some flows past a place whose trains use a capacity there."""
    serves = capacity.stage.serves
    if serves == "all":
        return dict(flows)
    if serves == "handling":
        return {name: flow for name, flow in flows.items() if scenario.trains[flow.train].handling == capacity.entry}
    return {name: flow for name, flow in flows.items() if flow.direction == serves}


def activities_at(kind: str) -> list[Activity]:
    """What trains do at a kind of place, in the order of the enumeration; where the place ahead is full, they stand."""
    return sorted(
        {activity for stage in STAGES if stage.kind == kind for activity in stage.activities}
        | {Activity.STANDING, Activity.ABANDONMENT}
    )


def causes_at(kind: str) -> set[Cause]:
    """What trains wait for at a kind of place, room ahead included, and a locomotive where they were abandoned."""
    staged = {cause for stage in STAGES if stage.kind == kind and stage.waits_here for cause in stage.causes}
    return staged | {*AHEAD, Cause.LOCOMOTIVES}
