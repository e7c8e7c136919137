"""What plans come to over all that is not known, in words: of a target, and of a ladder."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.measure.chances import ShareInterval
from sim.runs.answer import Answer
from sim.study.forecast.draws import AT_TARGET
from sim.study.forecast.worth import ALL_UNKNOWNS, WITH_LUCK
from sim.study.target.plans import NONE_MADE
from sim.views import words
from sim.views.language import counted, message, spoken_title, term
from sim.views.sheets.forecast.claims import chance_text
from sim.views.sheets.sheet import Sheet

NOTHING_UNKNOWN = "The file says of nothing that it is unknown ([unknown.NAME]): there is no chance over worlds."


def worlds_sheets(answer: Answer, target_mt: float | None) -> list[Sheet]:
    """The plans in worlds, a row each; none where none were drawn."""
    table = answer.frames["worlds"]
    if table.empty:
        return []
    first = table.iloc[0]
    aim = []
    if target_mt is not None:
        aim = [message("carries {target} Mt in", target=words.stated_number(target_mt))]
    offer_text = offer_words(answer, first)
    title = message("Over all that is not known, {number} worlds{offered}", number=first["worlds"], offered=offer_text)
    heads = (message("plan"), message("middle world, Mt"), message("80 % of worlds, Mt"), *aim)
    sheet = Sheet(title, heads, note=stop_note(int(table["stopped"].max())), frame=table)
    for _, row in table.iterrows():
        cells = [plan_title(row["plan"]), words.figure(row["p50"]), words.span(row["p10"], row["p90"])]
        sheet.rows.append((*cells, *([] if target_mt is None else [chance_cell(row)])))
    return [sheet]


def plan_title(plan: str) -> str:
    """A plan as tables of targets have it: the names of what is made, with the date where it is put off."""
    if plan == NONE_MADE:
        return message("none")
    parts = [name.partition(" from ") for name in plan.split(", ")]
    return words.comma_list(
        message("{investment} from {day}", investment=name, day=day) if day else name for name, _, day in parts
    )


MOST_ASKED = 5
"""Things worth finding out that a table names for each budget."""


def choice_sheets(answer: Answer) -> list[Sheet]:
    """What finding out is worth before a plan is chosen, for each budget; none where no choice is told."""
    table = answer.frames["choice"]
    if table.empty:
        return []
    worlds = table["worlds"].iloc[0]
    heads = (
        *(message("for at most, M$"), message("chosen, if nothing is found out")),
        *(message("another carries more in"), message("found out"), message("worth, kt")),
    )
    note = message(
        "Worth: how much more is carried on average by the plan that is chosen then. Everything with luck is the "
        "bound: no finding out is worth more. Each world is judged by fits to the others; what so many cannot tell is "
        "left out."
    )
    title = message(
        "What finding out is worth to a choice of the plan that carries most, {number} worlds", number=worlds
    )
    sheet = Sheet(title, heads, note=note, frame=table)
    for _, rows in table.groupby("budget_musd", sort=False):
        first = rows.iloc[0]
        mt = words.figure(first["carried_mt"])
        plan = message("{plan} ({mt} Mt), of {number}", plan=plan_title(first["plan"]), mt=mt, number=first["plans"])
        is_whole = rows["of"].isin([WITH_LUCK, ALL_UNKNOWNS])
        single = rows[~is_whole & (rows["ci_low"] > 0)].sort_values("worth_kt", ascending=False, kind="stable")
        for place, (_, row) in enumerate(pd.concat([rows[is_whole], single.head(MOST_ASKED)]).iterrows()):
            about = (
                (words.figure(first["budget_musd"]), plan, words.percent(first["better_share"]))
                if not place
                else ("",) * 3
            )
            value = words.interval_text(row["worth_kt"], row["ci_low"], row["ci_high"])
            sheet.rows.append((*about, spoken_title(row["title"]), value))
    return [sheet]


def stop_note(number: int) -> str:
    """In how many worlds traffic stops for good under some plan."""
    if not number:
        return ""
    return message("In up to {number} of them traffic stops for good; they count as not carrying it.", number=number)


def offer_words(answer: Answer, row: pd.Series[Any]) -> str:
    """What is offered in worlds at the target; nothing of those as drawn."""
    table = answer.scenario.forecast
    if row["offer"] != AT_TARGET or table is None or table.offered_mt is None:
        return ""
    low, high = words.stated_number(table.offered_mt.low), words.stated_number(table.offered_mt.high)
    return message(" in which {low} to {high} Mt are offered", low=low, high=high)


def chance_cell(row: pd.Series[Any]) -> str:
    """In how many worlds a plan carries the target, and the chance with its interval."""
    share = ShareInterval(int(row["carrying"]), int(row["worlds"]), float(row["share_low"]), float(row["share_high"]))
    return message("{number} of {total}: {chance}", number=share.successes, total=share.n, chance=chance_text(share))


def worlds_sentence(answer: Answer, plan: str, target_mt: float | None) -> str:
    """What a plan comes to over all that is not known; why there is nothing to say, where there is not."""
    table = answer.frames["worlds"]
    if table.empty:
        return "" if answer.scenario.unknown else term(NOTHING_UNKNOWN)
    row = table[table["plan"] == plan].iloc[0]
    sentence = message("too few in which anything is observed for a middle one")
    if not math.isnan(row["p50"]):
        middle, low, high = (words.figure(row[name]) for name in ("p50", "p10", "p90"))
        sentence = message(
            "{middle} Mt in the middle world, {low} to {high} in 80 %", middle=middle, low=low, high=high
        )
    if target_mt is not None:
        aim = {"target": words.stated_number(target_mt), "chance": chance_cell(row), "carried": sentence}
        sentence = message("{target} Mt are carried in {chance}; {carried}", **aim)
    about = {"offered": offer_words(answer, row), "carried": sentence}
    sentence = counted(
        row["worlds"], "Over {count} world{offered}: {carried}.", "Over {count} worlds{offered}: {carried}.", **about
    )
    return words.paragraph([sentence, stop_sentence(row["stopped"])])


def stop_sentence(number: int) -> str:
    """In how many worlds traffic stops for good; nothing where it does in none."""
    if not number:
        return ""
    return message("In {number} of them traffic stops for good; they count as not carrying it.", number=number)
