"""Good and bad years in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.measure.addresses import headline_addresses, rows_at
from sim.measure.vocabulary import Bound
from sim.runs.results import Results
from sim.study.outlook import chance_of_bound, quantile_table
from sim.views import words
from sim.views.language import counted, message, term
from sim.views.sheets.sheet import Sheet

HEADS = ("measure", "where", "unit", "1 in 10 below", "as many below as above", "1 in 10 above")
FEWEST_OF_TEN = 10
MOST_APART = 20
"""Times that a bound lies above or below the mean before it is asked about: days for hours are 24."""


def quantile_sheet(results: Results) -> Sheet:
    """Quantiles over replications of the measures that answer first, with distribution-free intervals."""
    scenario = results.scenario
    measures = headline_addresses(scenario)
    table = quantile_table(results, measures)
    # Of fewer replications than one in so many, what is called one in ten is but the least or the most that was seen.
    table.loc[
        (table["quantile"] != "p50") & (table["replications"] < FEWEST_OF_TEN), ["value", "ci_low", "ci_high"]
    ] = math.nan
    number = results.manifest["replications"]
    few = counted(
        number,
        "{count} replication: one year in ten needs {fewest} at least (-n).",
        "{count} replications: one year in ten needs {fewest} at least (-n).",
        fewest=FEWEST_OF_TEN,
    )
    note = few if number < FEWEST_OF_TEN else ""
    title = message("Good and bad years, {period}: quantiles over replications", period=measures[0].period)
    sheet = Sheet(title, tuple(map(term, HEADS)), note=note)
    for _, rows in table.groupby(["kpi", "place", "flow"], sort=False):
        kpi, place, flow, unit = rows[["kpi", "place", "flow", "unit"]].iloc[0]
        cells = (words.interval_text(row["value"], row["ci_low"], row["ci_high"]) for _, row in rows.iterrows())
        sheet.rows.append((words.measure(kpi), words.title_of(scenario, place, flow), term(unit), *cells))
    return sheet


def far_off(results: Results, bound: Bound) -> str:
    """That a bound lies far from all that the model has, which most often is another unit; empty if it does not."""
    for _, row in rows_at(results.kpis, *bound.measure).iterrows():
        mean = row["mean"]
        if mean > 0 and bound.value and not mean / MOST_APART <= bound.value <= mean * MOST_APART:
            return message(
                "{kpi} is in {unit}, and the model has {mean}: is {bound} in another unit?",
                kpi=bound.measure.kpi,
                unit=term(row["unit"]),
                mean=words.figure(mean),
                bound=words.stated_number(bound.value),
            )
    return ""


def chance_sheet(results: Results, bounds: Sequence[Bound]) -> Sheet:
    """The chance of each bound, from the share of replications that keep to it."""
    note = " ".join(filter(None, (far_off(results, bound) for bound in bounds)))
    heads = (message("bound"), message("where"), message("kept to in"))
    sheet = Sheet(message("With what probability"), heads, note=note)
    for bound in bounds:
        share = chance_of_bound(results, bound)
        measure = bound.measure
        about = {"measure": words.measure(measure.kpi), "period": measure.period}
        value = words.stated_number(bound.value)
        claim = message("{measure}, {period}: at most {bound}", bound=value, **about)
        if bound.at_least:
            claim = message("{measure}, {period}: at least {bound}", bound=value, **about)
        count = words.reached_words(share.successes, share.n, share.low, share.high)
        sheet.rows.append((claim, words.title_of(results.scenario, measure.place, measure.flow), count))
    return sheet
