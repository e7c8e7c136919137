"""Measures of markets: what share each way has, what is expected of the corridor, what it turned away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.measure.counting import Sets, Tally, sums_over_sets
from sim.measure.run_view import KpiValues, RunView
from sim.measure.statistics import divide
from sim.scenario.markets import CORRIDOR
from sim.scenario.values import ALL


def market_measures(view: RunView) -> Iterator[KpiValues]:
    """Shares and expectations as means of the months that begin in a window, and trains that went another way in them.

    A flow that is a share of one of a market turns away trains of its own; it has no market to have a share of.
    """
    flows = view.scenario.flows
    names = tuple(name for name, flow in flows.items() if flow.market is not None)
    if not names or not view.asks("market_share_", "expected_days", "trains_diverted", "trains_lost"):
        return
    ways = view.scenario.ways
    sets = (view.windows.sets, Sets.singles(ways), Sets.singles(flows))
    months, shares, days, trains = (Tally(sets) for _ in range(4))
    for choices in view.blocks("choices"):
        rows, bins = view.windows.locate(choices["from_h"])
        codes = (bins, choices["way"][rows], choices["flow"][rows])
        months.add(codes)
        for tally, column in ((shares, "share"), (days, "days"), (trains, "trains")):
            tally.add(codes, choices[column][rows].astype(float))
    own = [code for code, name in enumerate(flows) if name in names]
    mean_share, mean_days = (divide(tally.totals(), months.totals())[..., own] for tally in (shares, days))
    for place, way in enumerate(ways):
        yield KpiValues(f"market_share_{way}", (ALL,), names, mean_share[:, [place]])
    yield KpiValues("expected_days", (ALL,), names, mean_days[:, [ways.index(CORRIDOR)]])
    is_of_market = np.array([view.scenario.is_of_market(flow) for flow in flows.values()])
    trains_by_flow = np.delete(trains.by_code, ways.index(CORRIDOR), axis=1).sum(axis=1)
    is_counted = sums_over_sets(is_of_market, (view.groups,)) > 0
    lost = Tally((view.windows.sets, view.groups))
    for losses in view.blocks("losses"):
        rows, bins = view.windows.locate(losses["lost_h"])
        lost.add((bins, losses["flow"][rows]))
    values = np.where(is_counted, sums_over_sets(trains_by_flow, (view.windows.sets, view.groups)), np.nan)
    yield KpiValues("trains_diverted", (ALL,), view.groups.names, values[:, np.newaxis])
    values = np.where(is_counted, lost.totals(), np.nan)
    yield KpiValues("trains_lost", (ALL,), view.groups.names, values[:, np.newaxis])
