"""Comparisons of several scenarios, and what a change is made of, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.measure.run_view import KEYS
from sim.runs.precision import Aim, Precise
from sim.runs.results import Results
from sim.scenario.addresses import Address
from sim.scenario.calendar import DAY_ONE
from sim.scenario.meaning import last_full_year, period_days
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest
from sim.study.compare.compare import EFFECTS, differences_from, headline_rows, of_measures
from sim.study.compare.order_of_works import introductions, orders_stated
from sim.views import words
from sim.views.sheets.run import throughput_sheet
from sim.views.sheets.sheet import Sheet


def contest_sheets(answer: Contest) -> list[Sheet]:
    """All that a comparison answers."""
    results = answer.results
    tonnes = [
        (run.name, throughput_sheet(run, corridor))
        for run in results
        for corridor, about in run.scenario.corridors.items()
        if about.target_mt
    ]
    sheets = [replace(sheet, title=f"{name}. {sheet.title}") for name, sheet in tonnes]
    if len(results) == 2:
        sheets.append(difference_sheet(results[0], results[1], answer.differences))
    else:
        sheets.append(contest_sheet(results, answer.differences))
    sheets.append(inputs_sheet(answer))
    if answer.orders is not None:
        sheets.append(orders_sheet(results[0], results[1], answer.orders))
    if answer.effects is not None:
        sheets.append(effects_sheet(results[0], results[1], answer.effects))
    if answer.best is not None and answer.measure is not None:
        sheets.append(best_sheet(answer.best, answer.measure, results[0]))
    return sheets


def contest_sentences(answer: Contest) -> list[str]:
    """The sample, the levels of several intervals, the best, and what is assumed."""
    left_out = sum(answer.differences.attrs["left_out"].values())
    return [
        f"{words.sample(answer)}, paired by replication.",
        *([f"{unpaired_words(answer, left_out)}."] if left_out else []),
        *([f"{family(answer.differences)}."] if len(answer.results) > 2 else []),
        *([] if len(answer.results) > 2 else introduction_sentences(*(run.scenario for run in answer.results))),
        *([] if answer.orders is None else [f"{orders_sentence(answer, answer.orders)}."]),
        *([] if answer.best is None else [f"{best_sentence(answer.best)}."]),
        f"{words.standing(answer.results[1])}.",
    ]


def unpaired_words(answer: Contest, count: int) -> str:
    """How many measures have no pair, why, and where they stand."""
    kpis = [set(run.kpis["kpi"]) for run in answer.results]
    names = sorted(set.union(*kpis) - set.intersection(*kpis))
    examples = f", as {names[0]}" if names else ""
    owner = "one of a pair" if len(answer.results) > 2 else "one of the two"
    hint = "the results of that scenario alone have them"
    return f"{count} measures are left out, for only {owner} had trains to count in them{examples}: {hint}"


def introduction_sentences(a: Scenario, b: Scenario, *, only_caveats: bool = False) -> Iterator[str]:
    """Since when Tez clears in one of two scenarios what paper clears in the other, and of which days the answer is.

    Of caveats only, nothing is said of two that share their history up to the days measured.
    """
    days = introductions(a, b)
    if not days:
        return
    year = last_full_year(a)
    from_day, until_day = period_days(a)[year]
    span = f"from {from_day.date()} to {(until_day - dt.timedelta(days=1)).date()}"
    days_measured = f"measured {span if year == ALL else f'in {year}'}"
    if days[0] == DAY_ONE:
        yield (
            f"Tez clears from the first hour of the run, {days_measured}: the two share no history, and what is idle "
            "at first may hide a queue."
        )
        return
    when_introduced = f"on {days[0]}" if len(days) == 1 else f"by flow, {days[0]} to {days[-1]}"
    days_before = ", which includes days before" if from_day.date() < days[-1] else ""
    beside = "" if year != ALL and not days_before else f"; {days_measured}{days_before}"
    if days_before or not only_caveats:
        yield f"Introduced {when_introduced}, both the same until then{beside}."


MOST_INPUTS = 20


def inputs_sheet(answer: Contest) -> Sheet:
    """The inputs in which the others differ from the base."""
    base = answer.results[0].name
    table = answer.frames["inputs"]
    hidden_count = len(table) - MOST_INPUTS
    note = f"{hidden_count} more stand in inputs.csv" if hidden_count > 0 else ""
    sheet = Sheet("Inputs that differ", ("scenario", "input", "unit", base, "its value", "standing"), note=note)
    for _, row in table.head(MOST_INPUTS).iterrows():
        cells = (row[name] for name in ("scenario", "key", "unit", "value_a", "value_b", "standing"))
        sheet.rows.append(tuple(str(cell) for cell in cells))
    return sheet


def orders_sheet(a: Results, b: Results, orders: pd.DataFrame) -> Sheet:
    """What the comparison comes to under each order of works."""
    heads = ("order of works", "measure", "where", "unit", a.name, b.name, "difference", "")
    sheet = Sheet(f"Under each order of works: {b.name} less {a.name}, {when(a)}", heads)
    corridors = [name for name, about in a.scenario.corridors.items() if about.target_mt] or [ALL]
    dwell = (orders["kpi"] == "border_dwell_h") & (orders["flow"] == ALL) & (orders["place"] == quicker_place(orders))
    tonnes = (orders["kpi"] == "throughput_mt") & orders["flow"].isin(corridors)
    for _, row in orders[dwell | tonnes].iterrows():
        order = words.ORDERS_OF_WORKS[row["works_before_release"]]
        sheet.rows.append((order, *difference_cells(a, row)))
    return sheet


def quicker_place(orders: pd.DataFrame) -> str | None:
    """The border at which clearance changes most, as stated; None where none is seen to change."""
    stated = orders[(orders["kpi"] == "clearance_h") & (orders["works_before_release"] == "stated")]
    changes = stated.set_index("place")["difference"].abs()
    return None if changes.empty else str(changes.idxmax())


def orders_sentence(answer: Contest, orders: pd.DataFrame) -> str:
    """On which order of works the answer rests, and what the dwell at the border saves under each."""
    stated = {title: order for run in answer.results for title, order in orders_stated(run.scenario).items()}
    basis = ", ".join(f"{title}: {words.ORDERS_OF_WORKS[order]}" for title, order in stated.items())
    dwell = orders[(orders["kpi"] == "border_dwell_h") & (orders["flow"] == ALL)]
    place = quicker_place(orders)
    if place is None:
        return f"The answer rests on the order of works ({basis}); clearance takes as long at every border"
    changes = "; ".join(
        f"{words.ORDERS_OF_WORKS[row['works_before_release']]}: "
        f"{words.interval_text(row['difference'], row['ci_low'], row['ci_high'])} h"
        for _, row in dwell[dwell["place"] == place].iterrows()
    )
    where = words.title_of(answer.scenario, place, ALL)
    return f"The answer rests on the order of works ({basis}). Dwell at {where} changes, {changes}"


def contest_sheet(results: Sequence[Results], differences: pd.DataFrame) -> Sheet:
    """The differences that answer first, of several scenarios from the first."""
    base = results[0]
    heads = ("measure", "where", "unit", base.name, "scenario", "its mean", "difference", "")
    sheet = Sheet(f"Less {base.name}, {when(base)}", heads)
    for _, row in headline_rows(differences, base.scenario).iterrows():
        change = words.interval_text(row["difference"], row["ci_low"], row["ci_high"])
        where = words.title_of(base.scenario, row["place"], row["flow"])
        means = (words.figure(row["mean_a"]), row["scenario"], words.figure(row["mean_b"]))
        verdict = words.difference_words(row)
        sheet.rows.append((words.mean_measure(row["kpi"], row["unit"]), where, row["unit"], *means, change, verdict))
    return sheet


def family(differences: pd.DataFrame) -> str:
    """Which intervals hold together, and at which level each is drawn, in one sentence."""
    level, level_each = differences.attrs["level"], differences.attrs["level_each"]
    count = differences["scenario"].nunique()
    together = f"The {count} intervals of a measure hold together at {100 * level:g} %"
    return f"{together} (Bonferroni: each is drawn at {100 * level_each:.4g} %)"


def best_sheet(table: pd.DataFrame, measure: Address, base: Results) -> Sheet:
    """Which scenarios may be the best in a measure."""
    where = words.title_of(base.scenario, measure.place, measure.flow)
    end = "most" if table.attrs["most"] else "least"
    title = f"{words.measure(measure.kpi)}, {where}, {measure.period}: the {end} is best"
    sheet = Sheet(title, ("scenario", "mean", "behind by", "may be the best"))
    for _, row in table.iterrows():
        mean = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        verdict = "yes" if row["in_subset"] else "no"
        sheet.rows.append((row["scenario"], mean, words.figure(row["behind"]), verdict))
    return sheet


def best_sentence(table: pd.DataFrame) -> str:
    """What a subset that holds the best says."""
    names = ", ".join(table.loc[table["in_subset"], "scenario"])
    out = int((~table["in_subset"]).sum())
    return (
        f"With probability {100 * table.attrs['level']:g} % at least the best is among: {names} "
        f"({out} screened out, by {table['replications'].iloc[0]} paired replications)"
    )


def effects_headline(a: Results, b: Results, effects: pd.DataFrame) -> pd.DataFrame:
    """The effects on the measures that answer first in the comparison of the two scenarios."""
    keys = headline_rows(differences_from([a, b]), a.scenario)[list(KEYS[:4])].itertuples(index=False, name=None)
    return of_measures(effects, list(keys))


def effects_sheet(a: Results, b: Results, effects: pd.DataFrame) -> Sheet:
    """What the change from paper to Tez is made of, for the measures that answer first."""
    heads = ("measure", "where", "unit", a.name, *(words.EFFECTS[name] for name in EFFECTS), b.name)
    sheet = Sheet(f"Where the change from {a.name} to {b.name} comes from, {when(a)}", heads)
    headline = effects_headline(a, b, effects)
    for _, rows in headline.groupby(list(KEYS), sort=False, observed=True):
        first = rows.iloc[0]
        change = rows.set_index("effect")
        cells = (words.interval_text(*change.loc[name, ["difference", "ci_low", "ci_high"]]) for name in EFFECTS)
        where = words.title_of(a.scenario, first["place"], first["flow"])
        means = (words.figure(first["mean_paper"]), *cells, words.figure(first["mean_tez"]))
        sheet.rows.append((words.mean_measure(first["kpi"], first["unit"]), where, first["unit"], *means))
    return sheet


def when(results: Results) -> str:
    """The period that answers first, in words."""
    year = last_full_year(results.scenario)
    return words.period(year)


def precision_sentence(aim: Aim, precise: Precise) -> str:
    """Whether the precision asked for was reached, and by which measures it was not."""
    count, enough = precise.stop.replications, precise.stop.enough
    request = f"half-widths of {100 * aim.share:g} %"
    if enough is not None:
        return f"{request} were reached after {enough} replications and stayed so for {count - enough} more"
    if precise.misses.empty:
        return f"{request} were reached at the most replications allowed, {count}, too late to see them stay"
    misses = (
        f"{row['scenario']} {row['kpi']}:{row['place']}:{row['flow']}:{row['period']} ({percentage(row)})"
        for _, row in precise.misses.iterrows()
    )
    return f"{request} were NOT reached in the most replications allowed, {count}, by: {', '.join(misses)}"


def percentage(row: pd.Series[float]) -> str:
    """A half-width as a percentage of the mean."""
    share = row["half_width_share"]
    return f"{100 * share:.3g} %" if pd.notna(share) and share != float("inf") else "no share of its mean"


def difference_sheet(a: Results, b: Results, differences: pd.DataFrame) -> Sheet:
    """The paired differences that answer first, b less a."""
    year = last_full_year(a.scenario)
    heads = ("measure", "where", "unit", a.name, b.name, "difference", "")
    sheet = Sheet(f"{b.name} less {a.name}, {words.period(year)}", heads)
    for _, row in headline_rows(differences, a.scenario).iterrows():
        sheet.rows.append(difference_cells(a, row))
    return sheet


def difference_cells(a: Results, row: pd.Series[Any]) -> tuple[str, ...]:
    """A row of `compare` in words: measure, where, unit, both means, difference, verdict."""
    change = words.interval_text(row["difference"], row["ci_low"], row["ci_high"])
    means = (words.figure(row["mean_a"]), words.figure(row["mean_b"]))
    verdict = words.difference_words(row)
    where = words.title_of(a.scenario, row["place"], row["flow"])
    return (words.mean_measure(row["kpi"], row["unit"]), where, row["unit"], *means, change, verdict)
