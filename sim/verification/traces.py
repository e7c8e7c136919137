"""Journeys worked out by hand: every spell of a train as (activity, queued, started, ended), equal to the digit.

All hours are multiples of a thirty-second, so that sums are exact. What varies varies by one thing at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sim.measure import kpis as measures
from sim.scenario.meaning import periods
from sim.scenario.schema import Scenario
from sim.verification import tiny
from sim.verification.findings import Check, Finding, exact

HAND = "reckoned by hand"

Row = tuple[str, float, float, float]

TEN = {"declarations_per_train": 10}


def spells(name: str, world: Scenario, expected: Mapping[int, Sequence[Row]], beside: bool = False) -> list[Finding]:
    """All that some trains did, by number."""
    tables = tiny.played(world)
    rows = [(number, *row) for number, story in expected.items() for row in story]
    observed = [(number, *row) for number in expected for row in tiny.journey(tables, number, beside)]
    return [exact(f"{name}: spells", HAND, rows, observed)]


def of_activity(
    name: str, world: Scenario, activity: str, expected: Sequence[tuple[float, float, float]]
) -> list[Finding]:
    """The first spells of an activity as (queued, started, ended), trains in order of number."""
    observed = tiny.times(tiny.played(world), activity)[: len(expected)]
    return [exact(f"{name}: spells", HAND, list(expected), observed)]


def at_the_border(regime: dict[str, Any], gap_h: float, **place: Any) -> Scenario:
    """Trains with ten declarations at a border, under one regime."""
    flows = {"west": tiny.every(gap_h, "khorgos", regime="one", **TEN)}
    return tiny.scenario({"khorgos": tiny.border(**place)}, flows, regimes={"one": regime})


def on_paper() -> list[Finding]:
    """Ten declarations of half an hour, one desk each, then the crane, the crew, and four paths a day."""
    places = {
        "khorgos": tiny.border(4, 1, 1, declarant_teams=1, officer_teams=1),
        "line": tiny.section(6, 4),
    }
    flows = {"west": tiny.every(4, "khorgos", "line", regime="one", **TEN)}
    regimes = {"one": tiny.paper(keying_h=0.5, checking_h=0.125)}
    first = [("keying", 2, 2, 7), ("checking", 7, 7, 8.25), ("gauge_change", 8.25, 8.25, 12.25)]
    second = [("keying", 6, 7, 12), ("checking", 12, 12, 13.25), ("gauge_change", 13.25, 13.25, 17.25)]
    first += [("forming", 12.25, 12.25, 13.25), ("running", 13.25, 13.25, 19.25)]
    second += [("forming", 17.25, 17.25, 18.25), ("running", 18.25, 19.25, 25.25)]
    return spells("paper, one after the other", tiny.scenario(places, flows, regimes=regimes), {0: first, 1: second})


def by_tez(late: bool, hours: tuple[float, float, float]) -> list[Finding]:
    """The border is left when papers and gauge change are both done."""
    regime = tiny.tez(late_share=int(late), late_h=5, release_h=0.5)
    world = at_the_border(regime, 4, gauge_h=3, forming_h=1)
    waiting = [("release", 5, hours[1], hours[1])] if late else []
    story = [("gauge_change", 2, 2, 5), *waiting, ("forming", hours[2], hours[2], hours[2] + 1)]
    name = "Tez, lodged five hours late" if late else "Tez, lodged ahead"
    return spells(name, world, {0: story}) + spells(
        f"{name}, beside", world, {0: [("release", 2, hours[0], hours[1])]}, beside=True
    )


def tez_wrong() -> list[Finding]:
    """The declarants correct what is wrong, then comes the release, and the gauge change waits for it."""
    regime = tiny.tez(release_h=0.5, wrong_share=0.5, correction_h=2, works_before_release="nothing")
    flows = {"west": tiny.every(16, "khorgos", regime="one", declarations_per_train=1)}
    world = tiny.scenario({"khorgos": tiny.border(gauge_h=3, declarant_teams=1)}, flows, 16, regimes={"one": regime})
    number = tiny.played(world).declarations["rounds"].to_list().index(2)
    hour = 8.0 + 16 * number
    story = [
        ("keying", hour, hour, hour + 2),
        ("release", hour + 2, hour + 2, hour + 2.5),
        ("gauge_change", hour + 2.5, hour + 2.5, hour + 5.5),
        ("forming", hour + 5.5, hour + 5.5, hour + 5.5),
    ]
    return spells("Tez, corrected, before the gauge change", world, {number: story})


def inspection() -> list[Finding]:
    """One team opens every train for five hours; they come each four, and are opened after the release."""
    inspection = {"red_share": 1, "red_h": 5, "yellow_h": 99, "teams": 1}
    world = at_the_border(tiny.paper(keying_h=0.125), 4, inspection=inspection)
    stories = {
        0: [
            ("keying", 2, 2, 3.25),
            ("checking", 3.25, 3.25, 3.25),
            ("inspection", 3.25, 3.25, 8.25),
            ("forming", 8.25, 8.25, 8.25),
        ],
        1: [
            ("keying", 6, 6, 7.25),
            ("checking", 7.25, 7.25, 7.25),
            ("inspection", 7.25, 8.25, 13.25),
            ("forming", 13.25, 13.25, 13.25),
        ],
    }
    return spells("red channel", world, stories)


def early_papers() -> list[Finding]:
    """Handed in two hours before the route, keyed for seven and a half: the train waits for the rest of it."""
    places = {"line": tiny.section(4), "khorgos": tiny.border(1, declarant_teams=1)}
    flows = {"west": tiny.every(8, "line", "khorgos", regime="one", **TEN)}
    world = tiny.scenario(places, flows, regimes={"one": tiny.paper(keying_h=0.75, lead_h=2)})
    first = [
        ("running", 4, 4, 8),
        ("release", 8, 9.5, 9.5),
        ("gauge_change", 9.5, 9.5, 10.5),
        ("forming", 10.5, 10.5, 10.5),
    ]
    return spells("paper handed in early", world, {0: first})


def full_tracks() -> list[Finding]:
    """Two tracks, five hours a train, one each two hours."""
    world = tiny.scenario({"khorgos": tiny.border(receiving_tracks=2, forming_h=5)}, {"west": tiny.every(2, "khorgos")})
    stories: dict[int, Sequence[Row]] = {
        0: [("forming", 1, 1, 6)],
        1: [("forming", 3, 3, 8)],
        2: [("receiving", 5, 6, 6), ("forming", 6, 6, 11)],
        3: [("receiving", 7, 8, 8), ("forming", 8, 8, 13)],
        4: [("receiving", 9, 11, 11), ("forming", 11, 11, 16)],
    }
    return spells("receiving tracks full", world, stories)


def handed_over() -> list[Finding]:
    """Four trains a day are taken over from China, before they are received; six come."""
    place = tiny.border(receiving_tracks=1, forming_h=1, westbound_handover_trains_per_day=4)
    stories: dict[int, Sequence[Row]] = {
        0: [("forming", 2, 2, 3)],
        1: [("handover", 6, 8, 8), ("forming", 8, 8, 9)],
        2: [("handover", 10, 14, 14), ("forming", 14, 14, 15)],
    }
    return spells("handover westbound", tiny.scenario({"khorgos": place}, {"west": tiny.every(4, "khorgos")}), stories)


def handed_back() -> list[Finding]:
    """Three trains a day are handed over to China; the next cannot come in before on the one track."""
    place = tiny.border(receiving_tracks=1, forming_h=2, eastbound_handover_trains_per_day=3)
    flows = {"east": tiny.every(4, "khorgos", direction="eastbound")}
    stories: dict[int, Sequence[Row]] = {
        0: [("forming", 2, 2, 4)],
        1: [("forming", 6, 6, 8), ("handover", 8, 12, 12)],
        2: [("receiving", 10, 12, 12), ("forming", 12, 12, 14), ("handover", 14, 20, 20)],
    }
    return spells("handover eastbound", tiny.scenario({"khorgos": place}, flows), stories)


def express() -> list[Finding]:
    """A train of higher priority goes before one that has waited longer."""
    places = {"khorgos": tiny.border(receiving_tracks=1, forming_h=8), "line": tiny.section(1)}
    flows = {"slow": tiny.every(4, "khorgos", train="slow"), "fast": tiny.every(16, "line", "khorgos", train="fast")}
    types = {"slow": tiny.train(priority=1), "fast": tiny.train(priority=0)}
    stories: dict[int, Sequence[Row]] = {
        1: [("receiving", 6, 18, 18), ("forming", 18, 18, 26)],
        2: [("running", 8, 8, 9), ("receiving", 9, 10, 10), ("forming", 10, 10, 18)],
    }
    return spells("express before ordinary train", tiny.scenario(places, flows, 4, types), stories)


def on_the_track(single: bool, departures: list[float]) -> list[Finding]:
    """Trains of both directions each four hours, four paths a day each way."""
    place = tiny.section(10, 4, single_track=single)
    flows = {"west": tiny.every(4, "line"), "east": tiny.every(4, "line", direction="eastbound")}
    stages = tiny.played(tiny.scenario({"line": place}, flows)).stages
    observed = sorted(stages["started_h"].tolist())[: len(departures)]
    return [exact(f"paths of a {'single' if single else 'double'} track: departures", HAND, departures, observed)]


def desks_by_day(at_closing: str, keying: list[tuple[float, float, float]]) -> list[Finding]:
    """Open from 8 to 16 UTC; six hours and a quarter to key, a train each four."""
    office = {"opens": dt.time(8), "closes": dt.time(16), "at_closing": at_closing}
    regime = tiny.paper(keying_h=0.625)
    world = at_the_border(regime, 4, declarant_teams=1, time_zone="UTC", office_hours=office)
    return of_activity(f"working hours, {at_closing} at closing", world, "keying", keying)


def desks_on_dates() -> list[Finding]:
    """One team of declarants, two from the second day."""
    world = at_the_border(tiny.paper(keying_h=0.75), 4, declarant_teams={"2025-01-01": 1, "2025-01-02": 2})
    rows = [(2, 2, 9.5), (6, 9.5, 17), (10, 17, 24.5), (14, 24, 31.5), (18, 24.5, 32), (22, 31.5, 39)]
    return of_activity("a team more from the second day", world, "keying", rows)


def sets_come_home() -> list[Finding]:
    """One wagon set, placed for two hours, is home twenty hours after it was emptied."""
    places = {"khorgos": tiny.border(3), "yard": tiny.terminal(4)}
    fleet = {"sets": tiny.pool("khorgos", {"yard": 20}, 1, placing_h=2)}
    world = tiny.scenario(
        places,
        {"west": tiny.every(8, "khorgos", "yard")},
        4,
        {"box": tiny.train(wagon_pools=["sets"])},
        wagon_pools=fleet,
    )
    first = [("placing", 4, 4, 6), ("gauge_change", 6, 6, 9), ("forming", 9, 9, 9), ("terminal", 9, 9, 13)]
    second = [
        ("placing", 12, 33, 33),
        ("placing", 33, 33, 35),
        ("gauge_change", 35, 35, 38),
        ("forming", 38, 38, 38),
        ("terminal", 38, 38, 42),
    ]
    findings = spells("one wagon set", world, {0: first, 1: second})
    trip = tiny.played(world).wagon_sets.head(1)[["taken_h", "released_h", "home_h"]]
    return [
        *findings,
        exact("one wagon set: taken, left, home", HAND, [(4, 13, 33)], list(trip.itertuples(index=False, name=None))),
    ]


def agreed_limit() -> list[Finding]:
    """One train of the flow is under way at a time, two from the second day."""
    limit = {"most_trains_under_way": {"2025-01-01": 1, "2025-01-02": 2}}
    world = tiny.scenario({"line": tiny.section(10)}, {"west": tiny.every(4, "line", **limit)})
    stories: dict[int, Sequence[Row]] = {
        0: [("running", 2, 2, 12)],
        1: [("holding", 6, 12, 12), ("running", 12, 12, 22)],
        2: [("holding", 10, 22, 22), ("running", 22, 22, 32)],
        3: [("holding", 14, 24, 24), ("running", 24, 24, 34)],
    }
    return spells("agreed limit", world, stories)


def full_line() -> list[Finding]:
    """A line for one train: the next stands at the border, on its track, and holds up the third."""
    places = {"khorgos": tiny.border(receiving_tracks=1, forming_h=1), "line": tiny.section(10, most_trains=1)}
    stories: dict[int, Sequence[Row]] = {
        0: [("forming", 2, 2, 3), ("running", 3, 3, 13)],
        1: [("forming", 6, 6, 7), ("standing", 7, 13, 13), ("running", 13, 13, 23)],
        2: [("receiving", 10, 13, 13), ("forming", 13, 13, 14), ("standing", 14, 23, 23), ("running", 23, 23, 33)],
    }
    return spells(
        "a full line holds up the border", tiny.scenario(places, {"west": tiny.every(4, "khorgos", "line")}), stories
    )


def vessel(
    name: str, crossing: dict[str, Any], stories: Mapping[int, Sequence[Row]], gap_h: float = 4
) -> list[Finding]:
    """Trains of 100 TEU over the sea."""
    return spells(name, tiny.scenario({"sea": crossing}, {"west": tiny.every(gap_h, "sea")}, 8), stories)


def port_spells(put: float, load: float, sail: float, arrive: float, ashore: float) -> list[Row]:
    """The spells at a crossing with ample tracks, by their hours; vessels are ready to berth."""
    return [
        ("port_track", put, put, put),
        ("loading", put, load, sail),
        ("sailing", sail, sail, arrive),
        ("landing", arrive, arrive, ashore),
        ("port_track", ashore, ashore, ashore),
    ]


CRANES = {"east": {"crane_h_per_100": 0.5}, "west": {"crane_h_per_100": 0.25}}


def count_without_warmup() -> list[Finding]:
    """Trains each four hours from two days before the start, ten hours on the way: four days hold 24 of each."""
    world = tiny.scenario({"line": tiny.section(10)}, {"west": tiny.every(4, "line")}, warmup_days=2)
    table = measures.measure_run(world, tiny.played(world), periods(world))
    rows = table[(table["flow"] == "west") & (table["place"] == "all") & (table["period"] == "all")]
    values = rows.set_index("kpi")["value"]
    kpis = ["trains_created", "trains_delivered", "throughput_mt", "transit_days"]
    observed = [float(values[kpi]) for kpi in kpis]
    return [exact("measures leave the warm-up out", HAND, [24, 24, 0.024, 10 / 24], observed, 1e-12)]


CHECKS: dict[str, Check] = {
    "paper trace": on_paper,
    "tez trace": partial(by_tez, False, (2, 2.5, 5)),
    "tez late trace": partial(by_tez, True, (7, 7.5, 7.5)),
    "tez wrong trace": tez_wrong,
    "red trace": inspection,
    "early trace": early_papers,
    "tracks trace": full_tracks,
    "handover trace": handed_over,
    "handed back trace": handed_back,
    "express trace": express,
    "single track": partial(on_the_track, True, [2, 5, 8, 11, 14, 17]),
    "double track": partial(on_the_track, False, [2, 2, 8, 8, 14, 14]),
    "stop trace": partial(desks_by_day, "stop", [(2, 8, 14.25), (6, 14.25, 36.5), (10, 36.5, 58.75)]),
    "finish trace": partial(
        desks_by_day, "finish", [(2, 8, 14.25), (6, 14.25, 20.5), (10, 32, 38.25), (14, 38.25, 44.5)]
    ),
    "teams trace": desks_on_dates,
    "sets trace": sets_come_home,
    "limit trace": agreed_limit,
    "line trace": full_line,
    # Full with the second train: sails at 6.5 when it is stowed; 4 h on the way, 0.5 h of crane ashore, and back.
    "full vessel trace": partial(
        vessel,
        "a vessel sails when it is full",
        tiny.sea(200, 1000, sailing_h=4, **CRANES),
        {0: port_spells(2, 2, 6.5, 10.5, 11), 1: port_spells(6, 6, 6.5, 10.5, 11)},
    ),
    # Patience of 5 h from hour 0: it leaves with the one train that came at 2.
    "patience trace": partial(
        vessel,
        "a vessel leaves when its patience ends",
        tiny.sea(300, 5, sailing_h=4, **CRANES),
        {0: port_spells(2, 2, 5, 9, 9.25)},
    ),
    # It sails empty at 0, from the other port at 9, is back at 11, full with the trains of 2 and 6, and leaves at 18.
    "timetable trace": partial(
        vessel,
        "a vessel leaves by its timetable",
        tiny.sea(200, 0, {"departs_every_h": 9.0}, sailing_h=2, west={"berths": 1}),
        {0: port_spells(2, 11, 18, 20, 20), 1: port_spells(6, 11, 18, 20, 20)},
    ),
    "warm-up": count_without_warmup,
}
"""The checks of this module by name."""
