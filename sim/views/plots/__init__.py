"""Figures of runs and comparisons, drawn with matplotlib's objects and without any global state.

Each function takes results, or the folders that they lie in, and returns a `matplotlib.figure.Figure`; where there is
nothing to show it raises `NothingToDraw`. A caption that is left out says how many inputs are assumed. `save` writes a
figure as PNG and SVG, `draw` every figure that applies to an answer.
"""

# matplotlib is imported there with what may be wrong in its surroundings; whoever imports it first must be that module.
import sim.views.plots.settings  # noqa: F401  isort: skip

from sim.views.plots.calling import captioned
from sim.views.plots.clearance import paper_or_tez
from sim.views.plots.compare import attribution, contest, differences
from sim.views.plots.forecast.fan import fan, gains
from sim.views.plots.forecast.spread import spread_split
from sim.views.plots.forecast.unknowns import decisive_unknowns, worlds_apart
from sim.views.plots.forecast.worth import worth_asking
from sim.views.plots.gallery import draw, figures
from sim.views.plots.indicators import carec
from sim.views.plots.journey_parts import where_time_goes
from sim.views.plots.ladder import ladder
from sim.views.plots.queues import queues
from sim.views.plots.release_study import release_times
from sim.views.plots.risk import smore
from sim.views.plots.style import NothingToDraw, save
from sim.views.plots.sweep import response
from sim.views.plots.target import frontier
from sim.views.plots.throughput import throughput
from sim.views.plots.time_distance import time_distance_chart
from sim.views.plots.train_graph import marey

__all__ = [
    "NothingToDraw",
    "attribution",
    "carec",
    "contest",
    "decisive_unknowns",
    "differences",
    "draw",
    "fan",
    "figures",
    "frontier",
    "gains",
    "ladder",
    "marey",
    "paper_or_tez",
    "queues",
    "release_times",
    "response",
    "save",
    "smore",
    "spread_split",
    "throughput",
    "time_distance_chart",
    "where_time_goes",
    "worlds_apart",
    "worth_asking",
]

# The rooms themselves draw for commands, whose captions and arguments are made before; these are for notebooks.
globals().update({name: captioned(globals()[name]) for name in __all__ if name != "NothingToDraw"})


def __dir__() -> list[str]:
    return __all__
