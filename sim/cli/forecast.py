"""The command that asks what comes about over all that is not known. Heavy imports stand inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sim.cli.console import fail, plain_errors, warn_of_cost, warn_of_doubts
from sim.cli.frame import at_work, commission_of, deliver, named, place_for
from sim.cli.options import SCENARIO, Keeping, Sampling, examples, lang_option, run_options
from sim.cli.precision import PercentType

if TYPE_CHECKING:
    from sim.scenario.reading.read import Reading
    from sim.study.forecast.outcome import Outcome


@click.command(epilog=examples("forecast altynkol_sweep --worlds 20"))
@click.argument("files", nargs=-1, required=True, metavar="FILE [FILE]", type=SCENARIO)
@click.option(
    "--worlds",
    type=click.IntRange(2, 20_000),
    help="Draws of the unknown, half of them at the target of an offer; default: as the file says.",
)
@click.option(
    "--conclusion",
    "conclusions",
    multiple=True,
    metavar="TEXT",
    help="Such as 'throughput_mt:all:titr:2030 >= 10'; of two files 'journey_days difference < -1'.",
)
@click.option(
    "--precision",
    type=PercentType(),
    help="End where the chance of the target, or of the first conclusion, is so sure either way, e.g. 5%.",
)
@click.option("--prior", is_flag=True, help="Draw from the ranges as stated, and not from what the record left.")
@lang_option
@run_options("results/<A>_forecast", fewest=1)
def forecast(
    files: tuple[str, ...],
    worlds: int | None,
    conclusions: tuple[str, ...],
    precision: float | None,
    prior: bool,
    keeping: Keeping,
    sampling: Sampling,
) -> None:
    """Say with what chance a target is reached and conclusions hold, over all that a scenario FILE says is unknown.

    Of two files: what the second makes of the same worlds less what the first does. --replications are those of each
    world; default: 1.
    """
    if len(files) > 2:
        fail(f"forecast takes one scenario, or two to be told apart (got {len(files)})")
    with plain_errors():
        from sim.scenario.reading.opening import ledger_cited

        readings = read_apart(files, keeping)
        for reading in readings:
            ledger_cited(reading)
        warn_of_doubts(readings)
        commission = commission_of(readings, keeping)
        name = keeping.name or "_vs_".join(reading.name for reading in readings)
        folder = place_for(f"{name}_forecast", commission, keeping)
        from sim.study.forecast.plan import plan_forecast

        plan = plan_forecast(
            readings,
            {"worlds": worlds, "conclusions": conclusions or None},
            replications=sampling.replications,
            seed=sampling.seed,
            half_width=precision,
            prior=prior,
        )
        warn_of_cost([reading.scenario for reading in readings], plan.runs // len(readings), sampling.engine)
        from sim.study.forecast.forecast import run_forecast
        from sim.views.sheets.forecast.headline import forecast_line, stop_lines

        stops: list[str] = []

        def tell(outcome: Outcome) -> None:
            """What is known so far; how traffic stops where it does is told when all is run."""
            meter.say(forecast_line(outcome))
            stops[:] = stop_lines(outcome)

        with at_work("Replications", plan.runs, sampling) as (perform, meter):
            answer = run_forecast(plan, perform, tell)
        deliver(answer, folder, keeping, commission, before=stops)


def read_apart(files: Sequence[str], keeping: Keeping) -> list[Reading]:
    """The scenarios, under names that differ: of two files of one name, each has that of its folder, too."""
    from sim.scenario.naming import told_apart
    from sim.scenario.reading.opening import load

    readings = [load(file, keeping.overrides) for file in files]
    if len(readings) == 1:
        return [named(readings[0], keeping)]
    names = told_apart([reading.name for reading in readings], [reading.files[0] for reading in readings])
    return [replace(reading, name=name) for reading, name in zip(readings, names, strict=True)]
