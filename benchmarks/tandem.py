"""Three stations in line, four servers each, load 0.9: the same customers through four simulators.

The k-th customer to reach a station takes the k-th of its service times, so that every engine has the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import ciw
import numpy as np
import salabim
import simpy

from sim.model.resources import Clock, Desk
from sim.scenario.calendar import Steps

STATIONS = 3
SERVERS = 4
LOAD = 0.9

Waits = list[list[float]]
"""Hours of wait for each station, in the order in which customers reach it."""


@dataclass(frozen=True)
class Customers:
    """Hours of arrival at the first station, and hours of service for each station."""

    arrivals: list[float]
    services: list[list[float]]


def customers(number: int) -> Customers:
    """Poisson arrivals and exponential services of mean one hour."""
    stream = np.random.default_rng(2030)
    gaps = stream.exponential(1 / (SERVERS * LOAD), number)
    return Customers(np.cumsum(gaps).tolist(), stream.standard_exponential((STATIONS, number)).tolist())


def booked(inputs: Customers) -> Waits:
    """The desks of this model: start and end known on arrival, one sleep a service, customers that walk."""
    clock = Clock()
    waits: Waits = [[] for _ in range(STATIONS)]
    desks = [Desk(Steps((-math.inf,), (SERVERS,))) for _ in range(STATIONS)]
    line = [(desk.book, iter(services), log) for desk, services, log in zip(desks, inputs.services, waits, strict=True)]

    def customer():
        for book, services, log in line:
            arrived = clock.now
            started, ended = book(arrived, next(services))
            log.append(started - arrived)
            yield clock.at(ended)

    def source():
        for hour in inputs.arrivals:
            yield clock.at(hour)
            clock.walk(customer())

    clock.walk(source())
    clock.run()
    return waits


def held(inputs: Customers) -> Waits:
    """SimPy as its documentation teaches it: request a resource, hold it, release it."""
    env = simpy.Environment()
    waits: Waits = [[] for _ in range(STATIONS)]
    line = [
        (simpy.Resource(env, SERVERS), iter(services), log)
        for services, log in zip(inputs.services, waits, strict=True)
    ]

    def customer():
        for resource, services, log in line:
            arrived = env.now
            with resource.request() as granted:
                yield granted
                log.append(env.now - arrived)
                yield env.timeout(next(services))

    def source():
        for hour in inputs.arrivals:
            yield env.timeout(hour - env.now)
            env.process(customer())

    env.process(source())
    env.run()
    return waits


def in_ciw(inputs: Customers) -> Waits:
    """Ciw: a network of nodes, fed with the same gaps and services."""
    gaps = np.diff(inputs.arrivals, prepend=0.0).tolist()
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, math.inf]), None, None],
        service_distributions=[ciw.dists.Sequential(services) for services in inputs.services],
        number_of_servers=[SERVERS] * STATIONS,
        routing=[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(inputs.arrivals))
    waits: Waits = [[] for _ in range(STATIONS)]
    for record in sorted(simulation.get_all_records(), key=lambda record: record.arrival_date):
        waits[record.node - 1].append(record.waiting_time)
    return waits


def in_salabim(inputs: Customers) -> Waits:
    """Salabim: components that request, hold and release, without the monitors of its resources."""
    salabim.yieldless(False)
    env = salabim.Environment(random_seed=1)
    waits: Waits = [[] for _ in range(STATIONS)]
    line = [
        (salabim.Resource(capacity=SERVERS, monitor=False, env=env), iter(services), log)
        for services, log in zip(inputs.services, waits, strict=True)
    ]

    class Customer(salabim.Component):
        def process(self):
            for resource, services, log in line:
                arrived = env.now()
                yield self.request(resource)
                log.append(env.now() - arrived)
                yield self.hold(next(services))
                self.release(resource)

    class Source(salabim.Component):
        def process(self):
            for hour in inputs.arrivals:
                yield self.hold(till=hour)
                Customer(env=env)

    Source(env=env)
    env.run()
    return waits


ENGINES: dict[str, Callable[[Customers], Waits]] = {
    "booked desks (this model)": booked,
    "SimPy, resources held": held,
    "Ciw": in_ciw,
    "salabim": in_salabim,
}
