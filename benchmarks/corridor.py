"""One replication of a scenario in a process of its own: seconds and peak memory.

Called with a scenario file and changes to it, prints them as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

SCENARIOS = Path(__file__).parents[1] / "scenarios"


@dataclass(frozen=True)
class Cost:
    """What a replication took: trains, spells written down, seconds without reading, and the peak of resident memory."""

    trains: int
    spells: int
    seconds: float
    peak_mb: float


def measure(scenario: str, changes: tuple[str, ...] = (), times: int = 3) -> Cost:
    """The quickest of several fresh processes."""
    command = [sys.executable, __file__, str(SCENARIOS / scenario), *changes]
    costs = []
    for _ in range(times):
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        costs.append(Cost(**json.loads(done.stdout)))
    return min(costs, key=lambda cost: cost.seconds)


def one_run(path: str, changes: list[str]) -> Cost:
    """Read, then run and measure once."""
    from sim.model.simulate import simulate
    from sim.scenario.read import read

    scenario = read(path, changes).scenario
    begun = time.perf_counter()
    tables = simulate(scenario, scenario.study.seed, 0).tables
    seconds = time.perf_counter() - begun
    return Cost(len(tables.trains), len(tables.stages), seconds, peak_mb())


def peak_mb() -> float:
    """Most resident memory of this process so far, MB; macOS counts it in bytes, others in KiB."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    print(json.dumps(asdict(one_run(sys.argv[1], sys.argv[2:]))))
