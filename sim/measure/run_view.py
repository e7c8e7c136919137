"""What a run left behind, made ready for counting; and one measure over windows, places and groups of flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from sim.scenario.meaning import members
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS

KEYS = ("kpi", "place", "flow", "period", "unit")
"""The columns that name a measure."""

HOLDING = Activity.HOLDING.name.lower()


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

    def own(self) -> Spells:
        """Those not beside others."""
        return self.where(~self.beside)

    def where(self, rows: npt.NDArray[np.bool_] | IntArray) -> Spells:
        """The spells chosen by a mask or by position."""
        return Spells(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class RunView:
    """A run and the windows it is looked at through; `flow_of` has the flow of each train by its number."""

    scenario: Scenario
    tables: RunTables
    windows: Windows
    groups: Sets
    flow_of: IntArray

    @classmethod
    def of(cls, scenario: Scenario, tables: RunTables, windows: Mapping[str, tuple[float, float]]) -> RunView:
        """Number the flows and lay out the windows."""
        flows = tuple(scenario.flows)
        blocks = (
            (rows["train"].to_numpy(), word_codes(rows["flow"], flows).astype(Code)) for rows in tables.blocks("trains")
        )
        train, flow = whole_columns(blocks)
        flow_of = np.full(int(train.max(initial=-1)) + 1, -1, Code)
        flow_of[train] = flow
        return cls(scenario, tables, Windows.of(windows), groups(scenario), flow_of)

    def spells(self) -> Iterator[Spells]:
        """The spells of trains on their routes, block by block."""
        if self.single_block is not None:
            yield self.single_block
            return
        for rows in self.tables.blocks("stages"):
            yield self.read(rows[rows["activity"] != HOLDING])

    @cached_property
    def single_block(self) -> Spells | None:
        """The spells of trains on their routes, if they are one block; then they are read once."""
        first, *later_blocks = islice(self.tables.blocks("stages"), 2)
        return None if later_blocks else self.read(first[first["activity"] != HOLDING])

    def held_spells(self) -> Iterator[Spells]:
        """The spells of trains that a ban holds before their route; the place it begins at has no part in them."""
        for rows in self.tables.blocks("stages"):
            yield self.read(rows[rows["activity"] == HOLDING])

    def read(self, stages: pd.DataFrame) -> Spells:
        """Rows of the table of stages as arrays."""
        train = stages["train"].to_numpy()
        return Spells(
            train,
            self.flow_of[train],
            word_codes(stages["place"], tuple(self.scenario.places)),
            word_codes(stages["activity"], ACTIVITIES),
            word_codes(stages["cause"], CAUSES),
            stages["queued_h"].to_numpy(),
            stages["started_h"].to_numpy(),
            stages["ended_h"].to_numpy(),
            stages["beside"].to_numpy(),
        )

    def spread(
        self, kpi: str, places: Sets, values: FloatArray, codes: tuple[IntArray, IntArray, IntArray]
    ) -> Iterator[KpiValues]:
        """Mean and quantiles of observations; `codes` are the bin, the place and the flow of each."""
        sets = (self.windows.sets, places, self.groups)
        mean = divide(totals(codes, sets, values), totals(codes, sets))
        yield KpiValues(kpi, places.names, self.groups.names, mean)
        for suffix, quantile in zip(QUANTILES, quantiles(values, codes, sets, tuple(QUANTILES.values())), strict=True):
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
    columns["value"] = np.concatenate([values.values[cell] for values, cell in zip(measures, cells, strict=True)])
    return pd.DataFrame(columns)


def categories(words: Sequence[tuple[str, ...]], positions: Sequence[IntArray]) -> pd.Categorical[str]:
    """Words chosen by position, block by block, as one column."""
    order = {word: code for code, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
    codes = [
        np.array([order[word] for word in block_words], np.int64)[at]
        for block_words, at in zip(words, positions, strict=True)
    ]
    return pd.Categorical.from_codes(np.concatenate(codes), pd.Index(list(order)))
