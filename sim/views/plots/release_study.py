"""Time Release Study: how long the steps of a clearance take, by border, regime and channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import Interval
from sim.runs.results import Results, Several, several_results
from sim.scenario.formalities import Tez
from sim.scenario.meaning import last_full_year
from sim.scenario.values import ALL
from sim.study.field.release_study import CHANNELS, INSPECTION, release_study
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots import style
from sim.views.plots.forest import WIDTH, Colour, name_rows, note_at_right
from sim.views.plots.settings import own_settings
from sim.views.plots.titles import duration_mean, short_labels, told_labels

BAR_INCH, PANEL_INCH, REST_INCH = 0.26, 0.85, 2.0
MOST_PANELS = 4
FEWEST_TRAINS = 10
"""Trains below which a step has no bar: the mean of a handful is luck."""
BEYOND_P90 = 1.6
"""How far the axis reaches, in greatest 90th percentiles: one train that stood for weeks would press all bars flat."""
INTERVALS = ("arrival to reception", "reception to release", "release to departure", "arrival to departure")
STEPS = {
    **{name: (ALL, name) for name in INTERVALS[:2]},
    **{f"… {channel} channel": (channel, "reception to release") for channel in CHANNELS},
    "… inspection, its wait included": (ALL, INSPECTION),
    **{name: (ALL, name) for name in INTERVALS[2:]},
}
"""What is drawn from top to bottom: channel and interval of the table."""


@own_settings()
def release_times(results: Several, caption: str = "", period: str | None = None, place: str | None = None) -> Figure:
    """Mean (bar), median, 90th percentile (marks) and range of each step: a panel a border, a bar a regime.

    Parameters
    ----------
    period
        A calendar year, or `all`; by default the last full year.
    place
        The one border to draw; by default those with most trains.

    Raises
    ------
    NothingToDraw
        No declarations were released at any border.
    """
    results = several_results(results)
    tables = [release_study(result, period) for result in results]
    borders = list(dict.fromkeys(name for table in tables for name in table["place"]))
    borders = [place] if place in borders else borders if place is None else []
    if not borders:
        raise style.NothingToDraw("no declarations were released")
    borders = busiest_borders(results, tables, borders)
    kinds = [kinds_at(results, tables, border) for border in borders]
    rows = [len(STEPS) * max(len(kind), 2) for kind in kinds]
    note = message(
        "{period}. Time Release Study (WCO guide, version 4): hours between the moments of a clearance. {example}; the "
        "title: {basis}. Bar: mean; whisker: from the least to the most (► beyond the frame); | median; ◆ 90th "
        "percentile of the trains released; at the right mean ± SD, the most, their number n; of fewer than {fewest} "
        "only that. Formalities may run beside the gauge change.",
        period=periods_drawn(results, period),
        example=style.example_of(results),
        basis=style.basis_of(results),
        fewest=FEWEST_TRAINS,
    )
    figure = style.sheet(
        words.comma_list([release_found(results, tables, borders[0]), periods_drawn(results, period)]),
        words.paragraph([note, caption]),
        WIDTH,
        REST_INCH + sum(BAR_INCH * row + PANEL_INCH for row in rows),
    )
    panels = style.stacked(figure, rows)
    looks = kind_colours(results, list(dict.fromkeys(chain.from_iterable(kinds))))
    for axes, border, kind in zip(panels, borders, kinds, strict=True):
        draw_border(
            axes, border_title(results, border), kind, [table[table["place"] == border] for table in tables], looks
        )
    style.key_below(panels[-1], 2, panels)
    return figure


def release_found(results: Sequence[Results], tables: Sequence[pd.DataFrame], border: str) -> str:
    """The mean time to release at a border by each regime, over all replications where they are measured."""
    texts = []
    for name, table in zip(short_labels(results), tables, strict=True):
        rows = released_at(table)
        rows = rows[(rows["place"] == border) & (rows["trains"] >= FEWEST_TRAINS)]
        for row in rows.to_dict("records"):
            mean = Interval(row["model_mean_h"], row["ci_low_h"], row["ci_high_h"], 0)
            regime = term(row["regime"].capitalize())
            pair_words = message("{told}: {verdict}", told=name, verdict=regime)
            which = regime if len(results) == 1 else name if len(rows) == 1 else pair_words
            texts.append(message("{told} ({name})", told=duration_mean(mean), name=which))
    title = border_title(results, border)
    if not texts:
        return message("At {place} fewer than {fewest} trains are released", place=title, fewest=FEWEST_TRAINS)
    return message("At {place} release takes {times} on average", place=title, times=words.comma_list(texts))


def step_words(row: Mapping[Any, Any]) -> str:
    """Mean and standard deviation of a step with the digits that the number of its trains allows, the most, and n."""
    if row["trains"] < FEWEST_TRAINS:
        return message("n {number}", number=words.figure(row["trains"], 0))
    error_h = 1.96 * row["sd_h"] / row["trains"] ** 0.5
    mean, spread = (words.measured(row[name], row[name] - error_h, row[name] + error_h) for name in ("mean_h", "sd_h"))
    most_h, number = words.figure(row["max_h"], 0), words.figure(row["trains"], 0)
    about = {"mean": mean, "spread": spread, "most": most_h, "number": number}
    return message("{mean} ± {spread} h, most {most} h, n {number}", **about)


Kind = tuple[int, str, str]
"""Position of the results, the regime, and both in words."""


def released_at(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a study from reception to release, of all channels together."""
    return table[(table["interval"] == "reception to release") & (table["channel"] == ALL)]


def busiest_borders(results: Sequence[Results], tables: Sequence[pd.DataFrame], borders: list[str]) -> list[str]:
    """The borders with most trains released, first those where Tez clears, the busiest first."""
    releases = released_at(pd.concat(tables))
    tez = {name for result in results for name, regime in result.scenario.regimes.items() if isinstance(regime, Tez)}
    with_tez = set(releases["place"][releases["regime"].isin(tez)])
    trains = releases.groupby("place")["trains"].sum()
    in_order = trains.sort_values(ascending=False, kind="stable").index
    return sorted((border for border in in_order if border in borders), key=lambda name: name not in with_tez)[
        :MOST_PANELS
    ]


def kinds_at(results: Sequence[Results], tables: Sequence[pd.DataFrame], border: str) -> list[Kind]:
    """What is drawn at a border: the regimes of each of the results."""
    kinds = []
    for i, (result, table, title) in enumerate(zip(results, tables, told_labels(results), strict=True)):
        for regime in dict.fromkeys(table[table["place"] == border]["regime"]):
            name = spoken_title(result.scenario.regimes[regime].title)
            pair_words = message("{told}: {verdict}", told=title, verdict=name)
            kinds.append((i, regime, style.legend_name(name if len(results) == 1 else pair_words, 70)))
    return kinds


def kind_colours(results: Sequence[Results], kinds: Sequence[Kind]) -> dict[Kind, Colour]:
    """The colour of the regime of each kind, paler with each further result that has the same."""
    colours = style.regime_colours(results)
    alike = {regime: [kind for kind in kinds if kind[1] == regime] for _, regime, _ in kinds}
    return {
        kind: style.lighter(colours[regime], 0.3 + 0.5 * nth / len(of_regime))
        for regime, of_regime in alike.items()
        for nth, kind in enumerate(of_regime)
    }


def periods_drawn(results: Sequence[Results], period: str | None) -> str:
    """The periods drawn, in words."""
    periods = [period or last_full_year(result.scenario) for result in results]
    return words.joined_by_and(words.period(name) for name in periods)


def border_title(results: Sequence[Results], border: str) -> str:
    """The title of a border."""
    return spoken_title(next(run.scenario.places[border].title for run in results if border in run.scenario.places))


def draw_border(
    axes: Axes, title: str, kinds: Sequence[Kind], tables: Sequence[pd.DataFrame], colours: dict[Kind, Colour]
) -> None:
    """One panel: the steps from top to bottom, in each a bar for each kind, on a linear axis."""
    style.heading(axes, style.wrapped(title, 90))
    style.dress(axes, message("hours"), "", grid="x")
    thick, mosts = 0.8 / max(len(kinds), 2), list[tuple[float, float]]()
    for nth, (i, regime, label) in enumerate(kinds):
        rows = tables[i][tables[i]["regime"] == regime].set_index(["channel", "interval"])
        steps = [step for step, key in STEPS.items() if key in rows.index]
        every = rows.loc[[STEPS[step] for step in steps]]
        all_levels = np.array([list(STEPS).index(step) for step in steps]) + (nth - (len(kinds) - 1) / 2) * thick
        enough = (every["trains"] >= FEWEST_TRAINS).to_numpy()
        hours, levels = every[enough], all_levels[enough]
        axes.barh(levels, hours["mean_h"], 0.85 * thick, color=colours[kinds[nth]], label=label)
        axes.hlines(levels, hours["min_h"], hours["max_h"], color=style.INK, linewidth=0.8)
        axes.plot(hours["p50_h"], levels, "|", color=style.INK, markersize=9, markeredgewidth=1.6)
        axes.plot(hours["p90_h"], levels, "D", color=style.INK, markersize=3.5)
        mosts += zip(levels, hours["max_h"], strict=True)
        for level, row in zip(all_levels, every.to_dict("records"), strict=True):
            note_at_right(axes, level, step_words(row), size=style.SMALL_PT - 1)
    name_rows(axes, [term(step) for step in STEPS])
    bars = pd.concat(tables)
    bars = bars[bars["trains"] >= FEWEST_TRAINS]
    edge_h = BEYOND_P90 * bars["p90_h"].max() if len(bars) else 1.0
    axes.set_xlim(0, edge_h)
    beyond = [level for level, most_h in mosts if most_h > edge_h]
    if beyond:  # without a point this mark, which is not clipped, would stand in the figure's corner and squeeze all
        axes.plot([edge_h] * len(beyond), beyond, ">", color=style.INK, markersize=4, clip_on=False)
