"""What every command that asks a study does: read, see that the answer has a place, ask, write it whole, print it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.console import performer_for, plain_errors, say, show, stdout, warn_of_doubts, working
from sim.cli.options import Keeping, Sampling
from sim.cli.progress import Meter, progress

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.runs.replicate import Perform
    from sim.scenario.reading.read import Reading
    from sim.views.sheets.sheet import Sheet


def answer_of(file: str, ending: str, keeping: Keeping, ask: Callable[[Reading], Answer]) -> None:
    """Ask a study about a scenario file, keep its answer in results/<scenario><ending> or where it is to lie, show it.

    What stands in the way of the answer is refused before the work.
    """
    from sim.scenario.reading.opening import load

    with plain_errors():
        reading = load(file, keeping.overrides)
        warn_of_doubts([reading])
        folder = place_for(f"{reading.name}{ending}", keeping)
        deliver(ask(reading), folder, keeping)


def place_for(name: str, keeping: Keeping) -> Path:
    """The folder an answer goes to, which is free, or holds an earlier one.

    Raises
    ------
    ResultsError
        If it holds anything else, or cannot be written.
    """
    from sim.runs.folders import check_replaceable, result_folder

    folder = keeping.out or result_folder(Path("results"), name)
    check_replaceable(folder)
    return folder


def deliver(
    answer: Answer, folder: Path, keeping: Keeping, extra_sheets: Sequence[Sheet] = (), before: Sequence[str] = ()
) -> None:
    """Write an answer and print it, with some sheets more, and sentences before its own."""
    from sim.views.folders import write_answer
    from sim.views.sheets.answer import sentences, sheets

    with working("Writing tables and plots"):
        write_answer(answer, folder, plots=not keeping.no_plots)
    console = stdout()
    for sheet in [*sheets(answer), *extra_sheets]:
        show(console, sheet)
    for line in [*before, *sentences(answer)]:
        say(line)
    say(f"Tables{'' if keeping.no_plots else ' and plots'} lie in {folder}")


@contextmanager
def at_work(unit: str, total: int, sampling: Sampling) -> Iterator[tuple[Perform, Meter]]:
    """What performs jobs, and the meter that counts them, under a progress bar."""
    with progress(unit, total) as meter, performer_for(sampling, meter) as perform:
        yield perform, meter
        meter.expect(meter.done - meter.total)  # a search seldom needs all the runs that it may make
