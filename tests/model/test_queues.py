"""Desks and tracks against the theory of queues.

Rows are named after the model of queue and its load: the answers are those of oracles.py, or, where no closed form
exists, exact values of Markov chains to six digits.
"""

import datetime as dt
import math
from dataclasses import dataclass, field

import numpy as np
import oracles
import pytest
from serving import held, steady, stepped

from sim.model.resources import Clock, Desk, Room
from sim.scenario.calendar import Calendar

REPLICATIONS = 20


@dataclass(frozen=True)
class Law:
    """A law of times of mean 1: how to draw them, and its squared coefficient of variation."""

    name: str
    draw: object
    cs2: float


def hyperexponential(cs2):
    """Two phases of balanced means."""
    first = (1 + math.sqrt((cs2 - 1) / (cs2 + 1))) / 2

    def draw(rng, size):
        means = np.where(rng.random(size) < first, 1 / (2 * first), 1 / (2 * (1 - first)))
        return means * rng.standard_exponential(size)

    return Law(f"H2 of cs2 {cs2}", draw, cs2)


def lognormal(cv):
    sigma = math.sqrt(math.log1p(cv**2))
    return Law(f"lognormal of cv {cv}", lambda rng, size: rng.lognormal(-(sigma**2) / 2, sigma, size), cv**2)


M = Law("M", lambda rng, size: rng.standard_exponential(size), 1)
D = Law("D", lambda rng, size: np.ones(size), 0)
E2 = Law("E2", lambda rng, size: rng.standard_gamma(2, size) / 2, 1 / 2)
E4 = Law("E4", lambda rng, size: rng.standard_gamma(4, size) / 4, 1 / 4)
UNIFORM = Law("U", lambda rng, size: rng.uniform(0, 2, size), 1 / 3)


@dataclass(frozen=True)
class Row:
    """A desk with a known mean wait at mean service 1."""

    arrivals: Law
    services: Law
    servers: int
    load: float
    wait: float
    jobs: int = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "jobs", {0.5: 6_000, 0.8: 16_000, 0.9: 30_000}[self.load])

    def __str__(self):
        return f"{self.arrivals.name}/{self.services.name}/{self.servers} at {self.load}"

    def waits(self, replication):
        """Waits of one replication, the first quarter left out."""
        rng = np.random.default_rng([2030, replication])
        arrivals = np.cumsum(self.arrivals.draw(rng, self.jobs)) / (self.servers * self.load)
        book = Desk(steady(self.servers)).book
        jobs = zip(arrivals.tolist(), self.services.draw(rng, self.jobs).tolist(), strict=True)
        starts = [book(arrival, service)[0] for arrival, service in jobs]
        return (np.array(starts) - arrivals)[self.jobs // 4 :]


LOADS = (0.5, 0.8, 0.9)
MANY = ((1, 0.5), (1, 0.8), (1, 0.9), (2, 0.8), (2, 0.9), (3, 0.8), (3, 0.9), (5, 0.8), (10, 0.9))
EXACT_E2 = {(2, 0.5): 0.255639, (2, 0.8): 1.342391, (2, 0.9): 3.207339, (3, 0.8): 0.818262, (3, 0.9): 2.053361}
EXACT_H2 = {(2, 0.5): 0.471778, (2, 0.8): 2.621252, (2, 0.9): 6.345324, (3, 0.8): 1.571315, (3, 0.9): 4.031404}
ROWS = [
    *(Row(M, M, servers, load, oracles.mmc_wait(servers, load)) for servers, load in MANY),
    *(
        Row(M, law, 1, load, oracles.mg1_wait(load, law.cs2))
        for law in (D, E4, E2, UNIFORM, lognormal(1.5), hyperexponential(4))
        for load in LOADS
    ),
    *(Row(E2, M, 1, load, oracles.e2m1_wait(load)) for load in LOADS),
    *(Row(M, D, servers, load, oracles.mdc_wait(servers, load)) for servers, load in [*EXACT_E2, (5, 0.9), (10, 0.9)]),
    *(Row(M, E2, servers, load, wait) for (servers, load), wait in {**EXACT_E2, (5, 0.9): 1.153309}.items()),
    *(Row(M, hyperexponential(2), *key, wait) for key, wait in {**EXACT_H2, (5, 0.9): 2.238311}.items()),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_mean_wait_at_a_desk(row):
    means = [row.waits(replication).mean() for replication in range(REPLICATIONS)]
    assert oracles.agrees(means, row.wait, precision=0.06)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.8), (3, 0.8), (5, 0.8)])
def test_distribution_of_waits_at_a_desk(servers, load):
    row = Row(M, M, servers, load, oracles.mmc_wait(servers, load))
    longest = oracles.mmc_wait_quantile(servers, load, 0.95)
    waits = [row.waits(replication) for replication in range(REPLICATIONS)]
    assert oracles.agrees([(each > 0).mean() for each in waits], oracles.erlang_c(servers, load), precision=0.02)
    assert oracles.agrees([(each > longest).mean() for each in waits], 0.05, precision=0.1)


@pytest.mark.parametrize(
    ("rate", "open_h", "time"), [(0.3, 12, 6.39252), (0.5, 16, 5.88767)], ids=["12 h a day", "16 h a day"]
)
def test_a_desk_open_part_of_the_day_finishes_what_it_began(rate, open_h, time):
    """Mean time in the system of M/M/1 in overtime: exact values of the periodic Markov chain."""

    def mean_time(replication):
        rng = np.random.default_rng([24, replication])
        arrivals = np.cumsum(rng.exponential(1 / rate, 6_000))
        days = range(int(arrivals[-1] / 24) + 30)
        desk = Desk(stepped(1, *(edge for day in days for edge in ((24 * day + open_h, 0), (24 * day + 24, 1)))))
        ends = [desk.book(*job)[1] for job in zip(arrivals, rng.standard_exponential(6_000), strict=True)]
        return (np.array(ends) - arrivals)[500:].mean()

    assert oracles.agrees([mean_time(replication) for replication in range(REPLICATIONS)], time, precision=0.02)


@pytest.mark.parametrize("finish", [True, False], ids=["finish", "stop"])
@pytest.mark.parametrize(
    ("rate", "open_h", "overtime", "resumed"),
    [(0.3, 12, 6.39252, 7.57507), (0.5, 16, 5.88767, 7.40138)],
    ids=["12 h a day", "16 h a day"],
)
def test_a_desk_with_working_hours(rate, open_h, overtime, resumed, finish):
    """Mean time in the system of M/M/1 that ends the day in overtime or goes on the next: the same chain, both ways."""
    calendar = Calendar(dt.date(2025, 1, 1), dt.date(2033, 1, 1), 0)
    spells = calendar.open_spells("UTC", dt.time(0), dt.time(open_h))

    def mean_time(replication):
        rng = np.random.default_rng([25, replication])
        arrivals = np.cumsum(rng.exponential(1 / rate, 20_000))
        assert arrivals[-1] < calendar.closing_h
        book = Desk(steady(1), spells, finish).book
        jobs = zip(arrivals.tolist(), rng.standard_exponential(20_000).tolist(), strict=True)
        ends = [book(*job)[1] for job in jobs]
        return (np.array(ends) - arrivals)[500:].mean()

    times = [mean_time(replication) for replication in range(REPLICATIONS)]
    assert oracles.agrees(times, overtime if finish else resumed, precision=0.01)


@pytest.mark.parametrize(
    ("servers", "loads"),
    [(1, (0.2, 0.6)), (1, (0.2, 0.3, 0.3)), (2, (0.2, 0.6)), (3, (0.2, 0.6))],
    ids=["M/M/1 two classes", "M/M/1 three classes", "M/M/2 two classes", "M/M/3 two classes"],
)
def test_mean_wait_by_priority_on_a_track(servers, loads):
    means = []
    for replication in range(REPLICATIONS):
        rng = np.random.default_rng([54, replication])
        size = 4_000
        arrivals = np.cumsum(rng.standard_exponential(size)) / (servers * sum(loads))
        priorities = rng.choice(len(loads), size, p=np.array(loads) / sum(loads))
        jobs = zip(arrivals.tolist(), rng.standard_exponential(size).tolist(), priorities.tolist(), strict=True)
        waits = np.array(held(steady(servers), list(jobs))) - arrivals
        means.append([waits[size // 4 :][priorities[size // 4 :] == rank].mean() for rank in range(len(loads))])
    for of_class, wait in zip(zip(*means, strict=True), oracles.mmc_priority_waits(servers, loads), strict=True):
        assert oracles.agrees(of_class, wait, precision=0.1)


def test_mean_wait_by_priority_with_unlike_services():
    """Express trains of two hours before ordinary ones of three on average."""
    means = []
    for replication in range(REPLICATIONS):
        rng = np.random.default_rng([55, replication])
        arrivals = np.cumsum(rng.exponential(1 / 0.3, 4_000))
        ordinary = rng.random(4_000) < 2 / 3
        services = np.where(ordinary, rng.exponential(3, 4_000), 2.0)
        jobs = list(zip(arrivals.tolist(), services.tolist(), ordinary.tolist(), strict=True))
        waits = (np.array(held(steady(1), jobs)) - arrivals)[1_000:]
        means.append((waits[~ordinary[1_000:]].mean(), waits[ordinary[1_000:]].mean()))
    for of_class, wait in zip(
        zip(*means, strict=True), oracles.mg1_priority_waits([(0.1, 2, 4), (0.2, 3, 18)]), strict=True
    ):
        assert oracles.agrees(of_class, wait, precision=0.1)


@pytest.mark.parametrize("places", [0, 1, 2])
def test_a_full_track_blocks_the_one_before(places):
    """Two stations in line, never starved, exponential: a unit keeps its station until the next takes it."""

    def throughput(replication):
        clock = Clock()
        rng = np.random.default_rng([56, replication])
        first, between, second = (Room(clock, steady(capacity)) for capacity in (1, places + 1, 1))
        services = rng.standard_exponential((2, 2_000)).tolist()
        ends = []

        def unit(number):
            for station, before, service in (
                (first, None, services[0]),
                (between, first, None),
                (second, None, services[1]),
            ):
                granted = station.request(0, number)
                if granted is not None:
                    yield granted
                if before is not None:
                    before.release()
                if service is not None:
                    yield clock.at(clock.now + service[number])
            second.release()
            between.release()
            ends.append(clock.now)

        for number in range(2_000):
            clock.process(unit(number))
        clock.run(until=1e9)
        return 1_500 / (ends[-1] - ends[499])

    assert oracles.agrees(
        [throughput(replication) for replication in range(REPLICATIONS)], oracles.saturated_pair(places), precision=0.01
    )
