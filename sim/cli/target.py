"""The command that asks what it takes to reach a target. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.console import caption, performer_for, plain_errors, say, show, stdout, working
from sim.cli.options import Number, Sampling, corridor_option, out_option, run_options, year_option
from sim.cli.progress import progress


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
    from sim.views.sheets.target import (
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
        with progress("Runs", total) as meter, performer_for(sampling, meter) as perform:
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
