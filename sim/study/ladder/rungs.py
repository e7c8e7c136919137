"""A ladder of bottlenecks: rungs, what was tried at each, and the tables of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.statistics import Interval
from sim.runs.answer import Answer
from sim.study.ladder.candidates import Candidate
from sim.study.question import Question


@dataclass(frozen=True)
class Gain:
    """What a step gains in the year: carried more, kt; days of transit saved."""

    kt: Interval
    days: Interval

    def of(self, by: str) -> Interval:
        """The gain in `throughput`, or in `transit`."""
        return self.kt if by == "throughput" else self.days

    @property
    def carries_more(self) -> bool:
        """Whether the interval of the gain in throughput lies above zero."""
        return self.kt.low > 0

    @property
    def is_quicker(self) -> bool:
        """Whether the interval of the days saved lies above zero."""
        return self.days.low > 0


@dataclass(frozen=True)
class Rung:
    """One binding capacity, or several that bind together, and its relief.

    Attributes
    ----------
    members, steps
        What binds, and one step of each.
    by
        `throughput` or `transit`: what a step gains.
    gain
        Gain of one step each, in replications that had no part in the choice.
    amounts
        Amount of each before and after the relief.
    relief_kt
        What the whole relief gains, in the replications of the choice.
    shares, hours
        Share of each in use, and train-hours a year waited for it, before and after the relief; NaN if not kept.
    """

    members: tuple[Candidate, ...]
    steps: tuple[float, ...]
    by: str
    gain: Gain
    amounts: tuple[tuple[float, float], ...]
    relief_kt: Interval
    shares: tuple[tuple[float, float], ...]
    hours: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Ladder(Answer):
    """The rungs, from what binds now upwards.

    Attributes
    ----------
    frames
        `ladder`, see `rung_table`. `tried`: rung, key, resource, step, hours (a year, laid to it), gain_kt, gain_low,
        gain_high, days, days_low, days_high, chosen: a step more of each capacity on the shortlist of each rung, in the
        replications of the choice. `worlds`: the scenario as it is and with each rung relieved, over all that is not
        known, see `sim.study.forecast.plans.over_worlds`; no row where nothing is.
    manifest
        As every answer's, its replications being those of a choice, and as many again measured; and

        - corridor, year, title: what was asked;
        - runs: how many were made; is_excerpt: whether of an excerpt of the horizon;
        - base_mt: throughput of the scenario as it is, mean, low and high;
        - ended: whether nothing more binds: no step, and not all together, gain beyond chance;
        - left_out, left_out_hours: capacities that trains wait for and that no rung had on its shortlist, and the most
          train-hours laid to any of them.
    """

    kind = "ladder"

    @property
    def about(self) -> Question:
        """What was asked."""
        return Question(*(self.manifest[key] for key in ("corridor", "year", "title")))

    @property
    def table(self) -> pd.DataFrame:
        """One row a capacity."""
        return self.frames["ladder"]

    @property
    def tried(self) -> pd.DataFrame:
        """The steps tried at each rung."""
        return self.frames["tried"]


def rung_table(rungs: Sequence[Rung]) -> pd.DataFrame:
    """One row a capacity: rung, key, resource, from_amount, to_amount, step, and what one step of the rung gains.

    gain_kt and days with _low and _high; kt_per_unit and days_per_unit where a rung is one capacity alone; by;
    relief_kt; used_before, used_after (shares); wait_h_before, wait_h_after (train-hours a year).
    """
    rows = []
    for number, rung in enumerate(rungs, 1):
        alone = len(rung.members) == 1
        for place, member in enumerate(rung.members):
            unit = rung.steps[place] if alone else np.nan
            words = (number, member.key, member.title, *rung.amounts[place], rung.steps[place], rung.by)
            gains = (*triple(rung.gain.kt), *triple(rung.gain.days))
            a_unit = (rung.gain.kt.mean / unit, rung.gain.days.mean / unit)
            rows.append((*words, *gains, *a_unit, *triple(rung.relief_kt), *rung.shares[place], *rung.hours[place]))
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = (
    *("rung", "key", "resource", "from_amount", "to_amount", "step", "by", "gain_kt", "gain_low", "gain_high"),
    *("days", "days_low", "days_high", "kt_per_unit", "days_per_unit", "relief_kt", "relief_low", "relief_high"),
    *("used_before", "used_after", "wait_h_before", "wait_h_after"),
)


def triple(interval: Interval) -> tuple[float, float, float]:
    """Mean, low and high."""
    return interval.mean, interval.low, interval.high


def tried_table(
    number: int,
    shortlist: Sequence[tuple[Candidate, float]],
    gains: Mapping[str, Gain],
    step: Callable[[str], float],
    binding_keys: set[str],
) -> pd.DataFrame:
    """The steps tried at a rung, see `Ladder`."""
    rows = []
    for candidate, hours in shortlist:
        key, gain = candidate.key, gains[candidate.key]
        words = (number, key, candidate.title, float(step(key)), hours)
        rows.append((*words, *triple(gain.kt), *triple(gain.days), key in binding_keys))
    columns = ("rung", "key", "resource", "step", "hours", "gain_kt", "gain_low", "gain_high")
    return pd.DataFrame(rows, columns=(*columns, "days", "days_low", "days_high", "chosen"))
