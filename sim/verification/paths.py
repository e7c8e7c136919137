"""Identities that hold on every path, without tolerance but for rounding: recursions, Little's law, accounts."""

from __future__ import annotations

from dataclasses import fields
from functools import partial

import numpy as np

from sim.measure.kpis import measure_run
from sim.measure.statistics import FloatArray
from sim.model.ledger import Tables
from sim.scenario.schema import Scenario
from sim.verification import closed_forms
from sim.verification.findings import Check, Finding, equal, exact
from sim.verification.tiny import (
    at_random,
    border,
    exponential,
    paper,
    played,
    pool,
    scenario,
    sea,
    section,
    spent,
    terminal,
    tez,
    train,
)

ROUNDING_H = 1e-9


LASTS_H = 1e6
"""Service of a train that is still at work at the end of the clock: it holds its place for all that is seen."""


def services_of(tables: Tables, activity: str) -> tuple[list[float], list[float], list[float]]:
    """When each train that asked for an activity asked, when it began (infinity: never), and its service."""
    rows = tables.stages[tables.stages["activity"] == activity]
    asked_h, start_h, end_h = (rows[name].to_numpy() for name in ("queued_h", "started_h", "ended_h"))
    services = np.where(np.isnan(end_h), LASTS_H, end_h - start_h)
    return asked_h.tolist(), np.where(np.isnan(start_h), np.inf, start_h).tolist(), services.tolist()


def on_the_clock(starts: list[float], until_h: float) -> list[float]:
    """Starts on the clock; one that lies after its end is infinite."""
    return [start if start <= until_h else np.inf for start in starts]


def recursion(tracks: int) -> list[Finding]:
    """The starts of every train at a terminal, from their arrivals and services alone."""
    days, flow = 40, at_random(0.9 * tracks, "yard")
    title = f"{tracks} tracks: start of every train"
    tables = played(scenario({"yard": terminal(exponential(1), tracks)}, {"west": flow}, days, title=title))
    arrivals, starts, services = services_of(tables, "terminal")
    if tracks == 1:
        waits, source = closed_forms.lindley(arrivals, services), "Lindley"
    else:
        waits, source = closed_forms.kiefer_wolfowitz(arrivals, services, tracks), "Kiefer and Wolfowitz"
    answers = [hour + wait for hour, wait in zip(arrivals, waits, strict=True)]
    return [exact(title, source, on_the_clock(answers, 24.0 * days), starts, ROUNDING_H)]


DATES = {"2025-01-01": 2, "2025-01-03": 1, "2025-01-05": 0, "2025-01-06": 3, "2025-01-09": 1}
CHANGES = ((48.0, -1), (96.0, -1), (120.0, 3), (192.0, -2))
"""Places that change on dates, and the same by the hour."""


def changing_desks() -> list[Finding]:
    """Starts at a terminal whose tracks change on dates."""
    world = scenario({"yard": terminal(exponential(3), DATES)}, {"west": at_random(0.4, "yard")}, 14)
    arrivals, starts, services = services_of(played(world), "terminal")
    answers = closed_forms.starts([(*job, 0) for job in zip(arrivals, services, strict=True)], 2, CHANGES)
    title = "tracks of a terminal that change on dates: start of every train"
    return [exact(title, "event list", on_the_clock(answers, 336.0), starts, ROUNDING_H)]


def changing_tracks() -> list[Finding]:
    """Starts on the tracks of a border, by priority, whose number changes on dates."""
    flows = {"slow": at_random(0.2, "khorgos", train="slow"), "fast": at_random(0.2, "khorgos", train="fast")}
    types = {"slow": train(priority=1), "fast": train(priority=0)}
    place = border(receiving_tracks=DATES, forming_h=exponential(3))
    tables = played(scenario({"khorgos": place}, flows, 14, types))
    rows = tables.stages[tables.stages["activity"] == "forming"].set_index("train").reindex(tables.trains["train"])
    services = (rows["ended_h"] - rows["started_h"]).fillna(LASTS_H)
    ranks = (tables.trains["flow"] == "slow").astype(int)
    jobs = list(zip(tables.trains["offered_h"], services, ranks, strict=True))
    answers = closed_forms.starts(jobs, 2, CHANGES)
    title = "tracks of a border that change on dates, by priority: start of every train"
    starts = rows["started_h"].fillna(np.inf).tolist()
    return [exact(title, "event list", on_the_clock(answers, 336.0), starts, ROUNDING_H)]


def corridor() -> Scenario:
    """A border on paper with inspection, a line, a crossing with finite yards, and terminals; both ways, wagon sets."""
    inspection = {"yellow_share": 0.2, "red_share": 0.1, "yellow_h": 1, "red_h": exponential(6), "teams": 1}
    regime = paper(keying_h=0.02, checking_h=0.02, effort_cv=0.5, wrong_share=0.1)
    people = {"declarant_teams": 2, "officer_teams": 2, "receiving_tracks": 12}
    sides = {side: {"tracks": 2, "train_h": exponential(1), "berths": 1, "yard_teu": 800} for side in ("east", "west")}
    places = {
        "khorgos": border(exponential(2), 2, exponential(1), 3, inspection=inspection, **people),
        "line": section(20, 24, speed_km_per_day={"mean": 24, "cv": 0.2}),
        "sea": sea(250, 12, {"number": 4}, sailing_h=8, wind={"closed_share": 0.1, "closure_h": 10}, **sides),
        "baku": terminal(exponential(3), 3),
    }
    papers = {"declarations_per_train": 40, "regime": {"2025-01-01": "paper", "2025-01-20": "tez"}}
    west = at_random(0.22, "khorgos", "line", "sea", "baku", **papers)
    back = at_random(0.12, "baku", "sea", "line", "khorgos", direction="eastbound")
    fleet = {"sets": pool("khorgos", {"aktau": 30, "khorgos": 0}, 60)}
    types = {"box": train(wagon_pools=["sets"]), "back": train()}
    regimes = {"paper": regime, "tez": tez(release_h=0.5)}
    flows = {"west": west, "east": {**back, "train": "back"}}
    return scenario(places, flows, 40, types, wagon_pools=fleet, regimes=regimes, title="corridor", warmup_days=10)


def within(since: FloatArray, until: FloatArray, from_h: float, until_h: float) -> float:
    """Hours of spells that lie in a window; what has not ended lasts to its end."""
    until = np.where(np.isnan(until), until_h, until)
    return float(np.clip(np.minimum(until, until_h) - np.maximum(since, from_h), 0, None).sum())


def littles_law() -> list[Finding]:
    """On a whole corridor: the mean queue is the sum of the waits over the hours; use is the sum of the works."""
    world, from_h, until_h = corridor(), 0.0, 40 * 24.0
    tables = played(world)
    kpis = measure_run(world, tables, {"all": (from_h, until_h)})
    values = kpis[kpis["flow"] == "all"].set_index(["kpi", "place"])["value"]
    stages = tables.stages
    findings = []
    for place in ("khorgos", "sea", "baku"):
        rows = stages[(stages["place"] == place) & ~stages["beside"]]
        wait_h = within(rows["queued_h"].to_numpy(), rows["started_h"].to_numpy(), from_h, until_h)
        name = f"mean queue at {place} × hours, and hours waited"
        findings.append(equal(name, "Little", wait_h, values["queue_trains", place] * until_h, 1e-6 * wait_h))
    for place, activity, capacity in (("khorgos", "gauge_change", 2), ("baku", "terminal", 3)):
        rows = stages[(stages["place"] == place) & (stages["activity"] == activity) & stages["started_h"].notna()]
        work_h = within(rows["started_h"].to_numpy(), rows["ended_h"].to_numpy(), from_h, until_h)
        name = f"use of {activity} at {place}: hours worked over hours of capacity"
        share = work_h / (capacity * until_h)
        findings.append(equal(name, "its definition", share, values[f"utilisation_{activity}", place], 1e-9))
    return findings


def accounts() -> list[Finding]:
    """Trains, cargo and wagon sets of a whole corridor, counted from its rows."""
    world, until_h = corridor(), 40 * 24.0
    tables = played(world)
    kpis = measure_run(world, tables, {"all": (0.0, until_h)})
    values = kpis[(kpis["flow"] == "all") & (kpis["place"] == "all")].set_index("kpi")["value"]
    trains = tables.trains
    delivered_trains = trains[trains["left_h"] >= 0]
    before = trains[(trains["offered_h"] < 0) & ~(trains["left_h"] < 0)]
    over = tables.stages[tables.stages["activity"] == "sailing"]
    loads = tables.voyages["load"].sum()
    aboard = 100 * (tables.stages["activity"] == "loading").sum()
    sets = tables.wagon_sets
    return [
        equal(
            "Mt delivered, and tonnes of the trains that left",
            "count of rows",
            delivered_trains["net_t"].sum() / 1e6,
            values["throughput_mt"],
            1e-12,
        ),
        equal(
            "trains inside before + created - delivered = inside",
            "count of rows",
            len(before) + values["trains_created"] - values["trains_delivered"],
            values["trains_inside"],
        ),
        exact(
            "spells of every train tile its journey",
            "count of rows",
            [0.0] * len(delivered_trains),
            gaps(tables, delivered_trains["train"].tolist()),
            ROUNDING_H,
        ),
        equal(
            "trains over the sea have all their boxes aboard: TEU short",
            "count of rows",
            0.0,
            max(0.0, 100 * len(over) - loads),
            1e-6,
        ),
        equal("no box sails twice: TEU too many", "count of rows", 0.0, max(0.0, loads - aboard), 1e-6),
        equal(
            "wagon sets taken at once, at most 60: sets too many", "count of rows", 0.0, max(0, most_at_once(sets) - 60)
        ),
    ]


def gaps(tables: Tables, trains: list[int]) -> list[float]:
    """Hours by which the spells of each train miss tiling its journey from entry to end."""
    own = tables.stages[~tables.stages["beside"]].groupby("train")
    journeys = tables.trains.set_index("train")
    misses = []
    for train_number in trains:
        rows = own.get_group(train_number).sort_values(["queued_h", "ended_h"], kind="stable")
        edges = [journeys.at[train_number, "entered_h"], *rows["ended_h"]]
        starts = [*rows["queued_h"], journeys.at[train_number, "left_h"]]
        misses.append(float(np.abs(np.array(edges) - np.array(starts)).max()))
    return misses


def most_at_once(sets: object) -> int:
    """Most trips of wagon sets that are under way at the same time, from taking to home."""
    start_h, home_h = (np.asarray(getattr(sets, name), float) for name in ("taken_h", "home_h"))
    hours = np.concatenate([start_h, home_h[~np.isnan(home_h)]])
    change = np.concatenate([np.ones(len(start_h)), -np.ones(int((~np.isnan(home_h)).sum()))])
    return int(np.cumsum(change[np.lexsort((change, hours))]).max())


def one_more(place: str) -> list[Finding]:
    """A server more never lengthens a wait, train by train, under the same luck."""
    waits = []
    for places in (2, 3):
        world = scenario({"yard": terminal(exponential(1), places)}, {"west": at_random(1.8, "yard")}, 40, title="more")
        waits.append(spent(played(world), place))
    longer = int((waits[1] > waits[0] + ROUNDING_H).sum())
    shorter = float(np.nanmean(waits[0]) - np.nanmean(waits[1]))
    return [
        equal("a track more: trains that wait longer", "monotone in servers", 0, longer),
        equal("a track more: whether the mean wait falls", "monotone in servers", 1, int(shorter > 0)),
    ]


def same_luck() -> list[Finding]:
    """The same run again is the same; a place or a flow more leaves the trains of the others as they were."""
    world = corridor()
    first, again = played(world), played(world)
    unchanged = sum(getattr(first, field.name).equals(getattr(again, field.name)) for field in fields(Tables))
    busy = scenario({"yard": terminal(exponential(1), 2)}, {"west": at_random(1.5, "yard")}, 20, title="luck")
    busier = scenario(
        {"yard": terminal(exponential(1), 2), "unused": section(5), "other": section(3)},
        {"west": at_random(1.5, "yard"), "more": at_random(0.7, "other")},
        20,
        title="luck",
    )
    alone, beside = played(busy).trains, played(busier).trains
    mine = beside[beside["flow"] == "west"]
    twice = scenario({"yard": terminal(exponential(1), 999)}, {"west": at_random(3.0, "yard")}, 20, title="luck")
    works, twice_works = (spent(played(run), "terminal", "started_h", "ended_h")[:600] for run in (busy, twice))
    return [
        equal("the same run twice: tables equal", "equality", len(fields(Tables)), unchanged),
        exact(
            "a place and a flow more: ends of the other trains",
            "common random numbers",
            alone["left_h"].tolist(),
            mine["left_h"].tolist(),
        ),
        exact(
            "twice the volume: services of the first trains",
            "common random numbers",
            works.tolist(),
            twice_works.tolist(),
            ROUNDING_H,
        ),
    ]


CHECKS: dict[str, Check] = {
    **{f"recursion {tracks}": partial(recursion, tracks) for tracks in (1, 3, 5)},
    "changing desks": changing_desks,
    "changing tracks": changing_tracks,
    "little": littles_law,
    "accounts": accounts,
    "one more": partial(one_more, "terminal"),
    "same luck": same_luck,
}
"""The checks of this module by name."""
