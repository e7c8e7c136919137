"""More capacity never lowers what the Middle Corridor carries in 2030, and a storm month never raises it.

Each change is run against `2030_target` under common random numbers; the difference is paired by replication, with a
Student-t interval. A gain that lies wholly below zero, or a loss wholly above, is a failure. Single replications can
differ either way: a train that comes sooner may take another's place.
"""

import sys

import numpy as np

from sim.measure.statistics import intervals
from sim.runs.replicate import Job, performer
from sim.scenario.keys import value_at
from sim.scenario.reading.opening import load

SCENARIO, YEAR, LEVEL = "2030_target", "2030", 0.95
MORE = {
    "one more platform set at Altynkol": "wagon_pools.platforms_altynkol.sets",
    "one more large feeder": "places.caspian_containers.vessels.large_feeder.number",
    "one more crane at Aktau": "places.caspian_containers.ports.aktau.cranes",
    "one more berth at Aktau": "places.caspian_containers.ports.aktau.berths",
    "one more working track at Aktau": "places.caspian_containers.ports.aktau.tracks",
    "one more team of declarants at Altynkol": "places.altynkol.declarant_teams",
    "one more crane set at Khorgos": "places.altynkol.gauge_change.containers.cranes",
}


def with_more(key):
    """The scenario with one more of a capacity on every date."""
    scenario = load(SCENARIO).scenario
    data = scenario.model_dump(mode="json")
    steps = value_at(data, tuple(key.split(".")))
    steps.update({date: value + 1 for date, value in steps.items()})
    return type(scenario).model_validate(data, strict=False)


def throughput_mt(replication):
    """Middle Corridor throughput of the year in one replication."""
    kpis = replication.kpis
    chosen = (kpis["kpi"] == "throughput_mt") & (kpis["flow"] == "titr") & (kpis["period"] == YEAR)
    return float(kpis["value"][chosen].iloc[0])


def main(replications):
    """Run all changes, print a table, and return the number of failures."""
    target = load(SCENARIO).scenario
    worlds = {name: with_more(key) for name, key in MORE.items()}
    worlds["a storm month"] = load(SCENARIO, ["disruptions.storm_month.active=true"]).scenario
    scenarios = {"as it is": target, **worlds}
    jobs = [Job(scenario, target.study.seed, index) for scenario in scenarios.values() for index in range(replications)]
    with performer(2) as perform:
        carried = np.array([throughput_mt(run) for run in perform(jobs)]).reshape(len(scenarios), replications)
    found = dict(zip(scenarios, carried, strict=True))
    print(f"2030_target, {YEAR}: {found['as it is'].mean():.3f} Mt; {replications} replications, {LEVEL:.0%} intervals")
    failures = 0
    for name in worlds:
        gain = intervals((found[name] - found["as it is"])[np.newaxis], LEVEL)
        mean, low, high = (float(each[0]) for each in (gain.mean, gain.low, gain.high))
        wrong = low > 0 if name == "a storm month" else high < 0
        failures += wrong
        interval = f"{mean * 1000:+7.1f} kt  [{low * 1000:+.1f}, {high * 1000:+.1f}]"
        print(f"{name:42} {interval}  {'FAILS' if wrong else 'holds'}")
    return failures


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 16))
