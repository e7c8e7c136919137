"""A target in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.study.target.answer import Target
from sim.study.target.search import Search
from sim.views import words
from sim.views.language import counted, message, spoken_title, term
from sim.views.sheets.forecast.plans import choice_sheets, plan_title, worlds_sentence, worlds_sheets
from sim.views.sheets.sheet import Headline, Sheet


def search_line(search: Search) -> str:
    """What is known of a search under way."""
    best = search.frontier()[-1]
    cost = words.figure(search.menu.present_musd(best))
    mt = words.figure(search.mt_by_plan[best])
    return f"{len(search.mt_by_plan)} plans run; the most carried is {mt} Mt, at {cost} M$"


def target_sheets(target: Target) -> list[Sheet]:
    """The plans of the search, then those confirmed."""
    in_worlds = worlds_sheets(target, target.manifest["target_mt"])
    return [screened_sheet(target), *choice_sheets(target), plan_sheet(target), *in_worlds]


def target_sentences(target: Target) -> list[str]:
    """The answer, and what a reader must know of it."""
    return [*answer_sentences(target), *target_notes(target)]


def chance_words(plan: pd.Series[Any]) -> str:
    """The chance of a plan: how many replications reach the target, the interval, and what t predicts."""
    reach, chance_text = plan_reach_words(plan), words.percent(plan["predicted"])
    return message("{share}; predicted by t: {predicted}", share=reach, predicted=chance_text)


def plan_reach_words(plan: pd.Series[Any]) -> str:
    """How many replications of a plan reach the target, and the share with its interval."""
    return words.reached_words(*(plan[name] for name in ("reached", "replications", "share_low", "share_high")))


def reach_cell(plan: pd.Series[Any]) -> str:
    """The same in a cell, which has no room for words."""
    ends = words.range_text(words.percent(plan["share_low"]), words.percent(plan["share_high"]))
    share = words.percent(plan["reached"] / plan["replications"])
    about = {"number": plan["reached"], "total": plan["replications"], "chance": f"{share} {ends}"}
    return message("{number} of {total}: {chance}", **about)


def plan_sheet(target: Target) -> Sheet:
    """The plans confirmed over the whole horizon, the cheapest first."""
    manifest = target.manifest
    ask = words.percent(manifest["probability"])
    heads = (
        *(message("investments"), message("cost, M$"), message("present value, M$"), message("carries, Mt")),
        message("reaches {target} Mt", target=words.stated_number(manifest["target_mt"])),
        *(message("predicted by t"), message("with {chance}, Mt", chance=ask)),
    )
    sheet = Sheet(message("Plans over the whole horizon: {about}", about=words.question_words(target.about)), heads)
    for _, plan in target.table.iterrows():
        roles = ((message("as the file has it"), "stated"), (message("the answer"), "cheapest"))
        marks = [word for word, role in roles if plan["plan"] == manifest[role]]
        title = plan_title(plan["plan"])
        if marks:
            title = message("{plan} ({marks})", plan=title, marks=words.listed_apart(marks))
        cost = (words.figure(plan[name]) for name in ("cost_musd", "present_musd"))
        mean = words.interval_text(plan["mean_mt"], plan["ci_low"], plan["ci_high"])
        chances = (reach_cell(plan), words.percent(plan["predicted"]))
        sheet.rows.append((title, *cost, mean, *chances, words.figure(plan["assured_mt"])))
    return sheet


def screened_sheet(target: Target) -> Sheet:
    """Every plan of the search, the cheapest first."""
    number = target.manifest["screening"]
    title = message("Plans of the search: the whole horizon, mean of {number} replications", number=number)
    if target.manifest["is_excerpt"]:
        title = message(
            "Plans of the search: the year and the one before, mean of {number} replications", number=number
        )
    heads = (
        *(message("investments"), message("cost, M$"), message("present value, M$")),
        *(message("carries, Mt"), message("frontier")),
    )
    sheet = Sheet(title, heads)
    for _, row in target.screened.sort_values("present_musd", kind="stable").iterrows():
        numbers = (words.figure(row[name]) for name in ("cost_musd", "present_musd", "mt"))
        sheet.rows.append((plan_title(row["plan"]), *numbers, message("yes") if row["on_frontier"] else ""))
    return sheet


def answer_sentences(target: Target) -> list[str]:
    """Whether the target is reached as things stand, and by which plan it is."""
    manifest, stated_plan, best, cheapest = target.manifest, *map(target.plan, ("stated", "best", "cheapest"))
    assert stated_plan is not None and best is not None, "both are always confirmed"
    ask = words.percent(manifest["probability"])
    first = message(
        "With the investments as the file has them, {target} Mt in {year}: {chance}.",
        target=words.stated_number(manifest["target_mt"]),
        year=target.about.year,
        chance=chance_words(stated_plan),
    )
    if cheapest is not None:
        cost, present = (words.figure(cheapest[name]) for name in ("cost_musd", "present_musd"))
        answer = message(
            "The cheapest plan found that reaches it with {ask} ({chance}): {plan}; {cost} million dollars ({present} "
            "present), of {tried}.",
            ask=ask,
            chance=chance_words(cheapest),
            plan=plan_title(cheapest["plan"]),
            cost=cost,
            present=present,
            tried=tried_words(target),
        )
        return [first, answer]
    answer = message(
        "No set of this scenario's investments reaches it with {ask}: the best, {plan}, does in {reached}. In {ask} of "
        "them it reaches {mt} Mt (predicted by t: {predicted} Mt). Of {tried}.",
        ask=ask,
        plan=plan_title(best["plan"]),
        reached=plan_reach_words(best),
        mt=words.figure(manifest["best_reached_mt"]),
        predicted=words.figure(best["assured_mt"]),
        tried=tried_words(target),
    )
    return [first, answer]


def tried_words(target: Target) -> str:
    """How many plans the search ran, of how many it cannot rule out as better ones besides."""
    number, undecided = len(target.screened), target.manifest["open_plans"]
    tried = counted(number, "{count} plan tried", "{count} plans tried")
    if undecided:
        return message("{tried}, {number} or more undecided", tried=tried, number=undecided)
    return message("{tried}, none left undecided", tried=tried)


def target_notes(target: Target) -> list[str]:
    """What a reader of a target must know: costs, dates, the search, the deviation of the excerpt, the runs."""
    manifest = target.manifest
    notes = [
        message(
            "Costs as stated; present value of {day} at {share} % a year, assumed. An investment may be put off to the "
            "first day of the year before, and never comes before its date.",
            day=manifest["day"],
            share=words.stated_number(100 * manifest["discount_share"]),
        )
    ]
    if manifest["fixed"]:
        notes.append(
            message(
                "Not decided on, and left as the file has them: {investments}. An investment without a cost cannot be "
                "weighed; give it one: investments.NAME.cost_musd.",
                investments=words.comma_list(manifest["fixed"]),
            )
        )
    number = manifest["open_plans"]
    open_text = message("no plan was left undecided")
    if number:
        open_text = message("{number} plans or more were left undecided", number=number)
    about = {"method": term(manifest["method"]), "number": len(target.screened), "undecided": open_text}
    sentence = message("Search by {method}: {number} plans run, {undecided}", **about)
    if manifest["method"] != "all plans":
        sentence = message("{searched}, if more capacity never carries less", searched=sentence)
    notes.append(message("{told}.", told=sentence))
    if manifest["is_excerpt"] and (off := manifest["deviations_mt"]):
        notes.append(
            message(
                "The search ran the year and the one before only: it carried {mean} Mt more than the whole horizon on "
                "average over {number} plans (most: {most} Mt).",
                mean=words.figure(sum(off) / len(off)),
                number=len(off),
                most=words.figure(max(off, key=abs)),
            )
        )
    return [*notes, runs_sentence(target)]


def runs_sentence(target: Target) -> str:
    """How many runs the search took, and the sample."""
    search_runs, whole_runs = target.manifest["runs_screened"], target.manifest["runs_whole"]
    return message(
        "{total} runs: {screened} of the search, {confirming} over the whole horizon; {sample}.",
        total=search_runs + whole_runs,
        screened=search_runs,
        confirming=whole_runs,
        sample=words.sample(target),
    )


def target_headline(target: Target) -> Headline:
    """Whether the target is reached as things stand, and by which plan it is."""
    ask = words.percent(target.manifest["probability"])
    question = message(
        "What brings the {corridor} to {target} Mt in {year} with a probability of {ask}?",
        corridor=spoken_title(target.about.title),
        target=words.stated_number(target.manifest["target_mt"]),
        year=target.about.year,
        ask=ask,
    )
    first, plan = answer_sentences(target)
    shown = target.manifest["cheapest"] or target.manifest["best"]
    in_worlds = worlds_sentence(target, shown, target.manifest["target_mt"])
    standing = message("{told}.", told=words.standing(target))
    return Headline(question, words.paragraph([plan, in_worlds]), first, standing)
