"""The model against published figures, of one scenario or of several: those it was fitted to, and those it was not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.runs.results import Results
from sim.scenario.meaning import covered_figures
from sim.study.calibrate.parameters import WITHIN_SHARE

USES = ("calibration", "validation")

COLUMNS = (
    "scenario",
    "name",
    "title",
    "fact",
    "used_for",
    "figure",
    "low",
    "high",
    "mean",
    "ci_low",
    "ci_high",
    "replications",
    "deviation_share",
    "within",
    "verdict",
    "hint",
)


def against(several: Iterable[Results]) -> pd.DataFrame:
    """Every published figure that the horizon of a scenario covers, beside the model; misses first.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: `figure` is the value published or else the middle of the band, `deviation_share` model less
        figure over figure, `within` whether that is at most 15 %, `verdict` how the interval stands to the band (see
        `published.band_verdict`), `hint` why nothing was measured.
    """
    table = pd.concat([figures_beside(results) for results in several], ignore_index=True)
    order = {"not measured": 0, "outside": 1, "overlaps": 2, "inside": 3}
    ranks = table["verdict"].map(order)
    worst = -table["deviation_share"].abs().fillna(np.inf)
    return table.iloc[np.lexsort((worst, ranks, table["within"]))].reset_index(drop=True)


def figures_beside(results: Results) -> pd.DataFrame:
    """The published figures of one scenario beside the model."""
    table = results.published.copy()
    figures = covered_figures(results.scenario)
    table["scenario"] = results.name
    table["figure"] = [
        figure_or_middle(figures[name].value, figures[name].low, figures[name].high) for name in table["name"]
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        table["deviation_share"] = (table["mean"] - table["figure"]) / table["figure"].where(table["figure"] != 0)
    table["within"] = table["deviation_share"].abs() <= WITHIN_SHARE
    table["hint"] = np.where(table["verdict"] == "not measured", "observed in no replication", "")
    return table[list(COLUMNS)]


def figure_or_middle(value: float | None, low: float, high: float) -> float:
    """A figure as published, or else the middle of its band."""
    return (low + high) / 2 if value is None else value


def left_out(several: Iterable[Results]) -> list[str]:
    """Titles of the published figures that no horizon covers."""
    several = list(several)
    names = {name for results in several for name in covered_figures(results.scenario)}
    titles = {name: figure.title for results in several for name, figure in results.scenario.published.items()}
    return [title for name, title in titles.items() if name not in names]
