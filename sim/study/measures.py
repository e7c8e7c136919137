"""The measures of one run, by window: what it carried, how long it took, where it waited, how busy it was.

A window is [from, until). A time counts in the window in which it ends: the warm-up is simulated and only its measures
are left out, so that this is not biased; what has not ended is counted in `trains_inside` and `queue_trains`, not lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sim.model.ledger import Tables
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.schema import Scenario
from sim.study.borders import border_measures
from sim.study.counting import Sets, coded, totals
from sim.study.observed import ALL, DIRECTIONS, Measured, Observed, frame
from sim.study.queues import ban_measures, capacity_measures, queue_measures, wait_measures
from sim.study.statistics import divide

TONNES_PER_MT = 1e6


def periods(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The calendar years of the horizon and `all` of it, as windows in hours."""
    return scenario.calendar.years() | {ALL: (0.0, scenario.calendar.closing_h)}


def measure(scenario: Scenario, tables: Tables, windows: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
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
    spells = observed.spells()
    yield from train_measures(observed)
    yield from border_measures(observed, spells)
    yield from wait_measures(observed, spells)
    yield from queue_measures(observed, spells)
    yield from ban_measures(observed)
    yield from capacity_measures(observed, spells)
    yield from voyage_measures(observed)


def train_measures(observed: Observed) -> Iterator[Measured]:
    """Throughput, counts of trains and transit time: from entering the route to leaving it."""
    trains = observed.tables.trains
    flow = coded(trains["flow"], tuple(observed.scenario.flows))
    offered_h, left_h = trains["offered_h"].to_numpy(), trains["left_h"].to_numpy()
    everywhere = Sets.each((ALL,))
    sets = (observed.windows.sets, everywhere, observed.groups)
    offered, offer_bins = observed.windows.locate(offered_h)
    left, exit_bins = observed.windows.locate(left_h)
    created = (offer_bins, np.zeros_like(offered), flow[offered])
    delivered = (exit_bins, np.zeros_like(left), flow[left])
    net_mt = trains["net_t"].to_numpy()[left] / TONNES_PER_MT
    teu = trains["teu"].to_numpy()[left].astype(float)
    inside = [
        totals((flow[(offered_h < until_h) & ~(left_h < until_h)],), (observed.groups,))
        for _, until_h in observed.windows.bounds
    ]
    for kpi, unit, values in (
        ("throughput_mt", "Mt", totals(delivered, sets, net_mt)),
        ("throughput_teu", "TEU", totals(delivered, sets, teu)),
        ("trains_created", "trains", totals(created, sets)),
        ("trains_delivered", "trains", totals(delivered, sets)),
        ("trains_inside", "trains", np.array(inside)[:, np.newaxis]),
    ):
        yield Measured(kpi, unit, everywhere.names, observed.groups.names, values)
    days = (left_h - trains["entered_h"].to_numpy())[left] / HOURS_PER_DAY
    yield from observed.spread("transit_days", "days", everywhere, days, delivered)


def voyage_measures(observed: Observed) -> Iterator[Measured]:
    """Voyages and how full they were, by direction, of the vessels that sailed in each window."""
    seas = [name for name, place in observed.scenario.places.items() if place.kind == "sea"]
    if not seas:
        return
    table = observed.tables.voyages
    rows, bins = observed.windows.locate(table["sailed_h"].to_numpy())
    directions = Sets.each(DIRECTIONS)
    sets = (observed.windows.sets, Sets.each(seas), directions)
    codes = (bins, coded(table["place"], seas)[rows], coded(table["direction"], directions.names)[rows])
    voyages = totals(codes, sets)
    load = totals(codes, sets, (table["load"].to_numpy() / table["capacity"].to_numpy())[rows])
    for code, direction in enumerate(directions.names):
        yield Measured(f"voyages_{direction}", "voyages", tuple(seas), (ALL,), voyages[..., [code]])
        yield Measured(f"load_share_{direction}", "share", tuple(seas), (ALL,), divide(load, voyages)[..., [code]])
