"""The main effect of a factor: the mean of a measure along it, over all that the other factors do."""

from __future__ import annotations

import numpy as np

from sim.measure.statistics import FloatArray

PARTS = 5
"""Parts of the range within which means are taken where nearly every point has a value of its own."""


def means_along(places: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means of values at each place, or by fifths of the range where there are many places: places and means."""
    distinct = np.unique(places)
    if len(distinct) <= 2 * PARTS:
        return distinct, np.array([values[places == place].mean() for place in distinct])
    edges = np.linspace(places.min(), places.max(), PARTS + 1)
    part = np.clip(np.searchsorted(edges, places, side="right") - 1, 0, PARTS - 1)
    filled = [number for number in range(PARTS) if (part == number).any()]
    middles = (edges[:-1] + edges[1:]) / 2
    return middles[filled], np.array([values[part == number].mean() for number in filled])
