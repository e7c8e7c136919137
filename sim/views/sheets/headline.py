"""The answer first, the same in terminal, page, notebook and workbook: question, answer, reason, and what it hangs on.

Made from results by the rules of `sim.study.headline`; a sentence whose sign depends on a choice without a source names
that choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.compare.answer import Contest, contest
from sim.study.compare.order_of_works import introduces_tez
from sim.study.headline import (
    CLEARANCE,
    DWELL,
    JOURNEY,
    Reach,
    TargetOutcome,
    border_of_change,
    changes_first,
    subject_of,
    target_outcome,
    told_first,
)
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.differences import by_luck_words
from sim.views.language import message, spoken_title, term
from sim.views.sheets.arithmetic import overload_sentences
from sim.views.sheets.changes import SHORT, changes_words, tez_words
from sim.views.sheets.compare import best_sentence
from sim.views.sheets.reason import (
    assumed_words,
    border_reason,
    change_reason,
    hangs_words,
    reason_words,
)
from sim.views.sheets.sheet import Headline, Sheet

SHARE_BESIDE = 0.5
"""Customs count in a dwell as far as a train waits for them; where less than this of a clearance does, it is told."""


# A run


def run_headline(run: Results) -> Headline:
    """Whether a target is reached; without one, what a train spends at the border where it stands longest."""
    outcome, longest = target_outcome(run), longest_border(run)
    if outcome is not None:
        question = message(
            "Does the {corridor} carry {target} Mt in {year}?",
            corridor=spoken_title(outcome.about.title),
            target=words.stated_number(outcome.target_mt),
            year=outcome.about.year,
        )
        answer = message("{told}.", told=target_words(outcome))
    elif longest is not None:
        place = words.title_of(run.scenario, longest, ALL)
        question = message("How long does a train stand at {place}, and why?", place=place)
        answer = dwell_words(run, longest)
    else:
        question = message("What does {scenario} carry, and how long does it take?", scenario=run.name)
        answer = carried_words(run)
    reason = border_reason(run, longest) if outcome is None and longest is not None else reason_words(run)
    hangs_on = words.paragraph([*overload_sentences(run.scenario, subject_of(run)[1]), assumed_words(run)])
    return Headline(question, answer, reason, hangs_on, run_numbers(run, longest))


def target_words(outcome: TargetOutcome) -> str:
    """The verdict on a target, with its numbers."""
    return message(
        "{verdict}: {mean} of {target} Mt in {year}; {luck}",
        verdict=reach_word(outcome.reach),
        mean=words.interval_text(outcome.mean_mt, outcome.low_mt, outcome.high_mt),
        target=words.stated_number(outcome.target_mt),
        year=outcome.about.year,
        luck=reaching_words(outcome.reached, outcome.replications),
    )


def reach_word(reach: Reach) -> str:
    """A verdict in a word."""
    return {Reach.REACHED: message("Yes"), Reach.MISSED: message("No"), Reach.OPEN: message("Open")}[reach]


def reaching_words(number: int, total: int) -> str:
    """How many of the replications reach a target."""
    if number == 0:
        return message("by luck alone none of {total} reach it", total=total)
    if number == total:
        return message("by luck alone all {total} reach it", total=total)
    return message("by luck alone {number} of {total} reach it", number=number, total=total)


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
    sentence = message(
        "{dwell} h on average {when}; {share} of it is customs",
        dwell=words.cell(rows, DWELL),
        when=words.in_period(year),
        share=share,
    )
    if customs_h >= clearance_h * SHARE_BESIDE:
        return message("{told}.", told=sentence)
    return message(
        "{told}, since most of the clearance ({clearance} h) goes on beside other works.",
        told=sentence,
        clearance=words.figure(clearance_h),
    )


def carried_words(run: Results) -> str:
    """Tonnes and days of all flows."""
    year = last_full_year(run.scenario)
    rows = rows_at(run.kpis, place=ALL, flow=ALL, period=year).set_index("kpi")
    mt, when = words.cell(rows, THROUGHPUT), words.in_period(year)
    if JOURNEY not in rows.index:
        return message("{mt} Mt {when}.", mt=mt, when=when)
    days = words.cell(rows, JOURNEY)
    return message("{mt} Mt {when}, {days} days from ready to delivered on average.", mt=mt, when=when, days=days)


def run_numbers(run: Results, border: str | None) -> Sheet:
    """The numbers of a run: tonnes, journey, of cargo that chooses what went another way, clearance and dwell."""
    flow, year = subject_of(run)
    addresses = [(kpi, ALL, flow) for kpi in (THROUGHPUT, JOURNEY, "trains_diverted", "trains_lost")]
    addresses += [] if border is None else [(CLEARANCE, border, ALL), (DWELL, border, ALL)]
    sheet = Sheet("", (words.period(year), message("mean")))
    for kpi, place, whose in addresses:
        rows = rows_at(run.kpis, kpi, place, whose, year).set_index("kpi")
        if len(rows):
            title = number_title(run.scenario, kpi, place, str(rows["unit"].iloc[0]))
            sheet.rows.append((title, words.cell(rows, kpi)))
    return sheet


def number_title(scenario: Scenario, kpi: str, place: str, unit: str) -> str:
    """What a number of the answer is, in a line."""
    measure = term(SHORT[kpi])
    if place != ALL:
        measure = message("{measure} at {place}", measure=measure, place=words.title_of(scenario, place, ALL))
    return message("{measure}, {unit}", measure=measure, unit=term(unit))


# A comparison


def contest_headline(answer: Contest) -> Headline:
    """What one scenario changes against another; of several, which reach the target."""
    if len(answer.results) > 2:
        return several_headline(answer)
    base, rival = answer.results
    tez = introduces_tez(base.scenario, rival.scenario)
    outcome = target_outcome(rival)
    subject = message("Tez Customs") if tez else rival.name
    change = tez_words(answer) if tez else changes_words(answer)
    question = message("What does {subject} change against {base}?", subject=subject, base=base.name)
    if tez:
        question = message("What does Tez Customs save at the border, and on the way?")
    sentences = [message("{told}.", told=change), *asked_words(answer)]
    if outcome is not None:
        question = message(
            "Does {subject} bring the {corridor} to {target} Mt in {year}?",
            subject=subject,
            corridor=spoken_title(outcome.about.title),
            target=words.stated_number(outcome.target_mt),
            year=outcome.about.year,
        )
        without, sentence = target_outcome(base), target_words(outcome)
        if without is not None:
            sentence = message("{told}; {mt} without", told=sentence, mt=words.figure(without.mean_mt))
        sentences.insert(0, message("{told}.", told=sentence))
    by_luck = by_luck_words(told_first(answer)[1], answer.manifest["level"])
    hangs_on = words.paragraph([by_luck, hangs_words(answer)])
    return Headline(question, words.paragraph(sentences), change_reason(answer), hangs_on, change_numbers(answer))


def asked_words(answer: Contest) -> list[str]:
    """What was asked of a comparison besides: which may be the best, and what the change of the dwell is made of."""
    sentences = [] if answer.best is None else [message("{told}.", told=best_sentence(answer.best))]
    _, period = subject_of(answer.results[0])
    border = border_of_change(answer, period)
    if answer.effects is not None and border is not None:
        rows = rows_at(answer.effects, DWELL, border, ALL, period)
        parts = [
            message(
                "{part} {change} h",
                part=term(words.EFFECTS[row["effect"]]),
                change=words.interval_text(row["difference"], row["ci_low"], row["ci_high"]),
            )
            for _, row in rows.iterrows()
        ]
        where = words.title_of(answer.scenario, border, ALL)
        if parts:
            sentence = words.comma_list(parts)
            sentences.append(message("The change of the dwell at {place}: {parts}.", place=where, parts=sentence))
    return sentences


def change_numbers(answer: Contest) -> Sheet:
    """The numbers of two scenarios, and their paired differences."""
    a, b = answer.results
    names = (message("paper"), message("Tez")) if introduces_tez(a.scenario, b.scenario) else (a.name, b.name)
    sheet = Sheet("", (words.period(subject_of(a)[1]), *names, message("difference")))
    for change in changes_first(answer):
        means = (words.figure(change.mean_a), words.figure(change.mean_b))
        title = number_title(a.scenario, change.kpi, change.place, change.unit)
        is_same = change.difference == change.low == change.high == 0
        interval = words.interval_text(change.difference, change.low, change.high)
        sheet.rows.append((title, *means, message("0, the same") if is_same else interval))
    return sheet


def several_headline(answer: Contest) -> Headline:
    """Of several scenarios: which reach the target, or what each carries."""
    flow, year = subject_of(answer.results[0])
    outcomes = [(run, target_outcome(run)) for run in answer.results]
    base = answer.results[0]
    sheet = several_numbers(answer, flow, year)
    overloads = [
        message("{scenario}: {told}", scenario=run.name, told=sentence)
        for run in answer.results
        for sentence in overload_sentences(run.scenario, year)
    ]
    hangs_on = words.paragraph([*overloads, assumed_words(base)])
    with_target = [(run, outcome) for run, outcome in outcomes if outcome is not None]
    if not with_target:
        number = len(answer.results) - 1
        question = message("What do {number} scenarios change against {base}?", number=number, base=base.name)
        sentence = [message("{told}.", told=changes_words(contest([base, run]))) for run in answer.results[1:]]
        return Headline(question, words.paragraph([*sentence, *asked_words(answer)]), "", hangs_on, sheet)
    about, target_mt = with_target[0][1].about, with_target[0][1].target_mt
    question = message(
        "Which of {number} scenarios bring the {corridor} to {target} Mt in {year}?",
        number=len(answer.results),
        corridor=spoken_title(about.title),
        target=words.stated_number(target_mt),
        year=about.year,
    )
    verdict = reaching_scenarios(with_target)
    sentences = words.paragraph([message("{told}.", told=verdict), *asked_words(answer)])
    reason = message("In {scenario}: {told}", scenario=base.name, told=reason_words(base))
    return Headline(question, sentences, reason, hangs_on, sheet)


def reaching_scenarios(outcomes: Sequence[tuple[Results, TargetOutcome]]) -> str:
    """Which of several scenarios reach the target, and of which it is open."""
    reaching = [run.name for run, outcome in outcomes if outcome.reach is Reach.REACHED]
    open_names = [run.name for run, outcome in outcomes if outcome.reach is Reach.OPEN]
    sentence = words.joined_by_and(reaching) if reaching else message("None")
    if not open_names:
        return sentence
    return message("{told}; open in {scenarios}", told=sentence, scenarios=words.joined_by_and(open_names))


def several_numbers(answer: Contest, flow: str, year: str) -> Sheet:
    """What each of several scenarios carries, and its paired difference from the first."""
    base = answer.results[0]
    head = words.comma_list([term(SHORT[THROUGHPUT]), words.period(year)])
    sheet = Sheet("", (head, term("Mt"), message("less {scenario}", scenario=base.name)))
    differences = rows_at(answer.differences, THROUGHPUT, ALL, flow, year).set_index("scenario")
    for run in answer.results:
        rows = rows_at(run.kpis, THROUGHPUT, ALL, flow, year).set_index("kpi")
        change = ""
        if run.name in differences.index:
            change = words.interval_text(*differences.loc[run.name, ["difference", "ci_low", "ci_high"]])
        if len(rows):
            sheet.rows.append((run.name, words.cell(rows, THROUGHPUT), change))
    return sheet
