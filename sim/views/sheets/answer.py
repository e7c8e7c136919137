"""Every answer in words, whatever the study: its tables, and the sentences below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.runs.answer import Answer
from sim.views.sheets.calibrate import calibration_sentences, calibration_sheets
from sim.views.sheets.compare import contest_sentences, contest_sheets
from sim.views.sheets.ladder import ladder_sentences, ladder_sheets
from sim.views.sheets.run import run_sentences, run_sheets
from sim.views.sheets.sensitivity import sensitivity_sentences, sensitivity_sheets
from sim.views.sheets.sheet import Sheet
from sim.views.sheets.sweep import sweep_sentences, sweep_sheets
from sim.views.sheets.target import target_sentences, target_sheets
from sim.views.sheets.warmup import warmup_sentences, warmup_sheets

SHEETS: dict[str, Callable[[Any], list[Sheet]]] = {
    "run": run_sheets,
    "compare": contest_sheets,
    "sweep": sweep_sheets,
    "sensitivity": sensitivity_sheets,
    "ladder": ladder_sheets,
    "target": target_sheets,
    "calibrate": calibration_sheets,
    "warmup": warmup_sheets,
}
"""What makes the tables of an answer, by the kind of its study."""

SENTENCES: dict[str, Callable[[Any], list[str]]] = {
    "run": run_sentences,
    "compare": contest_sentences,
    "sweep": sweep_sentences,
    "sensitivity": sensitivity_sentences,
    "ladder": ladder_sentences,
    "target": target_sentences,
    "calibrate": calibration_sentences,
    "warmup": warmup_sentences,
}
"""What says the rest, by the kind of the study."""


def sheets(answer: Answer) -> list[Sheet]:
    """All that an answer says in tables."""
    return SHEETS[answer.kind](answer)


def sentences(answer: Answer) -> list[str]:
    """What an answer says beside its tables, and what it rests on; a sentence or some a line."""
    return SENTENCES[answer.kind](answer)
