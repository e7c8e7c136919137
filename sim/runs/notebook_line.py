"""How far the runs of a cell are: one line below it, in a notebook alone, that goes when they are done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from sim.runs.replicate import Replication
from sim.scenario.problems import how_many

SOON_S = 1.0
"""Seconds before a line first stands, and until it is written anew."""


def with_line(
    on_done: Callable[[Replication], None] | None, total: int | None, progress: bool
) -> Callable[[Replication], None] | None:
    """What is called at each replication, and tells a notebook how many are done; as it is where nobody watches.

    A search knows no total ahead: its line stays, with the number of replications that it took.
    """
    if not progress or not is_notebook():
        return on_done
    display: Any = import_module("IPython.display")

    start_s = written_s = time.monotonic()
    done = 0
    line: Any = None

    def count(replication: Replication) -> None:
        nonlocal done, line, written_s
        done += 1
        present_s = time.monotonic()
        if present_s - written_s >= SOON_S or (line and done == total):
            text = line_of(done, total, present_s - start_s)
            if line is None:
                line = display.display({"text/plain": text}, raw=True, display_id=True)
            else:
                line.update({"text/plain": text}, raw=True)
            written_s = present_s
        if on_done is not None:
            on_done(replication)

    return count


def line_of(count: int, total: int | None, passed_s: float) -> str:
    """The line after so many replications and seconds; empty when all are done."""
    if total is None:
        return how_many(count, "replication")
    left_s = passed_s / count * (total - count)
    return f"{count} of {total} replications, some {left_s:.0f} s left" if count < total else ""


def is_notebook() -> bool:
    """Whether a kernel of Jupyter runs this: who has not begun one has not imported IPython for us."""
    ipython: Any = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None) is not None
