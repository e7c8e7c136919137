"""How a run fills from empty: the days of its warm-up, from the first hour on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.measure.counting import whole_columns
from sim.measure.run_view import RunView
from sim.measure.visits import visits_of
from sim.model.ledger import RunTables
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL


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
