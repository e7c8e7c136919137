"""The model against Ciw: the trains of a run go through a Ciw network of the same rules, and must end at the same hour.

Arrivals and works are read off the tables of the model; Ciw decides by itself who is served when. Prints a table; the
exit status is 1 when the two differ.
"""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ciw
import numpy as np
from rich.console import Console
from rich.table import Table

from sim.measure.statistics import Interval, interval, paired_interval
from sim.model.ledger import Tables
from sim.scenario.schema import Scenario
from sim.verification import chains, closed_forms, tiny

REPLICATIONS = 20
DAYS = 60
WARM_H = 120.0
LASTS_H = 1e6
HOURS_APART = 1e-6
CLASSES = ("first", "second")


@dataclass(frozen=True)
class Case:
    """A network both can express: the scenario, the stations in the order of travel, and how Ciw is told of them."""

    name: str
    described: Scenario
    stations: tuple[tuple[str, str], ...]
    told: Callable[[], dict[str, Any]]
    answer: float | None
    source: str = "–"


def works(tables: Tables, place: str, activity: str) -> tuple[list[float], list[float]]:
    """Start and work of each train, by number, at a station; one that is not done lasts beyond the clock."""
    rows = tables.stages[(tables.stages["place"] == place) & (tables.stages["activity"] == activity)]
    rows = rows.set_index("train").reindex(range(len(tables.trains)))
    started = rows["started_h"].fillna(math.inf)
    return started.tolist(), (rows["ended_h"] - rows["started_h"]).fillna(LASTS_H).tolist()


def worked(case: Case, tables: Tables) -> list[list[float]]:
    """The work of each train at each station; what rests over a closing is left out of it."""
    if "resting" not in case.name:
        return [works(tables, *station)[1] for station in case.stations]
    started, lasting = works(tables, *case.stations[0])
    return [[length - 12 * rests(start, length) for start, length in zip(started, lasting, strict=True)]]


def rests(start: float, length: float) -> int:
    """Nights, from 12 to 24 of each day, within a spell that begins in open hours and ends in them."""
    if not math.isfinite(start) or length >= LASTS_H:
        return 0
    return math.floor((start + length - 1e-9) / 24) - math.floor(start / 24)


def in_ciw(case: Case, tables: Tables) -> np.ndarray:
    """Hours at which Ciw lets each train, by number, go from the last station; NaN for those still inside.

    Ciw numbers its customers from 1 in the order of their arrival, as the model numbers trains from 0.
    """
    offered, flow = tables.trains["offered_h"].to_numpy(), tables.trains["flow"].astype(str).to_numpy()
    lasting = worked(case, tables)
    told = case.told()
    arrivals, services = {}, {}
    for name in case.described.flows:
        mine = np.flatnonzero(flow == name)
        gaps = np.diff(offered[mine], prepend=0.0).tolist()
        arrivals[name] = [ciw.dists.Sequential([*gaps, math.inf]), *[None] * (len(lasting) - 1)]
        services[name] = [ciw.dists.Sequential([station[number] for number in mine]) for station in lasting]
    if len(arrivals) > 1:
        told["priority_classes"] = {name: rank for rank, name in enumerate(arrivals)}
    else:
        arrivals, services = (next(iter(each.values())) for each in (arrivals, services))
    network = ciw.create_network(arrival_distributions=arrivals, service_distributions=services, **told)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(24.0 * DAYS)
    left = np.full(len(offered), np.nan)
    for record in simulation.get_all_records():
        if record.node == len(lasting) and record.record_type == "service":
            left[record.id_number - 1] = record.exit_date
    return left


def one_station(hours: Any, tracks: int, rate: float, title: str) -> Scenario:
    """Trains at random at a terminal."""
    places, flows = {"yard": tiny.terminal(hours, tracks)}, {"west": tiny.at_random(rate, "yard")}
    return tiny.scenario(places, flows, DAYS, title=title)


def office(at_closing: str, effort_cv: float) -> Scenario:
    """Papers at one desk that is open for the first half of each day.

    Work that goes on until the next opening the two understand differently: in the model the desk is still taken, in
    Ciw the new shift brings a server beside the one who is still at it. With overtime the efforts therefore vary so
    little that none takes twelve hours.
    """
    hours = {"opens": dt.time(0), "closes": dt.time(12), "at_closing": at_closing}
    place = tiny.border(declarant_teams=1, time_zone="UTC", office_hours=hours)
    flow = tiny.at_random(0.3, "khorgos", declarations_per_train=10, regime="paper")
    regimes = {"paper": tiny.paper(keying_h=0.1, effort_cv=effort_cv)}
    return tiny.scenario({"khorgos": place}, {"west": flow}, DAYS, regimes=regimes, title=f"office {at_closing}")


def in_a_row(number: int, places: int) -> Scenario:
    """Stations in a row with some places on a line between two."""
    network, route = {}, []
    for rank in range(number):
        if rank and places:
            network[f"between_{rank}"] = tiny.section(1e-12, most_trains=places)
            route.append(f"between_{rank}")
        network[f"station_{rank}"] = tiny.border(receiving_tracks=1, crews=1, forming_h=tiny.exponential(1))
        route.append(f"station_{rank}")
    flow = {"west": tiny.at_random(0.5 if places else 0.4, *route)}
    return tiny.scenario(network, flow, DAYS, title=f"{number} in a row, {places}")


def by_priority(tracks: int) -> Scenario:
    """Two classes for the tracks of a border."""
    flows = {
        name: tiny.at_random(tracks * load, "khorgos", train=name)
        for name, load in zip(CLASSES, (0.2, 0.6), strict=True)
    }
    types = {name: tiny.train(priority=rank) for rank, name in enumerate(CLASSES)}
    place = tiny.border(receiving_tracks=tracks, forming_h=tiny.exponential(1))
    return tiny.scenario({"khorgos": place}, flows, DAYS, types, title=f"priority {tracks}")


def shifts(preemption: Any) -> Callable[[], dict[str, Any]]:
    """One server from 0 to 12 of each day."""
    schedule = {"numbers_of_servers": [1, 0], "shift_end_dates": [12, 24], "preemption": preemption}
    return lambda: {"number_of_servers": [ciw.Schedule(**schedule)]}


def row_of(number: int, places: int) -> Callable[[], dict[str, Any]]:
    """Single servers in a row, with so many places before each but the first."""
    routing = np.eye(number, k=1).tolist()
    capacities = [math.inf, *[places] * (number - 1)]
    return lambda: {"number_of_servers": [1] * number, "queue_capacities": capacities, "routing": routing}


def servers(number: int) -> Callable[[], dict[str, Any]]:
    """One node of some servers."""
    return lambda: {"number_of_servers": [number]}


def cases() -> list[Case]:
    """The networks both can express."""
    yard, tracks, desk = ("yard", "terminal"), ("khorgos", "forming"), ("khorgos", "keying")
    stays = {c: closed_forms.mmc_wait(c, 0.8) + 1 for c in (1, 3)}
    one, other = closed_forms.mmc_priority_waits(2, [0.2, 0.6])
    both = (0.2 * one + 0.6 * other) / 0.8 + 1
    found = [
        Case(
            f"{c} servers, load 0.8",
            one_station(tiny.exponential(1), c, 0.8 * c, f"M/M/{c}"),
            (yard,),
            servers(c),
            stays[c],
            "Erlang C",
        )
        for c in (1, 3)
    ]
    found.append(
        Case(
            "2 servers, fixed services",
            one_station(1.0, 2, 1.6, "M/D/2"),
            (yard,),
            servers(2),
            closed_forms.mdc_wait(2, 0.8) + 1,
            "Crommelin",
        )
    )
    found.append(
        Case("2 servers, 2 classes by priority", by_priority(2), (tracks,), servers(2), both, "Cobham; Kella, Yechiali")
    )
    found.append(Case("desk open half the day, resting", office("stop", 1.0), (desk,), shifts("resume"), None))
    found.append(Case("desk open half the day, overtime", office("finish", 0.5), (desk,), shifts(False), None))
    for number, places in ((2, 1), (2, 2), (3, 1)):
        answer = chains.fed_pair(0.5, (1.0, 1.0), places) if number == 2 else None
        stations = tuple((f"station_{rank}", "forming") for rank in range(number))
        name = f"{number} stations, {places} places between, blocking"
        found.append(
            Case(
                name,
                in_a_row(number, places),
                stations,
                row_of(number, places),
                answer,
                "Markov chain" if answer else "–",
            )
        )
    return found


def compared(case: Case) -> tuple[Interval, Interval, Interval, float, int]:
    """Mean stay in the model, in Ciw, the paired difference, the greatest difference of a train, trains compared."""
    model, other, apart, trains = [], [], 0.0, 0
    for replication in range(REPLICATIONS):
        tables = tiny.played(case.described, replication)
        offered = tables.trains["offered_h"].to_numpy()
        started, lasting = (np.array(each) for each in works(tables, *case.stations[-1]))
        ends = np.where(lasting < LASTS_H, started + lasting, np.nan)
        theirs = in_ciw(case, tables)
        counted = (offered > WARM_H) & (offered < 24 * DAYS - 240) & ~np.isnan(ends)
        if np.isnan(theirs[counted]).any():
            raise SystemExit(
                f"{case.name}: Ciw keeps {int(np.isnan(theirs[counted]).sum())} trains inside that the model delivered"
            )
        apart = max(apart, float(np.abs(ends - theirs)[counted].max()))
        trains += int(counted.sum())
        model.append(float((ends - offered)[counted].mean()))
        other.append(float((theirs - offered)[counted].mean()))
    return interval(model, 0.95), interval(other, 0.95), paired_interval(model, other, 0.95), apart, trains


def main() -> int:
    """Print the table; 1 if the two differ anywhere."""
    title = f"Mean stay, h; {REPLICATIONS} replications, 95 % intervals; the same trains through both"
    table = Table(
        "Network",
        "trains",
        "known answer",
        "source",
        "model",
        "Ciw",
        "Ciw less model",
        "one train, at most",
        title=title,
    )
    worst = 0.0
    for case in cases():
        model, other, difference, apart, trains = compared(case)
        worst = max(worst, apart)
        answer = "–" if case.answer is None else f"{case.answer:.4f}"
        means = (f"{each.mean:.4f} [{each.low:.4f}, {each.high:.4f}]" for each in (model, other))
        both = f"{difference.mean:.1e} [{difference.low:.1e}, {difference.high:.1e}]"
        table.add_row(case.name, f"{trains:,}", answer, case.source, *means, both, f"{apart:.1e} h")
    Console(width=None if sys.stdout.isatty() else 180).print(table)
    return int(worst > HOURS_APART)


if __name__ == "__main__":
    sys.exit(main())
