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
from sim.views.differences import difference_words
from sim.views.language import message, spoken_title, term
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
    sheets = [
        replace(sheet, title=message("{scenario}. {title}", scenario=name, title=sheet.title)) for name, sheet in tonnes
    ]
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
    sentence = [
        *([unpaired_words(answer, left_out)] if left_out else []),
        *([family(answer.differences)] if len(answer.results) > 2 else []),
    ]
    orders = [] if answer.orders is None else [orders_sentence(answer, answer.orders)]
    best = [] if answer.best is None else [best_sentence(answer.best)]
    return [
        message("{sample}, paired by replication.", sample=words.sample(answer)),
        *(message("{told}.", told=text) for text in sentence),
        *([] if len(answer.results) > 2 else introduction_sentences(*(run.scenario for run in answer.results))),
        *(message("{told}.", told=text) for text in [*orders, *best, words.standing(answer.results[1])]),
    ]


def unpaired_words(answer: Contest, count: int) -> str:
    """How many measures have no pair, why, and where they stand."""
    kpis = [set(run.kpis["kpi"]) for run in answer.results]
    names = sorted(set.union(*kpis) - set.intersection(*kpis))
    example = message(", as {kpi}", kpi=names[0]) if names else ""
    if len(answer.results) > 2:
        return message(
            "{number} measures are left out, for only one of a pair had trains to count in them{example}: the results "
            "of that scenario alone have them",
            number=count,
            example=example,
        )
    return message(
        "{number} measures are left out, for only one of the two had trains to count in them{example}: the results of "
        "that scenario alone have them",
        number=count,
        example=example,
    )


def introduction_sentences(a: Scenario, b: Scenario, *, only_caveats: bool = False) -> Iterator[str]:
    """Since when Tez clears in one of two scenarios what paper clears in the other, and of which days the answer is.

    Of caveats only, nothing is said of two that share their history up to the days measured.
    """
    days = introductions(a, b)
    if not days:
        return
    year = last_full_year(a)
    from_day, until_day = period_days(a)[year]
    days_measured = message("measured in {year}", year=year)
    if year == ALL:
        last_day = (until_day - dt.timedelta(days=1)).date()
        days_measured = message("measured from {first} to {last}", first=from_day.date(), last=last_day)
    if days[0] == DAY_ONE:
        yield message(
            "Tez clears from the first hour of the run, {measured}: the two share no history, and what is idle at "
            "first may hide a queue.",
            measured=days_measured,
        )
        return
    sentence = message("Introduced on {day}, both the same until then", day=days[0])
    if len(days) > 1:
        ends = {"first": days[0], "last": days[-1]}
        sentence = message("Introduced by flow, {first} to {last}, both the same until then", **ends)
    if from_day.date() < days[-1]:
        yield message("{told}; {measured}, which includes days before.", told=sentence, measured=days_measured)
    elif not only_caveats:
        if year == ALL:
            sentence = message("{told}; {measured}", told=sentence, measured=days_measured)
        yield message("{told}.", told=sentence)


MOST_INPUTS = 20


def inputs_sheet(answer: Contest) -> Sheet:
    """The inputs in which the others differ from the base."""
    base = answer.results[0].name
    table = answer.frames["inputs"]
    hidden_count = len(table) - MOST_INPUTS
    note = message("{number} more stand in inputs.csv", number=hidden_count) if hidden_count > 0 else ""
    heads = (
        *(message("scenario"), message("input"), message("unit"), base),
        *(message("its value"), message("standing")),
    )
    sheet = Sheet(message("Inputs that differ"), heads, note=note)
    for _, row in table.head(MOST_INPUTS).iterrows():
        cells = (str(row[name]) for name in ("scenario", "key", "unit", "value_a", "value_b"))
        sheet.rows.append((*cells, term(str(row["standing"]))))
    return sheet


def orders_sheet(a: Results, b: Results, orders: pd.DataFrame) -> Sheet:
    """What the comparison comes to under each order of works."""
    heads = (
        *(message("order of works"), message("measure"), message("where"), message("unit")),
        *(a.name, b.name, message("difference"), ""),
    )
    title = message("Under each order of works: {b} less {a}, {period}", b=b.name, a=a.name, period=when(a))
    sheet = Sheet(title, heads)
    corridors = [name for name, about in a.scenario.corridors.items() if about.target_mt] or [ALL]
    dwell = (orders["kpi"] == "border_dwell_h") & (orders["flow"] == ALL) & (orders["place"] == quicker_place(orders))
    tonnes = (orders["kpi"] == "throughput_mt") & orders["flow"].isin(corridors)
    for _, row in orders[dwell | tonnes].iterrows():
        order = term(words.ORDERS_OF_WORKS[row["works_before_release"]])
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
    basis = words.comma_list(
        message("{regime}: {order}", regime=spoken_title(title), order=term(words.ORDERS_OF_WORKS[order]))
        for title, order in stated.items()
    )
    dwell = orders[(orders["kpi"] == "border_dwell_h") & (orders["flow"] == ALL)]
    place = quicker_place(orders)
    if place is None:
        return message(
            "The answer rests on the order of works ({orders}); clearance takes as long at every border", orders=basis
        )
    changes = words.listed_apart(
        message(
            "{order}: {change} h",
            order=term(words.ORDERS_OF_WORKS[row["works_before_release"]]),
            change=words.interval_text(row["difference"], row["ci_low"], row["ci_high"]),
        )
        for _, row in dwell[dwell["place"] == place].iterrows()
    )
    return message(
        "The answer rests on the order of works ({orders}). Dwell at {place} changes, {changes}",
        orders=basis,
        place=words.title_of(answer.scenario, place, ALL),
        changes=changes,
    )


def contest_sheet(results: Sequence[Results], differences: pd.DataFrame) -> Sheet:
    """The differences that answer first, of several scenarios from the first."""
    base = results[0]
    heads = (
        *(message("measure"), message("where"), message("unit"), base.name),
        *(message("scenario"), message("its mean"), message("difference"), ""),
    )
    sheet = Sheet(message("Less {scenario}, {period}", scenario=base.name, period=when(base)), heads)
    for _, row in headline_rows(differences, base.scenario).iterrows():
        change = words.interval_text(row["difference"], row["ci_low"], row["ci_high"])
        where = words.title_of(base.scenario, row["place"], row["flow"])
        means = (words.figure(row["mean_a"]), row["scenario"], words.figure(row["mean_b"]))
        verdict = difference_words(row)
        title = words.mean_measure(row["kpi"], row["unit"])
        sheet.rows.append((title, where, term(row["unit"]), *means, change, verdict))
    return sheet


def family(differences: pd.DataFrame) -> str:
    """Which intervals hold together, and at which level each is drawn, in one sentence."""
    level, level_each = differences.attrs["level"], differences.attrs["level_each"]
    return message(
        "The {number} intervals of a measure hold together at {level} % (Bonferroni: each is drawn at {level_each} %)",
        number=differences["scenario"].nunique(),
        level=words.stated_number(100 * level),
        level_each=words.stated_number(100 * level_each, 4),
    )


def best_sheet(table: pd.DataFrame, measure: Address, base: Results) -> Sheet:
    """Which scenarios may be the best in a measure."""
    where = words.title_of(base.scenario, measure.place, measure.flow)
    about = words.comma_list([words.measure(measure.kpi), where, measure.period])
    title = message("{measure}: the least is best", measure=about)
    if table.attrs["most"]:
        title = message("{measure}: the most is best", measure=about)
    sheet = Sheet(title, (message("scenario"), message("mean"), message("behind by"), message("may be the best")))
    for _, row in table.iterrows():
        mean = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        verdict = message("yes") if row["in_subset"] else message("no")
        sheet.rows.append((row["scenario"], mean, words.figure(row["behind"]), verdict))
    return sheet


def best_sentence(table: pd.DataFrame) -> str:
    """What a subset that holds the best says."""
    return message(
        "With probability {level} % at least the best is among: {scenarios} ({out} screened out, by {number} paired "
        "replications)",
        level=words.stated_number(100 * table.attrs["level"]),
        scenarios=words.comma_list(table.loc[table["in_subset"], "scenario"]),
        out=int((~table["in_subset"]).sum()),
        number=table["replications"].iloc[0],
    )


def effects_headline(a: Results, b: Results, effects: pd.DataFrame) -> pd.DataFrame:
    """The effects on the measures that answer first in the comparison of the two scenarios."""
    keys = headline_rows(differences_from([a, b]), a.scenario)[list(KEYS[:4])].itertuples(index=False, name=None)
    return of_measures(effects, list(keys))


def effects_sheet(a: Results, b: Results, effects: pd.DataFrame) -> Sheet:
    """What the change from paper to Tez is made of, for the measures that answer first."""
    parts = (term(words.EFFECTS[name]) for name in EFFECTS)
    heads = (message("measure"), message("where"), message("unit"), a.name, *parts, b.name)
    title = message("Where the change from {a} to {b} comes from, {period}", a=a.name, b=b.name, period=when(a))
    sheet = Sheet(title, heads)
    headline = effects_headline(a, b, effects)
    for _, rows in headline.groupby(list(KEYS), sort=False, observed=True):
        first = rows.iloc[0]
        change = rows.set_index("effect")
        cells = (words.interval_text(*change.loc[name, ["difference", "ci_low", "ci_high"]]) for name in EFFECTS)
        where = words.title_of(a.scenario, first["place"], first["flow"])
        means = (words.figure(first["mean_paper"]), *cells, words.figure(first["mean_tez"]))
        sheet.rows.append((words.mean_measure(first["kpi"], first["unit"]), where, term(first["unit"]), *means))
    return sheet


def when(results: Results) -> str:
    """The period that answers first, in words."""
    year = last_full_year(results.scenario)
    return words.period(year)


def precision_sentence(aim: Aim, precise: Precise) -> str:
    """Whether the precision asked for was reached, and by which measures it was not."""
    count, enough = precise.stop.replications, precise.stop.enough
    share = words.stated_number(100 * aim.share)
    if enough is not None:
        return message(
            "half-widths of {share} % were reached after {enough} replications and stayed so for {further} more",
            share=share,
            enough=enough,
            further=count - enough,
        )
    if precise.misses.empty:
        return message(
            "half-widths of {share} % were reached at the most replications allowed, {number}, too late to see them "
            "stay",
            share=share,
            number=count,
        )
    misses = (
        f"{row['scenario']} {row['kpi']}:{row['place']}:{row['flow']}:{row['period']} ({percentage(row)})"
        for _, row in precise.misses.iterrows()
    )
    return message(
        "half-widths of {share} % were NOT reached in the most replications allowed, {number}, by: {misses}",
        share=share,
        number=count,
        misses=words.comma_list(misses),
    )


def percentage(row: pd.Series[float]) -> str:
    """A half-width as a percentage of the mean."""
    share = row["half_width_share"]
    if pd.isna(share) or share == float("inf"):
        return message("no share of its mean")
    return message("{number} %", number=words.stated_number(100 * share, 3))


def difference_sheet(a: Results, b: Results, differences: pd.DataFrame) -> Sheet:
    """The paired differences that answer first, b less a."""
    year = last_full_year(a.scenario)
    heads = (message("measure"), message("where"), message("unit"), a.name, b.name, message("difference"), "")
    sheet = Sheet(message("{b} less {a}, {period}", b=b.name, a=a.name, period=words.period(year)), heads)
    for _, row in headline_rows(differences, a.scenario).iterrows():
        sheet.rows.append(difference_cells(a, row))
    return sheet


def difference_cells(a: Results, row: pd.Series[Any]) -> tuple[str, ...]:
    """A row of `compare` in words: measure, where, unit, both means, difference, verdict."""
    change = words.interval_text(row["difference"], row["ci_low"], row["ci_high"])
    means = (words.figure(row["mean_a"]), words.figure(row["mean_b"]))
    verdict = difference_words(row)
    where = words.title_of(a.scenario, row["place"], row["flow"])
    return (words.mean_measure(row["kpi"], row["unit"]), where, term(row["unit"]), *means, change, verdict)
