"""A target in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.study.target.answer import Target
from sim.study.target.search import Search
from sim.views import words
from sim.views.sheets.forecast.plans import choice_sheets, worlds_sentence, worlds_sheets
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
    share = words.reached_words(*(plan[name] for name in ("reached", "replications", "share_low", "share_high")))
    return f"{share}; predicted by t: {words.percent(plan['predicted'])}"


def plan_sheet(target: Target) -> Sheet:
    """The plans confirmed over the whole horizon, the cheapest first."""
    manifest = target.manifest
    ask = words.percent(manifest["probability"])
    heads = ("investments", "cost, M$", "present value, M$", "carries, Mt", f"reaches {manifest['target_mt']:g} Mt")
    sheet = Sheet(f"Plans over the whole horizon: {words.question_words(target.about)}", (*heads, f"with {ask}, Mt"))
    for _, plan in target.table.iterrows():
        roles = (("as the file has it", "stated"), ("the answer", "cheapest"))
        marks = [word for word, role in roles if plan["plan"] == manifest[role]]
        title = f"{plan['plan']} ({'; '.join(marks)})" if marks else plan["plan"]
        cost = (words.figure(plan[name]) for name in ("cost_musd", "present_musd"))
        mean = words.interval_text(plan["mean_mt"], plan["ci_low"], plan["ci_high"])
        sheet.rows.append((title, *cost, mean, chance_words(plan), words.figure(plan["assured_mt"])))
    return sheet


def screened_sheet(target: Target) -> Sheet:
    """Every plan of the search, the cheapest first."""
    span = "the year and the one before" if target.manifest["is_excerpt"] else "the whole horizon"
    heads = ("investments", "cost, M$", "present value, M$", "carries, Mt", "frontier")
    title = f"Plans of the search: {span}, mean of {target.manifest['screening']} replications"
    sheet = Sheet(title, heads)
    for _, row in target.screened.sort_values("present_musd", kind="stable").iterrows():
        numbers = (words.figure(row[name]) for name in ("cost_musd", "present_musd", "mt"))
        sheet.rows.append((row["plan"], *numbers, "yes" if row["on_frontier"] else ""))
    return sheet


def answer_sentences(target: Target) -> list[str]:
    """Whether the target is reached as things stand, and by which plan it is."""
    manifest, stated_plan, best, cheapest = target.manifest, *map(target.plan, ("stated", "best", "cheapest"))
    assert stated_plan is not None and best is not None, "both are always confirmed"
    aim = f"{manifest['target_mt']:g} Mt in {target.about.year}"
    ask = words.percent(manifest["probability"])
    first = f"With the investments as the file has them, {aim}: {chance_words(stated_plan)}."
    if cheapest is not None:
        cost, present = (words.figure(cheapest[name]) for name in ("cost_musd", "present_musd"))
        money = f"{cost} million dollars ({present} present)"
        plan = f"{cheapest['plan']}; {money}"
        chance = chance_words(cheapest)
        return [
            first,
            f"The cheapest plan found that reaches it with {ask} ({chance}): {plan}, of {tried_words(target)}.",
        ]
    return [
        first,
        f"No set of this scenario's investments reaches it with {ask}: the best, {best['plan']}, does in "
        f"{best['reached']} of {best['replications']} replications, by luck alone. With {ask} it reaches "
        f"{words.figure(manifest['best_reached_mt'])} Mt (predicted by t: {words.figure(best['assured_mt'])} Mt). "
        f"Of {tried_words(target)}.",
    ]


def tried_words(target: Target) -> str:
    """How many plans the search ran, of how many it cannot rule out as better ones besides."""
    number, undecided = len(target.screened), target.manifest["open_plans"]
    tried = f"{number} plan{'' if number == 1 else 's'} tried"
    return f"{tried}, {undecided} or more undecided" if undecided else f"{tried}, none left undecided"


def target_notes(target: Target) -> list[str]:
    """What a reader of a target must know: costs, dates, the search, the deviation of the excerpt, the runs."""
    manifest = target.manifest
    notes = [
        f"Costs as stated; present value of {manifest['day']} at {100 * manifest['discount_share']:g} % a year, "
        "assumed. An investment may be put off to the first day of the year before, and never comes before its date."
    ]
    if manifest["fixed"]:
        notes.append(
            f"Not decided on, and left as the file has them: {', '.join(manifest['fixed'])}. An investment without a "
            "cost cannot be weighed; give it one: investments.NAME.cost_musd."
        )
    number = manifest["open_plans"]
    open_words = f"{number} plans or more were left undecided" if number else "no plan was left undecided"
    rule = "" if manifest["method"] == "all plans" else ", if more capacity never carries less"
    notes.append(f"Search by {manifest['method']}: {len(target.screened)} plans run, {open_words}{rule}.")
    if manifest["is_excerpt"] and (off := manifest["deviations_mt"]):
        notes.append(
            f"The search ran the year and the one before only: it carried {words.figure(sum(off) / len(off))} Mt more "
            f"than the whole horizon on average over {len(off)} plans (most: {words.figure(max(off, key=abs))} Mt)."
        )
    runs_screened, runs_whole = manifest["runs_screened"], manifest["runs_whole"]
    runs = f"{runs_screened + runs_whole} runs: {runs_screened} of the search"
    return [*notes, f"{runs}, {runs_whole} over the whole horizon; {words.sample(target)}."]


def target_headline(target: Target) -> Headline:
    """Whether the target is reached as things stand, and by which plan it is."""
    ask = words.percent(target.manifest["probability"])
    aim = f"{target.manifest['target_mt']:g} Mt in {target.about.year}"
    question = f"What brings the {target.about.title} to {aim} with a probability of {ask}?"
    first, plan = answer_sentences(target)
    shown = target.manifest["cheapest"] or target.manifest["best"]
    in_worlds = worlds_sentence(target, shown, target.manifest["target_mt"])
    return Headline(question, f"{plan} {in_worlds}".strip(), first, f"{words.standing(target)}.")
