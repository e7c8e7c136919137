"""How good forecasts were once the outcome is known: CRPS, place in the distribution."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.scenario.problems import ArgumentError


def ensemble_crps(members: npt.ArrayLike, outcome: float, fair: bool = True) -> float:
    """Continuous ranked probability score of an ensemble, in the unit of the outcome; less is better.

    E|X - y| - E|X - X'| / 2 (Gneiting and Raftery 2007, eq. 21). The fair form (Ferro 2014) divides the sum over pairs
    by n(n - 1) instead of n squared: its mean is the score of the distribution that the members come from, whatever
    their number; the other scores the members as if they were all of it, so that one member has its absolute error.

    Raises
    ------
    ArgumentError
        If there is no member, or only one of a fair score.
    """
    ascending = np.sort(np.asarray(members, float))
    n = len(ascending)
    if n < 1 + fair:
        raise ArgumentError(f"a score needs {1 + fair} members of an ensemble, not {n}")
    # The sum of |xi - xj| over all ordered pairs, without forming them: a member is above i others and below the rest.
    pairs = 2 * float(ascending @ (2 * np.arange(n) - n + 1))
    return float(np.abs(ascending - outcome).mean()) - pairs / (2 * n * (n - fair))


def place_in_ensemble(members: npt.ArrayLike, outcome: float, uniform: float) -> float:
    """Probability integral transform of an outcome: 0 below all members to 1 above all of them.

    `uniform`, drawn between 0 and 1, places it among the members that equal it and between the two beside it
    (Czado, Gneiting and Held 2009). The places of outcomes drawn as the members are, are uniform for any number
    of members, tied or not.
    """
    values = np.asarray(members, float)
    lower, equal = int((values < outcome).sum()), int((values == outcome).sum())
    return (lower + uniform * (equal + 1)) / (len(values) + 1)
