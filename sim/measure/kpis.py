"""The measures of one run, by window: what it carried, how long it took, where it waited, how busy it was.

A window is [from, until). A time counts in the window in which it ends: the warm-up is simulated and only its measures
are left out, so that this is not biased; what has not ended is counted in `trains_inside` and `queue_trains`, not lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.measure.borders import border_measures
from sim.measure.counting import Code, Sets, Tally, coded, gathered
from sim.measure.observed import Measured, Observed, frame
from sim.measure.queues import ban_measures, capacity_measures, queue_measures, wait_measures
from sim.measure.statistics import divide
from sim.measure.visits import Visits, visits_of
from sim.model.ledger import Recorded
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.places import Sea
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS

TONNES_PER_MT = 1e6
HOURS_PER_YEAR = 365.25 * HOURS_PER_DAY


def measure(scenario: Scenario, tables: Recorded, windows: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """All measures of a run.

    Parameters
    ----------
    scenario, tables
        What was simulated, and what it left behind.
    windows
        First and last hour of each period, by its name.

    Returns
    -------
    DataFrame
        Columns kpi, place, flow, period, unit (categories) and value, one row for each combination observed. A count is
        there even if it is 0; a mean of nothing is not.

    Raises
    ------
    ValueError
        If a window does not begin before it ends, or a flow and a corridor share a name.
    """
    observed = Observed.of(scenario, tables, windows)
    return frame(all_measures(observed), observed.windows)


def all_measures(observed: Observed) -> Iterator[Measured]:
    """Every measure in the order of the results."""
    yield from train_measures(observed)
    visits = visits_of(observed)
    yield from passage_measures(observed, visits)
    yield from border_measures(observed, visits)
    del visits
    yield from wait_measures(observed)
    yield from queue_measures(observed)
    yield from ban_measures(observed)
    yield from capacity_measures(observed)
    yield from voyage_measures(observed)


def train_measures(observed: Observed) -> Iterator[Measured]:
    """Throughput, counts of trains and transit time: from entering the route to leaving it."""
    everywhere = Sets.each((ALL,))
    sets = (observed.windows.sets, everywhere, observed.groups)
    net_mt, teu, created, delivered = (Tally(sets) for _ in range(4))
    inside = [Tally((observed.groups,)) for _ in observed.windows.bounds]
    journeys = []
    for trains in observed.tables.blocks("trains"):
        flow = coded(trains["flow"], tuple(observed.scenario.flows))
        offered_h, left_h = trains["offered_h"].to_numpy(), trains["left_h"].to_numpy()
        offered, bins = observed.windows.locate(offered_h)
        created.add((bins, np.zeros_like(offered), flow[offered]))
        left, bins = observed.windows.locate(left_h)
        codes = (bins, np.zeros_like(left), flow[left])
        delivered.add(codes)
        net_mt.add(codes, trains["net_t"].to_numpy()[left] / TONNES_PER_MT)
        teu.add(codes, trains["teu"].to_numpy()[left].astype(float))
        for tally, (_, until_h) in zip(inside, observed.windows.bounds, strict=True):
            tally.add((flow[(offered_h < until_h) & ~(left_h < until_h)],))
        days = (left_h - trains["entered_h"].to_numpy())[left] / HOURS_PER_DAY
        journeys.append((days, *(code.astype(Code) for code in codes)))
    for kpi, values in (
        ("throughput_mt", net_mt.totals()),
        ("throughput_teu", teu.totals()),
        ("trains_created", created.totals()),
        ("trains_delivered", delivered.totals()),
        ("trains_inside", np.array([tally.totals() for tally in inside])[:, np.newaxis]),
    ):
        yield Measured(kpi, everywhere.names, observed.groups.names, values)
    days, bins, place, flow = gathered(journeys)
    yield from observed.spread("transit_days", everywhere, days, (bins, place, flow))


def passage_measures(observed: Observed, visits: Sequence[Visits]) -> Iterator[Measured]:
    """Hours from a train's first wait at a place to the end of its last spell there, of those ended in a window."""
    by_place: list[list[Measured]] = []
    for name, each in zip(observed.scenario.places, visits, strict=True):
        made, bins = observed.windows.locate(each.departed_h)
        codes = (bins, np.zeros_like(made), observed.flow_of[each.train[made]])
        hours = each.departed_h[made] - each.arrived_h[made]
        by_place.append(list(observed.spread("passage_h", Sets.each((name,)), hours, codes)))
    for measured in zip(*by_place, strict=True):
        values = np.concatenate([one.values for one in measured], axis=1)
        yield replace(measured[0], places=tuple(observed.scenario.places), values=values)


def voyage_measures(observed: Observed) -> Iterator[Measured]:
    """Voyages, how full they were and how long cranes worked the call before, of the vessels that sailed in a window.

    By direction; and voyages a vessel and year, of the vessels in service, both ways together.
    """
    seas = {name: place for name, place in observed.scenario.places.items() if isinstance(place, Sea)}
    if not seas:
        return
    directions = Sets.each(DIRECTIONS)
    sets = (observed.windows.sets, Sets.each(seas), directions)
    sailed, filled, worked = (Tally(sets) for _ in range(3))
    for table in observed.tables.blocks("voyages"):
        rows, bins = observed.windows.locate(table["sailed_h"].to_numpy())
        codes = (bins, coded(table["place"], tuple(seas))[rows], coded(table["direction"], directions.names)[rows])
        sailed.add(codes)
        filled.add(codes, (table["load"].to_numpy() / table["capacity"].to_numpy())[rows])
        worked.add(codes, table["worked_h"].to_numpy()[rows])
    voyages, load, worked_h = sailed.totals(), filled.totals(), worked.totals()
    for code, direction in enumerate(directions.names):
        yield Measured(f"voyages_{direction}", tuple(seas), (ALL,), voyages[..., [code]])
        yield Measured(f"load_share_{direction}", tuple(seas), (ALL,), divide(load, voyages)[..., [code]])
        yield Measured(f"call_work_h_{direction}", tuple(seas), (ALL,), divide(worked_h, voyages)[..., [code]])
    years = np.array([vessel_years(observed, sea) for sea in seas.values()]).T[..., np.newaxis]
    a_vessel = divide(voyages.sum(axis=-1, keepdims=True), years)
    yield Measured("voyages_per_vessel", tuple(seas), (ALL,), a_vessel)


def vessel_years(observed: Observed, sea: Sea) -> list[float]:
    """Years of service of all vessels of a crossing in each window."""
    calendar = observed.scenario.calendar
    numbers = [calendar.steps(vessel.number) for vessel in sea.vessels.values()]
    return [
        sum((until - begin) * value for steps in numbers for begin, until, value in steps.spells(from_h, until_h))
        / HOURS_PER_YEAR
        for from_h, until_h in observed.windows.bounds
    ]
