"""Volumes become departures: the n-th train of a flow is the same train in every scenario.

Departures are the points of a renewal process of mean gap one, carried through the inverse of the cumulative volume
(time change of a unit-rate process; Cinlar, Introduction to Stochastic Processes, 1975, section 4.7). A larger volume
moves the same trains closer together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sim.scenario.errors import CorridorError
from sim.scenario.traffic import trains_by_month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model.randomness import Floats, Luck
    from sim.scenario.calendar import Calendar, Steps
    from sim.scenario.schema import Scenario
    from sim.scenario.traffic import Flow, Index, TrainType

IntArray: TypeAlias = "NDArray[np.int64]"

TRAINS_AT_MOST = 20_000_000
"""Trains a flow may send in one run; more would exhaust any machine's memory."""

EVEN_CV = 1e-3
"""Departures more regular than this are evenly spaced."""


class VolumeError(CorridorError, OverflowError):
    """A flow of more trains than a machine can hold."""


def cumulative_trains(
    flow: Flow, train: TrainType, calendar: Calendar, index: Index | None = None
) -> tuple[Floats, Floats]:
    """Hours and the trains expected before each, from the opening to the end, a straight line within a month."""
    hours = np.array([hour for _, _, hour in calendar.months()])
    trains = np.concatenate([[0.0], np.cumsum(trains_by_month(flow, train, calendar, index))])
    edges = np.array(
        [calendar.opening_h, *hours[(hours > calendar.opening_h) & (hours < calendar.closing_h)], calendar.closing_h]
    )
    trains_so_far = np.interp(edges, hours, trains)
    return edges, trains_so_far - trains_so_far[0]


def departures_h(
    flow: Flow, train: TrainType, calendar: Calendar, luck: Luck, name: str, index: Index | None = None
) -> Floats:
    """Hours at which the trains of a flow are offered to the corridor, in order.

    Raises
    ------
    VolumeError
        When the volume means more than `TRAINS_AT_MOST` trains.
    """
    edges, trains = cumulative_trains(flow, train, calendar, index)
    if not trains[-1] <= TRAINS_AT_MOST:
        raise VolumeError(f"flow {name} would send {trains[-1]:.3g} trains; at most {TRAINS_AT_MOST} are possible")
    points = unit_points(flow.departures_cv, float(trains[-1]), luck.stream(name, "departures"))
    after = np.searchsorted(trains, points, side="right")
    hours_a_train = np.diff(edges)[after - 1] / np.diff(trains)[after - 1]
    return np.asarray(edges[after - 1] + (points - trains[after - 1]) * hours_a_train)


def offers(scenario: Scenario, luck: Luck) -> dict[str, tuple[IntArray, Floats]]:
    """For each flow the indexes of its trains and the hours at which they are offered, in order.

    A flow stated as a share of others takes their trains away from them, each at the hour it would have left: a train
    whose luck lies in the flow's part of the unit interval at that hour. The others stay the trains they were.
    """
    hours_by_flow: dict[str, Floats] = {}
    for name, flow in scenario.flows.items():
        if flow.share_of is None:
            index = None if flow.index is None else scenario.indices[flow.index]
            hours_by_flow[name] = departures_h(flow, scenario.trains[flow.train], scenario.calendar, luck, name, index)
    hours_taken: dict[str, list[Floats]] = {
        name: [] for name, flow in scenario.flows.items() if flow.share_of is not None
    }
    offers_by_flow = {}
    for name, hours in hours_by_flow.items():
        # The unit interval is dealt out to the takers one after the other; what is left of it stays.
        fate = luck.stream(name, "diversion").random(len(hours))
        low = np.zeros(len(hours))
        for taker, parts in hours_taken.items():
            share = (scenario.flows[taker].share_of or {}).get(name)
            if share is not None:
                high = low + step_values(scenario.calendar.steps(share), hours)
                parts.append(hours[(fate >= low) & (fate < high)])
                low = high
        stays = fate >= low
        offers_by_flow[name] = (np.flatnonzero(stays), hours[stays])
    for name, parts in hours_taken.items():
        hours_joined = np.sort(np.concatenate([np.empty(0), *parts]))
        offers_by_flow[name] = (np.arange(len(hours_joined)), hours_joined)
    return offers_by_flow


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
