"""Whether a border jams: how alike the dwells of successive trains are, how long the worst last, how months differ.

Run it as `python benchmarks/jams.py SCENARIO [KEY=VALUE ...] [--replications N]`: lines for every border and direction,
of all its trains and by their handling, means over replications. None of these figures is an input of a scenario. Where
a dwell is a delay that strikes each train for itself, the correlation is near nothing and the months are alike; where
trains wait for what is short, successive trains of a kind wait together.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd

from sim.model.simulate import simulate
from sim.scenario.reading.opening import load
from sim.scenario.schema import Scenario

FIGURES = ("trains", "mean_h", "median_h", "p99_over_median", "correlation", "overtaken", "month_low_h", "month_high_h")


def visits(scenario: Scenario, replication: int) -> pd.DataFrame:
    """Every visit to a border within the horizon, in order of arrival: place, direction, hours of both ends."""
    tables = simulate(scenario, scenario.study.seed, replication).tables
    borders = [name for name, place in scenario.places.items() if place.kind == "border"]
    stages = tables.stages[~tables.stages["beside"] & tables.stages["place"].isin(borders)]
    # A train that a ban holds at its origin is not at the border yet, though its journey begins there.
    stages = stages[stages["activity"] != "holding"]
    ends = stages.groupby(["place", "train"], observed=True).agg(
        arrived_h=("queued_h", "first"), departed_h=("ended_h", lambda hours: hours.iloc[-1])
    )
    ends = ends.reset_index().merge(tables.trains[["train", "flow"]], on="train")
    flow = ends["flow"].astype(str)
    ends["direction"] = flow.map({name: flow.direction for name, flow in scenario.flows.items()})
    ends["handling"] = flow.map({name: scenario.trains[flow.train].handling for name, flow in scenario.flows.items()})
    return ends[(ends["arrived_h"] >= 0) & ends["departed_h"].notna()].sort_values("arrived_h")


def figures(at_border: pd.DataFrame) -> list[float]:
    """The figures of one border and direction in one replication, in the order of `FIGURES`."""
    dwell_h = (at_border["departed_h"] - at_border["arrived_h"]).to_numpy()
    order = at_border["departed_h"].to_numpy()
    months = pd.Series(dwell_h).groupby((at_border["arrived_h"].to_numpy() // 730).astype(int)).mean()
    return [
        len(dwell_h),
        dwell_h.mean(),
        float(np.median(dwell_h)),
        float(np.quantile(dwell_h, 0.99) / np.median(dwell_h)),
        float(np.corrcoef(dwell_h[:-1], dwell_h[1:])[0, 1]),
        float((order[1:] < order[:-1]).mean()),
        months.min(),
        months.max(),
    ]


def jams(scenario: Scenario, replications: int) -> pd.DataFrame:
    """The figures of every border and direction, of all trains and by their handling; means over replications."""
    keys = ["place", "direction", "handling"]
    rows = []
    for replication in range(replications):
        trains = visits(scenario, replication)
        for key, at_border in pd.concat([trains.assign(handling="all"), trains]).groupby(keys, observed=True):
            if len(at_border) > 2:
                rows.append((*key, *figures(at_border)))
    return pd.DataFrame(rows, columns=[*keys, *FIGURES]).groupby(keys, observed=True).mean()


def main() -> None:
    """Print the figures of a scenario."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("changes", nargs="*")
    parser.add_argument("--replications", type=int, default=1)
    options = parser.parse_args()
    table = jams(load(options.scenario, options.changes).scenario, options.replications)
    sys.stdout.write(table.round(3).to_string() + "\n")


if __name__ == "__main__":
    main()
