"""Boxes that come back empty: by hand, by Little's law, and in the slots of a vessel that they share with cargo."""

from __future__ import annotations

from sim.verification import tiny
from sim.verification.findings import Check, Finding, equal, exact, sampled

HAND = "by hand"


def way_back() -> list[Finding]:
    """Boxes of half of the trains, which come each 12 h and are over the line in one; 30 h until they are empty.

    Delivered at 7, 19, 31 and so on, 50 TEU of each are ready from 37 on each 12 h; so a train of 100 sets out at 49,
    and each 24 h. It is on the line for an hour, and then stands in a row before the one track of the border, where the
    trains of the yard, each 12 h from 6 on, and it take 9 h each: first come, first served, whatever its number.
    """
    places = {
        "line": tiny.section(1),
        "yard": tiny.section(1),
        "khorgos": tiny.border(receiving_tracks=1, forming_h=9),
    }
    flows = {
        "west": tiny.every(12, "line"),
        "back": tiny.empties({"west": 0.5}, "line", "khorgos", turn_h=30),
        "east": tiny.every(12, "yard", "khorgos", direction="eastbound"),
    }
    tables = tiny.played(tiny.scenario(places, flows, 7))
    trains = tables.trains[tables.trains["flow"] == "back"]
    rows = list(trains[["train", "offered_h", "net_t", "teu"]].itertuples(index=False, name=None))
    by_hand = [(28 + number, 49.0 + 24 * number, 0.0, 100.0) for number in range(5)]
    order = tables.stages[tables.stages["activity"] == "forming"].sort_values("started_h")["train"]
    offered_h = tables.trains.set_index("train").loc[order, "offered_h"].tolist()
    return [
        exact("boxes back: number, hour, cargo and boxes of each train", HAND, by_hand, rows),
        exact("boxes back: trains at a border in the order of their offer", HAND, sorted(offered_h), offered_h),
    ]


def boxes_away() -> list[Finding]:
    """Boxes delivered at random, and emptied in an exponential time: the mean stock is their rate times that time."""
    back = tiny.empties({"west": 0.4}, "line", train="empty", turn_h=tiny.exponential(72))
    world = tiny.scenario(
        {"line": tiny.section(1)},
        {"west": tiny.at_random(0.25, "line"), "back": back},
        days=90,
        trains={"box": tiny.train(), "empty": tiny.train(teu=40)},
        warmup_days=40,
        title="boxes",
    )
    boxes = [tiny.kpi_of(world, "teu_to_return", replication=number) for number in range(tiny.REPLICATIONS)]
    return [sampled("boxes that wait for a way back: mean TEU", "Little", 0.25 * 0.4 * 100 * 72, boxes)]


def shared_slots() -> list[Finding]:
    """A vessel of 200 TEU that leaves a port each day: 200 west in a round trip of two, 100 east, and 50 empty.

    A train of 100 sets out in the east each day; a quarter of its boxes come back, a train of 50 in each round trip.
    """
    crossing = tiny.sea(200, 0, {"departs_every_h": 24}, sailing_h=10)
    flows = {
        "west": tiny.every(24, "sea"),
        "east": tiny.every(48, "sea", direction="eastbound"),
        "back": tiny.empties({"west": 0.25}, "sea", train="empty", turn_h=5),
    }
    trains = {"box": tiny.train(), "empty": tiny.train(teu=50)}
    world = tiny.scenario({"sea": crossing}, flows, 40, trains, warmup_days=20)
    answers = [
        ("throughput_teu", "all", "westbound", 4000.0),
        ("throughput_teu", "all", "eastbound", 2000.0),
        ("throughput_empty_teu", "all", "eastbound", 1000.0),
        ("throughput_empty_teu", "all", "back", 1000.0),
        ("throughput_mt", "all", "back", 0.0),
        ("load_share_westbound", "sea", "all", 1.0),
        ("load_share_eastbound", "sea", "all", 0.75),
    ]
    return [
        equal(f"boxes in slots: {kpi} {flow}", HAND, value, tiny.kpi_of(world, kpi, place, flow), off=1e-9)
        for kpi, place, flow, value in answers
    ]


CHECKS: dict[str, Check] = {"boxes back": way_back, "boxes waiting": boxes_away, "boxes in slots": shared_slots}
"""The checks of this module by name."""
