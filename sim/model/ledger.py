"""What a run leaves behind: rows appended while the clock runs, and read again as tidy frames, whole or in blocks.

docs/ledger.md has its tables: trains, stages, declarations, voyages, stays, wagon sets, capacity, choices and losses.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.model.rows import Columns, Rows, rows_a_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    Blocks = Iterator[Columns] | Iterator[pd.DataFrame]
    """A table, some rows at a time: codes as they are written, by `code_words` of the scenario, or words."""


class Activity(IntEnum):
    """What a train does in a spell; `berthing` is done by vessels only, and has a capacity and no spells."""

    RECEIVING = 0
    KEYING = 1
    CHECKING = 2
    RELEASE = 3
    INSPECTION = 4
    PLACING = 5
    GAUGE_CHANGE = 6
    FORMING = 7
    HANDOVER = 8
    RUNNING = 9
    PORT_TRACK = 10
    LOADING = 11
    SAILING = 12
    LANDING = 13
    TERMINAL = 14
    HOLDING = 15
    STANDING = 16
    BERTHING = 17
    SHUNTING = 18
    DEPARTURE = 19
    ABANDONMENT = 20


class Cause(IntEnum):
    """What a train waits for before a spell's activity starts."""

    RECEIVING_TRACK = 0
    DECLARANTS = 1
    OFFICERS = 2
    PAPERS = 3
    INSPECTORS = 4
    WAGON_SET = 5
    CRANES = 6
    CREWS = 7
    HANDOVER = 8
    PATH = 9
    PORT_TRACK = 10
    VESSEL = 11
    WEATHER = 12
    BERTH = 13
    TERMINAL_TRACK = 14
    BAN = 15
    LINE = 16
    YARD = 17
    ENGINES = 18
    LOCOMOTIVES = 19


class Channel(IntEnum):
    """Risk channel of a train at a border."""

    GREEN = 0
    YELLOW = 1
    RED = 2


STAGES = np.dtype(
    [
        ("train", "i4"),
        ("place", "i2"),
        ("activity", "i1"),
        ("cause", "i1"),
        ("queued_h", "f8"),
        ("started_h", "f8"),
        ("ended_h", "f8"),
        ("beside", "?"),
    ]
)
TRAINS = np.dtype(
    [
        ("train", "i4"),
        ("flow", "i2"),
        ("offered_h", "f8"),
        ("entered_h", "f8"),
        ("left_h", "f8"),
        ("net_t", "f8"),
        ("teu", "f8"),
        ("wagons", "f8"),
    ]
)
DECLARATIONS = np.dtype(
    [
        ("train", "i4"),
        ("place", "i2"),
        ("regime", "i2"),
        ("channel", "i1"),
        ("declarations", "i4"),
        ("lodged_h", "f8"),
        ("arrived_h", "f8"),
        ("released_h", "f8"),
        ("rounds", "i2"),
    ]
)
VOYAGES = np.dtype(
    [
        ("place", "i2"),
        ("vessel", "i2"),
        ("direction", "i1"),
        ("berthed_h", "f8"),
        ("loaded_h", "f8"),
        ("sailed_h", "f8"),
        ("arrived_h", "f8"),
        ("load", "f8"),
        ("capacity", "f8"),
        ("worked_h", "f8"),
    ]
)
STAYS = np.dtype(
    [
        ("place", "i2"),
        ("activity", "i1"),
        ("train", "i4"),
        ("units", "f8"),
        ("taken_h", "f8"),
        ("released_h", "f8"),
    ]
)
WAGON_SETS = np.dtype([("pool", "i2"), ("train", "i4"), ("taken_h", "f8"), ("released_h", "f8"), ("home_h", "f8")])
CHOICES = np.dtype(
    [
        ("flow", "i2"),
        ("way", "i2"),
        ("from_h", "f8"),
        ("share", "f8"),
        ("usd", "f8"),
        ("days", "f8"),
        ("spread_days", "f8"),
        ("potential", "i4"),
        ("trains", "i4"),
    ]
)
LOSSES = np.dtype([("train", "i4"), ("flow", "i2"), ("lost_h", "f8")])
CAPACITY = np.dtype([("place", "i2"), ("activity", "i1"), ("from_h", "f8"), ("until_h", "f8"), ("capacity", "f8")])


@dataclass(frozen=True)
class Names:
    """What the small numbers in the rows stand for."""

    places: list[str]
    flows: list[str]
    regimes: list[str]
    vessels: list[str]
    pools: list[str]
    ways: list[str]


class RunTables(Protocol):
    """The tables of a run, see the module, to be read in blocks of rows."""

    def blocks(self, name: str) -> Blocks:
        """One table, block by block, at least one; together they have every row once, in no order that counts."""


@dataclass(frozen=True, repr=False)
class Tables:
    """The frames of one run; see the module for their columns."""

    trains: pd.DataFrame
    stages: pd.DataFrame
    declarations: pd.DataFrame
    voyages: pd.DataFrame
    wagon_sets: pd.DataFrame
    capacity: pd.DataFrame
    stays: pd.DataFrame
    choices: pd.DataFrame
    losses: pd.DataFrame

    def __repr__(self) -> str:
        # In full the frames are seventy lines of a notebook.
        sizes = (f"{table.name} {len(getattr(self, table.name)):,} rows" for table in fields(self))
        return f"<Tables: {', '.join(sizes)}>"

    def blocks(self, name: str) -> Blocks:
        """One table, block by block, see `RunTables`."""
        table: pd.DataFrame = getattr(self, name)
        for first in range(0, max(len(table), 1), rows_a_block()):
            yield table.iloc[first : first + rows_a_block()]


class Ledger:
    """The rows of one run. Writing to it never changes what happens."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.trains = Rows(TRAINS)
        self.stages = Rows(STAGES)
        self.declarations = Rows(DECLARATIONS)
        self.voyages = Rows(VOYAGES)
        self.wagon_sets = Rows(WAGON_SETS)
        self.capacity = Rows(CAPACITY)
        self.stays = Rows(STAYS)
        self.choices = Rows(CHOICES)
        self.losses = Rows(LOSSES)

    @property
    def tables(self) -> dict[str, Rows]:
        """The rows of each table by its name."""
        return {table.name: getattr(self, table.name) for table in fields(Tables)}

    @property
    def has_spilled(self) -> bool:
        """Whether some rows lie in a file."""
        return any(rows.spilled is not None for rows in self.tables.values())

    @property
    def words(self) -> dict[str, list[str]]:
        """What the codes in a column stand for, by the name of the column."""
        return {
            "place": self.names.places,
            "flow": self.names.flows,
            "regime": self.names.regimes,
            "vessel": self.names.vessels,
            "pool": self.names.pools,
            "way": self.names.ways,
            "activity": [activity.name.lower() for activity in Activity],
            "cause": [cause.name.lower() for cause in Cause],
            "channel": [channel.name.lower() for channel in Channel],
            "direction": ["westbound", "eastbound"],
        }

    def blocks(self, name: str, closing_h: float) -> Iterator[Columns]:
        """One table, block by block, its codes as they are; times from `closing_h` on as NaN."""
        return (before_closing(block, closing_h) for block in self.tables[name].blocks())

    def frames(self, closing_h: float) -> Tables:
        """All tables whole, sorted by train; codes as categories, times from `closing_h` on as NaN."""
        return Tables(
            **{name: frame_of(sorted_whole(rows), self.words, closing_h) for name, rows in self.tables.items()}
        )


def sorted_whole(rows: Rows) -> Columns:
    """All rows of a table, by train; those of a train, and of a table without trains, in the order of writing."""
    if "train" not in rows.names:
        return {name: rows.column(name) for name in rows.names}
    order = np.argsort(rows.column("train"), kind="stable")
    return {name: rows.column(name)[order] for name in rows.names}


def frame_of(columns: Columns, words: dict[str, list[str]], closing_h: float) -> pd.DataFrame:
    """Columns as a frame."""
    import pandas as pd

    values_by_column: dict[str, Any] = before_closing(columns, closing_h)
    for name in columns.keys() & words.keys():
        codes = columns[name].astype(np.int16)
        values_by_column[name] = pd.Categorical.from_codes(codes, dtype=category_type(tuple(words[name])))
    return pd.DataFrame(values_by_column)


@lru_cache(maxsize=256)
def category_type(words: tuple[str, ...]) -> pd.CategoricalDtype:
    """The type of a column of these words: many runs have the same, and to make it costs more than the column."""
    import pandas as pd

    return pd.CategoricalDtype(pd.Index(words))


def before_closing(columns: Columns, closing_h: float) -> Columns:
    """Columns in which what falls on the very end has not happened; only the capacity in force lasts until then.

    They are changed where they are: whoever asks has them for itself.
    """
    for name, values in columns.items():
        if name.endswith("_h") and name != "until_h":
            values[~(values < closing_h)] = np.nan
    return columns
