"""The command that asks what it takes to reach a target. Heavy imports stand inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.cli.frame import answer_of, at_work
from sim.cli.options import (
    SCENARIO,
    Keeping,
    Number,
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


@click.command(epilog=examples("target altynkol_tez --target 2.4 --plans 2 -n 2"))
@click.argument("file", type=SCENARIO)
@click.option("--target", "target_mt", type=Number(min=0, min_open=True), help="Mt; default: the scenario's.")
@corridor_option
@year_option
@click.option("--probability", type=Number(0, 1, True, True), default=0.8, show_default=True, help="Wanted.")
@click.option(
    "--discount",
    "discount_share",
    type=Number(0, 1),
    default=0.05,
    show_default=True,
    help="Rate a year at which later costs count less.",
)
@click.option("--given", multiple=True, metavar="NAME", help="Investment that stays as the file has it.")
@click.option(
    "--plans", type=click.IntRange(1, 100_000), default=48, show_default=True, help="Most plans run in the search."
)
@click.option(
    "--screening", type=click.IntRange(1, 1000), default=2, show_default=True, help="Replications of each of them."
)
@worlds_option
@lang_option
@run_options("results/<scenario>_target")
def target(
    file: str,
    target_mt: float | None,
    corridor: str | None,
    year: int | None,
    probability: float,
    discount_share: float,
    given: tuple[str, ...],
    plans: int,
    screening: int,
    worlds: int,
    keeping: Keeping,
    sampling: Sampling,
) -> None:
    """Say how probable a target of a scenario FILE is, and which investments reach it at the least cost.

    --replications are those of a plan that is confirmed over the whole horizon; default: 8.
    """

    def ask(reading: Reading) -> Answer:
        from sim.study.question import aim

        aim(reading.scenario, corridor, year, target_mt)
        from sim.study.target.target import MOST_CONFIRMED, REPLICATIONS, WORLDS_OF_RIVALS
        from sim.study.target.target import target as inquire
        from sim.views.sheets.target import search_line

        replications = sampling.replications or REPLICATIONS
        worlds_of_a_plan = (worlds if reading.scenario.unknown else 0) * (2 if worlds >= WORLDS_OF_RIVALS else 1)
        total = plans * screening + MOST_CONFIRMED * (replications + worlds_of_a_plan)
        with at_work("Runs", total, sampling) as (perform, meter):
            return inquire(
                reading,
                target_mt=target_mt,
                corridor=corridor,
                year=year,
                probability=probability,
                discount_share=discount_share,
                given=given,
                plans=plans,
                screening=screening,
                replications=replications,
                seed=sampling.seed,
                worlds=worlds,
                perform=perform,
                on_search=lambda search: meter.say(search_line(search)),
            )

    answer_of(file, "_target", keeping, ask)
