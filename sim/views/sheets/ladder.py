"""A ladder of bottlenecks in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.study.ladder.rungs import Ladder, Rung
from sim.views import words
from sim.views.sheets.forecast.plans import worlds_sentence, worlds_sheets
from sim.views.sheets.sheet import Headline, Sheet

NO_STEP_HOLDS = "no step carries more, or saves days, beyond chance when it is measured in fresh replications"

BY = {"throughput": "tonnes", "transit": "days only"}


def ladder_sheet(ladder: Ladder) -> Sheet:
    """The rungs, one row a capacity."""
    first_heads = ("rung", "binds", "what", "from → to", "step", "a step gains, kt a year", "kt a unit")
    heads = (*first_heads, "a step saves, days of transit", "days a unit", "in use", "train-hours waited a year")
    sheet = Sheet(f"What binds: {words.question_words(ladder.about)}", heads)
    for _, row in ladder.table.iterrows():
        sheet.rows.append(
            (
                str(row["rung"]),
                f"{row['resource']} ({row['key']})",
                BY[row["by"]],
                f"{row['from_amount']:g} → {row['to_amount']:g}",
                f"+{row['step']:g}",
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
    heads = ("one step more of", "step", "train-hours laid to it", "gains, kt a year", "saves, days", "chosen")
    sheet = Sheet(f"Tried at rung {rung}, in the replications of the choice", heads)
    rows = ladder.tried[ladder.tried["rung"] == rung].sort_values("gain_kt", ascending=False, kind="stable")
    for _, row in rows.iterrows():
        gain = words.interval_text(row["gain_kt"], row["gain_low"], row["gain_high"])
        days = words.interval_text(row["days"], row["days_low"], row["days_high"])
        mark = chosen_words(ladder, row) if row["chosen"] else ""
        sheet.rows.append((row["key"], f"+{row['step']:g}", words.figure(row["hours"]), gain, days, mark))
    return sheet


def chosen_words(ladder: Ladder, row: pd.Series[Any]) -> str:
    """That a step was chosen, and where its gain in the choice is no more than chance can make."""
    by = ladder.table.loc[ladder.table["rung"] == row["rung"], "by"].iloc[0]
    low = row["gain_low"] if by == "throughput" else row["days_low"]
    return "yes" if low > 0 else "yes, here within chance"


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
        notes.append(f"Nothing more binds: {NO_STEP_HOLDS}, nor does a step of everything at once.")
    if ladder.table["rung"].duplicated().any():
        notes.append("Capacities of one rung bind together: a step of one alone gains nothing, of each of them it does")
    notes.append(
        f"{about['left_out']} capacities that trains waited for stood on no shortlist; the most train-hours a year "
        f"laid to one of them: {words.figure(about['left_out_hours'])}."
    )
    span = "the year and the one before" if about["is_excerpt"] else "the whole horizon"
    return [
        *notes,
        f"As it is: {words.interval_text(*about['base_mt'])} Mt. {about['runs']} runs of {span}; a step is chosen by "
        f"{about['replications']} replications and its gain measured by as many others; {100 * about['level']:g} % "
        f"intervals, seed {about['seed']}.",
    ]


def ladder_headline(ladder: Ladder) -> Headline:
    """What binds first, and what after it."""
    question = f"What holds back {words.question_words(ladder.about)}?"
    plans = ladder.frames["worlds"]["plan"]
    in_worlds = worlds_sentence(ladder, "" if plans.empty else plans.iloc[-1], target_asked(ladder))
    if not len(ladder.table):
        answer = f"Nothing that was tried binds: {NO_STEP_HOLDS}."
        return Headline(question, answer, f"{unheld_words(ladder)} {in_worlds}".strip(), hangs(ladder))
    rungs = [rung_words(rows) for _, rows in ladder.table.groupby("rung", sort=True)]
    after = f"After it: {'; then '.join(rungs[1:])}." if rungs[1:] else ""
    last = in_worlds if plans.empty else f"With all of it relieved, {in_worlds[0].lower()}{in_worlds[1:]}"
    return Headline(question, f"{rungs[0]}.", f"{after} {last}".strip(), hangs(ladder))


def unheld_words(ladder: Ladder) -> str:
    """How many steps seem to gain in the replications of the choice, and did not when the best was measured anew."""
    tried = ladder.tried
    seeming = int(((tried["gain_low"] > 0) | (tried["days_low"] > 0)).sum())
    if not seeming:
        return ""
    return (
        f"{seeming} of {len(tried)} steps have an interval above 0 in the replications of the choice, in which one is "
        "looked for; the best of them did not hold in fresh ones, or saves too few minutes to speak of."
    )


def rung_words(rows: pd.DataFrame) -> str:
    """The capacities of a rung, and what a step of each gains."""
    first = rows.iloc[0]
    gain = words.interval_text(first["gain_kt"], first["gain_low"], first["gain_high"]) + " kt a year more"
    if first["by"] != "throughput":
        gain = words.interval_text(first["days"], first["days_low"], first["days_high"]) + " days of transit less"
    names = " and ".join(f"{row['resource']} ({row['key']})" for _, row in rows.iterrows())
    return f"{names}: a step is {gain}"


def hangs(ladder: Ladder) -> str:
    """What a ladder hangs on."""
    return f"{words.standing(ladder)}."
