"""The results of a scenario: measures with intervals over replications; written to a folder and read back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import pandas as pd

from sim.measure.published import facts_in, read_published, verdicts
from sim.measure.run_view import KEYS
from sim.measure.statistics import intervals, row_quantiles
from sim.model.ledger import Tables
from sim.runs.folders import ResultsError, manifest_in, writing
from sim.runs.locks import put_back
from sim.runs.replicate import Replication
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.read import read, to_toml
from sim.scenario.schema import Scenario
from sim.scenario.sources import LEDGER, Fact, write_facts

FORMAT = 2
"""Version of the layout of a result folder."""

SAID = {
    "scenario": str,
    "scenario_sha256": str,
    "seed": int,
    "replications": int,
    "level": float,
    "versions": dict,
    "wall_s": int | float,
}
"""What the manifest of results says, with the kind of each."""

DISTRIBUTION = "corridor-simulator"
SIGNIFICANT = "%.6g"
OUTLOOK = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
"""Quantiles over replications beside their mean."""

NO_FACTS: Mapping[str, Fact] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Results:
    """What a scenario came to.

    Attributes
    ----------
    name
        Name of the scenario, and of its folder.
    scenario, resolved
        The scenario as simulated, and the plain table it was read from.
    kpis
        Columns scenario, kpi, place, flow, period, unit, replications (in which the measure was observed), mean,
        ci_low, ci_high, and the quantiles over replications p10, p50, p90.
    replications
        Columns replication, kpi, place, flow, period, unit (categories), value: what the intervals are made of.
    published
        Published figures against the model, see `published.verdicts`.
    tables
        The tables of replication 0.
    manifest
        format, scenario, scenario_sha256, seed, replications, level, versions, facts (how many are kept), wall_s.
    folder
        Where they were read from.
    facts
        The published facts that the scenario cites, by id; a folder keeps them as `sources.csv`.
    """

    name: str
    scenario: Scenario
    resolved: dict[str, Any]
    kpis: pd.DataFrame
    replications: pd.DataFrame
    published: pd.DataFrame
    tables: Tables
    manifest: dict[str, Any]
    folder: Path | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


def gather(
    name: str,
    scenario: Scenario,
    resolved: dict[str, Any],
    replications: Sequence[Replication],
    seed: int,
    level: float,
    wall_s: float,
    facts: Mapping[str, Fact] = NO_FACTS,
) -> Results:
    """Results of the replications of a scenario, replication 0 among them with its tables; `facts` are those it cites.

    Raises
    ------
    ValueError
        If replication 0 is missing or has no tables.
    """
    tables = [one.tables for one in replications if one.tables is not None]
    if len(tables) != 1:
        raise ValueError("results need replication 0, with its tables, once")
    long = pd.concat([one.kpis.assign(replication=one.index) for one in replications], ignore_index=True)
    long = long[["replication", *KEYS, "value"]]
    manifest = {
        "format": FORMAT,
        "scenario": name,
        "scenario_sha256": digest(resolved),
        "seed": seed,
        "replications": len(replications),
        "level": level,
        "versions": versions(),
        "facts": len(facts),
        "wall_s": round(wall_s, 1),
    }
    answers = verdicts(scenario, [one.published for one in replications], level)
    return Results(
        name, scenario, resolved, summary(name, long, level), long, answers, tables[0], manifest, None, facts
    )


def summary(name: str, replications: pd.DataFrame, level: float) -> pd.DataFrame:
    """Means and intervals over replications, in the order in which measures, places, flows and periods are known."""
    values = by_replication(replications)
    found = intervals(values.to_numpy(float), level)
    quantiles = row_quantiles(values.to_numpy(float), [*OUTLOOK.values()])
    kpis = values.index.to_frame(index=False)
    kpis.insert(0, "scenario", name)
    kpis["replications"] = found.n
    kpis["mean"], kpis["ci_low"], kpis["ci_high"] = found.mean, found.low, found.high
    return kpis.assign(**dict(zip(OUTLOOK, quantiles, strict=True)))


def by_replication(replications: pd.DataFrame) -> pd.DataFrame:
    """Measures × replications: the keys as words, NaN where a replication did not observe the measure."""
    values = replications.set_index([*KEYS, "replication"])["value"].unstack("replication")
    return values.set_index(pd.MultiIndex.from_frame(values.index.to_frame(index=False).astype(str)))


def digest(resolved: dict[str, Any]) -> str:
    """SHA-256 of a scenario's table as JSON with sorted keys: the order of the keys in the file does not matter."""
    text = json.dumps(resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=dt.date.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Versions that results depend on."""
    packages = {name: version(name) for name in (DISTRIBUTION, "numpy", "pandas", "simpy")}
    return packages | {"python": platform.python_version()}


def write(results: Results, folder: Path) -> None:
    """Write results to a folder, which is replaced whole or not at all.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    with writing(folder) as temporary:
        write_tables(results, temporary)


def write_tables(results: Results, folder: Path) -> None:
    """Write scenario.toml, sources.csv, manifest.json, kpis.csv, published.csv and the Parquet tables into a folder."""
    write_facts(results.facts, folder / LEDGER)
    (folder / "scenario.toml").write_text(to_toml(results.resolved), encoding="utf-8", newline="\n")
    manifest = json.dumps(results.manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(manifest, encoding="utf-8", newline="\n")
    for name, table in (("kpis", results.kpis), ("published", results.published)):
        table.to_csv(folder / f"{name}.csv", index=False, float_format=SIGNIFICANT, lineterminator="\n")
    write_parquet(results.replications, folder / "replications.parquet")
    for one in fields(Tables):
        write_parquet(getattr(results.tables, one.name), folder / f"{one.name}.parquet")


def write_parquet(frame: pd.DataFrame, path: Path | BinaryIO) -> None:
    """Write a frame as Parquet; floats by byte streams, which pack better, all else by dictionary."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    others = [name for name in table.schema.names if name not in floats]
    pq.write_table(table, path, compression="zstd", use_dictionary=others, use_byte_stream_split=floats)


def load(folder: Path) -> Results:
    """Read a result folder back; only the numbers of `published` are rounded, to six digits, as written.

    Raises
    ------
    ResultsError
        If it is no result folder, or a damaged one, or one of another format.
    """
    manifest = read_manifest(folder)
    wrong = [key for key, kind in SAID.items() if not isinstance(manifest.get(key), kind)]
    if wrong:
        raise ResultsError(f"{folder / 'manifest.json'}: is damaged; run the scenario again: it has no {wrong[0]}")
    try:
        reading = read(folder / "scenario.toml")
        if digest(reading.resolved) != manifest["scenario_sha256"]:
            raise ResultsError(f"{folder / 'scenario.toml'}: is not the scenario of these results any more")
        replications = pd.read_parquet(folder / "replications.parquet")
        return Results(
            manifest["scenario"],
            reading.scenario,
            reading.resolved,
            summary(manifest["scenario"], replications, manifest["level"]),
            replications,
            read_published(folder / "published.csv", reading.scenario),
            Tables(*(pd.read_parquet(folder / f"{table.name}.parquet") for table in fields(Tables))),
            manifest,
            folder,
            facts_in(folder, reading.resolved, manifest.get("facts")),
        )
    except (OSError, ValueError, KeyError, ScenarioError) as error:
        raise ResultsError(f"{folder}: is damaged; run the scenario again: {error}") from error


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a result folder.

    Raises
    ------
    ResultsError
        If it is no result folder, or one of another format.
    """
    put_back(folder)
    manifest = manifest_in(folder)
    if "format" not in manifest:
        raise ResultsError(f"{folder}: is no result folder: it has no readable manifest.json")
    if manifest["format"] != FORMAT:
        raise ResultsError(f"{folder}: has results of format {manifest['format']}; this version reads format {FORMAT}")
    return manifest


def labels(results: Sequence[Results]) -> list[str]:
    """One label for each scenario: its title, or its name where titles repeat."""
    titles = [result.scenario.title for result in results]
    return titles if len(set(titles)) == len(titles) else [result.name for result in results]
