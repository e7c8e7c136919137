"""Known answers as formulas. This module imports nothing from the package: no formula is shared with the model.

Rates are per hour, times in hours; `load` is the load of one server; a wait is that before service.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals that wait in M/M/c (Erlang 1917), by the sum over states."""
    offered = servers * load
    terms = [math.exp(busy * math.log(offered) - math.lgamma(busy + 1)) for busy in range(servers + 1)]
    waiting = terms[-1] / (1 - load)
    return waiting / (math.fsum(terms[:-1]) + waiting)


def mmc_wait(servers: int, load: float) -> float:
    """Mean wait in M/M/c at mean service 1 (Erlang 1917)."""
    return erlang_c(servers, load) / (servers * (1 - load))


def mmc_wait_quantile(servers: int, load: float, share: float) -> float:
    """Quantile of the wait in M/M/c at mean service 1; `share` of arrivals wait no longer."""
    return math.log(erlang_c(servers, load) / (1 - share)) / (servers * (1 - load))


def mg1_wait(load: float, cs2: float) -> float:
    """Mean wait in M/G/1 at mean service 1, `cs2` its squared coefficient of variation (Pollaczek 1930, Khinchine)."""
    return load * (1 + cs2) / (2 * (1 - load))


def erlang2_m1_wait(load: float) -> float:
    """Mean wait in E2/M/1 at mean service 1: σ/(1 - σ), σ the root below 1 of the transform of the gap at 1 - σ.

    With gaps of two exponential phases of rate 2ρ, σ solves a cubic with the root 1; what is left is a quadratic.
    """
    two = 2 * load
    root = (1 + 2 * two - math.sqrt(1 + 4 * two)) / 2
    return root / (1 - root)


def excess_of_poisson(mean: float, places: int) -> float:
    """Mean of what a Poisson number exceeds some places by, or 0, for a mean below the places."""
    total, count = 0.0, places
    chance = math.exp(places * math.log(mean) - mean - math.lgamma(places + 1))
    while True:
        count += 1
        chance *= mean / count
        term = (count - places) * chance
        total += term
        if count > places + 20 and term < 1e-17 * max(total, 1e-300):
            return total


def left_behind(arrivals: float, places: int) -> float:
    """Mean number left at the quay by a vessel of some places each period, Poisson(`arrivals`) coming between.

    Spitzer's identity (1956): the sum over n of the mean excess of n periods together, over n.
    """
    total, periods = 0.0, 0
    while True:
        periods += 1
        term = excess_of_poisson(periods * arrivals, periods * places) / periods
        total += term
        if term < 1e-12 * total:
            return total


def mdc_wait(servers: int, load: float) -> float:
    """Mean wait in M/D/c at service 1 (Crommelin 1932): what a ferry of `servers` places leaves, over the rate."""
    return left_behind(servers * load, servers) / (servers * load)


def mmc_priority_waits(servers: int, loads: Sequence[float]) -> list[float]:
    """Mean wait of each class, the first before the others, not pre-emptive (Cobham 1954; Kella, Yechiali 1985)."""
    residual = erlang_c(servers, math.fsum(loads)) / servers
    free = [1 - math.fsum(loads[:rank]) for rank in range(len(loads) + 1)]
    return [residual / (before * after) for before, after in itertools.pairwise(free)]


def mg1_priority_waits(classes: Sequence[tuple[float, float, float]]) -> list[float]:
    """The same for M/G/1; a class is its rate and the first two moments of its service (Cobham 1954)."""
    residual = math.fsum(rate * second for rate, _, second in classes) / 2
    loads = [rate * first for rate, first, _ in classes]
    free = [1 - math.fsum(loads[:rank]) for rank in range(len(loads) + 1)]
    return [residual / (before * after) for before, after in itertools.pairwise(free)]


def saturated_pair(places: int) -> float:
    """Throughput of two exponential stations of rate 1, the first never starved, some places between (Hunt 1956)."""
    return (places + 2) / (places + 3)


def broken_down(rate: float, failures: float, repair_h: float) -> float:
    """Mean number in M/M/1 at service 1 whose server fails at any time and resumes (White and Christie 1958)."""
    repairs = 1 / repair_h
    total = failures + repairs
    return rate * (total**2 + failures) / (total * (repairs - rate * total))


def closed_loop(sets: int, delay_h: float, stations: Sequence[tuple[float, int]]) -> float:
    """Rounds an hour of `sets` that circulate over a delay and exponential stations (Buzen 1973).

    A station is its mean service and its number of servers.
    """
    constants = [delay_h**count / math.factorial(count) for count in range(sets + 1)]
    for service_h, servers in stations:
        factors = [1.0]
        for count in range(1, sets + 1):
            factors.append(factors[-1] * service_h / min(count, servers))
        constants = [
            math.fsum(constants[count - inside] * factors[inside] for inside in range(count + 1))
            for count in range(sets + 1)
        ]
    return constants[sets - 1] / constants[sets]


def join_time(load: float) -> float:
    """Mean time until two M/M/1 at service 1 with the same arrivals are both through (Flatto and Hahn 1984)."""
    return (12 - load) / (8 * (1 - load))


def full_vessel_wait(places: int, rate: float) -> float:
    """Mean wait for a vessel that sails when full, the next one always at hand."""
    return math.fsum((places - rank) / rate for rank in range(1, places + 1)) / places


def declarations_handled(declarations: int, wrong: float) -> float:
    """Mean number of declarations handled when each is handled again while it is wrong (geometric)."""
    return declarations / (1 - wrong)


def rounds(declarations: int, wrong: float) -> float:
    """Mean of the greatest of as many geometric numbers: rounds until no declaration is wrong."""
    return math.fsum(1 - (1 - wrong**number) ** declarations for number in range(400))


def closed_times(spells: Sequence[tuple[float, float]], closure_h: float) -> list[float]:
    """Mean hours closed of an alternating renewal process, exponential both ways (Cox 1962).

    In each of some spells, one after another, of an own share of time closed and number of hours: the chance of being
    closed, at first the first share, nears the share at the rate at which closures begin and end together.
    """
    closed_hours, chance = [], spells[0][0]
    for share, hours in spells:
        speed = 1 / closure_h / (1 - share)
        left = math.exp(-speed * hours)
        closed_hours.append(share * hours + (chance - share) * (1 - left) / speed)
        chance = share + (chance - share) * left
    return closed_hours


def long_closures(lengths: float) -> float:
    """Share of closures, gamma distributed with a cv of √2, that outlast some mean lengths: as of a squared normal."""
    return math.erfc(math.sqrt(lengths / 2))


def lognormal_share_below(mean: float, cv: float, value: float) -> float:
    """Share of a lognormal quantity, stated by mean and coefficient of variation, that lies below a value."""
    variance = math.log(1 + cv**2)
    score = (math.log(value / mean) + variance / 2) / math.sqrt(variance)
    return (1 + math.erf(score / math.sqrt(2))) / 2


def student_half_width(values: Sequence[float], level: float) -> float:
    """Half-width of Student's interval (1908), the quantile by integration of the density and bisection."""
    n = len(values)
    mean = math.fsum(values) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    low, high = 0.0, 1000.0
    while high - low > 1e-11:
        middle = (low + high) / 2
        low, high = (middle, high) if student_within(middle, n - 1) < level else (low, middle)
    return low * deviation / math.sqrt(n)


def student_within(bound: float, degrees: int) -> float:
    """Probability that Student's t lies between -`bound` and `bound`, by Simpson's rule over its angle.

    With t = √n·tan φ the density is that of cos φ to the power n - 1.
    """
    angle, steps = math.atan(bound / math.sqrt(degrees)), 400
    width = angle / steps
    weights = [1, *([4, 2] * (steps // 2))[:-1], 1]
    area = math.fsum(weight * math.cos(step * width) ** (degrees - 1) for step, weight in enumerate(weights))
    scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(math.pi)
    return 2 * scale * area * width / 3


def geometric_volume(low: float, high: float, part: float) -> float:
    """A volume some part of the way between two years, at steady growth."""
    return low * math.exp(part * math.log(high / low))


def lindley(arrivals: Sequence[float], services: Sequence[float]) -> list[float]:
    """Waits at one server, first come first served (Lindley 1952)."""
    waits, work, before = [], 0.0, arrivals[0]
    for arrival, service in zip(arrivals, services, strict=True):
        work = max(0.0, work - (arrival - before))
        waits.append(work)
        work, before = work + service, arrival
    return waits


def kiefer_wolfowitz(arrivals: Sequence[float], services: Sequence[float], servers: int) -> list[float]:
    """Waits at several servers, first come first served, by the sorted vector of work left (1955)."""
    backlog, before, waits = [0.0] * servers, arrivals[0], []
    for arrival, service in zip(arrivals, services, strict=True):
        backlog = sorted(max(0.0, work - (arrival - before)) for work in backlog)
        waits.append(backlog[0])
        backlog[0] += service
        before = arrival
    return waits


def starts(jobs: Sequence[tuple[float, float, int]], places: int, changes: Sequence[tuple[float, int]]) -> list[float]:
    """Starts of jobs (arrival, service, priority) at places of changing number (hour, places more).

    Told over the sorted hours at which anything happens: ends, then rises and cuts, then arrivals, then starts by
    priority and number. What is under way goes on when places are cut.
    """
    start_of: dict[int, float] = {}
    hours = sorted({arrival for arrival, _, _ in jobs} | {hour for hour, _ in changes})
    while hours:
        hour_now = hours.pop(0)
        room = places + sum(rise for hour, rise in changes if hour <= hour_now)
        busy = sum(start + jobs[number][1] > hour_now for number, start in start_of.items())
        waiting = [number for number, job in enumerate(jobs) if job[0] <= hour_now and number not in start_of]
        for number in sorted(waiting, key=lambda waiter: (jobs[waiter][2], waiter))[: max(0, room - busy)]:
            start_of[number] = hour_now
            end = hour_now + jobs[number][1]
            if end not in hours:
                hours = sorted([*hours, end])
    return [start_of.get(number, math.inf) for number in range(len(jobs))]


def paired_nest(utilities: Sequence[float], dissimilarity: float) -> tuple[float, float, float]:
    """Shares of three ways of which the first two lie in a nest (McFadden 1978): first, second, third."""
    first, second, third = utilities
    within = 1 / (1 + math.exp((second - first) / dissimilarity))
    nest = first - dissimilarity * math.log(within)
    of_nest = 1 / (1 + math.exp(third - nest))
    return of_nest * within, of_nest * (1 - within), 1 - of_nest


def nest_elasticities(response: float, utilities: Sequence[float], dissimilarity: float) -> tuple[float, float, float]:
    """By how much a unit of cost of the first way moves the logarithms of the shares of `paired_nest`.

    Of the way itself, of the other in its nest, and of that beside it (Train, Discrete choice methods, section 4.2).
    """
    share, other, _ = paired_nest(utilities, dissimilarity)
    within, more = share / (share + other), 1 / dissimilarity - 1
    return (
        -response * (1 - share + more * (1 - within)),
        response * (share + more * within),
        response * share,
    )
