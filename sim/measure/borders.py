"""Measures at border crossing points: declarations, clearance, dwell and its parts.

`flow` is a flow, a corridor, a direction or `all`; at the place `all`, every crossing of a border is one observation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from sim.measure.catalogue import ACTIVITIES
from sim.measure.counting import Code, Sets, Tally, sums_over_sets, totals, whole_columns, word_codes
from sim.measure.run_view import KpiValues, RunView
from sim.measure.statistics import FloatArray, divide
from sim.measure.visits import Visits, by_place
from sim.model.capacities import CUSTOMS, activities_at, may_happen
from sim.scenario.values import ALL


def border_measures(view: RunView, visits: Sequence[Visits]) -> Iterator[KpiValues]:
    """Measures of every border and of all together, from the visits to each place; none if there is no border."""
    borders = [name for name, place in view.scenario.places.items() if place.kind == "border"]
    if borders:
        places = Sets.singles(borders, ALL)
        yield from clearance_measures(view, borders, places)
        at_borders = [visits[list(view.scenario.places).index(name)] for name in borders]
        yield from dwell_measures(view, places, at_borders)


def clearance_measures(view: RunView, borders: list[str], places: Sets) -> Iterator[KpiValues]:
    """Declarations released, and hours from arrival to release by regime, of the releases in each window."""
    names = tuple(view.scenario.regimes)
    declarations = Tally((view.windows.sets, places, view.groups, Sets.singles(names, ALL)))
    blocks = []
    for table in view.tables.blocks("declarations"):
        released_h = table["released_h"].to_numpy()
        rows, bins = view.windows.locate(released_h)
        flows = view.flow_of[table["train"].to_numpy()[rows]]
        codes = (bins, word_codes(table["place"], borders)[rows], flows, word_codes(table["regime"], names)[rows])
        declarations.add(codes, table["declarations"].to_numpy()[rows].astype(float))
        hours = released_h[rows] - table["arrived_h"].to_numpy()[rows]
        blocks.append((hours, *(code.astype(Code) for code in codes)))
    counts = np.where(declaring(view, borders, places)[..., np.newaxis], declarations.totals(), np.nan)
    hours, bins, place, flows, regime = whole_columns(blocks)

    yield KpiValues("declarations", places.names, view.groups.names, counts[..., -1])
    yield from view.spread("clearance_h", places, hours, (bins, place, flows))
    for code, name in enumerate(names):
        in_regime = regime == code
        codes_in_regime = (bins[in_regime], place[in_regime], flows[in_regime])
        yield KpiValues(f"declarations_{name}", places.names, view.groups.names, counts[..., code])
        yield from view.spread(f"clearance_{name}_h", places, hours[in_regime], codes_in_regime)


def declaring(view: RunView, borders: list[str], places: Sets) -> npt.NDArray[np.bool_]:
    """Places × groups in which trains with declarations cross a border."""
    flows = view.scenario.flows.values()
    crossing = np.array(
        [[flow.declarations_per_train > 0 and name in flow.route for flow in flows] for name in borders]
    )
    return sums_over_sets(crossing, (places, view.groups)) > 0


def dwell_measures(view: RunView, places: Sets, visits: Sequence[Visits]) -> Iterator[KpiValues]:
    """Hours from arrival at a border to departure, of the departures in each window, and what they went by with.

    `visits` are those to each border. The parts are waits and works of one activity, mean over all trains that
    departed; they sum to the dwell.
    """
    departures = []
    for border, at_border in enumerate(visits):
        rows, bins = view.windows.locate(at_border.departed_h)
        hours = at_border.departed_h[rows] - at_border.arrived_h[rows]
        departures.append((hours, bins.astype(Code), np.full(len(rows), border, Code), at_border.train[rows]))
    hours, bins, border_of, train = whole_columns(departures)
    codes = (bins, border_of, view.flow_of[train])
    yield from view.spread("border_dwell_h", places, hours, codes)

    sets = (view.windows.sets, places, view.groups)
    containers = totals(codes, sets, with_boxes(view)[train].astype(float))
    yield KpiValues("border_container_trains", places.names, view.groups.names, containers)

    parts = divide(hours_by_activity(view, places, visits), totals(codes, sets)[..., np.newaxis])
    for activity in (activity for activity in activities_at("border") if may_happen(view.scenario, activity)):
        kpi = f"border_dwell_{ACTIVITIES[activity]}_h"
        yield KpiValues(kpi, places.names, view.groups.names, parts[..., activity])
    customs = parts[..., list(CUSTOMS)].sum(axis=-1)
    yield KpiValues("border_dwell_customs_h", places.names, view.groups.names, customs)


def with_boxes(view: RunView) -> npt.NDArray[np.bool_]:
    """Whether each train, by its number, carries containers."""
    boxes = np.zeros(len(view.flow_of), bool)
    for trains in view.tables.blocks("trains"):
        boxes[trains["train"].to_numpy()] = trains["teu"].to_numpy() > 0
    return boxes


def hours_by_activity(view: RunView, places: Sets, visits: Sequence[Visits]) -> FloatArray:
    """Hours of waits and works of visits that ended in a window: windows × places × groups × activities."""
    hours = Tally((view.windows.sets, places, view.groups, Sets.singles(ACTIVITIES)))
    departed_in = []
    for at_border in visits:
        rows, bins = view.windows.locate(at_border.departed_h)
        departed_in.append(np.full(len(at_border.train) + 1, -1, Code))
        departed_in[-1][rows] = bins
    positions = [list(view.scenario.places).index(name) for name in places.names if name != ALL]
    for spells in view.spells():
        own = spells.own()
        at_places = by_place(own, len(view.scenario.places))
        for border, place in enumerate(positions):
            spells_here = own.where(at_places[place])
            bins = departed_in[border][visits[border].find(spells_here.train)]
            rows = np.flatnonzero(bins >= 0)
            codes = (bins[rows], np.full(len(rows), border), spells_here.flow[rows], spells_here.activity[rows])
            hours.add(codes, (spells_here.ended_h - spells_here.queued_h)[rows])
    return hours.totals()
