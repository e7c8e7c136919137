"""What plans come to over all that is not known, in words: of a target, and of a ladder."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.measure.chances import ShareInterval
from sim.runs.answer import Answer
from sim.study.forecast.draws import AT_TARGET
from sim.views import words
from sim.views.sheets.forecast.claims import chance_text
from sim.views.sheets.sheet import Sheet

NOTHING_UNKNOWN = "The file says of nothing that it is unknown ([unknown.NAME]): there is no chance over worlds."


def worlds_sheets(answer: Answer, target_mt: float | None) -> list[Sheet]:
    """The plans in worlds, a row each; none where none were drawn."""
    table = answer.frames["worlds"]
    if table.empty:
        return []
    first = table.iloc[0]
    aim = [] if target_mt is None else [f"carries {target_mt:g} Mt in"]
    title = f"Over all that is not known, {first['worlds']} worlds{offer_words(answer, first)}"
    heads, note = ("plan", "middle world, Mt", "80 % of worlds, Mt", *aim), stop_note(int(table["stopped"].max()))
    sheet = Sheet(title, heads, note=note, frame=table)
    for _, row in table.iterrows():
        cells = [row["plan"], words.figure(row["p50"]), f"{words.figure(row['p10'])} to {words.figure(row['p90'])}"]
        sheet.rows.append((*cells, *([] if target_mt is None else [chance_cell(row)])))
    return [sheet]


def stop_note(number: int) -> str:
    """In how many worlds traffic stops for good under some plan."""
    return f"In up to {number} of them traffic stops for good; they count as not carrying it." if number else ""


def offer_words(answer: Answer, row: pd.Series[Any]) -> str:
    """What is offered in worlds at the target; nothing of those as drawn."""
    table = answer.scenario.forecast
    if row["offer"] != AT_TARGET or table is None or table.offered_mt is None:
        return ""
    return f" in which {table.offered_mt.low:g} to {table.offered_mt.high:g} Mt are offered"


def chance_cell(row: pd.Series[Any]) -> str:
    """In how many worlds a plan carries the target, and the chance with its interval."""
    share = ShareInterval(int(row["carrying"]), int(row["worlds"]), float(row["share_low"]), float(row["share_high"]))
    return f"{share.successes} of {share.n}: {chance_text(share)}"


def worlds_sentence(answer: Answer, plan: str, target_mt: float | None) -> str:
    """What a plan comes to over all that is not known; why there is nothing to say, where there is not."""
    table = answer.frames["worlds"]
    if table.empty:
        return "" if answer.scenario.unknown else NOTHING_UNKNOWN
    row = table[table["plan"] == plan].iloc[0]
    middle, low, high = (words.figure(row[name]) for name in ("p50", "p10", "p90"))
    carried = f"{middle} Mt in the middle world, {low} to {high} in 80 %"
    chance = "" if target_mt is None else f"{target_mt:g} Mt are carried in {chance_cell(row)}; "
    return f"Over {row['worlds']} worlds{offer_words(answer, row)}: {chance}{carried}."
