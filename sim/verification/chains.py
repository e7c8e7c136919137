"""Known answers as Markov chains in continuous time, written out state by state and solved by linear algebra.

This module imports nothing from the package either. Rates are per hour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
State = TypeVar("State", bound=Hashable)


def generator(first: State, moves: Callable[[State], Iterable[tuple[float, State]]]) -> tuple[list[State], FloatArray]:
    """All states that are reached from the first, and the rates between them; the rows add up to 0."""
    states, rates, place = [first], [], {first: 0}
    for state in states:
        for rate, after in moves(state):
            if after not in place:
                place[after] = len(states)
                states.append(after)
            rates.append((place[state], place[after], rate))
    matrix = np.zeros((len(states), len(states)))
    for before, after_, rate in rates:
        matrix[before, after_] += rate
        matrix[before, before] -= rate
    return states, matrix


def stationary(matrix: FloatArray) -> FloatArray:
    """The long-run share of time in each state."""
    balance = matrix.T.copy()
    balance[-1] = 1.0
    right = np.zeros(len(matrix))
    right[-1] = 1.0
    return np.asarray(np.linalg.solve(balance, right))


def transition(matrix: FloatArray, hours: float) -> FloatArray:
    """Probabilities of going from each state to each in some hours: the exponential of the matrix, by squaring."""
    doublings = max(0, math.ceil(math.log2(max(1e-9, float(np.abs(matrix).max()) * hours)))) + 6
    small = matrix * (hours / 2**doublings)
    power, term = np.eye(len(matrix)), np.eye(len(matrix))
    for order in range(1, 12):
        term = term @ small / order
        power = power + term
    for _ in range(doublings):
        power = power @ power
    return power


def birth_death(rate: float, service: float, servers: int, cutoff: int) -> FloatArray:
    """The rates of M/M/c, cut off at `cutoff` customers."""
    moves = [(number, number + 1, rate) for number in range(cutoff)]
    moves += [(number, number - 1, min(number, servers) * service) for number in range(1, cutoff + 1)]
    matrix = np.zeros((cutoff + 1, cutoff + 1))
    for before, after, flow in moves:
        matrix[before, after] += flow
        matrix[before, before] -= flow
    return matrix


def inside_after(rate: float, service: float, servers: int, hours: float, cutoff: int = 150) -> float:
    """Mean number in M/M/c some hours after it was empty."""
    return float(transition(birth_death(rate, service, servers, cutoff), hours)[0] @ np.arange(cutoff + 1))


def office_stay(rate: float, service: float, open_h: float, closed_h: float, finish: bool, cutoff: int = 90) -> float:
    """Mean hours of a customer in M/M/1 that serves a part of each day only.

    At closing the customer in service waits for the opening with the others, or (`finish`) is served to the end.
    States: customers, and whether one is in service out of hours. The mean number over a day, by steps of 1/16 h.
    """
    step = 1 / 16
    size = cutoff + 1
    overnight = np.zeros((2 * size, 2 * size))
    working = np.zeros((2 * size, 2 * size))
    working[size:, size:] = birth_death(rate, service, 1, cutoff)
    for busy in (0, 1):
        for number in range(size):
            row = busy * size + number
            if number < cutoff:
                overnight[row, row + 1] += rate
            if busy and number:
                overnight[row, number - 1] += service
            overnight[row, row] -= overnight[row].sum()
    opening = np.zeros((2 * size, 2 * size))
    closing = np.zeros((2 * size, 2 * size))
    for number in range(size):
        opening[[number, size + number], size + number] = 1.0
        closing[size + number, size + number if finish and number else number] = 1.0
        closing[number, number] = 1.0
    open_step, shut_step = transition(working, step), transition(overnight, step)
    steps = [open_step] * round(open_h / step) + [shut_step] * round(closed_h / step)
    numbers = np.tile(np.arange(float(size)), 2)
    day = opening @ np.linalg.matrix_power(open_step, round(open_h / step)) @ closing
    day = day @ np.linalg.matrix_power(shut_step, round(closed_h / step))
    return day_mean(day, steps, opening, closing, round(open_h / step), numbers) / rate


def day_mean(
    day: FloatArray, steps: list[FloatArray], opening: FloatArray, closing: FloatArray, shuts: int, numbers: FloatArray
) -> float:
    """Mean number over a day that repeats itself, by the trapezoid rule; it shuts before step `shuts`."""
    for _ in range(11):
        day = day @ day
        day /= day.sum(axis=1, keepdims=True)
    share = day[0] @ opening
    total = 0.0
    for place, step in enumerate(steps):
        share = share @ closing if place == shuts else share
        after = share @ step
        total += float((share + after) @ numbers) / 2
        share = after
    return total / len(steps)


def bulk_wait(rate: float, least: int, places: int, phases: int = 1, cutoff: int = 320) -> float:
    """Mean wait in M/E_k^(a,b)/1: a server takes at most `places` waiting customers when there are `least` of them.

    Service has a mean of 1 h in exponential phases; who comes after it has begun waits for the next. States: customers
    waiting, cut off at `cutoff`, and phases still to go (0: the server waits too). Neuts (1967), A general class of
    bulk queues with Poisson input, Ann. Math. Statist. 38(3).
    """

    def begin(waiting: int) -> tuple[int, int]:
        return (waiting - min(waiting, places), phases) if waiting >= least else (waiting, 0)

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, tuple[int, int]]]:
        waiting, phases_left = state
        if waiting < cutoff:
            yield rate, begin(waiting + 1) if phases_left == 0 else (waiting + 1, phases_left)
        if phases_left:
            yield float(phases), (waiting, phases_left - 1) if phases_left > 1 else begin(waiting)

    states, matrix = generator((0, 0), moves)
    return float(stationary(matrix) @ np.array([waiting for waiting, _ in states])) / rate


Line = tuple[int, tuple[str, ...], tuple[int, ...]]
"""Customers before the first station, what each station does (idle, work, stop: blocked), customers between two."""


def line_moves(
    rates: tuple[float, ...], places: int, feed: float | None, cutoff: int
) -> Callable[[Line], Iterable[tuple[float, Line]]]:
    """The moves of stations of one server in a row; a full place between blocks the server before it.

    `feed` is the rate of a Poisson input, cut off at `cutoff`; None: the first station is never starved.
    """

    def moves(state: Line) -> Iterable[tuple[float, Line]]:
        before, doing, between = state
        if feed is not None and before < cutoff:
            yield feed, pull(before + 1, list(doing), list(between), feed is None)
        for place, rate in enumerate(rates):
            if doing[place] == "work":
                after, buffers = list(doing), list(between)
                after[place] = "stop" if place + 1 < len(rates) else "idle"
                yield rate, settled_line(before, after, buffers, places, feed is None)

    return moves


def settled_line(before: int, doing: list[str], between: list[int], places: int, never_starved: bool) -> Line:
    """Let customers move on while there is room, from the end of the line to its beginning."""
    moving = True
    while moving:
        moving = False
        for place in reversed(range(len(between))):
            if doing[place + 1] == "idle" and between[place] > 0:
                between[place], doing[place + 1], moving = between[place] - 1, "work", True
            if doing[place] == "stop" and between[place] == 0 and doing[place + 1] == "idle":
                doing[place], doing[place + 1], moving = "idle", "work", True
            elif doing[place] == "stop" and between[place] < places:
                doing[place], between[place], moving = "idle", between[place] + 1, True
    return pull(before, doing, between, never_starved)


def pull(before: int, doing: list[str], between: list[int], never_starved: bool) -> Line:
    """Let the first station take the next customer."""
    if doing[0] == "idle" and (never_starved or before > 0):
        doing[0] = "work"
        before -= 0 if never_starved else 1
    return before, tuple(doing), tuple(between)


def saturated_line(rates: tuple[float, ...], places: int) -> float:
    """Throughput of exponential stations in a row, never starved, with some places between two."""
    first: Line = (0, ("work", *("idle",) * (len(rates) - 1)), (0,) * (len(rates) - 1))
    states, matrix = generator(first, line_moves(rates, places, None, 0))
    share = stationary(matrix)
    return rates[-1] * float(sum(part for state, part in zip(states, share, strict=True) if state[1][-1] == "work"))


def fed_pair(feed: float, rates: tuple[float, float], places: int, cutoff: int = 120) -> float:
    """Mean hours in two exponential stations in a row with Poisson input and some places between."""
    first: Line = (0, ("idle", "idle"), (0,))
    states, matrix = generator(first, line_moves(rates, places, feed, cutoff))
    inside = [before + sum(state != "idle" for state in doing) + sum(between) for before, doing, between in states]
    return float(stationary(matrix) @ np.array(inside)) / feed


def groups_in_a_loop(sets: int, group_sets: int, crane: float, run: float) -> float:
    """Rounds an hour of wagon sets that one crane works, that gather, and that run home in groups: bulk arrivals.

    `crane` and `run` are the rates of the crane and of one group under way. States: groups under way, sets that gather;
    all others are at the crane.
    """

    def at_crane(state: tuple[int, int]) -> int:
        return sets - group_sets * state[0] - state[1]

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, tuple[int, int]]]:
        groups, gathered = state
        if at_crane(state):
            is_whole = gathered + 1 == group_sets
            yield crane, (groups + 1, 0) if is_whole else (groups, gathered + 1)
        if groups:
            yield groups * run, (groups - 1, gathered)

    states, matrix = generator((0, 0), moves)
    shares = stationary(matrix)
    return crane * float(sum(share for state, share in zip(states, shares, strict=True) if at_crane(state)))
