"""The command that looks at the warm-up of a scenario. Heavy imports stand inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.cli.frame import answer_of, at_work
from sim.cli.options import SCENARIO, Keeping, Sampling, examples, lang_option, run_options

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.scenario.reading.read import Reading


@click.command(epilog=examples("warmup altynkol_tez -n 3"))
@click.argument("file", type=SCENARIO)
@click.option("--days", type=click.IntRange(10, 3660), help="Days looked at; default: four warm-ups, at least 120.")
@lang_option
@run_options("results/<scenario>_warmup")
def warmup(file: str, days: int | None, keeping: Keeping, sampling: Sampling) -> None:
    """Watch a scenario FILE fill from empty: propose a warm-up by MSER-5, beside the one it states."""

    def ask(reading: Reading) -> Answer:
        from sim.study.warmup import warmup as observed

        replications = sampling.replications or reading.scenario.study.replications
        with at_work("Replications", replications, sampling) as (perform, _):
            return observed(reading, days=days, replications=replications, seed=sampling.seed, perform=perform)

    answer_of(file, "_warmup", keeping, ask)
