"""What published figures say of fitted parameters: how far each could move before the figures would show it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measure.statistics import FloatArray

PRECISION = 1e-3
"""Least noise of a target, as a share of its figure: that of a number written with three digits."""

LOOSE_SHARE = 0.5
"""A parameter that may move over more of its range than this unseen is not identified."""

NEGLIGIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class Identification:
    """What the targets say of the parameters, near the fit.

    Attributes
    ----------
    spans
        For each parameter, the share of its range over which the fit stays within the replication noise, the other
        parameters following as best they can.
    singular
        Singular values, largest first: by how many half-widths of their intervals the targets move (root of the sum
        of squares) when the parameters move along a direction by their whole range. Below 1, nothing is seen.
    directions
        The directions, one a row, in shares of the ranges.
    """

    spans: FloatArray
    singular: FloatArray
    directions: FloatArray

    @property
    def loose(self) -> list[bool]:
        """Which parameters the targets do not pin down."""
        return [bool(span > LOOSE_SHARE) for span in self.spans]


def identify(jacobian: FloatArray, noise: FloatArray, shares: FloatArray) -> Identification:
    """What targets say of parameters, by the singular values of the Jacobian in units of the noise.

    With W = J / noise, a parameter j alone, the others following, moves the targets by one noise after
    sqrt((W'W)^-1_jj) of its range.

    Parameters
    ----------
    jacobian
        Change of the relative deviations over the whole range of each parameter (targets × parameters).
    noise
        Half-width of the interval of each target over its figure; NaN: the target is not to be relied on.
    shares
        Where each parameter stands in its range, 0 to 1.
    """
    weights = np.where(np.isfinite(noise), 1 / np.fmax(noise, PRECISION), 0.0)
    _, singular_seen, directions = np.linalg.svd(jacobian * weights[:, np.newaxis])
    singular = np.zeros(len(shares))
    singular[: len(singular_seen)] = singular_seen
    is_seen = singular > NEGLIGIBLE * max(1.0, singular[0])
    reach = np.sqrt((directions[is_seen] ** 2 / singular[is_seen, np.newaxis] ** 2).sum(axis=0))
    unseen = (np.abs(directions[~is_seen]) > NEGLIGIBLE**0.5).any(axis=0)
    reach = np.where(unseen, np.inf, reach)
    spans = np.minimum(1.0, shares + reach) - np.maximum(0.0, shares - reach)
    return Identification(spans, singular, directions)
