"""Several differences of each measure side by side: those of many scenarios from a base, or the parts of one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.observed import KEYS
from sim.runs.results import labels
from sim.views import words
from sim.views.plots.compare import row_words
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    FAINT,
    INK,
    SERIES,
    SMALL_PT,
    NothingToDraw,
    basis,
    dress,
    key_below,
    legend_name,
    sheet,
    wrapped,
)

if TYPE_CHECKING:
    from sim.runs.results import Results

WIDTH = 11.0
ROW_INCH, PANEL_INCH, REST_INCH = 0.22, 0.8, 1.9
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GAP = 0.9
"""Room between two measures, in rows of one difference."""


@dataclass(frozen=True)
class Group:
    """The differences of one measure: a row each, by position from the top; its words at the left and the right."""

    rows: pd.DataFrame
    places: list[float]
    left: str
    right: str


@own_settings()
def contest(table: pd.DataFrame, caption: str, results: Sequence[Results]) -> Figure:
    """Differences of several scenarios from the first: a group of dots and intervals a measure, one panel a unit.

    Parameters
    ----------
    table
        Differences as from `sim.study.compare.compare.compare` with several scenarios: those to draw.
    results
        The results compared, the base first.

    Raises
    ------
    NothingToDraw
        No row has a difference.
    """
    titles = dict(zip([each.name for each in results], labels(results), strict=True))
    base, others = titles[results[0].name], [each.name for each in results[1:]]
    each = 100 * table.attrs.get("level_each", results[0].manifest["level"])
    said = f"each interval at {each:.4g} %, so that those of a measure hold together at the level stated (Bonferroni)"
    return side_by_side(
        table,
        ("scenario", {name: titles[name] for name in others}),
        f"What changes against {base}",
        f"{basis(results)}; {said}; paired, replication by replication. Hollow: "
        f"the interval holds zero. At the right the base. {caption}",
        results,
    )


@own_settings()
def attribution(table: pd.DataFrame, caption: str, results: Sequence[Results]) -> Figure:
    """The parts of the change from paper to Tez: early lodging, faster processing, both together, and the total.

    Parameters
    ----------
    table
        Effects as from `sim.study.compare.attribute.attribute`: those to draw.
    results
        The scenario on paper and the one with Tez.

    Raises
    ------
    NothingToDraw
        No row has a difference.
    """
    first, second = labels(results)
    return side_by_side(
        table,
        ("effect", words.EFFECTS),
        f"Where the change comes from: {second}, against {first}",
        f"{basis(results)}; paired, replication by replication; the first three add up to the fourth. Hollow: the "
        f"interval holds zero. At the right the two means. {caption}",
        results,
    )


def side_by_side(
    table: pd.DataFrame, by: tuple[str, Mapping[str, str]], title: str, caption: str, results: Sequence[Results]
) -> Figure:
    """A figure of groups of differences; `by` is the column that tells them apart, and the title of each value."""
    rows = table[table["difference"].notna()]
    if rows.empty:
        raise NothingToDraw("no difference to draw")
    units = list(dict.fromkeys(rows["unit"]))
    groups = {unit: grouped(rows[rows["unit"] == unit], by, results) for unit in units}
    heights = [groups[unit][-1].places[-1] + 1 + GAP for unit in units]
    figure = sheet(title, caption, WIDTH, REST_INCH + sum(ROW_INCH * height + PANEL_INCH for height in heights))
    panels = list(figure.subplots(len(units), 1, squeeze=False, height_ratios=heights)[:, 0])
    for axes, unit, height in zip(panels, units, heights, strict=True):
        draw_groups(axes, groups[unit], unit, height, by)
    key_below(panels[-1], 2, panels)
    return figure


def grouped(rows: pd.DataFrame, by: tuple[str, Mapping[str, str]], results: Sequence[Results]) -> list[Group]:
    """The differences of one unit by measure, from the top down."""
    groups, top = [], GAP / 2
    column, titles = by
    for _, some in rows.groupby(list(KEYS), sort=False, observed=True):
        some = some.sort_values(column, key=lambda names: names.map({name: i for i, name in enumerate(titles)}))
        first = some.iloc[0]
        before = words.figure(first["mean_a"] if "mean_a" in some else first["mean_paper"])
        after = f" → {words.figure(first['mean_both'])}" if "mean_both" in some else ""
        places = [top + position for position in range(len(some))]
        groups.append(Group(some, places, row_words(first, results), f"{before}{after} {first['unit']}"))
        top = places[-1] + 1 + GAP
    return groups


def draw_groups(
    axes: Axes, groups: Sequence[Group], unit: str, height: float, by: tuple[str, Mapping[str, str]]
) -> None:
    """The groups of one unit: filled marks where the interval leaves out zero, hollow ones where it does not."""
    dress(axes, f"difference, {unit}", "", grid="x")
    axes.set_yticks([float(np.mean(group.places)) for group in groups], [wrapped(group.left, 44) for group in groups])
    axes.tick_params(axis="y", labelsize=SMALL_PT, length=0)
    axes.set_ylim(height - 0.5 - GAP / 2, -0.5)
    axes.axvline(0, color=INK, linewidth=1.2)
    column, titles = by
    for group, after in zip(groups, [*groups[1:], None], strict=True):
        for place, (_, row) in zip(group.places, group.rows.iterrows(), strict=True):
            number = list(titles).index(row[column])
            colour = SERIES[number % len(SERIES)]
            sure = row["ci_low"] > 0 or row["ci_high"] < 0
            axes.errorbar(
                [row["difference"]],
                [place],
                xerr=[[row["difference"] - row["ci_low"]], [row["ci_high"] - row["difference"]]],
                fmt=MARKERS[number % len(MARKERS)],
                color=colour,
                markerfacecolor=colour if sure else "white",
                markersize=6,
                capsize=3,
                linewidth=1.5,
                label=legend_name(titles[row[column]], 80),
            )
        middle = float(np.mean(group.places))
        right = axes.get_yaxis_transform()
        axes.text(1.01, middle, group.right, transform=right, fontsize=SMALL_PT, color=INK, va="center")
        if after is not None:
            axes.axhline(group.places[-1] + 0.5 + GAP / 2, color=FAINT, linewidth=0.4)
