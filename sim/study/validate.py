"""The model against published figures, of one scenario or of several: those it was fitted to, and those it was not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.runs.results import Results
from sim.scenario.meaning import covered_figures
from sim.scenario.schema import Published
from sim.study.calibrate.parameters import WITHIN_SHARE

GROUPS = ("validation", "apart", "calibration")
"""What only says something of the model; what no mean meets or misses; what its numbers were chosen to meet."""
NO_MEANS = ("statement", "schedule")
"""Bases on which a figure is no mean of what happened."""
VALID_SHARE = 0.2
"""A model that is no further from a figure that it was not fitted to than this, as a share of the figure, meets it."""
NO_REASON, NOT_OBSERVED = "unexplained", "observed in no replication"

COLUMNS = (
    "scenario",
    "name",
    "title",
    "sampled",
    "basis",
    "fact",
    "group",
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
    "why",
)


def against(several: Iterable[Results]) -> pd.DataFrame:
    """Every published figure that the horizon of a scenario covers, beside the model; misses first.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: `group` is one of `GROUPS`, `figure` the value published or else the middle of the band,
        `deviation_share` model less figure over figure, `within` whether that is at most 20 % (of a figure aimed at
        15 %) or, of a bound, whether the mean keeps it, `verdict` how the interval stands to the band (see
        `published.band_verdict`), `why` what the model has not that misses a figure, or that nothing was measured.
    """
    table = pd.concat([figures_beside(results) for results in several], ignore_index=True)
    # what has no deviation, as a bound, stands first among the misses and last among those met
    worst = -table["deviation_share"].abs().fillna(np.inf).where(~table["within"] | (table["basis"] != "bound"), 0.0)
    return table.iloc[np.lexsort((worst, table["within"]))].reset_index(drop=True)


def figures_beside(results: Results) -> pd.DataFrame:
    """The published figures of one scenario beside the model."""
    table = results.published.copy()
    by_name = covered_figures(results.scenario)
    figures = [by_name[name] for name in table["name"]]
    table["scenario"] = results.name
    for key in ("sampled", "basis"):
        table[key] = [getattr(figure, key) for figure in figures]
    table["group"] = [group_of(figure) for figure in figures]
    table["figure"] = [figure_or_middle(figure.value, figure.low, figure.high) for figure in figures]
    with np.errstate(divide="ignore", invalid="ignore"):
        table["deviation_share"] = (table["mean"] - table["figure"]) / table["figure"].where(table["figure"] != 0)
    reaches = table["group"].map({"validation": VALID_SHARE, "apart": VALID_SHARE, "calibration": WITHIN_SHARE})
    is_bound = table["basis"] == "bound"
    table.loc[is_bound, "deviation_share"] = np.nan
    keeps_band = (table["low"] <= table["mean"]) & (table["mean"] <= table["high"])
    table["within"] = (table["deviation_share"].abs() <= reaches).where(~is_bound, keeps_band).astype(bool)
    table["why"] = [
        reason_for_miss(figure, bool(within), verdict)
        for figure, within, verdict in zip(figures, table["within"], table["verdict"], strict=True)
    ]
    return table[list(COLUMNS)]


def group_of(figure: Published) -> str:
    """In which of `GROUPS` a published figure is shown."""
    if figure.used_for == "validation" and figure.basis in NO_MEANS:
        return "apart"
    return figure.used_for


def reason_for_miss(figure: Published, within: bool, verdict: str) -> str:
    """Why a model misses a figure, as its row says, or that it does not; nothing of one that is met or no mean."""
    if verdict == "not measured":
        return NOT_OBSERVED
    return "" if within or group_of(figure) == "apart" else figure.explained or NO_REASON


def figure_or_middle(value: float | None, low: float, high: float) -> float:
    """A figure as published, or else the middle of its band."""
    return (low + high) / 2 if value is None else value


def left_out(several: Iterable[Results]) -> list[str]:
    """Titles of the published figures that no horizon covers."""
    several = list(several)
    names = {name for results in several for name in covered_figures(results.scenario)}
    titles = {name: figure.title for results in several for name, figure in results.scenario.published.items()}
    return [title for name, title in titles.items() if name not in names]
