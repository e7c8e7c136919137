"""The results of a scenario: measures with intervals over replications; written to a folder and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from sim.measure.addresses import check_observed, check_stands, headline_addresses, rows_asked, rows_at
from sim.measure.estimate import Estimate, estimate_of
from sim.measure.own_measures import OWN, with_moments
from sim.measure.published import check_published, facts_in, read_published, verdicts
from sim.measure.run_view import KEYS, by_replication
from sim.measure.statistics import measure_intervals, row_quantiles
from sim.measure.vocabulary import known_address
from sim.model.ledger import Tables
from sim.runs.answer import NO_FACTS, Answer, basis, read_frame, read_scenario, write_frames, write_scenario
from sim.runs.columns import (
    REPLICATIONS,
    TABLES,
    check_close,
    check_measures,
    content_digests,
    read_parquet,
    read_tables,
    stored_frames,
)
from sim.runs.folders import ResultsError, read_manifest
from sim.runs.own_files import check_digests
from sim.runs.replicate import Replication, play, sample_note
from sim.scenario.addresses import Address, with_words
from sim.scenario.arguments import checked, quoted
from sim.scenario.facts import Fact
from sim.scenario.files import new_file
from sim.scenario.meaning import period_days
from sim.scenario.naming import numbered
from sim.scenario.problems import ArgumentError, CorridorError, shown
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

OUTLOOK = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
"""Quantiles over replications beside their mean."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Results(Answer):
    """What a scenario came to.

    Attributes
    ----------
    frames
        `kpis` and `published`.
    sample
        What `replications` has.
    tables
        The tables of replication 0.
    manifest
        As every answer's; engine and wall_s too.
    """

    kind = "run"

    sample: pd.DataFrame
    tables: Tables

    @property
    def replications(self) -> pd.DataFrame:
        """What the intervals are made of: columns replication, kpi, place, flow, period, unit (categories), value.

        Another frame each time, with values of its own: what was run stays as it came out.
        """
        return self.sample.copy()

    @property
    def kpis(self) -> pd.DataFrame:
        """Measures, a row each.

        Columns scenario, kpi, place, flow, period, unit, replications (in which the measure was observed), mean,
        ci_low, ci_high, and the quantiles over replications p10, p50, p90.
        """
        return self.frames["kpis"].copy()

    @property
    def published(self) -> pd.DataFrame:
        """Published figures against the model, see `published.verdicts`; those whose days the horizon covers whole."""
        return self.frames["published"].copy()

    def write_files(self, temporary: Path, folder: Path) -> None:
        """See `Answer.write_files`; the ledger and the replications are Parquet."""
        frames = stored_frames(self.sample, self.tables)
        for name, frame in frames.items():
            with new_file(temporary / name) as file:
                write_parquet(frame, file)
        write_scenario(self, temporary)
        write_frames(self, temporary, content_digests(frames))

    @property
    def first_rows(self) -> pd.DataFrame:
        """The measures that answer first."""
        answers = [rows_at(self.kpis, *address) for address in headline_addresses(self.scenario)]
        return pd.concat(answers).drop(columns=["scenario", *OUTLOOK])

    @checked
    def kpi(
        self, kpi: str, *, place: str | None = None, flow: str | None = None, year: int | str | None = None
    ) -> Estimate:
        """One measure with its interval; two of them are subtracted replication by replication.

        Parameters
        ----------
        kpi
            Its name, such as `border_dwell_h`, or its whole address, such as `border_dwell_h:altynkol:all:2024`.
        place, flow
            Where, and of which flow, corridor or direction; by default what the address says, else all.
        year
            A calendar year of the horizon, or `all` of it; by default what the address says, else the last full one.

        Raises
        ------
        AddressError
            If no run of the scenario has such a measure, or this one did not observe it, or if the address says
            another place, flow or year.
        """
        check_stands(self.scenario, place=place, flow=flow)
        address = self.address(with_words(kpi, place=place, flow=flow, period=None if year is None else str(year)))
        check_observed([address], [self.sample])
        rows = rows_at(self.sample, *address)
        return estimate_of(rows, address, self.name, period_days(self.scenario), self.manifest)

    def address(self, text: str) -> Address:
        """The address that a text means: that of a measure of one's own is its name.

        Raises
        ------
        AddressError
            If no run of the scenario has such a measure.
        """
        name, *rest = text.split(":")
        if {*rest} <= {ALL} and name in [*self.kpis["kpi"][self.kpis["unit"] == OWN]]:
            return Address(name, ALL, ALL, ALL)
        return known_address(text, self.scenario)

    @checked
    def kpis_at(
        self,
        kpi: str | None = None,
        *,
        place: str | None = None,
        flow: str | None = None,
        year: int | str | None = None,
    ) -> pd.DataFrame:
        """The rows of `kpis` of a measure, a place, a flow or a year, or of some of these; each number once.

        Where a border has one flow, its measures stand in `kpis` under the name of the flow, of its corridor, of its
        direction and of `all`: here the last of these is left, as is the place of a sum over one. Quantiles over
        replications are in `kpis` alone.

        Raises
        ------
        AddressError
            If the scenario has no such word, or no row has them all.
        """
        rows = rows_asked(self.kpis, self.scenario, kpi, place, flow, year)
        return rows.drop(columns=["scenario", *OUTLOOK]).reset_index(drop=True)

    @checked
    def ledger(self, table: str, replication: int = 0) -> pd.DataFrame:
        """A table of a replication with the moment, in UTC, beside each hour: `arrived` beside `arrived_h`.

        Only those of replication 0 are kept: any other is run again, which takes as long as it did. Measures count
        trains by delivery: `transit_days` is of those that `left` in the horizon, not of those offered in it.

        Raises
        ------
        ArgumentError
            If there is no such table, or no such replication.
        """
        if table not in TABLES:
            raise ArgumentError(f"{shown(table)} is no table of the ledger: {', '.join(TABLES)}")
        number = self.manifest["replications"]
        if not 0 <= replication < number:
            raise ArgumentError(f"there is no replication {replication}: they are 0 to {number - 1}")
        tables = play(self.scenario, self.manifest["seed"], replication) if replication else self.tables
        return with_moments(getattr(tables, table), self.scenario)


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
    tables = [replication.tables for replication in replications if replication.tables is not None]
    if len(tables) != 1:
        raise ValueError("results need replication 0, with its tables, once")
    long = pd.concat(
        [replication.kpis.assign(replication=replication.index) for replication in replications], ignore_index=True
    )
    long = long[["replication", *KEYS, "value"]]
    about: dict[str, Any] = {"name": name, "scenario": scenario, "resolved": resolved, "facts": facts}
    figures_beside = verdicts(scenario, [replication.published for replication in replications], level)
    return Results(
        **about,
        manifest=basis("run", about, seed=seed, level=level, **sample_note(replications), wall_s=round(wall_s, 1)),
        frames={"kpis": summary(name, long, level), "published": figures_beside},
        sample=long,
        tables=tables[0],
    )


def renamed(results: Results, name: str) -> Results:
    """Results of a scenario that goes by another name, so that they can stand beside others of theirs."""
    if results.name == name:
        return results
    frames = {**results.frames, "kpis": results.kpis.assign(scenario=name)}
    return replace(results, name=name, manifest=results.manifest | {"scenario": name}, frames=frames)


def summary(name: str, replications: pd.DataFrame, level: float) -> pd.DataFrame:
    """Means and intervals over replications, in the order in which measures, places, flows and periods are known."""
    values = by_replication(replications)
    kpis = values.index.to_frame(index=False)
    most, least = np.where(kpis["unit"] == "share", 1.0, np.inf), np.where(kpis["unit"] == OWN, -np.inf, 0.0)
    estimates = measure_intervals(values.to_numpy(float), level, most, least)
    quantiles = row_quantiles(values.to_numpy(float), [*OUTLOOK.values()])
    kpis.insert(0, "scenario", name)
    kpis["replications"] = estimates.n
    kpis["mean"], kpis["ci_low"], kpis["ci_high"] = estimates.mean, estimates.low, estimates.high
    return kpis.assign(**dict(zip(OUTLOOK, quantiles, strict=True)))


def write(results: Results, folder: Path) -> None:
    """Write results to a folder, see `Answer.save`."""
    results.save(folder)


def write_parquet(frame: pd.DataFrame, file: BinaryIO) -> None:
    """Write a frame as Parquet; floats by byte streams, which pack better, all else by dictionary."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    others = [name for name in table.schema.names if name not in floats]
    pq.write_table(table, file, compression="zstd", use_dictionary=others, use_byte_stream_split=floats)


def load_run(folder: str | Path) -> Results:
    """Read a result folder back; only the numbers of `published` are rounded, to six digits, as written.

    Raises
    ------
    ResultsError
        If it is no result folder, or a damaged one, or one of another format.
    """
    folder = Path(folder)
    manifest = read_manifest(folder, ("run",))
    try:
        shapes = manifest["tables"]
        reading = read_scenario(folder, manifest)
        replications = read_parquet(folder / "replications.parquet", REPLICATIONS)
        check_measures(replications, manifest["replications"], reading.scenario)
        # the measures are reckoned anew from all replications, so that no digit is lost
        kpis = summary(manifest["scenario"], replications, manifest["level"])
        check_close(read_frame(folder / "kpis.csv", shapes["kpis"]), kpis, "kpis.csv")
        published = read_published(folder / "published.csv", reading.scenario)
        check_published(published, kpis, reading.scenario)
        tables = read_tables(folder, reading.scenario)
        check_digests(folder, manifest, content_digests(stored_frames(replications, tables)))
        del manifest["tables"], manifest["sha256"]
        return Results(
            name=manifest["scenario"],
            scenario=reading.scenario,
            resolved=reading.resolved,
            manifest=manifest,
            frames={"kpis": kpis, "published": published},
            facts=facts_in(folder, reading.resolved, manifest.get("facts")),
            folder=folder,
            sample=replications,
            tables=tables,
        )
    except (OSError, ValueError, KeyError, TypeError, CorridorError) as error:
        raise ResultsError(f"{folder}: is damaged; run the scenario again: {error}") from error


def results_of(results: Answer | str | Path) -> Results:
    """Results, from what a caller has of them: what a run returned, or the folder in which it lies.

    Raises
    ------
    ResultsError
        If no results of a run lie in the folder.
    ArgumentError
        If they are neither.
    """
    if isinstance(results, Results):
        return results
    if not isinstance(results, str | Path):
        raise ArgumentError(f"results are what run returns, or a folder that holds them (got {quoted(results)})")
    return load_run(results)


Several = Iterable[Results | str | Path] | Results | str | Path
"""Results of several runs as a caller has them: those of one may stand by themselves, or the folder of each."""


def several_results(several: Several) -> list[Results]:
    """Results of several runs, each as `results_of` has it; those of one may stand by themselves.

    Raises
    ------
    ResultsError, ArgumentError
        As `results_of` does.
    """
    if isinstance(several, Results | str | Path | pd.DataFrame) or not isinstance(several, Iterable):
        return [results_of(several)]
    return [results_of(results) for results in several]


def labels(results: Sequence[Results]) -> list[str]:
    """One label for each scenario: its title, or its name where titles repeat, with a number where names do, too."""
    titles = [result.scenario.title for result in results]
    return titles if len(set(titles)) == len(titles) else numbered([result.name for result in results])
