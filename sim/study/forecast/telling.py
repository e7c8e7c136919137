"""What a forecast answers first, by rules: what is asked in which worlds, what each came to, and what decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.chances import FEWEST_TRIALS, ShareInterval, share_interval
from sim.scenario.addresses import Conclusion
from sim.scenario.meaning import conclusion
from sim.study.forecast.causes import AMOUNT
from sim.study.forecast.draws import AS_DRAWN, AT_TARGET
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.outcome import IS_OFFERED
from sim.study.forecast.split import LUCK
from sim.study.forecast.worth import ALL_UNKNOWNS, GROUP, UNKNOWN, WITH_LUCK

COIN = 0.5
WHOLES = (WITH_LUCK, ALL_UNKNOWNS, GROUP)
MOST_TOLD = 2
"""Unknowns that a sentence names."""


@dataclass(frozen=True)
class ForecastClaim:
    """A conclusion, and the kind of worlds in which it is asked."""

    conclusion: Conclusion
    offer: str

    @property
    def measure(self) -> str:
        """As the tables write it."""
        return str(self.conclusion)


def claims(results: ForecastResults) -> list[ForecastClaim]:
    """What is asked first: whether the target is carried, where about as much is offered; all else in worlds as drawn.

    What a change saves is asked in plausible worlds, and those at the target are not drawn as they may come about.
    """
    conclusions = [conclusion(text, results.scenario) for text in results.manifest["conclusions"]]
    return [
        ForecastClaim(entry, AT_TARGET if entry == target_of_forecast(results) and has_offer(results) else AS_DRAWN)
        for entry in conclusions
    ]


def target_of_forecast(results: ForecastResults) -> Conclusion | None:
    """The conclusion that the target is carried; None without one."""
    about = results.manifest
    return None if about["target_mt"] is None else conclusion(about["conclusions"][0], results.scenario)


def has_offer(results: ForecastResults) -> bool:
    """Whether half of the worlds are offered about as much as the target."""
    return results.manifest["offer"] is not None


def rows_about(results: ForecastResults, table: str, claim: ForecastClaim) -> pd.DataFrame:
    """The rows of a table about a measure in the worlds of a kind."""
    frame = results.frames[table]
    return frame[(frame["measure"] == claim.measure) & (frame["offer"] == claim.offer)]


def outcomes(results: ForecastResults, claim: ForecastClaim) -> pd.Series[float]:
    """The measure of a claim by world, in its first replication: of the last scenario, or less the first one's."""
    values = rows_at(results.values, *claim.conclusion.address)
    values = values[values["offer"] == claim.offer].sort_values("replication", kind="stable")
    table = values.drop_duplicates(["scenario", "world"]).pivot(index="world", columns="scenario", values="value")
    first, last = results.manifest["scenarios"][0], results.manifest["scenarios"][-1]
    if not {first, last} <= set(table.columns):
        return pd.Series(dtype=float)
    series: pd.Series[float] = table[last] - table[first] if claim.conclusion.difference else table[last]
    return series.dropna()


def chance_of(results: ForecastResults, claim: ForecastClaim) -> ShareInterval:
    """In what share of its worlds a claim holds; in none of those in which its measure is not observed."""
    holding = sum(claim.conclusion.holds(float(value)) for value in outcomes(results, claim))
    number = int((results.worlds["offer"] == claim.offer).sum())
    return share_interval(holding, number, results.manifest["level"])


def reverse_chance(results: ForecastResults, claim: ForecastClaim) -> ShareInterval:
    """In what share of its worlds a difference is as much the other way."""
    return chance_of(results, ForecastClaim(claim.conclusion.reverse, claim.offer))


def is_told_from_luck(results: ForecastResults, claim: ForecastClaim) -> bool:
    """Whether a claim about a difference holds more or less often than its reverse, beyond what a fair coin does.

    In each world the difference is that of one pair of runs, so that luck alone carries many worlds over a threshold,
    but as many to either side.
    """
    holding, reverse = (chance.successes for chance in (chance_of(results, claim), reverse_chance(results, claim)))
    of_both = share_interval(holding, holding + reverse, results.manifest["level"])
    return not of_both.low <= COIN <= of_both.high


def stopped_worlds(results: ForecastResults) -> pd.DataFrame:
    """The worlds in which the traffic of a scenario stops for good."""
    return results.worlds[results.worlds["stopped"].fillna("").astype(str) != ""]


def silent_worlds(results: ForecastResults, claim: ForecastClaim) -> int:
    """In how many of a claim's worlds its measure is not observed, though traffic goes on."""
    about = results.worlds[results.worlds["offer"] == claim.offer].drop(stopped_worlds(results).index, errors="ignore")
    return int((~about["world"].isin(outcomes(results, claim).index)).sum())


def offered_chance(results: ForecastResults) -> ShareInterval | None:
    """In what share of the worlds as drawn the target is offered; None where nothing says what is."""
    rows = results.chances
    rows = rows[(rows["question"] == IS_OFFERED) & (rows["scenario"] == results.manifest["scenarios"][-1])]
    if rows.empty:
        return None
    row = rows.iloc[0]
    number = int(row["worlds"])
    return ShareInterval(round(float(row["share"]) * number), number, float(row["ci_low"]), float(row["ci_high"]))


def decisive(results: ForecastResults, claim: ForecastClaim) -> pd.DataFrame:
    """The unknowns whose share of the spread is told from nothing, the greatest first."""
    rows = rows_about(results, "unknowns", claim)
    return rows[rows["ci_low"] > 0].sort_values("total_share", ascending=False, kind="stable")


def part_of_spread(results: ForecastResults, claim: ForecastClaim, part: str) -> float:
    """The share of one part of the spread of a claim's measure; NaN where it is not told."""
    rows = rows_about(results, "split", claim)
    rows = rows[rows["part"] == part]
    return float(rows["share"].iloc[0]) if len(rows) else np.nan


def part_of_luck(results: ForecastResults, claim: ForecastClaim) -> float:
    """The share of luck in the spread of a claim's measure; NaN where fewer worlds than `FEWEST_TRIALS` ran twice."""
    values = rows_at(results.values, *claim.conclusion.address)
    runs = values[values["offer"] == claim.offer].groupby("world")["replication"].nunique()
    return part_of_spread(results, claim, LUCK) if (runs > 1).sum() >= FEWEST_TRIALS else np.nan


def rules_that_tell(results: ForecastResults, claim: ForecastClaim) -> pd.DataFrame:
    """The rules that tell worlds in which a claim holds from the others, those that hold most first; none of one rule.

    A single rule is of all worlds: nothing tells them apart.
    """
    rows = rows_about(results, "regions", claim)
    rows = rows[rows["rule"].notna() & (rows["rule"].astype(str) != "")]
    return rows.sort_values("holds_share", ascending=False, kind="stable")


def worth_claims(results: ForecastResults) -> list[ForecastClaim]:
    """The claims of which it is told what finding out is worth: the target in worlds as drawn first."""
    target = target_of_forecast(results)
    plain = [] if target is None else [ForecastClaim(target, AS_DRAWN)]
    return [claim for claim in dict.fromkeys([*plain, *claims(results)]) if len(rows_about(results, "worth", claim))]


def worth_rows_of(results: ForecastResults, claim: ForecastClaim, score: str) -> pd.DataFrame:
    """What finding out is worth to who foretells an amount, or a chance."""
    rows = rows_about(results, "worth", claim)
    return rows[rows["score"] == score]


def told_worth(results: ForecastResults, claim: ForecastClaim, of: Sequence[str] = (*WHOLES, UNKNOWN)) -> pd.DataFrame:
    """What is worth finding out to who foretells an amount, beyond chance: the whole first, then what is worth most."""
    rows = worth_rows_of(results, claim, AMOUNT)
    rows = rows[rows["of"].isin(of) & (rows["ci_low"] > 0)]
    rows = rows.assign(rank=rows["of"].map([*WHOLES, UNKNOWN].index))
    return rows.sort_values(["rank", "share"], ascending=[True, False], kind="stable").drop(columns="rank")


def off_by(row: pd.Series[Any], share: str = "") -> float:
    """How far one is off on average, where a share of the mean square of the error is gone; by default none."""
    return float(np.sqrt(row["now"] * (1 - (row[share] if share else 0.0))))
