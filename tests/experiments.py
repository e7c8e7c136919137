"""Engines that answer by a formula, and results of stated values: for the design and the analysis around the runs."""

import pandas as pd
from hand_made import resolved, scenario, tables

from sim.runs.replicate import Replication
from sim.runs.results import gather

KEYS = ["kpi", "place", "flow", "period", "unit"]
HOURS = ("clearance_h", "khorgos", "all", "2025", "h")
TONNES = ("throughput_mt", "all", "middle", "2025", "Mt")
DAYS = ("transit_days", "all", "west", "2025", "days")


def row(kpi, value, place="all", flow="all", period="2024", unit="h"):
    """One measure of one replication."""
    return {"kpi": kpi, "place": place, "flow": flow, "period": period, "unit": unit, "value": value}


class Formula:
    """Performs jobs by a formula, scenario and index to the rows of a replication, and remembers the jobs."""

    def __init__(self, formula):
        self.formula = formula
        self.jobs = []

    def __call__(self, jobs):
        self.jobs += jobs
        none = pd.DataFrame({"name": [], "value": []})
        return [Replication(job.index, pd.DataFrame(self.formula(job.scenario, job.index)), none, None) for job in jobs]


def dwell(formula):
    """An engine whose border dwell at Altynkol is a formula of the scenario; replications lie 1 below and above."""
    return Formula(lambda scenario, index: [row("border_dwell_h", formula(scenario) + (-1) ** index, place="altynkol")])


def results(name, columns, seed=5, level=0.95, **changes):
    """Results from the values of each measure by replication; None is not observed."""
    number = max(len(values) for values in columns.values())
    replications = []
    for index in range(number):
        rows = [(*key, values[index]) for key, values in columns.items() if values[index] is not None]
        kpis = pd.DataFrame(rows, columns=[*KEYS, "value"]).astype(dict.fromkeys(KEYS, "category"))
        nothing = pd.DataFrame(columns=["name", "value"])
        replications.append(Replication(index, kpis, nothing, tables() if index == 0 else None))
    return gather(name, scenario(**changes), resolved(**changes), replications, seed, level, 1.0)


A = {HOURS: [6.0, 9.0, 7.0], TONNES: [1.0, 2.0, 3.0]}
B = {TONNES: [1.5, 2.4, 3.6], HOURS: [5.0, 8.0, 7.0]}
BANS = {
    "port": {
        "title": "Port full",
        "place": "aktau",
        "flows": ["west"],
        "begins_at_share": 0.9,
        "lifts_at_share": 0.5,
        "lead_h": 24,
    }
}
"""A ban that a full port calls, for results of stated values."""
