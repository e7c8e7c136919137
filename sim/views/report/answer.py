"""The answer in words: what the corridor carries, what holds it up, and what differs between two scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.measure.addresses import rows_at
from sim.measure.chances import share_reaching
from sim.model.ledger import Cause
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS
from sim.study.compare.compare import headline_rows
from sim.views import words
from sim.views.report.numbers import number_on_page, row_at, with_interval
from sim.views.report.subjects import Subject
from sim.views.words import title_of

CARRIES = Markup(
    "In {year} the <em>{title}</em> carries {amount}{under}, against a target of {target} Mt. The target is reached in "
    "{reached} of {runs} replications."
)
STANDS = Markup("In {year} {direction} trains stand at <em>{place}</em> for {dwell}; customs is {customs} of it.")
QUEUES = Markup("In {year} the longest queue{under} is at <em>{place}</em>, for {cause}: {trains} at a time.")
DIFFERS = Markup(
    "<em>{measure}</em>, {where}: {b} {unit} in {other}, {a} {unit} in {first}. Difference {change}: {verdict}."
)


def answer_lines(subject: Subject) -> list[Markup]:
    """Sentences, the most telling first."""
    several = len(subject.runs) > 1
    under = {run.name: Markup(" in <b>{}</b>").format(run.name) if several else Markup("") for run in subject.runs}
    sentences = [sentence for run in subject.runs for sentence in target_lines(run, under[run.name])]
    sentences += difference_sentences(subject)
    if not several:
        sentences += dwell_sentences(subject.runs[0])
    sentences += [sentence for run in subject.runs for sentence in longest_queue(run, under[run.name])]
    return sentences


def target_lines(run: Results, under: Markup) -> Iterator[Markup]:
    """What each corridor with a target carries in the last year that has one."""
    for name, corridor in run.scenario.corridors.items():
        years = [year for year in sorted(corridor.target_mt) if str(year) in run.scenario.calendar.years()]
        row = row_at(run.kpis, "throughput_mt", ALL, name, str(years[-1])) if years else None
        if row is None:
            continue
        values = rows_at(run.replications, "throughput_mt", ALL, name, row["period"])["value"]
        chance = share_reaching(values, corridor.target_mt[years[-1]], run.manifest["level"])
        yield CARRIES.format(
            under=under,
            year=words.year_title(run.scenario, str(years[-1])),
            title=corridor.title,
            amount=with_interval(row, run.name),
            target=words.figure(corridor.target_mt[years[-1]]),
            reached=chance.successes,
            runs=chance.n,
        )


def dwell_sentences(run: Results) -> Iterator[Markup]:
    """How long trains stand at each border in the last full year, and the share of customs in it."""
    year = last_full_year(run.scenario)
    for place, border in run.scenario.places.items():
        for direction in DIRECTIONS if border.kind == "border" else ():
            dwell, customs = (
                row_at(run.kpis, kpi, place, direction, year) for kpi in ("border_dwell_h", "border_dwell_customs_h")
            )
            if dwell is None or customs is None or not customs["mean"]:
                continue
            yield STANDS.format(
                year=words.period(year),
                place=border.title,
                direction=direction,
                dwell=with_interval(dwell, run.name),
                customs=words.percent(customs["mean"] / dwell["mean"]),
            )


def longest_queue(run: Results, under: Markup) -> Iterator[Markup]:
    """What most trains wait for in the last full year, if any do."""
    year = last_full_year(run.scenario)
    causes = [f"queue_trains_{cause.name.lower()}" for cause in Cause]
    rows = rows_at(run.kpis, period=year)
    rows = rows[rows["kpi"].isin(causes) & (rows["place"] != ALL)]
    if rows.empty or not rows["mean"].max() > 0:
        return
    longest: dict[str, Any] = {
        str(name): value for name, value in rows.iloc[int(rows["mean"].to_numpy().argmax())].items()
    }
    yield QUEUES.format(
        under=under,
        year=words.period(year),
        cause=words.CAUSES[longest["kpi"].removeprefix("queue_trains_")],
        place=run.scenario.places[longest["place"]].title,
        trains=with_interval(longest, run.name),
    )


def difference_sentences(subject: Subject) -> Iterator[Markup]:
    """The greatest headline difference of each measure, of each result from the first."""
    first = subject.runs[0]
    for run, table in zip(subject.runs[1:], subject.differences, strict=True):
        for row in greatest(table, first.scenario) if table is not None else ():
            pair = f"{first.name}/{run.name}"
            yield DIFFERS.format(
                measure=words.measure(row["kpi"]),
                where=where(first.scenario, row),
                a=number_on_page(row, pair, "mean_a", "differences"),
                b=number_on_page(row, pair, "mean_b", "differences"),
                unit=row["unit"],
                first=Markup("<b>{}</b>").format(first.name),
                other=Markup("<b>{}</b>").format(run.name),
                change=with_interval(row, pair, "difference", "differences"),
                verdict=words.difference_words(row),
            )


def greatest(differences: pd.DataFrame, scenario: Scenario) -> Iterator[dict[str, Any]]:
    """For each measure of the headline its greatest difference, of all flows or of the corridors with a target."""
    rows = headline_rows(differences, scenario)
    with_target = [name for name, corridor in scenario.corridors.items() if corridor.target_mt]
    rows = rows[rows["flow"].isin([ALL, *with_target])]
    for kpi in reversed(list(dict.fromkeys(rows["kpi"]))):
        of_kpi = rows[rows["kpi"] == kpi]
        row = of_kpi.iloc[int(of_kpi["difference"].abs().to_numpy().argmax())]
        yield {str(name): value for name, value in row.items()}


def where(scenario: Scenario, row: dict[str, Any]) -> str:
    """Place, flow and period of a measure in words."""
    period = "whole horizon" if row["period"] == ALL else words.year_title(scenario, row["period"])
    title = title_of(scenario, row["place"], row["flow"])
    return f"{'all trains' if title == 'all' else title}, {period}"
