"""A match in words: what is left of the prior, which targets rule worlds out, and what they say of each unknown."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.study.match.implausibility import CUT
from sim.study.match.match import MatchAnswer
from sim.views import words
from sim.views.sheets.calibrate import later_sheet, record_sentence
from sim.views.sheets.sheet import Headline, Sheet

MOST_TOLD = 5
"""Targets or unknowns that a sentence names."""


def match_sheets(answer: MatchAnswer) -> list[Sheet]:
    """All that a match answers in tables."""
    frames = answer.frames
    sheets = [waves_sheet(frames["waves"]), target_distance_sheet(frames["targets"])]
    if frames["pairs"]["conflict"].any():
        sheets.append(pairs_sheet(frames["pairs"], answer.targets))
    sheets.append(ranges_sheet(frames["unknowns"]))
    return sheets if frames["later"].empty else [*sheets, later_sheet(frames["later"])]


def waves_sheet(waves: pd.DataFrame) -> Sheet:
    """What each wave ran and left."""
    heads = ("wave", "worlds run", "of these left", "draws that fits leave", "traffic stopped")
    note = (
        "Fits to the worlds of a wave rule out draws that are not run; without a fit that tells, as of few worlds or "
        "of such as stop, all are left. Where traffic stops for good a world meets no target."
    )
    sheet = Sheet("Waves", heads, note=note, frame=waves)
    for _, row in waves.iterrows():
        share = words.percent(row["share_left"])
        sheet.rows.append((*(str(row[key]) for key in ("wave", "worlds", "left")), share, str(row["stopped"])))
    return sheet


def target_distance_sheet(targets: pd.DataFrame) -> Sheet:
    """The targets, each with its errors, what it rules out, and the worlds that are left."""
    heads = (
        *("target", "figure", "errors: record, model, luck", "could rule out", "rules out", "it alone", "left: 80 %"),
        "best world",
    )
    sheet = Sheet("Targets", heads, frame=targets)
    for _, row in targets.sort_values("out_share", ascending=False, kind="stable").iterrows():
        errors = ", ".join(words.figure(row[key]) for key in ("observation", "discrepancy", "luck"))
        shares = (words.percent(row[key]) for key in ("out_share", "alone_share"))
        ends = "nothing" if math.isnan(row["p10"]) else f"{words.figure(row['p10'])} to {words.figure(row['p90'])}"
        point = words.figure(row["point"])
        sheet.rows.append((row["title"], words.figure(row["figure"]), errors, bounds_words(row), *shares, ends, point))
    return sheet


def bounds_words(row: pd.Series[Any]) -> str:
    """What a target could rule out; of what is never below nothing it says so only above."""
    above = f"above {words.figure(row['bound_high'])}"
    return above if row["bound_low"] <= 0 <= row["figure"] else f"below {words.figure(row['bound_low'])}, {above}"


def pairs_sheet(pairs: pd.DataFrame, targets: pd.DataFrame) -> Sheet:
    """The pairs of targets that fewer worlds meet together than would by chance."""
    titles = dict(zip(targets["name"], targets["title"], strict=True))
    sheet = Sheet(
        "Targets in conflict", ("target", "and", "meet both", "if one said nothing of the other"), frame=pairs
    )
    for _, row in pairs[pairs["conflict"]].iterrows():
        shares = (words.percent(row[key]) for key in ("both_share", "expected_share"))
        sheet.rows.append((titles[row["first"]], titles[row["second"]], *shares))
    return sheet


def ranges_sheet(unknowns: pd.DataFrame) -> Sheet:
    """What is left of each range, those that moved most first."""
    heads = ("unknown", "title", "80 % before", "80 % left", "width kept", "moved", "best world")
    sheet = Sheet("What is left of each range", heads, frame=unknowns)
    for _, row in unknowns.iterrows():
        width = "" if math.isnan(row["kept_share"]) else words.percent(row["kept_share"])
        verdict = "yes" if row["moved"] else "not told from chance"
        sheet.rows.append((row["unknown"], row["title"], row["prior"], row["left"], width, verdict, row["point"]))
    return sheet


def left_sentence(answer: MatchAnswer) -> str:
    """How much of the prior is left, in a sentence."""
    about = answer.manifest
    if not about["left"]:
        return f"None of {about['worlds']} worlds comes within {CUT:g} standard deviations of every target."
    low, high = (words.percent(about[key]) for key in ("share_low", "share_high"))
    share = words.percent(about["share_left"])
    return (
        f"{share} [{low}, {high}] of all that was thought possible is left: {about['left']} of {about['worlds']} "
        f"worlds run come within {CUT:g} standard deviations of every target. By how near they come they are worth "
        f"{about['worth']:.0f} alike."
    )


def ruling_sentence(answer: MatchAnswer) -> str:
    """Which targets rule worlds out, and in how many of them traffic stops, so that it is none of a target's doing."""
    targets, waves = answer.targets, answer.frames["waves"]
    number, total = int(waves["stopped"].sum()), waves["worlds"].sum()
    sentence = f" In {number} of {total} worlds run traffic stops for good, and so every target rules them out."
    stops = sentence if number else ""
    ruling = targets[targets["out_share"] > 0].sort_values("out_share", ascending=False, kind="stable")
    if ruling.empty:
        return "No target rules out any world as first drawn: within the errors stated all of them can be."
    parts = [f"{row['title']} ({words.percent(row['out_share'])})" for _, row in ruling.head(MOST_TOLD).iterrows()]
    return f"Worlds as first drawn are ruled out by: {'; '.join(parts)}.{stops}"


def conflict_sentence(answer: MatchAnswer) -> str:
    """Which targets are in conflict, in a sentence."""
    pairs = answer.frames["pairs"]
    pairs = pairs[pairs["conflict"]]
    if pairs.empty:
        return "No two targets are in conflict."
    titles = dict(zip(answer.targets["name"], answer.targets["title"], strict=True))
    parts = [f"{titles[row['first']]} and {titles[row['second']]}" for _, row in pairs.head(MOST_TOLD).iterrows()]
    return f"In conflict, for fewer worlds meet both than would by chance: {'; '.join(parts)}."


def moved_sentence(unknowns: pd.DataFrame) -> str:
    """What the targets say of the unknowns, in a sentence."""
    unknowns_moved = unknowns[unknowns["moved"]]
    if unknowns_moved.empty:
        return f"Of none of the {len(unknowns)} unknowns do they say more than chance would."
    parts = [
        f"{row['title']} ({row['prior']} before, {row['left']} left)"
        for _, row in unknowns_moved.head(MOST_TOLD).iterrows()
    ]
    return f"They move {len(unknowns_moved)} of {len(unknowns)} unknowns beyond chance: {'; '.join(parts)}."


def match_sentences(answer: MatchAnswer) -> list[str]:
    """What a match rests on and what it comes to."""
    notes = [record_sentence(answer.manifest["left_out"], answer.frames["later"])]
    claims = [ruling_sentence(answer), conflict_sentence(answer), moved_sentence(answer.unknowns)]
    return [f"{words.sample(answer)}.", left_sentence(answer), *claims, *filter(None, notes)]


def match_headline(answer: MatchAnswer) -> Headline:
    """What the record leaves of all that nobody knows."""
    question = f"What does the record leave of all that nobody knows in {answer.name}?"
    reason = f"{ruling_sentence(answer)} {conflict_sentence(answer)}"
    return Headline(
        question, left_sentence(answer), reason, f"{moved_sentence(answer.unknowns)} {words.standing(answer)}."
    )
