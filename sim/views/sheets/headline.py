"""The answer first, the same in terminal, page, notebook and workbook: question, answer, reason, and what it hangs on.

Made from results by the rules of `sim.study.headline`; a sentence whose sign depends on a choice without a source names
that choice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest, contest
from sim.study.compare.materiality import SHARE, Verdict
from sim.study.compare.order_of_works import introduces_tez
from sim.study.headline import (
    CLEARANCE,
    DWELL,
    JOURNEY,
    PairedChange,
    Reach,
    TargetOutcome,
    amounts_saved,
    border_of_change,
    changes_first,
    subject_of,
    target_outcome,
)
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.sheets.arithmetic import overload_sentences
from sim.views.sheets.compare import best_sentence
from sim.views.sheets.reason import (
    assumed_words,
    border_reason,
    change_reason,
    change_text,
    hangs_words,
    reason_words,
)
from sim.views.sheets.sheet import Headline, Sheet

REACHES = {Reach.REACHED: "Yes", Reach.MISSED: "No", Reach.OPEN: "Open"}
SHORT = {THROUGHPUT: "throughput", JOURNEY: "mean journey, ready to delivered", CLEARANCE: "clearance", DWELL: "dwell"}
SHORT |= {
    "trains_diverted": "went another way, for the corridor is slower",
    "trains_lost": "gave up waiting to set out",
}
"""The measures that answer first; times are means over trains."""

SHARE_BESIDE = 0.5
"""Customs count in a dwell as far as a train waits for them; where less than this of a clearance does, it is told."""


# A run


def run_headline(run: Results) -> Headline:
    """Whether a target is reached; without one, what a train spends at the border where it stands longest."""
    outcome, longest = target_outcome(run), longest_border(run)
    if outcome is not None:
        about = outcome.about
        question = f"Does the {about.title} carry {outcome.target_mt:g} Mt in {about.year}?"
        answer = f"{target_words(outcome)}."
    elif longest is not None:
        question = f"How long does a train stand at {words.title_of(run.scenario, longest, ALL)}, and why?"
        answer = dwell_words(run, longest)
    else:
        question = f"What does {run.name} carry, and how long does it take?"
        answer = carried_words(run)
    reason = border_reason(run, longest) if outcome is None and longest is not None else reason_words(run)
    hangs_on = " ".join([*overload_sentences(run.scenario, subject_of(run)[1]), assumed_words(run)])
    return Headline(question, answer, reason, hangs_on, run_numbers(run, longest))


def target_words(outcome: TargetOutcome) -> str:
    """The verdict on a target, with its numbers."""
    mean = words.interval_text(outcome.mean_mt, outcome.low_mt, outcome.high_mt)
    of_all = {0: "none of", outcome.replications: "all"}.get(outcome.reached, f"{outcome.reached} of")
    luck = f"by luck alone {of_all} {outcome.replications} reach it"
    return f"{REACHES[outcome.reach]}: {mean} of {outcome.target_mt:g} Mt in {outcome.about.year}; {luck}"


def longest_border(run: Results) -> str | None:
    """The border at which trains stand longest in the period of the answer; None if they pass none."""
    rows = rows_at(run.kpis, DWELL, flow=ALL, period=subject_of(run)[1])
    rows = rows[rows["place"] != ALL].sort_values("mean", kind="stable")
    return None if rows.empty else str(rows["place"].iloc[-1])


def dwell_words(run: Results, border: str) -> str:
    """The dwell at a border, and how much of it is customs: of a clearance beside works only what outlasts them."""
    year = subject_of(run)[1]
    rows = rows_at(run.kpis, place=border, flow=ALL, period=year).set_index("kpi")
    customs_h, clearance_h = (float(rows["mean"].get(kpi, 0.0)) for kpi in ("border_dwell_customs_h", CLEARANCE))
    share = words.percent(customs_h / rows["mean"][DWELL])
    beside = ""
    if customs_h < clearance_h * SHARE_BESIDE:
        beside = f", since most of the clearance ({words.figure(clearance_h)} h) goes on beside other works"
    return f"{words.cell(rows, DWELL)} h on average in {words.period(year)}; {share} of it is customs{beside}."


def carried_words(run: Results) -> str:
    """Tonnes and days of all flows."""
    year = last_full_year(run.scenario)
    rows = rows_at(run.kpis, place=ALL, flow=ALL, period=year).set_index("kpi")
    days = f", {words.cell(rows, JOURNEY)} days from ready to delivered on average" if JOURNEY in rows.index else ""
    return f"{words.cell(rows, THROUGHPUT)} Mt in {words.period(year)}{days}."


def run_numbers(run: Results, border: str | None) -> Sheet:
    """The numbers of a run: tonnes, journey, of cargo that chooses what went another way, clearance and dwell."""
    flow, year = subject_of(run)
    addresses = [(kpi, ALL, flow) for kpi in (THROUGHPUT, JOURNEY, "trains_diverted", "trains_lost")]
    addresses += [] if border is None else [(CLEARANCE, border, ALL), (DWELL, border, ALL)]
    sheet = Sheet("", (words.period(year), "mean"))
    for kpi, place, whose in addresses:
        rows = rows_at(run.kpis, kpi, place, whose, year).set_index("kpi")
        if len(rows):
            title = number_title(run.scenario, kpi, place, str(rows["unit"].iloc[0]))
            sheet.rows.append((title, words.cell(rows, kpi)))
    return sheet


def number_title(scenario: Scenario, kpi: str, place: str, unit: str) -> str:
    """What a number of the answer is, in a line."""
    where = "" if place == ALL else f" at {words.title_of(scenario, place, ALL)}"
    return f"{SHORT[kpi]}{where}, {unit}"


# A comparison


def contest_headline(answer: Contest) -> Headline:
    """What one scenario changes against another; of several, which reach the target."""
    if len(answer.results) > 2:
        return several_headline(answer)
    base, rival = answer.results
    tez = introduces_tez(base.scenario, rival.scenario)
    outcome = target_outcome(rival)
    subject = "Tez Customs" if tez else rival.name
    change = tez_words(answer) if tez else changes_words(answer)
    question = f"What does {subject} change against {base.name}?"
    if tez:
        question = "What does Tez Customs save at the border, and on the way?"
    sentences = [f"{change}.", *asked_words(answer)]
    if outcome is not None:
        about = outcome.about
        question = f"Does {subject} bring the {about.title} to {outcome.target_mt:g} Mt in {about.year}?"
        without = target_outcome(base)
        contrast = "" if without is None else f"; {words.figure(without.mean_mt)} without"
        sentences.insert(0, f"{target_words(outcome)}{contrast}.")
    return Headline(question, " ".join(sentences), change_reason(answer), hangs_words(answer), change_numbers(answer))


def asked_words(answer: Contest) -> list[str]:
    """What was asked of a comparison besides: which may be the best, and what the change of the dwell is made of."""
    sentences = [] if answer.best is None else [f"{best_sentence(answer.best)}."]
    _, period = subject_of(answer.results[0])
    border = border_of_change(answer, period)
    if answer.effects is not None and border is not None:
        rows = rows_at(answer.effects, DWELL, border, ALL, period)
        parts = [
            f"{words.EFFECTS[row['effect']]} {words.interval_text(row['difference'], row['ci_low'], row['ci_high'])} h"
            for _, row in rows.iterrows()
        ]
        where = words.title_of(answer.scenario, border, ALL)
        sentences += [f"The change of the dwell at {where}: {', '.join(parts)}."] if parts else []
    return sentences


def tez_words(answer: Contest) -> str:
    """Hours at the border and tonnes that Tez Customs saves, costs or brings; each only if it is seen."""
    changes = {change.kpi: change for change in changes_first(answer)}
    clauses = []
    if (dwell := changes.get(DWELL)) is not None:
        clauses.append(hours_words(answer, dwell))
    if (tonnes := changes.get(THROUGHPUT)) is not None:
        clauses.append(amount_words(tonnes, "takes away", "brings"))
    return f"Tez Customs {' and '.join(clauses)}" if clauses else "Tez Customs clears no train here"


def hours_words(answer: Contest, dwell: PairedChange) -> str:
    """Hours saved at the border: over the orders of works, if those were tried, for the interval is of luck alone."""
    where = f"at {place_words(answer, dwell)}"
    ends = [saved_words(change) for change in amounts_saved(answer)]
    alone = f"{amount_words(dwell, 'saves', 'costs')} {where}"
    if dwell.verdict is Verdict.UNTOLD or {*ends} <= {"0"}:
        return alone
    if ends[0] == ends[-1]:
        return f"{alone} in whatever order of works"
    as_assumed = "none told from luck"
    if dwell.verdict is not Verdict.UNSEEN:
        as_assumed = f"{'costs ' if dwell.difference > 0 else ''}{size_words(dwell)}"
    span = span_of_hours(ends[0], ends[-1])
    return f"{span} of {words.figure(dwell.mean_a)} h {where} by the order of works (as assumed {as_assumed})"


def span_of_hours(least: str, largest: str) -> str:
    """From the least to the most saved: "saves 0 to 3.7", "costs 1.2 or saves 3.7", "costs 0 to 1.2"."""
    if not least.startswith("−"):
        return f"saves {least} to {largest}"
    if largest.startswith("−") or largest == "0":
        return f"costs {largest.removeprefix('−')} to {least.removeprefix('−')}"
    return f"costs {least.removeprefix('−')} or saves {largest}"


def saved_words(change: PairedChange | None) -> str:
    """Hours saved, with the digits of their interval; "0" for what cannot be told from luck."""
    if change is None:
        return "0"
    return words.interval_text(-change.difference, -change.high, -change.low).partition(" [")[0]


def size_words(change: PairedChange) -> str:
    """The size of a change, without its sign, and its interval."""
    sign = math.copysign(1, change.difference)
    return words.interval_text(abs(change.difference), *sorted((sign * change.low, sign * change.high)))


NOUNS = {"h": "hour", "Mt": "tonne", "days": "day"}


def amount_words(change: PairedChange, less: str, more: str) -> str:
    """What a change amounts to: "saves 3.3 [0.1, 6.5] of 45.5 h"; "saves no hour that can be told from luck"."""
    noun = NOUNS[change.unit]
    verb = less if change.unit == "h" else more
    amount = f"{size_words(change)} of {words.figure(change.mean_a)} {change.unit}"
    match change.verdict:
        case Verdict.UNTOLD:
            return f"{less if change.difference < 0 else more} {amount} (too few replications to tell)"
        case Verdict.UNSEEN:
            return f"{verb} no {noun} that can be told from luck"
        case Verdict.SMALL:
            return f"{less if change.difference < 0 else more} {amount} (under {100 * SHARE:g} %)"
        case Verdict.DIFFERS:
            return f"{less if change.difference < 0 else more} {amount}"


def place_words(answer: Contest, change: PairedChange) -> str:
    """Where a change is seen."""
    return words.title_of(answer.scenario, change.place, change.flow)


def where_words(answer: Contest, change: PairedChange) -> str:
    """Where a change is seen, behind its measure; nothing of what is of all trains everywhere."""
    is_of_all = change.place == change.flow == ALL
    return "" if is_of_all else f" {place_words(answer, change)}"


def changes_words(answer: Contest) -> str:
    """Which of the numbers that answer first differ, and by how much."""
    changes = changes_first(answer)
    seen = [f"{SHORT[change.kpi]}{where_words(answer, change)} {change_text(change)}" for change in seen_of(changes)]
    a, b = (run.name for run in answer.results)
    if seen:
        return f"{b} less {a}: {'; '.join(seen)}"
    if changes and changes[0].verdict is Verdict.UNTOLD:
        return f"{changes[0].replications} replications cannot tell {b} from {a}"
    return f"Nothing that answers first differs between {a} and {b}"


def seen_of(changes: list[PairedChange]) -> Iterator[PairedChange]:
    """The changes that are seen and matter."""
    yield from (change for change in changes if change.is_seen)


def change_numbers(answer: Contest) -> Sheet:
    """The numbers of two scenarios, and their paired differences."""
    a, b = answer.results
    names = ("paper", "Tez") if introduces_tez(a.scenario, b.scenario) else (a.name, b.name)
    sheet = Sheet("", (words.period(subject_of(a)[1]), *names, "difference"))
    for change in changes_first(answer):
        means = (words.figure(change.mean_a), words.figure(change.mean_b))
        title = number_title(a.scenario, change.kpi, change.place, change.unit)
        is_same = change.difference == change.low == change.high == 0
        interval = words.interval_text(change.difference, change.low, change.high)
        sheet.rows.append((title, *means, "0, the same" if is_same else interval))
    return sheet


def several_headline(answer: Contest) -> Headline:
    """Of several scenarios: which reach the target, or what each carries."""
    flow, year = subject_of(answer.results[0])
    outcomes = [(run, target_outcome(run)) for run in answer.results]
    base = answer.results[0]
    sheet = several_numbers(answer, flow, year)
    overloads = [f"{run.name}: {told}" for run in answer.results for told in overload_sentences(run.scenario, year)]
    hangs_on = " ".join([*overloads, assumed_words(base)])
    with_target = [(run, outcome) for run, outcome in outcomes if outcome is not None]
    if not with_target:
        question = f"What do {len(answer.results) - 1} scenarios change against {base.name}?"
        pairs = (contest([base, run]) for run in answer.results[1:])
        sentences = " ".join([*(f"{changes_words(pair)}." for pair in pairs), *asked_words(answer)])
        return Headline(question, sentences, "", hangs_on, sheet)
    about, target_mt = with_target[0][1].about, with_target[0][1].target_mt
    reaching = [run.name for run, outcome in with_target if outcome.reach is Reach.REACHED]
    open_names = [run.name for run, outcome in with_target if outcome.reach is Reach.OPEN]
    verdict = f"{words.joined_by_and(reaching)}" if reaching else "None"
    verdict += f"; open in {words.joined_by_and(open_names)}" if open_names else ""
    question = f"Which of {len(answer.results)} scenarios bring the {about.title} to {target_mt:g} Mt in {about.year}?"
    sentences = " ".join([f"{verdict}.", *asked_words(answer)])
    return Headline(question, sentences, f"In {base.name}: {reason_words(base)}", hangs_on, sheet)


def several_numbers(answer: Contest, flow: str, year: str) -> Sheet:
    """What each of several scenarios carries, and its paired difference from the first."""
    base = answer.results[0]
    sheet = Sheet("", (f"{SHORT[THROUGHPUT]}, {words.period(year)}", "Mt", f"less {base.name}"))
    differences = rows_at(answer.differences, THROUGHPUT, ALL, flow, year).set_index("scenario")
    for run in answer.results:
        rows = rows_at(run.kpis, THROUGHPUT, ALL, flow, year).set_index("kpi")
        change = ""
        if run.name in differences.index:
            change = words.interval_text(*differences.loc[run.name, ["difference", "ci_low", "ci_high"]])
        if len(rows):
            sheet.rows.append((run.name, words.cell(rows, THROUGHPUT), change))
    return sheet
