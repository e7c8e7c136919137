"""Measures of waiting and of capacity: hours waited, trains waiting, share of capacity in use.

Waits of a train and trains that stand waiting are of spells that are not beside others, so that a train counts once.
The queue for one resource, and its use, count the spells beside too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.measure.catalogue import ACTIVITIES, CAUSES
from sim.measure.counting import IntArray, Sets, Tally, coded, combined, distinct
from sim.measure.observed import Measured, Observed
from sim.measure.statistics import FloatArray, divide
from sim.measure.visits import by_place
from sim.model.capacities import STAGES, Hold, causes_at
from sim.model.ledger import Activity, Cause
from sim.scenario.values import ALL

WORKED = sorted(
    {activity for stage in STAGES if stage.key and stage.hold is Hold.SPELL for activity in stage.activities}
)
"""Activities whose capacity is in use while they go on; the others hold theirs for a stay, a call or a trip."""


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
    return [position for position, place in enumerate(places) if cause in causes_at(place.kind)]


def by_cause(observed: Observed, stem: str, flows: tuple[str, ...], values: FloatArray) -> Iterator[Measured]:
    """One measure a cause; `values` has the axes windows × places × flows × causes."""
    names = tuple(observed.scenario.places)
    for cause in Cause:
        positions = places_of(observed, cause)
        if positions:
            places = tuple(names[position] for position in positions)
            yield Measured(f"{stem}_{CAUSES[cause]}", places, flows, values[:, positions][..., cause])


def wait_measures(observed: Observed) -> Iterator[Measured]:
    """Hours waited at a place, mean over the trains that ended a spell there in the window; all causes and each.

    Of the spells that are not beside others.
    """
    places, causes = Sets.each(observed.scenario.places), Sets.each(CAUSES, ALL)
    hours = Tally((observed.windows.sets, places, observed.groups, causes))
    ends: list[list[IntArray]] = [[] for _ in places.names]
    for spells in observed.spells():
        own = spells.own()
        rows, bins = observed.windows.locate(own.started_h)
        codes = (bins, own.place[rows], own.flow[rows], own.cause[rows])
        hours.add(codes, (own.started_h - own.queued_h)[rows])
        for place, here in enumerate(by_place(own, len(ends))):
            rows, bins = observed.windows.locate(own.ended_h[here])
            ends[place].append(distinct(own.train[here][rows].astype(np.int64) * len(observed.windows.edges) + bins))
    wait_h = divide(hours.totals(), trains_served(observed, places, ends)[..., np.newaxis])
    yield Measured("wait_h", places.names, observed.groups.names, wait_h[..., -1])
    yield from by_cause(observed, "wait_h", observed.groups.names, wait_h)


def trains_served(observed: Observed, places: Sets, ends: Sequence[Sequence[IntArray]]) -> FloatArray:
    """Trains that ended a spell at a place: windows × places × groups of flows.

    `ends` says by place, block by block, which trains ended one in which bin: train × number of edges + bin.
    """
    served = [Tally((places, observed.groups)) for _ in observed.windows.bounds]
    for place, some in enumerate(ends):
        trains, bins = np.divmod(np.concatenate(some), len(observed.windows.edges))
        for tally, inside in zip(served, observed.windows.sets.member, strict=True):
            flow = observed.flow_of[distinct(trains[inside[bins]])]
            tally.add((np.full(len(flow), place), flow))
    return np.array([tally.totals() for tally in served])


def queue_measures(observed: Observed) -> Iterator[Measured]:
    """Trains waiting at a place: mean over time, the most at once, and the mean in the queue for each resource."""
    places = Sets.each(observed.scenario.places)
    sets = (observed.windows.sets, places, Sets.each(CAUSES, ALL))
    own_hours, all_hours = Tally(sets), Tally(sets)
    joined_h: list[list[FloatArray]] = [[] for _ in places.names]
    served_h: list[list[FloatArray]] = [[] for _ in places.names]
    for spells in observed.spells():
        waits = spells.where((spells.queued_h < observed.windows.edges[-1]) & ~(spells.started_h <= spells.queued_h))
        rows, bins, hours = observed.windows.overlap(waits.queued_h, waits.started_h)
        codes = (bins, waits.place[rows], waits.cause[rows])
        own_hours.add(codes, np.where(waits.beside[rows], 0.0, hours))
        all_hours.add(codes, hours)
        own = waits.own()
        for place, here in enumerate(by_place(own, len(places.names))):
            joined_h[place].append(own.queued_h[here])
            served_h[place].append(own.started_h[here])
    length_h = observed.windows.hours[:, np.newaxis, np.newaxis]
    waiting = own_hours.totals()[..., [-1]] / length_h
    yield Measured("queue_trains", places.names, (ALL,), waiting)
    hours_of = zip(joined_h, served_h, strict=True)
    most = [longest(observed, np.concatenate(joined), np.concatenate(served)) for joined, served in hours_of]
    yield Measured("queue_trains_max", places.names, (ALL,), np.array(most).T[..., np.newaxis])
    in_queue = all_hours.totals() / length_h
    yield from by_cause(observed, "queue_trains", (ALL,), in_queue[:, :, np.newaxis])


def ban_measures(observed: Observed) -> Iterator[Measured]:
    """Hours a ban held trains before their route, mean over the trains let in, and trains held, mean over time.

    Both at the place `all`, for the flows that have a ban and the groups that hold one.
    """
    named = {name for ban in observed.scenario.bans.values() for name in ban.flows}
    flows = observed.scenario.flows.items()
    banned = np.array([name in named or flow.most_trains_under_way is not None for name, flow in flows])
    if not banned.any():
        return
    has_ban = combined(banned, (observed.groups,)) > 0
    entered, waited, queued = (Tally((observed.windows.sets, observed.groups)) for _ in range(3))
    for trains in observed.tables.blocks("trains"):
        rows, bins = observed.windows.locate(trains["entered_h"].to_numpy())
        entered.add((bins, observed.flow_of[trains["train"].to_numpy()[rows]]))
    for held in observed.held():
        rows, bins = observed.windows.locate(held.started_h)
        waited.add((bins, held.flow[rows]), (held.started_h - held.queued_h)[rows])
        rows, bins, hours = observed.windows.overlap(held.queued_h, held.started_h)
        queued.add((bins, held.flow[rows]), hours)
    waited_h = divide(waited.totals(), entered.totals())
    queue = queued.totals() / observed.windows.hours[:, np.newaxis]
    for kpi, values in (("wait_h_ban", waited_h), ("queue_trains_ban", queue)):
        yield Measured(kpi, (ALL,), observed.groups.names, np.where(has_ban, values, np.nan)[:, np.newaxis])


def longest(observed: Observed, joined_h: FloatArray, served_h: FloatArray) -> FloatArray:
    """The most trains waiting at once at one place, by window. At equal times those served leave first."""
    joined_h, served_h = np.sort(joined_h), np.sort(served_h)
    after = np.arange(1, len(joined_h) + 1) - np.searchsorted(served_h, joined_h, side="right")
    most = np.zeros(len(observed.windows.bounds))
    for window, (from_h, until_h) in enumerate(observed.windows.bounds):
        first, last = np.searchsorted(joined_h, (from_h, until_h))
        joined, served = (np.searchsorted(hours, from_h, side="right") for hours in (joined_h, served_h))
        most[window] = np.max(after[first:last], initial=joined - served)
    return most


def capacity_measures(observed: Observed) -> Iterator[Measured]:
    """Share of capacity in use, for each activity with a capacity and for the busiest at the place.

    Receiving tracks, places on a line and room in a yard are in use while they are held, a berth from the berthing of a
    vessel until it is loaded, a wagon set from its train until it stands at home again (place: the pool); every other
    capacity while its activity goes on.
    """
    names = (*observed.scenario.places, *observed.scenario.wagon_pools)
    sets = (observed.windows.sets, Sets.each(names), Sets.each(ACTIVITIES))
    room = Tally(sets)
    limited = np.zeros((len(names), len(ACTIVITIES)), bool)
    for table in observed.tables.blocks("capacity"):
        place, activity = coded(table["place"], names), coded(table["activity"], ACTIVITIES)
        limited[place, activity] = True
        rows, bins, hours = observed.windows.overlap(table["from_h"].to_numpy(), table["until_h"].to_numpy())
        room.add((bins, place[rows], activity[rows]), hours * table["capacity"].to_numpy()[rows])
    offered = room.totals()
    used = np.zeros(offered.shape)
    for uses in (works(observed, limited), stays(observed), calls(observed), trips(observed)):
        held = Tally(sets)
        for use in uses:
            rows, bins, hours = observed.windows.overlap(use.started_h, use.ended_h)
            held.add((bins, use.place[rows], use.activity[rows]), hours * use.units[rows])
        used += held.totals()
    share = divide(used, offered)
    yield Measured("utilisation", names, (ALL,), np.fmax.reduce(share, axis=-1)[..., np.newaxis])
    for code in np.flatnonzero(limited.any(axis=0)):
        here = np.flatnonzero(limited[:, code])
        places = tuple(names[position] for position in here)
        yield Measured(f"utilisation_{ACTIVITIES[code]}", places, (ALL,), share[:, here][..., [code]])


def works(observed: Observed, limited: npt.NDArray[np.bool_]) -> Iterator[Use]:
    """Desks, cranes and port tracks while their activity goes on."""
    worked = np.zeros_like(limited)
    worked[:, WORKED] = limited[:, WORKED]
    for spells in observed.spells():
        rows = np.flatnonzero(worked[spells.place, spells.activity])
        units = np.ones(len(rows))
        yield Use(spells.place[rows], spells.activity[rows], units, spells.started_h[rows], spells.ended_h[rows])


def stays(observed: Observed) -> Iterator[Use]:
    """Receiving tracks, places on a line and room in a yard while they are held."""
    for table in observed.tables.blocks("stays"):
        place, activity = coded(table["place"], tuple(observed.scenario.places)), coded(table["activity"], ACTIVITIES)
        hours = (table[name].to_numpy() for name in ("units", "taken_h", "released_h"))
        yield Use(place, activity, *hours)


def calls(observed: Observed) -> Iterator[Use]:
    """Berths while a vessel lies at them; a call under way at the end is left out."""
    for table in observed.tables.blocks("voyages"):
        place = coded(table["place"], tuple(observed.scenario.places))
        activity = np.full(len(table), int(Activity.BERTHING))
        yield Use(place, activity, np.ones(len(table)), table["berthed_h"].to_numpy(), table["loaded_h"].to_numpy())


def trips(observed: Observed) -> Iterator[Use]:
    """Wagon sets from the train they are given to until they stand at home again."""
    for table in observed.tables.blocks("wagon_sets"):
        place = len(observed.scenario.places) + coded(table["pool"], tuple(observed.scenario.wagon_pools))
        activity = np.full(len(table), int(Activity.PLACING))
        yield Use(place, activity, np.ones(len(table)), table["taken_h"].to_numpy(), table["home_h"].to_numpy())
