"""Answers read back from the folders that hold them, whatever the study."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sim.runs.answer import Answer, read_answer
from sim.runs.folders import ResultsError, read_manifest
from sim.runs.results import Results, load_run
from sim.scenario.arguments import checked, quoted
from sim.scenario.problems import ArgumentError
from sim.study.calibrate.calibrate import CalibrationAnswer
from sim.study.compare.answer import Contest, load_contest
from sim.study.forecast.forecast import ForecastResults
from sim.study.ladder.rungs import Ladder
from sim.study.match.match import MatchAnswer
from sim.study.observe.observe import ObserveAnswer
from sim.study.sweep.sweep import SweepResults
from sim.study.target.answer import Target
from sim.study.warmup import Warmup

SHAPES = (SweepResults, ForecastResults, Ladder, Target, CalibrationAnswer, MatchAnswer, ObserveAnswer, Warmup)
"""Answers that are their tables, manifest and scenario, and no more."""

READERS: dict[str, Callable[[Path], Answer]] = {
    Results.kind: load_run,
    Contest.kind: load_contest,
    **{shape.kind: partial(read_answer, shape) for shape in SHAPES},
}
"""What reads a folder, by the kind of study that wrote it."""


@checked
def load_answer(folder: str | Path) -> Answer:
    """Read the answer of any study back from its folder.

    Raises
    ------
    ResultsError
        If it is no folder of a study, or a damaged one, or one of another format.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest["study"] not in READERS:
        raise ResultsError(f"{folder / 'manifest.json'}: is damaged: there is no study of that name")
    return READERS[manifest["study"]](folder)


def answer_from(answer: Answer | str | Path) -> Answer:
    """An answer, from what a caller has of it: that, or the folder in which it lies.

    Raises
    ------
    ResultsError
        If no answer of a study lies in the folder.
    ArgumentError
        If it is neither.
    """
    if isinstance(answer, Answer):
        return answer
    if not isinstance(answer, str | Path):
        hint = ": of two results take sim.comparison(a, b)" if type(answer).__name__ == "DataFrame" else ""
        raise ArgumentError(f"an answer is what a study returns, or its folder (got {quoted(answer)}){hint}")
    return load_answer(answer)
