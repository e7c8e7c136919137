"""Known answers of queueing theory on the whole model: full places that block, loops, breakdowns, joins, timetables.

The tables are closed forms and numerical solutions of Markov chains; each row is a test, |z| < 4 over replications.
"""

import datetime as dt
import math
from array import array

import numpy as np
import oracles
import pytest
import worlds
from worlds import at_random, border, every, exponential, pool, scenario, section, tables, terminal, tez, train

from sim.model import layout
from sim.model.disruption import closures
from sim.model.randomness import Luck
from sim.model.resources import Desk
from sim.scenario.calendar import Calendar, OpenSpells, Steps

REPLICATIONS = 24
DAYS, WARM_H = 28, 100


def stations(rates, places, feed):
    """Stations of one server in a row, with some places between two: a full one blocks the server before it."""
    network, route = {}, []
    for number, rate in enumerate(rates):
        if number and places:
            network[f"between_{number}"] = section(1e-9, most_trains=places)
            route.append(f"between_{number}")
        name = f"station_{number}"
        network[name] = border(receiving_tracks=1, crews=1, forming_h=exponential(1 / rate))
        route.append(name)
    return scenario(network, {"west": feed(*route)}, days=DAYS)


def saturated(*route):
    return every(0.4, *route)


def departures_per_h(described, replication):
    left_h = tables(described, replication=replication).trains.left_h
    until_h = DAYS * 24
    return ((left_h > WARM_H) & (left_h <= until_h)).sum() / (until_h - WARM_H)


@pytest.mark.parametrize(
    ("number", "places", "throughput"),
    [
        (2, 0, 0.666667),
        (2, 1, 0.750000),
        (2, 2, 0.800000),
        (2, 4, 0.857143),
        (3, 0, 0.564103),
        (3, 1, 0.670466),
        (3, 2, 0.734017),
        (3, 4, 0.807486),
        (4, 0, 0.514775),
        (4, 1, 0.631153),
        (4, 2, 0.700713),
        (4, 4, 0.781776),
        (5, 0, 0.485798),
        (5, 1, 0.607583),
        (5, 2, 0.680489),
        (5, 4, 0.765934),
        (6, 0, 0.466713),
        (6, 1, 0.591826),
        (6, 2, 0.666856),
    ],
)
def test_a_saturated_line_with_places_between(number, places, throughput):
    described = stations([1.0] * number, places, saturated)
    rates = [departures_per_h(described, replication) for replication in range(REPLICATIONS)]
    assert oracles.agrees(rates, throughput, precision=0.03)


@pytest.mark.parametrize(
    ("rates", "places", "throughput"),
    [((1.0, 0.8, 1.0), 1, 0.606277), ((0.5, 0.4), 3, 0.364472), ((0.4, 0.5), 3, 0.364472)],
)
def test_an_uneven_line_and_the_same_line_backwards(rates, places, throughput):
    described = stations(rates, places, saturated)
    found = [departures_per_h(described, replication) for replication in range(REPLICATIONS)]
    assert oracles.agrees(found, throughput, precision=0.03)


@pytest.mark.parametrize(
    ("rate", "rates", "places", "hours"),
    [
        (0.5, (1.0, 1.0), 0, 5.6),
        (0.5, (1.0, 1.0), 1, 4.410411),
        (0.5, (1.0, 1.0), 2, 4.135341),
        (0.6, (1.0, 1.0), 3, 5.244359),
        (0.7, (1.0, 0.9), 4, 9.932336),
    ],
)
def test_two_stations_fed_at_random(rate, rates, places, hours):
    described = stations(rates, places, lambda *route: at_random(rate, *route))
    assert oracles.agrees(stays(described, hours), hours, precision=0.12)


def stays(described, hours):
    """Mean hours from offer to delivery of the trains offered between warm-up and thirty stays before the end."""
    means = []
    for replication in range(REPLICATIONS):
        trains = tables(described, replication=replication).trains
        counted = trains[trains.offered_h.between(WARM_H, DAYS * 24 - 12 * hours)]
        means.append((counted.left_h - counted.offered_h).mean())
    return means


@pytest.mark.parametrize(
    ("sets", "cycles"),
    [(1, 0.080000), (2, 0.158983), (5, 0.385755), (15, 0.897266), (20, 0.973683), (30, 0.998564)],
)
def test_a_closed_loop_of_wagon_sets(sets, cycles):
    """Station A (one server, 1 h), a run of 10 h, station B (two servers, 1.5 h), and round again."""
    described = scenario(
        {
            "khorgos": border(gauge_h=exponential(1), cranes=1, receiving_tracks=10_000),
            "line": section(10),
            "yard": terminal(exponential(1.5), tracks=2),
        },
        {"west": every(0.5, "khorgos", "line", "yard")},
        trains={"box": train(wagon_pools=["sets"])},
        pools={"sets": pool("khorgos", {"yard": 0}, sets=sets)},
        days=DAYS,
    )
    rates = [departures_per_h(described, replication) for replication in range(REPLICATIONS)]
    assert oracles.agrees(rates, cycles, precision=0.03)


@pytest.mark.parametrize(
    ("rate", "failures", "repair_h", "inside"),
    [(0.5, 0.05, 2.0, 1.424242), (0.6, 0.1, 1.0, 2.101604), (0.7, 0.01, 10.0, 6.114625)],
)
def test_a_desk_that_breaks_down_and_resumes(rate, failures, repair_h, inside):
    """Failures at any time, work that rests and goes on: closures of the kind that wind and outages have."""
    calendar = Calendar(dt.date(2025, 1, 1), dt.date(2035, 1, 1), 0)
    down_share = failures * repair_h / (1 + failures * repair_h)
    found = []
    for replication in range(REPLICATIONS):
        luck = Luck(5, replication)
        shut = closures(Steps((-math.inf,), (down_share,)), repair_h, calendar, luck, "desk")
        hours = OpenSpells((-1.0, *shut.opened_h), (*shut.closed_h, math.inf))
        desk = Desk(Steps((-math.inf,), (1,)), hours, finish=False)
        arrivals = np.cumsum(luck.stream("arrivals").exponential(1 / rate, int(rate * 80_000)))
        works = luck.stream("works").exponential(1, len(arrivals))
        ends = [desk.book(float(now), float(work))[1] for now, work in zip(arrivals, works, strict=True)]
        found.append(rate * float(np.mean((np.array(ends) - arrivals)[2_000:])))
    assert oracles.agrees(found, inside, precision=0.08)


@pytest.mark.parametrize("rate", [0.3, 0.8])
def test_papers_and_boxes_fed_by_the_same_trains(rate):
    """A train leaves when its inspection and its gauge change, side by side, are both done."""
    described = scenario(
        {
            "khorgos": border(
                gauge_h=exponential(1),
                cranes=1,
                inspection={"red_share": 1, "red_h": exponential(1), "teams": 1},
                receiving_tracks=10_000,
            )
        },
        {"west": at_random(rate, "khorgos", declarations_per_train=1, regime="tez")},
        regimes={"tez": tez()},
        days=DAYS,
    )
    assert oracles.agrees(stays(described, 3 * oracles.join_time(rate)), oracles.join_time(rate), precision=0.2)


@pytest.mark.parametrize(("rate", "every_h", "places"), [(1, 4, 5), (1, 8, 10), (10, 4.5, 50)])
def test_a_ferry_by_its_timetable(rate, every_h, places):
    """Mean wait for a vessel that leaves at fixed hours, full or not: those left behind, and half a gap."""
    described = scenario(
        {"sea": worlds.sea(capacity=100 * places, patience_h=0, sailing_h=1e-6)},
        {"west": at_random(rate, "sea")},
        days=DAYS,
    )
    data = described.model_dump()
    data["places"]["sea"]["vessels"]["feeder"]["departs_every_h"] = float(every_h)
    described = type(described).model_validate(data, strict=False)
    waits = []
    for replication in range(REPLICATIONS):
        stages = tables(described, replication=replication).stages
        loading = stages[(stages.activity == "loading") & (stages.queued_h > WARM_H)].dropna()
        loading = loading[loading.queued_h < DAYS * 24 - 4 * every_h]
        waits.append((loading.ended_h - loading.queued_h).mean())
    answer = oracles.left_behind(rate * every_h, places) / rate + every_h / 2
    assert oracles.agrees(waits, answer, precision=0.08)


@pytest.mark.parametrize(
    ("rate", "least", "places", "wait_h"),
    [(4, 1, 5, 3.095394), (4, 3, 5, 2.884084), (4, 5, 5, 2.652257), (8, 1, 10, 2.907362), (8, 10, 10, 2.484769)],
)
def test_a_ship_that_sails_with_enough_aboard(rate, least, places, wait_h, monkeypatch):
    """Bulk service: a round trip of mean 1 h, all of it on the way out; who comes after the ship has left waits."""

    def with_round_trips(*described_by):
        ship = as_described(*described_by)
        out_h = described_by[1].luck.stream("round trip").exponential(1.0, len(ship.sailing_h))
        ship.sailing_h = array("d", np.where(np.arange(len(out_h)) % 2 == 0, out_h, 1e-9))
        return ship

    as_described = layout.fit_out
    monkeypatch.setattr(layout, "fit_out", with_round_trips)
    sea = worlds.sea(capacity=100 * places, patience_h=1e6, sailing_h=1.0)
    sea["vessels"]["feeder"]["least_load_share"] = least / places
    described = scenario({"sea": sea}, {"west": at_random(rate, "sea")}, days=DAYS)
    waits = []
    for replication in range(REPLICATIONS):
        stages = tables(described, replication=replication).stages
        loading = stages[(stages.activity == "loading") & (stages.queued_h > WARM_H)].dropna()
        loading = loading[loading.queued_h < DAYS * 24 - 12 * wait_h]
        waits.append((loading.ended_h - loading.queued_h).mean())
    assert oracles.agrees(waits, wait_h, precision=0.1)
