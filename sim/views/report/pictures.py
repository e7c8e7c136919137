"""The charts of the field on the page: the same figures as in a notebook or a file, as pictures inside the page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from sim.runs.results import Results
from sim.views.plots.field_charts import field_charts
from sim.views.plots.style import png

DPI = 110


@dataclass(frozen=True)
class Picture:
    """A chart of the field: its name on the page, what it says to who cannot see it, and the picture as a data URI."""

    title: str
    words: str
    data: str


def pictures(runs: Sequence[Results], with_graph: Sequence[Results]) -> list[Picture]:
    """Every chart of the field that the results can show; a train graph of each of `with_graph`."""
    charts = []
    for title, figure in field_charts(runs, with_graph):
        text = f"{figure.get_suptitle()}. {figure.get_supxlabel()}".replace("\n", " ")
        data = base64.b64encode(png(figure, DPI)).decode()
        charts.append(Picture(title, text, f"data:image/png;base64,{data}"))
    return charts
