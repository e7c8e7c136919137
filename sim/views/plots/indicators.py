"""CAREC's indicators of rail beside the published row: hours and costs at borders, costs and speeds on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.runs.results import Results, labels
from sim.scenario.facts import Fact
from sim.scenario.meaning import last_full_year
from sim.scenario.values import ALL
from sim.study.field.indicators import indicators
from sim.views import words
from sim.views.plots.forest import SHAPES, Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import BLACK, INK, SMALL_PT, NothingToDraw, basis_of, key_below, result_colours
from sim.views.plots.titles import row_words, short_labels
from sim.views.sheets.prices import price_words

PANELS = {
    "TFI1: hours to clear a border crossing point": ("hours", ("TFI1",)),
    "TFI2: cost at a border crossing point, USD for 20 t": ("USD for 20 t", ("TFI2", "TFI2 charges")),
    "TFI3: cost of 500 km of the rail leg, USD for 20 t": ("USD for 20 t and 500 km", ("TFI3", "TFI3 charges")),
    "TFI4: speed, km/h": ("km/h", ("SWD", "SWOD")),
}
"""Title of each panel, its unit, and the indicators in it."""

FEES = "CPMM counts fees, as charges alone do; prices taken from it lie near it, which is no test. "
NEAR, FAR = 0.15, 0.8
"""Shares of the width: below the one there is no room for words left of a figure, beyond the other right of it."""

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
def carec(results: Sequence[Results], facts: Mapping[str, Fact], caption: str, period: str | None = None) -> Figure:
    """TFI1 to TFI4 of each of some results with intervals, and the published row of the year or of the last before.

    TFI2 and TFI3 are there for results whose scenario has prices.

    Raises
    ------
    NothingToDraw
        No results have a border or a section that trains passed.
    """
    tables = [observed_indicators(result, facts, period) for result in results]
    if all(table.empty for table in tables):
        raise NothingToDraw("no train passed a border or a section")
    keys = list(dict.fromkeys(key for table in tables for key in table.index))
    contents = {
        title: (unit, rows)
        for title, (unit, indicators_in) in PANELS.items()
        if (rows := [key for key in keys if key[0] in indicators_in])
    }
    spans = " and ".join(dict.fromkeys(period or last_full_year(result.scenario) for result in results))
    figure, drawn_axes = forest(
        f"CAREC indicators of rail, {spans.replace(ALL, 'whole horizon')}: {first_found(keys, tables, results)}",
        f"{basis_of(results)}. Inbound: westbound, outbound: eastbound; all trains count, where CPMM has a sample of "
        "shipments over Kazakhstan's rail crossings (its SWD: of all CAREC rail). SWD: km of the sections over all "
        "hours on them and at borders; SWOD: over the hours under way, ordinary stops included, so that it lies below "
        f"CPMM's. TFI2 and TFI3: {price_words(results)} {FEES if len(contents) > 2 else ''}{caption}",
        [
            Panel(
                unit,
                [Row(indicator_title(key, results), marks_of(key, tables, results)) for key in rows],
                title,
            )
            for title, (unit, rows) in contents.items()
        ],
    )
    for axes, (_, rows) in zip(drawn_axes, contents.values(), strict=True):
        draw_published(axes, rows, tables)
        axes.set_xlim(0, 1.04 * axes.get_xlim()[1])
    key_below(drawn_axes[-1], 2, drawn_axes)
    return figure


def first_found(keys: Sequence[Key], tables: Sequence[pd.DataFrame], results: Sequence[Results]) -> str:
    """The first indicator that has a published figure, of each result, and that figure; else the first of all."""
    whole = pd.concat(tables)
    published = whole[whole["published"].notna()].index
    key = next((key for key in keys if key in published), keys[0])
    rows = [
        (name, table.loc[[key]].iloc[0])
        for name, table in zip(short_labels(results), tables, strict=True)
        if key in table.index
    ]
    numbers = [row_words(row) + (f" ({name})" if len(results) > 1 else "") for name, row in rows]
    row = whole.loc[[key]].iloc[0]
    beside = f"; CPMM had {words.figure(row['published'])} in {row['published_year']:.0f}" if key in published else ""
    unit = next(unit for unit, indicators_in in PANELS.values() if key[0] in indicators_in)
    return f"{key[0]} ({indicator_title(key, results)}) {', '.join(numbers)} {unit}{beside}"


def observed_indicators(result: Results, facts: Mapping[str, Fact], period: str | None) -> pd.DataFrame:
    """The indicators that have numbers, by indicator, who and place."""
    table = indicators(result, facts, period)
    return table[table["replications"] > 0].set_index(["indicator", "who", "place"])


def marks_of(key: Key, tables: Sequence[pd.DataFrame], results: Sequence[Results]) -> tuple[Mark, ...]:
    """What each result that has an indicator says of it."""
    marks = []
    names, colours = labels(results), result_colours(results)
    for slot, (table, name) in enumerate(zip(tables, names, strict=True)):
        numbers = table[["mean", "ci_low", "ci_high"]].to_dict("index")
        if key in numbers:
            mean, low, high = numbers[key].values()
            look = Look(name, colours[slot], SHAPES[slot % len(SHAPES)])
            text = words.measured_interval(mean, low, high)
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
        axes.plot(facts["published"], levels, "D", color=BLACK, markersize=6, label="CPMM, with its year", zorder=4)
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
    titles = {name: border.title for result in results for name, border in result.scenario.places.items()}
    where = "all borders" if place == ALL else titles[place]
    return f"{MEANINGS[indicator]}, {group}" if indicator in MEANINGS else f"{where}, {group}"
