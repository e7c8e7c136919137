"""Single stations of the model beside queueing theory: desks, tracks, yards, working hours, breakdowns, joins."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from functools import partial

import numpy as np

from sim.measure.statistics import FloatArray
from sim.model.disruption import renewal_closures
from sim.model.ledger import Tables
from sim.model.randomness import Luck
from sim.model.resources import Desk
from sim.scenario.calendar import Calendar, OpenSpells, Steps
from sim.scenario.schema import Scenario
from sim.verification import chains, closed_forms, tiny
from sim.verification.findings import Check, Finding, equal, sampled

TRAINS = 4_000
"""Trains of a replication, about; the first 15 % and the last 10 % are left out."""

SERVERS_AND_LOADS = ((1, 0.5), (1, 0.8), (1, 0.9), (2, 0.8), (2, 0.9), (3, 0.8), (3, 0.9), (5, 0.8), (10, 0.9))
FIXED_SERVICES = ((2, 0.5), (2, 0.8), (2, 0.9), (3, 0.8), (3, 0.9), (5, 0.9), (10, 0.9))
SPREADS: dict[str, tuple[object, float]] = {
    "fixed": (1.0, 0.0),
    "uniform": ({"low": 0, "high": 2, "shape": "uniform"}, 1 / 3),
    "triangular": ({"low": 0, "mode": 1, "high": 2, "shape": "triangular"}, 1 / 6),
    "lognormal, cv 0.5": ({"mean": 1.0, "cv": 0.5}, 0.25),
    "lognormal, cv 1": ({"mean": 1.0, "cv": 1.0}, 1.0),
}
"""Services of mean 1, with their squared coefficients of variation."""


def days_for(rate: float, trains: int = TRAINS) -> int:
    """Days in which about so many trains come; at most a year."""
    return min(360, math.ceil(trains / rate / 24))


def per_replication(world: Scenario, days: int, observe: Callable[[Tables, FloatArray], float]) -> list[float]:
    """What is observed of the trains of each replication that were offered neither early nor late in it."""
    hours = 24.0 * days
    values = []
    for replication in range(tiny.REPLICATIONS):
        tables = tiny.played(world, replication)
        values.append(observe(tables, tiny.offered_within(tables, 0.15 * hours, 0.9 * hours)))
    return values


def mean_wait(activity: str) -> Callable[[Tables, FloatArray], float]:
    """Mean wait for an activity."""
    return lambda tables, in_window: float(tiny.spent(tables, activity)[in_window].mean())


def mean_stay(tables: Tables, in_window: FloatArray) -> float:
    """Mean hours from the offer of a train to its end."""
    hours = tables.trains["left_h"].to_numpy() - tables.trains["offered_h"].to_numpy()
    return float(hours[in_window].mean())


def one_station(title: str, hours: object, tracks: int, load: float, **changes: object) -> tuple[Scenario, int]:
    """Trains at random at a terminal of some tracks, mean service 1; and its days."""
    days = days_for(tracks * load)
    flow = tiny.at_random(tracks * load, "yard", **changes)
    return tiny.scenario({"yard": tiny.terminal(hours, tracks)}, {"west": flow}, days, title=title), days


def exponential_servers(servers: int, load: float) -> list[Finding]:
    """Mean wait, share that waits, and the tail of the wait in M/M/c."""
    name = f"M/M/{servers}, load {load:g}"
    world, days = one_station(name, tiny.exponential(1), servers, load)
    tail_h = closed_forms.mmc_wait_quantile(servers, load, 0.95)
    rows = []
    for replication in range(tiny.REPLICATIONS):
        tables = tiny.played(world, replication)
        waits = tiny.spent(tables, "terminal")[tiny.offered_within(tables, 3.6 * days, 21.6 * days)]
        rows.append((waits.mean(), (waits > 0).mean(), (waits > tail_h).mean()))
    means, waiting, tails = np.array(rows).T
    return [
        sampled(f"{name}: mean wait, h", "Erlang C", closed_forms.mmc_wait(servers, load), means),
        sampled(f"{name}: share that waits", "Erlang C", closed_forms.erlang_c(servers, load), waiting),
        sampled(f"{name}: share above the 95th percentile", "Erlang C", 0.05, tails, 0.35),
    ]


def general_services(spread: str, load: float) -> list[Finding]:
    """Mean wait in M/G/1."""
    hours, cs2 = SPREADS[spread]
    name = f"M/G/1, {spread}, load {load:g}: mean wait, h"
    world, days = one_station(name, hours, 1, load)
    waits = per_replication(world, days, mean_wait("terminal"))
    answer = closed_forms.mg1_wait(load, cs2)
    return [sampled(name, "Pollaczek–Khinchine", answer, waits)]


def fixed_services(servers: int, load: float) -> list[Finding]:
    """Mean wait in M/D/c."""
    name = f"M/D/{servers}, load {load:g}: mean wait, h"
    world, days = one_station(name, 1.0, servers, load)
    waits = per_replication(world, days, mean_wait("terminal"))
    answer = closed_forms.mdc_wait(servers, load)
    return [sampled(name, "Crommelin, by Spitzer's identity", answer, waits)]


def regular_arrivals(load: float) -> list[Finding]:
    """Mean wait in E2/M/1: departures with a coefficient of variation of 1/√2."""
    name = f"E2/M/1, load {load:g}: mean wait, h"
    world, days = one_station(name, tiny.exponential(1), 1, load, departures_cv=math.sqrt(0.5))
    waits = per_replication(world, days, mean_wait("terminal"))
    return [sampled(name, "root of the gap's transform", closed_forms.erlang2_m1_wait(load), waits)]


def priorities(servers: int, loads: tuple[float, ...]) -> list[Finding]:
    """Mean wait of each class for the tracks of a border that hold a train for an exponential time."""
    names = [f"class_{rank + 1}" for rank in range(len(loads))]
    flows = {
        name: tiny.at_random(servers * load, "khorgos", train=name) for name, load in zip(names, loads, strict=True)
    }
    trains = {name: tiny.train(priority=rank) for rank, name in enumerate(names)}
    place = tiny.border(receiving_tracks=servers, forming_h=tiny.exponential(1))
    days = days_for(servers * sum(loads), 6_000)
    title = f"M/M/{servers} by priority, loads {', '.join(f'{load:g}' for load in loads)}"
    world = tiny.scenario({"khorgos": place}, flows, days, trains, title=title)
    answers = closed_forms.mmc_priority_waits(servers, loads)
    return by_class(world, days, names, answers, "Cobham; Kella and Yechiali")


def by_class(
    world: Scenario, days: int, names: list[str], answers: list[float], source: str, activity: str = "receiving"
) -> list[Finding]:
    """Mean wait for the receiving tracks, or before another activity, of the trains of each flow."""
    rows = []
    for replication in range(tiny.REPLICATIONS):
        tables = tiny.played(world, replication)
        in_window = tiny.offered_within(tables, 3.6 * days, 21.6 * days)
        waits, flow = tiny.spent(tables, activity), tables.trains["flow"].astype(str).to_numpy()
        rows.append([waits[in_window & (flow == name)].mean() for name in names])
    columns = np.array(rows).T
    return [
        sampled(f"{world.title}: mean wait of {name.replace('_', ' ')}, h", source, answer, column, 0.15)
        for name, answer, column in zip(names, answers, columns, strict=True)
    ]


def express_before_ordinary() -> list[Finding]:
    """Two classes of different services at one place: two hours fixed, and three hours exponential."""
    works = {"quick": 2.0, "slow": tiny.exponential(3)}
    change = {name: {"cranes": tiny.AMPLE, "train_h": hours} for name, hours in works.items()}
    trains = {name: tiny.train(handling=name, priority=rank) for rank, name in enumerate(works)}
    flows = {
        "quick": tiny.at_random(0.1, "khorgos", train="quick"),
        "slow": tiny.at_random(0.2, "khorgos", train="slow"),
    }
    days = 360
    world = tiny.scenario(
        {"khorgos": tiny.border(receiving_tracks=1, gauge_change=change)},
        flows,
        days,
        trains,
        title="M/G/1 by priority",
    )
    answers = closed_forms.mg1_priority_waits([(0.1, 2.0, 4.0), (0.2, 3.0, 18.0)])
    return by_class(world, days, list(works), answers, "Cobham")


def join_of_two(rate: float) -> list[Finding]:
    """Papers and boxes of the same trains, side by side: a train leaves when both are done."""
    inspection = {"red_share": 1, "red_h": tiny.exponential(1), "teams": 1}
    place = tiny.border(tiny.exponential(1), 1, inspection=inspection, receiving_tracks=10_000)
    flow = tiny.at_random(rate, "khorgos", declarations_per_train=1, regime="tez")
    days = days_for(rate)
    name = f"two M/M/1 with the same arrivals, load {rate:g}: mean time until both are through, h"
    world = tiny.scenario({"khorgos": place}, {"west": flow}, days, regimes={"tez": tiny.tez()}, title=name)
    return [sampled(name, "Flatto and Hahn", closed_forms.join_time(rate), per_replication(world, days, mean_stay))]


def breakdowns(rate: float, failures: float, repair_h: float) -> list[Finding]:
    """A desk that closes by chance and goes on where it stopped: closures of the kind that wind and outages have."""
    calendar = Calendar(dt.date(2025, 1, 1), dt.date(2030, 1, 1), 0)
    down = failures * repair_h / (1 + failures * repair_h)
    numbers = []
    for replication in range(tiny.REPLICATIONS):
        luck = Luck(int(1000 * rate), replication)
        failure_spells = renewal_closures(Steps((-math.inf,), (down,)), repair_h, 1.0, calendar, luck, "desk")
        hours = OpenSpells((-1.0, *failure_spells.opened_h), (*failure_spells.closed_h, math.inf))
        arrivals, stays = stays_at(Desk(Steps((-math.inf,), (1,)), hours, finish=False), luck, rate, 40_000)
        numbers.append(rate * float(stays[arrivals > 1_000].mean()))
    name = f"M/M/1 that breaks down {failures:g}/h for {repair_h:g} h, rate {rate:g}/h: mean number inside"
    return [sampled(name, "White and Christie", closed_forms.broken_down(rate, failures, repair_h), numbers)]


def working_hours(rate: float, open_h: int, finish: bool) -> list[Finding]:
    """A desk open a part of each day; what is under way at closing rests, or is finished."""
    days = range(-1, 500)
    opens = tuple(24.0 * day for day in days)
    hours = OpenSpells(opens, (*(start + open_h for start in opens[:-1]), math.inf))
    means = []
    for replication in range(tiny.REPLICATIONS):
        desk = Desk(Steps((-math.inf,), (1,)), hours, finish)
        arrivals, stays = stays_at(desk, Luck(open_h, replication), rate, 11_000)
        means.append(float(stays[(arrivals >= 960) & (arrivals < 960 + 24 * 400)].mean()))
    kind = "finished in overtime" if finish else "resting overnight"
    name = f"desk open {open_h} h a day, work {kind}, rate {rate:g}/h: mean stay, h"
    return [sampled(name, "periodic Markov chain", chains.office_stay(rate, 1.0, open_h, 24 - open_h, finish), means)]


def stays_at(desk: Desk, luck: Luck, rate: float, hours: float) -> tuple[FloatArray, FloatArray]:
    """Hours of arrival at a desk, and hours spent there with services of mean 1."""
    number = int(rate * hours)
    arrivals = np.cumsum(luck.stream("arrivals").exponential(1 / rate, number))
    works = luck.stream("works").exponential(1, number)
    ends = [desk.book(arrival, work)[1] for arrival, work in zip(arrivals.tolist(), works.tolist(), strict=True)]
    return arrivals, np.array(ends) - arrivals


def storage_times_dwell(name: str, port: str, other_port: str) -> list[Finding]:
    """A yard with room for four trains, and 36 h to clear them there: four trains each 36 h, however many come.

    Before vessels, which take it at once, or ashore from them, where the vessels at the berths wait with the rest.
    """
    ports = {port: {"yard_teu": 400, "clearance_h": 36}, other_port: {}}
    crossing = tiny.sea(100, 1000, {"number": 60}, sailing_h=4, **ports)
    tables = tiny.played(tiny.scenario({"sea": crossing}, {"west": tiny.every(2, "sea")}, 90))
    trains_through = int((tables.trains["left_h"] >= 24 * 30).sum())
    title = f"a yard limited by storage times dwell, {name}: trains in 60 days"
    return [equal(title, "Little", 4 / 36 * 24 * 60, trains_through, off=4.0)]


CHECKS: dict[str, Check] = {
    **{f"mmc {c} {load:g}": partial(exponential_servers, c, load) for c, load in SERVERS_AND_LOADS},
    **{f"mg1 {name} {load:g}": partial(general_services, name, load) for name in SPREADS for load in (0.5, 0.8)},
    **{f"mdc {c} {load:g}": partial(fixed_services, c, load) for c, load in FIXED_SERVICES},
    **{f"e2m1 {load:g}": partial(regular_arrivals, load) for load in (0.5, 0.8, 0.9)},
    "priority 1": partial(priorities, 1, (0.2, 0.6)),
    "priority 3 classes": partial(priorities, 1, (0.2, 0.3, 0.3)),
    "priority 2": partial(priorities, 2, (0.2, 0.6)),
    "priority 3": partial(priorities, 3, (0.2, 0.6)),
    "express": express_before_ordinary,
    **{f"join {rate:g}": partial(join_of_two, rate) for rate in (0.3, 0.8)},
    "storage before vessels": partial(storage_times_dwell, "before vessels", "east", "west"),
    "storage ashore": partial(storage_times_dwell, "ashore", "west", "east"),
    "breakdown often": partial(breakdowns, 0.6, 0.1, 1.0),
    "breakdown": partial(breakdowns, 0.5, 0.05, 2.0),
    "breakdown long": partial(breakdowns, 0.7, 0.01, 10.0),
    **{
        f"office {open_h} {'finish' if finish else 'stop'}": partial(working_hours, rate, open_h, finish)
        for rate, open_h in ((0.3, 12), (0.5, 16))
        for finish in (False, True)
    },
}
"""The checks of this module by name."""
