"""What choice costs a run: `2030_market` beside the same trains as stated volumes, on the engine that `auto` chooses.

    python benchmarks/market_cost.py [RUNS]

The trains that chose the corridor in replication 0 are stated by flow and year, and the markets taken out: the run has
the same load and no shipper who decides. Processor time, one process, the two by turns, a pair a replication; of the
run alone, and of a replication with all its measures. What else is at work on the machine slows both of a pair, so the
median of the ratios is what is told, with the least and the most.
"""

import gc
import sys
from statistics import median
from time import process_time

from sim.engine.play import simulate_on
from sim.model.randomness import luck_of
from sim.runs.replicate import one_replication
from sim.scenario.markets import CORRIDOR
from sim.scenario.reading.opening import load
from sim.scenario.schema import Scenario

SCENARIO, SEED, RUNS = "2030_market", 2030, 15


def without_markets(scenario):
    """The scenario with the trains that its shippers sent in replication 0 stated by year."""
    choices = simulate_on("auto", scenario, SEED, 0).tables.choices
    sent = choices[choices["way"] == CORRIDOR]
    years = [scenario.calendar.moment(hour).year for hour in sent["from_h"]]
    data = scenario.model_dump(mode="json") | {"markets": {}}
    for name, flow in scenario.flows.items():
        if flow.market is not None:
            takers = {name, *(taker for taker, other in scenario.flows.items() if name in (other.share_of or {}))}
            own = sent["flow"].isin(takers)
            trains = sent[own].groupby([year for year, mine in zip(years, own, strict=True) if mine])["trains"].sum()
            data["flows"][name] |= {"market": None, "trains_per_year": {str(y): float(n) for y, n in trains.items()}}
    return Scenario.model_validate(data, strict=False)


def times(runs):
    """Seconds of processor time: what is timed, with markets or without, run by run."""
    # What is asked around a scenario is outside of a run, and what moves markets would move nothing without them.
    outside = {"unknown": {}, "forecast": None, "calibration": None}
    market = load(SCENARIO).scenario.model_copy(update=outside)
    sides = {"with": market, "without": without_markets(market)}
    works = {
        "run": lambda scenario, index: simulate_on("auto", scenario, SEED, index),
        "replication": lambda scenario, index: one_replication(scenario, SEED, index, engine="auto"),
    }
    for word, work in works.items():
        found = {side: [] for side in sides}
        for index in range(runs + 1):
            for side, scenario in sides.items():
                luck_of.cache_clear()  # or the second of the two would find drawn what the first one drew
                gc.collect()
                gc.disable()  # or the search of the whole memory falls on one of the two by chance
                begin = process_time()
                work(scenario, index)
                found[side].append(process_time() - begin)
                gc.enable()
        yield word, {side: seconds[1:] for side, seconds in found.items()}


if __name__ == "__main__":
    for word, found in times(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS):
        ratios = [dear / cheap for dear, cheap in zip(found["with"], found["without"], strict=True)]
        seconds = {side: median(each) for side, each in found.items()}
        print(
            f"{word}: with markets {seconds['with']:.3f} s, without {seconds['without']:.3f} s; of {len(ratios)} pairs "
            f"the median is {median(ratios):.2f} times, from {min(ratios):.2f} to {max(ratios):.2f}"
        )
