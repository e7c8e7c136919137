"""Every figure that applies to one run, written to a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.views.plots.clearance import paper_or_tez
from sim.views.plots.compare import contest, differences
from sim.views.plots.journey_parts import where_time_goes
from sim.views.plots.ladder import ladder
from sim.views.plots.queues import queues
from sim.views.plots.style import NothingToDraw, save
from sim.views.plots.target import frontier
from sim.views.plots.throughput import throughput
from sim.views.plots.time_distance import time_distance_chart
from sim.views.plots.train_graph import marey

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.results import Results
    from sim.study.ladder.rungs import Ladder
    from sim.study.target.target import Target


def draw_all(results: Results, folder: Path, caption: str) -> list[Path]:
    """Draw what the results hold, skip what they do not, and return the files written (PNG and SVG of each figure)."""
    drawings = throughputs([results], caption)
    drawings["paper_or_tez"] = partial(paper_or_tez, [results], caption)
    drawings["where_time_goes"] = partial(where_time_goes, [results], caption)
    drawings["time_distance"] = partial(time_distance_chart, [results], caption)
    drawings["queues"] = partial(queues, results, caption)
    drawings["train_graph"] = partial(marey, results, caption)
    return save_drawn(drawings, folder)


def draw_comparison(a: Results, b: Results, headline: pd.DataFrame, folder: Path, caption: str) -> list[Path]:
    """Draw two results together, and the differences of a headline; return the files written."""
    pair = [a, b]
    drawings = throughputs(pair, caption)
    drawings["differences"] = partial(differences, headline, caption, pair)
    drawings["paper_or_tez"] = partial(paper_or_tez, pair, caption)
    drawings["where_time_goes"] = partial(where_time_goes, pair, caption)
    drawings["time_distance"] = partial(time_distance_chart, pair, caption)
    return save_drawn(drawings, folder)


def draw_contest(results: Sequence[Results], headline: pd.DataFrame, folder: Path, caption: str) -> list[Path]:
    """Draw several results together, and their differences from the first; return the files written."""
    drawings = throughputs(results, caption)
    drawings["differences"] = partial(contest, headline, caption, results)
    drawings["where_time_goes"] = partial(where_time_goes, results, caption)
    return save_drawn(drawings, folder)


def throughputs(results: Sequence[Results], caption: str) -> dict[str, Callable[[], Figure]]:
    """The figure of each corridor, to be drawn, by the stem of its files."""
    corridors = results[0].scenario.corridors
    return {f"throughput_{corridor}": partial(throughput, results, corridor, caption) for corridor in corridors}


def draw_ladder(answer: Ladder, folder: Path, caption: str) -> list[Path]:
    """Draw a ladder of bottlenecks, if anything binds; return the files written."""
    return save_drawn({"ladder": partial(ladder, answer, caption)}, folder)


def draw_target(answer: Target, folder: Path, caption: str) -> list[Path]:
    """Draw the frontier of a target, if there was anything to choose; return the files written."""
    return save_drawn({"frontier": partial(frontier, answer, caption)}, folder)


def save_drawn(drawings: Mapping[str, Callable[[], Figure]], folder: Path) -> list[Path]:
    """Draw and save each figure that has something to show."""
    paths: list[Path] = []
    for stem, draw in drawings.items():
        try:
            figure = draw()
        except NothingToDraw:
            continue
        paths += save(figure, folder, stem)
    return paths
