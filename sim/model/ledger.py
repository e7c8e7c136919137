"""What a run leaves behind: rows appended while the clock runs, tidy frames once at the end.

All times are hours since the start of the horizon; a time after the end of the run is NaN.

trains
    One row a train, in the order of offer: train, flow, offered_h, entered_h (NaN while a ban holds it), left_h (NaN
    while inside), net_t, teu, wagons.
stages
    One row a spell of a train: train, place, activity, cause, queued_h, started_h, ended_h, beside. From `queued_h` to
    `started_h` it waited for `cause`; from `started_h` to `ended_h` the activity went on. The rows of a train that are
    not `beside` tile its journey: each is queued when the one before ended. A row `beside` runs next to them.
declarations
    One row a train cleared at a border: train, place, regime, channel, declarations, lodged_h, arrived_h, released_h,
    rounds (how often a declaration of the train was handled, at most).
voyages
    One row a departure of a vessel: place, vessel, direction, berthed_h, loaded_h, sailed_h, arrived_h, load, capacity
    (in the unit the crossing carries), worked_h (how long cranes worked it in the call that the departure ends).
stays
    One row a stay in a finite place: place, activity (receiving: a receiving track of a border; running: a place on a
    section; loading: room in a yard for cargo that waits for vessels; landing: room for cargo ashore from them), train,
    units (trains, or cargo in the unit the crossing carries), taken_h, released_h. A lot that several vessels take has
    a row for each part.
wagon_sets
    One row a trip of a wagon set: pool, train, taken_h, released_h, home_h.
capacity
    One row a stretch of constant capacity: place, activity, from_h, until_h, capacity.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

ROWS_A_CHUNK = 4096


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


CUSTOMS = (Activity.KEYING, Activity.CHECKING, Activity.RELEASE, Activity.INSPECTION)
"""The activities whose waits and works are customs formalities."""


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
CAPACITY = np.dtype([("place", "i2"), ("activity", "i1"), ("from_h", "f8"), ("until_h", "f8"), ("capacity", "f8")])


class Rows:
    """Rows of one table, kept as tuples until a chunk is full and as packed records from then on."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.full: list[np.ndarray[Any, Any]] = []
        self.open: list[tuple[Any, ...]] = []

    def append(self, row: tuple[Any, ...]) -> None:
        """Add one row, its values in the order of the columns."""
        self.open.append(row)
        if len(self.open) == ROWS_A_CHUNK:
            self.pack()

    def pack(self) -> None:
        """Turn the open tuples into packed records."""
        self.full.append(np.array(self.open, self.dtype))
        self.open = []

    def records(self) -> np.ndarray[Any, Any]:
        """All rows so far as one structured array."""
        self.pack()
        self.full = [np.concatenate(self.full)]
        return self.full[0]


@dataclass(frozen=True)
class Names:
    """What the small numbers in the rows stand for."""

    places: list[str]
    flows: list[str]
    regimes: list[str]
    vessels: list[str]
    pools: list[str]


@dataclass(frozen=True)
class Tables:
    """The frames of one run; see the module for their columns."""

    trains: pd.DataFrame
    stages: pd.DataFrame
    declarations: pd.DataFrame
    voyages: pd.DataFrame
    wagon_sets: pd.DataFrame
    capacity: pd.DataFrame
    stays: pd.DataFrame


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

    def frames(self, closing_h: float) -> Tables:
        """All tables as frames, codes as categories, times after `closing_h` as NaN."""
        words = {
            "place": self.names.places,
            "flow": self.names.flows,
            "regime": self.names.regimes,
            "vessel": self.names.vessels,
            "pool": self.names.pools,
            "activity": [activity.name.lower() for activity in Activity],
            "cause": [cause.name.lower() for cause in Cause],
            "channel": [channel.name.lower() for channel in Channel],
            "direction": ["westbound", "eastbound"],
        }
        return Tables(
            *(
                frame(rows, words, closing_h)
                for rows in (
                    self.trains,
                    self.stages,
                    self.declarations,
                    self.voyages,
                    self.wagon_sets,
                    self.capacity,
                    self.stays,
                )
            )
        )


def frame(rows: Rows, words: dict[str, list[str]], closing_h: float) -> pd.DataFrame:
    """One table as a frame."""
    import pandas as pd

    records = rows.records()
    if "train" in (rows.dtype.names or ()):
        records = records[np.argsort(records["train"], kind="stable")]
    columns: dict[str, Any] = {}
    for name in rows.dtype.names or ():
        values = records[name]
        if name in words:
            columns[name] = pd.Categorical.from_codes(values.astype(np.int16), pd.Index(words[name]))
        elif name.endswith("_h"):
            columns[name] = np.where(values <= closing_h, values, np.nan)
        else:
            columns[name] = np.ascontiguousarray(values)
    return pd.DataFrame(columns)
