"""How far a long command is: done, total, rate, time left, and what is known so far."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.cli.manner import is_quiet

if TYPE_CHECKING:
    from rich.console import Console

RECENT = 20
"""Steps that the rate is taken over."""

STEP = 0.1
"""Share of the work after which a line is printed where nobody watches, if it took `SOON_S`."""

SOON_S, LATE_S = 2.0, 30.0
"""Seconds before which no line follows another, and after which the next step prints one in any case."""


@dataclass
class Meter:
    """Counts steps: call it at each, with a replication or without.

    Attributes
    ----------
    unit
        What is counted, in the plural.
    total
        Steps expected so far, see `expect`.
    known
        What is known so far, see `say`.
    side_by_side
        Steps under way at a time: as many processes start up before the first is done, at no pace of later ones.
    """

    what: str
    total: int
    on_step: Callable[[Meter], None]
    known: str = ""
    side_by_side: int = 1
    done: int = 0
    instants_s: deque[float] = field(default_factory=lambda: deque([time.monotonic()], RECENT + 1))

    def __call__(self, replication: object = None) -> None:
        """One step more is done."""
        self.done += 1
        if self.done == self.side_by_side:
            self.instants_s.clear()
        self.instants_s.append(time.monotonic())
        self.on_step(self)

    def expect(self, more: int) -> None:
        """There is more to do than was known."""
        self.total += more

    def say(self, known: str) -> None:
        """What is known so far, in one line; it stands last when all is done."""
        self.known = known

    def pace(self) -> str:
        """Rate over the last steps and the time left at that rate; empty before each process has done a second."""
        taken_s = self.instants_s[-1] - self.instants_s[0]
        if self.done < 2 * self.side_by_side or not taken_s:
            return ""
        a_second = (len(self.instants_s) - 1) / taken_s
        left_s = (self.total - self.done) / a_second - (time.monotonic() - self.instants_s[-1])
        return rate(a_second) + (f", {time_words(max(left_s, 1.0))} left" if self.total > self.done else "")

    def line(self) -> str:
        """All of it in one line."""
        parts = (f"{self.what}: {self.done} of {self.total}", self.pace(), f"so far {self.known}" if self.known else "")
        return "; ".join(part for part in parts if part)


@contextmanager
def progress(unit: str, total: int, side_by_side: int = 1) -> Iterator[Meter]:
    """A meter, shown while the block lasts unless all shall be quiet: a bar on a terminal, else lines now and then.

    Parameters
    ----------
    unit
        What is counted, in the plural.
    total
        How many steps are expected; more may come, see `Meter.expect`.
    side_by_side
        How many are under way at a time.
    """
    if is_quiet():
        yield Meter(unit, total, lambda meter: None)
        return
    from rich.console import Console

    console = Console(stderr=True)
    with bar(unit, total, console) if console.is_terminal else lines(unit, total, console) as meter:
        meter.side_by_side = side_by_side
        yield meter


@contextmanager
def bar(unit: str, total: int, console: Console) -> Iterator[Meter]:
    """A meter with a bar, and what is known in the line below."""
    from rich.console import Group
    from rich.live import Live
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[pace]}"))
    progress_bar = Progress(TextColumn("{task.description}"), *columns, console=console)
    task = progress_bar.add_task(unit, total=total, pace="")
    meter = Meter(unit, total, lambda meter: None)

    def frame() -> Group:
        progress_bar.update(task, completed=meter.done, total=meter.total, pace=meter.pace())
        return Group(progress_bar, *([Text(meter.known)] if meter.known else []))

    with Live(get_renderable=frame, console=console):
        yield meter


@contextmanager
def lines(unit: str, total: int, console: Console) -> Iterator[Meter]:
    """A meter in plain lines, the last one when the block ends."""
    line_s, line_done = time.monotonic(), 0

    def on_step(meter: Meter) -> None:
        nonlocal line_s, line_done
        waited_s = time.monotonic() - line_s
        far = meter.done - line_done >= STEP * meter.total and waited_s >= SOON_S
        if (far or waited_s >= LATE_S) and meter.done < meter.total:
            line_s, line_done = time.monotonic(), meter.done
            tell(console, meter)

    meter = Meter(unit, total, on_step)
    # The first step of a long run may take minutes: until then nobody could tell slow from hung.
    waiting = threading.Timer(SOON_S, lambda: None if meter.done else tell(console, meter))
    waiting.daemon = True
    with suppress(RuntimeError):  # no thread is to be had: the run may do without the line
        waiting.start()
    try:
        yield meter
    finally:
        waiting.cancel()
        if meter.done:
            tell(console, meter)


def tell(console: Console, meter: Meter) -> None:
    """Print the line of a meter as it stands."""
    console.print(meter.line(), highlight=False, markup=False, soft_wrap=True)


def rate(a_second: float) -> str:
    """A rate in the unit in which it is at least one, or an hour."""
    for unit, seconds in (("s", 1), ("min", 60), ("h", 3600)):
        if a_second * seconds >= 1 or unit == "h":
            return f"{a_second * seconds:.3g}/{unit}"
    raise AssertionError


def time_words(seconds: float) -> str:
    """A time in seconds, minutes or hours."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
