"""The answer in words: what the corridor carries, what holds it up, and what differs between two scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.measure.addresses import rows_at
from sim.measure.chances import share_reaching
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS
from sim.study.compare.compare import headline_rows
from sim.study.field.waits import LongestWait, longest_wait
from sim.views import words
from sim.views.report.numbers import number_on_page, row_at, with_interval
from sim.views.report.subjects import Subject

CARRIES = Markup(
    "In {year} the <em>{title}</em> carries {amount}{under}, against a target of {target} Mt. The target is reached in "
    "{reached} of {runs} replications."
)
STANDS = Markup("In {year} {direction} trains stand at <em>{place}</em> for {dwell}; customs is {customs} of it.")
WAITS = Markup(
    "In {year} cargo waited {total} train-hours{under}, the largest part {what}: {hours} ({share}), {trains} at a time."
    "{behind}"
)
HELD, FOR = Markup("before it might set out, held by bans or agreed limits"), Markup("at <em>{place}</em> for {cause}")
BEHIND = Markup(" That is behind <em>{place}</em>, where trains wait for {causes}.")
MOST_CAUSES = 3
"""Causes named of the place that cargo waits behind."""
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
    sentences += [sentence for run in subject.runs for sentence in waiting_lines(run, under[run.name])]
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


def waiting_lines(run: Results, under: Markup) -> Iterator[Markup]:
    """What keeps most cargo waiting in the last full year, on its way or held before it, in train-hours."""
    year = last_full_year(run.scenario)
    longest = longest_wait(run, year)
    if longest is None:
        return
    first = longest.first
    at_place = FOR.format(place=words.title_of(run.scenario, first.place, ALL), cause=words.CAUSES[first.cause])
    yield WAITS.format(
        under=under,
        year=words.period(year),
        total=words.rounded_figure(longest.total_h),
        what=HELD if first.place == ALL else at_place,
        hours=words.rounded_figure(first.hours),
        share=words.percent(first.hours / longest.total_h),
        trains=with_interval(first.row, run.name),
        behind=behind_words(run, longest),
    )


def behind_words(run: Results, longest: LongestWait) -> Markup:
    """Where cargo stands that waits for room or for leave, and what is waited for there, the most first."""
    if longest.behind is None or not longest.there:
        return Markup("")
    causes = [
        Markup("{} ({} train-hours)").format(words.CAUSES[wait.cause], words.rounded_figure(wait.hours))
        for wait in longest.there[:MOST_CAUSES]
    ]
    return BEHIND.format(place=words.title_of(run.scenario, longest.behind, ALL), causes=Markup(", ").join(causes))


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
    title = words.title_of(scenario, row["place"], row["flow"])
    return f"{'all trains' if title == 'all' else title}, {period}"


AT_A_BORDER = ("clearance_h_p50", "clearance_h_p90", "border_dwell_h", "border_dwell_customs_h")


@dataclass(frozen=True)
class ClearanceLine:
    """A line of the table: what is measured, and for each result the number with its interval, or nothing."""

    title: str
    cells: tuple[Markup, ...]


def clearance_lines(runs: Sequence[Results]) -> list[ClearanceLine]:
    """Lines for every regime and every border, of all flows, in the last full year of each result."""
    lines = [clearance_line(runs, *measure) for measure in measures_at_borders(runs)]
    return [line for line in lines if any(line.cells)]


def measures_at_borders(runs: Sequence[Results]) -> Iterator[tuple[str, str, str]]:
    """What the table asks: title, measure and place."""
    regimes = {name: regime.title for run in runs for name, regime in run.scenario.regimes.items()}
    for name, title in regimes.items():
        yield f"{title}: {words.measure('declarations').lower()}", f"declarations_{name}", ALL
        for suffix in ("_p50", "_p90"):
            yield f"{title}: arrival to release, {words.QUANTILES[suffix]}", f"clearance_{name}_h{suffix}", ALL
    borders = {
        name: place.title for run in runs for name, place in run.scenario.places.items() if place.kind == "border"
    }
    for place, title in borders.items():
        for kpi in AT_A_BORDER:
            yield f"{title}: {words.measure(kpi)}", kpi, place


def clearance_line(runs: Sequence[Results], title: str, kpi: str, place: str) -> ClearanceLine:
    """One line of the table."""
    rows = [row_at(run.kpis, kpi, place, ALL, last_full_year(run.scenario)) for run in runs]
    return ClearanceLine(
        title,
        tuple(with_interval(row, run.name) if row else Markup("") for run, row in zip(runs, rows, strict=True)),
    )
