"""What a reader of an export is told: what it is, how to read it, what it rests on, what stands behind each number."""

from __future__ import annotations

import pandas as pd

from sim.runs.answer import Answer
from sim.scenario.sources import figures_of
from sim.views.words import sample, standing

LICENCE = (
    "The published figures are facts of the sources named beside them, quoted with their address; each source keeps "
    "its own rights. The program and its scenarios are under the MIT licence."
)

READING = (
    ("Hours", "hours since 00:00 UTC of the first day; below zero lies the warm-up, which no measure counts"),
    (
        "mean, ci_low, ci_high",
        "mean over replications and its Student-t interval; replications: in which it was observed",
    ),
    ("_p50, _p90, _p95", "a quantile over the observations of one replication, then its mean over replications"),
    ("Trains and the ledger", "those of replication 0 only"),
    ("period", "a calendar year of the horizon, or all of it; a time counts in the period in which it ended"),
)


def notes(answer: Answer) -> list[tuple[str, str]]:
    """What the export is and how to read it, as pairs of a subject and a sentence."""
    scenario, manifest = answer.scenario, answer.manifest
    versions = ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())
    return [
        ("Scenario", f"{scenario.title} ({answer.name})"),
        *([("What it is", " ".join(scenario.description.split()))] if scenario.description.strip() else []),
        (
            "Horizon",
            f"{scenario.horizon.start} to {scenario.horizon.end}, {scenario.horizon.warmup_days} days of warm-up",
        ),
        ("Sample", sample(answer)),
        ("Assumed", standing(answer)),
        ("Scenario hash", f"SHA-256 {manifest['scenario_sha256']}"),
        ("Versions", versions),
        *READING,
        ("Licence", LICENCE),
    ]


def assumptions(answer: Answer) -> pd.DataFrame:
    """Every number of the scenario and what stands behind it.

    Returns
    -------
    DataFrame
        Columns key, value, unit, standing (fact, recalled fact, assumed or unsourced), source, published_in, address.
    """
    numbers = figures_of(answer.resolved, answer.facts)
    rows = [
        (
            number.key,
            number.value,
            number.unit,
            "recalled fact" if number.recalled else number.standing,
            number.source,
            "; ".join(dict.fromkeys(fact.source_title for fact in number.facts)),
            "; ".join(dict.fromkeys(fact.source_address for fact in number.facts)),
        )
        for number in numbers
    ]
    heads = ["key", "value", "unit", "standing", "source", "published_in", "address"]
    return pd.DataFrame(rows, columns=heads, dtype=str)
