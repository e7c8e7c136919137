"""Measures at border crossing points: declarations, clearance, dwell and its parts.

`flow` is a flow, a corridor, a direction or `all`; at the place `all`, every crossing of a border is one observation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sim.measure.catalogue import ACTIVITIES
from sim.measure.counting import Code, Sets, Tally, coded, combined, gathered, totals
from sim.measure.observed import Measured, Observed
from sim.measure.statistics import FloatArray, divide
from sim.measure.visits import Visits, by_place
from sim.model.capacities import CUSTOMS, activities_at
from sim.scenario.values import ALL


def border_measures(observed: Observed, visits: Sequence[Visits]) -> Iterator[Measured]:
    """Measures of every border and of all together, from the visits to each place; none if there is no border."""
    borders = [name for name, place in observed.scenario.places.items() if place.kind == "border"]
    if borders:
        places = Sets.each(borders, ALL)
        yield from clearance(observed, borders, places)
        at_borders = [visits[list(observed.scenario.places).index(name)] for name in borders]
        yield from dwell(observed, places, at_borders)


def clearance(observed: Observed, borders: list[str], places: Sets) -> Iterator[Measured]:
    """Declarations released, and hours from arrival to release by regime, of the releases in each window."""
    names = tuple(observed.scenario.regimes)
    declared = Tally((observed.windows.sets, places, observed.groups, Sets.each(names, ALL)))
    released = []
    for table in observed.tables.blocks("declarations"):
        released_h = table["released_h"].to_numpy()
        rows, bins = observed.windows.locate(released_h)
        flows = observed.flow_of[table["train"].to_numpy()[rows]]
        codes = (bins, coded(table["place"], borders)[rows], flows, coded(table["regime"], names)[rows])
        declared.add(codes, table["declarations"].to_numpy()[rows].astype(float))
        hours = released_h[rows] - table["arrived_h"].to_numpy()[rows]
        released.append((hours, *(code.astype(Code) for code in codes)))
    counts = np.where(declaring(observed, borders, places)[..., np.newaxis], declared.totals(), np.nan)
    hours, bins, place, flows, regime = gathered(released)

    yield Measured("declarations", places.names, observed.groups.names, counts[..., -1])
    yield from observed.spread("clearance_h", places, hours, (bins, place, flows))
    for code, name in enumerate(names):
        chosen = regime == code
        some = (bins[chosen], place[chosen], flows[chosen])
        yield Measured(f"declarations_{name}", places.names, observed.groups.names, counts[..., code])
        yield from observed.spread(f"clearance_{name}_h", places, hours[chosen], some)


def declaring(observed: Observed, borders: list[str], places: Sets) -> npt.NDArray[np.bool_]:
    """Places × groups in which trains with declarations cross a border."""
    flows = observed.scenario.flows.values()
    crossing = np.array(
        [[flow.declarations_per_train > 0 and name in flow.route for flow in flows] for name in borders]
    )
    return combined(crossing, (places, observed.groups)) > 0


def dwell(observed: Observed, places: Sets, visits: Sequence[Visits]) -> Iterator[Measured]:
    """Hours from arrival at a border to departure, of the departures in each window, and what they went by with.

    `visits` are those to each border. The parts are waits and works of one activity, mean over all trains that
    departed; they sum to the dwell.
    """
    departures = []
    for border, each in enumerate(visits):
        made, bins = observed.windows.locate(each.departed_h)
        hours = each.departed_h[made] - each.arrived_h[made]
        departures.append((hours, bins.astype(Code), np.full(len(made), border, Code), each.train[made]))
    hours, bins, border_of, train = gathered(departures)
    codes = (bins, border_of, observed.flow_of[train])
    yield from observed.spread("border_dwell_h", places, hours, codes)

    sets = (observed.windows.sets, places, observed.groups)
    containers = totals(codes, sets, with_boxes(observed)[train].astype(float))
    yield Measured("border_container_trains", places.names, observed.groups.names, containers)

    parts = divide(hours_by_activity(observed, places, visits), totals(codes, sets)[..., np.newaxis])
    for activity in activities_at("border"):
        kpi = f"border_dwell_{ACTIVITIES[activity]}_h"
        yield Measured(kpi, places.names, observed.groups.names, parts[..., activity])
    customs = parts[..., list(CUSTOMS)].sum(axis=-1)
    yield Measured("border_dwell_customs_h", places.names, observed.groups.names, customs)


def with_boxes(observed: Observed) -> npt.NDArray[np.bool_]:
    """Whether each train, by its number, carries containers."""
    boxes = np.zeros(len(observed.flow_of), bool)
    for trains in observed.tables.blocks("trains"):
        boxes[trains["train"].to_numpy()] = trains["teu"].to_numpy() > 0
    return boxes


def hours_by_activity(observed: Observed, places: Sets, visits: Sequence[Visits]) -> FloatArray:
    """Hours of waits and works of visits that ended in a window: windows × places × groups × activities."""
    spent = Tally((observed.windows.sets, places, observed.groups, Sets.each(ACTIVITIES)))
    departed_in = []
    for each in visits:
        made, bins = observed.windows.locate(each.departed_h)
        departed_in.append(np.full(len(each.train) + 1, -1, Code))
        departed_in[-1][made] = bins
    positions = [list(observed.scenario.places).index(name) for name in places.names if name != ALL]
    for spells in observed.spells():
        own = spells.own()
        at_places = by_place(own, len(observed.scenario.places))
        for border, place in enumerate(positions):
            here = own.where(at_places[place])
            bins = departed_in[border][visits[border].find(here.train)]
            rows = np.flatnonzero(bins >= 0)
            codes = (bins[rows], np.full(len(rows), border), here.flow[rows], here.activity[rows])
            spent.add(codes, (here.ended_h - here.queued_h)[rows])
    return spent.totals()
