"""Trains waiting through time: by place, cause and day."""

from __future__ import annotations

import numpy as np

from sim.measure.counting import IntArray, word_codes
from sim.measure.statistics import FloatArray
from sim.runs.results import Results


def waiting(results: Results, causes: list[str], edges_h: FloatArray) -> FloatArray:
    """Mean number of trains waiting: places × causes × stretches between the edges, which are even and begin at 0.

    A train waits at one place for one cause at a time: rows beside its journey do not count.
    """
    stages, places = results.tables.stages, list(results.scenario.places)
    queued_h = stages["queued_h"].to_numpy()
    started_h = stages["started_h"].fillna(results.scenario.calendar.closing_h).to_numpy()
    has_waited = (started_h > np.maximum(queued_h, 0)) & ~stages["beside"].to_numpy()
    rows = stages[has_waited]
    cell = word_codes(rows["place"], places) * len(causes) + word_codes(rows["cause"], causes)
    cells = len(places) * len(causes)
    # Hours after the beginning less hours after the end: sums by cell, where a loop over waits would take seconds.
    since_queued_h = hours_after(queued_h[has_waited], cell, cells, edges_h)
    hours = since_queued_h - hours_after(started_h[has_waited], cell, cells, edges_h)
    return np.asarray(np.maximum(hours, 0).reshape(len(places), len(causes), -1) / edges_h[1])


def hours_after(moments_h: FloatArray, cell: IntArray, cells: int, edges_h: FloatArray) -> FloatArray:
    """Hours that lie after the moments, summed by cell, within each stretch between edges: cells × stretches."""
    stretches = len(edges_h) - 1
    moments_h = np.clip(moments_h, 0, edges_h[-1])
    stretch = np.minimum((moments_h // edges_h[1]).astype(np.int64), stretches - 1)
    flat = cell * stretches + stretch
    partial_h = np.bincount(flat, edges_h[stretch + 1] - moments_h, cells * stretches).reshape(cells, stretches)
    number = np.bincount(flat, minlength=cells * stretches).reshape(cells, stretches)
    return np.asarray(partial_h + edges_h[1] * (np.cumsum(number, axis=1) - number))
