"""What a measure does over the points of a sweep: a curve for one factor, a map for two, main effects for more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.measure.addresses import rows_at
from sim.measure.vocabulary import known_address
from sim.scenario.addresses import Address
from sim.scenario.factors import Factor
from sim.scenario.values import ALL
from sim.study.sweep.sweep import SweepResults, means_along
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots import style
from sim.views.plots.axis_numbers import SpokenNumbers
from sim.views.plots.forest import whiskers
from sim.views.plots.settings import own_settings
from sim.views.plots.titles import row_words
from sim.views.sheets.sweep import axis_title, is_apart, is_level, measure_title, value_words

WIDTH = 10.0
COLUMNS = 3
MOST_CELLS = 12
FEWEST_FOR_CONTOURS = 8
PANEL_CHARACTERS = 36


@own_settings()
def response(results: SweepResults, address: Address | str, caption: str = "") -> Figure:
    """A measure over the points of a sweep.

    Parameters
    ----------
    address
        As in `measures` of the sweep, or as a file writes it.

    Raises
    ------
    AddressError
        If it is a text that leads nowhere.
    NothingToDraw
        The measure was observed at no point.
    """
    if isinstance(address, str):
        to_draw = {str(measure): measure for measure in results.measures}
        address = to_draw.get(address) or known_address(address, results.scenario)
    rows = rows_at(results.table, *address)
    table = results.points.merge(rows, on="point")
    table = table[table["mean"].notna()]
    if table.empty:
        raise style.NothingToDraw(f"{address} was observed at no point")
    if len(results.factors) == 1:
        return curve(results, table, address, caption)
    if len(results.factors) == 2 and results.manifest["design"] == "grid":
        return grid_map(results, table, address, caption)
    if len(results.factors) == 2 and can_be_contoured(results, table):
        return contour_map(results, table, address, caption)
    return main_effects(results, table, address, caption)


def response_sheet(results: SweepResults, table: pd.DataFrame, address: Address, caption: str, height: float) -> Figure:
    """The sheet of a figure: its title, and the caption."""
    period = [words.period(ALL)] if address.period == ALL else []
    title = message(
        "{measure}: {found}; {scenario}",
        measure=words.comma_list([measure_title(results.scenario, address), *period]),
        found=response_found(results, table, address),
        scenario=spoken_title(results.scenario.title),
    )
    return style.sheet(title, caption, WIDTH, height)


def points_sample(results: SweepResults) -> str:
    """What a figure rests on."""
    return style.points_basis(results.manifest, words.plain(results.manifest["design"]))


def response_found(results: SweepResults, table: pd.DataFrame, address: Address) -> str:
    """The lowest and the highest mean and where they are, and where the two cannot be told from luck."""
    if len(table) < 2:
        return point_mean_words(table.iloc[0])
    if is_level(table):
        return message("the same at every point, {mean}", mean=point_mean_words(table.iloc[0]))
    low, high = (table.iloc[int(end)] for end in (table["mean"].to_numpy().argmin(), table["mean"].to_numpy().argmax()))
    ends = [mean_at_point(results, row) for row in (low, high)]
    sentence = message("from {low} to {high}", low=ends[0], high=ends[1])
    return sentence if is_apart(results, address) else words.comma_list([sentence, message("no difference that tells")])


def point_mean_words(row: pd.Series[Any]) -> str:
    """A mean with its unit."""
    return words.quantity(row_words(row), row["unit"])


def mean_at_point(results: SweepResults, row: pd.Series[Any]) -> str:
    """A mean, and the values of the factors at its point; of many factors the number of the point."""
    mean = point_mean_words(row)
    if len(results.factors) > 2:
        return message("{mean} at point {number}", mean=mean, number=row["point"])
    point = words.joined_by_and(value_words(factor, row[factor.label]) for factor in results.factors)
    return message("{mean} at {point}", mean=mean, point=point)


def curve(results: SweepResults, table: pd.DataFrame, address: Address, caption: str) -> Figure:
    """The response to one factor, with the interval as a band."""
    [factor] = results.factors
    note = message("{basis}, the same random numbers at each point.", basis=points_sample(results))
    figure = response_sheet(results, table, address, words.paragraph([note, caption]), 5)
    axes = figure.subplots()
    style.dress(axes, axis_title(results.reading, factor), axis_of(address, table))
    table = table.sort_values(factor.label, kind="stable") if factor.numeric else table
    places = axis_positions(axes, factor, table)
    if factor.numeric:
        label = message("{level} % interval", level=words.stated_number(100 * results.manifest["level"]))
        colour = style.lighter(style.PLAIN, 0.75)
        axes.fill_between(places, table["ci_low"], table["ci_high"], color=colour, linewidth=0, label=label)
        axes.plot(
            places, table["mean"], color=style.PLAIN, marker="o", markersize=5, linewidth=1.8, label=message("mean")
        )
    else:
        dots(axes, places, table, style.PLAIN, message("mean and interval"))
    mark_stated(axes, factor)
    style.key_below(axes, 3)
    return figure


def grid_map(results: SweepResults, table: pd.DataFrame, address: Address, caption: str) -> Figure:
    """The response to two factors at the points of a grid, a cell a point, with its interval."""
    across, up = results.factors
    columns = list(dict.fromkeys(results.points[across.label]))
    rows = list(dict.fromkeys(results.points[up.label]))
    by_place = table.set_index([across.label, up.label])
    means = np.array([[mean_at(by_place, column, row) for column in columns] for row in rows])
    note = message("{basis}; in each cell the mean and its interval.", basis=points_sample(results))
    figure = response_sheet(results, table, address, words.paragraph([note, caption]), 2.6 + 0.55 * len(rows))
    axes = figure.subplots()
    image = axes.pcolormesh(means, cmap="cividis", edgecolors="white", linewidth=1.5)
    dress_map(axes, image, results, axis_of(address, table))
    # after the numbers of the axes, whose place the values take
    axes.set_xticks(np.arange(len(columns)) + 0.5, [value_words(across, value) for value in columns])
    axes.set_yticks(np.arange(len(rows)) + 0.5, [value_words(up, value) for value in rows])
    if len(columns) <= MOST_CELLS:
        write_cells(axes, by_place, columns, rows, means)
    return figure


def dress_map(axes: Axes, surface: ScalarMappable, results: SweepResults, label: str) -> None:
    """Name both factors and the colours."""
    across, up = results.factors
    style.dress(axes, axis_title(results.reading, across), axis_title(results.reading, up), grid="")
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(surface, ax=axes, pad=0.02)
    bar.ax.yaxis.set_major_formatter(SpokenNumbers())
    bar.set_label(label, fontsize=style.TEXT_PT, color=style.INK)


def mean_at(by_place: pd.DataFrame, column: Any, row: Any) -> float:
    """The mean at a point of a grid; NaN where it was not observed."""
    return float(by_place.at[(column, row), "mean"]) if (column, row) in by_place.index else float("nan")  # type: ignore[arg-type]


def write_cells(axes: Axes, by_place: pd.DataFrame, columns: list[Any], rows: list[Any], means: Any) -> None:
    """The mean and interval of each cell, in a colour that can be read on it."""
    middle = (np.nanmin(means) + np.nanmax(means)) / 2
    for x, column in enumerate(columns):
        for y, row in enumerate(rows):
            if not np.isfinite(means[y, x]):
                continue
            cell = by_place.loc[[(column, row)]].iloc[0]
            text = words.interval_text(cell["mean"], cell["ci_low"], cell["ci_high"]).replace(" [", "\n[")
            ink = "white" if means[y, x] < middle else style.INK
            axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=style.SMALL_PT, color=ink)


def can_be_contoured(results: SweepResults, table: pd.DataFrame) -> bool:
    """Whether two factors lie on axes, with points enough for lines of equal height."""
    across, up = results.factors
    spread = all(table[factor.label].nunique() > 2 for factor in results.factors if factor.numeric)
    return across.numeric and up.numeric and spread and len(table) >= FEWEST_FOR_CONTOURS and np.ptp(table["mean"]) > 0


def contour_map(results: SweepResults, table: pd.DataFrame, address: Address, caption: str) -> Figure:
    """The response to two factors over scattered points, as lines of equal height between them."""
    across, up = results.factors
    widest = float((table["ci_high"] - table["ci_low"]).max() / 2)
    note = points_sample(results)
    if np.isfinite(widest):
        note = message("{basis}, half of an interval at most ± {reach}", basis=note, reach=words.figure(widest))
    note = message("{basis}; between the points linear.", basis=note)
    figure = response_sheet(results, table, address, words.paragraph([note, caption]), 6)
    axes = figure.subplots()
    table = table.drop_duplicates([across.label, up.label])
    x, y, z = (table[key].to_numpy(float) for key in (across.label, up.label, "mean"))
    heights = Normalize(float(z.min()), float(z.max()))
    surface = axes.tricontourf(x, y, z, levels=10, cmap="cividis", norm=heights)
    axes.scatter(x, y, c=z, cmap="cividis", norm=heights, edgecolors="white", s=45, linewidths=1.2, clip_on=False)
    dress_map(axes, surface, results, axis_of(address, table))
    return figure


def main_effects(results: SweepResults, table: pd.DataFrame, address: Address, caption: str) -> Figure:
    """The response to each factor, over all that the others do: points with intervals, and the mean along the way."""
    count = len(results.factors)
    columns = min(count, COLUMNS)
    rows = -(-count // columns)
    note = message(
        "{basis}. Each point stands in every panel; the line is the mean of the points at a value, or in a fifth of "
        "the range.",
        basis=points_sample(results),
    )
    figure = response_sheet(results, table, address, words.paragraph([note, caption]), 2.0 + 3.0 * rows)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=[*[1.0] * rows, 0.12])
    panels: list[Axes] = []
    for number, factor in enumerate(results.factors):
        axes = figure.add_subplot(grid[divmod(number, columns)], sharey=panels[0] if panels else None)
        across = style.wrapped(axis_title(results.reading, factor), PANEL_CHARACTERS)
        style.dress(axes, across, axis_of(address, table) if number % columns == 0 else "")
        draw_effect(axes, factor, table)
        panels.append(axes)
    below = figure.add_subplot(grid[rows, :])
    below.set_axis_off()
    style.legend(below, style.named_artists(panels), loc="upper left", borderaxespad=0, ncols=3)
    return figure


def draw_effect(axes: Axes, factor: Factor, table: pd.DataFrame) -> None:
    """The points of a sweep over one factor, and their mean along it."""
    places = axis_positions(axes, factor, table)
    dots(axes, places, table, style.lighter(style.PLAIN, 0.5), message("a point, mean and interval"))
    at, means = means_along(places, table["mean"].to_numpy(float))
    label = message("mean of the points")
    axes.plot(at, means, color=style.ACCENT, linewidth=2, marker="s", markersize=5, label=label, zorder=4)
    mark_stated(axes, factor)


def axis_positions(axes: Axes, factor: Factor, table: pd.DataFrame) -> Any:
    """Where the values of a factor stand on the axis; words stand one beside the other."""
    if factor.numeric:
        if factor.is_whole and not factor.scale:
            axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
        return table[factor.label].to_numpy(float)
    order = [value for value in factor.values if value in set(table[factor.label])]
    axes.set_xticks(range(len(order)), [value_words(factor, value) for value in order])
    axes.set_xlim(-0.5, len(order) - 0.5)
    return np.array([order.index(value) for value in table[factor.label]], float)


def dots(axes: Axes, places: Any, table: pd.DataFrame, colour: Any, label: str) -> None:
    """Means with their intervals."""
    reach = np.nan_to_num(whiskers(table))
    line: dict[str, Any] = {"color": colour, "markersize": 5, "capsize": 3, "linewidth": 1.2, "label": label}
    axes.errorbar(places, table["mean"], yerr=reach, fmt="o", **line)


def mark_stated(axes: Axes, factor: Factor) -> None:
    """A line where the scenario stands, if that is on the axis."""
    value = factor.stated
    if factor.numeric and isinstance(value, int | float) and not isinstance(value, bool):
        axes.axvline(float(value), color=style.FAINT, linewidth=1.2, linestyle="--", label=message("as stated"))


def axis_of(address: Address, table: pd.DataFrame) -> str:
    """The measure and its unit, for an axis."""
    return words.comma_list([words.measure(address.kpi), term(table["unit"].iloc[0])])
