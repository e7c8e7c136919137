"""Every figure that applies to an answer, whatever the study, written to a folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.runs.answer import Answer
from sim.runs.folders import nothing
from sim.runs.results import Results
from sim.study.compare.answer import Contest
from sim.study.compare.compare import headline_rows
from sim.study.forecast.forecast import ForecastResults
from sim.study.sweep.sweep import SweepResults
from sim.views.language import message
from sim.views.plots.calibrate import deviations
from sim.views.plots.clearance import paper_or_tez, unchanged_border
from sim.views.plots.compare import attribution, contest, differences
from sim.views.plots.forecast.fan import fan, gains
from sim.views.plots.forecast.spread import spread_split
from sim.views.plots.forecast.unknowns import decisive_unknowns, worlds_apart
from sim.views.plots.forecast.worth import worth_asking
from sim.views.plots.journey_parts import where_time_goes
from sim.views.plots.ladder import ladder
from sim.views.plots.match import ranges_left, target_distances
from sim.views.plots.observe import observed_series, observed_times
from sim.views.plots.queues import queues
from sim.views.plots.style import Drawings, NothingToDraw, UndrawnError, save
from sim.views.plots.sweep import response
from sim.views.plots.target import frontier
from sim.views.plots.throughput import throughput
from sim.views.plots.time_distance import time_distance_chart
from sim.views.plots.train_graph import marey
from sim.views.plots.warmup import settling
from sim.views.sheets.compare import effects_headline
from sim.views.words import paragraph, standing


def draw(answer: Answer, folder: Path, on_figure: Callable[[], None] = nothing) -> list[Path]:
    """Draw what an answer holds, skip what it does not, and return the files written (PNG and SVG of each figure)."""
    return save_drawn(figures(answer), folder, on_figure)


def figures(answer: Answer) -> Drawings:
    """What draws each figure of an answer; one that has nothing to show raises `NothingToDraw`."""
    return DRAWINGS[answer.kind](answer)


def run_figures(results: Results) -> Drawings:
    """Figures of one run."""
    caption = standing(results)
    return {
        **throughputs((results,), caption),
        "paper_or_tez": partial(paper_or_tez, [results], caption),
        "where_time_goes": partial(where_time_goes, [results], caption),
        "time_distance": partial(time_distance_chart, [results], caption),
        "queues": partial(queues, results, caption),
        "train_graph": partial(marey, results, caption),
    }


def throughputs(results: tuple[Results, ...], caption: str) -> Drawings:
    """The throughput of each corridor of the first of some results."""
    return {
        f"throughput_{corridor}": partial(throughput, list(results), corridor, caption)
        for corridor in results[0].scenario.corridors
    }


def contest_figures(answer: Contest) -> Drawings:
    """Figures of some runs together, and of their differences from the first."""
    results, is_pair = list(answer.results), len(answer.results) == 2
    caption = standing(results[1] if is_pair else results[0])
    rows = headline_rows(answer.differences, answer.scenario)
    rows.attrs = answer.differences.attrs
    drawings = throughputs(answer.results, caption)
    drawings["differences"] = partial(pair_differences if is_pair else contest, rows, caption, results)
    if is_pair:
        drawings["paper_or_tez"] = partial(border_that_differs, results, caption)
    drawings["where_time_goes"] = partial(where_time_goes, results, caption)
    if is_pair:
        drawings["time_distance"] = partial(time_distance_chart, results, caption)
    if answer.effects is not None:
        effects = effects_headline(results[0], results[1], answer.effects)
        drawings["effects"] = partial(attribution, effects, caption, results)
    return drawings


def border_that_differs(results: list[Results], caption: str) -> Figure:
    """Clearance and dwell of two results at a border.

    Raises
    ------
    NothingToDraw
        Nothing differs there.
    """
    if border := unchanged_border(results):
        raise NothingToDraw(f"neither clearance nor dwell differs at {border}")
    return paper_or_tez(results, caption)


def pair_differences(rows: pd.DataFrame, caption: str, results: list[Results]) -> Figure:
    """The differences of two results, and which border has no figure since nothing differs there."""
    border = unchanged_border(results)
    if border:
        note = message(
            "Clearance and dwell at {place} have no figure: nothing that matters differs there.", place=border
        )
        caption = paragraph([note, caption])
    return differences(rows, caption, results)


def sweep_figures(results: SweepResults) -> Drawings:
    """A figure for each measure to draw."""
    caption = standing(results)
    drawings: Drawings = {}
    for name in results.measures:
        stem = "_".join(["response", name.kpi, *(word for word in (name.place, name.flow) if word != "all")])
        drawings[stem] = partial(response, results, name, caption)
    return drawings


def forecast_figures(results: ForecastResults) -> Drawings:
    """The fan of the corridor of the target, else of each; what a change makes of the worlds, and what decides."""
    caption, corridor = standing(results), results.manifest["corridor"]
    corridors = [corridor] if corridor else [*results.scenario.corridors]
    return {
        **{f"fan_{name}": partial(fan, results, name, caption) for name in corridors},
        "difference_by_world": partial(gains, results, caption),
        "spread_by_part": partial(spread_split, results, caption),
        "decisive_unknowns": partial(decisive_unknowns, results, caption),
        "worlds_apart": partial(worlds_apart, results, caption),
        "worth_asking": partial(worth_asking, results, caption),
    }


DRAWINGS: dict[str, Callable[[Any], Drawings]] = {
    "run": run_figures,
    "compare": contest_figures,
    "sweep": sweep_figures,
    "forecast": forecast_figures,
    "ladder": lambda answer: {"ladder": partial(ladder, answer, standing(answer))},
    "calibrate": lambda answer: {"targets": partial(deviations, answer, standing(answer))},
    "match": lambda answer: {
        "ranges_left": partial(ranges_left, answer, standing(answer)),
        "implausibility": partial(target_distances, answer, standing(answer)),
    },
    "observe": lambda answer: {
        "observed_times": partial(observed_times, answer, standing(answer)),
        "observed_series": partial(observed_series, answer, standing(answer)),
    },
    "warmup": lambda answer: {"warmup": partial(settling, answer, standing(answer))},
    "target": lambda answer: {"frontier": partial(frontier, answer, standing(answer))},
}
"""What draws the figures of an answer, by the kind of its study."""


def save_drawn(drawings: Drawings, folder: Path, on_figure: Callable[[], None] = nothing) -> list[Path]:
    """Draw and save each figure that has something to show; `on_figure` is called after each, whether it has or not.

    Raises
    ------
    UndrawnError
        If one cannot be drawn, once the others are.
    """
    paths: list[Path] = []
    faults: list[str] = []
    for stem, drawing in drawings.items():
        try:
            paths += save(drawing(), folder, stem)
        except NothingToDraw:
            continue
        except OSError:  # the folder's, and so of every figure
            raise
        except Exception as error:  # whatever befalls a figure, what was reckoned for hours must not go with it
            for leftover in (folder / f"{stem}.png", folder / f"{stem}.svg"):
                leftover.unlink(missing_ok=True)
            faults.append(f"{stem}: {type(error).__name__}: {error}")
        finally:
            on_figure()
    if faults:
        raise UndrawnError("Not drawn: " + "; ".join(faults))
    return paths
