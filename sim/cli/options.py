"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import click

Command = Callable[..., Any]


@dataclass(frozen=True)
class Sampling:
    """How often to run, under which seed and in how many processes; None: as the file, or the machine, says."""

    replications: int | None = None
    seed: int | None = None
    workers: int | None = None

    def else_as(self, replications: int, seed: int) -> Sampling:
        """The same, with a number of replications and a seed where none was given."""
        return replace(
            self,
            replications=self.replications or replications,
            seed=seed if self.seed is None else self.seed,
        )


def sampling_options(command: Command) -> Command:
    """`--replications`, `--seed` and `--workers`, handed to a command as `sampling`."""

    @wraps(command)
    def gathered(*, replications: int | None, seed: int | None, workers: int | None, **others: Any) -> Any:
        return command(sampling=Sampling(replications, seed, workers), **others)

    options = (
        click.option("--replications", type=click.IntRange(2, 100_000), help="Repetitions; default: as the file says."),
        click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed; default: as the file says."),
        click.option("--workers", type=click.IntRange(1, 1024), help="Processes at work; default: one a core."),
    )
    return with_options(gathered, options)


set_option = click.option(
    "--set",
    "overrides",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change a number, e.g. places.dostyk.forming.crews=4.",
)


def run_options(command: Command) -> Command:
    """The options of every command that runs scenarios and keeps the results."""
    options = (click.option("--no-plots", is_flag=True, help="Write the tables only."), set_option)
    return sampling_options(with_options(command, options))


def with_options(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    """A command with options, in the order in which `--help` lists them."""
    for option in reversed(options):
        command = option(command)
    return command
