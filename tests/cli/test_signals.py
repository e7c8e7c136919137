"""A request to end, wherever in a run it strikes."""

import os
import signal

import pytest
import simpy

from sim.cli.console import Stopped, status_of, stoppable


def test_a_request_that_strikes_a_process_of_the_clock_ends_it_with_its_status():
    """SimPy makes an exception of a process anew, from its type and its arguments."""
    clock = simpy.Environment()

    def train():
        yield clock.timeout(1)
        os.kill(os.getpid(), signal.SIGTERM)
        yield clock.timeout(1)

    clock.process(train())
    with pytest.raises(Stopped) as stop, stoppable():
        clock.run()
    assert status_of(stop.value) == 128 + signal.SIGTERM
