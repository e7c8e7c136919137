"""Every table of an answer as CSV, and what a reader of an export is told: how to read it, what it rests on.

Words of a scenario stay as they are, also where a spreadsheet would take them for a formula: CSV is data, and a table
read back must be the table written. The workbook writes them as words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import pandas as pd

from sim.model.ledger import Tables
from sim.runs.answer import SIGNIFICANT, Answer, write_csv_table
from sim.runs.folders import DISTRIBUTION
from sim.runs.results import Results
from sim.scenario.arguments import checked
from sim.scenario.choices import inputs_of
from sim.scenario.facts import Fact
from sim.scenario.files import write_text
from sim.scenario.keys import Data
from sim.scenario.reading.opening import ledger_of, reading_of
from sim.scenario.reading.read import Reading
from sim.scenario.sources import cited_figures
from sim.study.compare.answer import Contest
from sim.views.exports.targets import FOLDER_NOTE
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
    ("period", "a calendar year of the horizon, or all of it; a time counts in the period in which it ended"),
)


def notes(answer: Answer) -> list[tuple[str, str]]:
    """What the export is and how to read it, as pairs of a subject and a sentence."""
    scenario, manifest = answer.scenario, answer.manifest
    runs = answer.results if isinstance(answer, Contest) else (answer,)
    versions = ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())
    return [
        *(line for run in runs for line in scenario_lines(run)),
        (
            "Horizon",
            f"{scenario.horizon.start} to {scenario.horizon.end}, {scenario.horizon.warmup_days} days of warm-up",
        ),
        ("Sample", sample(answer)),
        ("Versions", versions),
        *READING,
        *([("Trains and the ledger", "those of replication 0 only")] if isinstance(answer, Results) else []),
        ("Licence", LICENCE),
    ]


def scenario_lines(answer: Answer) -> list[tuple[str, str]]:
    """What a scenario is, how much of it is assumed, and the hash of it."""
    description = " ".join(answer.scenario.description.split())
    return [
        ("Scenario", f"{answer.scenario.title} ({answer.name})"),
        *([("What it is", description)] if description else []),
        ("Assumed", standing(answer)),
        ("Scenario hash", f"SHA-256 {answer.manifest['scenario_sha256']}"),
    ]


def assumptions(answer: Answer) -> pd.DataFrame:
    """Every number and choice of the scenario and what stands behind it.

    Returns
    -------
    DataFrame
        Columns key, value, unit, standing (fact, recalled fact, derived, assumed or unsourced), source, published_in,
        address; of a comparison scenario before them, and the inputs of each.
    """
    if isinstance(answer, Contest):
        tables = {run.name: assumptions(run) for run in answer.results}
        return pd.concat(tables, names=["scenario"]).reset_index(level=0).reset_index(drop=True)
    return input_table(answer.resolved, answer.facts)


@checked
def scenario_sources(scenario: Reading | Answer | str | Path) -> pd.DataFrame:
    """Every number and choice of a scenario and what stands behind it, as `corridor sources` lists them.

    Parameters
    ----------
    scenario
        What `load` returned, or what it takes; or what a study returned of it.

    Returns
    -------
    DataFrame
        Columns as of a workbook's sheet of assumptions: key, value, unit, standing (fact, recalled fact, derived,
        assumed or unsourced), source, published_in, address.

    Raises
    ------
    ScenarioError, LedgerError
        If a line of sources cites what the ledger does not have, or the ledger cannot be read.
    """
    if isinstance(scenario, Answer):
        return assumptions(scenario)
    reading = reading_of(scenario)
    ledger = ledger_of(reading)
    cited_figures(reading.resolved, ledger, reading.spots)
    return input_table(reading.resolved, ledger)


def input_table(resolved: Data, facts: Mapping[str, Fact]) -> pd.DataFrame:
    """The table of `assumptions`, of a scenario and the facts that it may cite."""
    inputs = inputs_of(resolved, facts)
    rows = [
        (
            figure.key,
            figure.value,
            figure.unit,
            "recalled fact" if figure.recalled else figure.standing,
            figure.source,
            "; ".join(dict.fromkeys(fact.source_title for fact in figure.facts)),
            "; ".join(dict.fromkeys(fact.source_address for fact in figure.facts)),
        )
        for figure in inputs
    ]
    heads = ["key", "value", "unit", "standing", "source", "published_in", "address"]
    return pd.DataFrame(rows, columns=heads, dtype=str)


DIGITS = "%.12g"
"""Digits of hours in the ledger: a microsecond in a hundred years."""

CAUTION = (
    "A cell that begins with =, +, - or @ is a word of the scenario. A spreadsheet may take it for a formula: open "
    "files of scenarios that you do not trust as text, or export a workbook, where such words are words."
)


def write_csv(answer: Answer, folder: Path) -> None:
    """Write all tables, README.txt and a note into an existing folder; it has the manifest and names the files."""
    lines = [f"{about}: {value}" for about, value in notes(answer)]
    text = "\n".join([*lines, "", CAUTION, ""])
    write_text(folder / "README.txt", text)
    names = ["README.txt"]
    for name, table, digits in csv_tables(answer):
        names.append(f"{name}.csv")
        write_csv_table(table, folder / names[-1], digits)
    manifest = {"made_by": DISTRIBUTION, "format": "csv", "files": names, "results": answer.manifest}
    note = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    write_text(folder / FOLDER_NOTE, note)


def csv_tables(answer: Answer) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Each table with its name and the digits of its numbers."""
    for stem, frame in answer.frames.items():
        yield stem, frame, SIGNIFICANT
    yield "assumptions", assumptions(answer), SIGNIFICANT
    if isinstance(answer, Results):
        yield "replications", answer.replications, DIGITS
        for field in fields(Tables):
            yield field.name, getattr(answer.tables, field.name), DIGITS
