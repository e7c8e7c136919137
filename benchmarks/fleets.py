"""Fleets of wagon sets by one rule, and what the record says of its two numbers.

    fleet = need + reserve × √need, rounded up

`need` is how many sets are away on average in a year where they are ample: kept, under trains, standing in groups and
running home, in one replication (Little 1961: trains an hour × hours of a turn). While the first sets of a pool have
not come home it still fills: that time is left out. The reserve goes with its root, as
what is away varies (Whitt 1992, "Understanding the efficiency of multi-server service systems", Management Science
38): a multiple of the need would leave small fleets short and large ones idle.

    python benchmarks/fleets.py SCENARIO                             the fleets of its years, as a file states them
    python benchmarks/fleets.py SCENARIO --reserves 0.5,1 --groups 1,2,4 --replications 10
                                                                     hours at the border under each, with intervals
"""

from __future__ import annotations

import argparse
import sys
from math import ceil, sqrt

import numpy as np
import pandas as pd

from sim.measure.statistics import interval
from sim.runs.replicate import jobs_of, performer, play
from sim.scenario.reading.opening import load
from sim.scenario.reading.read import Reading

RESERVE = 0.15
AMPLE = 2000
POOLS = (
    "platforms_altynkol",
    "platforms_dostyk",
    "covered_altynkol",
    "covered_dostyk",
    "platforms_bakhty",
    "covered_bakhty",
)

Needs = dict[str, dict[int, float]]
"""Sets away on average, by pool and year; years without a train of it are left out."""


def needs(reading: Reading) -> Needs:
    """What the trains of a scenario need of each pool of the rule."""
    pools = [pool for pool in POOLS if pool in reading.scenario.wagon_pools]
    scenario = reading.set({f"wagon_pools.{pool}.sets": AMPLE for pool in pools}).scenario
    trips = play(scenario, scenario.study.seed, 0).wagon_sets
    needs_by_pool: Needs = {}
    for pool in pools:
        own = trips[trips["pool"] == pool]
        taken_h, home_h = own["taken_h"].to_numpy(), own["home_h"].fillna(np.inf).to_numpy()
        filled_h = own["taken_h"].min() + (own["home_h"] - own["taken_h"]).mean()
        for year, (opening_h, until_h) in scenario.calendar.years().items():
            from_h = filled_h if opening_h <= filled_h < until_h else opening_h
            hours = np.clip(np.minimum(home_h, until_h) - np.maximum(taken_h, from_h), 0.0, None).sum()
            if hours > 0:
                needs_by_pool.setdefault(pool, {})[int(year)] = float(hours) / (until_h - from_h)
    return needs_by_pool


def fleets(needs_by_pool: Needs, reserve: float = RESERVE) -> dict[str, dict[int, int]]:
    """The sets of each pool by year."""
    return {
        pool: {year: ceil(need + reserve * sqrt(need)) for year, need in by_year.items()}
        for pool, by_year in needs_by_pool.items()
    }


def profile(name: str, reserves: list[float], groups: list[int], replications: int) -> pd.DataFrame:
    """Mean hours at the border by direction, with half-widths at 95 %, for each reserve and size of group."""
    rows = []
    for group in groups:
        grouped = {f"wagon_pools.{pool}.group_sets": group for pool in POOLS if pool in load(name).scenario.wagon_pools}
        needed = needs(load(name, grouped))
        for reserve in reserves:
            sets = fleets(needed, reserve)
            changes = {f"wagon_pools.{pool}.sets": max(by_year.values()) for pool, by_year in sets.items()}
            scenario = load(name, grouped | changes).scenario
            with performer(2) as perform:
                kpis = [run.kpis for run in perform(jobs_of(scenario, scenario.study.seed, replications))]
            hours = [interval([dwell_h(table, way) for table in kpis], 0.95) for way in ("westbound", "eastbound")]
            rows.append((group, reserve, *[number for pair in hours for number in (pair.mean, pair.high - pair.mean)]))
    return pd.DataFrame(rows, columns=["group_sets", "reserve", "in_h", "in_half", "out_h", "out_half"])


def dwell_h(kpis: pd.DataFrame, direction: str) -> float:
    """Mean hours at the border of the trains of a direction, over the horizon."""
    where = (kpis["kpi"] == "border_dwell_h") & (kpis["place"] == "all") & (kpis["period"] == "all")
    return float(kpis.loc[where & (kpis["flow"] == direction), "value"].iloc[0])


def main() -> None:
    """Print the fleets of a scenario, or the profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario")
    parser.add_argument("--reserves", default="")
    parser.add_argument("--groups", default="2")
    parser.add_argument("--replications", type=int, default=4)
    options = parser.parse_args()
    if not options.reserves:
        for pool, by_year in fleets(needs(load(options.scenario))).items():
            dates = ", ".join(f"{year}-01-01 = {count}" for year, count in by_year.items())
            sys.stdout.write(f"wagon_pools.{pool}.sets = {{ {dates} }}\n")
        return
    reserves = [float(text) for text in options.reserves.split(",")]
    groups = [int(text) for text in options.groups.split(",")]
    sys.stdout.write(profile(options.scenario, reserves, groups, options.replications).round(2).to_string() + "\n")


if __name__ == "__main__":
    main()
