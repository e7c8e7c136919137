"""Figures on the page: the same as in a notebook or a file, as pictures inside the page."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from sim.views.plots.style import Drawings, NothingToDraw, png

DPI = 110


@dataclass(frozen=True)
class Picture:
    """A figure: its name on the page, what it says to who cannot see it, and the picture as a data URI."""

    title: str
    words: str
    data: str


def pictures(drawings: Drawings) -> Iterator[Picture]:
    """The figures that have something to show, each with its title and its note for who cannot see it."""
    for title, drawing in drawings.items():
        try:
            figure = drawing()
        except NothingToDraw:
            continue
        text = f"{figure.get_suptitle()}. {figure.get_supxlabel()}".replace("\n", " ")
        data = base64.b64encode(png(figure, DPI)).decode()
        yield Picture(title, text, f"data:image/png;base64,{data}")
