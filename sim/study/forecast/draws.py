"""What is drawn in each world: shares of probability by the name of the unknown, and what unknowns come to at them.

Batches of a few worlds are Latin hypercubes (McKay, Beckman and Conover 1979), each from a stream named by seed,
unknown and batch: an unknown or worlds more change no other draw, and two scenarios share worlds by name. The even
worlds of a batch are a hypercube by themselves, and so are the odd ones (sliced, Qian 2012), for the two are asked
different questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray
from sim.model.randomness import Luck
from sim.scenario.keys import Data
from sim.scenario.laws import Draw, draw_at, law_of, moved_share
from sim.scenario.unknowns import Unknown
from sim.scenario.worlds import stated_value, takes_whole

BATCH = 20
"""Worlds of a hypercube: an even number."""
EDGE = 1e-9
"""Shares stay so far from 0 and 1, for at these an unknown that moves with others would be at no finite score."""

AS_DRAWN, AT_TARGET = "as drawn", "at target"
"""What is offered in a world: what the offer comes to as all else does; or so much that the target is in question."""


def offer_in(world: int, has_offer: bool) -> str:
    """What a world has for an offer."""
    return AT_TARGET if has_offer and world % 2 else AS_DRAWN


def shares_drawn(seed: int, name: str, worlds: int) -> FloatArray:
    """Shares of the probability of one unknown, uniform from 0 to 1, one a world."""
    batches = [
        batch_shares(Luck(seed, batch).stream("unknown of a world", name)) for batch in range(-(-worlds // BATCH))
    ]
    return np.clip(np.concatenate(batches)[:worlds], EDGE, 1 - EDGE)


def batch_shares(rng: np.random.Generator) -> FloatArray:
    """One share in each of `BATCH` slices, so that even and odd places have one each in half as many."""
    half = BATCH // 2
    finer = rng.integers(0, 2, half)
    slices = np.empty(BATCH)
    slices[0::2] = rng.permutation(2 * np.arange(half) + finer)
    slices[1::2] = rng.permutation(2 * np.arange(half) + 1 - finer)
    return (slices + rng.random(BATCH)) / BATCH


@dataclass(frozen=True, eq=False)
class Draws:
    """The shares of all worlds: of each unknown by itself, and of what several have in common, by name."""

    own: Mapping[str, FloatArray]
    common: Mapping[str, FloatArray]


def draws(unknowns: Mapping[str, Unknown], seed: int, worlds: int) -> Draws:
    """What is drawn for some unknowns."""
    factors = dict.fromkeys(entry.moves_with for entry in unknowns.values() if entry.moves_with)
    return Draws(
        {name: shares_drawn(seed, name, worlds) for name in unknowns},
        {name: shares_drawn(seed, f"common to {name}", worlds) for name in factors},
    )


def share_in(entry: Unknown, own_share: float, common: Mapping[str, float]) -> float:
    """The share at which an unknown is in a world, from its own and from those of what it moves with."""
    if entry.moves_with is None or entry.correlation is None:
        return own_share
    return moved_share(own_share, common[entry.moves_with], entry.correlation)


def values_in(
    data: Data, unknowns: Mapping[str, Unknown], own: Mapping[str, float], common: Mapping[str, float]
) -> dict[str, Draw]:
    """What all unknowns of a scenario come to in a world."""
    return {
        name: draw_at(entry, stated_value(data, entry), share_in(entry, own[name], common), takes_whole(data, entry))
        for name, entry in unknowns.items()
    }


def common_given(entry: Unknown, scale: float, share: float) -> float:
    """The share of what an unknown moves with, where it is known that the unknown is at a scale.

    The unknown has the correlation r with it, as normal scores: given the score z of one, the other has a normal law of
    mean z √r and variance 1 - r.

    Parameters
    ----------
    share
        As it would be if nothing were known.
    """
    from scipy.special import ndtr, ndtri

    assert entry.correlation is not None
    score = ndtri(np.clip(law_of(entry, None).share_below(scale), EDGE, 1 - EDGE))
    mean = np.sqrt(entry.correlation) * score
    return float(np.clip(ndtr(mean + np.sqrt(1 - entry.correlation) * ndtri(share)), EDGE, 1 - EDGE))


def normal_scores(shares: FloatArray) -> FloatArray:
    """The quantiles of the standard normal law at shares."""
    from scipy.special import ndtri

    return np.asarray(ndtri(shares), float)
