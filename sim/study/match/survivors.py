"""What a match leaves, as tables: of each wave, of what each target rules out, and of the range of each unknown."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.chances import share_interval
from sim.measure.statistics import FloatArray
from sim.scenario.laws import Draw, chances_of, draw_at, draw_text
from sim.scenario.schema import Published
from sim.scenario.unknowns import Unknown
from sim.scenario.worlds import stated_value, takes_whole
from sim.study.calibrate.calibrate import later_table
from sim.study.calibrate.record import LaterInput
from sim.study.forecast.causes import germ_of, middles, score_germ
from sim.study.forecast.chaos import Germ
from sim.study.forecast.draws import share_in
from sim.study.forecast.ensemble import COMMON
from sim.study.forecast.worlds import Universe
from sim.study.match.implausibility import CUT, effective_number, implausibilities
from sim.study.match.waves import Match

ENDS = (0.1, 0.9)
"""Between these shares lie the 80 % of a range that are told."""
RISK = 0.05
"""Chance that any unknown at all is said to have moved where none did."""


def prior_germs(universe: Universe) -> list[Germ]:
    """What is drawn, with its value in every draw: each unknown, then what several have in common."""
    reading, draws = universe.readings[0], universe.draws
    germs = []
    for name, entry in universe.unknowns_in[0].items():
        if entry.moves_with is not None:
            germs.append(score_germ(name, entry.group, draws.own[name]))
            continue
        germ = germ_of(reading, name, entry, [])
        shares = draws.own[name]
        if germ.has_words:
            points = np.minimum(np.searchsorted(np.cumsum(germ.weights), shares, "right"), len(germ.law) - 1)
        else:
            points = np.interp(shares, middles(), germ.law)
        germs.append(Germ(name, entry.group, np.asarray(points, float), germ.law, germ.weights, germ.has_words))
    return [*germs, *(score_germ(name, "", shares) for name, shares in draws.common.items())]


def match_tables(
    universe: Universe, aims: Mapping[str, Published], outcome: Match, later: Sequence[LaterInput]
) -> dict[str, pd.DataFrame]:
    """A match as tables.

    Returns
    -------
    dict of DataFrame
        `waves`: wave, worlds, stopped (traffic stops for good there), left (its worlds that are not ruled out when
        run), share_left (of all draws that no emulator has ruled out after it), ci_low, ci_high.
        `targets`: name, title, fact, figure, observation, discrepancy, luck, emulator (standard deviations),
        bound_low, bound_high (beyond which a world that is run is ruled out: `CUT` of all errors together), out_share
        (of the worlds of the first wave, which are the prior's: those further off than `CUT`), alone_share
        (ruled out by it alone), p10, p50, p90 (of the worlds left, by weight), point (the least implausible world),
        score (its distance).
        `pairs`: first, second, both_share (of the first wave within `CUT` of both), expected_share (the product of the
        two), ci_low, ci_high (of the former), conflict (whether the product lies above that).
        `unknowns`: unknown, title, group, prior, left (the 80 % in the middle; of a list each chance), kept_share
        (width of the one over the other, in shares of probability), left_low, left_middle, left_high (the 80 % and the
        median, in such shares), distance (of the two laws, Kolmogorov's), moved
        (whether that is more than chance would have it), point.
        `worlds`: world, wave, implausibility, target (the worst), stopped, is_left, weight, and the distance from each.
        `ensemble`: world, weight, and the share of probability of each unknown, of the worlds left.
    """
    return {
        "waves": waves_table(outcome, universe.worlds),
        "targets": targets_table(aims, outcome),
        "pairs": pairs_table(outcome),
        "unknowns": unknowns_left(universe, outcome),
        "worlds": worlds_run(outcome),
        "ensemble": ensemble_table(universe, outcome),
        "later": later_table(later),
    }


def has_stopped(outcome: Match) -> Any:
    """Whether each world run says nothing at all."""
    return ~np.isfinite(outcome.answers).any(axis=(1, 2))


def waves_table(outcome: Match, draws: int) -> pd.DataFrame:
    """A row a wave."""
    rows = []
    for number, wave in enumerate(outcome.waves):
        of_wave = outcome.wave_of == number
        share = share_interval(int(wave.is_left.sum()), draws, outcome.level)
        counts = (int(of_wave.sum()), int((has_stopped(outcome) & of_wave).sum()), int(outcome.is_left[of_wave].sum()))
        rows.append((number + 1, *counts, share.share, share.low, share.high))
    return pd.DataFrame(rows, columns=["wave", "worlds", "stopped", "left", "share_left", "ci_low", "ci_high"])


def targets_table(aims: Mapping[str, Published], outcome: Match) -> pd.DataFrame:
    """A row a target."""
    record, scores, weight = outcome.record, outcome.scores, outcome.weights
    is_beyond = np.abs(scores[outcome.wave_of == 0]) >= CUT
    means = mean_answers(outcome)
    rows = []
    for place, (name, aim) in enumerate(aims.items()):
        quantiles = weighted_quantiles(means[:, place], weight, (ENDS[0], 0.5, ENDS[1]))
        alone = is_beyond[:, place] & (is_beyond.sum(axis=1) == 1)
        errors = (record.observation[place], record.discrepancy[place], math.sqrt(outcome.luck[place]))
        room = CUT * math.sqrt(record.variances[place] + outcome.luck[place] * (1 + 1 / outcome.answers.shape[2]))
        emulator = outcome.waves[-1].deviations[place]
        shares = (float(is_beyond[:, place].mean()), float(alone.mean()))
        point = (means[outcome.best, place], scores[outcome.best, place])
        about = (name, aim.title, aim.fact, aim.value)
        bounds = (record.figures[place] - room, record.figures[place] + room)
        deviations = (*errors, emulator if np.isfinite(emulator) else np.nan)
        rows.append((*about, *deviations, *bounds, *shares, *quantiles, *point))
    heads = ("name", "title", "fact", "figure", "observation", "discrepancy", "luck", "emulator", "bound_low")
    return pd.DataFrame(
        rows, columns=[*heads, "bound_high", "out_share", "alone_share", "p10", "p50", "p90", "point", "score"]
    ).replace([np.inf, -np.inf], np.nan)


def mean_answers(outcome: Match) -> FloatArray:
    """What each world run says to each target, the mean of its replications; NaN where it says nothing."""
    number = np.isfinite(outcome.answers).sum(axis=2)
    sums = np.nansum(outcome.answers, axis=2)
    return np.asarray(np.where(number > 0, sums / np.maximum(number, 1), np.nan), float)


def pairs_table(outcome: Match) -> pd.DataFrame:
    """A row a pair of targets."""
    is_met = np.abs(outcome.scores[outcome.wave_of == 0]) < CUT
    names, shares = outcome.record.names, is_met.mean(axis=0)
    rows = []
    for first, second in itertools.combinations(range(len(names)), 2):
        interval = share_interval(int((is_met[:, first] & is_met[:, second]).sum()), len(is_met), outcome.level)
        product = float(shares[first] * shares[second])
        rows.append(
            (
                names[first],
                names[second],
                interval.share,
                product,
                interval.low,
                interval.high,
                bool(product > interval.high),
            )
        )
    heads = ["first", "second", "both_share", "expected_share", "ci_low", "ci_high", "conflict"]
    return pd.DataFrame(rows, columns=heads)


def unknowns_left(universe: Universe, outcome: Match) -> pd.DataFrame:
    """A row an unknown, those that moved most first."""
    unknowns, weight = universe.unknowns_in[0], outcome.weights
    worth = effective_number(weight)
    # Kolmogorov's law for one, at a risk that is shared among all
    bound = math.sqrt(math.log(2 * len(unknowns) / RISK) / 2 / worth) if worth else math.inf
    rows = []
    for name, entry in unknowns.items():
        shares = shares_of_runs(universe, outcome, name, entry)
        distance = law_distance(shares, weight, cumulative_chances(universe, entry)) if worth else 0.0
        *ends, middle = weighted_quantiles(shares, weight, (*ENDS, 0.5))
        width_kept = (ends[1] - ends[0]) / (ENDS[1] - ENDS[0]) if entry.values is None else np.nan
        texts = range_texts(universe, entry, shares, weight, ends)
        point = draw_text(short_draw(value_at_share(universe, entry, shares[outcome.best])))
        numbers = (width_kept, ends[0], middle, ends[1], distance, distance > bound, point)
        rows.append((name, entry.title, entry.group, *texts, *numbers))
    heads = ["unknown", "title", "group", "prior", "left", "kept_share", "left_low", "left_middle", "left_high"]
    heads += ["distance", "moved", "point"]
    return pd.DataFrame(rows, columns=heads).sort_values("distance", ascending=False, kind="stable", ignore_index=True)


def shares_of_runs(universe: Universe, outcome: Match, name: str, entry: Unknown) -> FloatArray:
    """At what share of its probability an unknown is in each world run."""
    draws = universe.draws
    commons = [{key: float(shares[number]) for key, shares in draws.common.items()} for number in outcome.numbers]
    own = draws.own[name][outcome.numbers]
    return np.array([share_in(entry, float(share), common) for share, common in zip(own, commons, strict=True)])


def value_at_share(universe: Universe, entry: Unknown, share: float) -> Draw:
    """What an unknown comes to at a share of its probability."""
    data = universe.readings[0].resolved
    return draw_at(entry, stated_value(data, entry), float(share), takes_whole(data, entry))


def cumulative_chances(universe: Universe, entry: Unknown) -> FloatArray | None:
    """Of a list the shares of probability up to each of its values; None of a range."""
    if entry.values is None:
        return None
    chances = chances_of(entry, stated_value(universe.readings[0].resolved, entry))
    return np.asarray(np.cumsum([*chances.values()]), float)


def range_texts(
    universe: Universe, entry: Unknown, shares: FloatArray, weight: FloatArray, ends: Sequence[float]
) -> tuple[str, str]:
    """The prior and what is left of it in words: of a range the 80 % in the middle, of a list how likely each is."""
    if entry.values is None:
        pairs = (ENDS, ends) if np.isfinite(ends).all() else (ENDS,)
        texts = [
            " to ".join(draw_text(short_draw(value_at_share(universe, entry, share))) for share in pair)
            for pair in pairs
        ]
        return texts[0], texts[1] if len(texts) > 1 else "nothing"
    chances = chances_of(entry, stated_value(universe.readings[0].resolved, entry))
    places = np.searchsorted(np.cumsum([*chances.values()]), shares, "right")
    places = np.minimum(places, len(chances) - 1)
    left_chances = [float(weight[places == place].sum()) for place in range(len(chances))]
    return list_words(chances, [*chances.values()]), list_words(chances, left_chances)


def list_words(values: Iterable[Draw], chances: Sequence[float]) -> str:
    """How likely each value of a list is, in words."""
    pairs = zip(values, chances, strict=True)
    return ", ".join(f"{draw_text(value)} {100 * chance:.0f} %" for value, chance in pairs)


def short_draw(value: Draw) -> Draw:
    """A draw with three digits, as a table tells it."""
    return float(f"{value:.3g}") if isinstance(value, float) else value


def law_distance(shares: FloatArray, weight: FloatArray, steps: FloatArray | None) -> float:
    """The greatest distance between the law that is left and the prior, over shares of probability.

    Parameters
    ----------
    steps
        Where a list steps from one value to the next: between them it has no distance.
    """
    if steps is not None:
        return float(max(abs(weight[shares < step].sum() - step) for step in steps))
    order = np.argsort(shares)
    sums = np.cumsum(weight[order])
    before = sums - weight[order]
    return float(max(np.abs(sums - shares[order]).max(), np.abs(before - shares[order]).max()))


def weighted_quantiles(values: FloatArray, weight: FloatArray, shares: Sequence[float]) -> list[float]:
    """The values below which shares of a weight lie; NaN where all weights are nought."""
    is_used = (weight > 0) & np.isfinite(values)
    if not is_used.any():
        return [math.nan] * len(shares)
    order = np.argsort(values[is_used])
    sums = np.cumsum(weight[is_used][order])
    middle = (sums - weight[is_used][order] / 2) / sums[-1]
    return [float(value) for value in np.interp(shares, middle, values[is_used][order])]


def worlds_run(outcome: Match) -> pd.DataFrame:
    """A row a world run."""
    scores = outcome.scores
    worst = implausibilities(scores)
    table = pd.DataFrame(
        {
            "world": outcome.numbers,
            "wave": outcome.wave_of + 1,
            "implausibility": np.where(np.isfinite(worst), worst, np.nan),
            "target": [outcome.record.names[place] for place in np.abs(scores).argmax(axis=1)],
            "stopped": has_stopped(outcome),
            "is_left": outcome.is_left,
            "weight": outcome.weights,
        }
    )
    columns = dict(zip(outcome.record.names, np.where(np.isfinite(scores), scores, np.nan).T, strict=True))
    return table.assign(**columns)


def ensemble_table(universe: Universe, outcome: Match) -> pd.DataFrame:
    """The worlds left, with the shares by which they were drawn: not values, which a fact or a range may move."""
    numbers = outcome.numbers[outcome.is_left]
    columns: dict[str, Any] = {"world": numbers, "weight": outcome.weights[outcome.is_left]}
    columns |= {name: universe.draws.own[name][numbers] for name in universe.unknowns_in[0]}
    columns |= {f"{COMMON}{name}": shares[numbers] for name, shares in universe.draws.common.items()}
    return pd.DataFrame(columns)
