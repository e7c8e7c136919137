"""How good statements were: each beside its outcome, and each forecast beside the rules that know as much as it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.chances import share_interval
from sim.measure.scores import ensemble_crps, place_in_ensemble
from sim.measure.statistics import interval
from sim.model.randomness import Luck
from sim.study.register.statements import Register, Statement
from sim.study.validate import NO_MEANS, figure_or_middle

SHARE = 0.8
"""Of a forecast, that lies in the interval which is to hold the outcome."""
ENDS = ((1 - SHARE) / 2, (1 + SHARE) / 2)
LAST_VALUE = "last value"
"""The rule over whose number scores are told: it was known before. Over the outcome they would pay who says less."""
NO_OUTCOMES = (*NO_MEANS, "bound")
"""Bases of a figure that is no count of what came: there is nothing to score by."""
SUMMARY = (
    *("forecast", "until", "beside", "scored", "open", "late", "hits", "share", "ci_low", "ci_high", "other_hits"),
    *("scaled", "score_share", "other_share", "difference", "difference_low", "difference_high"),
)
SCORED = ("forecast", "made", "until", "name", "title", "fact", "start", "end", "outcome", "low", "middle", "high")


def scores_table(register: Register) -> pd.DataFrame:
    """A row a statement whose outcome is published, and is one, and that rests on what was known before its last day.

    Returns
    -------
    DataFrame
        Columns forecast, made, until, name, title, fact, start, end, outcome, low, middle, high (of the forecast: 80 %
        and the median), score (fair CRPS, or the absolute error of a single number, in the unit of the outcome),
        score_share (over what `LAST_VALUE` says of it on the same day; NaN of nought, or where it says nothing), place
        (of the outcome in the forecast, 0 to 1; NaN of a single number) and hit (whether it lies from low to high).
    """
    scales = {
        (entry.until, entry.name): abs(float(entry.members[0]))
        for entry in register.statements
        if entry.forecast == LAST_VALUE and len(entry.members) == 1
    }
    rows = [
        scored(statement, register.outcomes[statement.name], scales.get((statement.until, statement.name), 0.0))
        for statement in register.statements
        if statement.name in register.outcomes and is_ahead(statement) and is_outcome(register.outcomes[statement.name])
    ]
    return pd.DataFrame(rows, columns=[*SCORED, "score", "score_share", "place", "hit"])


def is_ahead(statement: Statement) -> bool:
    """Whether what a statement rests on was known before the last day that it speaks of."""
    return statement.until < statement.end - dt.timedelta(days=1)


def is_outcome(figure: Mapping[str, Any]) -> bool:
    """Whether a published figure says what came: a bound, a plan and somebody's words do not."""
    return figure.get("basis", "count") not in NO_OUTCOMES


def scored(statement: Statement, outcome: Mapping[str, Any], scale: float) -> tuple[Any, ...]:
    """A statement beside its outcome, its score also over a scale; of one of nought there is none."""
    members = statement.members
    value = figure_or_middle(outcome.get("value"), outcome["low"], outcome["high"])
    is_point = len(members) == 1
    score = ensemble_crps(members, value, fair=not is_point)
    low, middle, high = (float(end) for end in np.quantile(members, [ENDS[0], 0.5, ENDS[1]]))
    # drawn by name, so that one statement more moves no place of another
    luck = Luck(0, 0).stream("place of an outcome", statement.forecast, str(statement.until), statement.name)
    place = np.nan if is_point else place_in_ensemble(members, value, float(luck.random()))
    about = (statement.forecast, statement.made, statement.until, statement.name, outcome["title"], outcome["fact"])
    share = score / scale if scale else np.nan
    hit = None if is_point else bool(low <= value <= high)
    return (*about, statement.start, statement.end, value, low, middle, high, score, share, place, hit)


def summary_table(scores: pd.DataFrame, register: Register, level: float) -> pd.DataFrame:
    """A row a forecast with worlds, and one for it beside each rule of the same day, and each later one with worlds.

    Returns
    -------
    DataFrame
        Columns forecast, until, beside (the rule; empty of the forecast alone), scored (of a rule the statements of
        both), open (statements of which nothing is published), late (that rest on what was known on their last day or
        later), hits, share, ci_low, ci_high (of the 80 % intervals that hold the outcome, exact), other_hits (of those
        of a rule, on the same rows; NaN of single numbers); scaled, the statements that have a score_share, whose mean
        that is, and of a rule other_share, its own on the same rows, with difference, difference_low and
        difference_high (forecast less rule, paired by outcome).
    """
    rows: list[tuple[Any, ...]] = []
    done: list[tuple[Any, Any]] = []
    for (forecast, until), own in scores[scores["hit"].notna()].groupby(["forecast", "until"], sort=False):
        said = [entry for entry in register.statements if (entry.forecast, entry.until) == (forecast, until)]
        late = [entry for entry in said if not is_ahead(entry)]
        still_open = [entry for entry in said if is_ahead(entry) and entry.name not in register.outcomes]
        coverage = share_interval(int(own["hit"].sum()), len(own), level)
        counts = (len(own), len(still_open), len(late), coverage.successes, coverage.share, coverage.low, coverage.high)
        of_shares = (np.nan, int(own["score_share"].notna().sum()), own["score_share"].mean())
        rows.append((forecast, until, "", *counts, *of_shares, *[np.nan] * 4))
        done.append((forecast, until))
        others = scores[
            (scores["until"] == until) & ~scores["forecast"].isin([name for name, day in done if day == until])
        ]
        for rule, its_own in others.groupby("forecast", sort=False):
            both = own.merge(its_own[["name", "score_share", "hit"]], on="name", suffixes=("", "_rule"))
            other_hits = both["hit_rule"].sum() if both["hit_rule"].notna().all() else np.nan
            hits = (int(both["hit"].sum()), *[np.nan] * 3, other_hits)
            rows_scaled = both[both["score_share"].notna()]
            gap = interval(rows_scaled["score_share"] - rows_scaled["score_share_rule"], level)
            means = (len(rows_scaled), rows_scaled["score_share"].mean(), rows_scaled["score_share_rule"].mean())
            rows.append((forecast, until, rule, len(both), 0, 0, *hits, *means, gap.mean, gap.low, gap.high))
    return pd.DataFrame(rows, columns=list(SUMMARY))


def open_statements(register: Register) -> list[Statement]:
    """The statements of which nothing is published yet."""
    return [entry for entry in register.statements if entry.name not in register.outcomes]
