"""Throughput by year, against the published past and the target; and by day, week or month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from sim.runs.results import Results, Several, several_results
from sim.scenario.addresses import Address
from sim.scenario.meaning import last_full_year
from sim.scenario.problems import did_you_mean
from sim.scenario.schema import Corridor, Scenario
from sim.scenario.values import ALL
from sim.study.field.throughput import full_years, throughput_by, yearly_throughput
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots.forest import SHAPES, whiskers
from sim.views.plots.queues import scale_dates
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    BLACK,
    DASHES,
    INK,
    SMALL_PT,
    NothingToDraw,
    apart,
    basis_of,
    dress,
    example_of,
    fitting,
    key_below,
    legend_name,
    result_colours,
    sheet,
)
from sim.views.plots.titles import across, at_period, measure_of, told_labels

WIDTH, HEIGHT = 10.0, 5.8
LABEL_GAP = 0.05
TOP_ROOM = 0.08
"""Above the highest mark, of its height: an interval must not end at the frame."""
FEWEST_YEARS = 5
"""Years that the axis has at least: a single one would stand on a sheet of its own, its value far away."""


@own_settings()
def throughput(results: Several, corridor: str | None = None, caption: str = "") -> Figure:
    """Throughput of a corridor in Mt, by calendar year, with the interval of the mean as a band.

    A year that the horizon holds only in part is a hollow mark of its own, joined to nothing.

    Parameters
    ----------
    corridor
        By default the first of the first scenario; of one without corridors all its flows.

    Raises
    ------
    NothingToDraw
        No scenario has a throughput of that corridor.
    """
    results = several_results(results)
    if corridor is None:
        corridor = next(iter(results[0].scenario.corridors), ALL)
    tables = [yearly_throughput(result, corridor) for result in results]
    corridors = [result.scenario.corridors[corridor] for result in results if corridor in result.scenario.corridors]
    if corridor == ALL:
        corridors = [Corridor(title=message("All flows"))]
    if not corridors or all(table.empty for table in tables):
        names = [*results[0].scenario.corridors, ALL]
        hint = did_you_mean(corridor, names) or f"; there are {', '.join(names)}"
        raise NothingToDraw(f"no throughput of a corridor {corridor!r}{hint}")
    past_mt, last = corridors[0].published_mt, max(int(year) for table in tables for year in table["year"])
    target_mt = {year: mt for year, mt in corridors[0].target_mt.items() if year <= last}  # not yet met nor missed
    figure = sheet(
        throughput_words(spoken_title(corridors[0].title), results, corridor, target_mt),
        words.paragraph([years_note(results, any(table["full"].sum() > 1 for table in tables)), caption]),
        WIDTH,
        HEIGHT,
    )
    axes = figure.add_subplot()
    dress(axes, message("calendar year"), message("throughput, Mt a year"))
    colours = result_colours(results)
    for i, (label, table) in enumerate(zip(told_labels(results), tables, strict=True)):
        draw_scenario(axes, table, legend_name(label, fitting(WIDTH, SMALL_PT) // 2), i, colours[i])
    if past_mt:
        hollow: dict[str, Any] = {
            "color": BLACK,
            "markerfacecolor": "none",
            "markersize": 8,
            "zorder": 4,
        }  # hides no mark of the model
        axes.plot(list(past_mt), list(past_mt.values()), "D", label=message("published"), **hollow)
    scale_years(axes, [*(year for table in tables for year in table["year"]), *past_mt, *target_mt])
    draw_targets(axes, target_mt)
    name_ends(axes, tables, colours)
    key_below(axes, 2)
    return figure


def years_note(results: Sequence[Results], has_band: bool) -> str:
    """What the figure rests on."""
    about = message("Cargo carried to the end of the route, by calendar year. {basis};", basis=basis_of(results))
    if has_band:
        return words.paragraph([about, message("band and whiskers are the interval of the mean.")])
    return words.paragraph([about, message("whiskers are the interval of the mean.")])


def throughput_words(title: str, results: Sequence[Results], corridor: str, target_mt: Mapping[int, float]) -> str:
    """What the last full year comes to, of the target of that year if it has one."""
    year = last_full_year(results[0].scenario)
    aim = ""
    if year != ALL and int(year) in target_mt:
        aim = message(" of {target}", target=words.stated_number(target_mt[int(year)]))
    finding = across(results, Address("throughput_mt", ALL, corridor, year), "Mt", aim)
    return message("{subject} {when}: {found}", subject=title, when=at_period(year), found=finding)


def draw_scenario(axes: Axes, table: pd.DataFrame, label: str, i: int, colour: str) -> None:
    """Band, line and marks of the full years, and hollow marks of the years held in part."""
    full, part = table[table["full"]], table[~table["full"]]
    if len(full) > 1:
        axes.fill_between(full["year"], full["ci_low"], full["ci_high"], color=colour, alpha=0.22, linewidth=0)
    for rows, face, line, name in (
        (full, colour, DASHES[i % len(DASHES)], label),
        (part, "white", "none", message("{name}: part of the year only", name=label)),
    ):
        if len(rows):
            axes.errorbar(
                rows["year"],
                rows["mean"],
                yerr=whiskers(rows),
                color=colour,
                linestyle=line,
                linewidth=1.8,
                marker=SHAPES[i % len(SHAPES)],
                markerfacecolor=face,
                markersize=6,
                elinewidth=1,
                capsize=3,
                label=name,
                zorder=3,
            )


def scale_years(axes: Axes, years: Sequence[int]) -> None:
    """Whole years on one axis, with room at the right for the values, and zero on the other."""
    beside = max(0, FEWEST_YEARS - 1 - (max(years) - min(years))) / 2
    axes.set_xlim(min(years) - 0.5 - beside, max(years) + 0.7 + beside)
    step = 1 + (max(years) - min(years)) // 15
    axes.xaxis.set_major_locator(FixedLocator(list(range(min(years), max(years) + 1, step))))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
    axes.set_ylim(0, (1 + TOP_ROOM) * axes.dataLim.y1 or 1.0)  # in a few days nothing may have come through


def draw_targets(axes: Axes, target: Mapping[int, float]) -> None:
    """A star in the year of each target, and a named dashed line up to it."""
    if not target:
        return
    start = axes.get_xlim()[0]
    axes.plot(list(target), list(target.values()), "*", color=INK, markersize=13, label=message("target"), zorder=4)
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.12 * max(target.values())))
    axes.hlines(list(target.values()), start, list(target), color=INK, linewidth=1, linestyle=(0, (6, 4)))
    top = axes.get_ylim()[1]
    highest = max(target.values())
    below = {year: mt - LABEL_GAP * top for year, mt in target.items() if mt < highest}
    heights = dict(zip(below, apart(list(below.values()), LABEL_GAP * top, highest - LABEL_GAP * top), strict=True))
    for year, mt in target.items():
        axes.text(
            start + 0.08,
            heights.get(year, highest + 0.015 * top),
            message("{target} Mt target, {year}", target=words.stated_number(mt), year=year),
            fontsize=SMALL_PT,
            color=INK,
            va="bottom",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )


def name_ends(axes: Axes, tables: Sequence[pd.DataFrame], colours: Sequence[str]) -> None:
    """The value of each scenario's last full year, to the right of its mark."""
    ends = [(i, table[table["full"]].iloc[-1]) for i, table in enumerate(tables) if table["full"].any()]
    top = axes.get_ylim()[1]
    texts = [words.quantity(words.measured(end["mean"], end["ci_low"], end["ci_high"]), "Mt") for _, end in ends]
    if len(ends) > 1 and len(set(texts)) == 1:
        ends, texts, colours = ends[:1], texts[:1], [INK] * len(tables)  # several would stand off their marks
    heights = apart([float(end["mean"]) for _, end in ends], LABEL_GAP * top, top)
    for (i, end), height, text in zip(ends, heights, texts, strict=True):
        axes.text(end["year"] + 0.15, height, text, fontsize=SMALL_PT, color=colours[i], va="center")


UNIT_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}


@own_settings()
def throughput_through_time(
    results: Sequence[Results],
    caption: str,
    days: tuple[dt.date, dt.date],
    step: str,
    flow: str = ALL,
    place: str = ALL,
) -> Figure:
    """Cargo carried by day, week, month or year.

    Steps are those of replication 0, whose ledger is kept, an example; level lines, where the measures have them (at
    the end of the route), are the mean of each year over all replications with its interval, by step.

    Parameters
    ----------
    days
        The first and the last day.
    step, flow, place
        See `throughput_by`.

    Raises
    ------
    NothingToDraw
        No cargo came through in these days.
    """
    tables = [throughput_by(result, *days, step, flow, place) for result in results]
    if not any(table["kt"].any() for table in tables):
        raise NothingToDraw(f"no cargo of {flow!r} came through from {days[0]} to {days[1]}")
    scenario, span = results[0].scenario, words.days_from(*days)
    subject, by_step = carried_title(scenario, flow), term(f"by {step}")
    if place != ALL:
        subject = message("{measure} at {place}", measure=subject, place=spoken_title(scenario.places[place].title))
    mean = None if place != ALL else step_mean(results, days, flow, step)
    hollow = term(f"hollow: part of a {step}.")
    about = message("{days}, {by_step}. {example};", days=span, by_step=by_step, example=example_of(results))
    level = "" if place != ALL else message("Level lines and bands: mean of a year, {basis}.", basis=basis_of(results))
    finding = message("an example") if mean is None else mean
    figure = sheet(
        message("{subject}, {days}, {by_step}: {found}", subject=subject, days=span, by_step=by_step, found=finding),
        words.paragraph([about, hollow, level, caption]),
        WIDTH,
        HEIGHT,
    )
    axes = figure.add_subplot()
    dress(axes, "", message("cargo carried, {unit}", unit=term(f"kt a {step}")))
    origin, colours = days[0], result_colours(results)
    for i, (label, result, table) in enumerate(zip(told_labels(results), results, tables, strict=True)):
        name = legend_name(label, fitting(WIDTH, SMALL_PT) // 2)
        draw_steps(axes, table, origin, name, i, colours[i])
        if place == ALL:
            draw_year_means(axes, result, days, Address("throughput_mt", ALL, flow, ALL), step, colours[i])
    scale_dates(axes, origin, np.arange(0.0, (days[1] - origin).days + 1.5))
    axes.set_ylim(0, None)
    key_below(axes, 2)
    return figure


def carried_title(scenario: Scenario, flow: str) -> str:
    """A flow, a corridor or a direction in words."""
    titles = {name: part.title for part_of in (scenario.flows, scenario.corridors) for name, part in part_of.items()}
    if flow in titles:
        return spoken_title(titles[flow])
    return message("All flows") if flow == ALL else term(f"All {flow} trains")


def step_mean(results: Sequence[Results], days: tuple[dt.date, dt.date], flow: str, step: str) -> str | None:
    """What a step carries on average over all replications, where the days drawn lie in one year of the measures.

    The least and the most of the steps drawn would be the luck of the one replication that they are of.
    """
    year = str(days[0].year)
    if days[1].year != days[0].year or any(year not in full_years(result.scenario) for result in results):
        return None
    steps = 1000 * UNIT_DAYS[step] / UNIT_DAYS["year"]
    mean = across(results, Address("throughput_mt", ALL, flow, year), f"kt a {step}", share=steps)
    return message("in {year} on average {mean}", year=year, mean=mean) if mean else None


def draw_steps(axes: Axes, table: pd.DataFrame, origin: dt.date, label: str, i: int, colour: str) -> None:
    """What each step of one result carried, in the middle of the step; steps in part are hollow and joined to none."""
    spans = zip(table["from"], table["until"], strict=True)
    middles = np.array([((begin - origin).days + (end - origin).days) / 2 for begin, end in spans])
    full, carried_kt = table["full"].to_numpy(), table["kt"].to_numpy()
    look: dict[str, Any] = {"color": colour, "marker": SHAPES[i % len(SHAPES)], "markersize": 5}
    size = 5 if len(table) <= MOST_MARKED else 0
    line = look | {"linewidth": 1.4, "markersize": size, "label": message("{name}: one replication", name=label)}
    axes.plot(middles[full], carried_kt[full], **line)
    axes.plot(middles[~full], carried_kt[~full], linestyle="none", markerfacecolor="white", clip_on=False, **look)


MOST_MARKED = 60
"""Steps beyond which a line has no marks."""


def draw_year_means(
    axes: Axes, result: Results, days: tuple[dt.date, dt.date], address: Address, step: str, colour: str
) -> None:
    """The mean of each year over all replications, by step, with its interval as a band."""
    label = message("mean of the year over replications: {name}", name=result.name)
    for year in full_years(result.scenario):
        mean = measure_of(result, address._replace(period=year))
        first, last = max(dt.date(int(year), 1, 1), days[0]), min(dt.date(int(year), 12, 31), days[1])
        if mean is not None and first <= last:
            span = [(first - days[0]).days, (last - days[0]).days + 1]
            share = 1000 * UNIT_DAYS[step] / UNIT_DAYS["year"]
            axes.fill_between(span, share * mean.low, share * mean.high, color=colour, alpha=0.2, linewidth=0)
            axes.plot(span, [share * mean.mean] * 2, color=colour, linestyle="--", linewidth=1.6, label=label)
