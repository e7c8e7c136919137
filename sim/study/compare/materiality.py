"""What a paired difference says: whether one is seen at all, and whether it is large enough to speak of.

Under common random numbers a long horizon makes differences of seconds significant. So a difference is called one only
if its interval leaves out zero and it matters: it is at least `SHARE` of the greater of the two means, and at least
what its unit calls small.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from sim.measure.statistics import FEWEST

if TYPE_CHECKING:
    import pandas as pd

SHARE = 0.01
"""Less of the greater mean is small: it hides in the third digit that a reader sees of the two."""

SMALL = {"days": 1 / 24, "h": 1 / 60, "Mt": 0.001, "TEU": 10.0, "trains": 0.1, "share": 0.001}
"""Less is small whatever the mean, by unit: an hour of days, a minute of hours, a thousand tonnes (half a train), ten
containers, a tenth of a train, a tenth of a per cent. Of other units the share alone decides."""


class Verdict(Enum):
    """What a difference says: too few replications to tell, none seen, seen but small, or one that matters."""

    UNTOLD = "untold"
    UNSEEN = "unseen"
    SMALL = "small"
    DIFFERS = "differs"


def difference_verdict(row: Mapping[str, Any] | pd.Series[Any]) -> Verdict:
    """The verdict on a row of differences, see `sim.study.compare.compare.compare`."""
    if row["replications"] < FEWEST:
        return Verdict.UNTOLD
    if not row["significant"]:
        return Verdict.UNSEEN
    least = max(SHARE * max(abs(row["mean_a"]), abs(row["mean_b"])), SMALL.get(row["unit"], 0.0))
    return Verdict.DIFFERS if abs(row["difference"]) >= least else Verdict.SMALL
