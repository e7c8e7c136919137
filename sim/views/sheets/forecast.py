"""A forecast in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.study.forecast.draws import AT_TARGET
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.outcome import IS_CARRIED, IS_OFFERED, Outcome
from sim.views import words
from sim.views.sheets.sheet import Headline, Sheet

MOST_NAMED = 12
"""Unknowns that a table names."""


def forecast_line(outcome: Outcome) -> str:
    """What is known of a forecast under way."""
    kind, chance = outcome.main_chance
    conclusion = outcome.plan.conclusions[0]
    ends = f"[{words.percent(chance.low)}, {words.percent(chance.high)}]"
    return f"{conclusion} in {chance.successes} of {chance.n} worlds {kind}: {words.percent(chance.share)} {ends}"


def forecast_sheets(results: ForecastResults) -> list[Sheet]:
    """All that a forecast answers in tables."""
    sheets = [years_sheet(results), chances_sheet(results)]
    if len(results.frames["differences"]):
        sheets.append(differences_sheet(results))
    measures = results.frames["split"][["measure", "offer"]].drop_duplicates().itertuples(index=False)
    for measure, offer in measures:
        sheets += [split_sheet(results, measure, offer), unknowns_sheet(results, measure, offer)]
    return [*sheets, regions_sheet(results)]


def forecast_sentences(results: ForecastResults) -> list[str]:
    """What a reader must know of it."""
    about = results.manifest
    return [
        f"{about['worlds']} worlds, each with a draw of {about['unknowns']} unknowns and luck of its own. "
        "A chance is the share of worlds; its interval says how few they are."
    ]


def chance_text(row: pd.Series[Any]) -> str:
    """A chance with its interval."""
    low, high = (words.percent(row[name]) for name in ("ci_low", "ci_high"))
    return f"{words.percent(row['share'])} [{low}, {high}]"


def chance_title(results: ForecastResults, row: pd.Series[Any]) -> str:
    """What a chance is of."""
    about = results.manifest
    target = "" if about["target_mt"] is None else f"{about['target_mt']:g} Mt in {about['year']}"
    match row["question"]:
        case question if question == IS_OFFERED:
            return f"{target} are offered"
        case question if question == IS_CARRIED and row["offer"] == AT_TARGET:
            offered = f"{about['offered_low_mt']:g} to {about['offered_high_mt']:g} Mt"
            return f"{target} are carried if {offered} are offered"
        case question if question == IS_CARRIED:
            return f"{target} are carried"
    return f"{row['question']}, {row['offer']}"


def chances_sheet(results: ForecastResults) -> Sheet:
    """The chances."""
    sheet = Sheet("Chances", ("scenario", "that", "chance", "worlds"), frame=results.chances)
    for _, row in results.chances.iterrows():
        sheet.rows.append((row["scenario"], chance_title(results, row), chance_text(row), str(row["worlds"])))
    return sheet


def years_sheet(results: ForecastResults) -> Sheet:
    """Every measure over the worlds."""
    frame = results.frames["years"]
    heads = ("scenario", "measure", "where", "period", "worlds", "median", "80 % of worlds", "95 % of worlds")
    sheet = Sheet("Over the worlds", heads, frame=frame)
    for _, row in frame.iterrows():
        where = words.plain(":".join(dict.fromkeys(row[["place", "flow"]])))
        ends = [(row["p10"], row["p90"]), (row["p2_5"], row["p97_5"])]
        middle, outer = (f"{words.figure(low)} to {words.figure(high)}" for low, high in ends)
        kind = f"{row['worlds']} {row['offer']}"
        title = f"{words.measure(row['kpi'])}, {row['unit']}"
        sheet.rows.append((row["scenario"], title, where, row["period"], kind, words.figure(row["p50"]), middle, outer))
    return sheet


def differences_sheet(results: ForecastResults) -> Sheet:
    """The second scenario less the first, world by world."""
    frame = results.frames["differences"]
    first, second = results.manifest["scenarios"]
    heads = ("measure", "where", "period", "worlds", "mean", "80 % of worlds", "beyond the threshold")
    sheet = Sheet(f"{second} less {first}, world by world", heads, frame=frame)
    for _, row in frame.iterrows():
        where = words.plain(":".join(dict.fromkeys(row[["place", "flow"]])))
        mean = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        middle = f"{words.figure(row['p10'])} to {words.figure(row['p90'])}"
        chance = ""
        if pd.notna(row["share"]):
            share = row.rename({"ci_low": "", "ci_high": "", "share_low": "ci_low", "share_high": "ci_high"})
            chance = f"{words.figure(row['threshold'])}: {chance_text(share)}"
        title = f"{words.measure(row['kpi'])}, {row['unit']}"
        kind = f"{row['worlds']} {row['offer']}"
        sheet.rows.append((title, where, row["period"], kind, mean, middle, chance))
    return sheet


def split_sheet(results: ForecastResults, measure: str, offer: str) -> Sheet:
    """The parts of the spread of a measure."""
    frame = rows_of(results, "split", measure, offer)
    sheet = Sheet(f"What its spread comes from, worlds {offer}: {measure}", ("part", "share", "in all"), frame=frame)
    for _, row in frame.iterrows():
        total = words.percent(row["total_share"]) if pd.notna(row["total_share"]) else "–"
        sheet.rows.append((row["part"], chance_text(row) if pd.notna(row["share"]) else "–", total))
    return sheet


def unknowns_sheet(results: ForecastResults, measure: str, offer: str) -> Sheet:
    """The unknowns that have the greatest shares of the spread of a measure."""
    frame = rows_of(results, "unknowns", measure, offer).sort_values("total_share", ascending=False, kind="stable")
    heads = ("unknown", "range", "share", "effect, 10th to 90th percentile", "holds low", "holds high", "turns it")
    sheet = Sheet(f"What decides it, worlds {offer}: {measure}", heads, frame=frame)
    for _, row in frame[frame["total_share"] > 0].head(MOST_NAMED).iterrows():
        ends = [words.percent(row[name]) for name in ("holds_low", "holds_high")]
        cells = (row["title"], row["range"], chance_text(row), words.figure(row["effect"]), *ends, row["flips"])
        sheet.rows.append(cells)
    return sheet


def regions_sheet(results: ForecastResults) -> Sheet:
    """Rules that tell worlds in which conclusions hold from the others."""
    frame = results.frames["regions"]
    sheet = Sheet("Worlds in which it holds", ("measure", "worlds", "where", "holds in", "of worlds"), frame=frame)
    for _, row in frame.iterrows():
        share = chance_text(row.rename({"holds_share": "share"}))
        sheet.rows.append((row["measure"], row["offer"], row["rule"] or "everywhere", share, str(row["worlds"])))
    return sheet


def rows_of(results: ForecastResults, table: str, measure: str, offer: str) -> pd.DataFrame:
    """The rows of a table about a measure in the worlds of a kind."""
    frame = results.frames[table]
    return frame[(frame["measure"] == measure) & (frame["offer"] == offer)]


def forecast_headline(results: ForecastResults) -> Headline:
    """The chances, and what decides the first of them."""
    about = results.manifest
    chances = results.chances[results.chances["scenario"] == about["scenarios"][-1]]
    told = [f"{chance_title(results, row)}: {chance_text(row)}" for _, row in chances.iterrows()]
    gaps = results.frames["differences"]
    for _, row in gaps[gaps["share"].notna()].iterrows():
        chance = (
            f"{words.percent(row['share'])} [{words.percent(row['share_low'])}, {words.percent(row['share_high'])}]"
        )
        told.append(f"{words.measure(row['kpi'])} differs by {words.figure(row['threshold'])} {row['unit']}: {chance}")
    question = "With what chance, over all that is not known?"
    return Headline(question, f"{'; '.join(told)}.", spread_reason(results), f"{words.standing(results)}.")


def spread_reason(results: ForecastResults) -> str:
    """The unknown that has the greatest share of the spread of the first conclusion."""
    frame = results.frames["unknowns"]
    if frame.empty:
        return ""
    first = frame[(frame["measure"] == frame["measure"].iloc[0]) & (frame["offer"] == frame["offer"].iloc[-1])]
    row = first.loc[first["total_share"].idxmax()]
    share = words.percent(row["total_share"])
    return f"Most of the spread of {row['measure']} comes from: {row['title']} ({share} of it)." if row["share"] else ""
