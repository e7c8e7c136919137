"""Every answer in words, whatever the study: what answers first, its tables, and the sentences below them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.runs.answer import Answer
from sim.runs.results import Results, several_results
from sim.scenario.arguments import checked
from sim.scenario.problems import ArgumentError
from sim.study.compare.answer import contest
from sim.study.folders import answer_from
from sim.views.sheets import calibrate, compare, headline, ladder, match, observe, run, sweep, target, warmup
from sim.views.sheets.forecast.headline import forecast_headline
from sim.views.sheets.forecast.tables import forecast_sentences, forecast_sheets
from sim.views.sheets.sheet import Headline, Sheet

HEADLINES: dict[str, Callable[[Any], Headline]] = {
    "run": headline.run_headline,
    "compare": headline.contest_headline,
    "sweep": sweep.sweep_headline,
    "forecast": forecast_headline,
    "ladder": ladder.ladder_headline,
    "target": target.target_headline,
    "calibrate": calibrate.calibration_headline,
    "match": match.match_headline,
    "observe": observe.observe_headline,
    "warmup": warmup.warmup_headline,
}
"""What answers first, by the kind of the study."""

WORDS: dict[str, tuple[Callable[[Any], list[Sheet]], Callable[[Any], list[str]]]] = {
    "run": (run.run_sheets, run.run_sentences),
    "compare": (compare.contest_sheets, compare.contest_sentences),
    "sweep": (sweep.sweep_sheets, sweep.sweep_sentences),
    "forecast": (forecast_sheets, forecast_sentences),
    "ladder": (ladder.ladder_sheets, ladder.ladder_sentences),
    "target": (target.target_sheets, target.target_sentences),
    "calibrate": (calibrate.calibration_sheets, calibrate.calibration_sentences),
    "match": (match.match_sheets, match.match_sentences),
    "observe": (observe.observe_sheets, observe.observe_sentences),
    "warmup": (warmup.warmup_sheets, warmup.warmup_sentences),
}
"""What makes the tables of an answer, and what says the rest, by the kind of its study."""


def sheets(answer: Answer) -> list[Sheet]:
    """All that an answer says in tables."""
    return WORDS[answer.kind][0](answer)


def sentences(answer: Answer) -> list[str]:
    """What an answer says beside its tables, and what it rests on; a sentence or some a line."""
    return WORDS[answer.kind][1](answer)


@checked
def headline_of(answer: Answer | str | Path, *others: Results | str | Path) -> Headline:
    """What an answer says first: question, answer, reason, what it hangs on.

    Parameters
    ----------
    answer
        What a study returned, or the folder in which it lies.
    others
        Results that are held against `answer`, which is a run then: the answer of their comparison.

    Raises
    ------
    CompareError
        If they do not pair.
    """
    whole = answer_from(answer)
    if others:
        if not isinstance(whole, Results):
            raise ArgumentError(f"only results of runs are compared, not a {whole.kind}")
        whole = contest([whole, *several_results(others)])
    return HEADLINES[whole.kind](whole)
