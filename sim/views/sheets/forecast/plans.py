"""What plans come to over all that is not known, in words: of a target, and of a ladder."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.measure.chances import ShareInterval
from sim.runs.answer import Answer
from sim.study.forecast.draws import AT_TARGET
from sim.study.forecast.worth import ALL_UNKNOWNS, WITH_LUCK
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


MOST_ASKED = 5
"""Things worth finding out that a table names for each budget."""


def choice_sheets(answer: Answer) -> list[Sheet]:
    """What finding out is worth before a plan is chosen, for each budget; none where no choice is told."""
    table = answer.frames["choice"]
    if table.empty:
        return []
    worlds = table["worlds"].iloc[0]
    heads = ("for at most, M$", "chosen, if nothing is found out", "another carries more in", "found out", "worth, kt")
    note = (
        "Worth: how much more is carried on average by the plan that is chosen then. Everything with luck is the "
        "bound: no finding out is worth more. Each world is judged by fits to the others; what so many cannot tell is "
        "left out."
    )
    title = f"What finding out is worth to a choice of the plan that carries most, {worlds} worlds"
    sheet = Sheet(title, heads, note=note, frame=table)
    for _, rows in table.groupby("budget_musd", sort=False):
        first = rows.iloc[0]
        plan = f"{first['plan']} ({words.figure(first['carried_mt'])} Mt), of {first['plans']}"
        is_whole = rows["of"].isin([WITH_LUCK, ALL_UNKNOWNS])
        single = rows[~is_whole & (rows["ci_low"] > 0)].sort_values("worth_kt", ascending=False, kind="stable")
        for place, (_, row) in enumerate(pd.concat([rows[is_whole], single.head(MOST_ASKED)]).iterrows()):
            about = (
                (words.figure(first["budget_musd"]), plan, words.percent(first["better_share"]))
                if not place
                else ("",) * 3
            )
            value = words.interval_text(row["worth_kt"], row["ci_low"], row["ci_high"])
            sheet.rows.append((*about, row["title"], value))
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
