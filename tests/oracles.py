"""Known answers: closed forms, small Markov chains, recursions and one event list, all without the package.

Rates per unit time; `load` is the load of one server; waits are before service. Sources: Kleinrock, Queueing Systems
(1975, 1976); Cobham, Operations Research 2 (1954); Kiefer and Wolfowitz, Trans. AMS 78 (1955); Kella and Yechiali,
Naval Research Logistics 32 (1985) for priorities with several servers; Nelson and Tantawi, IEEE Trans. Computers 37
(1988) for the join of two queues.
"""

import heapq
import itertools
import math

import numpy as np


def erlang_b(servers, offered):
    """Share of arrivals lost by M/M/c/c at `offered` = arrival rate over service rate."""
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = offered * blocked / (busy + offered * blocked)
    return blocked


def erlang_c(servers, load):
    """Share of arrivals that wait in M/M/c."""
    blocked = erlang_b(servers, servers * load)
    return blocked / (1 - load * (1 - blocked))


def mmc_wait(servers, load, service=1.0):
    """Mean wait in M/M/c."""
    return erlang_c(servers, load) * service / (servers * (1 - load))


def mmc_wait_quantile(servers, load, share):
    """Quantile of the wait in M/M/c at mean service 1."""
    return max(0.0, math.log(erlang_c(servers, load) / (1 - share)) / (servers * (1 - load)))


def mg1_wait(load, cs2):
    """Mean wait in M/G/1 at mean service 1 and squared coefficient of variation `cs2` (Pollaczek, Khinchine)."""
    return load * (1 + cs2) / (2 * (1 - load))


def e2m1_wait(load):
    """Mean wait in E2/M/1 at mean service 1: the root of s = A*(1 - s), A* the transform of the Erlang gap."""
    root = 0.5
    for _ in range(10_000):
        root = (2 * load / (2 * load + 1 - root)) ** 2
    return root / (1 - root)


def left_behind(offered, places):
    """Mean number left behind when a vessel of `places` sails every period, Poisson(`offered`) coming between.

    The chain "number at the quay just before sailing", cut off far out in the tail.
    """
    size = places + 60 + int(40 / (1 - offered / places))
    log_factorial = np.array([math.lgamma(count + 1) for count in range(size)])
    coming = np.exp(np.arange(size) * math.log(offered) - offered - log_factorial)
    step = np.zeros((size, size))
    for waiting in range(size):
        left = max(waiting - places, 0)
        step[waiting, left:] = coming[: size - left]
    step[:, -1] += 1 - step.sum(axis=1)
    balance = np.vstack([step.T - np.eye(size), np.ones(size)])
    share, *_ = np.linalg.lstsq(balance, np.append(np.zeros(size), 1.0), rcond=None)
    return float(share @ np.maximum(np.arange(size) - places, 0))


def mdc_wait(servers, load):
    """Mean wait in M/D/c at service 1: what a ferry of `servers` places leaves behind, over the arrival rate."""
    return left_behind(servers * load, servers) / (servers * load)


def mg1_priority_waits(classes):
    """Mean wait of each class of a non-pre-emptive M/G/1 queue (Cobham); `classes`: rate, mean and second moment."""
    residual = sum(rate * second for rate, _, second in classes) / 2
    above = np.concatenate([[0.0], np.cumsum([rate * mean for rate, mean, _ in classes])])
    return [residual / (1 - above[rank]) / (1 - above[rank + 1]) for rank in range(len(classes))]


def mmc_priority_waits(servers, loads):
    """Mean wait of each class of a non-pre-emptive M/M/c queue at mean service 1; `loads` of one server by class."""
    residual = erlang_c(servers, sum(loads)) / servers
    above = np.concatenate([[0.0], np.cumsum(loads)])
    return [residual / (1 - above[rank]) / (1 - above[rank + 1]) for rank in range(len(loads))]


def saturated_pair(places):
    """Throughput of two exponential stations in line, never starved, with `places` between them, at rate 1."""
    return (places + 2) / (places + 3)


def full_vessel_wait(places, rate):
    """Mean wait for a vessel that sails when full, another always at hand."""
    return (places - 1) / (2 * rate)


def join_time(load):
    """Mean time until both of two M/M/1 queues with the same arrivals are through, mean service 1."""
    return (1.5 - load / 8) / (1 - load)


def lindley(arrivals, services):
    """Waits at one server, first come first served."""
    waits = [0.0]
    for before, after, service in zip(arrivals, arrivals[1:], services, strict=False):
        waits.append(max(0.0, waits[-1] + service - (after - before)))
    return waits[: len(arrivals)]


def kiefer_wolfowitz(arrivals, services, servers):
    """Waits at several servers, first come first served: the vector of work left, sorted, at each arrival."""
    work = [0.0] * servers
    before = arrivals[0] if arrivals else 0.0
    waits = []
    for arrival, service in zip(arrivals, services, strict=True):
        work = [max(0.0, left - (arrival - before)) for left in work]
        waits.append(work[0])
        work = sorted([work[0] + service, *work[1:]])
        before = arrival
    return waits


def story(jobs, capacity, changes=()):
    """Starts of `jobs` (arrival, service, priority) at places whose number changes at `changes` (hour, places more).

    Told event by event: at each hour first what ends, then rises, then cuts, then arrivals; then those who wait are
    served by priority, then in their order in `jobs`, while fewer are busy than there are places. What is under way
    goes on. A start that never comes is infinite.
    """
    ends, rises, cuts, arrivals = range(4)
    events = [(hour, rises if more > 0 else cuts, 0, more) for hour, more in changes]
    events += [(arrival, arrivals, number, 0) for number, (arrival, _, _) in enumerate(jobs)]
    heapq.heapify(events)
    starts = [math.inf] * len(jobs)
    waiting = []
    busy = 0
    while events:
        hour = events[0][0]
        while events and events[0][0] == hour:
            _, kind, number, more = heapq.heappop(events)
            busy -= kind == ends
            capacity += more
            if kind == arrivals:
                heapq.heappush(waiting, (jobs[number][2], number))
        while waiting and busy < capacity:
            _, number = heapq.heappop(waiting)
            starts[number] = hour
            busy += 1
            heapq.heappush(events, (hour + jobs[number][1], ends, number, 0))
    return starts


def office(jobs, capacity, changes, is_open, finish):
    """(start, end) of `jobs` (arrival, service) at desks that begin work in open hours; all hours whole, no service 0.

    Told hour by hour: the capacity changes, those who arrived are served in their order while it is open and fewer are
    busy than there are places, and what is under way goes on for an hour: if it is open, or if all is finished that was
    begun. `changes` (hour, places more) must leave a place, and `is_open` open hours, for ever.
    """
    starts, ends = [math.inf] * len(jobs), [math.inf] * len(jobs)
    left = {}
    begun = 0
    for hour in itertools.count():
        capacity += sum(more for at, more in changes if at == hour)
        while is_open(hour) and begun < len(jobs) and jobs[begun][0] <= hour and len(left) < capacity:
            starts[begun], left[begun] = hour, jobs[begun][1]
            begun += 1
        for number in list(left) if is_open(hour) or finish else ():
            left[number] -= 1
            if left[number] == 0:
                del left[number]
                ends[number] = hour + 1
        if begun == len(jobs) and not left:
            return list(zip(starts, ends, strict=True))


def z_score(replications, answer):
    """Distance of the mean of independent replications from the known answer, in standard errors."""
    values = np.asarray(replications, float)
    return float((values.mean() - answer) / (values.std(ddof=1) / math.sqrt(len(values))))


def agrees(replications, answer, precision):
    """Whether replications agree with the answer (|z| < 4) and are many enough to tell (standard error by answer)."""
    values = np.asarray(replications, float)
    error = values.std(ddof=1) / math.sqrt(len(values))
    return len(values) >= 20 and error <= precision * answer and abs(z_score(values, answer)) < 4
