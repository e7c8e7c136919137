"""The sheet every figure is drawn on: its colours, title, caption and files."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import ScaledTranslation, Transform

from sim.runs.results import Results
from sim.scenario.files import new_file, write_bytes
from sim.scenario.formalities import Tez
from sim.scenario.problems import CorridorError
from sim.study.field.clearance import clears_with_tez
from sim.study.field.journey_parts import PARTS
from sim.views.language import (
    NO_BREAK,
    columns_of,
    counted,
    language_spoken,
    message,
    pieces_kept,
    term,
)
from sim.views.plots.axis_numbers import SpokenNumbers
from sim.views.plots.settings import Drawing, own_settings
from sim.views.words import interval_basis, joined_by_and

INK, FAINT, GRID = "#222222", "#595959", "#D9D9D9"
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
"""The eight colours of Okabe and Ito (2008), told apart with every common colour vision."""

PLAIN, ACCENT = "#8296B0", "#7A1250"
"""What no scenario owns, such as a share or an effect, and what is to be seen among it: blue would be paper."""

SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
"""Colours of scenarios, of regimes and of flows. Blue is paper and vermillion is Tez: see `own_colours`."""

DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), "-.", (0, (8, 2, 2, 2)), (0, (3, 3)), (0, (1, 2)))
"""Line styles beside `SERIES`, for print without colour."""

PART_COLOURS = (
    *("#631650", "#6D6D6D", "#DE76BB", "#AE8D18", "#F0E442"),
    *("#155204", "#4DD6FF", "#4636C8", "#50CF88", BLACK),
)
"""Colours of the parts of a journey, in the order of `study.field.journey_parts.PARTS`, here and on the page.

Eight hues, grey and black, none of them that of paper or of Tez. They were sought so that any two are as far apart as
can be for red-green blind readers too; a test holds them there.
"""

DIRECTION_COLOURS = {"westbound": "#01665E", "eastbound": "#5C3000"}
"""Colours of the directions in the train graph and on the map; neither is one of paper, of Tez or of a part."""

TITLE_PT, TEXT_PT, SMALL_PT = 13, 9.5, 8.5
BOLD_EM = 0.66
PNG_DPI = 150
LONGEST_IN_HOURS = 96.0
"""Journeys beyond so many hours are drawn in days."""

KEY_DROP_INCH = 0.55
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""In English as `language.MONTHS`."""

UNSEEN = "\u200b"
"""A space without width."""

WIDER_CYRILLIC = 0.17
"""By how much of a Latin letter a Cyrillic one is wider, with some room, for a line of theirs varies more."""
BEFORE_UNIT = re.compile(
    r"(?<=[\d\]%]) (?=(?:h|d|min|hours?|days?|weeks|months|kt|Mt|t|km|USD|trains)\b|of \d|[%±→])"
    r"|(?<=[±→]) |(?<=\d of) (?=\d)|(?<=,) (?=[−\d.,]+\])|(?<=\d) (?=\[)"
    r"|(?<=[\d\]]) (?=(?:ч|мин|сут|нед|тыс|млн|т|км|долл|поезд\w*)\b|[小天分公吨万千百美列]|из \d)"
    r"|(?<=тыс\.) (?=т)|(?<=млн) (?=[тд])|(?<=\d из) (?=\d)|(?<=;) (?=[−\d.,\u00a0]+\])"
)
"""Spaces at which no line ends: between a number and its unit, its error or its interval, and within an interval."""


Drawings = dict[str, Callable[[], Figure]]
"""What draws each of some figures, by its name: the stem of its files, or a title."""


class UndrawnError(CorridorError):
    """Figures that could not be drawn; everything else that an answer holds is written."""

    status = 1
    outcome = "All others are drawn."


class NothingToDraw(CorridorError, ValueError):
    """The results hold nothing that this figure could show."""


def lighter(colour: str, share: float) -> tuple[float, float, float]:
    """The colour mixed with a share of white."""
    red, green, blue = (1 - share) * np.array(to_rgb(colour)) + share
    return float(red), float(green), float(blue)


ONE_WEIGHT = ("zh",)
"""Languages whose font has no bold letters."""

PALE = PART_COLOURS[6:7]
HATCHES = ("", "////", "....", "xxxx")
"""What tells causes of waiting of the same part apart: a further hue for each would be one that others have."""

CAUSE_LOOKS: dict[str, dict[str, Any]] = {
    # Lines of a hatch in white would cut a narrow area in pieces.
    cause: {"facecolor": colour, "hatch": hatch, "edgecolor": INK if colour in PALE else lighter(colour, 0.65)}
    for part, colour in zip(PARTS, PART_COLOURS, strict=True)
    for cause, hatch in zip(part.causes, HATCHES, strict=False)
}
"""The area or the bar of each cause of waiting: the colour of its part of the journey, and a hatch."""


def sheet(title: str, caption: str, width: float, height: float) -> Figure:
    """An empty figure, inches wide and high, with its title above and its caption below."""
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08, hspace=0.04, wspace=0.04)
    figure = Drawing(figsize=(width, height), layout=layout, facecolor="white")
    figure.suptitle(
        wrapped(title, fitting(width, TITLE_PT, BOLD_EM)),
        x=0.01,
        ha="left",
        fontsize=TITLE_PT,
        fontweight=weight_of_titles(),
        color=INK,
    )
    figure.supxlabel(wrapped(caption, fitting(width, SMALL_PT)), x=0.01, ha="left", fontsize=SMALL_PT, color=FAINT)
    return figure


def fitting(width: float, size_pt: float, em: float = 0.54) -> int:
    """How many characters of a size fit into inches of width, at a mean width of a character in em."""
    return int(width * 72 / (size_pt * em))


def wrapped(text: str, characters: int) -> str:
    """Text in lines of at most so many Latin characters; a Chinese one takes the room of two."""
    lines: list[str] = []
    for part in BEFORE_UNIT.sub(NO_BREAK, text).splitlines():
        if columns_of(part) > len(part):
            lines += folded_in_chinese(part, characters)
            continue
        wider = WIDER_CYRILLIC * sum("\u0400" <= character <= "\u04ff" for character in part)
        fitting_characters = int(characters * len(part) / max(len(part) + wider, 1))
        lines += textwrap.wrap(part, max(1, fitting_characters), break_on_hyphens=False)
    return "\n".join(lines).replace(NO_BREAK, " ")


def folded_in_chinese(text: str, characters: int) -> list[str]:
    """A text with Chinese characters in lines."""
    lines = [""]
    for piece in pieces_kept(text):
        if lines[-1] and columns_of((lines[-1] + piece).rstrip()) > characters:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def legend_name(title: str, characters: int) -> str:
    """A title as the label of what is drawn; matplotlib leaves labels out of the legend that begin with `_`."""
    return wrapped(f"{UNSEEN}{title}" if title.startswith("_") else title, characters)


def dress(axes: Axes, xlabel: str, ylabel: str, grid: str = "y") -> None:
    """Label the axes, and leave only the lines that help reading."""
    axes.set_xlabel(xlabel, fontsize=TEXT_PT, color=INK)
    axes.set_ylabel(ylabel, fontsize=TEXT_PT, color=INK)
    axes.tick_params(labelsize=TEXT_PT, colors=INK, length=3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(SpokenNumbers())
    if grid:
        axes.grid(axis=grid, color=GRID, linewidth=0.7)  # type: ignore[arg-type]


def stacked(figure: Figure, heights: Sequence[float], sharex: bool = False) -> list[Axes]:
    """Axes one below the other, of such heights against each other."""
    return list(figure.subplots(len(heights), 1, squeeze=False, sharex=sharex, height_ratios=heights)[:, 0])


def weight_of_titles() -> str:
    """That of the font: beside Chinese, of one weight, bold numbers would look broken."""
    return "normal" if language_spoken() in ONE_WEIGHT else "bold"


def heading(axes: Axes, text: str, weight: str | None = None) -> None:
    """A panel's own title, at its left edge."""
    axes.set_title(text, loc="left", fontsize=TEXT_PT + 1, fontweight=weight or weight_of_titles(), color=INK)


def tied_name(
    axes: Axes,
    name: str,
    point: tuple[float, float],
    place: tuple[float, float],
    transform: Transform,
    **look: Any,
) -> None:
    """A name beside the axes, where it stands apart from the others, with a line to the point that it is of."""
    tie: dict[str, Any] = {"arrowstyle": "-", "color": FAINT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
    ink: dict[str, Any] = {"fontsize": SMALL_PT, "color": INK, "va": "center", "arrowprops": tie}
    where: dict[str, Any] = {"xycoords": transform, "textcoords": transform, "annotation_clip": False}
    axes.annotate(name, point, place, **(where | ink | look))


def key_below(axes: Axes, columns: int, panels: Sequence[Axes] = ()) -> None:
    """The legend of some panels (else of these axes) under the axes, where it hides nothing; each name once."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    below = axes.transAxes + ScaledTranslation(0, -KEY_DROP_INCH, figure.dpi_scale_trans)
    place: dict[str, Any] = {
        "loc": "upper left",
        "bbox_to_anchor": (0.0, 0.0),
        "bbox_transform": below,
        "borderaxespad": 0,
    }
    legend(axes, named_artists(panels or [axes]), ncols=columns, **place)


def legend(home: Axes | Figure, artists: dict[str, Any], **place: Any) -> None:
    """A legend of some artists by their names."""
    look: dict[str, Any] = {"frameon": False, "fontsize": SMALL_PT, "labelcolor": INK}
    key = home.legend(list(artists.values()), list(artists), **look, **place)
    for text in key.get_texts():
        text.set_text(text.get_text().removeprefix(UNSEEN))


def named_artists(panels: Iterable[Axes]) -> dict[str, Any]:
    """The first artist of each name in the legends of some panels."""
    artists: dict[str, Any] = {}
    for axes in panels:
        for artist, name in zip(*axes.get_legend_handles_labels(), strict=True):
            artists.setdefault(name, artist)
    return artists


def basis_of(results: Sequence[Results]) -> str:
    """What the figures rest on: "10 replications, 95 % intervals, seed 1", or the several numbers where they differ."""
    manifests = [result.manifest for result in results]
    seeds = joined_by_and(f"{manifest['seed']}" for manifest in manifests)
    return message("{basis}, seed {seed}", basis=interval_basis(manifests), seed=seeds)


def example_of(results: Sequence[Results]) -> str:
    """What a figure of single trains rests on: one replication, which is an example and has no interval."""
    manifests = [result.manifest for result in results]
    counts = joined_by_and(f"{manifest['replications']}" for manifest in manifests)
    seeds = joined_by_and(f"{manifest['seed']}" for manifest in manifests)
    return message("One replication of {number}, an example, seed {seed}", number=counts, seed=seeds)


def own_colours(with_tez: Iterable[bool]) -> list[str]:
    """Colours of results or regimes by whether Tez clears: blue without, vermillion with, the others for more alike."""
    colours, spare = list[str](), cycle(SERIES[2:])
    for is_tez in with_tez:
        own = SERIES[int(is_tez)]
        colours.append(next(spare) if own in colours else own)
    return colours


def result_colours(results: Sequence[Results]) -> list[str]:
    """The colour of each result, the same in every figure of it alone and beside one without Tez."""
    return own_colours(clears_with_tez(result.scenario) for result in results)


def regime_colours(results: Sequence[Results]) -> dict[str, str]:
    """The colour of each regime of the results, by its name."""
    regimes = {name: regime for result in results for name, regime in result.scenario.regimes.items()}
    return dict(zip(regimes, own_colours(isinstance(regime, Tez) for regime in regimes.values()), strict=True))


def points_basis(manifest: Mapping[str, Any], design: str = "") -> str:
    """What a figure of many points rests on, by the manifest of the study."""
    points = counted(manifest["points"], "{count} point", "{count} points")
    points = message("{told} ({name})", told=points, name=term(design)) if design else points
    basis = interval_basis([manifest])
    return message("{points} of {basis}, seed {seed}", points=points, basis=basis, seed=manifest["seed"])


def apart(ideal: Sequence[float], gap: float, high: float) -> list[float]:
    """Positions near the ideal ones, at least `gap` from each other and at most `high`, in the same order."""
    order = np.argsort(ideal, kind="stable")
    ascending = np.asarray(ideal, dtype=float)[order]
    for i in range(1, len(ascending)):
        ascending[i] = max(ascending[i], ascending[i - 1] + gap)
    ceiling = high
    for i in range(len(ascending) - 1, -1, -1):
        ascending[i] = min(ascending[i], ceiling)
        ceiling = ascending[i] - gap
    positions = np.empty_like(ascending)
    positions[order] = ascending
    return [float(position) for position in positions]


def png(figure: Figure, dpi: int = PNG_DPI) -> bytes:
    """A figure as the bytes of a PNG; the same figure gives the same bytes."""
    content = io.BytesIO()
    # zlib at its usual pains takes twice as long for as many bytes
    figure.savefig(content, dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    return content.getvalue()


def webp(figure: Figure, dpi: int) -> bytes:
    """A figure as the bytes of a WebP, which loses nothing and has half the size of the PNG."""
    content = io.BytesIO()
    # of a lossless WebP quality is pains: at the usual ones it takes half as long again, for a fortieth of the bytes
    figure.savefig(content, format="webp", dpi=dpi, pil_kwargs={"lossless": True, "quality": 50})
    return content.getvalue()


@own_settings()
def save(figure: Figure, folder: Path, stem: str) -> tuple[Path, Path]:
    """Write `stem`.png and `stem`.svg into the folder; the same figure gives the same bytes.

    Returns the two paths.
    """
    folder.mkdir(parents=True, exist_ok=True)
    picture, drawing = folder / f"{stem}.png", folder / f"{stem}.svg"
    write_bytes(picture, png(figure))
    # What the PNG has been laid out for fits the SVG, and half the time of a figure goes into its layout.
    layout = figure.get_layout_engine()
    figure.set_layout_engine("none")
    try:
        with new_file(drawing) as file:
            figure.savefig(file, format="svg", dpi=PNG_DPI, metadata={"Date": None, "Creator": None})
    finally:
        figure.set_layout_engine(layout)
    return picture, drawing
