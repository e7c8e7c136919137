"""The commands, gathered, and pointers from those that went into others.

Each imports what is heavy inside itself, so that `corridor --help` answers at once.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

import click

from sim.cli.app import app
from sim.cli.arithmetic import arithmetic
from sim.cli.calibrate import calibrate
from sim.cli.compare import compare
from sim.cli.console import fail, say
from sim.cli.export import export
from sim.cli.forecast import forecast
from sim.cli.ladder import ladder
from sim.cli.manner import print_document, with_manner
from sim.cli.observe import observe
from sim.cli.options import examples
from sim.cli.plot import plot
from sim.cli.report import report
from sim.cli.run import run
from sim.cli.scenario import check_command, new_command, scenarios, sources
from sim.cli.study import study
from sim.cli.sweep import sweep
from sim.cli.target import target
from sim.cli.validate import validate
from sim.cli.verify import verify
from sim.cli.warmup import warmup
from sim.scenario.files import keep_own_rights

GROUPS: dict[str, tuple[click.Command, ...]] = {
    "Write and look at scenarios": (new_command, scenarios, check_command, sources, arithmetic),
    "Run": (run, app, study),
    "Compare and vary": (compare, sweep, forecast, ladder, target),
    "Show and hand on": (report, plot, export),
    "Hold against what is known": (verify, validate, observe, calibrate, warmup),
}
"""The commands by what a user does, in the order of `corridor --help`."""

POINTERS = {
    "chart": "corridor plot DIR --chart NAME",
    "sensitivity": "corridor forecast FILE --conclusion TEXT",
    "schema": "corridor new --kind schema [FILE]",
}
"""Commands that are no more, and what does their work."""


def pointer_to(name: str, command: str) -> click.Command:
    """A command that takes any words, does nothing, and is in no list."""

    @click.command(
        name,
        hidden=True,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def pointer() -> None:
        fail(f"corridor {name} is now: {command}")

    return pointer


class Program(click.Group):
    """The command, which lists its commands in groups, and says in one line that its output cannot be written."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under what a user does with them, each with its whole first sentence."""
        for title, members in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(str(member.name), member.get_short_help_str(1000)) for member in members])

    def invoke(self, ctx: click.Context) -> Any:
        """Do a command, and print its JSON document, if it was asked for, when all is in it."""
        is_done = False
        try:
            value = super().invoke(ctx)
            is_done = True
            return value
        finally:
            print_document(is_done)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command, see click, and see that all it printed has left us."""
        try:
            try:
                return super().main(*args, **extra)
            finally:
                # What is flushed only as Python ends would end in an error that nobody can catch.
                if sys.stdout is not None and not sys.stdout.closed:
                    sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            with suppress(OSError):
                sys.stdout.close()
            fail(f"The output cannot be written: {error.strerror or error}")


@click.group(
    "corridor",
    cls=Program,
    epilog=examples("compare altynkol_paper altynkol_tez -n 3"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="corridor-simulator", prog_name="corridor")
def program() -> None:
    """Simulate rail freight between China, Kazakhstan and Europe: paper or Tez Customs, and the Middle Corridor."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="spelled")  # titles hold letters that not every terminal has
    if keep_own_rights():
        say("The umask would close new files to yourself; yours stay open to you.", err=True)


for members in GROUPS.values():
    for member in members:
        program.add_command(with_manner(member))
for name, replacement in POINTERS.items():
    program.add_command(pointer_to(name, replacement))
