"""Counting by window, place and group of flows: arrays in, arrays out.

Every observation carries small integer codes. `Sets` say which codes a row of a result sums over, so that a flow can
count for itself, for its corridor and for all at once. Sums are in a fixed order: the same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study.statistics import FloatArray

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sets:
    """Named sets of codes: code c counts in `names[i]` where `member[i, c]` (names × codes) is true."""

    names: tuple[str, ...]
    member: npt.NDArray[np.bool_]

    @classmethod
    def each(cls, names: Iterable[str], total: str | None = None) -> Sets:
        """A set for each code by itself and, if `total` is given, one of all."""
        names = tuple(names)
        member = np.eye(len(names), dtype=bool)
        if total is not None:
            names, member = (*names, total), np.vstack([member, np.ones((1, member.shape[1]), bool)])
        return cls(names, member)


@dataclass(frozen=True)
class Windows:
    """Named stretches of time [from, until), in hours; their edges cut time into bins, which are the codes."""

    sets: Sets
    edges: FloatArray

    @classmethod
    def of(cls, windows: Mapping[str, tuple[float, float]]) -> Windows:
        """From the hours by name.

        Raises
        ------
        ValueError
            If there is no window, or one ends before it has begun.
        """
        wrong = [name for name, (from_h, until_h) in windows.items() if not from_h < until_h]
        if wrong or not windows:
            raise ValueError(f"windows that do not begin before they end: {', '.join(wrong) or 'none given'}")
        edges = np.unique(np.array(list(windows.values()), float))
        member = np.array([(edges[:-1] >= from_h) & (edges[1:] <= until_h) for from_h, until_h in windows.values()])
        return cls(Sets(tuple(windows), member), edges)

    @property
    def hours(self) -> FloatArray:
        """Length of each window."""
        return np.array([until_h - from_h for from_h, until_h in self.bounds])

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """First and last hour of each window."""
        bins = [np.flatnonzero(row) for row in self.sets.member]
        return [(float(self.edges[inside[0]]), float(self.edges[inside[-1] + 1])) for inside in bins]

    def locate(self, moments: FloatArray) -> tuple[IntArray, IntArray]:
        """The rows whose moment lies between the edges, and the bin of each; NaN lies nowhere."""
        bins = np.searchsorted(self.edges, moments, side="right") - 1
        rows = np.flatnonzero((bins >= 0) & (bins < len(self.edges) - 1))
        return rows, bins[rows]

    def overlap(self, starts: FloatArray, ends: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Stretches [start, end) cut at the edges: row, bin and hours of each piece.

        A NaN end lies after the last edge; a stretch with a NaN start has no pieces.
        """
        last_bin = len(self.edges) - 2
        first = np.maximum(np.searchsorted(self.edges, starts, side="right") - 1, 0)
        last = np.minimum(np.searchsorted(self.edges, ends, side="left") - 1, last_bin)
        pieces = np.maximum(last - first + 1, 0)
        rows = np.repeat(np.arange(len(starts)), pieces)
        bins = first[rows] + np.arange(len(rows)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        hours = np.fmin(ends[rows], self.edges[bins + 1]) - np.maximum(starts[rows], self.edges[bins])
        return rows, bins, hours


def coded(column: pd.Series[Any], names: Sequence[str]) -> IntArray:
    """A column of words as positions in `names`; -1 for other words."""
    words = column.astype("category").cat
    positions = pd.Index(names).get_indexer(words.categories)
    return np.append(positions, -1)[words.codes.to_numpy()]


def totals(codes: Sequence[IntArray], sets: Sequence[Sets], weights: FloatArray | None = None) -> FloatArray:
    """Number, or sum of `weights`, of the observations in each combination of sets, one axis for each of `sets`."""
    shape = tuple(axis.member.shape[1] for axis in sets)
    flat = np.ravel_multi_index(tuple(codes), shape)
    return combined(np.bincount(flat, weights, int(np.prod(shape))).reshape(shape), sets)


def combined(by_code: npt.NDArray[Any], sets: Sequence[Sets]) -> FloatArray:
    """Sums over codes (one axis for each of `sets`) as sums over sets."""
    sums = by_code.astype(float)
    for axis, one in enumerate(sets):
        # einsum adds in one order on any number of threads; a matrix product may not
        sums = np.moveaxis(np.einsum("sc,c...->s...", one.member, np.moveaxis(sums, axis, 0)), 0, axis)
    return sums


def quantiles(
    values: FloatArray, codes: Sequence[IntArray], sets: Sequence[Sets], shares: Sequence[float]
) -> FloatArray:
    """Quantiles of `values` in each combination of sets (linear interpolation); NaN where there is none.

    The first axis is that of `shares`, then there is one for each of `sets`.
    """
    cells = np.arange(np.prod([axis.member.shape[1] for axis in sets])).reshape([axis.member.shape[1] for axis in sets])
    flat = np.ravel_multi_index(tuple(codes), cells.shape)
    counts = np.bincount(flat, minlength=cells.size)
    blocks = np.split(values[np.argsort(flat, kind="stable")], np.cumsum(counts)[:-1])
    results = np.full((len(shares), *(len(axis.names) for axis in sets)), np.nan)
    for one in np.ndindex(results.shape[1:]):
        members = [axis.member[position] for axis, position in zip(sets, one, strict=True)]
        filled = [cell for cell in cells[np.ix_(*members)].flat if counts[cell]]
        if filled:
            results[(slice(None), *one)] = np.quantile(np.concatenate([blocks[cell] for cell in filled]), shares)
    return results
