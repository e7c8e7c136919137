"""The command that asks which uncertain numbers turn a conclusion. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.cli.console import fail, plain_errors, show, stdout, working
from sim.cli.factors import ranges
from sim.cli.options import Sampling, run_options
from sim.cli.sweep import at_work


@click.command()
@click.argument("file")
@click.option("--conclusion", metavar="TEXT", help="Such as 'throughput_mt:all:titr:2030 >= 10'.")
@click.option("--against", metavar="FILE", help="Scenario that a difference is taken from.")
@click.option("--factor", "said", multiple=True, metavar="KEY=RANGE", help="KEY=60..120 or KEY=0.8x..1.25x, likewise.")
@click.option("--assumed", metavar="SHARE", help="All assumed numbers, such as 20%, instead of the file's factors.")
@click.option("--within", multiple=True, metavar="KEY", help="With --assumed: only those in this table.")
@click.option("--method", type=click.Choice(["morris", "sobol"]), help="Screening, or shares of the variance.")
@click.option("--trajectories", type=click.IntRange(2, 10_000), help="Morris: paths through the ranges.")
@click.option("--samples", type=click.IntRange(2, 100_000), help="Sobol: base points, a power of two.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default: results/<scenario>_sensitivity.")
@run_options
def sensitivity(
    file: str,
    said: tuple[str, ...],
    assumed: str | None,
    within: tuple[str, ...],
    out: Path | None,
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
    **asked: Any,
) -> None:
    """Ask which uncertain numbers of a scenario FILE turn a conclusion, as its [sensitivity] or the options say."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.sensitivity.plan import plan_sensitivity
    from sim.study.sensitivity.sensitivity import run_sensitivity
    from sim.views.sheets.sensitivity import answer, effect_sheet, write_sensitivity
    from sim.views.sheets.sweep import rounded_words, sample

    needs_salib()
    given = {**asked, "factors": ranges(said)}
    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_sensitivity")
        check_replaceable(folder)
        settings: dict[str, Any] = {"replications": sampling.replications, "seed": sampling.seed}
        plan = plan_sensitivity(reading, given, share_of(assumed), within, overrides=overrides, **settings)
        with at_work(sampling, plan.runs) as perform:
            results = run_sensitivity(plan, perform)
        with working("Writing tables and plots"):
            write_sensitivity(results, folder, plots=not no_plots)
        show(stdout(), effect_sheet(results))
    click.echo(f"{answer(results)}\n{sample(results)}, the same random numbers at each.")
    if rounded := rounded_words(plan.factors, reading):
        click.echo(rounded)
    click.echo(f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


def needs_salib() -> None:
    """Say what to install where SALib is missing."""
    from importlib.util import find_spec

    if find_spec("SALib") is None:
        fail("corridor sensitivity needs SALib: pip install 'corridor-simulator[sensitivity]'")


def share_of(text: str | None) -> float | None:
    """A share from `20%` or `0.2`."""
    if text is None:
        return None
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        fail(f"--assumed: must be a share between 0 and 1, such as 20% or 0.2 (got '{text}')")
    return share
