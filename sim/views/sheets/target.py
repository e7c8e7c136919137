"""A target in words, and as a folder of tables and figures."""

from __future__ import annotations

from pathlib import Path

from sim.runs.folders import writing
from sim.study.target.search import Search
from sim.study.target.target import Confirmed, Target
from sim.views import words
from sim.views.plots import draw_target
from sim.views.sheets.ladder import fill
from sim.views.sheets.sheet import Sheet, interval, question_words, sample_of


def search_line(search: Search) -> str:
    """What is known of a search under way."""
    best = search.frontier()[-1]
    cost = words.figure(search.menu.present_musd(best))
    mt = words.figure(search.mt_by_plan[best])
    return f"{len(search.mt_by_plan)} plans run; the most carried is {mt} Mt, at {cost} M$"


def chance_words(confirmed: Confirmed) -> str:
    """The chance of a plan: how many replications reach the target, the interval, and what t predicts."""
    found = confirmed.chance
    return (
        f"{found.successes} of {found.n} = {words.percent(found.share)}  "
        f"[{words.percent(found.low)}, {words.percent(found.high)}]; predicted by t: {words.percent(found.predicted)}"
    )


def target_sheet(target: Target) -> Sheet:
    """The plans confirmed over the whole horizon, the cheapest first."""
    ask = words.percent(target.probability)
    heads = ("investments", "cost, M$", "present value, M$", "carries, Mt", f"reaches {target.target_mt:g} Mt")
    sheet = Sheet(f"Plans over the whole horizon: {question_words(target.about)}", (*heads, f"with {ask}, Mt"))
    for each in sorted(target.confirmed, key=lambda one: target.menu.present_musd(one.plan)):
        name = target.menu.words(each.plan)
        marks = [word for word, plan in (("as it is", target.menu.stated_plan),) if plan == each.plan]
        marks += ["the answer"] if target.answer is each else []
        cost = (target.menu.cost_musd(each.plan), target.menu.present_musd(each.plan))
        mean = interval(each.mean.mean, each.mean.low, each.mean.high)
        title = f"{name} ({'; '.join(marks)})" if marks else name
        sheet.rows.append((title, *map(words.figure, cost), mean, chance_words(each), words.figure(each.assured_mt)))
    return sheet


def screened_sheet(target: Target) -> Sheet:
    """Every plan of the search, the cheapest first."""
    span = "the year and the one before" if target.is_excerpt else "the whole horizon"
    heads = ("investments", "cost, M$", "present value, M$", "carries, Mt", "frontier")
    sheet = Sheet(f"Plans of the search: {span}, mean of {target.screening} replications", heads)
    for _, row in target.screened.sort_values("present_musd", kind="stable").iterrows():
        numbers = (words.figure(row[name]) for name in ("cost_musd", "present_musd", "mt"))
        sheet.rows.append((row["plan"], *numbers, "yes" if row["on_frontier"] else ""))
    return sheet


def target_answer(target: Target) -> list[str]:
    """The answer in sentences."""
    aim = f"{target.target_mt:g} Mt in {target.about.year}"
    ask = words.percent(target.probability)
    lines = [f"As it is, {aim}: {chance_words(target.confirmed[0])}."]
    if target.answer is not None:
        menu, plan = target.menu, target.answer.plan
        cost = f"{words.figure(menu.cost_musd(plan))} million dollars ({words.figure(menu.present_musd(plan))} present)"
        lines.append(f"The cheapest plan found that reaches it with {ask}: {menu.words(plan)}; {cost}.")
    else:
        best = target.best
        share_reached = f"{best.chance.successes} of {best.chance.n} replications"
        lines.append(
            f"No set of this scenario's investments reaches it with {ask}: the best, {target.menu.words(best.plan)}, "
            f"does in {share_reached}. With {ask} it reaches {words.figure(best.reached_mt)} Mt "
            f"(predicted by t: {words.figure(best.assured_mt)} Mt)."
        )
    return lines


def target_notes(target: Target) -> list[str]:
    """What a reader of a target must know: costs, dates, the search, the deviation of the excerpt, the runs."""
    menu = target.menu
    notes = [
        f"Costs as stated; present value of {menu.day} at {100 * menu.discount_share:g} % a year, assumed."
        " An investment may be put off to the first day of the year before, and never comes before its date."
    ]
    if menu.fixed_names:
        notes.append(
            f"Not decided on, and left as the file has them: {', '.join(menu.fixed_names)}. An investment without a "
            "cost cannot be weighed; give it one: --set investments.NAME.cost_musd=80."
        )
    undecided = (
        f"{target.open_plans} plans or more were left undecided" if target.open_plans else "no plan was left undecided"
    )
    rule = "" if target.method == "all plans" else ", if more capacity never carries less"
    notes.append(f"Search by {target.method}: {len(target.screened)} plans run, {undecided}{rule}.")
    if target.is_excerpt and len(target.deviations_mt):
        off = target.deviations_mt
        notes.append(
            f"The search ran the year and the one before only: it carried {words.figure(off.mean())} Mt more than the "
            f"whole horizon on average over {len(off)} plans (most: {words.figure(max(off, key=abs))} Mt)."
        )
    runs = f"{target.runs_screened + target.runs_whole} runs: {target.runs_screened} of the search"
    replications = len(target.confirmed[0].values_mt)
    notes.append(
        f"{runs}, {target.runs_whole} over the whole horizon; {sample_of(replications, target.level, target.seed)}."
    )
    return notes


def write_target(target: Target, folder: Path, caption: str | None) -> None:
    """Write a target: plans.csv, screened.csv, manifest.json and, with a caption, the figure.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    tables = {"plans": target.table, "screened": target.screened}
    basis = {"target_mt": target.target_mt, "probability": target.probability, "level": target.level}
    runs = {"seed": target.seed, "runs_screened": target.runs_screened, "runs_whole": target.runs_whole}
    with writing(folder) as temporary:
        fill(temporary, tables, {"target": target.name, **basis, **runs})
        if caption is not None:
            draw_target(target, temporary, caption)
