"""The tables of a forecast: chances, years, differences, the spread, what decides, what is worth asking."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import pandas as pd

from sim.measure.catalogue import unit_of
from sim.measure.chances import ShareInterval
from sim.scenario.meaning import conclusion
from sim.study.forecast.causes import AMOUNT, CHANCE
from sim.study.forecast.draws import AT_TARGET
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.outcome import IS_CARRIED, IS_OFFERED
from sim.study.forecast.telling import ForecastClaim, off_by, rows_about, told_worth, worth_claims, worth_rows_of
from sim.views import words
from sim.views.language import in_marks, message, spoken_title, term
from sim.views.sheets.forecast.claims import (
    asked_title,
    chance_text,
    claim_words,
    measured_title,
    offered_range,
    rule_words,
    switch_words,
)
from sim.views.sheets.sheet import Sheet

MOST_NAMED = 12
"""Unknowns that a table names."""

LAW_OF_THREE = 3
"""Ends that the words of a law have where it has a likeliest value."""


def forecast_sheets(results: ForecastResults) -> list[Sheet]:
    """All that a forecast answers in tables, the evidence nearest to the answer last."""
    sheets = [years_sheet(results)]
    if len(results.frames["differences"]):
        sheets.append(gaps_sheet(results))
    measures = results.frames["split"][["measure", "offer"]].drop_duplicates().itertuples(index=False)
    for claim in (claim_of(results, *pair) for pair in measures):
        sheets += [split_sheet(results, claim), unknowns_sheet(results, claim)]
    return [*sheets, *worth_sheets(results), regions_sheet(results), chances_sheet(results)]


def forecast_sentences(results: ForecastResults) -> list[str]:
    """What a reader must know of it."""
    about = results.manifest
    pairs = message("more than one replication in each")
    if about["replications"] == 1:
        pairs = message("two replications in a tenth of them")
    sentence = message(
        "{worlds} worlds, each with a draw of {unknowns} unknowns and luck of its own ({pairs}, to tell luck apart). A "
        "chance is the share of worlds; its interval says how few they are, not how good the ranges are.",
        worlds=about["worlds"],
        unknowns=about["unknowns"],
        pairs=pairs,
    )
    return [sentence, *([message("{told}.", told=source_words(about["ensemble"]))] if about["ensemble"] else [])]


def source_words(ensemble: str) -> str:
    """Where unknowns were drawn from that a match had, and what it means for the parts of the spread."""
    return message(
        "Unknowns were drawn as the record left them, together ({ensemble}), not from the ranges as stated. Parts of "
        "the spread are told as if each were drawn by itself",
        ensemble=ensemble,
    )


def claim_of(results: ForecastResults, measure: str, offer: str) -> ForecastClaim:
    """The claim that a table writes so."""
    return ForecastClaim(conclusion(measure, results.scenario), offer)


def share_cell(row: pd.Series[Any], share: str = "share", low: str = "ci_low", high: str = "ci_high") -> str:
    """A share of a row with its interval; nothing where it is not told."""
    if pd.isna(row[share]):
        return ""
    ends = ShareInterval(round(row[share] * 1e6), 1_000_000, float(row[low]), float(row[high]))
    return to_decimals(chance_text(ends))


def to_decimals(text: str) -> str:
    """A text in which shares next to none and to all are numbers: in a column they stand one below the other."""
    ends = {words.percent(0.0001): "0.0", words.percent(0.9999): "100.0"}
    for sentence, number in ends.items():
        text = text.replace(sentence, message("{number} %", number=in_marks(number)))
    return text


def chances_sheet(results: ForecastResults) -> Sheet:
    """The chances."""
    heads = (message("scenario"), message("that"), message("chance"), message("worlds"))
    sheet = Sheet(message("Chances"), heads, frame=results.chances)
    for _, row in results.chances.iterrows():
        sheet.rows.append((row["scenario"], chance_title(results, row), share_cell(row), str(row["worlds"])))
    return sheet


def chance_title(results: ForecastResults, row: pd.Series[Any]) -> str:
    """What a chance is of, and in which worlds."""
    about = results.manifest
    kind = message("in plausible worlds")
    if row["offer"] == AT_TARGET:
        kind = message("if {offered} are offered", offered=offered_range(results))
    if row["question"] in (IS_OFFERED, IS_CARRIED):
        return message(
            "{asked}: {target} Mt in {year}, {worlds}",
            asked=term(row["question"]),
            target=words.stated_number(about["target_mt"]),
            year=about["year"],
            worlds=kind,
        )
    return words.comma_list([claim_words(results, claim_of(results, row["question"], row["offer"])), kind])


def measure_cells(results: ForecastResults, row: pd.Series[Any]) -> tuple[str, str, str, str]:
    """What a row measures: measure and unit, where, in which period, in how many worlds of which kind."""
    title = words.comma_list([words.measure(row["kpi"]), term(row["unit"])])
    where = words.title_of(results.scenario, row["place"], row["flow"])
    worlds = message("{number} {kind}", number=row["worlds"], kind=term(row["offer"]))
    return title, where, row["period"], worlds


def years_sheet(results: ForecastResults) -> Sheet:
    """Every measure over the worlds."""
    frame = results.frames["years"]
    heads = (
        *(message("scenario"), message("measure"), message("where"), message("period"), message("worlds")),
        *(message("median"), message("80 % of worlds"), message("95 % of worlds")),
    )
    sheet = Sheet(message("Over the worlds"), heads, frame=frame)
    for _, row in frame.iterrows():
        ends = [(row["p10"], row["p90"]), (row["p2_5"], row["p97_5"])]
        spans = (words.span(low, high) for low, high in ends)
        sheet.rows.append((row["scenario"], *measure_cells(results, row), words.figure(row["p50"]), *spans))
    return sheet


def gaps_sheet(results: ForecastResults) -> Sheet:
    """The second scenario less the first, world by world, of the measures that a conclusion is about."""
    frame = results.frames["differences"]
    first, second = results.manifest["scenarios"]
    heads = (
        *(message("measure"), message("where"), message("period"), message("worlds"), message("mean")),
        *(message("median"), message("80 % of worlds"), message("beyond the threshold")),
    )
    sheet = Sheet(message("{b} less {a}, world by world", b=second, a=first), heads, frame=frame)
    for _, row in frame[frame["share"].notna()].iterrows():
        mean = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        middle = words.span(row["p10"], row["p90"])
        share = share_cell(row, "share", "share_low", "share_high")
        chance = message("{bound}: {share}", bound=words.figure(row["threshold"]), share=share)
        sheet.rows.append((*measure_cells(results, row), mean, words.figure(row["p50"]), middle, chance))
    return sheet


def split_sheet(results: ForecastResults, claim: ForecastClaim) -> Sheet:
    """The parts of the spread of a measure."""
    frame = rows_about(results, "split", claim)
    title = message(
        "What its spread comes from, worlds {kind}: {measure}",
        kind=term(claim.offer),
        measure=measured_title(results, claim),
    )
    note = message("Upper ends of inputs hold all that is untold: it is not luck, so it may lie in any of them.")
    heads = (message("part"), message("by itself"), message("with all it has a part in"))
    sheet = Sheet(title, heads, note=note, frame=frame)
    for _, row in frame.iterrows():
        total = to_decimals(words.percent(row["total_share"])) if pd.notna(row["total_share"]) else ""
        sheet.rows.append((term(row["part"]), share_cell(row), total))
    return sheet


def unknowns_sheet(results: ForecastResults, claim: ForecastClaim) -> Sheet:
    """The unknowns that have the greatest shares of the spread of a measure."""
    frame = rows_about(results, "unknowns", claim).sort_values("total_share", ascending=False, kind="stable")
    unit = unit_of(claim.conclusion.address.kpi)
    heads = (
        *(message("unknown"), message("range"), message("share"), message("effect, {unit}", unit=term(unit))),
        *(message("holds low"), message("holds high"), message("turns it")),
    )
    note = message(
        "Effect: from its 10th to its 90th percentile, of words from least to most. Holds: share of worlds in its "
        "lowest and highest third, of words where least and most. A share whose interval begins at nothing is not "
        "told; upper ends hold all that is untold."
    )
    title = message(
        "What decides it, worlds {kind}: {claim}", kind=term(claim.offer), claim=claim_words(results, claim)
    )
    sheet = Sheet(title, heads, note=note, frame=frame)
    for _, row in frame[frame["total_share"] > 0].head(MOST_NAMED).iterrows():
        ends = [words.percent(row[name]) for name in ("holds_low", "holds_high")]
        cells = (spoken_title(row["title"]), range_cell(row), share_cell(row), words.figure(row["effect"]))
        sheet.rows.append((*cells, *ends, term(row["flips"])))
    return sheet


def worth_sheets(results: ForecastResults) -> Iterator[Sheet]:
    """What finding out is worth to who foretells a measure and whether its conclusion holds, a sheet a measure."""
    note = message(
        "Off by: root of the mean square of the error of what is foretold. Doubt: the Brier score of a yes or no. All "
        "that is unknown takes away all but luck. Every other row is a lower bound: each world is judged by fits to "
        "the others, which tell no more than so many worlds do. Of what moves together a row is of what it has by "
        "itself."
    )
    estimates = message("A part may stand above the whole: each is an estimate, and the interval says how far off.")
    note = words.paragraph([note, estimates])
    for claim in worth_claims(results):
        unit = unit_of(claim.conclusion.address.kpi)
        frame = rows_about(results, "worth", claim)
        kind, sentence = term(claim.offer), claim_words(results, claim)
        title = message("What finding out is worth, worlds {kind}: {claim}", kind=kind, claim=sentence)
        heads = (
            *(message("found out"), message("range"), message("off by, {unit}", unit=term(unit))),
            *(message("less of its square, at least"), message("less doubt whether it holds, at least")),
        )
        sheet = Sheet(title, heads, note=note, frame=frame)
        sheet.rows.append(
            (message("nothing"), "", words.figure(off_by(worth_rows_of(results, claim, AMOUNT).iloc[0])), "", "")
        )
        chances = worth_rows_of(results, claim, CHANCE).set_index(["of", "asked"])
        for _, row in told_worth(results, claim).head(MOST_NAMED).iterrows():
            key = (row["of"], row["asked"])
            doubt = share_cell(chances.loc[key]) if key in chances.index else ""
            off = words.figure(off_by(row, "share"))
            sheet.rows.append((asked_title(row), range_cell(row), off, share_cell(row), doubt))
        yield sheet


def range_cell(row: pd.Series[Any]) -> str:
    """The range of an unknown as words, which may be broken where numbers may not; of a common factor nothing."""
    text = "" if pd.isna(row["range"]) else str(row["range"])
    ends = text.split(", ")
    if len(ends) == LAW_OF_THREE:
        high, _, unit = ends[-1].partition(" ")
        about = {"low": ends[0], "high": high, "likely": ends[1], "unit": term(unit)}
        return message("from {low} to {high}, likely {likely} {unit}", **about).rstrip()
    if " to " in text:
        low, _, high = text.partition(" to ")
        return message("from {low} to {high}", low=low, high=high)
    if not text:
        return ""
    first, *others = map(switch_words, text.split(" | "))
    choices = reduce(lambda before, after: message("{before} or {after}", before=before, after=after), others, first)
    return message("either {choices}", choices=choices)


def regions_sheet(results: ForecastResults) -> Sheet:
    """Rules that tell worlds in which conclusions hold from the others."""
    frame = results.frames["regions"]
    heads = (message("that"), message("where"), message("holds in"), message("of worlds"))
    sheet = Sheet(message("Worlds in which it holds"), heads, frame=frame)
    for _, row in frame.iterrows():
        claim = claim_of(results, row["measure"], row["offer"])
        rule = message("all worlds")
        if pd.notna(row["rule"]) and row["rule"]:
            rule = rule_words(results, row["rule"])
        title = message("{kind}: {claim}", kind=term(claim.offer), claim=claim_words(results, claim))
        sheet.rows.append((title, rule, share_cell(row, "holds_share"), str(row["worlds"])))
    return sheet
