"""The statistics of a study beside their definitions: intervals, pairs, replications, warm-up by MSER-5."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd

from sim.measure.statistics import interval, mser5, paired_interval
from sim.runs.replicate import replicate
from sim.runs.results import Results, gather
from sim.scenario.schema import Scenario
from sim.study.compare.compare import differences_from
from sim.verification import closed_forms, tiny
from sim.verification.findings import Check, Finding, equal, sampled
from sim.verification.tiny import at_random, exponential, scenario, terminal

TEXTBOOK = {
    "ten delays": ([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09], 0.90),
    "ten more delays": ([1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60], 0.90),
    "three values": ([10.0, 20.0, 30.0], 0.95),
    "six values": ([3.0, 4.0, 4.5, 7.0, 1.0, 2.0], 0.99),
}
TINY = 1e-8


def student(name: str) -> list[Finding]:
    """The half-width of an interval, from the density of Student's t."""
    values, level = TEXTBOOK[name]
    estimate = interval(values, level)
    answer = closed_forms.student_half_width(values, level)
    return [
        equal(f"half-width at {100 * level:g} % of {name}", "Student", answer, (estimate.high - estimate.low) / 2, TINY)
    ]


def pairs() -> list[Finding]:
    """The interval of a difference is that of the differences, not of two means."""
    before, after = [5.0, 7.0, 6.0, 9.0], [6.0, 8.5, 6.5, 10.0]
    estimate = paired_interval(before, after, 0.95)
    answer = closed_forms.student_half_width([b - a for a, b in zip(before, after, strict=True)], 0.95)
    return [equal("half-width of a paired difference", "Student", answer, (estimate.high - estimate.low) / 2, TINY)]


def coverage() -> list[Finding]:
    """How often an interval of five normal values holds their mean."""
    samples = np.random.default_rng(9).normal(3.0, 2.0, (20, 200, 5))
    estimates = [[interval(values, 0.9) for values in study] for study in samples]
    shares = [np.mean([estimate.low <= 3.0 <= estimate.high for estimate in study]) for study in estimates]
    return [sampled("intervals at 90 % of five values: share that holds the mean", "definition", 0.9, shares)]


def small(tracks: int) -> Scenario:
    """A queue, for results of four replications."""
    places, flows = {"yard": terminal(exponential(1), tracks)}, {"west": at_random(1.5, "yard")}
    return scenario(places, flows, 6, title="small", study={"replications": 4, "seed": 3})


def results(name: str, tracks: int) -> Results:
    """The results of the queue."""
    world = small(tracks)
    return gather(name, world, {"title": name}, replicate(world, 3, 4, 1, engine=tiny.ENGINE.get()), 3, 0.95, 0.0)


def waits(outcome: Results) -> list[float]:
    """The mean wait of each replication."""
    rows = outcome.replications
    rows = rows[(rows["kpi"] == "wait_h") & (rows["place"] == "yard") & (rows["flow"] == "all")]
    return [float(value) for value in rows[rows["period"] == "all"].sort_values("replication")["value"]]


def the_row(table: pd.DataFrame) -> pd.Series[float]:
    """The mean wait at the yard over the whole horizon."""
    rows = table[(table["kpi"] == "wait_h") & (table["place"] == "yard") & (table["flow"] == "all")]
    return rows[rows["period"] == "all"].iloc[0]


def over_replications() -> list[Finding]:
    """The interval of a measure is over replications; they differ, and a comparison is paired by them."""
    base, variant = results("one", 2), results("other", 3)
    before, after = waits(base), waits(variant)
    row, difference = the_row(base.kpis), the_row(differences_from([base, variant]))
    answer = closed_forms.student_half_width(before, 0.95)
    apart = closed_forms.student_half_width([b - a for a, b in zip(before, after, strict=True)], 0.95)
    return [
        equal("replications that differ", "independence", 4, len(set(before))),
        equal(
            "interval of a measure: half-width over replications",
            "Student",
            answer,
            (row["ci_high"] - row["ci_low"]) / 2,
            TINY,
        ),
        equal(
            "interval of a comparison: half-width over pairs",
            "Student",
            apart,
            (difference["ci_high"] - difference["ci_low"]) / 2,
            TINY,
        ),
        equal(
            "mean of a comparison",
            "definition",
            float(np.mean(after) - np.mean(before)),
            difference["difference"],
            TINY,
        ),
    ]


def warm_up() -> list[Finding]:
    """Where MSER-5 cuts two series whose answers are reckoned."""
    step = mser5([0.0] * 10 + [5.0] * 90)
    decay = mser5([10 * math.exp(-t / 10) + 5 + (-1) ** (t + 1) for t in range(200)])
    return [
        equal("MSER-5 of a step: cut", "White", 10, step.cut),
        equal("MSER-5 of a decay: cut", "White", 40, decay.cut),
    ]


CHECKS: dict[str, Check] = {
    **{f"student {name}": partial(student, name) for name in TEXTBOOK},
    "pairs": pairs,
    "coverage": coverage,
    "replications": over_replications,
    "mser": warm_up,
}
"""The checks of this module by name."""
