"""Engines that answer by a formula instead of a simulation: for the design and the analysis around the runs."""

import pandas as pd

from sim.runs.replicate import Replication


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
