"""What decides a forecast: the effects of unknowns, and worlds in which a conclusion holds against the others."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.study.forecast.draws import AS_DRAWN
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.regions import AS_STATED_WORDS
from sim.study.forecast.telling import (
    ForecastClaim,
    chance_of,
    claims,
    decisive,
    outcomes,
    rows_about,
    rules_that_tell,
    target_of_forecast,
)
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots.forecast.fan import (
    FEWEST_WORLDS,
    kind_words,
    kinds_of_worlds,
    of_kind,
    subject_of_claim,
    worlds_basis,
)
from sim.views.plots.forest import Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    FAINT,
    INK,
    ORANGE,
    PLAIN,
    NothingToDraw,
    dress,
    heading,
    key_below,
    lighter,
    sheet,
    wrapped,
)
from sim.views.sheets.forecast.claims import (
    bound_words,
    claim_words,
    conditions_of,
    measured_with_unit,
    rule_words,
    switch_words,
    unknown_title,
)

WIDTH, NARROW, HEIGHT = 11.5, 8.5, 5.8
MOST_ROWS = 12
"""Unknowns of a panel: the most decisive ones."""

HOLDING, FAILING = "#01665E", ORANGE
"""Worlds in which a conclusion holds, and the others."""


@own_settings()
def decisive_unknowns(results: ForecastResults, caption: str = "") -> Figure:
    """What each unknown makes of a measure from its 10th to its 90th percentile, the most decisive first.

    Raises
    ------
    NothingToDraw
        The worlds are too few, or no unknown has an effect.
    """
    kinds_of_worlds(results)
    claims_asked = effect_claims(results)
    plain = ForecastClaim(claims_asked[0].conclusion, AS_DRAWN)  # what is carried where nothing is known of the offer
    pairs = [(claim, unknowns_drawn(results, claim)) for claim in dict.fromkeys([plain, *claims_asked])]
    pairs = [(claim, rows) for claim, rows in pairs if (rows["ci_low"] > 0).any()]
    if not pairs:
        raise NothingToDraw("no unknown has an effect that so many worlds can tell from chance")
    panels = [
        Panel(
            message("change from low to high: {measure}", measure=axis_of_effect(results, claim)),
            effect_rows(rows),
            panel_words(results, claim),
        )
        for claim, rows in pairs
    ]
    note = message(
        "Change of the measure from the 10th to the 90th percentile of an unknown, over all that the others may be; of "
        "alternatives the span from least to most. At the right: share of the spread, and in what share of the "
        "worlds the conclusion holds where the unknown is low and where it is high (thirds)."
    )
    figure, panels_drawn = forest(
        decisive_title(results, [claim for claim, _ in pairs]),
        words.paragraph([note, worlds_basis(results, caption)]),
        panels,
        bars=True,
    )
    for axes in panels_drawn:
        axes.axvline(0, color=FAINT, linewidth=1)
    if any((rows["ci_low"] <= 0).any() for _, rows in pairs):  # one colour needs no key
        key_below(panels_drawn[-1], 2, panels_drawn)
    return figure


def effect_claims(results: ForecastResults) -> list[ForecastClaim]:
    """What effects are drawn of: the target where it is in question, and the first difference."""
    claims_drawn = claims(results)
    target = [claim for claim in claims_drawn[:1] if claim.conclusion == target_of_forecast(results)]
    gaps = [claim for claim in claims_drawn if claim.conclusion.difference][:1]
    return [*target, *gaps] or claims_drawn[:1]


def unknowns_drawn(results: ForecastResults, claim: ForecastClaim) -> pd.DataFrame:
    """The unknowns that a figure shows."""
    rows = rows_about(results, "unknowns", claim)
    rows = rows[(rows["total_share"] > 0) & (rows["effect"] != 0)]
    return rows.sort_values("total_share", ascending=False, kind="stable").head(MOST_ROWS)


def axis_of_effect(results: ForecastResults, claim: ForecastClaim) -> str:
    """The measure of a panel, or that it is a difference, with its unit."""
    title = measured_with_unit(results, claim)
    title = f"{title[0].lower()}{title[1:]}"
    return message("difference of {measure}", measure=title) if claim.conclusion.difference else title


def panel_words(results: ForecastResults, claim: ForecastClaim) -> str:
    """What a panel of effects is of."""
    return words.comma_list([claim_words(results, claim), kind_words(results, claim.offer)])


def effect_rows(rows: pd.DataFrame) -> list[Row]:
    """An unknown a row: its effect as a bar, its share of the spread, and where the conclusion holds."""
    entries = []
    seen = Look(message("part in the spread beyond chance"), PLAIN)
    unseen = Look(message("may be chance"), lighter(PLAIN, 0.65))
    for _, row in rows.iterrows():
        is_told, span = row["ci_low"] > 0, range_short(row)
        ends = " → ".join(words.percent(row[name]) for name in ("holds_low", "holds_high"))
        mark = Mark(float(row["effect"]), np.nan, np.nan, seen if is_told else unseen)
        note = message("{share}; holds {ends}", share=words.percent(row["total_share"]), ends=ends)
        title = shorten(spoken_title(row["title"]), MOST_TITLE)
        title = message("{told} ({name})", told=title, name=span) if span else title
        entries.append(Row(title, (mark,), note, INK if is_told else FAINT))
    return entries


MOST_RANGE, MOST_TITLE = 30, 90


def range_short(row: pd.Series[Any]) -> str:
    """A range where it is short enough for a label."""
    text = "" if pd.isna(row["range"]) else str(row["range"]).replace("_", " ").replace(" | ", ", ")
    return text if len(text) <= MOST_RANGE and text not in ("true, false", "false, true") else ""


def decisive_title(results: ForecastResults, claims_drawn: Sequence[ForecastClaim]) -> str:
    """The unknown that decides each measure most."""
    texts = []
    for claim in claims_drawn:
        rows = decisive(results, claim)
        subject = of_kind(results, subject_of_claim(claim), claim)
        title = message("no single unknown") if rows.empty else spoken_title(rows["title"].iloc[0])
        texts.append(message("of {subject}: {unknown}", subject=subject, unknown=title))
    return message("What decides most {parts}", parts=words.listed_apart(texts))


# Worlds that succeed against those that fail


@own_settings()
def worlds_apart(results: ForecastResults, caption: str = "") -> Figure:
    """Worlds in which a conclusion holds against those in which it fails, over the two unknowns that decide it most.

    Raises
    ------
    NothingToDraw
        The worlds are too few, or no unknown is told to decide where a conclusion holds and where it fails.
    """
    kinds_of_worlds(results)
    claims_drawn = [claim for claim in effect_claims(results) if is_mixed(results, claim)]
    claims_drawn = [claim for claim in claims_drawn if len(axes_of(results, claim)) == 2]
    if not claims_drawn:
        raise NothingToDraw("no unknown can be shown to decide whether a conclusion holds")
    has_rules = any(len(rules_that_tell(results, claim)) for claim in claims_drawn)
    lines = message("Dashed: bounds of a classification tree, whose shares are of the worlds it was grown on.")
    notes = [message("A mark a world."), lines if has_rules else "", worlds_basis(results, caption)]
    figure = sheet(
        apart_title(results, claims_drawn),
        words.paragraph(notes),
        WIDTH if len(claims_drawn) > 1 else NARROW,
        HEIGHT,
    )
    for axes, claim in zip(figure.subplots(1, len(claims_drawn), squeeze=False)[0], claims_drawn, strict=True):
        draw_worlds(axes, results, claim)
        heading(axes, wrapped(panel_words(results, claim), 110 // (1 + len(claims_drawn))))
        key_below(axes, 1)
    return figure


def is_mixed(results: ForecastResults, claim: ForecastClaim) -> bool:
    """Whether a claim holds in some of enough worlds, and not in all."""
    chance = chance_of(results, claim)
    return chance.n >= FEWEST_WORLDS and 0 < chance.successes < chance.n


def axes_of(results: ForecastResults, claim: ForecastClaim) -> list[str]:
    """The two unknowns over which worlds are drawn: those that the rules ask about, then the most decisive ones.

    None where neither a rule nor the spread tells an unknown from nothing: worlds would lie over a choice of ours.
    """
    rule_names = [name for rule in rules_that_tell(results, claim)["rule"] for name, _, _ in conditions_of(rule)]
    rows = rows_about(results, "unknowns", claim).sort_values("total_share", ascending=False, kind="stable")
    columns = results.worlds.columns
    if not rule_names and not (rows["ci_low"] > 0).any():
        return []
    names = [name for name in dict.fromkeys([*rule_names, *rows["unknown"]]) if name in columns]
    ranks = {name: rank for rank, name in enumerate(rows["unknown"])}
    first = sorted(dict.fromkeys(rule_names), key=lambda name: ranks.get(name, len(ranks)))
    return [*first, *(name for name in names if name not in first)][:2]


def apart_title(results: ForecastResults, claims_drawn: Sequence[ForecastClaim]) -> str:
    """The rule under which each conclusion holds most, with its count."""
    texts = []
    for claim in claims_drawn:
        rules, chance = rules_that_tell(results, claim), chance_of(results, claim)
        subject = of_kind(results, claim_words(results, claim), claim)
        if rules.empty:
            about = {"claim": subject, "number": chance.successes, "total": chance.n}
            texts.append(message("{claim} in {number} of {total} worlds", **about))
            continue
        best = rules.iloc[0]
        number = round(best["holds_share"] * best["worlds"])
        texts.append(
            message(
                "{claim} in {number} of {total} worlds with: {rule}; in {contrast} of the other {others}",
                claim=subject,
                number=number,
                total=best["worlds"],
                rule=rule_words(results, best["rule"]),
                contrast=chance.successes - number,
                others=chance.n - best["worlds"],
            )
        )
    return words.paragraph([*(message("{told}.", told=text) for text in texts[:-1]), texts[-1]])


def draw_worlds(axes: Axes, results: ForecastResults, claim: ForecastClaim) -> None:
    """A mark a world over two unknowns, and the bounds of the rules about them."""
    values = outcomes(results, claim)
    table = results.worlds.set_index("world").loc[values.index]
    names = axes_of(results, claim)
    places = [
        world_positions(table[name], values_stated(results, name), step)
        for name, step in zip(names, STEPS, strict=True)
    ]
    holds = np.array([claim.conclusion.holds(float(value)) for value in values])
    dress(axes, axis_words(results, names[0]), axis_words(results, names[1]), grid="both")
    about = {"holds": int(holds.sum()), "fails": int((~holds).sum()), "total": len(holds)}
    names_told = (
        message("holds ({holds} of {total} worlds)", **about),
        message("fails ({fails} of {total} worlds)", **about),
    )
    for mask, colour, shape, name in ((holds, HOLDING, "o", names_told[0]), (~holds, FAILING, "x", names_told[1])):
        look: dict[str, Any] = {"color": colour, "marker": shape, "s": 30, "linewidths": 1.4, "zorder": 3}
        axes.scatter(places[0][0][mask], places[1][0][mask], label=name, **look)
    for way, (positions, labels) in zip(("x", "y"), places, strict=True):
        mark_axis(axes, way, positions, labels)
    for rule in rules_that_tell(results, claim)["rule"]:
        for name, sign, bound in conditions_of(rule):
            if name in names and sign in ("<=", ">"):
                draw = axes.axvline if name == names[0] else axes.axhline
                draw(float(bound), color=INK, linewidth=1, linestyle="--", zorder=1)


def mark_axis(axes: Axes, way: str, positions: Any, labels: Sequence[str]) -> None:
    """The marks of an axis: words, or whole numbers where worlds lie at such: there is no half a wagon set."""
    if labels:
        getattr(axes, f"set_{way}ticks")(range(len(labels)), labels)
        getattr(axes, f"set_{way}lim")(-0.6, len(labels) - 0.4)
    elif (positions % 1 == 0).all():
        getattr(axes, f"{way}axis").set_major_locator(MaxNLocator(nbins="auto", integer=True))


SPREAD_OF_WORDS = 0.28
STEPS = (0.618, 0.414)
"""Worlds of one word lie side by side in steps of these shares, one for each axis: two in step would lie on a line."""


def values_stated(results: ForecastResults, name: str) -> list[str]:
    """The alternatives of an unknown in the order of the file."""
    entry = results.scenario.unknown.get(name)
    return [] if entry is None or entry.values is None else [str(value) for value in entry.values]


def world_positions(values: pd.Series[Any], order: Sequence[str], step: float) -> tuple[Any, list[str]]:
    """Where worlds lie on an axis, and the names of its marks: each word has a place, its worlds side by side."""
    numbers = pd.to_numeric(values, errors="coerce")
    is_number = numbers.notna().all() and not values.map(lambda value: isinstance(value, bool)).any()
    if is_number and values.nunique() > 2:
        return numbers.to_numpy(float), []
    texts = values.astype(object).where(values.notna(), AS_STATED_WORDS).astype(str)
    labels = sorted(texts.unique(), key=lambda text: (order.index(text) if text in order else len(order), text))
    beside = (texts.groupby(texts).cumcount() * step) % 1
    places = texts.map(labels.index).to_numpy(float) + SPREAD_OF_WORDS * (2 * beside.to_numpy(float) - 1)
    return places, [term(AS_STATED_WORDS) if label == AS_STATED_WORDS else switch_words(label) for label in labels]


def axis_words(results: ForecastResults, name: str) -> str:
    """An unknown as the name of an axis, with what its numbers count."""
    unit_text = bound_words(results, name, "").strip()
    return wrapped(words.comma_list(filter(None, [unknown_title(results, name), unit_text])), 46)
