"""The command that looks at the warm-up of a scenario. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.console import performer_for, plain_errors, show, stdout, working
from sim.cli.options import Sampling, run_options
from sim.cli.progress import progress


@click.command()
@click.argument("file")
@click.option("--days", type=click.IntRange(10, 3660), help="Days looked at; default: four warm-ups, at least 120.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default: results/<scenario>_warmup.")
@run_options
def warmup(
    file: str, days: int | None, out: Path | None, no_plots: bool, overrides: tuple[str, ...], sampling: Sampling
) -> None:
    """Watch a scenario FILE fill from empty: propose a warm-up by MSER-5, beside the one it states."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.warmup import warmup as observed
    from sim.views.sheets.warmup import verdict, warmup_sheet, write_warmup

    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_warmup")
        check_replaceable(folder)
        replications = sampling.replications or reading.scenario.study.replications
        with progress("Replications", replications) as meter, performer_for(sampling, meter) as perform:
            found = observed(reading, days=days, replications=replications, seed=sampling.seed, perform=perform)
        with working("Writing tables and plots"):
            write_warmup(found, reading.scenario.title, folder, plots=not no_plots)
        show(stdout(), warmup_sheet(found))
    click.echo(f"{found.replications} replications, seed {found.seed}. {verdict(found)}.")
    click.echo(f"The series{'' if no_plots else ' and their plot'} lie in {folder}")
