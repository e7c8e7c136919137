"""Networks of the model beside Markov chains and product forms: lines that block, loops, ferries, least loads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sim.measure.kpis import measure_run
from sim.measure.statistics import FloatArray
from sim.model.ledger import Tables
from sim.scenario.schema import Scenario
from sim.verification import chains, closed_forms, tiny
from sim.verification.findings import Check, Finding, sampled
from sim.verification.queues import days_for, mean_stay, per_replication
from sim.verification.traces import CRANES, port_spells, vessel

DAYS, WARM_H = 40, 120


def in_a_row(title: str, rates: tuple[float, ...], places: int, days: int, feed: Callable[..., Any]) -> Scenario:
    """Stations of one server in a row, with some places on a line between two; a full one blocks the server before."""
    network, route = {}, []
    for number, rate in enumerate(rates):
        if number and places:
            network[f"between_{number}"] = tiny.section(1e-9, most_trains=places)
            route.append(f"between_{number}")
        network[f"station_{number}"] = tiny.border(receiving_tracks=1, crews=1, forming_h=tiny.exponential(1 / rate))
        route.append(f"station_{number}")
    return tiny.scenario(network, {"west": feed(*route)}, days, title=title)


def a_rate(world: Scenario) -> list[float]:
    """Trains an hour that reach the end in each replication, without its first days."""
    until_h = 24.0 * DAYS
    left_h = [tiny.played(world, replication).trains["left_h"] for replication in range(tiny.REPLICATIONS)]
    return [float(hours.between(WARM_H, until_h).sum()) / (until_h - WARM_H) for hours in left_h]


def check_saturated_line(rates: tuple[float, ...], places: int) -> list[Finding]:
    """Throughput of a line whose first station never lacks work."""
    name = f"{len(rates)} stations in a row, rates {', '.join(f'{rate:g}' for rate in rates)}, {places} places between"
    world = in_a_row(name, rates, places, DAYS, partial(tiny.every, 0.5))
    even = len(rates) == 2 and rates[0] == rates[1] == 1
    answer = closed_forms.saturated_pair(places) if even else chains.saturated_line(rates, places)
    return [sampled(f"{name}: trains/h", "Hunt" if even else "Markov chain", answer, a_rate(world), 0.03)]


def check_fed_pair(feed: float, rates: tuple[float, float], places: int) -> list[Finding]:
    """Mean stay in two stations in a row with arrivals at random."""
    name = f"2 stations in a row, {places} places between, fed {feed:g}/h: mean stay, h"
    days = days_for(feed)
    world = in_a_row(name, rates, places, days, partial(tiny.at_random, feed))
    return [
        sampled(name, "Markov chain", chains.fed_pair(feed, rates, places), per_replication(world, days, mean_stay))
    ]


def check_closed_loop(sets: int) -> list[Finding]:
    """Wagon sets that circulate: a crane (1 h), a run of 10 h, two tracks (1.5 h), and round again."""
    name = f"{sets} wagon sets in a loop: rounds/h"
    places = {
        "khorgos": tiny.border(tiny.exponential(1), 1, receiving_tracks=10_000),
        "line": tiny.section(10),
        "yard": tiny.terminal(tiny.exponential(1.5), 2),
    }
    flows = {"west": tiny.every(0.6, "khorgos", "line", "yard")}
    trains = {"box": tiny.train(wagon_pools=["sets"])}
    pools = {"sets": tiny.pool("khorgos", {"yard": 0}, sets)}
    world = tiny.scenario(places, flows, DAYS, trains, wagon_pools=pools, title=name)
    return [sampled(name, "Buzen", closed_forms.closed_loop(sets, 10, [(1, 1), (1.5, 2)]), a_rate(world), 0.03)]


def ferry_by_timetable(rate: float, every_h: float, places: int) -> list[Finding]:
    """Mean wait for a vessel that leaves at fixed hours, full or not: those left behind, and half a gap.

    It leaves either port by its timetable, in turn, and is hardly under way: each of them every second time.
    """
    vessel = {"departs_every_h": every_h / 2}
    name = f"ferry of {places} places every {every_h:g} h, {rate:g} trains/h: mean wait, h"
    crossing = tiny.sea(places, 0, vessel)
    days = days_for(rate)
    flows = {"west": tiny.at_random(rate, "sea")}
    world = tiny.scenario({"sea": crossing}, flows, days, {"box": tiny.train(teu=1)}, title=name)
    answer = closed_forms.left_behind(rate * every_h, places) / rate + every_h / 2
    return [sampled(name, "Spitzer's identity", answer, per_replication(world, days, mean_loading))]


def vessel_when_full(rate: float, places: int) -> list[Finding]:
    """Mean wait for a vessel that sails when it is full, the next one always at hand."""
    name = f"vessel of {places} places that sails when full, {rate:g} trains/h: mean wait, h"
    vessel = {"number": 1}
    crossing = tiny.sea(places, 10_000, vessel)
    days = days_for(rate)
    flows = {"west": tiny.at_random(rate, "sea")}
    world = tiny.scenario({"sea": crossing}, flows, days, {"box": tiny.train(teu=1)}, title=name)
    return [
        sampled(
            name,
            "mean place in the batch",
            closed_forms.full_vessel_wait(places, rate),
            per_replication(world, days, mean_loading),
        )
    ]


def mean_loading(tables: Tables, in_window: FloatArray) -> float:
    """Mean hours from the yard until the vessel leaves."""
    rows = tables.stages[tables.stages["activity"] == "loading"]
    hours = (rows["ended_h"] - rows["queued_h"]).to_numpy()
    return float(hours[in_window[rows["train"].to_numpy()]].mean())


def from_empty(load: float) -> list[Finding]:
    """Mean number in M/M/1 some hours after it was empty, by the measure of trains inside."""
    hours = (2.0, 10.0, 50.0)
    places, flows = {"yard": tiny.terminal(tiny.exponential(1), 1)}, {"west": tiny.at_random(load, "yard")}
    world = tiny.scenario(places, flows, 3, title=f"M/M/1 from empty, load {load:g}")
    windows = {f"{hour:g}": (0.0, hour) for hour in hours}
    numbers = np.zeros((len(hours), 240))
    for replication in range(240):
        kpis = measure_run(world, tiny.played(world, replication), windows, ["trains_inside"])
        inside = kpis[(kpis["kpi"] == "trains_inside") & (kpis["flow"] == "all")]
        numbers[:, replication] = inside.set_index("period")["value"].reindex([*windows]).to_numpy()
    return [
        sampled(
            f"M/M/1 from empty, load {load:g}: mean number after {hour:g} h",
            "Markov chain",
            chains.inside_after(load, 1.0, 1, hour),
            row,
            0.12,
        )
        for hour, row in zip(hours, numbers, strict=True)
    ]


def on_the_line(rate: float, running_h: float) -> list[Finding]:
    """Trains on a line without limit are a Poisson number: its mean and its variance (M/G/∞)."""
    name = f"trains on a line of {running_h:g} h, {rate:g}/h"
    line = tiny.section(running_h, speed_km_per_day={"mean": 24, "cv": 0.5})
    world = tiny.scenario({"line": line}, {"west": tiny.at_random(rate, "line")}, 60, title=name)
    numbers = []
    for replication in range(tiny.REPLICATIONS):
        trains = tiny.played(world, replication).trains
        inspections = np.arange(240.0, 1440.0, 48.0)
        entry_h, exit_h = trains["entered_h"].to_numpy(), trains["left_h"].fillna(np.inf).to_numpy()
        numbers.append([int(((entry_h <= hour) & (exit_h > hour)).sum()) for hour in inspections])
    answer = rate * running_h * 1.25
    counts = np.array(numbers)
    spread = ((counts - answer) ** 2).mean(axis=1)
    return [
        sampled(f"{name}: mean number", "Palm", answer, counts.mean(axis=1)),
        sampled(f"{name}: variance of the number", "Palm", answer, spread),
    ]


def in_and_out(rate: float) -> list[Finding]:
    """What leaves M/M/2 is as irregular as what enters it: the gaps have the same mean and variation (Burke 1956)."""
    name = f"departures from M/M/2, {rate:g}/h"
    days = days_for(rate)
    world = tiny.scenario(
        {"yard": tiny.terminal(tiny.exponential(1), 2)}, {"west": tiny.at_random(rate, "yard")}, days, title=name
    )
    shares = []
    for replication in range(tiny.REPLICATIONS):
        tables = tiny.played(world, replication)
        left_h = np.sort(tables.trains["left_h"].to_numpy()[tiny.offered_within(tables, 3.6 * days, 21.6 * days)])
        shares.append(float((np.diff(left_h) > 1 / rate).mean()))
    return [sampled(f"{name}: share of gaps longer than the mean", "Burke", float(np.exp(-1)), shares)]


def bulk_service(rate: float, least: int, places: int) -> list[Finding]:
    """Mean wait for one vessel that sails with `least` trains aboard or more, at most `places`, and is away for 1 h.

    Out and back it sails half an hour each on average, exponential: a service in two phases. Trains that come while it
    is away do not join it; those that come while it waits at the berth do.
    """
    name = f"vessel of {places} places that sails with {least}, {rate:g} trains/h: mean wait, h"
    crossing = tiny.sea(places, 10_000, {"least_load_share": least / places}, sailing_h=tiny.exponential(0.5))
    days = days_for(rate)
    world = tiny.scenario(
        {"sea": crossing}, {"west": tiny.at_random(rate, "sea")}, days, {"box": tiny.train(teu=1)}, title=name
    )
    answer = chains.bulk_wait(rate, least, places, phases=2)
    return [sampled(name, "Markov chain", answer, per_replication(world, days, mean_loading))]


CHECKS: dict[str, Check] = {
    **{f"pair {places}": partial(check_saturated_line, (1.0, 1.0), places) for places in (0, 1, 2, 4)},
    **{
        f"row of {stations}, {places}": partial(check_saturated_line, (1.0,) * stations, places)
        for stations, between in ((3, (0, 1, 2, 4)), (4, (0, 1, 2, 4)), (5, (0, 1, 2)), (6, (0, 1)))
        for places in between
    },
    "uneven row": partial(check_saturated_line, (1.0, 0.8, 1.0), 1),
    "slow end": partial(check_saturated_line, (0.5, 0.4), 3),
    "slow beginning": partial(check_saturated_line, (0.4, 0.5), 3),
    **{f"fed pair {places}": partial(check_fed_pair, 0.5, (1.0, 1.0), places) for places in (0, 1, 2)},
    "fed pair of two kinds": partial(check_fed_pair, 0.7, (1.0, 0.9), 4),
    **{f"loop {sets}": partial(check_closed_loop, sets) for sets in (1, 2, 5, 15, 20, 30)},
    "ferry 5": partial(ferry_by_timetable, 1.0, 4, 5),
    "ferry 10": partial(ferry_by_timetable, 1.0, 8, 10),
    "ferry 40": partial(ferry_by_timetable, 4.0, 9, 40),
    "full vessel 10": partial(vessel_when_full, 1.0, 10),
    "full vessel 54": partial(vessel_when_full, 2.0, 54),
    **{f"from empty {load:g}": partial(from_empty, load) for load in (0.5, 0.9)},
    "on the line": partial(on_the_line, 0.8, 10.0),
    "in and out": partial(in_and_out, 1.4),
    **{
        f"bulk {rate:g} {least} {places}": partial(bulk_service, rate, least, places)
        for rate, least, places in ((4.0, 1, 5), (4.0, 3, 5), (4.0, 5, 5), (2.0, 3, 5), (3.0, 6, 10), (8.0, 10, 10))
    },
    # Of 300 TEU at least 200: enough with the second train, stowed at 6.5. Back at 15, it finds those of 10 and 14.
    "least load trace": partial(
        vessel,
        "a vessel sails with its least load",
        tiny.sea(300, 1000, {"least_load_share": 2 / 3}, sailing_h=4, **CRANES),
        {
            0: port_spells(2, 2, 6.5, 10.5, 11),
            1: port_spells(6, 6, 6.5, 10.5, 11),
            2: port_spells(10, 15, 16, 20, 20.5),
            3: port_spells(14, 15, 16, 20, 20.5),
        },
    ),
    # Low water leaves 200 TEU of 400, half of which is enough: it sails with the first train, at 2.5, and is back at
    # 10.75 for that of 6 and that of 10, with which it is full.
    "low water trace": partial(
        vessel,
        "a least load is of what low water leaves",
        tiny.sea(400, 1000, {"least_load_share": 0.5, "load_factor": 0.5}, sailing_h=4, **CRANES),
        {
            0: port_spells(2, 2, 2.5, 6.5, 6.75),
            1: port_spells(6, 10.75, 11.75, 15.75, 16.25),
            2: port_spells(10, 10.75, 11.75, 15.75, 16.25),
        },
    ),
    # Patience of 5 h ends before 200 of 300 TEU are there.
    "least load and patience trace": partial(
        vessel,
        "patience goes before a least load",
        tiny.sea(300, 5, {"least_load_share": 2 / 3}, sailing_h=4, **CRANES),
        {0: port_spells(2, 2, 5, 9, 9.25)},
    ),
}
"""The checks of this module by name."""
