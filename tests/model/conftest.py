"""What plays the worlds that are worked out by hand: SimPy, or as the environment says, for a mechanism new to both."""

import os

from sim.verification import tiny

tiny.ENGINE.set(os.environ.get("ENGINE", tiny.ENGINE.get()))
