"""How processor time and memory grow with traffic: one year of the corridor at 1, 2, 5 and 10 times its volumes.

Every volume, capacity and fleet of `2030_target` is multiplied, so that trains wait as they did; at 10 times the Middle
Corridor is offered 100 Mt a year. Each scale runs in a process of its own: one replication, its measures, and
last its tables whole.
"""

import json
import resource
import subprocess
import sys
import time

SCENARIO = "2030_target"
SETTINGS = ("horizon.start=2030-01-01", "horizon.end=2031-01-01", "horizon.warmup_days=60")
SCALES = (1, 2, 5, 10)
WITHIN = 0.2
VOLUMES = {"trains_per_year", "teu_per_year", "mt_per_year"}
CAPACITIES = {
    *("eastbound_receiving_tracks", "engines", "locomotives"),
    *("receiving_tracks", "declarant_teams", "officer_teams", "teams", "cranes", "crews", "berths", "tracks", "number"),
    *("sets", "most_trains", "most_trains_under_way", "paths_per_day", "yard_teu", "yard_wagons", "yard_t"),
    *("westbound_handover_trains_per_day", "eastbound_handover_trains_per_day"),
    *("quota_trains_per_day", "catch_up_trains_per_day"),
}


def scaled(value, scale, inside=False):
    """A table with every volume and capacity in it multiplied."""
    if isinstance(value, dict):
        return {
            key: scaled(each, scale, inside or key.rpartition(".")[2] in VOLUMES | CAPACITIES)
            for key, each in value.items()
        }
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value * scale if inside and is_number else value


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(scale):
    """What one scale takes, in this process: the run, then its measures, then its tables whole."""
    from sim.engine.play import simulate_on
    from sim.measure.kpis import measure_run
    from sim.scenario.meaning import periods
    from sim.scenario.reading.opening import load

    scenario = load(SCENARIO, SETTINGS).scenario
    data = scenario.model_dump(mode="json", exclude={"unknown", "forecast"})  # what might be is not multiplied
    scenario = type(scenario).model_validate(scaled(data, scale), strict=False)
    before_mb, begun_s = peak_mb(), time.process_time()
    run = simulate_on("auto", scenario, 1, 1)
    run_mb, run_s = peak_mb(), time.process_time()
    kpis = measure_run(scenario, run, periods(scenario))
    measured_mb, measured_s = peak_mb(), time.process_time()
    kpis = kpis[kpis["period"].astype(str) == "2030"]
    carried = kpis[(kpis["kpi"] == "throughput_mt") & (kpis["flow"] == "titr")]["value"].sum()
    found = {
        "trains": len(run.ledger.trains),
        "rows": sum(map(len, run.ledger.tables.values())),
        "spilled": sum(rows.spilled.rows for rows in run.ledger.tables.values() if rows.spilled is not None),
        "titr_mt": float(carried),
        "run_s": run_s - begun_s,
        "time_s": measured_s - begun_s,
        "before_mb": before_mb,
        "run_mb": run_mb,
        "peak_mb": measured_mb,
    }
    kept = run.tables
    return found | {"tables_mb": peak_mb(), "kept": len(kept.stages)}


def main():
    found = {}
    heads = ("volumes", "trains", "rows", "of them in a file", "Middle Corridor, Mt", "run, s", "with measures, s")
    peaks = ("peak of the run, MB", "with measures, MB", "with whole tables, MB")
    print(f"| {' | '.join((*heads, *peaks))} | ms | kB a train |")
    print(f"|{'---|' * (len(heads) + len(peaks) + 2)}")
    for scale in SCALES:
        done = subprocess.run([sys.executable, __file__, str(scale)], capture_output=True, text=True, check=True)
        one = found[scale] = json.loads(done.stdout)
        one["ms"] = one["time_s"] / one["trains"] * 1e3
        one["kb"] = (one["peak_mb"] - one["before_mb"]) / one["trains"] * 1024
        numbers = f"{one['trains']:,} | {one['rows']:,} | {one['spilled']:,} | {one['titr_mt']:.1f}"
        times = f"{one['run_s']:.1f} | {one['time_s']:.1f}"
        memory = " | ".join(f"{one[key]:,.0f}" for key in ("run_mb", "peak_mb", "tables_mb"))
        print(f"| × {scale} | {numbers} | {times} | {memory} | {one['ms']:.3g} | {one['kb']:.3g} |", flush=True)
    print(f"\nBefore the run, the program itself takes {found[SCALES[0]]['before_mb']:.0f} MB.")
    first, last = found[SCALES[0]], found[SCALES[-1]]
    grows = {what: last[key] / first[key] for what, key in (("time", "ms"), ("memory", "kb"))}
    for what, ratio in grows.items():
        word = "linear" if ratio <= 1 + WITHIN else "NOT linear"
        print(f"\nA train takes {ratio:.2f} times the {what} at × {SCALES[-1]}: {word} within {WITHIN:.0%}.")
    sys.exit(max(grows.values()) > 1 + WITHIN)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(int(sys.argv[1]))))
    else:
        main()
