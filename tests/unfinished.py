"""Runs whose clock has stopped and whose accounts are still open."""

import zlib

from sim.model.layout import lay_out
from sim.model.randomness import Luck
from sim.model.routes import plan_flows
from sim.model.simulate import decide_monthly, dispatch


def unfinished(described, seed=None):
    """The layout of a run as it stands at the end of the clock; without a seed, of the run that `played` plays."""
    layout = lay_out(described, Luck(zlib.crc32(described.title.encode()) if seed is None else seed, 0))
    plans = plan_flows(described, layout)
    if layout.world.bookings is not None:
        layout.world.clock.process(decide_monthly(layout.world, layout.world.bookings))
    layout.world.clock.process(dispatch(layout.world, plans))
    layout.world.clock.run(until=layout.world.closing_h)
    return layout
