"""A ladder of bottlenecks as it was found: rungs, what was tried at each, and one table of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.statistics import Interval
from sim.study.ladder.candidates import Candidate
from sim.study.throughput import Question


@dataclass(frozen=True)
class Gain:
    """What a step gains in the year: carried more, kt; days of transit saved."""

    kt: Interval
    days: Interval

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
    used, hours
        Share of each in use, and train-hours a year waited for it, before and after the relief; NaN if not kept.
    """

    members: tuple[Candidate, ...]
    steps: tuple[float, ...]
    by: str
    gain: Gain
    amounts: tuple[tuple[float, float], ...]
    relief_kt: Interval
    used: tuple[tuple[float, float], ...]
    hours: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Ladder:
    """The rungs, from what binds now upwards.

    Attributes
    ----------
    name, about
        The scenario and what was asked of it.
    rungs
        In the order in which they bind.
    tried
        Columns rung, key, resource, step, hours (a year, laid to it), gain_kt, gain_low, gain_high, days, days_low,
        days_high, chosen: a step more of each capacity on the shortlist of each rung, in the replications of the
        choice.
    left_out
        Capacities that trains wait for and that no rung had on its shortlist, with the most train-hours laid to any.
    ended
        Whether nothing more binds: no step, and not all together, gain more than noise.
    base_mt
        Throughput of the scenario as it is.
    runs, replications, level, seed, is_excerpt
        Runs made; replications of a choice, and as many again of a measurement; the basis of the intervals; whether an
        excerpt of the horizon was run.
    """

    name: str
    about: Question
    rungs: tuple[Rung, ...]
    tried: pd.DataFrame
    left_out: tuple[int, float]
    ended: bool
    base_mt: Interval
    runs: int
    replications: int
    level: float
    seed: int
    is_excerpt: bool

    @property
    def table(self) -> pd.DataFrame:
        """One row a capacity: rung, key, resource, from_amount, to_amount, step, and what one step of the rung gains.

        gain_kt and days with _low and _high; kt_per_unit and days_per_unit where a rung is one capacity alone; by;
        relief_kt; used_before, used_after (shares); wait_h_before, wait_h_after (train-hours a year).
        """
        rows = []
        for number, rung in enumerate(self.rungs, 1):
            alone = len(rung.members) == 1
            for place, member in enumerate(rung.members):
                unit = rung.steps[place] if alone else np.nan
                named = (number, member.key, member.title, *rung.amounts[place], rung.steps[place], rung.by)
                gained = (*triple(rung.gain.kt), *triple(rung.gain.days))
                a_unit = (rung.gain.kt.mean / unit, rung.gain.days.mean / unit)
                rows.append((*named, *gained, *a_unit, *triple(rung.relief_kt), *rung.used[place], *rung.hours[place]))
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
    short: Sequence[tuple[Candidate, float]],
    gains: Mapping[str, Gain],
    step: Callable[[str], float],
    chosen: set[str],
) -> pd.DataFrame:
    """The steps tried at a rung, see `Ladder.tried`."""
    rows = []
    for each, hours in short:
        gain = gains[each.key]
        named = (number, each.key, each.title, float(step(each.key)), hours)
        rows.append((*named, *triple(gain.kt), *triple(gain.days), each.key in chosen))
    columns = ("rung", "key", "resource", "step", "hours", "gain_kt", "gain_low", "gain_high")
    return pd.DataFrame(rows, columns=(*columns, "days", "days_low", "days_high", "chosen"))
