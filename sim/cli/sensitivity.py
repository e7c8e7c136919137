"""The command that asks which uncertain inputs turn a conclusion. Heavy imports stand inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sim.cli.console import fail, warn_of_cost
from sim.cli.factors import FACTOR_FORM, ranges
from sim.cli.frame import answer_of, at_work
from sim.cli.options import SCENARIO, Keeping, OneOf, Sampling, examples, run_options

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.scenario.reading.read import Reading


@click.command(epilog=examples("sensitivity altynkol_sweep --trajectories 2 -n 2"))
@click.argument("file", type=SCENARIO)
@click.option("--conclusion", metavar="TEXT", help="Such as 'throughput_mt:all:titr:2030 >= 10'.")
@click.option("--against", type=SCENARIO, metavar="FILE", help="Scenario that a difference is taken from.")
@click.option("--factor", "texts", multiple=True, metavar="KEY=RANGE", help=f"{FACTOR_FORM}; words too, KEY=paper,tez.")
@click.option(
    "--assumed",
    "amount",
    metavar="SHARE",
    help="All that is assumed, not the file's factors: numbers by 20%, say, words at all values.",
)
@click.option("--within", multiple=True, metavar="KEY", help="With --assumed: only those in this table.")
@click.option("--method", type=OneOf(["morris", "sobol"]), help="Screening, or shares of the variance.")
@click.option("--trajectories", type=click.IntRange(2, 10_000), help="Morris: paths through the ranges.")
@click.option("--samples", type=click.IntRange(2, 100_000), help="Sobol: base points, a power of two.")
@run_options("results/<scenario>_sensitivity")
def sensitivity(
    file: str,
    texts: tuple[str, ...],
    amount: str | None,
    within: tuple[str, ...],
    keeping: Keeping,
    sampling: Sampling,
    **request: Any,
) -> None:
    """Ask which uncertain inputs of a scenario FILE turn a conclusion, as its [sensitivity] or the options say."""
    needs_salib()
    table, share = {**request, "factors": ranges(texts)}, share_of(amount)
    settings: dict[str, Any] = {
        "overrides": keeping.overrides,
        "replications": sampling.replications,
        "seed": sampling.seed,
    }

    def ask(reading: Reading) -> Answer:
        from sim.study.sensitivity.plan import plan_sensitivity

        plan = plan_sensitivity(reading, table, share, within, **settings)
        warn_of_cost((*plan.scenarios, *plan.against_scenarios), plan.replications)
        from sim.study.sensitivity.sensitivity import run_sensitivity

        with at_work("Replications", plan.runs, sampling) as (perform, _):
            return run_sensitivity(plan, perform)

    answer_of(file, "_sensitivity", keeping, ask)


def needs_salib() -> None:
    """Say what to install where SALib is missing."""
    from importlib.util import find_spec

    if find_spec("SALib") is None:
        fail("corridor sensitivity needs SALib: make dev, or pip install 'corridor-simulator[sensitivity]'")


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
