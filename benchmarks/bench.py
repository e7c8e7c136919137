"""How fast the model is: its desks beside three other simulators, a whole replication, and how that grows.

Prints a table; the exit status is 1 when a bar is missed.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

import numpy as np
import twin
from corridor import Cost, doubled, measure
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from tandem import ENGINES, SERVERS, STATIONS, Customers, Waits, customers

CUSTOMERS = 20_000
ROUNDS = 3
QUICKER_THAN_SIMPY = 3.0
GROWTH_AT_MOST = 2.3
SECONDS_AT_MOST = 20.0
PEAK_MB_AT_MOST = 1.5 * 2**30 / 1e6
HOURS_APART = 1e-9
WHOLE = "2030_target.toml"
STABLE = "altynkol_tez.toml"
TEN_YEARS = ("horizon.end=2034-01-01",)


def stations() -> tuple[Table, list[str]]:
    """The same customers through every engine, in turn; the quickest of some rounds of each."""
    inputs = customers(CUSTOMERS)
    seconds = dict.fromkeys(ENGINES, np.inf)
    answers = {}
    for _ in range(ROUNDS):
        for name, engine in ENGINES.items():
            answers[name], spent = timed(engine, inputs)
            seconds[name] = min(seconds[name], spent)
    own, simpy, *_ = ENGINES
    table = Table(
        "Engine", title=f"{STATIONS} stations of {SERVERS} servers, {CUSTOMERS:,} customers", title_justify="left"
    )
    for column in ("services/s", "times SimPy", "mean wait, h", "waits differ by, h"):
        table.add_column(column, justify="right")
    apart = {name: np.abs(answers[name] - answers[own]).max() for name in ENGINES}
    for name, spent in seconds.items():
        rate, quicker = STATIONS * CUSTOMERS / spent, seconds[simpy] / spent
        table.add_row(name, f"{rate:,.0f}", f"{quicker:.2f}", f"{answers[name].mean():.4f}", f"{apart[name]:.1e}")
    missed = [f"{name}: waits differ by {hours:.1e} h" for name, hours in apart.items() if hours > HOURS_APART]
    if seconds[simpy] / seconds[own] < QUICKER_THAN_SIMPY:
        missed.append(f"{own}: not {QUICKER_THAN_SIMPY} times as quick as {simpy}")
    return table, missed


def timed(engine: Callable[[Customers], Waits], inputs: Customers) -> tuple[NDArray[np.float64], float]:
    """Waits by one engine and its processor time, Python's cycle collector off, as it is in a replication."""
    gc.collect()
    gc.disable()
    begun = time.process_time()
    waits = engine(inputs)
    spent = time.process_time() - begun
    gc.enable()
    return np.array(waits), spent


def replications() -> tuple[Table, list[str]]:
    """One replication of the greatest scenario, and of a stable one, single and double."""
    costs: dict[str, Cost] = {
        WHOLE: measure(WHOLE),
        f"{STABLE}, ten years": measure(STABLE, TEN_YEARS),
        "  the same, volume and capacities doubled": measure(STABLE, TEN_YEARS + doubled(STABLE)),
    }
    table = Table("Scenario", title="One replication in a fresh process", title_justify="left")
    for column in ("trains", "spells", "seconds", "spells/s", "peak memory, MB"):
        table.add_column(column, justify="right")
    for name, cost in costs.items():
        rate = cost.spells / cost.seconds
        numbers = (f"{cost.trains:,}", f"{cost.spells:,}", f"{cost.seconds:.2f}", f"{rate:,.0f}", f"{cost.peak_mb:.0f}")
        table.add_row(name, *numbers)
    whole, single, double = costs.values()
    growth = double.seconds / single.seconds
    table.caption = f"Twice the trains take {growth:.2f} times as long (at most {GROWTH_AT_MOST})."
    missed = [] if growth <= GROWTH_AT_MOST else [f"twice the trains take {growth:.2f} times as long"]
    if whole.seconds > SECONDS_AT_MOST or whole.peak_mb > PEAK_MB_AT_MOST:
        missed.append(
            f"{WHOLE}: {whole.seconds:.1f} s (at most {SECONDS_AT_MOST:.0f}), {whole.peak_mb:.0f} MB (at most 1.5 GiB)"
        )
    return table, missed


def main() -> int:
    """Measure all, print it, and say which bars were missed."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    missed = []
    for measured in (stations, replications, twin.replications, twin.stations):
        table, misses = measured()
        console.print(table)
        missed += misses
    for miss in missed:
        console.print(f"MISSED  {miss}", style="bold red")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
