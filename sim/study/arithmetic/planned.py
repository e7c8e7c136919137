"""The planned journey of a flow: free flow, place by place, with no wait and the mean length of each work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.places import Located, Sea, Section, ports_along
from sim.scenario.schema import Scenario
from sim.study.arithmetic.least_hours import place_h, port_h


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
