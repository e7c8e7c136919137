"""The command line: the only wing that prints, and the only one that exits.

Exit status 0: done. 2: what the user gave is wrong. 3: a known answer was not met. 128 and its number: a signal asked
for the end. 1: anything else.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import Any

from sim.cli.stopping import leave

__all__ = ["main"]


def main(*words: Any, **extra: Any) -> None:
    """The program `corridor`, with the arguments of a command of click."""
    # Before all that takes time to import: an interrupt would come out of there as a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        with suppress(ValueError):  # in another thread than the first
            signal.signal(signal.SIGINT, leave)
    from sim.cli.commands import program
    from sim.scenario.files import open_closed_streams

    open_closed_streams()
    program(*words, **extra)
