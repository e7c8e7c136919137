"""The command that holds scenarios against published figures. Heavy imports stand inside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.calibrate import opened, write_fit
from sim.cli.console import plain_errors, say, show, simulated
from sim.cli.options import PATH, PATH_IN, SCENARIO, Sampling, examples, sampling_options

if TYPE_CHECKING:
    from sim.scenario.reading.read import Reading


@click.command(epilog=examples("validate corridor_2024 -n 3"))
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=SCENARIO)
@click.option("--facts", type=PATH_IN, help="CSV with figures of your own, instead of the files'.")
@click.option("--page", type=PATH, help="Markdown page that takes the tables too.")
@sampling_options
def validate(files: tuple[str, ...], facts: Path | None, page: Path | None, sampling: Sampling) -> None:
    """Hold each scenario FILE against published figures, misses first."""
    from sim.measure.own_figures import with_figures
    from sim.scenario.naming import told_apart
    from sim.scenario.reading.opening import load

    with plain_errors():
        readings = [load(file) for file in files]
        names = told_apart([reading.name for reading in readings], [reading.files[0] for reading in readings])
        readings = [replace(reading, name=name) for reading, name in zip(readings, names, strict=True)]
        if facts is not None:
            readings = [with_figures(reading, facts) for reading in readings]
        from sim.study.validate import against
        from sim.views.sheets.calibrate import with_block
        from sim.views.sheets.validate import LINES, samples, uncovered_sentence, validation_block, validation_sheets

        leaf = opened(page) if page else None
        if leaf:
            with_block(leaf.text, "", LINES)
        several = simulated(readings, sampling)
        if leaf:
            write_fit(leaf, with_block(leaf.text, validation_block(several), LINES))
        sheets = validation_sheets(against(several))
    for sheet in sheets:
        show(sheet)
    clauses = dict.fromkeys(clause for reading in readings for clause in passed_over(reading))
    missed = f"Not aimed at by the calibration: {'; '.join(clauses)}." if clauses else ""
    sentences = [
        samples(several),
        missed,
        uncovered_sentence(several),
        "" if sheets else "No published figure is covered.",
    ]
    say("\n".join(line for line in sentences if line))
    if leaf:
        say(f"Written to {leaf.path}")


def passed_over(reading: Reading) -> list[str]:
    """The targets of a scenario's calibration that it may not aim at, a clause each."""
    from sim.study.calibrate.parameters import passed_over_words

    return passed_over_words(reading) if reading.scenario.calibration else []
