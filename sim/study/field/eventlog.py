"""The ledger as events: what happened to which train, vessel, wagon set and set of declarations, and when.

The words are those of process mining: a spell of a train is scheduled when it begins to wait, started when the activity
starts, and complete when it ends (the lifecycle of IEEE 1849-2016). A spell that never waits has no `schedule`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.counting import IntArray
from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.scenario.calendar import Calendar

TRANSITIONS = ("schedule", "start", "complete")
"""What may happen to a spell, in order."""

MS_PER_HOUR = 3_600_000


@dataclass(frozen=True)
class Happenings:
    """Events of one kind of row, one entry an event.

    Attributes
    ----------
    row
        Position in the table the events were read from.
    transition
        Position in `TRANSITIONS`, or in the steps of a voyage, a trip or a clearance.
    hour
        Hour on the clock of the scenario.
    """

    row: IntArray
    transition: IntArray
    hour: FloatArray


def chosen_trains(results: Results, from_h: float, until_h: float) -> pd.DataFrame:
    """The trains of replication 0 that were offered in [from, until), in the order of their numbers."""
    trains = results.tables.trains
    offered_h = trains["offered_h"].to_numpy()
    return trains[(offered_h >= from_h) & (offered_h < until_h)].sort_values("train", ignore_index=True)


def of_trains(table: pd.DataFrame, trains: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that belong to some trains."""
    return table[np.isin(table["train"].to_numpy(), trains["train"].to_numpy())].reset_index(drop=True)


def spell_events(stages: pd.DataFrame) -> Happenings:
    """What happened to spells: by train, then by hour, then in the order of the ledger."""
    hours = stages[["queued_h", "started_h", "ended_h"]].to_numpy(float)
    has_happened = np.isfinite(hours)
    has_happened[:, 0] &= ~(hours[:, 1] <= hours[:, 0])
    unordered = events(hours, has_happened)
    order = np.lexsort((unordered.transition, unordered.row, unordered.hour, stages["train"].to_numpy()[unordered.row]))
    return Happenings(unordered.row[order], unordered.transition[order], unordered.hour[order])


def step_events(table: pd.DataFrame, steps: tuple[str, ...]) -> Happenings:
    """The moments in the columns `steps` of a table, those that came before the end of the run."""
    hours = table[list(steps)].to_numpy(float)
    return events(hours, np.isfinite(hours))


def events(hours: FloatArray, has_happened: npt.NDArray[np.bool_]) -> Happenings:
    """The hours (rows × transitions) that happened, row by row."""
    row, transition = np.nonzero(has_happened)
    return Happenings(row, transition, hours[row, transition])


def voyages_of(results: Results, trains: pd.DataFrame, from_h: float, until_h: float) -> tuple[pd.DataFrame, IntArray]:
    """The voyages loaded in [from, until) or that carried a train, and the voyage of each spell of the trains.

    A train sails with the vessel that took the last part of it: that voyage has the place, the direction and the hours
    of the train's spell at sea. The spells are those of `of_trains`; -1 stands for no voyage.
    """
    voyages = results.tables.voyages
    stages = of_trains(results.tables.stages, trains)
    at_sea = np.flatnonzero((stages["activity"] == "sailing").to_numpy())
    flows = results.scenario.flows
    heading = dict(zip(trains["train"], (flows[name].direction for name in trains["flow"]), strict=True))
    rows = stages.loc[at_sea]
    carrying = sailings(rows, [heading[train] for train in rows["train"]], ("queued_h", "started_h", "ended_h"))
    sailing = sailings(voyages, voyages["direction"].astype(str).tolist(), ("loaded_h", "sailed_h", "arrived_h"))
    first = pd.Series(np.arange(len(voyages)), index=sailing)
    first = first[~first.index.duplicated()]
    voyage_of_spell = first.reindex(carrying).fillna(-1).to_numpy(np.int64)
    loaded_h = voyages["loaded_h"].to_numpy()
    is_kept = (loaded_h >= from_h) & (loaded_h < until_h)
    is_kept[voyage_of_spell[voyage_of_spell >= 0]] = True
    new_numbers = np.append(np.where(is_kept, np.cumsum(is_kept) - 1, -1), -1)
    voyage_of = np.full(len(stages), -1, np.int64)
    voyage_of[at_sea] = new_numbers[voyage_of_spell]
    return voyages[is_kept].reset_index(drop=True), voyage_of


def sailings(table: pd.DataFrame, directions: list[str], hours: tuple[str, ...]) -> pd.MultiIndex:
    """Place, direction and hours of sailings; what came after the run is at infinity."""
    moments = [table[name].fillna(np.inf) for name in hours]
    return pd.MultiIndex.from_arrays([table["place"].astype(str), directions, *moments])


def stamps(hours: FloatArray, calendar: Calendar) -> npt.NDArray[np.str_]:
    """UTC moments as text to the millisecond, such as 2024-01-01T06:30:00.000Z."""
    start = np.datetime64(calendar.start, "ms")
    moments = start + np.rint(np.asarray(hours) * MS_PER_HOUR).astype("timedelta64[ms]")
    return np.char.add(np.datetime_as_string(moments, unit="ms"), "Z")


def codes(table: pd.DataFrame, columns: tuple[str, ...]) -> tuple[IntArray, pd.DataFrame]:
    """The distinct combinations of some columns: a code for each row, and the combination of each code."""
    groups = table.groupby(list(columns), observed=True, sort=True)
    return np.asarray(groups.ngroup(), np.int64), groups.size().index.to_frame(index=False)
