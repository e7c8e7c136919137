"""One replication of a scenario in a process of its own: seconds and peak memory.

Called with a scenario file and changes to it, prints them as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SCENARIOS = Path(__file__).parents[1] / "scenarios"

VOLUMES = {"trains_per_year", "teu_per_year", "mt_per_year"}
CAPACITIES = {
    *("receiving_tracks", "declarant_teams", "officer_teams", "teams", "cranes", "crews", "tracks", "berths", "sets"),
    *("number", "paths_per_day", "westbound_handover_trains_per_day", "eastbound_handover_trains_per_day"),
}
DOUBLED = VOLUMES | CAPACITIES


@dataclass(frozen=True)
class Cost:
    """What a replication took: trains, spells written down, processor seconds without reading, peak memory."""

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


def doubled(scenario: str) -> tuple[str, ...]:
    """Changes that double every volume, and with it every capacity, so that queues stay as stable as they were."""
    from sim.scenario.reading.read import read

    resolved = read(SCENARIOS / scenario).resolved
    return tuple(f"{key}={value}" for key, value in twice(resolved, ""))


def twice(table: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Keys of volumes and capacities below a table, with twice their value; tables of dates are written inline."""
    for key, value in table.items():
        here = f"{path}.{key}" if path else key
        if key in DOUBLED:
            dated = {"": value} if not isinstance(value, dict) else value
            entries = ", ".join(f"{date} = {2 * each}" for date, each in dated.items())
            yield here, entries.removeprefix(" = ") if not isinstance(value, dict) else "{ " + entries + " }"
        elif isinstance(value, dict):
            yield from twice(value, here)


def one_run(path: str, changes: list[str]) -> Cost:
    """Read, then simulate and measure one replication."""
    from sim.runs.replicate import one_replication
    from sim.scenario.reading.read import read

    scenario = read(path, changes).scenario
    begun = time.process_time()
    tables = one_replication(scenario, scenario.study.seed, 0).tables
    seconds = time.process_time() - begun
    assert tables is not None
    return Cost(len(tables.trains), len(tables.stages), seconds, peak_mb())


def peak_mb() -> float:
    """Most resident memory of this process so far, MB; macOS counts it in bytes, others in KiB."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    print(json.dumps(asdict(one_run(sys.argv[1], sys.argv[2:]))))
