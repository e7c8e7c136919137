"""Running until results are precise enough: the options, and the work under a progress bar."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sim.cli.console import fail, performer_for, say, warn_of_doubts
from sim.cli.options import Command, Sampling, told_of_option, with_options
from sim.cli.progress import progress
from sim.scenario.problems import listing

if TYPE_CHECKING:
    from sim.runs.precision import Aim, Precise, Rows
    from sim.runs.results import Results
    from sim.scenario.reading.read import Reading


SHARE = re.compile(r"0?\.0*[1-9]\d*")
"""A share between 0 and 1 as digits."""


COMPANIONS = ("precision_of", "fewest", "most")
"""Parameters that say more of `--precision`."""


class PercentType(click.ParamType[float]):
    """A percentage such as `2%`, as a share."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share that a text means; without its sign it is refused, for 2 and 0.02 look alike."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            percent = float(text.removesuffix("%")) if text.endswith("%") else -1.0
        except ValueError:
            percent = -1.0
        if not 0 < percent <= 1000:
            hint = f"; for the share {text} write {100 * float(text):g}%" if SHARE.fullmatch(text) else ""
            self.fail(f"{value!r} is not a percentage above 0, such as 2%{hint}", param, ctx)
        return percent / 100


@dataclass(frozen=True)
class Precision:
    """What the options say of precision; `share` None: run as often as the file or `--replications` says."""

    share: float | None
    measures: tuple[str, ...]
    fewest: int
    most: int

    def aim(self, reading: Reading, sampling: Sampling) -> Aim | None:
        """What is precise enough, by the options and a scenario; None if nothing was said.

        Raises
        ------
        AddressError
            If a measure names what the scenario does not have.
        """
        if self.share is None:
            source = click.get_current_context().get_parameter_source
            names = [name for name in COMPANIONS if source(name) is ParameterSource.COMMANDLINE]
            if names:
                option = f"--{names[0].replace('_', '-')}"
                fail(f"{option} has no effect without --precision, e.g. 2%, which says how precise.")
            return None
        if sampling.replications is not None:
            fail("--precision finds the number of replications: leave out --replications, or limit it by --most.")
        if self.fewest > self.most:
            fail(f"{told('fewest', self.fewest)} is more than {told('most', self.most)}")
        from sim.measure.vocabulary import known_address

        with told_of_option("--precision-of"):
            measures = tuple(known_address(text, reading.scenario) for text in self.measures)
        from sim.measure.addresses import headline_addresses
        from sim.runs.precision import Aim

        return Aim(self.share, measures or headline_addresses(reading.scenario), self.fewest, self.most)


def told(option: str, value: int) -> str:
    """An option with its value, and whether that is only its default."""
    source = click.get_current_context().get_parameter_source(option)
    return f"--{option} {value}{', the default,' if source is ParameterSource.DEFAULT else ''}"


def precision_options(command: Command) -> Command:
    """`--precision` and its companions, handed to a command as `precision`."""

    @wraps(command)
    def with_precision(
        *, precision: float | None, precision_of: tuple[str, ...], fewest: int, most: int, **arguments: Any
    ) -> Any:
        return command(precision=Precision(precision, precision_of, fewest, most), **arguments)

    options: tuple[Callable[[Command], Command], ...] = (
        click.option(
            "--precision",
            type=PercentType(),
            help="Run until every interval reaches so many percent of its mean either way, e.g. 2%.",
        ),
        click.option(
            "--precision-of",
            metavar="KPI[:PLACE[:FLOW[:PERIOD]]]",
            multiple=True,
            help="Measure that is to be precise; default: clearance, dwell, transit and throughput, last full year.",
        ),
        click.option(
            "--fewest", type=click.IntRange(2, 100_000), default=5, show_default=True, help="Least replications."
        ),
        click.option(
            "--most", type=click.IntRange(2, 100_000), default=100, show_default=True, help="Most replications."
        ),
    )
    return with_options(with_precision, options)


def precisely(
    readings: Sequence[Reading], sampling: Sampling, aim: Aim, rows: Rows | None = None, level: float | None = None
) -> tuple[list[Results], Precise]:
    """Run scenarios until they are precise enough, under a progress bar that may end early."""
    from sim.runs.precision import of_each, run_precisely
    from sim.runs.replicate import each_once

    warn_of_doubts(readings)
    of_each_scenario = " of each scenario" if len(readings) > 1 else ""
    say(
        f"To run: {aim.fewest} to {aim.most} replications{of_each_scenario}, until the interval of each of these "
        f"reaches {100 * aim.share:g} % of its mean either way, and stays so: {listing(map(str, aim.measures))}.",
        err=True,
    )
    with (
        progress("Replications, at most", aim.most * len(readings), sampling.processes) as meter,
        performer_for(sampling, meter) as perform,
    ):
        batch = sampling.processes
        perform_once = each_once(perform)
        return run_precisely(
            readings, perform_once, aim, seed=sampling.seed, batch=batch, rows=rows or of_each, level=level
        )
