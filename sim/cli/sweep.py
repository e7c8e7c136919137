"""The command that runs a scenario at points around it. Heavy imports stand inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import performer_for, plain_errors, show, stdout, working
from sim.cli.factors import FACTOR_FORM, ranges
from sim.cli.options import Sampling, run_options
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.runs.replicate import Perform


@click.command()
@click.argument("file")
@click.option("--factor", "said", multiple=True, metavar="KEY=RANGE", help=f"{FACTOR_FORM}; instead of the file's.")
@click.option("--design", type=click.Choice(["grid", "latin_hypercube", "sobol"]), help="How the points are laid out.")
@click.option("--levels", type=click.IntRange(2, 1000), help="Grid: values of each range.")
@click.option("--points", type=click.IntRange(1, 100_000), help="Latin hypercube and Sobol: number of points.")
@click.option(
    "--kpi",
    "measures",
    metavar="KPI[:PLACE[:FLOW[:PERIOD]]]",
    multiple=True,
    help="Draw this KPI, e.g. throughput_mt:all:titr:2030.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the sweep; default: results/<scenario>_sweep.")
@run_options
def sweep(
    file: str,
    said: tuple[str, ...],
    design: str | None,
    levels: int | None,
    points: int | None,
    measures: tuple[str, ...],
    out: Path | None,
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
) -> None:
    """Run a scenario FILE at points around it, as its [sweep] or the options say."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.sweep.sweep import plan_sweep, run_sweep
    from sim.views.sheets.sweep import rounded_words, sample, sweep_sheet, write_sweep

    asked = {
        "factors": ranges(said),
        "design": design,
        "levels": levels,
        "points": points,
        "measures": measures or None,
    }
    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_sweep")
        check_replaceable(folder)
        plan = plan_sweep(reading, asked, replications=sampling.replications, seed=sampling.seed)
        with at_work(sampling, plan.runs) as perform:
            results = run_sweep(plan, perform)
        with working("Writing tables and plots"):
            write_sweep(results, folder, plots=not no_plots)
        sheet = sweep_sheet(results)
        show(stdout(), sheet)
    for line in (
        sheet.note,
        f"{sample(results)}, the same random numbers at each.",
        rounded_words(plan.factors, reading),
    ):
        if line:
            click.echo(line)
    click.echo(f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


@contextmanager
def at_work(sampling: Sampling, runs: int) -> Iterator[Perform]:
    """What performs jobs, under a progress bar."""
    with progress("Replications", runs) as meter, performer_for(sampling, meter) as perform:
        yield perform
