"""What the columns of the tables of a run hold, and tables read back, each seen to hold that.

Whoever reads a table from a folder or a study asks here, once; all else may take its columns and their types as given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd

from sim.measure.catalogue import unit_of
from sim.measure.own_measures import DURATIONS, OWN, is_own_name
from sim.measure.run_view import KEYS
from sim.measure.vocabulary import kpis_of
from sim.model import ledger
from sim.model.ledger import Activity, Cause, Channel
from sim.scenario.files import LARGE_TABLE_MB, MEGABYTE, Unreadable, opened_file
from sim.scenario.markets import CORRIDOR
from sim.scenario.meaning import members, periods
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS

if TYPE_CHECKING:
    import pyarrow as pa

WORDS = "words"
KINDS = {"i": "whole numbers", "u": "whole numbers", "f": "numbers", "b": "yes or no"}
"""What cells are, by numpy's letter for their type; all else is `WORDS`, or nothing that a table of ours has."""

WORD_COLUMNS = frozenset(
    ("place", "flow", "regime", "vessel", "pool", "activity", "cause", "channel", "direction", "way")
)
"""Columns of the ledger that have numbers for words while a run lasts, and words afterwards."""

MOST_CELLS = 200_000_000
"""Of a table that is read: a small file can unpack to any number; a hundred years of all corridors are fewer."""

ROUNDING = 1e-9
AHEAD_H = 1e6
"""Before its clock begins, and after it ends, for papers."""


Kinds = Mapping[str, str]
"""What the cells of each column are."""


def ledger_kinds(rows: np.dtype) -> Kinds:
    """What the columns of a table of the ledger hold, once it is a frame."""
    return {name: WORDS if name in WORD_COLUMNS else KINDS[rows[name].kind] for name in rows.names or ()}


KPIS: Kinds = {**dict.fromkeys(KEYS, WORDS), "value": "numbers"}
REPLICATIONS: Kinds = {"replication": "whole numbers", **KPIS}
TABLES: Mapping[str, Kinds] = {
    "trains": ledger_kinds(ledger.TRAINS),
    "stages": ledger_kinds(ledger.STAGES),
    "declarations": ledger_kinds(ledger.DECLARATIONS),
    "voyages": ledger_kinds(ledger.VOYAGES),
    "wagon_sets": ledger_kinds(ledger.WAGON_SETS),
    "capacity": ledger_kinds(ledger.CAPACITY),
    "stays": ledger_kinds(ledger.STAYS),
    "choices": ledger_kinds(ledger.CHOICES),
    "losses": ledger_kinds(ledger.LOSSES),
}
PARTS: Mapping[str, Kinds] = {
    "kpis": KPIS,
    "published": {"name": WORDS, "value": "numbers"},
    "days": {"dwell_h": "numbers", "arrivals": "numbers", "under_way": "numbers"},
    **TABLES,
}
"""The frames that a study keeps of a replication."""


def vocabulary(scenario: Scenario) -> dict[str, Collection[str]]:
    """The words that may stand in the columns of the ledger of a run; those of vessels are the run's own."""
    return {
        "place": {*scenario.places, *scenario.wagon_pools},
        "flow": scenario.flows.keys(),
        "regime": scenario.regimes.keys(),
        "pool": scenario.wagon_pools.keys(),
        "way": scenario.ways,
        "activity": {activity.name.lower() for activity in Activity},
        "cause": {cause.name.lower() for cause in Cause},
        "channel": {channel.name.lower() for channel in Channel},
        "direction": DIRECTIONS,
    }


def with_columns(frame: pd.DataFrame, kinds: Kinds, title: str) -> pd.DataFrame:
    """A table with the columns it must have, in their order, and no others.

    Raises
    ------
    ValueError
        If it lacks one, or one holds something else.
    """
    for name, kind in kinds.items():
        if name not in frame:
            raise ValueError(f"{title} has no column '{name}'")
        if not is_of_kind(frame[name], kind):
            raise ValueError(f"{title}: the column '{name}' does not hold {kind}, in every row")
    return frame[list(kinds)]


def is_of_kind(column: pd.Series[Any], kind: str) -> bool:
    """Whether all cells of a column are what they must be; numbers may be missing, words may not."""
    if not len(column) and column.dtype == object:
        return True  # without rows a frame does not know the type of its columns
    if kind != WORDS:
        is_kind = isinstance(column.dtype, np.dtype) and KINDS.get(column.dtype.kind) == kind
        return is_kind and not (column.dtype.kind == "f" and np.isinf(column).any())
    words = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    return all(isinstance(word, str) for word in words) and not column.isna().any()


def check_ledger(tables: Mapping[str, pd.DataFrame], scenario: Scenario) -> None:
    """Make sure that the tables of a run speak of the same trains, within its clock, in the order of its hours.

    Raises
    ------
    ValueError
        If one does not.
    """
    words = vocabulary(scenario)
    numbers = tables["trains"]["train"].to_numpy()
    # Of a market some numbers belong to trains that could have come and did not: they are in no row.
    choices = tables["choices"][tables["choices"]["way"] == CORRIDOR]
    absent = int((choices["potential"] - choices["trains"]).sum())
    if (np.diff(numbers) < 1).any() or not 0 <= numbers.max(initial=-1) + 1 - len(numbers) <= absent:
        raise ValueError("trains.parquet does not count its trains from 0")
    for name, table in tables.items():
        title = f"{name}.parquet"
        check_words(table, words, title)
        known_numbers = (
            np.append(numbers, -1) if name == "wagon_sets" else numbers
        )  # a set that runs home empty has no train
        if "train" in table and not table["train"].isin(known_numbers).all():
            raise ValueError(f"{title} has a train that trains.parquet does not have")
        moments = [column for column in TABLES[name] if column.endswith("_h") and column not in DURATIONS]
        check_hours(table[moments], scenario, title)
        amounts = [column for column, kind in TABLES[name].items() if kind == "numbers" and column not in moments]
        amounts = [column for column in amounts if column != "usd"]  # a subsidy may be more than the price
        strange = [column for column in amounts if not (table[column] >= 0).all()]
        if strange:
            raise ValueError(f"{title}: the column '{strange[0]}' has no number of 0 or more, in every row")


def check_hours(table: pd.DataFrame, scenario: Scenario, title: str) -> None:
    """Make sure that hours lie within the clock of a run and go on, column by column; those never reached are NaN.

    Raises
    ------
    ValueError
        If not.
    """
    hours, calendar = table.to_numpy(float), scenario.calendar
    # papers are lodged before or after the train arrives, and desks say ahead when they will be done
    is_of_papers = "lodged_h" in table
    margin_h = AHEAD_H if is_of_papers else 0.0
    if (hours < calendar.opening_h - margin_h).any() or (hours > calendar.closing_h + margin_h).any():
        raise ValueError(f"{title} has an hour at which the run had not begun, or had ended")
    if not is_of_papers and (np.diff(hours) < 0).any():
        raise ValueError(f"{title} has a row whose hours go back")


def check_measures(replications: pd.DataFrame, number: int, scenario: Scenario) -> None:
    """Make sure that measures are of so many replications of a scenario, in the units of the catalogue, and finite.

    Raises
    ------
    ValueError
        If they are not.
    """
    title = "replications.parquet"
    indices = np.unique(replications["replication"])
    if len(indices) != number or indices[0] != 0 or indices[-1] != number - 1:
        raise ValueError(f"{title} does not hold {number} replications")
    check_keys(replications, {*kpis_of(scenario)}, scenario, title)
    if replications.duplicated(["replication", *KEYS]).any():
        raise ValueError(f"{title} has a measure twice")
    if (replications["value"][replications["unit"] == "share"].abs() > 1 + ROUNDING).any():
        raise ValueError(f"{title} has a share above 1")


def check_keys(table: pd.DataFrame, kpis: Collection[str], scenario: Scenario, title: str) -> None:
    """Make sure that the columns that name measures name those there are, each in the unit of the catalogue.

    Raises
    ------
    ValueError
        If one does not.
    """
    places, flows = {*scenario.places, *scenario.wagon_pools, ALL}, members(scenario).keys()
    own = {str(kpi) for kpi in table["kpi"][table["unit"] == OWN].unique()}
    if not all(is_own_name(kpi) for kpi in own):
        raise ValueError(f"{title} has a measure of one's own under a name that it cannot have")
    check_words(table, {"kpi": {*kpis, *own}, "place": places, "flow": flows, "period": periods(scenario)}, title)
    pairs = table[["kpi", "unit"]].drop_duplicates().itertuples(index=False)
    if not all(unit == (OWN if kpi in own else unit_of(str(kpi))) for kpi, unit in pairs):
        raise ValueError(f"{title} has a measure in another unit than the catalogue")


def check_close(table: pd.DataFrame, again: pd.DataFrame, title: str) -> None:
    """Make sure that a table, as rounded to six digits in a file, is what comes out when it is reckoned again.

    Raises
    ------
    ValueError
        If it is not.
    """
    is_same = list(table) == list(again) and len(table) == len(again)
    for name in again if is_same else ():
        if again[name].dtype.kind in "if":
            is_same &= np.allclose(table[name].astype(float), again[name], rtol=1e-5, atol=ROUNDING, equal_nan=True)
        else:
            is_same &= table[name].tolist() == again[name].tolist()
    if not is_same:
        raise ValueError(f"{title} is not what the replications come to")


def check_words(frame: pd.DataFrame, words: Mapping[str, Collection[str]], title: str) -> None:
    """Make sure that columns name only what there is.

    Raises
    ------
    ValueError
        If one does not.
    """
    for name in words.keys() & set(frame):
        strange = sorted(set(frame[name].unique()) - set(words[name]))
        if strange:
            raise ValueError(f"{title}: the column '{name}' has a word that the scenario does not know")


def stored_frames(replications: pd.DataFrame, tables: ledger.Tables) -> dict[str, pd.DataFrame]:
    """The tables of a run that lie as Parquet, by file."""
    frames = {"replications": replications, **{name: getattr(tables, name) for name in TABLES}}
    return {f"{name}.parquet": frame for name, frame in frames.items()}


def content_digests(frames: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """SHA-256 of the cells of tables, by file: those of files would hang on the version of the library that writes."""
    digests = {}
    for title, frame in frames.items():
        digest = hashlib.sha256()
        for name in frame:
            column = frame[name]
            if column.dtype.kind in KINDS:
                cells, words = column.to_numpy("<f8"), ""
            else:
                codes, uniques = pd.factorize(column)
                cells, words = codes.astype("<f8"), "\0".join(map(str, uniques))
            digest.update(f"{name}\0{words}\0".encode() + cells.tobytes())
        digests[title] = digest.hexdigest()
    return digests


def read_tables(folder: Path, scenario: Scenario) -> ledger.Tables:
    """The tables of replication 0 in a folder.

    Raises
    ------
    ValueError
        If one cannot be read, has other columns, or is none of a run of the scenario.
    """
    frames = {name: read_parquet(folder / f"{name}.parquet", kinds) for name, kinds in TABLES.items()}
    check_ledger(frames, scenario)
    return ledger.Tables(**frames)


def read_parquet(path: Path, kinds: Kinds) -> pd.DataFrame:
    """A table of a folder, with its columns as they must be.

    Raises
    ------
    ValueError
        If it cannot be read, or holds something else.
    """
    try:
        with opened_file(path, LARGE_TABLE_MB) as file:
            return with_columns(arrow_table(file, path.name, kinds).to_pandas(), kinds, path.name)
    except Unreadable as error:
        raise ValueError(f"{path.name} {error}") from None


def arrow_table(file: BinaryIO, title: str, kinds: Kinds) -> pa.Table:
    """The columns needed of a Parquet file, without what it says of frames: a stranger may have said anything.

    Raises
    ------
    ValueError
        If it is no Parquet file, lacks a column, or has more cells than can be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(file).names
        missing = [name for name in kinds if names.count(name) != 1]
        if missing:
            raise ValueError(f"{title} has no column '{missing[0]}'")
        file.seek(0)
        # As a dictionary a word stands in memory once, however often a stranger's file has it.
        parquet = pq.ParquetFile(file, read_dictionary=[name for name, kind in kinds.items() if kind == WORDS])
        if parquet.metadata.num_rows * len(kinds) > MOST_CELLS:
            raise ValueError(f"{title} has more than {MOST_CELLS:,} cells")
        groups = (parquet.metadata.row_group(number) for number in range(parquet.num_row_groups))
        if sum(group.total_byte_size for group in groups) > LARGE_TABLE_MB * MEGABYTE:
            raise ValueError(f"{title} unpacks to more than {LARGE_TABLE_MB:,} MB")
        table = parquet.read(columns=list(kinds), use_threads=False)
    except (pa.ArrowException, OSError, OverflowError) as error:
        raise ValueError(f"{title} is no table in Parquet: {error}") from error
    return table.replace_schema_metadata(None)
