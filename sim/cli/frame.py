"""What every command that asks a study does: read, see that the answer has a place, ask, write it whole, print it."""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sim.cli.console import fail, performer_for, plain_errors, say, show, show_headline, warn_of_doubts, working
from sim.cli.manner import as_asked, document_in_hand
from sim.cli.options import Keeping, Sampling
from sim.cli.progress import Meter, progress

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.runs.asked import Commission
    from sim.runs.folders import ResultsError
    from sim.runs.replicate import Perform
    from sim.runs.results import Results
    from sim.scenario.problems import CorridorError
    from sim.scenario.reading.read import Reading
    from sim.views.sheets.sheet import Headline, Sheet

OF_NO_QUESTION = {
    *("file", "names", "base", "out", "no_plots", "overrides", "name", "force", "show_all"),
    *("replications", "seed", "workers", "cluster", "study", "engine", "precision", "precision_of", "fewest", "most"),
    *("worlds",),
    *("with_quantiles", "chances", "date", "page"),
}
"""Parameters of commands that say of which scenarios, how often and where; or only what is printed beside."""


def answer_of(file: str, ending: str, keeping: Keeping, ask: Callable[[Reading], Answer]) -> None:
    """Ask a study about a scenario file, keep its answer in results/<scenario><ending> or where it is to lie, show it.

    What stands in the way of the answer is refused before the work.
    """
    from sim.scenario.reading.opening import ledger_cited, load

    with plain_errors():
        reading = named(load(file, keeping.overrides), keeping)
        ledger_cited(reading)
        warn_of_doubts([reading])
        commission = commission_of([reading], keeping)
        folder = place_for(f"{reading.name}{ending}", commission, keeping)
        deliver(ask(reading), folder, keeping, commission)


def named(reading: Reading, keeping: Keeping) -> Reading:
    """A scenario under the name that it goes by: its own, or one that tells its changes.

    Raises
    ------
    ResultsError
        If that cannot be the name of a folder.
    """
    from sim.runs.folders import result_folder

    name = keeping.name or reading.name
    result_folder(keeping.out or Path("results"), name)
    return replace(reading, name=name)


def commission_of(sides: Sequence[Reading | Results], keeping: Keeping) -> Commission:
    """What the command that runs asks, of some scenarios, by the options given."""
    from sim.runs.asked import commission
    from sim.scenario.reading.read import Reading

    context = click.get_current_context()
    options = {
        name: str(value)
        for name, value in context.params.items()
        if name not in OF_NO_QUESTION and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    scenarios = [
        (side.resolved, side.files[0] if isinstance(side, Reading) else side.folder or Path()) for side in sides
    ]
    return commission(str(context.info_name), scenarios, keeping.overrides, options)


def place_for(name: str, commission: Commission, keeping: Keeping) -> Path:
    """The folder an answer goes to, which is free, or holds an earlier one to the same question.

    Raises
    ------
    ResultsError
        If it holds anything else, or cannot be written.
    """
    from sim.runs.folders import check_replaceable, check_unanswered, manifest_in, result_folder

    folder = keeping.out or result_folder(Path("results"), name)
    check_replaceable(folder)
    if not keeping.force:
        check_unanswered(folder, commission)
    if keeping.no_plots and pictures_in(folder):
        say(f"{folder}: its pages and plots go with its earlier tables, and --no-plots draws none anew.", err=True)
    if commission.is_of_other_inputs(manifest_in(folder)):
        ways = "stop now and name this one with --name NAME to keep both"
        say(f"{folder}: holds results of before the scenario was changed, which these will replace; {ways}.", err=True)
    return folder


def deliver(
    answer: Answer,
    folder: Path,
    keeping: Keeping,
    commission: Commission,
    extra_sheets: Sequence[Sheet] = (),
    before: Sequence[str] = (),
) -> None:
    """Write an answer and print what it says first, last; its tables too if wanted, some sheets more, and remarks."""
    from sim.runs.folders import ResultsError, check_unanswered, manifest_in, nothing
    from sim.scenario.problems import CorridorError
    from sim.views.folders import write_answer
    from sim.views.language import ENGLISH, speaking
    from sim.views.sheets.answer import headline_of

    first = headline_of(answer)
    with speaking(ENGLISH):
        sentence = headline_of(answer)
    answer = noting(answer, asked=commission.noted(), headline=[sentence.question, sentence.answer])
    pictures = pictures_in(folder) if manifest_in(folder) else None
    faults: list[CorridorError] = []
    try:
        is_free = nothing if keeping.force else partial(check_unanswered, folder, commission)
        with drawing(answer, keeping) as on_figure, as_asked():
            write_answer(answer, folder, not keeping.no_plots, is_free, on_figure)
    except CorridorError as error:
        faults = [error]
        if isinstance(error, ResultsError):
            folder, pictures = saved_elsewhere(answer, folder, error), None
    place = where_it_lies(not keeping.no_plots and not faults, folder, pictures)
    with told_of_full_output(place):
        print_answer(answer, first, folder, keeping, extra_sheets, before)
        say(place)
        if sys.stdout is not None:  # whoever started us may have closed it
            sys.stdout.flush()
    for fault in faults:
        fail(str(fault), fault.status)


@contextmanager
def drawing(answer: Answer, keeping: Keeping) -> Iterator[Callable[[], None]]:
    """What counts the figures of an answer while it is written, for those of large ones take minutes."""
    from sim.runs.folders import nothing
    from sim.views.folders import number_of_figures

    if keeping.no_plots:
        with working("Writing tables"):
            yield nothing
        return
    with progress("Writing tables and plots", number_of_figures(answer)) as meter:
        yield meter


def noting(answer: Answer, **entries: Any) -> Answer:
    """An answer whose manifest says more."""
    return replace(answer, manifest=answer.manifest | entries)


def print_answer(
    answer: Answer,
    first: Headline,
    folder: Path,
    keeping: Keeping,
    extra_sheets: Sequence[Sheet],
    before: Sequence[str],
) -> None:
    """Print what an answer says, the evidence first where it is wanted; a JSON document takes all its tables."""
    from sim.views.language import message
    from sim.views.sheets.answer import sentences, sheets
    from sim.views.sheets.sheet import records
    from sim.views.words import sample

    document = document_in_hand()
    if document is not None:
        document["folder"] = str(folder)
        document["tables"] = {stem: records(frame) for stem, frame in answer.frames.items()}
    show_all = keeping.show_all and document is None
    for sheet in [*(sheets(answer) if show_all else ()), *extra_sheets]:
        show(sheet)
    for line in [*before, *(sentences(answer) if show_all else ())]:
        say(line)
    show_headline(first)
    basis = sample(answer).replace(" intervals,", " intervals in brackets,")
    hint = "" if keeping.show_all or document else message(" --all: every table.")
    say(message("{told}.", told=basis) + hint)


def pictures_in(folder: Path) -> set[str]:
    """The names of the pages and plots in a folder, whenever they were made."""
    return {path.name for path in folder.glob("*") if path.suffix in (".html", ".png")}


def where_it_lies(with_plots: bool, folder: Path, pictures: set[str] | None) -> str:
    """Where an answer lies, and which pages and plots of an earlier one went, if there was one."""
    from sim.views.language import message

    sentence = message("Tables lie in {folder}", folder=folder)
    if with_plots:
        sentence = message("Tables and plots lie in {folder}", folder=folder)
    if pictures is None:
        return sentence
    # They would show other numbers than the tables beside them.
    gone = ", ".join(sorted(pictures - pictures_in(folder)))
    sentence = message("{told}, in place of earlier ones", told=sentence)
    return message("{told}; gone with those: {files}", told=sentence, files=gone) if gone else sentence


@contextmanager
def told_of_full_output(place: str) -> Iterator[None]:
    """Where an answer cannot be printed, as on a full disk, say where it lies all the same."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        with suppress(OSError):
            sys.stdout.close()
        fail(f"The output cannot be written: {error.strerror or error}. {place}", status=1)


def saved_elsewhere(answer: Answer, folder: Path, error: ResultsError) -> Path:
    """The folder for things that pass in which an answer lies that could not be written to its own.

    Raises
    ------
    ResultsError
        The first one, if it cannot be written there either.
    """
    from sim.runs.folders import ResultsError
    from sim.views.folders import write_answer

    try:
        shelter = Path(tempfile.mkdtemp(prefix="corridor-")) / folder.name
        write_answer(answer, shelter, plots=False)
    except (OSError, ResultsError):
        raise error from None
    return shelter


@contextmanager
def at_work(unit: str, total: int, sampling: Sampling) -> Iterator[tuple[Perform, Meter]]:
    """What performs jobs, and the meter that counts them, under a progress bar."""
    with progress(unit, total, sampling.processes) as meter, performer_for(sampling, meter) as perform:
        yield perform, meter
        meter.expect(meter.done - meter.total)  # a search seldom needs all the runs that it may make
