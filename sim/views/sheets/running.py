"""What is known while replications still come in: the first answer of a scenario, with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sim.measure.addresses import rows_at
from sim.measure.statistics import measure_interval
from sim.runs.replicate import Replication
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.views.words import figure


@dataclass
class Running:
    """Throughput of the first corridor (of all flows, where there is none), in the last full year of the horizon.

    A corridor with a target goes before one without.
    """

    name: str
    scenario: Scenario
    values_mt: list[float] = field(default_factory=list)

    def add(self, replication: Replication) -> None:
        """Take in one replication, whichever it is."""
        self.values_mt += rows_at(replication.kpis, "throughput_mt", ALL, self.flow, self.period)["value"].tolist()

    @property
    def flow(self) -> str:
        """Whose throughput it is."""
        corridors = self.scenario.corridors
        return next(iter(sorted(corridors, key=lambda name: not corridors[name].target_mt)), ALL)

    @property
    def period(self) -> str:
        """Of which year, or of `all` the horizon."""
        return last_full_year(self.scenario)

    def __str__(self) -> str:
        subject = "throughput" if self.flow == ALL else f"{self.flow} throughput"
        when = "" if self.period == ALL else f" {self.period}"
        level = self.scenario.study.level
        throughput = measure_interval(self.values_mt, level)
        bounds = (
            f" [{figure(throughput.low)}, {figure(throughput.high)}], {100 * level:g} %"
            if math.isfinite(throughput.low)
            else ""
        )
        return f"{self.name}: {subject}{when} {figure(throughput.mean)} Mt{bounds}, n = {throughput.n}"
