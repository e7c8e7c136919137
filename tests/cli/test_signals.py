"""A request to end, wherever in a run it strikes."""

import os
import signal
import subprocess
import sys
import time

import pytest
import simpy
from commands import MONTH

from sim.cli.stopping import Stopped, status_of, stoppable


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


def test_a_request_that_python_could_only_print_comes_again():
    """What is raised as an object is thrown away ends nothing."""

    class Thrown:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0)

    with pytest.raises(Stopped), stoppable():
        Thrown()
        time.sleep(60)


INTERRUPTED = """
import atexit, importlib.abc, os, signal, sys
def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
class Loading(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == sys.argv[1]:
            interrupt()
sys.meta_path.insert(0, Loading())
if sys.argv[1] == "atexit":
    atexit.register(interrupt)
from sim.cli import main
main(sys.argv[2:])
"""


@pytest.mark.parametrize("module", ["sim.cli.commands", "click", "pydantic", "pandas", "numpy.random", "atexit"])
def test_an_interrupt_ends_in_no_traceback_whatever_is_being_imported(tmp_path, module):
    words = ("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots")
    ended = subprocess.run([sys.executable, "-c", INTERRUPTED, module, *words], cwd=tmp_path, capture_output=True)
    assert (ended.returncode, b"Traceback" in ended.stderr) == (130, False), ended.stderr
    assert (tmp_path / "results").exists() == (module == "atexit")
    assert (b"With --study FOLDER it keeps" in ended.stderr) == (module in ("pandas", "numpy.random"))


def heed_hang_up():
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_second_request_does_not_disturb_what_a_stopped_program_tidies_as_it_ends(tmp_path, name):
    twice = INTERRUPTED.replace("SIGINT", name).replace(
        'if sys.argv[1] == "atexit":', "for _ in range(2):\n    atexit.register(print, 'tidied', flush=True)"
    )
    words = ("run", "altynkol_tez", *MONTH, "--workers", "1", "--no-plots")
    command = [sys.executable, "-c", twice, "pandas", *words]
    # Under `nohup` the tests ignore a hang-up, which the command would inherit.
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, preexec_fn=heed_hang_up)
    assert (ended.returncode, ended.stdout.count(b"tidied")) == (128 + getattr(signal, name), 2), ended.stderr
