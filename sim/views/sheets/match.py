"""A match in words: what is left of the prior, which targets rule worlds out, and what they say of each unknown."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from sim.study.match.implausibility import CUT
from sim.study.match.match import MatchAnswer
from sim.views import words
from sim.views.language import in_marks, message, spoken_title
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
    heads = (
        *(message("wave"), message("worlds run"), message("of these left"), message("draws that fits leave")),
        message("traffic stopped"),
    )
    note = message(
        "Fits to the worlds of a wave rule out draws that are not run; without a fit that tells, as of few worlds or "
        "of such as stop, all are left. Where traffic stops for good a world meets no target."
    )
    sheet = Sheet(message("Waves"), heads, note=note, frame=waves)
    for _, row in waves.iterrows():
        share = words.percent(row["share_left"])
        counts = (f"{row[key]:.0f}" for key in ("wave", "worlds", "left"))
        sheet.rows.append((*counts, share, f"{row['stopped']:.0f}"))
    return sheet


def target_distance_sheet(targets: pd.DataFrame) -> Sheet:
    """The targets, each with its errors, what it rules out, and the worlds that are left."""
    heads = (
        *(message("target"), message("figure"), message("errors: record, model, luck"), message("could rule out")),
        *(message("rules out"), message("it alone"), message("left: 80 %"), message("best world")),
    )
    sheet = Sheet(message("Targets"), heads, frame=targets)
    for _, row in targets.sort_values("out_share", ascending=False, kind="stable").iterrows():
        errors = listed_numbers(words.figure(row[key]) for key in ("observation", "discrepancy", "luck"))
        shares = (words.percent(row[key]) for key in ("out_share", "alone_share"))
        ends = message("nothing") if math.isnan(row["p10"]) else words.span(row["p10"], row["p90"])
        title, figure, point = spoken_title(row["title"]), words.figure(row["figure"]), words.figure(row["point"])
        sheet.rows.append((title, figure, errors, bounds_words(row), *shares, ends, point))
    return sheet


def bounds_words(row: pd.Series[Any]) -> str:
    """What a target could rule out; of what is never below nothing it says so only above."""
    high, low = words.figure(row["bound_high"]), words.figure(row["bound_low"])
    if row["bound_low"] <= 0 <= row["figure"]:
        return message("above {high}", high=high)
    return message("below {low}, above {high}", low=low, high=high)


def listed_numbers(numbers: Iterable[str]) -> str:
    """Numbers as a list has them in a language whose decimal mark may be a comma."""
    return ", ".join(numbers) if in_marks(".") == "." else words.listed_apart(numbers)


def pairs_sheet(pairs: pd.DataFrame, targets: pd.DataFrame) -> Sheet:
    """The pairs of targets that fewer worlds meet together than would by chance."""
    titles = dict(zip(targets["name"], targets["title"], strict=True))
    heads = (message("target"), message("and"), message("meet both"), message("if one said nothing of the other"))
    sheet = Sheet(message("Targets in conflict"), heads, frame=pairs)
    for _, row in pairs[pairs["conflict"]].iterrows():
        shares = (words.percent(row[key]) for key in ("both_share", "expected_share"))
        sheet.rows.append((*(spoken_title(titles[row[key]]) for key in ("first", "second")), *shares))
    return sheet


def ranges_sheet(unknowns: pd.DataFrame) -> Sheet:
    """What is left of each range, those that moved most first."""
    heads = (
        *(message("unknown"), message("title"), message("80 % before"), message("80 % left"), message("width kept")),
        *(message("moved"), message("best world")),
    )
    sheet = Sheet(message("What is left of each range"), heads, frame=unknowns)
    for _, row in unknowns.iterrows():
        width = "" if math.isnan(row["kept_share"]) else words.percent(row["kept_share"])
        verdict = message("yes") if row["moved"] else message("not told from chance")
        before, left, best = (of_law(row[key]) for key in ("prior", "left", "point"))
        sheet.rows.append((row["unknown"], spoken_title(row["title"]), before, left, width, verdict, best))
    return sheet


def of_law(text: str) -> str:
    """What a law gives, as tables have it, with the marks of the language: "0.8 to 1.2", "2 75 %, 1 25 %"."""
    if text == "nothing":
        return message("nothing")
    low, to, high = re.sub(r"\d+\.\d+", lambda number: in_marks(number[0]), text).partition(" to ")
    return words.span_of(low, high) if to else low


def left_sentence(answer: MatchAnswer) -> str:
    """How much of the prior is left, in a sentence."""
    about = answer.manifest
    if not about["left"]:
        return message(
            "None of {total} worlds comes within {cut} standard deviations of every target.",
            total=about["worlds"],
            cut=words.stated_number(CUT),
        )
    low, high = (words.percent(about[key]) for key in ("share_low", "share_high"))
    return message(
        "{share} {interval} of all that was thought possible is left: {number} of {total} worlds run come within {cut} "
        "standard deviations of every target. By how near they come they are worth {worth} alike.",
        share=words.percent(about["share_left"]),
        interval=words.range_text(low, high),
        number=about["left"],
        total=about["worlds"],
        cut=words.stated_number(CUT),
        worth=f"{about['worth']:.0f}",
    )


def ruling_sentence(answer: MatchAnswer) -> str:
    """Which targets rule worlds out, and in how many of them traffic stops, so that it is none of a target's doing."""
    targets, waves = answer.targets, answer.frames["waves"]
    number, total = int(waves["stopped"].sum()), waves["worlds"].sum()
    stops = ""
    if number:
        stops = message(
            "In {number} of {total} worlds run traffic stops for good, and so every target rules them out.",
            number=number,
            total=total,
        )
    ruling = targets[targets["out_share"] > 0].sort_values("out_share", ascending=False, kind="stable")
    if ruling.empty:
        return message("No target rules out any world as first drawn: within the errors stated all of them can be.")
    parts = words.listed_apart(
        message("{told} ({name})", told=spoken_title(row["title"]), name=words.percent(row["out_share"]))
        for _, row in ruling.head(MOST_TOLD).iterrows()
    )
    return words.paragraph([message("Worlds as first drawn are ruled out by: {targets}.", targets=parts), stops])


def conflict_sentence(answer: MatchAnswer) -> str:
    """Which targets are in conflict, in a sentence."""
    pairs = answer.frames["pairs"]
    pairs = pairs[pairs["conflict"]]
    if pairs.empty:
        return message("No two targets are in conflict.")
    titles = dict(zip(answer.targets["name"], map(spoken_title, answer.targets["title"]), strict=True))
    parts = words.listed_apart(
        message("{before} and {after}", before=titles[row["first"]], after=titles[row["second"]])
        for _, row in pairs.head(MOST_TOLD).iterrows()
    )
    return message("In conflict, for fewer worlds meet both than would by chance: {targets}.", targets=parts)


def moved_sentence(unknowns: pd.DataFrame) -> str:
    """What the targets say of the unknowns, in a sentence."""
    unknowns_moved = unknowns[unknowns["moved"]]
    if unknowns_moved.empty:
        return message("Of none of the {number} unknowns do they say more than chance would.", number=len(unknowns))
    parts = words.listed_apart(
        message(
            "{unknown} ({before} before, {left} left)",
            unknown=spoken_title(row["title"]),
            before=of_law(row["prior"]),
            left=of_law(row["left"]),
        )
        for _, row in unknowns_moved.head(MOST_TOLD).iterrows()
    )
    return message(
        "They move {number} of {total} unknowns beyond chance: {unknowns}.",
        number=len(unknowns_moved),
        total=len(unknowns),
        unknowns=parts,
    )


def match_sentences(answer: MatchAnswer) -> list[str]:
    """What a match rests on and what it comes to."""
    notes = [record_sentence(answer.manifest["left_out"], answer.frames["later"])]
    claims = [ruling_sentence(answer), conflict_sentence(answer), moved_sentence(answer.unknowns)]
    sample = message("{told}.", told=words.sample(answer))
    return [sample, left_sentence(answer), *claims, *filter(None, notes)]


def match_headline(answer: MatchAnswer) -> Headline:
    """What the record leaves of all that nobody knows."""
    question = message("What does the record leave of all that nobody knows in {scenario}?", scenario=answer.name)
    reason = words.paragraph([ruling_sentence(answer), conflict_sentence(answer)])
    standing = message("{told}.", told=words.standing(answer))
    hangs_on = words.paragraph([moved_sentence(answer.unknowns), standing])
    return Headline(question, left_sentence(answer), reason, hangs_on)
