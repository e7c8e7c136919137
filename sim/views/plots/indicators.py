"""CAREC's indicators of rail beside the published row: hours and costs at borders, costs and speeds on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.runs.results import Results, Several, several_results
from sim.scenario.facts import Fact
from sim.scenario.meaning import last_full_year
from sim.scenario.places import Border
from sim.scenario.values import ALL
from sim.study.field.indicators import indicators
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots.forest import SHAPES, Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import BLACK, INK, SMALL_PT, NothingToDraw, basis_of, key_below, result_colours
from sim.views.plots.titles import at_period, row_words, short_labels, told_labels
from sim.views.sheets.prices import price_words

PANELS = {
    "TFI1: hours to clear a border crossing point": ("hours", ("TFI1",)),
    "TFI2: cost at a border crossing point, USD for 20 t": ("USD for 20 t", ("TFI2", "TFI2 charges")),
    "TFI3: cost of 500 km of the rail leg, USD for 20 t": ("USD for 20 t and 500 km", ("TFI3", "TFI3 charges")),
    "TFI4: speed, km/h": ("km/h", ("SWD", "SWOD")),
}
"""Title of each panel, its unit, and the indicators in it."""

ROOM, NEAR, FAR = 1.2, 0.15, 0.85
"""The width, in greatest values; and shares of it below and beyond which a figure has no room for words at its side."""

MEANINGS = {
    "SWD": "with delay (SWD)",
    "SWOD": "without delay (SWOD)",
    "TFI2": "charges and time",
    "TFI2 charges": "charges alone",
    "TFI3": "charges and time",
    "TFI3 charges": "charges alone",
}


Key = tuple[str, str, str]
"""Indicator, who is counted, place."""


@own_settings()
def carec(results: Several, facts: Mapping[str, Fact], caption: str = "", period: str | None = None) -> Figure:
    """TFI1 to TFI4 of each of some results with intervals, and the published row of the year or of the last before.

    TFI2 and TFI3 are there for results whose scenario has prices.

    Raises
    ------
    NothingToDraw
        No results have a border or a section that trains passed.
    """
    results = several_results(results)
    tables = [observed_indicators(result, facts, period) for result in results]
    if all(table.empty for table in tables):
        raise NothingToDraw("no train passed a border or a section")
    keys = [key for key in dict.fromkeys(key for table in tables for key in table.index) if not repeats(key, tables)]
    contents = {
        title: (unit, rows)
        for title, (unit, indicators_in) in PANELS.items()
        if (rows := [key for key in keys if key[0] in indicators_in])
    }
    spans = words.joined_by_and(at_period(period or last_full_year(result.scenario)) for result in results)
    note = message(
        "{basis}. Inbound: westbound, outbound: eastbound; all trains count, where CPMM has a sample of shipments over "
        "Kazakhstan's rail crossings (its SWD: of all CAREC rail). SWD: km of the sections over all hours on them and "
        "at borders; SWOD: over the hours under way, ordinary stops included, so that it lies below CPMM's. TFI2 and "
        "TFI3: {prices}",
        basis=basis_of(results),
        prices=price_words(results),
    )
    fees = message("CPMM counts fees, as charges alone do; prices taken from it lie near it, which is no test.")
    figure, drawn_axes = forest(
        message("CAREC indicators of rail: {found}", found=first_found(keys, tables, results, spans)),
        words.paragraph([note, fees if len(contents) > 2 else "", caption]),
        [
            Panel(
                term(unit),
                [Row(indicator_title(key, results), marks_of(key, tables, results)) for key in rows],
                term(title),
            )
            for title, (unit, rows) in contents.items()
        ],
    )
    for axes, (_, rows) in zip(drawn_axes, contents.values(), strict=True):
        greatest = max(
            table.loc[table.index.isin(rows), ["ci_high", "mean", "published"]].max().max() for table in tables
        )
        axes.set_xlim(0, ROOM * greatest)
        draw_published(axes, rows, tables)
    key_below(drawn_axes[-1], 2, drawn_axes)
    return figure


def repeats(key: Key, tables: Sequence[pd.DataFrame]) -> bool:
    """Whether a row says what another says: all trains are inbound where none is outbound, and the other way about.

    Of the two the one stays that has a published figure beside it, and of both alike the one that says whose it is.
    """
    indicator, group, place = key
    for twin in [(indicator, "all", place)] if group != "all" else [(indicator, name, place) for name in ONE_WAY]:
        pairs = [table.loc[[key, twin]] for table in tables if key in table.index and twin in table.index]
        if pairs and all(are_alike(pair[["mean", "ci_low", "ci_high"]].to_numpy()) for pair in pairs):
            has_figure, twin_has_figure = (any(pair["published"].notna().iloc[i] for pair in pairs) for i in range(2))
            return twin_has_figure if has_figure != twin_has_figure else group == "all"
    return False


def are_alike(rows: FloatArray) -> bool:
    """Whether two rows are the same numbers."""
    return bool(np.allclose(rows[0], rows[1], equal_nan=True))


ONE_WAY = ("inbound", "outbound")


def first_found(keys: Sequence[Key], tables: Sequence[pd.DataFrame], results: Sequence[Results], spans: str) -> str:
    """The first indicator that has a published figure, of each result, and that figure; else the first of all."""
    whole = pd.concat(tables)
    published = whole[whole["published"].notna()].index
    key = next((key for key in keys if key in published), keys[0])
    rows = [
        (name, table.loc[[key]].iloc[0])
        for name, table in zip(short_labels(results), tables, strict=True)
        if key in table.index
    ]
    unit = next(unit for unit, indicators_in in PANELS.values() if key[0] in indicators_in)
    numbers = [
        message("{told} ({name})", told=amount, name=name) if len(results) > 1 else amount
        for name, row in rows
        for amount in [words.quantity(row_words(row), unit)]
    ]
    row = whole.loc[[key]].iloc[0]
    title = words.comma_list(
        [indicator_title(key, results), *([place_title(ALL, results)] if key[0] in MEANINGS else [])]
    )
    finding = message(
        "{name} ({title}) {numbers} {when}", name=key[0], title=title, numbers=words.comma_list(numbers), when=spans
    )
    if key not in published:
        return finding
    figure, year = words.quantity(words.figure(row["published"]), unit), f"{row['published_year']:.0f}"
    return message("{found}; CPMM had {figure} in {year}", found=finding, figure=figure, year=year)


def observed_indicators(result: Results, facts: Mapping[str, Fact], period: str | None) -> pd.DataFrame:
    """The indicators that have numbers, by indicator, who and place."""
    table = indicators(result, facts, period)
    return table[table["replications"] > 0].set_index(["indicator", "who", "place"])


def marks_of(key: Key, tables: Sequence[pd.DataFrame], results: Sequence[Results]) -> tuple[Mark, ...]:
    """What each result that has an indicator says of it."""
    marks = []
    names, colours = told_labels(results), result_colours(results)
    for slot, (table, name) in enumerate(zip(tables, names, strict=True)):
        numbers = table[["mean", "ci_low", "ci_high"]].to_dict("index")
        if key in numbers:
            mean, low, high = numbers[key].values()
            look = Look(name, colours[slot], SHAPES[slot % len(SHAPES)])
            text = words.interval_text(mean, low, high)
            marks.append(Mark(mean, low, high, look, slot, text))
    return tuple(marks)


def draw_published(axes: Axes, rows: Sequence[Key], tables: Sequence[pd.DataFrame]) -> None:
    """The published figure of each row that has one, with its year."""
    facts = pd.concat(tables)
    facts = facts[facts["published"].notna() & facts.index.isin(list(rows))]
    twice = pd.MultiIndex.from_frame(facts.reset_index()[["indicator", "who", "place", "fact"]]).duplicated()
    facts = facts[~twice]
    levels = [rows.index(key) for key in facts.index]
    if levels:
        label = message("CPMM, with its year")
        axes.plot(facts["published"], levels, "D", color=BLACK, markersize=6, label=label, zorder=4)
    for level, (key, row) in zip(levels, facts.iterrows(), strict=True):
        means = [table["mean"].to_dict()[key] for table in tables if key in table.index]
        offset, align = published_place(row["published"], means, axes.get_xlim()[1])
        axes.annotate(
            f"{words.figure(row['published'])} ({row['published_year']:.0f})",
            (row["published"], level),
            offset,
            textcoords="offset points",
            ha=align,
            va="center",
            fontsize=SMALL_PT,
            color=INK,
        )


def published_place(
    value: float, means: Sequence[float], highest: float
) -> tuple[tuple[int, int], Literal["left", "center", "right"]]:
    """Where the words of a published figure stand: on the side away from the nearest mean of ours, or above it."""
    nearest = min(means, key=lambda mean: abs(mean - value), default=value)
    if nearest < value <= FAR * highest:
        return (7, 0), "left"
    return ((-7, 0), "right") if nearest >= value > NEAR * highest else ((0, 5 + 5 * len(means)), "center")


def indicator_title(key: Key, results: Sequence[Results]) -> str:
    """A row in words."""
    indicator, group, place = key
    trains = message("all trains") if group == "all" else term(group)
    subject = term(MEANINGS[indicator]) if indicator in MEANINGS else place_title(place, results)
    return words.comma_list([subject, trains])


def place_title(place: str, results: Sequence[Results]) -> str:
    """The title of a border; of all, where there is but one, that of this one."""
    borders = {
        name: spoken_title(border.title)
        for result in results
        for name, border in result.scenario.places.items()
        if isinstance(border, Border)
    }
    if place == ALL:
        return message("all borders") if len(borders) > 1 else next(iter(borders.values()), message("all borders"))
    return borders[place]
