"""Answers as folders: tables and figures together, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sim.runs.answer import Answer, write_frames, write_scenario
from sim.runs.folders import nothing, writing
from sim.runs.results import Results, write_tables
from sim.study.compare.answer import Contest, homes, with_homes
from sim.views.plots.gallery import draw
from sim.views.plots.style import UndrawnError


def write_answer(answer: Answer, folder: Path, plots: bool = True, is_free: Callable[[], None] = nothing) -> None:
    """Write the answer of any study to a folder, which is replaced whole or not at all.

    It takes manifest.json, the tables and the figures; scenario.toml and sources.csv; of a
    comparison the results that were run for it, each in a folder of its own. `is_free` is asked last, see `writing`.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    UndrawnError
        If a figure cannot be drawn; all else is written then.
    """
    faults: list[UndrawnError] = []
    with writing(folder, is_free) as temporary:
        fill(answer, temporary, folder, plots, faults)
    if faults:
        raise UndrawnError(f"{'; '.join(map(str, faults))}. All else lies in {folder}")


def fill(answer: Answer, temporary: Path, folder: Path, plots: bool, faults: list[UndrawnError]) -> None:
    """Write an answer into the existing folder `temporary`, which will become `folder`; note what is not drawn."""
    if isinstance(answer, Results):
        write_tables(answer, temporary)
    elif isinstance(answer, Contest):
        write_frames(replace(answer, manifest=with_homes(answer, folder)), temporary)
        for run, home in zip((*answer.results, *answer.arms), homes(answer), strict=True):
            if run.folder is None:
                (temporary / home).mkdir()
                fill(run, temporary / home, folder / home, plots, faults)
    else:
        write_scenario(answer, temporary)
        write_frames(answer, temporary)
    try:
        if plots:
            draw(answer, temporary)
    except UndrawnError as error:
        faults.append(error)
    except OSError as error:
        faults.append(UndrawnError(f"Not drawn: {error}"))
