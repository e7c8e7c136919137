"""Time and cost against distance along a route, of several scenarios, after UNESCAP's time/cost–distance method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.measure.statistics import FEWEST, FloatArray
from sim.runs.results import Results, Several, several_results
from sim.scenario.addresses import Address
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.meaning import last_full_year
from sim.scenario.values import ALL
from sim.study.compare.compare import difference_of
from sim.study.field.telling import telling_flow
from sim.study.field.time_distance import Route, cost_distance, route_of, route_stations, time_distance
from sim.views import words
from sim.views.language import message, spoken_title
from sim.views.plots import style
from sim.views.plots.axis_numbers import whole_numbers
from sim.views.plots.forest import WIDTH
from sim.views.plots.settings import own_settings
from sim.views.plots.titles import (
    across,
    as_title,
    at_period,
    interval_words,
    mean_words,
    measure_of,
    told_labels,
)
from sim.views.sheets.prices import price_words

HEIGHT, COST_INCH = 6.6, 3.2
CHARACTERS = int(0.92 * style.fitting(WIDTH, style.SMALL_PT))
BAND = ("mean", "ci_low", "ci_high")
NAME_CHARACTERS, NAME_GAP = 40, 0.026
MARGIN = 0.015


@own_settings()
def time_distance_chart(
    results: Several, caption: str = "", flow: str | None = None, period: str | None = None
) -> Figure:
    """Time since cargo was ready, and cost, over km: mean over replications as a line, its interval as a band.

    Steps are waits, stays and charges at one place, slopes are runs. Costs are drawn of results whose scenario has
    prices; where none has, there is time only.

    Parameters
    ----------
    flow
        The flow drawn; by default the one with most tonnes or, of several results, most tonne-days of difference.
    period
        A calendar year, or `all`; by default the last full year of each.

    Raises
    ------
    NothingToDraw
        No results have such a flow, or none of its trains came through.
    """
    results = several_results(results)
    flow = flow or telling_flow(results)
    having = [result for result in results if flow in result.scenario.flows]
    times = [time_distance(result, flow, period) for result in having]
    if all(table.empty for table in times):
        raise style.NothingToDraw(f"no train of a flow {flow!r} reached its end")
    costs = [cost_distance(result, flow, period) for result in having]
    route = route_of(having[0].scenario, having[0].scenario.flows[flow])
    figure = distance_sheet(having, flow, route, caption, period, not all(table.empty for table in costs))
    names, colours = told_labels(having), style.result_colours(having)
    above, *below = figure.axes
    unit_h, time_words = time_unit(times)
    for i, (result, table, cost, title) in enumerate(zip(having, times, costs, names, strict=True)):
        if not table.empty:
            journey = journey_words(result, having[0], cost, flow, period)
            label = style.legend_name(message("{told}: {verdict}", told=title, verdict=journey), CHARACTERS)
            spans = [table[f"{name}_h"].to_numpy() / unit_h for name in BAND]
            band(above, table["km"].to_numpy(), spans, i, colours[i], label)
        for axes in below if not cost.empty else ():
            band(axes, cost["km"].to_numpy(), [cost[f"{name}_usd"].to_numpy() for name in BAND], i, colours[i])
            axes.plot(cost["km"], cost["charges_usd"], color=colours[i], linewidth=0.7)
    for axes in figure.axes:
        axes.set_ylim(0, None)
    longest_km = max(table["km"].max() for table in times if not table.empty) or 1.0
    above.set_xlim(-MARGIN * longest_km, (1 + MARGIN) * longest_km)
    above.set_ylabel(time_words, fontsize=style.TEXT_PT, color=style.INK)
    name_route(above, below, route_stations(having[0].scenario, having[0].scenario.flows[flow], route))
    style.key_below(figure.axes[-1], 1, figure.axes)
    return figure


def distance_sheet(
    having: Sequence[Results], flow: str, route: Route, caption: str, period: str | None, has_costs: bool
) -> Figure:
    """The sheet with its axes: time above and, if anything is priced, cost below."""
    title = spoken_title(having[0].scenario.flows[flow].title)
    span = period or last_full_year(having[0].scenario)
    days = across(having, Address("journey_days", ALL, flow, span), "days")
    has_bands = all(run.manifest["replications"] >= FEWEST for run in having)
    prices = price_words(having, route.places)
    notes = [
        message(
            "{period}. {basis}. Line: mean over the replications, of the passages that ended in the period; band: its "
            "interval.",
            period=as_title(words.period(span)),
            basis=style.basis_of(having),
        ),
        "" if has_bands else message("No band: too few replications."),
        message(
            "Steps are waits, stays and charges (the first: the wait for leave to set out), slopes are runs, at sea "
            "with the work at both ports. {number} other flows are left out.",
            number=len(having[0].scenario.flows) - 1,
        ),
        message("Cost: {prices}", prices=prices) if has_costs else message("Time only: {prices}", prices=prices),
        caption,
    ]
    figure = style.sheet(
        message("{flow} {when}, from ready to delivered: {days}", flow=title, when=at_period(span), days=days),
        words.paragraph(notes),
        WIDTH,
        HEIGHT + (COST_INCH if has_costs else 0),
    )
    panels = style.stacked(figure, [3.0, 2.0][: 1 + has_costs], sharex=True)
    style.dress(panels[0], "", "")
    if has_costs:
        style.dress(panels[1], "", message("USD for 20 t"))
        panels[1].yaxis.set_major_formatter(whole_numbers())
    panels[-1].xaxis.set_major_formatter(whole_numbers())
    panels[-1].set_xlabel(message("distance along the route, km"), fontsize=style.TEXT_PT, color=style.INK)
    return figure


def time_unit(tables: Sequence[pd.DataFrame]) -> tuple[float, str]:
    """The unit of time: its hours, and how an axis names it."""
    longest_h = max(table["mean_h"].max() for table in tables if not table.empty)
    if longest_h <= style.LONGEST_IN_HOURS:
        return 1.0, message("hours since cargo was ready")
    return HOURS_PER_DAY, message("days since cargo was ready")


def journey_words(result: Results, base: Results, costs: pd.DataFrame, flow: str, period: str | None) -> str:
    """The length and the cost of the journey with their intervals, how far its trains spread, and what differs."""
    period = period or last_full_year(result.scenario)
    measures = ("journey_days", "journey_days_p90", "cost_usd")
    days, high, usd = (measure_of(result, Address(kpi, ALL, flow, period)) for kpi in measures)
    parts = [message("{days} days from ready to delivered", days=interval_words(days))] if days else []
    parts += [message("nine trains of ten within {days}", days=mean_words(high))] if high else []
    gap = None if result is base else difference_of(base, result, Address("journey_days", ALL, flow, period))
    if gap is not None:
        parts += [message("paired difference from the first {days} days", days=interval_words(gap))]
    if not costs.empty:
        # The interval is that of luck alone, and prices are not calibrated: more digits would say too much.
        parts += [message("about {amount} USD", amount=words.rounded_figure(usd.mean))] if usd else []
        charges = words.rounded_figure(costs["charges_usd"].iloc[-1])
        parts += [message("charges alone {amount} USD (thin)", amount=charges)]
    return words.listed_apart(parts)


def band(axes: Axes, km: FloatArray, lines: Sequence[FloatArray], i: int, colour: str, label: str = "") -> None:
    """The line of a mean with its interval as a band: `lines` are the three, as in `BAND`."""
    mean, low, high = lines
    axes.fill_between(km, low, high, color=colour, alpha=0.18 if label else 0.35, linewidth=0)
    axes.plot(
        km,
        mean,
        color=colour,
        linestyle=style.DASHES[i % len(style.DASHES)],
        linewidth=2 if label else 1.2,
        label=label,
    )


def name_route(axes: Axes, below: Sequence[Axes], stations: Sequence[tuple[float, str]]) -> None:
    """A line at each station, in the axes below too, and its name above, side by side."""
    low, high = axes.get_xlim()
    kms = [km for km, _ in sorted(stations)]
    names = [style.wrapped(spoken_title(name), NAME_CHARACTERS) for _, name in sorted(stations)]
    gap = (high - low) * NAME_GAP * max((1 + name.count("\n") for name in names), default=1)
    places = -np.array(style.apart([-km for km in kms[::-1]], gap, -low))[::-1] if kms else np.array([])
    for km, place, name in zip(kms, places, names, strict=True):
        for panel in (axes, *below):
            panel.axvline(km, color=style.GRID, linewidth=1, zorder=0)
        slanting: dict[str, Any] = {"rotation": 60, "rotation_mode": "anchor", "ha": "left"}
        style.tied_name(axes, name, (km, 1.0), (float(place), 1.03), axes.get_xaxis_transform(), **slanting)
