"""How often intervals hold what they should: M/M/3 at load 0.8, its mean wait known, simulated at the model's own desk.

An experiment is some replications and the interval that the program makes of them; its share of hits is the coverage.
A replication begins in steady state, so that nothing but the interval is on trial: the number already there is drawn
from its stationary distribution and booked first (service is without memory), and those who arrive at random see that
distribution. `--precision` is on trial too: a number of replications that depends on the values makes the intervals
too short more often.
"""

import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count

import numpy as np

from sim.measure.chances import share_interval
from sim.measure.statistics import interval
from sim.model.randomness import Luck
from sim.model.resources import Desk
from sim.runs.precision import Aim, half_width_shares, stop_of
from sim.scenario.addresses import Address
from sim.scenario.calendar import Steps

SERVERS, LOAD, LEVEL = 3, 0.8, 0.95
EXPERIMENTS, BAR = 500, (0.93, 0.97)
BARRED = (12_000, 10)
FIXED = ((12_000, (5, 10)), (4000, (5, 10, 20)), (1000, (5, 10, 20)))
SEQUENTIAL = ((0.20, 1000), (0.10, 1000), (0.10, 4000))
"""Customers a replication and numbers of replications; precisions and customers a replication."""


def known_wait():
    """Mean wait by Erlang's formula, in mean services."""
    offered = SERVERS * LOAD
    blocked = 1.0
    for busy in range(1, SERVERS + 1):
        blocked = offered * blocked / (busy + offered * blocked)
    waits = blocked / (1 - LOAD * (1 - blocked))
    return waits / (SERVERS * (1 - LOAD))


def already_there(luck):
    """A number of customers in the system, from its stationary distribution."""
    offered = SERVERS * LOAD
    weights = [offered**n / math.factorial(n) for n in range(SERVERS)]
    weights += [weights[-1] * offered / SERVERS * LOAD**more for more in range(400)]
    return int(np.searchsorted(np.cumsum(weights) / sum(weights), luck.stream("already there").random()))


def mean_wait(experiment, customers, replication):
    """Mean wait of the customers of one replication."""
    luck = Luck(experiment, replication)
    desk = Desk(Steps((-math.inf,), (SERVERS,)))
    for work_h in luck.stream("works there").exponential(1.0, already_there(luck)).tolist():
        desk.book(0.0, work_h)
    arrivals = np.cumsum(luck.stream("arrivals").exponential(1 / (SERVERS * LOAD), customers))
    works = luck.stream("works").exponential(1.0, customers)
    starts = [desk.book(now_h, work_h)[0] for now_h, work_h in zip(arrivals.tolist(), works.tolist(), strict=True)]
    return float(np.mean(np.array(starts) - arrivals))


def fixed(customers, numbers, experiment):
    """For each number of replications, whether the interval holds the known mean."""
    values = [mean_wait(experiment, customers, replication) for replication in range(max(numbers))]
    return [holds(values[:number]) for number in numbers]


def sequential(precision, customers, experiment):
    """Whether the interval of a sequential experiment holds the known mean; replications kept, and whether enough."""
    aim = Aim(precision, (Address("wait_h"),), most=400)
    values = []
    for replication in count():
        values.append(mean_wait(experiment, customers, replication))
        stop = stop_of(half_width_shares(np.array([values]), LEVEL), aim) if len(values) >= aim.fewest else None
        if stop is not None:
            return holds(values[: stop.replications]), stop.replications, stop.enough is not None


def holds(values):
    """Whether the interval of some replications holds the known mean."""
    found = interval(values, LEVEL)
    return found.low <= known_wait() <= found.high


def said(hits):
    """A share of experiments with its own interval."""
    found = share_interval(int(np.sum(hits)), len(hits), LEVEL)
    return f"{found.share:6.1%}  [{found.low:.1%}, {found.high:.1%}]"


def main():
    """Run all experiments, print the shares, and return whether the bar is missed."""
    print(
        f"M/M/{SERVERS} at load {LOAD}: mean wait {known_wait():.6f}; {EXPERIMENTS} experiments, {LEVEL:.0%} intervals"
    )
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        covered = {}
        for customers, numbers in FIXED:
            hits = np.array(list(pool.map(partial(fixed, customers, numbers), range(EXPERIMENTS), chunksize=10)))
            for number, held in zip(numbers, hits.T, strict=True):
                covered[customers, number] = float(held.mean())
                print(f"{number:3} replications of {customers:6} customers: covers {said(held)}", flush=True)
        for precision, customers in SEQUENTIAL:
            ended = list(pool.map(partial(sequential, precision, customers), range(EXPERIMENTS), chunksize=10))
            held, made, enough = (np.array(column) for column in zip(*ended, strict=True))
            numbers = f"{np.mean(made):.1f} replications on average ({made.min()} to {made.max()})"
            print(
                f"--precision {precision:.0%}, replications of {customers} customers: covers {said(held)}, {numbers}, "
                f"reached in {np.mean(enough):.1%}",
                flush=True,
            )
    low, high = BAR
    met = low <= covered[BARRED] <= high
    verdict = "lie" if met else "do NOT lie"
    print(f"{BARRED[1]} replications of {BARRED[0]} customers {verdict} within {low:.0%} to {high:.0%}")
    return not met


if __name__ == "__main__":
    sys.exit(main())
