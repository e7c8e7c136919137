"""The console: messages and tables. Where the program prints, and where it exits."""

from __future__ import annotations

import codecs
import errno
import sys
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

import click

from sim.cli.manner import document_in_hand, is_quiet
from sim.cli.progress import progress
from sim.cli.stopping import status_of, stoppable
from sim.cli.tables import SCREEN, folded_text, in_column, narrow_table, screen_width, sheet_lines
from sim.scenario.files import reason_of
from sim.scenario.problems import CorridorError, ScenarioError, printable

if TYPE_CHECKING:
    from sim.cli.options import Sampling
    from sim.runs.replicate import Perform, Replication
    from sim.runs.results import Results
    from sim.scenario.problems import Problem
    from sim.scenario.reading.read import Reading
    from sim.scenario.schema import Scenario
    from sim.views.sheets.sheet import Headline, Sheet


MOST_BESIDE = 10
"""Doubts that are told beside problems."""


SPELLED = dict.fromkeys("−–—─", "-") | dict.fromkeys("“”„", '"') | dict.fromkeys("’‘", "'")
SPELLED |= {"→": "->", "×": "x", "≤": "<=", "≥": ">=", "·": ".", "ə": "e", "ı": "i"}
"""Signs that ASCII has not, as it can write them."""


def ascii_spelling(error: UnicodeError) -> tuple[str, int]:
    """The signs that a terminal cannot show as it can: without their accents, else as `SPELLED`; "?" for a letter."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    plain = (unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() for letter in letters)
    return "".join(SPELLED.get(letter) or one or "?" for letter, one in zip(letters, plain, strict=True)), error.end


codecs.register_error("spelled", ascii_spelling)


def say(text: object, err: bool = False) -> None:
    """Print a line, a remark on stderr; whatever file its words come from, a terminal only shows them."""
    document = document_in_hand()
    if document is not None and not err:
        document["remarks"] += str(text).splitlines()
    elif not (err and is_quiet()):
        click.echo(printable(str(text)), file=sys.stderr if err else sys.stdout)


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what is wrong and stop; the status tells it, too, where nobody can be told in words."""
    with suppress(OSError):
        click.echo(printable(message), err=True)
    sys.exit(status)


def doubts_told(readings: Sequence[Reading]) -> list[Problem]:
    """What may be wrong with scenarios and stops no run of them, each once."""
    from sim.scenario.reading.opening import citations_doubted, doubts, ledger_of

    problems = [problem for reading in readings for problem in doubts(reading)]
    problems += [problem for reading in readings for problem in citations_doubted(reading, ledger_of(reading))]
    return list(dict.fromkeys(problems))


def warn_of_doubts(readings: Sequence[Reading]) -> None:
    """Name the first of what scenarios state that no run reads, the map says otherwise, or no fact stands behind."""
    tell_first(doubts_told(readings), 10, "; corridor check names more of them")


def tell_first(problems: Sequence[Problem], most: int, hint: str = "") -> None:
    """Name the first of some doubts, and say how many more there are, and who names them."""
    for problem in problems[:most]:
        say(problem, err=True)
    if len(problems) > most:
        say(f"{len(problems) - most:,} doubts more{hint}.", err=True)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the errors a user can cause into one message each, with the exit status and the last words of the error."""
    try:
        with stoppable():
            yield
    except CorridorError as error:
        fail(f"{error}\n{doubt_lines(error)}{error.outcome}", error.status)
    except KeyboardInterrupt as stop:
        fail(f"\nStopped; nothing was written.{way_to_keep()}", status_of(stop))
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        fail(f"{error.filename or 'The system'}: {reason_of(error)}")


def doubt_lines(error: CorridorError) -> str:
    """What else is doubtful in a scenario that is refused, so that one round of mending does: lines, or nothing."""
    if not isinstance(error, ScenarioError) or error.remainder is None:
        return ""
    from sim.scenario.reading.opening import doubts_beside

    problems = doubts_beside(error)
    more = [f"{len(problems) - MOST_BESIDE:,} doubts more."] if len(problems) > MOST_BESIDE else []
    lines = [*map(str, problems[:MOST_BESIDE]), *more]
    return "".join(f"{line}\n" for line in ["In doubt besides, where no run would stop:", *lines] if lines)


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Have a warning of a run say what it says, and not where in the program."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_: say(f"{message}.", err=True)
        yield


def way_to_keep() -> str:
    """How the command that runs keeps what is finished when it is stopped, if it can and was not told to."""
    context = click.get_current_context(silent=True)
    if context is None or "--study" not in {name for option in context.command.params for name in option.opts}:
        return ""
    if context.params.get("study"):
        return ""
    return "\nWith --study FOLDER it keeps each finished replication, and the same command goes on from there."


@contextmanager
def performer_for(sampling: Sampling, on_done: Callable[[Replication], None]) -> Iterator[Perform]:
    """What performs jobs as the options say: here, in processes or by a cluster, out of a study and into it."""
    from contextlib import ExitStack

    from sim.engine.sandbox import obstacle
    from sim.model.deadlock import DeadlockError
    from sim.runs.cluster import cluster_executor
    from sim.runs.durable import open_study
    from sim.runs.replicate import performer

    workers, engine = sampling.processes, sampling.engine or "auto"
    if engine == "auto" and (problem := obstacle()):
        say(f"Run by SimPy, which takes longer: {problem}.", err=True)
    numbers_done: list[int] = []

    def count(replication: Replication) -> None:
        numbers_done.append(replication.index)
        on_done(replication)

    with ExitStack() as stack, plain_warnings():
        study = stack.enter_context(open_study(sampling.study)) if sampling.study else None
        executor = stack.enter_context(cluster_executor(sampling.cluster, workers)) if sampling.cluster else None
        try:
            with performer(workers, count, executor, study, engine) as perform:
                yield perform
        except DeadlockError as error:
            if study:
                fail(f"{error}\nNo results were written; what is finished lies in {study.folder}.")
            raise
        except CorridorError as error:
            # Who refuses does not know whether anything ran before.
            if numbers_done and "nothing was run" in error.outcome.lower():
                error.outcome = "Nothing was written."
            raise
        except KeyboardInterrupt as stop:
            if study:
                message = f"\nStopped; what is finished lies in {study.folder}: the same command goes on from there."
                fail(message, status_of(stop))
            raise


SCENARIOS_NAMED = 2


def warn_of_unsettled(readings: Iterable[Reading]) -> None:
    """Name what is overloaded, or still fills when measuring begins, each sentence once with its scenarios."""
    from sim.study.arithmetic.loads import unsettled

    unsettled_by_name = {reading.name: unsettled(reading.scenario) for reading in readings}
    for sentence in dict.fromkeys(sentence for sentences in unsettled_by_name.values() for sentence in sentences):
        names = [name for name, sentences in unsettled_by_name.items() if sentence in sentences]
        # Those that were asked for stand first; the others a study made of them.
        more = f" and {len(names) - SCENARIOS_NAMED} more" if len(names) > SCENARIOS_NAMED else ""
        say(f"{', '.join(names[:SCENARIOS_NAMED])}{more}: {sentence}.", err=True)


POINTS_RECKONED = 20
HOUR_S = 3600


def warn_of_cost(scenarios: Sequence[Scenario], replications: int, engine: str | None = None) -> None:
    """Say of several scenarios how many runs they are; and the hours of a core, reckoned at a few, if it is one."""
    from sim.engine.sandbox import obstacle
    from sim.scenario.checks.bounds import trains_sent
    from sim.scenario.checks.plausible import TRAIN_S
    from sim.scenario.problems import how_many

    few = scenarios[:: max(1, len(scenarios) // POINTS_RECKONED)]
    trains = [sum(number for _, number in trains_sent(scenario, scenario.calendar)) for scenario in few]
    runs = len(scenarios) * replications
    if len(scenarios) > 1:
        of_each = how_many(replications, "replication")
        say(f"To run: {len(scenarios)} scenarios, {of_each} of each: {runs:,} in all.", err=True)
    train_s = TRAIN_S["simpy" if engine == "simpy" or obstacle() else "compiled"]
    hours = sum(trains) / len(few) * runs * train_s / HOUR_S
    if hours >= 1:
        say(f"{runs:,} replications may take some {hours:,.0f} hours of a core, shared by the processes.", err=True)


def simulated(readings: list[Reading], sampling: Sampling) -> list[Results]:
    """Run scenarios one after the other under one progress bar, and warn of what arithmetic contradicts."""
    from sim.measure.vocabulary import check_stated
    from sim.scenario.reading.opening import ledger_cited

    for reading in readings:
        check_stated(reading)
        ledger_cited(reading)
    warn_of_doubts(readings)
    from sim.runs.replicate import each_once, scenario_text
    from sim.runs.run import run as run_study
    from sim.study.arithmetic.loads import contradictions
    from sim.views.sheets.run import Running

    warn_of_unsettled(readings)
    # Two files may come to the same scenario, as paper does under the order of works that it states: one run does.
    scenarios = {scenario_text(reading.scenario): reading.scenario for reading in readings}.values()
    total = sum(sampling.replications or scenario.study.replications for scenario in scenarios)
    warn_of_cost([*scenarios], total // len(scenarios), sampling.engine)
    under_way = iter([Running(reading.name, reading.scenario) for reading in readings])
    with progress("Replications", total, sampling.processes) as meter:

        def on_done(replication: Replication) -> None:
            current.add(replication)
            meter.say(str(current))
            meter(replication)

        with performer_for(sampling, on_done) as perform:
            results = []
            perform_once = each_once(perform)
            for reading in readings:
                current = next(under_way)
                results.append(
                    run_study(reading, replications=sampling.replications, seed=sampling.seed, perform=perform_once)
                )
    for line in (f"{run.name}: {contradiction}" for run in results for contradiction in contradictions(run)):
        say(f"Against arithmetic, {line}.", err=True)
    return results


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say what goes on while it does; where nobody watches, in a line of its own."""
    from rich.console import Console

    console = Console(stderr=True)
    if is_quiet() or not console.is_terminal:
        say(f"{what} ...", err=True)
        yield
        return
    with console.status(f"{what} ..."):
        yield


def show(sheet: Sheet) -> None:
    """Print a sheet as a table as wide as the screen; into a JSON document go the numbers behind it."""
    document = document_in_hand()
    if document is not None:
        document["tables"][sheet.title] = sheet.records
        return
    click.secho(printable(sheet.title), file=sys.stdout, bold=True)
    width = screen_width()
    say("\n".join(["", *sheet_lines(sheet, width), ""]))
    if sheet.note:
        say(folded_text(sheet.note, width))


def show_headline(headline: Headline) -> None:
    """Print an answer before its evidence: its sentences, then its numbers, in the width of the smallest screen."""
    document = document_in_hand()
    if document is not None:
        document["headline"] = headline.document
        return
    from sim.views.language import columns_of

    widest = max((columns_of(name) for name, _ in headline.parts), default=0)
    for name, text in headline.parts:
        say(folded_text(text, SCREEN - 1, in_column(f"{name}: ", max(10, widest + 2), is_number=False)))
    if headline.numbers is not None and headline.numbers.rows:
        say("\n".join(narrow_table(headline.numbers)))
