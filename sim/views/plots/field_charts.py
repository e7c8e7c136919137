"""The charts of the field by name: each as a figure, with the table it draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from sim.scenario.periods import last_full_year
from sim.scenario.reading.read import shipped
from sim.scenario.sources import LEDGER, facts
from sim.scenario.values import ALL
from sim.study.field.indicators import indicators
from sim.study.field.release_study import release_study
from sim.study.field.risk import risk
from sim.study.field.time_distance import cost_distance, time_distance
from sim.views.plots.indicators import carec
from sim.views.plots.release_study import release_times
from sim.views.plots.risk import smore
from sim.views.plots.style import NothingToDraw
from sim.views.plots.time_distance import time_distance_chart
from sim.views.plots.train_graph import default_flow, marey
from sim.views.sheets.sheet import standing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.runs.results import Results

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
class Choice:
    """What a chart is of; None: as the results suggest."""

    flow: str | None = None
    kpi: str = "transit_days"
    place: str = ALL
    period: str | None = None


def field_chart(kind: str, results: Sequence[Results], choice: Choice) -> Figure:
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


def field_charts(results: Sequence[Results], graphed: Sequence[Results]) -> Iterator[tuple[str, Figure]]:
    """Every chart of the field that the results can show, by its name; first a train graph of each of `graphed`."""
    drawings = {f"Train graph of {one.name}": partial(marey, one, standing(one)) for one in graphed}
    drawings |= {title: partial(field_chart, kind, results, Choice()) for kind, title in TITLES.items()}
    for title, draw in drawings.items():
        try:
            figure = draw()
        except NothingToDraw:
            continue
        yield title, figure


def along(result: Results, flow: str, period: str | None) -> pd.DataFrame:
    """Time along the way of a flow and, where the scenario has prices, cost; with the number of trains."""
    table, costs = time_distance(result, flow, period), cost_distance(result, flow, period)
    trains = table.attrs["trains"]
    paid = costs[[name for name in costs if str(name).endswith("_usd")]] if len(costs) else pd.DataFrame()
    return pd.concat([table, paid], axis=1).assign(trains=trains)


def field_table(kind: str, results: Sequence[Results], choice: Choice) -> pd.DataFrame:
    """The table of a chart, with a first column `scenario`."""
    if kind == "smore":
        period = choice.period or last_full_year(results[0].scenario)
        return risk(results, choice.kpi, choice.place, choice.flow or ALL, period)
    tables = []
    for one in results:
        match kind:
            case "tcd":
                flow = choice.flow or default_flow(results[0].scenario)
                known = flow in one.scenario.flows
                table = along(one, flow, choice.period) if known else pd.DataFrame()
            case "trs":
                table = release_study(one, choice.period)
            case _:
                table = indicators(one, facts(shipped() / LEDGER), choice.period)
        table.insert(0, "scenario", one.name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
