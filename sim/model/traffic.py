"""Volumes become departures: the n-th train of a flow is the same train in every scenario.

Departures are the points of a renewal process of mean gap one, carried through the inverse of the cumulative volume
(time change of a unit-rate process; Cinlar, Introduction to Stochastic Processes, 1975, section 4.7). A larger volume
moves the same trains closer together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sim.scenario.problems import CorridorError
from sim.scenario.traffic import trains_by_month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model.randomness import Floats, Luck
    from sim.scenario.calendar import Calendar, Steps
    from sim.scenario.markets import Market
    from sim.scenario.schema import Scenario
    from sim.scenario.traffic import Flow, Index, TrainType

IntArray: TypeAlias = "NDArray[np.int64]"
OffersByFlow: TypeAlias = "dict[str, tuple[IntArray, Floats]]"
"""For each flow the indexes of its trains and the hours at which they are offered, in order."""

TRAINS_AT_MOST = 20_000_000
"""Trains a flow may send in one run; more would exhaust any machine's memory."""

EVEN_CV = 1e-3
"""Departures more regular than this are evenly spaced."""


class VolumeError(CorridorError, OverflowError):
    """A flow of more trains than a machine can hold."""


def cumulative_trains(
    flow: Flow, train: TrainType, calendar: Calendar, index: Index | None = None, market: Market | None = None
) -> tuple[Floats, Floats]:
    """Hours and the trains expected before each, from the opening to the end, a straight line within a month."""
    hours = np.array([hour for _, _, hour in calendar.months()])
    trains = np.concatenate([[0.0], np.cumsum(trains_by_month(flow, train, calendar, index, market))])
    edges = np.array(
        [calendar.opening_h, *hours[(hours > calendar.opening_h) & (hours < calendar.closing_h)], calendar.closing_h]
    )
    trains_so_far = np.interp(edges, hours, trains)
    return edges, trains_so_far - trains_so_far[0]


def departures_h(
    flow: Flow,
    train: TrainType,
    calendar: Calendar,
    luck: Luck,
    name: str,
    index: Index | None = None,
    market: Market | None = None,
) -> Floats:
    """Hours at which the trains of a flow are offered to the corridor, in order; of a market those that can be.

    Raises
    ------
    VolumeError
        When the volume means more than `TRAINS_AT_MOST` trains.
    """
    edges, trains = cumulative_trains(flow, train, calendar, index, market)
    if not trains[-1] <= TRAINS_AT_MOST:
        raise VolumeError(f"flow {name} would send {trains[-1]:.3g} trains; at most {TRAINS_AT_MOST} are possible")
    points = unit_points(flow.departures_cv, float(trains[-1]), luck.stream(name, "departures"))
    after = np.searchsorted(trains, points, side="right")
    hours_a_train = np.diff(edges)[after - 1] / np.diff(trains)[after - 1]
    return np.asarray(edges[after - 1] + (points - trains[after - 1]) * hours_a_train)


def offers(scenario: Scenario, luck: Luck) -> OffersByFlow:
    """For each flow the indexes of its trains and the hours at which they are offered, in order.

    A flow stated as a share of others takes their trains away from them, each at the hour it would have left, and with
    the luck that is its own as that train of that flow. The others stay the trains they were. Which flow has a train is
    a race: each runs with luck of its own at the speed of its share, and the flow that stays at the speed of the rest,
    so that neither the order of the flows nor the share of another says who is drawn.
    """
    takers = {name: flow.share_of for name, flow in scenario.flows.items() if flow.share_of is not None}
    parts_by_taker: dict[str, list[tuple[IntArray, Floats]]] = {name: [] for name in takers}
    offers_by_flow: OffersByFlow = {}
    for name, flow in scenario.flows.items():
        if flow.sources_by_share:
            # Trains of empties come into being in the run, when boxes fill them.
            offers_by_flow[name] = (np.empty(0, np.int64), np.empty(0))
            continue
        hours = departures_h(flow, scenario.trains[flow.train], scenario.calendar, luck, name, *scenario.behind(flow))
        shares = {
            taker: step_values(scenario.calendar.steps(share_of[name]), hours)
            for taker, share_of in takers.items()
            if name in share_of
        }
        rest = 1 - sum(shares.values(), np.zeros(len(hours)))
        first_h = race_h(luck.stream(name, "diversion"), rest)
        winner = np.full(len(hours), -1)
        for place, (taker, share) in enumerate(shares.items()):
            hour = race_h(luck.stream(name, "diversion", taker), share)
            winner[hour < first_h] = place
            first_h = np.minimum(hour, first_h)
        stays = np.flatnonzero(winner < 0)
        offers_by_flow[name] = (stays, hours[stays])
        for place, taker in enumerate(shares):
            won = np.flatnonzero(winner == place)
            # A number for every train of every flow it takes from: a train keeps its luck whoever else is taken.
            sources = sorted(takers[taker])
            parts_by_taker[taker].append((won * len(sources) + sources.index(name), hours[won]))
    for taker, parts in parts_by_taker.items():
        indexes = np.concatenate([np.empty(0, np.int64), *(index for index, _ in parts)])
        hours = np.concatenate([np.empty(0), *(hour for _, hour in parts)])
        order = np.lexsort((indexes, hours))
        offers_by_flow[taker] = (indexes[order], hours[order])
    return offers_by_flow


def race_h(stream: np.random.Generator, speed: Floats) -> Floats:
    """Exponential times at speeds: the first of several is each of them with the share of its speed; at 0 never."""
    with np.errstate(divide="ignore"):
        return np.asarray(stream.standard_exponential(len(speed)) / np.maximum(speed, 0.0))


def step_values(steps: Steps[float], hours: Floats) -> Floats:
    """The values of a step function at hours, elementwise."""
    return np.asarray(steps.values)[np.searchsorted(np.asarray(steps.from_h), hours, side="right") - 1]


def unit_points(cv: float, until: float, stream: np.random.Generator) -> Floats:
    """Points below `until` of a renewal process with gamma gaps of mean 1; cv 0 gives 0.5, 1.5, 2.5 and so on."""
    if cv < EVEN_CV:
        return np.arange(0.5, until, 1.0)
    shape = 1 / cv**2
    blocks = [np.empty(0)]
    last = 0.0
    while last < until:
        blocks.append(last + np.cumsum(stream.standard_gamma(shape, 1024) / shape))
        last = float(blocks[-1][-1])
    points = np.concatenate(blocks)
    return points[points < until]
