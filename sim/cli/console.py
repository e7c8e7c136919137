"""The console: messages, progress, tables. Where the program prints, and where it exits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import Console

    from sim.cli.options import Sampling
    from sim.scenario.read import Reading
    from sim.study.replicate import Replication
    from sim.study.results import Results
    from sim.views.answers import Sheet


def fail(message: str, status: int = 2) -> NoReturn:
    """Say what is wrong and stop."""
    click.echo(message, err=True)
    sys.exit(status)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the errors a user can cause into one message each, and exit status 2."""
    from concurrent.futures.process import BrokenProcessPool

    from sim.model.deadlock import DeadlockError
    from sim.scenario.read import ScenarioError
    from sim.study.compare import CompareError
    from sim.study.results import ResultsError
    from sim.views.fits import PageError

    try:
        yield
    except ScenarioError as error:
        count = len(error.problems)
        fail(f"{error}\n{count} problem{'s' if count > 1 else ''}; nothing was run, nothing was written.")
    except (OverflowError, DeadlockError) as error:
        fail(f"{error}\nNothing was written.")
    except BrokenProcessPool:
        fail("A worker process was killed, perhaps for lack of memory: try fewer --workers. Nothing was written.", 1)
    except (ResultsError, CompareError, PageError) as error:
        fail(f"{error}\nNothing was written.")
    except KeyboardInterrupt:
        fail("\nStopped; nothing was written.", status=1)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar that moves on by one of `total` at each call of what this yields."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def simulated(readings: list[Reading], sampling: Sampling) -> list[Results]:
    """Run scenarios one after the other under one progress bar, and warn of what arithmetic contradicts."""
    import os

    from sim.study.contradictions import contradictions
    from sim.study.experiment import run as run_study

    total = sum(sampling.replications or reading.scenario.study.replications for reading in readings)
    with progress("Replications", total) as advance:

        def on_done(replication: Replication) -> None:
            advance()

        workers = sampling.workers or os.cpu_count() or 1
        several = [
            run_study(reading, replications=sampling.replications, seed=sampling.seed, workers=workers, on_done=on_done)
            for reading in readings
        ]
    for results in several:
        for said in contradictions(results):
            click.echo(f"Against arithmetic, {results.name}: {said}.", err=True)
    return several


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say what goes on while it does, on a terminal only."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} ..."):
        yield


def stdout() -> Console:
    """The console results are printed on; wide where nobody watches, so that no cell is cut."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=200)


def show(console: Console, sheet: Sheet, before: str = "") -> None:
    """Print a sheet as a table."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    console.print(f"[bold]{escape(before + sheet.title)}[/bold]")
    table = Table(box=box.SIMPLE)
    for head in sheet.heads:
        table.add_column(escape(head), overflow="fold")
    for row in sheet.rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
    if sheet.note:
        console.print(escape(sheet.note))
