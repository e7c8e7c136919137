"""What a forecast comes to: throughput by year over the worlds, and what a change makes of each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.addresses import rows_at
from sim.measure.catalogue import unit_of
from sim.measure.statistics import FloatArray
from sim.scenario.schema import Corridor
from sim.scenario.values import ALL
from sim.study.forecast.draws import AS_DRAWN, AT_TARGET
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.telling import ForecastClaim, chance_of, claims, outcomes, reverse_chance, stopped_worlds
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.language import counted, message, spoken_title, term
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    ACCENT,
    BLACK,
    DASHES,
    FAINT,
    GREEN,
    INK,
    SMALL_PT,
    NothingToDraw,
    dress,
    heading,
    key_below,
    lighter,
    sheet,
    wrapped,
)
from sim.views.plots.throughput import TOP_ROOM, draw_targets, scale_years
from sim.views.plots.titles import as_title
from sim.views.sheets.forecast.claims import SAVER, claim_words, measured_then, offered_range, world_share

WIDTH, HEIGHT = 11.5, 5.8
TITLE_CHARACTERS = 114
FEWEST_WORLDS = 10
"""Of fewer worlds nothing is drawn: their percentiles would be luck."""

BANDS = (("p2_5", "p97_5", 0.95, 0.75), ("p10", "p90", 0.8, 0.52), ("p25", "p75", 0.5, 0.28))
"""Ends of each band, the share of worlds in it, and the share of white in its colour."""

KIND_COLOURS = {AS_DRAWN: GREEN, AT_TARGET: ACCENT}
"""Colours of the kinds of worlds; neither is of paper or of Tez."""

LEAST_TAIL = 1.0
"""Worlds that a band leaves out at either end at least: beyond its own world no percentile is told."""


def kinds_of_worlds(results: ForecastResults) -> list[str]:
    """The kinds of worlds of a forecast that has enough of them to be drawn.

    Raises
    ------
    NothingToDraw
        If it has not.
    """
    counts = results.worlds["offer"].value_counts()
    kinds = [kind for kind in (AS_DRAWN, AT_TARGET) if counts.get(kind, 0) >= FEWEST_WORLDS]
    if not kinds:
        raise NothingToDraw(f"fewer than {FEWEST_WORLDS} worlds show no spread")
    return kinds


def kind_words(results: ForecastResults, kind: str) -> str:
    """A kind of worlds, as a reader knows it."""
    if kind == AT_TARGET:
        return message("if {offered} are offered", offered=offered_range(results))
    return message("plausible worlds")


def subject_of_claim(claim: ForecastClaim) -> str:
    """The measure of a claim, in the middle of a title."""
    measure = words.measure(claim.conclusion.address.kpi).lower()
    return message("the change of {measure}", measure=measure) if claim.conclusion.difference else measure


def of_kind(results: ForecastResults, subject: str, claim: ForecastClaim) -> str:
    """What is said of a claim, and in which worlds, where these are not plausible ones."""
    if claim.offer != AT_TARGET:
        return subject
    return message("{subject} {where}", subject=subject, where=kind_words(results, claim.offer))


def worlds_basis(results: ForecastResults, caption: str) -> str:
    """What a figure rests on; worlds in which traffic stops for good have no value to be drawn."""
    counts = results.worlds["offer"].value_counts()
    parts = []
    if AS_DRAWN in counts:
        number = int(counts[AS_DRAWN])
        parts.append(counted(number, "{count} plausible worlds", "{count} plausible worlds"))
    if AT_TARGET in counts:
        offer = offered_range(results)
        parts.append(message("{number} if {offered} are offered", number=counts[AT_TARGET], offered=offer))
    stops = len(stopped_worlds(results))
    notes = [message("{worlds}, each with luck of its own", worlds=words.joined_by_and(parts))]
    if stops:
        notes.append(
            counted(
                stops,
                "not drawn: {count} world in which traffic stops for good",
                "not drawn: {count} worlds in which traffic stops for good",
            )
        )
    notes.append(message("seed {seed}.", seed=results.manifest["seed"]))
    return words.paragraph([words.listed_apart(notes), caption])


@own_settings()
def fan(results: ForecastResults, corridor: str, caption: str = "") -> Figure:
    """Throughput of a corridor by year over the worlds: median and bands of 50, 80 and 95 %, beside the published past.

    Raises
    ------
    NothingToDraw
        The worlds are too few, or nothing is carried on that corridor.
    """
    kinds = kinds_of_worlds(results)
    about = results.scenario.corridors.get(corridor)
    table = rows_at(results.frames["years"], THROUGHPUT, ALL, corridor)
    table = table[(table["scenario"] == results.manifest["scenarios"][-1]) & (table["period"] != ALL)]
    if about is None or table.empty:
        raise NothingToDraw(f"no throughput of a corridor {corridor!r} by year")
    is_asked = corridor == results.manifest["corridor"]
    kinds = kinds if is_asked else kinds[:1]
    note = message(
        "{scenario}: cargo carried to the end of the route, by calendar year. Bands: so many of the worlds lie within; "
        "luck is part of them.",
        scenario=results.manifest["scenarios"][-1],
    )
    figure = sheet(
        fan_words(results, table, about),
        words.paragraph([note, worlds_basis(results, caption)]),
        WIDTH,
        HEIGHT,
    )
    panels = list(figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0])
    for axes, kind in zip(panels, kinds, strict=True):
        draw_fan(axes, table[table["offer"] == kind], kind, about)
        heading(axes, as_title(kind_words(results, kind)))
        axes.set_ylabel(message("throughput, Mt a year") if axes is panels[0] else "")
    # of the data: panels that share an axis have no limits of their own before they are drawn
    top = (1 + TOP_ROOM) * max(float(axes.dataLim.y1) for axes in panels)
    for axes in panels:
        axes.set_ylim(0, top)
        draw_targets(axes, targets_until(about, table))
        key_below(axes, 2)
    return figure


def targets_until(about: Corridor, table: pd.DataFrame) -> dict[int, float]:
    """The targets of a corridor in the years drawn."""
    last = table["period"].astype(int).max()
    return {year: mt for year, mt in about.target_mt.items() if year <= last}


def fan_words(results: ForecastResults, table: pd.DataFrame, about: Corridor) -> str:
    """What the last year comes to in worlds as drawn, of its target if it has one."""
    row = table[table["offer"] == AS_DRAWN].sort_values("period").iloc[-1]
    target = about.target_mt.get(int(row["period"]))
    fields = {name: words.figure(row[key], 1) for name, key in (("low", "p10"), ("middle", "p50"), ("high", "p90"))}
    fields |= {"corridor": spoken_title(about.title), "year": row["period"]}
    at_target = table[(table["offer"] == AT_TARGET) & (table["period"] == row["period"])]
    parts = [
        message("{corridor} in {year}: {middle} Mt in the middle world, {low} to {high} in 80 % of worlds", **fields)
    ]
    if len(at_target):
        middle, offer = words.figure(at_target["p50"].iloc[0], 1), offered_range(results)
        parts = [
            message(
                "{corridor} in {year}: {middle} Mt in the middle world, {low} to {high} in 80 % of plausible worlds",
                **fields,
            ),
            message("{number} if {offered} are offered", number=middle, offered=offer),
        ]
    if target is not None:
        parts.append(message("the target is {target} Mt", target=words.stated_number(target)))
    return words.listed_apart(parts)


def draw_fan(axes: Axes, rows: pd.DataFrame, kind: str, about: Corridor) -> None:
    """Bands and median of one kind of worlds, and the published past."""
    dress(axes, message("calendar year"), "")
    rows = rows.assign(year=rows["period"].astype(int)).sort_values("year")
    years, colour, number = rows["year"].to_numpy(), KIND_COLOURS[kind], int(rows["worlds"].min())
    for low, high, share, white in BANDS:
        if number * (1 - share) / 2 >= LEAST_TAIL:
            look: dict[str, Any] = {
                "color": lighter(colour, white),
                "linewidth": 0,
                "label": message("{share} of worlds", share=words.percent(share)),
            }
            draw_band(axes, years, rows[low].to_numpy(), rows[high].to_numpy(), look)
    line: dict[str, Any] = {
        "linewidth": 2,
        "marker": "o",
        "markersize": 4,
        "label": message("middle world"),
        "zorder": 3,
    }
    axes.plot(years, rows["p50"], color=colour, **line)
    past = about.published_mt
    if past:
        look = {"color": BLACK, "markerfacecolor": "none", "markersize": 7, "zorder": 4}
        axes.plot(list(past), list(past.values()), "D", label=message("published"), **look)
    scale_years(axes, [*years.tolist(), *past, *(year for year in about.target_mt if year <= years.max())])
    middle = float(rows["p50"].iloc[-1])
    axes.annotate(
        words.quantity(words.figure(middle, 1), "Mt"), (years[-1], middle), (6, 0), textcoords="offset points",
        fontsize=SMALL_PT, color=INK, va="center", annotation_clip=False,
    )  # fmt: skip


def draw_band(axes: Axes, years: FloatArray, low: FloatArray, high: FloatArray, look: dict[str, Any]) -> None:
    """A band from year to year; of a single year a bar."""
    if len(years) > 1:
        axes.fill_between(years, low, high, **look)
    else:
        axes.bar(years, high - low, 0.5, low, **look)


@own_settings()
def gains(results: ForecastResults, caption: str = "") -> Figure:
    """Of two scenarios the difference world by world, as shares of worlds up to each value, with the thresholds asked.

    Raises
    ------
    NothingToDraw
        The worlds are too few, or no conclusion is about a difference.
    """
    kinds = kinds_of_worlds(results)
    claims_drawn = [claim for claim in claims(results) if claim.conclusion.difference]
    claims_drawn = [claim for claim in claims_drawn if len(outcomes(results, claim)) >= FEWEST_WORLDS]
    if not claims_drawn:
        raise NothingToDraw("no conclusion is about a difference")
    first, last = results.manifest["scenarios"]
    texts = [
        message("{claim} in {share}", claim=claim_words(results, claim), share=both_ways(results, claim))
        for claim in claims_drawn
    ]
    note = message(
        "{b} less {a}, world by world, both in the same draws and with the same luck; a curve is the share of worlds "
        "with a difference up to that value, of which luck makes as many to either side of 0. Shaded: where the "
        "conclusion holds.",
        b=last,
        a=first,
    )
    figure = sheet(
        words.listed_apart([texts[0], *(text.removeprefix(f"{SAVER} ") for text in texts[1:])]),
        words.paragraph([note, worlds_basis(results, caption)]),
        WIDTH,
        HEIGHT,
    )
    for axes, claim in zip(
        figure.subplots(1, len(claims_drawn), sharey=True, squeeze=False)[0], claims_drawn, strict=True
    ):
        of_kinds = [ForecastClaim(claim.conclusion, kind) for kind in kinds]
        for claim_of_kind in of_kinds:
            draw_curve(axes, results, claim_of_kind)
        values = np.concatenate([outcomes(results, claim_of_kind).to_numpy(float) for claim_of_kind in of_kinds])
        dress_curve(axes, results, claim, values, TITLE_CHARACTERS // len(claims_drawn))
    figure.axes[0].set_ylabel(message("share of worlds, %"))
    key_below(figure.axes[0], 2)
    return figure


def both_ways(results: ForecastResults, claim: ForecastClaim) -> str:
    """In what share of worlds a claim about a difference holds, and in what share it is as much the other way."""
    reverse = words.percent(reverse_chance(results, claim).share)
    share = world_share(chance_of(results, claim))
    return message("{share} (the other way in {reverse})", share=share, reverse=reverse)


FAR_OUT_SHARE = 0.04
"""Of the worlds at either end of a panel of differences, which may lie beyond its frame."""


def draw_curve(axes: Axes, results: ForecastResults, claim: ForecastClaim) -> None:
    """The share of worlds of a kind up to each difference, and in the legend the share in which the claim holds."""
    values = np.sort(outcomes(results, claim).to_numpy(float))
    if not len(values):
        return
    shares = 100 * np.arange(1, len(values) + 1) / len(values)
    look: dict[str, Any] = {"color": KIND_COLOURS[claim.offer], "linewidth": 1.8, "where": "post"}
    label = kind_words(results, claim.offer)
    axes.step(values, shares, linestyle=DASHES[claim.offer == AT_TARGET], label=label, **look)


def dress_curve(
    axes: Axes, results: ForecastResults, claim: ForecastClaim, values: FloatArray, characters: int
) -> None:
    """Axes, threshold and chance of one panel of differences; the few worlds far out lie beyond it, and are counted."""
    entry = claim.conclusion
    unit = unit_of(entry.address.kpi)
    ends = [*np.quantile(values, [FAR_OUT_SHARE, 1 - FAR_OUT_SHARE]), entry.threshold, 0.0]
    reach = max(ends) - min(ends) or 1.0
    low, high = min(ends) - 0.15 * reach, max(ends) + 0.15 * reach
    beyond = int(((values < low) | (values > high)).sum())
    across = words.comma_list([message("difference"), term(unit)])
    if beyond:
        note = counted(beyond, "{count} world beyond", "{count} worlds beyond")
        across = message("{told} ({name})", told=across, name=note)
    dress(axes, across, "", grid="both")
    heading(axes, wrapped(measured_then(results, claim), characters))
    axes.set_ylim(0, 100)
    holds = (low, entry.threshold) if entry.relation.startswith("<") else (entry.threshold, high)
    axes.axvspan(*holds, color=lighter(FAINT, 0.85), zorder=0)
    axes.axvline(entry.threshold, color=INK, linewidth=1.2, label=message("threshold"))
    axes.axvline(0, color=FAINT, linewidth=0.8, linestyle=":", label=message("no difference"))
    axes.set_xlim(low, high)
    axes.locator_params(axis="x", nbins=5)
