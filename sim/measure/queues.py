"""Measures of waiting and of capacity: hours waited, trains waiting, share of capacity in use.

Waits of a train and trains that stand waiting are of spells that are not beside others, so that a train counts once.
The queue for one resource, and its use, count the spells beside too.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sim.measure.catalogue import ACTIVITIES, CAUSES
from sim.measure.counting import IntArray, Sets, Tally, sums_over_sets, totals, whole_columns
from sim.measure.run_view import KpiValues, RunView
from sim.measure.statistics import FloatArray, divide
from sim.measure.visits import Visits, by_place
from sim.model.capacities import STAGES, Hold
from sim.model.ledger import Activity, Cause
from sim.model.stated import causes_met, may_happen
from sim.scenario.places import Sea
from sim.scenario.values import ALL

WORKED = sorted(
    {activity for stage in STAGES if stage.key and stage.hold is Hold.SPELL for activity in stage.activities}
)
"""Activities whose capacity is in use while they go on; the others hold theirs for a stay, a call or a trip."""


Use = tuple[IntArray, IntArray | int, FloatArray | float, FloatArray, FloatArray]
"""Stretches in which units of a capacity were in use: place, activity, units, from and until; NaN: after the run."""


def by_cause(view: RunView, stem: str, flows: tuple[str, ...], values: FloatArray) -> Iterator[KpiValues]:
    """One measure a cause, at the places where trains wait for it; `values`: windows × places × flows × causes."""
    causes = {name: causes_met(view.scenario, name) for name in view.scenario.places}
    for cause in Cause:
        places = tuple(name for name in causes if cause in causes[name])
        positions = [position for position, name in enumerate(causes) if name in places]
        if places:
            yield KpiValues(f"{stem}_{CAUSES[cause]}", places, flows, values[:, positions][..., cause])


def wait_measures(view: RunView, visits: Visits | None) -> Iterator[KpiValues]:
    """Hours waited at a place, mean over the visits that ended in the window; all causes and each.

    All waits of a visit count where it ends, and every visit counts: a wait that began before the window counts whole,
    one of a train that is still there not at all. Of the spells that are not beside others.
    """
    if visits is None or not view.asks("wait_h"):
        return
    places, causes = Sets.singles(view.scenario.places), Sets.singles(CAUSES, ALL)
    hours = Tally((view.windows.sets, places, view.groups, causes))
    rows, bins = visits.in_windows()
    visits_ended = totals((bins, visits.place[rows], view.flow_of[visits.train[rows]]), hours.sets[:3])
    for spells in view.spells():
        rows, bins = visits.ended_spells(spells)
        codes = (bins, spells.place[rows], spells.flow[rows], spells.cause[rows])
        hours.add(codes, spells.started_h[rows] - spells.queued_h[rows])
    wait_h = divide(hours.totals(), visits_ended[..., np.newaxis])
    yield KpiValues("wait_h", places.names, view.groups.names, wait_h[..., -1])
    yield from by_cause(view, "wait_h", view.groups.names, wait_h)


def queue_measures(view: RunView) -> Iterator[KpiValues]:
    """Trains waiting at a place: mean over time, the most at once, and the mean in the queue for each resource.

    Those still waiting at the end count as long as they have waited within the window: a queue that only grows shows
    here, and in no mean of visits that ended.
    """
    if not view.asks("queue_trains"):
        return
    places = Sets.singles(view.scenario.places)
    own_hours = Tally((view.windows.sets, places))
    all_hours = Tally((view.windows.sets, places, view.groups, Sets.singles(CAUSES)))
    asks_causes = view.asks(*(f"queue_trains_{cause}" for cause in CAUSES))
    own_waits = []
    for spells in view.spells():
        waits = (spells.queued_h < view.windows.edges[-1]) & ~(spells.started_h <= spells.queued_h)
        own = np.flatnonzero(waits & ~spells.beside)
        own_waits.append((spells.place[own], spells.queued_h[own], spells.started_h[own]))
        at = np.flatnonzero(waits)
        rows, bins, hours = view.windows.overlap(spells.queued_h[at], spells.started_h[at])
        at = at[rows]
        own_hours.add((bins, spells.place[at]), np.where(spells.beside[at], 0.0, hours))
        if asks_causes:
            all_hours.add((bins, spells.place[at], spells.flow[at], spells.cause[at]), hours)
    length_h = view.windows.hours[:, np.newaxis, np.newaxis]
    waiting = own_hours.totals()[..., np.newaxis] / length_h
    yield KpiValues("queue_trains", places.names, (ALL,), waiting)
    if view.asks("queue_trains_max"):
        most = most_by_place(view, *whole_columns(own_waits))
        yield KpiValues("queue_trains_max", places.names, (ALL,), most[..., np.newaxis])
    if asks_causes:
        hours_passing = np.where(passing(view, places)[..., np.newaxis], all_hours.totals(), np.nan)
        yield from by_cause(view, "queue_trains", view.groups.names, hours_passing / length_h[..., np.newaxis])


def passing(view: RunView, places: Sets) -> npt.NDArray[np.bool_]:
    """Places × groups that have flows past the place."""
    flows = view.scenario.flows.values()
    on_route = np.array([[place in flow.route for flow in flows] for place in places.names])
    return sums_over_sets(on_route, (places, view.groups)) > 0


def abandoned_measures(view: RunView) -> Iterator[KpiValues]:
    """Trains abandoned on the way, by the place where they stand and in all, until a locomotive has come for them.

    Their mean over time, and the most at once; nothing where no border states when a train is abandoned.
    """
    if not may_happen(view.scenario, Activity.ABANDONMENT) or not view.asks("abandoned_trains"):
        return
    places = Sets.singles(view.scenario.places, ALL)
    hours = Tally((view.windows.sets, places))
    abandonments = []
    for spells in view.spells():
        at = np.flatnonzero(spells.activity == Activity.ABANDONMENT)
        abandonments.append((spells.place[at], spells.queued_h[at], spells.ended_h[at]))
        rows, bins, hours_abandoned = view.windows.overlap(spells.queued_h[at], spells.ended_h[at])
        hours.add((bins, spells.place[at][rows]), hours_abandoned)
    mean_number = hours.totals() / view.windows.hours[:, np.newaxis]
    place, begun_h, ended_h = whole_columns(abandonments)
    at_places = most_by_place(view, place, begun_h, ended_h)
    most = np.column_stack([at_places, most_waiting(view, begun_h, ended_h)])
    yield KpiValues("abandoned_trains", places.names, (ALL,), mean_number[..., np.newaxis])
    yield KpiValues("abandoned_trains_max", places.names, (ALL,), most[..., np.newaxis])


def ban_measures(view: RunView) -> Iterator[KpiValues]:
    """Hours a ban held trains before their route, mean over the trains let in, and trains held, mean over time.

    Both at the place `all`, for the flows that have a ban and the groups that hold one.
    """
    names_in_bans = {name for ban in view.scenario.bans.values() for name in ban.flows}
    flows = view.scenario.flows.items()
    may_be_held = np.array([name in names_in_bans or flow.most_trains_under_way is not None for name, flow in flows])
    if not may_be_held.any() or not view.asks("wait_h_ban", "queue_trains_ban"):
        return
    has_ban = sums_over_sets(may_be_held, (view.groups,)) > 0
    entries, wait_hours, queue_hours = (Tally((view.windows.sets, view.groups)) for _ in range(3))
    for trains in view.blocks("trains"):
        rows, bins = view.windows.locate(trains["entered_h"])
        codes = bins, trains["flow"][rows]
        entries.add(codes)
        # Several bans and a limit may hold a train in turn: all that it waited counts where it is let in.
        wait_hours.add(codes, (trains["entered_h"] - trains["offered_h"])[rows])
    for spells in view.held_spells():
        rows, bins, hours = view.windows.overlap(spells.queued_h, spells.started_h)
        queue_hours.add((bins, spells.flow[rows]), hours)
    waited_h = divide(wait_hours.totals(), entries.totals())
    queue = queue_hours.totals() / view.windows.hours[:, np.newaxis]
    for kpi, values in (("wait_h_ban", waited_h), ("queue_trains_ban", queue)):
        yield KpiValues(kpi, (ALL,), view.groups.names, np.where(has_ban, values, np.nan)[:, np.newaxis])


def most_by_place(view: RunView, place: IntArray, joined_h: FloatArray, served_h: FloatArray) -> FloatArray:
    """The most trains waiting at once, windows × places."""
    at_places = by_place(place, len(view.scenario.places))
    return np.column_stack([most_waiting(view, joined_h[rows], served_h[rows]) for rows in at_places])


def most_waiting(view: RunView, joined_h: FloatArray, served_h: FloatArray) -> FloatArray:
    """The most trains waiting at once, by window. At equal times those served leave first."""
    joined_h, served_h = np.sort(joined_h), np.sort(served_h)
    after = np.arange(1, len(joined_h) + 1) - np.searchsorted(served_h, joined_h, side="right")
    most = np.zeros(len(view.windows.bounds))
    for window, (from_h, until_h) in enumerate(view.windows.bounds):
        first, last = np.searchsorted(joined_h, (from_h, until_h))
        number_joined, number_served = (np.searchsorted(hours, from_h, side="right") for hours in (joined_h, served_h))
        most[window] = np.max(after[first:last], initial=number_joined - number_served)
    return most


def capacity_measures(view: RunView) -> Iterator[KpiValues]:
    """Share of capacity in use, for each activity with a capacity and for the busiest at the place.

    Receiving tracks, places on a line and room in a yard are in use while they are held, a berth from the berthing of a
    vessel until it is loaded, a wagon set from its train until it stands at home again (place: the pool); every other
    capacity while its activity goes on. What exceeds the capacity in force counts as full.
    """
    if not view.asks("utilisation"):
        return
    names = (*view.scenario.places, *view.scenario.wagon_pools)
    sets = (view.windows.sets, Sets.singles(names), Sets.singles(ACTIVITIES))
    room = Tally(sets)
    has_capacity = np.zeros((len(names), len(ACTIVITIES)), bool)
    for table in view.blocks("capacity"):
        # Whether a crossing is open is nothing that trains use up, see `weather_measures`.
        is_used = table["activity"] != Activity.SAILING
        place, activity = table["place"][is_used], table["activity"][is_used]
        has_capacity[place, activity] = True
        rows, bins, hours = view.windows.overlap(table["from_h"][is_used], table["until_h"][is_used])
        room.add((bins, place[rows], activity[rows]), hours * table["capacity"][is_used][rows])
    capacity_hours = room.totals()
    use_hours = np.zeros(capacity_hours.shape)
    for stretches in uses(view, has_capacity):
        tally = Tally(sets)
        for at, works, units, from_h, until_h in stretches:
            rows, bins, hours = view.windows.overlap(from_h, until_h)
            codes = (bins, at[rows], np.broadcast_to(works, at.shape)[rows])
            tally.add(codes, hours * np.broadcast_to(units, at.shape)[rows])
        use_hours += tally.totals()
    # Work goes on where capacity was lowered under it, and a train may be longer than a yard: that is full, not fuller.
    share = np.minimum(divide(use_hours, capacity_hours), 1.0)
    yield KpiValues("utilisation", names, (ALL,), np.fmax.reduce(share, axis=-1)[..., np.newaxis])
    for code in np.flatnonzero(has_capacity.any(axis=0)):
        positions = np.flatnonzero(has_capacity[:, code])
        places = tuple(names[position] for position in positions)
        yield KpiValues(f"utilisation_{ACTIVITIES[code]}", places, (ALL,), share[:, positions][..., [code]])


def weather_measures(view: RunView) -> Iterator[KpiValues]:
    """Share of time in which wind closed a crossing."""
    positions = [at for at, place in enumerate(view.scenario.places.values()) if isinstance(place, Sea)]
    if not positions or not view.asks("closed_share"):
        return
    places = Sets.singles(view.scenario.places)
    closed_hours = Tally((view.windows.sets, places))
    for table in view.blocks("capacity"):
        is_closed = (table["activity"] == Activity.SAILING) & (table["capacity"] == 0)
        rows, bins, hours = view.windows.overlap(table["from_h"][is_closed], table["until_h"][is_closed])
        closed_hours.add((bins, table["place"][is_closed][rows]), hours)
    share = (closed_hours.totals() / view.windows.hours[:, np.newaxis])[:, positions]
    yield KpiValues("closed_share", tuple(places.names[at] for at in positions), (ALL,), share[..., np.newaxis])


def uses(view: RunView, has_capacity: npt.NDArray[np.bool_]) -> Iterator[Iterator[Use]]:
    """What was in use, one table after the other.

    Desks, cranes and port tracks while their activity goes on; receiving tracks, places on a line and room in a yard
    while they are held; berths while a vessel lies at them, but for a call under way at the end; wagon sets from the
    train they are given to until they stand at home again.
    """
    yield work_uses(view, has_capacity)
    held = view.blocks("stays")
    yield ((stays["place"], stays["activity"], stays["units"], stays["taken_h"], stays["released_h"]) for stays in held)
    berthing, placing, pools = int(Activity.BERTHING), int(Activity.PLACING), len(view.scenario.places)
    yield ((calls["place"], berthing, 1.0, calls["berthed_h"], calls["loaded_h"]) for calls in view.blocks("voyages"))
    for_trips = view.blocks("wagon_sets")
    yield ((pools + trips["pool"], placing, 1.0, trips["taken_h"], trips["home_h"]) for trips in for_trips)


def work_uses(view: RunView, has_capacity: npt.NDArray[np.bool_]) -> Iterator[Use]:
    """The activities that take up a capacity while they go on."""
    counted_by_spell = np.zeros_like(has_capacity)
    counted_by_spell[:, WORKED] = has_capacity[:, WORKED]
    for spells in view.spells():
        rows = np.flatnonzero(counted_by_spell[spells.place, spells.activity])
        yield spells.place[rows], spells.activity[rows], 1.0, spells.started_h[rows], spells.ended_h[rows]
