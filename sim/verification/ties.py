"""Who goes first where several wait, and what a vessel takes along, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sim.verification import tiny
from sim.verification.corners import voyages_by_hand
from sim.verification.findings import Check, Finding, exact
from sim.verification.traces import HAND


def first_to_leave(name: str, places: tiny.Table, numbers: Sequence[int], **tables: Any) -> list[Finding]:
    """Slow trains of 2, 6, 10, … and fast ones of 2.5, 7.5, 12.5, … come to what serves one train in twelve hours.

    The numbers of trains in the order in which they leave: when the second is let go, at 14, three others wait.
    """
    fleet = {"wagon_pools": list(tables.get("wagon_pools", {}))}
    trains = {"slow": tiny.train(priority=5, **fleet), "fast": tiny.train(priority=1, **fleet)}
    words = {"regime": "paper", "declarations_per_train": 1} if "regimes" in tables else {}
    flows = {
        "slow": tiny.every(4, *places, train="slow", **words),
        "swift": tiny.every(5, *places, train="fast", **words),
    }
    trains_by_end = tiny.played(tiny.scenario(places, flows, trains=trains, **tables)).trains.sort_values("left_h")
    return [exact(f"order of service: {name}", HAND, list(numbers), trains_by_end["train"].head(len(numbers)).tolist())]


def numbered_by_name(first: str, second: str) -> list[Finding]:
    """Two flows of the same hours and priority at one crew: whose name comes first is formed first."""
    flows = {name: tiny.every(24, "khorgos") for name in (second, first)}
    trains = tiny.played(tiny.scenario({"khorgos": tiny.border(forming_h=2, crews=1)}, flows)).trains
    rows = list(trains[["flow", "offered_h", "left_h"]].head(2).itertuples(index=False, name=None))
    return [exact("of one instant, by name", HAND, [(first, 12.0, 14.0), (second, 12.0, 16.0)], rows)]


def half_laden() -> list[Finding]:
    """At low water a vessel for 100 takes 50: a train needs two calls, and its loading begins with the second.

    There at 0 to 5, then at 25, 45, 65 and 85; trains of 12, 36 and 60.
    """
    crossing = tiny.sea(100, 5, {"load_factor": 0.5}, sailing_h=10)
    tables = tiny.played(tiny.scenario({"sea": crossing}, {"west": tiny.every(24, "sea")}))
    westbound = tables.voyages[tables.voyages["direction"] == "westbound"]
    cargo = list(westbound[["load", "capacity"]].itertuples(index=False, name=None))
    spells = tiny.times(tables, "loading")[:2]
    return [
        exact("the capacity of a vessel is the nominal one", HAND, [(0, 100)] + [(50, 100)] * 4, cargo),
        exact("a lot is loaded with its last part", HAND, [(12, 45, 45), (36, 85, 85)], spells),
    ]


def shared_deck() -> list[Finding]:
    """Wagons and lorries on one deck of 120 places, beside a ship of 80 for lorries alone; both sail when full.

    Groups of 50: wagons at 2, 6, 10 and 14, lorries at 4, 8 and 12. The ferry is first in turn: the wagons of 2, the
    lorries of 4, and 20 of the wagons of 6 fill it at 6. The ship passes by the other wagons, and takes the lorries of
    8 and 30 of those of 12. The ferry, back at 16, finds 30 and 50 wagons, 20 lorries, and takes 20 of the last wagons.
    """
    deck = {"title": "Deck", "number": 1, "patience_h": 1000}
    ship = {**deck, "capacity_wagons": 80, "takes": ["lorries"]}
    crossing = tiny.sea(1, 0, carries="wagons", sailing_h=5) | {
        "vessels": {"ferry": {**deck, "capacity_wagons": 120}, "ship": ship}
    }
    trains = {"wagons": tiny.train(handling="wagons"), "lorries": tiny.train(handling="lorries")}
    flows = {"rail": tiny.every(4, "sea", train="wagons"), "road": tiny.every(4, "way", "sea", train="lorries")}
    voyages = tiny.played(tiny.scenario({"sea": crossing, "way": tiny.section(2)}, flows, 1, trains)).voyages
    rows = voyages[voyages["direction"] == "westbound"][["vessel", "sailed_h", "load"]].head(3)
    by_hand = [("ferry_1", 6.0, 120.0), ("ship_1", 12.0, 80.0), ("ferry_1", 16.0, 120.0)]
    by_model = list(rows.itertuples(index=False, name=None))
    return [exact("wagons and lorries on one deck, and lorries alone", HAND, by_hand, by_model)]


def opening_ports() -> list[Finding]:
    """Of two vessels the first begins in the east, with patience to 5; the second in the west, where no cargo comes."""
    crossing = tiny.sea(100, 5, {"number": 2}, sailing_h=10)
    voyages = tiny.played(tiny.scenario({"sea": crossing}, {"west": tiny.every(24, "sea")})).voyages
    columns = voyages.sort_values("sailed_h")[["vessel", "direction", "sailed_h"]]
    rows = list(columns.head(2).itertuples(index=False, name=None))
    expected = [("feeder_2", "eastbound", 0.0), ("feeder_1", "westbound", 5.0)]
    return [exact("vessels begin in turn from the east", HAND, expected, rows)]


FIRST_COME, BY_PRIORITY = (0, 1, 2, 3), (0, 1, 3, 5)
ORDERS: dict[str, tuple[Sequence[int], tiny.Table, dict[str, tiny.Table]]] = {
    "paths": (FIRST_COME, {"line": tiny.section(1, 2)}, {}),
    "handover": (FIRST_COME, {"khorgos": tiny.border(westbound_handover_trains_per_day=2)}, {}),
    "desks": (
        FIRST_COME,
        {"khorgos": tiny.border(declarant_teams=1)},
        {"regimes": {"paper": tiny.paper(keying_h=12)}},
    ),
    "cranes": (FIRST_COME, {"khorgos": tiny.border(12, 1)}, {}),
    "crews": (FIRST_COME, {"khorgos": tiny.border(forming_h=12, crews=1)}, {}),
    "receiving tracks": (BY_PRIORITY, {"khorgos": tiny.border(receiving_tracks=1, forming_h=12)}, {}),
    "room on a line": (BY_PRIORITY, {"line": tiny.section(12, most_trains=1)}, {}),
    "wagon sets": (
        BY_PRIORITY,
        {"khorgos": tiny.border(0), "yard": tiny.terminal()},
        {"wagon_pools": {"sets": tiny.pool("khorgos", {"yard": 12}, 1)}},
    ),
}
"""Trains in order, the place, and further tables."""

# A train of 4 is enough: stowed at 12, when the next comes. Back at 32, three wait, and are stowed at 56.
ENOUGH = tiny.sea(300, 16, {"least_load_share": 0.3}, sailing_h=10, east={"crane_h_per_100": 8})

CHECKS: dict[str, Check] = {
    **{
        f"order of {name}": partial(first_to_leave, name, places, numbers, **tables)
        for name, (numbers, places, tables) in ORDERS.items()
    },
    "order of names": partial(numbered_by_name, "ahead", "behind"),
    "least load tie": partial(
        voyages_by_hand,
        "a vessel with enough takes no train of the hour of sailing",
        8,
        [(12, 100), (22, 0), (56, 300), (66, 0)],
        ENOUGH,
    ),
    "low water trace": half_laden,
    "shared deck": shared_deck,
    "opening ports": opening_ports,
}
"""The checks of this module by name."""
