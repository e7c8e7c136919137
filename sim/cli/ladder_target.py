"""The commands that name what binds, and what it takes to reach a target. Heavy imports stand inside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import performing, plain_errors, show, stdout, working
from sim.cli.meter import progress
from sim.cli.options import Number, Sampling, run_options

if TYPE_CHECKING:
    from sim.scenario.reading.read import Reading

corridor_option = click.option("--corridor", help="Corridor or flow asked about; default: the one with a target.")
year_option = click.option("--year", type=click.IntRange(1990, 2200), help="Year asked about; default: the last whole.")
out_option = click.option("--out", type=click.Path(path_type=Path), help="Folder of the answer; default: in results/.")


@click.command()
@click.argument("file")
@corridor_option
@year_option
@click.option("--rungs", type=click.IntRange(1, 50), default=4, show_default=True, help="Most rungs.")
@click.option(
    "--shortlist", type=click.IntRange(1, 1000), default=12, show_default=True, help="Capacities tried at each rung."
)
@click.option("--whole", is_flag=True, help="Run the whole horizon, not only the year and the one before.")
@out_option
@run_options
def ladder(
    file: str,
    corridor: str | None,
    year: int | None,
    rungs: int,
    shortlist: int,
    whole: bool,
    out: Path | None,
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
) -> None:
    """Find what binds in a scenario FILE, relieve it, run again, and name the next."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.ladder.ladder import ladder as climb
    from sim.views.sheets.ladder_target import ladder_notes, ladder_sheet, rung_line, tried_sheet, write_ladder

    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_ladder")
        check_replaceable(folder)
        replications = sampling.replications or reading.scenario.study.replications
        total = rungs * (shortlist + 6) * replications
        with progress("Runs", total) as meter, performing(sampling, meter) as perform:
            found = climb(
                reading,
                corridor=corridor,
                year=year,
                rungs=rungs,
                shortlist=shortlist,
                replications=replications,
                seed=sampling.seed,
                whole=whole,
                perform=perform,
                on_rung=lambda rung: meter.say(rung_line(rung)),
            )
            meter.expect(meter.done - meter.total)
        with working("Writing tables and plots"):
            write_ladder(found, folder, caption(reading, no_plots))
        if found.rungs:
            show(stdout(), ladder_sheet(found))
        for rung in found.tried["rung"].unique():
            show(stdout(), tried_sheet(found, int(rung)))
    say(*ladder_notes(found), f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


@click.command()
@click.argument("file")
@click.option("--target", "target_mt", type=Number(min=0, min_open=True), help="Mt; default: the scenario's.")
@corridor_option
@year_option
@click.option("--probability", type=Number(0, 1, True, True), default=0.8, show_default=True)
@click.option(
    "--discount",
    "discount_share",
    type=Number(0, 1),
    default=0.05,
    show_default=True,
    help="Rate a year at which later costs count less.",
)
@click.option("--given", multiple=True, metavar="NAME", help="Investment that stays as the file has it.")
@click.option(
    "--plans", type=click.IntRange(1, 100_000), default=48, show_default=True, help="Most plans run in the search."
)
@click.option(
    "--screening", type=click.IntRange(1, 1000), default=2, show_default=True, help="Replications of each of them."
)
@out_option
@run_options
def target(
    file: str,
    target_mt: float | None,
    corridor: str | None,
    year: int | None,
    probability: float,
    discount_share: float,
    given: tuple[str, ...],
    plans: int,
    screening: int,
    out: Path | None,
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
) -> None:
    """Say how probable a target of a scenario FILE is, and which investments reach it at the least cost.

    --replications are those of a plan that is confirmed over the whole horizon; default: 8.
    """
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.target.target import MOST_CONFIRMED, REPLICATIONS
    from sim.study.target.target import target as inquire
    from sim.views.sheets.ladder_target import (
        screened_sheet,
        search_line,
        target_answer,
        target_notes,
        target_sheet,
        write_target,
    )

    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_target")
        check_replaceable(folder)
        replications = sampling.replications or REPLICATIONS
        total = plans * screening + MOST_CONFIRMED * replications
        with progress("Runs", total) as meter, performing(sampling, meter) as perform:
            found = inquire(
                reading,
                target_mt=target_mt,
                corridor=corridor,
                year=year,
                probability=probability,
                discount_share=discount_share,
                given=given,
                plans=plans,
                screening=screening,
                replications=replications,
                seed=sampling.seed,
                perform=perform,
                on_search=lambda search: meter.say(search_line(search)),
            )
            meter.expect(meter.done - meter.total)
        with working("Writing tables and plots"):
            write_target(found, folder, caption(reading, no_plots))
        for sheet in (screened_sheet(found), target_sheet(found)):
            show(stdout(), sheet)
    say(*target_answer(found), *target_notes(found), f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


def caption(reading: Reading, no_plots: bool) -> str | None:
    """What figures say of their inputs; None if there are to be none."""
    from sim.scenario.reading.opening import ledger_of
    from sim.views.sheets.answers import assumed

    return None if no_plots else assumed(reading.resolved, ledger_of(reading))


def say(*lines: str) -> None:
    """Print sentences, one a line."""
    for line in lines:
        click.echo(line)
