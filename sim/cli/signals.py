"""Being told to stop: a request of the system ends a command as cleanly as an interrupt from the keyboard."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

REQUESTS = ("SIGTERM", "SIGHUP")
"""Signals by which a system asks a program to end, as far as it has them."""


class Stopped(KeyboardInterrupt):
    """The system asked for an end; whatever cleans up after an interrupt cleans up after this, too."""

    def __init__(self, number: int) -> None:
        super().__init__(number)  # what strikes a process of SimPy is made anew from its arguments
        self.number = number


def status_of(stop: KeyboardInterrupt) -> int:
    """The exit status of a command that was stopped: 1 from the keyboard, else 128 and the number of the signal."""
    return 128 + stop.number if isinstance(stop, Stopped) else 1


@contextmanager
def stoppable() -> Iterator[None]:
    """While the block lasts, a request to end raises `Stopped` in it; a request that is ignored stays so.

    A second request finds the cleaning up under way, and does not disturb it.
    """
    ours = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in REQUESTS if hasattr(signal, name)]
    handled = [number for number in numbers if ours and signal.getsignal(number) is signal.SIG_DFL]

    def stop(number: int, frame: FrameType | None) -> None:
        for signal_number in handled:
            signal.signal(signal_number, signal.SIG_IGN)
        raise Stopped(number)

    for number in handled:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
