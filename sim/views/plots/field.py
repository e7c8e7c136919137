"""The charts of the field by name: each as a figure, with the table it draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.scenario.reading.read import shipped
from sim.scenario.sources import LEDGER, facts
from sim.scenario.values import ALL
from sim.study.field.indicators import indicators
from sim.study.field.release_study import release_study
from sim.study.field.risk import risk
from sim.study.field.telling import telling_flow
from sim.study.field.time_distance import cost_distance, time_distance
from sim.views.plots.indicators import carec
from sim.views.plots.release_study import release_times
from sim.views.plots.risk import smore
from sim.views.plots.style import Drawings
from sim.views.plots.time_distance import time_distance_chart
from sim.views.plots.train_graph import marey
from sim.views.words import standing

STEMS = {"tcd": "time_distance", "trs": "release_study", "tfi": "carec_indicators", "smore": "risk"}
"""Names of charts, and of the files they are written to."""


TITLES = {
    "tcd": "Time and cost along the way",
    "trs": "Time Release Study",
    "tfi": "CAREC indicators",
    "smore": "Risk and error of the transit time",
}
"""Names of charts for a reader."""


@dataclass(frozen=True)
class ChartSubject:
    """What a chart is of; None: as the results suggest."""

    flow: str | None = None
    kpi: str = "transit_days"
    place: str = ALL
    period: str | None = None


def field_chart(kind: str, results: Sequence[Results], choice: ChartSubject) -> Figure:
    """One of the charts named in `STEMS`.

    Raises
    ------
    NothingToDraw
        The results hold nothing that it could show.
    """
    caption = standing(results[0])
    match kind:
        case "tcd":
            return time_distance_chart(results, caption, choice.flow, choice.period)
        case "trs":
            return release_times(results, caption, choice.period)
        case "tfi":
            return carec(results, facts(shipped() / LEDGER), caption, choice.period)
        case _:
            return smore(results, choice.kpi, caption, choice.place, choice.flow or ALL, choice.period)


def field_charts(results: Sequence[Results], with_graph: Sequence[Results]) -> Drawings:
    """Every chart of the field, by its title; first a train graph of each of `with_graph`."""
    return {
        **{f"Train graph of {run.name}": partial(marey, run, standing(run)) for run in with_graph},
        **{title: partial(field_chart, kind, results, ChartSubject()) for kind, title in TITLES.items()},
    }


def along_the_way(result: Results, flow: str, period: str | None) -> pd.DataFrame:
    """Time along the way of a flow and, where the scenario has prices, cost."""
    costs = cost_distance(result, flow, period)
    usd = costs[[name for name in costs if str(name).endswith("_usd")]] if len(costs) else pd.DataFrame()
    return pd.concat([time_distance(result, flow, period), usd], axis=1)


def field_table(kind: str, results: Sequence[Results], choice: ChartSubject) -> pd.DataFrame:
    """The table of a chart, with a first column `scenario`."""
    if kind == "smore":
        period = choice.period or last_full_year(results[0].scenario)
        return risk(results, choice.kpi, choice.place, choice.flow or ALL, period)
    tables = []
    for result in results:
        match kind:
            case "tcd":
                flow = choice.flow or telling_flow(results)
                has_flow = flow in result.scenario.flows
                table = along_the_way(result, flow, choice.period) if has_flow else pd.DataFrame()
            case "trs":
                table = release_study(result, choice.period)
            case _:
                table = indicators(result, facts(shipped() / LEDGER), choice.period)
        table.insert(0, "scenario", result.name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
