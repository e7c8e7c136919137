"""What a replication costs beside its run, part by part: laid out, drawn, measured; as ratios to another checkout.

    python benchmarks/parts.py [CHECKOUT] [SCENARIO]    CHECKOUT: as from `git worktree add ../before COMMIT`

Both play in one process by turns, and of five rounds the median of the processor time counts.
"""

import statistics
import sys
import time
from pathlib import Path

HERE = Path(__file__).parents[1]
ROUNDS = 5
TEN = {"throughput_mt", "transit_days", "journey_days", "clearance_h", "border_dwell_h", "wait_h", "queue_trains"}
TEN |= {"utilisation", "trains_delivered", "wait_h_ban"}


def imported(checkout):
    """The package `sim` of a checkout, beside others of its name."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "sim"]:
        del sys.modules[name]
    sys.path.insert(0, str(checkout))
    from sim.measure import costs, kpis, published
    from sim.model import layout, randomness, routes, simulate
    from sim.scenario import meaning
    from sim.scenario.reading import opening

    sys.path.pop(0)
    return {
        "load": opening.load,
        "lay_out": layout.lay_out,
        "plan": routes.plan_flows,
        "luck": randomness.Luck,
        "simulate": simulate.simulate,
        "measure": kpis.measure_run,
        "with_costs": costs.with_costs,
        "answers": published.figure_answers,
        "windows": lambda scenario: meaning.periods(scenario) | published.windows(scenario),
    }


def parts(sim, scenario, run, replication):
    """Seconds of each part of a replication but its run."""
    clock = [time.process_time()]

    def lap():
        clock.append(time.process_time())
        return clock[-1] - clock[-2]

    seconds = {}
    layout = sim["lay_out"](scenario, sim["luck"](1, replication))
    seconds["laid out"] = lap()
    sim["plan"](scenario, layout)
    seconds["drawn"] = lap()
    kpis = sim["measure"](run.scenario, run, sim["windows"](scenario))
    seconds["measured, all"] = lap()
    kpis = sim["with_costs"](run.scenario, kpis)
    sim["answers"](scenario, kpis)
    seconds["costs and published figures"] = lap()
    few = (TEN,) if "kpis" in sim["measure"].__code__.co_varnames[: sim["measure"].__code__.co_argcount] else ()
    sim["measure"](run.scenario, run, sim["windows"](scenario), *few)
    seconds["measured, ten"] = lap()
    return seconds


def main(checkout=None, name="2030_target"):
    worlds = []
    for path in [HERE, *([Path(checkout)] if checkout else [])]:
        sim = imported(path)
        scenario = sim["load"](name).scenario
        begun = time.process_time()
        run = sim["simulate"](scenario, 1, 1)
        print(f"{path.name}: simulated in {time.process_time() - begun:.1f} s")
        worlds.append((sim, scenario, run))
    rounds = [[parts(*world, number) for world in worlds] for number in range(ROUNDS)]
    medians = [
        {part: statistics.median(measured[place][part] for measured in rounds) for part in rounds[0][place]}
        for place in range(len(worlds))
    ]
    for part, seconds in medians[0].items():
        before = f", before {1e3 * medians[1][part]:,.0f}: {medians[1][part] / seconds:.1f} times" if checkout else ""
        print(f"{part}: {1e3 * seconds:,.0f} ms{before}")


if __name__ == "__main__":
    main(*sys.argv[1:])
