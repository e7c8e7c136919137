"""Good and bad years in words."""

from __future__ import annotations

from collections.abc import Sequence

from sim.measure.addresses import headline_addresses
from sim.measure.vocabulary import Bound
from sim.runs.results import Results
from sim.study.outlook import chance_of_bound, quantile_table
from sim.views import words
from sim.views.sheets.sheet import Sheet

HEADS = ("measure", "where", "unit", "1 in 10 below", "as many below as above", "1 in 10 above")


def quantile_sheet(results: Results) -> Sheet:
    """Quantiles over replications of the measures that answer first, with distribution-free intervals."""
    scenario = results.scenario
    measures = headline_addresses(scenario)
    table = quantile_table(results, measures)
    sheet = Sheet(f"Good and bad years, {measures[0].period}: quantiles over replications", HEADS)
    for _, rows in table.groupby(["kpi", "place", "flow"], sort=False):
        kpi, place, flow, unit = rows[["kpi", "place", "flow", "unit"]].iloc[0]
        cells = (words.interval_text(row["value"], row["ci_low"], row["ci_high"]) for _, row in rows.iterrows())
        sheet.rows.append((words.measure(kpi), words.title_of(scenario, place, flow), unit, *cells))
    return sheet


def chance_sheet(results: Results, bounds: Sequence[Bound]) -> Sheet:
    """The chance of each bound, from the share of replications that keep to it."""
    sheet = Sheet("With what probability", ("bound", "where", "kept to in"))
    for bound in bounds:
        share = chance_of_bound(results, bound)
        measure = bound.measure
        sense = "at least" if bound.at_least else "at most"
        claim = f"{words.measure(measure.kpi)}, {measure.period}: {sense} {bound.value:g}"
        count = words.reached_words(share.successes, share.n, share.low, share.high)
        sheet.rows.append((claim, words.title_of(results.scenario, measure.place, measure.flow), count))
    return sheet
