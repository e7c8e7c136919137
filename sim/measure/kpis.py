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
from sim.measure.counting import Code, IntArray, Sets, Tally, sums_over_sets, whole_columns, word_codes
from sim.measure.queues import (
    abandoned_measures,
    ban_measures,
    capacity_measures,
    queue_measures,
    wait_measures,
    weather_measures,
)
from sim.measure.run_view import KpiValues, RunView, frame
from sim.measure.statistics import FloatArray, divide
from sim.measure.visits import Visits, visits_of
from sim.model.ledger import RunTables
from sim.model.traffic import step_values
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.places import Sea
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS

TONNES_PER_MT = 1e6
HOURS_PER_YEAR = 365.25 * HOURS_PER_DAY


def measure_run(scenario: Scenario, tables: RunTables, windows: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
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
    view = RunView.of(scenario, tables, windows)
    return frame(all_measures(view), view.windows)


def all_measures(view: RunView) -> Iterator[KpiValues]:
    """Every measure in the order of the results."""
    yield from train_measures(view)
    yield from empties_measures(view)
    visits = visits_of(view)
    yield from passage_measures(view, visits)
    yield from border_measures(view, visits)
    yield from wait_measures(view, visits)
    del visits
    yield from queue_measures(view)
    yield from ban_measures(view)
    yield from abandoned_measures(view)
    yield from capacity_measures(view)
    yield from weather_measures(view)
    yield from voyage_measures(view)


def train_measures(view: RunView) -> Iterator[KpiValues]:
    """Throughput and counts of trains; transit from entering the route, journey from being ready, to leaving it."""
    everywhere = Sets.singles((ALL,))
    sets = (view.windows.sets, everywhere, view.groups)
    net_mt, teu, trains_created, trains_delivered = (Tally(sets) for _ in range(4))
    inside = [Tally((view.groups,)) for _ in view.windows.bounds]
    transits, journeys = [], []
    for trains in view.tables.blocks("trains"):
        flow = word_codes(trains["flow"], tuple(view.scenario.flows))
        offered_h, left_h = trains["offered_h"].to_numpy(), trains["left_h"].to_numpy()
        rows_offered, bins = view.windows.locate(offered_h)
        trains_created.add((bins, np.zeros_like(rows_offered), flow[rows_offered]))
        rows_left, bins = view.windows.locate(left_h)
        codes = (bins, np.zeros_like(rows_left), flow[rows_left])
        trains_delivered.add(codes)
        net_mt.add(codes, trains["net_t"].to_numpy()[rows_left] / TONNES_PER_MT)
        teu.add(codes, (trains["teu"] * (trains["net_t"] > 0)).to_numpy()[rows_left].astype(float))
        for tally, (_, until_h) in zip(inside, view.windows.bounds, strict=True):
            tally.add((flow[(offered_h < until_h) & ~(left_h < until_h)],))
        keys = [code.astype(Code) for code in codes]
        transits.append(((left_h - trains["entered_h"].to_numpy())[rows_left] / HOURS_PER_DAY, *keys))
        journeys.append(((left_h - offered_h)[rows_left] / HOURS_PER_DAY, *keys))
    for kpi, values in (
        ("throughput_mt", net_mt.totals()),
        ("throughput_teu", teu.totals()),
        ("trains_created", trains_created.totals()),
        ("trains_delivered", trains_delivered.totals()),
        ("trains_inside", np.array([tally.totals() for tally in inside])[:, np.newaxis]),
    ):
        yield KpiValues(kpi, everywhere.names, view.groups.names, values)
    for kpi, columns in (("transit_days", transits), ("journey_days", journeys)):
        days, bins, place, flow = whole_columns(columns)
        yield from view.spread(kpi, everywhere, days, (bins, place, flow))


def empties_measures(view: RunView) -> Iterator[KpiValues]:
    """Empty containers brought back, and the mean over time of those that wait to be, of the flows that do so."""
    flows = view.scenario.flows
    brings = sums_over_sets(np.array([flow.empties_of is not None for flow in flows.values()]), (view.groups,)) > 0
    if not brings.any():
        return
    everywhere = Sets.singles((ALL,))
    teu_back, teu_hours = Tally((view.windows.sets, view.groups)), Tally((view.windows.sets, view.groups))
    for trains in view.tables.blocks("trains"):
        flow = word_codes(trains["flow"], tuple(flows))
        for code, since_h, teu in boxes_waiting(view.scenario, trains, flow):
            rows, bins, hours = view.windows.overlap(since_h, np.full(len(since_h), np.nan))
            teu_hours.add((bins, np.full(len(rows), code)), hours * teu[rows])
        rows, bins = view.windows.locate(trains["left_h"].to_numpy())
        empty_teu = np.where(trains["net_t"] > 0, 0.0, trains["teu"])
        teu_back.add((bins, flow[rows]), empty_teu[rows])
    waiting = np.maximum(teu_hours.totals() / view.windows.hours[:, np.newaxis], 0.0)
    for kpi, values in (("throughput_empty_teu", teu_back.totals()), ("teu_to_return", waiting)):
        yield KpiValues(kpi, everywhere.names, view.groups.names, np.where(brings, values, np.nan)[:, np.newaxis])


def boxes_waiting(
    scenario: Scenario, trains: pd.DataFrame, flow_codes: IntArray
) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """Boxes that begin to wait for a way back, and less than none that end to: code of their flow, hours, TEU.

    They wait from their delivery until a train of empties sets out with them.
    """
    codes = {name: code for code, name in enumerate(scenario.flows)}
    left_h, entered_h, teu = (trains[column].to_numpy(float) for column in ("left_h", "entered_h", "teu"))
    for name, flow in scenario.flows.items():
        for source, share in (flow.empties_of or {}).items():
            rows = np.flatnonzero((flow_codes == codes[source]) & np.isfinite(left_h))
            yield codes[name], left_h[rows], teu[rows] * step_values(scenario.calendar.steps(share), left_h[rows])
        if flow.empties_of:
            rows = np.flatnonzero((flow_codes == codes[name]) & np.isfinite(entered_h))
            yield codes[name], entered_h[rows], -teu[rows]


def passage_measures(view: RunView, visits: Sequence[Visits]) -> Iterator[KpiValues]:
    """Hours from a train's first wait at a place to the end of its last spell there, of those ended in a window."""
    by_place: list[list[KpiValues]] = []
    for name, at_place in zip(view.scenario.places, visits, strict=True):
        rows, bins = view.windows.locate(at_place.departed_h)
        codes = (bins, np.zeros_like(rows), view.flow_of[at_place.train[rows]])
        hours = at_place.departed_h[rows] - at_place.arrived_h[rows]
        by_place.append(list(view.spread("passage_h", Sets.singles((name,)), hours, codes)))
    for same_kpi in zip(*by_place, strict=True):
        values = np.concatenate([values_at_place.values for values_at_place in same_kpi], axis=1)
        yield replace(same_kpi[0], places=tuple(view.scenario.places), values=values)


def voyage_measures(view: RunView) -> Iterator[KpiValues]:
    """Voyages, how full they were and how long cranes worked the call before, of the vessels that sailed in a window.

    By direction; and voyages and cargo a vessel and year, of the vessels in service, both ways together.
    """
    seas = {name: place for name, place in view.scenario.places.items() if isinstance(place, Sea)}
    if not seas:
        return
    directions = Sets.singles(DIRECTIONS)
    sets = (view.windows.sets, Sets.singles(seas), directions)
    sailings, load_shares, work_hours, units = (Tally(sets) for _ in range(4))
    for table in view.tables.blocks("voyages"):
        rows, bins = view.windows.locate(table["sailed_h"].to_numpy())
        codes = (
            bins,
            word_codes(table["place"], tuple(seas))[rows],
            word_codes(table["direction"], directions.names)[rows],
        )
        sailings.add(codes)
        load_shares.add(codes, (table["load"].to_numpy() / table["capacity"].to_numpy())[rows])
        work_hours.add(codes, table["worked_h"].to_numpy()[rows])
        units.add(codes, table["load"].to_numpy()[rows])
    voyages, load, worked_h = sailings.totals(), load_shares.totals(), work_hours.totals()
    for code, direction in enumerate(directions.names):
        yield KpiValues(f"voyages_{direction}", tuple(seas), (ALL,), voyages[..., [code]])
        yield KpiValues(f"load_share_{direction}", tuple(seas), (ALL,), divide(load, voyages)[..., [code]])
        yield KpiValues(f"call_work_h_{direction}", tuple(seas), (ALL,), divide(worked_h, voyages)[..., [code]])
    years = np.array([vessel_years(view, sea) for sea in seas.values()]).T[..., np.newaxis]
    for kpi, both_ways in (("voyages_per_vessel", voyages), ("units_per_vessel", units.totals())):
        a_vessel = divide(both_ways.sum(axis=-1, keepdims=True), years)
        yield KpiValues(kpi, tuple(seas), (ALL,), a_vessel)


def vessel_years(view: RunView, sea: Sea) -> list[float]:
    """Years of service of all vessels of a crossing in each window."""
    calendar = view.scenario.calendar
    numbers = [calendar.steps(vessel.number) for vessel in sea.vessels.values()]
    return [
        sum((until - begin) * value for steps in numbers for begin, until, value in steps.spells(from_h, until_h))
        / HOURS_PER_YEAR
        for from_h, until_h in view.windows.bounds
    ]


def filling(scenario: Scenario, run: RunTables) -> pd.DataFrame:
    """The days of the warm-up of a run.

    Returns
    -------
    DataFrame
        A row a day; columns dwell_h and arrivals (hours of dwell and number of the trains that arrived at a border that
        day and have left it) and under_way (trains inside at its end).
    """
    opening_h, days = scenario.calendar.opening_h, scenario.horizon.warmup_days
    view = RunView.of(scenario, run, {ALL: (opening_h, scenario.calendar.closing_h)})
    dwell_h, arrivals = np.zeros(days), np.zeros(days)
    for place, visits in zip(scenario.places.values(), visits_of(view), strict=True):
        if place.kind == "border":
            has_left = np.isfinite(visits.departed_h)
            arrived_h, departed_h = visits.arrived_h[has_left], visits.departed_h[has_left]
            day = np.floor((arrived_h - opening_h) / HOURS_PER_DAY).astype(int)
            is_early = day < days
            dwell_h += np.bincount(day[is_early], (departed_h - arrived_h)[is_early], days)
            arrivals += np.bincount(day[is_early], minlength=days)
    ends_h = opening_h + HOURS_PER_DAY * np.arange(1, days + 1)
    blocks = ((trains["entered_h"].to_numpy(), trains["left_h"].to_numpy()) for trains in run.blocks("trains"))
    entered_h, left_h = whole_columns(blocks)
    gone_h = np.sort(left_h[np.isfinite(left_h)])
    inside = np.searchsorted(np.sort(entered_h[np.isfinite(entered_h)]), ends_h, side="right")
    under_way = (inside - np.searchsorted(gone_h, ends_h, side="right")).astype(float)
    return pd.DataFrame({"dwell_h": dwell_h, "arrivals": arrivals, "under_way": under_way})
