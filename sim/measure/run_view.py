"""What a run left behind, made ready for counting; and one measure over windows, places and groups of flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.catalogue import ACTIVITIES, CAUSES, QUANTILES, unit_of
from sim.measure.counting import Code, IntArray, Sets, Windows, quantiles, totals, whole_columns, word_codes
from sim.measure.statistics import FloatArray, divide
from sim.model.ledger import Activity, RunTables
from sim.model.rows import Columns
from sim.scenario.meaning import members
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS

KEYS = ("kpi", "place", "flow", "period", "unit")
"""The columns that name a measure."""

BLOCKS_KEPT = 8
"""Blocks of spells that stay in memory while a run is measured, some 80 MB of them; of a longer run they are read anew
for each measure."""


@dataclass(frozen=True)
class KpiValues:
    """One measure: `values` has the axes windows × places × flows, and NaN where nothing was observed."""

    kpi: str
    places: tuple[str, ...]
    flows: tuple[str, ...]
    values: FloatArray

    @property
    def unit(self) -> str:
        """The unit that the catalogue has."""
        return unit_of(self.kpi)


@dataclass(frozen=True)
class Spells:
    """The table of stages as arrays, one entry a spell; codes are positions in the scenario, `Activity` and `Cause`."""

    train: IntArray
    flow: IntArray
    place: IntArray
    activity: IntArray
    cause: IntArray
    queued_h: FloatArray
    started_h: FloatArray
    ended_h: FloatArray
    beside: npt.NDArray[np.bool_]

    def where(self, mask: npt.NDArray[np.bool_]) -> Spells:
        """The spells for which a mask is true."""
        rows = np.flatnonzero(mask)
        return Spells(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class RunView:
    """A run and the windows it is looked at through; `flow_of` has the flow of each train by its number.

    `kpis` are the names of those asked for; None: all.
    """

    scenario: Scenario
    tables: RunTables
    windows: Windows
    groups: Sets
    flow_of: IntArray
    kpis: frozenset[str] | None = None

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        tables: RunTables,
        windows: Mapping[str, tuple[float, float]],
        kpis: Iterable[str] | None = None,
    ) -> RunView:
        """Number the flows and lay out the windows."""
        no_trains = np.zeros(0, Code)
        names = None if kpis is None else frozenset(kpis)
        view = cls(scenario, tables, Windows.of(windows), groups(scenario), no_trains, names)
        train, flow = whole_columns((trains["train"], trains["flow"].astype(Code)) for trains in view.blocks("trains"))
        flow_of = np.full(int(train.max(initial=-1)) + 1, -1, Code)
        flow_of[train] = flow
        return replace(view, flow_of=flow_of)

    def asks(self, *stems: str) -> bool:
        """Whether a KPI is asked for whose name begins with one of some stems."""
        return self.kpis is None or any(kpi.startswith(stems) for kpi in self.kpis)

    def blocks(self, name: str) -> Iterator[Columns]:
        """One table as arrays, block by block: words as positions in the scenario, in `Activity` and in `Cause`."""
        words: dict[str, Sequence[str]] = {
            "place": (*self.scenario.places, *self.scenario.wagon_pools),
            "flow": tuple(self.scenario.flows),
            "regime": tuple(self.scenario.regimes),
            "pool": tuple(self.scenario.wagon_pools),
            "way": self.scenario.ways,
            "activity": ACTIVITIES,
            "cause": CAUSES,
            "direction": DIRECTIONS,
        }
        for block in self.tables.blocks(name):
            if isinstance(block, dict):
                yield block
            else:
                yield {
                    column: word_codes(block[column], words[column]) if column in words else block[column].to_numpy()
                    for column in map(str, block)
                }

    def spells(self) -> Iterator[Spells]:
        """The spells of trains on their routes, block by block."""
        return (block for block, _ in self.first_blocks or map(self.read, self.blocks("stages")))

    def held_spells(self) -> Iterator[Spells]:
        """The spells of trains that a ban holds before their route; the place it begins at has no part in them."""
        return (block for _, block in self.first_blocks or map(self.read, self.blocks("stages")))

    @cached_property
    def first_blocks(self) -> list[tuple[Spells, Spells]]:
        """All spells, if they are few enough to be read once and stay in memory; else none."""
        first = list(islice(map(self.read, self.blocks("stages")), BLOCKS_KEPT + 1))
        return first if len(first) <= BLOCKS_KEPT else []

    def read(self, stages: Columns) -> tuple[Spells, Spells]:
        """Rows of the table of stages: the spells on routes, and those held before."""
        names = [name for name in Spells.__dataclass_fields__ if name != "flow"]
        spells = Spells(flow=self.flow_of[stages["train"]], **{name: stages[name] for name in names})
        is_held = spells.activity == Activity.HOLDING
        return spells.where(~is_held) if is_held.any() else spells, spells.where(is_held)

    def spread(
        self, kpi: str, places: Sets, values: FloatArray, codes: tuple[IntArray, IntArray, IntArray]
    ) -> Iterator[KpiValues]:
        """Mean and quantiles of observations, as far as asked; `codes` are the bin, the place and the flow of each."""
        sets = (self.windows.sets, places, self.groups)
        if self.asks(kpi):
            mean = divide(totals(codes, sets, values), totals(codes, sets))
            yield KpiValues(kpi, places.names, self.groups.names, mean)
        if self.asks(f"{kpi}_p"):
            shares = tuple(QUANTILES.values())
            for suffix, quantile in zip(QUANTILES, quantiles(values, codes, sets, shares), strict=True):
                yield KpiValues(f"{kpi}_{suffix}", places.names, self.groups.names, quantile)


def groups(scenario: Scenario) -> Sets:
    """Each flow, each corridor, both directions, and all.

    Raises
    ------
    ValueError
        If two of them have the same name.
    """
    words = (*scenario.flows, *scenario.corridors, *DIRECTIONS, ALL)
    twice = sorted(word for word, times in Counter(words).items() if times > 1)
    if twice:
        raise ValueError(f"flows and corridors need names of their own: {', '.join(twice)}")
    sums = members(scenario)
    return Sets(tuple(sums), np.array([[flow in flows for flow in scenario.flows] for flows in sums.values()]))


def frame(measures: Iterable[KpiValues], windows: Windows) -> pd.DataFrame:
    """Measures in long form: one row a value observed, the keys as categories in the order of measuring."""
    measures = list(measures)
    cells = [np.nonzero(np.isfinite(values.values)) for values in measures]
    rows = [len(cell[0]) for cell in cells]
    words: dict[str, list[tuple[str, ...]]] = {
        "kpi": [(values.kpi,) for values in measures],
        "place": [values.places for values in measures],
        "flow": [values.flows for values in measures],
        "period": [windows.sets.names for _ in measures],
        "unit": [(values.unit,) for values in measures],
    }
    zeros = [np.zeros(number, np.int64) for number in rows]
    positions = {
        "kpi": zeros,
        "place": [cell[1] for cell in cells],
        "flow": [cell[2] for cell in cells],
        "period": [cell[0] for cell in cells],
        "unit": zeros,
    }
    columns: dict[str, Any] = {key: categories(words[key], positions[key]) for key in KEYS}
    values = [values.values[cell] for values, cell in zip(measures, cells, strict=True)]
    columns["value"] = np.concatenate([np.zeros(0), *values])
    return pd.DataFrame(columns)


def categories(words: Sequence[tuple[str, ...]], positions: Sequence[IntArray]) -> pd.Categorical[str]:
    """Words chosen by position, block by block, as one column."""
    order = {word: code for code, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
    # many measures have the same words
    codes_of = {block_words: np.array([order[word] for word in block_words], np.int64) for block_words in set(words)}
    codes = [codes_of[block_words][at] for block_words, at in zip(words, positions, strict=True)]
    return pd.Categorical.from_codes(np.concatenate([np.zeros(0, np.int64), *codes]), pd.Index(list(order)))


def append_rows(kpis: pd.DataFrame, rows: pd.DataFrame, names: Iterable[str] = ()) -> pd.DataFrame:
    """Two tables of measures as one, its keys as categories in their order, `names` among those of the KPIs."""
    columns: dict[str, Any] = {}
    for key in KEYS:
        added = [*names, *rows[key]] if key == "kpi" else [*rows[key]]
        words = pd.Index(list(dict.fromkeys([*kpis[key].cat.categories, *added])))
        codes = np.concatenate([kpis[key].cat.codes, words.get_indexer(rows[key])])
        columns[key] = pd.Categorical.from_codes(codes, words)
    columns["value"] = np.concatenate([kpis["value"].to_numpy(), rows["value"].to_numpy(float)])
    return pd.DataFrame(columns)


def by_replication(replications: pd.DataFrame) -> pd.DataFrame:
    """Measures × replications: the keys as words, NaN where a replication did not observe the measure.

    Measures come in the order of the categories of their keys. Reckoned on the codes: pandas would sort the words.

    Raises
    ------
    ValueError
        If a replication has a measure twice.
    """
    columns = [replications[key].astype("category").cat for key in KEYS]
    place_of = np.zeros(len(replications), np.int64)
    for column in columns:
        place_of = place_of * len(column.categories) + column.codes
    _, first, row = np.unique(place_of, return_index=True, return_inverse=True)
    numbers, at = np.unique(replications["replication"], return_inverse=True)
    if len(np.unique(row * len(numbers) + at)) < len(row):
        raise ValueError("a replication has a measure twice")
    values = np.full((len(first), len(numbers)), np.nan)
    values[row, at] = replications["value"]
    index = pd.MultiIndex(
        levels=[column.categories.astype(str).tolist() for column in columns],
        codes=[column.codes.to_numpy()[first].tolist() for column in columns],
        names=KEYS,
        verify_integrity=False,
    )
    return pd.DataFrame(values, index, pd.Index(numbers, name="replication"))
