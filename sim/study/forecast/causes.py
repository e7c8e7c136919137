"""What decides: the spread of each measure by what it comes from, what each unknown does, and rules that tell worlds.

What is drawn by itself is a germ: an unknown; of unknowns that move together what each has alone, as a normal score,
and what they have in common. So the parts of the spread add up, though unknowns move together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.statistics import FloatArray, Interval
from sim.scenario.addresses import Conclusion
from sim.scenario.laws import Draw, chances_of, draw_at, ends_of, law_words
from sim.scenario.reading.read import Reading
from sim.scenario.unknowns import Unknown
from sim.scenario.worlds import stated_value, takes_whole
from sim.study.forecast.chaos import Germ
from sim.study.forecast.draws import AS_DRAWN, AT_TARGET, normal_scores
from sim.study.forecast.outcome import Outcome
from sim.study.forecast.plan import ForecastPlan
from sim.study.forecast.regions import regions
from sim.study.forecast.split import Split, split
from sim.study.forecast.worlds import DrawnWorld, Universe
from sim.study.forecast.worth import (
    ALL_UNKNOWNS,
    FEWEST_WORLDS,
    UNKNOWN,
    WITH_LUCK,
    all_but_luck,
    asks,
    foretelling_errors,
    foretelling_gains,
    lessons,
    luck_of_chance,
    share_gained,
)

FAR_OUT = 0.05
"""Share of the worlds at either end whose differences count as no greater than the rest."""
POINTS = 200
"""Points that stand for a law."""
SPLIT_COLUMNS = ("measure", "offer", "part", "share", "ci_low", "ci_high", "total_share")
UNKNOWN_COLUMNS = (
    *("measure", "offer", "unknown", "title", "group", "range", "share", "ci_low", "ci_high", "total_share"),
    *("effect", "holds_low", "holds_high", "flips", "source"),
)
ASK_COLUMNS = ("of", "asked", "title", "group", "range")
WORTH_COLUMNS = ("measure", "offer", "score", *ASK_COLUMNS, "now", "share", "ci_low", "ci_high", "source")
AMOUNT, CHANCE = "amount", "chance"
"""What is foretold: a measure, by the square of its error; or whether a conclusion holds, by the Brier score."""

REGION_COLUMNS = ("measure", "offer", "rule", "worlds", "holds_share", "ci_low", "ci_high")


@dataclass(frozen=True, eq=False)
class Driver:
    """A germ with what a table says of it."""

    germ: Germ
    title: str
    range: str
    source: str


def causes(universe: Universe, drawn_worlds: Sequence[DrawnWorld]) -> list[Driver]:
    """What is drawn in some worlds of one kind: each unknown, then what several have in common."""
    kind = drawn_worlds[0].offer
    worlds = np.array([world.number for world in drawn_worlds])
    drivers = []
    for name, entry in universe.unknowns.items():
        places = [place for place, unknowns in enumerate(universe.unknowns_in) if name in unknowns]
        if not places:
            continue  # it moves nothing
        reading = universe.readings[places[-1]]
        if universe.offer and kind == AT_TARGET and name == universe.offer.name:
            law = universe.offer.low + middles() * (universe.offer.high - universe.offer.low)
            points = np.array([universe.target_offer(number) for number in worlds])
            germ = Germ(name, entry.group, points, law, even(law))
        elif entry.moves_with is not None:
            germ = score_germ(name, entry.group, universe.draws.own[name][worlds])
        else:
            germ = germ_of(reading, name, entry, [world.values.get(name) for world in drawn_worlds])
        drivers.append(Driver(germ, entry.title, law_words(entry), entry.reason))
    for name, shares in universe.draws.common.items():
        members = [entry for entry in universe.unknowns.values() if entry.moves_with == name]
        groups = {entry.group for entry in members}
        germ = score_germ(name, groups.pop() if len(groups) == 1 else name, shares[worlds])
        titles = ", ".join(entry.title for entry in members)
        drivers.append(Driver(germ, f"common to {len(members)} unknowns: {titles}", "", ""))
    return drivers


def germ_of(reading: Reading, name: str, entry: Unknown, values: Sequence[Draw]) -> Germ:
    """The germ of an unknown that moves alone, from its values in worlds."""
    present = stated_value(reading.resolved, entry)
    if entry.values is not None:
        chances = chances_of(entry, present)
        places = {repr(value): place for place, value in enumerate(chances)}
        points = np.array([places[repr(value)] for value in values], float)
        weights = np.array([*chances.values()])
        return Germ(name, entry.group, points, np.arange(len(chances), dtype=float), weights, has_words=True)
    is_whole = takes_whole(reading.resolved, entry)
    # where several values are stated at once, none of them stands for all that stays as it is
    middle = ends_of(entry, present)[1]
    law = np.array([number_of(draw_at(entry, present, float(share), is_whole), middle) for share in middles()])
    return Germ(name, entry.group, np.array([number_of(value, middle) for value in values]), law, even(law))


def number_of(value: Draw, middle: float) -> float:
    """A number out of a range; the middle of it, where all stays as stated and that is no one number."""
    return float(value) if isinstance(value, int | float) else middle


def score_germ(name: str, group: str, shares: FloatArray) -> Germ:
    """A germ by its normal scores."""
    law = normal_scores(middles())
    return Germ(name, group, normal_scores(shares), law, even(law))


def middles() -> FloatArray:
    """Shares in the middles of as many slices of a law as points stand for it."""
    return (np.arange(POINTS) + 0.5) / POINTS


def even(law: FloatArray) -> FloatArray:
    """The weights of points that stand for as much each."""
    return np.full(len(law), 1 / len(law))


def cause_tables(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """The frames `split`, `unknowns`, `worth` and `regions` of a forecast."""
    from threadpoolctl import threadpool_limits

    columns = {"split": SPLIT_COLUMNS, "unknowns": UNKNOWN_COLUMNS, "worth": WORTH_COLUMNS, "regions": REGION_COLUMNS}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in columns}
    with threadpool_limits(1):  # sums over threads differ in their last digit from machine to machine
        for kind in outcome.kinds:
            drivers = causes(outcome.plan.universe, [world for world in outcome.worlds if world.offer == kind])
            for conclusion in outcome.plan.conclusions:
                key = {"measure": str(conclusion), "offer": kind}
                for table, entries in tables_of(outcome, conclusion, kind, drivers):
                    rows[table] += [key | entry for entry in entries]
    return {name: pd.DataFrame(rows[name], columns=list(heads)) for name, heads in columns.items()}


def tables_of(
    outcome: Outcome, conclusion: Conclusion, kind: str, drivers: Sequence[Driver]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The rows of one measure in the worlds of a kind, by table."""
    plan = outcome.plan
    of_kind = outcome.offers == kind
    values = outcome.values_of(conclusion)[of_kind]
    germs = [cause.germ for cause in drivers]
    holds = np.array([conclusion.holds(value) for value in values], dtype=bool)
    raw_pairs = pairs = outcome.pairs_of(conclusion)[of_kind]
    if conclusion.difference:
        values, pairs = within_the_rest(values, pairs)
    parts = split(germs, values, pairs, plan.level, plan.universe.seed)
    if parts is not None:
        yield "split", dict_rows(parts.parts)
        bound = (1 - plan.level) / len(drivers)
        table = dict_rows(parts.germs.drop(columns="name"))
        yield (
            "unknowns",
            [
                driver_words(cause) | shares | ends_held(cause.germ, holds, bound) | {"source": cause.source}
                for cause, shares in zip(drivers, table, strict=True)
            ],
        )
        if is_told_first(outcome, conclusion, kind):
            held_pairs = [
                [conclusion.holds(value) for value in pair] for pair in raw_pairs[np.isfinite(raw_pairs).all(axis=1)]
            ]
            amounts = worth_rows(drivers, AMOUNT, values, plan, luck_told(parts))
            doubts = worth_rows(drivers, CHANCE, 1.0 * holds, plan, np.array(held_pairs, dtype=bool))
            yield "worth", [*amounts, *doubts]
    if len(holds):
        inputs = inputs_of_tree(outcome, kind)
        yield (
            "regions",
            [
                {
                    "rule": region.rule,
                    "worlds": region.holding.n,
                    "holds_share": region.holding.share,
                    "ci_low": region.holding.low,
                    "ci_high": region.holding.high,
                }
                for region in regions(inputs, holds, plan.level, plan.universe.seed)
            ],
        )


def is_told_first(outcome: Outcome, conclusion: Conclusion, kind: str) -> bool:
    """Whether a conclusion is told in worlds of a kind: in those as drawn all are, and at the target that about it."""
    is_target = outcome.plan.target_mt is not None and conclusion == outcome.plan.conclusions[0]
    return is_target or kind == AS_DRAWN


def luck_told(parts: Split) -> Interval | None:
    """The part of luck in a spread; None where no world was run twice."""
    row = parts.parts.iloc[0]
    return None if np.isnan(row["share"]) else Interval(row["share"], row["ci_low"], row["ci_high"], len(parts.parts))


def worth_rows(
    drivers: Sequence[Driver],
    score: str,
    values: FloatArray,
    plan: ForecastPlan,
    luck: Interval | npt.NDArray[np.bool_] | None,
) -> Iterator[dict[str, Any]]:
    """What finding out each cause is worth to who foretells an amount or a chance; nothing where it is the same always.

    Worlds in which nothing was observed are left out.

    Parameters
    ----------
    luck
        Its share of the spread of an amount; of a chance whether it holds in two runs of some worlds.
    """
    is_observed = np.isfinite(values)
    values = values[is_observed]
    if len(values) < FEWEST_WORLDS or np.ptp(values) == 0:
        return
    germs = [replace(cause.germ, points=cause.germ.points[is_observed]) for cause in drivers]
    fits = lessons(germs, values[:, np.newaxis], plan.universe.seed)
    errors = foretelling_errors(fits)
    entries = [
        (about, share_gained(foretelling_gains(fits, places), errors, plan.level))
        for about, places in asked_causes(drivers)
    ]
    if isinstance(luck, np.ndarray):
        luck = luck_of_chance(luck, float(errors.mean()), plan.level) if len(luck) else None
    greatest = max(share.mean for about, share in entries if about["of"] != WITH_LUCK)
    for about, share_of_fits in entries:
        share = share_of_fits
        if about["of"] == ALL_UNKNOWNS:
            share = all_but_luck(share_of_fits, luck, greatest)
        shares = {"share": share.mean, "ci_low": share.low, "ci_high": share.high}
        yield {"score": score} | about | {"now": float(errors.mean())} | shares


def asked_causes(drivers: Sequence[Driver]) -> Iterator[tuple[dict[str, str], tuple[int, ...] | None]]:
    """What can be found out of causes, see `asks`, with what a table says of it."""
    by_name = {cause.germ.name: cause for cause in drivers}
    titles = {WITH_LUCK: "everything, luck too", ALL_UNKNOWNS: "all that is unknown"}
    for of, name, places in asks([cause.germ for cause in drivers]):
        about = dict.fromkeys([*ASK_COLUMNS, "source"], "") | {"of": of, "asked": name}
        if of == UNKNOWN:
            about |= driver_words(by_name[name]) | {"source": by_name[name].source}
        else:
            about |= {"title": titles.get(of, f"all {name}"), "group": name}
        yield {key: about[key] for key in [*ASK_COLUMNS, "source"]}, places


def within_the_rest(values: FloatArray, pairs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Differences of worlds and of pairs of runs, those far out drawn in to the others (winsorised; Tukey 1962).

    Where a queue runs away under one of two scenarios they differ by days: a few such worlds would be all the spread.
    """
    if not np.isfinite(values).any():
        return values, pairs
    low, high = np.nanquantile(values, [FAR_OUT, 1 - FAR_OUT])
    return np.clip(values, low, high), np.clip(pairs, low, high)


def dict_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table by column."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def driver_words(cause: Driver) -> dict[str, str]:
    """What a row says of a cause before all numbers."""
    return {"unknown": cause.germ.name, "title": cause.title, "group": cause.germ.group, "range": cause.range}


def inputs_of_tree(outcome: Outcome, kind: str) -> Mapping[str, list[Draw]]:
    """What each unknown comes to in the worlds of a kind."""
    worlds = [world for world in outcome.worlds if world.offer == kind]
    return {name: [world.values[name] for world in worlds] for name in worlds[0].values}


def ends_held(germ: Germ, holds: npt.NDArray[np.bool_], bound: float) -> dict[str, float | str]:
    """In what share of worlds a conclusion holds at either end of a germ, and whether it turns between them.

    The ends are its lowest and its highest third; of words those in which it holds least and most. It turns if it holds
    in most worlds at one end and not at the other, and chance alone does so less often than `bound` (Fisher's exact
    test; `bound` is divided by the number of germs, after Bonferroni).
    """
    points = germ.points
    if germ.has_words:
        parts = [points == place for place in range(len(germ.law)) if (points == place).any()]
        parts = sorted(parts, key=lambda part: float(holds[part].mean()))
    else:
        parts = [points <= np.quantile(points, 1 / 3), points >= np.quantile(points, 2 / 3)]
    low, high = holds[parts[0]], holds[parts[-1]]
    turns = (low.mean() < 0.5) != (high.mean() < 0.5)
    is_sure = fisher(int(low.sum()), len(low), int(high.sum()), len(high)) < bound
    return {
        "holds_low": float(low.mean()),
        "holds_high": float(high.mean()),
        "flips": "yes" if turns and is_sure else "no",
    }


def fisher(first: int, of_first: int, second: int, of_second: int) -> float:
    """How often chance alone makes two shares as different, both ways (Fisher's exact test)."""
    holding_number, total = first + second, of_first + of_second
    weights = [
        comb(of_first, k) * comb(of_second, holding_number - k) for k in range(min(holding_number, of_first) + 1)
    ]
    return sum(weight for weight in weights if weight <= weights[first]) / comb(total, holding_number)
