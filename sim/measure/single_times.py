"""The times of single trains that a measure is the mean of, out of the tables of one run."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.measure.catalogue import kpi_name
from sim.measure.run_view import RunView
from sim.measure.statistics import FloatArray
from sim.measure.visits import visits_of
from sim.model.ledger import Tables
from sim.scenario.addresses import Address
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.meaning import covered_figures, members
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

BEGINNINGS = {"transit_days": "entered_h", "journey_days": "offered_h"}
"""From when the days of a journey count."""


def has_single_times(kpi: str) -> bool:
    """Whether a measure is the mean of times of single trains."""
    name = kpi_name(kpi)
    return name is not None and bool(name.entry.quantiles) and not name.quantile


def figure_times(scenario: Scenario, tables: Tables) -> pd.DataFrame:
    """The single times behind each published figure that is a mean of some: columns name and value, a row a time."""
    figures = {name: figure for name, figure in covered_figures(scenario).items() if has_single_times(figure.kpi)}
    abouts = {name: Address(figure.kpi, figure.place, figure.flow, ALL) for name, figure in figures.items()}
    times_by_address = {about: ended_times(scenario, tables, about) for about in dict.fromkeys(abouts.values())}
    columns = []
    for name, figure in figures.items():
        ended_h, times = times_by_address[abouts[name]]
        from_h, until_h = (scenario.calendar.hours(day) for day in (figure.start, figure.end))
        is_inside = (ended_h >= from_h) & (ended_h < until_h)
        columns.append(pd.DataFrame({"name": name, "value": times[is_inside]}))
    return pd.concat(columns, ignore_index=True) if columns else pd.DataFrame({"name": [], "value": []})


def ended_times(scenario: Scenario, tables: Tables, about: Address) -> tuple[FloatArray, FloatArray]:
    """When each time ended, and how long it was, in the unit of the measure; the period of the address has no say."""
    assert has_single_times(about.kpi), about.kpi
    name = kpi_name(about.kpi)
    assert name is not None
    flows = members(scenario)[about.flow]
    if about.kpi in BEGINNINGS:
        rows = tables.trains[tables.trains["flow"].isin(flows)]
        begun_h, ended_h = rows[BEGINNINGS[about.kpi]].to_numpy(), rows["left_h"].to_numpy()
    elif name.entry.table == "declarations":
        rows = tables.declarations
        crossing = tables.trains.loc[tables.trains["flow"].isin(flows), "train"]
        is_meant = rows["train"].isin(crossing) & ((about.place == ALL) | (rows["place"] == about.place))
        rows = rows[is_meant & (rows["regime"] == name.part)] if name.part else rows[is_meant]
        begun_h, ended_h = rows["arrived_h"].to_numpy(), rows["released_h"].to_numpy()
    else:
        begun_h, ended_h = visit_ends(scenario, tables, about.place, flows)
    has_ended = np.isfinite(ended_h)
    times = np.asarray(ended_h - begun_h, float)[has_ended]
    return np.asarray(ended_h, float)[has_ended], times / HOURS_PER_DAY if name.entry.unit == "days" else times


def visit_ends(scenario: Scenario, tables: Tables, place: str, flows: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """First and last hour of the visits of some flows to a place, or to any border."""
    visits = visits_of(RunView.of(scenario, tables, {ALL: (0.0, scenario.calendar.closing_h)}))
    places = [
        position
        for position, (name, about) in enumerate(scenario.places.items())
        if (name == place if place != ALL else about.kind == "border")
    ]
    flow_of = tables.trains.set_index("train")["flow"]
    is_meant = np.isin(visits.place, places)
    is_meant &= flow_of.reindex(visits.train).isin(flows).to_numpy()
    return visits.arrived_h[is_meant], visits.departed_h[is_meant]
