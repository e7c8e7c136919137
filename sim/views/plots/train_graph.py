"""The train graph (Marey chart): where the trains of a route are, hour by hour, on some days; what they wait for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.meaning import last_full_year
from sim.scenario.places import Border
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.field import train_graph
from sim.study.field.time_distance import Route, route_of, route_stations
from sim.views import words
from sim.views.language import counted, in_marks, message, month_name, spoken_title, term
from sim.views.plots import style
from sim.views.plots.forest import name_rows, note_at_right
from sim.views.plots.settings import own_settings

WIDTH, HEIGHT = 11.5, 8.0
STATION_CHARACTERS, STATION_GAP = 30, 0.032
SHADE, BORDER_SHADE = "#F3F3F3", "#FBE7C6"
RUN_PT, STAY_PT, PLAN_PT = 1.5, 1.8, 0.5
WAIT_INCH = 0.5
LEAST_SEEN, END_ROOM = 0.005, 1.02
"""Of the longest bar: a part below the one is no more than a line; the axis ends at the other, beyond the bar's end."""
NUMBER_PT, MOST_DAYS_NAMED = 7.0, 9
NUMBER_ROOM = (0.065, 0.022)
"""Width and height of a number, as shares of the axes."""

AXES_PT = 430
"""About the height of the axes: lines of trains that stand side by side are no thicker than their distance."""
MOST_LINES = 4_000
"""Lines beyond which an SVG holds them as an image."""


@own_settings()
def marey(
    results: Results,
    caption: str = "",
    first_day: dt.date | None = None,
    flow: str | None = None,
    last_day: dt.date | None = None,
) -> Figure:
    """Distance over time for the trains of a flow, and of the flow that travels its places the other way.

    Thick what was simulated, thin the plan of each train from the hour at which it set out: free flow, see `plans`.
    Below, what they waited for in these days.

    Parameters
    ----------
    first_day, last_day
        The days drawn, both included; by default seven, from a Monday in the middle of the last full year.
    flow
        The flow whose route is drawn; else the first flow of the first corridor that crosses a border, else the first.

    Raises
    ------
    NothingToDraw
        There is no such flow, or none of its trains was on its way in these days.
    """
    scenario = results.scenario
    flow = flow or default_flow(scenario)
    if flow not in scenario.flows:
        raise style.NothingToDraw(f"no flow {flow!r}")
    first_day = first_day or middle_monday(scenario)
    days = ((last_day or first_day + dt.timedelta(days=6)) - first_day).days + 1
    window = (scenario.calendar.hours(first_day), scenario.calendar.hours(first_day + dt.timedelta(days=days)))
    route = route_of(scenario, scenario.flows[flow])
    flows = [flow, *train_graph.opposite(scenario, flow)]
    traffic = [train_graph.movements(results, name, route, name != flow, window) for name in flows]
    if not any(len(trains.stays) or len(trains.runs) for trains in traffic):
        raise style.NothingToDraw(f"no train of {flow!r} was on its way in the {days} days from {first_day}")
    waits = [train_graph.waits_by_cause(results, name, window) for name in flows]
    span = words.days_from(first_day, first_day + dt.timedelta(days=days - 1))
    note = lines_note(results, trains_on_the_way(scenario, flows, waits))
    days_told = counted(days, "{count} day of one replication", "{count} days of one replication")
    figure = style.sheet(
        message(
            "{flow}, {days}: an example, {told}",
            flow=spoken_title(scenario.flows[flow].title),
            days=span,
            told=days_told,
        ),
        words.paragraph([note, caption]),
        WIDTH,
        HEIGHT + WAIT_INCH * len(flows),
    )
    axes, below = style.stacked(figure, [HEIGHT, 1.2 * WAIT_INCH * len(flows)])
    style.dress(axes, message("date (UTC)"), message("distance along the route, km"), grid="x")
    stations = route_stations(scenario, scenario.flows[flow], route)
    ladder = train_graph.ladder_of([km for km, _ in stations], route)
    scale_days(axes, ladder, (first_day, days), borders_km(scenario, route))
    axes.set_ylim(min(ladder.lower(route.entry_km[:1])), max(ladder.upper(route.exit_km[-1:])))
    draw_flows(axes, results, flows, traffic, (route, ladder, window))
    axes.plot([], [], color=style.INK, linewidth=PLAN_PT, label=plan_words())
    name_stations(axes, ladder, [spoken_title(name) for _, name in sorted(stations)])
    draw_waits(below, [spoken_title(scenario.flows[name].title) for name in flows], waits)
    style.key_below(below, 2, [axes, below])
    return figure


def plan_words() -> str:
    """What the two kinds of lines are."""
    return message("thin: planned (free flow: no wait, mean works); thick: simulated")


def lines_note(results: Results, trains: str) -> str:
    """How to read the lines."""
    return message(
        "{example}. Trains on the way in these days: {trains}. Slanting: under way; level, on a band: standing, one "
        "line a train; amber: a border. The number of a train stands where its first run in these days begins, where "
        "there is room; its plan begins when it set out. Below: hours waited in these days, a train, by cause.",
        example=style.example_of([results]),
        trains=trains,
    )


def draw_flows(
    axes: Axes,
    results: Results,
    flows: Sequence[str],
    traffic: Sequence[train_graph.Movements],
    frame: tuple[Route, train_graph.StationLadder, train_graph.Window],
) -> None:
    """The trains of each flow with their numbers, and under them their plans."""
    route, ladder, window = frame
    numbered: list[tuple[float, float]] = []
    days = round((window[1] - window[0]) / HOURS_PER_DAY)
    for name, trains in zip(flows, train_graph.on_ladder(traffic, ladder), strict=True):
        about = results.scenario.flows[name]
        about_flow = message("{told} ({name})", told=spoken_title(about.title), name=term(about.direction))
        label = style.legend_name(about_flow, style.fitting(WIDTH, style.SMALL_PT))
        draw_trains(axes, trains, style.DIRECTION_COLOURS[about.direction], label)
        number_trains(axes, trains, style.DIRECTION_COLOURS[about.direction], days, numbered)
    for i, name in enumerate(flows):
        # the first flow gives the route, the other comes from its end
        plans = train_graph.plans(results, name, route, ladder, i > 0, window)
        draw_plans(axes, plans, style.DIRECTION_COLOURS[results.scenario.flows[name].direction])


def trains_on_the_way(scenario: Scenario, flows: Sequence[str], waits: Sequence[tuple[dict[str, float], int]]) -> str:
    """How many trains of each flow were on their way."""
    pairs = zip(flows, waits, strict=True)
    return words.comma_list(
        message("{number} {direction}", number=number, direction=term(scenario.flows[name].direction))
        for name, (_, number) in pairs
    )


def number_trains(
    axes: Axes, trains: train_graph.Rungs, colour: str, days: int, taken: list[tuple[float, float]]
) -> None:
    """The number of each train where its first run begins, if no other stands there; `taken` grows by these spots."""
    order = np.argsort(trains.runs[:, 0, 0], kind="stable")
    _, at_first = np.unique(trains.numbers[order], return_index=True)
    firsts = order[np.sort(at_first)]
    low, high = axes.get_ylim()
    for k in firsts:
        (day, height), (end, top) = trains.runs[k]
        if day < 0:
            day, height = 0.0, height - day * (top - height) / (end - day)
        spot = (max(day, 0.0) / days, (height - low) / (high - low))
        if spot[0] < 1 - NUMBER_ROOM[0] and not any(
            abs(spot[0] - x) < NUMBER_ROOM[0] and abs(spot[1] - y) < NUMBER_ROOM[1] for x, y in taken
        ):
            taken.append(spot)
            look: dict[str, Any] = {"ha": "left", "va": "bottom" if top > height else "top", "clip_on": True}
            # On white, for lines of other trains run where numbers stand.
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.6}
            text = str(trains.numbers[k])
            axes.text(day + 0.01 * days, height, text, fontsize=NUMBER_PT, color=colour, bbox=box, zorder=4, **look)


def draw_waits(axes: Axes, titles: Sequence[str], waits: Sequence[tuple[dict[str, float], int]]) -> None:
    """A bar a flow: hours waited in these days, a train, one part a cause."""
    style.dress(axes, message("hours waited a train"), "", grid="x")
    ends, longest_h = np.zeros(len(titles)), max(sum(by_cause.values()) for by_cause, _ in waits)
    for cause, title in words.CAUSES.items():
        hours = np.array([by_cause.get(cause, 0.0) for by_cause, _ in waits])
        if hours.any():
            label = message("wait for {cause}", cause=term(title)) if hours.max() >= LEAST_SEEN * longest_h else "_thin"
            look = {**style.CAUSE_LOOKS[cause], "linewidth": 0, "label": label}
            axes.barh(range(len(titles)), hours, 0.6, ends, **look)
            ends += hours
    axes.set_xlim(0, END_ROOM * longest_h or 1.0)
    name_rows(axes, [style.wrapped(title, 40) for title in titles])
    for level, end in enumerate(ends):
        note_at_right(axes, level, words.duration(float(end)))


def default_flow(scenario: Scenario) -> str:
    """The first flow of the first corridor that crosses a border, else the first flow."""
    for corridor in scenario.corridors:
        for name, flow in scenario.flows.items():
            if flow.corridor == corridor and any(isinstance(scenario.places[place], Border) for place in flow.route):
                return name
    return next(iter(scenario.flows))


def middle_monday(scenario: Scenario) -> dt.date:
    """A Monday near the middle of the last full year, else of the horizon; its first day if that is of two weeks."""
    start, end, year = scenario.horizon.start, scenario.horizon.end, last_full_year(scenario)
    if year != ALL:
        start, end = dt.date(int(year), 1, 1), dt.date(int(year) + 1, 1, 1)
    days = (end - start).days
    middle = start + dt.timedelta(days=days // 2)
    return max(start, middle - dt.timedelta(days=middle.weekday())) if days >= 14 else start


def draw_trains(axes: Axes, trains: train_graph.Rungs, colour: str, label: str) -> None:
    """The lines of one flow: thin where its trains move, thicker where they stand, as far as there is room."""
    low, high = axes.get_ylim()
    room_pt = AXES_PT * trains.room / (high - low)
    stay_pt = np.where(room_pt > 0, np.minimum(STAY_PT, 0.7 * room_pt), STAY_PT)
    for lines, width_pt, name in ((trains.runs, RUN_PT, label), (trains.stays, stay_pt, "")):
        axes.add_collection(
            LineCollection(
                list(lines),
                colors=colour,
                linewidths=width_pt,
                alpha=0.85,
                label=name,
                rasterized=len(lines) > MOST_LINES,
            )
        )


def draw_plans(axes: Axes, lines: FloatArray, colour: str) -> None:
    """The planned journeys of one flow, under the simulated ones."""
    axes.add_collection(
        LineCollection(list(lines), colors=colour, linewidths=PLAN_PT, zorder=1.5, rasterized=len(lines) > MOST_LINES)
    )


def borders_km(scenario: Scenario, route: Route) -> list[float]:
    """Km at which the borders of a route lie."""
    entries = zip(route.places, route.entry_km, strict=True)
    return [float(km) for place, km in entries if isinstance(scenario.places[place], Border)]


def scale_days(
    axes: Axes, ladder: train_graph.StationLadder, span: tuple[dt.date, int], borders: Collection[float]
) -> None:
    """Days across; up, the stations as shaded bands with their km, those at the km of `borders` in amber."""
    first_day, number = span
    axes.set_xlim(0, number)
    step = 1 + number // MOST_DAYS_NAMED
    days = [first_day + dt.timedelta(days=i) for i in range(0, number + 1, step)]
    names = [
        message(
            "{weekday} {day} {month}",
            weekday=term(style.WEEKDAYS[day.weekday()]),
            day=day.day,
            month=month_name(day.month),
        )
        for day in days
    ]
    axes.set_xticks(range(0, number + 1, step), names)
    axes.set_xticks(np.arange(0, number, 0.25 * step), minor=True)
    axes.grid(which="minor", axis="x", color=style.GRID, linewidth=0.35)
    low, high = ladder.lower(ladder.stations_km), ladder.upper(ladder.stations_km)
    for km, bottom, top in zip(ladder.stations_km, low, high, strict=True):
        axes.axhspan(bottom, top, color=BORDER_SHADE if km in borders else SHADE, linewidth=0, zorder=0)
    axes.set_yticks((low + high) / 2, [in_marks(f"{km:,.0f}") for km in ladder.stations_km])


def name_stations(axes: Axes, ladder: train_graph.StationLadder, stations: Sequence[str]) -> None:
    """The name of each station at the right of its band, from the lowest upwards."""
    low, high = axes.get_ylim()
    names = [style.wrapped(name, STATION_CHARACTERS) for name in stations]
    middles = (ladder.lower(ladder.stations_km) + ladder.upper(ladder.stations_km)) / 2
    gap = (high - low) * STATION_GAP * max((1 + name.count("\n") for name in names), default=1)
    for name, middle, level in zip(names, middles, style.apart(list(middles), gap, high), strict=True):
        style.tied_name(axes, name, (1.0, middle), (1.03, level), axes.get_yaxis_transform())
