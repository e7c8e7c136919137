"""Random numbers by name: the same train has the same luck in every scenario.

A stream is named by words (flow, place, purpose), never by a position, so that a resource more or a flow less leaves
every other stream as it was. Quantities are drawn by inversion of uniform numbers: two spreads of different mean turn
the same luck into a long or a short time together.
"""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.values import Spread

Floats: TypeAlias = "NDArray[np.float64]"
Draw: TypeAlias = "tuple[Spread, int, tuple[str, ...], bytes]"


@dataclass(frozen=True)
class Luck:
    """The random numbers of one replication.

    Parameters
    ----------
    seed
        Seed of the study.
    replication
        Number of the replication, from 0.
    draws
        What was drawn so far, by spread, size, name and who is asked for.
    asked_for
        Of each value whether anybody will ask for it, a byte each; none: all are.
    """

    seed: int
    replication: int
    draws: dict[Draw, array[float]] = field(default_factory=dict, compare=False, repr=False)
    asked_for: bytes = field(default=b"", compare=False, repr=False)

    def of(self, indexes: NDArray[np.int64], size: int) -> Luck:
        """The same luck, for whoever asks only for the values of some indexes: `draw` has NaN for the others."""
        mask = np.zeros(size, np.bool_)
        mask[indexes] = True
        return self if mask.all() else replace(self, asked_for=mask.tobytes())

    def stream(self, *names: str) -> np.random.Generator:
        """The stream of that name; the same names give the same numbers from their beginning."""
        digest = hashlib.blake2b("\x1f".join(names).encode(), digest_size=16).digest()
        key = (self.replication, *np.frombuffer(digest, "<u4").tolist())
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))

    def draw(self, spread: Spread, size: int, *names: str) -> array[float]:
        """`size` values of a spread from the stream of that name: the array drawn before, which nobody changes."""
        key = (spread, size, names, self.asked_for)
        if key not in self.draws:
            if spread.mean is not None and not spread.cv and spread.shape == "lognormal":
                self.draws[key] = array("d", [spread.mean]) * size
            elif self.asked_for:
                mask = np.frombuffer(self.asked_for, np.bool_)
                self.draws[key] = column(self.draw_where(mask, spread, np.full(size, np.nan), *names))
            else:
                self.draws[key] = column(quantile(spread, self.stream(*names).random(size)))
        return self.draws[key]

    def draw_where(self, mask: NDArray[np.bool_], spread: Spread, otherwise: Floats, *names: str) -> Floats:
        """What `draw` gives where a mask is true, and other values elsewhere: the few that are needed cost little."""
        values = otherwise.copy()
        values[mask] = quantile(spread, self.stream(*names).random(len(mask))[mask])
        return values


@lru_cache(maxsize=1)
def luck_of(seed: int, replication: int) -> Luck:
    """The luck of one replication: scenarios run one after the other under the same one share what they draw."""
    return Luck(seed, replication)


def standard_normal(stream: np.random.Generator, size: int) -> Floats:
    """Standard normal numbers of a stream, by inversion."""
    return np.asarray(ndtri(stream.random(size)))


def column(values: Floats) -> array[float]:
    """Values as a compact column that gives plain floats back."""
    return filled(array("d"), np.asarray(values, np.float64))


def integers(values: NDArray[np.integer[Any]]) -> array[int]:
    """Whole numbers as a compact column that gives plain ones back."""
    return filled(array("q"), np.asarray(values, np.int64))


def filled(numbers: array[Any], values: NDArray[Any]) -> array[Any]:
    """An empty array with values."""
    numbers.frombytes(np.ascontiguousarray(values).view(np.uint8).data)
    return numbers


def quantile(spread: Spread, share: Floats) -> Floats:
    """The quantiles of a spread at shares in [0, 1), elementwise."""
    if spread.mean is not None:
        if spread.shape == "exponential":
            return np.asarray(-spread.mean * np.log1p(-share))
        if spread.cv == 0:
            return np.full_like(share, spread.mean)
        sigma = np.sqrt(np.log1p(spread.cv**2))
        if sigma == 0:
            return np.full_like(share, spread.mean)
        # In one array from here on: a new one for each step would take as long as the steps.
        values = ndtri(share)
        values *= sigma
        values -= sigma**2 / 2
        return np.asarray(np.multiply(np.exp(values, out=values), spread.mean, out=values))
    if spread.low is None or spread.high is None:
        raise ValueError("a spread needs a mean, or low and high")
    width = spread.high - spread.low
    if spread.mode is None:
        return np.asarray(spread.low + width * share)
    mode_share = (spread.mode - spread.low) / width
    rising = spread.low + np.sqrt(share * width * (spread.mode - spread.low))
    falling = spread.high - np.sqrt((1 - share) * width * (spread.high - spread.mode))
    return np.where(share < mode_share, rising, falling)


def mean(spread: Spread) -> float:
    """Mean of a spread, in its own unit."""
    if spread.mean is not None:
        return spread.mean
    bounds = [bound for bound in (spread.low, spread.mode, spread.high) if bound is not None]
    return sum(bounds) / len(bounds)


def variance(spread: Spread) -> float:
    """Variance of a spread, in its own unit squared."""
    if spread.mean is not None:
        return (spread.mean * (1.0 if spread.shape == "exponential" else spread.cv)) ** 2
    low, mode, high = spread.low or 0.0, spread.mode, spread.high or 0.0
    if mode is None:
        return (high - low) ** 2 / 12
    return (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
