"""Being told to stop: requests by a person or the system to end, wherever in a command they strike.

This room is imported before all others, and imports little itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

REQUESTS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals by which a person or a system asks a program to end, as far as the system has them."""

IMPORTER = "<frozen importlib._bootstrap>"
SOON_S = 0.05


class Stopped(KeyboardInterrupt):
    """The system asked for an end; whatever cleans up after an interrupt cleans up after this, too."""

    def __init__(self, number: int) -> None:
        super().__init__(number)  # what strikes a process of SimPy is made anew from its arguments
        self.number = number


def status_of(stop: KeyboardInterrupt) -> int:
    """The exit status of a command that was stopped: 128 and the number of the signal."""
    return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)


@contextmanager
def stoppable() -> Iterator[None]:
    """While the block lasts, a request to end raises `Stopped` in it; a request that is ignored stays so.

    A second request finds the cleaning up under way, and does not disturb it, nor what the program, see `main`, still
    tidies as it ends: killed there it would leave semaphores of its workers behind, and lose its exit status. One that
    comes while a module is imported comes again a little later: libraries in C make errors of their own of what is
    raised there. So does one that was raised where Python can only print it, as when an object is thrown away.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = (signal.SIG_DFL, signal.default_int_handler, leave)
    numbers = [getattr(signal, name) for name in REQUESTS if hasattr(signal, name)]
    earlier = {number: signal.getsignal(number) for number in numbers if signal.getsignal(number) in heard}
    hook = sys.unraisablehook

    def handle(handlers: Mapping[int, Any]) -> None:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    def stop(number: int, frame: FrameType | None) -> None:
        if is_importing(frame):
            raise_soon(number)
            return
        handle(dict.fromkeys(earlier, signal.SIG_IGN))
        raise Stopped(number)

    def raise_again(unraisable: sys.UnraisableHookArgs) -> None:
        if isinstance(unraisable.exc_value, Stopped):
            handle(dict.fromkeys(earlier, stop))
            raise_soon(unraisable.exc_value.number)
        else:
            hook(unraisable)

    handle(dict.fromkeys(earlier, stop))
    sys.unraisablehook = raise_again
    try:
        yield
    finally:
        sys.unraisablehook = hook
        is_deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        if not (is_deaf and earlier.get(signal.SIGINT) is leave):
            handle(earlier)


def is_importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported at a frame."""
    while frame is not None and frame.f_code.co_filename != IMPORTER:
        frame = frame.f_back
    return frame is not None


def raise_soon(number: int) -> None:
    """Have this process get a signal a little later."""
    timer = threading.Timer(SOON_S, os.kill, (os.getpid(), number))
    timer.daemon = True
    timer.start()


def leave(number: int, frame: FrameType | None) -> None:
    """End at once: before a command is at work, and after it, there is nothing to clean up."""
    os._exit(128 + number)
