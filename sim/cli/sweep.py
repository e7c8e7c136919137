"""The command that runs a scenario at points around it. Heavy imports stand inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.cli.console import warn_of_cost
from sim.cli.factors import FACTOR_FORM, ranges
from sim.cli.frame import answer_of, at_work
from sim.cli.options import SCENARIO, Keeping, OneOf, Sampling, examples, lang_option, run_options

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.scenario.reading.read import Reading


@click.command(epilog=examples("sweep altynkol_tez --factor wagon_pools.platforms.sets=80,90 -n 3"))
@click.argument("file", type=SCENARIO)
@click.option("--factor", "texts", multiple=True, metavar="KEY=RANGE", help=f"{FACTOR_FORM}; instead of the file's.")
@click.option("--design", type=OneOf(["grid", "latin_hypercube", "sobol"]), help="How the points are laid out.")
@click.option("--levels", type=click.IntRange(2, 1000), help="Grid: values of each range.")
@click.option("--points", type=click.IntRange(1, 100_000), help="Latin hypercube and Sobol: number of points.")
@click.option(
    "--kpi",
    "measures",
    metavar="KPI[:PLACE[:FLOW[:PERIOD]]]",
    multiple=True,
    help="Draw this KPI, e.g. throughput_mt:all:titr:2030.",
)
@lang_option
@run_options("results/<scenario>_sweep")
def sweep(
    file: str,
    texts: tuple[str, ...],
    design: str | None,
    levels: int | None,
    points: int | None,
    measures: tuple[str, ...],
    keeping: Keeping,
    sampling: Sampling,
) -> None:
    """Run a scenario FILE at points around it, as its [sweep] or the options say."""
    request = {
        "factors": ranges(texts),
        "design": design,
        "levels": levels,
        "points": points,
        "measures": measures or None,
    }

    def ask(reading: Reading) -> Answer:
        from sim.study.sweep.plan import plan_sweep

        plan = plan_sweep(reading, request, replications=sampling.replications, seed=sampling.seed)
        warn_of_cost(plan.scenarios, plan.replications, sampling.engine)
        from sim.study.sweep.sweep import run_sweep

        with at_work("Replications", plan.runs, sampling) as (perform, _):
            return run_sweep(plan, perform)

    answer_of(file, "_sweep", keeping, ask)
