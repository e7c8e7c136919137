"""Figures of runs and comparisons, drawn with matplotlib's objects and without any global state.

Each function takes results and a caption, and returns a `matplotlib.figure.Figure`; where there is nothing to show it
raises `NothingToDraw`. `save` writes a figure as PNG and SVG, `draw_all` every figure that applies to one run.
"""

from sim.views.plots.clearance import paper_or_tez
from sim.views.plots.contrasts import differences
from sim.views.plots.gallery import draw_all, draw_comparison
from sim.views.plots.indicators import carec
from sim.views.plots.journeys import where_time_goes
from sim.views.plots.release import release_times
from sim.views.plots.risk import smore
from sim.views.plots.sheet import NothingToDraw, save
from sim.views.plots.timedistance import time_distance_chart
from sim.views.plots.traingraph import marey
from sim.views.plots.volumes import throughput
from sim.views.plots.waiting import queues

__all__ = [
    "NothingToDraw",
    "carec",
    "differences",
    "draw_all",
    "draw_comparison",
    "marey",
    "paper_or_tez",
    "queues",
    "release_times",
    "save",
    "smore",
    "throughput",
    "time_distance_chart",
    "where_time_goes",
]
