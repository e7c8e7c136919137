"""The command that names what binds. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.console import caption, performer_for, plain_errors, say, show, stdout, working
from sim.cli.options import Sampling, corridor_option, out_option, run_options, year_option
from sim.cli.progress import progress


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
    from sim.views.sheets.ladder import ladder_notes, ladder_sheet, rung_line, tried_sheet, write_ladder

    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_ladder")
        check_replaceable(folder)
        replications = sampling.replications or reading.scenario.study.replications
        total = rungs * (shortlist + 6) * replications
        with progress("Runs", total) as meter, performer_for(sampling, meter) as perform:
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
