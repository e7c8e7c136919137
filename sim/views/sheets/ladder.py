"""A ladder of bottlenecks in words."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pandas as pd

from sim.study.ladder.rungs import Ladder, Rung
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.sheets.forecast.plans import worlds_sentence, worlds_sheets
from sim.views.sheets.sheet import Headline, Sheet

NO_STEP_HOLDS = "no step carries more, or saves days, beyond chance when it is measured in fresh replications"

BY = {"throughput": "tonnes", "transit": "days only"}


def ladder_sheet(ladder: Ladder) -> Sheet:
    """The rungs, one row a capacity."""
    heads = (
        *(message("rung"), message("binds"), message("what"), message("from → to"), message("step")),
        *(message("a step gains, kt a year"), message("kt a unit"), message("a step saves, days of transit")),
        *(message("days a unit"), message("in use"), message("train-hours waited a year")),
    )
    sheet = Sheet(message("What binds: {about}", about=words.question_words(ladder.about)), heads)
    for _, row in ladder.table.iterrows():
        sheet.rows.append(
            (
                str(row["rung"]),
                keyed_capacity(row),
                term(BY[row["by"]]),
                " → ".join(words.stated_number(row[name]) for name in ("from_amount", "to_amount")),
                f"+{words.stated_number(row['step'])}",
                words.interval_text(row["gain_kt"], row["gain_low"], row["gain_high"]),
                words.figure(row["kt_per_unit"]),
                words.interval_text(row["days"], row["days_low"], row["days_high"]),
                words.figure(row["days_per_unit"]),
                " → ".join(share(row[name]) for name in ("used_before", "used_after")),
                " → ".join(words.figure(row[name]) for name in ("wait_h_before", "wait_h_after")),
            )
        )
    return sheet


def share(value: float) -> str:
    """A share in use; a dash where none is measured."""
    return words.percent(value) if value == value else "–"


def tried_sheet(ladder: Ladder, rung: int) -> Sheet:
    """The steps tried at a rung, the greatest gain first."""
    heads = (
        *(message("one step more of"), message("step"), message("train-hours laid to it")),
        *(message("gains, kt a year"), message("saves, days"), message("chosen")),
    )
    sheet = Sheet(message("Tried at rung {rung}, in the replications of the choice", rung=rung), heads)
    rows = ladder.tried[ladder.tried["rung"] == rung].sort_values("gain_kt", ascending=False, kind="stable")
    for _, row in rows.iterrows():
        gain = words.interval_text(row["gain_kt"], row["gain_low"], row["gain_high"])
        days = words.interval_text(row["days"], row["days_low"], row["days_high"])
        mark = chosen_words(ladder, row) if row["chosen"] else ""
        step = f"+{words.stated_number(row['step'])}"
        sheet.rows.append((row["key"], step, words.figure(row["hours"]), gain, days, mark))
    return sheet


def chosen_words(ladder: Ladder, row: pd.Series[Any]) -> str:
    """That a step was chosen, and where its gain in the choice is no more than chance can make."""
    by = ladder.table.loc[ladder.table["rung"] == row["rung"], "by"].iloc[0]
    low = row["gain_low"] if by == "throughput" else row["days_low"]
    return message("yes") if low > 0 else message("yes, here within chance")


def rung_line(rung: Rung) -> str:
    """What is known when a rung is found."""
    names = " and ".join(member.title for member in rung.members)
    gain = rung.gain.kt if rung.by == "throughput" else rung.gain.days
    unit = "kt a year" if rung.by == "throughput" else "days saved"
    return f"{names} binds: a step gains {words.interval_text(gain.mean, gain.low, gain.high)} {unit}"


def ladder_sheets(ladder: Ladder) -> list[Sheet]:
    """The rungs, and what was tried at each."""
    rungs = [ladder_sheet(ladder)] if len(ladder.table) else []
    trials = [tried_sheet(ladder, int(rung)) for rung in ladder.tried["rung"].unique()]
    return [*rungs, *trials, *worlds_sheets(ladder, target_asked(ladder))]


def target_asked(ladder: Ladder) -> float | None:
    """The target of what is asked, in Mt, if the scenario states one for that year."""
    about = ladder.scenario.corridors.get(ladder.about.corridor)
    aims = {} if about is None else {str(year): mt for year, mt in about.target_mt.items()}
    return aims.get(ladder.about.year)


def ladder_sentences(ladder: Ladder) -> list[str]:
    """What a reader of a ladder must know: the end, the sample, what was not tried."""
    about, notes = ladder.manifest, []
    if about["ended"]:
        notes.append(
            message("Nothing more binds: {why}, nor does a step of everything at once.", why=term(NO_STEP_HOLDS))
        )
    if ladder.table["rung"].duplicated().any():
        notes.append(
            message("Capacities of one rung bind together: a step of one alone gains nothing, of each of them it does")
        )
    notes.append(
        message(
            "{number} capacities that trains waited for stood on no shortlist; the most train-hours a year laid to one "
            "of them: {hours}.",
            number=about["left_out"],
            hours=words.figure(about["left_out_hours"]),
        )
    )
    runs = message("{number} runs of the whole horizon", number=about["runs"])
    if about["is_excerpt"]:
        runs = message("{number} runs of the year and the one before", number=about["runs"])
    rest_on = message(
        "As it is: {mt} Mt. {runs}; a step is chosen by {number} replications and its gain measured by as many others; "
        "{level} % intervals, seed {seed}.",
        mt=words.interval_text(*about["base_mt"]),
        runs=runs,
        number=about["replications"],
        level=words.stated_number(100 * about["level"]),
        seed=about["seed"],
    )
    return [*notes, rest_on]


def ladder_headline(ladder: Ladder) -> Headline:
    """What binds first, and what after it."""
    question = message("What holds back {about}?", about=words.question_words(ladder.about))
    plans = ladder.frames["worlds"]["plan"]
    in_worlds = worlds_sentence(ladder, "" if plans.empty else plans.iloc[-1], target_asked(ladder))
    if not len(ladder.table):
        answer = message("Nothing that was tried binds: {why}.", why=term(NO_STEP_HOLDS))
        return Headline(question, answer, words.paragraph([unheld_words(ladder), in_worlds]), hangs(ladder))
    first, *further = [rung_words(rows) for _, rows in ladder.table.groupby("rung", sort=True)]
    after = ""
    if further:
        rungs_text = reduce(lambda before, then: message("{before}; then {then}", before=before, then=then), further)
        after = message("After it: {rungs}.", rungs=rungs_text)
    last = in_worlds
    if not plans.empty:
        last = message("With all of it relieved, {carried}", carried=f"{in_worlds[0].lower()}{in_worlds[1:]}")
    return Headline(question, message("{told}.", told=first), words.paragraph([after, last]), hangs(ladder))


def unheld_words(ladder: Ladder) -> str:
    """How many steps seem to gain in the replications of the choice, and did not when the best was measured anew."""
    tried = ladder.tried
    seeming = int(((tried["gain_low"] > 0) | (tried["days_low"] > 0)).sum())
    if not seeming:
        return ""
    return message(
        "{number} of {total} steps have an interval above 0 in the replications of the choice, in which one is looked "
        "for; the best of them did not hold in fresh ones, or saves too few minutes to speak of.",
        number=seeming,
        total=len(tried),
    )


def rung_words(rows: pd.DataFrame) -> str:
    """The capacities of a rung, and what a step of each gains."""
    first = rows.iloc[0]
    names = words.joined_by_and(keyed_capacity(row) for _, row in rows.iterrows())
    if first["by"] != "throughput":
        days = words.interval_text(first["days"], first["days_low"], first["days_high"])
        return message("{capacities}: a step is {days} days of transit less", capacities=names, days=days)
    kt = words.interval_text(first["gain_kt"], first["gain_low"], first["gain_high"])
    return message("{capacities}: a step is {kt} kt a year more", capacities=names, kt=kt)


def keyed_capacity(row: pd.Series[Any]) -> str:
    """A capacity: whose it is, what it is, and its key."""
    return message("{capacity} ({key})", capacity=resource_title(str(row["resource"])), key=row["key"])


def resource_title(resource: str) -> str:
    """A capacity: whose it is, and what it is."""
    owner, _, what = resource.partition(": ")
    return (
        message("{owner}: {capacity}", owner=spoken_title(owner), capacity=term(what)) if what else spoken_title(owner)
    )


def hangs(ladder: Ladder) -> str:
    """What a ladder hangs on."""
    return message("{told}.", told=words.standing(ladder))
