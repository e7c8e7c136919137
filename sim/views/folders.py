"""Answers as folders: tables and figures together, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.runs.answer import Answer
from sim.runs.folders import nothing, writing
from sim.study.compare.answer import Contest, runs_within

if TYPE_CHECKING:
    from sim.views.plots.style import UndrawnError


def write_answer(
    answer: Answer,
    folder: Path,
    plots: bool = True,
    is_free: Callable[[], None] = nothing,
    on_figure: Callable[[], None] = nothing,
) -> None:
    """Write the answer of any study to a folder, which is replaced whole or not at all.

    It takes manifest.json, the tables and the figures; scenario.toml and sources.csv; of a
    comparison the results that were run for it, each in a folder of its own. `is_free` is asked last, see `writing`;
    `on_figure` is called after each figure, drawn or not.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    UndrawnError
        If a figure cannot be drawn; all else is written then.
    """
    faults: list[UndrawnError] = []
    with writing(folder, is_free) as temporary:
        answer.write_files(temporary, folder)
        for home, part in parts_drawn(answer).items() if plots else ():
            faults += faults_of(part, temporary / home, on_figure)
    if faults:
        from sim.views.plots.style import UndrawnError

        raise UndrawnError(f"{'; '.join(map(str, faults))}. All else lies in {folder}")


def parts_drawn(answer: Answer) -> dict[str, Answer]:
    """The answers of which figures are drawn, by the folder within that of the answer: it, and what was run for it."""
    return {".": answer, **(runs_within(answer) if isinstance(answer, Contest) else {})}


def number_of_figures(answer: Answer) -> int:
    """How many figures may be drawn when an answer is written."""
    from sim.views.plots.gallery import figures

    return sum(len(figures(part)) for part in parts_drawn(answer).values())


def faults_of(answer: Answer, folder: Path, on_figure: Callable[[], None]) -> list[UndrawnError]:
    """Draw the figures of an answer into a folder, and note what is not drawn."""
    # Who wants no figures need not wait for matplotlib.
    from sim.views.plots.gallery import draw
    from sim.views.plots.style import UndrawnError

    try:
        draw(answer, folder, on_figure)
    except UndrawnError as error:
        return [error]
    except OSError as error:
        return [UndrawnError(f"Not drawn: {error}")]
    return []
