"""Counting by window, place and group of flows: arrays in, arrays out.

Every observation carries small integer codes. `Sets` say which codes a row of a result sums over, so that a flow can
count for itself, for its corridor and for all at once. Sums are in a fixed order: the same rows give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.statistics import FloatArray

IntArray = npt.NDArray[np.integer[Any]]

Code = np.int16
"""Type of the codes that are kept for every observation: there are fewer windows, places and flows than it can tell."""


@dataclass(frozen=True)
class Sets:
    """Named sets of codes: code c counts in `names[i]` where `member[i, c]` (names × codes) is true."""

    names: tuple[str, ...]
    member: npt.NDArray[np.bool_]

    @classmethod
    def singles(cls, names: Iterable[str], total: str | None = None) -> Sets:
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


def word_codes(column: pd.Series[Any], names: Sequence[str]) -> IntArray:
    """A column of words as positions in `names`; -1 for other words."""
    words = column.astype("category").cat
    positions = pd.Index(names).get_indexer(words.categories)
    return np.append(positions, -1)[words.codes.to_numpy()]


class Tally:
    """Numbers, or sums of weights, of observations that come block by block, in each combination of sets."""

    def __init__(self, sets: Sequence[Sets]) -> None:
        self.sets = sets
        self.by_code = np.zeros([axis.member.shape[1] for axis in sets])

    def add(self, codes: Sequence[IntArray], weights: FloatArray | None = None) -> None:
        """Count some observations, by the code of each on each axis."""
        flat = np.ravel_multi_index(tuple(codes), self.by_code.shape)
        self.by_code += np.bincount(flat, weights, self.by_code.size).reshape(self.by_code.shape)

    def totals(self) -> FloatArray:
        """What was counted so far, one axis for each of `sets`."""
        return sums_over_sets(self.by_code, self.sets)


def totals(codes: Sequence[IntArray], sets: Sequence[Sets], weights: FloatArray | None = None) -> FloatArray:
    """Number, or sum of `weights`, of the observations in each combination of sets, one axis for each of `sets`."""
    tally = Tally(sets)
    tally.add(codes, weights)
    return tally.totals()


def whole_columns(blocks: Iterable[tuple[npt.NDArray[Any], ...]]) -> tuple[npt.NDArray[Any], ...]:
    """Arrays that come block by block, one block at least, each of them whole."""
    return tuple(np.concatenate(parts) for parts in zip(*blocks, strict=True))


def sums_over_sets(by_code: npt.NDArray[Any], sets: Sequence[Sets]) -> FloatArray:
    """Sums over codes (one axis for each of `sets`) as sums over sets."""
    sums = by_code.astype(float)
    for axis, named_sets in enumerate(sets):
        sums = sums_over_first(sums.swapaxes(axis, 0), named_sets.member).swapaxes(axis, 0)
    return sums


def sums_over_first(by_code: FloatArray, member: npt.NDArray[np.bool_]) -> FloatArray:
    """Sums over the codes of the first axis as sums over the sets of `member` (sets × codes)."""
    sizes = member.sum(axis=1)
    # Most sets are of one flow or one place by itself: adding zeros to each would take the square of their number.
    sums = by_code[member.argmax(axis=1)] if len(by_code) else np.zeros((len(member), *by_code.shape[1:]))
    for row in np.flatnonzero(sizes != 1):
        # Sorted first, and added one after the other: the order of the codes is that of a file, and must say nothing.
        sums[row] = np.add.reduce(np.sort(by_code[member[row]], axis=0), axis=0)
    return sums


def quantiles(
    values: FloatArray, codes: Sequence[IntArray], sets: Sequence[Sets], shares: Sequence[float]
) -> FloatArray:
    """Quantiles of `values` in each combination of sets (linear interpolation); NaN where there is none.

    The first axis is that of `shares`, then there is one for each of `sets`.
    """
    shape = tuple(axis.member.shape[1] for axis in sets)
    flat = np.ravel_multi_index(tuple(codes), shape)
    # Small numbers are sorted by their digits, several times as fast.
    order = np.argsort(flat.astype(np.uint16) if math.prod(shape) < 2**16 else flat, kind="stable")
    number = np.bincount(flat)
    cells = np.flatnonzero(number)
    blocks = dict(zip(cells.tolist(), np.split(values[order], np.cumsum(number[cells])[:-1]), strict=False))
    results = np.full((*(len(axis.names) for axis in sets), len(shares)), np.nan)
    by_cells: dict[tuple[int, ...], FloatArray] = {}
    for combination, inside in cells_by_set(cells, sets).items():
        union = tuple(inside)
        if union not in by_cells:
            by_cells[union] = interpolate_quantiles(np.concatenate([blocks[cell] for cell in union]), np.array(shares))
        results[combination] = by_cells[union]
    return np.moveaxis(results, -1, 0)


def cells_by_set(cells: IntArray, sets: Sequence[Sets]) -> dict[tuple[int, ...], list[int]]:
    """The combinations of sets that hold some of the cells, and those cells; cells number combinations of codes."""
    of_code = [[np.flatnonzero(holds).tolist() for holds in axis.member.T] for axis in sets]
    codes = np.unravel_index(cells, tuple(len(members) for members in of_code))
    cells_of: dict[tuple[int, ...], list[int]] = {}
    for cell, *at in zip(cells.tolist(), *(members.tolist() for members in codes), strict=True):
        for combination in product(*(members[code] for members, code in zip(of_code, at, strict=True))):
            cells_of.setdefault(combination, []).append(cell)
    return cells_of


def interpolate_quantiles(values: FloatArray, shares: FloatArray) -> FloatArray:
    """Quantiles of one or more values: linear between order statistics (Hyndman and Fan 1996, definition 7)."""
    position = shares * (len(values) - 1)
    below = position.astype(np.int64)
    above = np.minimum(below + 1, len(values) - 1)
    ranked = np.sort(values)  # whole: numpy's sort is quicker than its choice of six ranks
    return np.asarray(ranked[below] + (position - below) * (ranked[above] - ranked[below]))
