"""The commands that hold scenarios against published figures and against arithmetic. Heavy imports stand inside."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.calibrate import opened, write
from sim.cli.console import plain_errors, show, simulated, stdout
from sim.cli.options import Sampling, sampling_options, set_option


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--facts", type=click.Path(path_type=Path), help="CSV with figures of your own, instead of the files'.")
@click.option("--page", type=click.Path(path_type=Path), help="Markdown page that takes the tables too.")
@sampling_options
def validate(files: tuple[str, ...], facts: Path | None, page: Path | None, sampling: Sampling) -> None:
    """Run the scenarios FILE... and hold them against published figures, misses first."""
    from sim.scenario.reading.opening import load
    from sim.scenario.reading.published_csv import with_figures
    from sim.study.validate import against
    from sim.views.sheets.calibrate import with_block
    from sim.views.sheets.validate import LINES, block, samples, uncovered, validation_sheets

    with plain_errors():
        readings = [load(file) for file in files]
        if facts is not None:
            readings = [with_figures(reading, facts) for reading in readings]
        leaf = opened(page) if page else None
        if leaf:
            with_block(leaf.text, "", LINES)
        several = simulated(readings, sampling)
        if leaf:
            write(leaf, with_block(leaf.text, block(several), LINES))
        sheets = validation_sheets(against(several))
    for sheet in sheets:
        show(stdout(), sheet)
    said = [samples(several), uncovered(several), "" if sheets else "No published figure is covered."]
    click.echo("\n".join(line for line in said if line))
    if leaf:
        click.echo(f"Written to {leaf.path}")


@click.command()
@click.argument("file")
@set_option
def arithmetic(file: str, overrides: tuple[str, ...]) -> None:
    """What a scenario FILE comes to without a run: loads by year, free-flow times, what the chain can carry at most."""
    from sim.scenario.reading.opening import load
    from sim.study.arithmetic.loads import free_flow, loads
    from sim.views.sheets.arithmetic import flow_sheet, load_sheet

    with plain_errors():
        scenario = load(file, overrides).scenario
        sheets = [load_sheet(loads(scenario)), flow_sheet(free_flow(scenario))]
    for sheet in sheets:
        show(stdout(), sheet)
