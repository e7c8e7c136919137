"""The command that runs a scenario. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import plain_errors, show, simulated, stdout, working
from sim.cli.options import Sampling, run_options
from sim.cli.precision import Precision, precisely, precision_options

if TYPE_CHECKING:
    from sim.runs.results import Results


@click.command()
@click.argument("file")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results; default: results/<scenario>.")
@click.option("--quantiles", "with_quantiles", is_flag=True, help="Show bad and good years: quantiles of replications.")
@click.option(
    "--chance",
    "chances",
    metavar="KPI[:PLACE[:FLOW[:PERIOD]]]>=VALUE",
    multiple=True,
    help="Show the probability of a bound (>= or <=), e.g. throughput_mt:all:titr:2030>=10.",
)
@precision_options
@run_options
def run(
    file: str,
    out: Path | None,
    with_quantiles: bool,
    chances: tuple[str, ...],
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
    precision: Precision,
) -> None:
    """Run a scenario FILE (a path, or the name of a shipped one) and write its results."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.outlook import parsed_bound
    from sim.views.sheets.compare import precision_sentence
    from sim.views.sheets.outlook import chance_sheet, quantile_sheet
    from sim.views.sheets.run import run_sheets
    from sim.views.sheets.sheet import sample, standing

    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), reading.name)
        check_replaceable(folder)
        aim = precision.aim(reading, sampling)
        bounds = [parsed_bound(text, reading.scenario) for text in chances]
        if aim is None:
            [results], ended = simulated([reading], sampling), ""
        else:
            [results], precise = precisely([reading], sampling, aim)
            ended = f"{precision_sentence(aim, precise)}.\n"
        keep(results, folder, no_plots)
        more = [quantile_sheet(results)] if with_quantiles else []
        more += [chance_sheet(results, bounds)] if bounds else []
        console = stdout()
        for sheet in [*run_sheets(results), *more]:
            show(console, sheet)
    click.echo(f"{ended}{sample(results)}; {standing(results)}.")
    click.echo(f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


def keep(results: Results, folder: Path, no_plots: bool) -> None:
    """Write results and their plots to a folder, whole or not at all."""
    from sim.views.folders import write_results

    with working("Writing tables and plots"):
        write_results(results, folder, plots=not no_plots)
