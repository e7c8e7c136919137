"""Least hours: what a train takes at a place, and along its route, with no queue, by means alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.model.randomness import mean, quantile
from sim.scenario.calendar import time_average
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.formalities import Paper, Tez
from sim.scenario.places import Border, Located, Sea, Section, Terminal, ports_along
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow, TrainType
from sim.scenario.values import Spread

HOURS_PER_DAY = 24.0
SHARES = (np.arange(2000) + 0.5) / 2000


def place_h(scenario: Scenario, flow: Flow, name: str, window: tuple[float, float]) -> float:
    """Least mean hours of a train of a flow at a place, with no queue."""
    place, train = scenario.places[name], scenario.trains[flow.train]
    match place:
        case Section():
            return HOURS_PER_DAY * place.length_km * reciprocal(place.speed_km_per_day)
        case Terminal():
            return mean(place.unloading[train.handling].train_h)
        case Sea():
            return sum(port_h(place, port, train) for port in place.ports) + mean(place.sailing_h)
        case Border():
            return border_h(scenario, flow, place, window)


def port_h(sea: Sea, name: str, train: TrainType) -> float:
    """Least mean hours of a train's cargo at one port of a crossing: work on the train, clearance, and one crane."""
    port = sea.ports[name]
    return mean(port.train_h) + mean(port.clearance_h) + units_of(sea, train) * mean(port.crane_h_per_100) / 100


def border_h(
    scenario: Scenario, flow: Flow, border: Border, window: tuple[float, float], placing_h: float = 0.0
) -> float:
    """Least mean hours at a border: placing, gauge change and forming, and papers before or beside them."""
    change = border.gauge_change.get(scenario.trains[flow.train].handling)
    worked_here = change is not None and flow.direction in change.directions
    change_h = mean(change.train_h) if change is not None and worked_here else 0.0
    works_h = {"placing": placing_h, "gauge_change": change_h, "forming": mean(border.forming.train_h)}
    stay_h = []
    for share, regime in regimes_of(scenario, flow, border, window):
        last = [*works_h].index(regime.works_before_release) + 1 if regime.works_before_release in works_h else 0
        before_h, after_h = sum([*works_h.values()][:last]), sum([*works_h.values()][last:])
        stay_h.append(share * (max(papers_h(flow, regime), before_h) + after_h))
    return sum(stay_h) if stay_h else sum(works_h.values())


def papers_h(flow: Flow, regime: Paper | Tez) -> float:
    """Least mean hours of clearance from arrival: all declarations once, and under Tez those wrong a second time."""
    declarations = flow.declarations_per_train
    if isinstance(regime, Tez):
        return mean(regime.release_h) + declarations * regime.wrong_share * mean(regime.correction_h)
    work_h = 0.0 if regime.lead_h else declarations * (regime.keying_h + regime.checking_h)
    return work_h + mean(regime.release_h)


def placing_h(scenario: Scenario, name: str, place: str) -> float:
    """Mean hours to place a train of a flow, and the wagon set that it takes, at a place; 0 where neither is done."""
    takes = dict(zip(scenario.flows[name].route, wagon_exchanges(scenario, name), strict=True))[place][0]
    set_h = 0.0 if takes is None else mean(scenario.wagon_pools[takes].placing_h)
    border = scenario.places[place]
    return set_h + (shunting_h(scenario, name, border, takes) if isinstance(border, Border) else 0.0)


def shunting_h(scenario: Scenario, name: str, border: Border, takes: str | None) -> float:
    """Mean hours of a shunting engine for a train of a flow, which may take a set of a pool there."""
    flow = scenario.flows[name]
    change = border.gauge_change.get(scenario.trains[flow.train].handling)
    is_placed = takes is not None or (change is not None and flow.direction in change.directions)
    return mean(border.shunting.train_h) if border.shunting is not None and is_placed else 0.0


def regimes_of(
    scenario: Scenario, flow: Flow, border: Border, window: tuple[float, float]
) -> list[tuple[float, Paper | Tez]]:
    """The regimes of a flow at a border between two hours, each with its share of the trains; outages fall back."""
    if flow.regime is None:
        return []
    calendar, length = scenario.calendar, window[1] - window[0]
    regime, otherwise = (flow.regime, flow.otherwise) if border.regime is None else (border.regime, None)
    adoption = 1.0 if otherwise is None else time_average(calendar.steps(flow.adoption_share), *window)
    spells = calendar.steps(regime).spells(*window)
    shares = [(adoption * (until - since) / length, scenario.regimes[name]) for since, until, name in spells]
    if otherwise is not None:
        shares.append((1 - adoption, scenario.regimes[otherwise]))
    with_outages = []
    for share, clearance in shares:
        outages = clearance.outages if isinstance(clearance, Tez) else None
        down = 0.0 if outages is None else time_average(calendar.steps(outages.down_share), *window)
        with_outages.append((share * (1 - down), clearance))
        if outages is not None:
            with_outages.append((share * down, scenario.regimes[outages.fallback]))
    return with_outages


def units_of(sea: Sea, train: TrainType) -> float:
    """Units of a train's cargo that a crossing carries."""
    return {"teu": float(train.teu), "wagons": float(train.wagons), "t": train.net_t}[sea.carries]


def reciprocal(spread: Spread) -> float:
    """Mean of one over a quantity, over its quantiles."""
    return float((1 / quantile(spread, SHARES)).mean())


@dataclass(frozen=True)
class Leg:
    """A stretch of a planned journey at one place: a run through it, or a stay at one end of it.

    Attributes
    ----------
    place
        Its name.
    begins_part, ends_part
        Where in the place: 0 where a train enters it, 1 where it leaves it; equal for a stay.
    begins_h, ends_h
        Hours since the journey began.
    """

    place: str
    begins_part: float
    ends_part: float
    begins_h: float
    ends_h: float


def planned_journey(scenario: Scenario, name: str, window: tuple[float, float]) -> list[Leg]:
    """The legs of the planned journey of a flow, one after the other; each train of the flow has the same plan.

    The hours are those of `corridor arithmetic`: mean lengths of all works, no wait for anything, so that a wagon set
    stands ready, and a vessel sails as soon as it is loaded and meets no wind.

    Parameters
    ----------
    name
        Of the flow.
    window
        First and last hour of the time whose clearance regimes count, each by its share of the trains.
    """
    legs: list[Leg] = []
    begins_h = 0.0
    for place in scenario.flows[name].route:
        for begins_part, ends_part, hours in stretches(scenario, name, place, window):
            legs.append(Leg(place, begins_part, ends_part, begins_h, begins_h + hours))
            begins_h += hours
    return legs


def stretches(
    scenario: Scenario, name: str, place: str, window: tuple[float, float]
) -> Iterator[tuple[float, float, float]]:
    """What a train of a flow does at a place: from which part of it to which, and for how many hours."""
    flow = scenario.flows[name]
    whole_h = place_h(scenario, flow, place, window)
    match scenario.places[place]:
        case Section():
            yield 0.0, 1.0, whole_h
        case Located():
            yield 0.0, 0.0, whole_h
        case Sea() as sea:
            train = scenario.trains[flow.train]
            loading_h, landing_h = (port_h(sea, port, train) for port in ports_along(sea, flow.direction))
            yield 0.0, 0.0, loading_h
            yield 0.0, 1.0, whole_h - loading_h - landing_h
            yield 1.0, 1.0, landing_h
