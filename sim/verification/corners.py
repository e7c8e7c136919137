"""Corners of mechanisms, worked out by hand: a date that falls into a service, a rate of nothing, a tie, a stop.

Hours count from the first day of a tiny scenario, as in `traces`; each answer stands beside the world it is of.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

import numpy as np

from sim.measure.run_view import KEYS
from sim.model.disruption import chance_spells
from sim.model.randomness import Luck
from sim.runs.replicate import one_replication
from sim.verification import tiny
from sim.verification.findings import Check, Finding, equal, exact, sampled

HAND = "reckoned by hand"
ON_PAPER = tiny.paper(keying_h=1, checking_h=1)
STOP = {"closed_share": {"2025-01-01": 0, "2025-01-02": 1, "2025-01-03": 0}, "closure_h": 10}
"""No sailing on the second day, hours 24 to 48."""


def short_closure(closed_per_day: float, resumed_h: list[float]) -> list[Finding]:
    """A path each two hours, hardly any on the second day: the rest of a headway runs on at the rate of the hour."""
    rate = {"2025-01-01": 12, "2025-01-02": closed_per_day, "2025-01-03": 12}
    world = tiny.scenario({"line": tiny.section(1, rate)}, {"west": tiny.every(2, "line")}, 5)
    stages = tiny.played(world).stages
    departed_h = stages["started_h"].head(15).tolist()
    open_h = [1.0 + 2 * number for number in range(12)]
    return [exact("a closed line resumes within a headway", HAND, [*open_h, *resumed_h], departed_h, 1e-9)]


def stop_at_sea() -> list[Finding]:
    """A vessel full at once sails each four hours: at 22, and then, stopped from 24 on, at 48."""
    world = tiny.scenario(
        {"sea": tiny.sea(100, 1000, {"number": 40}, sailing_h=1, wind=STOP)}, {"west": tiny.every(4, "sea")}, 4
    )
    tables = tiny.played(world)
    sailed = tables.voyages[tables.voyages["load"] > 0]["sailed_h"].dropna()
    stopped = [float(hour) for hour in sailed if 22 <= hour <= 50]
    return [exact("a stop is a stop", HAND, [22.0, *[48.0] * 6, 50.0], sorted(stopped))]


def wind_before_the_port() -> list[Finding]:
    """Off the port at 25, in at 48 when the wind falls, alone: that was weather, and no wait for a berth."""
    world = tiny.scenario({"sea": tiny.sea(100, 1000, sailing_h=3, wind=STOP)}, {"west": tiny.every(44, "sea")}, 4)
    stages = tiny.played(world).stages
    rows = stages[(stages["activity"] == "landing") & (stages["train"] == 0)]
    columns = ["cause", "queued_h", "started_h", "ended_h"]
    expected = [("weather", 25, 48, 48), ("berth", 48, 48, 48)]
    found = list(rows[columns].itertuples(index=False, name=None))
    waited = tiny.kpi_of(world, "wait_h_berth", "sea")
    return [
        exact("wind off a port is no wait for a berth", HAND, expected, found),
        equal("wind off a port: hours for a berth", HAND, 0.0, waited),
    ]


def timetable(sailing_h: float, departs_every_h: float) -> list[Finding]:
    """There and back are whole numbers of intervals: a vessel sails each time it is back, whatever floats say."""
    vessel = {"departs_every_h": departs_every_h}
    world = tiny.scenario({"sea": tiny.sea(100, 0, vessel, sailing_h=sailing_h)}, {"west": tiny.every(24, "sea")}, 365)
    voyages = tiny.played(world).voyages
    sailed_h = voyages[voyages["direction"] == "westbound"]["sailed_h"].to_numpy()
    expected = np.arange(0.0, 8760.0, 2 * sailing_h)
    return [exact(f"a timetable each {departs_every_h} h loses no sailing", HAND, list(expected), list(sailed_h), 1e-6)]


def crane_for_the_next() -> list[Finding]:
    """Two cranes; one loads a vessel with the trains of 1 and 3, to 11 and 21; the other unloads the vessel of 5."""
    west = tiny.every(2, "sea")
    east = tiny.every(4, "sea", direction="eastbound")
    crossing = tiny.sea(200, 4, {"number": 2}, sailing_h=1, east={"cranes": 2, "crane_h_per_100": 10})
    stages = tiny.played(tiny.scenario({"sea": crossing}, {"west": west, "east": east}, 4)).stages
    landed = stages[stages["activity"] == "landing"].sort_values("queued_h").head(1)
    rows = list(landed[["queued_h", "started_h", "ended_h"]].itertuples(index=False, name=None))
    return [exact("no crane idles while a vessel waits", HAND, [(5.0, 5.0, 15.0)], rows, 1e-9)]


def whole_waits() -> list[Finding]:
    """Every train is lodged a hundred hours late, and waits so long, whichever window it leaves in."""
    flows = {"west": tiny.every(7, "khorgos", regime="late", declarations_per_train=1)}
    late = {"late": tiny.tez(late_share=1, late_h=100, works_before_release="nothing")}
    world = tiny.scenario({"khorgos": tiny.border(forming_h=1)}, flows, 60, regimes=late)
    return [equal("a mean wait is that of whole visits", HAND, 100.0, tiny.kpi_of(world, "wait_h", "khorgos"), 1e-9)]


def occupancy_of_a_line() -> list[Finding]:
    """Two trains at once each two days, a path a day, half an hour on a line for two each way: seven runs."""
    flows = {"one": tiny.every(48, "line"), "two": tiny.every(48, "line")}
    world = tiny.scenario({"line": tiny.section(0.5, 1, most_trains=2)}, flows, 8)
    used = tiny.kpi_of(world, "utilisation_running", "line")
    return [equal("a train that waits for its path is not on the line", HAND, 7 * 0.5 / (192 * 4), used, 1e-12)]


def saturated_pool() -> list[Finding]:
    """One set, called from home at 0.5 h by the first of many trains: from then on it is always in use."""
    places = {"yard": tiny.terminal(1), "line": tiny.section(5), "khorgos": tiny.border()}
    fleet = {"sets": tiny.pool("khorgos", {"yard": 10, "khorgos": 3}, 1)}
    flows = {"east": tiny.every(1, "yard", "line", "khorgos", direction="eastbound")}
    world = tiny.scenario(places, flows, 8, {"box": tiny.train(wagon_pools=["sets"])}, wagon_pools=fleet)
    used = tiny.kpi_of(world, "utilisation", "sets")
    return [equal("a set on its way to a train is in use", HAND, (192 - 0.5) / 192, used, 1e-12)]


def vessels_by_chance() -> list[Finding]:
    """A storm a month takes one vessel of two: voyages are divided by the vessels that were there."""
    laid_up = {
        "title": "Laid up",
        "per_year": 12,
        "lasts_days": 10,
        "changes": {"places.sea.vessels.feeder.number": 1},
    }
    crossing = tiny.sea(100, 0, {"number": 2}, sailing_h=10)
    world = tiny.scenario({"sea": crossing}, {"west": tiny.every(5, "sea")}, 365, disruptions={"laid_up": laid_up})
    # Worked out from the days drawn, not from what the run kept of them.
    spells = chance_spells(world, Luck(tiny.seed_of_title(world), 0))["laid_up"]
    days = {start + dt.timedelta(days=day) for start, until in spells for day in range((until - start).days)}
    days &= {dt.date(2025, 1, 1) + dt.timedelta(days=day) for day in range(365)}
    vessel_years = (2 * 365 - len(days)) / 365.25
    voyages = tiny.played(world).voyages["sailed_h"].notna().sum() / vessel_years
    return [
        equal("voyages a vessel that was there", HAND, voyages, tiny.kpi_of(world, "voyages_per_vessel", "sea"), 1e-9)
    ]


def spells_a_year(per_year: float, months: tuple[int, ...], lasts_days: float) -> list[Finding]:
    """As many spells by chance begin in a calendar year as are stated, whatever the months and the length."""
    storms = {
        "title": "Storms",
        "per_year": per_year,
        "months": months,
        "lasts_days": lasts_days,
        "changes": {"places.line.paths_per_day": 1},
    }
    flows = {"west": tiny.every(24, "line")}
    world = tiny.scenario({"line": tiny.section(1)}, flows, 10 * 365 + 3, disruptions={"storms": storms})
    drawn = [len(chance_spells(world, Luck(7, replication))["storms"]) / 10 for replication in range(200)]
    return [sampled(f"spells by chance: {per_year:g} a year of {lasts_days:g} days", "as stated", per_year, drawn)]


def ended_by_a_date() -> list[Finding]:
    """A ring of full places, which ample tracks from day 40 on open: no stop for good."""
    tracks = {"2025-01-01": 1, "2025-02-10": tiny.AMPLE}
    places = {
        "khorgos": tiny.border(receiving_tracks=tracks, forming_h=1),
        "second": tiny.border(receiving_tracks=tracks, forming_h=1),
        "line": tiny.section(4, most_trains=1),
    }
    flows = {
        "west": tiny.every(3, "khorgos", "line", "second"),
        "east": tiny.every(3, "second", "line", "khorgos", direction="eastbound"),
    }
    stages = tiny.played(tiny.scenario(places, flows, 60)).stages
    departed_h = stages[stages["activity"] == "running"]["started_h"]
    stood = departed_h.between(10 * 24, 40 * 24, inclusive="neither").sum()
    return [exact("a dated rise ends a stop", HAND, [0, True], [stood, (departed_h >= 40 * 24).sum() > 0])]


def order_of_tables() -> list[Finding]:
    """Flows, places and vessels in the reverse order: every measure the same, to the last bit."""
    places: tiny.Table = {
        "line": tiny.section(3, 40, most_trains=3),
        "sea": tiny.sea(150, 30, {"number": 3}, sailing_h=9),
        "baku": tiny.terminal(5, 1),
    }
    places["sea"]["vessels"]["coaster"] = {"title": "Coaster", "number": 1, "capacity_teu": 60, "patience_h": 10}
    west = tiny.every(6, "line", "sea", "baku", departures_cv=1)
    part: tiny.Table = {**tiny.every(6, "line", "sea"), "departures_cv": 0}
    del part["trains_per_year"]
    flows = {
        "west": west,
        "other": tiny.every(6, "line"),
        "some": {**part, "share_of": {"west": 0.3}},
        "more": {**part, "share_of": {"west": 0.2, "other": 0.4}},
    }
    forwards = tiny.scenario(places, flows, 60)
    backwards = tiny.scenario(dict(reversed(places.items())), dict(reversed(flows.items())), 60)
    tables = [one_replication(world, 11, 0, engine=tiny.ENGINE.get()).kpis for world in (forwards, backwards)]
    first, second = (
        table.astype({key: str for key in KEYS}).sort_values(list(KEYS)).itertuples(index=False, name=None)
        for table in tables
    )
    return [exact("the order of tables changes nothing", "the same scenario", list(first), list(second))]


def retired_while_loading() -> list[Finding]:
    """In service to hour 24, loading with patience without end: it leaves then, with the train of 22 aboard."""
    vessel = {"number": {"2025-01-01": 1, "2025-01-02": 0}}
    world = tiny.scenario({"sea": tiny.sea(300, 5000, vessel, sailing_h=4)}, {"west": tiny.every(44, "sea")}, 30)
    voyages = tiny.played(world).voyages
    rows = list(voyages[["loaded_h", "sailed_h", "load"]].itertuples(index=False, name=None))
    return [exact("a retired vessel waits no longer", HAND, [(24.0, 24.0, 100.0)], rows)]


def voyages_by_hand(
    name: str, gap_h: float, expected: list[tuple[float, float]], crossing: tiny.Table
) -> list[Finding]:
    """The voyages of four days as (sailed, load), with and without a flow back of no trains."""
    west = tiny.every(gap_h, "sea")
    nobody = {**west, "direction": "eastbound", "trains_per_year": {2025: 0}}
    findings = []
    for words, flows in (
        (name, {"west": west}),
        (f"{name}, beside a flow of nothing", {"west": west, "nobody": nobody}),
    ):
        voyages = tiny.played(tiny.scenario({"sea": crossing}, flows)).voyages[["sailed_h", "load"]].dropna()
        rows = sorted(voyages.itertuples(index=False, name=None))
        findings.append(exact(words, HAND, expected, rows))
    return findings


def room_in_the_yard() -> list[Finding]:
    """Trains of 6 and 18 before a yard for one; the first vessel comes at 48, and its loading makes room at once."""
    vessel = {"number": {"2025-01-01": 0, "2025-01-03": 1}}
    crossing = tiny.sea(100, 5, vessel, east={"yard_teu": 150, "crane_h_per_100": 2})
    tables = tiny.played(tiny.scenario({"sea": crossing}, {"west": tiny.every(12, "sea")}))
    return [
        exact("room in a yard is free when loading begins", HAND, ("standing", 18, 48, 48), tiny.journey(tables, 1)[0])
    ]


def releases(name: str, regime: tiny.Table, expected: list[tuple[float, float, float]]) -> list[Finding]:
    """Four declarations, an hour each to key and to check, released half an hour after the last of what is needed."""
    flows = {"west": tiny.every(24, "khorgos", regime="one", declarations_per_train=4)}
    places = {"khorgos": tiny.border(declarant_teams=1, officer_teams=1)}
    rows = tiny.played(tiny.scenario(places, flows, regimes={"one": {**regime, "release_h": 0.5}})).declarations
    hours = rows[["lodged_h", "arrived_h", "released_h"]].head(len(expected))
    return [exact(f"{name}: lodged, arrived, released", HAND, expected, list(hours.itertuples(index=False, name=None)))]


def end_of_the_run() -> list[Finding]:
    """Trains of 12, 36 and 60, twelve hours on a line; the run ends at 72, and what falls on that has not happened."""
    tables = tiny.played(tiny.scenario({"line": tiny.section(12)}, {"west": tiny.every(24, "line")}, 3))
    hours = [column.fillna(-1).tolist() for column in (tables.stages["ended_h"], tables.trains["left_h"])]
    return [exact("the very end of a run has not come", HAND, [[24, 48, -1]] * 2, hours)]


def express_at_a_tie() -> list[Finding]:
    """Slow and express come to one crew at the same hour, by lines of 5 h and of 1 h: the express is formed first."""
    trains = {"box": tiny.train(priority=5), "fast": tiny.train(priority=1)}
    places = {"long": tiny.section(5), "short": tiny.section(1), "khorgos": tiny.border(forming_h=2, crews=1)}
    flows = {
        "slow": tiny.every(48, "long", "khorgos"),
        "express": {**tiny.every(56, "short", "khorgos"), "train": "fast"},
    }
    tables = tiny.played(tiny.scenario(places, flows, 4, trains))
    formed = tables.stages[tables.stages["activity"] == "forming"].merge(tables.trains, on="train")
    first = formed[["flow", "queued_h", "started_h"]].sort_values("started_h").head(2)
    rows = list(first.itertuples(index=False, name=None))
    return [exact("an express goes first at a tie", HAND, [("express", 29.0, 29.0), ("slow", 29.0, 31.0)], rows)]


DAILY = {"departs_every_h": 24}
SLOW_CRANES = {"crane_h_per_100": 8}
TO_NONE, TO_ONE = {"number": {"2025-01-01": 1, "2025-01-03": 0}}, {"number": {"2025-01-01": 2, "2025-01-02": 1}}
BACK_AND_FORTH = [(25.0, 100.0), (35, 0), (45, 100), (55, 0), (65, 100), (75, 0), (85, 100), (95, 0)]
AT_SEA: dict[str, tuple[float, list[tuple[float, float]], tiny.Table]] = {
    # There at 0, 34 and 82, and from the other port at 24 and 72.
    "timetable": (24, [(0, 0), (24, 0), (48, 100), (72, 0)], tiny.sea(100, 5, DAILY, sailing_h=10)),
    # Five hours of patience at 0; at 15, 35, 55, 75 and 95, on the other side, none.
    "patience": (24, [(5, 0), (15, 0), *BACK_AND_FORTH], tiny.sea(100, 5, sailing_h=10)),
    # At the berth from 34 on; eight hours to stow the train of 44, or of 48.
    "loading": (88, [(0, 0), (24, 0), (52, 100), (72, 0)], tiny.sea(100, 5, DAILY, sailing_h=10, east=SLOW_CRANES)),
    "timetable tie": (
        96,
        [(0, 0), (24, 0), (56, 100), (72, 0)],
        tiny.sea(100, 5, DAILY, sailing_h=10, east=SLOW_CRANES),
    ),
    # Patience to 16, 54 and 90, trains of 16, 48 and 80, eight hours to stow each.
    "patience tie": (
        32,
        [(24, 100), (34, 0), (60, 100), (70, 0)],
        tiny.sea(300, 16, sailing_h=10, east=SLOW_CRANES),
    ),
    # There at 0, 24, 48 and 72 without any patience; trains of 24 and 72.
    "no patience": (
        48,
        [(0, 0), (12, 0), (24, 100), (36, 0), (48, 0), (60, 0), (72, 100), (84, 0)],
        tiny.sea(300, 0, sailing_h=12),
    ),
    # There from 34 on, with patience to 54, and retired at 48, when the train comes.
    "retirement": (96, [(20, 0), (27, 0)], tiny.sea(300, 20, TO_NONE, sailing_h=7)),
    "retired at work": (88, [(52, 100)], tiny.sea(300, 5000, TO_NONE, sailing_h=50, east=SLOW_CRANES)),
    # The second began at the other port, is at 40 where it came to, and gone.
    "last in": (24, [(0, 0), (5, 0), (45, 0), (85, 100)], tiny.sea(100, 5, TO_ONE, sailing_h=40)),
}
"""Hours between trains, the first after half of them; the voyages as (sailed, load); the crossing."""

CHECKS: dict[str, Check] = {
    # Of the two hours from 23 half a path is missing at 24: an hour's worth after the day, or twelve hours of it.
    "closure trace": partial(short_closure, 0, [49.0, 51.0, 53.0]),
    "hardly open trace": partial(short_closure, 1, [36.0, 49.0, 51.0]),
    "stop at sea trace": stop_at_sea,
    "wind trace": wind_before_the_port,
    "timetable of fifths": partial(timetable, 14.4, 4.8),
    "timetable of quarters": partial(timetable, 32.8, 8.2),
    "timetable of wholes": partial(timetable, 33.6, 33.6),
    "timetable of tenths": partial(timetable, 32.1, 32.1),
    "cranes trace": crane_for_the_next,
    "whole waits": whole_waits,
    "occupancy of a line": occupancy_of_a_line,
    "saturated pool": saturated_pool,
    "vessels by chance": vessels_by_chance,
    "spells in February": partial(spells_a_year, 1, (2,), 3),
    "long spells": partial(spells_a_year, 6, tuple(range(1, 13)), 30),
    "many spells": partial(spells_a_year, 40, tuple(range(1, 13)), 5),
    "dated end of a stop": ended_by_a_date,
    "order of tables": order_of_tables,
    "retirement trace": retired_while_loading,
    "tie trace": express_at_a_tie,
    "timetable of both ports": partial(
        voyages_by_hand, "a timetable is kept where no cargo comes", *AT_SEA["timetable"]
    ),
    "patience of both ports": partial(voyages_by_hand, "no patience where no cargo comes", *AT_SEA["patience"]),
    "loading past a timetable": partial(voyages_by_hand, "what is begun is stowed", *AT_SEA["loading"]),
    "timetable tie": partial(voyages_by_hand, "the train of the hour of sailing is taken", *AT_SEA["timetable tie"]),
    "patience tie": partial(
        voyages_by_hand, "the train of the last hour of patience is taken", *AT_SEA["patience tie"]
    ),
    "no patience tie": partial(voyages_by_hand, "the train of the hour of berthing is taken", *AT_SEA["no patience"]),
    "retirement tie": partial(
        voyages_by_hand, "the train of the hour of retirement is not taken", *AT_SEA["retirement"]
    ),
    "retired at work": partial(voyages_by_hand, "loading is finished by one that retires", *AT_SEA["retired at work"]),
    "last in, first out": partial(voyages_by_hand, "the last vessel of a class retires first", *AT_SEA["last in"]),
    "yard trace": room_in_the_yard,
    # Handed in a day ahead, the first when the run begins.
    "release of early papers": partial(
        releases, "papers done before arrival", {**ON_PAPER, "lead_h": 24}, [(0, 12, 12.5), (12, 36, 36.5)]
    ),
    "release of papers under way": partial(
        releases, "papers done after arrival", {**ON_PAPER, "lead_h": 3}, [(9, 12, 17.5)]
    ),
    "release of papers": partial(releases, "papers handed in on arrival", ON_PAPER, [(12, 12, 20.5)]),
    "release of late papers": partial(
        releases, "late papers", {**ON_PAPER, "lead_h": 24, "late_share": 1, "late_h": 2}, [(14, 12, 22.5)]
    ),
    "release by Tez": partial(releases, "Tez", tiny.tez(), [(-36, 12, 12.5)]),
    "late release by Tez": partial(releases, "late Tez", tiny.tez(late_share=1, late_h=2), [(14, 12, 14.5)]),
    "end trace": end_of_the_run,
}
"""The checks of this module by name."""
