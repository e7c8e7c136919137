"""What keeps cargo waiting, by one measure: train-hours of a period, on the way and held before it alike.

Trains that wait for room (a receiving track, a line, a yard) or for leave to set out wait *behind* a place: it is full
because what stands there waits for something else. So the longest wait comes with the place it is behind, and with what
is waited for there, which is what a planner can do something about.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sim.measure.addresses import rows_at
from sim.model.capacities import STAGES, Hold
from sim.model.ledger import Cause
from sim.runs.results import Results
from sim.scenario.meaning import periods
from sim.scenario.places import Border, Sea
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

BAN = Cause.BAN.name.lower()
ROOMS = {cause.name.lower() for stage in STAGES if stage.hold is Hold.STAY for cause in stage.causes}
"""Causes of waiting for room to stand in."""


@dataclass(frozen=True)
class WaitingTrains:
    """Trains that wait at a place (before the journey: `all`) for a cause: the row of the measure, and train-hours."""

    place: str
    cause: str
    hours: float
    row: dict[str, Any]


@dataclass(frozen=True)
class LongestWait:
    """The wait with most train-hours, all of them together, the place it is behind, and what is waited for there."""

    first: WaitingTrains
    total_h: float
    behind: str | None
    there: tuple[WaitingTrains, ...]


def waiting_trains(results: Results, period: str) -> list[WaitingTrains]:
    """Every wait of a period by place and cause, the most train-hours first."""
    from_h, until_h = periods(results.scenario)[period]
    rows = rows_at(results.kpis, flow=ALL, period=period)
    causes = {f"queue_trains_{cause.name.lower()}": cause.name.lower() for cause in Cause}
    rows = rows[rows["kpi"].isin(list(causes)) & (rows["mean"] > 0)]
    waits = []
    for _, row in rows.iterrows():
        cause = causes[row["kpi"]]
        # the wait for leave is counted once, at no place
        if (row["place"] == ALL) == (cause == BAN):
            words = {str(name): value for name, value in row.items()}
            waits.append(WaitingTrains(row["place"], cause, (until_h - from_h) * row["mean"], words))
    return sorted(waits, key=lambda wait: -wait.hours)


def longest_wait(results: Results, period: str) -> LongestWait | None:
    """What most train-hours of a period were waited for; None if no train waited."""
    waits = waiting_trains(results, period)
    if not waits:
        return None
    behind = place_behind(results, waits[0], period)
    there = tuple(wait for wait in waits if wait.place == behind and wait.cause not in ROOMS)
    return LongestWait(waits[0], sum(wait.hours for wait in waits), behind, there)


def place_behind(results: Results, wait: WaitingTrains, period: str) -> str | None:
    """The place whose fullness a wait for room or for leave comes from; None of any other wait."""
    scenario = results.scenario
    if wait.cause == BAN:
        return place_of_bans(results, period)
    if wait.cause not in ROOMS:
        return None
    if isinstance(scenario.places[wait.place], Border | Sea) and wait.cause != Cause.LINE.name.lower():
        return wait.place
    # a full line holds trains for the place beyond it, a full yard ahead those on the line before
    steps = 2 if wait.cause == Cause.LINE.name.lower() else 1
    onward: Counter[str] = Counter()
    for flow in scenario.flows.values():
        if wait.place in flow.route:
            onward.update(flow.route[flow.route.index(wait.place) + 1 :][steps - 1 : steps])
    return onward.most_common(1)[0][0] if onward else None


def place_of_bans(results: Results, period: str) -> str | None:
    """The place whose bans hold most trains back; None where agreed limits hold them, which no place calls."""
    held = rows_at(results.kpis, f"queue_trains_{BAN}", ALL, period=period).set_index("flow")["mean"]
    trains: dict[str, float] = defaultdict(float)
    for ban in results.scenario.bans.values():
        place = home_of(results.scenario, ban.place)
        trains[place] += float(held.reindex(list(ban.flows)).fillna(0.0).sum())
    return max(trains, key=lambda place: trains[place]) if any(trains.values()) else None


def home_of(scenario: Scenario, name: str) -> str:
    """The place that a ban watches: itself, or the crossing that has the port."""
    crossings = (key for key, place in scenario.places.items() if isinstance(place, Sea) and name in place.ports)
    return name if name in scenario.places else next(crossings, name)
