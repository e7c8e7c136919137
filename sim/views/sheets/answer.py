"""Every answer in words, whatever the study: its tables, and the sentences below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.runs.answer import Answer
from sim.views.sheets import calibrate, compare, ladder, run, sensitivity, sweep, target, warmup
from sim.views.sheets.sheet import Sheet

WORDS: dict[str, tuple[Callable[[Any], list[Sheet]], Callable[[Any], list[str]]]] = {
    "run": (run.run_sheets, run.run_sentences),
    "compare": (compare.contest_sheets, compare.contest_sentences),
    "sweep": (sweep.sweep_sheets, sweep.sweep_sentences),
    "sensitivity": (sensitivity.sensitivity_sheets, sensitivity.sensitivity_sentences),
    "ladder": (ladder.ladder_sheets, ladder.ladder_sentences),
    "target": (target.target_sheets, target.target_sentences),
    "calibrate": (calibrate.calibration_sheets, calibrate.calibration_sentences),
    "warmup": (warmup.warmup_sheets, warmup.warmup_sentences),
}
"""What makes the tables of an answer, and what says the rest, by the kind of its study."""


def sheets(answer: Answer) -> list[Sheet]:
    """All that an answer says in tables."""
    return WORDS[answer.kind][0](answer)


def sentences(answer: Answer) -> list[str]:
    """What an answer says beside its tables, and what it rests on; a sentence or some a line."""
    return WORDS[answer.kind][1](answer)
