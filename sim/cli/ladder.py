"""The command that names what binds. Heavy imports stand inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.cli.frame import answer_of, at_work
from sim.cli.options import (
    SCENARIO,
    Keeping,
    Sampling,
    corridor_option,
    examples,
    lang_option,
    run_options,
    worlds_option,
    year_option,
)

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.scenario.reading.read import Reading


@click.command(epilog=examples("ladder altynkol_tez --rungs 1 -n 3"))
@click.argument("file", type=SCENARIO)
@corridor_option
@year_option
@click.option("--rungs", type=click.IntRange(1, 50), default=4, show_default=True, help="Most rungs.")
@click.option(
    "--shortlist", type=click.IntRange(1, 1000), default=12, show_default=True, help="Capacities tried at each rung."
)
@click.option("--whole", is_flag=True, help="Run the whole horizon, not only the year and the one before.")
@worlds_option
@lang_option
@run_options("results/<scenario>_ladder", fewest=3)  # whether a capacity binds is told by the interval of a gain
def ladder(
    file: str,
    corridor: str | None,
    year: int | None,
    rungs: int,
    shortlist: int,
    whole: bool,
    worlds: int,
    keeping: Keeping,
    sampling: Sampling,
) -> None:
    """Find what binds in a scenario FILE, relieve it, run again, and name the next."""

    def ask(reading: Reading) -> Answer:
        from sim.study.question import question

        question(reading.scenario, corridor, year)
        from sim.study.ladder.ladder import ladder as climb
        from sim.views.sheets.ladder import rung_line

        replications = sampling.replications or reading.scenario.study.replications
        # at each rung the shortlist is tried, then a handful of steps to measure and relieve what was chosen
        total = rungs * (shortlist + 6) * replications
        total += (rungs + 1) * worlds if reading.scenario.unknown else 0
        with at_work("Runs", total, sampling) as (perform, meter):
            return climb(
                reading,
                corridor=corridor,
                year=year,
                rungs=rungs,
                shortlist=shortlist,
                replications=replications,
                seed=sampling.seed,
                worlds=worlds,
                whole=whole,
                perform=perform,
                on_rung=lambda rung: meter.say(rung_line(rung)),
            )

    answer_of(file, "_ladder", keeping, ask)
