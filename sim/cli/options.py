"""Options that several commands share."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from sim.cli.manner import keep, language_written
from sim.scenario.arguments import is_scheduler
from sim.scenario.files import STDIN
from sim.scenario.problems import did_you_mean, shown

Command = Callable[..., Any]


def examples(*lines: str) -> str:
    """What ends the help of a command: lines as a user types them, which run as they stand, one after the other."""
    return "\n".join(["\b", "Example:", *(f"  corridor {line}" for line in lines)])


corridor_option = click.option("--corridor", help="Corridor or flow asked about; default: the one with a target.")
worlds_option = click.option(
    "--worlds",
    type=click.IntRange(0, 10_000),
    default=40,
    show_default=True,
    help="Draws of all that is not known in which what is found is run, the same for all; 0: none.",
)
year_option = click.option("--year", type=click.IntRange(1990, 2200), help="Year asked about; default: the last whole.")


CONTROLS = frozenset((*range(32), *range(127, 160)))


class UserPath(click.Path):
    """A path as a shell would read it: `~` is the home folder also where the shell leaves it, as in `--out=~/x`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, its home folder written out; without control characters, which would forge lines of a message."""
        if value == "-" and self.allow_dash:
            return STDIN
        if not str(value) or not {*map(ord, str(value))}.isdisjoint(CONTROLS):
            self.fail("is empty" if not str(value) else f"{shown(str(value))}: has control characters", param, ctx)
        try:
            return super().convert(Path(value).expanduser(), param, ctx)
        except RuntimeError as error:
            self.fail(f"{value}: {error}", param, ctx)


class OneOf(click.Choice):  # type: ignore[type-arg,unused-ignore]
    """One of some words; another one that comes near is told which may have been meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The word."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            hint = did_you_mean(value, map(str, self.choices)) or "."
            self.fail(error.message.rstrip(".") + hint, param, ctx)


class ScenarioFile(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A scenario by its path or the name of a shipped one, or `-` for the standard input."""

    name = "scenario"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name or path; the standard input goes by the name that messages give it."""
        return str(STDIN) if value == "-" else str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The shipped scenarios and the files that begin so; else whatever files the shell knows."""
        from sim.scenario.reading.layers import shipped_names

        names = [name for name in shipped_names() if name.startswith(incomplete)]
        home = Path(incomplete) if incomplete.endswith("/") else Path(incomplete).parent
        files = [str(path) for path in sorted(home.glob("*.toml")) if str(path).startswith(incomplete)]
        return [CompletionItem(word) for word in (*names, *files)] or [CompletionItem(incomplete, type="file")]


PATH, PATH_IN = UserPath(path_type=Path), UserPath(path_type=Path, allow_dash=True)
"""A path to write or to look into, and one of a table to read, which may be `-`."""
SCENARIO = ScenarioFile()


def usable_processors() -> int:
    """Processors that this process may use: others may be closed to it, as by `taskset`."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Sampling:
    """How often to run, under which seed, who does it, and where it is kept; None: as the file, or the machine, says.

    `cluster` is the address of a scheduler or `local`, `study` the folder of a durable study, `engine` what runs.
    """

    replications: int | None = None
    seed: int | None = None
    workers: int | None = None
    cluster: str | None = None
    study: Path | None = None
    engine: str | None = None

    @property
    def processes(self) -> int:
        """Processes at work."""
        return self.workers or usable_processors()

    def else_as(self, replications: int, seed: int) -> Sampling:
        """The same, with a number of replications and a seed where none was given."""
        return replace(
            self,
            replications=self.replications or replications,
            seed=seed if self.seed is None else self.seed,
        )


@dataclass(frozen=True)
class Keeping:
    """Where an answer goes, whether with plots, the changes to the scenario that it is about, and its name.

    `force` lets it take the place of an answer to another question; `show_all` prints its tables, too.
    """

    out: Path | None
    no_plots: bool
    overrides: tuple[str, ...] = ()
    name: str | None = None
    force: bool = False
    show_all: bool = False


def sampling_options(command: Command, fewest: int = 2) -> Command:
    """`--replications`, `--seed` and all that says who does the work, handed to a command as `sampling`.

    `fewest` is the least number of replications with which the command can answer.
    """

    @wraps(command)
    def with_sampling(**arguments: Any) -> Any:
        sampling = Sampling(**{option.name: arguments.pop(option.name) for option in fields(Sampling)})
        return command(sampling=sampling, **arguments)

    options = (
        click.option("-n", "--replications", type=click.IntRange(fewest, 100_000), help="Default: as the file says."),
        click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed; default: as the file says."),
        workers_option,
        click.option(
            "--cluster",
            metavar="ADDRESS",
            callback=scheduler,
            help="Dask scheduler that hands out the work, tcp://host:port; `local` starts one here.",
        ),
        click.option(
            "--study",
            metavar="DIR",
            type=PATH,
            help="Keep every finished replication in DIR, and do none again that lies there.",
        ),
        click.option(
            "--engine",
            type=OneOf(["auto", "compiled", "simpy"]),
            help="What runs; default: auto, the compiled engine where it is installed. Results are the same.",
        ),
    )
    return with_options(with_sampling, options)


@contextmanager
def told_of_option(option: str) -> Iterator[None]:
    """Name the option whose text is refused as the address of a KPI: it may be one of several."""
    from sim.scenario.addresses import AddressError

    try:
        yield
    except AddressError as error:
        raise AddressError(f"{option}: {error}") from None


class Number(click.FloatRange):
    """A number in a range; what is no number, or none that is finite, lies in no range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number that a text means."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return number


def scheduler(context: click.Context, option: click.Parameter, address: str | None) -> str | None:
    """The address of a scheduler, or `local`."""
    if address is not None and address != "local" and not is_scheduler(address):
        raise click.BadParameter(f"'{address}' is not `local` and not an address such as tcp://host:8786")
    return address


workers_option = click.option(
    "-j", "--workers", type=click.IntRange(1, 1024), help="Processes at work; default: one a core."
)
set_option = click.option(
    "--set",
    "overrides",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change a value, e.g. places.dostyk.forming.crews=4; a value of +1 adds 1 to what is stated, -1 takes 1 away.",
)


def stated_name(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """A name, which has letters: that of an empty shell variable would be passed over without a word."""
    if name is not None and not name.strip():
        raise click.BadParameter("is empty")
    return name


name_option = click.option(
    "--name", callback=stated_name, help="Name of the scenario under --set; default: made of the changes."
)
force_option = click.option("--force", is_flag=True, help="Replace results of another scenario or question, too.")
all_option = click.option("-v", "--all", "--verbose", "show_all", is_flag=True, help="Print every table, too.")
no_plots_option = click.option("--no-plots", is_flag=True, help="Write the tables only.")


def spoken_in(context: click.Context, option: click.Parameter, language: str) -> str:
    """Have the command that runs speak a language until it ends, as far as the terminal can write it."""
    from sim.views.language import speaking

    context.with_resource(speaking(language_written(keep(context, option, language))))
    return language


lang_option = click.option(
    "--lang",
    type=OneOf(["en", "ru", "zh"]),
    default="en",
    show_default=True,
    expose_value=False,
    callback=spoken_in,
    help="Language of the answer and its figures: English, Russian or Chinese.",
)


def out_option(default: str) -> Callable[[Command], Command]:
    """The folder of an answer, by default `default`."""
    return click.option("-o", "--out", type=PATH, help=f"Folder of the answer; default: {default}.")


def run_options(default: str, fewest: int = 2) -> Callable[[Command], Command]:
    """The options of every command that runs scenarios and keeps the results in a folder, by default `default`."""

    def with_all(command: Command) -> Command:
        @wraps(command)
        def with_keeping(**arguments: Any) -> Any:
            keeping = Keeping(**{option.name: arguments.pop(option.name) for option in fields(Keeping)})
            return command(keeping=keeping, **arguments)

        keeping_options = (out_option(default), no_plots_option, set_option, name_option, force_option, all_option)
        return sampling_options(with_options(with_keeping, keeping_options), fewest)

    return with_all


def with_options(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    """A command with options, in the order in which `--help` lists them."""
    for option in reversed(options):
        command = option(command)
    return command
