"""Measures at border crossing points: declarations, clearance, dwell and its parts.

`flow` is a flow, a corridor, a direction or `all`; at the place `all`, every crossing of a border is one observation.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sim.measure.catalogue import ACTIVITIES
from sim.measure.counting import Code, IntArray, Sets, Tally, sums_over_sets, totals, whole_columns
from sim.measure.run_view import KpiValues, RunView
from sim.measure.statistics import FloatArray, divide
from sim.measure.visits import Visits
from sim.model.capacities import CUSTOMS, activities_at
from sim.model.stated import may_happen
from sim.scenario.values import ALL


def border_measures(view: RunView, visits: Visits | None) -> Iterator[KpiValues]:
    """Measures of every border and of all together; none if there is no border."""
    borders = [name for name, place in view.scenario.places.items() if place.kind == "border"]
    if borders:
        places = Sets.singles(borders, ALL)
        # A border by its position among all places; -1: no border.
        position = np.array([borders.index(name) if name in borders else -1 for name in view.scenario.places])
        if view.asks("declarations", "clearance"):
            yield from clearance_measures(view, borders, places, position)
        if visits is not None and view.asks("border_"):
            yield from dwell_measures(view, places, visits, position)


def clearance_measures(view: RunView, borders: list[str], places: Sets, position: IntArray) -> Iterator[KpiValues]:
    """Declarations released, and hours from arrival to release by regime, of the releases in each window."""
    names = tuple(view.scenario.regimes)
    declarations = Tally((view.windows.sets, places, view.groups, Sets.singles(names, ALL)))
    blocks = []
    for table in view.blocks("declarations"):
        released_h = table["released_h"]
        rows, bins = view.windows.locate(released_h)
        flows = view.flow_of[table["train"][rows]]
        codes = (bins, position[table["place"][rows]], flows, table["regime"][rows])
        declarations.add(codes, table["declarations"][rows].astype(float))
        hours = released_h[rows] - table["arrived_h"][rows]
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


def dwell_measures(view: RunView, places: Sets, visits: Visits, position: IntArray) -> Iterator[KpiValues]:
    """Hours from arrival at a border to departure, of the departures in each window, and what they went by with.

    The parts are waits and works of one activity, mean over all trains that departed; they sum to the dwell.
    """
    rows, bins = visits.in_windows()
    border = position[visits.place[rows]]
    rows, bins, border = rows[border >= 0], bins[border >= 0], border[border >= 0]
    train = visits.train[rows]
    codes = (bins, border, view.flow_of[train])
    yield from view.spread("border_dwell_h", places, visits.departed_h[rows] - visits.arrived_h[rows], codes)

    sets = (view.windows.sets, places, view.groups)
    if view.asks("border_container_trains"):
        containers = totals(codes, sets, with_boxes(view)[train].astype(float))
        yield KpiValues("border_container_trains", places.names, view.groups.names, containers)
    if not view.asks(*(f"border_dwell_{part}_h" for part in (*ACTIVITIES, "customs"))):
        return
    parts = divide(hours_by_activity(view, places, visits, position), totals(codes, sets)[..., np.newaxis])
    for activity in (activity for activity in activities_at("border") if may_happen(view.scenario, activity)):
        kpi = f"border_dwell_{ACTIVITIES[activity]}_h"
        yield KpiValues(kpi, places.names, view.groups.names, parts[..., activity])
    customs = parts[..., list(CUSTOMS)].sum(axis=-1)
    yield KpiValues("border_dwell_customs_h", places.names, view.groups.names, customs)


def with_boxes(view: RunView) -> npt.NDArray[np.bool_]:
    """Whether each train, by its number, carries containers."""
    boxes = np.zeros(len(view.flow_of), bool)
    for trains in view.blocks("trains"):
        boxes[trains["train"]] = trains["teu"] > 0
    return boxes


def hours_by_activity(view: RunView, places: Sets, visits: Visits, position: IntArray) -> FloatArray:
    """Hours of waits and works of visits that ended in a window: windows × places × groups × activities."""
    hours = Tally((view.windows.sets, places, view.groups, Sets.singles(ACTIVITIES)))
    for spells in view.spells():
        rows, bins = visits.ended_spells(spells)
        border = position[spells.place[rows]]
        rows, bins, border = rows[border >= 0], bins[border >= 0], border[border >= 0]
        codes = (bins, border, spells.flow[rows], spells.activity[rows])
        hours.add(codes, spells.ended_h[rows] - spells.queued_h[rows])
    return hours.totals()
