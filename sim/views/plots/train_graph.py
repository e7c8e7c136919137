"""The train graph (Marey chart): where the trains of a route are, hour by hour, in one week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.scenario.places import Border
from sim.scenario.schema import Scenario
from sim.study.field import train_graph
from sim.study.field.time_distance import Route, route_of, route_stations
from sim.views import words
from sim.views.plots import style
from sim.views.plots.settings import own_settings

WIDTH, HEIGHT = 11.5, 8.0
STATION_CHARACTERS, STATION_GAP = 30, 0.032
SHADE, BORDER_SHADE = "#F3F3F3", "#FBE7C6"
RUN_PT, STAY_PT, PLAN_PT = 1.5, 1.8, 0.5
PLAN_WORDS = "thin: planned (free flow: no wait, mean length of each work, from the hour of offer); thick: simulated"
AXES_PT = 430
"""About the height of the axes: lines of trains that stand side by side are no thicker than their distance."""
MOST_LINES = 4_000
"""Lines beyond which an SVG holds them as an image."""


@own_settings()
def marey(results: Results, caption: str, week_start: dt.date | None = None, flow: str | None = None) -> Figure:
    """Distance over time for the trains of a flow, and of the flow that travels its places the other way.

    Thick what was simulated, thin the plan of each train from its hour of offer: free flow, see `planned`.

    Parameters
    ----------
    week_start
        First of the seven days drawn; else a Monday in the middle of the horizon.
    flow
        The flow whose route is drawn; else the first flow of the first corridor that crosses a border, else the first.

    Raises
    ------
    NothingToDraw
        There is no such flow, or none of its trains was on its way in that week.
    """
    scenario = results.scenario
    flow = flow or default_flow(scenario)
    if flow not in scenario.flows:
        raise style.NothingToDraw(f"no flow {flow!r}")
    first_day = week_start or middle_monday(scenario)
    from_h = scenario.calendar.hours(first_day)
    route = route_of(scenario, scenario.flows[flow])
    flows = [flow, *train_graph.opposite(scenario, flow)]
    traffic = [train_graph.movements(results, name, route, name != flow, from_h) for name in flows]
    if not any(len(trains.stays) or len(trains.runs) for trains in traffic):
        raise style.NothingToDraw(f"no train of {flow!r} was on its way in the week from {first_day}")
    week = f"{first_day.day} {words.MONTHS[first_day.month - 1]} {first_day.year}"
    figure = style.sheet(
        f"Train graph, week from {week}: {scenario.flows[flow].title}",
        f"{style.example_of([results])}. Slanting: under way; level, on a band: standing, one line a train; "
        f"amber band: a border. {caption}",
        WIDTH,
        HEIGHT,
    )
    axes = figure.add_subplot()
    style.dress(axes, "date (UTC)", "distance along the route, km", grid="x")
    stations = route_stations(scenario, scenario.flows[flow], route)
    ladder = train_graph.ladder_of([km for km, _ in stations], route)
    scale_week(axes, ladder, first_day, borders_km(scenario, route))
    axes.set_ylim(min(ladder.lower(route.entry_km[:1])), max(ladder.upper(route.exit_km[-1:])))
    for i, (name, trains) in enumerate(zip(flows, train_graph.on_ladder(traffic, ladder), strict=True)):
        label = f"{scenario.flows[name].title} ({scenario.flows[name].direction})"
        draw_trains(axes, trains, style.SERIES[i], style.legend_name(label, style.fitting(WIDTH, style.SMALL_PT)))
    for i, name in enumerate(flows):
        draw_plans(axes, train_graph.plans(results, name, route, ladder, name != flow, from_h), style.SERIES[i])
    axes.plot([], [], color=style.INK, linewidth=PLAN_PT, label=PLAN_WORDS)
    name_stations(axes, ladder, [name for _, name in sorted(stations)])
    style.key_below(axes, 1)
    return figure


def default_flow(scenario: Scenario) -> str:
    """The first flow of the first corridor that crosses a border, else the first flow."""
    for corridor in scenario.corridors:
        for name, flow in scenario.flows.items():
            if flow.corridor == corridor and any(isinstance(scenario.places[place], Border) for place in flow.route):
                return name
    return next(iter(scenario.flows))


def middle_monday(scenario: Scenario) -> dt.date:
    """A Monday near the middle of the horizon; its first day if the horizon is shorter than two weeks."""
    start, days = scenario.horizon.start, (scenario.horizon.end - scenario.horizon.start).days
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


def scale_week(axes: Axes, ladder: train_graph.StationLadder, first_day: dt.date, borders: Collection[float]) -> None:
    """Seven days across; up, the stations as shaded bands with their km, those at the km of `borders` in amber."""
    axes.set_xlim(0, 7)
    days = [first_day + dt.timedelta(days=i) for i in range(8)]
    axes.set_xticks(
        range(8), [f"{style.WEEKDAYS[day.weekday()]} {day.day} {words.MONTHS[day.month - 1][:3]}" for day in days]
    )
    axes.set_xticks(np.arange(0, 7, 0.25), minor=True)
    axes.grid(which="minor", axis="x", color=style.GRID, linewidth=0.35)
    low, high = ladder.lower(ladder.stations_km), ladder.upper(ladder.stations_km)
    for km, bottom, top in zip(ladder.stations_km, low, high, strict=True):
        axes.axhspan(bottom, top, color=BORDER_SHADE if km in borders else SHADE, linewidth=0, zorder=0)
    axes.set_yticks((low + high) / 2, [f"{km:,.0f}" for km in ladder.stations_km])


def name_stations(axes: Axes, ladder: train_graph.StationLadder, stations: Sequence[str]) -> None:
    """The name of each station at the right of its band, from the lowest upwards."""
    low, high = axes.get_ylim()
    names = [style.wrapped(name, STATION_CHARACTERS) for name in stations]
    middles = (ladder.lower(ladder.stations_km) + ladder.upper(ladder.stations_km)) / 2
    gap = (high - low) * STATION_GAP * max((1 + name.count("\n") for name in names), default=1)
    for name, middle, level in zip(names, middles, style.apart(list(middles), gap, high), strict=True):
        style.tied_name(axes, name, (1.0, middle), (1.03, level), axes.get_yaxis_transform())
