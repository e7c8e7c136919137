"""The command that draws results anew. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.cli.console import fail, plain_errors, working


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--flow", help="Flow of the train graph; default: the first that crosses a border.")
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), help="First day of the train graph; default: a middle week.")
def plot(folder: Path, flow: str | None, week: Any) -> None:
    """Draw the plots of the results in DIR anew; the train graph for a week and a flow of choice."""
    from sim.runs.results import load
    from sim.views.plots import NothingToDraw, draw_all, marey, save
    from sim.views.sheets.sheet import standing

    with plain_errors():
        results = load(folder)
        if flow is not None and flow not in results.scenario.flows:
            from sim.scenario.problems import did_you_mean

            fail(f"--flow: '{flow}' is not a flow of {results.name}{did_you_mean(flow, results.scenario.flows)}")
        with working("Drawing"):
            try:
                written = draw_all(results, folder, standing(results))
                if flow is not None or week is not None:
                    graph = marey(results, standing(results), week.date() if week else None, flow)
                    written += save(graph, folder, "train_graph")
            except NothingToDraw as nothing:
                fail(f"{folder}: {nothing}")
            except OSError as error:
                fail(f"{folder}: cannot be written: {error.strerror}")
    for path in dict.fromkeys(written):
        click.echo(path)
