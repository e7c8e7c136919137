"""Whether what waits grows without end: trains waiting at each place in the last year of a run, and in the year before.

    python benchmarks/growth.py [SCENARIO] [REPLICATIONS] [KEY=VALUE ...]

Months are compared with the same month a year before, so that no season passes for growth; their mean is a slope,
trains a year, with Student's interval over replications, and beside it the same of the last quarter alone. A queue
grows where the interval lies above nothing and the slope is a train a year or more: what is served more slowly than it
comes grows by dozens, and what has room by the hundredths that a few more trains make.
"""

import sys

import numpy as np
import pandas as pd

from sim.measure.statistics import interval
from sim.runs.replicate import play
from sim.scenario.reading.opening import load
from sim.views.sheets.calibrate import markdown
from sim.views.sheets.sheet import Sheet
from sim.views.words import figure

LEAST_TRAINS = 0.5
"""Where fewer wait in either year nothing queues."""
LEAST_SLOPE = 1.0
LEVEL = 0.95


def waiting(scenario, replication):
    """Trains waiting on average in each of the last 24 months, by place and activity."""
    hours = np.array([hour for *_, hour in scenario.calendar.months()][-25:])
    stages = play(scenario, scenario.study.seed, replication).stages
    until_h = stages["started_h"].fillna(np.inf)
    stages = stages[until_h > stages["queued_h"]]
    for key, rows in stages.groupby(["place", "activity"], observed=True):
        begin_h, end_h = rows["queued_h"].to_numpy(), rows["started_h"].fillna(np.inf).to_numpy()
        so_far = [np.clip(np.minimum(end_h, hour) - begin_h, 0.0, None).sum() for hour in hours]
        yield " ".join(key), np.diff(so_far) / np.diff(hours)


def slopes(scenario, replications):
    """A row a place and activity: trains waiting in the two years, their slope, and that of the last quarter."""
    months = {}
    for replication in range(replications):
        for where, row in waiting(scenario, replication):
            months.setdefault(where, np.zeros((replications, 24)))[replication] = row
    rows = []
    for where, table in sorted(months.items()):
        before, last = table[:, :12], table[:, 12:]
        if max(before.mean(), last.mean()) < LEAST_TRAINS:
            continue
        more = last - before
        found = [interval(more[:, -count:].mean(axis=1).tolist(), LEVEL) for count in (12, 3)]
        rows.append((where, before.mean(), last.mean(), *found))
    return pd.DataFrame(rows, columns=["where", "before", "last", "slope", "quarter"])


def growing(table):
    """The places of a table at which what waits grows."""
    return [row.where for row in table.itertuples() if row.slope.low > 0 and row.slope.mean >= LEAST_SLOPE]


def interval_text(found):
    """A mean with its interval."""
    return f"{figure(found.mean)} [{figure(found.low)}, {figure(found.high)}]"


def main(name, replications, *changes):
    """Print the table, and what grows."""
    scenario = load(name, changes).scenario
    year = max(map(int, scenario.calendar.years()))
    table = slopes(scenario, replications)
    cells = [
        (row.where, figure(row.before), figure(row.last), interval_text(row.slope), interval_text(row.quarter))
        for row in table.itertuples()
    ]
    heads = ("trains waiting", str(year - 1), str(year), "more a year", "more in the last quarter")
    print(markdown(Sheet("", heads, cells)))
    print(f"grows: {', '.join(growing(table)) or 'nothing'}")


if __name__ == "__main__":
    name, replications, *changes = [*sys.argv[1:], *("2030_market", "12")[len(sys.argv) - 1 :]]
    main(name, int(replications), *changes)
