"""A sensitivity in words."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.scenario.factors import Factor
from sim.scenario.problems import how_many
from sim.study.sensitivity.sensitivity import SensitivityResults
from sim.views import words
from sim.views.sheets import sweep
from sim.views.sheets.sheet import Headline, Sheet

TURNS = {"yes": "flips", "perhaps": "may flip", "no": "holds"}


def sensitivity_sheets(results: SensitivityResults) -> list[Sheet]:
    """All that a sensitivity answers in a table."""
    return [effect_sheet(results)]


def sensitivity_sentences(results: SensitivityResults) -> list[str]:
    """What became of the conclusion, and what that rests on."""
    rounding = sweep.rounded_sentences(results)
    return [conclusion_words(results), sweep.points_sentence(results), *rounding, *listed_sentences(results)]


def listed_sentences(results: SensitivityResults) -> list[str]:
    """How Morris's effects of factors that list values are to be read, where there are any."""
    titles = [sweep.factor_title(results.reading, factor) for factor in results.factors if factor.values]
    if not titles or results.manifest["method"] != "morris":
        return []
    return [
        f"Not a range but listed values: {'; '.join(titles)}. There μ* is the mean absolute change from one value to "
        "another, over pairs of them in turn, and σ also tells how much the values differ among themselves."
    ]


def effect_sheet(results: SensitivityResults) -> Sheet:
    """The factors, the most influential first, and whether each turns the conclusion."""
    morris = results.manifest["method"] == "morris"
    heads = ["factor", "range", "as stated"]
    heads += [f"effect of the range μ*, {results.unit}", "spread σ"] if morris else ["alone S1", "in all ST"]
    heads += ["the conclusion, this range alone", "turned with the others", "source of the range"]
    sheet = Sheet(f"What moves it, most first: {results.conclusion}", tuple(heads))
    by_key = {factor.key: factor for factor in results.factors}
    for _, row in results.effects.iterrows():
        factor = by_key[row["factor"]]
        names = ["mu_star"] if morris else ["s1", "st"]
        cells = [words.interval_text(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in names]
        cells += [words.figure(row["sigma"])] if morris else []
        first = (sweep.factor_title(results.reading, factor), sweep.range_words(factor), sweep.stated_words(factor))
        steps = f"{words.percent(row['turned_share'])} of steps"
        sheet.rows.append((*first, *cells, turn_words(factor, row), steps, row["source"]))
    return sheet


def turn_words(factor: Factor, row: Any) -> str:
    """Whether a factor turns the conclusion, and where."""
    words_of_turn = TURNS[row["flips"]]
    if row["flips"] == "no" or pd.isna(row["flips_at"]):
        return words_of_turn
    before = f", not at {sweep.value_words(factor, row['keeps_at'])}" if pd.notna(row["keeps_at"]) else ""
    return f"{words_of_turn} at {sweep.value_words(factor, row['flips_at'])}{before}"


def conclusion_words(results: SensitivityResults) -> str:
    """What became of the conclusion, in some sentences."""
    stated_point = results.points.iloc[0]
    verdict_words = {"holds": "holds", "fails": "does not hold", "open": "is open (the interval holds the threshold)"}
    mean = words.interval_text(stated_point["mean"], stated_point["ci_low"], stated_point["ci_high"])
    verdict, period = verdict_words[stated_point["verdict"]], results.manifest["period"]
    bare = math.isnan(stated_point["ci_low"])
    basis = f" (by the mean alone: {stated_point['replications']:.0f} replications give no interval)" if bare else ""
    lines = [f"As stated the conclusion {verdict}: {mean} {results.unit}, {period}{basis}."]
    counts = results.effects["flips"].value_counts()
    yes, perhaps = int(counts.get("yes", 0)), int(counts.get("perhaps", 0))
    lines.append(f"Of {len(results.effects)} ranges alone {yes} flip it and {perhaps} may.")
    share = results.manifest["design_holds_share"]
    points = how_many(int(results.points["role"].str.contains("design").sum()), "point")
    proviso = ", of which none met a value that flips it" if yes and share == 1 else ""
    lines.append(f"With all moving together it holds at {words.percent(share)} of {points}{proviso}.")
    if left_out := results.manifest["left_out"]:
        lines.append(f"Assumed and not moved: {', '.join(left_out)}.")
    return " ".join(lines)


def sensitivity_headline(results: SensitivityResults) -> Headline:
    """Whether the conclusion holds throughout, and which ranges turn it."""
    question = f"Does it hold that {results.conclusion}, whatever the inputs are within their ranges?"
    by_key = {factor.key: factor for factor in results.factors}
    turning = [
        f"{sweep.factor_title(results.reading, by_key[row['factor']])} {turn_words(by_key[row['factor']], row)}"
        for _, row in results.effects[results.effects["flips"] != "no"].iterrows()
    ]
    reason = f"Alone, {'; '.join(turning)}." if turning else ""
    return Headline(
        question, f"{reply_word(results)}. {conclusion_words(results)}", reason, f"{words.standing(results)}."
    )


def reply_word(results: SensitivityResults) -> str:
    """Yes where a conclusion holds at every point and in every range, no where it fails at one, else open."""
    stated, flips = results.points.iloc[0]["verdict"], set(results.effects["flips"])
    if stated == "fails" or "yes" in flips or results.manifest["design_holds_share"] < 1:
        return "No"
    return "Open" if stated == "open" or "perhaps" in flips else "Yes"
