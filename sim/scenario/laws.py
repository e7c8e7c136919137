"""Laws of what is not known: the value of an unknown at a share of its probability, and the share below a value.

Draws come by inversion of uniform numbers, so that the same share is the same luck in every scenario. PERT: the beta
law of Malcolm and others (1959) on [low, high], with mean (low + 4 likely + high) / 6 and the shapes
1 + 4 (likely - low) / (high - low) and 1 + 4 (high - likely) / (high - low).
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import dataclass

from sim.scenario.sources import value_text
from sim.scenario.unknowns import Shape, Unknown

DIGITS = 6
"""Significant digits of what is drawn."""
POINT = 1.959963984540054
"""Standard normal score of 97.5 %: the ends of a lognormal range lie so many standard deviations from its median."""
TAIL = 0.025
"""Share of an untruncated lognormal law beyond either end of its range."""
AS_STATED = {"scale": 1.0, "delay": 0.0}
"""What leaves a scenario as it is, of multiples and of months."""

Draw = bool | int | float | str | dt.date | tuple[float, ...] | None
"""What an unknown comes to in a world: a value, multiple, months of delay or word; None leaves what is stated."""


@dataclass(frozen=True)
class Law:
    """A continuous law between two ends."""

    shape: Shape
    low: float
    likely: float
    high: float

    @property
    def shape_numbers(self) -> tuple[float, float]:
        """The two shape numbers of a PERT law."""
        width = self.high - self.low
        return 1 + 4 * (self.likely - self.low) / width, 1 + 4 * (self.high - self.likely) / width

    @property
    def log_scale(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm of a lognormal law, before it is cut."""
        low, high = math.log(self.low), math.log(self.high)
        return (low + high) / 2, (high - low) / (2 * POINT)

    def quantile(self, share: float) -> float:
        """The value that a share of the law, 0 to 1, lies below."""
        from scipy.special import betaincinv, ndtri

        width = self.high - self.low
        match self.shape:
            case "uniform":
                return self.low + share * width
            case "triangular":
                rise = self.likely - self.low
                if share * width < rise:
                    return self.low + math.sqrt(share * width * rise)
                return self.high - math.sqrt((1 - share) * width * (self.high - self.likely))
            case "lognormal" | "walk":
                mean, deviation = self.log_scale
                return math.exp(mean + deviation * float(ndtri(TAIL + share * (1 - 2 * TAIL))))
            case "pert":
                return self.low + width * float(betaincinv(*self.shape_numbers, share))

    def share_below(self, value: float) -> float:
        """The share of the law below a value; 0 or 1 beyond its ends."""
        from scipy.special import betainc, ndtr

        if not self.low < value < self.high:
            return float(value >= self.high)
        width = self.high - self.low
        match self.shape:
            case "uniform":
                return (value - self.low) / width
            case "triangular":
                if value < self.likely:
                    return (value - self.low) ** 2 / (width * (self.likely - self.low))
                return 1 - (self.high - value) ** 2 / (width * (self.high - self.likely))
            case "lognormal" | "walk":
                mean, deviation = self.log_scale
                return (float(ndtr((math.log(value) - mean) / deviation)) - TAIL) / (1 - 2 * TAIL)
            case "pert":
                return float(betainc(*self.shape_numbers, (value - self.low) / width))


def draw_at(unknown: Unknown, present: Draw, share: float, is_whole: bool = False) -> Draw:
    """What an unknown comes to at a share of its probability, 0 to 1; it never falls as the share rises.

    A count is drawn from half below its least to half above its greatest, and rounded. Where all may stay as stated,
    that has its place among the values by its size.

    Parameters
    ----------
    present
        What the scenario states: a number or word, None if its keys state several. Of a scale or a delay it is not
        needed.
    is_whole
        Whether the keys take whole numbers.
    """
    if unknown.values is not None:
        return value_listed(unknown, present, share)
    law = law_of(unknown, present, is_whole)
    point = AS_STATED.get(unknown.kind, present)
    if unknown.stated_share:
        middle = point if isinstance(point, int | float) else law.likely
        below = (1 - unknown.stated_share) * law.share_below(middle)
        if below <= share <= below + unknown.stated_share:
            return point
        share = (share if share < below else share - unknown.stated_share) / (1 - unknown.stated_share)
    low, _, high = ends_of(unknown, present)
    value = law.quantile(min(max(share, 0.0), 1.0))
    value = round(value) if is_whole and unknown.kind == "value" else float(f"{value:.{DIGITS}g}")
    return int(min(max(value, low), high)) if isinstance(value, int) else min(max(value, low), high)


def ends_of(unknown: Unknown, present: Draw) -> tuple[float, float, float]:
    """The least, likeliest and greatest of a range; the likeliest is what is stated if it is not written."""
    low, likely, high = unknown.low_end, unknown.likely_end, unknown.high_end
    assert low is not None
    assert high is not None
    if likely is None:
        point = AS_STATED.get(unknown.kind, present)
        likely = point if isinstance(point, int | float) and low <= point <= high else (low + high) / 2
    return low, likely, high


def law_of(unknown: Unknown, present: Draw, is_whole: bool = False) -> Law:
    """The law of a range; that of a count reaches half a unit beyond its ends, so that each number has a whole part."""
    low, likely, high = ends_of(unknown, present)
    beyond = 0.5 if is_whole and unknown.kind == "value" else 0.0
    return Law(unknown.shape, low - beyond, likely, high + beyond)


def value_listed(unknown: Unknown, present: Draw, share: float) -> Draw:
    """The value of a list at a share of its weights, in the order of the list; what stays as stated comes first."""
    chances = chances_of(unknown, present)
    sums = itertools.accumulate(chances.values())
    return next((value for value, total in zip(chances, sums, strict=True) if share < total), [*chances][-1])


def chances_of(unknown: Unknown, present: Draw) -> dict[Draw, float]:
    """The probability of each value of a list, in its order."""
    values = unknown.values or ()
    weights = unknown.weights or (1.0,) * len(values)
    total = sum(weights) / (1 - unknown.stated_share) if unknown.stated_share < 1 else math.inf
    chances: dict[Draw, float] = {present: 0.0} if unknown.stated_share and present not in values else {}
    chances |= {value: weight / total for value, weight in zip(values, weights, strict=True)}
    if unknown.stated_share:
        chances[present] += unknown.stated_share
    return chances


def moved_share(own_share: float, common_share: float, correlation: float) -> float:
    """The share of an unknown that moves with others: a Gaussian copula with one common factor.

    Two unknowns that move with the same factor have the product of the roots of their correlations as correlation of
    their normal scores; alone, each is as likely at any share as before.

    Parameters
    ----------
    own_share, common_share
        Uniform shares, strictly between 0 and 1, of its own and of the factor that it has in common with others.
    """
    from scipy.special import ndtr, ndtri

    score = math.sqrt(correlation) * float(ndtri(common_share)) + math.sqrt(1 - correlation) * float(ndtri(own_share))
    return float(ndtr(score))


def draw_text(draw: Draw) -> str:
    """What an unknown comes to, as text."""
    return value_text([*draw] if isinstance(draw, tuple) else draw)


def law_words(unknown: Unknown) -> str:
    """The range of an unknown in words: `650, 743, 941`, `0.7 to 1.3 times`, `+6, +18, +48 months`, `true | false`."""
    if unknown.values is not None:
        return " | ".join(map(draw_text, unknown.values))
    ends = [end for end in (unknown.low_end, unknown.likely_end, unknown.high_end) if end is not None]
    mark = "+g" if unknown.kind == "delay" else "g"
    text = (" to " if len(ends) == 2 else ", ").join(format(end, mark) for end in ends)
    return text + {"value": "", "scale": " times", "delay": " months"}.get(unknown.kind, "")
