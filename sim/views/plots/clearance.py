"""Paper or Tez: how long clearance takes, and how long trains stand at the border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.measure.statistics import FloatArray, Interval
from sim.runs.results import Results, Several, several_results
from sim.scenario.addresses import Address
from sim.scenario.values import ALL, DIRECTIONS
from sim.study.compare.materiality import Verdict
from sim.study.field.clearance import (
    SHORTEST_H,
    ClearanceHours,
    ClearanceSubject,
    clearance_groups,
    clearance_subject,
    dwells,
    share_steps,
)
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots import style
from sim.views.plots.forest import SHAPES, WIDTH, whiskers
from sim.views.plots.settings import own_settings
from sim.views.plots.titles import (
    across,
    at_period,
    duration_interval,
    duration_mean,
    measure_of,
    short_labels,
    told_labels,
    verdict_between,
)

HEIGHT = 6.0
EDGES = (0.005, 0.995)
"""Shares of trains between which the axis of hours reaches."""

QUANTILES = {"_p50": 50, "_p90": 90, "_p95": 95}
"""Per cent of the trains, by the suffix of the measure that says within how many hours."""


LEAST_SHARE = 0.01
"""Of the trains of a result: a regime that cleared fewer is left out."""


@dataclass(frozen=True)
class Distribution:
    """How long trains take: those of replication 0, an example, and quantiles over all replications; and its look."""

    label: str
    hours: FloatArray
    quantiles: dict[int, Interval]
    colour: str
    position: int


@own_settings()
def paper_or_tez(results: Several, caption: str = "", subject: ClearanceSubject | None = None) -> Figure:
    """Shares of trains released, by regime, and of trains gone from the border, within so many hours.

    Dots are means over all replications, with their intervals; the thin lines are the trains of replication 0, for the
    shape. At the left a line is one regime of one result, at the right all trains of one result.

    Parameters
    ----------
    subject
        Border, flow and period; by default what tells most, see `clearance_subject`.

    Raises
    ------
    NothingToDraw
        No train was cleared.
    """
    results = several_results(results)
    groups = [group for own in by_result(clearance_groups(results, subject)) for group in of_weight(own)]
    if not groups:
        raise style.NothingToDraw("no train was cleared")
    about = groups[0].subject
    note = message(
        "{basis}. Declared: trains with transit declarations. Dots: half, 90 % and 95 % of the trains, mean over "
        "replications, with its interval. Thin lines: the trains of one replication, an example of the shape; n: their "
        "number.",
        basis=style.basis_of(results),
    )
    subjects = [place_of(results, about), flow_words(results, about.flow), words.period(about.period)]
    subject_told = message("{told}.", told=words.comma_list(subjects))
    figure = style.sheet(release_words(results, groups), words.paragraph([subject_told, note, caption]), WIDTH, HEIGHT)
    panels = figure.subplots(1, 2)
    of_flow = of_words(results, about.flow)
    for axes, title, until, distributions in (
        (
            panels[0],
            message("Clearance, declared trains{of_flow}", of_flow=of_flow),
            message("time from arrival to release (logarithmic)"),
            release_distributions(results, groups),
        ),
        (
            panels[1],
            message("Border dwell, all trains{of_flow}", of_flow=of_flow),
            message("time from arrival to departure (logarithmic)"),
            dwell_distributions(results, groups),
        ),
    ):
        title = style.wrapped(title, style.fitting(WIDTH / 2 - 0.8, style.TEXT_PT + 1, style.BOLD_EM))
        draw_distribution(axes, title, until, distributions)
    return figure


def place_of(results: Sequence[Results], about: ClearanceSubject) -> str:
    """The title of the border."""
    return spoken_title(results[0].scenario.places[about.place].title)


def of_words(results: Sequence[Results], flow: str) -> str:
    """Of which flow trains are, after them; nothing of all."""
    return "" if flow == ALL else message(" of {flow}", flow=flow_words(results, flow))


def unchanged_border(results: Sequence[Results]) -> str:
    """The border that `paper_or_tez` would show of two results, if neither clearance nor dwell differs there."""
    about = clearance_subject(results)
    if about is None:
        return ""
    addresses = [Address(kpi, about.place, about.flow, about.period) for kpi in ("clearance_h", "border_dwell_h")]
    verdicts = {verdict_between(results[0], results[1], address, "h") for address in addresses}
    return place_of(results, about) if verdicts <= {Verdict.UNSEEN, Verdict.SMALL} else ""


def of_weight(groups: Sequence[ClearanceHours]) -> list[ClearanceHours]:
    """The groups of a result without those of a handful of trains, which would say nothing of their regime."""
    trains = sum(len(group.clearance_h) for group in groups)
    return [group for group in groups if len(group.clearance_h) >= LEAST_SHARE * trains]


def release_words(results: Sequence[Results], groups: Sequence[ClearanceHours]) -> str:
    """Within how many hours half of the trains are released, by result or by regime, and how long they stand."""
    about, names = groups[0].subject, short_labels(results)
    main = [max(own, key=lambda group: len(group.clearance_h)) for own in by_result(groups)]
    headline_groups = list(groups) if len(results) == 1 else main
    halves = [(group, quantiles_of(results, group).get(50)) for group in headline_groups]
    within = words.comma_list(
        message(
            "{told} ({name})",
            told=duration_mean(half),
            name=names[group.result] if len(results) > 1 else spoken_title(group.label),
        )
        for group, half in halves
        if half is not None
    )
    dwell = across(results, Address("border_dwell_h", about.place, about.flow, about.period), "h")
    fields = {"place": place_of(results, about), "within": within, "when": at_period(about.period), "dwell": dwell}
    if about.flow == ALL:
        return message(
            "At {place} half the declared trains are released within {within} {when}; all stand there {dwell} on "
            "average",
            **fields,
        )
    return message(
        "At {place} half the declared trains of {flow} are released within {within} {when}; all its trains stand "
        "there {dwell} on average",
        flow=flow_words(results, about.flow),
        **fields,
    )


def flow_words(results: Sequence[Results], flow: str) -> str:
    """A flow, a corridor or a direction in words."""
    if flow in DIRECTIONS:
        return term(f"{flow} trains")
    return message("all flows") if flow == ALL else words.title_of(results[0].scenario, ALL, flow)


def by_result(groups: Sequence[ClearanceHours]) -> list[list[ClearanceHours]]:
    """The groups of each result."""
    return [list(own) for _, own in groupby(groups, key=lambda group: group.result)]


def quantiles_of(results: Sequence[Results], group: ClearanceHours) -> dict[int, Interval]:
    """Hours to release of a group within which so many per cent of the trains are done, over all replications."""
    return quantiles_at(results[group.result], f"clearance_{group.regime}_h", group.subject)


def quantiles_at(result: Results, kpi: str, about: ClearanceSubject) -> dict[int, Interval]:
    """The quantiles of a measure of hours, by per cent."""
    address = (about.place, about.flow, about.period)
    values = {percent: measure_of(result, Address(kpi + suffix, *address)) for suffix, percent in QUANTILES.items()}
    return {percent: value for percent, value in values.items() if value is not None}


def release_distributions(results: Sequence[Results], groups: Sequence[ClearanceHours]) -> list[Distribution]:
    """Hours to release, one distribution a group, in the colour of its regime."""
    colours = style.regime_colours(results)
    return [
        Distribution(
            group_label(results, group),
            group.clearance_h,
            quantiles_of(results, group),
            colours[group.regime],
            group.result,
        )
        for group in groups
    ]


def group_label(results: Sequence[Results], group: ClearanceHours) -> str:
    """A regime: of one result alone with the days on which it cleared, of several with the result."""
    regime = spoken_title(results[group.result].scenario.regimes[group.regime].title)
    if len(results) == 1:
        return words.comma_list([regime, words.days_from(group.first, group.last)])
    return message("{told}: {verdict}", told=told_labels(results)[group.result], verdict=regime)


def dwell_distributions(results: Sequence[Results], groups: Sequence[ClearanceHours]) -> list[Distribution]:
    """Hours of the dwell, one distribution a result, in the colour of the result; of one alone no regime's colour."""
    titles, colours = told_labels(results), style.result_colours(results) if len(results) > 1 else [style.FAINT]
    distributions = []
    for i, about in dict.fromkeys((group.result, group.subject) for group in groups):
        hours = dwells(results[i], about)
        quantiles = quantiles_at(results[i], "border_dwell_h", about)
        distributions.append(Distribution(titles[i], hours, quantiles, colours[i], i))
    return distributions


def draw_distribution(axes: Axes, title: str, xlabel: str, distributions: Sequence[Distribution]) -> None:
    """Each distribution as thin steps, and its quantiles over replications as dots with intervals."""
    style.dress(axes, xlabel, message("share of trains, %"), grid="both")
    style.heading(axes, title)
    for distribution in distributions:
        x, share = share_steps(distribution.hours)
        dashes = style.DASHES[distribution.position % len(style.DASHES)]
        axes.plot(x, 100 * share, drawstyle="steps-post", color=distribution.colour, linestyle=dashes, linewidth=0.9)
        spans = pd.DataFrame(list(distribution.quantiles.values()), columns=["mean", "low", "high", "n"])
        spans = spans.clip(lower=SHORTEST_H)
        half = distribution.quantiles.get(50)
        name = message("{name}, n {number}", name=distribution.label, number=words.figure(len(distribution.hours), 0))
        if half:
            name = message("{name}: half within {time}", name=name, time=duration_interval(half))
        look: dict[str, Any] = {
            "color": distribution.colour,
            "marker": SHAPES[distribution.position % len(SHAPES)],
            "capsize": 3,
        }
        axes.errorbar(
            spans["mean"],
            list(distribution.quantiles),
            xerr=np.nan_to_num(whiskers(spans, "mean", "low", "high")),
            linestyle="none",
            markersize=6,
            linewidth=1.3,
            label=style.legend_name(name, style.fitting(WIDTH / 2 - 1.4, style.SMALL_PT)),
            **look,
        )
    scale_hours(axes, [distribution.hours for distribution in distributions])
    mark_ends_outside(axes, distributions)
    axes.set_ylim(0, 101)
    style.key_below(axes, 1)


def mark_ends_outside(axes: Axes, distributions: Sequence[Distribution]) -> None:
    """An arrow at the edge that an interval crosses, for a line without an end would be read as a rule of the chart."""
    left, right = axes.get_xlim()
    for distribution in distributions:
        for percent, quantile in distribution.quantiles.items():
            for edge, arrow in ((left, "<"), (right, ">")):
                if quantile.low < edge if edge == left else quantile.high > edge:
                    axes.plot(edge, percent, arrow, color=distribution.colour, markersize=7, clip_on=False, zorder=4)


def scale_hours(axes: Axes, groups: Sequence[FloatArray]) -> None:
    """A logarithmic axis around nearly all values, hour_names at durations people know."""
    bounds = [np.quantile(finite, EDGES) for values in groups if len(finite := values[np.isfinite(values)])]
    low, high = (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else (0.5, 24.0)
    marks = [*words.READABLE_HOURS]
    below = max((mark for mark in marks if mark <= low), default=marks[0])
    above = min((mark for mark in marks if mark >= high), default=marks[-1])
    hour_names = {hour: term(name) for hour, name in words.READABLE_HOURS.items()}
    axes.set_xscale("log")
    axes.set_xlim(0.9 * below, 1.1 * above)
    axes.xaxis.set_major_locator(FixedLocator([mark for mark in marks if below <= mark <= above]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda hour, _: hour_names[float(hour)]))
    axes.xaxis.set_minor_locator(NullLocator())
