"""Queues: trains waiting through time, by place and cause."""

from __future__ import annotations

import datetime as dt
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.scenario.addresses import Address
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.meaning import last_full_year
from sim.scenario.problems import did_you_mean, shown
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.field.queues import waiting
from sim.study.field.throughput import full_years
from sim.study.field.waits import longest_wait
from sim.views import words
from sim.views.language import message, month_name, spoken_title, term
from sim.views.plots import style
from sim.views.plots.settings import own_settings
from sim.views.plots.titles import at_period, mean_words, measure_of, row_words

WIDTH, PANEL_INCH, REST_INCH = 11.0, 1.75, 1.2
MOST_PLACES = 6
LEAST_SEEN = 0.015
"""Share of the height of a panel, its highest queue, below which an area is no more than a line."""
MOST_DAYS = 800
"""Days beyond which weeks are drawn: a printed line holds no more points."""
FEWEST_MARKS, MOST_MARKS = 4, 14
"""Dates along the axis."""
MOST_POINTS = 3_000
"""Points of one panel beyond which an SVG holds it as an image."""


@own_settings()
def queues(
    results: Results, caption: str = "", place: str | None = None, span: tuple[dt.date, dt.date] | None = None
) -> Figure:
    """Trains waiting, as the mean of each day (of each week in a long run), at the places where most wait.

    The days are those of replication 0, an example; a line is the mean of each year over all replications, with its
    interval as a band.

    A train waits at one place for one cause at a time: rows beside its journey do not count.

    Parameters
    ----------
    place
        The one place to draw; by default those where most trains wait.
    span
        The first and the last day; by default the whole horizon.

    Raises
    ------
    NothingToDraw
        No train waited.
    """
    horizon = results.scenario.horizon
    first, last = span or (horizon.start, horizon.end - dt.timedelta(days=1))
    start_h = results.scenario.calendar.hours(first)
    days = (last - first).days + 1
    step = 1 if days <= MOST_DAYS else 7
    edges_h = start_h + np.arange(0.0, days + 1, step) * HOURS_PER_DAY
    places = busiest_places(results, edges_h, place)
    days_drawn, basis = words.days_from(first, last), style.basis_of([results])
    areas = message("Areas: mean of each day of one replication, an example, by what is waited for.")
    if step > 1:
        areas = message("Areas: mean of each week of one replication, an example, by what is waited for.")
    left_out = message(
        "A train waits at one place for one cause at a time. Places where never as much as one train waits are left "
        "out, and from the legend causes too thin to be seen."
    )
    mean = mean_of_years(results.scenario)
    level = message("{days}. Dashed line and band: {mean}, over {basis}.", days=days_drawn, mean=mean, basis=basis)
    figure = style.sheet(
        longest_queue(results, place) if span is None else queue_of_days(results, *places[0], days_drawn),
        words.paragraph([level, areas, left_out, caption]),
        WIDTH,
        PANEL_INCH * len(places) + REST_INCH,
    )
    middles = (edges_h[:-1] + edges_h[1:]) / 2 / HOURS_PER_DAY
    panels = style.stacked(figure, [1.0] * len(places), sharex=True)
    for axes, (name, trains) in zip(panels, places, strict=True):
        draw_place(axes, place_heading(results, name), middles, trains)
        draw_years(axes, results, name, (edges_h[0] / HOURS_PER_DAY, edges_h[-1] / HOURS_PER_DAY))
        axes.set_ylim(0, None)
    scale_dates(panels[-1], horizon.start, middles)
    name_causes(figure, mean)
    return figure


def longest_queue(results: Results, place: str | None) -> str:
    """Where most trains wait in the last full year, over all replications, and for what."""
    period = last_full_year(results.scenario)
    if place is not None:
        mean = measure_of(results, Address("queue_trains", place, ALL, period))
        title, when = spoken_title(results.scenario.places[place].title), at_period(period)
        if mean is None:
            return title
        trains = mean_words(mean)
        return message("At {place} {trains} trains wait on average {when}", place=title, trains=trains, when=when)
    wait = longest_wait(results, period)
    if wait is None:
        return message("Trains waiting {when}", when=at_period(period))
    return message(
        "{where} {trains} trains wait for {cause} on average {when}: the longest queue",
        where=where_words(results, wait.first.place),
        trains=row_words(wait.first.row),
        cause=term(words.CAUSES[wait.first.cause]),
        when=at_period(period),
    )


def where_words(results: Results, place: str) -> str:
    """Where trains wait: at a place, or before their journey."""
    if place == ALL:
        return message("Before the journey")
    return message("At {place}", place=spoken_title(results.scenario.places[place].title))


def place_heading(results: Results, place: str) -> str:
    """A place as the heading of its panel; of what is waited for before the journey what that is."""
    if place == ALL:
        return message("Held back by bans and agreed limits, before the journey")
    return spoken_title(results.scenario.places[place].title)


def queue_of_days(results: Results, place: str, level: FloatArray, days: str) -> str:
    """Where most trains wait in some days, in the one replication that is drawn."""
    return message(
        "{where} {trains} trains wait on average, {days}, in one replication: the longest queue",
        where=where_words(results, place),
        trains=words.figure(float(level.sum(axis=0).mean())),
        days=days,
    )


def draw_years(axes: Axes, results: Results, place: str, days_drawn: tuple[float, float]) -> None:
    """The mean of each year over all replications, and its interval; at a place without what was waited before."""
    kpi = "queue_trains" if place != ALL else "queue_trains_ban"
    for year, (from_h, until_h) in results.scenario.calendar.years().items():
        mean = measure_of(results, Address(kpi, place, ALL, year))
        days = np.clip(np.array([from_h, until_h]) / HOURS_PER_DAY, *days_drawn)
        if mean is not None and days[0] < days[1]:
            axes.fill_between(days, mean.low, mean.high, color=style.BLACK, alpha=0.15, linewidth=0, zorder=3)
            # White between the dashes shows the line on black areas too; a halo around it would hide small queues.
            axes.plot(days, [mean.mean] * 2, color="white", linewidth=1.6, zorder=4)
            dashes: dict[str, Any] = {"color": style.BLACK, "linewidth": 1.6, "linestyle": (0, (5, 2))}
            axes.plot(days, [mean.mean] * 2, label=mean_of_years(results.scenario), zorder=5, **dashes)


def mean_of_years(scenario: Scenario) -> str:
    """What the mean of a year is of: all of it, or the days that are measured where the horizon holds one in part."""
    if [*scenario.calendar.years()] == full_years(scenario):
        return message("mean of the year")
    return message("mean of the days of a year that are measured")


def busiest_places(results: Results, edges_h: FloatArray, place: str | None = None) -> list[tuple[str, FloatArray]]:
    """The places where most trains wait, or `all` for what holds back before, and how many: causes × stretches."""
    level = waiting(results, list(words.CAUSES), edges_h)
    ban = list(words.CAUSES).index("ban")
    before = np.zeros_like(level[0])
    before[ban] = level[:, ban].sum(axis=0)
    level[:, ban] = 0
    names = list(results.scenario.places)
    places = [*zip(names, level, strict=True), (ALL, before)]
    if place is not None and place not in names:
        raise style.NothingToDraw(f"the scenario has no place {shown(place)}{did_you_mean(place, names)}")
    if place is not None:
        places = [places[names.index(place)]]
    by_hours = sorted((place for place in places if place[1].any()), key=lambda place: -place[1].sum())
    if not by_hours or len(edges_h) < 3:
        raise style.NothingToDraw("no train waited")
    return [place for place in by_hours if place[1].sum(axis=0).max() >= 1][:MOST_PLACES] or by_hours[:1]


def draw_place(axes: Axes, title: str, middles: FloatArray, level: FloatArray) -> None:
    """The causes of waiting at one place on top of each other; `level` has shape (causes, stretches).

    A cause has a name only where its area can be seen.
    """
    style.dress(axes, "", message("trains waiting"))
    style.heading(axes, style.wrapped(title, 90))
    waited_for = [i for i in range(len(level)) if level[i].any()]
    causes, least = list(words.CAUSES), LEAST_SEEN * level.sum(axis=0).max()
    areas = axes.stackplot(
        middles,
        level[waited_for],
        labels=[term(words.CAUSES[causes[i]]) if level[i].max() >= least else "_thin" for i in waited_for],
        linewidth=0,
        rasterized=len(middles) * len(waited_for) > MOST_POINTS,
    )
    for i, area in zip(waited_for, areas, strict=True):
        area.set(**style.CAUSE_LOOKS[causes[i]])


def scale_dates(axes: Axes, start: dt.date, days: FloatArray) -> None:
    """Marks at the beginnings of years, months or days, whatever fits the days since the start that are drawn.

    matplotlib's own dates count from an epoch that is a setting of the session, to the last digit of a figure.
    """
    dates = [start + dt.timedelta(days=day) for day in range(ceil(days[0]), int(days[-1]) + 1)]
    firsts = [date for date in dates if date.day == 1]
    if len(firsts) >= FEWEST_MARKS:
        step = next(step for step in (1, 3, 6, 12) if step == 12 or len(firsts) <= step * MOST_MARKS)
        marks = {date: month_title(date) for date in firsts if (date.month - 1) % step == 0}
    else:
        step = -(-len(dates) // MOST_MARKS)
        marks = {date: message("{day} {month}", day=date.day, month=month_name(date.month)) for date in dates[::step]}
    first = next(iter(marks))
    marks[first] = marks[first] if marks[first] == str(first.year) else f"{marks[first]}\n{first.year}"
    axes.set_xticks([(date - start).days for date in marks], list(marks.values()))
    axes.set_xlim(days[0], days[-1])
    axes.set_xlabel(message("date"), fontsize=style.TEXT_PT, color=style.INK)


def month_title(date: dt.date) -> str:
    """A month; January by its year."""
    return f"{date.year}" if date.month == 1 else month_name(date.month)


def name_causes(figure: Figure, mean: str) -> None:
    """One legend for all panels, at the right: each cause once, in the order of the journey, then what a mean is of."""
    artists = style.named_artists(figure.axes)
    names = (*map(term, words.CAUSES.values()), mean)
    by_journey = {name: artists[name] for name in names if name in artists}
    style.legend(
        figure,
        by_journey,
        loc="outside right center",
        title=message("waiting for"),
        title_fontsize=style.SMALL_PT,
        alignment="left",
    )
