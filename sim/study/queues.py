"""Measures of waiting and of capacity: hours waited, trains waiting, share of capacity in use.

Waits of a train and trains that stand waiting are of spells that are not beside others, so that a train counts once.
The queue for one resource, and its use, count the spells beside too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.model.ledger import Activity, Cause
from sim.study.counting import IntArray, Sets, coded, combined, totals
from sim.study.observed import ACTIVITIES, ALL, CAUSES, Measured, Observed, Spells
from sim.study.statistics import FloatArray, divide

CAUSES_AT = {
    "border": (
        Cause.RECEIVING_TRACK,
        Cause.DECLARANTS,
        Cause.OFFICERS,
        Cause.PAPERS,
        Cause.INSPECTORS,
        Cause.WAGON_SET,
        Cause.CRANES,
        Cause.CREWS,
        Cause.HANDOVER,
        Cause.LINE,
        Cause.YARD,
    ),
    "section": (Cause.PATH, Cause.LINE, Cause.YARD),
    "sea": (
        Cause.PORT_TRACK,
        Cause.VESSEL,
        Cause.WEATHER,
        Cause.BERTH,
        Cause.WAGON_SET,
        Cause.LINE,
        Cause.YARD,
    ),
    "terminal": (Cause.TERMINAL_TRACK, Cause.WAGON_SET, Cause.LINE, Cause.YARD),
}
"""What trains wait for at each kind of place; for the line or the yard ahead they wait where they stand."""

HELD_FOR_A_STAY = (Activity.RECEIVING, Activity.RUNNING, Activity.LOADING, Activity.LANDING)
"""Activities whose capacity is held over a stay, see the table of stays."""


@dataclass(frozen=True)
class Use:
    """Stretches in which units of a capacity were in use, as arrays; a NaN end is after the run."""

    place: IntArray
    activity: IntArray
    units: FloatArray
    started_h: FloatArray
    ended_h: FloatArray


def places_of(observed: Observed, cause: Cause) -> list[int]:
    """Positions of the places at which trains wait for `cause`."""
    places = observed.scenario.places.values()
    return [position for position, place in enumerate(places) if cause in CAUSES_AT[place.kind]]


def by_cause(
    observed: Observed, stem: str, unit: str, flows: tuple[str, ...], values: FloatArray
) -> Iterator[Measured]:
    """One measure a cause; `values` has the axes windows × places × flows × causes."""
    names = tuple(observed.scenario.places)
    for cause in Cause:
        positions = places_of(observed, cause)
        if positions:
            places = tuple(names[position] for position in positions)
            yield Measured(f"{stem}_{CAUSES[cause]}", unit, places, flows, values[:, positions][..., cause])


def wait_measures(observed: Observed, own: Spells) -> Iterator[Measured]:
    """Hours waited at a place, mean over the trains that ended a spell there in the window; all causes and each.

    `own` are the spells that are not beside others.
    """
    places, causes = Sets.each(observed.scenario.places), Sets.each(CAUSES, ALL)
    rows, bins = observed.windows.locate(own.started_h)
    codes = (bins, own.place[rows], own.flow[rows], own.cause[rows])
    waited_h = (own.started_h - own.queued_h)[rows]
    hours = totals(codes, (observed.windows.sets, places, observed.groups, causes), waited_h)
    wait_h = divide(hours, trains_served(observed, own, places)[..., np.newaxis])
    yield Measured("wait_h", "h", places.names, observed.groups.names, wait_h[..., -1])
    yield from by_cause(observed, "wait_h", "h", observed.groups.names, wait_h)


def trains_served(observed: Observed, spells: Spells, places: Sets) -> FloatArray:
    """Trains that ended a spell at a place: windows × places × groups of flows."""
    rows, bins = observed.windows.locate(spells.ended_h)
    trains = len(observed.flow_of)
    visit = spells.place[rows] * trains + spells.train[rows]
    served = []
    for inside in observed.windows.sets.member:
        seen = np.zeros(len(places.names) * trains, bool)
        seen[visit[inside[bins]]] = True
        visits = np.flatnonzero(seen)
        served.append(totals((visits // trains, observed.flow_of[visits % trains]), (places, observed.groups)))
    return np.array(served)


def queue_measures(observed: Observed, spells: Spells) -> Iterator[Measured]:
    """Trains waiting at a place: mean over time, the most at once, and the mean in the queue for each resource."""
    spells = spells.where((spells.queued_h < observed.windows.edges[-1]) & ~(spells.started_h <= spells.queued_h))
    places = Sets.each(observed.scenario.places)
    rows, bins, hours = observed.windows.overlap(spells.queued_h, spells.started_h)
    codes = (bins, spells.place[rows], spells.cause[rows])
    sets = (observed.windows.sets, places, Sets.each(CAUSES, ALL))
    own = np.where(spells.beside[rows], 0.0, hours)
    length_h = observed.windows.hours[:, np.newaxis, np.newaxis]
    waiting = totals(codes, sets, own)[..., [-1]] / length_h
    yield Measured("queue_trains", "trains", places.names, (ALL,), waiting)
    yield Measured("queue_trains_max", "trains", places.names, (ALL,), longest(observed, spells.where(~spells.beside)))
    in_queue = totals(codes, sets, hours) / length_h
    yield from by_cause(observed, "queue_trains", "trains", (ALL,), in_queue[:, :, np.newaxis])


def ban_measures(observed: Observed) -> Iterator[Measured]:
    """Hours a ban held trains before their route, mean over the trains let in, and trains held, mean over time.

    Both at the place `all`, for the flows that have a ban and the groups that hold one.
    """
    held = observed.held()
    named = {name for ban in observed.scenario.bans.values() for name in ban.flows}
    flows = observed.scenario.flows.items()
    banned = np.array([name in named or flow.most_trains_under_way is not None for name, flow in flows])
    if not banned.any():
        return
    has_ban = combined(banned, (observed.groups,)) > 0
    sets = (observed.windows.sets, observed.groups)
    rows, bins = observed.windows.locate(held.started_h)
    waited_h = totals((bins, held.flow[rows]), sets, (held.started_h - held.queued_h)[rows])
    trains = observed.tables.trains
    let_in, entry_bins = observed.windows.locate(trains["entered_h"].to_numpy())
    entered = totals((entry_bins, observed.flow_of[trains["train"].to_numpy()[let_in]]), sets)
    rows, bins, hours = observed.windows.overlap(held.queued_h, held.started_h)
    queue = totals((bins, held.flow[rows]), sets, hours) / observed.windows.hours[:, np.newaxis]
    for kpi, unit, values in (("wait_h_ban", "h", divide(waited_h, entered)), ("queue_trains_ban", "trains", queue)):
        yield Measured(kpi, unit, (ALL,), observed.groups.names, np.where(has_ban, values, np.nan)[:, np.newaxis])


def longest(observed: Observed, waits: Spells) -> FloatArray:
    """The most trains waiting at once: windows × places × 1. At equal times those served leave first."""
    most = np.zeros((len(observed.windows.sets.names), len(observed.scenario.places), 1))
    for place in range(most.shape[1]):
        here = waits.place == place
        joined_h, served_h = np.sort(waits.queued_h[here]), np.sort(waits.started_h[here])
        after = np.arange(1, len(joined_h) + 1) - np.searchsorted(served_h, joined_h, side="right")
        for window, (from_h, until_h) in enumerate(observed.windows.bounds):
            first, last = np.searchsorted(joined_h, (from_h, until_h))
            joined, served = (np.searchsorted(hours, from_h, side="right") for hours in (joined_h, served_h))
            most[window, place] = np.max(after[first:last], initial=joined - served)
    return most


def capacity_measures(observed: Observed, spells: Spells) -> Iterator[Measured]:
    """Share of capacity in use, for each activity with a capacity and for the busiest at the place.

    Receiving tracks, places on a line and room in a yard are in use while they are held, a berth from the berthing of a
    vessel until it is loaded, a wagon set from its train until it stands at home again (place: the pool); every other
    capacity while its activity goes on.
    """
    names = (*observed.scenario.places, *observed.scenario.wagon_pools)
    sets = (observed.windows.sets, Sets.each(names), Sets.each(ACTIVITIES))
    table = observed.tables.capacity
    place, activity = coded(table["place"], names), coded(table["activity"], ACTIVITIES)
    rows, bins, hours = observed.windows.overlap(table["from_h"].to_numpy(), table["until_h"].to_numpy())
    offered = totals((bins, place[rows], activity[rows]), sets, hours * table["capacity"].to_numpy()[rows])
    limited = np.zeros((len(names), len(ACTIVITIES)), bool)
    limited[place, activity] = True

    used = np.zeros(offered.shape)
    for use in (works(spells, limited), stays(observed), calls(observed), trips(observed)):
        rows, bins, hours = observed.windows.overlap(use.started_h, use.ended_h)
        used += totals((bins, use.place[rows], use.activity[rows]), sets, hours * use.units[rows])
    share = divide(used, offered)
    yield Measured("utilisation", "share", names, (ALL,), np.fmax.reduce(share, axis=-1)[..., np.newaxis])
    for code in np.flatnonzero(limited.any(axis=0)):
        here = np.flatnonzero(limited[:, code])
        places = tuple(names[position] for position in here)
        yield Measured(f"utilisation_{ACTIVITIES[code]}", "share", places, (ALL,), share[:, here][..., [code]])


def works(spells: Spells, limited: npt.NDArray[np.bool_]) -> Use:
    """Desks, cranes and port tracks while their activity goes on."""
    worked = limited.copy()
    worked[:, HELD_FOR_A_STAY] = False
    rows = np.flatnonzero(worked[spells.place, spells.activity])
    units = np.ones(len(rows))
    return Use(spells.place[rows], spells.activity[rows], units, spells.started_h[rows], spells.ended_h[rows])


def stays(observed: Observed) -> Use:
    """Receiving tracks, places on a line and room in a yard while they are held."""
    table = observed.tables.stays
    place, activity = coded(table["place"], tuple(observed.scenario.places)), coded(table["activity"], ACTIVITIES)
    hours = (table[name].to_numpy() for name in ("units", "taken_h", "released_h"))
    return Use(place, activity, *hours)


def calls(observed: Observed) -> Use:
    """Berths while a vessel lies at them; a call under way at the end is left out."""
    table = observed.tables.voyages
    place = coded(table["place"], tuple(observed.scenario.places))
    activity = np.full(len(table), int(Activity.BERTHING))
    return Use(place, activity, np.ones(len(table)), table["berthed_h"].to_numpy(), table["loaded_h"].to_numpy())


def trips(observed: Observed) -> Use:
    """Wagon sets from the train they are given to until they stand at home again."""
    table = observed.tables.wagon_sets
    place = len(observed.scenario.places) + coded(table["pool"], tuple(observed.scenario.wagon_pools))
    activity = np.full(len(table), int(Activity.PLACING))
    return Use(place, activity, np.ones(len(table)), table["taken_h"].to_numpy(), table["home_h"].to_numpy())
