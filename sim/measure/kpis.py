"""The measures of one run, by window: what it carried, how long it took, where it waited, how busy it was.

A window is [from, until). A time counts in the window in which it ends: the warm-up is simulated and only its measures
are left out, so that this is not biased; what has not ended is counted in `trains_inside` and `queue_trains`, not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.borders import border_measures
from sim.measure.counting import Code, Sets, Tally, sums_over_sets, whole_columns
from sim.measure.markets import market_measures
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
from sim.model.rows import Columns
from sim.model.traffic import step_values
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.places import Sea
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS

TONNES_PER_MT = 1e6
HOURS_PER_YEAR = 365.25 * HOURS_PER_DAY


def measure_run(
    scenario: Scenario,
    tables: RunTables,
    windows: Mapping[str, tuple[float, float]],
    kpis: Iterable[str] | None = None,
) -> pd.DataFrame:
    """All measures of a run, or those asked for.

    Parameters
    ----------
    scenario, tables
        What was simulated, and what it left behind.
    windows
        First and last hour of each period, by its name.
    kpis
        Names of the KPIs asked for; None: all.

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
    keep_memory()
    view = RunView.of(scenario, tables, windows, kpis)
    return frame(
        (values for values in all_measures(view) if view.kpis is None or values.kpi in view.kpis), view.windows
    )


def keep_memory() -> None:
    """Have the C library keep up to 62 MB of what arrays give back for those that come next, where it is glibc.

    It gives back to the system at once what is larger than all that was freed before, and gets it anew page by page: a
    tenth of the time of measuring. To free 31 MB once, which nobody touches, teaches it.
    """
    np.empty(31 * 2**20, np.uint8)


def all_measures(view: RunView) -> Iterator[KpiValues]:
    """Every measure in the order of the results; those not asked for may be left out."""
    yield from train_measures(view)
    yield from empties_measures(view)
    yield from market_measures(view)
    visits = visits_of(view) if view.asks("passage_h", "border_", "wait_h") else None
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
    if not view.asks("throughput_", "trains_", "transit_days", "journey_days"):
        return
    everywhere = Sets.singles((ALL,))
    sets = (view.windows.sets, everywhere, view.groups)
    net_mt, teu, trains_created, trains_delivered = (Tally(sets) for _ in range(4))
    inside = [Tally((view.groups,)) for _ in view.windows.bounds]
    transits: list[tuple[npt.NDArray[Any], ...]] = []
    journeys: list[tuple[npt.NDArray[Any], ...]] = []
    for trains in view.blocks("trains"):
        flow, offered_h, left_h = trains["flow"], trains["offered_h"], trains["left_h"]
        rows_offered, bins = view.windows.locate(offered_h)
        trains_created.add((bins, np.zeros_like(rows_offered), flow[rows_offered]))
        rows_left, bins = view.windows.locate(left_h)
        codes = (bins, np.zeros_like(rows_left), flow[rows_left])
        trains_delivered.add(codes)
        net_mt.add(codes, trains["net_t"][rows_left] / TONNES_PER_MT)
        teu.add(codes, (trains["teu"] * (trains["net_t"] > 0))[rows_left].astype(float))
        for tally, (_, until_h) in zip(inside, view.windows.bounds, strict=True):
            tally.add((flow[(offered_h < until_h) & ~(left_h < until_h)],))
        keys = [code.astype(Code) for code in codes]
        transits.append(((left_h - trains["entered_h"])[rows_left] / HOURS_PER_DAY, *keys))
        journeys.append(((left_h - offered_h)[rows_left] / HOURS_PER_DAY, *keys))
    for kpi, values in (
        ("throughput_mt", net_mt.totals()),
        ("throughput_teu", teu.totals()),
        ("trains_created", trains_created.totals()),
        ("trains_delivered", trains_delivered.totals()),
        ("trains_inside", np.array([tally.totals() for tally in inside])[:, np.newaxis] - trains_lost_before(view)),
    ):
        yield KpiValues(kpi, everywhere.names, view.groups.names, values)
    for kpi, columns in (("transit_days", transits), ("journey_days", journeys)):
        days, bins, place, flow = whole_columns(columns)
        yield from view.spread(kpi, everywhere, days, (bins, place, flow))


def trains_lost_before(view: RunView) -> FloatArray:
    """Trains that had gone another way, held for too long, by the end of each window: windows × 1 × groups."""
    lost = [Tally((view.groups,)) for _ in view.windows.bounds]
    for losses in view.blocks("losses"):
        for tally, (_, until_h) in zip(lost, view.windows.bounds, strict=True):
            tally.add((losses["flow"][losses["lost_h"] < until_h],))
    return np.array([tally.totals() for tally in lost])[:, np.newaxis]


def empties_measures(view: RunView) -> Iterator[KpiValues]:
    """Empty containers brought back, and the mean over time of those that wait to be, of the flows that do so."""
    flows = view.scenario.flows
    brings = sums_over_sets(np.array([flow.empties_of is not None for flow in flows.values()]), (view.groups,)) > 0
    if not brings.any() or not view.asks("throughput_empty_teu", "teu_to_return"):
        return
    everywhere = Sets.singles((ALL,))
    teu_back, teu_hours = Tally((view.windows.sets, view.groups)), Tally((view.windows.sets, view.groups))
    for trains in view.blocks("trains"):
        for code, since_h, teu in boxes_waiting(view.scenario, trains):
            rows, bins, hours = view.windows.overlap(since_h, np.full(len(since_h), np.nan))
            teu_hours.add((bins, np.full(len(rows), code)), hours * teu[rows])
        rows, bins = view.windows.locate(trains["left_h"])
        empty_teu = np.where(trains["net_t"] > 0, 0.0, trains["teu"])
        teu_back.add((bins, trains["flow"][rows]), empty_teu[rows])
    waiting = np.maximum(teu_hours.totals() / view.windows.hours[:, np.newaxis], 0.0)
    for kpi, values in (("throughput_empty_teu", teu_back.totals()), ("teu_to_return", waiting)):
        yield KpiValues(kpi, everywhere.names, view.groups.names, np.where(brings, values, np.nan)[:, np.newaxis])


def boxes_waiting(scenario: Scenario, trains: Columns) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """Boxes that begin to wait for a way back, and less than none that end to: code of their flow, hours, TEU.

    They wait from their delivery until a train of empties sets out with them.
    """
    codes = {name: code for code, name in enumerate(scenario.flows)}
    flow_codes, left_h, entered_h, teu = (trains[column] for column in ("flow", "left_h", "entered_h", "teu"))
    for name, flow in scenario.flows.items():
        for source, share in (flow.empties_of or {}).items():
            rows = np.flatnonzero((flow_codes == codes[source]) & np.isfinite(left_h))
            yield codes[name], left_h[rows], teu[rows] * step_values(scenario.calendar.steps(share), left_h[rows])
        if flow.empties_of:
            rows = np.flatnonzero((flow_codes == codes[name]) & np.isfinite(entered_h))
            yield codes[name], entered_h[rows], -teu[rows]


def passage_measures(view: RunView, visits: Visits | None) -> Iterator[KpiValues]:
    """Hours from a train's first wait at a place to the end of its last spell there, of those ended in a window."""
    if visits is None or not view.asks("passage_h"):
        return
    by_place: list[list[KpiValues]] = []
    for position, name in enumerate(view.scenario.places):
        at_place = visits.at(position)
        rows, bins = at_place.in_windows()
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
    if not seas or not view.asks("voyages_", "load_share_", "call_work_h_", "units_per_vessel"):
        return
    positions = [at for at, name in enumerate(view.scenario.places) if name in seas]
    directions = Sets.singles(DIRECTIONS)
    sets = (view.windows.sets, Sets.singles(view.scenario.places), directions)
    sailings, load_shares, work_hours, units = (Tally(sets) for _ in range(4))
    for table in view.blocks("voyages"):
        rows, bins = view.windows.locate(table["sailed_h"])
        codes = (bins, table["place"][rows], table["direction"][rows])
        sailings.add(codes)
        load_shares.add(codes, (table["load"] / table["capacity"])[rows])
        work_hours.add(codes, table["worked_h"][rows])
        units.add(codes, table["load"][rows])
    tallies = (sailings, load_shares, work_hours, units)
    voyages, load, worked_h, cargo = (tally.totals()[:, positions] for tally in tallies)
    for code, direction in enumerate(directions.names):
        yield KpiValues(f"voyages_{direction}", tuple(seas), (ALL,), voyages[..., [code]])
        yield KpiValues(f"load_share_{direction}", tuple(seas), (ALL,), divide(load, voyages)[..., [code]])
        yield KpiValues(f"call_work_h_{direction}", tuple(seas), (ALL,), divide(worked_h, voyages)[..., [code]])
    years = np.array([vessel_years(view, sea) for sea in seas.values()]).T[..., np.newaxis]
    for kpi, both_ways in (("voyages_per_vessel", voyages), ("units_per_vessel", cargo)):
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
    every_visit = visits_of(view)
    for position, place in enumerate(scenario.places.values()):
        if place.kind == "border":
            visits = every_visit.at(position)
            has_left = np.isfinite(visits.departed_h)
            arrived_h, departed_h = visits.arrived_h[has_left], visits.departed_h[has_left]
            day = np.floor((arrived_h - opening_h) / HOURS_PER_DAY).astype(int)
            is_early = day < days
            dwell_h += np.bincount(day[is_early], (departed_h - arrived_h)[is_early], days)
            arrivals += np.bincount(day[is_early], minlength=days)
    ends_h = opening_h + HOURS_PER_DAY * np.arange(1, days + 1)
    entered_h, left_h = whole_columns((trains["entered_h"], trains["left_h"]) for trains in view.blocks("trains"))
    gone_h = np.sort(left_h[np.isfinite(left_h)])
    inside = np.searchsorted(np.sort(entered_h[np.isfinite(entered_h)]), ends_h, side="right")
    under_way = (inside - np.searchsorted(gone_h, ends_h, side="right")).astype(float)
    return pd.DataFrame({"dwell_h": dwell_h, "arrivals": arrivals, "under_way": under_way})
