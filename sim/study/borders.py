"""Measures at border crossing points: declarations, clearance, dwell and its parts.

`flow` is a flow, a corridor, a direction or `all`; at the place `all`, every crossing of a border is one observation.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sim.model.ledger import CUSTOMS, Activity
from sim.study.counting import Sets, coded, combined, totals
from sim.study.observed import ACTIVITIES, ALL, Measured, Observed, Spells
from sim.study.statistics import FloatArray, divide

AT_BORDERS = (
    Activity.RECEIVING,
    Activity.KEYING,
    Activity.CHECKING,
    Activity.RELEASE,
    Activity.INSPECTION,
    Activity.PLACING,
    Activity.GAUGE_CHANGE,
    Activity.FORMING,
    Activity.HANDOVER,
    Activity.STANDING,
)
"""What trains do at a border."""


def border_measures(
    observed: Observed, own: Spells, arrived_h: FloatArray, departed_h: FloatArray
) -> Iterator[Measured]:
    """Measures of every border and of all together; none where the scenario has no border.

    Parameters
    ----------
    own
        The spells that are not beside others.
    arrived_h, departed_h
        Hours of each train at each place, see `Observed.passages`.
    """
    borders = [name for name, place in observed.scenario.places.items() if place.kind == "border"]
    if borders:
        places = Sets.each(borders, ALL)
        yield from clearance(observed, borders, places)
        at_borders = [list(observed.scenario.places).index(name) for name in borders]
        yield from dwell(observed, own, places, arrived_h[at_borders], departed_h[at_borders])


def clearance(observed: Observed, borders: list[str], places: Sets) -> Iterator[Measured]:
    """Declarations released, and hours from arrival to release by regime, of the releases in each window."""
    table = observed.tables.declarations
    released_h = table["released_h"].to_numpy()
    rows, bins = observed.windows.locate(released_h)
    flows = observed.flow_of[table["train"].to_numpy()[rows]]
    codes = (bins, coded(table["place"], borders)[rows], flows)
    regimes = Sets.each(observed.scenario.regimes, ALL)
    regime = coded(table["regime"], list(observed.scenario.regimes))[rows]
    number = table["declarations"].to_numpy()[rows].astype(float)
    sets = (observed.windows.sets, places, observed.groups, regimes)
    counts = totals((*codes, regime), sets, number)
    counts = np.where(declaring(observed, borders, places)[..., np.newaxis], counts, np.nan)
    hours = released_h[rows] - table["arrived_h"].to_numpy()[rows]

    yield Measured("declarations", "declarations", places.names, observed.groups.names, counts[..., -1])
    yield from observed.spread("clearance_h", "h", places, hours, codes)
    for code, name in enumerate(observed.scenario.regimes):
        chosen = regime == code
        some = (bins[chosen], codes[1][chosen], flows[chosen])
        yield Measured(f"declarations_{name}", "declarations", places.names, observed.groups.names, counts[..., code])
        yield from observed.spread(f"clearance_{name}_h", "h", places, hours[chosen], some)


def declaring(observed: Observed, borders: list[str], places: Sets) -> npt.NDArray[np.bool_]:
    """Places × groups in which trains with declarations cross a border."""
    flows = observed.scenario.flows.values()
    crossing = np.array(
        [[flow.declarations_per_train > 0 and name in flow.route for flow in flows] for name in borders]
    )
    return combined(crossing, (places, observed.groups)) > 0


def dwell(
    observed: Observed, own: Spells, places: Sets, arrived_h: FloatArray, departed_h: FloatArray
) -> Iterator[Measured]:
    """Hours from arrival at a border to departure, of the departures in each window, and what they went by with.

    `arrived_h` and `departed_h` have the axes borders × trains. The parts are waits and works of one activity, mean
    over all trains that departed; they sum to the dwell.
    """
    made, bins = observed.windows.locate(departed_h.ravel())
    border, train = np.divmod(made, len(observed.flow_of))
    codes = (bins, border, observed.flow_of[train])
    yield from observed.spread("border_dwell_h", "h", places, (departed_h - arrived_h).ravel()[made], codes)

    boxes = np.zeros(len(observed.flow_of))
    boxes[observed.tables.trains["train"].to_numpy()] = observed.tables.trains["teu"].to_numpy() > 0
    sets = (observed.windows.sets, places, observed.groups)
    containers = totals(codes, sets, boxes[train])
    yield Measured("border_container_trains", "trains", places.names, observed.groups.names, containers)

    border_of = np.array(
        [places.names.index(name) if name in places.names else -1 for name in observed.scenario.places]
    )
    bin_of = np.full(departed_h.shape, -1)
    bin_of.ravel()[made] = bins
    here = own.where(np.flatnonzero(border_of[own.place] >= 0))
    border = border_of[here.place]
    departed_in = bin_of[border, here.train]
    rows = np.flatnonzero(departed_in >= 0)
    where = (departed_in[rows], border[rows], here.flow[rows], here.activity[rows])
    parts = totals(where, (*sets, Sets.each(ACTIVITIES)), (here.ended_h - here.queued_h)[rows])
    parts = divide(parts, totals(codes, sets)[..., np.newaxis])
    for activity in AT_BORDERS:
        kpi = f"border_dwell_{ACTIVITIES[activity]}_h"
        yield Measured(kpi, "h", places.names, observed.groups.names, parts[..., activity])
    customs = parts[..., list(CUSTOMS)].sum(axis=-1)
    yield Measured("border_dwell_customs_h", "h", places.names, observed.groups.names, customs)
