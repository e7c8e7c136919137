"""The parts of a journey, and mean hours a train of each flow by part, waits apart from work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.measure.counting import IntArray, word_codes
from sim.measure.statistics import FloatArray
from sim.model.capacities import ACTIVITIES, CAUSES, JourneyPart
from sim.runs.results import Results
from sim.study.field.telling import telling_flows

MOST_FLOWS = 12
WAIT, WORK = 0, 1


@dataclass(frozen=True)
class PartOfJourney:
    """A part of a journey: the activities that are its work, and the causes whose waits belong to it."""

    title: str
    activities: tuple[str, ...]
    causes: tuple[str, ...]


def part_with_title(title: JourneyPart) -> PartOfJourney:
    """A part with its activities and causes, in the words of the tables."""
    activities = tuple(activity.name.lower() for activity, facts in ACTIVITIES.items() if facts.part is title)
    causes = tuple(cause.name.lower() for cause, facts in CAUSES.items() if facts.part is title)
    return PartOfJourney(title.value, activities, causes)


PARTS = tuple(map(part_with_title, JourneyPart))
"""The parts of a journey, customs first, and what holds a train back before it; each activity and cause is in one."""

CUSTOMS, BAN = (PARTS[list(JourneyPart).index(title)] for title in (JourneyPart.CUSTOMS, JourneyPart.BAN))

JOURNEY = [part for part in PARTS if part is not BAN]


def hours_by_part(result: Results) -> dict[str, FloatArray]:
    """Mean hours a train by flow, shape (parts, 2): waits and work of each of `PARTS`."""
    trains, stages = result.tables.trains, result.tables.stages
    flows, parts = list(result.scenario.flows), len(PARTS)
    arrivals = trains[(trains["entered_h"] >= 0) & trains["left_h"].notna()]
    flow_of_row = word_codes(arrivals["flow"], flows)
    row = pd.Index(arrivals["train"]).get_indexer(stages["train"].to_numpy())
    own_rows = (row >= 0) & ~stages["beside"].to_numpy()
    spells, flow = stages[own_rows], flow_of_row[row[own_rows]]
    queued_h, started_h, ended_h = (spells[name].to_numpy() for name in ("queued_h", "started_h", "ended_h"))
    cells = len(flows) * parts
    waits = np.bincount(flow * parts + part_codes(spells["cause"], "causes"), started_h - queued_h, cells)
    work = np.bincount(flow * parts + part_codes(spells["activity"], "activities"), ended_h - started_h, cells)
    number = np.bincount(flow_of_row, minlength=len(flows))
    sums = np.stack([waits, work], axis=-1).reshape(len(flows), parts, 2)
    return {name: sums[i] / number[i] for i, name in enumerate(flows) if number[i]}


def part_codes(column: pd.Series[Any], kind: Literal["activities", "causes"]) -> IntArray:
    """The position in `PARTS` of each activity, or of each cause."""
    part = {word: i for i, part in enumerate(PARTS) for word in getattr(part, kind)}
    return np.array(list(part.values()))[word_codes(column, list(part))]


def flows_of_note(results: Sequence[Results], tables: Sequence[dict[str, FloatArray]]) -> tuple[list[str], int]:
    """The flows to draw, the longest journey first, and how many are left out: see `telling_flows`."""
    total = {flow: float(table[flow][: len(JOURNEY)].sum()) for table in reversed(tables) for flow in table}
    drawn = telling_flows(results, total)[:MOST_FLOWS] if len(total) > MOST_FLOWS else list(total)
    return sorted(drawn, key=lambda flow: -total[flow]), len(total) - len(drawn)
