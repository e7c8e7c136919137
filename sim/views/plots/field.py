"""The charts that the command `plot` draws by name, each as a figure, with the table it draws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from sim.runs.results import Results
from sim.scenario.facts import LEDGER, facts
from sim.scenario.meaning import last_full_year, periods
from sim.scenario.problems import ArgumentError
from sim.scenario.reading.read import shipped
from sim.scenario.values import ALL
from sim.study.field.clearance import ClearanceSubject, clearance_subject
from sim.study.field.indicators import indicators
from sim.study.field.release_study import release_study
from sim.study.field.risk import risk
from sim.study.field.telling import telling_flow
from sim.study.field.throughput import throughput_by
from sim.study.field.time_distance import cost_distance, time_distance
from sim.views.plots.clearance import paper_or_tez
from sim.views.plots.indicators import carec
from sim.views.plots.journey_parts import where_time_goes
from sim.views.plots.queues import queues
from sim.views.plots.release_study import release_times
from sim.views.plots.risk import smore
from sim.views.plots.style import Drawings, NothingToDraw
from sim.views.plots.throughput import throughput_through_time
from sim.views.plots.time_distance import time_distance_chart
from sim.views.plots.train_graph import marey
from sim.views.words import standing

STEMS = {
    "throughput": "throughput",
    "clearance": "paper_or_tez",
    "journey": "where_time_goes",
    "queues": "queues",
    "graph": "train_graph",
    "tcd": "time_distance",
    "trs": "release_study",
    "tfi": "carec_indicators",
    "smore": "risk",
}
"""Names of charts, and of the files they are written to."""


TITLES = {
    "tcd": "Time and cost along the way",
    "trs": "Time Release Study",
    "tfi": "CAREC indicators",
    "smore": "Risk and error of the transit time",
}
"""Names of charts for a reader."""

STEP = "month"


@dataclass(frozen=True)
class ChartSubject:
    """What a chart is of; None: as the results suggest. `days` are the first and the last day."""

    flow: str | None = None
    kpi: str | None = None
    place: str | None = None
    days: tuple[dt.date | None, dt.date | None] = (None, None)
    step: str | None = None

    def stated(self) -> dict[str, object]:
        """What is stated, by the option that states it; None where nothing is."""
        first, last = self.days
        words = {"--flow": self.flow, "--kpi": self.kpi, "--place": self.place}
        return {**words, "--from": first or last, "--by": self.step}

    def span(self, results: Sequence[Results]) -> tuple[dt.date, dt.date]:
        """The first and the last day; where none is stated those of the last full year, else of the horizon."""
        horizon, year = results[0].scenario.horizon, last_full_year(results[0].scenario)
        whole = (horizon.start, horizon.end - dt.timedelta(days=1))
        if self.days == (None, None):
            return whole if year == ALL else (dt.date(int(year), 1, 1), dt.date(int(year), 12, 31))
        return self.days[0] or whole[0], self.days[1] or whole[1]

    def with_period(self, results: Sequence[Results]) -> ChartSubject:
        """The same, without its days if they are no period of measures: for charts that were not asked for."""
        try:
            self.period(results)
        except ArgumentError:
            return replace(self, days=(None, None))
        return self

    def period(self, results: Sequence[Results]) -> str | None:
        """The period of measures that the days are; None if none are stated.

        Raises
        ------
        ArgumentError
            If the days are neither a calendar year of the horizon nor all of it.
        """
        if self.days == (None, None):
            return None
        calendar, (first, last) = results[0].scenario.calendar, self.span(results)
        window = (calendar.hours(first), calendar.hours(last + dt.timedelta(days=1)))
        names = [name for name, bounds in periods(results[0].scenario).items() if bounds == window]
        if not names:
            years = ", ".join(calendar.years())
            message = f"--from {first} --until {last}: this chart shows measures, which are kept by calendar year"
            raise ArgumentError(f"{message} ({years}) and for all of the horizon")
        return names[-1]


def field_chart(kind: str, results: Sequence[Results], choice: ChartSubject) -> Figure:
    """One of the charts named in `STEMS`.

    Raises
    ------
    ArgumentError
        The chart is of measures, and the days are no period of them.
    NothingToDraw
        The results hold nothing that it could show.
    """
    caption, flow = standing(results[0]), choice.flow
    match kind:
        case "throughput":
            subject = (choice.step or STEP, flow or ALL, choice.place or ALL)
            return throughput_through_time(results, caption, choice.span(results), *subject)
        case "clearance":
            return paper_or_tez(results, caption, clearance_choice(results, choice))
        case "journey":
            return where_time_goes(results, caption, choice.period(results), flow)
        case "queues":
            return queues(results[0], caption, choice.place, choice.span(results) if any(choice.days) else None)
        case "graph":
            return marey(results[0], caption, choice.days[0], flow, choice.days[1])
        case "tcd":
            return time_distance_chart(results, caption, flow, choice.period(results))
        case "trs":
            return release_times(results, caption, choice.period(results), choice.place)
        case "tfi":
            return carec(results, facts(shipped() / LEDGER), caption, choice.period(results))
        case _:
            words = {"place": choice.place, "flow": flow, "period": choice.period(results)}
            return smore(results, choice.kpi or KPI, caption=caption, **words)


KPI = "transit_days"


def clearance_choice(results: Sequence[Results], choice: ChartSubject) -> ClearanceSubject:
    """Border, flow and period of a chart of clearance; what is not stated tells most.

    Raises
    ------
    NothingToDraw
        No train was cleared.
    """
    subject = clearance_subject(results)
    if subject is None:
        raise NothingToDraw("no train was cleared")
    is_elsewhere = choice.place not in (None, subject.place)
    flow = choice.flow or (ALL if is_elsewhere else subject.flow)
    return ClearanceSubject(choice.place or subject.place, flow, choice.period(results) or subject.period)


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


def field_table(kind: str, results: Sequence[Results], choice: ChartSubject) -> pd.DataFrame | None:
    """The table of a chart, with a first column `scenario`; None if it has none of its own."""
    if kind == "smore":
        period = choice.period(results) or last_full_year(results[0].scenario)
        return risk(results, choice.kpi or KPI, choice.place or ALL, choice.flow or ALL, period)
    tables = []
    for result in results:
        match kind:
            case "throughput":
                subject = (choice.step or STEP, choice.flow or ALL, choice.place or ALL)
                table = throughput_by(result, *choice.span(results), *subject)
            case "tcd":
                flow = choice.flow or telling_flow(results)
                has_flow = flow in result.scenario.flows
                table = along_the_way(result, flow, choice.period(results)) if has_flow else pd.DataFrame()
            case "trs":
                table = release_study(result, choice.period(results))
            case "tfi":
                table = indicators(result, facts(shipped() / LEDGER), choice.period(results))
            case _:
                return None
        table.insert(0, "scenario", result.name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
