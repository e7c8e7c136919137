"""What the columns of the tables of a run hold, and tables read back, each seen to hold that.

Whoever reads a table from a folder or a study asks here, once; all else may take its columns and their types as given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd

from sim.measure.run_view import KEYS
from sim.model import ledger
from sim.model.ledger import Activity, Cause, Channel
from sim.scenario.files import LARGE_TABLE_MB, Unreadable, opened_file
from sim.scenario.schema import Scenario
from sim.scenario.values import DIRECTIONS

if TYPE_CHECKING:
    import pyarrow as pa

WORDS = "words"
KINDS = {"i": "whole numbers", "u": "whole numbers", "f": "numbers", "b": "yes or no"}
"""What cells are, by numpy's letter for their type; all else is `WORDS`, or nothing that a table of ours has."""

WORD_COLUMNS = frozenset(("place", "flow", "regime", "vessel", "pool", "activity", "cause", "channel", "direction"))
"""Columns of the ledger that have numbers for words while a run lasts, and words afterwards."""

MOST_CELLS = 500_000_000
"""Of a table that is read: a small file can unpack to any number, and ten thousand years of trains are fewer."""

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
        return isinstance(column.dtype, np.dtype) and KINDS.get(column.dtype.kind) == kind
    words = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    return all(isinstance(word, str) for word in words) and not column.isna().any()


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
        parquet = pq.ParquetFile(file)
        names = parquet.schema_arrow.names
        missing = [name for name in kinds if names.count(name) != 1]
        if missing:
            raise ValueError(f"{title} has no column '{missing[0]}'")
        if parquet.metadata.num_rows * len(kinds) > MOST_CELLS:
            raise ValueError(f"{title} has more than {MOST_CELLS:,} cells")
        table = parquet.read(columns=list(kinds), use_threads=False)
    except (pa.ArrowException, OSError, OverflowError) as error:
        raise ValueError(f"{title} is no table in Parquet: {error}") from error
    return table.replace_schema_metadata(None)
