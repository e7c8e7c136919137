"""The compiled twin beside SimPy in one process: a run, its measures, and three stations in line.

    python benchmarks/twin.py

Both play by turns, one worker, and of five rounds the median of the processor time counts.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
from parts import TEN
from rich.console import Console
from rich.table import Table

from sim import load
from sim.engine.play import play_layout, simulate_compiled
from sim.engine.sandbox import give_back, take_sandbox
from sim.engine.words import pack_world
from sim.measure import published
from sim.measure.costs import measure_with_costs
from sim.model.layout import Layout, lay_out
from sim.model.randomness import Luck
from sim.model.routes import Leg, Plan, plan_flows
from sim.model.simulate import Run, dispatch, simulate
from sim.scenario.meaning import periods
from sim.verification import tiny

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.calendar import Calendar
    from sim.scenario.schema import Scenario

ROUNDS = 5
WHOLE = "2030_target"
CUSTOMERS, STATIONS, SERVERS, LOAD = 20_000, 3, 4, 0.9
HOURS_APART = 1e-9
BARS = {"run": 20.0, "with all measures": 8.0, "with ten measures": 11.0, "three stations": 20.0}
"""How many times as fast as SimPy the twin is at least."""

Seconds = dict[str, list[float]]


def timed(play: Callable[[], Any]) -> tuple[Any, float]:
    """What comes out, and its processor time, Python's cycle collector off."""
    gc.collect()
    gc.disable()
    begun = time.process_time()
    outcome = play()
    spent = time.process_time() - begun
    gc.enable()
    return outcome, spent


def replication(scenario: Scenario, player: Callable[[Scenario, int, int], Run], number: int) -> dict[str, float]:
    """Seconds of a run, and of a replication with all measures and with ten."""
    run, spent = timed(lambda: player(scenario, 1, number))
    windows = periods(scenario)
    every_window = windows | published.windows(scenario)
    _, spent_on_all = timed(
        lambda: published.figure_answers(scenario, measure_with_costs(run.scenario, run, every_window))
    )
    _, spent_on_ten = timed(lambda: measure_with_costs(run.scenario, run, windows, TEN))
    return {"run": spent, "with all measures": spent + spent_on_all, "with ten measures": spent + spent_on_ten}


def replications() -> tuple[Table, list[str]]:
    """One replication of the greatest scenario on both engines."""
    scenario = load(WHOLE).scenario
    players: dict[str, Callable[[Scenario, int, int], Run]] = {"SimPy": simulate, "twin": simulate_compiled}
    replication(scenario, simulate_compiled, 0)  # makes ready what is made once a process
    rounds = [
        {name: replication(scenario, player, number) for name, player in players.items()}
        for number in range(1, ROUNDS + 1)
    ]
    medians = {
        name: {part: statistics.median(spent[name][part] for spent in rounds) for part in rounds[0][name]}
        for name in players
    }
    return compared(f"One replication of {WHOLE}, medians of {ROUNDS}", medians)


def compared(title: str, seconds: dict[str, dict[str, float]]) -> tuple[Table, list[str]]:
    """Seconds of SimPy and of the twin, and their ratio; the bars that were missed."""
    table = Table("Part", title=title, title_justify="left")
    for column in ("SimPy, s", "twin, s", "times SimPy", "at least"):
        table.add_column(column, justify="right")
    missed = []
    for part, spent in seconds["twin"].items():
        quicker, bar = seconds["SimPy"][part] / spent, BARS[part]
        table.add_row(part, f"{seconds['SimPy'][part]:.3f}", f"{spent:.3f}", f"{quicker:.1f}", f"{bar:.0f}")
        if quicker < bar:
            missed.append(f"the twin, {part}: {quicker:.1f} times as fast as SimPy, not {bar:.0f}")
    return table, missed


def arrivals_and_services() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours of arrival, and of service at each station by customer, of mean one."""
    stream = np.random.default_rng(2030)
    arrivals = np.cumsum(stream.exponential(1 / (SERVERS * LOAD), CUSTOMERS))
    return arrivals, stream.standard_exponential((STATIONS, CUSTOMERS))


def held(arrivals: NDArray[np.float64], services: NDArray[np.float64]) -> NDArray[np.float64]:
    """Waits in SimPy as its documentation teaches it: request a resource, hold it, release it."""
    env = simpy.Environment()
    line = [simpy.Resource(env, SERVERS) for _ in range(STATIONS)]
    waits = [[0.0] * CUSTOMERS for _ in line]
    hours = services.tolist()

    def customer(number):
        for place, resource in enumerate(line):
            arrived = env.now
            with resource.request() as granted:
                yield granted
                waits[place][number] = env.now - arrived
                yield env.timeout(hours[place][number])

    def source():
        for number, hour in enumerate(arrivals.tolist()):
            yield env.timeout(hour - env.now)
            env.process(customer(number))

    env.process(source())
    env.run()
    return np.array(waits)


def in_line(arrivals: NDArray[np.float64], services: NDArray[np.float64]) -> tuple[Layout, list[Plan], Calendar]:
    """The same stations as terminals of this model, laid out and planned, and the days on which they are open."""
    days = int(arrivals[-1] / 24) + 20
    places = {f"s{place}": tiny.terminal(1.0, SERVERS) for place in range(STATIONS)}
    scenario = tiny.scenario(places, {"west": tiny.at_random(CUSTOMERS / days, *places)}, days)
    layout = lay_out(scenario, Luck(7, 0))
    [plan] = plan_flows(scenario, layout)
    legs: list[Leg] = [replace(leg, work_h=hours) for leg, hours in zip(plan.legs, services, strict=True)]
    return layout, [replace(plan, indexes=np.arange(CUSTOMERS), offered_h=arrivals, legs=legs)], scenario.calendar


def on_simpy(layout: Layout, plans: list[Plan], _: Calendar) -> NDArray[np.float64]:
    """Waits of a world that SimPy plays."""
    world = layout.world
    world.clock.process(dispatch(world, plans))
    world.clock.run(until=world.closing_h)
    return waits_of(layout)


def on_twin(layout: Layout, plans: list[Plan], calendar: Calendar) -> NDArray[np.float64]:
    """Waits of a world that the twin plays."""
    sandbox = take_sandbox()
    play_layout(sandbox, pack_world(layout, plans), layout, calendar)
    give_back(sandbox)
    return waits_of(layout)


def waits_of(layout: Layout) -> NDArray[np.float64]:
    """Hours of wait by station and customer, from the ledger."""
    stages = layout.world.ledger.stages
    place, train, queued_h, started_h = map(stages.column, ("place", "train", "queued_h", "started_h"))
    waits = np.full((STATIONS, CUSTOMERS), np.nan)
    waits[place, train] = started_h - queued_h
    return waits


OURS = {"this model, SimPy": on_simpy, "this model, twin": on_twin}
TAUGHT = "SimPy, resources held"


def stations() -> tuple[Table, list[str]]:
    """Three stations in line through every engine by turns; laying out is not counted."""
    inputs = arrivals_and_services()
    seconds: Seconds = {}
    waits = {}
    for number in range(ROUNDS + 1):
        rounds = {TAUGHT: timed(lambda: held(*inputs))}
        for name, play in OURS.items():
            world = in_line(*inputs)
            rounds[name] = timed(partial(play, *world))
        rounds |= others()
        for name, (outcome, spent) in rounds.items():
            waits[name] = outcome
            seconds.setdefault(name, []).extend([spent] if number else [])
    medians = {name: statistics.median(spent) for name, spent in seconds.items()}
    table = Table(
        "Engine", title=f"{STATIONS} stations of {SERVERS} servers, {CUSTOMERS:,} customers", title_justify="left"
    )
    for column in ("services/s", "times SimPy", "mean wait, h"):
        table.add_column(column, justify="right")
    for name, spent in medians.items():
        rate, quicker = STATIONS * CUSTOMERS / spent, medians[TAUGHT] / spent
        table.add_row(name, f"{rate:,.0f}", f"{quicker:.1f}", f"{np.mean(waits[name]):.4f}")
    if len(medians) < 5:
        table.caption = "Ciw and salabim are not installed: `make bench` does."
    return table, misses(waits, medians)


def misses(waits: dict[str, NDArray[np.float64]], seconds: dict[str, float]) -> list[str]:
    """What is not as it should be: waits that differ, a twin that is too slow."""
    missed = []
    by_simpy, by_twin = (waits[name] for name in OURS)
    if not np.array_equal(by_simpy, by_twin):
        missed.append("three stations: the twin's waits are not SimPy's to the bit")
    if np.abs(waits[TAUGHT] - by_twin).max() > HOURS_APART:
        missed.append(f"three stations: waits differ from those of {TAUGHT}")
    quicker, bar = seconds[TAUGHT] / seconds["this model, twin"], BARS["three stations"]
    if quicker < bar:
        missed.append(f"the twin, three stations: {quicker:.1f} times as fast as SimPy, not {bar:.0f}")
    return missed


def others() -> dict[str, tuple[Any, float]]:
    """The same customers through other simulators, as far as they are installed."""
    try:
        import tandem
    except ImportError:
        return {}
    inputs = tandem.customers(CUSTOMERS)
    return {name: timed(partial(tandem.ENGINES[name], inputs)) for name in ("Ciw", "salabim")}


def main() -> int:
    """Measure both, print them, and say which bars were missed."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    missed = []
    for measured in (replications, stations):
        table, also_missed = measured()
        console.print(table)
        missed += also_missed
    for miss in missed:
        console.print(f"MISSED  {miss}", style="bold red")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
