"""Measures at border crossing points: declarations, clearance, dwell and its parts.

`flow` is a flow, a corridor, a direction or `all`; at the place `all`, every crossing of a border is one observation.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sim.model.ledger import CUSTOMS, Activity
from sim.study.counting import IntArray, Sets, coded, combined, totals
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
)
"""What trains do at a border."""


def border_measures(observed: Observed, spells: Spells) -> Iterator[Measured]:
    """Measures of every border and of all together; none where the scenario has no border."""
    borders = [name for name, place in observed.scenario.places.items() if place.kind == "border"]
    if borders:
        places = Sets.each(borders, ALL)
        yield from clearance(observed, borders, places)
        yield from dwell(observed, spells, borders, places)


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


def dwell(observed: Observed, spells: Spells, borders: list[str], places: Sets) -> Iterator[Measured]:
    """Hours from arrival at a border to departure, of the departures in each window, and what they went by with.

    The parts are waits and works of one activity, mean over all trains that departed; they sum to the dwell.
    """
    border_of = np.array([borders.index(name) if name in borders else -1 for name in observed.scenario.places])
    spells = spells.where(~spells.beside & (border_of[spells.place] >= 0))
    border = border_of[spells.place]
    trains = len(observed.flow_of)
    visit = border * trains + spells.train
    arrived_h, departed_h = visits(visit, spells, len(borders) * trains)

    made, bins = observed.windows.locate(departed_h)
    codes = (bins, made // trains, observed.flow_of[made % trains])
    sets = (observed.windows.sets, places, observed.groups)
    yield from observed.spread("border_dwell_h", "h", places, departed_h[made] - arrived_h[made], codes)

    bin_of = np.full(len(departed_h), -1)
    bin_of[made] = bins
    rows = np.flatnonzero(bin_of[visit] >= 0)
    activities = Sets.each(ACTIVITIES)
    where = (bin_of[visit[rows]], border[rows], spells.flow[rows], spells.activity[rows])
    parts = totals(where, (*sets, activities), (spells.ended_h - spells.queued_h)[rows])
    parts = divide(parts, totals(codes, sets)[..., np.newaxis])
    for activity in AT_BORDERS:
        kpi = f"border_dwell_{ACTIVITIES[activity]}_h"
        yield Measured(kpi, "h", places.names, observed.groups.names, parts[..., activity])
    customs = parts[..., list(CUSTOMS)].sum(axis=-1)
    yield Measured("border_dwell_customs_h", "h", places.names, observed.groups.names, customs)


def visits(visit: IntArray, spells: Spells, number: int) -> tuple[FloatArray, FloatArray]:
    """First and last hour of each visit by its number; the last is inf while it goes on, -inf without a visit."""
    arrived_h = np.full(number, np.inf)
    departed_h = np.full(number, -np.inf)
    np.minimum.at(arrived_h, visit, spells.queued_h)
    np.maximum.at(departed_h, visit, np.nan_to_num(spells.ended_h, nan=np.inf))
    return arrived_h, departed_h
